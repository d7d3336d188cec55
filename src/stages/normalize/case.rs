//! One person's case: its admitted rows, in the shape in which the rules speak of them.

use jiff::civil::Date;

use super::types::{Typed, period_type, relationship_type, worker_type};
use super::workforce::{Notes, Shape, Workforce};
use crate::model::cells::Cells;
use crate::model::date::Interval;
use crate::model::kind::Kind;
use crate::model::layout::{assignment, person, work_relationship};
use crate::model::row::{Facts, Fate, Row};
use crate::model::worker::WorkerType;

/// Everything that resolution may know of one person.
pub struct Case<'a> {
    pub number: &'a str,
    pub shape: Shape,
    pub notes: Notes,
    pub persons: Vec<PersonRow<'a>>,
    pub work_relationships: Vec<WorkRelationship<'a>>,
    pub assignments: Vec<Assignment<'a>>,
    /// In the order of [`Kind::SATELLITES`]; none where the pipeline has no such extract.
    pub satellites: [Option<Vec<SatelliteRow<'a>>>; Kind::SATELLITES.len()],
}

impl<'a> Case<'a> {
    /// The work relationship of this id; they are in its order.
    pub fn work_relationship(&self, id: &str) -> Option<&WorkRelationship<'a>> {
        let place = self.work_relationships.binary_search_by_key(&id, |own| own.id).ok()?;
        self.work_relationships.get(place)
    }

    /// The rows of a satellite.
    pub fn of(&self, satellite: Kind) -> &[SatelliteRow<'a>] {
        self.configured(satellite).unwrap_or_default()
    }

    /// The rows of a satellite, where the pipeline has such an extract.
    pub fn configured(&self, satellite: Kind) -> Option<&[SatelliteRow<'a>]> {
        self.satellites[satellite.satellite()?].as_deref()
    }
}

/// A dated row beside the person: a name, an e-mail, a phone, an address, a national identifier, a manager.
#[derive(Clone, Copy)]
pub struct SatelliteRow<'a> {
    pub cells: Cells<'a>,
    pub facts: &'a Facts,
    /// Its position among the rows of its kind.
    pub position: u32,
}

/// A person row: names, work e-mail and what else is not of employment. In a flat source it stands on an assignment row.
#[derive(Clone, Copy)]
pub struct PersonRow<'a> {
    pub cells: Cells<'a>,
    pub effective: Interval,
    pub email: Email<'a>,
    /// Its position among the rows of its kind: of persons, or of assignments in a flat source.
    pub position: u32,
}

/// The work e-mail on a person row (rule 22).
#[derive(Clone, Copy)]
pub struct Email<'a> {
    /// Blank where there is none.
    pub address: &'a str,
    pub email_type: &'a str,
    pub is_flagged: bool,
}

/// A work relationship, from its own row or derived from assignment rows.
pub struct WorkRelationship<'a> {
    /// PeriodOfServiceId; blank in a hand-made source.
    pub id: &'a str,
    /// `DateStart` to `ActualTerminationDate`.
    pub service: Interval,
    /// The undated `PrimaryFlag`.
    pub primary: Option<bool>,
    pub worker_type: Option<WorkerType>,
    pub legislation: &'a str,
    /// The position of its row; in a source that derives it, none.
    pub position: Option<u32>,
    /// How many rows of its own it has: one, or several that differ in nothing but PersonId, or none.
    pub rows: u32,
    /// Indexes into [`Case::assignments`].
    pub assignments: Vec<usize>,
}

impl WorkRelationship<'_> {
    /// What it is called in an explanation: a flat source need not have ids.
    pub fn name(&self) -> &str {
        if self.id.is_empty() { "without an id" } else { self.id }
    }

    /// Whether it is a pending worker's.
    pub fn is_pending(&self) -> bool {
        self.worker_type == Some(WorkerType::PendingWorker)
    }
}

/// An assignment with all its admitted rows, by start, sequence and then text.
pub struct Assignment<'a> {
    pub id: &'a str,
    /// Index into [`Case::work_relationships`].
    pub work_relationship: usize,
    pub rows: Vec<AssignmentRow<'a>>,
}

/// One dated row of an assignment.
#[derive(Clone, Copy)]
pub struct AssignmentRow<'a> {
    pub cells: Cells<'a>,
    pub facts: &'a Facts,
    /// Its position among the assignment rows.
    pub position: u32,
}

impl AssignmentRow<'_> {
    pub fn start(&self) -> Date {
        self.facts.effective.start
    }

    pub fn end(&self) -> Date {
        self.facts.effective.end
    }

    /// `EffectiveLatestChange`; a missing one is Y (rule 10).
    pub fn is_latest_change(&self) -> bool {
        self.facts.latest_change.unwrap_or(true)
    }

    /// Its type by its own columns (rule 6).
    pub fn worker_type(&self) -> Option<WorkerType> {
        let own = period_type(self.cells.get(assignment::ASSIGNMENT_TYPE));
        admitted_type(own.or_else(|| worker_type(self.cells.get(assignment::SYSTEM_PERSON_TYPE))))
    }

    /// The same in a hand-made source, where the row tells of its work relationship as well.
    pub fn worker_type_by_itself(&self) -> Option<WorkerType> {
        admitted_type(derived_type(self.cells)).or_else(|| self.worker_type())
    }
}

impl Workforce {
    /// The case of a person.
    pub fn case(&self, person: usize) -> Case<'_> {
        let mut relationships = self.relationships_of(person);
        let assignments = self.assignments_of(person, &mut relationships);
        let persons = self.persons_of(person);
        Case {
            number: self.number(person),
            shape: self.shape,
            notes: self.notes[person],
            persons,
            work_relationships: relationships,
            assignments,
            satellites: Kind::SATELLITES.map(|kind| self.satellites_of(kind, person)),
        }
    }

    /// The admitted rows of a satellite of a person, where the pipeline has such an extract.
    pub fn satellites_of(&self, kind: Kind, person: usize) -> Option<Vec<SatelliteRow<'_>>> {
        let rows = self.admitted(kind, person).map(|(position, row, cells)| SatelliteRow {
            cells,
            facts: &row.facts,
            position,
        });
        self.table(kind).configured.then(|| rows.collect())
    }

    /// The admitted rows of a person, with their positions.
    fn admitted(&self, kind: Kind, person: usize) -> impl Iterator<Item = (u32, &Row, Cells<'_>)> {
        let table = self.table(kind);
        let range = table.groups.of(person);
        let rows = table.rows.rows[range.clone()].iter();
        range.zip(rows).filter(|(_, row)| row.fate == Fate::Admitted).map(|(position, row)| {
            let cells = table.rows.cells(row);
            (position as u32, row, cells)
        })
    }

    fn persons_of(&self, person: usize) -> Vec<PersonRow<'_>> {
        let (kind, rows) = if self.shape.has_persons { (Kind::Person, usize::MAX) } else { (Kind::Assignment, 1) };
        self.admitted(kind, person)
            .take(rows)
            .map(|(position, row, cells)| {
                let effective = if self.shape.has_persons { row.facts.effective } else { Interval::ALWAYS };
                PersonRow { cells, effective, email: self.email(row, cells), position }
            })
            .collect()
    }

    fn email<'a>(&self, row: &Row, cells: Cells<'a>) -> Email<'a> {
        if self.shape.has_persons {
            let is_flagged = row.facts.primary == Some(true);
            return Email {
                address: cells.get(person::WORK_EMAIL),
                email_type: cells.get(person::EMAIL_TYPE),
                is_flagged,
            };
        }
        let [address, email_type] = self.shape.flat_email.map(|place| place.map_or("", |place| cells.get(place)));
        Email { address, email_type, is_flagged: false }
    }

    fn relationships_of(&self, person: usize) -> Vec<WorkRelationship<'_>> {
        let has_own = self.shape.has_work_relationships;
        let kind = if has_own { Kind::WorkRelationship } else { Kind::Assignment };
        // Of rows that tell of the same the first by its text counts, whatever the order of the file.
        let mut rows: Vec<_> = self.admitted(kind, person).collect();
        rows.sort_by_key(|(_, _, cells)| *cells);
        let read = if has_own { own_relationship } else { derived_relationship };
        let mut relationships: Vec<WorkRelationship<'_>> = rows.into_iter().map(read).collect();
        relationships.sort_by_key(|relationship| relationship.id);
        relationships.dedup_by(|other, first| {
            let is_same = other.id == first.id;
            first.rows += if is_same { other.rows } else { 0 };
            is_same
        });
        relationships
    }

    fn assignments_of<'a>(&'a self, person: usize, relationships: &mut [WorkRelationship<'a>]) -> Vec<Assignment<'a>> {
        let mut rows: Vec<AssignmentRow<'a>> = self
            .admitted(Kind::Assignment, person)
            .map(|(position, row, cells)| AssignmentRow { cells, facts: &row.facts, position })
            .collect();
        let order = |row: &AssignmentRow<'a>| {
            (row.cells.get(assignment::ASSIGNMENT_ID), row.start(), row.facts.sequence, row.cells)
        };
        rows.sort_by(|a, b| order(a).cmp(&order(b)));
        let mut assignments: Vec<Assignment<'a>> = Vec::new();
        // From the last on, so that the first, which most have alone, takes the list as it is.
        while let Some(last) = rows.last() {
            let id = last.cells.get(assignment::ASSIGNMENT_ID);
            let start = rows.partition_point(|row| row.cells.get(assignment::ASSIGNMENT_ID) < id);
            let own = if start == 0 { std::mem::take(&mut rows) } else { rows.split_off(start) };
            let relationship = own[0].cells.get(assignment::PERIOD_OF_SERVICE_ID);
            // Where it is missing, the person is quarantined by section 2 and nobody looks (`WR020`).
            if let Ok(work_relationship) = relationships.binary_search_by_key(&relationship, |own| own.id) {
                assignments.push(Assignment { id, work_relationship, rows: own });
            }
        }
        assignments.reverse();
        for (index, assignment) in assignments.iter().enumerate() {
            relationships[assignment.work_relationship].assignments.push(index);
        }
        for relationship in relationships.iter_mut().filter(|relationship| relationship.worker_type.is_none()) {
            let rows = relationship.assignments.iter().flat_map(|index| &assignments[*index].rows);
            relationship.worker_type = rows.filter_map(AssignmentRow::worker_type).min();
        }
        assignments
    }
}

fn own_relationship<'a>((position, row, cells): (u32, &'a Row, Cells<'a>)) -> WorkRelationship<'a> {
    WorkRelationship {
        id: cells.get(work_relationship::PERIOD_OF_SERVICE_ID),
        service: row.facts.service,
        primary: row.facts.primary,
        worker_type: admitted_type(relationship_type(cells)),
        legislation: cells.get(work_relationship::LEGISLATION_CODE),
        position: Some(position),
        rows: 1,
        assignments: Vec::new(),
    }
}

fn derived_relationship<'a>((_, row, cells): (u32, &'a Row, Cells<'a>)) -> WorkRelationship<'a> {
    WorkRelationship {
        id: cells.get(assignment::PERIOD_OF_SERVICE_ID),
        service: row.facts.service,
        primary: None,
        worker_type: admitted_type(derived_type(cells)),
        legislation: cells.get(assignment::LEGISLATION_CODE),
        position: None,
        rows: 0,
        assignments: Vec::new(),
    }
}

/// What an assignment row says of the type of its work relationship.
fn derived_type(cells: Cells<'_>) -> Typed {
    period_type(cells.get(assignment::PERIOD_TYPE)).or_else(|| worker_type(cells.get(assignment::WORKER_TYPE)))
}

fn admitted_type(typed: Typed) -> Option<WorkerType> {
    match typed {
        Typed::Admitted(worker_type) => Some(worker_type),
        Typed::Unknown | Typed::SetAside(_) => None,
    }
}
