//! A person on D: the row of each assignment, its status, and the state of each work relationship (rules 10, 12 and 13).

use jiff::civil::Date;

use super::options::Resolve;
use super::primary_assignment::Placed;
use super::primary_work_relationship::Candidate;
use super::row_on_day::{self, Taken};
use super::state::{self, OnDay, State};
use crate::model::code::Code;
use crate::model::worker::Status;
use crate::stages::normalize::{Case, WorkRelationship};

/// For each assignment of the case: the row that rule 10 takes on D and its status; for each work relationship its state.
pub struct RowsOnDay {
    pub taken: Vec<Taken>,
    pub statuses: Vec<Option<Status>>,
    pub codes: Vec<Option<Code>>,
    pub states: Vec<State>,
}

impl RowsOnDay {
    pub fn take(case: &Case<'_>, options: &Resolve, day: Date) -> RowsOnDay {
        let taken: Vec<Taken> = case.assignments.iter().map(|assignment| row_on_day::on_day(assignment, day)).collect();
        let (statuses, codes) = case
            .assignments
            .iter()
            .zip(&taken)
            .map(|(assignment, taken)| {
                taken.row().map_or((None, None), |row| row_on_day::status(&assignment.rows[row], options))
            })
            .unzip();
        let mut rows = RowsOnDay { taken, statuses, codes, states: Vec::new() };
        rows.states = case
            .work_relationships
            .iter()
            .map(|own| state::state(case, own, &OnDay::of(case, own, &rows.taken, &rows.statuses, day), day))
            .collect();
        rows
    }

    pub fn candidates<'a>(&self, case: &'a Case<'a>, day: Date) -> Vec<Candidate<'a>> {
        let relationships = case.work_relationships.iter().enumerate();
        relationships
            .map(|(index, relationship)| Candidate {
                index,
                relationship,
                state: self.states[index],
                primary: false,
                on_day: OnDay::of(case, relationship, &self.taken, &self.statuses, day),
            })
            .collect()
    }

    pub fn placed<'a>(&self, case: &'a Case<'a>, index: usize) -> Option<Placed<'a>> {
        let row_index = self.taken[index].row()?;
        Some(Placed { index, row_index, row: &case.assignments[index].rows[row_index], status: self.statuses[index] })
    }
}

/// The position of a row that tells of the work relationship.
pub fn relationship_position(case: &Case<'_>, relationship: &WorkRelationship<'_>) -> Option<u32> {
    let of_assignment = || relationship.assignments.first().map(|index| case.assignments[*index].rows[0].position);
    relationship.position.or_else(of_assignment)
}
