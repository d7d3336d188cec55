//! What is done with single values after their expression: value maps, defaults, and what the target demands of them
//! (`resolution.md` rule 26). Findings carry a row and a field, and never the value.

use std::borrow::Cow;

use polars::prelude::{NamedFrom, StringChunked};
use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use super::evaluate::MappedOutput;
use super::{FieldPlan, OnUnmapped, ValueMap, dn};
use crate::stages::validate::uniqueness::{folded, same_text};
use crate::targets::{Dialect, FieldType, Formula};

/// Something wrong with one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldFinding {
    /// The row of the table.
    pub row: u32,
    /// The field of the output.
    pub field: u16,
    pub problem: Problem,
}

/// What can be wrong with one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// A mandatory field without a value (`OUT011`).
    Missing,
    /// Outside the target's vocabulary, or with a character that it does not take (`OUT012`).
    Vocabulary,
    /// The value map does not have it (`OUT012` as well: it was never agreed what the target calls it).
    Unmapped,
    /// Longer than the target takes.
    TooLong,
    /// The file cannot hold it: a character is not in its encoding, or it would be read as no value (`OUT014`).
    Unwritable,
    /// A spreadsheet would run it as a formula (`OUT020`).
    Formula,
}

/// A value of a field as it is held against those of others, where no two users may have the same.
pub fn compared(kind: FieldType, value: &str) -> Cow<'_, str> {
    match kind {
        FieldType::Email | FieldType::UserName => folded(value),
        FieldType::EntryName => dn::matched(value),
        _ => Cow::Borrowed(value),
    }
}

/// What is demanded of every value of an output.
#[derive(Clone, Copy)]
pub(super) struct ValueRules<'a> {
    pub formula: Formula,
    /// The first characters of a formula.
    pub starts: &'a str,
    pub dialect: &'a Dialect,
}

impl ValueRules<'_> {
    /// Whether a spreadsheet would run the value (rule 26).
    fn is_formula(&self, value: &str) -> bool {
        self.formula != Formula::Off && value.starts_with(|first| self.starts.contains(first))
    }

    /// How many characters the target gets beside those of the value: an apostrophe before a formula stays there, and those
    /// around one are taken away.
    fn added(&self, value: &str) -> usize {
        usize::from(self.formula == Formula::Escape && self.is_formula(value))
    }

    /// The value as it is written.
    fn written<'v>(&self, value: &'v str) -> Cow<'v, str> {
        match self.formula {
            Formula::Escape if self.is_formula(value) => Cow::Owned(format!("'{value}")),
            Formula::Quote if self.is_formula(value) => Cow::Owned(format!("'{value}'")),
            _ => Cow::Borrowed(value),
        }
    }
}

/// Applies maps and defaults, and judges every value of the rows that are `taken`. An empty text is no value.
pub(super) fn judge(
    fields: &[FieldPlan],
    columns: Vec<StringChunked>,
    rules: ValueRules<'_>,
    taken: Option<&[bool]>,
) -> (Vec<StringChunked>, Vec<FieldFinding>) {
    let is_taken = |row: usize| taken.is_none_or(|taken| taken[row]);
    let judged: Vec<_> = columns
        .into_iter()
        .zip(fields)
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|(column, field)| Judge::new(field, rules).column(column))
        .collect();
    let mut findings = Vec::new();
    let mut columns = Vec::with_capacity(judged.len());
    for (nth, (column, problems)) in judged.into_iter().enumerate() {
        let field = u16::try_from(nth).unwrap_or(u16::MAX);
        let found = problems.into_iter().filter(|(row, _)| is_taken(*row as usize));
        findings.extend(found.map(|(row, problem)| FieldFinding { row, field, problem }));
        columns.push(column);
    }
    findings.sort_unstable();
    (columns, findings)
}

pub(super) struct Judge<'a> {
    field: &'a FieldPlan,
    rules: ValueRules<'a>,
    problems: Vec<(u32, Problem)>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(field: &'a FieldPlan, rules: ValueRules<'a>) -> Judge<'a> {
        Judge { field, rules, problems: Vec::new() }
    }

    pub(super) fn column(mut self, column: StringChunked) -> (StringChunked, Vec<(u32, Problem)>) {
        let is_escaped = matches!(self.rules.formula, Formula::Escape | Formula::Quote);
        let changes = self.field.map.is_some() || self.field.default.is_some() || is_escaped;
        let rows = (0u32..).zip(column.iter());
        if !changes {
            rows.for_each(|(row, value)| self.value(row, value));
            return (column, self.problems);
        }
        let changed: Vec<Option<Cow<str>>> = rows.map(|(row, value)| self.changed(row, value)).collect();
        (StringChunked::new(column.name().clone(), changed), self.problems)
    }

    /// The value after map, default and escape.
    fn changed<'v>(&mut self, row: u32, value: Option<&'v str>) -> Option<Cow<'v, str>>
    where
        'a: 'v,
    {
        let value = value.filter(|value| !value.is_empty());
        let field: &'a FieldPlan = self.field;
        let mapped = match (&field.map, value) {
            (Some(map), Some(value)) => match map.look_up(value) {
                Ok(found) => found,
                Err(Unknown) => {
                    self.problems.push((row, Problem::Unmapped));
                    return Some(Cow::Borrowed(value));
                }
            },
            (_, value) => value,
        };
        let value = mapped.or(field.default.as_deref());
        self.value(row, value);
        value.map(|value| self.rules.written(value))
    }

    fn value(&mut self, row: u32, value: Option<&str>) {
        let Some(value) = value.filter(|value| !value.is_empty()) else {
            if self.field.required {
                self.problems.push((row, Problem::Missing));
            }
            return;
        };
        let is_number = || value.parse::<serde_json::Number>().is_ok();
        let is_unknown = !self.field.vocabulary.is_empty() && !self.field.vocabulary.contains(value);
        let is_refused = self.field.syntax.is_some_and(|syntax| !syntax.takes(value));
        if is_unknown || is_refused || self.field.kind == FieldType::Number && !is_number() {
            self.problems.push((row, Problem::Vocabulary));
        }
        // Bytes first: a text has no more characters than bytes, and at most one is added.
        let is_longer = |most: usize| value.len() >= most && value.chars().count() + self.rules.added(value) > most;
        if self.field.max_len.is_some_and(|most| is_longer(most as usize)) {
            self.problems.push((row, Problem::TooLong));
        }
        if !self.rules.dialect.can_write(value) {
            self.problems.push((row, Problem::Unwritable));
        }
        if self.rules.is_formula(value) {
            self.problems.push((row, Problem::Formula));
        }
    }
}

/// The map does not have the value, and nobody said what then.
pub(super) struct Unknown;

impl ValueMap {
    pub(super) fn look_up<'v>(&'v self, value: &'v str) -> Result<Option<&'v str>, Unknown> {
        match (self.values.get(value), self.on_unmapped) {
            (Some(found), _) => Ok(Some(found)),
            (None, OnUnmapped::Keep) => Ok(Some(value)),
            (None, OnUnmapped::Empty) => Ok(None),
            (None, OnUnmapped::Quarantine) => Err(Unknown),
        }
    }
}

impl MappedOutput {
    /// How many rows of the table.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, StringChunked::len)
    }

    /// The value of a field in a row; `None` where there is none.
    pub fn value(&self, row: u32, field: usize) -> Option<&str> {
        self.columns.get(field)?.get(row as usize).filter(|value| !value.is_empty())
    }

    /// The rows, of those that are taken, that share a value of a field with another: a group for each such value,
    /// rows ascending, groups by their first row.
    pub fn duplicates(&self, field: usize) -> Vec<Vec<u32>> {
        let Some(column) = self.columns.get(field).map(|column| column.downcast_as_array()) else { return Vec::new() };
        let kind = self.fields[field].kind;
        let value = |row: u32| column.get(row as usize).unwrap_or_default();
        let rows = (0..column.len() as u32).into_par_iter().filter(|row| !value(*row).is_empty() && self.takes(*row));
        same_text(rows, |row| compared(kind, value(row)))
    }

    /// Whether a person has lists in it: of work relationships, of e-mails.
    pub fn has_lists(&self) -> bool {
        !self.lists.is_empty()
    }

    /// Whether the target's rule leaves one of a person's work relationships out.
    pub fn leaves_out(&self, row: u32) -> bool {
        self.lists.iter().any(|list| list.leaves_out(row))
    }

    /// Whether one of a person's e-mails is left out since it is malformed.
    pub fn loses_an_email(&self, row: u32) -> bool {
        self.lists.iter().any(|list| list.loses_an_email(row))
    }

    /// Whether the output's own condition takes this row.
    pub fn takes(&self, row: u32) -> bool {
        self.taken.as_ref().is_none_or(|taken| taken.get(row as usize).copied().unwrap_or(false))
    }
}
