//! Rule 16: the total order by which `on_ambiguous = "pick"` chooses among several, and what puts each loser behind.

use std::cmp::Reverse;

use jiff::civil::Date;

use super::judgement::Judgement;
use crate::model::kind::Kind;
use crate::model::worker::{Status, WorkerType};

/// Where a candidate stands, the best first: the fields are compared in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank<'a> {
    /// E, C, N, P, and then those whose type nobody tells.
    worker_type: (bool, Option<WorkerType>),
    /// The status and the start of its best row on D; one without a row comes after those with one.
    status: (bool, Option<Status>),
    start: Reverse<Date>,
    row_start: Reverse<Option<Date>>,
    id: Reverse<(usize, &'a str)>,
}

impl<'a> Rank<'a> {
    /// By worker type, best row on D (status and start), start of the work relationship, and id.
    pub fn new(worker_type: Option<WorkerType>, best: Option<(Status, Date)>, start: Date, id: &'a str) -> Rank<'a> {
        Rank {
            worker_type: (worker_type.is_none(), worker_type),
            status: (best.is_none(), best.map(|(status, _)| status)),
            start: Reverse(start),
            row_start: Reverse(best.map(|(_, start)| start)),
            id: Reverse(id_rank(id)),
        }
    }

    /// The first thing in which another one is ahead of this.
    fn behind(&self, winner: &Rank<'_>) -> &'static str {
        if self.worker_type != winner.worker_type {
            "its worker type comes later"
        } else if self.status.0 != winner.status.0 {
            "it has no row on the day"
        } else if self.status != winner.status {
            "its status comes later"
        } else if self.start != winner.start {
            "it started earlier"
        } else if self.row_start != winner.row_start {
            "its row started earlier"
        } else {
            "its id is the smaller one"
        }
    }
}

/// The order of ids: longer first, then bytes.
pub fn id_rank(id: &str) -> (usize, &str) {
    (id.len(), id)
}

/// One of several, and the row to look at.
pub struct Candidate<'a> {
    pub rank: Rank<'a>,
    pub id: &'a str,
    pub row: Option<(Kind, u32)>,
}

/// The index of the best; of every other one it is said why it loses.
pub fn pick(noun: &str, candidates: &[Candidate<'_>], judgement: &mut Judgement) -> Option<usize> {
    let (best, winner) = candidates.iter().enumerate().min_by_key(|(_, candidate)| candidate.rank)?;
    for (_, loser) in candidates.iter().enumerate().filter(|(index, _)| *index != best) {
        let sentence = || format!("{noun} {} loses: {}", loser.id, loser.rank.behind(&winner.rank));
        match loser.row {
            Some(row) => judgement.say_of(RULE, row, sentence),
            None => judgement.say(RULE, sentence),
        }
    }
    Some(best)
}

/// The number of the rule, by which its steps are known.
pub const RULE: u8 = 16;
