//! Nothing is lost (rule 27): every row of every file and every person stands in exactly one bucket, and the sums are
//! compared with what was read.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::finding::{Balance, Balances};
use crate::model::kind::Kind;
use crate::model::row::{Fate, NOBODY};
use crate::model::worker::Disposition;
use crate::stages::normalize::Workforce;
use crate::stages::resolve::Resolved;

/// The persons of a run by what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Persons {
    #[serde(rename = "in")]
    pub present: u64,
    pub emitted: u64,
    /// Of the emitted: those who are written as active.
    pub active: u64,
    /// By state.
    pub excluded: BTreeMap<String, u64>,
    pub filtered: u64,
    pub quarantined: u64,
}

impl Persons {
    /// Counts everybody once.
    pub fn count(resolved: &[Resolved]) -> Persons {
        let mut persons = Persons::default();
        for person in resolved.iter().filter(|person| person.present) {
            persons.present += 1;
            match person.disposition {
                Disposition::Emitted | Disposition::EmittedInactive => {
                    persons.emitted += 1;
                    persons.active += u64::from(person.is_written_as_active());
                }
                Disposition::Excluded => {
                    let state = person.state.map_or("", |state| state.text());
                    *persons.excluded.entry(state.to_owned()).or_default() += 1;
                }
                Disposition::Filtered => persons.filtered += 1,
                Disposition::Quarantined => persons.quarantined += 1,
            }
        }
        persons
    }

    /// Adds the persons of a later part.
    pub fn add(&mut self, later: Persons) {
        self.present += later.present;
        self.emitted += later.emitted;
        self.active += later.active;
        for (state, count) in later.excluded {
            *self.excluded.entry(state).or_default() += count;
        }
        self.filtered += later.filtered;
        self.quarantined += later.quarantined;
    }

    pub fn is_even(&self) -> bool {
        self.present == self.emitted + self.excluded.values().sum::<u64>() + self.filtered + self.quarantined
    }
}

/// Counts every row of every kind once. What was read is counted at the files, what became of it at the persons: the
/// two meet only here. Of a workforce that is about some persons, only what became of their rows is counted.
pub fn of_rows(workforce: &Workforce, resolved: &[Resolved], day: Date) -> Balances {
    let mut balances = Balances::default();
    for kind in Kind::ALL {
        let rows = &workforce.table(kind).rows;
        let balance = &mut balances[kind as usize];
        balance.records = rows.files.iter().map(|file| file.records).sum();
        balance.rejected += rows.misshapen.len() as u64;
        for row in rows.rows.iter().filter(|row| workforce.is_own(row)) {
            match row.fate {
                Fate::Rejected => balance.rejected += 1,
                Fate::Duplicate => balance.duplicates += 1,
                Fate::SetAside(_) => balance.set_aside += 1,
                Fate::Admitted => {
                    let is_quarantined = |person: &Resolved| person.disposition == Disposition::Quarantined;
                    let person = resolved.get(row.person as usize).filter(|_| row.person != NOBODY);
                    balance.quarantined += u64::from(person.is_some_and(is_quarantined));
                }
            }
        }
        if kind.satellite().is_some() {
            count_satellite(balance, kind, workforce, resolved, day);
        }
    }
    for person in resolved.iter().filter(|person| person.present && person.disposition != Disposition::Quarantined) {
        // The tally has the core kinds alone, which come first.
        for (kind, balance) in balances.iter_mut().enumerate().take(person.tally.used.len()) {
            add(balance, person, kind);
        }
    }
    balances
}

/// The admitted rows of a satellite whose persons are not quarantined: used is the one that a rule took. A manager of an
/// assignment that is in no file is nobody's, and is not taken.
fn count_satellite(balance: &mut Balance, kind: Kind, workforce: &Workforce, resolved: &[Resolved], day: Date) {
    let rows = workforce.table(kind).rows.rows.iter().enumerate();
    let admitted = rows.filter(|(_, row)| row.fate == Fate::Admitted && workforce.is_own(row));
    for (position, row) in admitted {
        let person = resolved.get(row.person as usize);
        if person.is_some_and(|person| person.disposition == Disposition::Quarantined) {
            continue;
        }
        let taken = person.and_then(|person| person.row(kind));
        let bucket = if taken == Some(position as u32) {
            &mut balance.used
        } else if row.facts.effective.contains(day) {
            &mut balance.superseded
        } else {
            &mut balance.not_in_effect
        };
        *bucket += 1;
    }
}

fn add(balance: &mut Balance, person: &Resolved, kind: usize) {
    balance.used += u64::from(person.tally.used[kind]);
    balance.superseded += u64::from(person.tally.superseded[kind]);
    balance.not_in_effect += u64::from(person.tally.not_in_effect[kind]);
}
