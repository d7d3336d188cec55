//! Names, e-mails, phones and managers as files of their own, made of what the person and assignment rows say.

use fastrand::Rng;
use jiff::ToSpan;
use jiff::civil::Date;

use super::Table;
use super::draft::Row;
use crate::oracle::Kind;

const DATES: [&str; 2] = ["EffectiveStartDate", "EffectiveEndDate"];
const MANAGER: [&str; 5] =
    ["ManagerAssignmentId", "ManagerAssignmentNumber", "ManagerPersonNumber", "ManagerId", "ManagerType"];

/// Now and then a file of each kind.
pub fn tables(rng: &mut Rng, persons: &[Row], assignments: &[Row], as_of: Date) -> Vec<Table> {
    let mut tables = Vec::new();
    if rng.bool() {
        tables.push(table(rng, Kind::Name, &["PersonId", "NameType", "LastName"], persons, names, as_of));
    }
    if rng.bool() {
        tables.push(table(rng, Kind::Email, &["EmailType", "EmailAddress", "PrimaryFlag"], persons, emails, as_of));
    }
    if rng.bool() {
        tables.push(table(rng, Kind::Phone, &["PhoneType", "PhoneNumber", "PrimaryFlag"], persons, phones, as_of));
    }
    if rng.bool() {
        let columns = [&["AssignmentId", "PrimaryFlag"][..], &MANAGER].concat();
        tables.push(table(rng, Kind::Manager, &columns, assignments, managers, as_of));
    }
    tables
}

/// A table with the rows that each row of the draft gives, dated.
fn table(
    rng: &mut Rng,
    kind: Kind,
    columns: &[&'static str],
    of: &[Row],
    make: fn(&mut Rng, &Row) -> Vec<Row>,
    as_of: Date,
) -> Table {
    let mut rows = Vec::new();
    for from in of {
        for mut row in make(rng, from) {
            row.insert("PersonNumber", from["PersonNumber"].clone());
            for (column, open) in [("EffectiveStartDate", "2020-01-01"), ("EffectiveEndDate", "")] {
                row.entry(column).or_insert_with(|| open.to_owned());
            }
            if rng.u8(..8) == 0 {
                let column = DATES[rng.usize(..2)];
                let day = as_of.checked_add(rng.i64(-1..=1).days()).unwrap_or(as_of);
                row.insert(column, day.to_string());
            }
            rows.push(row);
        }
    }
    Table { kind, columns: [&["PersonNumber"][..], columns, &DATES].concat(), rows }
}

fn flag(rng: &mut Rng) -> String {
    ["", "", "Y", "N"][rng.usize(..4)].to_owned()
}

fn names(rng: &mut Rng, person: &Row) -> Vec<Row> {
    let of_type = |name_type: &str| {
        let mut row = Row::from([("NameType", name_type.to_owned())]);
        for column in ["PersonId", "LastName", "EffectiveStartDate", "EffectiveEndDate"] {
            row.insert(column, person.get(column).cloned().unwrap_or_default());
        }
        row
    };
    match rng.u8(..10) {
        0 => Vec::new(),
        1 => vec![of_type("GLOBAL"), of_type(["US", "GB", "DE"][rng.usize(..3)])],
        2 => vec![of_type("US"), of_type("GB")],
        3 => vec![of_type("")],
        _ => vec![of_type("GLOBAL")],
    }
}

fn emails(rng: &mut Rng, person: &Row) -> Vec<Row> {
    let address = person.get("WorkEmail").cloned().unwrap_or_default();
    let mut rows = Vec::new();
    for nth in 0..rng.usize(0..4) {
        let text = if nth == 0 { address.clone() } else { format!("{nth}.{address}") };
        let of_type = ["W1", "W1", "", "H1"][rng.usize(..4)].to_owned();
        rows.push(Row::from([("EmailType", of_type), ("EmailAddress", text), ("PrimaryFlag", flag(rng))]));
    }
    rows
}

fn phones(rng: &mut Rng, person: &Row) -> Vec<Row> {
    let mut rows = Vec::new();
    for nth in 0..rng.usize(0..4) {
        let number = if rng.u8(..8) == 0 { String::new() } else { format!("+44 {nth} {}", person["PersonNumber"]) };
        let of_type = ["W1", "WM", "", "H1", "HM", "FAX"][rng.usize(..6)].to_owned();
        rows.push(Row::from([("PhoneType", of_type), ("PhoneNumber", number), ("PrimaryFlag", flag(rng))]));
    }
    rows
}

fn managers(rng: &mut Rng, assignment: &Row) -> Vec<Row> {
    let mut row = Row::from([("AssignmentId", assignment["AssignmentId"].clone()), ("PrimaryFlag", flag(rng))]);
    for column in MANAGER {
        row.insert(column, assignment.get(column).cloned().unwrap_or_default());
    }
    if rng.u8(..6) == 0 { Vec::new() } else { vec![row] }
}
