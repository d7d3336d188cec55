//! The work relationships of other persons: an assignment that says nothing of its type asks its work relationship, whoever
//! has it (rule 6).

use rustc_hash::FxHashMap;

use super::own;
use super::types::{Typed, relationship_type};
use crate::model::cells::Cells;
use crate::model::kind::Kind;
use crate::model::layout::{assignment, work_relationship};
use crate::model::row::{Row, Rows};

/// The types of all work relationships by PeriodOfServiceId, for an assignment that refers to one of another person
/// (`KEY020`, if it takes part). Of several the first by PersonNumber and text counts.
pub struct Strangers<'a>(FxHashMap<&'a str, Cells<'a>>);

impl<'a> Strangers<'a> {
    /// Of the work relationships `rows` those with keys that can be read; duplicates tell the same twice.
    pub fn of(rows: &[Row], tables: [&'a Rows; Kind::ALL.len()]) -> Strangers<'a> {
        let mut first: FxHashMap<&str, Cells<'_>> = FxHashMap::default();
        for row in rows.iter().filter(|row| !row.codes.has_keys()) {
            let cells = tables[Kind::WorkRelationship as usize].cells(row);
            let known = first.entry(cells.get(work_relationship::PERIOD_OF_SERVICE_ID)).or_insert(cells);
            *known = cells.min(*known);
        }
        Strangers(first)
    }

    pub fn find(&self, id: &str) -> Typed {
        self.0.get(id).map_or(Typed::Unknown, |cells| relationship_type(*cells))
    }
}

/// Whether the type of one of the `assignments` can only stand on a work relationship that is not among the person's own.
pub fn asks(tables: [&Rows; Kind::ALL.len()], relationships: &[Row], assignments: &[Row]) -> bool {
    let [_, of_relationship, of_assignment, ..] = tables.map(|rows| move |row: &Row| rows.cells(row));
    let own = own::by_id(relationships.iter().filter(|row| !row.codes.has_keys()).map(of_relationship));
    assignments.iter().filter(|row| !row.codes.has_keys()).map(of_assignment).any(|cells| {
        cells.get(assignment::ASSIGNMENT_TYPE).is_empty() && own(cells.get(assignment::PERIOD_OF_SERVICE_ID)).is_none()
    })
}
