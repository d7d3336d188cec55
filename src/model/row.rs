//! Rows as they are kept: where the cells of each stand ([`super::cells`]), and beside them the few facts that every rule
//! reads, parsed once.

use std::ops::Range;

use jiff::civil::Date;

use super::cells::{Cells, Columns, Texts};
use super::code::{Code, Codes};
use super::date::{BEGINNING, Interval, OPEN};

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
    /// Where its cells stand in its part.
    place: u32,
    pub file: u32,
    /// 1-based, of the physical line on which the record starts.
    pub line: u32,
    pub codes: RowCodes,
    pub fate: Fate,
    pub facts: Facts,
}

impl Row {
    /// The row as one of this person.
    pub fn of(self, person: u32) -> Row {
        Row { person, ..self }
    }
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
    /// By place in the layout: under which of these headers the column stands; `None` where the file does not have it.
    pub columns: Vec<Option<usize>>,
}

impl SourceFile {
    /// The header of the column at a place in the layout.
    pub fn header(&self, place: usize) -> Option<&str> {
        let index = (*self.columns.get(place)?)?;
        self.headers.get(index).map(String::as_str)
    }
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
    parts: Vec<Texts>,
}

impl Rows {
    /// The cells of a row of this kind.
    pub fn cells(&self, row: &Row) -> Cells<'_> {
        self.parts[row.part as usize].cells(row.place)
    }

    /// How much memory the rows and their texts take.
    pub fn bytes(&self) -> usize {
        self.parts.iter().map(Texts::bytes).sum::<usize>() + size_of_val(&self.rows[..])
    }

    /// Takes over a part: its texts, and the rows whose cells stand in them.
    pub fn append(&mut self, part: Part) {
        let index = self.parts.len() as u32;
        self.parts.push(part.texts);
        self.rows.extend(part.rows.into_iter().map(|row| Row { part: index, ..row }));
        self.originals.extend(part.originals);
        self.misshapen.extend(part.misshapen);
    }
}

/// A piece of a file, being turned into rows by one thread.
#[derive(Debug)]
pub struct Part {
    texts: Texts,
    pub rows: Vec<Row>,
    pub originals: Vec<Original>,
    pub misshapen: Vec<Original>,
    pub records: u64,
}

impl Part {
    /// A part of a file with these columns.
    pub fn new(columns: Columns) -> Part {
        Part { texts: Texts::new(columns), rows: Vec::new(), originals: Vec::new(), misshapen: Vec::new(), records: 0 }
    }

    /// Makes room for so many times what is there.
    pub fn reserve(&mut self, times: usize) {
        self.texts.reserve(times);
        self.rows.reserve(self.rows.len() * times);
    }

    /// Adds one trimmed cell to the row that is being written: one for each column that the file has.
    pub fn push_cell(&mut self, cell: &str) {
        self.texts.push(cell);
    }

    /// Ends the row that is being written.
    pub fn push_row(&mut self, file: u32, line: u32, codes: RowCodes, facts: Facts) {
        let place = self.texts.end_row();
        self.rows.push(Row { person: NOBODY, part: 0, place, file, line, codes, fate: Fate::Admitted, facts });
    }

    /// Gives back the room that nothing came into.
    pub fn shrink(&mut self) {
        self.texts.shrink();
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
