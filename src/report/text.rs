//! The report on a terminal: each finding in a line, what the pipeline's checks and HR's totals say, and one last line
//! for people and for `grep`.

use std::path::Path;

use super::Report;
use super::findings::Address;
use super::headcount::reconciled;

/// How many places are shown of a finding.
const PLACES: usize = 3;

impl Report {
    /// The one line that ends a run.
    pub fn last_line(&self) -> String {
        let persons = &self.balance.persons;
        if self.run.unresolved.is_some() {
            let sum = |bucket: &str| self.balance.files.values().filter_map(|file| file.get(bucket)).sum::<u64>();
            return format!(
                "hcmsync: {} as of {}: {} rows, {} rejected, {} persons; nobody was resolved",
                self.status,
                self.run.as_of,
                sum("in"),
                sum("rejected"),
                persons.present
            );
        }
        let excluded: u64 = persons.excluded.values().sum();
        format!(
            "hcmsync: {} as of {}: {} persons, {} emitted ({} active), {excluded} excluded, {} filtered, {} quarantined",
            self.status,
            self.run.as_of,
            persons.present,
            persons.emitted,
            persons.active,
            persons.filtered,
            persons.quarantined
        )
    }

    /// What a person wants to see at the end; with `verbose` also where to look first. `files` are the written files.
    pub fn text<'a>(&self, files: impl Iterator<Item = &'a Path>, verbose: bool) -> String {
        let mut text = String::new();
        for found in &self.findings {
            text += &format!("{} {:7} {:>8}  {}\n", found.severity, found.code, found.count, found.title);
            places(&mut text, &found.examples, verbose);
        }
        for check in self.checks.iter().filter(|check| check.count > 0) {
            let (severity, count) = (check.severity, check.count);
            text += &format!("{severity} check  {count:>9}  {}: {}\n", check.name, check.message);
            places(&mut text, &check.examples, verbose);
        }
        if let Some([met, given]) = reconciled(&self.headcount) {
            text += &format!("expected: {met} of {given} totals are met\n");
        }
        for verdict in self.guards.iter().filter(|verdict| verdict.tripped) {
            let value = verdict.value.map_or_else(|| "?".into(), |value| value.to_string());
            text += &format!("the guard {} trips: {value}, the limit is {}\n", verdict.name, verdict.limit);
        }
        for file in files {
            text += &format!("{}\n", file.display());
        }
        text + &self.last_line() + "\n"
    }
}

fn places(text: &mut String, examples: &[Address], verbose: bool) {
    for example in examples.iter().filter(|_| verbose).take(PLACES) {
        let number = example.person_number.as_deref().unwrap_or("-");
        let file = example.file.as_deref().unwrap_or("-");
        let line = example.line.map(|line| format!(":{line}")).unwrap_or_default();
        let shape = example.shape.as_ref().map(|shape| format!("  {shape}")).unwrap_or_default();
        *text += &format!("                   {number} {}{line}{shape}\n", file.escape_debug());
    }
}
