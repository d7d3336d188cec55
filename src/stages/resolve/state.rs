//! The state of a work relationship on D, and whether it is primary (rules 13 and 14).

use jiff::civil::Date;

use super::judgement::Judgement;
use super::row_on_day::Taken;
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

/// The rows of one work relationship's assignments on D, with their statuses.
pub struct OnDay<'a> {
    pub rows: Vec<(&'a AssignmentRow<'a>, Option<Status>)>,
    /// There are rows, and all of them start after D.
    pub only_future: bool,
}

impl<'a> OnDay<'a> {
    pub fn of(
        case: &'a Case<'a>,
        relationship: &WorkRelationship<'a>,
        taken: &[Taken],
        statuses: &[Option<Status>],
        day: Date,
    ) -> OnDay<'a> {
        let mut on_day = OnDay { rows: Vec::new(), only_future: !relationship.assignments.is_empty() };
        for index in &relationship.assignments {
            let assignment = &case.assignments[*index];
            on_day.only_future &= assignment.rows.iter().all(|row| row.start() > day);
            if let Taken::Row(row) = taken[*index] {
                on_day.rows.push((&assignment.rows[row], statuses[*index]));
            }
        }
        on_day
    }

    /// The flags of one sort that are filled in.
    fn flags(&self, of: impl Fn(&Facts) -> Option<bool>) -> Vec<bool> {
        self.rows.iter().filter_map(|(row, _)| of(row.facts)).collect()
    }

    fn has(&self, status: Status) -> bool {
        self.rows.iter().any(|(_, other)| *other == Some(status))
    }

    fn all_inactive(&self) -> bool {
        !self.rows.is_empty() && self.rows.iter().all(|(_, status)| *status == Some(Status::Inactive))
    }
}

/// Rule 13: by the dates of service; where the source has none, by the assignment rows.
pub fn state(case: &Case<'_>, relationship: &WorkRelationship<'_>, on_day: &OnDay<'_>, day: Date) -> State {
    if case.shape.has_service_dates {
        return match relationship.service {
            service if service.start > day => State::Future,
            service if service.end < day => State::Ended,
            _ => State::Current,
        };
    }
    if on_day.all_inactive() {
        State::Ended
    } else if on_day.only_future {
        State::Future
    } else {
        State::Current
    }
}

/// What is odd about a work relationship in its state (rule 13).
pub fn review(relationship: &WorkRelationship<'_>, state: State, on_day: &OnDay<'_>, judgement: &mut Judgement) {
    match state {
        State::Current => {
            if relationship.service.end != OPEN {
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
pub fn is_primary(
    relationship: &WorkRelationship<'_>,
    state: State,
    on_day: &OnDay<'_>,
    judgement: &mut Judgement,
) -> bool {
    let dated = on_day.flags(|facts| facts.primary_work_relation);
    if let Some(first) = dated.first() {
        let is_primary = dated.contains(&true);
        if state == State::Current {
            if dated.iter().any(|flag| flag != first) {
                judgement.fail(Code::Wr040);
            } else if relationship.primary.is_some_and(|undated| undated != is_primary) {
                judgement.note(Code::Wr041);
            }
        }
        return is_primary;
    }
    let overall = on_day.flags(|facts| facts.primary);
    if !overall.is_empty() {
        return overall.contains(&true);
    }
    relationship.primary == Some(true)
}

/// For an explanation: where [`is_primary`] read it.
pub fn flag_read(relationship: &WorkRelationship<'_>, on_day: &OnDay<'_>) -> &'static str {
    if !on_day.flags(|facts| facts.primary_work_relation).is_empty() {
        "by PrimaryWorkRelationFlag of its assignment rows on the day"
    } else if !on_day.flags(|facts| facts.primary).is_empty() {
        "by the overall PrimaryFlag of its assignment rows on the day"
    } else if relationship.primary.is_some() {
        "by its own undated PrimaryFlag"
    } else {
        "for want of any flag"
    }
}
