//! A hand-made source: only the overall flag, and nothing about work relationships (rule 18). What the rule does not say
//! is read as of one work relationship without dates (rule 13).

use jiff::civil::Date;

use super::judgement::Judgement;
use super::options::{OnAmbiguous, Resolve};
use super::pick::{self, id_rank};
use super::primary_assignment::{self, Placed};
use super::row_on_day::{self, Taken};
use crate::model::code::Code;
use crate::model::worker::{Rule, Status, WorkerState, WorkerType};
use crate::stages::normalize::Case;

/// What rule 18 decides.
pub struct HandMade<'a> {
    pub state: WorkerState,
    pub rule: Rule,
    pub chosen: Option<Placed<'a>>,
    /// The rows among which it was chosen, in the order of their assignments.
    pub placed: Vec<Placed<'a>>,
}

/// Decides from the person's rows on D.
pub fn choose<'a>(
    case: &'a Case<'a>,
    on_day: Vec<Placed<'a>>,
    day: Date,
    options: &Resolve,
    judgement: &mut Judgement,
) -> HandMade<'a> {
    let decided = decide(case, on_day.clone(), day, options, judgement);
    // Ahead of the person there may be rows where there is none on D.
    let rows = if on_day.is_empty() { &decided.placed } else { &on_day };
    say_choice(case, rows, &decided, judgement);
    decided
}

/// For an explanation: who won, and why each of the others lost.
fn say_choice(case: &Case<'_>, rows: &[Placed<'_>], decided: &HandMade<'_>, judgement: &mut Judgement) {
    const RULE: u8 = 18;
    let id = |placed: &Placed<'_>| case.assignments[placed.index].id;
    let rule = decided.rule.text();
    judgement.say(RULE, || match &decided.chosen {
        Some(chosen) => format!("{rule}: the primary assignment is {}", id(chosen)),
        None => format!("{rule}: no assignment can be chosen"),
    });
    let Some(chosen) = &decided.chosen else { return };
    for loser in rows.iter().filter(|placed| placed.index != chosen.index) {
        let is_inactive = |placed: &Placed<'_>| placed.status == Some(Status::Inactive);
        let why = if is_inactive(loser) && !is_inactive(chosen) {
            "it is inactive"
        } else if is_flagged(chosen) && !is_flagged(loser) {
            "it is not flagged"
        } else if is_inactive(chosen) && decided.rule == Rule::HandMadeEnded {
            "the other one starts later, or has the greater id"
        } else {
            // Rule 16 told why.
            continue;
        };
        judgement.say(RULE, || format!("assignment {} loses: {why}", id(loser)));
    }
}

fn decide<'a>(
    case: &'a Case<'a>,
    on_day: Vec<Placed<'a>>,
    day: Date,
    options: &Resolve,
    judgement: &mut Judgement,
) -> HandMade<'a> {
    let employed: Vec<Placed<'a>> =
        on_day.iter().copied().filter(|placed| placed.status != Some(Status::Inactive)).collect();
    if !employed.is_empty() {
        let is_pending = |placed: &Placed<'a>| placed.row.worker_type_by_itself() == Some(WorkerType::PendingWorker);
        let state = if employed.iter().all(is_pending) { WorkerState::Pending } else { WorkerState::Current };
        let (rule, chosen) = table(case, &employed, options.on_ambiguous, judgement);
        return HandMade { state, rule, chosen, placed: employed };
    }
    if !on_day.is_empty() {
        let chosen = last_primary(case, &on_day);
        if chosen.is_none() {
            judgement.note(Code::Pri031);
        }
        return HandMade { state: WorkerState::Terminated, rule: Rule::HandMadeEnded, chosen, placed: on_day };
    }
    without_row(case, day, options, judgement)
}

/// No row on D: all lie ahead, or D falls into a gap.
fn without_row<'a>(case: &'a Case<'a>, day: Date, options: &Resolve, judgement: &mut Judgement) -> HandMade<'a> {
    let nothing = |state, rule| HandMade { state, rule, chosen: None, placed: Vec::new() };
    if case.assignments.is_empty() {
        judgement.note(Code::Pri023);
        return nothing(WorkerState::NoEmployment, Rule::NoWorkRelationship);
    }
    if !case.assignments.iter().flat_map(|assignment| &assignment.rows).all(|row| row.start() > day) {
        judgement.fail(Code::Pri031);
        return nothing(WorkerState::Current, Rule::HandMadeGap);
    }
    let placed = first_rows(case, options, judgement);
    if placed.is_empty() {
        judgement.note(Code::Pri031);
    }
    let (_, chosen) = table(case, &placed, options.on_ambiguous, judgement);
    HandMade { state: WorkerState::Future, rule: Rule::HandMadeFuture, chosen, placed }
}

/// The first row of each assignment, as rule 17 takes them of a person who has only future ones.
fn first_rows<'a>(case: &'a Case<'a>, options: &Resolve, judgement: &mut Judgement) -> Vec<Placed<'a>> {
    let mut placed = Vec::new();
    for (index, assignment) in case.assignments.iter().enumerate() {
        match row_on_day::first(assignment) {
            Taken::None => {}
            Taken::Ambiguous => judgement.fail(Code::Asg010),
            Taken::Row(row_index) => {
                let row = &assignment.rows[row_index];
                let status = row_on_day::raise_status(row, options, judgement);
                placed.push(Placed { index, row_index, row, status });
            }
        }
    }
    placed
}

fn is_flagged(placed: &Placed<'_>) -> bool {
    placed.row.facts.primary == Some(true)
}

/// One flagged: it; none and one row: `PRI030`; none and several: `PRI032`; several: `PRI034`.
fn table<'a>(
    case: &Case<'a>,
    placed: &[Placed<'a>],
    on_ambiguous: OnAmbiguous,
    judgement: &mut Judgement,
) -> (Rule, Option<Placed<'a>>) {
    let flagged: Vec<Placed<'a>> = placed.iter().copied().filter(is_flagged).collect();
    match (flagged.as_slice(), placed) {
        ([one], _) => (Rule::HandMadeOne, Some(*one)),
        ([], []) => (Rule::HandMadeNone, None),
        ([], [one]) => {
            judgement.note(Code::Pri030);
            (Rule::HandMadeOnly, Some(*one))
        }
        ([], several) => (Rule::HandMadeNone, ambiguous(Code::Pri032, case, several, on_ambiguous, judgement)),
        (several, _) => (Rule::HandMadeSeveral, ambiguous(Code::Pri034, case, several, on_ambiguous, judgement)),
    }
}

/// Of rows that are all inactive: the last flagged one. Where none is flagged, there is no reference.
fn last_primary<'a>(case: &Case<'a>, rows: &[Placed<'a>]) -> Option<Placed<'a>> {
    let primary = rows.iter().copied().filter(is_flagged);
    primary.max_by_key(|placed| (placed.row.start(), id_rank(case.assignments[placed.index].id)))
}

/// Rule 16 over rows: worker type, status, latest start, greatest id.
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
    let ranked: Vec<pick::Candidate<'_>> = several
        .iter()
        .map(|placed| primary_assignment::ranked(case, placed, placed.row.worker_type_by_itself()))
        .collect();
    pick::pick("assignment", &ranked, judgement).map(|best| several[best])
}
