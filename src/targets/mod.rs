//! What each target demands of the file that it imports. A profile is data: a new CSV target is a new `.toml` beside
//! this file and its line in `SOURCES`, and no code. The facts behind each are in `targets.md`.

mod dialect;
mod format;

use std::collections::BTreeMap;
use std::sync::LazyLock;

pub use dialect::{DateForm, Decimal, Delimiter, Dialect, Limits, Line, LineEnd, Quote};
pub use format::{Bulk, Format, Lookup, Managers, Method, ProfileList, Syntax};
use schemars::JsonSchema;
use serde::Deserialize;

const SOURCES: [&str; 21] = [
    include_str!("qooper-csv.toml"),
    include_str!("starling-employee-v1.toml"),
    include_str!("starling-employee-v2.toml"),
    include_str!("starling-future-employees.toml"),
    include_str!("starling-user.toml"),
    include_str!("starling-role.toml"),
    include_str!("starling-data-security.toml"),
    include_str!("scim-user.toml"),
    include_str!("scim-bulk.toml"),
    include_str!("entra-bulk-upload.toml"),
    include_str!("oracle-scim-bulk.toml"),
    include_str!("entra-bulk-create-csv.toml"),
    include_str!("sailpoint-oracle-hcm.toml"),
    include_str!("okta-csv.toml"),
    include_str!("google-workspace-csv.toml"),
    include_str!("oci-iam-csv.toml"),
    include_str!("midpoint-csv.toml"),
    include_str!("ldif.toml"),
    include_str!("parquet.toml"),
    include_str!("csv.toml"),
    include_str!("json.toml"),
];

#[expect(clippy::expect_used, reason = "a profile ships with the program, and a test reads each")]
static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    let parse = |text| toml::from_str(text).expect("a profile ships with the program, and a test reads each");
    let mut profiles: Vec<Profile> = SOURCES.into_iter().map(parse).collect();
    for place in 0..profiles.len() {
        if let Some(like) = profiles[place].like.clone() {
            let (before, rest) = profiles.split_at_mut(place);
            before.iter().filter(|other| other.name == like).for_each(|other| rest[0].inherit(other));
        }
    }
    profiles
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
    /// Another profile, which stands before: what this one does not say is as there, and its columns come first.
    like: Option<String>,
    /// What an operator of this target should know.
    #[serde(default)]
    pub notes: Vec<String>,
    /// How the importer knows the columns.
    pub columns: ColumnNames,
    /// Whether a person without an e-mail cannot be imported.
    pub email_required: bool,
    /// What is done with a value that a spreadsheet would run.
    pub formula: Formula,
    /// The first characters of such a value, where the importer has its own.
    #[serde(default = "formula_starts")]
    pub formula_starts: String,
    /// What kind of file it imports.
    #[serde(default)]
    pub format: Format,
    /// How its CSV is written; of no meaning to the other formats.
    #[serde(default)]
    pub dialect: Dialect,
    /// The keys of the dialect that a pipeline may set: the importer can be told of them.
    #[serde(default)]
    pub settable: Vec<String>,
    /// How much of a table one file may hold.
    #[serde(default)]
    pub limits: Limits,
    /// The SQL condition of who stands in its file, where the pipeline has none of its own: a target without a word for
    /// inactive people takes the active ones.
    #[serde(rename = "where")]
    pub condition: Option<String>,
    /// Guards that are stricter than usual where the pipeline does not set them, as `--allow` writes them.
    #[serde(default)]
    pub guard: BTreeMap<String, String>,
    /// Whether managers stand before their reports, whatever the pipeline's order.
    #[serde(default)]
    pub managers_first: bool,
    /// Whether it takes the rows of a side extract, and not persons.
    #[serde(default)]
    pub of_rows: bool,
    /// The SCIM schemas that every object names.
    #[serde(default)]
    pub schemas: Vec<String>,
    /// Keys that are the target's own, and never sent.
    #[serde(default)]
    pub never: Vec<String>,
    /// The object classes of an entry (`ldif`).
    #[serde(default)]
    pub object_classes: Vec<String>,
    /// What a directory takes in an attribute, whatever the index of its key (`ldif`).
    #[serde(default)]
    pub syntax: BTreeMap<String, Syntax>,
    /// For `scim-bulk`.
    pub bulk: Option<Bulk>,
    /// The columns, in order. None at all: every attribute that the table has.
    #[serde(default, rename = "field")]
    pub fields: Vec<ProfileField>,
    /// What a person may have several of.
    #[serde(default, rename = "each")]
    pub lists: Vec<ProfileList>,
}

impl Profile {
    fn inherit(&mut self, other: &Profile) {
        let own = |name: &str| self.lists.iter().any(|list| list.name == name);
        let mut lists: Vec<ProfileList> = other.lists.iter().filter(|list| !own(&list.name)).cloned().collect();
        lists.append(&mut self.lists);
        self.lists = lists;
        self.fields = other.fields.iter().cloned().chain(std::mem::take(&mut self.fields)).collect();
        self.condition = self.condition.take().or_else(|| other.condition.clone());
        if self.schemas.is_empty() {
            self.schemas.clone_from(&other.schemas);
        }
        if self.never.is_empty() {
            self.never.clone_from(&other.never);
        }
    }

    /// How much one file may hold: of a table so many rows, of a bulk request so many operations.
    pub fn most(&self) -> Limits {
        let of_request = |bulk: &Bulk| Limits { rows: Some(bulk.operations), bytes: Some(bulk.bytes) };
        self.bulk.as_ref().map_or(self.limits, of_request)
    }

    /// What a directory takes under a key: the attribute's name stands before an index or an option, in any case.
    pub fn syntax_of(&self, key: &str) -> Option<Syntax> {
        let attribute = key.split(['[', ';']).next().unwrap_or(key);
        self.syntax.iter().find(|(known, _)| known.eq_ignore_ascii_case(attribute)).map(|(_, syntax)| *syntax)
    }

    /// The column of this name, in exact case.
    pub fn field(&self, name: &str) -> Option<&ProfileField> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// One column of a target.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileField {
    pub name: String,
    /// The SQL expression that fills it where the pipeline does not say.
    pub sql: String,
    /// The one that fills it where the pipeline has no extract with all that `sql` reads.
    pub otherwise: Option<String>,
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
    /// Whether it is left out where the pipeline has no such attribute: a side extract may bring it.
    #[serde(default)]
    pub optional: bool,
}

/// What stands in a column: it decides which code a duplicate bears, and whether case counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    #[default]
    Text,
    /// The key of the user: twice the same is `OUT001`.
    Identifier,
    /// The key of the user that names an entry of a directory: twice the same is `OUT001` too, without regard to case and
    /// to how many spaces stand together.
    EntryName,
    /// An e-mail address: twice the same without regard to case is `OUT002`.
    Email,
    /// The login name: twice the same without regard to case is `OUT003`.
    UserName,
    Date,
    Boolean,
    Number,
    /// Whether an element is the primary one of its list: at most one is.
    Primary,
    /// The manager's PersonNumber, written as the format has it.
    Manager,
    /// What an operation is called in a bulk request, where it is no part of what is sent.
    BulkId,
    /// The target's own id of the user: it is where an operation goes, and no part of what is sent. Twice the same is
    /// `OUT001`.
    ResourceId,
}

/// How an importer knows the columns of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnNames {
    /// Its operator maps them: each can be renamed, and others can be added.
    Mapped,
    /// By these very names; others can be added.
    Exact,
    /// By these very names, and it takes no others.
    Listed,
    /// By their places: all of these, in this order.
    Fixed,
}

impl ColumnNames {
    /// Whether a column can have a name that is not listed.
    pub fn can_be_others(self) -> bool {
        matches!(self, ColumnNames::Mapped | ColumnNames::Exact)
    }
}

/// What a spreadsheet takes for the start of a formula (`resolution.md` rule 26).
fn formula_starts() -> String {
    "=+-@\t\r".to_owned()
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
    /// It is written between apostrophes, which the importer takes away, and counted.
    Quote,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_is_read_and_has_its_own_name() {
        let names: std::collections::BTreeSet<_> = profiles().iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names.len(), profiles().len());
        for profile in profiles() {
            let is_key = |key: &String| Dialect::KEYS.contains(&key.as_str());
            assert!(profile.settable.iter().all(is_key), "{}: {:?}", profile.name, profile.settable);
            let is_left_out = |field: &ProfileField| profile.columns == ColumnNames::Fixed && field.optional;
            assert!(!profile.fields.iter().any(is_left_out), "{}: every column has its place", profile.name);
            let first = profile.fields.first();
            assert!(profile.columns.can_be_others() || first.is_some(), "{} takes no column", profile.name);
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
