//! What a run knows of everybody once they are resolved and mapped: the run makes it, and the report and the published
//! files are made of it. It holds what the stages gave, and decides nothing.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::stages::map::{Joined, MappedOutput, OutputPlan};
use crate::stages::normalize::{Side, Workforce};
use crate::stages::resolve::Resolved;

/// Everybody of a run, resolved and mapped.
pub struct People {
    pub workforce: Workforce,
    pub sides: Vec<Side>,
    /// How each side extract met the emitted.
    pub joined: Vec<Joined>,
    pub resolved: Vec<Resolved>,
    pub as_of: AsOfDate,
    pub files: Vec<Input>,
    /// The fingerprints of the keys that opened the extracts.
    pub keys: Vec<String>,
    /// The users of each output, then of each file of a state.
    pub outputs: Vec<Mapped>,
    /// How many users stand in files of states, and in no output.
    pub separate: u64,
}

/// One output, evaluated.
pub struct Mapped {
    pub plan: OutputPlan,
    /// The output of the pipeline that has these columns.
    pub nth: usize,
    pub output: Arc<MappedOutput>,
    /// The rows of `output` that are written, in their order.
    pub rows: Vec<u32>,
    /// The person of each row of `output`.
    pub persons: Vec<u32>,
}

/// The as-of date D, who decided it, and the extract's own date where it is known (rules 1 and 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AsOfDate {
    pub day: Date,
    pub origin: &'static str,
    pub of_extract: Option<Date>,
}

/// A file that was read.
#[derive(Clone, Debug)]
pub struct Input {
    /// The record kind, or the name of the side extract.
    pub kind: &'static str,
    pub name: String,
    pub sha256: String,
    pub bytes: u64,
    /// When it was last written, as its origin says.
    pub modified: Option<Timestamp>,
    /// The host key of the server that it came from, `SHA256:…`.
    pub host_key: Option<String>,
    pub records: u64,
    /// `good`, `off` or `none`.
    pub signature: &'static str,
    pub signer: Option<String>,
    pub accepted: Vec<&'static str>,
    /// Headers that nothing recognises (`CSV005`).
    pub unknown_headers: Vec<String>,
}
