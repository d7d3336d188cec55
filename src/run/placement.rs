//! `placement.csv`: for every user where in the company they are, by ids that are the same in every run, and the row of
//! the user file that is theirs. By it the next run tells who moved, and whose values are others.

use std::borrow::Cow;
use std::io::{self, Write};

use rustc_hash::FxHashMap;

use super::record;
use crate::people::People;
use crate::stages::publish::lists;

/// Writes the list; returns how many users there are.
pub fn write(people: &People, out: &mut dyn Write) -> io::Result<u64> {
    let People { workforce, resolved, .. } = people;
    let rows = rows_of_users(people);
    let users = (0..resolved.len()).filter(|person| resolved[*person].disposition.is_emitted());
    // There are few units, and a million persons.
    let mut ids: FxHashMap<&str, String> = FxHashMap::default();
    let mut id_of = |name| Cow::from(ids.entry(name).or_insert_with(|| lists::unit_id(name)).clone());
    let lines = users.map(|person| {
        let row = rows[person];
        [
            workforce.number(person).into(),
            id_of(workforce.legal_employer_name(resolved[person].work_relationship)),
            id_of(workforce.business_unit_name(resolved[person].assignment)),
            if row == 0 { "".into() } else { row.to_string().into() },
        ]
    });
    lists::write(out, &lists::PLACEMENT, lines)
}

/// The row of the user file of each person, counted from 1; 0 for who does not stand in it.
fn rows_of_users(people: &People) -> Vec<u32> {
    let mut rows = vec![0; people.resolved.len()];
    if let Some((mapped, _)) = record::users(people) {
        let written = mapped.rows.iter().filter(|row| mapped.output.takes(**row));
        for (place, row) in written.enumerate() {
            rows[mapped.persons[*row as usize] as usize] = place as u32 + 1;
        }
    }
    rows
}
