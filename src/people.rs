//! What a run knows of everybody once they are resolved and mapped: the run makes it, and the report and the published
//! files are made of it. It holds what the stages gave, and decides nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::code::Code;
use crate::model::finding::{Balance, Balances, EXAMPLES, Example, Findings};
use crate::model::kind::Kind;
use crate::model::shape::shape;
use crate::stages::map::{FieldLineage, Joined, MappedOutput, OutputPlan, Over, Problem};
use crate::stages::normalize::{Side, Workforce};
use crate::stages::resolve::Resolved;

/// Everybody of a run, resolved and mapped.
pub struct People {
    pub workforce: Workforce,
    pub sides: Vec<Side>,
    /// How each side extract met the emitted.
    pub joined: Vec<Joined>,
    pub resolved: Vec<Resolved>,
    pub as_of: AsOfDate,
    pub files: Vec<Input>,
    /// The fingerprints of the keys that opened the extracts.
    pub keys: Vec<String>,
    /// What the pipeline's own checks found.
    pub checks: Vec<Checked>,
    /// Whom the target does not take, by the number of the output and of its column.
    pub refused: BTreeMap<(usize, usize), Refused>,
    /// Who shares a value that no two users may have, as an output makes it.
    pub shared: Vec<Shared>,
    /// Of a range: what its persons have in the columns that are to be compared with those of the others.
    pub held: Vec<Held>,
    /// The users of each output, then of each file of a state.
    pub outputs: Vec<Mapped>,
    /// How many users stand in files of states, and in no output.
    pub separate: u64,
}

/// One output, evaluated.
pub struct Mapped {
    pub plan: OutputPlan,
    /// The output of the pipeline that has these columns.
    pub nth: usize,
    pub output: Arc<MappedOutput>,
    /// What each of its fields is made of.
    pub fields: Vec<FieldLineage>,
    /// The rows of `output` that are written, in their order.
    pub rows: Vec<u32>,
    /// The person of each row of `output`.
    pub persons: Vec<u32>,
}

/// The persons who are left out for a value of one column, by what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Refused {
    pub missing: u64,
    pub invalid: u64,
    pub unmapped: u64,
    /// The shapes of the invalid and the unmapped values.
    pub shapes: BTreeMap<String, u64>,
}

/// Persons with one value in a column in which no two users may have the same.
#[derive(Clone, Debug)]
pub struct Shared {
    pub code: Code,
    pub field: String,
    pub persons: Vec<usize>,
}

/// What some persons have in a column in which no two users may have the same, though nothing in their rows ties those who do.
#[derive(Clone, Debug)]
pub struct Held {
    pub field: String,
    /// By person: the hash of the value, and how many had it of those among whom the person was judged.
    pub values: Vec<(u64, u32)>,
}

impl Held {
    /// Whether somebody was judged without all the others who have the same, once everybody is here.
    pub fn misses_somebody(&self) -> bool {
        let mut values = self.values.clone();
        values.sort_unstable();
        let groups = values.chunk_by(|a, b| a.0 == b.0);
        groups.into_iter().any(|group| group.iter().any(|(_, holders)| *holders as usize != group.len()))
    }
}

/// What is known of the source of people, and is the same for all of them.
pub struct Source {
    pub as_of: AsOfDate,
    pub files: Vec<Input>,
    /// The fingerprints of the keys that opened the extracts.
    pub keys: Vec<String>,
    /// The kinds that the pipeline configures.
    kinds: Vec<Kind>,
    /// In the order of the pipeline.
    pub sides: Vec<SideSums>,
}

/// What became of the rows of a side extract.
pub struct SideSums {
    name: &'static str,
    balance: Balance,
    pub findings: Findings,
}

impl Source {
    pub fn of(people: &People) -> Source {
        let side = |side: &Side| SideSums { name: side.name, balance: side.balance, findings: side.findings.clone() };
        let is_configured = |kind: &Kind| people.workforce.table(*kind).configured;
        Source {
            as_of: people.as_of.clone(),
            files: people.files.clone(),
            keys: people.keys.clone(),
            kinds: Kind::ALL.into_iter().filter(is_configured).collect(),
            sides: people.sides.iter().map(side).collect(),
        }
    }

    /// The sums of every configured kind and of every side extract, by name.
    pub fn balances<'a>(&'a self, of_kinds: &'a Balances) -> impl Iterator<Item = (&'static str, &'a Balance)> {
        let kinds = self.kinds.iter().map(|kind| (kind.name(), &of_kinds[*kind as usize]));
        kinds.chain(self.sides.iter().map(|side| (side.name, &side.balance)))
    }
}

impl Refused {
    /// Past so many different shapes, others are not told apart.
    const SHAPES: usize = 100;

    /// Counts one person.
    pub fn add(&mut self, problem: Problem, value: Option<&str>) {
        match problem {
            Problem::Missing => self.missing += 1,
            Problem::Unmapped => self.unmapped += 1,
            Problem::Vocabulary | Problem::TooLong | Problem::Unwritable => self.invalid += 1,
            Problem::Formula => return,
        }
        let shape = value.map(shape);
        if let Some(shape) = shape.filter(|shape| self.shapes.len() < Self::SHAPES || self.shapes.contains_key(shape)) {
            *self.shapes.entry(shape).or_default() += 1;
        }
    }
}

impl Refused {
    /// Adds those of a later part.
    pub fn merge(&mut self, later: Refused) {
        self.missing += later.missing;
        self.invalid += later.invalid;
        self.unmapped += later.unmapped;
        for (shape, count) in later.shapes {
            if self.shapes.len() < Self::SHAPES || self.shapes.contains_key(&shape) {
                *self.shapes.entry(shape).or_default() += count;
            }
        }
    }
}

impl Checked {
    /// Adds what it found in a later part.
    pub fn add(&mut self, later: Checked) {
        self.judged = self.judged.zip(later.judged).map(|(own, later)| own + later);
        self.count += later.count;
        self.examples.extend(later.examples);
        if self.over != Over::Workers.name() {
            self.examples.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        }
        self.examples.truncate(EXAMPLES);
    }
}

/// What a check of the pipeline found.
#[derive(Clone, Debug)]
pub struct Checked {
    pub name: String,
    pub over: &'static str,
    pub severity: char,
    pub message: String,
    /// What must hold.
    pub condition: String,
    /// How many rows or persons were looked at; none where people were not resolved.
    pub judged: Option<u64>,
    pub count: u64,
    pub examples: Vec<Example>,
}

/// The as-of date D, who decided it, and the extract's own date where it is known (rules 1 and 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AsOfDate {
    pub day: Date,
    pub origin: &'static str,
    pub of_extract: Option<Date>,
}

/// A file that was read.
#[derive(Clone, Debug)]
pub struct Input {
    /// The record kind, or the name of the side extract.
    pub kind: &'static str,
    pub name: String,
    pub sha256: String,
    pub bytes: u64,
    /// When it was last written, as its origin says.
    pub modified: Option<Timestamp>,
    /// The host key of the server that it came from, `SHA256:…`.
    pub host_key: Option<String>,
    pub records: u64,
    /// `good`, `off` or `none`.
    pub signature: &'static str,
    pub signer: Option<String>,
    pub accepted: Vec<&'static str>,
    /// Headers that nothing recognises (`CSV005`).
    pub unknown_headers: Vec<String>,
}
