//! The primary assignment inside the primary work relationship (rule 17).

use super::judgement::Judgement;
use super::options::{OnAmbiguous, Resolve};
use super::pick::{self, Rank};
use super::primary_work_relationship::{Candidate, Choice};
use super::row_on_day::{self, Taken};
use super::rows_on_day::RowsOnDay;
use super::state::State;
use crate::model::code::Code;
use crate::model::date::{BEGINNING, OPEN};
use crate::model::kind::Kind;
use crate::model::row::Facts;
use crate::model::worker::{Rule, Status, WorkerState, WorkerType};
use crate::stages::normalize::{AssignmentRow, Case};

/// An assignment of A with its row.
#[derive(Clone, Copy)]
pub struct Placed<'a> {
    /// Its index in the case.
    pub index: usize,
    /// The index of its row.
    pub row_index: usize,
    pub row: &'a AssignmentRow<'a>,
    pub status: Option<Status>,
}

/// A of rule 17: the assignments of the chosen work relationship in their order, each with the row that counts.
pub fn placed<'a>(
    case: &'a Case<'a>,
    choice: &Choice,
    rows: &RowsOnDay,
    options: &Resolve,
    judgement: &mut Judgement,
) -> Vec<Placed<'a>> {
    let Some(chosen) = choice.chosen else { return Vec::new() };
    let relationship = &case.work_relationships[chosen];
    let is_on_day = matches!(choice.state, WorkerState::Current | WorkerState::Pending);
    let row_at = |index: usize| match choice.state {
        _ if is_on_day => rows.of(index).taken,
        WorkerState::Future if relationship.service.start == BEGINNING => Taken::None,
        WorkerState::Future => row_on_day::on_day(&case.assignments[index], relationship.service.start),
        _ if relationship.service.end == OPEN => Taken::None,
        _ => row_on_day::on_day(&case.assignments[index], relationship.service.end),
    };
    let fallback = |index: usize| {
        let assignment = &case.assignments[index];
        if choice.state == WorkerState::Future { row_on_day::first(assignment) } else { row_on_day::last(assignment) }
    };
    let indexes = || relationship.assignments.iter().copied();
    let falls_back = !is_on_day && indexes().all(|index| row_at(index).row().is_none());
    let counts_at = |index: usize| if falls_back { fallback(index) } else { row_at(index) };
    let is_ambiguous =
        |index: usize| [rows.of(index).taken, row_at(index), counts_at(index)].contains(&Taken::Ambiguous);
    if indexes().any(is_ambiguous) {
        judgement.fail(Code::Asg010);
    }
    let place = |index: usize| {
        let row_index = counts_at(index).row()?;
        let row = &case.assignments[index].rows[row_index];
        let status = row_on_day::raise_status(row, options, judgement);
        Some(Placed { index, row_index, row, status })
    };
    indexes().filter_map(place).collect()
}

/// Rule 17, the table: the position in `placed` of the primary assignment.
pub fn choose(
    case: &Case<'_>,
    placed: &[Placed<'_>],
    state: WorkerState,
    on_ambiguous: OnAmbiguous,
    judgement: &mut Judgement,
) -> (Rule, Option<usize>) {
    let flagged = || (0..placed.len()).filter(|i| is_flagged(&placed[*i]));
    match (flagged().next(), flagged().nth(1), placed) {
        (_, _, []) => {
            match state {
                WorkerState::Current | WorkerState::Pending => judgement.fail(Code::Pri031),
                _ => judgement.note(Code::Pri031),
            }
            (Rule::NoAssignment, None)
        }
        (Some(one), None, _) => (Rule::OneFlagged, Some(one)),
        (None, _, [_]) => {
            judgement.note(Code::Pri030);
            (Rule::OneAssignment, Some(0))
        }
        (None, _, _) => {
            let all: Vec<usize> = (0..placed.len()).collect();
            (Rule::NoneFlagged, ambiguous(Code::Pri032, case, placed, &all, on_ambiguous, judgement))
        }
        (Some(_), Some(_), _) => {
            let several: Vec<usize> = flagged().collect();
            let mut active = several.iter().filter(|i| placed[**i].status == Some(Status::Active));
            if let (Some(one), None) = (active.next(), active.next()) {
                judgement.note(Code::Pri033);
                return (Rule::OneActive, Some(*one));
            }
            (Rule::SeveralFlagged, ambiguous(Code::Pri034, case, placed, &several, on_ambiguous, judgement))
        }
    }
}

/// Rule 16, or quarantine.
fn ambiguous(
    code: Code,
    case: &Case<'_>,
    placed: &[Placed<'_>],
    several: &[usize],
    on_ambiguous: OnAmbiguous,
    judgement: &mut Judgement,
) -> Option<usize> {
    if on_ambiguous == OnAmbiguous::Quarantine {
        judgement.fail(code);
        return None;
    }
    judgement.note(code);
    let ranked: Vec<pick::Candidate<'_>> = several.iter().map(|index| ranked(case, &placed[*index], None)).collect();
    pick::pick("assignment", &ranked, judgement).map(|best| several[best])
}

/// Rule 16 for an assignment by its row; inside one work relationship the worker type is the same.
pub fn ranked<'a>(case: &Case<'a>, placed: &Placed<'a>, worker_type: Option<WorkerType>) -> pick::Candidate<'a> {
    let id = case.assignments[placed.index].id;
    let best = (placed.status.unwrap_or(Status::Inactive), placed.row.start());
    let rank = Rank::new(worker_type, Some(best), BEGINNING, id);
    pick::Candidate { rank, id, row: Some((Kind::Assignment, placed.row.position)) }
}

/// For an explanation: who won, and why each of the others lost.
pub fn say_choice(
    case: &Case<'_>,
    placed: &[Placed<'_>],
    rule: Rule,
    chosen: Option<usize>,
    judgement: &mut Judgement,
) {
    let id = |placed: &Placed<'_>| case.assignments[placed.index].id;
    judgement.say(17, || match chosen {
        Some(chosen) => {
            let facts = placed[chosen].row.facts;
            let read = match (facts.primary_assignment, facts.primary) {
                (Some(true), _) => "by PrimaryAssignmentFlag",
                (Some(false), _) => "though PrimaryAssignmentFlag says no",
                (None, Some(true)) => "by the overall PrimaryFlag",
                (None, Some(false)) => "though the overall PrimaryFlag says no",
                (None, None) => "by no flag",
            };
            format!("{}: the primary assignment is {}, {read}", rule.text(), id(&placed[chosen]))
        }
        None => format!("{}: no assignment can be chosen", rule.text()),
    });
    for (_, loser) in placed.iter().enumerate().filter(|(index, _)| chosen.is_some_and(|chosen| chosen != *index)) {
        let why = match (is_flagged(loser), rule) {
            // Who lost by rule 16 was told so there.
            (false, Rule::NoneFlagged) | (true, Rule::SeveralFlagged) => continue,
            (false, _) => "it is not flagged",
            (true, _) => "it is flagged as well, but not ACTIVE",
        };
        judgement.say(17, || format!("assignment {} loses: {why}", id(loser)));
    }
}

/// `PrimaryAssignmentFlag`, else the overall `PrimaryFlag`.
fn is_flagged(placed: &Placed<'_>) -> bool {
    placed.row.facts.primary_assignment.or(placed.row.facts.primary) == Some(true)
}

/// What is odd about the rows of A and the chosen one (the second half of rule 17).
pub fn review(
    candidates: &[Candidate<'_>],
    choice: &Choice,
    placed: &[Placed<'_>],
    chosen: Option<usize>,
    judgement: &mut Judgement,
) {
    if placed.iter().any(|placed| contradicts_itself(placed.row)) {
        judgement.note(Code::Pri035);
    }
    let Some(chosen) = chosen.map(|chosen| &placed[chosen]) else { return };
    // Whether another row on D, of one of those work relationships, is like that.
    let other = |of: &dyn Fn(&Candidate<'_>) -> bool, is: &dyn Fn(&Facts, Option<Status>) -> bool| {
        let of = candidates.iter().filter(|candidate| of(candidate));
        let mut rows = of.flat_map(|candidate| candidate.on_day.rows());
        rows.any(|(row, status)| row.position != chosen.row.position && is(row.facts, status))
    };
    let is_in_c = |candidate: &Candidate<'_>| choice.current.binary_search(&candidate.index).is_ok();
    let other_is_overall = other(&is_in_c, &|facts, _| facts.primary == Some(true));
    if chosen.row.facts.primary == Some(false) && other_is_overall {
        judgement.fail(Code::Pri036);
    }
    let is_current = |candidate: &Candidate<'_>| candidate.state == State::Current;
    let other_is_active = other(&is_current, &|_, status| status == Some(Status::Active));
    if chosen.status == Some(Status::Suspended) && other_is_active {
        judgement.note(Code::Pri040);
    }
    let in_effect = matches!(choice.state, WorkerState::Current | WorkerState::Pending);
    if in_effect && chosen.status == Some(Status::Inactive) {
        let sibling = placed.iter().any(|placed| placed.status == Some(Status::Active));
        judgement.note(if sibling { Code::Pri041 } else { Code::Pri042 });
    }
}

/// `PRI035`: the overall flag is not what the other two make it.
fn contradicts_itself(row: &AssignmentRow<'_>) -> bool {
    let facts = row.facts;
    match (facts.primary, facts.primary_assignment, facts.primary_work_relation) {
        (Some(overall), Some(assignment), Some(relationship)) => overall != (assignment && relationship),
        _ => false,
    }
}
