//! Rows as they are kept: the trimmed cells of the kept columns in one string, and beside it the few facts that
//! every rule reads, parsed once. Four million of them fit into memory because nothing is stored twice.

use std::ops::Range;

use jiff::civil::Date;

use super::code::{Code, Codes};
use super::date::{BEGINNING, Interval, OPEN};

/// The trimmed cells of one row, each ended by NUL: no cell can hold one, since a file with NUL is refused (`CSV008`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cells<'a>(&'a str);

impl<'a> Cells<'a> {
    /// The cell of a column of the layout; blank where the file has no such column.
    pub fn get(self, column: usize) -> &'a str {
        self.iter().nth(column).unwrap_or_default()
    }

    /// All cells in the order of the layout.
    pub fn iter(self) -> impl Iterator<Item = &'a str> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let end = memchr::memchr(0, rest.as_bytes())?;
            let cell = &rest[..end];
            rest = &rest[end + 1..];
            Some(cell)
        })
    }
}

/// What a row tells the rules beside its texts. Of the flags, `None` is blank or no such column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Facts {
    /// `EffectiveStartDate` to `EffectiveEndDate`.
    pub effective: Interval,
    /// `DateStart` to `ActualTerminationDate`.
    pub service: Interval,
    /// `EffectiveSequence`; a missing one is 1 (rule 10).
    pub sequence: i64,
    pub latest_change: Option<bool>,
    /// `PrimaryFlag`: of the work relationship in its own file, the overall flag on an assignment row; on a person row
    /// `EmailPrimaryFlag`.
    pub primary: Option<bool>,
    pub primary_assignment: Option<bool>,
    pub primary_work_relation: Option<bool>,
}

impl Default for Facts {
    fn default() -> Self {
        Facts {
            effective: Interval::ALWAYS,
            service: Interval::ALWAYS,
            sequence: 1,
            latest_change: None,
            primary: None,
            primary_assignment: None,
            primary_work_relation: None,
        }
    }
}

/// The diagnostics that one row bears by itself, in two bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowCodes(u16);

impl RowCodes {
    const CODES: [Code; 9] = [
        Code::Row001,
        Code::Row002,
        Code::Row030,
        Code::Row031,
        Code::Row032,
        Code::Row034,
        Code::Row035,
        Code::Wr031,
        Code::Row033,
    ];
    const KEYS: u16 = 0b11;
    const VALUES: u16 = 0b1111_1100;

    pub fn insert(&mut self, code: Code) {
        match Self::CODES.iter().position(|known| *known == code) {
            Some(bit) => self.0 |= 1 << bit,
            None => unreachable!("{code} is not a code of a row by itself"),
        }
    }

    pub fn contains(self, code: Code) -> bool {
        self.codes(u16::MAX).contains(code)
    }

    /// `ROW001` and `ROW002`: the first group that decides a row's fate.
    pub fn keys(self) -> Codes {
        self.codes(Self::KEYS)
    }

    /// `ROW030` to `ROW035` and `WR031`, as far as they reject: the last group.
    pub fn values(self) -> Codes {
        self.codes(Self::VALUES)
    }

    pub fn has_keys(self) -> bool {
        self.0 & Self::KEYS != 0
    }

    pub fn has_values(self) -> bool {
        self.0 & Self::VALUES != 0
    }

    /// `ROW033`: a time of day was cut off.
    pub fn had_time(self) -> bool {
        self.contains(Code::Row033)
    }

    fn codes(self, mask: u16) -> Codes {
        Self::CODES
            .iter()
            .enumerate()
            .filter(|(bit, _)| self.0 & mask & (1 << bit) != 0)
            .map(|(_, code)| *code)
            .collect()
    }
}

/// What became of a row before resolution; the rest is decided with its person (rule 27).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It takes part.
    Admitted,
    Rejected,
    /// Equal to an earlier row in every kept column (`ROW010`).
    Duplicate,
    /// A terms row, an offer, an applicant or an unknown type (`ROW020` to `ROW022`).
    SetAside(Code),
}

/// One row: where its cells are, where it came from, and its facts.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The index of the person, by PersonNumber in byte order; `NOBODY` where it cannot be read.
    pub person: u32,
    part: u32,
    at: u32,
    length: u32,
    pub file: u32,
    /// 1-based, of the physical line on which the record starts.
    pub line: u32,
    pub codes: RowCodes,
    pub fate: Fate,
    pub facts: Facts,
}

/// The person of a row whose PersonNumber is blank or damaged.
pub const NOBODY: u32 = u32::MAX;

/// A file of a kind, as the sums know it.
#[derive(Clone, Debug)]
pub struct SourceFile {
    pub name: String,
    /// Records after the header, `CSV001` ones included.
    pub records: u64,
    /// The input's own headers, for `rejects/`.
    pub headers: Vec<String>,
}

/// A record that was left out, in its own columns, values as they came (for `rejects/` alone).
#[derive(Clone, Debug)]
pub struct Original {
    pub file: u32,
    pub line: u32,
    pub fields: Vec<String>,
}

/// The rows of one kind, from all its files, with their texts.
#[derive(Debug, Default)]
pub struct Rows {
    pub files: Vec<SourceFile>,
    pub rows: Vec<Row>,
    /// The originals of every row that may be rejected, in the order of the input.
    pub originals: Vec<Original>,
    /// `CSV001`: records with the wrong number of fields, which belong to nobody.
    pub misshapen: Vec<Original>,
    parts: Vec<String>,
}

impl Rows {
    /// The cells of a row of this kind.
    pub fn cells(&self, row: &Row) -> Cells<'_> {
        let range = row.at as usize..(row.at + row.length) as usize;
        Cells(&self.parts[row.part as usize][range])
    }

    /// Takes over a part: its text, and the rows whose cells stand in it.
    pub fn append(&mut self, part: Part) {
        let index = self.parts.len() as u32;
        self.parts.push(part.text);
        self.rows.extend(part.rows.into_iter().map(|row| Row { part: index, ..row }));
        self.originals.extend(part.originals);
        self.misshapen.extend(part.misshapen);
    }
}

/// A piece of a file, being turned into rows by one thread.
#[derive(Debug, Default)]
pub struct Part {
    text: String,
    pub rows: Vec<Row>,
    pub originals: Vec<Original>,
    pub misshapen: Vec<Original>,
    pub records: u64,
}

impl Part {
    /// A part whose text will need about `bytes`.
    pub fn with_capacity(bytes: usize) -> Part {
        Part { text: String::with_capacity(bytes), ..Part::default() }
    }

    /// Adds one trimmed cell to the row that is being written.
    pub fn push_cell(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.text.push('\0');
    }

    /// Where the row that is being written will begin.
    pub fn mark(&self) -> usize {
        self.text.len()
    }

    /// Ends the row that began at `mark`.
    pub fn push_row(&mut self, mark: usize, file: u32, line: u32, codes: RowCodes, facts: Facts) {
        self.rows.push(Row {
            person: NOBODY,
            part: 0,
            at: mark as u32,
            length: (self.text.len() - mark) as u32,
            file,
            line,
            codes,
            fate: Fate::Admitted,
            facts,
        });
    }

    /// The cells of a row of this part.
    pub fn cells(&self, row: &Row) -> Cells<'_> {
        Cells(&self.text[row.at as usize..(row.at + row.length) as usize])
    }
}

/// The rows of each person, contiguous: `rows[starts[p]..starts[p + 1]]`.
#[derive(Debug, Default)]
pub struct Groups {
    pub starts: Vec<u32>,
}

impl Groups {
    /// The positions of the rows of a person.
    pub fn of(&self, person: usize) -> Range<usize> {
        self.starts[person] as usize..self.starts[person + 1] as usize
    }
}

impl Facts {
    /// Whether the row, were it not rejected, could say something about `day`: a blank start is the beginning of time.
    pub fn covers(&self, day: Date) -> bool {
        self.effective.contains(day)
    }

    /// A date of termination, if there is one that is not open.
    pub fn termination(&self) -> Option<Date> {
        (self.service.end != OPEN).then_some(self.service.end)
    }

    /// Whether the service has a start date.
    pub fn has_service_start(&self) -> bool {
        self.service.start != BEGINNING
    }
}
