//! The workforce: every PersonNumber of the source in byte order, and the rows of each, contiguous.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::rows::Seen;
use super::{fates, keys};
use crate::model::code::Codes;
use crate::model::finding::Findings;
use crate::model::kind::Kind;
use crate::model::layout::{Layout, assignment, manager, work_relationship};
use crate::model::row::{Groups, NOBODY, Row, Rows};

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
    /// Person rows carry effective dates; else two different rows of a person are a conflict (rule 9).
    pub dated_persons: bool,
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
            dated_persons: person.configured && person.has("EffectiveStartDate"),
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
    /// Codes of rows and of files.
    pub findings: Findings,
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
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => high = middle,
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

    /// The AssignmentId of an assignment row, by its position.
    pub fn assignment_id(&self, position: Option<u32>) -> &str {
        let rows = &self.table(Kind::Assignment).rows;
        position.map_or("", |position| rows.cells(&rows.rows[position as usize]).get(assignment::ASSIGNMENT_ID))
    }

    pub fn table(&self, kind: Kind) -> &Table {
        &self.tables[kind as usize]
    }
}

/// Whether any primary flag of any kind is filled in anywhere, with whatever text (`SRC020`).
pub fn has_primary_flags(tables: &[Table; Kind::ALL.len()]) -> bool {
    [Kind::WorkRelationship, Kind::Assignment].iter().any(|kind| {
        const FLAGS: [&str; 3] = ["PrimaryFlag", "PrimaryAssignmentFlag", "PrimaryWorkRelationFlag"];
        let table = &tables[*kind as usize];
        let places: Vec<usize> = FLAGS.iter().filter_map(|flag| table.layout.place(flag)).collect();
        let is_filled = |row: &Row| places.iter().any(|place| !table.rows.cells(row).get(*place).is_empty());
        table.rows.rows.par_iter().any(is_filled)
    })
}

/// Groups the rows of all kinds by person and decides every row's fate (rules 4 to 9).
pub fn normalize(mut tables: [Table; Kind::ALL.len()], day: jiff::civil::Date) -> Workforce {
    let shape = Shape::of(&tables);
    let numbers = number_of_rows(&tables);
    let index: FxHashMap<&str, u32> =
        (0..numbers.ends.len()).map(|person| (numbers.get(person), person as u32)).collect();
    for table in &mut tables {
        group(table, numbers.ends.len(), |rows, row| readable_number(rows, row).map(|number| index[number]));
    }
    drop(index);
    if !tables[Kind::Manager as usize].has("PersonNumber") {
        group_managers(&mut tables, numbers.ends.len());
    }
    let mut workforce = Workforce {
        notes: vec![Notes::default(); numbers.ends.len()],
        tables,
        shape,
        findings: Findings::default(),
        numbers,
    };
    fates::decide(&mut workforce, day);
    keys::compare(&mut workforce);
    workforce
}

/// Managers of a file without PersonNumbers belong to the person whose assignment they name; those of an assignment
/// that is in no file stay nobody's.
fn group_managers(tables: &mut [Table; Kind::ALL.len()], persons: usize) {
    let (others, managers) = tables.split_at_mut(Kind::Manager as usize);
    let assignments = &others[Kind::Assignment as usize].rows;
    let holders: FxHashMap<&str, u32> = assignments
        .rows
        .iter()
        .rev()
        .map(|row| (assignments.cells(row).get(assignment::ASSIGNMENT_ID), row.person))
        .collect();
    group(&mut managers[0], persons, |rows, row| holders.get(rows.cells(row).get(manager::ASSIGNMENT_ID)).copied());
}

/// The PersonNumber of a row, where it can be read: not blank, and not damaged.
fn readable_number<'a>(rows: &'a Rows, row: &Row) -> Option<&'a str> {
    let number = rows.cells(row).get(0);
    (!number.is_empty() && !super::rows::is_spreadsheet_damage(number)).then_some(number)
}

fn number_of_rows(tables: &[Table]) -> Numbers {
    let mut distinct: Vec<&str> = tables
        .iter()
        .flat_map(|table| {
            let chunks = table.rows.rows.par_chunks(1 << 16).map(|rows| {
                let mut numbers: Vec<&str> = rows.iter().filter_map(|row| readable_number(&table.rows, row)).collect();
                numbers.dedup();
                numbers
            });
            chunks.collect::<Vec<_>>()
        })
        .flatten()
        .collect();
    distinct.par_sort_unstable();
    distinct.dedup();
    let mut numbers = Numbers::default();
    for number in distinct {
        numbers.text.push_str(number);
        numbers.ends.push(numbers.text.len() as u32);
    }
    numbers
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
