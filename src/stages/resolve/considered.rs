//! What is said of the rows among which rules 21 to 24 choose, where somebody asked for an explanation: which one is
//! taken, and why each of the others loses. Types and dates, never a value.

use jiff::civil::Date;

use super::judgement::Judgement;
use crate::model::date::{BEGINNING, Interval, OPEN};
use crate::model::kind::Kind;

/// A row that was looked at.
pub struct Considered<'a> {
    /// The table in which it stands, and its position there.
    pub row: (Kind, u32),
    pub type_text: &'a str,
    /// The rank of its type, the best first.
    pub preference: (usize, &'a str),
    pub is_flagged: bool,
    pub effective: Interval,
    /// Why it is none of the candidates, whatever the others say.
    pub unfit: Option<&'static str>,
}

/// Says of each row how it fared: `taken` is the position of the one that was chosen.
pub fn say(rule: u8, noun: &str, rows: &[Considered<'_>], taken: Option<u32>, day: Date, judgement: &mut Judgement) {
    let winner = rows.iter().find(|row| Some(row.row.1) == taken);
    for row in rows {
        let what = row.describe(noun);
        judgement.say_of(rule, row.row, || match winner {
            Some(winner) if winner.row == row.row => format!("{what} is taken"),
            _ => format!("{what} loses: {}", row.why(winner, day)),
        });
    }
    if winner.is_none() {
        judgement.say(rule, || format!("there is no {noun} on {day}"));
    }
}

impl Considered<'_> {
    fn describe(&self, noun: &str) -> String {
        let of_type = if self.type_text.is_empty() { String::new() } else { format!(" of type {}", self.type_text) };
        let flag = if self.is_flagged { ", flagged" } else { "" };
        let span = match self.effective {
            Interval { start: BEGINNING, end: OPEN } => "undated".to_owned(),
            Interval { start, end: OPEN } => format!("from {start}"),
            Interval { start, end } => format!("from {start} to {end}"),
        };
        format!("the {noun}{of_type}, {span}{flag},")
    }

    /// The first thing in which the winner is ahead.
    fn why(&self, winner: Option<&Considered<'_>>, day: Date) -> &'static str {
        if let Some(unfit) = self.unfit {
            return unfit;
        }
        let Some(winner) = winner.filter(|winner| winner.effective.contains(day) == self.effective.contains(day))
        else {
            return "it is not in effect";
        };
        let (won, lost) = (winner.effective.start, self.effective.start);
        if !self.effective.contains(day) && won != lost {
            return if lost < won { "it has ended" } else { "another one begins earlier" };
        }
        if winner.preference < self.preference {
            "another type comes first"
        } else if winner.is_flagged && !self.is_flagged {
            "the other one is flagged"
        } else if won > lost {
            "the other one starts later"
        } else {
            "of two that are alike the first in byte order is taken"
        }
    }
}
