//! `[extract.NAME]`: the record kinds by their names, and under any other name a side extract, joined by its key.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::scope;
use crate::model::kind::Kind;
use crate::stages::map::{Mistake, Scope, Type, nearest};
use crate::stages::read::Extract;

/// The extracts. Without a person or a work-relationship extract, these are taken from the assignment rows
/// (`resolution.md` rules 8, 9 and 18). A satellite takes the place of the same columns of the person or assignment rows.
#[derive(Debug, Default)]
pub struct Extracts {
    kinds: [Option<Spanned<Extract>>; Kind::ALL.len()],
    /// The side extracts, in the order of the file.
    pub sides: Vec<SideExtract>,
}

/// A side extract: any name that is no record kind.
#[derive(Debug)]
pub struct SideExtract {
    pub name: Spanned<&'static str>,
    pub extract: Extract,
}

impl SideExtract {
    /// The attribute of the people that it is joined by; `[extract]` was checked, so there is one.
    pub fn key(&self) -> &str {
        self.extract.key.as_ref().map_or("", |key| key.get_ref())
    }
}

impl Extracts {
    pub fn of(&self, kind: Kind) -> Option<&Extract> {
        self.kinds[kind as usize].as_ref().map(Spanned::get_ref)
    }

    /// The configured kinds with their options.
    pub fn iter(&self) -> impl Iterator<Item = (Kind, &Extract)> {
        Kind::ALL.into_iter().filter_map(|kind| Some((kind, self.of(kind)?)))
    }

    /// The side extracts that are joined to people.
    pub fn joined(&self) -> impl Iterator<Item = &SideExtract> {
        self.sides.iter().filter(|side| !side.extract.is_alone())
    }

    /// What is wrong with the tables, before any expression is looked at: `scope` has the names of the record kinds.
    pub fn mistakes(&self) -> Vec<Mistake> {
        let of_kinds = self.iter().filter_map(|(kind, extract)| {
            let attributes = || extract.attributes.as_ref().map(Spanned::span);
            let alone = || extract.alone.as_ref().map(Spanned::span);
            let span = extract.key.as_ref().map(Spanned::span).or_else(attributes).or_else(alone)?;
            let title = format!("the record kind {kind} is joined by its own key and brings what its file has");
            Some(Mistake { span, title, help: Some("key, attributes and alone are for side extracts".into()) })
        });
        let people = scope::of_people(self);
        of_kinds.chain(self.sides.iter().filter_map(|side| side.mistake(&people))).collect()
    }
}

impl SideExtract {
    fn mistake(&self, people: &Scope) -> Option<Mistake> {
        let name = *self.name.get_ref();
        let wrong = |span, title, help: String| Some(Mistake { span, title, help: Some(help) });
        let Some(key) = &self.extract.key else {
            let kind = nearest(name, Kind::ALL.map(Kind::name));
            let help = "a side extract needs key = \"…\", the attribute that its rows are joined by";
            let help = kind.map_or(help.to_owned(), |kind| format!("did you mean {kind}? {help}"));
            return wrong(self.name.span(), format!("there is no record kind {name}"), help);
        };
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if !name.chars().all(plain) || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
            let title = format!("{name} cannot name a side extract");
            return wrong(self.name.span(), title, "lower-case letters, digits and _, as in cost_centers".into());
        }
        let attribute = people.attribute(key.get_ref());
        let is_joined = !self.extract.is_alone();
        if is_joined && attribute.is_none_or(|attribute| attribute.kind != Type::Text || attribute.after_selection) {
            let texts = people.attributes.iter().filter(|a| a.kind == Type::Text && !a.after_selection);
            let near = nearest(key.get_ref(), texts.map(|attribute| attribute.name.as_str()));
            let help = near
                .map_or("name an attribute, as in \"DepartmentId\"".to_owned(), |near| format!("did you mean {near}?"));
            return wrong(key.span(), format!("nobody can be joined by {}", key.get_ref()), help);
        }
        if self.extract.brought().is_empty() {
            let help = "list its columns: attributes = [\"CostCenter\"]".to_owned();
            return wrong(self.name.span(), format!("the side extract {name} brings nothing"), help);
        }
        None
    }
}

impl<'de> Deserialize<'de> for Extracts {
    /// By hand: a table of any name is an extract, and an unknown key within one is still shown where it stands.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ExtractsVisitor;
        impl<'de> Visitor<'de> for ExtractsVisitor {
            type Value = Extracts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of extracts, each with its file")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Extracts, A::Error> {
                let mut extracts = Extracts::default();
                while let Some((name, extract)) = map.next_entry::<Spanned<String>, Spanned<Extract>>()? {
                    match Kind::named(name.get_ref()) {
                        Some(kind) => extracts.kinds[kind as usize] = Some(extract),
                        None => {
                            // The stages label files by kind with a name that outlives them, and so it does: a program
                            // loads one pipeline.
                            let label: &'static str = name.get_ref().clone().leak();
                            let name = Spanned::new(name.span(), label);
                            extracts.sides.push(SideExtract { name, extract: extract.into_inner() });
                        }
                    }
                }
                extracts.sides.sort_by_key(|side| side.name.span().start);
                Ok(extracts)
            }
        }
        deserializer.deserialize_map(ExtractsVisitor)
    }
}

impl JsonSchema for Extracts {
    fn schema_name() -> Cow<'static, str> {
        "Extracts".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let extract = generator.subschema_for::<Extract>();
        let kinds: serde_json::Map<String, serde_json::Value> =
            Kind::ALL.into_iter().map(|kind| (kind.name().to_owned(), extract.clone().to_value())).collect();
        json_schema!({
            "description": "The extracts by record kind; a table of any other name is a side extract, joined by its key.",
            "type": "object",
            "properties": kinds,
            "additionalProperties": { "allOf": [extract, { "required": ["key"] }] }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Extracts {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn kinds_and_side_extracts_are_told_apart_by_name() {
        let extracts = read(
            "[zeta]\nfile = 'z'\nkey = 'JobId'\nattributes = ['A']\n[assignment]\nfile = 'a'\n\
            [alpha]\nfile = 'b'\nkey = 'DepartmentId'\ncolumns = { DepartmentId = 'Id', B = 'Bee' }\n",
        );
        assert_eq!(extracts.iter().map(|(kind, _)| kind).collect::<Vec<_>>(), [Kind::Assignment]);
        assert_eq!(extracts.sides.iter().map(|side| *side.name.get_ref()).collect::<Vec<_>>(), ["zeta", "alpha"]);
        assert_eq!(extracts.sides[1].extract.brought(), ["B"], "the key is not brought");
        assert!(extracts.mistakes().is_empty());
    }

    #[test]
    fn an_unknown_key_within_a_table_is_shown_where_it_stands() {
        let text = "[departments]\nfile = 'd'\nkeey = 'DepartmentId'\n";
        let error = toml::from_str::<Extracts>(text).unwrap_err();
        assert_eq!(&text[error.span().unwrap()], "keey", "{error}");
    }

    #[test]
    fn the_schema_agrees() {
        let schema = serde_json::to_value(schemars::schema_for!(Extracts)).unwrap();
        let valid = |text: &str| {
            let table: toml::Table = toml::from_str(text).unwrap();
            jsonschema::is_valid(&schema, &serde_json::to_value(table).unwrap())
        };
        assert!(valid("[person]\nfile = 'p'\n[jobs]\nfile = 'j'\nkey = 'JobId'\nattributes = ['A']\n"));
        for wrong in ["[jobs]\nfile = 'j'\n", "[person]\nfil = 'p'\n", "[jobs]\nkey = 'JobId'\n"] {
            assert!(!valid(wrong), "{wrong}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_under_its_word() {
        for (text, word, said) in [
            ("[asignment]\nfile = 'a'\n", "asignment", "there is no record kind asignment"),
            ("[person]\nfile = 'a'\nkey = 'JobId'\n", "'JobId'", "the record kind person is joined by its own key"),
            ("[jobs]\nfile = 'a'\nkey = 'JobIdd'\nattributes = ['A']\n", "'JobIdd'", "nobody can be joined by JobIdd"),
            ("[jobs]\nfile = 'a'\nkey = 'DateStart'\nattributes = ['A']\n", "'DateStart'", "nobody can be joined"),
            ("[jobs]\nfile = 'a'\nkey = 'JobId'\n", "jobs", "the side extract jobs brings nothing"),
            ("[Jobs]\nfile = 'a'\nkey = 'JobId'\nattributes = ['A']\n", "Jobs", "Jobs cannot name a side extract"),
        ] {
            let mistakes = read(text).mistakes();
            assert_eq!(mistakes.len(), 1, "{text}");
            assert_eq!(&text[mistakes[0].span.clone()], word);
            assert!(mistakes[0].title.starts_with(said), "{}", mistakes[0].title);
        }
    }
}
