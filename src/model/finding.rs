//! What was found, counted by code and severity, with up to ten addresses each: never a value but PersonNumber.

use std::collections::BTreeMap;

use super::code::{Code, Severity};
use super::kind::Kind;

/// How many examples a finding keeps.
pub const EXAMPLES: usize = 10;

/// Where to look: the person, and the row where there is one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Example {
    pub person_number: Option<String>,
    pub file: Option<String>,
    pub line: Option<u32>,
}

/// One code at one severity: how often, and where first.
#[derive(Clone, Debug, Default)]
pub struct Finding {
    /// Rows for codes of rows, persons for the rest.
    pub count: u64,
    pub examples: Vec<Example>,
}

/// All findings of a run, in the order of their codes.
#[derive(Clone, Debug, Default)]
pub struct Findings(BTreeMap<(Code, Severity), Finding>);

impl Findings {
    /// Counts one; `example` is asked for only while it is needed.
    pub fn add(&mut self, code: Code, severity: Severity, example: impl FnOnce() -> Example) {
        let finding = self.0.entry((code, severity)).or_default();
        finding.count += 1;
        if finding.examples.len() < EXAMPLES {
            finding.examples.push(example());
        }
    }

    /// Whether a finding has room for another example.
    pub fn wants_examples(&self, code: Code, severity: Severity) -> bool {
        self.0.get(&(code, severity)).is_none_or(|finding| finding.examples.len() < EXAMPLES)
    }

    /// One more place to look at for what was counted already.
    pub fn point(&mut self, code: Code, severity: Severity, example: Example) {
        if self.wants_examples(code, severity) {
            self.0.entry((code, severity)).or_default().examples.push(example);
        }
    }

    /// Joins what another thread found further on in the order of persons.
    pub fn merge(mut self, later: Findings) -> Findings {
        for (key, finding) in later.0 {
            let own = self.0.entry(key).or_default();
            own.count += finding.count;
            own.examples.extend(finding.examples.into_iter().take(EXAMPLES - own.examples.len()));
        }
        self
    }

    /// Joins what was found of other persons, wherever they stand in the order of PersonNumbers.
    pub fn merge_by_person(mut self, others: Findings) -> Findings {
        for (key, finding) in others.0 {
            let own = self.0.entry(key).or_default();
            own.count += finding.count;
            own.examples.extend(finding.examples);
            own.examples.sort_by(|a, b| a.person_number.cmp(&b.person_number));
            own.examples.truncate(EXAMPLES);
        }
        self
    }

    pub fn iter(&self) -> impl Iterator<Item = (Code, Severity, &Finding)> {
        self.0.iter().map(|((code, severity), finding)| (*code, *severity, finding))
    }
}

/// The rows of one kind, each in exactly one bucket (rule 27).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    pub records: u64,
    pub used: u64,
    pub not_in_effect: u64,
    pub superseded: u64,
    pub set_aside: u64,
    pub rejected: u64,
    pub duplicates: u64,
    pub quarantined: u64,
}

impl Balance {
    /// Adds what became of other rows of the same files: what was read of these is counted already.
    pub fn add(&mut self, later: Balance) {
        self.used += later.used;
        self.not_in_effect += later.not_in_effect;
        self.superseded += later.superseded;
        self.set_aside += later.set_aside;
        self.rejected += later.rejected;
        self.duplicates += later.duplicates;
        self.quarantined += later.quarantined;
    }

    /// Whether every row in stands in a bucket.
    pub fn is_even(&self) -> bool {
        let out = [
            self.used,
            self.not_in_effect,
            self.superseded,
            self.set_aside,
            self.rejected,
            self.duplicates,
            self.quarantined,
        ];
        self.records == out.iter().sum::<u64>()
    }

    /// The buckets by their names in the report and the manifest.
    pub fn buckets(&self) -> BTreeMap<String, u64> {
        [
            ("in", self.records),
            ("used", self.used),
            ("not_in_effect", self.not_in_effect),
            ("superseded", self.superseded),
            ("set_aside", self.set_aside),
            ("rejected", self.rejected),
            ("duplicates", self.duplicates),
            ("quarantined", self.quarantined),
        ]
        .into_iter()
        .map(|(name, count)| (name.to_owned(), count))
        .collect()
    }
}

/// One balance a kind, in the order of [`Kind::ALL`].
pub type Balances = [Balance; Kind::ALL.len()];
