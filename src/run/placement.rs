//! `placement.csv`: for every user where in the company they are, by ids that are the same in every run, and the row of
//! the user files that is theirs. By it the next run tells who moved, and whose values are others.

use std::borrow::Cow;
use std::io::{self, Write};

use rustc_hash::FxHashMap;

use crate::people::{Mapped, People};
use crate::stages::map::{FieldPlan, Part};
use crate::stages::publish::lists;
use crate::targets::{FieldType, Format};

/// Writes the list, or the part of it that is these people's; returns how many users there are. `placed` rows stand in the
/// users' files before theirs.
pub fn write(people: &People, placed: u64, part: Part, out: &mut dyn Write) -> io::Result<u64> {
    let People { workforce, resolved, .. } = people;
    let rows = rows_of_users(people, placed);
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
    lists::write(out, &lists::PLACEMENT, part, lines)
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
