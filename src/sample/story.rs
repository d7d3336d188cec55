//! The life of one person in the company, from a seed and a place in the population alone: no other person is needed
//! to write it, so memory stays flat, and a manager's keys are known before or after the manager is written.

use fastrand::Rng;
use jiff::civil::Date;

use super::cells::{Cell, Day, shift};
use super::company::{DEPARTMENTS, EMPLOYERS, JOBS};
use super::names::{FIRST, LAST};
use super::rows::{Answer, AssignmentRow, Email, PersonRow, Post, RelationshipRow};

/// The keys of the person at one place of the population.
#[derive(Clone, Copy, Debug)]
pub struct Keys(pub u64);

impl Keys {
    /// Numbers of seven digits; some with leading zeros, some with letters and a hyphen, as they occur.
    pub fn number(self) -> Cell {
        let text = match self.0 % 100 {
            3 | 13 | 23 => "00",
            57 => "CW-",
            _ => "",
        };
        Cell { text, number: 1_000_000 + self.0 }
    }

    pub fn person_id(self) -> Cell {
        Cell::number(300_100_300_000_000 + self.0)
    }

    /// The id of the person's work relationship in a slot of 0 to 3; the one to be chosen is in slot 0.
    pub fn relationship(self, slot: u64) -> Cell {
        Cell::number(300_100_500_000_000 + self.0 * 4 + slot)
    }

    /// The id of the person's assignment in a slot of 0 to 7; the one to be chosen is in slot 0.
    pub fn assignment(self, slot: u64) -> Cell {
        Cell::number(300_100_700_000_000 + self.0 * 8 + slot)
    }
}

/// What kind of life, of a thousand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    Steady,
    Contingent,
    Nonworker,
    Terminated,
    Rehired,
    Transferred,
    TwoEmployers,
    AlsoContingent,
    Converted,
    Pending,
    Future,
    RehireScheduled,
    OnLeave,
    Leaving,
    TwoAssignments,
    ChangedTwice,
}

/// How many lives of a thousand are of each kind.
const LIVES: [(u32, Life); 16] = [
    (587, Life::Steady),
    (60, Life::Contingent),
    (5, Life::Nonworker),
    (80, Life::Terminated),
    (90, Life::Rehired),
    (45, Life::Transferred),
    (22, Life::TwoEmployers),
    (10, Life::AlsoContingent),
    (30, Life::Converted),
    (8, Life::Pending),
    (12, Life::Future),
    (5, Life::RehireScheduled),
    (8, Life::OnLeave),
    (5, Life::Leaving),
    (13, Life::TwoAssignments),
    (20, Life::ChangedTwice),
];

impl Life {
    /// The kind of life that a generator draws first.
    pub fn draw(rng: &mut Rng) -> Life {
        let mut roll = rng.u32(0..1000);
        for (share, life) in LIVES {
            if roll < share {
                return life;
            }
            roll -= share;
        }
        Life::Steady
    }
}

/// One person's rows and the right answer; reused from person to person.
#[derive(Debug)]
pub struct Story {
    pub as_of: Date,
    pub me: Keys,
    /// The other one of a pair, where an oddity needs two.
    pub partner: Keys,
    pub second: bool,
    pub rng: Rng,
    pub hired: Date,
    pub persons: Vec<PersonRow>,
    pub relationships: Vec<RelationshipRow>,
    pub assignments: Vec<AssignmentRow>,
    pub answer: Answer,
}

impl Story {
    pub fn new(as_of: Date) -> Story {
        let answer = Answer { number: Cell::BLANK, state: "", assignment: Cell::BLANK, oddity: "" };
        let (me, rng) = (Keys(0), Rng::with_seed(0));
        let rows = (Vec::new(), Vec::new(), Vec::new());
        let (persons, relationships, assignments) = rows;
        Story { as_of, me, partner: me, second: false, rng, hired: as_of, persons, relationships, assignments, answer }
    }

    /// Begins the story of another person as that of somebody hired long ago, with one work relationship and one
    /// assignment, all flags `Y`.
    pub fn begin(&mut self, me: Keys, manager: Option<Keys>, rng: Rng) {
        self.persons.clear();
        self.relationships.clear();
        self.assignments.clear();
        (self.me, self.rng, self.second) = (me, rng, false);
        self.hired = shift(self.as_of, -self.rng.i32(900..9000));
        let employer = self.rng.usize(0..EMPLOYERS.len());
        self.introduce(employer);
        self.relationships.push(RelationshipRow {
            id: me.relationship(0),
            number: me.number(),
            person_id: me.person_id(),
            primary: "Y",
            period_type: "E",
            worker_type: "EMP",
            start: self.hired.into(),
            end: Day::BLANK,
            employer,
        });
        let post = self.post(employer);
        self.assignments.push(first_assignment(me, manager, self.hired, post));
        self.answer = Answer { number: me.number(), state: "CURRENT", assignment: me.assignment(0), oddity: "" };
    }

    /// The person row: name, address, telephone.
    fn introduce(&mut self, employer: usize) {
        let (first, last) = (FIRST[self.rng.usize(0..FIRST.len())], LAST[self.rng.usize(0..LAST.len())]);
        let woman = self.rng.bool();
        self.persons.push(PersonRow {
            number: self.me.number(),
            person_id: self.me.person_id(),
            start: self.hired.into(),
            end: Day::OPEN,
            name_type: "GLOBAL",
            title: if woman { "MS." } else { "MR." },
            first,
            last,
            known_as: if self.rng.u8(0..5) == 0 {
                &first.text[..first.text.char_indices().nth(3).map_or(0, |c| c.0)]
            } else {
                ""
            },
            email: Email::Own(first, last, self.me.0 + 1),
            user: self.me.0 + 1,
            phone: self.rng.u64(1000..1_000_000),
            birth: shift(self.hired, -self.rng.i32(7000..18_000)),
            gender: if woman { "F" } else { "M" },
            employer,
        });
    }

    fn post(&mut self, employer: usize) -> Post {
        Post {
            employer,
            unit: self.rng.usize(0..2),
            department: self.rng.usize(0..DEPARTMENTS.len()),
            job: self.rng.usize(0..JOBS.len()),
        }
    }

    /// The whole story of an ordinary life, from the kind drawn before.
    pub fn live(&mut self, life: Life) {
        let before = shift(self.as_of, -self.rng.i32(30..700));
        let after = shift(self.as_of, self.rng.i32(3..90));
        let gap = -self.rng.i32(120..600);
        match life {
            Life::Steady => self.grow(),
            Life::Contingent => self.of_type("C", "CWK"),
            Life::Nonworker => self.of_type("N", "NONW"),
            Life::Terminated => self.terminate(before),
            Life::Rehired => self.past("E", "EMP", gap, "Y"),
            Life::Transferred => self.past("E", "EMP", -1, "N"),
            Life::TwoEmployers => self.beside("E", "EMP", shift(before, -40)),
            Life::AlsoContingent => self.beside("C", "CWK", shift(before, -40)),
            Life::Converted => self.past("P", "PWK", -1, "N"),
            Life::Pending => self.await_hire(),
            Life::Future => self.start_on(after),
            Life::RehireScheduled => {
                self.start_on(after);
                self.past("E", "EMP", gap, "Y");
            }
            Life::OnLeave => self.status("SUSPENDED", "SUSPEND_PROCESS"),
            Life::Leaving => self.relationships[0].end = after.into(),
            Life::TwoAssignments => self.second_assignment(),
            Life::ChangedTwice => self.change_twice(before),
        }
        if self.rng.u8(0..40) == 0 {
            self.marry(before);
        }
    }

    /// A change of job now and then: an earlier row of the same assignment.
    fn grow(&mut self) {
        for _ in 0..[0, 0, 0, 0, 0, 0, 0, 0, 1, 1][self.rng.usize(0..10)] {
            let job = self.rng.usize(0..JOBS.len());
            self.earlier(|row| row.post.job = job);
        }
    }

    /// Puts an earlier row before the assignment's first one, which then starts 200 days later than it did.
    pub fn earlier(&mut self, bend: impl FnOnce(&mut AssignmentRow)) {
        let mut row = self.assignments[0];
        let Day::On(start) = row.start else { return };
        let change = shift(start, 200);
        row.end = shift(change, -1).into();
        bend(&mut row);
        self.assignments[0].start = change.into();
        self.assignments[0].action = "PROMOTION";
        self.assignments.push(row);
    }

    pub fn of_type(&mut self, kind: &'static str, system: &'static str) {
        (self.relationships[0].period_type, self.relationships[0].worker_type) = (kind, system);
        (self.assignments[0].kind, self.assignments[0].letter) = (kind, kind);
    }

    pub fn status(&mut self, status: &'static str, code: &'static str) {
        (self.assignments[0].status, self.assignments[0].status_code) = (status, code);
    }

    /// Ends the employment; every other person has Oracle's INACTIVE row after it, open-ended and flagged.
    pub fn terminate(&mut self, last_day: Date) {
        self.relationships[0].end = last_day.into();
        self.assignments[0].end = last_day.into();
        if self.rng.bool() {
            let row = self.assignments[0];
            self.assignments.push(inactive_after(row, last_day));
        }
        self.answer.state = "TERMINATED";
    }

    /// A work relationship before the chosen one, which ended `gap` days (negative) before the chosen one starts.
    pub fn past(&mut self, kind: &'static str, system: &'static str, gap: i32, flag: &'static str) {
        let Day::On(start) = self.relationships[0].start else { return };
        let last_day = shift(start, gap);
        let first_day = shift(last_day, -self.rng.i32(30..2000));
        self.add_relationship(kind, system, first_day, flag);
        self.relationships[1].end = last_day.into();
        if let Some(row) = self.assignments.last_mut() {
            row.end = last_day.into();
            let row = *row;
            if self.rng.bool() {
                self.assignments.push(inactive_after(row, last_day));
            }
        }
        self.persons[0].start = first_day.into();
    }

    /// A second work relationship that is current as well, and not primary.
    pub fn beside(&mut self, kind: &'static str, system: &'static str, since: Date) {
        self.add_relationship(kind, system, since, "N");
    }

    /// A work relationship in slot 1 with one open-ended assignment in slot 1; its flags as given.
    pub fn add_relationship(&mut self, kind: &'static str, system: &'static str, since: Date, flag: &'static str) {
        let employer = (self.relationships[0].employer + 1) % EMPLOYERS.len();
        self.relationships.push(RelationshipRow {
            id: self.me.relationship(1),
            primary: flag,
            period_type: kind,
            worker_type: system,
            start: since.into(),
            end: Day::BLANK,
            employer,
            ..self.relationships[0]
        });
        let post = self.post(employer);
        self.assignments.push(AssignmentRow {
            id: self.me.assignment(1),
            letter: kind,
            suffix: "-2",
            relationship: self.me.relationship(1),
            kind,
            start: since.into(),
            end: Day::OPEN,
            overall: flag,
            primary: "Y",
            primary_relationship: flag,
            status: "ACTIVE",
            status_code: "ACTIVE_PROCESS",
            post,
            ..self.assignments[0]
        });
    }

    /// A pending worker: current, never primary.
    fn await_hire(&mut self) {
        self.of_type("P", "PWK");
        self.start_on(shift(self.as_of, -5));
        self.relationships[0].primary = "N";
        (self.assignments[0].overall, self.assignments[0].primary_relationship) = ("N", "N");
        self.answer.state = "PENDING";
    }

    /// Moves the start of the employment; the person row stays as early as it was.
    pub fn start_on(&mut self, first_day: Date) {
        self.relationships[0].start = first_day.into();
        self.assignments[0].start = first_day.into();
        self.answer.state = "FUTURE";
    }

    /// A second assignment in the one work relationship, not primary.
    pub fn second_assignment(&mut self) {
        let post = self.post(self.relationships[0].employer);
        let row = AssignmentRow {
            id: self.me.assignment(1),
            suffix: "-2",
            overall: "N",
            primary: "N",
            post,
            ..self.assignments[0]
        };
        self.assignments.push(row);
    }

    /// Two changes on one day: the first is over at once and not the latest.
    pub fn change_twice(&mut self, on: Date) {
        let mut rows = [self.assignments[0]; 2];
        rows[0].end = shift(on, -1).into();
        (rows[1].start, rows[1].end, rows[1].latest) = (on.into(), on.into(), "N");
        let row = &mut self.assignments[0];
        (row.start, row.sequence, row.action) = (on.into(), Cell::number(2), "TRANSFER");
        self.assignments.extend(rows);
    }

    /// Another last name from a day on, if the person was there before it; the addresses stay.
    fn marry(&mut self, on: Date) {
        let mut maiden = self.persons[0];
        if !matches!(maiden.start, Day::On(start) if start < on) {
            return;
        }
        maiden.last = LAST[self.rng.usize(0..LAST.len())];
        maiden.end = shift(on, -1).into();
        self.persons[0].start = on.into();
        self.persons.push(maiden);
    }
}

fn first_assignment(me: Keys, manager: Option<Keys>, start: Date, post: Post) -> AssignmentRow {
    AssignmentRow {
        id: me.assignment(0),
        letter: "E",
        suffix: "",
        relationship: me.relationship(0),
        number: me.number(),
        kind: "E",
        start: start.into(),
        end: Day::OPEN,
        sequence: Cell::number(1),
        latest: "Y",
        overall: "Y",
        primary: "Y",
        primary_relationship: "Y",
        status: "ACTIVE",
        status_code: "ACTIVE_PROCESS",
        action: "HIRE",
        post,
        manager: manager.map_or(Cell::BLANK, |keys| keys.assignment(0)),
        manager_number: manager.map_or(Cell::BLANK, Keys::number),
        manager_type: if manager.is_some() { "LINE_MANAGER" } else { "" },
    }
}

/// The row that Oracle leaves after a termination.
fn inactive_after(row: AssignmentRow, last_day: Date) -> AssignmentRow {
    AssignmentRow {
        start: shift(last_day, 1).into(),
        end: Day::OPEN,
        status: "INACTIVE",
        status_code: "INACTIVE_PROCESS",
        action: "TERMINATION",
        ..row
    }
}
