//! `rejects/<kind>.csv`: the rejected rows in the input's own columns, values as they came, after the code, the
//! severity, the file, the line and the reason (`pipeline.md` section 3). The order is that of the input.

use std::collections::BTreeMap;
use std::io::{self, Write};

use rustc_hash::{FxHashMap, FxHashSet};

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
        lines.write_record(ABOUT.iter().chain(&columns))?;
        let mut records: Vec<&(Original, Codes)> = self.records.iter().collect();
        records.sort_by_key(|(original, _)| (original.file, original.line));
        for of_file in records.chunk_by(|(a, _), (b, _)| a.file == b.file) {
            let file = &self.files[of_file[0].0.file as usize];
            let places = places(&file.headers, &columns);
            for (original, codes) in of_file {
                let reasons: Vec<&str> = codes.iter().map(|code| entry(code).title).collect();
                let about =
                    [codes.to_string(), "E".into(), file.name.clone(), original.line.to_string(), reasons.join("; ")];
                let cells = cells(original, file.headers.len(), &places);
                lines.write_record(about.iter().map(String::as_str).chain(cells))?;
            }
        }
        lines.flush()?;
        Ok(self.records.len() as u64)
    }

    /// The headers of the first file, then those that only later files have.
    fn columns(&self) -> Vec<&str> {
        let mut seen = FxHashSet::default();
        let headers = self.files.iter().flat_map(|file| &file.headers).map(String::as_str);
        headers.filter(|header| seen.insert(*header)).collect()
    }
}

/// Under which of a file's headers each column stands.
fn places(headers: &[String], columns: &[&str]) -> Vec<Option<usize>> {
    let places: FxHashMap<&str, usize> = headers.iter().map(String::as_str).zip(0..).collect();
    columns.iter().map(|column| places.get(column).copied()).collect()
}

/// The cells under the columns; a record with another number of fields than the header is written as it came.
fn cells<'a>(original: &'a Original, width: usize, places: &[Option<usize>]) -> Vec<&'a str> {
    let fields: Vec<&str> = original.fields.iter().map(String::as_str).collect();
    if fields.len() != width {
        return fields;
    }
    places.iter().map(|place| place.map_or("", |place| fields[place])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_without_end_are_placed_once() {
        const COLUMNS: usize = 200_000;
        let own = |first: usize| (first..first + COLUMNS).map(|column| column.to_string()).collect::<Vec<String>>();
        let file = |headers| SourceFile { name: "x.csv".to_owned(), records: 3, headers, columns: Vec::new() };
        let record = |file, line| (Original { file, line, fields: own(0) }, Codes::default());
        let records = vec![record(1, 2), record(0, 3), record(0, 2), record(1, 3)];
        let rejects = Rejects { files: vec![file(own(0)), file(own(1))], records };
        let mut written = Vec::new();
        assert_eq!(rejects.write(&mut written).unwrap(), 4);
        let text = String::from_utf8(written).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("_code,_severity,_file,_line,_reason,0,1,2,"));
        assert!(lines[0].ends_with(",199999,200000"), "the header of the second file comes last");
        assert!(lines[1].starts_with(",E,x.csv,2,,0,1,2,") && lines[1].ends_with(",199999,"));
        assert!(lines[4].starts_with(",E,x.csv,3,,,0,1,2,") && lines[4].ends_with(",199998,199999"));
    }
}
