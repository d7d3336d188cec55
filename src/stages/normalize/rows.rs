//! From a record of a file to a row: cells trimmed, dates and flags read, and what is wrong with the row by itself.

use rayon::prelude::*;

use crate::model::cells::Columns;
use crate::model::code::Code;
use crate::model::date::{DateFormat, end_of};
use crate::model::flag;
use crate::model::layout::{Layout, Role};
use crate::model::row::{Facts, Original, Part, RowCodes, Rows, SourceFile};
use crate::stages::read::{Chunk, CsvFile, Record};

/// How the cells of one kind are written.
#[derive(Clone, Debug)]
pub struct Writing {
    pub dates: DateFormat,
    /// Cells that mean blank, in exact case.
    pub nulls: Vec<String>,
    /// A history demands start dates (rule 7).
    pub history: bool,
}

/// What the files of a kind showed beside their rows.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// By place in the layout: whether any file of the kind has the column.
    pub columns: Vec<bool>,
    /// A `ChangesOnly` column that says something other than N (rule 3), by file name.
    pub changes_only: Option<String>,
}

/// Whose rows are kept, by PersonNumber; nobody's where it cannot be read, and of records with the wrong number of fields.
pub type Keep<'a> = &'a (dyn Fn(Option<&str>) -> bool + Sync);

/// Turns the records of a file into rows, in the order of the file, and drops its plaintext. Without `keep` all are kept. Rows
/// that lack a key which files before it were `seen` to have are as those in which it is blank.
pub fn add_file(
    rows: &mut Rows,
    seen: &mut Seen,
    csv: CsvFile,
    layout: &Layout,
    writing: &Writing,
    keep: Option<Keep<'_>>,
) {
    let file = rows.files.len() as u32;
    let columns: Vec<Option<usize>> = layout.columns().iter().map(|(name, _)| csv.column(name)).collect();
    seen.columns.resize(columns.len(), false);
    seen.columns.iter_mut().zip(&columns).for_each(|(seen, column)| *seen |= column.is_some());
    let lacks_key = layout.optional_key().is_some_and(|place| seen.columns[place] && columns[place].is_none());
    let plan = Plan { keep, lacks_key, ..Plan::new(&csv, layout, writing) };
    // One at a time: a core that is through with its own takes over what is left of another's.
    let chunks = csv.chunks().into_par_iter().with_max_len(1);
    let parts: Vec<(Part, bool)> = chunks.map(|chunk| plan.part(file, &chunk)).collect();
    let records = parts.iter().map(|(part, _)| part.records).sum();
    rows.files.push(SourceFile { name: csv.name().to_owned(), records, headers: csv.headers().to_vec(), columns });
    if parts.iter().any(|(_, changes_only)| *changes_only) {
        seen.changes_only.get_or_insert_with(|| csv.name().to_owned());
    }
    let append = || parts.into_iter().for_each(|(part, _)| rows.append(part));
    rayon::join(|| drop(csv), append);
}

/// What `of` makes of the rows of a file, some thousand at a time, of which none is kept.
pub fn survey<T: Send>(csv: &CsvFile, layout: &Layout, writing: &Writing, of: impl Fn(&Rows) -> T + Sync) -> Vec<T> {
    let plan = Plan::new(csv, layout, writing);
    let chunks = csv.chunks().into_par_iter().map(|chunk| {
        let mut rows = Rows::default();
        rows.append(plan.part(0, &chunk).0);
        of(&rows)
    });
    chunks.collect()
}

/// After how many records it is guessed how many there will be.
const ESTIMATE_AFTER: u64 = 256;

/// The kept columns of one file, found once.
struct Plan<'a> {
    columns: Columns,
    /// Of the kept columns that the file has: which of its fields, and what it means.
    cells: Vec<(usize, Role)>,
    width: usize,
    writing: &'a Writing,
    nulls: Vec<&'a str>,
    changes_only: Option<usize>,
    number: Option<usize>,
    keep: Option<Keep<'a>>,
    /// Whether the rows lack a key that those of other files have.
    lacks_key: bool,
}

impl<'a> Plan<'a> {
    fn new(csv: &CsvFile, layout: &Layout, writing: &'a Writing) -> Plan<'a> {
        let fields: Vec<Option<usize>> = layout.columns().iter().map(|(name, _)| csv.column(name)).collect();
        let roles = layout.columns().iter().map(|(_, role)| *role);
        let cells = fields.iter().zip(roles).filter_map(|(field, role)| Some(((*field)?, role))).collect();
        // A blank cell is blank whatever `nulls` says, so only the others need a look.
        let nulls = writing.nulls.iter().map(String::as_str).filter(|null| !null.is_empty()).collect();
        let columns = Columns::new(fields.iter().map(Option::is_some));
        let [changes_only, number] = ["ChangesOnly", "PersonNumber"].map(|name| csv.column(name));
        Plan {
            columns,
            cells,
            width: csv.headers().len(),
            writing,
            nulls,
            changes_only,
            number,
            keep: None,
            lacks_key: false,
        }
    }

    fn keeps(&self, record: &Record<'_>) -> bool {
        self.keep.is_none_or(|keep| {
            let is_whole = record.len() == self.width;
            let number = self.number.filter(|_| is_whole).map(|field| self.text(record, field));
            keep(number.filter(|number| is_readable(number)))
        })
    }

    fn part(&self, file: u32, chunk: &Chunk<'_>) -> (Part, bool) {
        let mut part = Part::new(self.columns.clone());
        let mut changes_only = false;
        chunk.for_each(|record| {
            if part.records == ESTIMATE_AFTER {
                part.reserve(chunk.bytes() / record.offset.max(1));
            }
            part.records += 1;
            let is_kept = self.keeps(&record);
            if record.len() != self.width {
                part.misshapen.extend(is_kept.then(|| original(file, &record)));
                return;
            }
            changes_only |= self.changes_only.is_some_and(|at| self.says_changes_only(&record, at));
            if !is_kept {
                return;
            }
            let (codes, facts) = self.read_cells(&record, &mut part);
            if codes.has_keys() || codes.has_values() {
                part.originals.push(original(file, &record));
            }
            part.push_row(file, record.line, codes, facts);
        });
        part.shrink();
        (part, changes_only)
    }

    fn read_cells(&self, record: &Record<'_>, part: &mut Part) -> (RowCodes, Facts) {
        let mut reading = Reading { facts: Facts::default(), codes: RowCodes::default(), writing: self.writing };
        if self.lacks_key {
            reading.read_blank(Role::Key);
        }
        for (field, role) in &self.cells {
            let text = self.text(record, *field);
            part.push_cell(text);
            reading.read(*role, text);
        }
        reading.finish()
    }

    /// The trimmed cell, or blank where it says null.
    fn text<'r>(&self, record: &Record<'r>, field: usize) -> &'r str {
        let text = trimmed(record.get(field));
        if self.nulls.contains(&text) { "" } else { text }
    }

    fn says_changes_only(&self, record: &Record<'_>, field: usize) -> bool {
        let text = self.text(record, field);
        !text.is_empty() && flag::read(text) != Some(false)
    }
}

/// The row that is being read.
struct Reading<'a> {
    facts: Facts,
    codes: RowCodes,
    writing: &'a Writing,
}

impl Reading<'_> {
    fn read(&mut self, role: Role, text: &str) {
        if text.is_empty() {
            self.read_blank(role);
            return;
        }
        match role {
            Role::Key | Role::Id => {
                if is_spreadsheet_damage(text) {
                    self.codes.insert(Code::Row002);
                }
            }
            Role::Text => {}
            Role::Sequence => match text.parse() {
                Ok(sequence) => self.facts.sequence = sequence,
                Err(_) => self.codes.insert(Code::Row035),
            },
            Role::EffectiveStart => self.facts.effective.start = self.date(text).unwrap_or(self.facts.effective.start),
            Role::EffectiveEnd => {
                self.facts.effective.end = self.date(text).map_or(self.facts.effective.end, end_of);
            }
            Role::ServiceStart => self.facts.service.start = self.date(text).unwrap_or(self.facts.service.start),
            Role::ServiceEnd => self.facts.service.end = self.date(text).map_or(self.facts.service.end, end_of),
            Role::Date => {
                self.date(text);
            }
            Role::LatestChange => self.facts.latest_change = self.flag(text),
            Role::Primary => self.facts.primary = self.flag(text),
            Role::PrimaryAssignment => self.facts.primary_assignment = self.flag(text),
            Role::PrimaryWorkRelation => self.facts.primary_work_relation = self.flag(text),
        }
    }

    /// Rule 7: `ROW032` unreadable, `ROW033` a time of day.
    fn date(&mut self, text: &str) -> Option<jiff::civil::Date> {
        match self.writing.dates.read(text) {
            Some(read) => {
                if read.had_time {
                    self.codes.insert(Code::Row033);
                }
                Some(read.day)
            }
            None => {
                self.codes.insert(Code::Row032);
                None
            }
        }
    }

    fn flag(&mut self, text: &str) -> Option<bool> {
        let flag = flag::read(text);
        if flag.is_none() {
            self.codes.insert(Code::Row034);
        }
        flag
    }

    /// A blank key, or a blank start in a history.
    fn read_blank(&mut self, role: Role) {
        match role {
            Role::Key => self.codes.insert(Code::Row001),
            Role::EffectiveStart | Role::ServiceStart if self.writing.history => self.codes.insert(Code::Row030),
            _ => {}
        }
    }

    /// Rule 7, what takes two cells: a start that lies after its end.
    fn finish(mut self) -> (RowCodes, Facts) {
        if self.facts.effective.start > self.facts.effective.end {
            self.codes.insert(Code::Row031);
        }
        if self.facts.service.start > self.facts.service.end {
            self.codes.insert(Code::Wr031);
        }
        (self.codes, self.facts)
    }
}

/// Whether a PersonNumber can be read: it is not blank, and not damaged.
pub(super) fn is_readable(number: &str) -> bool {
    !number.is_empty() && !is_spreadsheet_damage(number)
}

/// A text without white space around it. Most have none, which two of their bytes tell.
fn trimmed(text: &str) -> &str {
    let is_plain = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    if is_plain(bytes.first()) && is_plain(bytes.last()) { text } else { text.trim() }
}

/// What a spreadsheet makes of a long identifier (rule 4): digits with an optional fraction and `E+` digits, or a leading `=`.
pub(super) fn is_spreadsheet_damage(text: &str) -> bool {
    if text.starts_with('=') {
        return true;
    }
    // Most identifiers are digits alone, and this is asked of every one.
    if !text.contains('+') {
        return false;
    }
    let Some((mantissa, exponent)) = text.split_once("E+") else { return false };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_number = match mantissa.split_once(['.', ',']) {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(mantissa),
    };
    is_number && digits(exponent)
}

fn original(file: u32, record: &Record<'_>) -> Original {
    Original { file, line: record.line, fields: record.iter().map(str::to_owned).collect() }
}

#[cfg(test)]
mod tests {
    use super::is_spreadsheet_damage;

    #[test]
    fn damage_is_told_from_an_id() {
        for text in ["9.66E+14", "966E+12", "=\"00123\"", "3,00100591E+14"] {
            assert!(is_spreadsheet_damage(text), "{text}");
        }
        for text in
            ["12E5", "E12", "300100591016284", "A-1", "1.5", "E+14", "9.66E+", "9.66E-14", "A.66E+14", "9.xE+14"]
        {
            assert!(!is_spreadsheet_damage(text), "{text}");
        }
    }
}
