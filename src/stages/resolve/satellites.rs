//! Which row of a satellite extract is a person's on D: phone, address, national identifier (rule 23), and the order of a
//! manager's entries (rule 24). Names and e-mails share rules 21 and 22 with the person rows, in [`super::names`].

use std::cmp::Reverse;

use jiff::civil::Date;

use super::considered::{self, Considered};
use super::judgement::Judgement;
use crate::model::kind::Kind;
use crate::model::layout::manager;
use crate::model::layout::satellite::{LEGISLATION_CODE, TYPE, VALUE};
use crate::stages::normalize::{Case, SatelliteRow, Workforce};

/// The type of a line manager; a blank one means the same.
pub const LINE_MANAGER: &str = "LINE_MANAGER";

/// The keys of a manager row, in the order in which they are looked up.
pub const MANAGER_KEYS: [usize; 4] = [
    manager::MANAGER_ASSIGNMENT_ID,
    manager::MANAGER_ASSIGNMENT_NUMBER,
    manager::MANAGER_PERSON_NUMBER,
    manager::MANAGER_ID,
];

/// Where the pipeline asks for a home number, after all the others.
const WORK_PHONES: [&[&str]; 2] = [&["W1", ""], &["WM"]];
const HOME_PHONES: [&[&str]; 2] = [&["H1"], &["HM"]];

/// Whether this is the type of a private number.
pub fn is_home(phone_type: &str) -> bool {
    HOME_PHONES.concat().contains(&phone_type)
}

/// Rule 23: the same with W1, then WM; a home number only where the pipeline asks for it, and last.
pub fn phone(case: &Case<'_>, day: Date, with_home: bool, judgement: &mut Judgement) -> Option<u32> {
    let home: &[&[&str]] = if with_home { &HOME_PHONES } else { &[] };
    let taken = WORK_PHONES.iter().chain(home).find_map(|types| best(&of_types(case, Kind::Phone, day, types)));
    if judgement.is_explained() && case.configured(Kind::Phone).is_some() {
        say_phones(case, taken, day, judgement);
    }
    taken
}

fn say_phones(case: &Case<'_>, taken: Option<u32>, day: Date, judgement: &mut Judgement) {
    let order = [WORK_PHONES, HOME_PHONES].concat();
    let considered = case.of(Kind::Phone).iter().map(|row| {
        let type_text = row.cells.get(TYPE);
        let rank = order.iter().position(|types| types.contains(&type_text));
        let unfit = match rank {
            _ if row.cells.get(VALUE).is_empty() => Some("it has no number"),
            None => Some("its type is neither W1 nor WM"),
            Some(rank) if rank >= WORK_PHONES.len() && taken.is_none() => Some("a home number is not asked for"),
            Some(_) => None,
        };
        let preference = (rank.unwrap_or(order.len()), "");
        let (row_of, is_flagged) = ((Kind::Phone, row.position), !is_unflagged(row));
        Considered { row: row_of, type_text, preference, is_flagged, effective: row.facts.effective, unfit }
    });
    considered::say(23, "phone", &considered.collect::<Vec<_>>(), taken, day, judgement);
}

/// The address in effect on D: no rule says which of several, so that of rule 22 holds.
pub fn address(case: &Case<'_>, day: Date) -> Option<u32> {
    best(&in_effect(case, Kind::Address, day).collect::<Vec<_>>())
}

/// The national identifier in effect on D: the flagged one, and none where the person's bear flags and none says yes. Where
/// they bear no flag at all, that of the work relationship's legislation, then as in rule 22.
pub fn national_identifier(case: &Case<'_>, legislation: &str, day: Date) -> Option<u32> {
    let rows = || in_effect(case, Kind::NationalIdentifier, day).filter(|row| !row.cells.get(VALUE).is_empty());
    let foreign = |row: &SatelliteRow<'_>| legislation.is_empty() || row.cells.get(LEGISLATION_CODE) != legislation;
    let bear_flags = rows().any(|row| row.facts.primary.is_some());
    let rows = rows().filter(|row| !bear_flags || !is_unflagged(row));
    rows.min_by(|a, b| (foreign(a), order(a)).cmp(&(foreign(b), order(b)))).map(|row| row.position)
}

/// All the rows of a satellite in effect on D, for a target that takes several: in the order of rule 22. `None` where the
/// pipeline has no such extract.
pub fn in_order(workforce: &Workforce, kind: Kind, person: usize, day: Date) -> Option<Vec<u32>> {
    let mut rows = workforce.satellites_of(kind, person)?;
    rows.retain(|row| row.facts.effective.contains(day));
    rows.sort_by(|a, b| (is_unflagged(a), order(a)).cmp(&(is_unflagged(b), order(b))));
    Some(rows.into_iter().map(|row| row.position).collect())
}

/// Rule 24: the line managers of an assignment in effect on D, the first to be taken first.
pub fn managers<'c, 'a>(rows: &'c [SatelliteRow<'a>], assignment_id: &str, day: Date) -> Vec<&'c SatelliteRow<'a>> {
    let keys = |row: &SatelliteRow<'a>| MANAGER_KEYS.map(|key| row.cells.get(key));
    let mut rows: Vec<&SatelliteRow<'a>> = rows
        .iter()
        .filter(|row| row.facts.effective.contains(day))
        .filter(|row| row.cells.get(manager::ASSIGNMENT_ID) == assignment_id)
        .filter(|row| matches!(row.cells.get(manager::MANAGER_TYPE), "" | LINE_MANAGER))
        .filter(|row| keys(row).iter().any(|key| !key.is_empty()))
        .collect();
    rows.sort_by(|a, b| {
        let rank =
            |row: &SatelliteRow<'a>| (is_unflagged(row), Reverse(row.facts.effective.start), keys(row), row.cells);
        rank(a).cmp(&rank(b))
    });
    rows
}

/// For an explanation: how the manager rows of a person fared.
pub fn say_managers(
    rows: &[SatelliteRow<'_>],
    assignment_id: &str,
    taken: Option<&SatelliteRow<'_>>,
    day: Date,
    judgement: &mut Judgement,
) {
    if !judgement.is_explained() {
        return;
    }
    let considered = rows.iter().map(|row| {
        let type_text = row.cells.get(manager::MANAGER_TYPE);
        let unfit = if row.cells.get(manager::ASSIGNMENT_ID) != assignment_id {
            Some("it is of another assignment")
        } else if !matches!(type_text, "" | LINE_MANAGER) {
            Some("its type is not LINE_MANAGER")
        } else if MANAGER_KEYS.iter().all(|key| row.cells.get(*key).is_empty()) {
            Some("it has no key")
        } else {
            None
        };
        let (row_of, is_flagged) = ((Kind::Manager, row.position), !is_unflagged(row));
        Considered { row: row_of, type_text, preference: (0, ""), is_flagged, effective: row.facts.effective, unfit }
    });
    let taken = taken.map(|row| row.position);
    considered::say(24, "manager", &considered.collect::<Vec<_>>(), taken, day, judgement);
}

fn in_effect<'c, 'a>(case: &'c Case<'a>, kind: Kind, day: Date) -> impl Iterator<Item = &'c SatelliteRow<'a>> {
    case.of(kind).iter().filter(move |row| row.facts.effective.contains(day))
}

/// The rows in effect on D of some types that have a value.
fn of_types<'c, 'a>(case: &'c Case<'a>, kind: Kind, day: Date, types: &[&str]) -> Vec<&'c SatelliteRow<'a>> {
    let is_of = |row: &&SatelliteRow<'a>| types.contains(&row.cells.get(TYPE)) && !row.cells.get(VALUE).is_empty();
    in_effect(case, kind, day).filter(is_of).collect()
}

fn is_unflagged(row: &SatelliteRow<'_>) -> bool {
    row.facts.primary != Some(true)
}

/// The latest start, then byte order of the value, then of all cells.
fn order<'a>(row: &SatelliteRow<'a>) -> impl Ord + use<'a> {
    (Reverse(row.facts.effective.start), row.cells.get(VALUE), row.cells)
}

fn best(rows: &[&SatelliteRow<'_>]) -> Option<u32> {
    rows.iter().min_by(|a, b| (is_unflagged(a), order(a)).cmp(&(is_unflagged(b), order(b)))).map(|row| row.position)
}
