//! Which values of the users changed since the last published run (`max_changed`), counted per output field. Values
//! are compared by their hashes: none is kept, and a million users of thirty fields fit in a few hundred megabytes.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::io::Read;

use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a CSV file of users is to be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Layout {
    /// The column that tells who a row is.
    pub identifier: String,
    pub delimiter: char,
    /// Records before the first row, the last of them the header.
    pub headers: u64,
}

/// The users of a run, as hashes.
#[derive(Clone, Debug, Default)]
pub struct Table {
    fields: Vec<String>,
    rows: FxHashMap<u64, usize>,
    cells: Vec<u32>,
}

/// What differs between two runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Users in both.
    pub in_both: u64,
    /// By field that both have, how many of those users have another value.
    pub fields: BTreeMap<String, u64>,
}

impl Table {
    /// Reads the users of a run. Fails where it is no CSV, or the identifier is none of its columns.
    pub fn read(csv: impl Read, layout: &Layout) -> Result<Table, csv::Error> {
        let mut users = Users::open(csv, layout)?;
        let mut table = Table { fields: users.fields.clone(), ..Table::default() };
        let identifier = users.identifier;
        while let Some(row) = users.next()? {
            table.rows.insert(hash(&row[identifier]), table.cells.len());
            table.cells.extend(row.iter().map(short));
        }
        Ok(table)
    }

    /// Compares the users of another run with these, row by row.
    pub fn compare(&self, csv: impl Read, layout: &Layout) -> Result<Changes, csv::Error> {
        let mut users = Users::open(csv, layout)?;
        let place = |name: &String| self.fields.iter().position(|field| field == name);
        let pairs: Vec<(usize, usize)> =
            users.fields.iter().enumerate().filter_map(|(now, name)| Some((now, place(name)?))).collect();
        let mut changed = vec![0; pairs.len()];
        let mut in_both = 0;
        let identifier = users.identifier;
        while let Some(row) = users.next()? {
            let Some(start) = self.rows.get(&hash(&row[identifier])) else { continue };
            in_both += 1;
            for (count, (now, then)) in changed.iter_mut().zip(&pairs) {
                *count += u64::from(short(&row[*now]) != self.cells[start + then]);
            }
        }
        let names = pairs.iter().map(|(now, _)| users.fields[*now].clone());
        Ok(Changes { in_both, fields: names.zip(changed).collect() })
    }
}

/// A file of users, past its headers.
struct Users<R> {
    rows: csv::Reader<R>,
    row: csv::ByteRecord,
    fields: Vec<String>,
    identifier: usize,
}

impl<R: Read> Users<R> {
    fn open(csv: R, layout: &Layout) -> Result<Self, csv::Error> {
        let wrong = |reason: String| csv::Error::from(std::io::Error::other(reason));
        let delimiter =
            u8::try_from(layout.delimiter).map_err(|_| wrong(format!("no delimiter: {:?}", layout.delimiter)))?;
        let mut rows = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .buffer_capacity(1 << 18)
            .from_reader(csv);
        let mut row = csv::ByteRecord::new();
        for _ in 0..layout.headers {
            if !rows.read_byte_record(&mut row)? {
                return Err(wrong("it has no header".into()));
            }
        }
        let fields: Vec<String> = row.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        let identifier = fields.iter().position(|field| *field == layout.identifier);
        let identifier = identifier.ok_or_else(|| wrong(format!("it has no column {}", layout.identifier)))?;
        Ok(Users { rows, row, fields, identifier })
    }

    fn next(&mut self) -> Result<Option<&csv::ByteRecord>, csv::Error> {
        if !self.rows.read_byte_record(&mut self.row)? {
            return Ok(None);
        }
        if self.row.len() != self.fields.len() {
            let line = self.row.position().map_or(0, csv::Position::line);
            return Err(std::io::Error::other(format!(
                "line {line} has {} fields, not {}",
                self.row.len(),
                self.fields.len()
            ))
            .into());
        }
        Ok(Some(&self.row))
    }
}

/// Both sides of a comparison are hashed by the same program: nothing depends on the hash between runs.
fn hash(text: &[u8]) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(text)
}

/// Half the memory, and one change in four thousand million overlooked.
fn short(text: &[u8]) -> u32 {
    (hash(text) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(headers: u64) -> Layout {
        Layout { identifier: "Id".into(), delimiter: ';', headers }
    }

    #[test]
    fn changes_are_counted_by_field_over_the_users_of_both() {
        let old = Table::read("version\nId;Name;Dept;Gone\n1;A;x;\n2;B;x;\n3;C;y;\n".as_bytes(), &layout(2)).unwrap();
        let new = "Dept;Id;Name;New\nx;2;\"B\";1\nz;3;C;1\nx;1;\"A;B\";1\nx;4;D;1\n";
        let changes = old.compare(new.as_bytes(), &layout(1)).unwrap();
        let fields = [("Dept", 1), ("Id", 0), ("Name", 1)].map(|(name, count)| (name.to_owned(), count));
        assert_eq!(changes, Changes { in_both: 3, fields: fields.into() });
    }

    #[test]
    fn a_file_that_is_no_table_is_refused() {
        for text in ["", "Name;Dept\n1;2\n", "Id;Name\n1\n"] {
            assert!(Table::read(text.as_bytes(), &layout(1)).is_err(), "{text:?}");
        }
    }
}
