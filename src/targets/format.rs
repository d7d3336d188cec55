//! What kind of file a target imports, and what the kinds that are no table need to know.

use schemars::JsonSchema;
use serde::Deserialize;

use super::ProfileField;

/// The kind of file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// A table in the profile's dialect.
    #[default]
    Csv,
    /// One JSON object a line.
    Jsonl,
    /// One JSON array of objects.
    JsonArray,
    /// Numbered SCIM bulk requests (RFC 7644 section 3.7).
    ScimBulk,
    /// LDIF (RFC 2849).
    Ldif,
    /// A table in columns, for analysts.
    Parquet,
}

impl Format {
    /// Whether its values are nested, and bear types.
    pub fn is_json(self) -> bool {
        matches!(self, Format::Jsonl | Format::JsonArray | Format::ScimBulk)
    }
}

/// A list of a nested target: what each of its elements has.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileList {
    pub name: String,
    /// The SQL condition of the elements that the target takes.
    #[serde(rename = "where")]
    pub condition: Option<String>,
    /// Whether a person without an element cannot be imported.
    #[serde(default)]
    pub required: bool,
    #[serde(rename = "field")]
    pub fields: Vec<ProfileField>,
}

/// What a directory takes in an attribute; of anything else it says *invalid per syntax* (RFC 4517 section 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Syntax {
    /// The characters of a PrintableString.
    Telephone,
    /// ASCII.
    Ia5,
}

impl Syntax {
    /// Whether a directory takes the value.
    pub fn takes(self, value: &str) -> bool {
        let is_printable = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+,-.=/:? ".contains(&byte);
        match self {
            Syntax::Telephone => value.bytes().all(is_printable),
            Syntax::Ia5 => value.is_ascii(),
        }
    }

    /// What it takes, in words.
    pub fn text(self) -> &'static str {
        match self {
            Syntax::Telephone => "letters, digits, spaces and '()+,-.=/:? of ASCII",
            Syntax::Ia5 => "ASCII",
        }
    }
}

/// How SCIM bulk requests are made.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bulk {
    /// The URNs of the request itself.
    pub schemas: Vec<String>,
    pub method: Method,
    /// The most operations of one request; a pipeline may say fewer ([`super::Limits::rows`]).
    pub operations: u64,
    /// The most bytes of one request; a pipeline may say fewer.
    pub bytes: u64,
    /// How a manager is named.
    pub managers: Managers,
    /// Persons whose account is not known are looked up by this attribute, in filters of so many.
    pub lookup: Option<Lookup>,
}

/// What is done with a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Created, at `/Users`.
    Post,
    /// Changed, at `/Users/<id>`.
    Patch,
}

/// How the operations name a manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Managers {
    /// By the `bulkId` of the manager's own operation; what cannot be said so is left to a second pass.
    BulkId,
    /// By PersonNumber, which the target knows them by.
    Number,
}

/// How accounts are looked up.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    pub attribute: String,
    pub at_once: usize,
}

#[cfg(test)]
mod tests {
    use super::Syntax;

    #[test]
    fn a_directory_takes_what_its_syntax_says() {
        for (value, telephone, ia5) in [
            ("+1 (650) 555-0100", true, true),
            ("x-1.2/3:4?5='6'", true, true),
            ("650-555#12", false, true),
            ("650;ext=1", false, true),
            ("650\u{a0}555", false, false),
            ("josé@vision.example", false, false),
            ("o'hara@vision.example", false, true),
        ] {
            assert_eq!(Syntax::Telephone.takes(value), telephone, "{value}");
            assert_eq!(Syntax::Ia5.takes(value), ia5, "{value}");
        }
    }
}
