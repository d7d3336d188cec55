//! Sections 8 and 9, and what is compared over all users: names, addresses, managers.

use super::super::cells::{Cell, shift};
use super::super::names::NOBODY;
use super::super::rows::{AssignmentRow, Email};
use super::super::story::{Keys, Story};
use super::Oddity;

pub const TABLE: &[Oddity] = &[
    Oddity::of_one("PER030", |s| s.persons[0].start = shift(s.as_of, 5).into()),
    Oddity::of_one("PER031", |s| s.persons[0].last = NOBODY),
    Oddity::of_one("PER040", |s| {
        let mut local = s.persons[0];
        (local.name_type, local.email) = ("GB", Email::Own(local.first, NOBODY, s.me.0 + 1));
        s.persons.push(local);
    }),
    Oddity::of_one("PER041", |s| s.persons[0].email = Email::Text("somebody at vision.example")),
    Oddity::of_one("OUT010", |s| s.persons[0].email = Email::Text("")),
    Oddity::of_two("OUT002", |s| {
        let first = if s.second { s.partner } else { s.me };
        s.persons[0].email = Email::Team(first.0 + 1);
    }),
    Oddity::of_one("MGR010", |s| {
        let row =
            AssignmentRow { manager: s.partner.assignment(0), manager_number: s.partner.number(), ..s.assignments[0] };
        s.assignments.push(row);
    }),
    Oddity::of_one("MGR011", |s| s.assignments[0].manager_number = s.me.number()),
    Oddity::of_one("MGR020", unknown_manager),
    Oddity::of_two("MGR021", |s| {
        if s.second {
            managed_by(s, s.partner);
        } else {
            s.start_on(shift(s.as_of, 14));
        }
    }),
    Oddity::of_one("MGR022", |s| managed_by(s, s.me)),
    Oddity::of_two("MGR023", |s| managed_by(s, s.partner)),
    Oddity::of_one("MGR030", |s| {
        let row = &mut s.assignments[0];
        (row.manager, row.manager_number, row.manager_type) = (Cell::BLANK, Cell::BLANK, "");
    }),
];

fn managed_by(s: &mut Story, manager: Keys) {
    (s.assignments[0].manager, s.assignments[0].manager_number) = (manager.assignment(0), manager.number());
}

/// A key that no assignment of the source has.
fn unknown_manager(s: &mut Story) {
    s.assignments[0].manager = s.me.assignment(7);
    s.assignments[0].manager_number = Cell::BLANK;
}
