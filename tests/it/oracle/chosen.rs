//! Section 6: the primary assignment inside the primary work relationship (rule 17).

use std::cmp::Reverse;

use super::cells::id_rank;
use super::input::{OnAmbiguous, Status};
use super::relationship::{self, WorkRelationship};
use super::taken::{self, Taken};
use super::world::{Chosen, Person, Severity, State, World};

/// An assignment that can be chosen: its place, and the rows that rule 17 takes of it.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub assignment: usize,
    pub rows: Vec<usize>,
}

/// Rule 17; a person whom it quarantines keeps no assignment.
pub fn section_6(world: &World, person: &mut Person) {
    if world.handmade {
        super::handmade::section_6(world, person);
    } else if let Some(w) = person.relationship {
        let w = person.relationships[w].clone();
        person.used.extend(&w.rows);
        let candidates = candidates(world, person, &w);
        for candidate in &candidates {
            person.used.extend(&candidate.rows);
            taken::raise_status(world, person, candidate.rows[0]);
            if the_three_flags_disagree(world, candidate.rows[0]) {
                person.raise("PRI035", Severity::W);
            }
        }
        table(world, person, &candidates);
        if let Some(chosen) = person.chosen.clone() {
            about_the_chosen(world, person, &w, &chosen);
        }
    }
    for w in &person.relationships {
        if w.state == State::Current {
            person.used.extend(&w.rows);
        }
    }
    if person.quarantined {
        person.chosen = None;
    }
}

/// The assignment that the table of rule 17 chooses in a current work relationship, whatever else is said of it.
pub fn of_one(world: &World, person: &mut Person, w: &WorkRelationship) {
    let candidates = candidates(world, person, w);
    table(world, person, &candidates);
}

/// The assignments A of rule 17; what is ambiguous among them is `ASG010 E`.
fn candidates(world: &World, person: &mut Person, w: &WorkRelationship) -> Vec<Candidate> {
    let take = |person: &mut Person, how: &dyn Fn(&[usize]) -> Taken| -> Vec<Candidate> {
        let mut found = Vec::new();
        for assignment in w.assignments.iter().copied() {
            match how(&person.assignments[assignment].rows) {
                Taken::Nothing => {}
                Taken::Row(rows) => found.push(Candidate { assignment, rows }),
                Taken::Ambiguous => person.raise("ASG010", Severity::E),
            }
        }
        found
    };
    // What is ambiguous on D counts against the chosen one whatever its state.
    let on_d = take(person, &|rows| taken::on(world, rows, world.as_of()));
    let (day, otherwise): (_, fn(&World, &[usize]) -> Taken) = match w.state {
        State::Terminated => (w.end, taken::last),
        State::Future => (w.start, taken::first),
        _ => return on_d,
    };
    let of_the_day = match day {
        Some(day) => take(person, &|rows| taken::on(world, rows, day)),
        None => Vec::new(),
    };
    if of_the_day.is_empty() { take(person, &|rows| otherwise(world, rows)) } else { of_the_day }
}

/// The table of rule 17.
fn table(world: &World, person: &mut Person, candidates: &[Candidate]) {
    let flagged: Vec<Candidate> = candidates.iter().filter(|c| is_flagged(world, c.rows[0])).cloned().collect();
    match (flagged.len(), candidates.len()) {
        (_, 0) => {
            let employed = matches!(person.state, Some(State::Current | State::Pending));
            person.raise("PRI031", if employed { Severity::E } else { Severity::W });
        }
        (1, _) => choose(person, &flagged[0]),
        (0, 1) => {
            person.raise("PRI030", Severity::W);
            choose(person, &candidates[0]);
        }
        (0, _) => ambiguous(world, person, "PRI032", candidates),
        _ => {
            let active: Vec<&Candidate> =
                flagged.iter().filter(|c| status(world, c.rows[0]) == Some(Status::Active)).collect();
            if active.len() == 1 {
                person.raise("PRI033", Severity::W);
                choose(person, active[0]);
            } else {
                ambiguous(world, person, "PRI034", &flagged);
            }
        }
    }
}

pub fn choose(person: &mut Person, candidate: &Candidate) {
    person.chosen = Some(Chosen { assignment: candidate.assignment, rows: candidate.rows.clone() });
}

/// Rule 16 for `PRI032` and `PRI034`.
pub fn ambiguous(world: &World, person: &mut Person, code: &str, among: &[Candidate]) {
    if world.settings.on_ambiguous == OnAmbiguous::Quarantine {
        return person.raise(code, Severity::E);
    }
    person.raise(code, Severity::W);
    let best = among.iter().min_by_key(|c| {
        // Inside one work relationship the worker type and its start are the same for all.
        let worker_type = if world.handmade { world.records[c.rows[0]].worker_type } else { None };
        let (status, start) = relationship::row_rank(world, c.rows[0]);
        let id = &person.assignments[c.assignment].id;
        (relationship::type_rank(worker_type), status, start, Reverse(id_rank(id)))
    });
    if let Some(best) = best.cloned() {
        choose(person, &best);
    }
}

fn status(world: &World, row: usize) -> Option<Status> {
    taken::status(world, row).0
}

/// `PrimaryAssignmentFlag`, else the overall `PrimaryFlag`.
fn is_flagged(world: &World, row: usize) -> bool {
    let record = &world.records[row];
    record.flag("PrimaryAssignmentFlag").or(record.flag("PrimaryFlag")) == Some(true)
}

/// PRI035.
fn the_three_flags_disagree(world: &World, row: usize) -> bool {
    let record = &world.records[row];
    let flags = ["PrimaryFlag", "PrimaryAssignmentFlag", "PrimaryWorkRelationFlag"].map(|f| record.flag(f));
    matches!(flags, [Some(overall), Some(assignment), Some(relation)] if overall != (assignment && relation))
}

/// PRI036 to PRI042.
fn about_the_chosen(world: &World, person: &mut Person, own: &WorkRelationship, chosen: &Chosen) {
    let row = chosen.rows[0];
    let current: Vec<WorkRelationship> =
        person.relationships.iter().filter(|w| w.state == State::Current).cloned().collect();
    let has_worker = current.iter().any(|w| !w.is_pending());
    let c = current.iter().filter(|w| !has_worker || !w.is_pending());
    // The rows on D of other assignments of these work relationships.
    let others = |of: Vec<&WorkRelationship>| -> Vec<usize> {
        of.iter()
            .flat_map(|w| &w.assignments)
            .filter(|a| **a != chosen.assignment)
            .filter_map(|a| Some(person.assignments[*a].on_d.rows()?[0]))
            .collect()
    };
    let one_is_active = |rows: Vec<usize>| rows.iter().any(|r| status(world, *r) == Some(Status::Active));
    let mut found = Vec::new();
    let overall = |r: usize| world.records[r].flag("PrimaryFlag");
    if overall(row) == Some(false) && others(c.collect()).iter().any(|r| overall(*r) == Some(true)) {
        found.push(("PRI036", Severity::E));
    }
    if status(world, row) == Some(Status::Suspended) && one_is_active(others(current.iter().collect())) {
        found.push(("PRI040", Severity::I));
    }
    if status(world, row) == Some(Status::Inactive) && own.state == State::Current {
        found.push((if one_is_active(others(vec![own])) { "PRI041" } else { "PRI042" }, Severity::W));
    }
    for (code, severity) in found {
        person.raise(code, severity);
    }
}
