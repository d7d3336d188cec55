//! The values of the users of a run as hashes, by row of its user files: none is kept, and a million users of thirty
//! fields take a hundred and twenty megabytes.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use csv::{ByteRecord, ReaderBuilder};

use super::super::PublishError;
use super::super::manifest::Users;
use super::Run;
use super::source::{Source, wrong};
use crate::model::charset::Decoded;

/// The user files of a run, one after the other.
#[derive(Default)]
pub struct Cells {
    fields: Vec<String>,
    emails: Vec<String>,
    /// Row by row.
    hashes: Vec<u32>,
}

impl Cells {
    /// Reads the users of a run; `None` where they are not in CSV.
    pub fn read(run: Run<'_>) -> Result<Option<Cells>, PublishError> {
        let Some(users) = &run.manifest.users else { return Ok(None) };
        let mut cells = Cells { emails: users.emails.clone(), ..Cells::default() };
        for path in std::iter::once(&users.path).chain(&users.further) {
            let mut source = Source::open(run, path)?;
            match cells.parse(&mut source, users) {
                Ok(()) => source.finish()?,
                Err(error) => return Err(source.refuse(&error)),
            }
        }
        Ok(Some(cells))
    }

    /// Adds the rows of a file.
    fn parse(&mut self, source: &mut Source, users: &Users) -> Result<(), csv::Error> {
        let delimiter = u8::try_from(users.delimiter).map_err(|_| wrong("its delimiter is no byte"))?;
        let mut rows = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .buffer_capacity(1 << 18)
            .from_reader(Decoded::new(source, users.encoding));
        let mut row = ByteRecord::new();
        for _ in 0..users.headers {
            if !rows.read_byte_record(&mut row)? {
                return Err(wrong("it has no header"));
            }
        }
        let names: Vec<String> = row.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
        if self.fields.is_empty() {
            self.fields = names;
        } else if self.fields != names {
            return Err(wrong("it has other columns than the file before"));
        }
        while rows.read_byte_record(&mut row)? {
            if row.len() != self.fields.len() {
                let line = row.position().map_or(0, csv::Position::line);
                return Err(wrong(format!("line {line} has {} fields, not {}", row.len(), self.fields.len())));
            }
            self.hashes.extend(row.iter().map(hash));
        }
        Ok(())
    }

    fn row(&self, row: usize) -> Option<&[u32]> {
        let start = row.checked_mul(self.fields.len())?;
        self.hashes.get(start..start + self.fields.len())
    }
}

/// Both sides of a comparison are hashed by the same program: nothing depends on the hash between runs. One change in
/// four thousand million is overlooked.
fn hash(text: &[u8]) -> u32 {
    (BuildHasherDefault::<DefaultHasher>::default().hash_one(text) >> 32) as u32
}

/// The fields that two user files share, and how many users have another value in each.
pub struct Pairing<'a> {
    before: &'a Cells,
    now: &'a Cells,
    fields: Vec<Pair>,
}

/// A field of both files.
struct Pair {
    before: usize,
    now: usize,
    is_email: bool,
    changed: u64,
    /// Whether it differs for the users compared last.
    differs: bool,
}

/// What two rows come to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Differs {
    pub any: bool,
    pub email: bool,
}

impl<'a> Pairing<'a> {
    pub fn new(before: &'a Cells, now: &'a Cells) -> Pairing<'a> {
        let pair = |(place, name): (usize, &String)| {
            let before = before.fields.iter().position(|field| field == name)?;
            Some(Pair { before, now: place, is_email: now.emails.contains(name), changed: 0, differs: false })
        };
        Pairing { before, now, fields: now.fields.iter().enumerate().filter_map(pair).collect() }
    }

    /// Compares a user's rows; nothing differs where either file does not have them.
    pub fn compare(&mut self, before: Option<usize>, now: Option<usize>) -> Differs {
        let rows = before.and_then(|row| self.before.row(row)).zip(now.and_then(|row| self.now.row(row)));
        let mut found = Differs::default();
        for pair in &mut self.fields {
            pair.differs = rows.is_some_and(|(before, now)| before[pair.before] != now[pair.now]);
            pair.changed += u64::from(pair.differs);
            found.any |= pair.differs;
            found.email |= pair.differs && pair.is_email;
        }
        found
    }

    /// The fields that differed in the rows compared last.
    pub fn fields_of_last(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(|pair| pair.differs).map(|pair| self.now.fields[pair.now].as_str())
    }

    /// Every shared field with its count, in the order of the later file.
    pub fn counted(&self) -> impl Iterator<Item = (&str, u64)> {
        self.fields.iter().map(|pair| (self.now.fields[pair.now].as_str(), pair.changed))
    }
}
