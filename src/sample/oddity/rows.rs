//! Sections 2 and 3: rows, keys, and the row of an assignment on a day.

use super::super::cells::{Cell, Day, shift};
use super::super::story::Story;
use super::{Oddity, undecided};

pub const TABLE: &[Oddity] = &[
    Oddity::of_one("ROW001", |s| s.earlier(|row| row.id = Cell::BLANK)),
    Oddity::of_one("ROW002", |s| s.earlier(|row| row.id = Cell::text("3.00100591E+14"))),
    Oddity::of_two("KEY010", leading_zero),
    Oddity::of_one("ROW010", |s| s.assignments.push(s.assignments[0])),
    Oddity::of_one("ROW020", |s| of_kind(s, "ET")),
    Oddity::of_one("ROW021", |s| of_kind(s, "O")),
    Oddity::of_one("ROW022", |s| of_kind(s, "X")),
    Oddity::of_one("ROW023", no_type_at_all),
    Oddity::of_one("ROW030", |s| s.earlier(|row| row.start = Day::BLANK)),
    Oddity::of_one("ROW031", start_after_end),
    Oddity::of_one("ROW032", unreadable_history),
    Oddity::of_one("ROW033", |s| s.relationships[0].start = Day::Morning(s.hired)),
    Oddity::of_one("ROW034", |s| s.earlier(|row| row.primary = "X")),
    Oddity::of_one("ROW035", |s| s.earlier(|row| row.sequence = Cell::text("1.5"))),
    Oddity::of_one("WR031", ends_before_it_starts),
    Oddity::of_one("ASG030", |s| {
        s.assignments[0].end = Day::Text("31/12/4712");
        undecided(s);
    }),
    Oddity::of_one("WR020", |s| {
        s.second_assignment();
        s.assignments[1].relationship = s.me.relationship(3);
        undecided(s);
    }),
    Oddity::of_two("KEY020", |s| {
        if !s.second {
            s.second_assignment();
            s.assignments[1].relationship = s.partner.relationship(0);
        }
        undecided(s);
    }),
    Oddity::of_two("KEY021", |s| {
        if s.second {
            s.earlier(|_| ());
            s.assignments[1].id = s.partner.assignment(0);
        }
        undecided(s);
    }),
    Oddity::of_one("KEY022", |s| {
        let mut earlier = s.persons[0];
        (earlier.person_id.number, earlier.end) =
            (earlier.person_id.number + 50_000_000_000, shift(s.hired, 99).into());
        s.persons[0].start = shift(s.hired, 100).into();
        s.persons.push(earlier);
        undecided(s);
    }),
    Oddity::of_two("KEY023", one_person_id),
    Oddity::of_one("KEY024", |s| {
        s.past("E", "EMP", -30, "N");
        for row in &mut s.assignments[1..] {
            (row.id, row.suffix) = (s.me.assignment(0), "");
        }
        undecided(s);
    }),
    Oddity::of_one("PER020", |s| {
        s.persons.clear();
        undecided(s);
    }),
    Oddity::of_one("WR021", |s| {
        let mut other = s.relationships[0];
        other.start = shift(s.hired, 30).into();
        s.relationships.push(other);
        undecided(s);
    }),
    Oddity::of_one("ASG010", |s| {
        let mut twin = s.assignments[0];
        (twin.status, twin.status_code) = ("SUSPENDED", "SUSPEND_PROCESS");
        s.assignments.push(twin);
        undecided(s);
    }),
    Oddity::of_one("ASG020", |s| {
        s.change_twice(shift(s.as_of, -100));
        s.assignments[2].latest = "Y";
    }),
    Oddity::of_one("ASG021", |s| s.assignments[0].sequence = Cell::number(2)),
    Oddity::of_one("ASG022", |s| {
        s.change_twice(shift(s.as_of, -100));
        s.assignments[2].end = shift(s.as_of, -90).into();
    }),
    Oddity::of_one("ASG023", |s| {
        s.earlier(|_| ());
        s.assignments[1].end = shift(s.hired, 250).into();
    }),
    Oddity::of_one("ASG024", |s| {
        s.earlier(|_| ());
        s.assignments[1].end = shift(s.hired, 150).into();
    }),
    Oddity::of_one("STA001", |s| {
        s.status("SLEEPING", "SLEEP_PROCESS");
        undecided(s);
    }),
    Oddity::of_one("STA002", |s| s.status("ACTIVE", "INACTIVE_PROCESS")),
    Oddity::of_one("STA003", |s| s.status("", "")),
];

/// The second of the pair bears the number of the first behind a zero.
fn leading_zero(s: &mut Story) {
    let (text, number) = if s.second { ("0", s.partner.number().number) } else { ("", s.me.number().number) };
    number_everywhere(s, Cell { text, number });
}

fn number_everywhere(s: &mut Story, number: Cell) {
    s.answer.number = number;
    s.persons.iter_mut().for_each(|row| row.number = number);
    s.relationships.iter_mut().for_each(|row| row.number = number);
    s.assignments.iter_mut().for_each(|row| row.number = number);
}

/// A row of another kind beside the real one: the terms of the assignment, an offer, something unheard of.
fn of_kind(s: &mut Story, kind: &'static str) {
    s.second_assignment();
    let row = &mut s.assignments[1];
    (row.kind, row.letter, row.overall, row.primary) = (kind, kind, "Y", "Y");
}

fn no_type_at_all(s: &mut Story) {
    (s.relationships[0].period_type, s.relationships[0].worker_type) = ("", "");
    s.assignments[0].kind = "";
}

fn start_after_end(s: &mut Story) {
    let hired = s.hired;
    s.earlier(|row| (row.start, row.end) = (shift(hired, 20).into(), shift(hired, 10).into()));
}

/// The name that somebody bore before, with dates in another form.
fn unreadable_history(s: &mut Story) {
    let mut earlier = s.persons[0];
    (earlier.start, earlier.end) = (Day::Text("31/12/2004"), shift(s.hired, -1).into());
    s.persons.push(earlier);
}

/// A work relationship in error, without assignments.
fn ends_before_it_starts(s: &mut Story) {
    s.past("E", "EMP", -100, "N");
    s.assignments.truncate(1);
    s.relationships[1].end = shift(s.hired, -6000).into();
}

fn one_person_id(s: &mut Story) {
    if s.second {
        let id = s.partner.person_id();
        s.persons.iter_mut().for_each(|row| row.person_id = id);
        s.relationships.iter_mut().for_each(|row| row.person_id = id);
    }
}
