//! Sections 4 and 5: the state of each work relationship on D, and the primary one (rules 13 to 16).

use std::cmp::Reverse;

use jiff::civil::Date;

use super::cells::{self, Admission, id_rank};
use super::input::{Kind, OnAmbiguous, Status};
use super::rows;
use super::taken;
use super::world::{Person, Severity, State, World};

/// One PeriodOfServiceId of one person.
#[derive(Clone, Debug)]
pub struct WorkRelationship {
    pub id: String,
    /// Its own rows; empty where it is derived from assignment rows.
    pub rows: Vec<usize>,
    /// Places in the person's assignments.
    pub assignments: Vec<usize>,
    pub worker_type: Option<char>,
    pub start: Option<Date>,
    pub end: Option<Date>,
    /// Current, Future or Terminated (ENDED).
    pub state: State,
    pub dated_flags: Vec<bool>,
    pub undated_flag: Option<bool>,
    pub primary: bool,
    pub legislation: String,
}

impl WorkRelationship {
    pub fn is_pending(&self) -> bool {
        self.worker_type == Some('P')
    }
}

/// The work relationships of a person, by id, with their states and flags.
pub fn of_person(world: &World, person: &Person) -> Vec<WorkRelationship> {
    if world.handmade {
        return Vec::new();
    }
    let kind = if world.derived { Kind::Assignment } else { Kind::WorkRelationship };
    let rows = world.live_of(kind, &person.number);
    let mut ids: Vec<&str> = rows.iter().map(|i| world.records[*i].get("PeriodOfServiceId")).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter()
        .map(|id| {
            let of_id = rows.iter().copied().filter(|i| world.records[*i].get("PeriodOfServiceId") == id).collect();
            build(world, person, id, of_id)
        })
        .collect()
}

fn build(world: &World, person: &Person, id: &str, rows: Vec<usize>) -> WorkRelationship {
    let record = &world.records[rows[0]];
    let assignments: Vec<usize> =
        (0..person.assignments.len()).filter(|a| person.assignments[*a].relationship_id == id).collect();
    let on_d: Vec<usize> = assignments.iter().filter_map(|a| Some(person.assignments[*a].on_d.rows()?[0])).collect();
    let flags = |column: &str| -> Vec<bool> { on_d.iter().filter_map(|r| world.records[*r].flag(column)).collect() };
    let dated_flags = flags("PrimaryWorkRelationFlag");
    let overall_flags = flags("PrimaryFlag");
    let undated_flag = if world.derived { None } else { record.flag("PrimaryFlag") };
    // Rule 14: in a CURRENT one the dated flags agree, or else WR040 quarantines.
    let primary = if !dated_flags.is_empty() {
        dated_flags.contains(&true)
    } else if !overall_flags.is_empty() {
        overall_flags.contains(&true)
    } else {
        undated_flag == Some(true)
    };
    let start = Some(record.start("DateStart")).filter(|d| *d != Date::MIN);
    let end = Some(record.end("ActualTerminationDate")).filter(|d| *d != Date::MAX);
    WorkRelationship {
        id: id.to_owned(),
        worker_type: worker_type(world, person, record, &assignments),
        state: state(world, person, start, end, &assignments),
        start,
        end,
        dated_flags,
        undated_flag,
        primary,
        legislation: record.get("LegislationCode").to_owned(),
        rows: if world.derived { Vec::new() } else { rows },
        assignments,
    }
}

/// Rule 6: PeriodType or WorkerType; blank: the first of E, C, N, P among its admitted assignment rows.
fn worker_type(world: &World, person: &Person, record: &rows::Record, assignments: &[usize]) -> Option<char> {
    if let Admission::Admitted(Some(own)) = rows::relationship_admission(record) {
        return Some(own);
    }
    let of_rows: Vec<char> = assignments
        .iter()
        .flat_map(|a| &person.assignments[*a].rows)
        .filter_map(|row| world.records[*row].worker_type)
        .collect();
    ['E', 'C', 'N', 'P'].into_iter().find(|t| of_rows.contains(t))
}

/// Rule 13.
fn state(world: &World, person: &Person, start: Option<Date>, end: Option<Date>, assignments: &[usize]) -> State {
    let kind = if world.derived { Kind::Assignment } else { Kind::WorkRelationship };
    let dated = ["DateStart", "ActualTerminationDate"].iter().any(|c| world.has_column(kind, c));
    if dated {
        return if start.is_some_and(|s| s > world.as_of()) {
            State::Future
        } else if end.is_some_and(|e| e < world.as_of()) {
            State::Terminated
        } else {
            State::Current
        };
    }
    let statuses = statuses_on_d(world, person, assignments);
    let mut rows = assignments.iter().flat_map(|a| &person.assignments[*a].rows).peekable();
    if !statuses.is_empty() && statuses.iter().all(|s| *s == Some(Status::Inactive)) {
        State::Terminated
    } else if rows.peek().is_some() && rows.all(|r| world.records[*r].start("EffectiveStartDate") > world.as_of()) {
        State::Future
    } else {
        State::Current
    }
}

/// The statuses of the assignments that have a row on D.
pub fn statuses_on_d(world: &World, person: &Person, assignments: &[usize]) -> Vec<Option<Status>> {
    assignments
        .iter()
        .filter_map(|a| person.assignments[*a].on_d.rows())
        .map(|rows| taken::status(world, rows[0]).0)
        .collect()
}

/// Rules 13 and 14.
pub fn section_4(world: &World, person: &mut Person) {
    for w in person.relationships.clone() {
        let statuses = statuses_on_d(world, person, &w.assignments);
        let one_is_active = statuses.contains(&Some(Status::Active));
        match w.state {
            State::Current => {
                if w.end.is_some() {
                    person.raise("WR010", Severity::I);
                }
                if !statuses.is_empty() && statuses.iter().all(|s| *s == Some(Status::Inactive)) {
                    person.raise("WR011", Severity::W);
                }
                if w.dated_flags.contains(&true) && w.dated_flags.contains(&false) {
                    person.raise("WR040", Severity::E);
                } else if let (Some(dated), Some(undated)) = (w.dated_flags.first(), w.undated_flag)
                    && *dated != undated
                {
                    let known = world.settings.known_effective_date == Some(world.as_of());
                    person.raise("WR041", if known { Severity::W } else { Severity::I });
                }
            }
            State::Terminated if one_is_active => person.raise("WR012", Severity::W),
            State::Future if one_is_active => person.raise("WR013", Severity::W),
            _ => {}
        }
    }
}

/// Rules 15 and 16.
pub fn section_5(world: &World, person: &mut Person) {
    if world.handmade {
        return super::handmade::section_5(world, person);
    }
    let all: Vec<usize> = (0..person.relationships.len()).collect();
    let in_state = |state: State| -> Vec<usize> {
        all.iter().copied().filter(|w| person.relationships[*w].state == state).collect()
    };
    let (current, future, ended) = (in_state(State::Current), in_state(State::Future), in_state(State::Terminated));
    if !current.is_empty() {
        among_current(world, person, current);
    } else if !future.is_empty() {
        person.state = Some(State::Future);
        person.raise("PRI020", Severity::I);
        if !ended.is_empty() {
            person.raise("PRI022", Severity::I);
        }
        let primary: Vec<usize> = future.iter().copied().filter(|w| person.relationships[*w].primary).collect();
        let among = if primary.is_empty() { future } else { primary };
        person.relationship = among.into_iter().min_by_key(|w| {
            let w = &person.relationships[*w];
            (w.start, Reverse(id_rank(&w.id)))
        });
    } else if !ended.is_empty() {
        person.state = Some(State::Terminated);
        person.raise("PRI021", Severity::I);
        person.relationship = ended.into_iter().max_by_key(|w| {
            let w = &person.relationships[*w];
            (w.end, w.primary, w.start, id_rank(&w.id))
        });
    } else {
        person.state = Some(State::NoEmployment);
        person.raise("PRI023", Severity::W);
    }
}

fn among_current(world: &World, person: &mut Person, mut c: Vec<usize>) {
    let pending = |w: &usize| person.relationships[*w].is_pending();
    let only_pending = c.iter().all(pending);
    let left_out = !only_pending && c.iter().any(pending);
    if left_out {
        c.retain(|w| !person.relationships[*w].is_pending());
        person.raise("PEN001", Severity::I);
    }
    person.state = Some(if only_pending { State::Pending } else { State::Current });
    let k: Vec<usize> = c.iter().copied().filter(|w| person.relationships[*w].primary).collect();
    match (k.len(), c.len()) {
        (1, _) => person.relationship = Some(k[0]),
        (0, 1) => {
            let other_is_primary = person.relationships.iter().any(|w| w.state != State::Current && w.primary);
            match (other_is_primary, only_pending) {
                (true, _) => person.raise("PRI011", Severity::W),
                (false, true) => person.raise("PRI010", Severity::I),
                (false, false) => person.raise("PRI010", Severity::W),
            }
            person.relationship = Some(c[0]);
        }
        (0, _) => ambiguous(world, person, "PRI012", &c),
        _ => match the_one_that_starts(world, person, &k) {
            Some(w) => {
                person.raise("PRI013", Severity::W);
                person.relationship = Some(w);
            }
            None => ambiguous(world, person, "PRI014", &k),
        },
    }
}

/// The one pair that meets on D: one ends on D, the other starts on D.
fn the_one_that_starts(world: &World, person: &Person, k: &[usize]) -> Option<usize> {
    if k.len() != 2 {
        return None;
    }
    let d = Some(world.as_of());
    let meets =
        |ends: usize, starts: usize| person.relationships[ends].end == d && person.relationships[starts].start == d;
    match (meets(k[0], k[1]), meets(k[1], k[0])) {
        (true, false) => Some(k[1]),
        (false, true) => Some(k[0]),
        _ => None,
    }
}

fn ambiguous(world: &World, person: &mut Person, code: &str, among: &[usize]) {
    if world.settings.on_ambiguous == OnAmbiguous::Quarantine {
        return person.raise(code, Severity::E);
    }
    person.raise(code, Severity::W);
    person.relationship = among.iter().copied().min_by_key(|w| {
        let w = &person.relationships[*w];
        let best_row = w
            .assignments
            .iter()
            .filter_map(|a| person.assignments[*a].on_d.rows())
            .map(|rows| row_rank(world, rows[0]))
            .min();
        // One without a row on D comes after those with one.
        let (status, start) = best_row.unwrap_or((usize::MAX, Reverse(Date::MIN)));
        (type_rank(w.worker_type), status, Reverse(w.start), start, Reverse(id_rank(&w.id)))
    });
}

/// E, C, N, P; then those whose type nobody tells.
pub fn type_rank(worker_type: Option<char>) -> usize {
    ['E', 'C', 'N', 'P'].iter().position(|t| Some(*t) == worker_type).unwrap_or(4)
}

/// The HR status, then the latest start, of a row that was taken.
pub fn row_rank(world: &World, row: usize) -> (usize, Reverse<Date>) {
    let record = &world.records[row];
    let (status, _) =
        cells::status(record.get("AssignmentStatusType"), record.get("AssignmentStatusTypeCode"), world.settings);
    (status.map_or(3, |s| s as usize), Reverse(record.start("EffectiveStartDate")))
}
