//! Resolve: for each person the primary assignment of the primary work relationship as of D, with the rule that
//! decided (`resolution.md` sections 3 to 9). One person at a time, from its own rows alone; only managers look
//! further, at the end.

mod all_current;
mod considered;
mod hand_made;
mod judgement;
pub mod managers;
pub mod names;
mod options;
mod person;
mod pick;
mod primary_assignment;
mod primary_work_relationship;
mod row_on_day;
mod rows_on_day;
pub mod satellites;
mod state;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use rayon::prelude::*;

pub use all_current::all_current;
pub use judgement::{Judgement, Step};
pub use options::{Emission, Emit, OnAmbiguous, Order, Resolve, StatusWord, Suspended};
pub use person::{Resolved, Tally, resolve};

use crate::model::kind::Kind;
use crate::stages::normalize::{AT_ONCE, Case, Workforce};

/// The rows of those who lost by rule 16 where `on_ambiguous = "pick"` chose.
pub fn losers(case: &Case<'_>, options: &Resolve, day: Date) -> Vec<(Kind, u32)> {
    let mut judgement = Judgement::new(case.notes.codes, case.notes.errors).explained();
    resolve(case, options, day, &mut judgement);
    judgement.into_steps().into_iter().filter(|step| step.rule == pick::RULE).filter_map(|step| step.row).collect()
}

/// Resolves everybody, in the order of the workforce (sections 3 to 8).
pub fn resolve_all(workforce: &Workforce, options: &Resolve, day: Date) -> Vec<Resolved> {
    let one = |person: usize| {
        let case = workforce.case(person);
        let mut judgement = Judgement::new(case.notes.codes, case.notes.errors);
        resolve(&case, options, day, &mut judgement)
    };
    (0..workforce.len()).into_par_iter().with_max_len(AT_ONCE).map(one).collect()
}
