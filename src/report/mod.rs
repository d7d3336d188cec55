//! The report of a run: one [`Report`], from which every rendering is made, so that they carry the same numbers.
//! PersonNumber, file and line are the only things in it that point at a person (`pipeline.md` section 3).

pub mod explain;
mod findings;
pub mod rejects;

use std::collections::BTreeMap;

use serde::Serialize;

pub use findings::severity_of;

use crate::model::code::Severity;
use crate::model::finding::{Balances, Example};
use crate::people::People;
use crate::pipeline::Pipeline;
use crate::stages::map::Joined;
use crate::stages::publish::manifest::Output;
use crate::stages::validate::balance::Persons;
use crate::stages::validate::guards::{Name, Verdict};

/// `report.json`, schema `hcmsync.report/1`.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub schema: &'static str,
    pub status: &'static str,
    pub exit_code: u8,
    pub run: Run,
    pub inputs: Vec<Input>,
    pub funnel: Vec<Step>,
    pub balance: BalanceSheet,
    pub states: BTreeMap<&'static str, u64>,
    pub resolution: Vec<Decided>,
    pub findings: Vec<Found>,
    pub fields: Vec<Field>,
    pub headcount: Vec<Headcount>,
    /// How each side extract met the emitted.
    pub joined: Vec<Joined>,
    pub changes: Changes,
    pub guards: Vec<Verdict>,
    pub outputs: Vec<Output>,
}

/// Which run this is.
#[derive(Clone, Debug, Serialize)]
pub struct Run {
    pub name: String,
    pub pipeline: String,
    pub as_of: String,
    pub as_of_origin: &'static str,
    pub hcmsync: &'static str,
}

/// A file that was read.
#[derive(Clone, Debug, Serialize)]
pub struct Input {
    pub kind: &'static str,
    pub name: String,
    pub sha256: String,
    pub bytes: u64,
    pub rows: u64,
    pub signature: &'static str,
    pub signer: Option<String>,
    pub accepted: Vec<&'static str>,
}

/// One step from files to users.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    pub step: &'static str,
    pub count: u64,
}

/// The sums of rule 27.
#[derive(Clone, Debug, Serialize)]
pub struct BalanceSheet {
    pub ok: bool,
    pub files: BTreeMap<&'static str, BTreeMap<String, u64>>,
    pub persons: Persons,
}

/// How many persons a rule decided.
#[derive(Clone, Debug, Serialize)]
pub struct Decided {
    pub rule: &'static str,
    pub count: u64,
}

/// One code at one severity.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    pub code: &'static str,
    pub severity: char,
    pub title: &'static str,
    /// Rows for codes of rows, persons for the rest.
    pub count: u64,
    pub examples: Vec<Address>,
}

/// Where to look.
#[derive(Clone, Debug, Serialize)]
pub struct Address {
    pub person_number: Option<String>,
    pub file: Option<String>,
    pub line: Option<u32>,
}

/// How far a column of an output is filled.
#[derive(Clone, Debug, Serialize)]
pub struct Field {
    pub file: String,
    pub field: String,
    pub filled: u64,
    pub empty: u64,
}

/// Users by one attribute.
#[derive(Clone, Debug, Serialize)]
pub struct Headcount {
    pub attribute: &'static str,
    pub value: String,
    pub emitted: u64,
}

/// What the guards saw of the last published run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Changes {
    pub joiners: Option<u64>,
    pub leavers: Option<u64>,
}

/// What was judged before the report is written.
pub struct Judged<'a> {
    pub balances: &'a Balances,
    pub persons: &'a Persons,
    pub verdicts: &'a [Verdict],
}

impl Report {
    /// The report of a run that is about to be published as `name`.
    pub fn new(name: &str, pipeline: &Pipeline, people: &People, judged: &Judged<'_>, outputs: &[Output]) -> Report {
        let guard =
            |wanted| judged.verdicts.iter().find(|verdict| verdict.name == wanted).and_then(|found| found.value);
        Report {
            schema: "hcmsync.report/1",
            status: "published",
            exit_code: 0,
            run: Run {
                name: name.to_owned(),
                pipeline: pipeline.options.name.clone(),
                as_of: people.as_of.day.to_string(),
                as_of_origin: people.as_of.origin,
                hcmsync: env!("CARGO_PKG_VERSION"),
            },
            inputs: inputs(people),
            funnel: funnel(judged),
            balance: balance(people, judged),
            states: states(people),
            resolution: resolution(people),
            findings: findings::all(people, &pipeline.options.resolve).iter().map(found).collect(),
            fields: fields(people),
            headcount: headcount(people),
            joined: people.joined.clone(),
            changes: Changes { joiners: guard(Name::MaxJoiners), leavers: guard(Name::MaxLeavers) },
            guards: judged.verdicts.to_vec(),
            outputs: outputs.to_vec(),
        }
    }

    /// The one line that ends a run, for people and for `grep`.
    pub fn last_line(&self) -> String {
        let persons = &self.balance.persons;
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
}

fn inputs(people: &People) -> Vec<Input> {
    let of = |file: &crate::people::Input| Input {
        kind: file.kind,
        name: file.name.clone(),
        sha256: file.sha256.clone(),
        bytes: file.bytes,
        rows: file.records,
        signature: file.signature,
        signer: file.signer.clone(),
        accepted: file.accepted.clone(),
    };
    people.files.iter().map(of).collect()
}

fn funnel(judged: &Judged<'_>) -> Vec<Step> {
    let rows = judged.balances.iter().map(|balance| balance.records).sum();
    let persons = judged.persons;
    let resolved = persons.present - persons.quarantined;
    let selected = resolved - persons.excluded.values().sum::<u64>();
    [
        ("rows", rows),
        ("persons", persons.present),
        ("resolved", resolved),
        ("of an emitted state", selected),
        ("users", persons.emitted),
    ]
    .into_iter()
    .map(|(step, count)| Step { step, count })
    .collect()
}

fn balance(people: &People, judged: &Judged<'_>) -> BalanceSheet {
    let files = || people.balances(judged.balances);
    BalanceSheet {
        ok: files().all(|(_, balance)| balance.is_even()) && judged.persons.is_even(),
        files: files().map(|(name, balance)| (name, balance.buckets())).collect(),
        persons: judged.persons.clone(),
    }
}

fn states(people: &People) -> BTreeMap<&'static str, u64> {
    let mut states = BTreeMap::new();
    for person in people.resolved.iter().filter(|person| person.present) {
        *states.entry(person.state.map_or("", |state| state.text())).or_default() += 1;
    }
    states
}

fn resolution(people: &People) -> Vec<Decided> {
    let mut rules = BTreeMap::new();
    for person in people.resolved.iter().filter(|person| person.present) {
        *rules.entry(person.rule).or_insert(0) += 1;
    }
    rules.into_iter().map(|(rule, count)| Decided { rule: rule.text(), count }).collect()
}

fn found((code, severity, count, examples): &(crate::model::code::Code, Severity, u64, Vec<Example>)) -> Found {
    let address = |example: &Example| Address {
        person_number: example.person_number.clone(),
        file: example.file.clone(),
        line: example.line,
    };
    Found {
        code: code.text(),
        severity: severity.letter(),
        title: crate::model::code::entry(*code).title,
        count: *count,
        examples: examples.iter().map(address).collect(),
    }
}

fn fields(people: &People) -> Vec<Field> {
    let mut fields = Vec::new();
    for mapped in &people.outputs {
        let rows: Vec<u32> = mapped.rows.iter().copied().filter(|row| mapped.output.takes(*row)).collect();
        for (index, plan) in mapped.output.fields.iter().enumerate() {
            let filled = rows.iter().filter(|row| mapped.output.value(**row, index).is_some()).count() as u64;
            let file = mapped.plan.file.clone();
            fields.push(Field { file, field: plan.name.clone(), filled, empty: rows.len() as u64 - filled });
        }
    }
    fields
}

fn headcount(people: &People) -> Vec<Headcount> {
    let mut counts: BTreeMap<(&'static str, &str), u64> = BTreeMap::new();
    for person in people.resolved.iter().filter(|person| person.disposition.is_emitted()) {
        let worker_type = person.worker_type.map_or("", |worker_type| worker_type.letter());
        *counts
            .entry(("LegalEmployerName", people.workforce.legal_employer_name(person.work_relationship)))
            .or_default() += 1;
        *counts.entry(("WorkerType", worker_type)).or_default() += 1;
    }
    let line = |((attribute, value), emitted): ((&'static str, &str), u64)| Headcount {
        attribute,
        value: value.to_owned(),
        emitted,
    };
    counts.into_iter().map(line).collect()
}
