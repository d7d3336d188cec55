//! What each target demands of the file that it imports. A profile is data: a new CSV target is a new `.toml` beside
//! this file and its line in `SOURCES`, and no code. The facts behind each are in `targets.md`.

mod format;

use std::sync::LazyLock;

pub use format::Format;
use schemars::JsonSchema;
use serde::Deserialize;

const SOURCES: [&str; 2] = [include_str!("qooper-csv.toml"), include_str!("csv.toml")];

#[expect(clippy::expect_used, reason = "a profile ships with the program, and a test reads each")]
static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    let parse = |text| toml::from_str(text).expect("a profile ships with the program, and a test reads each");
    SOURCES.into_iter().map(parse).collect()
});

/// Every profile that ships, in the order of `targets.md`.
pub fn profiles() -> &'static [Profile] {
    &PROFILES
}

/// The profile of this name.
pub fn profile(name: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| profile.name == name)
}

/// One target.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// What a pipeline calls it.
    pub name: String,
    pub title: String,
    pub description: String,
    /// What an operator of this target should know.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Whether the file may have columns that are not listed here: the importer maps columns, so one can be renamed.
    pub open: bool,
    /// Whether a person without an e-mail cannot be imported.
    pub email_required: bool,
    /// What is done with a value that a spreadsheet would run.
    pub formula: Formula,
    /// What kind of file it imports.
    #[serde(default)]
    pub format: Format,
    /// How its CSV is written; of no meaning to the other formats.
    #[serde(default)]
    pub dialect: Dialect,
    /// The columns, in order. None at all: every attribute that the table has.
    #[serde(default, rename = "field")]
    pub fields: Vec<ProfileField>,
}

impl Profile {
    /// The column of this name, in exact case.
    pub fn field(&self, name: &str) -> Option<&ProfileField> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// One column of a target.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileField {
    pub name: String,
    /// The SQL expression that fills it where the pipeline does not say.
    pub sql: String,
    /// What stands in it.
    #[serde(default, rename = "type")]
    pub kind: FieldType,
    /// Whether a person without a value cannot be imported; such a column cannot be left out either.
    #[serde(default)]
    pub required: bool,
    /// Whether no two users may have the same value (`resolution.md` rule 26).
    #[serde(default)]
    pub unique: bool,
    /// The longest value, in characters.
    pub max_len: Option<u32>,
    /// The only values; none listed: any.
    #[serde(default)]
    pub vocabulary: Vec<String>,
}

/// What stands in a column: it decides which code a duplicate bears, and whether case counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    #[default]
    Text,
    /// The key of the user: twice the same is `OUT001`.
    Identifier,
    /// An e-mail address: twice the same without regard to case is `OUT002`.
    Email,
    /// The login name: twice the same without regard to case is `OUT003`.
    UserName,
    Date,
    Boolean,
}

impl FieldType {
    /// Whether two values that differ in case alone are the same.
    pub fn folds_case(self) -> bool {
        matches!(self, FieldType::Email | FieldType::UserName)
    }
}

/// What is done with a value that a spreadsheet would run as a formula (`resolution.md` rule 26, `OUT020`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Formula {
    /// Nothing: no spreadsheet opens the file.
    Off,
    /// It is written as it is, and counted.
    Warn,
    /// It is written after an apostrophe, and counted.
    Escape,
}

/// How a CSV file is written.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dialect {
    pub delimiter: char,
    pub line_end: LineEnd,
    pub quote: Quote,
    /// Whether the file starts with the UTF-8 byte order mark.
    pub bom: bool,
    /// Whether the first record names the columns.
    pub header: bool,
}

impl Default for Dialect {
    /// RFC 4180.
    fn default() -> Self {
        Dialect { delimiter: ',', line_end: LineEnd::CrLf, quote: Quote::Necessary, bom: false, header: true }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineEnd {
    Lf,
    CrLf,
}

/// Which values are quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quote {
    /// Those that would be misread without.
    Necessary,
    Always,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_is_read_and_has_its_own_name() {
        let names: std::collections::BTreeSet<_> = profiles().iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names.len(), profiles().len());
        for profile in profiles() {
            assert!(profile.dialect.delimiter.is_ascii(), "{}: csv takes one byte", profile.name);
            assert!(!profile.email_required || profile.fields.iter().any(|f| f.kind == FieldType::Email && f.required));
        }
    }

    #[test]
    fn qooper_has_our_header() {
        let header: Vec<_> = profile("qooper-csv").unwrap().fields.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(
            header.join(","),
            "Email,Employee ID,First Name,Last Name,Job Title,Department,Location,Manager Email,Manager ID,Hire Date,Worker Type,Status"
        );
    }
}
