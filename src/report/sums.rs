//! The control totals: from files to rows to persons to users, each drop named, and the balance of rule 27.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::finding::{Balance, Balances};
use crate::people::Source;
use crate::stages::validate::balance::Persons;

/// One step from files to users.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Step {
    pub step: &'static str,
    pub count: u64,
    /// Why this is less than the step before, where both count the same.
    pub drops: Vec<Lost>,
}

/// What went no further, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Lost {
    pub reason: String,
    pub count: u64,
}

/// The sums of rule 27.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BalanceSheet {
    pub ok: bool,
    pub files: BTreeMap<&'static str, BTreeMap<String, u64>>,
    pub persons: Persons,
}

fn drop_of(reason: impl Into<String>, count: u64) -> Option<Lost> {
    (count > 0).then(|| Lost { reason: reason.into(), count })
}

/// From files to users; to persons, where nobody was resolved.
pub fn funnel(
    source: &Source,
    balances: &[(&'static str, Balance)],
    persons: &Persons,
    is_resolved: bool,
) -> Vec<Step> {
    let sum = |of: fn(&Balance) -> u64| balances.iter().map(|(_, balance)| of(balance)).sum::<u64>();
    let rows = sum(|balance| balance.records);
    let lost = [
        drop_of("rejected", sum(|balance| balance.rejected)),
        drop_of("duplicate", sum(|balance| balance.duplicates)),
        drop_of("set aside", sum(|balance| balance.set_aside)),
    ];
    let taking_part = rows - lost.iter().flatten().map(|lost| lost.count).sum::<u64>();
    let step =
        |step, count, drops: Vec<Option<Lost>>| Step { step, count, drops: drops.into_iter().flatten().collect() };
    let mut steps = vec![
        step("files", source.files.len() as u64, Vec::new()),
        step("rows", rows, Vec::new()),
        step("rows that take part", taking_part, lost.into()),
        step("persons", persons.present, Vec::new()),
    ];
    if !is_resolved {
        return steps;
    }
    let resolved = persons.present - persons.quarantined;
    let excluded: Vec<Option<Lost>> =
        persons.excluded.iter().map(|(state, count)| drop_of(format!("excluded: {state}"), *count)).collect();
    let selected = resolved - persons.excluded.values().sum::<u64>();
    steps.push(step("resolved", resolved, vec![drop_of("quarantined", persons.quarantined)]));
    steps.push(step("of an emitted state", selected, excluded));
    steps.push(step("users", persons.emitted, vec![drop_of("filtered out by [select]", persons.filtered)]));
    steps
}

/// The sums of every configured kind and of every side extract, and of the persons.
pub fn balance(balances: &[(&'static str, Balance)], persons: &Persons, is_resolved: bool) -> BalanceSheet {
    BalanceSheet {
        ok: balances.iter().all(|(_, balance)| balance.is_even()) && (!is_resolved || persons.is_even()),
        files: balances.iter().map(|(name, balance)| (*name, balance.buckets())).collect(),
        persons: persons.clone(),
    }
}

/// The sums of rows whose people are not resolved: what takes part counts as used.
pub fn of_rows_alone(mut balances: Balances) -> Balances {
    for balance in &mut balances {
        let rest = balance.rejected + balance.duplicates + balance.set_aside;
        *balance =
            Balance { used: balance.records - rest, quarantined: 0, not_in_effect: 0, superseded: 0, ..*balance };
    }
    balances
}
