//! What the judge is given: the sources as text, and the settings of the pipeline that resolution reads.

use std::collections::BTreeMap;

use jiff::civil::Date;

/// The kinds of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Person,
    WorkRelationship,
    Assignment,
    Name,
    Email,
    Phone,
    Manager,
}

/// One file: canonical attribute names, and raw cells; the line of a row is its index plus two.
#[derive(Clone, Debug)]
pub struct Source {
    pub kind: Kind,
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    History,
    Snapshot,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnAmbiguous {
    Quarantine,
    Pick,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    Emit,
    EmitInactive,
    Exclude,
}

/// Rule 19: what happens to the persons of each state; `active` is that of CURRENT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emit {
    pub active: Policy,
    pub terminated: Policy,
    pub pending: Policy,
    pub future: Policy,
    pub no_employment: Policy,
}

/// The HR status of an assignment row (rule 12), best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Active,
    Suspended,
    Inactive,
}

/// The settings that rules 1 to 27 read.
#[derive(Clone, Debug)]
pub struct Settings {
    pub as_of: Date,
    pub mode: Mode,
    pub known_effective_date: Option<Date>,
    pub on_ambiguous: OnAmbiguous,
    pub suspended_active: bool,
    pub assume_single: bool,
    pub keep_unemitted_managers: bool,
    pub emit: Emit,
    /// `[resolve.status]`: a customer's status code and what it means.
    pub status: BTreeMap<String, Status>,
    /// The target demands an e-mail: `OUT010` is E.
    pub email_required: bool,
}
