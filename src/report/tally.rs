//! One pass over everybody, in parallel: what the report counts of people.

use std::collections::BTreeMap;
use std::hash::BuildHasher;

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap};
use schemars::JsonSchema;
use serde::Serialize;

use super::counted::{Distinct, add};
use super::findings::{address, point_at_losers, severity_of};
use crate::model::code::{Code, Subject, entry};
use crate::model::date::DateFormat;
use crate::model::finding::Findings;
use crate::model::kind::Kind;
use crate::model::worker::{Disposition, Rule};
use crate::people::People;
use crate::pipeline::Pipeline;
use crate::stages::map::{Scope, TableColumns};
use crate::stages::resolve::{Resolve, Resolved};

/// People by one value of one attribute.
#[derive(Clone, Copy, Debug, Default)]
pub struct Heads {
    pub present: u64,
    pub resolved: u64,
    pub emitted: u64,
    pub active: u64,
    pub quarantined: u64,
}

/// What is known of the managers of the users.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Managers {
    /// Users whose manager stands in the file, or in all of the files.
    pub with: u64,
    /// Users of whom no manager is named (`MGR030`).
    pub none: u64,
    /// Users whose manager is not in the extract (`MGR020`).
    pub unknown: u64,
    /// Users whose manager is known and no user (`MGR021`).
    pub not_a_user: u64,
    /// Users who are named as their own manager (`MGR022`).
    pub own: u64,
    /// Users in a reporting line that runs in a circle (`MGR023`).
    pub in_a_circle: u64,
    /// Users without an assignment, whose manager nobody can look up.
    pub without_assignment: u64,
    /// Users who manage somebody.
    pub managing: u64,
}

/// People by the values of one attribute.
pub type ByValue<'a> = FxHashMap<&'a str, Heads>;

/// What was counted in one pass.
#[derive(Debug, Default)]
pub struct Tally<'a> {
    pub states: BTreeMap<&'static str, u64>,
    pub rules: BTreeMap<Rule, u64>,
    /// Persons by their current work relationships, and how many of these are primary.
    pub relationships: BTreeMap<[u8; 2], u64>,
    pub managers: Managers,
    /// By the attributes that were asked for, in their order.
    pub heads: Vec<ByValue<'a>>,
    pub findings: Findings,
}

/// The most that the matrix of work relationships tells apart.
pub const MANY: u8 = 4;

/// Counts everybody, by these attributes as well.
pub fn count<'a>(pipeline: &Pipeline, people: &'a People, scope: &'a Scope, attributes: &[&str]) -> Tally<'a> {
    const CHUNK: usize = 1 << 14;
    let format = |kind| {
        let extract = pipeline.options.extract.of(kind);
        DateFormat::new(extract.and_then(|extract| extract.date_format.as_deref()))
    };
    let columns = TableColumns {
        workforce: &people.workforce,
        resolved: &people.resolved,
        scope,
        as_of: people.as_of.day,
        sides: &people.sides,
        dates: Kind::ALL.map(format),
    };
    let lookups: Vec<_> = attributes.iter().map(|name| columns.lookup(name)).collect();
    let chunks = people.resolved.par_chunks(CHUNK).enumerate().map(|(chunk, persons)| {
        let mut tally = Tally { heads: vec![FxHashMap::default(); attributes.len()], ..Tally::default() };
        for (offset, person) in persons.iter().enumerate().filter(|(_, person)| person.present) {
            let index = chunk * CHUNK + offset;
            tally.person(people, &pipeline.options.resolve, person, index);
            let heads = Heads::of(person);
            for (by, lookup) in tally.heads.iter_mut().zip(&lookups) {
                by.entry(lookup(index as u32).unwrap_or_default()).or_default().add(heads);
            }
        }
        tally
    });
    let whole = Tally { heads: vec![FxHashMap::default(); attributes.len()], ..Tally::default() };
    chunks.collect::<Vec<_>>().into_iter().fold(whole, Tally::merge)
}

/// Who manages a user.
pub fn managing(people: &People) -> Distinct {
    let users = people.resolved.iter().filter(|person| person.disposition.is_emitted());
    let mut managers: Vec<u32> = users.filter_map(|person| person.manager).collect();
    managers.sort_unstable();
    managers.dedup();
    let number = |manager: &u32| people.workforce.number(*manager as usize);
    Distinct::new(managers.iter().map(|manager| FxBuildHasher.hash_one(number(manager))).collect())
}

impl Heads {
    fn of(person: &Resolved) -> Heads {
        let is_quarantined = person.disposition == Disposition::Quarantined;
        let is_emitted = person.disposition.is_emitted();
        Heads {
            present: 1,
            resolved: u64::from(!is_quarantined),
            emitted: u64::from(is_emitted),
            active: u64::from(is_emitted && person.is_written_as_active()),
            quarantined: u64::from(is_quarantined),
        }
    }

    pub fn add(&mut self, other: Heads) {
        self.present += other.present;
        self.resolved += other.resolved;
        self.emitted += other.emitted;
        self.active += other.active;
        self.quarantined += other.quarantined;
    }
}

impl Managers {
    fn count(&mut self, person: &Resolved) {
        let has = |code| u64::from(person.codes.contains(code));
        self.with += u64::from(person.manager.is_some() && !person.codes.contains(Code::Mgr021));
        self.none += has(Code::Mgr030);
        self.unknown += has(Code::Mgr020);
        self.not_a_user += has(Code::Mgr021);
        self.own += has(Code::Mgr022);
        self.in_a_circle += has(Code::Mgr023);
        self.without_assignment += u64::from(person.assignment.is_none());
    }

    pub fn add(&mut self, other: &Managers) {
        self.with += other.with;
        self.none += other.none;
        self.unknown += other.unknown;
        self.not_a_user += other.not_a_user;
        self.own += other.own;
        self.in_a_circle += other.in_a_circle;
        self.without_assignment += other.without_assignment;
    }
}

impl<'a> Tally<'a> {
    fn person(&mut self, people: &People, options: &Resolve, person: &Resolved, index: usize) {
        *self.states.entry(person.state.map_or("", |state| state.text())).or_default() += 1;
        *self.rules.entry(person.rule).or_default() += 1;
        if let Some(current) = person.current {
            *self.relationships.entry(current.map(|count| count.min(MANY))).or_default() += 1;
        }
        if person.disposition.is_emitted() {
            self.managers.count(person);
        }
        for code in person.codes.iter().filter(|code| entry(*code).subject == Subject::Person) {
            let example = || address(&people.workforce, person, index);
            let severity = severity_of(code, person, people);
            self.findings.add(code, severity, example);
            point_at_losers(&mut self.findings, (code, severity), people, index, options);
        }
    }

    /// Joins what was counted further on in the order of persons.
    fn merge(mut self, later: Tally<'a>) -> Tally<'a> {
        add(&mut self.states, later.states);
        add(&mut self.rules, later.rules);
        add(&mut self.relationships, later.relationships);
        self.managers.add(&later.managers);
        for (own, later) in self.heads.iter_mut().zip(later.heads) {
            #[expect(clippy::iter_over_hash_type, reason = "sums do not depend on the order")]
            for (value, heads) in later {
                own.entry(value).or_default().add(heads);
            }
        }
        self.findings = self.findings.merge(later.findings);
        self
    }
}
