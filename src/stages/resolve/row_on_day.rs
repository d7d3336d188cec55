//! The row of an assignment on a day, what its history looks like, and its HR status (rules 10 to 12).

use jiff::ToSpan;
use jiff::civil::Date;

use super::judgement::Judgement;
use super::options::Resolve;
use crate::model::code::Code;
use crate::model::layout::assignment::{MANAGER_COLUMNS, STATUS_TYPE, STATUS_TYPE_CODE};
use crate::model::worker::Status;
use crate::stages::normalize::{Assignment, AssignmentRow};

/// The outcome of rule 10: the index of a row, or none because there is none, or because two are left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    None,
    Row(usize),
    /// `ASG010`: the assignment has no row on that day.
    Ambiguous,
}

impl Taken {
    pub fn row(self) -> Option<usize> {
        match self {
            Taken::Row(row) => Some(row),
            Taken::None | Taken::Ambiguous => None,
        }
    }
}

/// Rule 10: the row in effect on a day.
pub fn on_day(assignment: &Assignment<'_>, day: Date) -> Taken {
    let in_effect = |row: &&AssignmentRow<'_>| row.facts.effective.contains(day);
    match assignment.rows.iter().filter(in_effect).map(AssignmentRow::start).max() {
        Some(start) => of_start(assignment, start, day),
        None => Taken::None,
    }
}

/// Rule 17, where the work relationship has ended: the assignment's last row.
pub fn last(assignment: &Assignment<'_>) -> Taken {
    let start = assignment.rows.iter().map(AssignmentRow::start).max();
    start.map_or(Taken::None, |start| of_start(assignment, start, start))
}

/// Rule 17, where the work relationship lies ahead: the assignment's first row.
pub fn first(assignment: &Assignment<'_>) -> Taken {
    let start = assignment.rows.iter().map(AssignmentRow::start).min();
    start.map_or(Taken::None, |start| of_start(assignment, start, start))
}

/// Of the rows of one start that are in effect on `day`: latest change, then sequence; rows that differ only in
/// their managers are one row.
fn of_start(assignment: &Assignment<'_>, start: Date, day: Date) -> Taken {
    let rows = &assignment.rows;
    let in_effect = |row: &usize| rows[*row].start() == start && rows[*row].facts.effective.contains(day);
    let has_latest = (0..rows.len()).filter(in_effect).any(|row| rows[row].is_latest_change());
    let counts = |row: &usize| in_effect(row) && (rows[*row].is_latest_change() || !has_latest);
    let highest = (0..rows.len()).filter(counts).map(|row| rows[row].facts.sequence).max();
    let mut left = (0..rows.len()).filter(|row| counts(row) && Some(rows[*row].facts.sequence) == highest);
    match left.next() {
        None => Taken::None,
        Some(first) if left.all(|other| same_but_managers(&rows[first], &rows[other])) => Taken::Row(first),
        Some(_) => Taken::Ambiguous,
    }
}

/// Whether two rows differ at most in the columns of managers (rule 10).
pub fn same_but_managers(a: &AssignmentRow<'_>, b: &AssignmentRow<'_>) -> bool {
    // The facts tell most of them apart without a look at the cells.
    a.facts == b.facts && a.cells.equal_but(b.cells, &MANAGER_COLUMNS)
}

/// Rule 11: what is odd about the rows of an assignment, whatever day they are in effect on.
pub fn review(assignment: &Assignment<'_>, day: Date, judgement: &mut Judgement) {
    let rows = &assignment.rows;
    for of_day in rows.chunk_by(|a, b| a.start() == b.start()) {
        review_sequences(of_day, judgement);
    }
    if rows.iter().any(|row| !row.is_latest_change() && row.end() != row.start()) {
        judgement.note(Code::Asg022);
    }
    review_neighbours(rows, day, judgement);
}

/// The changes of one day, sorted by sequence: only the highest is the latest change, and none is missing.
fn review_sequences(of_day: &[AssignmentRow<'_>], judgement: &mut Judgement) {
    let highest = of_day.last().map_or(1, |row| row.facts.sequence);
    if of_day.iter().any(|row| row.is_latest_change() != (row.facts.sequence == highest)) {
        judgement.note(Code::Asg020);
    }
    let mut expected = 1;
    for of_sequence in of_day.chunk_by(|a, b| a.facts.sequence == b.facts.sequence) {
        if of_sequence[0].facts.sequence != expected {
            judgement.note(Code::Asg021);
        }
        expected = of_sequence[0].facts.sequence.saturating_add(1);
    }
}

/// Rows of different starts: they neither overlap (`ASG023`) nor leave a gap (`ASG024`).
fn review_neighbours(rows: &[AssignmentRow<'_>], day: Date, judgement: &mut Judgement) {
    let mut end: Option<Date> = None;
    for of_start in rows.chunk_by(|a, b| a.start() == b.start()) {
        let start = of_start[0].start();
        if let Some(end) = end {
            if end >= start {
                judgement.note(Code::Asg023);
            } else if end.checked_add(1.day()).is_ok_and(|next| next < start) {
                judgement.note(Code::Asg024);
                judgement.gap_over_day |= end < day && day < start;
            }
        }
        end = end.max(of_start.iter().map(AssignmentRow::end).max());
    }
}

/// Rule 12: the HR status of a row, and the codes that reading it raises. `None` is `STA001`.
pub fn status(row: &AssignmentRow<'_>, options: &Resolve) -> (Option<Status>, Option<Code>) {
    let (type_text, code_text) = (row.cells.get(STATUS_TYPE), row.cells.get(STATUS_TYPE_CODE));
    let by_code = status_of_code(code_text, options);
    match (type_text, code_text) {
        ("", "") => (Some(Status::Active), Some(Code::Sta003)),
        ("", _) => (by_code, by_code.is_none().then_some(Code::Sta001)),
        (text, _) => match (Status::read(text), by_code) {
            (None, _) => (None, Some(Code::Sta001)),
            (Some(by_type), Some(by_code)) if by_type != by_code => (Some(by_type), Some(Code::Sta002)),
            (Some(by_type), _) => (Some(by_type), None),
        },
    }
}

/// Rule 12 for a row that was taken: its status, with the codes raised.
pub fn raise_status(row: &AssignmentRow<'_>, options: &Resolve, judgement: &mut Judgement) -> Option<Status> {
    let (status, code) = status(row, options);
    match code {
        Some(Code::Sta001) => judgement.fail(Code::Sta001),
        Some(code) => judgement.note(code),
        None => {}
    }
    status
}

/// The prefix of `AssignmentStatusTypeCode`, else what the pipeline says of it.
fn status_of_code(code: &str, options: &Resolve) -> Option<Status> {
    const PREFIXES: [(&str, Status); 3] =
        [("ACTIVE_", Status::Active), ("SUSPEND_", Status::Suspended), ("INACTIVE_", Status::Inactive)];
    let by_prefix = PREFIXES.iter().find(|(prefix, _)| code.starts_with(prefix)).map(|(_, status)| *status);
    by_prefix.or_else(|| options.status.get(code).map(|word| word.status()))
}
