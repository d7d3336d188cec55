//! Kinds of work relationship and of assignment row (rule 6): which are admitted, which are set aside, and as what.

use crate::model::cells::Cells;
use crate::model::code::Code;
use crate::model::layout::work_relationship;
use crate::model::worker::WorkerType;

/// What a type cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Blank, which is as no column.
    Unknown,
    Admitted(WorkerType),
    SetAside(Code),
}

impl Typed {
    /// This, or where it says nothing, the next.
    pub fn or_else(self, next: impl FnOnce() -> Typed) -> Typed {
        if self == Typed::Unknown { next() } else { self }
    }
}

/// `AssignmentType` or `PeriodType`: E (or EMP), C, N, P; terms rows; offers and applicants; anything else.
pub fn period_type(text: &str) -> Typed {
    match text {
        "" => Typed::Unknown,
        "E" | "EMP" => Typed::Admitted(WorkerType::Employee),
        "C" => Typed::Admitted(WorkerType::ContingentWorker),
        "N" => Typed::Admitted(WorkerType::Nonworker),
        "P" => Typed::Admitted(WorkerType::PendingWorker),
        "ET" | "CT" | "NT" | "PT" | "OT" => Typed::SetAside(Code::Row020),
        "O" | "A" => Typed::SetAside(Code::Row021),
        _ => Typed::SetAside(Code::Row022),
    }
}

/// `WorkerType` or `SystemPersonType`, which also know the long forms.
pub fn worker_type(text: &str) -> Typed {
    match text {
        "CWK" => Typed::Admitted(WorkerType::ContingentWorker),
        "NONW" => Typed::Admitted(WorkerType::Nonworker),
        "PWK" => Typed::Admitted(WorkerType::PendingWorker),
        other => period_type(other),
    }
}

/// The type of a work-relationship row: `PeriodType`, else `WorkerType`.
pub fn relationship_type(cells: Cells<'_>) -> Typed {
    period_type(cells.get(work_relationship::PERIOD_TYPE))
        .or_else(|| worker_type(cells.get(work_relationship::WORKER_TYPE)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_case_and_two_spellings_of_employee() {
        assert_eq!(period_type("EMP"), period_type("E"));
        assert_eq!(period_type("e"), Typed::SetAside(Code::Row022));
        assert_eq!(period_type("CWK"), Typed::SetAside(Code::Row022));
        assert_eq!(worker_type("CWK"), Typed::Admitted(WorkerType::ContingentWorker));
        assert_eq!(worker_type("PT"), Typed::SetAside(Code::Row020));
        assert_eq!(period_type("A"), Typed::SetAside(Code::Row021));
        assert_eq!(period_type("").or_else(|| worker_type("PWK")), Typed::Admitted(WorkerType::PendingWorker));
    }
}
