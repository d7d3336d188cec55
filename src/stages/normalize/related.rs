//! Who can have a say in what becomes of one person: those with whom it shares a key or an address, its managers and
//! theirs, and whoever these share with. `explain` needs nobody else, and keeps nobody else.

use std::hash::Hasher;

use rayon::prelude::*;
use rustc_hash::{FxHashSet, FxHasher};

use super::workforce::Table;
use crate::model::cells::Cells;
use crate::model::kind::Kind;

const KINDS: usize = Kind::ALL.len();
/// How alike a PersonNumber must be to be offered in place of one that is not there.
const ALIKE: f64 = 0.9;
/// The likeness of numbers that differ in nothing but zeros, spaces and the like: above any other.
const SAME: f64 = 2.0;
const OFFERED: usize = 3;

/// Attributes that every kind of record has under their own name, if it has them: whoever has the same in an output has the same
/// in a column of that name.
pub const TYING: [&str; 7] =
    ["PersonNumber", "PersonId", "PeriodOfServiceId", "AssignmentId", "AssignmentNumber", "WorkEmail", "UserName"];

/// What a cell says of its row: under which key it is found, and which key leads from it to others.
#[derive(Clone, Copy)]
pub struct Role {
    place: usize,
    key: Key,
    use_of: Use,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Whoever has the same belongs together.
    Shared,
    /// It leads to this row, and no further.
    Found,
    /// It leads from this row to others.
    Leads,
}

#[derive(Clone, Copy)]
enum Key {
    Number,
    WorkRelationship,
    Assignment,
    AssignmentNumber,
    PersonId,
    /// What must be unique in an output: e-mail, user name, or another attribute. One may stand in for another there.
    Unique,
}

/// The columns that tie a row to others: `unique` are those of [`TYING`] that an output demands of one user alone.
pub fn roles(table: &Table, unique: &[String]) -> Vec<Role> {
    let own = |name: &str| {
        Some(match name {
            "PersonNumber" => (Key::Number, Use::Shared),
            "PeriodOfServiceId" => (Key::WorkRelationship, Use::Shared),
            "AssignmentId" => (Key::Assignment, Use::Shared),
            "PersonId" => (Key::PersonId, Use::Shared),
            "AssignmentNumber" => (Key::AssignmentNumber, Use::Found),
            "ManagerAssignmentId" => (Key::Assignment, Use::Leads),
            "ManagerAssignmentNumber" => (Key::AssignmentNumber, Use::Leads),
            "ManagerPersonNumber" => (Key::Number, Use::Leads),
            "ManagerId" => (Key::PersonId, Use::Leads),
            _ => return None,
        })
    };
    let as_value = |name: &str| unique.iter().any(|other| other == name).then_some((Key::Unique, Use::Shared));
    let columns = table.layout.columns().iter().enumerate();
    let roles = columns.flat_map(|(place, (name, _))| {
        own(name).into_iter().chain(as_value(name)).map(move |(key, use_of)| Role { place, key, use_of })
    });
    roles.collect()
}

/// A key as a number. PersonNumbers that differ in leading zeros only, and texts that differ in case, are one. The lowest
/// bit tells whether all who have it belong together ([`is_shared`]).
fn hash(key: Key, text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    let mut write = |domain: usize, text: &str| {
        hasher.write_usize(domain);
        hasher.write(text.as_bytes());
    };
    match key {
        Key::Number => write(0, text.trim_start_matches('0')),
        Key::WorkRelationship => write(1, text),
        Key::Assignment => write(2, text),
        Key::AssignmentNumber => write(3, text),
        Key::PersonId => write(4, text),
        Key::Unique => write(5, &text.to_lowercase()),
    }
    (hasher.finish() & !1) | u64::from(!matches!(key, Key::AssignmentNumber))
}

/// Whether all who have a key belong together; else it is only led to.
pub(super) fn is_shared(key: u64) -> bool {
    key & 1 == 1
}

/// The keys of a row, each with what it is for.
pub(super) fn keys<'a>(roles: &'a [Role], cells: Cells<'a>) -> impl Iterator<Item = (u64, Use)> + 'a {
    let texts = roles.iter().map(move |role| (role, cells.get(role.place)));
    texts.filter(|(_, text)| !text.is_empty()).map(|(role, text)| (hash(role.key, text), role.use_of))
}

/// Leaves of all rows those that can have a say in what becomes of the person. Returns false, and leaves all, where none is its
/// own.
pub fn keep_related(tables: &mut [Table; KINDS], number: &str, unique: &[String]) -> bool {
    let has_number = |table: &Table| table.rows.rows.par_iter().any(|row| table.rows.cells(row).get(0) == number);
    if !tables.iter().any(has_number) {
        return false;
    }
    let roles = tables.each_ref().map(|table| roles(table, unique));
    let index = Index::new(tables, &roles);
    let mut kept = tables.each_ref().map(|table| vec![false; table.rows.rows.len()]);
    let mut open = vec![hash(Key::Number, number)];
    let mut seen: FxHashSet<u64> = open.iter().copied().collect();
    while let Some(key) = open.pop() {
        for (kind, position) in index.rows(key) {
            if std::mem::replace(&mut kept[kind][position], true) {
                continue;
            }
            let rows = &tables[kind].rows;
            let leading = keys(&roles[kind], rows.cells(&rows.rows[position])).filter(|(_, of)| *of != Use::Found);
            open.extend(leading.map(|(key, _)| key).filter(|key| seen.insert(*key)));
        }
    }
    for (table, kept) in tables.iter_mut().zip(kept) {
        let mut kept = kept.into_iter();
        table.rows.rows.retain(|_| kept.next().unwrap_or_default());
    }
    true
}

/// Every row under each of its keys: the upper half of the key's number, then the row's own number.
struct Index {
    entries: Vec<u64>,
    /// The number of the first row of each kind.
    starts: [usize; KINDS],
}

impl Index {
    fn new(tables: &[Table; KINDS], roles: &[Vec<Role>; KINDS]) -> Index {
        let (mut entries, mut starts, mut start) = (Vec::new(), [0; KINDS], 0);
        for (kind, table) in tables.iter().enumerate() {
            starts[kind] = start;
            let found = table.rows.rows.par_iter().enumerate().flat_map_iter(|(position, row)| {
                let keys = keys(&roles[kind], table.rows.cells(row)).filter(|(_, of)| *of != Use::Leads);
                keys.map(move |(key, _)| upper(key) | (start + position) as u64)
            });
            entries.par_extend(found);
            start += table.rows.rows.len();
        }
        entries.par_sort_unstable();
        Index { entries, starts }
    }

    /// The rows under a key, and perhaps a few more, which do no harm: kind and position.
    fn rows(&self, key: u64) -> impl Iterator<Item = (usize, usize)> + '_ {
        let first = self.entries.partition_point(|entry| upper(*entry) < upper(key));
        let found = self.entries[first..].iter().take_while(move |entry| upper(**entry) == upper(key));
        found.map(|entry| {
            let row = (entry & LOWER) as usize;
            let kind = self.starts.partition_point(|start| *start <= row) - 1;
            (kind, row - self.starts[kind])
        })
    }
}

const LOWER: u64 = u32::MAX as u64;

fn upper(key: u64) -> u64 {
    key & !LOWER
}

/// The PersonNumbers that somebody may have meant by one that is in no file: the same but for zeros, signs and case, else
/// the likeliest.
pub fn similar(tables: &[Table; KINDS], number: &str) -> Vec<String> {
    let plain = |text: &str| {
        let text: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        text.trim_start_matches('0').to_owned()
    };
    let wanted = plain(number);
    let likeness = |text: &str| {
        let other = plain(text);
        if other == wanted { SAME } else { strsim::jaro_winkler(&other, &wanted) }
    };
    let of_table = |table: &Table| {
        let numbers = table.rows.rows.par_iter().map(|row| table.rows.cells(row).get(0));
        let alike = numbers.filter(|text| text.len().abs_diff(number.len()) <= 2 || plain(text) == wanted);
        let alike = alike.map(|text| (likeness(text), text.to_owned())).filter(|(likeness, _)| *likeness >= ALIKE);
        alike.collect::<Vec<(f64, String)>>()
    };
    let mut found: Vec<(f64, String)> = tables.iter().flat_map(of_table).collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    found.dedup();
    let is_exact = found.first().is_some_and(|(likeness, _)| *likeness >= SAME);
    let offered = found.into_iter().filter(|(likeness, text)| !text.is_empty() && (*likeness >= SAME || !is_exact));
    offered.take(OFFERED).map(|(_, text)| text).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Csv, tables};
    use super::*;

    const PERSON: &str = "PersonNumber,PersonId,LastName,WorkEmail,UserName";
    const ASSIGNMENT: &str = "PersonNumber,AssignmentId,AssignmentNumber,PeriodOfServiceId,PersonId,ManagerAssignmentId,\
        ManagerAssignmentNumber,ManagerPersonNumber,ManagerId,PrimaryFlag";

    /// The PersonNumbers that are kept for person 1.
    fn kept(persons: &str, assignments: &str) -> Vec<String> {
        let files = [Csv::new(Kind::Person, PERSON, persons), Csv::new(Kind::Assignment, ASSIGNMENT, assignments)];
        let mut tables = tables(&files);
        assert!(keep_related(&mut tables, "1", &["WorkEmail".to_owned(), "UserName".to_owned()]));
        let numbers = tables.iter().flat_map(|table| {
            table.rows.rows.iter().map(|row| table.rows.cells(row).get(0).to_owned()).collect::<Vec<_>>()
        });
        let numbers: std::collections::BTreeSet<String> = numbers.collect();
        numbers.into_iter().collect()
    }

    #[test]
    fn who_shares_a_key_or_an_address_is_kept_and_nobody_else() {
        assert_eq!(kept("1,p1,Ash,a@x,ash\n2,p2,Ash,b@x,birch\n01,p3,Oak,c@x,oak", ""), ["01", "1"]);
        assert_eq!(kept("1,p1,Ash,a@x,ash\n2,p2,Elm,A@X,elm\n3,p2,Fir,f@x,fir\n4,p4,Oak,,", ""), ["1", "2", "3"]);
        assert_eq!(kept("1,p1,A,,ash\n2,p2,B,,ASH\n3,p3,C,,", ""), ["1", "2"], "blank is no address");
        assert_eq!(kept("1,p1,A,,p2\n2,p2,B,,", ""), ["1"], "a user name is no PersonId");
        assert_eq!(kept("1,p1,A,2,\n2,p2,B,,", ""), ["1"], "an e-mail is no PersonNumber");
        let files = [Csv::new(Kind::Assignment, ASSIGNMENT, "1,a,N1,w,,,,,,Y\n2,b,n1,v,,,,,,Y\n3,c,N2,u,,,,,,Y")];
        let mut of_numbers = tables(&files);
        assert!(keep_related(&mut of_numbers, "1", &["AssignmentNumber".to_owned()]));
        assert_eq!(of_numbers[Kind::Assignment as usize].rows.rows.len(), 2, "an output wants it of one user alone");
        let mut others = tables(&[Csv::new(Kind::Person, PERSON, "2,p2,B,,\n3,p3,C,,")]);
        assert!(!keep_related(&mut others, "1", &[]));
        assert_eq!(others[Kind::Person as usize].rows.rows.len(), 2, "who is not there leaves all");
        assert_eq!(
            kept("1,p1,A,,\n9,p9,B,,", "1,a,,w,p1,,,,,Y\n2,a,,v,p2,,,,,Y\n3,c,,v,,,,,,Y\n4,d,,u,,,,,,Y"),
            ["1", "2", "3"]
        );
    }

    #[test]
    fn managers_are_kept_up_the_chain_but_not_their_reports() {
        let chain = "1,a,A-1,w,p1,b,,,,Y\n2,b,A-2,v,p2,,A-3,,,Y\n3,c,A-3,u,p3,,,4,,Y\n4,d,A-4,t,p4,,,,p5,Y\n\
                     5,e,A-5,s,p5,,,,,Y\n6,f,A-6,r,p6,e,,,,Y\n7,g,A-2,q,p7,,,,,Y";
        assert_eq!(kept("1,p1,A,,", chain), ["1", "2", "3", "4", "5"], "7 has the number of 2, by which nobody asks");
        let twice = "1,a,A-1,w,p1,,A-2,,,Y\n2,b,A-2,v,p2,,,,,Y\n7,g,A-2,q,p7,,,,,Y";
        assert_eq!(kept("1,p1,A,,", twice), ["1", "2", "7"], "a number that names two names nobody: both are needed");
    }

    #[test]
    fn a_number_that_is_nowhere_has_others_that_look_like_it() {
        let of = |number: &str| {
            let files = [Csv::new(Kind::Person, PERSON, "000712,,,,\nE-4711,,,,\n500101,,,,\n500102,,,,\n9,,,,")];
            similar(&tables(&files), number)
        };
        assert_eq!(of("712"), ["000712"]);
        assert_eq!(of("e4711"), ["E-4711"]);
        assert_eq!(of("50101"), ["500101"]);
        assert_eq!(of("500103"), ["500101", "500102"]);
        assert_eq!(of("31415926"), [""; 0]);
        let both = tables(&[Csv::new(Kind::Person, PERSON, "000712,,,,\n7123,,,,")]);
        assert_eq!(similar(&both, "712"), ["000712"], "where one is the same but for zeros, no other is offered");
    }
}
