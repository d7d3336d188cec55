//! Sections 4 to 7: the state of a work relationship, the primary one, the primary assignment in it, and activity.

use super::super::cells::{Cell, shift};
use super::super::story::Story;
use super::{Oddity, no_assignment, undecided};

pub const TABLE: &[Oddity] = &[
    Oddity::of_one("WR010", |s| s.relationships[0].end = shift(s.as_of, 30).into()),
    Oddity::of_one("WR011", inactive),
    Oddity::of_one("WR012", |s| {
        s.relationships[0].end = shift(s.as_of, -30).into();
        s.answer.state = "TERMINATED";
    }),
    Oddity::of_one("WR013", |s| {
        s.relationships[0].start = shift(s.as_of, 20).into();
        s.answer.state = "FUTURE";
    }),
    Oddity::of_one("WR040", |s| {
        s.second_assignment();
        s.assignments[1].primary_relationship = "N";
        undecided(s);
    }),
    Oddity::of_one("WR041", |s| s.relationships[0].primary = "N"),
    Oddity::of_one("PEN001", |s| pending_beside(s, "N")),
    Oddity::of_one("PRI010", unflagged),
    Oddity::of_one("PRI011", |s| {
        s.past("E", "EMP", -200, "Y");
        unflagged(s);
    }),
    Oddity::of_one("PRI012", |s| {
        two_relationships(s, "N");
        unflagged(s);
        no_assignment(s);
    }),
    Oddity::of_one("PRI013", meets_today),
    Oddity::of_one("PRI014", |s| {
        two_relationships(s, "Y");
        no_assignment(s);
    }),
    Oddity::of_one("PRI020", |s| s.start_on(shift(s.as_of, 10))),
    Oddity::of_one("PRI021", |s| s.terminate(shift(s.as_of, -1))),
    Oddity::of_one("PRI022", |s| {
        s.start_on(shift(s.as_of, 1));
        s.past("E", "EMP", -300, "Y");
    }),
    Oddity::of_one("PRI023", |s| {
        s.relationships.clear();
        s.assignments.clear();
        s.answer.state = "NO_EMPLOYMENT";
        no_assignment(s);
    }),
    Oddity::of_one("PRI030", |s| (s.assignments[0].overall, s.assignments[0].primary) = ("N", "N")),
    Oddity::of_one("PRI031", gap_today),
    Oddity::of_one("PRI032", |s| {
        s.second_assignment();
        (s.assignments[0].overall, s.assignments[0].primary) = ("N", "N");
        no_assignment(s);
    }),
    Oddity::of_one("PRI033", |s| {
        both_flagged(s);
        let row = &mut s.assignments[1];
        (row.status, row.status_code) = ("SUSPENDED", "SUSPEND_PROCESS");
    }),
    Oddity::of_one("PRI034", |s| {
        both_flagged(s);
        no_assignment(s);
    }),
    Oddity::of_one("PRI035", |s| s.assignments[0].overall = "N"),
    Oddity::of_one("PRI036", |s| {
        s.second_assignment();
        (s.assignments[0].overall, s.assignments[1].overall) = ("N", "Y");
        no_assignment(s);
    }),
    Oddity::of_one("PRI040", |s| {
        s.second_assignment();
        s.status("SUSPENDED", "SUSPEND_PROCESS");
    }),
    Oddity::of_one("PRI041", |s| {
        s.second_assignment();
        s.status("INACTIVE", "INACTIVE_PROCESS");
    }),
    Oddity::of_one("PRI042", inactive),
    Oddity::of_one("STA010", |s| s.status("SUSPENDED", "SUSPEND_PROCESS")),
];

fn inactive(s: &mut Story) {
    s.status("INACTIVE", "INACTIVE_NO_PROCESS");
}

/// No flag on the work relationship; the assignment is the primary one of it.
fn unflagged(s: &mut Story) {
    s.relationships[0].primary = "N";
    (s.assignments[0].overall, s.assignments[0].primary_relationship) = ("N", "N");
}

fn pending_beside(s: &mut Story, flag: &'static str) {
    s.beside("P", "PWK", shift(s.as_of, -10));
    s.relationships[1].primary = flag;
}

fn two_relationships(s: &mut Story, flag: &'static str) {
    s.add_relationship("E", "EMP", shift(s.as_of, -200), flag);
}

/// A transfer that somebody entered a day too early: the old employment ends on the day on which the new one starts.
fn meets_today(s: &mut Story) {
    let today = s.as_of;
    let hired = s.hired;
    s.start_on(today);
    s.answer.state = "CURRENT";
    s.add_relationship("E", "EMP", hired, "Y");
    s.relationships[1].end = today.into();
    s.assignments[1].end = today.into();
}

/// Two rows with nothing between them on the day.
fn gap_today(s: &mut Story) {
    let mut before = s.assignments[0];
    before.end = shift(s.as_of, -5).into();
    s.assignments[0].start = shift(s.as_of, 5).into();
    s.assignments[0].sequence = Cell::number(1);
    s.assignments.push(before);
    no_assignment(s);
}

fn both_flagged(s: &mut Story) {
    s.second_assignment();
    (s.assignments[1].overall, s.assignments[1].primary) = ("Y", "Y");
}
