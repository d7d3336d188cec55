//! How the values of one person came about: the columns that were asked for, evaluated for that person alone.

use std::borrow::Cow;

use super::FieldLine;
use crate::model::date::DateFormat;
use crate::model::kind::Kind;
use crate::people::People;
use crate::pipeline::{Pipeline, scope};
use crate::stages::map::{self, MapError, TableColumns};

/// The asked-for columns of every output that has them.
pub fn lines(people: &People, pipeline: &Pipeline, person: u32, wanted: &[String]) -> Result<Vec<FieldLine>, MapError> {
    let scope = scope(&pipeline.options.extract);
    let format = |kind| {
        let extract = pipeline.options.extract.of(kind);
        DateFormat::new(extract.and_then(|extract| extract.date_format.as_deref()))
    };
    let dates = Kind::ALL.map(format);
    let mut lines = Vec::new();
    for mapped in &people.outputs {
        let row = mapped.persons.binary_search(&person).ok().map(|row| row as u32);
        let written = row.is_some_and(|row| mapped.rows.contains(&row) && mapped.output.takes(row));
        let mut resolved = Cow::Borrowed(&people.resolved);
        if row.is_some_and(|row| mapped.output.absent_managers.binary_search(&row).is_ok()) {
            resolved.to_mut()[person as usize].manager = None;
        }
        let columns = TableColumns {
            workforce: &people.workforce,
            resolved: &resolved,
            scope: &scope,
            as_of: people.as_of.day,
            sides: &people.sides,
            dates: dates.clone(),
        };
        for field in mapped.output.fields.iter().filter(|field| wanted.contains(&field.name)) {
            let names: Vec<String> = field.expression.attributes.iter().cloned().collect();
            let table = map::build(&columns, &names, &[person]).map_err(|error| MapError::table(&error))?;
            let Some(how) = pipeline.mapping.trace(mapped.nth, &field.name, &table)? else { continue };
            let made_of = mapped.fields.iter().find(|made_of| made_of.name == field.name);
            let reads = made_of.map(|made_of| made_of.reads.clone()).unwrap_or_default();
            lines.push(FieldLine { file: mapped.plan.file.clone(), field: field.name.clone(), written, reads, how });
        }
    }
    Ok(lines)
}
