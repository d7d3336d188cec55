//! Why a person has this assignment, these values, or is missing: every row with its file and line, every decision with
//! its rule, and how each asked-for value came to be.

use std::fmt::Write;

use serde::Serialize;

use crate::model::code::entry;
use crate::model::date::{BEGINNING, Interval, OPEN};
use crate::model::kind::Kind;
use crate::model::layout::{assignment as columns, manager, satellite};
use crate::model::row::{Fate, Row};
use crate::people::People;
use crate::pipeline::Pipeline;
use crate::stages::normalize::Case;
use crate::stages::resolve::satellites::MANAGER_KEYS;
use crate::stages::resolve::{Judgement, Step, resolve};

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
    /// Every row of the person, in every file.
    pub rows: Vec<RowLine>,
    /// What was decided, in order.
    pub steps: Vec<Said>,
    pub codes: Vec<CodeLine>,
    pub fields: Vec<FieldLine>,
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

/// A step of the decision.
#[derive(Clone, Debug, Serialize)]
pub struct Said {
    pub rule: u8,
    pub sentence: String,
}

/// A diagnostic of the person.
#[derive(Clone, Debug, Serialize)]
pub struct CodeLine {
    pub code: &'static str,
    pub severity: char,
    pub title: &'static str,
}

/// How a value of an output came to be. It shows the value: whoever asks for it may see it.
#[derive(Clone, Debug, Serialize)]
pub struct FieldLine {
    pub file: String,
    pub field: String,
    pub sql: String,
    pub reads: Vec<String>,
    pub map: Option<String>,
    pub default: Option<String>,
    /// None where the person is not in the file, or there is no value.
    pub value: Option<String>,
}

/// Explains a person; `None` if no file has a row of that PersonNumber.
pub fn explain(people: &People, pipeline: &Pipeline, number: &str, fields: &[String]) -> Option<Explanation> {
    let workforce = &people.workforce;
    let person = workforce.find(number)?;
    let resolved = &people.resolved[person];
    let case = workforce.case(person);
    let mut judgement = Judgement::new(case.notes.codes, case.notes.errors).explained();
    resolve(&case, &pipeline.options.resolve, people.as_of.day, &mut judgement);
    let severity = |code| super::severity_of(code, resolved, people).letter();
    Some(Explanation {
        person_number: number.to_owned(),
        as_of: people.as_of.day.to_string(),
        worker_state: resolved.state.map(|state| state.text()),
        active: resolved.active,
        disposition: if resolved.present { resolved.disposition.text() } else { "no row takes part" },
        period_of_service_id: workforce.period_of_service_id(resolved.work_relationship).to_owned(),
        assignment_id: workforce.assignment_id(resolved.assignment).to_owned(),
        manager_person_number: resolved.manager.map(|manager| workforce.number(manager as usize).to_owned()),
        resolution_rule: resolved.rule.text(),
        rows: rows(people, &case, person),
        steps: judgement.into_steps().into_iter().map(said).collect(),
        codes: resolved
            .codes
            .iter()
            .map(|code| CodeLine { code: code.text(), severity: severity(code), title: entry(code).title })
            .collect(),
        fields: field_lines(people, pipeline, person as u32, fields),
    })
}

fn said(step: Step) -> Said {
    Said { rule: step.rule, sentence: step.sentence }
}

fn rows(people: &People, case: &Case<'_>, person: usize) -> Vec<RowLine> {
    let mut lines = Vec::new();
    for kind in Kind::ALL {
        let table = people.workforce.table(kind);
        for row in table.of(person) {
            lines.push(RowLine {
                kind: kind.name(),
                file: table.rows.files[row.file as usize].name.clone(),
                line: row.line,
                what: what(people, kind, row),
                fate: fate(people, case, kind, row),
            });
        }
    }
    lines.sort_by(|a, b| (a.kind, &a.file, a.line).cmp(&(b.kind, &b.file, b.line)));
    lines
}

/// A row in a few words: ids, dates, flags and status, never a name.
fn what(people: &People, kind: Kind, row: &Row) -> String {
    let cells = people.workforce.table(kind).rows.cells(row);
    let facts = &row.facts;
    let flag = |name: &str, flag: Option<bool>| match flag {
        None => String::new(),
        Some(flag) => format!(", {name} {}", if flag { "Y" } else { "N" }),
    };
    match kind {
        Kind::Person => span(facts.effective),
        Kind::WorkRelationship => {
            format!("{} {}{}", cells.get(1), span(facts.service), flag("PrimaryFlag", facts.primary))
        }
        Kind::Assignment => {
            let status = [cells.get(columns::STATUS_TYPE), cells.get(columns::STATUS_TYPE_CODE)].join(" ");
            format!(
                "{} of {}, {}, {}{}{}{}",
                cells.get(columns::ASSIGNMENT_ID),
                cells.get(columns::PERIOD_OF_SERVICE_ID),
                span(facts.effective),
                status.trim(),
                flag("PrimaryAssignmentFlag", facts.primary_assignment),
                flag("PrimaryWorkRelationFlag", facts.primary_work_relation),
                flag("PrimaryFlag", facts.primary),
            )
        }
        Kind::Manager => {
            let keys = MANAGER_KEYS.map(|key| cells.get(key)).join(" ");
            format!(
                "{} to {}, {}{}",
                cells.get(manager::ASSIGNMENT_ID),
                keys.split_whitespace().collect::<Vec<_>>().join(" "),
                span(facts.effective),
                flag("PrimaryFlag", facts.primary),
            )
        }
        // Of an identifier, an e-mail or a phone the type and the dates: never the value.
        Kind::Name | Kind::Email | Kind::Phone | Kind::Address | Kind::NationalIdentifier => {
            let type_of = format!("{} {}", cells.get(satellite::TYPE), span(facts.effective));
            format!("{}{}", type_of.trim(), flag("PrimaryFlag", facts.primary))
        }
    }
}

fn span(interval: Interval) -> String {
    match interval {
        Interval { start: BEGINNING, end: OPEN } => "undated".into(),
        Interval { start, end: OPEN } => format!("from {start}"),
        Interval { start: BEGINNING, end } => format!("to {end}"),
        Interval { start, end } => format!("{start} to {end}"),
    }
}

fn fate(people: &People, case: &Case<'_>, kind: Kind, row: &Row) -> String {
    let codes = |codes: crate::model::code::Codes| codes.iter().map(|code| code.text()).collect::<Vec<_>>().join(";");
    match row.fate {
        Fate::Rejected if row.codes.has_keys() => format!("rejected: {}", codes(row.codes.keys())),
        Fate::Rejected => format!("rejected: {}", codes(row.codes.values())),
        Fate::Duplicate => "a duplicate: ROW010".into(),
        Fate::SetAside(code) => format!("set aside: {code}"),
        Fate::Admitted => {
            let day = people.as_of.day;
            let in_effect = match kind {
                Kind::WorkRelationship if case.shape.has_service_dates => row.facts.service.contains(day),
                _ => row.facts.effective.contains(day),
            };
            if in_effect { "in effect".into() } else { "not in effect".into() }
        }
    }
}

fn field_lines(people: &People, pipeline: &Pipeline, person: u32, wanted: &[String]) -> Vec<FieldLine> {
    let mut lines = Vec::new();
    for mapped in &people.outputs {
        for (place, field) in mapped.output.fields.iter().enumerate().filter(|(_, field)| wanted.contains(&field.name))
        {
            let Some(step) = pipeline.mapping.steps(mapped.nth, &field.name) else { continue };
            let row = mapped.persons.binary_search(&person).ok().map(|row| row as u32);
            let row = row.filter(|row| mapped.rows.contains(row));
            lines.push(FieldLine {
                file: mapped.plan.file.clone(),
                field: field.name.clone(),
                sql: step.sql.to_owned(),
                reads: step.attributes.iter().cloned().collect(),
                map: step.map.map(str::to_owned),
                default: step.default.map(str::to_owned),
                value: row.and_then(|row| mapped.output.value(row, place)).map(str::to_owned),
            });
        }
    }
    lines
}

impl Explanation {
    /// For people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let state = self.worker_state.unwrap_or("undecided");
        let active = if self.active { "active" } else { "not active" };
        writeln!(out, "{} as of {}: {state}, {active}, {}", self.person_number, self.as_of, self.disposition)?;
        if !self.period_of_service_id.is_empty() {
            writeln!(out, "  work relationship  {}", self.period_of_service_id)?;
        }
        if !self.assignment_id.is_empty() {
            writeln!(out, "  assignment         {}", self.assignment_id)?;
        }
        if let Some(manager) = &self.manager_person_number {
            writeln!(out, "  manager            {manager}")?;
        }
        writeln!(
            out,
            "  decided by         {}",
            if self.resolution_rule.is_empty() { "no rule" } else { self.resolution_rule }
        )?;
        writeln!(out, "\nRows")?;
        for row in &self.rows {
            writeln!(out, "  {} {}:{}  {}\n      {}", row.kind, row.file, row.line, row.what, row.fate)?;
        }
        if !self.steps.is_empty() {
            writeln!(out, "\nDecisions")?;
            for step in &self.steps {
                writeln!(out, "  rule {:2}  {}", step.rule, step.sentence)?;
            }
        }
        if !self.codes.is_empty() {
            writeln!(out, "\nFindings")?;
            for code in &self.codes {
                writeln!(out, "  {} {}  {}", code.severity, code.code, code.title)?;
            }
        }
        for field in &self.fields {
            writeln!(out, "\n{} in {}", field.field, field.file)?;
            writeln!(out, "  {} reads {}", field.sql, field.reads.join(", "))?;
            if let Some(map) = &field.map {
                writeln!(out, "  then the map {map}")?;
            }
            if let Some(default) = &field.default {
                writeln!(out, "  then, where there is no value, {default}")?;
            }
            writeln!(out, "  = {}", field.value.as_deref().unwrap_or("no value"))?;
        }
        Ok(())
    }
}
