//! Rule 20 of `resolution.md`.

use super::{always, pick, world};
use crate::model::kind::Kind;
use crate::stages::normalize::testing::{Csv, DAY, workforce};
use crate::stages::resolve::{Resolve, all_current, resolve_all};

/// All current work relationships of person 1, each with its assignment.
fn current(options: &Resolve, relationships: &str, assignments: &str) -> String {
    let workforce = world(relationships, assignments);
    let person = resolve_all(&workforce, options, DAY)[0];
    let of = |(own, assignment): &(u32, Option<u32>)| {
        format!("{} {}", workforce.period_of_service_id(Some(*own)), workforce.assignment_id(*assignment))
    };
    all_current(&workforce.case(0), &person, options, DAY).iter().map(of).collect::<Vec<_>>().join(", ")
}

#[test]
fn rule_20_all_current_work_relationships_in_order() {
    let usual = Resolve::default();
    let current = |options: &Resolve, relationships: &str| {
        let ids = relationships.lines().filter_map(|line| line.split(',').nth(1));
        let rows: String = ids.map(|id| always(id, &format!("a{id}"), "ACTIVE", "Y")).collect();
        current(options, relationships, &rows)
    };
    let three = "1,u,E,2021-01-01,,N\n1,v,E,2020-01-01,,N\n1,w,C,2022-01-01,2026-11-20,Y";
    assert_eq!(current(&usual, three), "w aw, v av, u au", "the primary one, then by start");
    let alike = "1,x10,E,2020-01-01,,N\n1,v,E,2020-01-01,,N\n1,u,E,2020-01-01,,N\n1,w,E,2026-11-20,,Y";
    assert_eq!(current(&usual, alike), "w aw, u au, v av, x10 ax10", "by id, the shorter before the longer");
    let others = "1,u,E,2020-01-01,2026-11-19,N\n1,v,E,2026-11-21,,N\n1,w,P,2020-01-01,,N\n1,x10,E,2020-01-01,,Y";
    assert_eq!(current(&usual, others), "x10 ax10, w aw", "neither ended nor future ones");
    assert_eq!(current(&usual, "1,u,E,2020-01-01,2026-11-19,Y"), "", "a leaver has none");
    assert_eq!(current(&usual, "1,u,E,2020-01-01,,Y\n1,v,E,2020-01-01,,Y"), "", "nor has who is quarantined");
}

#[test]
fn rule_20_each_has_its_own_primary_assignment() {
    let two = "1,v,E,2020-01-01,,N\n1,w,E,2020-01-01,,Y";
    let own = always("w", "a", "ACTIVE", "Y");
    let of = |options: &Resolve, rows: &str| current(options, two, &(own.clone() + rows));
    let usual = Resolve::default();
    assert_eq!(of(&usual, &(always("v", "b", "ACTIVE", "N") + &always("v", "c", "ACTIVE", "Y"))), "w a, v c");
    assert_eq!(of(&usual, &always("v", "b", "ACTIVE", "N")), "w a, v b");
    assert_eq!(of(&usual, &(always("v", "b", "SUSPENDED", "Y") + &always("v", "c", "ACTIVE", "Y"))), "w a, v c");
    assert_eq!(of(&usual, ""), "w a, v ");
    let ambiguous = always("v", "b", "ACTIVE", "N") + &always("v", "c", "ACTIVE", "N");
    assert_eq!(of(&usual, &ambiguous), "w a, v ", "nobody guesses");
    assert_eq!(of(&pick(), &ambiguous), "w a, v c");
}

#[test]
fn rule_20_in_a_hand_made_source_the_rows_are_the_employment() {
    let header = "PersonNumber,AssignmentId,AssignmentStatusType,PrimaryFlag";
    let of = |rows: &str| {
        let workforce = workforce(vec![Csv::new(Kind::Assignment, header, rows)]);
        let person = resolve_all(&workforce, &Resolve::default(), DAY)[0];
        let current = all_current(&workforce.case(0), &person, &Resolve::default(), DAY);
        current.iter().map(|(_, assignment)| workforce.assignment_id(*assignment).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(of("1,a,ACTIVE,N\n1,b,ACTIVE,Y"), ["b"]);
    assert_eq!(of("1,a,INACTIVE,Y"), [""; 0]);
}
