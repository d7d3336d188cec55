//! Keys across persons (rules 4 and 8): ids under two persons, references into the work relationship of another,
//! PersonNumbers that differ only in leading zeros. Rows set aside or rejected take no part.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::fates::places_of;
use super::workforce::Workforce;
use crate::model::buckets::{Buckets, Hashes, hash, perhaps_shared};
use crate::model::code::Code;
use crate::model::kind::Kind;
use crate::model::layout::{assignment, manager, person_id, work_relationship};
use crate::model::row::{Fate, Row};

/// Notes every finding that takes more than one person to see, and leaves the indexes that it took for those who look
/// further.
pub fn compare(workforce: &mut Workforce) {
    let keys = Keys::of(workforce);
    let all = |of: fn(&Keys) -> &Hashes| keys.iter().map(of).collect::<Vec<&Hashes>>();
    let (person_ids, (relationships, assignments)) = rayon::join(
        || PersonIds::build(workforce, &all(|keys| &keys.person_ids)),
        || {
            rayon::join(
                || Index::of(RELATIONSHIP, &[&perhaps_shared(&all(|keys| &keys.relationships))]),
                || Index::of(ASSIGNMENT, &all(|keys| &keys.assignments)),
            )
        },
    );
    let mut found = Vec::new();
    note(&mut found, Code::Key021, true, relationships.shared(workforce));
    note(&mut found, Code::Key021, true, assignments.shared(workforce));
    let managed = Index::of_shared(workforce, (Kind::Manager, manager::ASSIGNMENT_ID));
    note(&mut found, Code::Key021, true, managed.shared(workforce));
    note(&mut found, Code::Key023, false, person_ids.shared(workforce));
    note(&mut found, Code::Key010, false, leading_zeros(workforce));
    let values = values_of_relationship(workforce);
    let references = if workforce.shape.has_work_relationships {
        note(&mut found, Code::Wr021, true, relationships.conflicting(workforce, &values));
        let (strange, references) = strange(workforce, &keys);
        found.extend(strange);
        references
    } else {
        let references = Index::of_shared(workforce, REFERENCE);
        note(&mut found, Code::Wr021, true, references.conflicting(workforce, &values));
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

/// A column of ids: the kind of its rows, and its place on them.
type IdColumn = (Kind, usize);

const RELATIONSHIP: IdColumn = (Kind::WorkRelationship, work_relationship::PERIOD_OF_SERVICE_ID);
const ASSIGNMENT: IdColumn = (Kind::Assignment, assignment::ASSIGNMENT_ID);
const REFERENCE: IdColumn = (Kind::Assignment, assignment::PERIOD_OF_SERVICE_ID);

/// The keys of some persons by their hashes, from the rows that take part: collected in one pass, while these are at hand.
#[derive(Default)]
struct Keys {
    /// Each with its person.
    person_ids: Hashes,
    /// PeriodOfServiceIds of work relationships, each with the position of its row.
    relationships: Hashes,
    /// AssignmentIds, each with the position of its row; of neighbouring rows of a person with one id it has the first.
    assignments: Hashes,
    /// The assignment rows whose work relationship is not their person's own: the person, and the position.
    strangers: Vec<(u32, u32)>,
}

impl Keys {
    /// The keys of everybody, in the order of persons.
    fn of(workforce: &Workforce) -> Vec<Keys> {
        let add = |mut keys: Keys, person| {
            keys.add(workforce, person);
            keys
        };
        (0..workforce.len()).into_par_iter().fold(Keys::default, add).collect()
    }

    fn add(&mut self, workforce: &Workforce, person: usize) {
        // Nearly all rows of a person bear the same one.
        let person_ids = first_of_each(ids_of(workforce, person).map(|id| (person as u32, id)));
        self.person_ids.extend(person_ids.filter_map(hashed));
        let relationships = || cells_of(workforce, RELATIONSHIP, person);
        self.relationships.extend(relationships().filter_map(hashed));
        self.assignments.extend(first_of_each(cells_of(workforce, ASSIGNMENT, person)).filter_map(hashed));
        if workforce.shape.has_work_relationships {
            let is_own = |id: &str| relationships().any(|(_, own)| own == id);
            let strange = cells_of(workforce, REFERENCE, person).filter(|(_, id)| !is_own(id));
            self.strangers.extend(strange.map(|(position, _)| (person as u32, position)));
        }
    }
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
    column: IdColumn,
    rows: Buckets,
}

impl Default for Index {
    /// Of no ids.
    fn default() -> Index {
        Index::of(ASSIGNMENT, &[])
    }
}

impl Index {
    /// Of these hashes of ids.
    fn of(column: IdColumn, hashes: &[&Hashes]) -> Index {
        Index { column, rows: Buckets::new(hashes) }
    }

    /// Of the rows that take part and share their id with another; it has few of the others.
    fn of_shared(workforce: &Workforce, column: IdColumn) -> Index {
        let hashes = hashes(workforce, |person| cells_of(workforce, column, person));
        Self::of(column, &[&perhaps_shared(&hashes.iter().collect::<Vec<_>>())])
    }

    /// Of all rows that take part, to find persons: of neighbouring rows of a person with one id it has the first.
    pub fn of_persons(workforce: &Workforce, kind: Kind, place: usize) -> Index {
        let column = (kind, place);
        let hashes = hashes(workforce, |person| first_of_each(cells_of(workforce, column, person)));
        Self::of(column, &hashes.iter().collect::<Vec<_>>())
    }

    fn row<'a>(&self, workforce: &'a Workforce, position: u32) -> (&'a Row, &'a str) {
        let (kind, place) = self.column;
        let rows = &workforce.table(kind).rows;
        let row = &rows.rows[position as usize];
        (row, rows.cells(row).get(place))
    }

    /// The persons who share an id with another person.
    fn shared(&self, workforce: &Workforce) -> Vec<u32> {
        self.clashing(workforce, |one, other| one.person == other.person)
    }

    /// The persons who have a row with an id, beside another row with that id and other cells at some `places`.
    fn conflicting(&self, workforce: &Workforce, places: &[usize]) -> Vec<u32> {
        let rows = &workforce.table(self.column.0).rows;
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

/// The PersonIds of the rows of all kinds that take part, each with its persons; where no manager is named by one, those
/// that several persons share.
#[derive(Debug, Default)]
pub struct PersonIds(Buckets);

impl PersonIds {
    fn build(workforce: &Workforce, hashes: &[&Hashes]) -> PersonIds {
        let name_managers =
            [Kind::Assignment, Kind::Manager].iter().any(|kind| workforce.table(*kind).has("ManagerId"));
        PersonIds(if name_managers { Buckets::new(hashes) } else { Buckets::new(&[&perhaps_shared(hashes)]) })
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
    let columns = Kind::ALL.into_iter().filter_map(|kind| Some((kind, person_id(kind)?)));
    let ids = columns.flat_map(move |column| cells_of(workforce, column, person).map(|(_, id)| id));
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

/// `WR020` and `KEY020`: assignments whose work relationship is nowhere, or another person's. Also the index of their ids on the
/// assignment rows of whoever refers to them: an id on rows of two persons is to one of them a stranger's, or shared in
/// its own file.
fn strange(workforce: &Workforce, keys: &[Keys]) -> (Found, Index) {
    let assignments = &workforce.table(Kind::Assignment).rows;
    let id_of = |position: u32| assignments.cells(&assignments.rows[position as usize]).get(REFERENCE.1);
    let rows = || keys.iter().flat_map(|keys| &keys.strangers);
    let strangers = || rows().map(|(person, position)| (*person, id_of(*position)));
    let hashes: FxHashSet<u64> = strangers().map(|(_, id)| hash(id)).collect();
    let relationships = keys.iter().flat_map(|keys| &keys.relationships).filter(|(hash, _)| hashes.contains(hash));
    let relationships = Index::of(RELATIONSHIP, &[&relationships.copied().collect()]);
    // Each is looked up once, however many refer to it.
    let mut holders: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
    let mut found = Found::new();
    for (person, id) in strangers() {
        let holders = holders.entry(id).or_insert_with(|| relationships.holders(workforce, id).collect());
        found.push((person, if holders.is_empty() { Code::Wr020 } else { Code::Key020 }, true));
    }
    found.extend(holders.values().flatten().map(|holder| (*holder, Code::Key020, true)));
    let persons: BTreeSet<u32> = found.iter().map(|(person, ..)| *person).collect();
    let rows = persons.into_iter().flat_map(|person| cells_of(workforce, REFERENCE, person as usize));
    let references = rows.filter(|(_, id)| holders.contains_key(id)).filter_map(hashed);
    (found, Index::of(REFERENCE, &[&references.collect()]))
}

/// The hash of an id, with the number that comes with it; none of a blank one.
fn hashed((number, id): (u32, &str)) -> Option<(u64, u32)> {
    (!id.is_empty()).then(|| (hash(id), number))
}

/// The hashes of the ids of everybody, in the order of persons.
fn hashes<'a, I: Iterator<Item = (u32, &'a str)>>(
    workforce: &'a Workforce,
    ids_of: impl Fn(usize) -> I + Sync,
) -> Vec<Hashes> {
    let add = |mut hashes: Hashes, person| {
        hashes.extend(ids_of(person).filter_map(hashed));
        hashes
    };
    (0..workforce.len()).into_par_iter().fold(Hashes::new, add).collect()
}

/// Of neighbours with one id the first.
fn first_of_each<'a>(ids: impl Iterator<Item = (u32, &'a str)>) -> impl Iterator<Item = (u32, &'a str)> {
    let mut last = "";
    ids.filter(move |(_, id)| std::mem::replace(&mut last, *id) != *id)
}

/// The cells of a column on the rows of a person that take part, each with the position of its row.
fn cells_of(workforce: &Workforce, (kind, place): IdColumn, person: usize) -> impl Iterator<Item = (u32, &str)> {
    let table = workforce.table(kind);
    let positions = table.groups.of(person);
    let rows = positions.clone().zip(&table.rows.rows[positions]).filter(|(_, row)| row.fate == Fate::Admitted);
    rows.map(move |(position, row)| (position as u32, table.rows.cells(row).get(place)))
}

/// `KEY010`: PersonNumbers that differ only in leading zeros. Only numbers with such a zero can be one of the two.
fn leading_zeros(workforce: &Workforce) -> Vec<u32> {
    let has_zero = |person: &usize| workforce.notes[*person].present && workforce.number(*person).starts_with('0');
    let with_zero: Vec<usize> = (0..workforce.len()).into_par_iter().filter(has_zero).collect();
    let mut alike: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for person in with_zero {
        alike.entry(workforce.number(person).trim_start_matches('0')).or_default().push(person as u32);
    }
    for (stripped, persons) in &mut alike {
        let bare = workforce.find(stripped).filter(|person| workforce.notes[*person].present);
        persons.extend(bare.map(|person| person as u32));
    }
    alike.into_values().filter(|persons| persons.len() > 1).flatten().collect()
}
