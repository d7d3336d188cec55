//! An output as Parquet, for analysts: a column for each field, of the type of its expression; no value is null.

use std::io::{self, Write};

use jiff::civil::{Date, date};
use polars::prelude::{Column, DataFrame, DataType, IntoColumn, NamedFrom, PolarsError, PolarsResult, Series};
use polars_io::parquet::write::ParquetWriter;

use super::FieldPlan;
use super::evaluate::MappedOutput;

impl MappedOutput {
    /// Writes these rows in this order, and returns how many. Rows that the output's own condition does not take are
    /// passed over.
    pub(super) fn write_parquet(&self, rows: &[u32], out: &mut dyn Write) -> io::Result<u64> {
        let taken: Vec<u32> = rows.iter().copied().filter(|row| self.takes(*row)).collect();
        let mut table = self.table(&taken).map_err(|error| failed(&error))?;
        ParquetWriter::new(&mut *out).finish(&mut table).map_err(|error| failed(&error))?;
        out.flush()?;
        Ok(taken.len() as u64)
    }

    fn table(&self, rows: &[u32]) -> PolarsResult<DataFrame> {
        let column = |(nth, field): (usize, &FieldPlan)| {
            let texts: Vec<Option<&str>> = rows.iter().map(|row| self.value(*row, nth)).collect();
            typed(field, &texts)
        };
        let columns = self.fields.iter().enumerate().map(column).collect::<PolarsResult<Vec<Column>>>()?;
        DataFrame::new(rows.len(), columns)
    }
}

/// The values of a field in the type of its expression; in that of text, where a map or a default may have written another.
fn typed(field: &FieldPlan, texts: &[Option<&str>]) -> PolarsResult<Column> {
    let name = field.name.as_str().into();
    let is_changed = field.map.is_some() || field.default.is_some();
    let series = match &field.expression.data_type {
        DataType::Date if !is_changed => Series::new(name, read::<i32>(texts, day)).cast(&DataType::Date)?,
        DataType::Boolean if !is_changed => Series::new(name, read::<bool>(texts, |text| text.parse().ok())),
        kind if kind.is_integer() && !is_changed => Series::new(name, read::<i64>(texts, |text| text.parse().ok())),
        kind if kind.is_float() && !is_changed => Series::new(name, read::<f64>(texts, |text| text.parse().ok())),
        _ => Series::new(name, texts),
    };
    Ok(series.into_column())
}

fn read<T>(texts: &[Option<&str>], one: impl Fn(&str) -> Option<T>) -> Vec<Option<T>> {
    texts.iter().map(|text| text.and_then(&one)).collect()
}

/// The number of a day, as Parquet counts them.
fn day(text: &str) -> Option<i32> {
    Some(text.parse::<Date>().ok()?.since(date(1970, 1, 1)).ok()?.get_days())
}

/// Polars' own words are left out: they can carry somebody's values. An error of the disk is told as it is.
fn failed(error: &PolarsError) -> io::Error {
    match error {
        PolarsError::IO { error, .. } => io::Error::new(error.kind(), error.to_string()),
        _ => io::Error::other("a fault of polars"),
    }
}
