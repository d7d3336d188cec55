//! How one value comes about, step by step, for `explain --field`: it shows values, to whoever asks for them by name.

use polars::prelude::{DataFrame, DataType, PolarsError, StringChunked};
use serde::Serialize;

use super::evaluate::{MapError, compute};
use super::values::{Judge, Problem, ValueRules};
use super::{Compiled, FieldPlan};
use crate::targets::{FieldType, Formula};

/// The way of one value, from the attributes to the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trace {
    pub sql: String,
    /// What the expression reads.
    pub inputs: Vec<Input>,
    /// What it gives; none: null or empty.
    pub computed: Option<String>,
    /// The value map, if there is one, and what it makes of it.
    pub map: Option<Mapped>,
    /// What is written where there is no value, if that was the case here.
    pub default: Option<String>,
    /// Whether an apostrophe stands before it, or one on each side, lest a spreadsheet runs it.
    pub escaped: bool,
    pub value: Option<String>,
    /// What the target demands of the column.
    pub demands: Vec<String>,
    /// Which demands the value does not meet.
    pub problems: Vec<&'static str>,
}

/// An attribute with its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Input {
    pub name: String,
    pub value: Option<String>,
}

/// A value map at work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mapped {
    pub name: String,
    /// Whether the map has the value.
    pub known: bool,
    pub value: Option<String>,
}

impl Compiled {
    /// How the value of a column of an output comes about; `table` has one row, and what the expression reads. `None` if
    /// there is no such output or column.
    pub fn trace(&self, output: usize, field: &str, table: &DataFrame) -> Result<Option<Trace>, MapError> {
        let Some(plan) = self.outputs.get(output) else { return Ok(None) };
        let Some(field) = plan.fields.iter().find(|other| other.name == field) else { return Ok(None) };
        let inputs = field.expression.attributes.iter().map(|name| input(name, table));
        let inputs = inputs.collect::<Result<_, PolarsError>>().map_err(|error| MapError::table(&error))?;
        let computed =
            compute(&[&field.expression], table, &plan.dialect, |_| format!("{} of {}", field.name, plan.file))?
                .remove(0);
        Ok(Some(Trace::new(field, plan.rules(), inputs, computed)))
    }
}

fn input(name: &str, table: &DataFrame) -> Result<Input, PolarsError> {
    let text = table.column(name)?.cast(&DataType::String)?;
    Ok(Input { name: name.to_owned(), value: text.str()?.get(0).map(str::to_owned) })
}

impl Trace {
    fn new(field: &FieldPlan, rules: ValueRules<'_>, inputs: Vec<Input>, column: StringChunked) -> Trace {
        let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let computed = column.get(0).and_then(filled);
        let map = field.map.as_ref().zip(computed.as_deref()).map(|(map, value)| {
            let found = map.look_up(value);
            let known = map.values.contains_key(value);
            Mapped { name: map.name.clone(), known, value: found.unwrap_or(Some(value)).and_then(filled) }
        });
        let mapped = map.as_ref().map_or_else(|| computed.clone(), |map| map.value.clone());
        let default = field.default.clone().filter(|_| mapped.is_none());
        let (column, problems) = Judge::new(field, rules).column(column);
        let value = column.get(0).and_then(filled);
        let escaped = value != mapped && value != default;
        let problems = problems.into_iter().map(|(_, problem)| problem.text()).collect();
        let sql = field.expression.sql.clone();
        Trace { sql, inputs, computed, map, default, escaped, value, demands: demands(field, rules), problems }
    }
}

/// What the target demands of a column, in words.
fn demands(field: &FieldPlan, rules: ValueRules<'_>) -> Vec<String> {
    const SHOWN: usize = 8;
    let mut demands = Vec::new();
    if field.required {
        demands.push("a value".to_owned());
    }
    if field.unique {
        let fold = match field.kind {
            FieldType::Email | FieldType::UserName => ", whatever its case",
            FieldType::EntryName => ", whatever its case and its spaces",
            _ => "",
        };
        demands.push(format!("no other user has the same{fold}"));
    }
    if let Some(most) = field.max_len {
        demands.push(format!("at most {most} characters"));
    }
    if let Some(syntax) = field.syntax {
        demands.push(format!("only {}", syntax.text()));
    }
    if !field.vocabulary.is_empty() {
        let mut words: Vec<&str> = field.vocabulary.iter().map(String::as_str).collect();
        words.sort_unstable();
        let more = if words.len() > SHOWN { format!(" and {} more", words.len() - SHOWN) } else { String::new() };
        words.truncate(SHOWN);
        demands.push(format!("one of {}{more}", words.join(", ")));
    }
    if !rules.dialect.encoding.has_all() {
        demands.push(format!("the characters of {}", rules.dialect.encoding.name()));
    }
    match rules.formula {
        Formula::Escape => demands.push("an apostrophe before what a spreadsheet would run".to_owned()),
        Formula::Quote => demands.push("apostrophes around what a spreadsheet would run".to_owned()),
        Formula::Off | Formula::Warn => {}
    }
    demands
}

impl Problem {
    /// In words, with its code.
    fn text(self) -> &'static str {
        match self {
            Problem::Missing => "OUT011: a value is demanded, and there is none",
            Problem::Vocabulary => "OUT012: the target does not take the value",
            Problem::Unmapped => "OUT012: the map does not have the value",
            Problem::TooLong => "OUT012: the value is too long",
            Problem::Unwritable => "OUT014: the file cannot hold the value",
            Problem::Formula => "OUT020: a spreadsheet would run the value",
        }
    }
}
