//! An output as CSV: UTF-8, RFC 4180, in the dialect of its profile.

use std::io::{self, Write};

use csv::{ByteRecord, QuoteStyle, Terminator, WriterBuilder};

use super::evaluate::MappedOutput;
use crate::targets::{Dialect, LineEnd, Quote};

/// The buffer of the writer: few system calls, and still inside the cache.
const BUFFER: usize = 256 * 1024;

impl MappedOutput {
    /// Writes these rows in this order, and returns how many. Rows that the output's own condition does not take are
    /// passed over. No value is an empty cell. The output is flushed.
    pub fn write_csv(&self, rows: &[u32], dialect: &Dialect, out: &mut dyn Write) -> io::Result<u64> {
        if dialect.bom {
            out.write_all("\u{feff}".as_bytes())?;
        }
        let mut writer = WriterBuilder::new()
            .buffer_capacity(BUFFER)
            .delimiter(u8::try_from(dialect.delimiter).map_err(io::Error::other)?)
            .terminator(match dialect.line_end {
                LineEnd::Lf => Terminator::Any(b'\n'),
                LineEnd::CrLf => Terminator::CRLF,
            })
            .quote_style(match dialect.quote {
                Quote::Necessary => QuoteStyle::Necessary,
                Quote::Always => QuoteStyle::Always,
            })
            .from_writer(out);
        if dialect.header {
            writer.write_record(self.fields.iter().map(|field| field.name.as_bytes()))?;
        }
        let columns: Vec<_> = self.columns.iter().map(|column| column.downcast_as_array()).collect();
        let mut record = ByteRecord::with_capacity(512, columns.len());
        let mut written = 0;
        for &row in rows.iter().filter(|row| self.takes(**row)) {
            record.clear();
            for column in &columns {
                record.push_field(column.get(row as usize).unwrap_or_default().as_bytes());
            }
            writer.write_byte_record(&record)?;
            written += 1;
        }
        writer.flush()?;
        Ok(written)
    }
}
