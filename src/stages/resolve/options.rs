//! The `[resolve]` table of the pipeline file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

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
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Emission {
    /// In the user file; as inactive where the person is not active.
    Emit,
    /// In the user file, as inactive.
    EmitInactive,
    /// Counted by state, and left out.
    Exclude,
}

/// The policy by state.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
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
    pub fn of(&self, state: WorkerState) -> Emission {
        match state {
            WorkerState::Current => self.active,
            WorkerState::Terminated => self.terminated,
            WorkerState::Pending => self.pending,
            WorkerState::Future => self.future,
            WorkerState::NoEmployment => self.no_employment,
        }
    }
}
