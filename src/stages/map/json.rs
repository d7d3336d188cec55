//! An output as JSON objects: keys make the nesting, and what has no value is left out, be it a member, an object, or the
//! element of a list.

use std::io::{self, Write};

use super::FieldPlan;
use super::evaluate::MappedOutput;
use super::files::{self, Part};
use super::lists::MappedList;
use super::path::{self, Shape};
use crate::targets::FieldType;

/// What stands in the place of the manager's PersonNumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manager {
    /// Itself.
    Number,
    /// A reference to the manager's own operation in the same bulk request.
    BulkId,
    /// Nothing.
    LeftOut,
}

/// The objects of an output.
pub(super) struct Json<'a> {
    output: &'a MappedOutput,
    shape: Shape,
    /// The SCIM schemas that every object names; what stands under the URN of another is named where it has a value.
    schemas: &'a [String],
}

/// One row of a table of values.
#[derive(Clone, Copy)]
struct Row<'a> {
    output: Option<&'a MappedOutput>,
    list: Option<&'a MappedList>,
    row: u32,
}

impl<'a> Row<'a> {
    fn field(&self, field: usize) -> Option<(&'a FieldPlan, &'a str)> {
        match (self.output, self.list) {
            (_, Some(list)) => Some((list.fields.get(field)?, list.value(self.row, field)?)),
            (Some(output), None) => Some((output.fields.get(field)?, output.value(self.row, field)?)),
            (None, None) => None,
        }
    }
}

impl<'a> Json<'a> {
    pub fn new(output: &'a MappedOutput, schemas: &'a [String]) -> Json<'a> {
        let is_sent = |field: &FieldPlan| !matches!(field.kind, FieldType::ResourceId | FieldType::BulkId);
        let fields = output.fields.iter().enumerate().filter(|(_, field)| is_sent(field));
        let values = fields.map(|(nth, field)| (path::parse(&field.name).unwrap_or_default(), Shape::Value(nth)));
        let lists = output.lists.iter().enumerate();
        let lists = lists.map(|(nth, list)| (path::parse(&list.name).unwrap_or_default(), Shape::Elements(nth)));
        // The keys were checked with the pipeline; those of a table of every attribute are plain names.
        let shape = Shape::of(values.chain(lists)).unwrap_or(Shape::Object(Vec::new()));
        Json { output, shape, schemas }
    }

    /// Writes these rows, an object a line.
    pub fn write_lines(&self, rows: &[u32], out: &mut dyn Write) -> io::Result<u64> {
        files::in_parallel(rows, out, |rows| Ok(self.render(rows, &|out| out.push(b'\n'), &|_| {})))
    }

    /// Writes these rows as one array, or a part of one, an object a line.
    pub fn write_array(&self, rows: &[u32], part: Part, out: &mut dyn Write) -> io::Result<u64> {
        if part.is_first() {
            out.write_all(b"[")?;
        }
        let mut array = part.after_first(b",", out);
        let written =
            files::in_parallel(rows, &mut array, |rows| Ok(self.render(rows, &|_| {}, &|out| out.extend(b",\n"))))?;
        if part.is_last {
            out.write_all(if part.before.unwrap_or(0) + written == 0 { b"]\n" } else { b"\n]\n" })?;
        }
        out.flush()?;
        Ok(written)
    }

    fn render(&self, rows: &[u32], after: &dyn Fn(&mut Vec<u8>), before: &dyn Fn(&mut Vec<u8>)) -> (Vec<u8>, u64) {
        let mut out = Vec::with_capacity(rows.len() * 512);
        let mut written = 0;
        for row in rows.iter().filter(|row| self.output.takes(**row)) {
            before(&mut out);
            self.object(*row, Manager::Number, &mut out);
            after(&mut out);
            written += 1;
        }
        (out, written)
    }

    /// The object of a row.
    pub fn object(&self, row: u32, manager: Manager, out: &mut Vec<u8>) {
        let row = Row { output: Some(self.output), list: None, row };
        let start = out.len();
        let Shape::Object(members) = &self.shape else { return };
        out.push(b'{');
        if !self.schemas.is_empty() {
            out.extend(b"\"schemas\":[");
            let own = self.schemas.iter().map(String::as_str);
            let mut scratch = Vec::new();
            let extensions = members.iter().filter(|(name, shape)| {
                scratch.clear();
                name.starts_with("urn:") && self.value(shape, row, manager, &mut scratch)
            });
            let names: Vec<&str> = own.chain(extensions.map(|(name, _)| name.as_str())).collect();
            for (nth, name) in names.iter().enumerate() {
                out.extend(if nth == 0 { &b""[..] } else { b"," });
                text(name, out);
            }
            out.push(b']');
        }
        self.members(members, row, manager, start + 1, out);
        out.push(b'}');
    }

    /// Writes the members that have a value; `start` is where the first of the object begins.
    fn members(&self, members: &[(String, Shape)], row: Row<'_>, manager: Manager, start: usize, out: &mut Vec<u8>) {
        for (name, shape) in members {
            let before = out.len();
            if before > start {
                out.push(b',');
            }
            text(name, out);
            out.push(b':');
            if !self.value(shape, row, manager, out) {
                out.truncate(before);
            }
        }
    }

    /// Writes what stands at a place, and says whether anything does.
    fn value(&self, shape: &Shape, row: Row<'_>, manager: Manager, out: &mut Vec<u8>) -> bool {
        let before = out.len();
        match shape {
            Shape::Value(field) => match row.field(*field) {
                Some((field, value)) => plain(field.kind, value, manager, out),
                None => return false,
            },
            Shape::Object(members) => {
                out.push(b'{');
                self.members(members, row, manager, before + 1, out);
                out.push(b'}');
            }
            Shape::List(elements) => {
                out.push(b'[');
                for element in elements {
                    self.element(element, row, manager, before + 1, out);
                }
                out.push(b']');
            }
            Shape::Elements(list) => {
                let list = &self.output.lists[*list];
                out.push(b'[');
                for element in list.elements(row.row) {
                    let row = Row { output: None, list: Some(list), row: element };
                    self.element(&list.shape, row, manager, before + 1, out);
                }
                out.push(b']');
            }
        }
        out.len() > before + 2 || matches!(shape, Shape::Value(_)) && out.len() > before
    }

    fn element(&self, shape: &Shape, row: Row<'_>, manager: Manager, start: usize, out: &mut Vec<u8>) {
        let before = out.len();
        if before > start {
            out.push(b',');
        }
        if !self.value(shape, row, manager, out) {
            out.truncate(before);
        }
    }
}

/// Writes a value as its field's type has it. A value of another type was found before (`OUT012`).
fn plain(kind: FieldType, value: &str, manager: Manager, out: &mut Vec<u8>) {
    match (kind, manager) {
        (FieldType::Boolean | FieldType::Primary | FieldType::Number, _) => out.extend(value.as_bytes()),
        (FieldType::Manager, Manager::LeftOut) => {}
        (FieldType::Manager, Manager::BulkId) => text(&format!("bulkId:{value}"), out),
        _ => text(value, out),
    }
}

/// Writes a text as a JSON string.
pub(super) fn text(value: &str, out: &mut Vec<u8>) {
    // Into memory, and a text is always a string: there is nothing that could fail.
    let _ = serde_json::to_writer(out, value);
}
