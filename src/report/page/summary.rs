//! The beginning of the page: the verdict and what to do next, the guards, and the control totals.

use super::super::charts::Bars;
use super::super::findings::by_severity;
use super::super::headcount::reconciled;
use super::{Block, Cell, Table, number, several, share};
use crate::report::{Report, Step};
use crate::stages::validate::guards::{Name, Verdict};

/// The verdict in a sentence.
pub fn sentence(report: &Report) -> String {
    let persons = &report.balance.persons;
    let users = several(persons.emitted, "user", "users");
    let left_out = match persons.quarantined {
        0 => String::new(),
        some => format!(" {} left out.", several(some, "person is", "persons are")),
    };
    match report.status {
        "published" => format!("Published: {users}, {} of them active.{left_out}", number(persons.active)),
        "stopped" => "Stopped by a guard: nothing is published until somebody has looked.".into(),
        _ if report.run.unresolved.is_some() => "The rows were judged; nobody was resolved.".into(),
        _ => {
            let active = number(persons.active);
            format!("Nothing stands in the way: a run would give {users}, {active} of them active.{left_out}")
        }
    }
}

pub fn verdict(report: &Report) -> Vec<Block> {
    let persons = &report.balance.persons;
    let told = format!(
        "{} in {} tell of {}, as of {}. Who is left out is listed in quarantine.csv: something about them cannot be decided or \
         is not allowed.",
        several(report.inputs.iter().map(|input| input.rows).sum(), "row", "rows"),
        several(report.inputs.len() as u64, "file", "files"),
        several(persons.present, "person", "persons"),
        report.run.as_of
    );
    let count = by_severity(&report.findings);
    let of = |letter| count.get(&letter).copied().unwrap_or(0);
    let found = format!(
        "Found: {}, {}, and {} for information.",
        several(of('E'), "error", "errors"),
        several(of('W'), "warning", "warnings"),
        several(of('I'), "finding", "findings"),
    );
    vec![Block::Text(told), Block::Text(found), Block::Heading("What to do next".into()), Block::Steps(steps(report))]
}

/// What to do next, the most pressing first.
fn steps(report: &Report) -> Vec<String> {
    let persons = &report.balance.persons;
    let mut steps = Vec::new();
    for verdict in report.guards.iter().filter(|verdict| verdict.tripped) {
        steps.push(format!(
            "Look at the guard {}: {}. If the extract is right, the operator lets it through once with --allow {}=VALUE.",
            verdict.name,
            said(verdict),
            verdict.name
        ));
    }
    if persons.quarantined > 0 {
        let codes: Vec<&str> = report
            .findings
            .iter()
            .filter(|found| found.severity == 'E' && found.of == "persons")
            .map(|f| f.code)
            .collect();
        let codes = match codes.len() {
            0..=6 => codes.join(", "),
            _ => format!("{} and {} more codes", codes[..6].join(", "), codes.len() - 6),
        };
        steps.push(format!(
            "Correct in Oracle what keeps {} out of the user file: {codes}. The section Findings says where and how.",
            several(persons.quarantined, "person", "persons")
        ));
    }
    let rejected: u64 = report.balance.files.values().filter_map(|file| file.get("rejected")).sum();
    if rejected > 0 {
        let rows = several(rejected, "row that cannot be read", "rows that cannot be read");
        steps.push(format!("Correct {rows}: rejects/ has them as they came, each with its line and reason."));
    }
    if let Some([met, given]) = reconciled(&report.headcount).filter(|[met, given]| met < given) {
        let off = several(given - met, "total", "totals");
        steps.push(format!("Explain {off} of {given} that HR gave and this extract does not meet: see Headcount."));
    }
    let unadvised = |verdict: &&Verdict| verdict.name == Name::ExpectedUsers && verdict.off;
    if report.guards.iter().any(|verdict| unadvised(&verdict)) {
        steps.push(
            "Set expected_users under [guard]: on a first run nothing else tells whether the extract is whole.".into(),
        );
    }
    let warned: u64 = report.findings.iter().filter(|found| found.severity == 'W').map(|found| found.count).sum();
    if warned > 0 {
        steps.push(format!(
            "Read {}: these people are emitted, and something about them is odd.",
            several(warned, "warning", "warnings")
        ));
    }
    steps.push("Hold the headcount and the control totals against what HR knows, and sign at the end.".into());
    steps
}

/// What a guard saw, in words.
fn said(verdict: &Verdict) -> String {
    let of = verdict.of.clone().map(|of| format!(" ({})", super::clip(of))).unwrap_or_default();
    let value = verdict.value.map_or_else(|| "not judged".into(), number);
    let base = verdict.base.map(|base| format!(" of {}", number(base))).unwrap_or_default();
    format!("{value}{base}{of}, the limit is {}", verdict.limit)
}

pub fn guards(report: &Report) -> Vec<Block> {
    let row = |verdict: &Verdict| {
        let result = match verdict {
            Verdict { tripped: true, .. } => Cell::marked("✖ stops the run", "bad"),
            Verdict { allowed_by: Some(_), .. } => Cell::marked("! let through", "warn"),
            Verdict { off: true, .. } => Cell::marked("! off", "warn"),
            Verdict { value: None, .. } => Cell::text("not judged"),
            _ => Cell::marked("✔ holds", "good"),
        };
        let notes = [verdict.allowed_by.as_ref().map(|by| format!("--allow {by}")), verdict.note.clone()];
        vec![
            Cell::text(verdict.name.key()),
            result,
            verdict.value.map_or_else(|| Cell::text("–"), Cell::number),
            verdict.base.map_or_else(|| Cell::text("–"), Cell::number),
            Cell::text(verdict.limit.clone()),
            Cell::text(verdict.of.clone().unwrap_or_default()),
            Cell::text(notes.into_iter().flatten().collect::<Vec<_>>().join("; ")),
        ]
    };
    let head = [
        ("Guard", false),
        ("Result", false),
        ("Value", true),
        ("Of", true),
        ("Limit", true),
        ("The worst", false),
        ("Note", false),
    ];
    let table =
        Table::new("Each guard with what it saw and its limit", &head).with(report.guards.iter().map(row), "guards");
    vec![Block::Text("Nothing is published past one of these limits.".into()), table.block()]
}

pub fn totals(report: &Report) -> Vec<Block> {
    let row = |step: &Step| {
        let drops: Vec<String> =
            step.drops.iter().map(|drop| format!("{} {}", number(drop.count), drop.reason)).collect();
        let drops = if drops.is_empty() { "–".to_owned() } else { drops.join(", ") };
        vec![Cell::text(step.step), Cell::number(step.count), Cell::text(drops)]
    };
    let head = [("Step", false), ("Count", true), ("Lost on the way", false)];
    let steps =
        Table::new("From files to rows to persons to users", &head).with(report.funnel.iter().map(row), "steps");
    let people: Vec<(String, u64)> = report
        .funnel
        .iter()
        .skip_while(|step| step.step != "persons")
        .map(|step| (step.step.to_owned(), step.count))
        .collect();
    let mut blocks = vec![Block::Bars(Bars::new("funnel", "From persons to users", &people)), steps.block()];
    blocks.push(Block::Heading("The balance".into()));
    let holds = if report.balance.ok {
        "✔ Nothing is lost: every sum below is even."
    } else {
        "✖ The sums do not balance."
    };
    blocks.push(Block::Text(holds.into()));
    blocks.push(files_table(report).block());
    if report.run.unresolved.is_none() {
        blocks.push(Block::Text(persons_in_words(report)));
    }
    blocks
}

/// The buckets of a file, in the order of rule 27.
const BUCKETS: [(&str, &str); 8] = [
    ("in", "Rows in"),
    ("used", "Used"),
    ("not_in_effect", "Not in effect"),
    ("superseded", "Superseded"),
    ("set_aside", "Set aside"),
    ("rejected", "Rejected"),
    ("duplicates", "Duplicates"),
    ("quarantined", "Of quarantined"),
];

fn files_table(report: &Report) -> Table {
    let head: Vec<(&'static str, bool)> =
        std::iter::once(("File", false)).chain(BUCKETS.map(|(_, title)| (title, true))).collect();
    let row = |(name, buckets): (&&'static str, &std::collections::BTreeMap<String, u64>)| {
        let count = |(key, _): (&str, &str)| Cell::number(buckets.get(key).copied().unwrap_or(0));
        std::iter::once(Cell::text(*name)).chain(BUCKETS.map(count)).collect()
    };
    Table::new(
        "Rows in = used + not in effect + superseded + set aside + rejected + duplicates + rows of quarantined persons",
        &head,
    )
    .with(report.balance.files.iter().map(row), "files")
}

fn persons_in_words(report: &Report) -> String {
    let persons = &report.balance.persons;
    let excluded: u64 = persons.excluded.values().sum();
    let states: Vec<String> =
        persons.excluded.iter().map(|(state, count)| format!("{} {state}", number(*count))).collect();
    let states = if states.is_empty() { String::new() } else { format!(" ({})", states.join(", ")) };
    format!(
        "{} = {} emitted + {} excluded{states} + {} filtered out + {} quarantined ({}).",
        several(persons.present, "person", "persons"),
        number(persons.emitted),
        number(excluded),
        number(persons.filtered),
        number(persons.quarantined),
        share(persons.quarantined, persons.present),
    )
}
