//! The naive judge of resolution: `resolution.md` rules 1 to 27 by the letter, with nested loops and plain text.
//! Slow and obvious on purpose; it shares no line with the product, which the property tests hold against it.

mod all_current;
mod attributes;
mod balance;
mod cells;
mod chosen;
mod emission;
mod handmade;
mod input;
mod keys;
mod managers;
mod relationship;
mod rows;
mod taken;
mod unique;
mod world;

use std::collections::{BTreeMap, BTreeSet};

pub use input::{Emit, Kind, Mode, OnAmbiguous, Policy, Settings, Source, Status};

/// What resolution must say of one input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The diagnostic that stops the run; nothing else is to be compared then.
    pub fatal: Option<String>,
    pub persons: BTreeMap<String, Row>,
    /// Of each kind the rejected rows: physical line, and the E codes.
    pub rejects: BTreeMap<Kind, Vec<(usize, BTreeSet<String>)>>,
    pub balance: BTreeMap<Kind, Balance>,
    pub persons_in: usize,
    pub emitted: usize,
    pub excluded: BTreeMap<String, usize>,
    pub filtered: usize,
    pub quarantined: usize,
}

/// One line of `resolution.csv`; blank text where nothing was decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    pub worker_state: String,
    pub active: bool,
    pub disposition: String,
    pub period_of_service_id: String,
    pub assignment_id: String,
    pub manager_person_number: String,
    /// Rule 20: the PeriodOfServiceId and the AssignmentId of each current work relationship.
    pub all_current: Vec<(String, String)>,
    /// I, W and E, of the person and of its rows.
    pub codes: BTreeSet<String>,
    /// Those raised as E.
    pub errors: BTreeSet<String>,
}

/// Rule 27 for one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    pub rows_in: usize,
    pub used: usize,
    pub not_in_effect: usize,
    pub superseded: usize,
    pub set_aside: usize,
    pub rejected: usize,
    pub duplicates: usize,
    pub quarantined: usize,
}

/// Judges one input: the sections of `resolution.md` in their order.
pub fn judge(sources: &[Source], settings: &Settings) -> Outcome {
    if let Some(code) = stopped_before_reading(settings) {
        return Outcome { fatal: Some(code.into()), ..Outcome::default() };
    }
    let records = rows::read(sources, settings);
    let mut world = world::World::new(sources, settings, records);
    if world.has_no_primary_flag() && !settings.assume_single {
        return Outcome { fatal: Some("SRC020".into()), ..Outcome::default() };
    }
    keys::section_2(&mut world);
    let numbers: Vec<String> = world.persons.keys().cloned().collect();
    for number in &numbers {
        let mut person = world.persons.remove(number).expect("the number was just listed");
        resolve(&world, &mut person);
        world.persons.insert(number.clone(), person);
    }
    managers::section_9(&mut world);
    let fatal = unique::section_10(&mut world);
    managers::when_the_emitted_are_final(&mut world);
    balance::outcome(&world, fatal)
}

/// Rule 2: a snapshot is of its own day.
fn stopped_before_reading(settings: &Settings) -> Option<&'static str> {
    let other_day = settings.known_effective_date.is_some_and(|known| known != settings.as_of);
    (settings.mode == Mode::Snapshot && other_day).then_some("ASOF001")
}

/// Sections 3 to 8 for one person; whom a section quarantines is not carried into the next.
fn resolve(world: &world::World, person: &mut world::Person) {
    let sections: [fn(&world::World, &mut world::Person); 6] = [
        taken::section_3,
        relationship::section_4,
        relationship::section_5,
        chosen::section_6,
        emission::section_7,
        attributes::section_8,
    ];
    if !person.quarantined {
        world.gather(person);
    }
    for section in sections {
        if person.quarantined {
            return;
        }
        section(world, person);
    }
}
