//! Section 10 over the emitted users: identifier, e-mail and user name are unique (rule 26).

use std::collections::{BTreeMap, BTreeSet};

use super::world::{Disposition, Person, Severity, World};

/// OUT001 to OUT003; returns the fatal code, if any. All three are judged over the same users.
pub fn section_10(world: &mut World) -> Option<&'static str> {
    let users: Vec<&Person> =
        world.persons.values().filter(|p| p.passed_section_8 && p.disposition != Some(Disposition::Excluded)).collect();
    // The identifier is the PersonNumber, and a person is resolved once.
    let numbers: BTreeSet<&String> = users.iter().map(|p| &p.number).collect();
    let fatal = (numbers.len() != users.len()).then_some("OUT001");
    let mut found: Vec<(String, &str)> = Vec::new();
    found.extend(sharers(&users, |p| p.email.as_ref()).into_iter().map(|n| (n, "OUT002")));
    found.extend(sharers(&users, |p| p.user_name.as_ref()).into_iter().map(|n| (n, "OUT003")));
    for (number, code) in found {
        world.raise(&number, code, Severity::E);
    }
    fatal
}

/// The holders of a shared value who must go: all, or the inactive ones where exactly one is active.
fn sharers(users: &[&Person], value: impl Fn(&Person) -> Option<&String>) -> Vec<String> {
    let mut holders: BTreeMap<String, Vec<&Person>> = BTreeMap::new();
    for user in users {
        if let Some(value) = value(user) {
            holders.entry(value.to_lowercase()).or_default().push(user);
        }
    }
    let mut out = Vec::new();
    for holders in holders.values().filter(|h| h.len() > 1) {
        let one_is_active = holders.iter().filter(|p| p.active).count() == 1;
        out.extend(holders.iter().filter(|p| !(one_is_active && p.active)).map(|p| p.number.clone()));
    }
    out
}
