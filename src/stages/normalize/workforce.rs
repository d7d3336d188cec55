//! The workforce: every PersonNumber of the source in byte order, and the rows of each, contiguous.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::Range;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::grouping::Numbers;
use super::keys::Indexes;
use super::rows::Seen;
use super::types::{Typed, period_type};
use super::{fates, grouping, keys};
use crate::model::code::Codes;
use crate::model::finding::Findings;
use crate::model::kind::Kind;
use crate::model::layout::{Layout, assignment, manager, work_relationship};
use crate::model::range::KeyRange;
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

impl Workforce {
    /// How many PersonNumbers there are, with or without a row that takes part.
    pub fn len(&self) -> usize {
        self.numbers.len()
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
    let numbers = grouping::by_number(&mut tables);
    if tables[Kind::Manager as usize].rows.files.iter().any(|file| !has_numbers(file)) {
        group_managers(&mut tables, numbers.len());
    }
    let mut workforce = Workforce {
        notes: vec![Notes::default(); numbers.len()],
        own: range.of(numbers.len(), |person| numbers.get(person)),
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
    // Whose rows will be rejected or set aside has the assignment only where nobody else does: of each id the last one stays.
    let counts = |row: &&Row| {
        let set_aside =
            matches!(period_type(assignments.cells(row).get(assignment::ASSIGNMENT_TYPE)), Typed::SetAside(_));
        !set_aside && !row.codes.has_keys() && !row.codes.has_values()
    };
    let others = assignments.rows.iter().rev().filter(|row| !counts(row));
    let holders: FxHashMap<&str, u32> = others
        .chain(assignments.rows.iter().rev().filter(counts))
        .map(|row| (assignments.cells(row).get(assignment::ASSIGNMENT_ID), row.person))
        .collect();
    grouping::by_owner(&mut managers[0], persons, |rows, row| {
        let of_assignment = || holders.get(rows.cells(row).get(manager::ASSIGNMENT_ID)).copied();
        if has_numbers(&rows.files[row.file as usize]) { Some(row.person) } else { of_assignment() }
    });
}
