//! A mapping written: as a table for spreadsheets, and as the tables of the pipeline file.

use std::fmt::Write;

use super::{COLUMNS, LIST, OF_LIST};
use crate::stages::map::options::{CONDITION, Field, FieldOptions, Fields, List, Lists, OnNull, OnUnmapped};

/// A mapping that no table of fields can say.
#[derive(Debug, thiserror::Error)]
pub enum NotTabular {
    #[error("the field {0:?} cannot stand in a mapping file: there, [] marks a list")]
    Name(String),
    #[error("{0} has a column for each attribute that there is: there is nothing to map")]
    EveryAttribute(String),
}

impl NotTabular {
    /// What can be done about it.
    pub fn help(&self) -> &'static str {
        match self {
            NotTabular::Name(_) => "keep it in the pipeline file",
            NotTabular::EveryAttribute(_) => "to choose columns, write a mapping file: target,source",
        }
    }
}

/// The mapping as CSV. Where it holds more than ASCII it starts with the byte order mark by which spreadsheets know UTF-8.
pub fn csv(fields: &Fields, lists: &Lists) -> Result<String, NotTabular> {
    let mut rows = vec![COLUMNS.map(str::to_owned)];
    for (name, field) in &fields.0 {
        if name.get_ref().contains(LIST) {
            return Err(NotTabular::Name(name.get_ref().clone()));
        }
        rows.push(row(name.get_ref(), field));
    }
    for (name, List { condition, fields }) in &lists.0 {
        let name = name.get_ref();
        if condition.is_none() && fields.0.is_empty() {
            rows.push(cells(format!("{name}{LIST}"), String::new(), &FieldOptions::default()));
        }
        if let Some(condition) = condition {
            let target = format!("{name}{OF_LIST}{CONDITION}");
            rows.push(cells(target, condition.get_ref().clone(), &FieldOptions::default()));
        }
        rows.extend(fields.0.iter().map(|(key, field)| row(&format!("{name}{OF_LIST}{}", key.get_ref()), field)));
    }
    let mut text = rows.iter().map(|row| row.each_ref().map(|cell| quoted(cell)).join(",") + "\n").collect::<String>();
    if !text.is_ascii() {
        text.insert(0, '\u{feff}');
    }
    Ok(text)
}

fn row(target: &str, field: &Field) -> [String; COLUMNS.len()] {
    cells(target.to_owned(), field.sql.get_ref().clone(), &field.options)
}

fn cells(target: String, source: String, options: &FieldOptions) -> [String; COLUMNS.len()] {
    let flag = |flag: Option<bool>| flag.map(|flag| flag.to_string()).unwrap_or_default();
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    [
        target,
        source,
        flag(options.required.as_ref().map(|required| *required.get_ref())),
        text(options.map.as_ref().map(|map| map.get_ref())),
        if options.on_unmapped == OnUnmapped::default() {
            String::new()
        } else {
            options.on_unmapped.name().to_owned()
        },
        text(options.default.as_ref()),
        options.on_null.as_ref().map_or("", |on_null| on_null.get_ref().name()).to_owned(),
        flag(options.unique),
        options.max_len.map(|most| most.to_string()).unwrap_or_default(),
        text(options.stands_for.as_ref().map(|other| other.get_ref())),
        text(options.note.as_ref()),
    ]
}

/// A cell, in quotes where it would be misread without.
fn quoted(cell: &str) -> String {
    let is_plain = !cell.contains(['"', ',', ';', '\t', '\r', '\n']);
    if is_plain { cell.to_owned() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
}

/// The mapping as `[output.fields]` and `[output.each.NAME]`, to stand below its `[[output]]`.
pub fn toml(fields: Option<&Fields>, lists: &Lists) -> String {
    let mut text = String::new();
    if let Some(fields) = fields {
        text += "[output.fields]\n";
        lines(&mut text, fields);
    }
    for (name, List { condition, fields }) in &lists.0 {
        let between = if text.is_empty() { "" } else { "\n" };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{between}[output.each.{}]", name.get_ref());
        if let Some(condition) = condition {
            let _ = writeln!(text, "{CONDITION} = {}", value(condition.get_ref()));
        }
        lines(&mut text, fields);
    }
    text
}

fn lines(text: &mut String, fields: &Fields) {
    let keys: Vec<String> = fields.0.iter().map(|(name, _)| key(name.get_ref())).collect();
    let width = keys.iter().map(|key| key.chars().count()).max().unwrap_or_default();
    for (key, (_, field)) in keys.iter().zip(&fields.0) {
        let _ = writeln!(text, "{key:width$} = {}", form(field));
    }
}

/// A field: its expression alone, or a table with its options.
fn form(field: &Field) -> String {
    let options = &field.options;
    let word = |name: &str, word: &str| format!("{name} = {}", value(word));
    let mut parts = vec![word("sql", field.sql.get_ref())];
    parts.extend(options.required.as_ref().map(|required| format!("required = {}", required.get_ref())));
    parts.extend(options.map.as_ref().map(|map| word("map", map.get_ref())));
    if options.on_unmapped != OnUnmapped::default() {
        parts.push(word("on_unmapped", options.on_unmapped.name()));
    }
    parts.extend(options.default.as_ref().map(|default| word("default", default)));
    parts.extend(options.on_null.as_ref().map(|on_null| word("on_null", on_null.get_ref().name())));
    parts.extend(options.unique.map(|unique| format!("unique = {unique}")));
    parts.extend(options.max_len.map(|most| format!("max_len = {most}")));
    parts.extend(options.stands_for.as_ref().map(|other| word("as", other.get_ref())));
    parts.extend(options.note.as_ref().map(|note| word("note", note)));
    if let [_] = parts[..] { value(field.sql.get_ref()) } else { format!("{{ {} }}", parts.join(", ")) }
}

fn value(text: &str) -> String {
    ::toml::Value::from(text).to_string()
}

/// A key is a string of one line: JSON's escapes are TOML's.
fn key(name: &str) -> String {
    serde_json::Value::from(name).to_string().replace('\u{7f}', "\\u007f")
}

impl OnUnmapped {
    const NAMED: [(&str, OnUnmapped); 3] =
        [("quarantine", OnUnmapped::Quarantine), ("keep", OnUnmapped::Keep), ("empty", OnUnmapped::Empty)];

    /// What a word of a mapping file means.
    pub(super) fn named(word: &str) -> Option<OnUnmapped> {
        Self::NAMED.into_iter().find(|(name, _)| *name == word).map(|(_, meant)| meant)
    }

    fn name(self) -> &'static str {
        Self::NAMED.into_iter().find(|(_, meant)| *meant == self).map_or("", |(name, _)| name)
    }
}

impl OnNull {
    const NAMED: [(&str, OnNull); 2] = [("empty", OnNull::Empty), ("quarantine", OnNull::Quarantine)];

    /// What a word of a mapping file means.
    pub(super) fn named(word: &str) -> Option<OnNull> {
        Self::NAMED.into_iter().find(|(name, _)| *name == word).map(|(_, meant)| meant)
    }

    fn name(self) -> &'static str {
        Self::NAMED.into_iter().find(|(_, meant)| *meant == self).map_or("", |(name, _)| name)
    }
}
