//! Keys across persons (rules 4 and 8): ids under two persons, references into the work relationship of another,
//! PersonNumbers that differ only in leading zeros. Rows set aside or rejected take no part.

use std::collections::BTreeMap;
use std::hash::Hasher;

use rayon::prelude::*;
use rustc_hash::{FxHashSet, FxHasher};

use super::workforce::Workforce;
use crate::model::code::Code;
use crate::model::kind::Kind;
use crate::model::layout::{assignment, person, work_relationship};
use crate::model::row::{Fate, NOBODY, Row};

/// Notes every finding that takes more than one person to see.
pub fn compare(workforce: &mut Workforce) {
    let relationships = Index::build(workforce, Kind::WorkRelationship, work_relationship::PERIOD_OF_SERVICE_ID);
    let assignments = Index::build(workforce, Kind::Assignment, assignment::ASSIGNMENT_ID);
    let derived = Index::build(workforce, Kind::Assignment, assignment::PERIOD_OF_SERVICE_ID);
    let person_ids = Index::build(workforce, Kind::Person, person::PERSON_ID);
    let mut found = Vec::new();
    note(&mut found, Code::Key021, true, relationships.shared(workforce));
    note(&mut found, Code::Key021, true, assignments.shared(workforce));
    if !workforce.shape.has_work_relationships {
        note(&mut found, Code::Key021, true, derived.shared(workforce));
    }
    note(&mut found, Code::Key023, false, person_ids.shared(workforce));
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
        let runs: Vec<&[(u64, u32)]> = self.entries.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1).collect();
        let shared = runs.into_par_iter().flat_map_iter(|run| {
            let rows: Vec<(&Row, &str)> = run.iter().map(|entry| self.row(workforce, entry)).collect();
            let with_stranger =
                |(row, id): &(&Row, &str)| rows.iter().any(|(other, same)| same == id && other.person != row.person);
            rows.iter().filter(|row| with_stranger(row)).map(|(row, _)| row.person).collect::<Vec<u32>>()
        });
        let mut persons: Vec<u32> = shared.collect();
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
