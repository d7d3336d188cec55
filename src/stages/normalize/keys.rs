//! Keys across persons (rules 4 and 8): ids under two persons, references into the work relationship of another,
//! PersonNumbers that differ only in leading zeros. Rows set aside or rejected take no part.

use std::collections::BTreeMap;
use std::hash::Hasher;

use rayon::prelude::*;
use rustc_hash::{FxHashSet, FxHasher};

use super::fates::{picked, places_of};
use super::workforce::Workforce;
use crate::model::code::Code;
use crate::model::kind::Kind;
use crate::model::layout::{assignment, person_id, work_relationship};
use crate::model::row::{Fate, NOBODY, Row};

/// Notes every finding that takes more than one person to see.
pub fn compare(workforce: &mut Workforce) {
    let relationships = Index::build(workforce, Kind::WorkRelationship, work_relationship::PERIOD_OF_SERVICE_ID);
    let assignments = Index::build(workforce, Kind::Assignment, assignment::ASSIGNMENT_ID);
    let references = Index::build(workforce, Kind::Assignment, assignment::PERIOD_OF_SERVICE_ID);
    let mut found = Vec::new();
    note(&mut found, Code::Key021, true, relationships.shared(workforce));
    note(&mut found, Code::Key021, true, assignments.shared(workforce));
    note(&mut found, Code::Key021, true, references.shared(workforce));
    let told = if workforce.shape.has_work_relationships { &relationships } else { &references };
    note(&mut found, Code::Wr021, true, told.conflicting(workforce, &values_of_relationship(workforce)));
    note(&mut found, Code::Key023, false, PersonIds::of(workforce).shared());
    note(&mut found, Code::Key010, false, leading_zeros(workforce));
    if workforce.shape.has_work_relationships {
        found.extend(strangers(workforce, &relationships));
    }
    for (person, code, quarantines) in found {
        let notes = &mut workforce.notes[person as usize];
        notes.codes.insert(code);
        if quarantines {
            notes.errors.insert(code);
        }
    }
}

type Found = Vec<(u32, Code, bool)>;

fn note(found: &mut Found, code: Code, quarantines: bool, persons: Vec<u32>) {
    found.extend(persons.into_iter().map(|person| (person, code, quarantines)));
}

/// The ids of one column, with the row that bears each, sorted by hash: half the memory of a map of texts.
pub struct Index {
    kind: Kind,
    place: usize,
    entries: Vec<(u64, u32)>,
}

impl Index {
    /// The index of a column of a kind, over the rows that take part.
    pub fn build(workforce: &Workforce, kind: Kind, place: usize) -> Index {
        let table = workforce.table(kind);
        let rows = table.rows.rows.par_iter().enumerate();
        let mut entries: Vec<(u64, u32)> = rows
            .filter(|(_, row)| row.fate == Fate::Admitted && row.person != NOBODY)
            .filter_map(|(position, row)| {
                let id = table.rows.cells(row).get(place);
                (!id.is_empty()).then(|| (hash(id), position as u32))
            })
            .collect();
        entries.par_sort_unstable();
        Index { kind, place, entries }
    }

    fn row<'a>(&self, workforce: &'a Workforce, entry: &(u64, u32)) -> (&'a Row, &'a str) {
        let table = workforce.table(self.kind);
        let row = &table.rows.rows[entry.1 as usize];
        (row, table.rows.cells(row).get(self.place))
    }

    /// The persons who share an id with another person.
    fn shared(&self, workforce: &Workforce) -> Vec<u32> {
        self.clashing(workforce, |one, other| one.person != other.person)
    }

    /// The persons who have a row with an id, beside another row with that id and other cells at some `places`.
    fn conflicting(&self, workforce: &Workforce, places: &[usize]) -> Vec<u32> {
        let rows = &workforce.table(self.kind).rows;
        self.clashing(workforce, |one, other| picked(rows.cells(one), places) != picked(rows.cells(other), places))
    }

    /// The persons who have a row with an id that clashes with another row with that id.
    fn clashing(&self, workforce: &Workforce, clash: impl Fn(&Row, &Row) -> bool + Sync) -> Vec<u32> {
        let runs: Vec<&[(u64, u32)]> = self.entries.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1).collect();
        let clashing = runs.into_par_iter().flat_map_iter(|run| {
            let rows: Vec<(&Row, &str)> = run.iter().map(|entry| self.row(workforce, entry)).collect();
            let clashes = |(row, id): &(&Row, &str)| rows.iter().any(|(other, same)| same == id && clash(row, other));
            rows.iter().filter(|row| clashes(row)).map(|(row, _)| row.person).collect::<Vec<u32>>()
        });
        let mut persons: Vec<u32> = clashing.collect();
        persons.sort_unstable();
        persons.dedup();
        persons
    }

    /// The persons who have a row with this id; one may come several times.
    pub fn holders<'a>(&'a self, workforce: &'a Workforce, id: &'a str) -> impl Iterator<Item = u32> + 'a {
        let wanted = hash(id);
        let start = self.entries.partition_point(|entry| entry.0 < wanted);
        self.entries[start..]
            .iter()
            .take_while(move |entry| entry.0 == wanted)
            .map(|entry| self.row(workforce, entry))
            .filter(move |(_, other)| *other == id)
            .map(|(row, _)| row.person)
    }
}

/// The PersonIds of the rows of all kinds that take part, each with its persons: sorted, and distinct.
pub struct PersonIds<'a>(Vec<(&'a str, u32)>);

impl<'a> PersonIds<'a> {
    pub fn of(workforce: &'a Workforce) -> PersonIds<'a> {
        let places = Kind::ALL.map(person_id);
        let of_person = |person: usize| {
            let places = Kind::ALL.into_iter().zip(places).filter_map(|(kind, place)| Some((kind, place?)));
            let ids = places.flat_map(move |(kind, place)| {
                let cells = move |row| workforce.table(kind).rows.cells(row).get(place);
                admitted(workforce, kind, person).map(cells).filter(|id| !id.is_empty())
            });
            let mut ids: Vec<(&str, u32)> = ids.map(|id| (id, person as u32)).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        let mut all: Vec<(&str, u32)> = (0..workforce.len()).into_par_iter().flat_map_iter(of_person).collect();
        all.par_sort_unstable();
        PersonIds(all)
    }

    /// The persons who have this id.
    pub fn holders(&self, id: &str) -> impl Iterator<Item = u32> + '_ {
        let start = self.0.partition_point(|(other, _)| *other < id);
        let length = self.0[start..].partition_point(|(other, _)| *other == id);
        self.0[start..start + length].iter().map(|(_, person)| *person)
    }

    /// The persons who share an id with another (`KEY023`).
    fn shared(&self) -> Vec<u32> {
        let shared = self.0.chunk_by(|a, b| a.0 == b.0).filter(|holders| holders.len() > 1);
        shared.flatten().map(|(_, person)| *person).collect()
    }
}

/// The places of what a row says of a work relationship: on its own row all but the ids, in a flat source the columns
/// that are the work relationship's alone.
fn values_of_relationship(workforce: &Workforce) -> Vec<usize> {
    const IDS: [usize; 3] =
        [work_relationship::PERSON_NUMBER, work_relationship::PERIOD_OF_SERVICE_ID, work_relationship::PERSON_ID];
    if workforce.shape.has_work_relationships {
        let places = 0..workforce.table(Kind::WorkRelationship).layout.columns().len();
        return places.filter(|place| !IDS.contains(place)).collect();
    }
    places_of(Kind::WorkRelationship, &workforce.table(Kind::Assignment).layout)
}

fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// `WR020` and `KEY020`: assignments whose work relationship is nowhere, or another person's.
fn strangers(workforce: &Workforce, relationships: &Index) -> Found {
    let persons = 0..workforce.len();
    let found = persons.into_par_iter().flat_map_iter(|person| {
        let own: FxHashSet<&str> = admitted(workforce, Kind::WorkRelationship, person)
            .map(|row| {
                workforce.table(Kind::WorkRelationship).rows.cells(row).get(work_relationship::PERIOD_OF_SERVICE_ID)
            })
            .collect();
        let mut found = Found::new();
        for row in admitted(workforce, Kind::Assignment, person) {
            let id = workforce.table(Kind::Assignment).rows.cells(row).get(assignment::PERIOD_OF_SERVICE_ID);
            if own.contains(id) {
                continue;
            }
            let holders: Vec<u32> = relationships.holders(workforce, id).collect();
            if holders.is_empty() {
                found.push((person as u32, Code::Wr020, true));
            } else {
                found.push((person as u32, Code::Key020, true));
                found.extend(holders.into_iter().map(|holder| (holder, Code::Key020, true)));
            }
        }
        found
    });
    found.collect()
}

fn admitted(workforce: &Workforce, kind: Kind, person: usize) -> impl Iterator<Item = &Row> {
    workforce.table(kind).of(person).iter().filter(|row| row.fate == Fate::Admitted)
}

/// `KEY010`: PersonNumbers that differ only in leading zeros. Only numbers with such a zero can be one of the two.
fn leading_zeros(workforce: &Workforce) -> Vec<u32> {
    let mut alike: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for person in (0..workforce.len()).filter(|person| workforce.notes[*person].present) {
        let number = workforce.number(person);
        if number.starts_with('0') {
            alike.entry(number.trim_start_matches('0')).or_default().push(person as u32);
        }
    }
    for (stripped, persons) in &mut alike {
        let bare = workforce.find(stripped).filter(|person| workforce.notes[*person].present);
        persons.extend(bare.map(|person| person as u32));
    }
    alike.into_values().filter(|persons| persons.len() > 1).flatten().collect()
}
