//! Small random populations in which every branch of resolution.md occurs often: all cases of its section 11, in seven
//! shapes of input, with damage. The same seed and shape give the same files.

mod damage;
mod draft;
mod managers;
mod satellites;
mod scenarios;

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use jiff::civil::date;

use crate::oracle::{Emit, Kind, Mode, OnAmbiguous, Policy, Settings, Source, Status};
use draft::{Draft, Row};

/// How the input is cut into files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    ThreeFiles,
    /// No flag on the assignment rows: only the work relationship's undated one.
    OnlyRelationshipFlag,
    /// The work-relationship file has no dates.
    UndatedRelationships,
    /// Person and assignment files only.
    NoRelationships,
    /// One row an assignment row, with the columns of the person and the work relationship.
    Flat,
    /// Rule 18: the overall flag, and no work relationship.
    HandMade,
    Snapshot,
}

impl Shape {
    pub const ALL: [Shape; 7] = [
        Shape::ThreeFiles,
        Shape::OnlyRelationshipFlag,
        Shape::UndatedRelationships,
        Shape::NoRelationships,
        Shape::Flat,
        Shape::HandMade,
        Shape::Snapshot,
    ];
}

/// Makes about `persons` persons in the files of a shape, and settings for them.
pub fn population(seed: u64, persons: usize, shape: Shape) -> (Vec<Source>, Settings) {
    let mut rng = Rng::with_seed(seed ^ (shape as u64) << 56);
    let settings = settings(&mut rng, shape);
    let mut draft = Draft::new(Rng::with_seed(rng.u64(..)), settings.as_of);
    while draft.persons_made < persons {
        scenarios::person(&mut draft);
    }
    managers::fill(&mut draft);
    let mut tables = tables(&mut rng, &draft, shape, settings.as_of);
    // A third of the populations is clean, so that the late rules are reached.
    let damages = if rng.u8(..3) == 0 { 0 } else { rng.usize(0..=persons * 2 / 3 + 1) };
    for _ in 0..damages {
        damage::one(&mut rng, &mut tables, settings.as_of);
    }
    let sources = tables.into_iter().map(|table| source(&mut rng, table, damages > 0)).collect();
    (sources, settings)
}

fn settings(rng: &mut Rng, shape: Shape) -> Settings {
    let days = [date(2026, 11, 20), date(2026, 3, 1), date(2026, 12, 31), date(2024, 2, 29)];
    let as_of = days[rng.usize(..days.len())];
    let mut policy = |usual: Policy| match rng.u8(..6) {
        0 => Policy::Emit,
        1 => Policy::EmitInactive,
        2 => Policy::Exclude,
        _ => usual,
    };
    let emit = Emit {
        active: if policy(Policy::Exclude) == Policy::EmitInactive { Policy::EmitInactive } else { Policy::Emit },
        terminated: policy(Policy::EmitInactive),
        pending: policy(Policy::Exclude),
        future: policy(Policy::Exclude),
        no_employment: policy(Policy::Exclude),
    };
    let known_effective_date = match rng.u8(..4) {
        0 => Some(as_of),
        1 if shape != Shape::Snapshot || rng.u8(..8) == 0 => as_of.tomorrow().ok(),
        _ => None,
    };
    Settings {
        as_of,
        mode: if shape == Shape::Snapshot { Mode::Snapshot } else { Mode::History },
        known_effective_date,
        on_ambiguous: if rng.u8(..3) == 0 { OnAmbiguous::Pick } else { OnAmbiguous::Quarantine },
        suspended_active: rng.bool(),
        assume_single: rng.u8(..4) == 0,
        keep_unemitted_managers: rng.u8(..3) == 0,
        emit,
        status: BTreeMap::from([
            ("ACME_WORKING".to_owned(), Status::Active),
            ("ACME_LEAVE".to_owned(), Status::Suspended),
            ("ACME_GONE".to_owned(), Status::Inactive),
        ]),
        email_required: rng.bool(),
    }
}

/// The rows of one file before they become text.
pub struct Table {
    pub kind: Kind,
    pub columns: Vec<&'static str>,
    pub rows: Vec<Row>,
}

const PERSON: [&str; 11] = [
    "PersonNumber",
    "PersonId",
    "EffectiveStartDate",
    "EffectiveEndDate",
    "NameType",
    "FirstName",
    "LastName",
    "WorkEmail",
    "EmailType",
    "EmailPrimaryFlag",
    "UserName",
];
const RELATIONSHIP: [&str; 9] = [
    "PersonNumber",
    "PersonId",
    "PeriodOfServiceId",
    "PeriodType",
    "WorkerType",
    "LegislationCode",
    "DateStart",
    "ActualTerminationDate",
    "PrimaryFlag",
];
const ASSIGNMENT: [&str; 21] = [
    "PersonNumber",
    "PersonId",
    "PeriodOfServiceId",
    "AssignmentId",
    "AssignmentNumber",
    "AssignmentType",
    "SystemPersonType",
    "EffectiveStartDate",
    "EffectiveEndDate",
    "EffectiveSequence",
    "EffectiveLatestChange",
    "AssignmentStatusType",
    "AssignmentStatusTypeCode",
    "PrimaryFlag",
    "PrimaryAssignmentFlag",
    "PrimaryWorkRelationFlag",
    "ManagerAssignmentId",
    "ManagerAssignmentNumber",
    "ManagerPersonNumber",
    "ManagerId",
    "ManagerType",
];

/// Cuts the draft into the files of a shape.
fn tables(rng: &mut Rng, draft: &Draft, shape: Shape, as_of: jiff::civil::Date) -> Vec<Table> {
    let mut away = dropped(rng, shape);
    let mut persons = Table { kind: Kind::Person, columns: PERSON.to_vec(), rows: draft.persons.clone() };
    let mut relationships =
        Table { kind: Kind::WorkRelationship, columns: RELATIONSHIP.to_vec(), rows: draft.relationships.clone() };
    let mut assignments =
        Table { kind: Kind::Assignment, columns: ASSIGNMENT.to_vec(), rows: draft.assignments.clone() };
    // What has no dates has no history either.
    if shape == Shape::Snapshot || away.contains("EffectiveStartDate") {
        draft::keep_the_day(&mut assignments.rows, as_of);
    }
    let person_is_dated = !matches!(shape, Shape::Snapshot) && rng.u8(..3) != 0;
    if !person_is_dated {
        // Now and then an undated file says two things of one person (`PER021`).
        if rng.u8(..4) != 0 {
            draft::one_row_a_person(&mut persons.rows);
        }
        let is_typed = rng.bool();
        persons
            .columns
            .retain(|c| !["EffectiveStartDate", "EffectiveEndDate"].contains(c) && (is_typed || *c != "NameType"));
    }
    match shape {
        Shape::Flat | Shape::HandMade => {
            draft::one_row_a_person(&mut persons.rows);
            draft::join(
                &mut assignments.rows,
                &persons.rows,
                "PersonNumber",
                &["FirstName", "LastName", "WorkEmail", "UserName"],
            );
            assignments.columns.extend(["FirstName", "LastName", "WorkEmail", "UserName"]);
        }
        _ => {}
    }
    let service = ["PeriodType", "LegislationCode", "DateStart", "ActualTerminationDate"];
    if shape == Shape::Flat || (shape == Shape::NoRelationships && rng.bool()) {
        draft::join(&mut assignments.rows, &relationships.rows, "PeriodOfServiceId", &service);
        assignments.columns.extend(service);
        if rng.u8(..5) == 0 {
            away.extend(["DateStart", "ActualTerminationDate"]);
        }
    }
    if shape == Shape::UndatedRelationships {
        relationships.columns.retain(|c| !["DateStart", "ActualTerminationDate"].contains(c));
    }
    assignments.columns.retain(|c| !away.contains(c));
    if rng.u8(..30) == 0 {
        no_primary_flag(rng, &mut relationships, &mut assignments);
    }
    match shape {
        Shape::Flat | Shape::HandMade => vec![assignments],
        Shape::NoRelationships => vec![persons, assignments],
        _ => {
            let mut tables = vec![persons, relationships];
            if rng.u8(..3) == 0 {
                tables.extend(satellites::tables(rng, &draft.persons, &draft.assignments, as_of));
            }
            tables.push(assignments);
            tables
        }
    }
}

/// `SRC020`: no primary flag of any kind, or all of them blank throughout.
fn no_primary_flag(rng: &mut Rng, relationships: &mut Table, assignments: &mut Table) {
    let flags = ["PrimaryFlag", "PrimaryAssignmentFlag", "PrimaryWorkRelationFlag"];
    let blank = rng.bool();
    for table in [relationships, assignments] {
        if blank {
            for row in &mut table.rows {
                row.retain(|column, _| !flags.contains(column));
            }
        } else {
            table.columns.retain(|column| !flags.contains(column));
        }
    }
}

/// The columns that this population's assignment file goes without.
fn dropped(rng: &mut Rng, shape: Shape) -> BTreeSet<&'static str> {
    let mut away: BTreeSet<&'static str> = BTreeSet::new();
    match shape {
        Shape::OnlyRelationshipFlag => away.extend(["PrimaryFlag", "PrimaryAssignmentFlag", "PrimaryWorkRelationFlag"]),
        Shape::HandMade => {
            away.extend(["PeriodOfServiceId", "PrimaryAssignmentFlag", "PrimaryWorkRelationFlag"]);
            if rng.bool() {
                away.extend(["EffectiveStartDate", "EffectiveEndDate", "EffectiveSequence", "EffectiveLatestChange"]);
            }
        }
        _ => match rng.u8(..6) {
            0 => away.extend(["PrimaryWorkRelationFlag"]),
            1 => away.extend(["PrimaryAssignmentFlag", "PrimaryWorkRelationFlag"]),
            2 => away.extend(["PrimaryFlag"]),
            _ => {}
        },
    }
    if shape == Shape::Snapshot && rng.bool() {
        away.extend(["EffectiveStartDate", "EffectiveEndDate", "EffectiveSequence", "EffectiveLatestChange"]);
    }
    match rng.u8(..6) {
        0 => away.extend(["AssignmentStatusType"]),
        1 => away.extend(["AssignmentStatusTypeCode"]),
        _ => {}
    }
    match rng.u8(..10) {
        0 => away.extend(["AssignmentType"]),
        1 => away.extend(["AssignmentType", "SystemPersonType"]),
        2..=5 => away.extend(["SystemPersonType"]),
        _ => {}
    }
    if rng.u8(..10) == 0 {
        away.extend(["EffectiveSequence", "EffectiveLatestChange"]);
    }
    away
}

/// The text of a table, in any order of rows; where there is damage a row can have a cell too many or too few.
fn source(rng: &mut Rng, mut table: Table, damaged: bool) -> Source {
    rng.shuffle(&mut table.rows);
    let mut rows: Vec<Vec<String>> = Vec::new();
    for row in &table.rows {
        rows.push(table.columns.iter().map(|c| row.get(c).cloned().unwrap_or_default()).collect());
    }
    if damaged && !rows.is_empty() && rng.u8(..4) == 0 {
        let at = rng.usize(..rows.len());
        if rng.bool() {
            rows[at].push(String::new());
        } else {
            rows[at].pop();
        }
    }
    let header = table.columns.iter().map(|c| (*c).to_owned()).collect();
    Source { kind: table.kind, header, rows }
}
