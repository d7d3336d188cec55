//! Section 9: the manager of the chosen assignment (rules 24 and 25).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::input::Kind;
use super::rows::Fate;
use super::world::{Disposition, Person, Severity, World};

const KEYS: [&str; 4] = ["ManagerAssignmentId", "ManagerAssignmentNumber", "ManagerPersonNumber", "ManagerId"];

/// One manager entry of an assignment.
struct Entry {
    row: usize,
    keys: [String; 4],
    flagged: bool,
    start: Date,
}

/// Rule 24, and what rule 25 can say before the emitted users are final.
pub fn section_9(world: &mut World) {
    let numbers: Vec<String> = world.persons.keys().cloned().collect();
    for number in numbers {
        let mut person = world.persons[&number].clone();
        if !person.passed_section_8 || person.chosen.is_none() {
            continue;
        }
        of_person(world, &mut person);
        world.persons.insert(number, person);
    }
}

fn of_person(world: &World, person: &mut Person) {
    let mut entries = entries(world, person);
    if entries.is_empty() {
        return person.raise("MGR030", Severity::I);
    }
    if entries.len() > 1 {
        person.raise("MGR010", Severity::W);
    }
    entries.sort_by_key(|e| (!e.flagged, Reverse(e.start), e.keys.clone(), e.row));
    let entry = &entries[0];
    person.used.insert(entry.row);
    // A key that names several persons names nobody.
    let known: Vec<String> = KEYS
        .iter()
        .zip(&entry.keys)
        .filter(|(_, key)| !key.is_empty())
        .filter_map(|(column, key)| {
            let named = persons_named(world, column, key);
            if named.len() == 1 { named.into_iter().next() } else { None }
        })
        .collect();
    let Some(first) = known.first() else { return person.raise("MGR020", Severity::W) };
    if known.iter().any(|other| other != first) {
        person.raise("MGR011", Severity::W);
    }
    if *first == person.number {
        return person.raise("MGR022", Severity::W);
    }
    person.manager = Some(first.clone());
}

/// The entries of type LINE_MANAGER or untyped: rows of a manager extract in effect on D, or columns of the chosen row.
fn entries(world: &World, person: &Person) -> Vec<Entry> {
    let Some(chosen) = &person.chosen else { return Vec::new() };
    let rows: Vec<usize> = if world.has_source(Kind::Manager) {
        let id = &person.assignments[chosen.assignment].id;
        let of_assignment = |row: &usize| world.records[*row].get("AssignmentId") == id;
        let in_effect = |row: &usize| world.records[*row].covers(world.as_of());
        world.live_of(Kind::Manager, &person.number).into_iter().filter(of_assignment).filter(in_effect).collect()
    } else {
        chosen.rows.clone()
    };
    rows.into_iter()
        .filter(|row| ["", "LINE_MANAGER"].contains(&world.records[*row].get("ManagerType")))
        .map(|row| {
            let record = &world.records[row];
            Entry {
                row,
                keys: KEYS.map(|key| record.get(key).to_owned()),
                flagged: record.kind == Kind::Manager && record.flag("PrimaryFlag") == Some(true),
                start: record.start("EffectiveStartDate"),
            }
        })
        .filter(|entry| entry.keys.iter().any(|key| !key.is_empty()))
        .collect()
}

/// The persons whom a key names among all assignments that are neither set aside nor rejected.
fn persons_named(world: &World, column: &str, key: &str) -> BTreeSet<String> {
    let assignments = world.records.iter().filter(|r| r.kind == Kind::Assignment && r.fate == Fate::Live);
    let named = assignments.filter(|r| match column {
        "ManagerAssignmentId" => r.get("AssignmentId") == key,
        "ManagerAssignmentNumber" => r.get("AssignmentNumber") == key,
        "ManagerPersonNumber" => r.get("PersonNumber") == key,
        _ => has_person_id(world, r.get("PersonNumber"), key),
    });
    named.map(|r| r.get("PersonNumber").to_owned()).collect()
}

/// A PersonId can stand in any file.
fn has_person_id(world: &World, number: &str, id: &str) -> bool {
    world.records.iter().any(|r| r.fate == Fate::Live && r.get("PersonNumber") == number && r.get("PersonId") == id)
}

/// Rule 25 once section 10 has spoken: `MGR021`, then the cycles of the edges that are left.
pub fn when_the_emitted_are_final(world: &mut World) {
    let emitted: BTreeSet<String> = world
        .persons
        .values()
        .filter(|p| {
            !p.quarantined && matches!(p.disposition, Some(Disposition::Emitted | Disposition::EmittedInactive))
        })
        .map(|p| p.number.clone())
        .collect();
    let keep = world.settings.keep_unemitted_managers;
    for person in world.persons.values_mut() {
        if person.manager.as_ref().is_some_and(|manager| !emitted.contains(manager)) {
            person.raise("MGR021", Severity::W);
            if !keep {
                person.manager = None;
            }
        }
    }
    let edges: BTreeMap<String, String> =
        world.persons.values().filter_map(|p| Some((p.number.clone(), p.manager.clone()?))).collect();
    for number in edges.keys() {
        if comes_back(&edges, number) {
            world.raise(number, "MGR023", Severity::W);
        }
    }
}

fn comes_back(edges: &BTreeMap<String, String>, start: &str) -> bool {
    let mut at = start;
    for _ in 0..edges.len() {
        match edges.get(at) {
            Some(next) if next == start => return true,
            Some(next) => at = next,
            None => return false,
        }
    }
    false
}
