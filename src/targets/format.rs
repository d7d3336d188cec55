//! What kind of file a target imports, and what the kinds that are no table need to know.

use serde::Deserialize;

/// The kind of file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
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
