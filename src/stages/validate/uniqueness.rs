//! E-mails and user names that several users share (rule 26).

use std::borrow::Cow;

use rayon::prelude::*;

use super::attributes::Places;
use crate::model::buckets::{Buckets, Hashes, hash, perhaps_shared};
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

fn shared_by<'a>(resolved: &[Resolved], code: Code, text: impl Fn(&Resolved) -> &'a str + Sync) -> Vec<(usize, Code)> {
    let is_holder = |person: &Resolved| person.disposition.is_emitted() && !text(person).is_empty();
    let holders = resolved.par_iter().enumerate().filter(|(_, person)| is_holder(person));
    let groups = same_text(holders.map(|(index, _)| index as u32), |index| folded(text(&resolved[index as usize])));
    let groups = groups.into_iter().map(|group| group.into_iter().map(|index| index as usize).collect());
    let mut found: Vec<usize> = groups.flat_map(|group| losers(resolved, group)).collect();
    found.sort_unstable();
    found.into_iter().map(|index| (index, code)).collect()
}

/// Of these numbers those that share a text with another: a group for each such text, numbers ascending, groups by their
/// first.
pub fn same_text<'a>(
    numbers: impl ParallelIterator<Item = u32>,
    text_of: impl Fn(u32) -> Cow<'a, str> + Sync,
) -> Vec<Vec<u32>> {
    let hashes = numbers.fold(Hashes::new, |mut hashes, number| {
        hashes.push((hash(&text_of(number)), number));
        hashes
    });
    let hashes: Vec<Hashes> = hashes.collect();
    let same_hash = Buckets::new(&[&perhaps_shared(&hashes.iter().collect::<Vec<_>>())]);
    let groups = same_hash.shared().flat_map_iter(|numbers| {
        let mut numbers: Vec<(Cow<'a, str>, u32)> =
            numbers.into_iter().map(|number| (text_of(number), number)).collect();
        numbers.sort_unstable();
        let groups = numbers.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1);
        groups.map(|group| group.iter().map(|(_, number)| *number).collect()).collect::<Vec<Vec<u32>>>()
    });
    let mut groups: Vec<Vec<u32>> = groups.collect();
    groups.sort_unstable();
    groups
}

/// A text without regard to case.
pub fn folded(text: &str) -> Cow<'_, str> {
    let is_folded = text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_folded { Cow::Borrowed(text) } else { Cow::Owned(text.to_lowercase()) }
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
