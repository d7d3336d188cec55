//! Where the values of an output come from: for each of its fields the columns of the extracts that its expression reads,
//! and those that decide whether it is written at all. It is read off the checked expressions: names, never a value.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::table::{Columns, MANAGER, Origin};
use super::{Compiled, Expression, MappedOutput, OutputPlan};
use crate::model::kind::Kind;
use crate::model::layout::{Layout, satellite};
use crate::model::row::Rows;
use crate::stages::normalize::Side;

/// A field of an output, and what it is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldLineage {
    /// Its header or its key; a field of a list stands after the list's name, as in `emails[].value`.
    pub name: String,
    /// The SQL expression, as the pipeline or the profile has it.
    pub expression: String,
    /// The value map through which it goes.
    pub map: Option<String>,
    /// What it reads, its conditions included.
    pub reads: Vec<Read>,
}

/// One name that an expression reads, and a column behind it: a name that several record kinds carry has several.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Read {
    pub role: Role,
    /// As the expression has it.
    pub name: String,
    /// The record kind, or the side extract, whose files have the column; none for what resolution adds, and where no file
    /// has it. A manager's attribute is read from the manager's own rows.
    pub extract: Option<String>,
    /// The attribute that the column is there.
    pub attribute: Option<String>,
    /// The header under which it stands in the first of the files that have it.
    pub header: Option<String>,
}

/// What a column is read for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// What the field is computed from.
    #[default]
    Value,
    /// The key by which the row of a side extract is found.
    Join,
    /// A condition: `where` of the output or of the list, or `[select]`.
    Filter,
}

impl Compiled {
    /// The lineage of every field of an output that was evaluated.
    pub fn lineage(&self, plan: &OutputPlan, output: &MappedOutput, columns: &Columns<'_>) -> Vec<FieldLineage> {
        let rows = plan.rows.as_ref().and_then(|name| columns.sides.iter().find(|side| side.name == *name));
        let names = Names { columns, rows };
        // Nobody selects among the rows of an extract.
        let select = if rows.is_none() { self.select.as_slice() } else { &[] };
        let filters = || select.iter().chain(&plan.condition);
        let own = output.fields.iter().map(|field| (field.name.clone(), field, &[][..]));
        let of_lists = plan.lists.iter().flat_map(|list| {
            list.fields
                .iter()
                .map(move |field| (format!("{}[].{}", list.name, field.name), field, list.conditions.as_slice()))
        });
        own.chain(of_lists)
            .map(|(name, field, conditions)| {
                let mut reads = names.of(&field.expression, Role::Value);
                filters().chain(conditions).for_each(|filter| reads.extend(names.of(filter, Role::Filter)));
                FieldLineage {
                    name,
                    expression: field.expression.sql.clone(),
                    map: field.map.as_ref().map(|map| map.name.clone()),
                    reads: reads.into_iter().collect(),
                }
            })
            .collect()
    }
}

/// What the names of expressions mean: columns of people, or of the rows of one side extract.
struct Names<'a> {
    columns: &'a Columns<'a>,
    rows: Option<&'a Side>,
}

impl Names<'_> {
    fn of(&self, expression: &Expression, role: Role) -> BTreeSet<Read> {
        let mut reads = BTreeSet::new();
        for name in &expression.attributes {
            let read = Read { role, name: name.clone(), ..Read::default() };
            match self.rows {
                Some(side) => {
                    let column = side.layout.place(name).map(|place| of_side(&read, side, place));
                    reads.insert(column.unwrap_or(read));
                }
                None => self.of_people(read, &mut reads),
            }
        }
        reads
    }

    fn of_people(&self, read: Read, reads: &mut BTreeSet<Read>) {
        let of_manager = self.columns.scope.attribute(&read.name).is_some_and(|attribute| attribute.after_selection);
        let own = if of_manager { read.name.strip_prefix(MANAGER).unwrap_or(&read.name) } else { &read.name };
        let origin = self.columns.origin(own);
        self.add(read, &origin, reads);
    }

    fn add(&self, read: Read, origin: &Origin, reads: &mut BTreeSet<Read>) {
        let of_kind = |kind: Kind, place: usize| {
            let table = self.columns.workforce.table(kind);
            column(&read, kind.name(), &table.layout, &table.rows, place)
        };
        match origin {
            Origin::PersonNumber => {
                let has_persons = self.columns.workforce.table(Kind::Person).configured;
                // Every record begins with it.
                reads.insert(of_kind(if has_persons { Kind::Person } else { Kind::Assignment }, 0));
            }
            Origin::WorkPhone => {
                reads.insert(of_kind(Kind::Phone, satellite::VALUE));
            }
            Origin::Cells(places) if !places.is_empty() => {
                reads.extend(places.iter().map(|place| of_kind(place.table, place.place)));
            }
            Origin::Side(index, place, key) => {
                let side = &self.columns.sides[*index];
                reads.insert(of_side(&read, side, *place));
                self.add(Read { role: Role::Join, name: side.key.clone(), ..Read::default() }, key, reads);
            }
            Origin::Cells(_) | Origin::WorkerState | Origin::ResolutionRule | Origin::WorkerType => {
                reads.insert(read);
            }
        }
    }
}

fn of_side(read: &Read, side: &Side, place: usize) -> Read {
    column(read, side.name, &side.layout, &side.rows, place)
}

/// A name, with the column at a place of these rows.
fn column(read: &Read, extract: &str, layout: &Layout, rows: &Rows, place: usize) -> Read {
    Read {
        extract: Some(extract.to_owned()),
        attribute: layout.columns().get(place).map(|(name, _)| name.clone()),
        header: rows.files.iter().find_map(|file| file.header(place)).map(str::to_owned),
        ..read.clone()
    }
}
