//! Keys across persons (rules 4 and 8): ids under two persons, references into the work relationship of another,
//! PersonNumbers that differ only in leading zeros. Rows set aside or rejected take no part.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::fates::places_of;
use super::workforce::Workforce;
use super::{AT_ONCE, own};
use crate::model::buckets::{Buckets, Hashes, hash, perhaps_shared};
use crate::model::cells::Cells;
use crate::model::code::Code;
use crate::model::kind::Kind;
use crate::model::layout::{assignment, manager, person_id, work_relationship};
use crate::model::row::Fate;

/// Notes every finding that takes more than one person to see, and leaves the indexes that it took for those who look
/// further.
pub fn compare(workforce: &mut Workforce) {
    let columns = person_id_columns(workforce);
    let keys = Keys::of(workforce, &columns);
    let all = |of: fn(&Keys) -> &Hashes| keys.iter().map(of).collect::<Vec<&Hashes>>();
    let ((person_ids, of_managers), (relationships, assignments)) = rayon::join(
        || index_person_ids(workforce, columns, &keys),
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
    workforce.indexes = Indexes { assignments, person_ids: of_managers };
}

/// A column of ids: the kind of its rows, and its place on them.
type IdColumn = (Kind, usize);

const RELATIONSHIP: IdColumn = (Kind::WorkRelationship, work_relationship::PERIOD_OF_SERVICE_ID);
const ASSIGNMENT: IdColumn = (Kind::Assignment, assignment::ASSIGNMENT_ID);
const REFERENCE: IdColumn = (Kind::Assignment, assignment::PERIOD_OF_SERVICE_ID);

/// The columns of PersonIds, each with the number of its first row: the rows of all kinds that have one are numbered through.
fn person_id_columns(workforce: &Workforce) -> Vec<(u32, IdColumn)> {
    let mut rows = 0;
    let columns = Kind::ALL.into_iter().filter_map(|kind| Some((kind, person_id(kind)?)));
    let numbered = columns.map(|column| {
        let start = rows;
        rows += workforce.table(column.0).rows.rows.len() as u32;
        (start, column)
    });
    numbered.collect()
}

/// The PersonIds that may be on several rows; and where anybody is named by one, those of whoever can be a manager.
fn index_person_ids(workforce: &Workforce, columns: Vec<(u32, IdColumn)>, keys: &[Keys]) -> (Index, Index) {
    let of_managers: Vec<&Hashes> = keys.iter().map(|keys| &keys.person_ids).collect();
    let of_others = keys.iter().map(|keys| &keys.person_ids_of_others);
    let everybodys: Vec<&Hashes> = of_managers.iter().copied().chain(of_others).collect();
    let name_managers = [Kind::Assignment, Kind::Manager].iter().any(|kind| workforce.table(*kind).has("ManagerId"));
    let shared = Index::of_several(columns.clone(), &[&perhaps_shared(&everybodys)]);
    (shared, Index::of_several(columns, if name_managers { &of_managers } else { &[] }))
}

/// The keys of some persons by their hashes, from the rows that take part: collected in one pass, while these are at hand.
#[derive(Default)]
struct Keys {
    /// PersonIds of those with an assignment, who can be managers, each with the number of its row ([`person_id_columns`]).
    person_ids: Hashes,
    person_ids_of_others: Hashes,
    /// PeriodOfServiceIds of work relationships, each with the position of its row.
    relationships: Hashes,
    /// AssignmentIds, each with the position of its row ([`first_of_each`]).
    assignments: Hashes,
    /// The assignment rows whose work relationship is not their person's own: the person, and the position.
    strangers: Vec<(u32, u32)>,
}

impl Keys {
    /// The keys of everybody, in the order of persons.
    fn of(workforce: &Workforce, person_id_columns: &[(u32, IdColumn)]) -> Vec<Keys> {
        let add = |mut keys: Keys, person| {
            keys.add(workforce, person_id_columns, person);
            keys
        };
        (0..workforce.len()).into_par_iter().with_max_len(AT_ONCE).fold(Keys::default, add).collect()
    }

    fn add(&mut self, workforce: &Workforce, person_id_columns: &[(u32, IdColumn)], person: usize) {
        let can_manage = workforce.notes[person].has_assignment;
        let person_ids = if can_manage { &mut self.person_ids } else { &mut self.person_ids_of_others };
        let numbered = person_id_columns.iter().flat_map(|(start, column)| {
            cells_of(workforce, *column, person).map(move |(position, id)| (start + position, id))
        });
        // Nearly all rows of a person bear the same one.
        person_ids.extend(first_of_each(numbered.filter(|(_, id)| !id.is_empty())).filter_map(hashed));
        self.relationships.extend(cells_of(workforce, RELATIONSHIP, person).filter_map(hashed));
        self.assignments.extend(first_of_each(cells_of(workforce, ASSIGNMENT, person)).filter_map(hashed));
        if workforce.shape.has_work_relationships {
            let own = own::by_id(admitted(workforce, Kind::WorkRelationship, person).map(|(_, cells)| cells));
            let strange = cells_of(workforce, REFERENCE, person).filter(|(_, id)| own(id).is_none());
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
    /// Of those with an assignment, where anybody is named by a PersonId; else empty.
    pub person_ids: Index,
}

/// The ids of a column, or of several, with the row that bears each.
#[derive(Debug)]
pub struct Index {
    /// Each with the number of its first row.
    columns: Vec<(u32, IdColumn)>,
    rows: Buckets,
}

/// A row that bears an id.
struct Bearer<'a> {
    id: &'a str,
    person: u32,
    cells: Cells<'a>,
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
        Self::of_several(vec![(0, column)], hashes)
    }

    fn of_several(columns: Vec<(u32, IdColumn)>, hashes: &[&Hashes]) -> Index {
        Index { columns, rows: Buckets::new(hashes) }
    }

    /// Of the rows that take part and share their id with another; it has few of the others.
    fn of_shared(workforce: &Workforce, column: IdColumn) -> Index {
        let hashes = hashes(workforce, |person| cells_of(workforce, column, person));
        Self::of(column, &[&perhaps_shared(&hashes.iter().collect::<Vec<_>>())])
    }

    /// Of all rows that take part, to find persons ([`first_of_each`]).
    pub fn of_persons(workforce: &Workforce, kind: Kind, place: usize) -> Index {
        let column = (kind, place);
        let hashes = hashes(workforce, |person| first_of_each(cells_of(workforce, column, person)));
        Self::of(column, &hashes.iter().collect::<Vec<_>>())
    }

    fn bearer<'a>(&self, workforce: &'a Workforce, number: u32) -> Bearer<'a> {
        let column = self.columns.partition_point(|(start, _)| *start <= number) - 1;
        let (start, (kind, place)) = self.columns[column];
        let rows = &workforce.table(kind).rows;
        let row = &rows.rows[(number - start) as usize];
        let cells = rows.cells(row);
        Bearer { id: cells.get(place), person: row.person, cells }
    }

    /// The persons who share an id with another person.
    fn shared(&self, workforce: &Workforce) -> Vec<u32> {
        self.clashing(workforce, |one, other| one.person == other.person)
    }

    /// The persons who have a row with an id, beside another row with that id and other cells at some `places`.
    fn conflicting(&self, workforce: &Workforce, places: &[usize]) -> Vec<u32> {
        self.clashing(workforce, |one, other| one.cells.equal_at(other.cells, places))
    }

    /// The persons of the rows with one id that are not all `alike`.
    fn clashing(&self, workforce: &Workforce, alike: impl Fn(&Bearer<'_>, &Bearer<'_>) -> bool + Sync) -> Vec<u32> {
        let clashing = self.rows.shared().flat_map_iter(|numbers| {
            let mut rows: Vec<Bearer<'_>> = numbers.iter().map(|number| self.bearer(workforce, *number)).collect();
            rows.sort_by_key(|row| row.id);
            let of_id = rows.chunk_by(|a, b| a.id == b.id);
            let clashing = of_id.filter(|rows| rows.iter().any(|other| !alike(&rows[0], other)));
            clashing.flatten().map(|row| row.person).collect::<Vec<u32>>()
        });
        let mut persons: Vec<u32> = clashing.collect();
        persons.sort_unstable();
        persons.dedup();
        persons
    }

    /// The persons who have a row with this id; one may come several times.
    pub fn holders<'a>(&'a self, workforce: &'a Workforce, id: &'a str) -> impl Iterator<Item = u32> + 'a {
        let rows = self.rows.get(hash(id)).map(|number| self.bearer(workforce, number));
        rows.filter(move |row| row.id == id).map(|row| row.person)
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
    (0..workforce.len()).into_par_iter().with_max_len(AT_ONCE).fold(Hashes::new, add).collect()
}

/// Of a person's rows with one id the first. They nearly always stand together; once many did not, it is remembered which ids
/// were there, so that whoever looks for one finds the person a few times at most.
fn first_of_each<'a>(ids: impl Iterator<Item = (u32, &'a str)>) -> impl Iterator<Item = (u32, &'a str)> {
    const FEW: usize = 16;
    let (mut last, mut count, mut seen) = ("", 0, FxHashSet::default());
    ids.filter(move |(_, id)| {
        let is_first = std::mem::replace(&mut last, *id) != *id && (count < FEW || seen.insert(*id));
        count += usize::from(is_first);
        is_first
    })
}

/// The rows of a person that take part, each with its position.
fn admitted(workforce: &Workforce, kind: Kind, person: usize) -> impl Iterator<Item = (u32, Cells<'_>)> + Clone {
    let table = workforce.table(kind);
    let positions = table.groups.of(person);
    let rows = positions.clone().zip(&table.rows.rows[positions]).filter(|(_, row)| row.fate == Fate::Admitted);
    rows.map(move |(position, row)| (position as u32, table.rows.cells(row)))
}

/// The cells of a column on the rows of a person that take part, each with the position of its row.
fn cells_of(workforce: &Workforce, (kind, place): IdColumn, person: usize) -> impl Iterator<Item = (u32, &str)> {
    admitted(workforce, kind, person).map(move |(position, cells)| (position, cells.get(place)))
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
