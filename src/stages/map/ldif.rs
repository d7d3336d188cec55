//! An output as LDIF (RFC 2849): an entry a person, and in a second file, to be applied when all of them are there, who
//! manages whom.

use std::io::{self, Write};

use super::dn::{attribute, escaped};
use super::files::{OutputFile, Part, in_parallel};
use super::{MappedOutput, OutputPlan, dn, names};
use crate::targets::FieldType;

/// The longest line; what is longer goes on after a line end and a space.
const LINE: usize = 76;

/// The entries of an output.
#[derive(Clone)]
struct Entries<'a> {
    plan: &'a OutputPlan,
    output: &'a MappedOutput,
    /// The field that names an entry.
    identifier: usize,
    manager: Option<usize>,
    /// Of each field those before it that are values of the same attribute.
    same_attribute: Vec<Vec<usize>>,
}

/// The files of an output as LDIF.
pub(super) fn files<'a>(plan: &'a OutputPlan, output: &'a MappedOutput, rows: &'a [u32]) -> Vec<OutputFile<'a>> {
    let field = |kind| output.fields.iter().position(|field| field.kind == kind);
    let Some(identifier) = field(FieldType::EntryName) else { return Vec::new() };
    let manager = field(FieldType::Manager);
    let attribute = |nth: usize| attribute(&output.fields[nth].name);
    let is_same = |one: usize, other: usize| attribute(one).eq_ignore_ascii_case(attribute(other));
    let same = |nth| (0..nth).filter(|before| is_same(*before, nth)).collect();
    let same_attribute = (0..output.fields.len()).map(same).collect();
    let entries = Entries { plan, output, identifier, manager, same_attribute };
    let of_people = entries.clone();
    let people = move |out: &mut dyn Write| of_people.write(rows, Entries::entry, out);
    let managers = move |out: &mut dyn Write| entries.write(rows, Entries::manager, out);
    let file = |path, write| OutputFile { path, rows: None, headers: None, write };
    let mut files = vec![file(plan.file.clone(), Box::new(people) as super::Content<'a>)];
    if manager.is_some() {
        files.push(file(names::managers(&plan.file), Box::new(managers)));
    }
    files
}

impl Entries<'_> {
    /// Writes a record for each of these rows that has one.
    fn write(&self, rows: &[u32], one: fn(&Self, u32, &mut Vec<u8>) -> bool, out: &mut dyn Write) -> io::Result<u64> {
        // Without `version: 1`, which slapadd would take for an entry; every other reader takes it as said.
        let mut records = Part::WHOLE.after_first(b"\n", out);
        in_parallel(rows, &mut records, |rows| Ok(self.render(rows, one)))
    }

    fn render(&self, rows: &[u32], one: fn(&Self, u32, &mut Vec<u8>) -> bool) -> (Vec<u8>, u64) {
        let mut out = Vec::with_capacity(rows.len() * 512);
        let taken = rows.iter().filter(|row| self.output.takes(**row));
        let written = taken.filter(|row| one(self, **row, &mut out)).count();
        (out, written as u64)
    }

    fn name(&self, identifier: &str) -> String {
        let attribute = attribute(&self.output.fields[self.identifier].name);
        let base = self.plan.base_dn.as_deref().unwrap_or_default();
        format!("{attribute}={},{base}", escaped(identifier))
    }

    /// The entry of a person; the manager comes later.
    fn entry(&self, row: u32, out: &mut Vec<u8>) -> bool {
        let identifier = self.output.value(row, self.identifier).unwrap_or_default();
        out.push(b'\n');
        line("dn", &self.name(identifier), out);
        self.plan.profile.object_classes.iter().for_each(|class| line("objectClass", class, out));
        for (nth, field) in self.output.fields.iter().enumerate().filter(|(nth, _)| Some(*nth) != self.manager) {
            let value = self.output.value(row, nth);
            if let Some(value) = value.filter(|value| !self.is_repeated(row, nth, value)) {
                line(attribute(&field.name), value, out);
            }
        }
        true
    }

    /// Whether a field before this one gave its attribute the value: a directory refuses an entry that says a thing twice.
    fn is_repeated(&self, row: u32, nth: usize, value: &str) -> bool {
        let matched = |value| dn::matched_as(self.output.fields[nth].syntax, value);
        let mut before = self.same_attribute[nth].iter().filter_map(|field| self.output.value(row, *field));
        before.any(|other| matched(other) == matched(value))
    }

    /// The change that names the manager of a person.
    fn manager(&self, row: u32, out: &mut Vec<u8>) -> bool {
        let manager = self.manager.and_then(|field| Some((field, self.output.value(row, field)?)));
        let Some((field, manager)) = manager else { return false };
        let name = attribute(&self.output.fields[field].name);
        out.push(b'\n');
        line("dn", &self.name(self.output.value(row, self.identifier).unwrap_or_default()), out);
        line("changetype", "modify", out);
        line("replace", name, out);
        line(name, &self.name(manager), out);
        out.extend(b"-\n");
        true
    }
}

/// A line, in base64 where the value would not be safe otherwise, and folded where it is long.
fn line(attribute: &str, value: &str, out: &mut Vec<u8>) {
    let whole = if is_safe(value) {
        format!("{attribute}: {value}")
    } else {
        format!("{attribute}:: {}", base64(value.as_bytes()))
    };
    // All of it is ASCII: a value that is not is in base64.
    let (mut rest, mut room) = (whole.as_bytes(), LINE);
    while rest.len() > room {
        let (now, later) = rest.split_at(room);
        out.extend(now);
        out.extend(b"\n ");
        (rest, room) = (later, LINE - 1);
    }
    out.extend(rest);
    out.push(b'\n');
}

/// Whether it is a SAFE-STRING, and does not end in a space.
fn is_safe(value: &str) -> bool {
    !value.starts_with([' ', ':', '<'])
        && !value.ends_with(' ')
        && value.bytes().all(|byte| byte.is_ascii() && !matches!(byte, 0 | b'\n' | b'\r'))
}

/// RFC 4648 section 4.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let at = |nth: usize| u32::from(three.get(nth).copied().unwrap_or_default());
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for nth in 0..4 {
            let six = (bits >> (18 - 6 * nth) & 63) as usize;
            out.push(if nth <= three.len() { char::from(ALPHABET[six]) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_safe_is_base64_and_what_is_long_is_folded() {
        let written = |value: &str| {
            let mut out = Vec::new();
            line("cn", value, &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(written("Ann"), "cn: Ann\n");
        for (value, coded) in
            [("Ü", "w5w="), (" a", "IGE="), (":a", "OmE="), ("a ", "YSA="), ("a\nb", "YQpi"), ("<x", "PHg=")]
        {
            assert_eq!(written(value), format!("cn:: {coded}\n"));
        }
        let long = written(&"x".repeat(200));
        assert!(long.lines().all(|line| line.len() <= 76) && long.lines().skip(1).all(|line| line.starts_with(' ')));
        assert_eq!(long.replace("\n ", ""), format!("cn: {}\n", "x".repeat(200)));
    }
}
