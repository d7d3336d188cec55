//! The story of one person: sections 3 to 7 of `resolution.md`, in their order.

use jiff::civil::Date;

use super::judgement::Judgement;
use super::options::{Emission, Resolve, Suspended};
use super::primary_assignment::{self, Placed};
use super::primary_work_relationship::{self, Candidate, Choice};
use super::row_on_day::{self, Taken};
use super::rows_on_day::{RowsOnDay, relationship_position};
use super::state::{self, OnDay, State};
use super::{hand_made, names, satellites};
use crate::model::code::{Code, Codes};
use crate::model::date::BEGINNING;
use crate::model::kind::Kind;
use crate::model::layout::assignment::LEGISLATION_CODE;
use crate::model::worker::{Disposition, Rule, Status, WorkerState, WorkerType};
use crate::stages::normalize::Case;

/// What resolution found of one person.
#[derive(Clone, Copy, Debug)]
pub struct Resolved {
    /// Whether it is a person of the source at all (rule 27).
    pub present: bool,
    pub state: Option<WorkerState>,
    pub active: bool,
    pub disposition: Disposition,
    /// The position of a row of the chosen work relationship: its own, or in a source that derives it, an assignment's.
    pub work_relationship: Option<u32>,
    /// The position of the chosen assignment row.
    pub assignment: Option<u32>,
    /// The position of the person row that is in effect.
    pub person: Option<u32>,
    /// The positions of the rows that rules 21 to 24 take, in the order of [`Kind::SATELLITES`]: each among the rows of its
    /// kind, but where e-mails are no extract of their own that of the work e-mail among the person rows.
    pub satellites: [Option<u32>; Kind::SATELLITES.len()],
    /// The index of the manager, once managers are resolved.
    pub manager: Option<u32>,
    pub rule: Rule,
    pub worker_type: Option<WorkerType>,
    pub codes: Codes,
    pub errors: Codes,
    /// `ASG024` is a warning: D lies in the gap.
    pub gap_over_day: bool,
    /// How many work relationships are CURRENT, and how many of these are primary by rule 14; none where it did not come
    /// to that.
    pub current: Option<[u8; 2]>,
    pub tally: Tally,
}

/// The buckets of one person's admitted rows of the core kinds (rule 27), in the order of `Kind::ALL`. Of a satellite's
/// rows the position that is taken and the dates tell as much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub used: [u32; 3],
    pub superseded: [u32; 3],
    pub not_in_effect: [u32; 3],
}

impl Resolved {
    /// The position of the row of a kind that tells of the person on D.
    pub fn row(&self, kind: Kind) -> Option<u32> {
        match kind {
            Kind::Person => self.person,
            Kind::WorkRelationship => self.work_relationship,
            Kind::Assignment => self.assignment,
            satellite => self.satellites[satellite.satellite()?],
        }
    }

    /// Whether the outputs say active: nobody is whom the policy emits as inactive, employed or not (rule 19).
    pub fn is_written_as_active(&self) -> bool {
        self.active && self.disposition != Disposition::EmittedInactive
    }

    fn new(case: &Case<'_>) -> Resolved {
        Resolved {
            present: case.notes.present,
            state: None,
            active: false,
            disposition: Disposition::Quarantined,
            work_relationship: None,
            assignment: None,
            person: None,
            satellites: [None; Kind::SATELLITES.len()],
            manager: None,
            rule: Rule::Undecided,
            worker_type: None,
            codes: Codes::default(),
            errors: Codes::default(),
            gap_over_day: false,
            current: None,
            tally: Tally::default(),
        }
    }
}

/// Resolves one person as of `day`. Sections are applied in order; the one that raises an error is the last.
pub fn resolve(case: &Case<'_>, options: &Resolve, day: Date, judgement: &mut Judgement) -> Resolved {
    let mut resolved = Resolved::new(case);
    if case.notes.present {
        apply(case, options, day, judgement, &mut resolved);
    }
    resolved.codes = judgement.codes;
    resolved.errors = judgement.errors;
    resolved.gap_over_day = judgement.gap_over_day;
    if judgement.failed() {
        resolved.disposition = Disposition::Quarantined;
    }
    resolved
}

fn apply(case: &Case<'_>, options: &Resolve, day: Date, judgement: &mut Judgement, resolved: &mut Resolved) {
    resolved.tally.used[0] = case.persons.len() as u32;
    if judgement.failed() {
        return;
    }
    let rows = RowsOnDay::take(case, options, day);
    let candidates = rows.candidates(case, day);
    say_rows(case, &rows, day, judgement);
    let (placed, choice, chosen) = if case.shape.hand_made {
        section_3(case, &rows, &candidates, day, judgement);
        if judgement.failed() {
            return;
        }
        decide_hand_made(case, options, day, &rows, judgement, resolved)
    } else {
        let Some(candidates) = sections_3_and_4(case, &rows, candidates, day, judgement) else { return };
        decide(case, options, day, &rows, &candidates, judgement, resolved)
    };
    count_rows(case, &rows, &choice, &placed, day, &mut resolved.tally);
    if judgement.failed() {
        return;
    }
    resolved.assignment = chosen.map(|chosen| chosen.row.position);
    decide_emission(case, &rows, &choice, options, judgement, resolved);
    let legislation = match chosen.filter(|_| case.shape.hand_made) {
        // There each row stands for itself.
        Some(chosen) => chosen.row.cells.get(LEGISLATION_CODE),
        None => choice.chosen.map_or("", |index| case.work_relationships[index].legislation),
    };
    let assignment_id = chosen.map_or("", |chosen| case.assignments[chosen.index].id);
    take_attributes(case, [legislation, assignment_id], options, day, judgement, resolved);
}

/// Rules 21 to 24, as far as one person's own rows tell: the row of each kind that is taken.
fn take_attributes(
    case: &Case<'_>,
    [legislation, assignment_id]: [&str; 2],
    options: &Resolve,
    day: Date,
    judgement: &mut Judgement,
    resolved: &mut Resolved,
) {
    let named = names::on_day(case, legislation, day, judgement);
    resolved.person = named.person;
    for (place, kind) in Kind::SATELLITES.into_iter().enumerate() {
        resolved.satellites[place] = match kind {
            Kind::Name => named.name,
            Kind::Email => names::email_on(case, day, judgement),
            Kind::Phone => satellites::phone(case, day, options.home_phone, judgement),
            Kind::Address => satellites::address(case, day),
            Kind::NationalIdentifier => satellites::national_identifier(case, legislation, day),
            _ => satellites::managers(case.of(Kind::Manager), assignment_id, day).first().map(|row| row.position),
        };
    }
}

/// Sections 3 and 4: the rows on D, and the state and the flag of every work relationship. `None` after an error.
fn sections_3_and_4<'a>(
    case: &'a Case<'a>,
    rows: &RowsOnDay,
    mut candidates: Vec<Candidate<'a>>,
    day: Date,
    judgement: &mut Judgement,
) -> Option<Vec<Candidate<'a>>> {
    section_3(case, rows, &candidates, day, judgement);
    if judgement.failed() {
        return None;
    }
    for candidate in &mut candidates {
        state::review(&candidate.on_day, candidate.state, judgement);
        candidate.primary = state::is_primary(&candidate.on_day, candidate.state, judgement);
        judgement.say(13, || candidate.describe());
    }
    (!judgement.failed()).then_some(candidates)
}

/// For an explanation: which row of each assignment counts on D (rule 10), and how it stands (rule 12).
fn say_rows(case: &Case<'_>, rows: &RowsOnDay, day: Date, judgement: &mut Judgement) {
    for (index, assignment) in case.assignments.iter().enumerate() {
        judgement.say(10, || {
            let (id, all) = (assignment.id, assignment.rows.len());
            match rows.of(index).taken {
                Taken::None => format!("assignment {id}: none of its {all} rows is in effect on {day}"),
                Taken::Ambiguous => format!("assignment {id}: two different rows claim {day}, so it has none"),
                Taken::Row(row) => {
                    let status = rows.of(index).status.map_or("of unknown status", |status| status.text());
                    let one = match assignment.rows[row].start() {
                        BEGINNING => "the one without a start".to_owned(),
                        start => format!("the one from {start}"),
                    };
                    format!("assignment {id}: of its {all} rows {one} counts on {day}, {status}")
                }
            }
        });
    }
}

/// Section 3: what is odd about the rows of the assignments, and their statuses on D.
fn section_3(case: &Case<'_>, rows: &RowsOnDay, candidates: &[Candidate<'_>], day: Date, judgement: &mut Judgement) {
    for (index, assignment) in case.assignments.iter().enumerate() {
        row_on_day::review(assignment, day, judgement);
        if rows.of(index).taken == Taken::Ambiguous {
            let state = candidates[assignment.work_relationship].state;
            // A hand-made source has nothing but its rows: there the assignment is the employment.
            let counts = case.shape.hand_made || state == State::Current;
            if counts { judgement.fail(Code::Asg010) } else { judgement.note(Code::Asg010) }
        }
        match rows.of(index).code {
            Some(Code::Sta001) => judgement.fail(Code::Sta001),
            Some(code) => judgement.note(code),
            None => {}
        }
    }
}

/// What sections 5 and 6 leave: A with its rows, the work relationships, and the chosen assignment.
type Decision<'a> = (Vec<Placed<'a>>, Choice, Option<Placed<'a>>);

/// Sections 5 and 6.
fn decide<'a>(
    case: &'a Case<'a>,
    options: &Resolve,
    day: Date,
    rows: &RowsOnDay,
    candidates: &[Candidate<'a>],
    judgement: &mut Judgement,
    resolved: &mut Resolved,
) -> Decision<'a> {
    let current = || candidates.iter().filter(|candidate| candidate.state == State::Current);
    let primary = current().filter(|candidate| candidate.primary).count();
    resolved.current = Some([current().count(), primary].map(|count| u8::try_from(count).unwrap_or(u8::MAX)));
    let choice = primary_work_relationship::choose(candidates, day, options.on_ambiguous, judgement);
    resolved.state = Some(choice.state);
    resolved.rule = choice.rule;
    let Some(index) = choice.chosen.filter(|_| !judgement.failed()) else { return (Vec::new(), choice, None) };
    let relationship = &case.work_relationships[index];
    resolved.work_relationship = relationship_position(case, relationship);
    resolved.worker_type = relationship.worker_type;
    let placed = primary_assignment::placed(case, &choice, rows, options, judgement);
    let (rule, chosen) = primary_assignment::choose(case, &placed, choice.state, options.on_ambiguous, judgement);
    resolved.rule = rule;
    primary_assignment::say_choice(case, &placed, rule, chosen, judgement);
    primary_assignment::review(candidates, &choice, &placed, chosen, judgement);
    let chosen = chosen.map(|chosen| placed[chosen]);
    (placed, choice, chosen)
}

/// Rule 18 in place of sections 4 to 6: one work relationship without a name stands for the person's employment.
fn decide_hand_made<'a>(
    case: &'a Case<'a>,
    options: &Resolve,
    day: Date,
    rows: &RowsOnDay,
    judgement: &mut Judgement,
    resolved: &mut Resolved,
) -> Decision<'a> {
    let on_day: Vec<Placed<'a>> = (0..case.assignments.len()).filter_map(|index| rows.placed(case, index)).collect();
    let decided = hand_made::choose(case, on_day, day, options, judgement);
    resolved.state = Some(decided.state);
    resolved.rule = decided.rule;
    let of_all = || case.work_relationships.first().and_then(|own| own.worker_type);
    resolved.worker_type = decided.chosen.map_or_else(of_all, |chosen| chosen.row.worker_type_by_itself());
    let current = if decided.state == WorkerState::Current { vec![0] } else { Vec::new() };
    let chosen = (!case.work_relationships.is_empty()).then_some(0);
    let choice = Choice { state: decided.state, rule: decided.rule, chosen, current };
    (decided.placed, choice, decided.chosen)
}

/// Rule 19: active or not, and what the policy makes of the state.
fn decide_emission(
    case: &Case<'_>,
    rows: &RowsOnDay,
    choice: &Choice,
    options: &Resolve,
    judgement: &mut Judgement,
    resolved: &mut Resolved,
) {
    if choice.state == WorkerState::Current {
        // In a hand-made source each row stands for itself.
        let is_hand_made = case.shape.hand_made;
        let employed = |index: &usize| is_hand_made || !case.work_relationships[*index].is_pending();
        let of_worker = |placed: &Placed<'_>| {
            !is_hand_made || placed.row.worker_type_by_itself() != Some(WorkerType::PendingWorker)
        };
        let mut statuses = choice
            .current
            .iter()
            .filter(|index| employed(index))
            .flat_map(|index| &case.work_relationships[*index].assignments)
            .filter_map(|index| rows.placed(case, *index))
            .filter(of_worker)
            .filter_map(|placed| placed.status);
        resolved.active = statuses.clone().any(|status| status == Status::Active);
        if !resolved.active && statuses.any(|status| status == Status::Suspended) {
            judgement.note(Code::Sta010);
            resolved.active = options.suspended == Suspended::Active;
        }
    }
    let (state, active) = (choice.state.text(), resolved.active);
    judgement.say(19, || format!("state {state}, {}", if active { "active" } else { "not active" }));
    resolved.disposition = match options.emit.of(choice.state) {
        Emission::Exclude => Disposition::Excluded,
        Emission::EmitInactive => Disposition::EmittedInactive,
        Emission::Emit | Emission::File(_) if choice.state == WorkerState::Current && !resolved.active => {
            Disposition::EmittedInactive
        }
        Emission::Emit | Emission::File(_) => Disposition::Emitted,
    };
}

/// Rule 27 for the rows of a person who is not quarantined.
fn count_rows(case: &Case<'_>, rows: &RowsOnDay, choice: &Choice, placed: &[Placed<'_>], day: Date, tally: &mut Tally) {
    const RELATIONSHIP: usize = 1;
    const ASSIGNMENT: usize = 2;
    for (index, relationship) in case.work_relationships.iter().enumerate().filter(|(_, own)| own.position.is_some()) {
        let in_effect = state::state(&OnDay { case, relationship, rows }, day) == State::Current;
        let bucket = if in_effect || choice.chosen == Some(index) { &mut tally.used } else { &mut tally.not_in_effect };
        bucket[RELATIONSHIP] += relationship.rows;
    }
    for (index, assignment) in case.assignments.iter().enumerate() {
        // They stand in the order of the assignments.
        let also = placed.binary_search_by_key(&index, |placed| placed.index).ok().map(|at| placed[at].row_index);
        let taken = [rows.of(index).taken.row(), also];
        for row in &assignment.rows {
            let is_taken =
                taken.iter().flatten().any(|taken| row_on_day::same_but_managers(&assignment.rows[*taken], row));
            let bucket = if is_taken {
                &mut tally.used
            } else if row.facts.effective.contains(day) {
                &mut tally.superseded
            } else {
                &mut tally.not_in_effect
            };
            bucket[ASSIGNMENT] += 1;
        }
    }
}
