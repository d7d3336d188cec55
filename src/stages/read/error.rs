//! Why a file cannot be read: the fatal findings of `resolution.md` rule 28, each with its place.
//!
//! No cell's content ever stands in an error. Headers may, but a file without a header line has a person in its place:
//! so a header is named only where it resembles an attribute, or where the headers that must be there are there.

use super::options::Encoding;

/// The longest field, in bytes of UTF-8 without its quotes.
pub const MAX_FIELD: usize = 64 << 10;
/// The longest record, in bytes of UTF-8 with its quotes and without its line end.
pub const MAX_RECORD: usize = 1 << 20;

/// Nothing of this file can be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("{file}: the byte at offset {offset} is not valid {encoding}")]
    Encoding { file: String, offset: usize, encoding: Encoding },
    #[error("{file}: the file {}", if *.has_header { "has no row after the header" } else { "is empty" })]
    Empty { file: String, has_header: bool },
    #[error("{file}, line {line}: no header is \"{header}\"{}", near(.nearest.as_ref()))]
    Missing { file: String, line: u32, attribute: String, header: String, nearest: Option<String> },
    #[error("{file}, line {line}: the headers of columns {first} and {second} mean the same (\"{}\" and \"{}\")", .headers[0], .headers[1])]
    Alike { file: String, line: u32, first: usize, second: usize, headers: [String; 2] },
    #[error("{file}, line {line}, column {column}: {fault}")]
    Malformed { file: String, line: u32, column: u32, fault: Fault },
}

/// What is wrong at a place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("a quoted field starts here and is never closed")]
    OpenQuote,
    #[error("the last line is cut short: it has no line end, and {found} of {expected} fields")]
    CutShort { found: usize, expected: usize },
    #[error("a character other than a delimiter or a line end follows a closing quote")]
    AfterQuote,
    #[error("a quote stands inside an unquoted field")]
    InnerQuote,
    #[error("a field is longer than {} KiB", MAX_FIELD >> 10)]
    LongField,
    #[error("a record is longer than {} MiB", MAX_RECORD >> 20)]
    LongRecord,
    #[error("a NUL character")]
    Nul,
    #[error("a carriage return without a line feed")]
    LoneCr,
}

fn near(nearest: Option<&String>) -> String {
    nearest.map_or_else(String::new, |header| format!("; the nearest is \"{header}\""))
}

impl ReadError {
    /// The code of `resolution.md`.
    pub fn code(&self) -> &'static str {
        match self {
            ReadError::Encoding { .. } => "CSV006",
            ReadError::Empty { .. } => "CSV009",
            ReadError::Missing { .. } => "CSV004",
            ReadError::Alike { .. } => "CSV003",
            ReadError::Malformed { fault, .. } => fault.code(),
        }
    }

    /// The name of the file.
    pub fn file(&self) -> &str {
        match self {
            ReadError::Encoding { file, .. }
            | ReadError::Empty { file, .. }
            | ReadError::Missing { file, .. }
            | ReadError::Alike { file, .. }
            | ReadError::Malformed { file, .. } => file,
        }
    }

    /// The physical line, the first being 1, where the error has one.
    pub fn line(&self) -> Option<u32> {
        match self {
            ReadError::Encoding { .. } | ReadError::Empty { .. } => None,
            ReadError::Missing { line, .. } | ReadError::Alike { line, .. } | ReadError::Malformed { line, .. } => {
                Some(*line)
            }
        }
    }

    /// The column in characters, the first being 1, where the error has one.
    pub fn column(&self) -> Option<u32> {
        match self {
            ReadError::Malformed { column, .. } => Some(*column),
            _ => None,
        }
    }

    /// What can be done about it.
    pub fn help(&self) -> String {
        match self {
            ReadError::Encoding { .. } => {
                "if the file is in another encoding, name it: encoding = \"windows-1252\" or \"utf-16\"; if not, it is damaged: export it again".into()
            }
            ReadError::Empty { .. } => {
                "find out why the extract is empty; if that is right for this kind, say allow_empty = true".into()
            }
            ReadError::Missing { attribute, .. } => format!(
                "if the file carries it under another header, name that one: columns = {{ {attribute} = \"HEADER\" }}; if it has no header line, export it with one"
            ),
            ReadError::Alike { .. } => {
                "export one of the two only; or, if they differ in more than spelling, name the right one under columns".into()
            }
            ReadError::Malformed { fault, .. } => fault.help().into(),
        }
    }
}

impl Fault {
    fn code(self) -> &'static str {
        match self {
            Fault::OpenQuote | Fault::CutShort { .. } => "CSV002",
            Fault::AfterQuote | Fault::InnerQuote | Fault::LongField | Fault::LongRecord => "CSV007",
            Fault::Nul | Fault::LoneCr => "CSV008",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Fault::OpenQuote => {
                "the file is truncated, or this quote is stray: a quote inside a value is written twice, and the value in quotes"
            }
            Fault::CutShort { .. } => "the file is truncated: export or transfer it again",
            Fault::AfterQuote | Fault::InnerQuote => {
                "a quote inside a value is written twice, and the value in quotes; the delimiter may also be a wrong one"
            }
            Fault::LongField | Fault::LongRecord => {
                "no attribute is that long: look for a stray quote above, or a missing delimiter"
            }
            Fault::Nul => "the file is damaged, or it is UTF-16 without a byte order mark: encoding = \"utf-16\"",
            Fault::LoneCr => "end lines with LF or CR LF; a value may hold these two as well, in quotes",
        }
    }
}
