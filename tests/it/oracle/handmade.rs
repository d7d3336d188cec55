//! Rule 18: a source with only the overall flag and no work-relationship information, the usual hand-made CSV.
//! What the rule does not say is read as of one work relationship without dates (rule 13).

use std::cmp::Reverse;

use super::cells::id_rank;
use super::chosen::{self, Candidate};
use super::input::Status;
use super::taken::{self, Taken};
use super::world::{Person, Severity, State, World};

/// The rows on D, one candidate an assignment.
fn on_d(person: &Person) -> Vec<Candidate> {
    (0..person.assignments.len())
        .filter_map(|a| Some(Candidate { assignment: a, rows: person.assignments[a].on_d.rows()?.clone() }))
        .collect()
}

fn status(world: &World, candidate: &Candidate) -> Option<Status> {
    taken::status(world, candidate.rows[0]).0
}

fn is_flagged(world: &World, candidate: &Candidate) -> bool {
    world.records[candidate.rows[0]].flag("PrimaryFlag") == Some(true)
}

/// The candidate rows: those on D with a status other than INACTIVE.
fn candidates(world: &World, person: &Person) -> Vec<Candidate> {
    on_d(person).into_iter().filter(|c| status(world, c) != Some(Status::Inactive)).collect()
}

/// The state of a person without work relationships.
pub fn section_5(world: &World, person: &mut Person) {
    let rows: Vec<usize> = person.assignments.iter().flat_map(|a| a.rows.clone()).collect();
    let candidates = candidates(world, person);
    let in_future = |row: &usize| world.records[*row].start("EffectiveStartDate") > world.as_of();
    let state = if rows.is_empty() {
        State::NoEmployment
    } else if !candidates.is_empty() {
        let pending = candidates.iter().all(|c| world.records[c.rows[0]].worker_type == Some('P'));
        if pending { State::Pending } else { State::Current }
    } else if !on_d(person).is_empty() {
        State::Terminated
    } else if rows.iter().all(in_future) {
        State::Future
    } else {
        State::Current
    };
    person.state = Some(state);
    if state == State::NoEmployment {
        person.raise("PRI023", Severity::W);
    }
}

/// The primary row of such a person.
pub fn section_6(world: &World, person: &mut Person) {
    match person.state {
        Some(State::Current | State::Pending) => {
            let candidates = candidates(world, person);
            if candidates.is_empty() {
                person.raise("PRI031", Severity::E);
            }
            table(world, person, &candidates);
        }
        Some(State::Terminated) => {
            let primary = on_d(person).into_iter().filter(|c| is_flagged(world, c));
            let last = primary.max_by_key(|c| {
                let start = world.records[c.rows[0]].start("EffectiveStartDate");
                (start, id_rank(&person.assignments[c.assignment].id))
            });
            match last {
                Some(last) => chosen::choose(person, &last),
                None => person.raise("PRI031", Severity::W),
            }
        }
        Some(State::Future) => {
            let candidates = first_rows(world, person);
            for candidate in &candidates {
                person.used.extend(&candidate.rows);
                taken::raise_status(world, person, candidate.rows[0]);
            }
            if candidates.is_empty() {
                person.raise("PRI031", Severity::W);
            }
            table(world, person, &candidates);
        }
        _ => {}
    }
}

/// The first row of each assignment of a person who has only future ones.
fn first_rows(world: &World, person: &mut Person) -> Vec<Candidate> {
    let mut found = Vec::new();
    for assignment in 0..person.assignments.len() {
        match taken::first(world, &person.assignments[assignment].rows) {
            Taken::Nothing => {}
            Taken::Row(rows) => found.push(Candidate { assignment, rows }),
            Taken::Ambiguous => person.raise("ASG010", Severity::E),
        }
    }
    found.sort_by_key(|c| Reverse(id_rank(&person.assignments[c.assignment].id)));
    found
}

/// One flagged: it; none and one row: PRI030; none and several: PRI032; several: PRI034.
fn table(world: &World, person: &mut Person, candidates: &[Candidate]) {
    let flagged: Vec<Candidate> = candidates.iter().filter(|c| is_flagged(world, c)).cloned().collect();
    match (flagged.len(), candidates.len()) {
        (_, 0) => {}
        (1, _) => chosen::choose(person, &flagged[0]),
        (0, 1) => {
            person.raise("PRI030", Severity::W);
            chosen::choose(person, &candidates[0]);
        }
        (0, _) => chosen::ambiguous(world, person, "PRI032", candidates),
        _ => chosen::ambiguous(world, person, "PRI034", &flagged),
    }
}
