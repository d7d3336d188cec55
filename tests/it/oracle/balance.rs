//! Rule 27: nothing is lost. What each row came to, and each person, with the sums asserted.

use std::collections::BTreeMap;

use super::input::Kind;
use super::rows::{Fate, Record};
use super::world::{Disposition, Person, State, World};
use super::{Balance, Outcome, Row};
use super::{all_current, emission};

/// The outcome, once every section has spoken.
pub fn outcome(world: &World, fatal: Option<&str>) -> Outcome {
    let mut outcome = Outcome { fatal: fatal.map(str::to_owned), ..Outcome::default() };
    for source in world.sources {
        outcome.rejects.entry(source.kind).or_default();
        outcome.balance.entry(source.kind).or_default();
    }
    for (place, record) in world.records.iter().enumerate() {
        if record.fate == Fate::Rejected {
            let errors = record.codes.iter().filter(|(_, s)| *s == super::world::Severity::E);
            let codes = errors.map(|(code, _)| (*code).to_owned()).collect();
            outcome.rejects.entry(record.kind).or_default().push((record.line, codes));
        }
        count(world, place, record, outcome.balance.entry(record.kind).or_default());
    }
    outcome.persons_in = world.persons.len();
    for person in world.persons.values() {
        count_person(person, &mut outcome);
        outcome.persons.insert(person.number.clone(), row(world, person));
    }
    assert_sums(world, &outcome);
    outcome
}

/// For a row the first that fits.
fn count(world: &World, place: usize, record: &Record, balance: &mut Balance) {
    balance.rows_in += 1;
    let person = world.persons.get(record.get("PersonNumber"));
    match record.fate {
        Fate::Rejected => balance.rejected += 1,
        Fate::Duplicate => balance.duplicates += 1,
        Fate::SetAside => balance.set_aside += 1,
        Fate::Live => {
            let person = person.expect("a live row's person is in");
            if person.quarantined {
                balance.quarantined += 1;
            } else if record.kind == Kind::Person || person.used.contains(&place) {
                balance.used += 1;
            } else if is_in_effect(world, person, place, record) {
                balance.superseded += 1;
            } else {
                balance.not_in_effect += 1;
            }
        }
    }
}

fn is_in_effect(world: &World, person: &Person, place: usize, record: &Record) -> bool {
    match record.kind {
        Kind::WorkRelationship => {
            person.relationships.iter().any(|w| w.rows.contains(&place) && w.state == State::Current)
        }
        _ => record.covers(world.as_of()),
    }
}

fn count_person(person: &Person, outcome: &mut Outcome) {
    if person.quarantined {
        outcome.quarantined += 1;
    } else if person.disposition == Some(Disposition::Excluded) {
        let state = person.state.map_or("", emission::name);
        *outcome.excluded.entry(state.to_owned()).or_default() += 1;
    } else {
        outcome.emitted += 1;
    }
}

fn row(world: &World, person: &Person) -> Row {
    let disposition = match person.disposition {
        _ if person.quarantined => "quarantined",
        Some(Disposition::Emitted) => "emitted",
        Some(Disposition::EmittedInactive) => "emitted_inactive",
        Some(Disposition::Excluded) => "excluded",
        None => "",
    };
    let relationship = person.relationship.map(|w| person.relationships[w].id.clone());
    let assignment = person.chosen.as_ref().map(|c| person.assignments[c.assignment].id.clone());
    Row {
        worker_state: person.state.map_or("", emission::name).to_owned(),
        active: person.active,
        disposition: disposition.to_owned(),
        period_of_service_id: relationship.unwrap_or_default(),
        assignment_id: assignment.unwrap_or_default(),
        manager_person_number: person.manager.clone().unwrap_or_default(),
        all_current: all_current::all_current(world, person),
        codes: person.codes.clone(),
        errors: person.errors.clone(),
    }
}

fn assert_sums(world: &World, outcome: &Outcome) {
    let mut rows_in: BTreeMap<Kind, usize> = BTreeMap::new();
    for source in world.sources {
        *rows_in.entry(source.kind).or_default() += source.rows.len();
    }
    for (kind, b) in &outcome.balance {
        let sum = b.used + b.not_in_effect + b.superseded + b.set_aside + b.rejected + b.duplicates + b.quarantined;
        assert_eq!((b.rows_in, sum), (rows_in[kind], rows_in[kind]), "rows of {kind:?} are lost");
        assert_eq!(outcome.rejects[kind].len(), b.rejected, "rejects of {kind:?}");
    }
    let excluded: usize = outcome.excluded.values().sum();
    let sum = outcome.emitted + excluded + outcome.filtered + outcome.quarantined;
    assert_eq!(outcome.persons_in, sum, "persons are lost");
    assert!(outcome.persons.values().all(|p| !p.disposition.is_empty()), "a person has no disposition");
}
