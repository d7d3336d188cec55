//! What the judge knows while it goes through the sections: the rows, and of each person what was decided so far.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::input::{Kind, Settings, Source};
use super::relationship::{self, WorkRelationship};
use super::rows::{self, Fate, Record};
use super::taken::Assignment;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    I,
    W,
    E,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Current,
    Pending,
    Future,
    Terminated,
    NoEmployment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    Emitted,
    EmittedInactive,
    Excluded,
}

/// The assignment that a person was given: its place in `assignments`, and the rows that count as its one row.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub assignment: usize,
    pub rows: Vec<usize>,
}

/// One PersonNumber, and what was decided so far.
#[derive(Clone, Debug, Default)]
pub struct Person {
    pub number: String,
    pub codes: BTreeSet<String>,
    pub errors: BTreeSet<String>,
    pub quarantined: bool,
    pub relationships: Vec<WorkRelationship>,
    pub assignments: Vec<Assignment>,
    pub state: Option<State>,
    pub relationship: Option<usize>,
    pub chosen: Option<Chosen>,
    pub active: bool,
    pub disposition: Option<Disposition>,
    pub passed_section_8: bool,
    pub email: Option<String>,
    pub user_name: Option<String>,
    pub manager: Option<String>,
    /// The rows that were taken (rule 27).
    pub used: BTreeSet<usize>,
}

impl Person {
    /// Raises a diagnostic; an E other than of a row quarantines.
    pub fn raise(&mut self, code: &str, severity: Severity) {
        self.codes.insert(code.to_owned());
        if severity == Severity::E {
            self.errors.insert(code.to_owned());
            if !code.starts_with("ROW") && !code.starts_with("CSV") && code != "WR031" {
                self.quarantined = true;
            }
        }
    }
}

pub struct World<'a> {
    pub sources: &'a [Source],
    pub settings: &'a Settings,
    pub records: Vec<Record>,
    pub persons: BTreeMap<String, Person>,
    /// The work relationships stand on the assignment rows (rule 9).
    pub derived: bool,
    /// Neither a work-relationship source nor PeriodOfServiceId: rule 18.
    pub handmade: bool,
}

impl<'a> World<'a> {
    /// The persons in (rule 27) with the codes of their rows.
    pub fn new(sources: &'a [Source], settings: &'a Settings, records: Vec<Record>) -> World<'a> {
        let derived = rows::work_relationships_are_derived(sources);
        let handmade = !derived && !sources.iter().any(|s| s.kind == Kind::WorkRelationship);
        let mut persons: BTreeMap<String, Person> = BTreeMap::new();
        for record in records.iter().filter(|r| r.fate == Fate::Live) {
            if let Some(number) = record.owner() {
                persons.entry(number.to_owned()).or_default().number = number.to_owned();
            }
        }
        for record in &records {
            let Some(person) = record.owner().and_then(|number| persons.get_mut(number)) else { continue };
            for (code, severity) in &record.codes {
                person.raise(code, *severity);
            }
        }
        World { sources, settings, records, persons, derived, handmade }
    }

    pub fn as_of(&self) -> Date {
        self.settings.as_of
    }

    pub fn has_source(&self, kind: Kind) -> bool {
        self.sources.iter().any(|s| s.kind == kind)
    }

    pub fn has_column(&self, kind: Kind, column: &str) -> bool {
        self.sources.iter().any(|s| s.kind == kind && s.header.iter().any(|h| h == column))
    }

    /// The rows of a kind that were neither rejected, nor set aside, nor duplicates, by their place.
    pub fn live(&self, kind: Kind) -> Vec<usize> {
        (0..self.records.len())
            .filter(|i| self.records[*i].kind == kind && self.records[*i].fate == Fate::Live)
            .collect()
    }

    /// The live rows of a kind that belong to one person.
    pub fn live_of(&self, kind: Kind, number: &str) -> Vec<usize> {
        self.live(kind).into_iter().filter(|i| self.records[*i].get("PersonNumber") == number).collect()
    }

    pub fn raise(&mut self, number: &str, code: &str, severity: Severity) {
        if let Some(person) = self.persons.get_mut(number) {
            person.raise(code, severity);
        }
    }

    /// `SRC020`: no primary flag of any kind, or all of them blank throughout.
    pub fn has_no_primary_flag(&self) -> bool {
        let flags = ["PrimaryFlag", "PrimaryAssignmentFlag", "PrimaryWorkRelationFlag"];
        !self.records.iter().any(|record| {
            matches!(record.kind, Kind::WorkRelationship | Kind::Assignment)
                && flags.iter().any(|flag| !record.get(flag).is_empty())
        })
    }

    /// Gives a person its assignments and work relationships.
    pub fn gather(&self, person: &mut Person) {
        person.assignments = Assignment::of_person(self, &person.number);
        person.relationships = relationship::of_person(self, person);
    }
}
