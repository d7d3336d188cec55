//! Section 3: the row of an assignment on a day (rule 10), what its rows look like (rule 11), and their status (rule 12).

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::cells;
use super::input::{Kind, Status};
use super::rows::Record;
use super::world::{Person, Severity, State, World};

/// The columns in which rows may differ and yet be one row with several manager entries.
pub const MANAGER_COLUMNS: [&str; 5] =
    ["ManagerAssignmentId", "ManagerAssignmentNumber", "ManagerPersonNumber", "ManagerId", "ManagerType"];

/// What rule 10 leaves of some rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    Nothing,
    /// One row, with several manager entries perhaps.
    Row(Vec<usize>),
    /// Two different rows are left: `ASG010`.
    Ambiguous,
}

impl Taken {
    /// The rows, unless none or several different ones are left.
    pub fn rows(&self) -> Option<&Vec<usize>> {
        match self {
            Taken::Row(rows) => Some(rows),
            _ => None,
        }
    }
}

/// One AssignmentId of one person.
#[derive(Clone, Debug)]
pub struct Assignment {
    pub id: String,
    pub relationship_id: String,
    pub rows: Vec<usize>,
    pub on_d: Taken,
}

impl Assignment {
    /// All assignments of a person, by id.
    pub fn of_person(world: &World, number: &str) -> Vec<Assignment> {
        let rows = world.live_of(Kind::Assignment, number);
        let ids: BTreeSet<&str> = rows.iter().map(|i| world.records[*i].get("AssignmentId")).collect();
        let of_id = |id: &str| -> Vec<usize> {
            rows.iter().copied().filter(|i| world.records[*i].get("AssignmentId") == id).collect()
        };
        ids.into_iter()
            .map(|id| {
                let rows = of_id(id);
                let relationship_id = world.records[rows[0]].get("PeriodOfServiceId").to_owned();
                let on_d = on(world, &rows, world.as_of());
                Assignment { id: id.to_owned(), relationship_id, rows, on_d }
            })
            .collect()
    }
}

/// Rule 10 on any day.
pub fn on(world: &World, rows: &[usize], day: Date) -> Taken {
    let in_effect: Vec<usize> = rows.iter().copied().filter(|i| world.records[*i].covers(day)).collect();
    let latest = in_effect.iter().map(|i| start(world, *i)).max();
    of_start(world, &in_effect, latest)
}

/// Rule 17's last row: rule 10 among the rows of the latest start.
pub fn last(world: &World, rows: &[usize]) -> Taken {
    let latest = rows.iter().map(|i| start(world, *i)).max();
    of_start(world, rows, latest)
}

/// Rule 17's first row: rule 10 among the rows of the earliest start.
pub fn first(world: &World, rows: &[usize]) -> Taken {
    let earliest = rows.iter().map(|i| start(world, *i)).min();
    of_start(world, rows, earliest)
}

fn start(world: &World, row: usize) -> Date {
    world.records[row].start("EffectiveStartDate")
}

fn of_start(world: &World, rows: &[usize], day: Option<Date>) -> Taken {
    let mut left: Vec<usize> = rows.iter().copied().filter(|i| Some(start(world, *i)) == day).collect();
    if left.iter().any(|i| is_latest_change(&world.records[*i])) {
        left.retain(|i| is_latest_change(&world.records[*i]));
    }
    let highest = left.iter().map(|i| sequence(&world.records[*i])).max();
    left.retain(|i| Some(sequence(&world.records[*i])) == highest);
    if left.is_empty() {
        return Taken::Nothing;
    }
    let without_managers = |row: usize| {
        let mut cells = world.records[row].cells.clone();
        cells.retain(|name, _| !MANAGER_COLUMNS.contains(&name.as_str()));
        cells
    };
    if left.iter().any(|i| without_managers(*i) != without_managers(left[0])) {
        return Taken::Ambiguous;
    }
    Taken::Row(left)
}

fn is_latest_change(record: &Record) -> bool {
    record.flag("EffectiveLatestChange").unwrap_or(true)
}

fn sequence(record: &Record) -> u64 {
    cells::sequence(record.get("EffectiveSequence")).unwrap_or(1)
}

/// Rule 12 for the row that was taken.
pub fn status(world: &World, row: usize) -> (Option<Status>, Vec<&'static str>) {
    let record = &world.records[row];
    cells::status(record.get("AssignmentStatusType"), record.get("AssignmentStatusTypeCode"), world.settings)
}

/// Raises the status codes of a row that was taken.
pub fn raise_status(world: &World, person: &mut Person, row: usize) {
    for code in status(world, row).1 {
        person.raise(code, if code == "STA001" { Severity::E } else { Severity::W });
    }
}

/// Rules 10 to 12 on D.
pub fn section_3(world: &World, person: &mut Person) {
    for place in 0..person.assignments.len() {
        let assignment = person.assignments[place].clone();
        for (code, severity) in history(world, &assignment.rows) {
            person.raise(code, severity);
        }
        match &assignment.on_d {
            Taken::Nothing => {}
            Taken::Row(rows) => {
                person.used.extend(rows);
                raise_status(world, person, rows[0]);
            }
            Taken::Ambiguous => {
                // Of the work relationship that is chosen in the end it is raised again, as E, with section 6.
                let current =
                    person.relationships.iter().any(|w| w.assignments.contains(&place) && w.state == State::Current);
                // Rule 18 knows no work relationship: the person is employed by its rows alone.
                let severity = if current || world.handmade { Severity::E } else { Severity::W };
                person.raise("ASG010", severity);
            }
        }
    }
}

/// Rule 11 over all rows of an assignment.
fn history(world: &World, rows: &[usize]) -> Vec<(&'static str, Severity)> {
    let mut found = Vec::new();
    let records: Vec<&Record> = rows.iter().map(|i| &world.records[*i]).collect();
    let from = |r: &Record| r.start("EffectiveStartDate");
    let to = |r: &Record| r.end("EffectiveEndDate");
    let days: BTreeSet<Date> = records.iter().map(|r| from(r)).collect();
    for day in &days {
        let of_day: Vec<&&Record> = records.iter().filter(|r| from(r) == *day).collect();
        let sequences: BTreeSet<u64> = of_day.iter().map(|r| sequence(r)).collect();
        let highest = sequences.last().copied();
        if of_day.iter().any(|r| is_latest_change(r) != (Some(sequence(r)) == highest)) {
            found.push(("ASG020", Severity::W));
        }
        let whole: BTreeSet<u64> = (1..=sequences.len() as u64).collect();
        if sequences != whole {
            found.push(("ASG021", Severity::I));
        }
    }
    if records.iter().any(|r| !is_latest_change(r) && to(r) != from(r)) {
        found.push(("ASG022", Severity::W));
    }
    let overlap = |a: &Record, b: &Record| from(a) != from(b) && from(a) <= to(b) && from(b) <= to(a);
    if records.iter().any(|a| records.iter().any(|b| overlap(a, b))) {
        found.push(("ASG023", Severity::W));
    }
    // A gap opens the day after an end that no row covers, where a later row follows.
    for end in records.iter().map(|r| to(r)).filter(|end| *end < Date::MAX) {
        let Ok(next_day) = end.tomorrow() else { continue };
        let covered = records.iter().any(|r| from(r) <= next_day && next_day <= to(r));
        let Some(next_start) = days.iter().find(|day| **day > end) else { continue };
        if !covered {
            let on_d = end < world.as_of() && world.as_of() < *next_start;
            found.push(("ASG024", if on_d { Severity::W } else { Severity::I }));
        }
    }
    found
}
