//! People by worker type, legal employer, business unit, country, location or whatever the pipeline asks for, held
//! against the totals that HR gives.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::expected::Expected;
use super::tally::Heads;

/// People by one value of one attribute. A number that `--mask full` suppresses is null.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Headcount {
    pub attribute: String,
    /// Blank for those who have none, or of whom it could not be decided.
    pub value: String,
    pub in_extract: Option<u64>,
    pub resolved: Option<u64>,
    pub emitted: Option<u64>,
    /// Of the emitted, those who are active.
    pub active: Option<u64>,
    pub quarantined: Option<u64>,
    /// What HR counts, where it was given.
    pub expected: Option<u64>,
    /// Active users less those expected.
    pub difference: Option<i64>,
}

/// The lines of each attribute, the largest first; a value that HR expects and nobody has is among them.
pub fn lines(attributes: &[&str], counted: &[BTreeMap<String, Heads>], expected: Option<&Expected>) -> Vec<Headcount> {
    let mut all = Vec::new();
    for (attribute, heads) in attributes.iter().zip(counted) {
        let mut values: BTreeMap<&str, Heads> = heads.iter().map(|(value, heads)| (value.as_str(), *heads)).collect();
        let given: BTreeMap<&str, u64> = expected.map(|expected| expected.of(attribute)).unwrap_or_default();
        given.keys().for_each(|value| {
            values.entry(value).or_default();
        });
        let mut lines: Vec<Headcount> =
            values.into_iter().map(|(value, heads)| line(attribute, value, heads, given.get(value).copied())).collect();
        lines.sort_by(|a, b| b.in_extract.cmp(&a.in_extract).then_with(|| a.value.cmp(&b.value)));
        all.extend(lines);
    }
    all
}

fn line(attribute: &str, value: &str, heads: Heads, expected: Option<u64>) -> Headcount {
    Headcount {
        attribute: attribute.to_owned(),
        value: value.to_owned(),
        in_extract: Some(heads.present),
        resolved: Some(heads.resolved),
        emitted: Some(heads.emitted),
        active: Some(heads.active),
        quarantined: Some(heads.quarantined),
        expected,
        difference: expected.map(|expected| heads.active as i64 - expected as i64),
    }
}

/// How many of the totals that HR gives are met, and how many were given.
pub fn reconciled(lines: &[Headcount]) -> Option<[u64; 2]> {
    let given = lines.iter().filter(|line| line.expected.is_some()).count() as u64;
    let met = lines.iter().filter(|line| line.difference == Some(0)).count() as u64;
    (given > 0).then_some([met, given])
}
