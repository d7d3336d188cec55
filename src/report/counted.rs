//! What the report counts of people. It is all that is left of them once they are written: where they come range by range,
//! the counts of a range are added to those of the ranges before it.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::findings::{self, Pointed};
use super::tally::{self, Heads, Managers, Tally};
use super::{Expected, fields};
use crate::model::kind::Kind;
use crate::model::worker::Rule;
use crate::people::{Checked, People};
use crate::pipeline::{Pipeline, scope};
use crate::stages::map::Joined;

/// Counts of people, by what the report tells apart.
#[derive(Debug, Default)]
pub struct Counted {
    /// PersonNumbers with a row that takes part.
    pub(super) present: u64,
    /// Whether anybody was resolved.
    pub(super) is_resolved: bool,
    pub(super) states: BTreeMap<&'static str, u64>,
    pub(super) rules: BTreeMap<Rule, u64>,
    pub(super) relationships: BTreeMap<[u8; 2], u64>,
    pub(super) managers: Managers,
    managing: Distinct,
    /// By the attributes of [`attributes`], then by value.
    pub(super) heads: Vec<BTreeMap<String, Heads>>,
    pub(super) found: Pointed,
    /// The assignment files of `ROW023`, in their order.
    pub(super) untyped: BTreeMap<u32, String>,
    pub(super) checks: Vec<Checked>,
    pub(super) fields: Vec<fields::Count>,
    pub(super) joined: Vec<Joined>,
}

impl Counted {
    /// Counts people. `expected` are the totals that HR gives: people are counted by whatever these tell apart.
    pub fn of(pipeline: &Pipeline, people: &People, expected: Option<&Expected>) -> Counted {
        let is_resolved = pipeline.is_resolved();
        let attributes = if is_resolved { attributes(pipeline, expected) } else { Vec::new() };
        let scope = scope(&pipeline.options.extract);
        let Tally { states, rules, relationships, managers, heads, mut findings } =
            tally::count(pipeline, people, &scope, &attributes);
        if !is_resolved {
            findings = findings::of_notes(&people.workforce);
        }
        let files = &people.workforce.table(Kind::Assignment).rows.files;
        let notes = people.workforce.own.clone().map(|person| &people.workforce.notes[person]);
        Counted {
            present: notes.filter(|notes| notes.present).count() as u64,
            is_resolved: !people.resolved.is_empty(),
            states,
            rules,
            relationships,
            managing: tally::managing(people),
            heads: heads.into_iter().map(owned).collect(),
            found: findings::of_people(pipeline, people, findings),
            untyped: people.workforce.untyped.iter().map(|file| (*file, files[*file as usize].name.clone())).collect(),
            checks: people.checks.clone(),
            fields: fields::count(people),
            joined: people.joined.clone(),
            managers,
        }
    }

    /// Adds those who come next in the order of PersonNumbers.
    pub fn add(&mut self, later: Counted) {
        self.present += later.present;
        self.is_resolved |= later.is_resolved;
        add(&mut self.states, later.states);
        add(&mut self.rules, later.rules);
        add(&mut self.relationships, later.relationships);
        self.managers.add(&later.managers);
        self.managing.merge(later.managing);
        self.heads.resize_with(later.heads.len(), BTreeMap::new);
        for (own, later) in self.heads.iter_mut().zip(later.heads) {
            later.into_iter().for_each(|(value, heads)| own.entry(value).or_default().add(heads));
        }
        self.found.add(later.found);
        self.untyped.extend(later.untyped);
        merge(&mut self.checks, later.checks, Checked::add);
        merge(&mut self.fields, later.fields, fields::Count::add);
        merge(&mut self.joined, later.joined, Joined::add);
    }

    /// What is known of the managers of the users.
    pub(super) fn managers(&self) -> Managers {
        Managers { managing: self.managing.count(), ..self.managers.clone() }
    }
}

fn owned(heads: tally::ByValue<'_>) -> BTreeMap<String, Heads> {
    heads.into_iter().map(|(value, heads)| (value.to_owned(), heads)).collect()
}

/// The attributes by which people are counted: those of the pipeline, then whatever else HR's totals tell apart.
pub(super) fn attributes<'a>(pipeline: &'a Pipeline, expected: Option<&'a Expected>) -> Vec<&'a str> {
    let mut attributes = pipeline.options.report.headcount();
    let given = expected.iter().flat_map(|expected| expected.attributes());
    given.for_each(|name| {
        if !attributes.contains(&name) {
            attributes.push(name);
        }
    });
    attributes
}

/// Adds counts by key.
pub(super) fn add<K: Ord>(into: &mut BTreeMap<K, u64>, from: BTreeMap<K, u64>) {
    from.into_iter().for_each(|(key, count)| *into.entry(key).or_default() += count);
}

/// The same things counted in two parts; the first part makes the list.
fn merge<T>(into: &mut Vec<T>, from: Vec<T>, add: fn(&mut T, T)) {
    if into.is_empty() {
        *into = from;
    } else {
        into.iter_mut().zip(from).for_each(|(own, later)| add(own, later));
    }
}

/// How many different texts there are, by their hashes, each once: few enough to keep, where the texts are not.
#[derive(Clone, Debug, Default)]
pub(super) struct Distinct(Vec<u64>);

impl Distinct {
    /// Of these hashes. Most columns repeat a few values, which a set sees sooner than sorting does; not so of many.
    pub fn new(mut hashes: Vec<u64>) -> Distinct {
        const FEW: usize = 1 << 12;
        let mut seen = FxHashSet::default();
        hashes.retain(|hash| seen.len() >= FEW || seen.insert(*hash));
        if seen.len() >= FEW {
            hashes.sort_unstable();
            hashes.dedup();
        }
        Distinct(hashes)
    }

    /// Adds those of a later part.
    pub fn merge(&mut self, other: Distinct) {
        if self.0.is_empty() {
            *self = other;
        } else {
            self.0.extend(other.0);
            self.0.sort_unstable();
            self.0.dedup();
        }
    }

    pub fn count(&self) -> u64 {
        self.0.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_two_parts_is_counted_once() {
        let mut all = Distinct::new(vec![3, 1, 3]);
        all.merge(Distinct::new(vec![2, 3]));
        all.merge(Distinct::default());
        assert_eq!(all.count(), 3);
    }
}
