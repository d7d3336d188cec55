//! The manager columns of a population: by each of the four keys, several, unknown, shared, self and in cycles.

use super::draft::{Draft, Row};

/// Gives each assignment a manager, or none.
pub fn fill(draft: &mut Draft) {
    let mut ids: Vec<String> = draft.assignments.iter().map(|r| r["AssignmentId"].clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut before: Option<String> = None;
    for id in &ids {
        let other = ids[draft.rng.usize(..ids.len())].clone();
        // A cycle of two, now and then: the next assignment points at this one, which points at the next.
        let target = match (draft.rng.u8(..8), &before) {
            (0, _) => id.clone(),
            (1 | 2, Some(before)) => before.clone(),
            _ => other,
        };
        if draft.rng.u8(..4) != 0 {
            let entry = entry(draft, &target);
            write(draft, id, &entry);
            if let Some(before) = before.as_ref().filter(|b| **b == target) {
                let back = by(draft, id, 0);
                write(draft, before, &back);
            }
        }
        if draft.rng.u8(..8) == 0 {
            second_entry(draft, id);
        }
        before = Some(id.clone());
    }
}

/// The column that key number `key` is written in, with what names `target` there.
fn by(draft: &Draft, target: &str, key: usize) -> Row {
    let Some(row) = draft.assignments.iter().find(|r| r["AssignmentId"] == target) else { return Row::new() };
    let (column, from) = [
        ("ManagerAssignmentId", "AssignmentId"),
        ("ManagerAssignmentNumber", "AssignmentNumber"),
        ("ManagerPersonNumber", "PersonNumber"),
        ("ManagerId", "PersonId"),
    ][key];
    Row::from([(column, row[from].clone())])
}

fn entry(draft: &mut Draft, target: &str) -> Row {
    let key = draft.rng.usize(..4);
    let mut entry = by(draft, target, key);
    match draft.rng.u8(..10) {
        0 => entry = Row::from([("ManagerAssignmentId", "nobody".into())]),
        // The first key is unknown, the next one known.
        1 => {
            let next = draft.rng.usize(1..4);
            entry = by(draft, target, next);
            entry.insert("ManagerAssignmentId", "nobody".into());
        }
        // Two keys that name two persons, perhaps.
        2 => {
            let any = draft.rng.usize(..draft.assignments.len());
            let any = draft.assignments[any]["AssignmentId"].clone();
            let key = draft.rng.usize(..4);
            entry.extend(by(draft, &any, key));
        }
        // A person without an assignment.
        3 => {
            let any = draft.rng.usize(..draft.persons.len());
            entry = Row::from([("ManagerPersonNumber", draft.persons[any]["PersonNumber"].clone())]);
        }
        _ => {}
    }
    entry.insert("ManagerType", ["", "LINE_MANAGER", "LINE_MANAGER", "PROJECT_MANAGER"][draft.rng.usize(..4)].into());
    entry
}

fn write(draft: &mut Draft, assignment: &str, entry: &Row) {
    for row in draft.rows_of(assignment) {
        row.retain(|name, _| !name.starts_with("Manager"));
        row.extend(entry.clone());
    }
}

/// The same rows once more with another manager: one row with two entries.
fn second_entry(draft: &mut Draft, assignment: &str) {
    let any = draft.rng.usize(..draft.assignments.len());
    let target = draft.assignments[any]["AssignmentId"].clone();
    let entry = entry(draft, &target);
    let mut again: Vec<Row> = draft.rows_of(assignment).into_iter().map(|row| row.clone()).collect();
    for row in &mut again {
        row.retain(|name, _| !name.starts_with("Manager"));
        row.extend(entry.clone());
    }
    draft.assignments.extend(again);
}
