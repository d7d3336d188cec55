//! `rejects/<kind>.csv`: the rejected rows in the input's own columns, values as they came, after the code, the
//! severity, the file, the line and the reason (`pipeline.md` section 3). The order is that of the input.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::model::code::{Code, Codes, entry};
use crate::model::row::{Fate, Original, Row, Rows, SourceFile};

const ABOUT: [&str; 5] = ["_code", "_severity", "_file", "_line", "_reason"];

/// The rejects of a kind: owned, since they are written when all else is.
#[derive(Debug)]
pub struct Rejects {
    files: Vec<SourceFile>,
    records: Vec<(Original, Codes)>,
}

impl Rejects {
    /// Every rejected record that is to be counted, with its codes.
    pub fn of(rows: &Rows, is_own: impl Fn(&Row) -> bool) -> Rejects {
        let rejected = rows.rows.iter().filter(|row| row.fate == Fate::Rejected && is_own(row));
        let codes: BTreeMap<(u32, u32), Codes> = rejected
            .map(|row| {
                let codes = if row.codes.has_keys() { row.codes.keys() } else { row.codes.values() };
                ((row.file, row.line), codes)
            })
            .collect();
        let misshapen = rows.misshapen.iter().map(|original| (original.clone(), [Code::Csv001].into_iter().collect()));
        let codes_of = |original: &Original| codes.get(&(original.file, original.line)).copied();
        let others = rows.originals.iter().filter_map(|original| Some((original.clone(), codes_of(original)?)));
        Rejects { files: rows.files.clone(), records: misshapen.chain(others).collect() }
    }

    /// Adds those of other rows of the same files.
    pub fn add(&mut self, others: Rejects) {
        self.records.extend(others.records);
    }

    /// Writes them in the order of the input, and returns how many.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<u64> {
        let mut lines =
            csv::WriterBuilder::new().flexible(true).terminator(csv::Terminator::Any(b'\n')).from_writer(out);
        let columns = self.columns();
        lines.write_record(ABOUT.iter().copied().chain(columns.iter().map(String::as_str)))?;
        let mut records: Vec<&(Original, Codes)> = self.records.iter().collect();
        records.sort_by_key(|(original, _)| (original.file, original.line));
        for (original, codes) in records {
            let file = &self.files[original.file as usize];
            let reasons: Vec<&str> = codes.iter().map(|code| entry(code).title).collect();
            let about =
                [codes.to_string(), "E".into(), file.name.clone(), original.line.to_string(), reasons.join("; ")];
            let cells = cells(original, &file.headers, &columns);
            lines.write_record(about.iter().map(String::as_str).chain(cells))?;
        }
        lines.flush()?;
        Ok(self.records.len() as u64)
    }

    /// The headers of the first file, then those that only later files have.
    fn columns(&self) -> Vec<String> {
        let mut columns: Vec<String> = Vec::new();
        for header in self.files.iter().flat_map(|file| &file.headers) {
            if !columns.contains(header) {
                columns.push(header.clone());
            }
        }
        columns
    }
}

/// The cells under the columns; a record with the wrong number of fields is written as it came.
fn cells<'a>(original: &'a Original, headers: &[String], columns: &[String]) -> Vec<&'a str> {
    let fields = original.fields.iter().map(String::as_str);
    if original.fields.len() != headers.len() || headers == columns {
        return fields.collect();
    }
    let place = |column: &String| headers.iter().position(|header| header == column);
    columns.iter().map(|column| place(column).map_or("", |place| original.fields[place].as_str())).collect()
}
