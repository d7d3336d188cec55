//! A hand-made source: only the overall flag, and nothing about work relationships (rule 18).

use std::cmp::Reverse;

use jiff::civil::Date;

use super::judgement::Judgement;
use super::options::OnAmbiguous;
use super::primary_assignment::Placed;
use super::primary_work_relationship::id_rank;
use super::row_on_day;
use crate::model::code::Code;
use crate::model::worker::{Rule, Status, WorkerState, WorkerType};
use crate::stages::normalize::Case;

/// What rule 18 decides.
pub struct HandMade<'a> {
    pub state: WorkerState,
    pub rule: Rule,
    pub chosen: Option<Placed<'a>>,
}

/// Decides from the person's rows on D.
pub fn choose<'a>(
    case: &'a Case<'a>,
    on_day: &[Placed<'a>],
    day: Date,
    on_ambiguous: OnAmbiguous,
    judgement: &mut Judgement,
) -> HandMade<'a> {
    let employed: Vec<Placed<'a>> =
        on_day.iter().copied().filter(|placed| placed.status != Some(Status::Inactive)).collect();
    let flagged = |rows: &[Placed<'a>]| -> Vec<Placed<'a>> {
        rows.iter().copied().filter(|placed| placed.row.facts.primary == Some(true)).collect()
    };
    if employed.is_empty() {
        return if on_day.is_empty() {
            without_row(case, day, judgement)
        } else {
            // "The last such primary row": of rows that are all inactive, a flagged one before the others.
            let primary = flagged(on_day);
            let chosen = latest(case, if primary.is_empty() { on_day } else { &primary });
            HandMade { state: WorkerState::Terminated, rule: Rule::HandMadeEnded, chosen }
        };
    }
    let is_pending = case.work_relationships.iter().all(|own| own.worker_type == Some(WorkerType::PendingWorker));
    let state = if is_pending { WorkerState::Pending } else { WorkerState::Current };
    let primary = flagged(&employed);
    let (rule, chosen) = match (primary.as_slice(), employed.as_slice()) {
        ([one], _) => (Rule::HandMadeOne, Some(*one)),
        ([], [one]) => {
            judgement.note(Code::Pri030);
            (Rule::HandMadeOnly, Some(*one))
        }
        ([], several) => (Rule::HandMadeNone, ambiguous(Code::Pri032, case, several, on_ambiguous, judgement)),
        (several, _) => (Rule::HandMadeSeveral, ambiguous(Code::Pri034, case, several, on_ambiguous, judgement)),
    };
    HandMade { state, rule, chosen }
}

/// No row on D: all lie ahead, or D falls into a gap.
fn without_row<'a>(case: &'a Case<'a>, day: Date, judgement: &mut Judgement) -> HandMade<'a> {
    let all_future = case.assignments.iter().flat_map(|assignment| &assignment.rows).all(|row| row.start() > day);
    if case.assignments.is_empty() {
        judgement.note(Code::Pri023);
        return HandMade { state: WorkerState::NoEmployment, rule: Rule::NoWorkRelationship, chosen: None };
    }
    if !all_future {
        judgement.fail(Code::Pri031);
        return HandMade { state: WorkerState::Current, rule: Rule::HandMadeGap, chosen: None };
    }
    let firsts = case.assignments.iter().enumerate().filter_map(|(index, assignment)| {
        let row_index = row_on_day::first(assignment).row()?;
        Some(Placed { index, row_index, row: &assignment.rows[row_index], status: None })
    });
    let chosen = firsts.min_by_key(|placed| {
        let id = case.assignments[placed.index].id;
        (placed.row.facts.primary != Some(true), placed.row.start(), Reverse(id_rank(id)))
    });
    HandMade { state: WorkerState::Future, rule: Rule::HandMadeFuture, chosen }
}

fn latest<'a>(case: &Case<'a>, rows: &[Placed<'a>]) -> Option<Placed<'a>> {
    rows.iter().copied().max_by_key(|placed| (placed.row.start(), id_rank(case.assignments[placed.index].id)))
}

/// Rule 16 over rows: status, latest start, greatest id.
fn ambiguous<'a>(
    code: Code,
    case: &Case<'a>,
    several: &[Placed<'a>],
    on_ambiguous: OnAmbiguous,
    judgement: &mut Judgement,
) -> Option<Placed<'a>> {
    if on_ambiguous == OnAmbiguous::Quarantine {
        judgement.fail(code);
        return None;
    }
    judgement.note(code);
    let rank = |placed: &Placed<'a>| {
        let id = case.assignments[placed.index].id;
        (placed.status, Reverse(placed.row.start()), Reverse(id_rank(id)))
    };
    several.iter().copied().min_by(|a, b| rank(a).cmp(&rank(b)))
}
