//! What was found in a run: each code with its severity, how often, what it means for people, how to fix it at the source,
//! and where to look first. Of a wrong value only its shape is shown.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::counted::Counted;
use crate::model::attribute::{self, Type};
use crate::model::code::{Code, Entry, Severity, Subject, entry};
use crate::model::date::DateFormat;
use crate::model::finding::{EXAMPLES, Example, Findings};
use crate::model::flag;
use crate::model::kind::Kind;
use crate::model::row::{Original, SourceFile};
use crate::model::shape::shape;
use crate::model::worker::WorkerState;
use crate::people::{Checked, People, Source};
use crate::pipeline::Pipeline;
use crate::stages::normalize::Workforce;
use crate::stages::resolve::{self, Resolve, Resolved};
use crate::stages::validate::attributes::Places;

/// One code at one severity.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Found {
    pub code: &'static str,
    /// `I`, `W` or `E`.
    pub severity: char,
    pub title: &'static str,
    /// Rows for codes of rows, persons for the rest.
    pub count: u64,
    /// What is counted: `rows`, `persons`, `columns` or `run`.
    pub of: &'static str,
    /// How many of them there are in all.
    pub base: u64,
    pub meaning: &'static str,
    pub effect: &'static str,
    pub fix: &'static str,
    pub examples: Vec<Address>,
}

/// Where to look.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Address {
    pub person_number: Option<String>,
    pub file: Option<String>,
    pub line: Option<u32>,
    /// The column and the shape of the wrong value: `DateStart: YYYY-13-DD`.
    pub shape: Option<String>,
}

impl From<&Example> for Address {
    fn from(example: &Example) -> Address {
        let Example { person_number, file, line } = example.clone();
        Address { person_number, file, line, shape: None }
    }
}

/// What a check of the pipeline found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CheckResult {
    pub name: String,
    /// `workers`, or a record kind.
    pub over: &'static str,
    /// `W` or `E`.
    pub severity: char,
    pub message: String,
    /// What must hold.
    pub condition: String,
    /// How many were looked at; none where people were not resolved.
    pub judged: Option<u64>,
    pub count: u64,
    pub examples: Vec<Address>,
}

impl From<&Checked> for CheckResult {
    fn from(checked: &Checked) -> CheckResult {
        let Checked { name, over, severity, message, condition, judged, count, examples } = checked.clone();
        let examples = examples.iter().map(Address::from).collect();
        CheckResult { name, over, severity, message, condition, judged, count, examples }
    }
}

/// What was found, how often, and where to look first.
#[derive(Debug, Default)]
pub struct Pointed(BTreeMap<(Code, Severity), (u64, Vec<Address>)>);

impl Pointed {
    /// `shape_of` tells what is wrong with the value at an address, where it is about one.
    fn of(findings: &Findings, shape_of: impl Fn(Code, &Example) -> Option<String>) -> Pointed {
        let pointed = |(code, severity, found): (Code, Severity, &crate::model::finding::Finding)| {
            let address = |example: &Example| Address { shape: shape_of(code, example), ..Address::from(example) };
            ((code, severity), (found.count, found.examples.iter().map(address).collect()))
        };
        Pointed(findings.iter().map(pointed).collect())
    }

    /// Adds what was found further on.
    pub fn add(&mut self, later: Pointed) {
        for (key, (count, addresses)) in later.0 {
            let own = self.0.entry(key).or_default();
            own.0 += count;
            own.1.extend(addresses.into_iter().take(EXAMPLES - own.1.len()));
        }
    }
}

/// What was found of people, `of_persons`, and of their rows.
pub fn of_people(pipeline: &Pipeline, people: &People, of_persons: Findings) -> Pointed {
    let shapes = Shapes { pipeline, people, places: Places::of(&people.workforce) };
    Pointed::of(&people.workforce.findings.clone().merge(of_persons), |code, example| shapes.of(code, example))
}

/// What was found of files: of those of side extracts all, of the others what is no matter of their rows.
fn of_files(source: &Source, untyped: &BTreeMap<u32, String>) -> Pointed {
    let mut of_files = Findings::default();
    for name in untyped.values() {
        let example = || Example { person_number: None, file: Some(name.clone()), line: None };
        of_files.add(Code::Row023, Severity::Warning, example);
    }
    for file in &source.files {
        for _ in &file.unknown_headers {
            let example = || Example { person_number: None, file: Some(file.name.clone()), line: Some(1) };
            of_files.add(Code::Csv005, Severity::Info, example);
        }
    }
    if source.as_of.origin == "today" {
        of_files.add(Code::Asof003, Severity::Info, || Example { person_number: None, file: None, line: None });
    }
    let of_sides = source.sides.iter().map(|side| side.findings.clone());
    Pointed::of(&of_sides.fold(Findings::default(), Findings::merge).merge(of_files), |_, _| None)
}

/// Every finding, in the order of codes.
pub fn all(source: &Source, counted: &mut Counted) -> Vec<Found> {
    let mut all = std::mem::take(&mut counted.found);
    all.add(of_files(source, &counted.untyped));
    let rows = source.files.iter().map(|file| file.records).sum();
    let found = |((code, severity), (count, examples)): ((Code, Severity), (u64, Vec<Address>))| {
        let Entry { title, meaning, effect, fix, subject, .. } = *entry(code);
        let (of, base) = match subject {
            Subject::Row => ("rows", rows),
            Subject::Person => ("persons", counted.present),
            Subject::File => ("files", source.files.len() as u64),
            Subject::Run => ("run", 1),
        };
        let (code, severity) = (code.text(), severity.letter());
        Found { code, severity, title, count, of, base, meaning, effect, fix, examples }
    };
    all.0.into_iter().map(found).collect()
}

/// What rule 16 resolves where it may pick: it is then reported with the losers.
const PICKED: [Code; 4] = [Code::Pri012, Code::Pri014, Code::Pri032, Code::Pri034];

/// Points, beside a person for whom somebody was picked, to the rows of those who lost.
pub fn point_at_losers(
    findings: &mut Findings,
    (code, severity): (Code, Severity),
    people: &People,
    person: usize,
    options: &Resolve,
) {
    if !PICKED.contains(&code) || severity != Severity::Warning || !findings.wants_examples(code, severity) {
        return;
    }
    for (kind, position) in resolve::losers(&people.workforce.case(person), options, people.as_of.day) {
        findings.point(code, severity, row_address(&people.workforce, person, kind, position as usize));
    }
}

/// How severe a code is for a person: an error where it quarantined or rejected a row, else what `resolution.md` says of the
/// case.
pub fn severity_of(code: Code, person: &Resolved, people: &People) -> Severity {
    if person.errors.contains(code) || entry(code).rejects {
        return Severity::Error;
    }
    match code {
        Code::Pri010 if person.state == Some(WorkerState::Pending) => Severity::Info,
        Code::Asg024 if person.gap_over_day => Severity::Warning,
        Code::Wr041 if people.as_of.of_extract == Some(people.as_of.day) => Severity::Warning,
        Code::Asg024 | Code::Wr041 => Severity::Info,
        _ => entry(code).severity.min(Severity::Warning),
    }
}

/// The codes that people bear where nobody was resolved: those of normalization.
pub fn of_notes(workforce: &Workforce) -> Findings {
    let mut findings = Findings::default();
    for (person, notes) in workforce.notes.iter().enumerate().filter(|(_, notes)| notes.present) {
        for code in notes.codes.iter().filter(|code| entry(*code).subject == Subject::Person) {
            let severity =
                if notes.errors.contains(code) { Severity::Error } else { entry(code).severity.min(Severity::Warning) };
            findings.add(code, severity, || address_of(workforce, person, None));
        }
    }
    findings
}

/// The chosen assignment row of a person, else the first row there is.
pub fn address(workforce: &Workforce, resolved: &Resolved, person: usize) -> Example {
    address_of(workforce, person, resolved.assignment)
}

fn address_of(workforce: &Workforce, person: usize, assignment: Option<u32>) -> Example {
    let chosen = assignment.map(|position| (Kind::Assignment, position as usize));
    let first = || Kind::ALL.into_iter().find_map(|kind| Some((kind, workforce.table(kind).groups.of(person).next()?)));
    match chosen.or_else(first) {
        Some((kind, position)) => row_address(workforce, person, kind, position),
        None => Example { person_number: Some(workforce.number(person).to_owned()), file: None, line: None },
    }
}

fn row_address(workforce: &Workforce, person: usize, kind: Kind, position: usize) -> Example {
    let rows = &workforce.table(kind).rows;
    let row = &rows.rows[position];
    let file = Some(rows.files[row.file as usize].name.clone());
    Example { person_number: Some(workforce.number(person).to_owned()), file, line: Some(row.line) }
}

/// Where the shapes of wrong values are found.
struct Shapes<'a> {
    pipeline: &'a Pipeline,
    people: &'a People,
    places: Places,
}

impl Shapes<'_> {
    /// The shape of what is wrong at an address, for the codes that are about one value.
    fn of(&self, code: Code, example: &Example) -> Option<String> {
        match code {
            Code::Row002 | Code::Row032 | Code::Row034 | Code::Row035 => self.of_row(code, example),
            Code::Per041 => {
                let person = self.people.workforce.find(example.person_number.as_deref()?)?;
                let address = self.places.work_email(&self.people.workforce, self.people.resolved.get(person)?);
                (!address.is_empty()).then(|| format!("WorkEmail: {}", shape(address)))
            }
            _ => None,
        }
    }

    /// The first cell of a rejected row, as it came, of which the code speaks.
    fn of_row(&self, code: Code, example: &Example) -> Option<String> {
        let (name, line) = (example.file.as_deref()?, example.line?);
        for kind in Kind::ALL {
            let rows = &self.people.workforce.table(kind).rows;
            let Some(file) = rows.files.iter().position(|file| file.name == name) else { continue };
            let at = |original: &&Original| original.file as usize == file && original.line == line;
            let original = rows.originals.iter().find(at)?;
            return self.of_cells(code, kind, &rows.files[file], original);
        }
        None
    }

    fn of_cells(&self, code: Code, kind: Kind, file: &SourceFile, original: &Original) -> Option<String> {
        let extract = self.pipeline.options.extract.of(kind)?;
        let format = DateFormat::new(extract.date_format.as_deref());
        let layout = &self.people.workforce.table(kind).layout;
        let wrong = |attribute: &attribute::Attribute, cell: &str| match code {
            Code::Row032 => attribute.ty == Type::Date && format.read(cell).is_none(),
            Code::Row034 => attribute.ty == Type::Flag && flag::read(cell).is_none(),
            Code::Row035 => attribute.ty == Type::WholeNumber && cell.parse::<i64>().is_err(),
            // An identifier that a spreadsheet made a number of, or a formula.
            _ => {
                attribute.name.ends_with("Number") && (cell.contains("E+") || cell.starts_with('='))
                    || attribute.name.ends_with("Id") && (cell.contains("E+") || cell.starts_with('='))
            }
        };
        let renamed = |header: &str| extract.columns.0.iter().find(|(_, own)| own == header).map(|(name, _)| name);
        for (header, cell) in file.headers.iter().zip(&original.fields) {
            let named = renamed(header).map_or(header.as_str(), String::as_str);
            let Some(attribute) = attribute::find(kind, named) else { continue };
            let cell = cell.trim();
            let is_read = layout.place(attribute.name).is_some() && !cell.is_empty();
            if is_read && !extract.nulls.iter().any(|null| null == cell) && wrong(attribute, cell) {
                return Some(format!("{}: {}", attribute.name, shape(cell)));
            }
        }
        None
    }
}

/// How many findings there are of each severity, by letter.
pub fn by_severity(findings: &[Found]) -> BTreeMap<char, u64> {
    let mut counts = BTreeMap::new();
    findings.iter().for_each(|found| *counts.entry(found.severity).or_default() += found.count);
    counts
}
