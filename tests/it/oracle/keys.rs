//! Section 2 between rows: references and key clashes (rules 4, 7, 8 and 9).

use std::collections::{BTreeMap, BTreeSet};

use super::cells::{self, DateCell};
use super::input::Kind;
use super::rows::{self, Fate};
use super::world::{Severity, World};

/// Raises every code of section 2 that concerns more than one row.
pub fn section_2(world: &mut World) {
    let mut found: Vec<(String, &'static str, Severity)> = Vec::new();
    leading_zeros(world, &mut found);
    rejected_assignments(world, &mut found);
    references(world, &mut found);
    one_key_two_persons(world, &mut found);
    one_assignment_two_relationships(world, &mut found);
    person_ids(world, &mut found);
    no_person_row(world, &mut found);
    conflicts(world, &mut found);
    for (number, code, severity) in found {
        world.raise(&number, code, severity);
    }
}

type Found = Vec<(String, &'static str, Severity)>;

/// KEY010.
fn leading_zeros(world: &World, found: &mut Found) {
    for one in world.persons.keys() {
        for other in world.persons.keys() {
            if one != other && one.trim_start_matches('0') == other.trim_start_matches('0') {
                found.push((one.clone(), "KEY010", Severity::W));
            }
        }
    }
}

/// ASG030: a rejected assignment row that covers D, or whose dates cannot be read.
fn rejected_assignments(world: &World, found: &mut Found) {
    for record in &world.records {
        let by_width = record.codes.iter().any(|(code, _)| *code == "CSV001");
        if record.kind != Kind::Assignment || record.fate != Fate::Rejected || by_width {
            continue;
        }
        let unreadable = rows::date_columns(record.kind, world.derived)
            .iter()
            .flat_map(|(start, end, _)| [start, end])
            .any(|column| cells::date(record.get(column)) == DateCell::Unreadable);
        if let Some(number) = record.owner()
            && (unreadable || record.covers(world.as_of()))
        {
            found.push((number.to_owned(), "ASG030", Severity::E));
        }
    }
}

/// WR020 and KEY020.
fn references(world: &World, found: &mut Found) {
    if !world.has_source(Kind::WorkRelationship) {
        return;
    }
    for assignment in world.live(Kind::Assignment) {
        let assignment = &world.records[assignment];
        let (number, id) = (assignment.get("PersonNumber"), assignment.get("PeriodOfServiceId"));
        let owners: BTreeSet<String> = world
            .live(Kind::WorkRelationship)
            .into_iter()
            .filter(|w| world.records[*w].get("PeriodOfServiceId") == id)
            .map(|w| world.records[w].get("PersonNumber").to_owned())
            .collect();
        if owners.is_empty() {
            found.push((number.to_owned(), "WR020", Severity::E));
        } else if !owners.contains(number) {
            found.push((number.to_owned(), "KEY020", Severity::E));
            found.extend(owners.into_iter().map(|owner| (owner, "KEY020", Severity::E)));
        }
    }
}

/// KEY021: within one file one AssignmentId or one PeriodOfServiceId under two PersonNumbers.
fn one_key_two_persons(world: &World, found: &mut Found) {
    for place in 0..world.sources.len() {
        for column in ["AssignmentId", "PeriodOfServiceId"] {
            let mut owners: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
            for record in world.records.iter().filter(|r| r.source == place && r.fate == Fate::Live) {
                if !record.get(column).is_empty() {
                    owners.entry(record.get(column)).or_default().insert(record.get("PersonNumber"));
                }
            }
            for numbers in owners.values().filter(|numbers| numbers.len() > 1) {
                found.extend(numbers.iter().map(|n| ((*n).to_owned(), "KEY021", Severity::E)));
            }
        }
    }
}

/// KEY024: one AssignmentId under two PeriodOfServiceIds of one person.
fn one_assignment_two_relationships(world: &World, found: &mut Found) {
    let rows = world.live(Kind::Assignment);
    for one in &rows {
        for other in &rows {
            let (one, other) = (&world.records[*one], &world.records[*other]);
            let same = |column: &str| one.get(column) == other.get(column);
            let ids = [one.get("PeriodOfServiceId"), other.get("PeriodOfServiceId")];
            if same("PersonNumber") && same("AssignmentId") && ids[0] != ids[1] && !ids.contains(&"") {
                found.push((one.get("PersonNumber").to_owned(), "KEY024", Severity::E));
            }
        }
    }
}

/// KEY022 and KEY023, over all files.
fn person_ids(world: &World, found: &mut Found) {
    let mut pairs: BTreeSet<(&str, &str)> = BTreeSet::new();
    for record in world.records.iter().filter(|r| r.fate == Fate::Live) {
        if !record.get("PersonId").is_empty() {
            pairs.insert((record.get("PersonNumber"), record.get("PersonId")));
        }
    }
    for (number, id) in &pairs {
        if pairs.iter().any(|(n, i)| n == number && i != id) {
            found.push(((*number).to_owned(), "KEY022", Severity::E));
        }
        if pairs.iter().any(|(n, i)| n != number && i == id) {
            found.push(((*number).to_owned(), "KEY023", Severity::W));
        }
    }
}

/// PER020.
fn no_person_row(world: &World, found: &mut Found) {
    if !world.has_source(Kind::Person) {
        return;
    }
    for number in world.persons.keys() {
        let works = [Kind::WorkRelationship, Kind::Assignment].iter().any(|k| !world.live_of(*k, number).is_empty());
        if works && world.live_of(Kind::Person, number).is_empty() {
            found.push((number.clone(), "PER020", Severity::E));
        }
    }
}

const PERSON_VALUES: [&str; 9] = [
    "FirstName",
    "LastName",
    "KnownAs",
    "NameType",
    "WorkEmail",
    "EmailType",
    "EmailPrimaryFlag",
    "UserName",
    "WorkPhone",
];
const RELATIONSHIP_VALUES: [&str; 7] = [
    "PeriodType",
    "WorkerType",
    "DateStart",
    "ActualTerminationDate",
    "PrimaryFlag",
    "LegislationCode",
    "LegalEmployerName",
];

/// WR021 and PER021: what a flat or an undated source says twice must be said alike. Ids are keys, not values.
fn conflicts(world: &World, found: &mut Found) {
    let own = world.has_source(Kind::WorkRelationship);
    let (kind, values) = if own {
        (Kind::WorkRelationship, RELATIONSHIP_VALUES.to_vec())
    } else {
        // The PrimaryFlag of an assignment row is the overall flag, not the work relationship's.
        (Kind::Assignment, RELATIONSHIP_VALUES.into_iter().filter(|v| *v != "PrimaryFlag").collect())
    };
    if own || world.derived {
        for number in conflicting(world, kind, "PeriodOfServiceId", &values) {
            found.push((number, "WR021", Severity::E));
        }
    }
    let kind = if world.has_source(Kind::Person) { Kind::Person } else { Kind::Assignment };
    if kind == Kind::Assignment || !world.has_column(Kind::Person, "EffectiveStartDate") {
        for number in conflicting(world, kind, "PersonNumber", &PERSON_VALUES) {
            found.push((number, "PER021", Severity::E));
        }
    }
}

/// The PersonNumbers of the rows with one key and different values.
fn conflicting(world: &World, kind: Kind, key: &str, values: &[&str]) -> BTreeSet<String> {
    let rows = world.live(kind);
    let mut numbers = BTreeSet::new();
    for one in &rows {
        for other in &rows {
            let (one, other) = (&world.records[*one], &world.records[*other]);
            if one.get(key) == other.get(key) && values.iter().any(|v| one.get(v) != other.get(v)) {
                numbers.insert(one.get("PersonNumber").to_owned());
            }
        }
    }
    numbers
}
