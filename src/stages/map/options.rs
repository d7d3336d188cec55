//! The mapping's own part of the pipeline file: `[select]`, `[maps]` and `[[output]]` (`pipeline.md` section 1).
//! Every text that can be wrong keeps its place in the file, so that a mistake is shown under the very word.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use toml::Spanned;

use super::dialect::{DialectOptions, LimitOptions};
use crate::targets::{Format, Formula};

/// Who of the resolved persons is emitted.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Select {
    /// An SQL condition over the attributes; a person for whom it is not true is filtered out. It cannot read the
    /// manager's attributes: a manager is shown only if selected.
    #[serde(rename = "where")]
    #[schemars(with = "Option<String>")]
    pub condition: Option<Spanned<String>>,
    /// The same in One Identity's filter grammar: `workRelationships.legalEmployerName eq "Vision"`.
    #[schemars(with = "Option<String>")]
    pub scim_filter: Option<Spanned<String>>,
}

/// The value maps: name, then from which value to which.
pub type Maps = BTreeMap<String, BTreeMap<String, String>>;

/// One file for one target.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// What the target demands.
    #[schemars(with = "String")]
    pub profile: Spanned<String>,
    /// The file's name in the run's folder.
    #[schemars(with = "String")]
    pub file: Spanned<String>,
    /// The columns in order, each an SQL expression over the attributes. Without: the profile's own.
    pub fields: Option<Fields>,
    /// A CSV file that says the same as `[output.fields]` and `[output.each]`, in their place.
    #[schemars(with = "Option<String>")]
    pub mapping: Option<Spanned<String>>,
    /// An SQL condition: only these of the emitted persons stand in this file. Without: the profile's own, if it has one.
    #[serde(rename = "where")]
    #[schemars(with = "Option<String>")]
    pub condition: Option<Spanned<String>>,
    /// What is done with a value that a spreadsheet would run as a formula, in a table that is CSV. Without: what the profile says.
    #[schemars(with = "Option<Formula>")]
    pub formula: Option<Spanned<Formula>>,
    /// `[output.dialect]`: how the table is written, as far as the target can be told.
    pub dialect: Option<DialectOptions>,
    /// `[output.limits]`: how much one file, or one bulk request, may hold. What is larger is several files.
    pub limits: Option<LimitOptions>,
    /// `[output.each.NAME]`: one element per current work relationship, e-mail, phone or address, each a table of
    /// expressions over that element's attributes.
    #[serde(default)]
    pub each: Lists,
    /// The profile's own keys under other names.
    #[serde(default, deserialize_with = "renames")]
    #[schemars(with = "BTreeMap<String, String>")]
    pub rename: Vec<(Spanned<String>, Spanned<String>)>,
    /// For JSON: `jsonl`, an object a line, or `json-array`.
    #[schemars(with = "Option<Format>")]
    pub format: Option<Spanned<Format>>,
    /// The side extract, one with `alone`, whose rows are written in the place of persons.
    #[schemars(with = "Option<String>")]
    pub rows: Option<Spanned<String>>,
    /// Where the entries of a directory stand: `ou=people,dc=example,dc=com`. For `ldif`.
    #[schemars(with = "Option<String>")]
    pub base_dn: Option<Spanned<String>>,
}

/// The lists of an output, in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Lists(pub Vec<(Spanned<String>, List)>);

/// One list: what stands in each of its elements, and which elements there are.
#[derive(Clone, Debug)]
pub struct List {
    /// An SQL condition: only these elements are written. It stands under the key `where`.
    pub condition: Option<Spanned<String>>,
    /// None at all: the profile's own.
    pub fields: Fields,
}

/// The key of a list's table that is no field.
pub(super) const CONDITION: &str = "where";

/// The columns of an output, in the order of the file.
#[derive(Clone, Debug)]
pub struct Fields(pub Vec<(Spanned<String>, Field)>);

/// Where one column comes from, and what is done where that gives no value.
#[derive(Clone, Debug)]
pub struct Field {
    pub sql: Spanned<String>,
    pub options: FieldOptions,
}

/// A field written as a table.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FieldTable {
    /// An SQL expression over the attributes.
    #[schemars(with = "String")]
    sql: Spanned<String>,
    /// A person without a value is quarantined (`OUT011`).
    #[schemars(with = "Option<bool>")]
    required: Option<Spanned<bool>>,
    /// No two users may have the same value.
    unique: Option<bool>,
    /// The longest value, in characters.
    max_len: Option<NonZeroU32>,
    /// The value map, one of `[maps]`, through which the value goes.
    #[schemars(with = "Option<String>")]
    map: Option<Spanned<String>>,
    /// What is done with a value that the map does not have.
    on_unmapped: Option<OnUnmapped>,
    /// What is done where there is no value, and no default.
    #[schemars(with = "Option<OnNull>")]
    on_null: Option<Spanned<OnNull>>,
    /// What is written where there is no value.
    default: Option<String>,
    /// The column of the profile that this one is, under another name.
    #[schemars(with = "Option<String>")]
    r#as: Option<Spanned<String>>,
    /// What is to be said of the field, for people.
    note: Option<String>,
}

/// All of a field but its expression.
#[derive(Clone, Debug, Default)]
pub struct FieldOptions {
    pub required: Option<Spanned<bool>>,
    pub unique: Option<bool>,
    pub max_len: Option<NonZeroU32>,
    pub map: Option<Spanned<String>>,
    pub on_unmapped: OnUnmapped,
    pub on_null: Option<Spanned<OnNull>>,
    pub default: Option<String>,
    pub stands_for: Option<Spanned<String>>,
    pub note: Option<String>,
}

/// What is done with a value that the map does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnUnmapped {
    /// The person is quarantined: nobody is written with a value that was never agreed.
    #[default]
    Quarantine,
    /// The value is written as it is.
    Keep,
    /// No value is written.
    Empty,
}

/// What is done where there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnNull {
    /// The cell stays empty.
    Empty,
    /// The person is quarantined, as with `required = true`.
    Quarantine,
}

/// A field as it stands in the file: a string, or a table.
enum Form {
    Sql(String),
    Table(Box<FieldTable>),
}

impl<'de> Deserialize<'de> for Form {
    /// By hand, since an untagged enum would lose both the position and the message.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FormVisitor;
        impl<'de> Visitor<'de> for FormVisitor {
            type Value = Form;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an SQL expression as a string, or a table { sql = \"…\", … }")
            }

            fn visit_str<E>(self, sql: &str) -> Result<Form, E> {
                Ok(Form::Sql(sql.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Form, A::Error> {
                FieldTable::deserialize(MapAccessDeserializer::new(map)).map(|table| Form::Table(Box::new(table)))
            }
        }
        deserializer.deserialize_any(FormVisitor)
    }
}

impl From<Spanned<Form>> for Field {
    fn from(form: Spanned<Form>) -> Self {
        let span = form.span();
        match form.into_inner() {
            Form::Sql(sql) => Field { sql: Spanned::new(span, sql), options: FieldOptions::default() },
            Form::Table(table) => {
                let FieldTable { sql, required, unique, max_len, map, on_unmapped, on_null, default, r#as, note } =
                    *table;
                let on_unmapped = on_unmapped.unwrap_or_default();
                let options = FieldOptions {
                    required,
                    unique,
                    max_len,
                    map,
                    on_unmapped,
                    on_null,
                    default,
                    stands_for: r#as,
                    note,
                };
                Field { sql, options }
            }
        }
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Key order is column order.
        in_order::<Spanned<Form>, D>(deserializer, "a table of columns, each with its SQL expression")
            .map(|fields| Fields(fields.into_iter().map(|(name, form)| (name, form.into())).collect()))
    }
}

impl From<Fields> for List {
    fn from(Fields(fields): Fields) -> Self {
        let (conditions, fields): (Vec<_>, Vec<_>) =
            fields.into_iter().partition(|(name, _)| name.get_ref() == CONDITION);
        List { condition: conditions.into_iter().next().map(|(_, field)| field.sql), fields: Fields(fields) }
    }
}

impl<'de> Deserialize<'de> for Lists {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        in_order::<Fields, D>(deserializer, "a table of lists, each a table of fields")
            .map(|lists| Lists(lists.into_iter().map(|(name, fields)| (name, fields.into())).collect()))
    }
}

/// The entries of a table in the order of the file.
pub(super) fn in_order<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
    expected: &'static str,
) -> Result<Vec<(Spanned<String>, T)>, D::Error> {
    struct Entries<T>(&'static str, std::marker::PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
        type Value = Vec<(Spanned<String>, T)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut entries = Vec::new();
            while let Some(entry) = map.next_entry::<Spanned<String>, T>()? {
                entries.push(entry);
            }
            // Whatever order the parser keeps its tables in.
            entries.sort_by_key(|(name, _)| name.span().start);
            Ok(entries)
        }
    }
    deserializer.deserialize_map(Entries(expected, std::marker::PhantomData))
}

fn renames<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(Spanned<String>, Spanned<String>)>, D::Error> {
    in_order(deserializer, "a table of the profile's keys, each with its other name")
}

impl JsonSchema for Lists {
    fn schema_name() -> Cow<'static, str> {
        "Lists".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let fields = generator.subschema_for::<Fields>();
        schemars::json_schema!({ "type": "object", "additionalProperties": fields })
    }
}

impl JsonSchema for Fields {
    fn schema_name() -> Cow<'static, str> {
        "Fields".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<FieldTable>();
        schemars::json_schema!({
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "anyOf": [{ "type": "string", "description": "An SQL expression over the attributes." }, table]
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = r#"
profile = "qooper-csv"
file    = "users.csv"
[fields]
"Zulu"  = "LastName"
"Alpha" = { sql = "LOWER(WorkEmail)", required = true, on_null = "quarantine" }
"Mike"  = "FirstName"
"#;

    #[test]
    fn key_order_is_column_order_and_every_expression_knows_its_place() {
        let output: Output = toml::from_str(OUTPUT).unwrap();
        let fields = output.fields.unwrap().0;
        assert_eq!(fields.iter().map(|(n, _)| n.get_ref().as_str()).collect::<Vec<_>>(), ["Zulu", "Alpha", "Mike"]);
        let shown: Vec<_> = fields.iter().map(|(_, f)| &OUTPUT[f.sql.span()]).collect();
        assert_eq!(shown, ["\"LastName\"", "\"LOWER(WorkEmail)\"", "\"FirstName\""]);
    }

    #[test]
    fn what_is_not_known_is_refused_under_the_word() {
        for (wrong, word) in [
            (OUTPUT.replace("required", "requierd"), "requierd"),
            (OUTPUT.replace("\"quarantine\"", "\"drop\""), "\"drop\""),
            (OUTPUT.replace("\"FirstName\"", "7"), "7"),
            (OUTPUT.replace("file ", "fil "), "fil"),
        ] {
            let error = toml::from_str::<Output>(&wrong).unwrap_err();
            assert_eq!(&wrong[error.span().unwrap()], word, "{error}");
        }
    }

    #[test]
    fn the_schema_has_both_forms_of_a_field() {
        let schema = serde_json::to_string(&schemars::schema_for!(Output)).unwrap();
        assert!(schema.contains("on_unmapped") && schema.contains("\"anyOf\""), "{schema}");
    }
}
