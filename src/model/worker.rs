//! What resolution says of a person: its state, whether it is active, what becomes of it, and which rule decided.

use std::fmt;

/// Oracle's worker types, best first: the order in which `on_ambiguous = "pick"` prefers them (rule 16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkerType {
    Employee,
    ContingentWorker,
    Nonworker,
    PendingWorker,
}

impl WorkerType {
    /// Oracle's letter: E, C, N or P.
    pub fn letter(self) -> &'static str {
        match self {
            WorkerType::Employee => "E",
            WorkerType::ContingentWorker => "C",
            WorkerType::Nonworker => "N",
            WorkerType::PendingWorker => "P",
        }
    }
}

/// HR status of an assignment row (rule 12), best first (rule 16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Active,
    Suspended,
    Inactive,
}

impl Status {
    pub fn text(self) -> &'static str {
        match self {
            Status::Active => "ACTIVE",
            Status::Suspended => "SUSPENDED",
            Status::Inactive => "INACTIVE",
        }
    }

    /// Reads Oracle's word, in exact case.
    pub fn read(text: &str) -> Option<Status> {
        match text {
            "ACTIVE" => Some(Status::Active),
            "SUSPENDED" => Some(Status::Suspended),
            "INACTIVE" => Some(Status::Inactive),
            _ => None,
        }
    }
}

/// The state of a person on D (rule 15).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkerState {
    Current,
    Pending,
    Future,
    Terminated,
    NoEmployment,
}

impl WorkerState {
    pub const ALL: [WorkerState; 5] = [
        WorkerState::Current,
        WorkerState::Pending,
        WorkerState::Future,
        WorkerState::Terminated,
        WorkerState::NoEmployment,
    ];

    pub fn text(self) -> &'static str {
        match self {
            WorkerState::Current => "CURRENT",
            WorkerState::Pending => "PENDING",
            WorkerState::Future => "FUTURE",
            WorkerState::Terminated => "TERMINATED",
            WorkerState::NoEmployment => "NO_EMPLOYMENT",
        }
    }
}

/// What became of a person: exactly one of these (rule 27).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Disposition {
    Emitted,
    EmittedInactive,
    Excluded,
    Filtered,
    Quarantined,
}

impl Disposition {
    pub fn text(self) -> &'static str {
        match self {
            Disposition::Emitted => "emitted",
            Disposition::EmittedInactive => "emitted_inactive",
            Disposition::Excluded => "excluded",
            Disposition::Filtered => "filtered",
            Disposition::Quarantined => "quarantined",
        }
    }

    /// Whether the person stands in the user file.
    pub fn is_emitted(self) -> bool {
        matches!(self, Disposition::Emitted | Disposition::EmittedInactive)
    }
}

/// The row of a table in `resolution.md` that decided: of rule 15 where no assignment was chosen, else of rule 17 (or 18).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// Sections 2 to 4 quarantined the person before a rule decided.
    Undecided,
    OnePrimary,
    OneCurrent,
    NonePrimary,
    Meeting,
    SeveralPrimary,
    Future,
    Ended,
    NoWorkRelationship,
    OneFlagged,
    OneAssignment,
    NoAssignment,
    NoneFlagged,
    OneActive,
    SeveralFlagged,
    HandMadeOne,
    HandMadeOnly,
    HandMadeNone,
    HandMadeSeveral,
    HandMadeEnded,
    HandMadeFuture,
    HandMadeGap,
}

impl Rule {
    /// As it stands in `resolution.csv`: the number of the rule and the row of its table.
    pub fn text(self) -> &'static str {
        match self {
            Rule::Undecided => "",
            Rule::OnePrimary => "15.one-primary",
            Rule::OneCurrent => "15.one-current",
            Rule::NonePrimary => "15.none-primary",
            Rule::Meeting => "15.meeting",
            Rule::SeveralPrimary => "15.several-primary",
            Rule::Future => "15.future",
            Rule::Ended => "15.ended",
            Rule::NoWorkRelationship => "15.no-work-relationship",
            Rule::OneFlagged => "17.one-flagged",
            Rule::OneAssignment => "17.one-assignment",
            Rule::NoAssignment => "17.no-assignment",
            Rule::NoneFlagged => "17.none-flagged",
            Rule::OneActive => "17.one-active",
            Rule::SeveralFlagged => "17.several-flagged",
            Rule::HandMadeOne => "18.one-flagged",
            Rule::HandMadeOnly => "18.one-row",
            Rule::HandMadeNone => "18.none-flagged",
            Rule::HandMadeSeveral => "18.several-flagged",
            Rule::HandMadeEnded => "18.ended",
            Rule::HandMadeFuture => "18.future",
            Rule::HandMadeGap => "18.no-row",
        }
    }

    /// What it says, in a line for a report.
    pub fn meaning(self) -> &'static str {
        match self {
            Rule::Undecided => "Left out before a rule decided: the rows contradict each other",
            Rule::OnePrimary => "One current work relationship is primary",
            Rule::OneCurrent => "One current work relationship, not flagged",
            Rule::NonePrimary => "Several current work relationships, none primary",
            Rule::Meeting => "Two primary work relationships meet on the day: the one that starts",
            Rule::SeveralPrimary => "Several primary work relationships are current",
            Rule::Future => "Nothing is current: the earliest work relationship to come",
            Rule::Ended => "Nothing is current: the last work relationship that ended",
            Rule::NoWorkRelationship => "No work relationship at all",
            Rule::OneFlagged => "One assignment of the primary work relationship is flagged",
            Rule::OneAssignment => "The only assignment, not flagged",
            Rule::NoAssignment => "The work relationship has no assignment on the day",
            Rule::NoneFlagged => "Several assignments, none flagged",
            Rule::OneActive => "Several assignments are flagged, one of them is active",
            Rule::SeveralFlagged => "Several assignments are flagged and active",
            Rule::HandMadeOne => "One row is flagged primary",
            Rule::HandMadeOnly => "The only row, not flagged",
            Rule::HandMadeNone => "Several rows, none flagged",
            Rule::HandMadeSeveral => "Several rows are flagged",
            Rule::HandMadeEnded => "Only inactive rows: the last one",
            Rule::HandMadeFuture => "Only rows to come: the earliest one",
            Rule::HandMadeGap => "No row on the day",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}
