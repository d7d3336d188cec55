//! Why a person has this assignment, these values, or is missing: every row with its file and line, every decision with
//! its rule, what other people have to do with it, and how each asked-for value came to be.

mod causes;
mod fields;
mod missing;
mod rows;
mod text;

use serde::Serialize;

use crate::model::code::{Code, entry};
use crate::model::kind::Kind;
use crate::people::People;
use crate::pipeline::Pipeline;
use crate::stages::map::{MapError, Read, Trace};
use crate::stages::resolve::{Judgement, Step, managers, resolve};

/// Everything that there is to say about one person.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    pub person_number: String,
    pub as_of: String,
    pub worker_state: Option<&'static str>,
    pub active: bool,
    pub disposition: &'static str,
    pub period_of_service_id: String,
    pub assignment_id: String,
    pub manager_person_number: Option<String>,
    pub resolution_rule: &'static str,
    /// Why the person is in no output, or not in one of them.
    pub missing: Vec<Missing>,
    /// Every row of the person, in every file.
    pub rows: Vec<RowLine>,
    /// What was decided, in order.
    pub steps: Vec<Said>,
    pub codes: Vec<CodeLine>,
    pub fields: Vec<FieldLine>,
}

/// Why a person is missing.
#[derive(Clone, Debug, Serialize)]
pub struct Missing {
    /// The output, if it is one alone.
    pub file: Option<String>,
    /// `no_row`, `excluded`, `filtered`, `quarantined` or `condition`.
    pub reason: &'static str,
    pub sentence: String,
    /// Those that quarantine.
    pub codes: Vec<&'static str>,
}

/// A row of the person.
#[derive(Clone, Debug, Serialize)]
pub struct RowLine {
    pub kind: &'static str,
    pub file: String,
    pub line: u32,
    pub what: String,
    pub fate: String,
}

/// A step of the decision, and the row that it is about, if it is one.
#[derive(Clone, Debug, Serialize)]
pub struct Said {
    pub rule: u8,
    pub sentence: String,
    pub file: Option<String>,
    pub line: Option<u32>,
}

/// A diagnostic of the person, with the persons and rows that brought it about.
#[derive(Clone, Debug, Serialize)]
pub struct CodeLine {
    pub code: &'static str,
    pub severity: char,
    pub title: &'static str,
    pub because: Vec<Cause>,
    /// How many causes are not listed.
    pub further: usize,
}

/// A person, and perhaps a row, that brought a diagnostic about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Cause {
    pub person_number: String,
    pub file: Option<String>,
    pub line: Option<u32>,
    pub sentence: String,
}

/// How a value of an output came to be. It shows the value: whoever asks for it may see it.
#[derive(Clone, Debug, Serialize)]
pub struct FieldLine {
    pub file: String,
    pub field: String,
    /// Whether the person is in the file.
    pub written: bool,
    /// The columns of the extracts that it reads, its conditions included.
    pub reads: Vec<Read>,
    pub how: Trace,
}

/// Explains a person; `None` if no file has a row of that PersonNumber.
pub fn explain(
    people: &People,
    pipeline: &Pipeline,
    number: &str,
    fields: &[String],
) -> Result<Option<Explanation>, MapError> {
    let workforce = &people.workforce;
    let Some(person) = workforce.find(number) else { return Ok(None) };
    let resolved = &people.resolved[person];
    let case = workforce.case(person);
    let mut judgement = Judgement::new(case.notes.codes, case.notes.errors).explained();
    let mut again = resolve(&case, &pipeline.options.resolve, people.as_of.day, &mut judgement);
    // Section 8 comes before the managers, section 10 after them.
    again.errors = resolved.errors.iter().filter(|code| !SECTION_10.contains(code)).collect();
    let named = managers::explain(workforce, person, again, people.as_of.day, &mut judgement);
    if let Some(named) = named.filter(|_| resolved.manager.is_none()) {
        let whom = workforce.number(named as usize);
        judgement.say(25, || format!("{whom} is in no output, so the manager is blank"));
    }
    let codes = resolved.codes.iter().map(|code| {
        let mut because = causes::of(people, person, named, code);
        let further = because.len().saturating_sub(CAUSES);
        because.truncate(CAUSES);
        let severity = super::severity_of(code, resolved, people).letter();
        CodeLine { code: code.text(), severity, title: entry(code).title, because, further }
    });
    Ok(Some(Explanation {
        person_number: number.to_owned(),
        as_of: people.as_of.day.to_string(),
        worker_state: resolved.state.map(|state| state.text()),
        active: resolved.active,
        disposition: if resolved.present { resolved.disposition.text() } else { "no row takes part" },
        period_of_service_id: workforce.period_of_service_id(resolved.work_relationship).to_owned(),
        assignment_id: workforce.assignment_id(resolved.assignment).to_owned(),
        manager_person_number: resolved.manager.map(|manager| workforce.number(manager as usize).to_owned()),
        resolution_rule: resolved.rule.text(),
        missing: missing::of(people, pipeline, person),
        rows: rows::rows(people, &case, person),
        codes: codes.collect(),
        steps: judgement.into_steps().into_iter().map(|step| said(people, step)).collect(),
        fields: fields::lines(people, pipeline, person as u32, fields)?,
    }))
}

/// How many causes of one diagnostic are listed.
const CAUSES: usize = 10;
const SECTION_10: [Code; 6] = [Code::Out001, Code::Out002, Code::Out003, Code::Out011, Code::Out012, Code::Out014];

fn said(people: &People, step: Step) -> Said {
    let (file, line) = step.row.map(|(kind, position)| place(people, kind, position as usize)).unzip();
    Said { rule: step.rule, sentence: step.sentence, file, line }
}

/// File and line of a row.
fn place(people: &People, kind: Kind, position: usize) -> (String, u32) {
    let rows = &people.workforce.table(kind).rows;
    let row = &rows.rows[position];
    (rows.files[row.file as usize].name.clone(), row.line)
}
