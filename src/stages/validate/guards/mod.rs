//! Guards: the limits past which nothing is published (promises 16, *Guard semantics*). A target that removes whom
//! it does not find would obey an extract that was cut short; a guard asks first.
//!
//! A guard trips when its value is above its limit (below it, for the `min_` ones); `0` means none allowed; an
//! absent key has its default; `"off"` must be spelled out. A trip is exit code 3, and the run is not published,
//! so it does not become the baseline: running again stops again.

mod allow;
mod changes;
mod evaluate;
mod limit;
mod or_off;
mod origin;
#[cfg(test)]
mod tests;

use std::fmt;

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use allow::{Allow, AllowError};
pub use changes::{AssignmentChange, Change, Changes, Decision, FieldChange, Moved, PersonChange, Segment};
pub use evaluate::{Verdict, evaluate};
pub use limit::{Expected, Limit, MinRows, Percent, Skew};
pub use or_off::{OrOff, Setting};
pub use origin::Origin;

/// `[guard]`: each key is a limit or `"off"`; the defaults are on.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Guard {
    /// Between how many users the output must have, `[min, max]`: for the first run, which has nothing to compare with.
    pub expected_users: Option<OrOff<Expected>>,
    /// How many users the output must have at least.
    pub min_users: OrOff<u64>,
    /// How many rows a file must have at least: one number for all, or one a record kind.
    pub min_rows: Option<OrOff<MinRows>>,
    /// Quarantined persons; as a percentage, of the persons in the extract.
    pub max_quarantined: OrOff<Limit>,
    /// Rejected rows of any one file; as a percentage, of the rows of that file.
    pub max_rejected: OrOff<Limit>,
    /// Active in the last published run and not now; as a percentage, of its active users.
    pub max_leavers: OrOff<Limit>,
    /// Active now and not in the last published run; as a percentage, of its active users.
    pub max_joiners: OrOff<Limit>,
    /// Users with another value in any one output field; as a percentage, of the users in both runs.
    pub max_changed: OrOff<Limit>,
    /// How many active users any one legal employer gained or lost; as a percentage, of those it had.
    pub max_segment_change: OrOff<Limit>,
    /// How far the files of the set may be apart by the times that their origin tells: `"6h"`.
    pub max_set_skew: Option<OrOff<Skew>>,
    /// How old the oldest file of the set may be, by its time and by the date in its name: `"26h"`.
    pub max_age: Option<OrOff<Skew>>,
    /// How many of pipeline (its name), environment, server, host key and signer may differ from the published run's.
    pub max_origin_changes: OrOff<Limit>,
}

impl Default for Guard {
    fn default() -> Self {
        let percent = |whole| OrOff::On(Limit::Percent(Percent::whole(whole)));
        Guard {
            expected_users: None,
            min_users: OrOff::On(1),
            min_rows: None,
            max_quarantined: percent(1),
            max_rejected: percent(1),
            max_leavers: percent(2),
            max_joiners: percent(10),
            max_changed: percent(20),
            max_segment_change: percent(20),
            max_set_skew: None,
            max_age: None,
            max_origin_changes: OrOff::On(Limit::Count(0)),
        }
    }
}

/// The guards by name, in the order of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Name {
    ExpectedUsers,
    MinUsers,
    MinRows,
    MaxQuarantined,
    MaxRejected,
    MaxLeavers,
    MaxJoiners,
    MaxChanged,
    MaxSegmentChange,
    MaxSetSkew,
    MaxAge,
    MaxOriginChanges,
}

impl Name {
    pub const ALL: [Name; 12] = [
        Name::ExpectedUsers,
        Name::MinUsers,
        Name::MinRows,
        Name::MaxQuarantined,
        Name::MaxRejected,
        Name::MaxLeavers,
        Name::MaxJoiners,
        Name::MaxChanged,
        Name::MaxSegmentChange,
        Name::MaxSetSkew,
        Name::MaxAge,
        Name::MaxOriginChanges,
    ];

    /// The key in `[guard]`, in `--allow` and in reports.
    pub fn key(self) -> &'static str {
        match self {
            Name::ExpectedUsers => "expected_users",
            Name::MinUsers => "min_users",
            Name::MinRows => "min_rows",
            Name::MaxQuarantined => "max_quarantined",
            Name::MaxRejected => "max_rejected",
            Name::MaxLeavers => "max_leavers",
            Name::MaxJoiners => "max_joiners",
            Name::MaxChanged => "max_changed",
            Name::MaxSegmentChange => "max_segment_change",
            Name::MaxSetSkew => "max_set_skew",
            Name::MaxAge => "max_age",
            Name::MaxOriginChanges => "max_origin_changes",
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// What this run found, when its users are final.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub files: Vec<FileFacts>,
    /// Persons in the extract (`resolution.md` rule 27).
    pub persons: u64,
    pub quarantined: u64,
    /// Users in the output, active and inactive.
    pub users: u64,
    /// How far the files of the set are apart, where it is known.
    pub set_skew: Option<SignedDuration>,
    /// How old the oldest of them is, where it is known.
    pub age: Option<SignedDuration>,
    pub origin: Origin,
    /// Where the files of the published run came from; none where there is no run, or its manifest does not say.
    pub published_origin: Option<Origin>,
    /// Whether the published run is of a pipeline of another name, whose files this one would take the place of.
    pub is_of_another: bool,
}

/// Rows in, and rows rejected, of one file.
#[derive(Clone, Debug)]
pub struct FileFacts {
    /// The record kind, or the name of the side extract.
    pub kind: &'static str,
    pub rows: u64,
    pub rejected: u64,
}
