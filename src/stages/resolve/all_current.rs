//! All current work relationships of a person, for a target that wants more than the primary one (rule 20).

use jiff::civil::Date;

use super::judgement::Judgement;
use super::options::Resolve;
use super::person::Resolved;
use super::pick::id_rank;
use super::primary_assignment;
use super::primary_work_relationship::Choice;
use super::rows_on_day::{RowsOnDay, relationship_position};
use super::state::State;
use crate::model::worker::{Rule, WorkerState};
use crate::stages::normalize::Case;

/// The work relationships of a resolved person that are CURRENT on D, pending ones included: the primary one first, then by
/// start date, then by id, in the order of rule 16. Of each the position of a row that tells of it, as
/// [`Resolved::work_relationship`] has it, and the position of the row of its own primary assignment.
///
/// Which assignment that is rule 17 says, under the same `on_ambiguous`; but its codes are those of the primary work
/// relationship. Where it decides nothing, as between several that are not flagged, there is no assignment: nobody guesses.
pub fn all_current(case: &Case<'_>, resolved: &Resolved, options: &Resolve, day: Date) -> Vec<(u32, Option<u32>)> {
    let position = |index: usize| relationship_position(case, case.work_relationships.get(index)?);
    if !resolved.present || !resolved.errors.is_empty() {
        return Vec::new();
    }
    if case.shape.hand_made {
        // One work relationship without a name stands for the employment (rule 18).
        let is_employed = matches!(resolved.state, Some(WorkerState::Current | WorkerState::Pending));
        return position(0).filter(|_| is_employed).map(|own| (own, resolved.assignment)).into_iter().collect();
    }
    let rows = RowsOnDay::take(case, options, day);
    let candidates = rows.candidates(case, day);
    let current = candidates.iter().filter(|candidate| candidate.state == State::Current);
    let mut current: Vec<usize> = current.map(|candidate| candidate.index).collect();
    current.sort_by_key(|index| {
        let relationship = &case.work_relationships[*index];
        let is_other = position(*index) != resolved.work_relationship;
        (is_other, relationship.service.start, id_rank(relationship.id))
    });
    let one = |index: usize| Some((position(index)?, primary_assignment_of(case, index, &rows, options)));
    current.into_iter().filter_map(one).collect()
}

/// Rule 17 for a work relationship that is current, silently.
fn primary_assignment_of(case: &Case<'_>, index: usize, rows: &RowsOnDay, options: &Resolve) -> Option<u32> {
    let state = WorkerState::Current;
    let choice = Choice { state, rule: Rule::OnePrimary, chosen: Some(index), current: Vec::new() };
    let mut silent = Judgement::default();
    let placed = primary_assignment::placed(case, &choice, rows, options, &mut silent);
    let (_, chosen) = primary_assignment::choose(case, &placed, state, options.on_ambiguous, &mut silent);
    chosen.map(|chosen| placed[chosen].row.position)
}
