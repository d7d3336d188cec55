//! An output as CSV, in its dialect, and in as many files as its limits make of it: each with its header, numbered in
//! their order.

use std::borrow::Cow;
use std::io::{self, Write};

use csv::{QuoteStyle, Terminator, WriterBuilder};
use rayon::prelude::*;

use super::evaluate::MappedOutput;
use super::files::{OutputFile, Part, in_parallel};
use super::{FieldPlan, OutputPlan, names};
use crate::model::charset::Charset;
use crate::targets::{Dialect, Limits, LineEnd, Quote};

/// The files of an output as CSV.
pub(super) fn files<'a>(
    plan: &'a OutputPlan,
    output: &'a MappedOutput,
    rows: &'a [u32],
    part: Part,
) -> Vec<OutputFile<'a>> {
    let parts = output.parts(rows, &plan.dialect, plan.limits);
    let of = parts.len();
    let file = |(nth, rows): (usize, Cow<'a, [u32]>)| OutputFile {
        path: if of == 1 { plan.file.clone() } else { names::part(&plan.file, nth + 1, of) },
        rows: None,
        headers: Some(plan.dialect.headers()),
        write: Box::new(move |out| {
            let least = format!("the row {}and the header", output.of_whom(rows.first()));
            let mut out = AtMost::new(out, plan.limits, least);
            output.write_part(&rows, &plan.dialect, part, &mut out)
        }),
    };
    parts.into_iter().enumerate().map(file).collect()
}

impl MappedOutput {
    /// Writes these rows in this order, and returns how many. Rows that the output's own condition does not take are
    /// passed over. The output is flushed.
    pub fn write_csv(&self, rows: &[u32], dialect: &Dialect, out: &mut dyn Write) -> io::Result<u64> {
        self.write_part(rows, dialect, Part::WHOLE, out)
    }

    /// The same for a part of the file: the first has the header.
    fn write_part(&self, rows: &[u32], dialect: &Dialect, part: Part, out: &mut dyn Write) -> io::Result<u64> {
        if part.is_first() {
            out.write_all(&self.head(dialect)?)?;
        }
        in_parallel(rows, out, |rows| {
            let taken: Vec<u32> = rows.iter().copied().filter(|row| self.takes(*row)).collect();
            Ok((self.records(&taken, dialect)?, taken.len() as u64))
        })
    }

    /// Whom a row is of, in words: by the PersonNumber where a column is that, and by nothing else.
    pub(super) fn of_whom(&self, row: Option<&u32>) -> String {
        let is_number = |field: &FieldPlan| field.expression.sql == "PersonNumber" && field.map.is_none();
        let number = self.fields.iter().position(is_number).and_then(|field| self.value(*row?, field));
        number.map(|number| format!("of {number} ")).unwrap_or_default()
    }

    /// What stands before the first row.
    fn head(&self, dialect: &Dialect) -> io::Result<Vec<u8>> {
        let preamble = dialect.preamble.as_ref().map(|line| format!("{}{}", line.0, dialect.line_end.text()));
        let mut writer = builder(dialect).from_writer(preamble.unwrap_or_default().into_bytes());
        writer.write_record(self.fields.iter().map(|field| field.name.as_bytes()))?;
        Ok([dialect.encoding.mark(), &encoded(finished(writer)?, dialect.encoding)?].concat())
    }

    /// The records of these rows.
    fn records(&self, rows: &[u32], dialect: &Dialect) -> io::Result<Vec<u8>> {
        let columns: Vec<_> = self.columns.iter().map(|column| column.downcast_as_array()).collect();
        let mut writer = builder(dialect).from_writer(Vec::with_capacity(rows.len() * columns.len() * 20));
        for &row in rows {
            for column in &columns {
                let value = column.get(row as usize).filter(|value| !value.is_empty());
                writer.write_field(value.unwrap_or(&dialect.null.0))?;
            }
            writer.write_record(None::<&[u8]>)?;
        }
        encoded(finished(writer)?, dialect.encoding)
    }

    /// The rows of each file: as many as fit into the limits, at least one. Without limits all stand in one.
    fn parts<'a>(&self, rows: &'a [u32], dialect: &Dialect, limits: Limits) -> Vec<Cow<'a, [u32]>> {
        if limits == Limits::default() {
            return vec![Cow::Borrowed(rows)];
        }
        let taken: Vec<u32> = rows.iter().copied().filter(|row| self.takes(*row)).collect();
        let most_rows = limits.rows.unwrap_or(u64::MAX);
        let most_bytes = limits.bytes.unwrap_or(u64::MAX);
        // What cannot be written is told when it is.
        let size = |row: &u32| self.records(&[*row], dialect).map_or(0, |record| record.len() as u64);
        let sizes: Vec<u64> = match limits.bytes {
            Some(_) => taken.par_iter().map(size).collect(),
            None => vec![0; taken.len()],
        };
        let head = self.head(dialect).map_or(0, |head| head.len() as u64);
        let (mut parts, mut start, mut bytes) = (Vec::new(), 0, head);
        for (at, size) in sizes.iter().enumerate() {
            if at > start && ((at - start) as u64 == most_rows || bytes + size > most_bytes) {
                parts.push(Cow::Owned(taken[start..at].to_vec()));
                (start, bytes) = (at, head);
            }
            bytes += size;
        }
        parts.push(Cow::Owned(taken[start..].to_vec()));
        parts
    }
}

/// A file that holds no more than its target takes: one row alone may be more than that.
pub(super) struct AtMost<'a> {
    out: &'a mut dyn Write,
    most: u64,
    written: u64,
    /// The least that a file has.
    least: String,
}

impl<'a> AtMost<'a> {
    pub fn new(out: &'a mut dyn Write, limits: Limits, least: String) -> AtMost<'a> {
        AtMost { out, most: limits.bytes.unwrap_or(u64::MAX), written: 0, least }
    }
}

impl Write for AtMost<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written += bytes.len() as u64;
        if self.written > self.most {
            let message = format!("{} are more than the {} bytes that a file may have", self.least, self.most);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        self.out.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn finished(writer: csv::Writer<Vec<u8>>) -> io::Result<Vec<u8>> {
    writer.into_inner().map_err(|error| error.into_error())
}

/// A text in its encoding. Every value was judged before, and every name: none is replaced.
fn encoded(text: Vec<u8>, charset: Charset) -> io::Result<Vec<u8>> {
    if matches!(charset, Charset::Utf8 | Charset::Utf8Bom) {
        return Ok(text);
    }
    let text = String::from_utf8(text).map_err(io::Error::other)?;
    let bytes = charset.encode(&text).map(Cow::into_owned);
    bytes.ok_or_else(|| io::Error::other(format!("{} does not have all of its characters", charset.name())))
}

/// The writer of a dialect.
fn builder(dialect: &Dialect) -> WriterBuilder {
    let mut builder = WriterBuilder::new();
    builder
        .delimiter(dialect.delimiter.byte())
        .terminator(match dialect.line_end {
            LineEnd::Lf => Terminator::Any(b'\n'),
            LineEnd::CrLf => Terminator::CRLF,
        })
        .quote_style(match dialect.quote {
            Quote::Necessary => QuoteStyle::Necessary,
            Quote::Always => QuoteStyle::Always,
        });
    builder
}
