//! Rows are brought together by person: in the order of PersonNumbers, or of whom other rows say that they belong to.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::rows::is_readable;
use super::workforce::Table;
use crate::model::kind::Kind;
use crate::model::range::{beginning, whole};
use crate::model::row::{Groups, NOBODY, Row, Rows};

/// PersonNumbers in byte order, in one text.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    text: String,
    ends: Vec<u32>,
}

impl Numbers {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn get(&self, person: usize) -> &str {
        let start = if person == 0 { 0 } else { self.ends[person - 1] as usize };
        &self.text[start..self.ends[person] as usize]
    }
}

/// The PersonNumber of a row, where it can be read: not blank, and not damaged.
fn readable_number<'a>(rows: &'a Rows, row: &Row) -> Option<&'a str> {
    let number = rows.cells(row).get(0);
    is_readable(number).then_some(number)
}

/// What the rows of a table are sorted by: the beginning of the PersonNumber, which tells most of them apart without a look
/// at the text; a text without NUL sorts as it does.
struct SortKey {
    /// In two halves, which take less room than the whole.
    beginning: [u64; 2],
    row: u32,
    person: u32,
}

impl SortKey {
    /// No text begins like that, and none comes after it.
    const UNREADABLE: u128 = u128::MAX;

    fn new(number: Option<&str>, row: usize) -> SortKey {
        let beginning = number.map_or(Self::UNREADABLE, beginning);
        SortKey { beginning: [(beginning >> u64::BITS) as u64, beginning as u64], row: row as u32, person: NOBODY }
    }

    fn beginning(&self) -> u128 {
        u128::from(self.beginning[0]) << u64::BITS | u128::from(self.beginning[1])
    }
}

/// Numbers the persons in the order of their PersonNumbers, and brings the rows of each together, keeping their order;
/// rows of nobody come last.
pub(super) fn by_number(tables: &mut [Table; Kind::ALL.len()]) -> Numbers {
    let mut keys = tables.each_ref().map(sort_keys);
    let (numbers, starts) = number_persons(tables, &mut keys);
    for ((table, keys), starts) in tables.iter_mut().zip(keys).zip(starts) {
        let rows = &mut table.rows.rows;
        if keys.is_sorted_by_key(|key| key.row) {
            rows.par_iter_mut().zip(&keys).for_each(|(row, key)| row.person = key.person);
        } else {
            *rows = keys.par_iter().map(|key| rows[key.row as usize].of(key.person)).collect();
        }
        table.groups = Groups { starts };
    }
    numbers
}

/// The sort keys of all rows, sorted; those that nobody owns come last.
fn sort_keys(table: &Table) -> Vec<SortKey> {
    let rows = table.rows.rows.par_iter().enumerate();
    let mut keys: Vec<SortKey> = rows.map(|(row, of)| SortKey::new(readable_number(&table.rows, of), row)).collect();
    let order =
        |a: &SortKey, b: &SortKey| compare(a.beginning(), number_at(table, a), b.beginning(), number_at(table, b));
    // Most extracts come in this order.
    if !keys.is_sorted_by(|a, b| order(a, b).is_le()) {
        keys.par_sort_by(order);
    }
    keys
}

/// The order of two PersonNumbers, of which the beginnings are known.
fn compare<'a>(a: u128, of_a: impl FnOnce() -> &'a str, b: u128, of_b: impl FnOnce() -> &'a str) -> Ordering {
    // Where the last byte of the beginning is blank, nothing follows.
    let is_all = |beginning: u128| beginning as u8 == 0 || beginning == SortKey::UNREADABLE;
    a.cmp(&b).then_with(|| if is_all(a) { Ordering::Equal } else { of_a().cmp(of_b()) })
}

fn number_at<'a>(table: &'a Table, key: &SortKey) -> impl FnOnce() -> &'a str {
    let row = key.row as usize;
    move || table.rows.cells(&table.rows.rows[row]).get(0)
}

/// Walks all tables side by side: the next person is the one with the least number among those whose turn it is. Writes
/// the person into each key, and returns the numbers, and where each person's rows start in each table.
fn number_persons(
    tables: &[Table; Kind::ALL.len()],
    keys: &mut [Vec<SortKey>; Kind::ALL.len()],
) -> (Numbers, [Vec<u32>; Kind::ALL.len()]) {
    let mut numbers = Numbers::default();
    let mut starts = Kind::ALL.map(|_| vec![0u32]);
    let mut next = [0usize; Kind::ALL.len()];
    let filled: Vec<usize> = (0..tables.len()).filter(|table| !keys[*table].is_empty()).collect();
    loop {
        let heads = filled.iter().filter_map(|table| Some((*table, keys[*table].get(next[*table])?)));
        let least = heads.min_by(|(a, of_a), (b, of_b)| {
            compare(of_a.beginning(), number_at(&tables[*a], of_a), of_b.beginning(), number_at(&tables[*b], of_b))
        });
        let least = least.map(|(table, key)| (key.beginning(), number_at(&tables[table], key)));
        let Some((beginning, text)) = least.filter(|(beginning, _)| *beginning != SortKey::UNREADABLE) else { break };
        let (person, bytes) = (numbers.ends.len() as u32, beginning.to_be_bytes());
        // The texts are far away.
        let number = whole(&bytes).unwrap_or_else(text);
        numbers.text.push_str(number);
        numbers.ends.push(numbers.text.len() as u32);
        for table in &filled {
            let (table, next) = (*table, &mut next[*table]);
            while let Some(key) = keys[table].get_mut(*next) {
                if compare(key.beginning(), number_at(&tables[table], key), beginning, || number) != Ordering::Equal {
                    break;
                }
                key.person = person;
                *next += 1;
            }
            starts[table].push(*next as u32);
        }
    }
    for starts in starts.iter_mut().filter(|starts| starts.len() <= numbers.len()) {
        *starts = vec![0; numbers.len() + 1];
    }
    (numbers, starts)
}

/// Brings the rows of each person together, keeping their order; rows of nobody come last.
pub(super) fn by_owner(table: &mut Table, persons: usize, owner: impl Fn(&Rows, &Row) -> Option<u32> + Sync) {
    let rows = &mut table.rows;
    let mut owned = std::mem::take(&mut rows.rows);
    owned.par_chunks_mut(1 << 14).for_each(|chunk| {
        for row in chunk {
            row.person = owner(rows, row).unwrap_or(NOBODY);
        }
    });
    owned.par_sort_by_key(|row| row.person);
    let mut starts = vec![0u32; persons + 1];
    for row in owned.iter().filter(|row| row.person != NOBODY) {
        starts[row.person as usize + 1] += 1;
    }
    for person in 0..persons {
        starts[person + 1] += starts[person];
    }
    rows.rows = owned;
    table.groups = Groups { starts };
}
