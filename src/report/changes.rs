//! The changes between two runs in words, for `plan` and `diff`: counts, and on demand a line a person. Fields are
//! named; no value is.

use crate::stages::validate::guards::{Changes, PersonChange, Segment, Verdict};

/// The counts, a line each; what is zero is left out, but for who came and who left.
pub fn summary(changes: &Changes) -> String {
    let mut lines = Lines::default();
    lines.add("joiners", changes.joiners, &of_them(changes.reactivated, "reactivated"));
    let left: Vec<String> = changes.left.iter().map(|(what, count)| format!("{count} now {what}")).collect();
    lines.add("leavers", changes.leavers, &left.join(", "));
    lines.add_some("added", changes.added, "users now, active or not");
    lines.add_some("removed", changes.removed, "users no more, active or not");
    lines.add("changed", changes.changed, &format!("of {} users of both runs", changes.in_both));
    match &changes.fields {
        None => lines.say("  the fields cannot be compared: the users of either run are not in CSV"),
        Some(fields) => {
            fields.iter().for_each(|field| lines.add_some(&format!("  {}", field.field), field.changed, ""));
        }
    }
    lines.add_some("e-mails", changes.emails, "ATTENTION: many targets know a user by the e-mail address");
    let moved = changes.moved;
    lines.add_some("moved", moved.legal_employer, "to another legal employer");
    lines.add_some("moved", moved.business_unit, "to another business unit");
    lines.add_some("moved", moved.manager, "to another manager, or from or to none");
    lines.add_some("assignment", changes.assignments, "have another primary assignment");
    for decision in &changes.decisions {
        lines.add(&format!("  {} -> {}", shown(&decision.before), shown(&decision.now)), decision.count, "");
    }
    for segment in changes.segments.iter().filter(|segment| is_moving(segment)) {
        lines.say(&of_segment(segment));
    }
    changes.files.iter().for_each(|file| lines.say(&format!("other content: {file}")));
    let head = format!("active users: {} before, {} now\n", changes.active_before, changes.active_now);
    head + &lines.0
}

/// The guards that have something to say, and whether each would stop the run.
pub fn verdicts(verdicts: &[Verdict]) -> String {
    let line = |verdict: &Verdict| {
        let mark = match (verdict.tripped, verdict.off, verdict.value) {
            (true, _, _) => "TRIP",
            (_, true, _) => "off ",
            (_, _, None) => "?   ",
            _ => "ok  ",
        };
        let value = verdict.value.map_or_else(|| "-".into(), |value| value.to_string());
        let base = verdict.base.map(|base| format!(" of {base}")).unwrap_or_default();
        let of = verdict.of.as_ref().map(|of| format!(" ({of})")).unwrap_or_default();
        let note = verdict.note.as_ref().map(|note| format!("; {note}")).unwrap_or_default();
        format!("{mark} {:18} {value}{base}{of}, the limit is {}{note}\n", verdict.name.key(), verdict.limit)
    };
    verdicts.iter().map(line).collect()
}

/// A line a person: PersonNumber, what the change comes to, and the names of what is another.
pub fn persons(persons: &[PersonChange]) -> String {
    let line = |person: &PersonChange| {
        let mut what: Vec<String> = Vec::new();
        what.extend(person.now.as_ref().map(|now| format!("now {now}")));
        what.extend((!person.fields.is_empty()).then(|| person.fields.join(", ")));
        what.extend(person.email.then(|| "E-MAIL".to_owned()));
        what.extend((!person.moved.is_empty()).then(|| format!("moved: {}", person.moved.join(", "))));
        what.extend(person.assignment.as_ref().map(|assignment| {
            let (before, now) = (shown(&assignment.before), shown(&assignment.now));
            let (rule_before, rule_now) = (shown(&assignment.rule_before), shown(&assignment.rule_now));
            format!("assignment {before} ({rule_before}) -> {now} ({rule_now})")
        }));
        let line = format!(
            "{:16} {:11} {}",
            person.person_number.escape_debug().to_string(),
            person.change.text(),
            what.join("; ")
        );
        format!("{}\n", line.trim_end())
    };
    persons.iter().map(line).collect()
}

/// Lines of a name, a count and what it is of.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn add(&mut self, name: &str, count: u64, what: &str) {
        self.say(format!("{name:28} {count:>9}  {what}").trim_end());
    }

    fn add_some(&mut self, name: &str, count: u64, what: &str) {
        if count > 0 {
            self.add(name, count, what);
        }
    }

    fn say(&mut self, line: &str) {
        self.0 += line;
        self.0.push('\n');
    }
}

fn of_them(count: u64, what: &str) -> String {
    if count > 0 { format!("{count} of them {what}") } else { String::new() }
}

/// An id or a rule, where there is one.
fn shown(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

fn is_moving(segment: &Segment) -> bool {
    let Segment { before, now, joiners, leavers, moved_in, moved_out, changed, .. } = segment;
    before != now || [joiners, leavers, moved_in, moved_out, changed].into_iter().any(|count| *count > 0)
}

fn of_segment(segment: &Segment) -> String {
    let Segment { legal_employer, before, now, joiners, leavers, moved_in, moved_out, changed } = segment;
    format!(
        "{}: {before} before, {now} now; {joiners} joiners, {leavers} leavers, {moved_in} moved in, {moved_out} moved out, \
         {changed} changed",
        legal_employer.escape_debug()
    )
}
