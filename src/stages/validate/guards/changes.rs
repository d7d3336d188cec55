//! What changed between two runs: who came, who left, whose values, place or chosen assignment are others. Counts
//! alone; who it is stands in a list of its own, for whoever asks. The guards judge these counts, and the report shows
//! them: there is one comparison, in `publish::compare`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The changes from an earlier run to a later one. A *user* stands in a user file, active or not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Changes {
    /// The earlier run.
    pub from: String,
    pub active_before: u64,
    pub active_now: u64,
    /// Active now and not before.
    pub joiners: u64,
    /// Those of the joiners who were a user before, inactive, or had left.
    pub reactivated: u64,
    /// Active before and not now.
    pub leavers: u64,
    /// What the leavers are now: a disposition, or `absent` from the extract.
    pub left: BTreeMap<String, u64>,
    /// Users now and not before, active or not.
    pub added: u64,
    /// Users before and not now.
    pub removed: u64,
    /// Users of both.
    pub in_both: u64,
    /// Those of them with another value in any field.
    pub changed: u64,
    /// By field that both have, in the order of the columns. None where the users of either run are not in CSV.
    pub fields: Option<Vec<FieldChange>>,
    /// Users of both with another e-mail address: often the key by which the target knows them.
    pub emails: u64,
    /// Users of both who are elsewhere.
    pub moved: Moved,
    /// Users of both whose chosen assignment is another.
    pub assignments: u64,
    /// Why: the rules that chose them.
    pub decisions: Vec<Decision>,
    /// By legal employer.
    pub segments: Vec<Segment>,
    /// Files for the target with other content, or that only one of the runs has.
    pub files: Vec<String>,
}

impl Changes {
    /// Whether a target that reads either run sees the same, and the same was chosen for everybody.
    pub fn is_empty(&self) -> bool {
        let Moved { legal_employer, business_unit, manager } = self.moved;
        let counts = [
            self.joiners,
            self.leavers,
            self.added,
            self.removed,
            self.changed,
            self.assignments,
            legal_employer,
            business_unit,
            manager,
        ];
        counts.iter().all(|count| *count == 0) && self.files.is_empty()
    }
}

/// How many users of both runs have another value in a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldChange {
    pub field: String,
    pub changed: u64,
}

/// Users of both runs with another place in the company. Who had none, or has none, has not moved; a manager can also
/// come or go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Moved {
    pub legal_employer: u64,
    pub business_unit: u64,
    pub manager: u64,
}

/// How many users have another assignment for the same pair of rules (`ResolutionRule` of both runs).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    pub before: String,
    pub now: String,
    pub count: u64,
}

/// The active users of a legal employer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Segment {
    pub legal_employer: String,
    pub before: u64,
    pub now: u64,
    pub joiners: u64,
    pub leavers: u64,
    /// Active in both runs, and elsewhere before.
    pub moved_in: u64,
    /// Active in both runs, and elsewhere now.
    pub moved_out: u64,
    /// Users of both, here now, with another value in any field.
    pub changed: u64,
}

/// What changed about one person. Fields are named; no value is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PersonChange {
    pub person_number: String,
    pub change: Change,
    /// What became of a leaver: a disposition, or `absent`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub now: Option<String>,
    /// Output fields with another value.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub fields: Vec<String>,
    /// Whether one of them is an e-mail address.
    pub email: bool,
    /// `legal_employer`, `business_unit`, `manager`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub moved: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub assignment: Option<AssignmentChange>,
}

/// What a change comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Active now, and unknown or never a user before.
    Joiner,
    /// Active now; before an inactive user, or somebody who had left.
    Reactivated,
    Leaver,
    /// An inactive user who was none before.
    Added,
    /// An inactive user who is none now.
    Removed,
    /// A user of both runs.
    #[default]
    Changed,
}

impl Change {
    pub fn text(self) -> &'static str {
        match self {
            Change::Joiner => "joiner",
            Change::Reactivated => "reactivated",
            Change::Leaver => "leaver",
            Change::Added => "added",
            Change::Removed => "removed",
            Change::Changed => "changed",
        }
    }
}

/// The chosen assignment, and the rule that chose it, in both runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AssignmentChange {
    pub before: String,
    pub now: String,
    pub rule_before: String,
    pub rule_now: String,
}
