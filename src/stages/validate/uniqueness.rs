//! E-mails and user names that several users share (rule 26).

use rustc_hash::FxHashMap;

use super::attributes::Places;
use crate::model::code::Code;
use crate::model::worker::Disposition;
use crate::stages::normalize::Workforce;
use crate::stages::resolve::Resolved;

/// Finds who shares a work e-mail (`OUT002`) or a user name (`OUT003`) with another emitted user, compared without case:
/// all holders, but where exactly one of them is active, only the others. Both are judged over the same users; they are
/// quarantined by the caller, once the rest of section 10 is known.
pub fn shared(workforce: &Workforce, resolved: &[Resolved]) -> Vec<(usize, Code)> {
    let places = Places::of(workforce);
    let mut found = shared_by(resolved, Code::Out002, |person| places.work_email(workforce, person));
    found.extend(shared_by(resolved, Code::Out003, |person| places.user_name(workforce, person)));
    found
}

fn shared_by<'a>(resolved: &[Resolved], code: Code, text: impl Fn(&Resolved) -> &'a str) -> Vec<(usize, Code)> {
    let emitted = resolved.iter().enumerate().filter(|(_, person)| person.disposition.is_emitted());
    let mut holders: FxHashMap<String, Vec<usize>> = FxHashMap::default();
    for (index, person) in emitted {
        let text = text(person);
        if !text.is_empty() {
            holders.entry(text.to_lowercase()).or_default().push(index);
        }
    }
    let mut found: Vec<usize> =
        holders.into_values().filter(|group| group.len() > 1).flat_map(|group| losers(resolved, group)).collect();
    found.sort_unstable();
    found.into_iter().map(|index| (index, code)).collect()
}

/// Where exactly one holder is active, the others; else all.
pub fn losers(resolved: &[Resolved], group: Vec<usize>) -> Vec<usize> {
    let active = group.iter().filter(|index| resolved[**index].active).count();
    group.into_iter().filter(|index| active != 1 || !resolved[*index].active).collect()
}

/// Quarantines a person for a finding of section 10.
pub fn quarantine(person: &mut Resolved, code: Code) {
    person.codes.insert(code);
    person.errors.insert(code);
    person.disposition = Disposition::Quarantined;
}
