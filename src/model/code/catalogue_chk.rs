//! The catalogue, the family CHK: the pipeline's own rules.

use super::{Code, Entry, Severity, Subject};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    code: Code::Chk001,
    text: "CHK001",
    severity: Severity::Error,
    varies: Some("W where the check of the pipeline says severity = \"W\""),
    subject: Subject::Person,
    rejects: false,
    rule: 0,
    title: "A check of the pipeline does not hold",
    meaning: "A rule that the pipeline adds under [[check]] is broken by the person, or by a row of the person. The \
        report names the check, with its condition, its own count and where to look first.",
    why: "The checks are what your company demands beyond Oracle and beyond the target, such as a cost center for \
        every employee.",
    effect: "With severity E the person is quarantined; with severity W, the default, the person is emitted and the \
        finding is counted.",
    fix: "Read the message of the check in the report, and correct the value in Oracle. If the rule itself is wrong, \
        change it under [[check]] in the pipeline file.",
}];
