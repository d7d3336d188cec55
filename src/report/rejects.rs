//! `rejects/<kind>.csv`: the rejected rows in the input's own columns, values as they came, after the code, the
//! severity, the file, the line and the reason (`pipeline.md` section 3). The order is that of the input.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::model::code::{Code, Codes, entry};
use crate::model::row::{Fate, Original, Rows};

const ABOUT: [&str; 5] = ["_code", "_severity", "_file", "_line", "_reason"];

/// Writes the rejects of a kind, and returns how many.
pub fn write(out: &mut dyn Write, rows: &Rows) -> io::Result<u64> {
    let mut lines = csv::WriterBuilder::new().flexible(true).terminator(csv::Terminator::Any(b'\n')).from_writer(out);
    let columns = columns(rows);
    lines.write_record(ABOUT.iter().copied().chain(columns.iter().map(String::as_str)))?;
    let rejected = rejected(rows);
    for (original, codes) in &rejected {
        let file = &rows.files[original.file as usize];
        let reasons: Vec<&str> = codes.iter().map(|code| entry(code).title).collect();
        let about = [codes.to_string(), "E".into(), file.name.clone(), original.line.to_string(), reasons.join("; ")];
        let cells = cells(original, &file.headers, &columns);
        lines.write_record(about.iter().map(String::as_str).chain(cells))?;
    }
    lines.flush()?;
    Ok(rejected.len() as u64)
}

/// The headers of the first file, then those that only later files have.
fn columns(rows: &Rows) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for header in rows.files.iter().flat_map(|file| &file.headers) {
        if !columns.contains(header) {
            columns.push(header.clone());
        }
    }
    columns
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

/// Every rejected record with its codes, in the order of the input.
fn rejected(rows: &Rows) -> Vec<(&Original, Codes)> {
    let rejected = rows.rows.iter().filter(|row| row.fate == Fate::Rejected);
    let codes: BTreeMap<(u32, u32), Codes> = rejected
        .map(|row| {
            let codes = if row.codes.has_keys() { row.codes.keys() } else { row.codes.values() };
            ((row.file, row.line), codes)
        })
        .collect();
    let by_place = |original: &Original| (original.file, original.line);
    let misshapen = rows.misshapen.iter().map(|original| (original, [Code::Csv001].into_iter().collect()));
    let others = rows.originals.iter().filter_map(|original| Some((original, *codes.get(&by_place(original))?)));
    let mut all: Vec<(&Original, Codes)> = misshapen.chain(others).collect();
    all.sort_by_key(|(original, _)| by_place(original));
    all
}
