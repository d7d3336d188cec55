//! The elements of lists: what a person has several of, each a row of a table of its own. An element's own rows tell of
//! it; everything else is said by the rows that resolution took for the person.

use std::fmt;

use jiff::civil::Date;
use polars::prelude::{DataFrame, PolarsResult};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::table::{self, Columns};
use crate::model::kind::Kind;
use crate::model::layout::manager;
use crate::model::worker::{WorkerState, WorkerType};
use crate::stages::normalize::SatelliteRow;
use crate::stages::resolve::{self, Resolve, satellites};

/// What the elements of a list are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ElementKind {
    /// Every current work relationship, each with its own primary assignment (rule 20); of a person who has none yet the
    /// one that is to start.
    WorkRelationship,
    Email,
    Phone,
    Address,
}

/// The names that a list may bear, and what its elements then are.
const NAMES: [(&str, ElementKind); 5] = [
    ("workRelationships", ElementKind::WorkRelationship),
    ("emails", ElementKind::Email),
    ("phones", ElementKind::Phone),
    ("phoneNumbers", ElementKind::Phone),
    ("addresses", ElementKind::Address),
];

impl ElementKind {
    /// What the elements of a list of this name are.
    pub fn named(name: &str) -> Option<ElementKind> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }

    /// The names that a list may bear.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }

    /// Without this there is no element: a person row that stands for a list may have nothing of the kind.
    pub(super) fn existence(self) -> Option<&'static str> {
        match self {
            ElementKind::WorkRelationship => None,
            ElementKind::Email => Some("WorkEmail IS NOT NULL"),
            ElementKind::Phone => Some("COALESCE(PhoneNumber, WorkPhone) IS NOT NULL"),
            ElementKind::Address => Some("COALESCE(AddressLine1, TownOrCity, PostalCode, Country) IS NOT NULL"),
        }
    }

    /// The record kind whose rows the elements are.
    fn kind(self) -> Kind {
        match self {
            ElementKind::WorkRelationship => Kind::WorkRelationship,
            ElementKind::Email => Kind::Email,
            ElementKind::Phone => Kind::Phone,
            ElementKind::Address => Kind::Address,
        }
    }
}

impl fmt::Display for ElementKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind().name())
    }
}

/// One element of a list.
#[derive(Clone, Copy, Debug)]
pub struct Element {
    pub person: u32,
    own: Own,
}

/// The rows that are an element's own.
#[derive(Clone, Copy, Debug)]
enum Own {
    WorkRelationship {
        relationship: Option<u32>,
        assignment: Option<u32>,
        manager: Option<u32>,
        of: Option<WorkerType>,
    },
    Satellite(Kind, u32),
    /// The pipeline has no extract of the kind: what the person's own row says is the only element.
    Person,
}

impl Element {
    /// The element's own row of a kind, where such rows are the element's.
    #[expect(clippy::option_option, reason = "an element that has no such row must not take its person's")]
    pub(super) fn own(&self, kind: Kind) -> Option<Option<u32>> {
        match (self.own, kind) {
            (Own::WorkRelationship { relationship, .. }, Kind::WorkRelationship) => Some(relationship),
            (Own::WorkRelationship { assignment, .. }, Kind::Assignment) => Some(assignment),
            (Own::WorkRelationship { manager, .. }, Kind::Manager) => Some(manager),
            (Own::Satellite(own, position), kind) if own == kind => Some(Some(position)),
            _ => None,
        }
    }

    /// The type of the worker, where it is the element's own.
    #[expect(clippy::option_option, reason = "an element of unknown type must not take its person's")]
    pub(super) fn worker_type(&self) -> Option<Option<WorkerType>> {
        match self.own {
            Own::WorkRelationship { of, .. } => Some(of),
            Own::Satellite(..) | Own::Person => None,
        }
    }
}

/// The elements of one list of everybody, a row each.
#[derive(Debug)]
pub struct ElementTable {
    pub(super) table: DataFrame,
    /// The row of the person in the table of persons, ascending.
    pub(super) parents: Vec<u32>,
}

/// Builds the table of the elements of `persons`, with the columns `names`.
pub fn elements(
    columns: &Columns<'_>,
    options: &Resolve,
    kind: ElementKind,
    names: &[String],
    persons: &[u32],
) -> PolarsResult<ElementTable> {
    let source = Source { columns, options, day: columns.as_of };
    let of_persons: Vec<Vec<Element>> = persons.par_iter().map(|person| source.of(kind, *person)).collect();
    let counts = of_persons.iter().enumerate();
    let parents = counts.flat_map(|(row, own)| std::iter::repeat_n(row as u32, own.len())).collect();
    let elements: Vec<Element> = of_persons.into_iter().flatten().collect();
    Ok(ElementTable { table: table::build_elements(columns, names, &elements)?, parents })
}

/// Where elements come from.
struct Source<'a> {
    columns: &'a Columns<'a>,
    options: &'a Resolve,
    day: Date,
}

impl Source<'_> {
    fn of(&self, kind: ElementKind, person: u32) -> Vec<Element> {
        match kind {
            ElementKind::WorkRelationship => self.work_relationships(person),
            satellite => self.satellites(satellite.kind(), person),
        }
    }

    fn work_relationships(&self, person: u32) -> Vec<Element> {
        let resolved = &self.columns.resolved[person as usize];
        if resolved.state == Some(WorkerState::Future) {
            let own = Own::WorkRelationship {
                relationship: resolved.work_relationship,
                assignment: resolved.assignment,
                manager: resolved.row(Kind::Manager),
                of: resolved.worker_type,
            };
            return vec![Element { person, own }];
        }
        let workforce = self.columns.workforce;
        let case = workforce.case(person as usize);
        let managers = by_assignment(case.of(Kind::Manager));
        let element = |(relationship, assignment): (u32, Option<u32>)| {
            let id = workforce.period_of_service_id(Some(relationship));
            let of_relationship = || case.work_relationship(id)?.worker_type;
            // In a hand-made source the chosen row is the employment.
            let of = if case.shape.hand_made { resolved.worker_type } else { of_relationship() };
            let assignment_id = workforce.assignment_id(assignment);
            let own = managers.get(assignment_id).map_or(&[][..], Vec::as_slice);
            let manager = satellites::managers(own, assignment_id, self.day).first().map(|row| row.position);
            let own = Own::WorkRelationship { relationship: Some(relationship), assignment, manager, of };
            Element { person, own }
        };
        let current = resolve::all_current(&case, resolved, self.options, self.day);
        current.into_iter().map(element).collect()
    }

    fn satellites(&self, kind: Kind, person: u32) -> Vec<Element> {
        let rows = satellites::in_order(self.columns.workforce, kind, person as usize, self.day);
        let Some(rows) = rows else { return vec![Element { person, own: Own::Person }] };
        rows.into_iter().map(|position| Element { person, own: Own::Satellite(kind, position) }).collect()
    }
}

/// The manager rows of each assignment: who has many assignments has many of them, too.
fn by_assignment<'a>(rows: &[SatelliteRow<'a>]) -> FxHashMap<&'a str, Vec<SatelliteRow<'a>>> {
    let mut found: FxHashMap<&str, Vec<SatelliteRow<'a>>> = FxHashMap::default();
    rows.iter().for_each(|row| found.entry(row.cells.get(manager::ASSIGNMENT_ID)).or_default().push(*row));
    found
}
