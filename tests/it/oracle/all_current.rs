//! Rule 20: all current work relationships of a person, ordered, each with its own primary assignment by rule 17.

use std::cmp::Reverse;

use super::chosen;
use super::relationship::WorkRelationship;
use super::world::{Person, State, World};

/// The ids of each; of a person who is quarantined, none.
pub fn all_current(world: &World, person: &Person) -> Vec<(String, String)> {
    if person.quarantined {
        return Vec::new();
    }
    let assignment_of = |person: &Person| {
        person.chosen.as_ref().map_or(String::new(), |chosen| person.assignments[chosen.assignment].id.clone())
    };
    if world.handmade {
        let is_employed = matches!(person.state, Some(State::Current | State::Pending));
        return if is_employed { vec![(String::new(), assignment_of(person))] } else { Vec::new() };
    }
    let chosen = person.relationship.map(|w| person.relationships[w].id.clone());
    let mut left: Vec<WorkRelationship> =
        person.relationships.iter().filter(|w| w.state == State::Current).cloned().collect();
    let mut all = Vec::new();
    // One after the other: the primary one, then the earliest start, then the smallest id.
    while let Some(next) = (0..left.len()).max_by_key(|place| {
        let w = &left[*place];
        (Some(&w.id) == chosen.as_ref(), Reverse(w.start), Reverse(super::cells::id_rank(&w.id)))
    }) {
        let w = left.remove(next);
        let mut alone = Person { relationship: None, chosen: None, ..person.clone() };
        alone.state = Some(State::Current);
        chosen::of_one(world, &mut alone, &w);
        all.push((w.id.clone(), assignment_of(&alone)));
    }
    all
}
