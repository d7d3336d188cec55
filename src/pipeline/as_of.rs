//! The `as_of` key of the pipeline file: where the as-of date comes from (rule 1).

use std::borrow::Cow;
use std::fmt;

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Where the as-of date comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AsOf {
    /// The day of the run, in the pipeline's time zone.
    #[default]
    Today,
    /// The date in the names of the extracts.
    FileName,
    Date(Date),
    /// The date in a column of the extracts, the same in every row, `{ column = "…" }`.
    Column(String),
}

impl AsOf {
    /// The column that tells it, if one does.
    pub fn column(&self) -> Option<&str> {
        match self {
            AsOf::Column(column) => Some(column),
            _ => None,
        }
    }
}

/// A column, as the file writes it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ColumnOf {
    /// Its header, or its attribute.
    column: String,
}

const EXPECTED: &str = "as_of is \"today\", \"file-name\", a date such as \"2026-11-20\", or { column = \"…\" }";

impl<'de> Deserialize<'de> for AsOf {
    /// By hand, since an untagged enum would lose both the position and the message.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AsOfVisitor;
        impl<'de> Visitor<'de> for AsOfVisitor {
            type Value = AsOf;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"today\", \"file-name\", a date, or { column = \"…\" }")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<AsOf, E> {
                match text {
                    "today" => Ok(AsOf::Today),
                    "file-name" => Ok(AsOf::FileName),
                    other => other.parse().map(AsOf::Date).map_err(|_| E::custom(EXPECTED)),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<AsOf, A::Error> {
                ColumnOf::deserialize(MapAccessDeserializer::new(map)).map(|of| AsOf::Column(of.column))
            }
        }
        deserializer.deserialize_any(AsOfVisitor)
    }
}

impl JsonSchema for AsOf {
    fn schema_name() -> Cow<'static, str> {
        "AsOf".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let column = generator.subschema_for::<ColumnOf>();
        json_schema!({
            "description": "Where the as-of date comes from: today, file-name, a date, or a column.",
            "anyOf": [{ "type": "string" }, column]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct File {
        as_of: AsOf,
    }

    #[test]
    fn there_are_four_ways_to_tell_the_day() {
        let read = |text: &str| toml::from_str::<File>(&format!("as_of = {text}")).map(|file| file.as_of);
        assert_eq!(read("'today'").unwrap(), AsOf::Today);
        assert_eq!(read("'file-name'").unwrap(), AsOf::FileName);
        assert_eq!(read("'2026-11-20'").unwrap(), AsOf::Date(jiff::civil::date(2026, 11, 20)));
        assert_eq!(read("{ column = 'As of' }").unwrap().column(), Some("As of"));
        for wrong in ["'tomorrow'", "{ colum = 'x' }", "7"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
