//! The mapping over the data: every expression of an output in one pass, each column then as text.

use std::collections::hash_map::Entry;

use jiff::ToSpan;
use jiff::civil::date;
use polars::prelude::{
    Column, DataFrame, DataType, Expr as Plan, IntoLazy, NamedFrom, PolarsError, PolarsResult, StringChunked,
    polars_err,
};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::elements::ElementTable;
use super::lists::MappedList;
use super::values::{FieldFinding, judge};
use super::{Compiled, Expression, FieldPlan, OutputPlan};
use crate::targets::{Decimal, Dialect};

/// Why a mapping could not be evaluated. Polars' own words are left out: they can carry somebody's values.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    #[error("there is no output number {0}")]
    NoOutput(usize),
    #[error("the table has no column {column}, which {place} reads")]
    NoColumn { place: String, column: String },
    #[error("{place} could not be computed: a fault of polars ({kind})")]
    Compute { place: String, kind: &'static str },
}

impl MapError {
    /// The table itself could not be built.
    pub fn table(error: &PolarsError) -> MapError {
        failed("the table of resolved workers".into(), error)
    }

    /// What can be done about it.
    pub fn help(&self) -> &'static str {
        match self {
            MapError::NoOutput(_) => "this is a fault of the program: please report it",
            MapError::NoColumn { .. } => "no file of the extract has it: name its header under columns, or map another",
            MapError::Compute { .. } => "this is a fault of the program: please report it with the pipeline file",
        }
    }
}

/// One output, evaluated: a column of text for each field. A row is a row of the table it was evaluated over.
#[derive(Debug)]
pub struct MappedOutput {
    pub fields: Vec<FieldPlan>,
    pub(super) columns: Vec<StringChunked>,
    pub(super) lists: Vec<MappedList>,
    /// Whether its rows are those of a side extract, and not persons.
    pub of_rows: bool,
    /// Whom the output's own condition takes; `None`: everybody.
    pub taken: Option<Vec<bool>>,
    /// What is wrong with single values, by row and then by field; of the rows that are taken only.
    pub findings: Vec<FieldFinding>,
    /// The rows whose manager is a user and does not stand in the file, ascending: the run tells, and leaves them blank.
    pub absent_managers: Vec<u32>,
}

impl Compiled {
    /// Who is emitted, as far as `[select] where` says: one flag a row. Where it is null, it is not true.
    pub fn select(&self, table: &DataFrame) -> Result<Vec<bool>, MapError> {
        let mut taken = vec![true; table.height()];
        for condition in &self.select {
            let mask = mask(condition, table, "[select]")?;
            taken.iter_mut().zip(mask).for_each(|(taken, holds)| *taken &= holds);
        }
        Ok(taken)
    }

    /// Whom an output's own condition takes: one flag a row; `None`: everybody.
    pub fn taken(&self, output: usize, table: &DataFrame) -> Result<Option<Vec<bool>>, MapError> {
        let plan = self.outputs.get(output).ok_or(MapError::NoOutput(output))?;
        let condition = plan.condition.as_ref();
        condition.map(|condition| mask(condition, table, &format!("where of {}", plan.file))).transpose()
    }

    /// Evaluates an output over the table of the emitted persons, and its lists over one of the elements of each. `has` says
    /// of an attribute whether any file has it: the table may have a column of nulls for one that another output reads.
    pub fn evaluate(
        &self,
        output: usize,
        table: &DataFrame,
        lists: &[ElementTable],
        has: &dyn Fn(&str) -> bool,
    ) -> Result<MappedOutput, MapError> {
        self.evaluate_taken(output, table, lists, has, self.taken(output, table)?)
    }

    /// The same, where it is known whom its condition takes.
    pub fn evaluate_taken(
        &self,
        output: usize,
        table: &DataFrame,
        lists: &[ElementTable],
        has: &dyn Fn(&str) -> bool,
        taken: Option<Vec<bool>>,
    ) -> Result<MappedOutput, MapError> {
        let plan = self.outputs.get(output).ok_or(MapError::NoOutput(output))?;
        let fields = plan.fields_of(has);
        let place = |nth: usize| format!("{} of {}", fields[nth].name, plan.file);
        let plans: Vec<_> = fields.iter().map(|field| &field.expression).collect();
        let computed = compute(&plans, table, &plan.dialect, place)?;
        let (columns, mut findings) = judge(&fields, computed, plan.rules(), taken.as_deref());
        let is_taken = |row: u32| taken.as_ref().is_none_or(|taken| taken[row as usize]);
        let mut mapped = Vec::with_capacity(plan.lists.len());
        let mut before = fields.len();
        for (list, elements) in plan.lists.iter().zip(lists) {
            let (list, found) = MappedList::evaluate(list, plan, elements, table.height(), before)?;
            before += list.fields.len();
            findings.extend(found.into_iter().filter(|finding| is_taken(finding.row)));
            mapped.push(list);
        }
        findings.sort_unstable();
        let of_rows = plan.rows.is_some();
        Ok(MappedOutput { fields, columns, lists: mapped, of_rows, taken, findings, absent_managers: Vec::new() })
    }
}

impl OutputPlan {
    /// The columns of the output: all, but of a table of every attribute those that some file has.
    fn fields_of(&self, has: &dyn Fn(&str) -> bool) -> Vec<FieldPlan> {
        let is_shown = |field: &&FieldPlan| !self.every_attribute || has(&field.name);
        self.fields.iter().filter(is_shown).cloned().collect()
    }
}

pub(super) fn mask(condition: &Expression, table: &DataFrame, place: &str) -> Result<Vec<bool>, MapError> {
    let column = compute_as(&[condition], table, |_| place.to_owned(), Some(DataType::Boolean))?.remove(0);
    let flags = column.bool().map_err(|error| failed(place.to_owned(), &error))?;
    Ok(flags.iter().map(|flag| flag.unwrap_or(false)).collect())
}

/// The rows for which a condition is false; where it is null, it is not.
pub(super) fn mask_of_broken(condition: &Expression, table: &DataFrame, place: &str) -> Result<Vec<u32>, MapError> {
    let column = compute_as(&[condition], table, |_| place.to_owned(), Some(DataType::Boolean))?.remove(0);
    let flags = column.bool().map_err(|error| failed(place.to_owned(), &error))?;
    Ok((0u32..).zip(flags.iter()).filter(|(_, flag)| *flag == Some(false)).map(|(row, _)| row).collect())
}

/// One expression as a column of text.
pub(super) fn text_column(value: &Expression, table: &DataFrame, place: &str) -> Result<StringChunked, MapError> {
    Ok(compute(&[value], table, &Dialect::default(), |_| place.to_owned())?.remove(0))
}

/// Every expression as a column of text, in one piece each, with days and decimals as the dialect has them.
pub(super) fn compute(
    expressions: &[&Expression],
    table: &DataFrame,
    dialect: &Dialect,
    place: impl Fn(usize) -> String + Sync,
) -> Result<Vec<StringChunked>, MapError> {
    let columns = compute_as(expressions, table, &place, None)?;
    let text = |(nth, column): (usize, Column)| text(&column, dialect).map_err(|error| failed(place(nth), &error));
    columns.into_par_iter().enumerate().map(text).collect()
}

/// A column as text. Dates repeat, so each is written once; the library would format every cell anew.
fn text(column: &Column, dialect: &Dialect) -> PolarsResult<StringChunked> {
    if column.dtype() != &DataType::Date {
        let texts = column.cast(&DataType::String)?.str()?.rechunk().into_owned();
        let has_comma = column.dtype().is_float() && dialect.decimal == Decimal::Comma;
        if !has_comma {
            return Ok(texts);
        }
        let texts: Vec<Option<String>> = texts.iter().map(|text| Some(text?.replace('.', ","))).collect();
        return Ok(StringChunked::new(column.name().clone(), texts));
    }
    let days = column.date()?.physical();
    let mut written: FxHashMap<i32, String> = FxHashMap::default();
    for day in days.iter().flatten() {
        if let Entry::Vacant(new) = written.entry(day) {
            let date = date(1970, 1, 1).checked_add(day.days()).map_err(|_| polars_err!(ComputeError: "a date"))?;
            let written = dialect.date.as_ref().map_or(Some(date.to_string()), |form| form.write(date));
            new.insert(written.ok_or_else(|| polars_err!(ComputeError: "a date"))?);
        }
    }
    let texts: Vec<Option<&str>> = days.iter().map(|day| written.get(&day?).map(String::as_str)).collect();
    Ok(StringChunked::new(column.name().clone(), texts))
}

/// Every expression as a column, of this type or of its own.
fn compute_as(
    expressions: &[&Expression],
    table: &DataFrame,
    place: impl Fn(usize) -> String,
    data_type: Option<DataType>,
) -> Result<Vec<Column>, MapError> {
    let mut plans: Vec<Plan> = Vec::with_capacity(expressions.len());
    for (nth, expression) in expressions.iter().enumerate() {
        if let Some(column) = expression.attributes.iter().find(|name| table.column(name).is_err()) {
            return Err(MapError::NoColumn { place: place(nth), column: column.clone() });
        }
        let plan = expression.plan.clone();
        let plan = if let Some(data_type) = &data_type { plan.cast(data_type.clone()) } else { plan };
        plans.push(plan.alias(nth.to_string()));
    }
    let whole = || (0..expressions.len()).map(&place).collect::<Vec<_>>().join(", ");
    let computed = table.clone().lazy().select(plans).collect().map_err(|error| failed(whole(), &error))?;
    // A constant is a column of one row until something longer stands beside it.
    let height = table.height();
    let stretch = |column: Column| if column.len() == height { column } else { column.new_from_index(0, height) };
    Ok(computed.into_columns().into_iter().map(stretch).collect())
}

fn failed(place: String, error: &PolarsError) -> MapError {
    let kind = match error {
        PolarsError::ColumnNotFound(_) => "a column is missing",
        PolarsError::InvalidOperation(_) => "an operation is not possible",
        PolarsError::SchemaMismatch(_) => "a column has another type",
        PolarsError::ShapeMismatch(_) => "columns differ in length",
        _ => "computation",
    };
    MapError::Compute { place, kind }
}
