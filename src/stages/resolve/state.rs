//! The state of a work relationship on D, and whether it is primary (rules 13 and 14).

use jiff::civil::Date;

use super::judgement::Judgement;
use super::rows_on_day::RowsOnDay;
use crate::model::code::Code;
use crate::model::date::OPEN;
use crate::model::row::Facts;
use crate::model::worker::Status;
use crate::stages::normalize::{AssignmentRow, Case, WorkRelationship};

/// Rule 13.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Current,
    Ended,
    Future,
}

/// One work relationship on D.
#[derive(Clone, Copy)]
pub struct OnDay<'a> {
    pub case: &'a Case<'a>,
    pub relationship: &'a WorkRelationship<'a>,
    pub rows: &'a RowsOnDay,
}

impl<'a> OnDay<'a> {
    /// The rows of its assignments on D, with their statuses.
    pub fn rows(self) -> impl Iterator<Item = (&'a AssignmentRow<'a>, Option<Status>)> + Clone {
        let placed = move |index: &usize| self.rows.placed(self.case, *index);
        self.relationship.assignments.iter().filter_map(placed).map(|placed| (placed.row, placed.status))
    }

    /// Whether there are rows, and all of them start after D.
    fn only_future(&self, day: Date) -> bool {
        let assignments = &self.relationship.assignments;
        let mut rows = assignments.iter().flat_map(|index| &self.case.assignments[*index].rows);
        !assignments.is_empty() && rows.all(|row| row.start() > day)
    }

    /// The flags of one sort that are filled in.
    fn flags(&self, of: fn(&Facts) -> Option<bool>) -> impl Iterator<Item = bool> + Clone {
        self.rows().filter_map(move |(row, _)| of(row.facts))
    }

    fn has(&self, status: Status) -> bool {
        self.rows().any(|(_, other)| other == Some(status))
    }

    fn all_inactive(&self) -> bool {
        self.rows().next().is_some() && self.rows().all(|(_, status)| status == Some(Status::Inactive))
    }
}

/// Rule 13: by the dates of service; where the source has none, by the assignment rows.
pub fn state(on_day: &OnDay<'_>, day: Date) -> State {
    if on_day.case.shape.has_service_dates {
        return match on_day.relationship.service {
            service if service.start > day => State::Future,
            service if service.end < day => State::Ended,
            _ => State::Current,
        };
    }
    if on_day.all_inactive() {
        State::Ended
    } else if on_day.only_future(day) {
        State::Future
    } else {
        State::Current
    }
}

/// What is odd about a work relationship in its state (rule 13).
pub fn review(on_day: &OnDay<'_>, state: State, judgement: &mut Judgement) {
    match state {
        State::Current => {
            if on_day.relationship.service.end != OPEN {
                judgement.note(Code::Wr010);
            }
            if on_day.all_inactive() {
                judgement.note(Code::Wr011);
            }
        }
        State::Ended if on_day.has(Status::Active) => judgement.note(Code::Wr012),
        State::Future if on_day.has(Status::Active) => judgement.note(Code::Wr013),
        State::Ended | State::Future => {}
    }
}

/// Rule 14: whether it is primary on D: the dated flag, else the overall flag, else the undated one.
pub fn is_primary(on_day: &OnDay<'_>, state: State, judgement: &mut Judgement) -> bool {
    let dated = on_day.flags(|facts| facts.primary_work_relation);
    if let Some(first) = dated.clone().next() {
        let is_primary = dated.clone().any(|flag| flag);
        if state == State::Current {
            if dated.clone().any(|flag| flag != first) {
                judgement.fail(Code::Wr040);
            } else if on_day.relationship.primary.is_some_and(|undated| undated != is_primary) {
                judgement.note(Code::Wr041);
            }
        }
        return is_primary;
    }
    let mut overall = on_day.flags(|facts| facts.primary).peekable();
    if overall.peek().is_some() {
        return overall.any(|flag| flag);
    }
    on_day.relationship.primary == Some(true)
}

/// For an explanation: where [`is_primary`] read it.
pub fn flag_read(on_day: &OnDay<'_>) -> &'static str {
    let has = |of: fn(&Facts) -> Option<bool>| on_day.flags(of).next().is_some();
    if has(|facts| facts.primary_work_relation) {
        "by PrimaryWorkRelationFlag of its assignment rows on the day"
    } else if has(|facts| facts.primary) {
        "by the overall PrimaryFlag of its assignment rows on the day"
    } else if on_day.relationship.primary.is_some() {
        "by its own undated PrimaryFlag"
    } else {
        "for want of any flag"
    }
}
