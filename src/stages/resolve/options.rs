//! The `[resolve]` table of the pipeline file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use crate::model::worker::{Status, WorkerState};

/// How people are resolved (`resolution.md`).
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Resolve {
    /// What to do where several work relationships or assignments could be the primary one (rule 16).
    pub on_ambiguous: OnAmbiguous,
    /// Whether a person who has only suspended assignments is active (rule 19).
    pub suspended: Suspended,
    /// Accept a source without any primary flag: a person with one candidate is resolved, one with several is not (rule 17).
    pub assume_single: bool,
    /// Keep managers who are not in the user file themselves (rule 25).
    pub keep_unemitted_managers: bool,
    /// Take a home number where a person has no work phone; only from an extract of phones (rule 23).
    pub home_phone: bool,
    /// The order of the users in the output (rule 25).
    pub order: Order,
    /// The customer's own AssignmentStatusTypeCodes: code = ACTIVE, SUSPENDED or INACTIVE (rule 12).
    pub status: BTreeMap<String, StatusWord>,
    /// Who stands in the user file, by state (rule 19).
    pub emit: Emit,
}

/// The two ways out of an ambiguity.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum OnAmbiguous {
    /// Leave the person out and say why.
    #[default]
    Quarantine,
    /// Take the first by a total order, with a warning that names the losers.
    Pick,
}

/// What a person is whose every assignment is suspended.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Suspended {
    #[default]
    Active,
    Inactive,
}

/// The order of the users in the output.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// By PersonNumber, in byte order.
    #[default]
    PersonNumber,
    /// Managers before their reports; cycles are broken at the smallest PersonNumber, for the order only.
    ManagersFirst,
}

/// An HR status, as it is written in `[resolve.status]`.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "UPPERCASE")]
pub enum StatusWord {
    Active,
    Suspended,
    Inactive,
}

impl StatusWord {
    pub fn status(self) -> Status {
        match self {
            StatusWord::Active => Status::Active,
            StatusWord::Suspended => Status::Suspended,
            StatusWord::Inactive => Status::Inactive,
        }
    }
}

/// What becomes of a person of some state.
#[derive(Clone, Debug, PartialEq)]
pub enum Emission {
    /// In the user file; as inactive where the person is not active.
    Emit,
    /// In the user file, as inactive.
    EmitInactive,
    /// Counted by state, and left out.
    Exclude,
    /// In a file of their own, `{ file = "…" }`, with the columns of the first output, and in no other.
    File(Spanned<String>),
}

impl Emission {
    const WORDS: [&str; 3] = ["emit", "emit_inactive", "exclude"];
}

/// A file of a state.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SeparateFile {
    /// The file's name in the run's folder.
    #[schemars(with = "String")]
    file: Spanned<String>,
}

impl<'de> Deserialize<'de> for Emission {
    /// By hand, since an untagged enum would lose both the position and the message.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EmissionVisitor;
        impl<'de> Visitor<'de> for EmissionVisitor {
            type Value = Emission;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"emit\", \"emit_inactive\", \"exclude\" or { file = \"…\" }")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Emission, E> {
                match word {
                    "emit" => Ok(Emission::Emit),
                    "emit_inactive" => Ok(Emission::EmitInactive),
                    "exclude" => Ok(Emission::Exclude),
                    other => Err(E::unknown_variant(other, &Emission::WORDS)),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Emission, A::Error> {
                SeparateFile::deserialize(MapAccessDeserializer::new(map)).map(|separate| Emission::File(separate.file))
            }
        }
        deserializer.deserialize_any(EmissionVisitor)
    }
}

impl JsonSchema for Emission {
    fn schema_name() -> Cow<'static, str> {
        "Emission".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let separate = generator.subschema_for::<SeparateFile>();
        json_schema!({
            "description": "In the user file, in it as inactive, left out, or in a file of their own.",
            "anyOf": [{ "enum": Emission::WORDS }, separate]
        })
    }
}

/// The policy by state.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Emit {
    /// State CURRENT.
    pub active: Emission,
    /// State TERMINATED.
    pub terminated: Emission,
    /// State PENDING.
    pub pending: Emission,
    /// State FUTURE.
    pub future: Emission,
    /// State NO_EMPLOYMENT.
    pub no_employment: Emission,
}

impl Default for Emit {
    fn default() -> Self {
        Emit {
            active: Emission::Emit,
            terminated: Emission::EmitInactive,
            pending: Emission::Exclude,
            future: Emission::Exclude,
            no_employment: Emission::Exclude,
        }
    }
}

impl Emit {
    pub fn of(&self, state: WorkerState) -> &Emission {
        match state {
            WorkerState::Current => &self.active,
            WorkerState::Terminated => &self.terminated,
            WorkerState::Pending => &self.pending,
            WorkerState::Future => &self.future,
            WorkerState::NoEmployment => &self.no_employment,
        }
    }

    /// The files of states, as the pipeline names them; several states may share one.
    pub fn files(&self) -> impl Iterator<Item = &Spanned<String>> {
        WorkerState::ALL.into_iter().filter_map(|state| match self.of(state) {
            Emission::File(file) => Some(file),
            _ => None,
        })
    }

    /// The file of a state, where it has one of its own.
    pub fn file_of(&self, state: Option<WorkerState>) -> Option<&str> {
        match self.of(state?) {
            Emission::File(file) => Some(file.get_ref()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_has_a_word_or_a_file() {
        let emit: Emit = toml::from_str("future = { file = 'future.csv' }\npending = 'emit_inactive'").unwrap();
        assert_eq!(emit.file_of(Some(WorkerState::Future)), Some("future.csv"));
        assert_eq!(emit.files().map(|file| file.get_ref().as_str()).collect::<Vec<_>>(), ["future.csv"]);
        assert_eq!(emit.pending, Emission::EmitInactive);
        assert_eq!((emit.active, emit.terminated), (Emission::Emit, Emission::EmitInactive));
        for (wrong, word) in [
            ("future = 'emitt'", "'emitt'"),
            ("future = { fil = 'x' }", "fil"),
            ("future = 7", "7"),
            ("futur = 'emit'", "futur"),
        ] {
            let error = toml::from_str::<Emit>(wrong).unwrap_err();
            assert_eq!(&wrong[error.span().unwrap()], word, "{error}");
        }
    }
}
