//! The rows of one person, in every file: where each stands, what it says in a few words, and what became of it.

use super::RowLine;
use crate::model::date::{BEGINNING, Interval, OPEN};
use crate::model::kind::Kind;
use crate::model::layout::{assignment as columns, manager, satellite};
use crate::model::row::{Fate, Row};
use crate::people::People;
use crate::stages::normalize::Case;
use crate::stages::resolve::satellites::MANAGER_KEYS;

pub fn rows(people: &People, case: &Case<'_>, person: usize) -> Vec<RowLine> {
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
            let of = match cells.get(columns::PERIOD_OF_SERVICE_ID) {
                "" => String::new(),
                id => format!(" of {id}"),
            };
            format!(
                "{}{of}, {}, {}{}{}{}",
                cells.get(columns::ASSIGNMENT_ID),
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
