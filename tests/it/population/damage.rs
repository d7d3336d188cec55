//! One fault at a random place: what spreadsheets, clerks and half-finished interfaces do to HR files.

use fastrand::Rng;
use jiff::ToSpan;
use jiff::civil::Date;

use super::Table;
use super::draft::Row;

/// What can happen to one cell: the columns, and the texts that can come there.
const CELLS: &[(&[&str], &[&str])] = &[
    (&["PersonNumber", "PeriodOfServiceId", "AssignmentId"], &["", " ", "\u{a0}"]),
    (
        &["PersonNumber", "PersonId", "PeriodOfServiceId", "AssignmentId"],
        &["1.23E+11", "4E+10", "=12", "12E5", "1.E+5", "3e+7"],
    ),
    (&["AssignmentType"], &["ET", "CT", "O", "A", "X", "", "EMP", "c", "P", "C"]),
    (&["AssignmentType"], &["", "", "ET"]),
    (&["SystemPersonType"], &["", "EMP", "CWK", "PWK", "EX_EMP"]),
    (&["PeriodType"], &["O", "ET", "X", "", "EMP", "P", "CWK", "A"]),
    (&["WorkerType"], &["CWK", "P", "E", "NONW"]),
    (
        &["EffectiveStartDate", "EffectiveEndDate", "DateStart", "ActualTerminationDate"],
        &["30/11/2026", "2026-02-30", "2026-13-01", "today", "20261301", "2026-11-20T25:00", "20-11-2026"],
    ),
    (
        &["EffectiveStartDate", "EffectiveEndDate", "DateStart", "ActualTerminationDate"],
        &["2026-11-20T08:30", "20261120 00:00:00Z", "2026-03-01T00:00:00.5+02:00", "2024-02-29 12:00:00-0500"],
    ),
    (&["EffectiveStartDate", "DateStart", "EffectiveEndDate", "ActualTerminationDate"], &["", " "]),
    (&["EffectiveEndDate", "ActualTerminationDate"], &["4712-12-31", "9999-12-31", "4000-01-01", "3999-12-31"]),
    (
        &[
            "PrimaryFlag",
            "PrimaryAssignmentFlag",
            "PrimaryWorkRelationFlag",
            "EffectiveLatestChange",
            "EmailPrimaryFlag",
        ],
        &["maybe", "J", "2", "N", "TRUE"],
    ),
    (&["PrimaryFlag", "PrimaryAssignmentFlag", "PrimaryWorkRelationFlag"], &["Y", "N", "", "Y", "N"]),
    (&["EffectiveSequence"], &["x", "1.5", "2", "3", "", "02"]),
    (&["AssignmentStatusType"], &["FOO", "", "active", "SUSPENDED", "INACTIVE", "ACTIVE"]),
    (
        &["AssignmentStatusTypeCode"],
        &["", "STRANGE", "ACME_LEAVE", "ACME_GONE", "SUSPEND_NO_PAY", "INACTIVE_PROCESS", "ACTIVE_NO_PROCESS"],
    ),
    (&["WorkEmail"], &["", "a@b@c", "nobody", "a b@c", "shared@vision.example", "SHARED@vision.EXAMPLE"]),
    (&["LastName"], &["", "Null"]),
    (&["UserName"], &["same.user", "SAME.USER", ""]),
    (&["AssignmentNumber"], &["E-SAME", ""]),
    (&["LegislationCode", "NameType"], &["US", "DE", ""]),
];

/// Does one fault to one of the tables.
pub fn one(rng: &mut Rng, tables: &mut [Table], as_of: Date) {
    // Assignment files have the most rows and the most rules.
    let at = if rng.bool() { tables.len() - 1 } else { rng.usize(..tables.len()) };
    let table = &mut tables[at];
    if table.rows.is_empty() {
        return;
    }
    let row = rng.usize(..table.rows.len());
    match rng.u8(..12) {
        0..=5 => cell(rng, table, row),
        6 => repeat(rng, table, row),
        7 => another_id(rng, table, row),
        8 | 9 => shifted_date(rng, table, row, as_of),
        10 => swapped_dates(table, row),
        _ if rng.bool() => {
            table.rows.swap_remove(row);
        }
        _ => no_status(table, row),
    }
}

fn cell(rng: &mut Rng, table: &mut Table, row: usize) {
    // A fault that fits the table.
    for _ in 0..20 {
        let (columns, texts) = CELLS[rng.usize(..CELLS.len())];
        let column = columns[rng.usize(..columns.len())];
        if let Some(column) = table.columns.iter().find(|c| **c == column) {
            table.rows[row].insert(column, texts[rng.usize(..texts.len())].to_owned());
            return;
        }
    }
}

/// The row once more: the same but for white space, or with one cell changed.
fn repeat(rng: &mut Rng, table: &mut Table, row: usize) {
    let mut again: Row = table.rows[row].clone();
    if rng.bool() {
        let column = table.columns[rng.usize(..table.columns.len())];
        let text = again.entry(column).or_default();
        *text = format!(" {text}\u{a0}");
        table.rows.push(again);
    } else {
        table.rows.push(again);
        let last = table.rows.len() - 1;
        cell(rng, table, last);
    }
}

/// An identifier of another row, or an unknown one.
fn another_id(rng: &mut Rng, table: &mut Table, row: usize) {
    let ids = ["PersonNumber", "PersonId", "PeriodOfServiceId", "AssignmentId"];
    let id = ids[rng.usize(..ids.len())];
    let Some(column) = table.columns.iter().find(|c| **c == id).copied() else { return };
    let other = table.rows[rng.usize(..table.rows.len())].get(column).cloned().unwrap_or_default();
    let text = match rng.u8(..4) {
        0 => "unknown".to_owned(),
        1 => format!("0{}", table.rows[row].get(column).map_or("", String::as_str)),
        _ => other,
    };
    table.rows[row].insert(column, text);
}

/// A start or an end moved to the day before D, D, or the day after.
fn shifted_date(rng: &mut Rng, table: &mut Table, row: usize, as_of: Date) {
    let columns = ["EffectiveStartDate", "EffectiveEndDate", "DateStart", "ActualTerminationDate"];
    let name = columns[rng.usize(..columns.len())];
    let Some(column) = table.columns.iter().find(|c| **c == name) else { return };
    let day = as_of.checked_add((rng.i64(-1..=1)).days()).unwrap_or(as_of);
    table.rows[row].insert(column, day.to_string());
}

fn swapped_dates(table: &mut Table, row: usize) {
    let row = &mut table.rows[row];
    for (start, end) in [("EffectiveStartDate", "EffectiveEndDate"), ("DateStart", "ActualTerminationDate")] {
        let dates = (row.get(start).cloned(), row.get(end).cloned());
        if let (Some(first), Some(last)) = dates
            && last.starts_with("20")
        {
            row.insert(start, last);
            row.insert(end, first);
        }
    }
}

fn no_status(table: &mut Table, row: usize) {
    for column in ["AssignmentStatusType", "AssignmentStatusTypeCode"] {
        if table.columns.contains(&column) {
            table.rows[row].insert(column, String::new());
        }
    }
}
