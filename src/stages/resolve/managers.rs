//! Managers: from the entries on the chosen assignment row to a person (rules 24 and 25).

use rayon::prelude::*;

use super::person::Resolved;
use crate::model::code::Code;
use crate::model::kind::Kind;
use crate::model::layout::{assignment, person};
use crate::model::row::{Cells, Fate};
use crate::stages::normalize::{Index, Workforce};

/// The keys of a manager entry, in the order in which they are looked up.
const KEYS: [usize; 4] = [
    assignment::MANAGER_ASSIGNMENT_ID,
    assignment::MANAGER_ASSIGNMENT_NUMBER,
    assignment::MANAGER_PERSON_NUMBER,
    assignment::MANAGER_ID,
];
const LINE_MANAGER: &str = "LINE_MANAGER";

/// Where the keys lead: among all rows that take part, chosen or not, ended or not.
struct Directory<'a> {
    workforce: &'a Workforce,
    assignment_ids: Index,
    assignment_numbers: Index,
    person_ids: Index,
}

impl<'a> Directory<'a> {
    fn new(workforce: &'a Workforce) -> Directory<'a> {
        let (kind, place) = if workforce.shape.has_persons {
            (Kind::Person, person::PERSON_ID)
        } else {
            (Kind::Assignment, assignment::PERSON_ID)
        };
        Directory {
            workforce,
            assignment_ids: Index::build(workforce, Kind::Assignment, assignment::ASSIGNMENT_ID),
            assignment_numbers: Index::build(workforce, Kind::Assignment, assignment::ASSIGNMENT_NUMBER),
            person_ids: Index::build(workforce, kind, place),
        }
    }

    /// The one person whom a key names. A key that names several persons names nobody.
    fn find(&self, key: usize, value: &str) -> Option<u32> {
        match key {
            assignment::MANAGER_ASSIGNMENT_ID => self.only(&self.assignment_ids, value),
            assignment::MANAGER_ASSIGNMENT_NUMBER => self.only(&self.assignment_numbers, value),
            assignment::MANAGER_ID => self.only(&self.person_ids, value),
            _ => {
                let person = self.workforce.find(value)?;
                self.workforce.notes[person].present.then_some(person as u32)
            }
        }
    }

    fn only(&self, index: &Index, value: &str) -> Option<u32> {
        let mut holders = index.holders(self.workforce, value);
        let first = holders.next()?;
        holders.all(|other| other == first).then_some(first)
    }
}

/// Rule 24 for every person with a chosen assignment who is not quarantined, and the first half of rule 25.
pub fn find(workforce: &Workforce, resolved: &mut [Resolved]) {
    let directory = Directory::new(workforce);
    resolved.par_iter_mut().enumerate().for_each(|(person, resolved)| {
        let Some(position) = resolved.assignment.filter(|_| resolved.errors.is_empty()) else { return };
        let entries = entries(workforce, person, position);
        let Some(entry) = entries.first() else {
            resolved.codes.insert(Code::Mgr030);
            return;
        };
        if entries.len() > 1 {
            resolved.codes.insert(Code::Mgr010);
        }
        let named: Vec<u32> = KEYS
            .iter()
            .filter(|key| !entry.get(**key).is_empty())
            .filter_map(|key| directory.find(*key, entry.get(*key)))
            .collect();
        match named.first() {
            None => resolved.codes.insert(Code::Mgr020),
            Some(manager) if *manager as usize == person => resolved.codes.insert(Code::Mgr022),
            Some(manager) => resolved.manager = Some(*manager),
        }
        if named.iter().any(|other| Some(other) != named.first()) {
            resolved.codes.insert(Code::Mgr011);
        }
    });
}

/// The line managers on the chosen row and on the rows that differ from it only in managers, in byte order of their keys.
fn entries(workforce: &Workforce, person: usize, position: u32) -> Vec<Cells<'_>> {
    let table = &workforce.assignment;
    let chosen = table.rows.cells(&table.rows.rows[position as usize]);
    let same = |cells: &Cells<'_>| {
        let pairs = cells.iter().zip(chosen.iter()).enumerate();
        pairs.into_iter().all(|(place, (a, b))| a == b || assignment::MANAGER_COLUMNS.contains(&place))
    };
    let is_line_manager = |cells: &Cells<'_>| matches!(cells.get(assignment::MANAGER_TYPE), "" | LINE_MANAGER);
    let names_somebody = |cells: &Cells<'_>| KEYS.iter().any(|key| !cells.get(*key).is_empty());
    let rows = table.of(person).iter().filter(|row| row.fate == Fate::Admitted).map(|row| table.rows.cells(row));
    let mut entries: Vec<Cells<'_>> =
        rows.filter(|cells| same(cells) && is_line_manager(cells) && names_somebody(cells)).collect();
    let keys = |cells: &Cells<'_>| KEYS.map(|key| cells.get(key).to_owned());
    if entries.len() > 1 {
        entries.sort_by_key(keys);
        entries.dedup_by_key(|cells| keys(cells));
    }
    entries
}

/// The second half of rule 25, once the emitted users are final: managers who are not among them are left out
/// (`MGR021`), and cycles are marked (`MGR023`).
pub fn settle(resolved: &mut [Resolved], keep_unemitted: bool) {
    let emitted: Vec<bool> = resolved.iter().map(|person| person.disposition.is_emitted()).collect();
    for person in resolved.iter_mut() {
        if person.manager.is_some_and(|manager| !emitted[manager as usize]) {
            person.codes.insert(Code::Mgr021);
            if !keep_unemitted {
                person.manager = None;
            }
        }
    }
    for person in cycles(resolved) {
        resolved[person].codes.insert(Code::Mgr023);
    }
}

/// The members of cycles: everybody has at most one manager, so following the edges from each person finds each
/// cycle once.
pub fn cycles(resolved: &[Resolved]) -> Vec<usize> {
    const UNSEEN: u32 = 0;
    let mut seen_by = vec![UNSEEN; resolved.len()];
    let mut members = Vec::new();
    for start in 0..resolved.len() {
        let mark = start as u32 + 1;
        let mut at = start;
        while seen_by[at] == UNSEEN {
            seen_by[at] = mark;
            match resolved[at].manager {
                Some(manager) => at = manager as usize,
                None => break,
            }
        }
        if seen_by[at] != mark || resolved[at].manager.is_none() {
            continue;
        }
        let first = at;
        loop {
            members.push(at);
            match resolved[at].manager {
                Some(manager) if manager as usize != first => at = manager as usize,
                _ => break,
            }
        }
    }
    members
}
