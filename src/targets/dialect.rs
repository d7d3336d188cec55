//! How a table is written as CSV, what a pipeline may change of it, and how much one file may hold.

use jiff::civil::Date;
use jiff::fmt::strtime;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::charset::Charset;

/// How a CSV file is written. The default is RFC 4180 in UTF-8.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dialect {
    pub delimiter: Delimiter,
    pub line_end: LineEnd,
    pub quote: Quote,
    pub encoding: Charset,
    /// The line before the header.
    pub preamble: Option<Line>,
    /// What stands where there is no value.
    pub null: Line,
    /// How days are written; without: `2026-11-20`.
    pub date: Option<DateForm>,
    pub decimal: Decimal,
}

impl Dialect {
    /// The keys of a dialect, as a pipeline writes them.
    pub const KEYS: [&'static str; 8] =
        ["delimiter", "line_end", "quote", "encoding", "preamble", "null", "date", "decimal"];

    /// The records before the first row, the last of them the names of the columns.
    pub fn headers(&self) -> u64 {
        1 + u64::from(self.preamble.is_some())
    }

    /// Whether a value can be written, and is read as itself.
    pub fn can_write(&self, value: &str) -> bool {
        self.encoding.has(value) && value != self.null.0
    }
}

/// What stands between two values: one ASCII character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "char")]
#[schemars(with = "char")]
pub struct Delimiter(u8);

impl Delimiter {
    pub fn byte(self) -> u8 {
        self.0
    }
}

impl Default for Delimiter {
    fn default() -> Self {
        Delimiter(b',')
    }
}

impl TryFrom<char> for Delimiter {
    type Error = String;

    fn try_from(character: char) -> Result<Self, String> {
        match u8::try_from(character) {
            Ok(byte) if byte == b'\t' || byte.is_ascii_punctuation() && byte != b'"' => Ok(Delimiter(byte)),
            _ => Err(format!("{character:?} cannot stand between values: \",\", \";\", \"|\" or \"\\t\" can")),
        }
    }
}

/// A text within one line, which a reader of CSV takes as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Line(pub String);

impl TryFrom<String> for Line {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_plain = !text.contains(['"', '\r', '\n', '\0']);
        if is_plain { Ok(Line(text)) } else { Err("this is one line, without quotes".into()) }
    }
}

/// The form of a day, in the words of `strftime`: `%d.%m.%Y`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct DateForm(String);

impl DateForm {
    /// The day in this form; `None` where it has none.
    pub fn write(&self, day: Date) -> Option<String> {
        strtime::format(&self.0, day).ok()
    }
}

impl TryFrom<String> for DateForm {
    type Error = String;

    fn try_from(form: String) -> Result<Self, String> {
        let written = DateForm(form.clone()).write(Date::constant(2026, 11, 20));
        let told = written.is_some_and(|written| written != form && !written.contains(['"', '\r', '\n', '\0']));
        if told { Ok(DateForm(form)) } else { Err(format!("{form:?} is no form of a day such as \"%d.%m.%Y\"")) }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LineEnd {
    Lf,
    #[default]
    CrLf,
}

impl LineEnd {
    pub fn text(self) -> &'static str {
        match self {
            LineEnd::Lf => "\n",
            LineEnd::CrLf => "\r\n",
        }
    }
}

/// Which values are quoted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Quote {
    /// Those that would be misread without.
    #[default]
    Necessary,
    Always,
}

/// What stands before the decimals of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Decimal {
    #[default]
    #[serde(rename = ".")]
    Point,
    #[serde(rename = ",")]
    Comma,
}

/// How much one file may hold; a table that is larger is several files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The most rows, the header not counted.
    pub rows: Option<u64>,
    /// The most bytes.
    pub bytes: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_written_is_no_dialect() {
        let read = |text: &str| toml::from_str::<Dialect>(text);
        for good in
            ["delimiter = \"\\t\"", "date = \"%d.%m.%Y\"", "null = \"NULL\"", "decimal = \",\"", "line_end = \"lf\""]
        {
            assert!(read(good).is_ok(), "{good}");
        }
        for wrong in [
            "delimiter = \"\\\"\"",
            "delimiter = \"é\"",
            "delimiter = \"a\"",
            "date = \"today\"",
            "date = \"%Q\"",
            "date = \"%H:%M\"",
            "null = \"a\\nb\"",
            "preamble = \"say \\\"x\\\"\"",
            "decimal = \";\"",
            "delimeter = \";\"",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_key_is_listed() {
        for key in Dialect::KEYS {
            let error = toml::from_str::<Dialect>(&format!("{key} = []")).unwrap_err().to_string();
            assert!(!error.contains("unknown field"), "{key}: {error}");
        }
        let error = toml::from_str::<Dialect>("no_key = 1").unwrap_err().to_string();
        assert_eq!(error.matches('`').count(), 2 + 2 * Dialect::KEYS.len(), "{error}");
    }
}
