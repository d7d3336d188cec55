//! The workforce: every PersonNumber of the source in byte order, and the rows of each, contiguous.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::Range;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::keys::Indexes;
use super::rows::Seen;
use super::{fates, keys};
use crate::model::code::Codes;
use crate::model::finding::Findings;
use crate::model::kind::Kind;
use crate::model::layout::{Layout, assignment, manager, work_relationship};
use crate::model::range::{KeyRange, beginning, whole};
use crate::model::row::{Groups, NOBODY, Row, Rows, SourceFile};
use crate::stages::read::CsvFile;

/// The rows of one kind. A kind that the pipeline does not configure has none.
#[derive(Debug)]
pub struct Table {
    pub layout: Layout,
    pub configured: bool,
    pub rows: Rows,
    pub seen: Seen,
    pub groups: Groups,
}

impl Table {
    pub fn new(layout: Layout, configured: bool) -> Table {
        let seen = Seen { columns: vec![false; layout.columns().len()], changes_only: None };
        Table { layout, configured, rows: Rows::default(), seen, groups: Groups::default() }
    }

    /// Whether any file of the kind has the column.
    pub fn has(&self, attribute: &str) -> bool {
        self.layout.place(attribute).is_some_and(|place| self.seen.columns[place])
    }

    /// Whether no file so far has the key that a file need not have ([`Layout::optional_key`]).
    pub fn lacks_key(&self) -> bool {
        self.layout.optional_key().is_some_and(|place| !self.seen.columns[place])
    }

    /// Notes it where a file has that key and none before it. The rows of those were read before it was known that they lack
    /// it: then it is true, and they are dropped, to be read again.
    pub fn begins_anew(&mut self, csv: &CsvFile) -> bool {
        let Some(place) = self.layout.optional_key().filter(|place| !self.seen.columns[*place]) else {
            return false;
        };
        self.seen.columns[place] = csv.column(&self.layout.columns()[place].0).is_some();
        let is_late = self.seen.columns[place] && !self.rows.files.is_empty();
        if is_late {
            self.rows = Rows::default();
        }
        is_late
    }

    /// The rows of a person.
    pub fn of(&self, person: usize) -> &[Row] {
        &self.rows.rows[self.groups.of(person)]
    }
}

/// What sort of source this is: decided once, by what is configured and which columns there are.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Person columns stand in a file of their own; else they are taken from the assignment rows (rule 9).
    pub has_persons: bool,
    /// Work relationships stand in a file of their own; else they are derived from the assignment rows (rule 8).
    pub has_work_relationships: bool,
    /// There are dates of service (rule 13).
    pub has_service_dates: bool,
    /// Only the overall flag, and nothing about work relationships: rule 18.
    pub hand_made: bool,
    /// In a flat source: the places of `WorkEmail` and `EmailType` on an assignment row.
    pub flat_email: [Option<usize>; 2],
}

/// Columns of an assignment file that say something of work relationships.
const WORK_RELATIONSHIP_COLUMNS: [&str; 5] =
    ["PeriodOfServiceId", "DateStart", "ActualTerminationDate", "PrimaryAssignmentFlag", "PrimaryWorkRelationFlag"];

impl Shape {
    fn of([person, work_relationship, assignment, ..]: &[Table; Kind::ALL.len()]) -> Shape {
        let service = if work_relationship.configured { work_relationship } else { assignment };
        Shape {
            has_persons: person.configured,
            has_work_relationships: work_relationship.configured,
            has_service_dates: service.has("DateStart") || service.has("ActualTerminationDate"),
            hand_made: !work_relationship.configured
                && !WORK_RELATIONSHIP_COLUMNS.iter().any(|column| assignment.has(column)),
            flat_email: ["WorkEmail", "EmailType"].map(|column| assignment.layout.place(column)),
        }
    }
}

/// What normalization says of a person.
#[derive(Clone, Copy, Debug, Default)]
pub struct Notes {
    /// Whether any row of the person takes part: only then is it a person (rule 27).
    pub present: bool,
    /// Whether one of these is of an assignment.
    pub has_assignment: bool,
    pub codes: Codes,
    /// Those of `codes` that quarantine.
    pub errors: Codes,
}

/// Everything that resolution reads.
#[derive(Debug)]
pub struct Workforce {
    /// In the order of [`Kind::ALL`].
    pub tables: [Table; Kind::ALL.len()],
    pub shape: Shape,
    /// By person.
    pub notes: Vec<Notes>,
    /// Those that this is about. The others are here because they have a say in what becomes of these, and are counted
    /// and written with their own range.
    pub own: Range<usize>,
    /// Whom it is about, by PersonNumber.
    pub range: KeyRange,
    /// Codes of rows.
    pub findings: Findings,
    /// Assignment files with rows of which nothing tells the type (`ROW023`).
    pub untyped: BTreeSet<u32>,
    /// What it took to compare keys; managers are looked up in it.
    pub indexes: Indexes,
    numbers: Numbers,
}

/// PersonNumbers in byte order, in one text.
#[derive(Debug, Default)]
struct Numbers {
    text: String,
    ends: Vec<u32>,
}

impl Numbers {
    fn get(&self, person: usize) -> &str {
        let start = if person == 0 { 0 } else { self.ends[person - 1] as usize };
        &self.text[start..self.ends[person] as usize]
    }
}

impl Workforce {
    /// How many PersonNumbers there are, with or without a row that takes part.
    pub fn len(&self) -> usize {
        self.numbers.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The PersonNumber of a person.
    pub fn number(&self, person: usize) -> &str {
        self.numbers.get(person)
    }

    /// The person with a PersonNumber.
    pub fn find(&self, number: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.number(middle).cmp(number) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return Some(middle),
                Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// A cell of the row that tells of a work relationship: its own, or in a source that derives it an assignment's.
    fn relationship_cell(&self, position: Option<u32>, own: usize, derived: usize) -> &str {
        let (table, place) = if self.shape.has_work_relationships {
            (self.table(Kind::WorkRelationship), own)
        } else {
            (self.table(Kind::Assignment), derived)
        };
        position.map_or("", |position| table.rows.cells(&table.rows.rows[position as usize]).get(place))
    }

    /// The PeriodOfServiceId of a work relationship, by the position of the row that tells of it.
    pub fn period_of_service_id(&self, position: Option<u32>) -> &str {
        self.relationship_cell(position, work_relationship::PERIOD_OF_SERVICE_ID, assignment::PERIOD_OF_SERVICE_ID)
    }

    /// The LegalEmployerName of a work relationship, by the position of the row that tells of it.
    pub fn legal_employer_name(&self, position: Option<u32>) -> &str {
        self.relationship_cell(position, work_relationship::LEGAL_EMPLOYER_NAME, assignment::LEGAL_EMPLOYER_NAME)
    }

    /// The BusinessUnitName of an assignment row, by its position.
    pub fn business_unit_name(&self, position: Option<u32>) -> &str {
        let Table { layout, rows, .. } = self.table(Kind::Assignment);
        let cell = layout.place("BusinessUnitName").zip(position);
        cell.map_or("", |(place, position)| rows.cells(&rows.rows[position as usize]).get(place))
    }

    /// The AssignmentId of an assignment row, by its position.
    pub fn assignment_id(&self, position: Option<u32>) -> &str {
        let rows = &self.table(Kind::Assignment).rows;
        position.map_or("", |position| rows.cells(&rows.rows[position as usize]).get(assignment::ASSIGNMENT_ID))
    }

    /// Whether a row is counted here: its person is, or it is nobody's.
    pub fn is_own(&self, row: &Row) -> bool {
        row.person == NOBODY || self.own.contains(&(row.person as usize))
    }

    pub fn table(&self, kind: Kind) -> &Table {
        &self.tables[kind as usize]
    }
}

/// Whether any primary flag of any kind is filled in anywhere, with whatever text (`SRC020`).
pub fn has_primary_flags(tables: &[Table; Kind::ALL.len()]) -> bool {
    Kind::ALL.into_iter().zip(tables).any(|(kind, table)| says_primary(kind, &table.layout, &table.rows))
}

/// The same for some rows of a kind.
pub fn says_primary(kind: Kind, layout: &Layout, rows: &Rows) -> bool {
    const FLAGS: [&str; 3] = ["PrimaryFlag", "PrimaryAssignmentFlag", "PrimaryWorkRelationFlag"];
    if !matches!(kind, Kind::WorkRelationship | Kind::Assignment) {
        return false;
    }
    let places: Vec<usize> = FLAGS.iter().filter_map(|flag| layout.place(flag)).collect();
    let is_filled = |row: &Row| places.iter().any(|place| !rows.cells(row).get(*place).is_empty());
    rows.rows.par_iter().any(is_filled)
}

/// Groups the rows of all kinds by person and decides every row's fate (rules 4 to 9). It is about the persons of `range`;
/// whoever else the rows are of is known, and not counted.
pub fn normalize(mut tables: [Table; Kind::ALL.len()], day: jiff::civil::Date, range: KeyRange) -> Workforce {
    let shape = Shape::of(&tables);
    let numbers = group_by_number(&mut tables);
    if tables[Kind::Manager as usize].rows.files.iter().any(|file| !has_numbers(file)) {
        group_managers(&mut tables, numbers.ends.len());
    }
    let mut workforce = Workforce {
        notes: vec![Notes::default(); numbers.ends.len()],
        own: range.of(numbers.ends.len(), |person| numbers.get(person)),
        range,
        tables,
        shape,
        findings: Findings::default(),
        untyped: BTreeSet::new(),
        indexes: Indexes::default(),
        numbers,
    };
    fates::decide(&mut workforce, day);
    keys::compare(&mut workforce);
    workforce
}

/// Whether the rows of a file bear a PersonNumber: those of managers may do without (rule 24).
fn has_numbers(file: &SourceFile) -> bool {
    file.columns.first().is_some_and(Option::is_some)
}

/// Managers of a file without PersonNumbers belong to the person whose assignment they name; those of an assignment
/// that is in no file stay nobody's. Those of another file are whose they say.
fn group_managers(tables: &mut [Table; Kind::ALL.len()], persons: usize) {
    let (others, managers) = tables.split_at_mut(Kind::Manager as usize);
    let assignments = &others[Kind::Assignment as usize].rows;
    let holders: FxHashMap<&str, u32> = assignments
        .rows
        .iter()
        .rev()
        .map(|row| (assignments.cells(row).get(assignment::ASSIGNMENT_ID), row.person))
        .collect();
    group(&mut managers[0], persons, |rows, row| {
        let of_assignment = || holders.get(rows.cells(row).get(manager::ASSIGNMENT_ID)).copied();
        if has_numbers(&rows.files[row.file as usize]) { Some(row.person) } else { of_assignment() }
    });
}

/// The PersonNumber of a row, where it can be read: not blank, and not damaged.
fn readable_number<'a>(rows: &'a Rows, row: &Row) -> Option<&'a str> {
    let number = rows.cells(row).get(0);
    super::rows::is_readable(number).then_some(number)
}

/// What the rows of a table are sorted by: the beginning of the PersonNumber, which tells most of them apart without a look
/// at the text; a text without NUL sorts as it does.
struct SortKey {
    /// In two halves, which take less room than the whole.
    beginning: [u64; 2],
    row: u32,
    person: u32,
}

impl SortKey {
    /// No text begins like that, and none comes after it.
    const UNREADABLE: u128 = u128::MAX;

    fn new(number: Option<&str>, row: usize) -> SortKey {
        let beginning = number.map_or(Self::UNREADABLE, beginning);
        SortKey { beginning: [(beginning >> u64::BITS) as u64, beginning as u64], row: row as u32, person: NOBODY }
    }

    fn beginning(&self) -> u128 {
        u128::from(self.beginning[0]) << u64::BITS | u128::from(self.beginning[1])
    }
}

/// Numbers the persons in the order of their PersonNumbers, and brings the rows of each together, keeping their order;
/// rows of nobody come last.
fn group_by_number(tables: &mut [Table; Kind::ALL.len()]) -> Numbers {
    let mut keys = tables.each_ref().map(sort_keys);
    let (numbers, starts) = number_persons(tables, &mut keys);
    for ((table, keys), starts) in tables.iter_mut().zip(keys).zip(starts) {
        let rows = &table.rows.rows;
        table.rows.rows = keys.par_iter().map(|key| rows[key.row as usize].of(key.person)).collect();
        table.groups = Groups { starts };
    }
    numbers
}

/// The sort keys of all rows, sorted; those that nobody owns come last.
fn sort_keys(table: &Table) -> Vec<SortKey> {
    let rows = table.rows.rows.par_iter().enumerate();
    let mut keys: Vec<SortKey> = rows.map(|(row, of)| SortKey::new(readable_number(&table.rows, of), row)).collect();
    keys.par_sort_by(|a, b| compare(a.beginning(), number_at(table, a), b.beginning(), number_at(table, b)));
    keys
}

/// The order of two PersonNumbers, of which the beginnings are known.
fn compare<'a>(a: u128, of_a: impl FnOnce() -> &'a str, b: u128, of_b: impl FnOnce() -> &'a str) -> Ordering {
    // Where the last byte of the beginning is blank, nothing follows.
    let is_all = |beginning: u128| beginning as u8 == 0 || beginning == SortKey::UNREADABLE;
    a.cmp(&b).then_with(|| if is_all(a) { Ordering::Equal } else { of_a().cmp(of_b()) })
}

fn number_at<'a>(table: &'a Table, key: &SortKey) -> impl FnOnce() -> &'a str {
    let row = key.row as usize;
    move || table.rows.cells(&table.rows.rows[row]).get(0)
}

/// Walks all tables side by side: the next person is the one with the least number among those whose turn it is. Writes
/// the person into each key, and returns the numbers, and where each person's rows start in each table.
fn number_persons(
    tables: &[Table; Kind::ALL.len()],
    keys: &mut [Vec<SortKey>; Kind::ALL.len()],
) -> (Numbers, [Vec<u32>; Kind::ALL.len()]) {
    let mut numbers = Numbers::default();
    let mut starts = Kind::ALL.map(|_| vec![0u32]);
    let mut next = [0usize; Kind::ALL.len()];
    loop {
        let heads = (0..tables.len()).filter_map(|table| Some((table, keys[table].get(next[table])?)));
        let least = heads.min_by(|(a, of_a), (b, of_b)| {
            compare(of_a.beginning(), number_at(&tables[*a], of_a), of_b.beginning(), number_at(&tables[*b], of_b))
        });
        let least = least.map(|(table, key)| (key.beginning(), number_at(&tables[table], key)));
        let Some((beginning, text)) = least.filter(|(beginning, _)| *beginning != SortKey::UNREADABLE) else { break };
        let (person, bytes) = (numbers.ends.len() as u32, beginning.to_be_bytes());
        // The texts are far away.
        let number = whole(&bytes).unwrap_or_else(text);
        numbers.text.push_str(number);
        numbers.ends.push(numbers.text.len() as u32);
        for (table, keys) in keys.iter_mut().enumerate() {
            while let Some(key) = keys.get_mut(next[table]) {
                if compare(key.beginning(), number_at(&tables[table], key), beginning, || number) != Ordering::Equal {
                    break;
                }
                key.person = person;
                next[table] += 1;
            }
            starts[table].push(next[table] as u32);
        }
    }
    (numbers, starts)
}

/// Brings the rows of each person together, keeping their order; rows of nobody come last.
fn group(table: &mut Table, persons: usize, owner: impl Fn(&Rows, &Row) -> Option<u32> + Sync) {
    let rows = &mut table.rows;
    let mut owned = std::mem::take(&mut rows.rows);
    owned.par_chunks_mut(1 << 14).for_each(|chunk| {
        for row in chunk {
            row.person = owner(rows, row).unwrap_or(NOBODY);
        }
    });
    owned.par_sort_by_key(|row| row.person);
    let mut starts = vec![0u32; persons + 1];
    for row in owned.iter().filter(|row| row.person != NOBODY) {
        starts[row.person as usize + 1] += 1;
    }
    for person in 0..persons {
        starts[person + 1] += starts[person];
    }
    rows.rows = owned;
    table.groups = Groups { starts };
}
