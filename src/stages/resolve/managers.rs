//! Managers: from the entries on the chosen assignment row to a person (rules 24 and 25).

use jiff::civil::Date;
use rayon::prelude::*;

use super::judgement::Judgement;
use super::person::Resolved;
use super::satellites::{self, LINE_MANAGER};
use crate::model::cells::Cells;
use crate::model::code::Code;
use crate::model::kind::Kind;
use crate::model::layout::assignment;
use crate::model::row::Fate;
use crate::stages::normalize::{AT_ONCE, Index, Workforce};

/// The keys of a manager entry on an assignment row, in the order in which they are looked up.
const KEYS: [usize; 4] = [
    assignment::MANAGER_ASSIGNMENT_ID,
    assignment::MANAGER_ASSIGNMENT_NUMBER,
    assignment::MANAGER_PERSON_NUMBER,
    assignment::MANAGER_ID,
];

/// Their names, in the same order.
const KEY_NAMES: [&str; 4] = ["ManagerAssignmentId", "ManagerAssignmentNumber", "ManagerPersonNumber", "ManagerId"];

/// A manager entry: the values of the four keys, in this order.
type Entry<'a> = [&'a str; 4];

/// Where the keys lead: among all assignments that take part, chosen or not, ended or not; a person without any is nobody
/// here, whichever key names it.
pub struct Directory<'a> {
    workforce: &'a Workforce,
    /// Nothing where no entry can name a number.
    assignment_numbers: Index,
}

impl<'a> Directory<'a> {
    pub fn new(workforce: &'a Workforce) -> Directory<'a> {
        let named =
            [Kind::Assignment, Kind::Manager].iter().any(|kind| workforce.table(*kind).has("ManagerAssignmentNumber"));
        let build = || Index::of_persons(workforce, Kind::Assignment, assignment::ASSIGNMENT_NUMBER);
        Directory { workforce, assignment_numbers: if named { build() } else { Index::default() } }
    }

    /// The one person whom a key names, the first of the four being 0. A key that names several persons names nobody.
    fn find(&self, key: usize, value: &str) -> Option<u32> {
        let known = &self.workforce.indexes;
        match key {
            0 => self.only(known.assignments.holders(self.workforce, value)),
            1 => self.only(self.assignment_numbers.holders(self.workforce, value)),
            3 => self.only(known.person_ids.holders(self.workforce, value)),
            _ => self.only(self.workforce.find(value).map(|person| person as u32).into_iter()),
        }
    }

    /// The only one of the holders of a key who has an assignment.
    fn only(&self, holders: impl Iterator<Item = u32>) -> Option<u32> {
        let mut holders = holders.filter(|person| self.workforce.notes[*person as usize].has_assignment);
        let first = holders.next()?;
        holders.all(|other| other == first).then_some(first)
    }
}

/// Rule 24 for every person with a chosen assignment who is not quarantined, and the first half of rule 25. Where managers
/// are an extract of their own, its rows of that assignment in effect on D are the entries; else the assignment rows.
pub fn find(directory: &Directory<'_>, resolved: &mut [Resolved], day: Date) {
    resolved.par_iter_mut().enumerate().with_max_len(AT_ONCE).for_each(|(person, resolved)| {
        find_one(directory, person, resolved, day, &mut Judgement::default());
    });
}

/// The same for one person, who `resolved` is up to section 8, with every step: who is named, shown or not.
pub fn explain(
    workforce: &Workforce,
    person: usize,
    mut resolved: Resolved,
    day: Date,
    judgement: &mut Judgement,
) -> Option<u32> {
    resolved.manager = None;
    if resolved.assignment.is_none() || !resolved.errors.is_empty() {
        let why = if resolved.errors.is_empty() { "no assignment was chosen" } else { "the person is quarantined" };
        judgement.say(24, || format!("no manager is looked for: {why}"));
        return None;
    }
    find_one(&Directory::new(workforce), person, &mut resolved, day, judgement);
    resolved.manager
}

fn find_one(directory: &Directory<'_>, person: usize, resolved: &mut Resolved, day: Date, judgement: &mut Judgement) {
    let workforce = directory.workforce;
    let Some(position) = resolved.assignment.filter(|_| resolved.errors.is_empty()) else { return };
    let rows = workforce.satellites_of(Kind::Manager, person);
    let entries: Vec<Entry<'_>> = match &rows {
        Some(rows) => {
            let id = workforce.assignment_id(Some(position));
            let taken = satellites::managers(rows, id, day);
            satellites::say_managers(rows, id, taken.first().copied(), day, judgement);
            taken.into_iter().map(|row| satellites::MANAGER_KEYS.map(|key| row.cells.get(key))).collect()
        }
        None => entries(workforce, person, position),
    };
    let Some(entry) = entries.first() else {
        resolved.codes.insert(Code::Mgr030);
        judgement.say(24, || "the chosen assignment names no line manager".to_owned());
        return;
    };
    if entries.len() > 1 {
        resolved.codes.insert(Code::Mgr010);
        let count = entries.len();
        judgement
            .say(24, || format!("of {count} line managers the first counts: flag, start, then byte order of the keys"));
    }
    let mut named: Vec<u32> = Vec::new();
    for (key, value) in entry.iter().enumerate().filter(|(_, value)| !value.is_empty()) {
        let found = directory.find(key, value);
        judgement.say(24, || {
            let whom = found.map(|person| format!("person {}", workforce.number(person as usize)));
            let whom = whom.unwrap_or_else(|| "nobody, or several persons, which is as good as nobody".to_owned());
            format!("{} {value} names {whom}", KEY_NAMES[key])
        });
        named.extend(found);
    }
    match named.first() {
        None => resolved.codes.insert(Code::Mgr020),
        Some(manager) if *manager as usize == person => resolved.codes.insert(Code::Mgr022),
        Some(manager) => resolved.manager = Some(*manager),
    }
    if named.iter().any(|other| Some(other) != named.first()) {
        resolved.codes.insert(Code::Mgr011);
    }
    judgement.say(25, || match (named.first(), resolved.manager) {
        (None, _) => "no key leads to a person: the manager is blank".to_owned(),
        (Some(_), None) => "the key leads to the person itself: the manager is blank".to_owned(),
        (Some(_), Some(manager)) => {
            format!("the first key that is known decides: {} is named", workforce.number(manager as usize))
        }
    });
}

/// The line managers on the chosen row and on the rows that differ from it only in managers, in byte order of their keys.
fn entries(workforce: &Workforce, person: usize, position: u32) -> Vec<Entry<'_>> {
    let table = workforce.table(Kind::Assignment);
    let chosen = table.rows.cells(&table.rows.rows[position as usize]);
    let same = |cells: &Cells<'_>| cells.equal_but(chosen, &assignment::MANAGER_COLUMNS);
    let is_line_manager = |cells: &Cells<'_>| matches!(cells.get(assignment::MANAGER_TYPE), "" | LINE_MANAGER);
    let rows = table.of(person).iter().filter(|row| row.fate == Fate::Admitted).map(|row| table.rows.cells(row));
    let mut entries: Vec<Entry<'_>> = rows
        .filter(|cells| same(cells) && is_line_manager(cells))
        .map(|cells| KEYS.map(|key| cells.get(key)))
        .filter(|keys| keys.iter().any(|key| !key.is_empty()))
        .collect();
    entries.sort_unstable();
    entries
}

/// Who named whom, before it is known who is emitted.
pub fn named(resolved: &[Resolved]) -> Vec<Option<u32>> {
    resolved.par_iter().map(|person| person.manager).collect()
}

/// Who is emitted, as it stands now: of managers, who come in no order, a flag is at hand where a person is far away.
fn emitted(resolved: &[Resolved]) -> Vec<bool> {
    resolved.par_iter().map(|person| person.disposition.is_emitted()).collect()
}

/// Leaves of the `named` managers those who are emitted, as it stands now.
pub fn show_emitted(resolved: &mut [Resolved], named: &[Option<u32>], keep_unemitted: bool) {
    let emitted = emitted(resolved);
    let is_shown = |manager: &u32| keep_unemitted || emitted[*manager as usize];
    resolved.par_iter_mut().zip(named).for_each(|(person, named)| person.manager = named.filter(is_shown));
}

/// The second half of rule 25, once the emitted users are final: who lost a manager to it (`MGR021`), and who stands in
/// a cycle (`MGR023`).
pub fn settle(resolved: &mut [Resolved], named: &[Option<u32>], keep_unemitted: bool) {
    show_emitted(resolved, named, keep_unemitted);
    let emitted = emitted(resolved);
    resolved.par_iter_mut().zip(named).for_each(|(person, manager)| {
        if manager.is_some_and(|manager| !emitted[manager as usize]) {
            person.codes.insert(Code::Mgr021);
        }
    });
    for person in cycles(resolved) {
        resolved[person].codes.insert(Code::Mgr023);
    }
}

/// Everybody in `persons`, managers before their reports, else by index; cycles are broken at the smallest (rule 25).
pub fn managers_first(resolved: &[Resolved], persons: &[u32]) -> Vec<u32> {
    let mut placed = vec![true; resolved.len()];
    persons.iter().for_each(|person| placed[*person as usize] = false);
    let mut order = Vec::with_capacity(persons.len());
    for person in persons {
        let mut chain = Vec::new();
        let mut at = Some(*person);
        while let Some(next) = at.filter(|next| !placed[*next as usize]) {
            placed[next as usize] = true;
            chain.push(next);
            at = resolved[next as usize].manager;
        }
        // Wherever a cycle is entered, its smallest member is the one that comes after all the others.
        if let Some(entered) = at.and_then(|at| chain.iter().position(|member| *member == at)) {
            let cycle = &mut chain[entered..];
            let smallest = (0..cycle.len()).min_by_key(|member| cycle[*member]).unwrap_or_default();
            cycle.rotate_left(smallest);
        }
        order.extend(chain.into_iter().rev());
    }
    order
}

/// The members of cycles: everybody has at most one manager, so following the edges from each person finds each
/// cycle once.
pub fn cycles(resolved: &[Resolved]) -> Vec<usize> {
    const UNSEEN: u32 = 0;
    let manager_of = named(resolved);
    let mut seen_by = vec![UNSEEN; resolved.len()];
    let mut members = Vec::new();
    for start in 0..resolved.len() {
        let mark = start as u32 + 1;
        let mut at = start;
        while seen_by[at] == UNSEEN {
            seen_by[at] = mark;
            match manager_of[at] {
                Some(manager) => at = manager as usize,
                None => break,
            }
        }
        if seen_by[at] != mark || manager_of[at].is_none() {
            continue;
        }
        let first = at;
        loop {
            members.push(at);
            match manager_of[at] {
                Some(manager) if manager as usize != first => at = manager as usize,
                _ => break,
            }
        }
    }
    members
}
