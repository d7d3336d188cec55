//! The primary work relationship: state first, flag second (rules 15 and 16).

use std::cmp::Reverse;

use jiff::civil::Date;

use super::judgement::Judgement;
use super::options::OnAmbiguous;
use super::pick::{self, Rank, id_rank};
use super::state::{self, OnDay, State};
use crate::model::code::Code;
use crate::model::kind::Kind;
use crate::model::worker::{Rule, Status, WorkerState};
use crate::stages::normalize::WorkRelationship;

/// A work relationship with what sections 3 and 4 found of it.
pub struct Candidate<'a> {
    /// Its index in the case.
    pub index: usize,
    pub relationship: &'a WorkRelationship<'a>,
    pub state: State,
    pub primary: bool,
    pub on_day: OnDay<'a>,
}

impl Candidate<'_> {
    /// For an explanation: state and flag in words (rules 13 and 14).
    pub fn describe(&self) -> String {
        let state = match self.state {
            State::Current => "current",
            State::Ended => "ended",
            State::Future => "in the future",
        };
        let pending = if self.relationship.is_pending() { "pending, " } else { "" };
        let primary = if self.primary { "primary" } else { "not primary" };
        let read = state::flag_read(&self.on_day);
        format!("work relationship {}: {pending}{state}, {primary} {read}", self.relationship.name())
    }
}

/// What section 5 decides.
pub struct Choice {
    pub state: WorkerState,
    pub rule: Rule,
    /// The index of the chosen work relationship in the case.
    pub chosen: Option<usize>,
    /// C of rule 15: the current work relationships in their order, without the pending ones beside others.
    pub current: Vec<usize>,
}

/// Rule 15, the table.
pub fn choose(candidates: &[Candidate<'_>], day: Date, on_ambiguous: OnAmbiguous, judgement: &mut Judgement) -> Choice {
    let of_state = |state: State| candidates.iter().filter(move |candidate| candidate.state == state);
    let mut current: Vec<&Candidate<'_>> = of_state(State::Current).collect();
    if current.iter().any(|candidate| !candidate.relationship.is_pending()) {
        let before = current.len();
        current.retain(|candidate| !candidate.relationship.is_pending());
        if current.len() < before {
            judgement.note(Code::Pen001);
        }
    }
    if current.is_empty() {
        let choice = choose_other(of_state(State::Future).collect(), of_state(State::Ended).collect(), judgement);
        say_choice(candidates, choice.rule, choice.chosen, judgement);
        return choice;
    }
    let pending = current.iter().all(|candidate| candidate.relationship.is_pending());
    let state = if pending { WorkerState::Pending } else { WorkerState::Current };
    let elsewhere = candidates.iter().any(|candidate| candidate.state != State::Current && candidate.primary);
    let (rule, chosen) = choose_current(&current, elsewhere, day, on_ambiguous, judgement);
    say_choice(candidates, rule, chosen, judgement);
    Choice { state, rule, chosen, current: current.iter().map(|candidate| candidate.index).collect() }
}

/// For an explanation: the row of the table that decided, who won, and why each of the others lost.
fn say_choice(candidates: &[Candidate<'_>], rule: Rule, chosen: Option<usize>, judgement: &mut Judgement) {
    judgement.say(15, || match candidates.iter().find(|candidate| Some(candidate.index) == chosen) {
        Some(winner) => format!("{}: the primary work relationship is {}", rule.text(), winner.relationship.name()),
        None => format!("{}: no work relationship can be chosen", rule.text()),
    });
    let Some(winner) = candidates.iter().find(|candidate| Some(candidate.index) == chosen) else { return };
    // Who lost by rule 16 was told so there.
    let is_picked = matches!(rule, Rule::NonePrimary | Rule::SeveralPrimary);
    let by_pick = |loser: &Candidate<'_>| {
        is_picked
            && (loser.state, loser.primary) == (winner.state, winner.primary)
            && loser.relationship.is_pending() == winner.relationship.is_pending()
    };
    for loser in candidates.iter().filter(|candidate| candidate.index != winner.index && !by_pick(candidate)) {
        judgement.say(15, || {
            let why = match (winner.state, loser.state) {
                (won, lost) if won != lost => "it is in another state",
                _ if loser.relationship.is_pending() && !winner.relationship.is_pending() => "it is a pending worker's",
                _ if winner.primary && !loser.primary => "it is not primary",
                _ if rule == Rule::Meeting => "it ends on the day on which the other one starts",
                _ => "the order of the rule puts it behind",
            };
            format!("work relationship {} loses: {why}", loser.relationship.id)
        });
    }
}

/// Rule 15, where C is not empty.
fn choose_current(
    current: &[&Candidate<'_>],
    primary_elsewhere: bool,
    day: Date,
    on_ambiguous: OnAmbiguous,
    judgement: &mut Judgement,
) -> (Rule, Option<usize>) {
    let primary: Vec<&Candidate<'_>> = current.iter().copied().filter(|candidate| candidate.primary).collect();
    match (primary.as_slice(), current) {
        ([one], _) => (Rule::OnePrimary, Some(one.index)),
        ([], [one]) => {
            judgement.note(if primary_elsewhere { Code::Pri011 } else { Code::Pri010 });
            (Rule::OneCurrent, Some(one.index))
        }
        ([], several) => (Rule::NonePrimary, ambiguous(Code::Pri012, several, on_ambiguous, judgement)),
        (several, _) => match meeting(several, day) {
            Some(starting) => {
                judgement.note(Code::Pri013);
                (Rule::Meeting, Some(starting))
            }
            None => (Rule::SeveralPrimary, ambiguous(Code::Pri014, several, on_ambiguous, judgement)),
        },
    }
}

/// Of exactly two that meet on D (one ends, the other starts), the one that starts.
fn meeting(primary: &[&Candidate<'_>], day: Date) -> Option<usize> {
    let [a, b] = primary else { return None };
    let meets = |ending: &Candidate<'_>, starting: &Candidate<'_>| {
        ending.relationship.service.end == day && starting.relationship.service.start == day
    };
    match (meets(a, b), meets(b, a)) {
        (true, false) => Some(b.index),
        (false, true) => Some(a.index),
        _ => None,
    }
}

/// Rule 16: quarantine, or the first of a total order.
fn ambiguous(
    code: Code,
    several: &[&Candidate<'_>],
    on_ambiguous: OnAmbiguous,
    judgement: &mut Judgement,
) -> Option<usize> {
    match on_ambiguous {
        OnAmbiguous::Quarantine => {
            judgement.fail(code);
            None
        }
        OnAmbiguous::Pick => {
            judgement.note(code);
            let ranked: Vec<pick::Candidate<'_>> = several.iter().map(|candidate| ranked(candidate)).collect();
            pick::pick("work relationship", &ranked, judgement).map(|best| several[best].index)
        }
    }
}

/// Rule 16: a work relationship is judged by its best row on D.
fn ranked<'a>(candidate: &Candidate<'a>) -> pick::Candidate<'a> {
    let Candidate { relationship, on_day, .. } = candidate;
    let best = on_day.rows().map(|(row, status)| (status.unwrap_or(Status::Inactive), Reverse(row.start()))).min();
    let best = best.map(|(status, Reverse(start))| (status, start));
    let own = relationship.position.map(|position| (Kind::WorkRelationship, position));
    let row = own.or_else(|| on_day.rows().next().map(|(row, _)| (Kind::Assignment, row.position)));
    let rank = Rank::new(relationship.worker_type, best, relationship.service.start, relationship.id);
    pick::Candidate { rank, id: relationship.id, row }
}

/// Rule 15, where nobody employs the person on D.
fn choose_other(future: Vec<&Candidate<'_>>, ended: Vec<&Candidate<'_>>, judgement: &mut Judgement) -> Choice {
    let choice = |state, rule, chosen| Choice { state, rule, chosen, current: Vec::new() };
    if !future.is_empty() {
        judgement.note(Code::Pri020);
        if !ended.is_empty() {
            judgement.note(Code::Pri022);
        }
        let first = future.iter().min_by_key(|candidate| {
            let relationship = candidate.relationship;
            (Reverse(candidate.primary), relationship.service.start, Reverse(id_rank(relationship.id)))
        });
        return choice(WorkerState::Future, Rule::Future, first.map(|candidate| candidate.index));
    }
    if !ended.is_empty() {
        judgement.note(Code::Pri021);
        let last = ended.iter().max_by_key(|candidate| {
            let relationship = candidate.relationship;
            (relationship.service.end, candidate.primary, relationship.service.start, id_rank(relationship.id))
        });
        return choice(WorkerState::Terminated, Rule::Ended, last.map(|candidate| candidate.index));
    }
    judgement.note(Code::Pri023);
    choice(WorkerState::NoEmployment, Rule::NoWorkRelationship, None)
}
