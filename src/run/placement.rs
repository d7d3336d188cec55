//! `placement.csv`: for every user where in the company they are, by ids that are the same in every run, and the row of
//! the user files that is theirs. By it the next run tells who moved, and whose values are others.

use std::borrow::Cow;
use std::io::{self, Write};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::people::{Mapped, People};
use crate::stages::map::{FieldPlan, Part};
use crate::stages::publish::lists;
use crate::targets::{FieldType, Format};

/// Writes the list, or the part of it that is these people's; returns how many users there are. `placed` rows stand in the
/// users' files before theirs.
pub fn write(people: &People, placed: u64, part: Part, out: &mut dyn Write) -> io::Result<u64> {
    let People { workforce, resolved, .. } = people;
    let rows = rows_of_users(people, placed);
    let is_user = |person: &u32| resolved[*person as usize].disposition.is_emitted();
    let users: Vec<u32> = (0..resolved.len() as u32).filter(is_user).collect();
    let units_of = |person: u32| {
        let of = &resolved[person as usize];
        [workforce.legal_employer_name(of.work_relationship), workforce.business_unit_name(of.assignment)]
    };
    // There are few units, and a million persons.
    let units = users.par_iter().fold(FxHashSet::default, |mut units, user| {
        units.extend(units_of(*user));
        units
    });
    let units = units.reduce(FxHashSet::default, |one, other| &one | &other);
    let ids: FxHashMap<&str, String> = units.into_iter().map(|name| (name, lists::unit_id(name))).collect();
    lists::write(out, &lists::PLACEMENT, part, &users, |user| {
        let [employer, unit] = units_of(user).map(|name| Cow::Borrowed(&*ids[name]));
        let row = rows[user as usize];
        [
            workforce.number(user as usize).into(),
            employer,
            unit,
            if row == 0 { "".into() } else { row.to_string().into() },
        ]
    })
}

/// The outputs that the next run is compared with: the first CSV table that tells who a row is, and those that go on with
/// its columns in its dialect. The files of states are not among them.
pub fn user_tables(people: &People) -> Vec<usize> {
    let tells_who =
        |field: &FieldPlan| field.kind == FieldType::Identifier || field.expression.sql.trim() == "PersonNumber";
    let outputs = || people.outputs.iter().enumerate().filter(|(nth, mapped)| mapped.nth == *nth);
    let is_table = |Mapped { plan, output, .. }: &Mapped| {
        plan.format == Format::Csv && !output.of_rows && output.fields.iter().any(tells_who)
    };
    let names = |mapped: &Mapped| mapped.output.fields.iter().map(|field| field.name.clone()).collect::<Vec<_>>();
    let Some((_, first)) = outputs().find(|(_, mapped)| is_table(mapped)) else { return Vec::new() };
    let goes_on = |mapped: &Mapped| mapped.plan.dialect == first.plan.dialect && names(mapped) == names(first);
    outputs().filter(|(_, mapped)| is_table(mapped) && goes_on(mapped)).map(|(nth, _)| nth).collect()
}

/// How many rows these people's users' files have.
pub fn rows(people: &People) -> u64 {
    let tables = user_tables(people).into_iter().map(|nth| &people.outputs[nth]);
    tables.map(|table| table.rows.iter().filter(|row| table.output.takes(**row)).count() as u64).sum()
}

/// The row of the user files of each person, counted from 1 through all of them; 0 for who does not stand in any, and the
/// first of who stands in several.
fn rows_of_users(people: &People, placed: u64) -> Vec<u64> {
    let mut rows = vec![0; people.resolved.len()];
    let mut place = placed;
    for Mapped { output, rows: written, persons, .. } in user_tables(people).into_iter().map(|nth| &people.outputs[nth])
    {
        for row in written.iter().filter(|row| output.takes(**row)) {
            place += 1;
            let own = &mut rows[persons[*row as usize] as usize];
            *own = if *own == 0 { place } else { *own };
        }
    }
    rows
}
