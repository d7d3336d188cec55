//! An output as CSV: UTF-8, RFC 4180, in the dialect of its profile.

use std::io::{self, Write};

use csv::{QuoteStyle, Terminator, WriterBuilder};

use super::evaluate::MappedOutput;
use super::files::in_parallel;
use crate::targets::{Dialect, LineEnd, Quote};

impl MappedOutput {
    /// Writes these rows in this order, and returns how many. Rows that the output's own condition does not take are
    /// passed over. No value is an empty cell. The output is flushed.
    pub fn write_csv(&self, rows: &[u32], dialect: &Dialect, out: &mut dyn Write) -> io::Result<u64> {
        let builder = builder(dialect)?;
        if dialect.bom {
            out.write_all("\u{feff}".as_bytes())?;
        }
        if dialect.header {
            let mut writer = builder.from_writer(&mut *out);
            writer.write_record(self.fields.iter().map(|field| field.name.as_bytes()))?;
            writer.flush()?;
        }
        in_parallel(rows, out, |rows| self.render(rows, &builder))
    }

    /// The records of these rows, and how many they are.
    fn render(&self, rows: &[u32], builder: &WriterBuilder) -> io::Result<(Vec<u8>, u64)> {
        let columns: Vec<_> = self.columns.iter().map(|column| column.downcast_as_array()).collect();
        let mut writer = builder.from_writer(Vec::with_capacity(rows.len() * columns.len() * 20));
        let mut written = 0;
        for &row in rows.iter().filter(|row| self.takes(**row)) {
            for column in &columns {
                writer.write_field(column.get(row as usize).unwrap_or_default())?;
            }
            writer.write_record(None::<&[u8]>)?;
            written += 1;
        }
        let bytes = writer.into_inner().map_err(|error| error.into_error())?;
        Ok((bytes, written))
    }
}

/// The writer of a dialect. A delimiter of more than one byte is an error.
fn builder(dialect: &Dialect) -> io::Result<WriterBuilder> {
    let mut builder = WriterBuilder::new();
    builder
        .delimiter(u8::try_from(dialect.delimiter).map_err(io::Error::other)?)
        .terminator(match dialect.line_end {
            LineEnd::Lf => Terminator::Any(b'\n'),
            LineEnd::CrLf => Terminator::CRLF,
        })
        .quote_style(match dialect.quote {
            Quote::Necessary => QuoteStyle::Necessary,
            Quote::Always => QuoteStyle::Always,
        });
    Ok(builder)
}
