//! The report of a run: one [`Report`], from which every rendering is made, so that they carry the same numbers: the
//! terminal's summary, `report.json`, `report.html` and `junit.xml`. PersonNumber, file and line are the only things in
//! it that point at a person (`pipeline.md` section 3).

pub mod changes;
mod charts;
mod counted;
mod expected;
pub mod explain;
mod fields;
mod findings;
mod headcount;
mod history;
mod html;
pub mod inspect;
mod junit;
mod mask;
mod page;
pub mod rejects;
mod sums;
mod tally;
mod text;

use std::collections::BTreeMap;
use std::io;

use schemars::JsonSchema;
use serde::Serialize;

pub use counted::Counted;
pub use expected::{Expected, ExpectedError};
pub use fields::{Field, ShapeCount};
pub use findings::{Address, CheckResult, Found, address, severity_of};
pub use headcount::Headcount;
pub use history::{Past, load as history};
pub use mask::Mask;
pub use sums::{BalanceSheet, Lost, Step};
pub use tally::Managers;

use crate::model::finding::Balances;
use crate::people::Source;
use crate::pipeline::Pipeline;
use crate::stages::map::Joined;
use crate::stages::publish::manifest::Output;
use crate::stages::validate::balance::Persons;
use crate::stages::validate::guards::{Changes, Verdict};

/// The one schema that this version writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub enum Schema {
    #[default]
    #[serde(rename = "hcmsync.report/1")]
    V1,
}

/// `report.json`, schema `hcmsync.report/1`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Report {
    pub schema: Schema,
    /// `published`, `validated`, or `stopped` where a guard tripped; as `run --json` prints it also `undelivered`, of a
    /// published run that could not be sent.
    pub status: &'static str,
    pub exit_code: u8,
    /// Whether PersonNumbers are tokens and small numbers left out (`--mask full`).
    pub masked: bool,
    pub run: Run,
    pub inputs: Vec<Input>,
    pub funnel: Vec<Step>,
    pub balance: BalanceSheet,
    /// Persons by state; blank where it could not be decided.
    pub states: BTreeMap<&'static str, u64>,
    /// Persons by the rule that decided.
    pub resolution: Vec<Decided>,
    /// Persons by their current work relationships, and how many of these are flagged primary.
    pub relationships: Vec<Cell>,
    pub findings: Vec<Found>,
    /// The pipeline's own rules.
    pub checks: Vec<CheckResult>,
    pub fields: Vec<Field>,
    pub managers: Managers,
    pub headcount: Vec<Headcount>,
    /// How each side extract met the emitted.
    pub joined: Vec<Joined>,
    /// Against the last published run; none where there is none.
    pub changes: Option<Changes>,
    /// The last ten published runs, the oldest first; the last is this one.
    pub history: Vec<Past>,
    pub guards: Vec<Verdict>,
    pub outputs: Vec<Output>,
}

/// Which run this is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Run {
    /// Blank where nothing is published.
    pub name: String,
    pub pipeline: String,
    pub description: Option<String>,
    /// SHA-256 of the pipeline file.
    pub pipeline_sha256: String,
    pub as_of: String,
    pub as_of_origin: &'static str,
    pub hcmsync: &'static str,
    /// The fingerprints of the keys that opened the extracts.
    pub keys: Vec<String>,
    /// The published run that this one was compared with.
    pub previous: Option<String>,
    /// Why nobody was resolved, where that is so.
    pub unresolved: Option<&'static str>,
}

/// A file that was read.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Input {
    pub kind: &'static str,
    pub name: String,
    pub sha256: String,
    pub bytes: u64,
    pub rows: u64,
    /// `good`, `off` or `none`.
    pub signature: &'static str,
    pub signer: Option<String>,
    pub accepted: Vec<&'static str>,
    /// Headers that nothing recognises.
    pub unknown_headers: Vec<String>,
}

/// How many persons a rule decided.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Decided {
    /// As in `resolution.csv`; blank where sections 2 to 4 quarantined the person before.
    pub rule: &'static str,
    pub meaning: &'static str,
    pub count: u64,
}

/// Persons with so many current work relationships, so many of them primary; 4 is four or more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Cell {
    pub current: u8,
    pub primary: u8,
    /// Null where `--mask full` suppresses it.
    pub persons: Option<u64>,
}

/// What was judged before the report is written.
pub struct Judged<'a> {
    pub balances: &'a Balances,
    pub persons: &'a Persons,
    pub verdicts: &'a [Verdict],
    /// The name under which it is about to be published; none where it is validated only.
    pub name: Option<&'a str>,
    /// The published runs before this one, the oldest first.
    pub history: Vec<Past>,
    pub previous: Option<&'a str>,
    pub outputs: &'a [Output],
    pub expected: Option<&'a Expected>,
    pub mask: Option<&'a Mask>,
    pub changes: Option<Changes>,
}

/// What the report says where only rows could be judged.
const UNRESOLVED: &str = "The pipeline reads no assignments, so nobody can be resolved: only the rows are judged.";

impl Report {
    /// The report of people who were resolved, or of rows where nobody could be.
    pub fn new(pipeline: &Pipeline, source: &Source, mut counted: Counted, judged: &Judged<'_>) -> Report {
        let is_resolved = pipeline.is_resolved();
        let attributes = counted::attributes(pipeline, judged.expected);
        let balances = if is_resolved { *judged.balances } else { sums::of_rows_alone(*judged.balances) };
        let balances: Vec<_> = source.balances(&balances).map(|(name, balance)| (name, *balance)).collect();
        let tripped = judged.verdicts.iter().any(|verdict| verdict.tripped);
        let status = match judged.name {
            _ if tripped => "stopped",
            Some(_) => "published",
            None => "validated",
        };
        let mut report = Report {
            schema: Schema::V1,
            status,
            exit_code: if tripped { 3 } else { 0 },
            masked: false,
            run: run(pipeline, source, judged),
            inputs: inputs(source),
            funnel: sums::funnel(source, &balances, judged.persons, counted.is_resolved),
            balance: sums::balance(&balances, judged.persons, is_resolved),
            resolution: counted.rules.iter().map(decided).collect(),
            relationships: counted.relationships.iter().map(cell).collect(),
            findings: findings::all(source, &mut counted),
            checks: counted.checks.iter().map(CheckResult::from).collect(),
            fields: counted.fields.iter().map(fields::Count::field).collect(),
            headcount: headcount::lines(&attributes, &counted.heads, judged.expected),
            managers: counted.managers(),
            joined: counted.joined,
            changes: judged.changes.clone(),
            history: judged.history.clone(),
            guards: judged.verdicts.to_vec(),
            outputs: judged.outputs.to_vec(),
            states: counted.states,
        };
        report.history.push(Past::of_report(&report));
        if let Some(mask) = judged.mask {
            mask.apply(&mut report);
        }
        report
    }

    /// The report of a run that was prepared and is not published.
    pub fn unpublished(mut self) -> Report {
        if self.exit_code == 0 {
            self.status = "validated";
        }
        self.run.name.clear();
        self.outputs.clear();
        if let Some(own) = self.history.last_mut() {
            own.run.clear();
        }
        self
    }

    /// The files of the report, each with its content: the same numbers for people, programs and build servers.
    pub fn files(&self) -> io::Result<[(&'static str, Vec<u8>); 3]> {
        let mut json = serde_json::to_vec_pretty(self)?;
        json.push(b'\n');
        Ok([("report.html", html::render(self)?), ("report.json", json), ("junit.xml", junit::render(self)?)])
    }
}

fn run(pipeline: &Pipeline, source: &Source, judged: &Judged<'_>) -> Run {
    Run {
        name: judged.name.unwrap_or_default().to_owned(),
        pipeline: pipeline.options.name.clone(),
        description: pipeline.options.description.clone(),
        pipeline_sha256: pipeline.sha256.clone(),
        as_of: source.as_of.day.to_string(),
        as_of_origin: source.as_of.origin,
        hcmsync: env!("CARGO_PKG_VERSION"),
        keys: source.keys.clone(),
        previous: judged.previous.map(str::to_owned),
        unresolved: (!pipeline.is_resolved()).then_some(UNRESOLVED),
    }
}

fn inputs(source: &Source) -> Vec<Input> {
    let of = |file: &crate::people::Input| Input {
        kind: file.kind,
        name: file.name.clone(),
        sha256: file.sha256.clone(),
        bytes: file.bytes,
        rows: file.records,
        signature: file.signature,
        signer: file.signer.clone(),
        accepted: file.accepted.clone(),
        unknown_headers: file.unknown_headers.clone(),
    };
    source.files.iter().map(of).collect()
}

fn decided((rule, count): (&crate::model::worker::Rule, &u64)) -> Decided {
    Decided { rule: rule.text(), meaning: rule.meaning(), count: *count }
}

fn cell(([current, primary], persons): (&[u8; 2], &u64)) -> Cell {
    Cell { current: *current, primary: *primary, persons: Some(*persons) }
}
