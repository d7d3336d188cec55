//! The `[extract.KIND]` table of a pipeline: which files, and what the header line alone cannot tell about them.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use crate::model::date::is_format;

/// The files of one record kind and how they are written.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Extract {
    /// The pattern of the files' names; the newest set of files is taken.
    pub file: String,
    /// The delimiter; else it is found from the header line, among comma, semicolon, tab and bar.
    pub delimiter: Option<Delimiter>,
    /// The encoding of a file without a byte order mark; a mark decides.
    #[serde(default)]
    pub encoding: Encoding,
    /// How dates are written, in `strptime` words such as `%d/%m/%Y`; else ISO forms only.
    #[serde(default, deserialize_with = "date_format")]
    pub date_format: Option<String>,
    /// The texts of a trimmed cell that mean that it has no value.
    #[serde(default = "blank")]
    pub nulls: Vec<String>,
    /// Attribute = header, only where the header is not recognised.
    #[serde(default)]
    pub columns: Columns,
    /// Whether a file without rows is right for this kind.
    #[serde(default)]
    pub allow_empty: bool,
    /// Of a side extract alone: the attribute of the people that its rows are joined by. The file has a column of that
    /// name, or `columns` says which.
    #[schemars(with = "Option<String>")]
    pub key: Option<Spanned<String>>,
    /// Of a side extract alone: the columns that it brings, beside those of `columns`.
    #[schemars(with = "Option<Vec<String>>")]
    pub attributes: Option<Spanned<Vec<String>>>,
    /// Of a side extract alone: its rows belong to nobody, `key` tells them apart, and an `[[output]]` with `rows` writes
    /// them.
    #[schemars(with = "Option<bool>")]
    pub alone: Option<Spanned<bool>>,
}

impl Extract {
    /// Whether its rows are joined to nobody.
    pub fn is_alone(&self) -> bool {
        self.alone.as_ref().is_some_and(|alone| *alone.get_ref())
    }

    /// The files of a pattern, where everything else has its default.
    pub fn of(file: impl Into<String>) -> Extract {
        Extract {
            file: file.into(),
            delimiter: None,
            encoding: Encoding::default(),
            date_format: None,
            nulls: blank(),
            columns: Columns::default(),
            allow_empty: false,
            key: None,
            attributes: None,
            alone: None,
        }
    }

    /// What a side extract brings: its `attributes`, then the `columns` that are not among them, without the key.
    pub fn brought(&self) -> Vec<&str> {
        let key = self.key.as_ref().map(|key| key.get_ref().as_str());
        let mut names: Vec<&str> = Vec::new();
        let listed = self.attributes.iter().flat_map(|names| names.get_ref()).map(String::as_str);
        for name in listed.chain(self.columns.0.iter().map(|(name, _)| name.as_str())) {
            if Some(name) != key && !SIDE_DATES.contains(&name) && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

/// The columns that say when a row of a side extract is in effect.
const SIDE_DATES: [&str; 2] = ["EffectiveStartDate", "EffectiveEndDate"];

/// A format in which no date can be read would reject every row, and not say why.
fn date_format<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let format = String::deserialize(from)?;
    if is_format(&format) {
        return Ok(Some(format));
    }
    Err(D::Error::custom(
        "no date can be read in this format: it has a word for the day, the month and the year each, as in \"%d-%m-%Y\"",
    ))
}

fn blank() -> Vec<String> {
    vec![String::new()]
}

/// One character between the fields of a line: ASCII, and none that a value or a line is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "char")]
#[schemars(with = "char")]
pub struct Delimiter(u8);

impl Delimiter {
    /// What is looked for in a header line, the likelier first.
    pub const USUAL: [Delimiter; 4] = [Delimiter(b','), Delimiter(b';'), Delimiter(b'\t'), Delimiter(b'|')];

    /// The delimiter as the byte that it is in UTF-8.
    pub fn byte(self) -> u8 {
        self.0
    }
}

impl TryFrom<char> for Delimiter {
    type Error = &'static str;

    fn try_from(character: char) -> Result<Self, Self::Error> {
        match u8::try_from(character) {
            Ok(byte) if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n\0".contains(&byte) => {
                Ok(Delimiter(byte))
            }
            _ => Err("a delimiter is one ASCII character that is no letter, digit, quote, line end or NUL"),
        }
    }
}

/// The encodings that extracts come in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Encoding {
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "utf-16")]
    Utf16,
    #[serde(rename = "windows-1252")]
    Windows1252,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf16 => "UTF-16",
            Encoding::Windows1252 => "Windows-1252",
        })
    }
}

/// Attribute = header, in the order of the pipeline file. An attribute that the catalogue does not know is the pipeline's own.
#[derive(Clone, Debug, Default, JsonSchema)]
#[schemars(with = "BTreeMap<String, String>")]
pub struct Columns(pub Vec<(String, String)>);

impl<'de> Deserialize<'de> for Columns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder)
    }
}

/// Collects a map without sorting it.
struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Columns;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of attribute = \"header\"")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Columns, A::Error> {
        let mut columns = Vec::new();
        while let Some(column) = map.next_entry()? {
            columns.push(column);
        }
        Ok(Columns(columns))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_the_manual_is_read() {
        let extract: Extract = toml::from_str(
            r#"
            file        = "Assignment_*.csv.pgp"
            delimiter   = "\t"
            encoding    = "windows-1252"
            date_format = "%Y-%m-%d"
            nulls       = ["", "NULL"]
            columns     = { DepartmentName = "Org Unit", ShoeSize = "Size" }
            "#,
        )
        .unwrap();
        assert_eq!(extract.delimiter.map(Delimiter::byte), Some(b'\t'));
        assert_eq!(extract.encoding, Encoding::Windows1252);
        assert_eq!(extract.columns.0.len(), 2);
        assert!(!extract.allow_empty);
    }

    #[test]
    fn defaults_are_plain_and_nonsense_is_refused() {
        let extract: Extract = toml::from_str("file = 'x'").unwrap();
        assert_eq!((extract.delimiter, extract.encoding), (None, Encoding::Utf8));
        assert_eq!(extract.nulls, [""]);
        for wrong in [
            "delimiter = ',,'",
            "delimiter = 'x'",
            "delimiter = '\"'",
            "encoding = 'latin1'",
            "colums = {}",
            "date_format = 'DD-MM-YYYY'",
        ] {
            assert!(toml::from_str::<Extract>(&format!("file = 'x'\n{wrong}")).is_err(), "{wrong}");
        }
    }
}
