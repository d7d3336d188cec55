//! Keys across persons (rules 4 and 8): ids under two persons, references into the work relationship of another,
//! PersonNumbers that differ only in leading zeros. Rows set aside or rejected take no part.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::fates::places_of;
use super::workforce::Workforce;
use crate::model::buckets::{Buckets, hash};
use crate::model::code::Code;
use crate::model::kind::Kind;
use crate::model::layout::{assignment, manager, person_id, work_relationship};
use crate::model::row::{Fate, NOBODY, Row};

/// Notes every finding that takes more than one person to see, and leaves the indexes that it took for those who look
/// further.
pub fn compare(workforce: &mut Workforce) {
    let (person_ids, (relationships, assignments)) = rayon::join(
        || PersonIds::build(workforce),
        || {
            rayon::join(
                || Index::of_rows(workforce, Kind::WorkRelationship, work_relationship::PERIOD_OF_SERVICE_ID),
                || Index::of_persons(workforce, Kind::Assignment, assignment::ASSIGNMENT_ID),
            )
        },
    );
    let mut found = Vec::new();
    note(&mut found, Code::Key021, true, relationships.shared(workforce));
    note(&mut found, Code::Key021, true, assignments.shared(workforce));
    let managed = Index::of_persons(workforce, Kind::Manager, manager::ASSIGNMENT_ID);
    note(&mut found, Code::Key021, true, managed.shared(workforce));
    note(&mut found, Code::Key023, false, person_ids.shared(workforce));
    note(&mut found, Code::Key010, false, leading_zeros(workforce));
    let reference = assignment::PERIOD_OF_SERVICE_ID;
    let references = if workforce.shape.has_work_relationships {
        let strangers = strangers(workforce);
        found.extend(strange(workforce, &relationships, &strangers));
        note(&mut found, Code::Wr021, true, relationships.conflicting(workforce, &values_of_relationship(workforce)));
        // An id on assignment rows of two persons is to one of them a stranger's, or shared in its own file.
        let ids: FxHashSet<&str> = strangers.into_iter().map(|(_, id)| id).collect();
        Index::build(workforce, Kind::Assignment, reference, |_, id| ids.contains(id))
    } else {
        let references = Index::of_rows(workforce, Kind::Assignment, reference);
        note(&mut found, Code::Wr021, true, references.conflicting(workforce, &values_of_relationship(workforce)));
        references
    };
    note(&mut found, Code::Key021, true, references.shared(workforce));
    for (person, code, quarantines) in found {
        let notes = &mut workforce.notes[person as usize];
        notes.codes.insert(code);
        if quarantines {
            notes.errors.insert(code);
        }
    }
    workforce.indexes = Indexes { assignments, person_ids };
}

type Found = Vec<(u32, Code, bool)>;

fn note(found: &mut Found, code: Code, quarantines: bool, persons: Vec<u32>) {
    found.extend(persons.into_iter().map(|person| (person, code, quarantines)));
}

/// The indexes that managers are looked up in as well.
#[derive(Debug, Default)]
pub struct Indexes {
    pub assignments: Index,
    pub person_ids: PersonIds,
}

/// The ids of one column, with the row that bears each.
#[derive(Debug)]
pub struct Index {
    kind: Kind,
    place: usize,
    rows: Buckets,
}

impl Default for Index {
    /// Of no ids.
    fn default() -> Index {
        Index { kind: Kind::Assignment, place: assignment::ASSIGNMENT_ID, rows: Buckets::default() }
    }
}

impl Index {
    /// The index of a column of a kind, over the rows that take part.
    fn of_rows(workforce: &Workforce, kind: Kind, place: usize) -> Index {
        Self::build(workforce, kind, place, |_, _| true)
    }

    /// The same, to find the persons alone: of neighbouring rows of a person with one id it has the first.
    pub fn of_persons(workforce: &Workforce, kind: Kind, place: usize) -> Index {
        let rows = &workforce.table(kind).rows;
        let is_first = |position: usize, id: &str| {
            let before = position.checked_sub(1).map(|before| &rows.rows[before]);
            let before = before.filter(|row| row.person == rows.rows[position].person && row.fate == Fate::Admitted);
            before.is_none_or(|row| rows.cells(row).get(place) != id)
        };
        Self::build(workforce, kind, place, is_first)
    }

    /// The index of some of these rows, by their position and id.
    fn build(workforce: &Workforce, kind: Kind, place: usize, of: impl Fn(usize, &str) -> bool + Sync) -> Index {
        let table = workforce.table(kind);
        let rows = table.rows.rows.par_iter().enumerate();
        let hashes: Vec<(u64, u32)> = rows
            .filter(|(_, row)| row.fate == Fate::Admitted && row.person != NOBODY)
            .filter_map(|(position, row)| {
                let id = table.rows.cells(row).get(place);
                (!id.is_empty() && of(position, id)).then(|| (hash(id), position as u32))
            })
            .collect();
        Index { kind, place, rows: Buckets::new(&hashes) }
    }

    fn row<'a>(&self, workforce: &'a Workforce, position: u32) -> (&'a Row, &'a str) {
        let table = workforce.table(self.kind);
        let row = &table.rows.rows[position as usize];
        (row, table.rows.cells(row).get(self.place))
    }

    /// The persons who share an id with another person.
    fn shared(&self, workforce: &Workforce) -> Vec<u32> {
        self.clashing(workforce, |one, other| one.person == other.person)
    }

    /// The persons who have a row with an id, beside another row with that id and other cells at some `places`.
    fn conflicting(&self, workforce: &Workforce, places: &[usize]) -> Vec<u32> {
        let rows = &workforce.table(self.kind).rows;
        self.clashing(workforce, |one, other| rows.cells(one).equal_at(rows.cells(other), places))
    }

    /// The persons of the rows with one id that are not all `alike`.
    fn clashing(&self, workforce: &Workforce, alike: impl Fn(&Row, &Row) -> bool + Sync) -> Vec<u32> {
        let clashing = self.rows.shared().flat_map_iter(|positions| {
            let mut rows: Vec<(&Row, &str)> = positions.iter().map(|position| self.row(workforce, *position)).collect();
            rows.sort_by_key(|(_, id)| *id);
            let of_id = rows.chunk_by(|a, b| a.1 == b.1);
            let clashing = of_id.filter(|rows| rows.iter().any(|(other, _)| !alike(rows[0].0, other)));
            clashing.flatten().map(|(row, _)| row.person).collect::<Vec<u32>>()
        });
        let mut persons: Vec<u32> = clashing.collect();
        persons.sort_unstable();
        persons.dedup();
        persons
    }

    /// The persons who have a row with this id; one may come several times.
    pub fn holders<'a>(&'a self, workforce: &'a Workforce, id: &'a str) -> impl Iterator<Item = u32> + 'a {
        let rows = self.rows.get(hash(id)).map(|position| self.row(workforce, position));
        rows.filter(move |(_, other)| *other == id).map(|(row, _)| row.person)
    }
}

/// The PersonIds of the rows of all kinds that take part, each with its persons.
#[derive(Debug, Default)]
pub struct PersonIds(Buckets);

impl PersonIds {
    fn build(workforce: &Workforce) -> PersonIds {
        let of_person = |person: usize| {
            // Nearly all rows of a person bear the same one.
            let (mut ids, mut last) = (ids_of(workforce, person), "");
            let next = move || Some((hash(ids.find(|id| std::mem::replace(&mut last, id) != *id)?), person as u32));
            std::iter::from_fn(next)
        };
        let hashes: Vec<(u64, u32)> = (0..workforce.len()).into_par_iter().flat_map_iter(of_person).collect();
        PersonIds(Buckets::new(&hashes))
    }

    /// The persons who have this id.
    pub fn holders<'a>(&'a self, workforce: &'a Workforce, id: &'a str) -> impl Iterator<Item = u32> + 'a {
        self.0.get(hash(id)).filter(move |person| has_id(workforce, *person, id))
    }

    /// The persons who share an id with another (`KEY023`).
    fn shared(&self, workforce: &Workforce) -> Vec<u32> {
        let sharing = self.0.shared().flat_map_iter(|persons| {
            let shares = |person: &u32| {
                let others = || persons.iter().filter(|other| *other != person);
                ids_of(workforce, *person as usize).any(|id| others().any(|other| has_id(workforce, *other, id)))
            };
            persons.iter().copied().filter(shares).collect::<Vec<u32>>()
        });
        sharing.collect()
    }
}

fn has_id(workforce: &Workforce, person: u32, id: &str) -> bool {
    ids_of(workforce, person as usize).any(|other| other == id)
}

/// The PersonIds on the rows of a person that take part; one may come several times.
fn ids_of(workforce: &Workforce, person: usize) -> impl Iterator<Item = &str> {
    let places = Kind::ALL.into_iter().filter_map(|kind| Some((kind, person_id(kind)?)));
    let ids = places.flat_map(move |(kind, place)| {
        let rows = &workforce.table(kind).rows;
        admitted(workforce, kind, person).map(move |row| rows.cells(row).get(place))
    });
    ids.filter(|id| !id.is_empty())
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

/// The persons with an assignment row whose work relationship is not their own, and its id.
fn strangers(workforce: &Workforce) -> Vec<(u32, &str)> {
    let relationships = &workforce.table(Kind::WorkRelationship).rows;
    let assignments = &workforce.table(Kind::Assignment).rows;
    let of_person = |person: usize| {
        let is_own = move |id: &str| {
            admitted(workforce, Kind::WorkRelationship, person)
                .any(|row| relationships.cells(row).get(work_relationship::PERIOD_OF_SERVICE_ID) == id)
        };
        let rows = admitted(workforce, Kind::Assignment, person);
        let ids = rows.map(|row| assignments.cells(row).get(assignment::PERIOD_OF_SERVICE_ID));
        ids.filter(move |id| !is_own(id)).map(move |id| (person as u32, id))
    };
    (0..workforce.len()).into_par_iter().flat_map_iter(of_person).collect()
}

/// `WR020` and `KEY020`: assignments whose work relationship is nowhere, or another person's.
fn strange(workforce: &Workforce, relationships: &Index, strangers: &[(u32, &str)]) -> Found {
    let mut found = Found::new();
    for (person, id) in strangers {
        let holders: Vec<u32> = relationships.holders(workforce, id).collect();
        let code = if holders.is_empty() { Code::Wr020 } else { Code::Key020 };
        found.push((*person, code, true));
        found.extend(holders.into_iter().map(|holder| (holder, Code::Key020, true)));
    }
    found
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
