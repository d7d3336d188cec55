//! The oddities of `resolution.md`, by the code that each one raises: what it bends in an ordinary story, and what the
//! right answer is then. The tables follow the sections of the rules.

mod assignments;
mod people;
mod rows;

use super::story::Story;

/// One oddity: the diagnostic that it raises, how many persons it takes, and the bend.
#[derive(Debug)]
pub struct Oddity {
    pub code: &'static str,
    /// Whether it needs two persons, side by side in the population.
    pub pair: bool,
    bend: fn(&mut Story),
}

impl Oddity {
    const fn of_one(code: &'static str, bend: fn(&mut Story)) -> Oddity {
        Oddity { code, pair: false, bend }
    }

    const fn of_two(code: &'static str, bend: fn(&mut Story)) -> Oddity {
        Oddity { code, pair: true, bend }
    }

    /// Bends the story of somebody with one work relationship and one assignment.
    pub fn apply(&self, story: &mut Story) {
        story.answer.oddity = self.code;
        (self.bend)(story);
    }
}

const TABLES: [&[Oddity]; 3] = [rows::TABLE, assignments::TABLE, people::TABLE];

/// How many oddities there are.
pub const COUNT: u64 = (rows::TABLE.len() + assignments::TABLE.len() + people::TABLE.len()) as u64;

/// The oddity of a turn; the turns go round.
pub fn of_turn(turn: u64) -> &'static Oddity {
    let mut at = (turn % COUNT) as usize;
    let mut table = TABLES[0];
    for next in TABLES {
        table = next;
        if at < table.len() {
            break;
        }
        at -= table.len();
    }
    &table[at]
}

/// What a person who fails before a state is decided is left with: nothing (sections 2 to 4).
fn undecided(story: &mut Story) {
    story.answer.state = "";
    story.answer.assignment = super::cells::Cell::BLANK;
}

/// What a person keeps who fails in sections 5 or 6: the state, and no assignment.
fn no_assignment(story: &mut Story) {
    story.answer.assignment = super::cells::Cell::BLANK;
}
