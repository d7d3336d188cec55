//! From an evaluated output to files: the format of its profile says how many there are, what they are called and how
//! they are written. All of them are published together.

use std::io::{self, Write};

use rayon::prelude::{ParallelIterator, ParallelSlice};

use super::json::Json;
use super::{MappedOutput, OutputPlan, bulk, ldif, write};
use crate::targets::Format;

/// Writes the content of a file and returns the number of its rows.
pub type Content<'a> = Box<dyn FnOnce(&mut dyn Write) -> io::Result<u64> + Send + 'a>;

/// Which part of a file some rows make: all of it, unless it is written range by range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// How many rows stand before it; none where nothing does, not even a header.
    pub before: Option<u64>,
    /// Whether nothing comes after it.
    pub is_last: bool,
}

impl Part {
    /// All of a file.
    pub const WHOLE: Part = Part { before: None, is_last: true };

    /// Whether the file begins with it.
    pub fn is_first(self) -> bool {
        self.before.is_none()
    }

    /// Passes `out` what the rows of this part give, but for `separator` before the first row of the file.
    pub(super) fn after_first<'a>(self, separator: &[u8], out: &'a mut dyn Write) -> AfterFirst<'a> {
        AfterFirst { out, skip: if self.before.unwrap_or(0) == 0 { separator.len() } else { 0 } }
    }
}

/// A file of an output.
pub struct OutputFile<'a> {
    /// Its name in the run's folder.
    pub path: String,
    /// How many rows it must have, where that is known before it is written.
    pub rows: Option<u64>,
    /// For CSV, the records before the first row. `None` for anything else.
    pub headers: Option<u64>,
    pub write: Content<'a>,
}

/// The files of an output with these rows of its table, in this order. They make `part` of it, which is the whole where
/// the output needs all rows at once ([`OutputPlan::needs_everybody`]).
pub fn files<'a>(plan: &'a OutputPlan, output: &'a MappedOutput, rows: &'a [u32], part: Part) -> Vec<OutputFile<'a>> {
    let profile = plan.profile;
    let one = |write| vec![OutputFile { path: plan.file.clone(), rows: None, headers: None, write }];
    let json = || Json::new(output, &profile.schemas);
    match plan.format {
        Format::Csv => write::files(plan, output, rows, part),
        Format::Parquet => one(Box::new(|out| output.write_parquet(rows, out))),
        Format::Jsonl => {
            let json = json();
            one(Box::new(move |out| json.write_lines(rows, out)))
        }
        Format::JsonArray => {
            let json = json();
            one(Box::new(move |out| json.write_array(rows, part, out)))
        }
        Format::ScimBulk => bulk::files(plan, output, rows),
        Format::Ldif => ldif::files(plan, output, rows),
    }
}

/// Rows that one thread renders at a time.
const CHUNK: usize = 8 * 1024;
/// Rows that are rendered before any is written: what bounds the memory.
const BATCH: usize = 16 * CHUNK;

/// Renders rows in parallel and writes them in their order; gives how many there were. `render` gives the bytes of some
/// rows, and how many of them are written at all.
pub fn in_parallel(
    rows: &[u32],
    out: &mut dyn Write,
    render: impl Fn(&[u32]) -> io::Result<(Vec<u8>, u64)> + Sync,
) -> io::Result<u64> {
    let mut written = 0;
    for batch in rows.chunks(BATCH) {
        let rendered: Vec<_> = batch.par_chunks(CHUNK).map(&render).collect();
        for chunk in rendered {
            let (bytes, rows) = chunk?;
            out.write_all(&bytes)?;
            written += rows;
        }
    }
    out.flush()?;
    Ok(written)
}

/// Passes on everything but the first bytes: the separator before the first element.
pub(super) struct AfterFirst<'a> {
    out: &'a mut dyn Write,
    skip: usize,
}

impl Write for AfterFirst<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let skipped = self.skip.min(bytes.len());
        self.skip -= skipped;
        self.out.write_all(&bytes[skipped..])?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
