//! A person on D: the row of each assignment, its status, and the state of each work relationship (rules 10, 12 and 13).

use jiff::civil::Date;

use super::options::Resolve;
use super::primary_assignment::Placed;
use super::primary_work_relationship::Candidate;
use super::row_on_day::{self, Taken};
use super::state::{self, OnDay};
use crate::model::code::Code;
use crate::model::worker::Status;
use crate::stages::normalize::{Case, WorkRelationship};

/// For each assignment of the case the row that rule 10 takes on D.
pub struct RowsOnDay(Vec<RowOnDay>);

/// The row of an assignment, its status, and the code that reading it raises.
#[derive(Clone, Copy)]
pub struct RowOnDay {
    pub taken: Taken,
    pub status: Option<Status>,
    pub code: Option<Code>,
}

impl RowsOnDay {
    pub fn take(case: &Case<'_>, options: &Resolve, day: Date) -> RowsOnDay {
        let rows = case.assignments.iter().map(|assignment| {
            let taken = row_on_day::on_day(assignment, day);
            let status = taken.row().map(|row| row_on_day::status(&assignment.rows[row], options));
            let (status, code) = status.unwrap_or_default();
            RowOnDay { taken, status, code }
        });
        RowsOnDay(rows.collect())
    }

    /// The row of an assignment, by its index.
    pub fn of(&self, assignment: usize) -> RowOnDay {
        self.0[assignment]
    }

    /// The work relationships with their states, none of them primary yet.
    pub fn candidates<'a>(&'a self, case: &'a Case<'a>, day: Date) -> Vec<Candidate<'a>> {
        let relationships = case.work_relationships.iter().enumerate();
        let candidate = |(index, relationship)| {
            let on_day = OnDay { case, relationship, rows: self };
            Candidate { index, relationship, state: state::state(&on_day, day), primary: false, on_day }
        };
        relationships.map(candidate).collect()
    }

    pub fn placed<'a>(&self, case: &'a Case<'a>, index: usize) -> Option<Placed<'a>> {
        let RowOnDay { taken, status, .. } = self.of(index);
        let row_index = taken.row()?;
        Some(Placed { index, row_index, row: &case.assignments[index].rows[row_index], status })
    }
}

/// The position of a row that tells of the work relationship.
pub fn relationship_position(case: &Case<'_>, relationship: &WorkRelationship<'_>) -> Option<u32> {
    let of_assignment = || relationship.assignments.first().map(|index| case.assignments[*index].rows[0].position);
    relationship.position.or_else(of_assignment)
}
