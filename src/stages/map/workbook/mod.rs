//! A mapping as a table that people fill in with a spreadsheet: `[[output]] mapping = "mapping.csv"` in the place of
//! `[output.fields]`. A row is a field, a column one of its options, and both forms say the same: what is exported and
//! imported again is what it was.
//!
//! A field of a list stands after the list's name, `emails[].value`; `emails[].where` is the list's condition, and
//! `emails[]` alone the list with the profile's own fields.

mod cells;
mod own;
mod write;

use std::num::NonZeroU32;

use toml::Spanned;

pub use own::of_output;
pub use write::{NotTabular, csv, toml};

use self::cells::{Cell, Flaw};
use super::mistake::{Mistake, did_you_mean};
use super::options::{CONDITION, Field, FieldOptions, Fields, List, Lists, OnNull, OnUnmapped};

/// The columns of a mapping file, in the order in which they are exported.
pub const COLUMNS: [&str; 11] =
    ["target", "source", "required", "map", "on_unmapped", "default", "on_null", "unique", "max_len", "as", "note"];
/// Without these there is no mapping.
const NEEDED: [&str; 2] = ["target", "source"];
/// What stands between the name of a list and a key of its elements.
const OF_LIST: &str = "[].";
/// What stands behind the name of a list that has the profile's own fields.
const LIST: &str = "[]";

/// Reads a mapping file. Every name and every expression knows its place, counted from `start`. All the mistakes are
/// returned.
pub fn read(text: &str, start: usize) -> Result<(Fields, Lists), Vec<Mistake>> {
    let moved = |span: std::ops::Range<usize>| span.start + start..span.end + start;
    let mut records = cells::records(text)
        .map_err(|Flaw { span, title }| vec![Mistake { span: moved(span), title: title.into(), help: None }])?;
    records.iter_mut().flatten().for_each(|cell| cell.span = moved(cell.span.clone()));
    let mut records = records.into_iter();
    let header = header(records.next().unwrap_or_default(), start)?;
    let mut reader = Reader::default();
    for record in records.filter(|record| record.iter().any(|cell| !cell.text.trim().is_empty())) {
        reader.row(Row { header: &header, record });
    }
    if reader.mistakes.is_empty() { Ok((Fields(reader.fields), Lists(reader.lists))) } else { Err(reader.mistakes) }
}

/// Whether the first line names what every mapping has: what is wrong further on is then that of a mapping.
pub fn has_header(text: &str) -> bool {
    let first = cells::records(text.lines().next().unwrap_or_default()).unwrap_or_default();
    let names: Vec<&str> = first.iter().flatten().map(|cell| cell.text.as_str()).collect();
    NEEDED.iter().all(|needed| names.contains(needed))
}

/// Which column each cell of a record is. What a cell says is not repeated: a file without a header has somebody's data there.
fn header(record: Vec<Cell>, start: usize) -> Result<Vec<&'static str>, Vec<Mistake>> {
    let mut known = Vec::new();
    let mut mistakes = Vec::new();
    for cell in &record {
        let name = COLUMNS.into_iter().find(|name| *name == cell.text);
        let (title, help) = match name {
            Some(name) if !known.contains(&name) => {
                known.push(name);
                continue;
            }
            Some(name) => (format!("two columns are called {name}"), None),
            None => {
                let all = || format!("the columns are {}", COLUMNS.join(", "));
                ("a mapping has no such column".to_owned(), did_you_mean(&cell.text, COLUMNS).or(Some(all())))
            }
        };
        mistakes.push(Mistake { span: cell.span.clone(), title, help });
    }
    if known.is_empty() {
        // Then it is no header at all, and the rest of it says nothing.
        mistakes.clear();
    }
    if let Some(absent) = NEEDED.into_iter().find(|name| mistakes.is_empty() && !known.contains(name)) {
        let span = record.first().map_or(start, |cell| cell.span.start)..record.last().map_or(start, |c| c.span.end);
        let help = "the first line names the columns: target,source".to_owned();
        mistakes.push(Mistake { span, title: format!("there is no column {absent}"), help: Some(help) });
    }
    if mistakes.is_empty() { Ok(known) } else { Err(mistakes) }
}

/// One line below the header.
struct Row<'a> {
    header: &'a [&'static str],
    record: Vec<Cell>,
}

impl Row<'_> {
    /// The cell of a column; `None` where it is empty, or there is no such column.
    fn cell(&self, name: &str) -> Option<&Cell> {
        let index = self.header.iter().position(|known| *known == name)?;
        self.record.get(index).filter(|cell| !cell.text.is_empty())
    }

    fn text(&self, name: &str) -> Option<Spanned<String>> {
        self.cell(name).map(|cell| Spanned::new(cell.span.clone(), cell.text.clone()))
    }

    fn span(&self) -> std::ops::Range<usize> {
        let end = |cell: Option<&Cell>| cell.map_or(0..0, |cell| cell.span.clone());
        end(self.record.first()).start..end(self.record.last()).end
    }

    /// The expression; an empty one has its place too.
    fn source(&self) -> Spanned<String> {
        let index = self.header.iter().position(|known| *known == "source");
        let cell = index.and_then(|index| self.record.get(index));
        cell.map_or_else(
            || Spanned::new(self.span(), String::new()),
            |cell| Spanned::new(cell.span.clone(), cell.text.clone()),
        )
    }
}

/// The fields and lists, as far as they were read.
#[derive(Default)]
struct Reader {
    fields: Vec<(Spanned<String>, Field)>,
    lists: Vec<(Spanned<String>, List)>,
    mistakes: Vec<Mistake>,
}

impl Reader {
    fn mistake(&mut self, span: std::ops::Range<usize>, title: impl Into<String>, help: Option<&str>) {
        self.mistakes.push(Mistake { span, title: title.into(), help: help.map(str::to_owned) });
    }

    fn row(&mut self, row: Row<'_>) {
        if row.record.len() != row.header.len() {
            let title = format!("this line has {} cells, and the header has {}", row.record.len(), row.header.len());
            return self.mistake(row.span(), title, Some("a cell with a delimiter in it stands in quotes"));
        }
        let Some(target) = row.text("target") else {
            return self.mistake(row.span(), "this line has no target", Some("say which field it is about"));
        };
        let name = target.get_ref().clone();
        let named = |name: &str| Spanned::new(target.span(), name.to_owned());
        let field = Field { sql: row.source(), options: self.options(&row) };
        match (name.split_once(OF_LIST), name.strip_suffix(LIST)) {
            (Some((list, CONDITION)), _) => self.condition(named(list), &row, field.sql),
            (Some((list, key)), _) => {
                let list = self.list(named(list));
                let taken = self.lists[list].1.fields.0.iter().any(|(other, _)| other.get_ref() == key);
                self.lists[list].1.fields.0.push((named(key), field));
                self.once(taken, &target);
            }
            (None, Some(list)) => {
                self.list(named(list));
                self.alone(&row, "the fields of this list are the profile's own: nothing else stands in its line", 1);
            }
            (None, None) => {
                let taken = self.fields.iter().any(|(other, _)| *other.get_ref() == name);
                self.fields.push((target.clone(), field));
                self.once(taken, &target);
            }
        }
    }

    fn once(&mut self, taken: bool, target: &Spanned<String>) {
        if taken {
            self.mistake(target.span(), format!("two lines are about {}", target.get_ref()), None);
        }
    }

    /// The index of the list of this name.
    fn list(&mut self, name: Spanned<String>) -> usize {
        let found = self.lists.iter().position(|(other, _)| other.get_ref() == name.get_ref());
        found.unwrap_or_else(|| {
            self.lists.push((name, List { condition: None, fields: Fields(Vec::new()) }));
            self.lists.len() - 1
        })
    }

    fn condition(&mut self, list: Spanned<String>, row: &Row<'_>, sql: Spanned<String>) {
        let span = list.span();
        let index = self.list(list);
        if self.lists[index].1.condition.replace(sql).is_some() {
            self.mistake(span, "this list has a condition already", None);
        }
        self.alone(row, "a condition has a source, and nothing else", 2);
    }

    /// Only the first `most` of the needed columns may say something.
    fn alone(&mut self, row: &Row<'_>, title: &str, most: usize) {
        let other = |name: &&&str| !NEEDED[..most].contains(name);
        let cells: Vec<_> = COLUMNS.iter().filter(other).filter_map(|name| row.cell(name)).collect();
        if let Some(cell) = cells.first() {
            self.mistake(cell.span.clone(), title, None);
        }
    }

    fn options(&mut self, row: &Row<'_>) -> FieldOptions {
        FieldOptions {
            required: self.word(row, "required", flag, "true or false"),
            unique: self.word(row, "unique", flag, "true or false").map(Spanned::into_inner),
            max_len: self
                .word(row, "max_len", |word| word.parse::<NonZeroU32>().ok(), "a number from 1")
                .map(Spanned::into_inner),
            map: row.text("map"),
            on_unmapped: self
                .word(row, "on_unmapped", OnUnmapped::named, "quarantine, keep or empty")
                .map(Spanned::into_inner)
                .unwrap_or_default(),
            on_null: self.word(row, "on_null", OnNull::named, "empty or quarantine"),
            default: row.text("default").map(Spanned::into_inner),
            stands_for: row.text("as"),
            note: row.text("note").map(Spanned::into_inner),
        }
    }

    /// A cell that is one of a few words.
    fn word<T>(
        &mut self,
        row: &Row<'_>,
        column: &str,
        meaning: impl Fn(&str) -> Option<T>,
        words: &str,
    ) -> Option<Spanned<T>> {
        let cell = row.cell(column)?;
        let meant = meaning(&cell.text);
        if meant.is_none() {
            self.mistake(cell.span.clone(), format!("{column} is {words}"), None);
        }
        meant.map(|meant| Spanned::new(cell.span.clone(), meant))
    }
}

/// Spreadsheets write TRUE for true.
fn flag(word: &str) -> Option<bool> {
    [("true", true), ("false", false)]
        .into_iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(word))
        .map(|(_, flag)| flag)
}

#[cfg(test)]
mod tests;
