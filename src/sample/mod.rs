//! Synthetic extracts with the answers: people who do not exist, as Oracle would export them, with a sprinkle of every
//! oddity that `resolution.md` knows, and a fourth file that says what a resolver has to find.
//!
//! The same request writes the same bytes. Every person is written from the seed and its own place in the population,
//! in one pass over reused buffers, so that memory does not grow with the number of persons.

mod cells;
mod company;
mod names;
mod oddity;
mod rows;
mod story;

use std::io;

use fastrand::Rng;
use jiff::civil::Date;

use oddity::Oddity;
use rows::{ANSWER_HEADER, ASSIGNMENT_HEADER, PERSON_HEADER, RELATIONSHIP_HEADER};
use story::{Keys, Life, Story};

/// What to write.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    pub persons: u64,
    /// The same seed gives the same bytes.
    pub seed: u64,
    /// The date for which the answers hold, and the date in the names of the files.
    pub as_of: Date,
    /// Whether about 0.2 % of the persons are odd: at least one of each oddity from 500 persons up, fewer below. From
    /// 3,000 persons up the default guards let them pass.
    pub oddities: bool,
}

/// One of the files that a request writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Person,
    WorkRelationship,
    Assignment,
    /// For each person `WorkerState` and `AssignmentId` as the rules have them under the default policy, blank where
    /// they cannot be decided, and the code that its oddity raises; both of a pair bear it, though it may be raised on
    /// one of them alone (`MGR021`: the other is the manager who is not emitted).
    Answers,
}

impl Part {
    pub const ALL: [Part; 4] = [Part::Person, Part::WorkRelationship, Part::Assignment, Part::Answers];

    /// The name of the file: `Person_2026-11-20.csv`, and `answers.csv`.
    pub fn file_name(self, as_of: Date) -> String {
        match self {
            Part::Person => format!("Person_{as_of}.csv"),
            Part::WorkRelationship => format!("WorkRelationship_{as_of}.csv"),
            Part::Assignment => format!("Assignment_{as_of}.csv"),
            Part::Answers => "answers.csv".to_owned(),
        }
    }

    fn header(self) -> &'static str {
        match self {
            Part::Person => PERSON_HEADER,
            Part::WorkRelationship => RELATIONSHIP_HEADER,
            Part::Assignment => ASSIGNMENT_HEADER,
            Part::Answers => ANSWER_HEADER,
        }
    }
}

/// What was written; the rows of each part without its header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub persons: u64,
    pub odd_persons: u64,
    pub rows: [u64; 4],
    pub bytes: [u64; 4],
}

/// Writes the extracts and the answers. `write` gets the bytes of each part in order, about 256 KiB at a time and in
/// whole rows, and puts them where they belong: a file, or an encrypting writer.
///
/// Fails with the first error of `write`.
pub fn generate(request: &Request, write: &mut dyn FnMut(Part, &[u8]) -> io::Result<()>) -> io::Result<Summary> {
    let plan = Plan::new(request);
    let mut story = Story::new(request.as_of);
    let mut pages = Pages::default();
    for place in 0..request.persons {
        plan.tell(place, &mut story);
        pages.add(&story);
        pages.turn(PAGE, write)?;
    }
    pages.turn(0, write)?;
    Ok(pages.summary)
}

/// How many bytes of a part are kept before they are written.
const PAGE: usize = 256 * 1024;

/// The rows that are not written yet, and the sums of all.
struct Pages {
    buffers: [Vec<u8>; 4],
    summary: Summary,
}

impl Default for Pages {
    fn default() -> Self {
        let buffers = Part::ALL.map(|part| part.header().as_bytes().to_vec());
        Pages { buffers, summary: Summary::default() }
    }
}

impl Pages {
    fn add(&mut self, story: &Story) {
        let [persons, relationships, assignments, answers] = &mut self.buffers;
        story.persons.iter().for_each(|row| row.write(persons));
        story.relationships.iter().for_each(|row| row.write(relationships));
        story.assignments.iter().for_each(|row| row.write(assignments));
        story.answer.write(answers);
        let counts = [story.persons.len(), story.relationships.len(), story.assignments.len(), 1];
        self.summary.rows.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count as u64);
        self.summary.persons += 1;
        self.summary.odd_persons += u64::from(!story.answer.oddity.is_empty());
    }

    /// Writes the buffers that are fuller than `limit`.
    fn turn(&mut self, limit: usize, write: &mut dyn FnMut(Part, &[u8]) -> io::Result<()>) -> io::Result<()> {
        for (at, part) in Part::ALL.into_iter().enumerate() {
            let buffer = &mut self.buffers[at];
            if buffer.len() > limit {
                write(part, buffer)?;
                self.summary.bytes[at] += buffer.len() as u64;
                buffer.clear();
            }
        }
        Ok(())
    }
}

/// Who is odd, and who manages whom: functions of the seed and a place.
struct Plan {
    seed: u64,
    /// Every so many persons somebody is odd, or two are; 0 if nobody is.
    stride: u64,
    turns: u64,
}

impl Plan {
    fn new(request: &Request) -> Plan {
        let fits = request.persons / 6;
        let rounds = (request.persons / 500 / oddity::COUNT).max(1);
        let turns = if request.oddities { (rounds * oddity::COUNT).min(fits) } else { 0 };
        let stride = request.persons.checked_div(turns).unwrap_or(0);
        Plan { seed: request.seed, stride, turns }
    }

    /// The oddity of a place, and whether the place is the second of a pair.
    fn oddity(&self, place: u64) -> Option<(&'static Oddity, bool)> {
        let turn = place.checked_div(self.stride).filter(|turn| *turn < self.turns)?;
        let odd = oddity::of_turn(turn);
        match (place % self.stride).checked_sub(self.stride / 2)? {
            0 => Some((odd, false)),
            1 if odd.pair => Some((odd, true)),
            _ => None,
        }
    }

    /// The generator of a place: near seeds are mixed apart.
    fn rng(&self, place: u64) -> Rng {
        Rng::with_seed(self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ place.wrapping_mul(0xD1B5_4A32_D192_ED03))
    }

    /// The nearest steady employee above a place: eight reports each where all are steady. Nobody is above the first.
    fn manager(&self, place: u64) -> Option<Keys> {
        let mut above = place;
        while above > 0 {
            above /= 8;
            let steady = above == 0 || Life::draw(&mut self.rng(above)) == Life::Steady;
            if steady && self.oddity(above).is_none() {
                return Some(Keys(above));
            }
        }
        None
    }

    /// Writes the story of the person at a place.
    fn tell(&self, place: u64, story: &mut Story) {
        let mut rng = self.rng(place);
        let life = Life::draw(&mut rng);
        story.begin(Keys(place), self.manager(place), rng);
        match self.oddity(place) {
            Some((odd, second)) => {
                story.second = second;
                story.partner = Keys(if second { place - 1 } else { place + 1 });
                odd.apply(story);
            }
            None => story.live(if place == 0 { Life::Steady } else { life }),
        }
    }
}

#[cfg(test)]
mod tests;
