//! Sections 3 to 8 of `resolution.md`, sentence by sentence, each on a person or two as of 2026-11-20.

mod all_current;
mod explain;
mod managers;
mod many;
mod rows;
mod satellites;

use super::{Emission, OnAmbiguous, Resolve, Resolved, Suspended, resolve_all};
use crate::model::kind::Kind;
use crate::stages::normalize::testing::{Csv, DAY, workforce};
use crate::stages::normalize::{Shape, Workforce};

const PERSON: &str =
    "PersonNumber,EffectiveStartDate,EffectiveEndDate,NameType,LastName,WorkEmail,EmailType,EmailPrimaryFlag";
const RELATIONSHIP: &str = "PersonNumber,PeriodOfServiceId,PeriodType,DateStart,ActualTerminationDate,PrimaryFlag";
const ASSIGNMENT: &str = "PersonNumber,PeriodOfServiceId,AssignmentId,EffectiveStartDate,EffectiveEndDate,EffectiveSequence,\
    EffectiveLatestChange,AssignmentStatusType,PrimaryFlag,PrimaryAssignmentFlag,PrimaryWorkRelationFlag,\
    ManagerAssignmentId,ManagerPersonNumber";
const CURRENT: &str = "1,w,E,2020-01-01,,Y";

/// An assignment row of person 1: from, to, status, and the overall, the assignment's and the work relationship's flag.
fn row(relationship: &str, id: &str, dates: [&str; 2], status: &str, [all, own, of]: [&str; 3]) -> String {
    let [from, to] = dates;
    format!("1,{relationship},{id},{from},{to},1,Y,{status},{all},{own},{of},,\n")
}

/// A row that has been in effect all the time.
fn always(relationship: &str, id: &str, status: &str, own: &str) -> String {
    row(relationship, id, ["2020-01-01", ""], status, ["", own, ""])
}

fn world(relationships: &str, assignments: &str) -> Workforce {
    workforce(vec![
        Csv::new(Kind::Person, PERSON, "1,2020-01-01,,,Ash,,,\n2,2020-01-01,,,Birch,,,\n3,2020-01-01,,,Cedar,,,"),
        Csv::new(Kind::WorkRelationship, RELATIONSHIP, relationships),
        Csv::new(Kind::Assignment, ASSIGNMENT, assignments),
    ])
}

/// State, work relationship, assignment and codes of a person.
fn line(workforce: &Workforce, person: &Resolved) -> String {
    let state = person.state.map_or("-", |state| state.text());
    let relationship = workforce.period_of_service_id(person.work_relationship);
    let assignment = workforce.assignment_id(person.assignment);
    format!("{state} {relationship} {assignment} {}", person.codes)
}

fn with(options: &Resolve, relationships: &str, assignments: &str) -> String {
    let workforce = world(relationships, assignments);
    line(&workforce, &resolve_all(&workforce, options, DAY)[0])
}

/// Person 1 with the options that a pipeline has by default.
fn one(relationships: &str, assignments: &str) -> String {
    with(&Resolve::default(), relationships, assignments)
}

fn pick() -> Resolve {
    Resolve { on_ambiguous: OnAmbiguous::Pick, ..Resolve::default() }
}

#[test]
fn rule_14_the_dated_flag_then_the_overall_then_the_undated() {
    let of = |undated: &str, flags: [&str; 3]| {
        one(&format!("1,w,E,2020-01-01,,{undated}"), &row("w", "a", ["2020-01-01", ""], "ACTIVE", flags))
    };
    assert_eq!(of("Y", ["", "Y", ""]), "CURRENT w a ");
    assert_eq!(of("N", ["", "Y", ""]), "CURRENT w a PRI010");
    assert_eq!(of("N", ["Y", "Y", ""]), "CURRENT w a ");
    assert_eq!(of("Y", ["N", "Y", ""]), "CURRENT w a PRI010");
    assert_eq!(of("N", ["", "Y", "Y"]), "CURRENT w a WR041");
    assert_eq!(of("Y", ["", "Y", "N"]), "CURRENT w a PRI010;WR041");
    let dates = ["2020-01-01", ""];
    let both = row("w", "a", dates, "ACTIVE", ["", "Y", "Y"]) + &row("w", "b", dates, "ACTIVE", ["", "N", "N"]);
    assert_eq!(one(CURRENT, &both), "-   WR040");
    assert_eq!(one("1,w,E,2020-01-01,2026-11-19,N", &both), "TERMINATED w a PRI021;WR012");
}

#[test]
fn rule_15_the_table_of_the_current_ones() {
    let rows = always("v", "a", "ACTIVE", "Y") + &always("w", "b", "ACTIVE", "Y");
    let two = |v: &str, w: &str| one(&format!("1,v,E,{v}\n1,w,E,{w}"), &rows);
    assert_eq!(two("2020-01-01,,N", "2020-01-01,,Y"), "CURRENT w b ");
    assert_eq!(two("2020-01-01,,N", "2020-01-01,,N"), "CURRENT   PRI012");
    assert_eq!(two("2020-01-01,,Y", "2020-01-01,,Y"), "CURRENT   PRI014");
    assert_eq!(two("2020-01-01,2026-11-20,Y", "2026-11-20,,Y"), "CURRENT w b PRI013;WR010");
    assert_eq!(two("2026-11-20,,Y", "2020-01-01,2026-11-20,Y"), "CURRENT v a PRI013;WR010", "in whatever order");
    assert_eq!(two("2020-01-01,2026-11-20,Y", "2026-11-19,,Y"), "CURRENT   PRI014;WR010");
    assert_eq!(two("2020-01-01,2026-11-19,Y", "2026-11-20,,N"), "CURRENT w b PRI011;WR012");
    assert_eq!(two("2020-01-01,2026-11-19,N", "2026-11-20,,N"), "CURRENT w b PRI010;WR012");
}

#[test]
fn rule_15_how_many_are_current_and_primary_is_kept() {
    let of = |relationships: &str| resolve_all(&world(relationships, ""), &Resolve::default(), DAY)[0].current;
    let three = "1,u,E,2020-01-01,,N\n1,v,E,2020-01-01,,Y\n1,w,E,2020-01-01,2020-12-31,Y";
    assert_eq!(of(three), Some([2, 1]));
    assert_eq!(of("1,w,E,2020-01-01,2020-12-31,Y"), Some([0, 0]));
}

#[test]
fn rule_15_pending_ones_leave_but_where_they_are_alone() {
    let rows = always("v", "a", "ACTIVE", "Y") + &always("w", "b", "ACTIVE", "Y");
    assert_eq!(one("1,v,P,2020-01-01,,Y\n1,w,E,2020-01-01,,N", &rows), "CURRENT w b PEN001;PRI010");
    assert_eq!(one("1,w,P,2020-01-01,,N", &always("w", "a", "ACTIVE", "Y")), "PENDING w a PRI010");
    assert_eq!(one("1,w,P,2020-01-01,,Y", ""), "PENDING w  PRI031");
}

#[test]
fn rule_15_future_ended_and_none() {
    let future = |v: &str, w: &str| one(&format!("1,v,E,{v}\n1,w,E,{w}"), "");
    assert_eq!(future("2026-12-01,,N", "2027-01-01,,N"), "FUTURE v  PRI020;PRI031");
    assert_eq!(future("2026-12-01,,N", "2027-01-01,,Y"), "FUTURE w  PRI020;PRI031");
    assert_eq!(future("2026-12-01,,N", "2026-12-01,,N"), "FUTURE w  PRI020;PRI031");
    assert_eq!(future("2020-01-01,2020-12-31,Y", "2027-01-01,,N"), "FUTURE w  PRI020;PRI022;PRI031");
    assert_eq!(future("2020-01-01,2021-01-01,N", "2020-01-01,2020-12-31,Y"), "TERMINATED v  PRI021;PRI031");
    assert_eq!(future("2020-01-01,2021-01-01,Y", "2020-02-01,2021-01-01,N"), "TERMINATED v  PRI021;PRI031");
    assert_eq!(future("2020-01-01,2021-01-01,N", "2020-02-01,2021-01-01,N"), "TERMINATED w  PRI021;PRI031");
    assert_eq!(one("", ""), "NO_EMPLOYMENT   PRI023");
}

#[test]
fn rule_16_pick_takes_the_first_by_a_total_order() {
    let two = |v: &str, w: &str, a: &str, b: &str| {
        let rows = always("v", "a", a, "Y") + &always("w", "b", b, "Y");
        with(&pick(), &format!("1,v,{v},,Y\n1,w,{w},,Y"), &rows)
    };
    let active = "ACTIVE";
    assert_eq!(two("E,2020-01-01", "C,2021-01-01", active, active), "CURRENT v a PRI014", "worker type");
    assert_eq!(two("E,2020-01-01", "E,2021-01-01", active, "SUSPENDED"), "CURRENT v a PRI014", "status");
    assert_eq!(two("E,2021-01-01", "E,2020-01-01", active, active), "CURRENT v a PRI014", "start");
    assert_eq!(two("E,2020-01-01", "E,2020-01-01", active, active), "CURRENT w b PRI014", "id");
    let none = "1,v,E,2020-01-01,,N\n1,w1,E,2020-01-01,,N";
    let rows = always("v", "a", active, "Y") + &always("w1", "b", active, "Y");
    assert_eq!(with(&pick(), none, &rows), "CURRENT w1 b PRI012", "the longer id is greater");
    let none = "1,v,E,2020-01-01,,Y\n1,w,E,2020-01-01,,Y";
    assert_eq!(with(&pick(), none, &always("v", "a", "INACTIVE", "Y")), "CURRENT v a PRI014;PRI042;WR011");
}

#[test]
fn rule_17_the_table() {
    let two = |a: [&str; 2], b: [&str; 2]| always("w", "a", a[0], a[1]) + &always("w", "b", b[0], b[1]);
    let of = |a, b| one(CURRENT, &two(a, b));
    assert_eq!(of(["ACTIVE", "N"], ["ACTIVE", "Y"]), "CURRENT w b ");
    assert_eq!(one(CURRENT, &always("w", "a", "ACTIVE", "N")), "CURRENT w a PRI030");
    assert_eq!(one(CURRENT, ""), "CURRENT w  PRI031");
    assert_eq!(resolve_all(&world(CURRENT, ""), &Resolve::default(), DAY)[0].errors.to_string(), "PRI031");
    assert_eq!(of(["ACTIVE", "N"], ["ACTIVE", "N"]), "CURRENT w  PRI032");
    assert_eq!(of(["SUSPENDED", "Y"], ["ACTIVE", "Y"]), "CURRENT w b PRI033");
    assert_eq!(of(["ACTIVE", "Y"], ["ACTIVE", "Y"]), "CURRENT w  PRI034");
    let picked = |a, b| with(&pick(), CURRENT, &two(a, b));
    assert_eq!(picked(["ACTIVE", "Y"], ["ACTIVE", "Y"]), "CURRENT w b PRI034");
    assert_eq!(picked(["SUSPENDED", "N"], ["INACTIVE", "N"]), "CURRENT w a PRI032;STA010");
}

#[test]
fn rule_17_an_ended_or_future_one_has_rows_of_its_own_day() {
    let ended = "1,w,E,2020-01-01,2026-06-30,Y";
    let row = |id: &str, from: &str, to: &str, own: &str| row("w", id, [from, to], "ACTIVE", ["", own, ""]);
    let rows = row("a", "2020-01-01", "2026-06-30", "N") + &row("b", "2020-01-01", "2026-06-29", "Y");
    assert_eq!(one(ended, &rows), "TERMINATED w a PRI021;PRI030", "a row on the end date");
    let last = row("a", "2020-01-01", "2020-12-31", "N") + &row("a", "2021-01-01", "2026-06-29", "Y");
    assert_eq!(one(ended, &last), "TERMINATED w a PRI021", "else the last row");
    let future = "1,w,E,2026-12-01,,Y";
    let rows = row("a", "2026-12-01", "", "N") + &row("b", "2026-12-02", "", "Y");
    assert_eq!(one(future, &rows), "FUTURE w a PRI020;PRI030", "a row on the start date");
    let first = row("a", "2026-12-02", "2026-12-31", "N") + &row("a", "2027-01-01", "", "Y");
    assert_eq!(one(future, &first), "FUTURE w a PRI020;PRI030", "else the first row");
}

#[test]
fn rule_17_the_overall_flag_and_the_chosen_row() {
    let dates = ["2020-01-01", ""];
    let of = |flags| one(CURRENT, &row("w", "a", dates, "ACTIVE", flags));
    assert_eq!(of(["Y", "Y", "Y"]), "CURRENT w a ");
    assert_eq!(of(["N", "Y", "Y"]), "CURRENT w a PRI035");
    assert_eq!(of(["Y", "Y", "N"]), "CURRENT w a PRI010;PRI035;WR041");
    assert_eq!(of(["Y", "", ""]), "CURRENT w a ", "the overall flag stands in for the assignment's");
    let other = row("w", "a", dates, "ACTIVE", ["N", "Y", ""]) + &row("w", "b", dates, "ACTIVE", ["Y", "N", ""]);
    assert_eq!(one(CURRENT, &other), "CURRENT w  PRI036");
    let neither = row("w", "a", dates, "ACTIVE", ["N", "Y", ""]) + &row("w", "b", dates, "ACTIVE", ["N", "N", ""]);
    assert_eq!(one(CURRENT, &neither), "CURRENT w a PRI010");
    let under = |own: &str, other: &str| one(CURRENT, &(always("w", "a", own, "Y") + &always("w", "b", other, "N")));
    assert_eq!(under("SUSPENDED", "ACTIVE"), "CURRENT w a PRI040");
    assert_eq!(under("SUSPENDED", "SUSPENDED"), "CURRENT w a STA010");
    assert_eq!(under("INACTIVE", "ACTIVE"), "CURRENT w a PRI041");
    assert_eq!(under("INACTIVE", "SUSPENDED"), "CURRENT w a PRI042;STA010");
}

fn hand_made(options: &Resolve, rows: &str) -> String {
    let header = "PersonNumber,AssignmentId,AssignmentType,AssignmentStatusType,EffectiveStartDate,PrimaryFlag";
    let workforce = workforce(vec![Csv::new(Kind::Assignment, header, rows)]);
    let Shape { hand_made, .. } = workforce.shape;
    let person = resolve_all(&workforce, options, DAY)[0];
    format!("{hand_made} {} {}", person.active, line(&workforce, &person))
}

#[test]
fn rule_18_a_hand_made_source_has_rows_alone() {
    let of = |rows: &str| hand_made(&Resolve::default(), rows);
    let [yes, no] =
        ["Y", "N"].map(|flag| move |id: &str, status: &str| format!("1,{id},E,{status},2020-01-01,{flag}\n"));
    let two = |a: String, b: String| of(&(a + &b));
    assert_eq!(two(yes("a", "ACTIVE"), no("b", "ACTIVE")), "true true CURRENT  a ");
    assert_eq!(two(no("a", "ACTIVE"), yes("b", "INACTIVE")), "true true CURRENT  a PRI030");
    assert_eq!(two(no("a", "ACTIVE"), no("b", "ACTIVE")), "true false CURRENT   PRI032");
    assert_eq!(two(yes("a", "ACTIVE"), yes("b", "ACTIVE")), "true false CURRENT   PRI034");
    assert_eq!(two(yes("a", "INACTIVE"), yes("b", "INACTIVE")), "true false TERMINATED  b ");
    assert_eq!(two(no("a", "INACTIVE"), no("b", "INACTIVE")), "true false TERMINATED   PRI031");
    assert_eq!(of("1,a,E,ACTIVE,2026-11-21,N"), "true false FUTURE  a PRI030");
    assert_eq!(of("1,a,P,ACTIVE,2020-01-01,Y"), "true false PENDING  a ");
    assert_eq!(of("1,a,E,SUSPENDED,2020-01-01,Y\n1,b,P,ACTIVE,2020-01-01,N"), "true true CURRENT  a STA010");
    let pair = "1,a,C,ACTIVE,2020-01-01,Y\n1,b,E,SUSPENDED,2020-01-01,Y";
    assert_eq!(hand_made(&pick(), pair), "true true CURRENT  b PRI034", "worker type before status");
}

#[test]
fn rule_18_a_row_tells_the_type_of_its_own_employment() {
    let of = |options: &Resolve, rows: &str| {
        let header = "PersonNumber,AssignmentId,WorkerType,AssignmentStatusType,PrimaryFlag";
        let workforce = workforce(vec![Csv::new(Kind::Assignment, header, rows)]);
        let person = resolve_all(&workforce, options, DAY)[0];
        let worker_type = person.worker_type.map_or("-", |worker_type| worker_type.letter());
        format!("{} {worker_type} {}", person.active, line(&workforce, &person))
    };
    let usual = Resolve::default();
    assert_eq!(of(&usual, "1,a,PWK,ACTIVE,Y"), "false P PENDING  a ");
    assert_eq!(of(&usual, "1,a,E,INACTIVE,N\n1,b,CWK,ACTIVE,Y"), "true C CURRENT  b ");
    assert_eq!(of(&usual, "1,a,PWK,ACTIVE,N\n1,b,E,SUSPENDED,Y"), "true E CURRENT  b STA010");
    assert_eq!(of(&pick(), "1,a,E,SUSPENDED,Y\n1,b,CWK,ACTIVE,Y"), "true E CURRENT  a PRI034");
    assert_eq!(of(&usual, "1,a,CWK,INACTIVE,N\n1,b,E,INACTIVE,N"), "false C TERMINATED   PRI031", "none is chosen");
}

#[test]
fn rule_19_who_is_active_and_who_is_emitted() {
    let of = |options: &Resolve, relationship: &str, status: &str| {
        let workforce = world(relationship, &always("w", "a", status, "Y"));
        let person = resolve_all(&workforce, options, DAY)[0];
        format!("{} {}", person.active, person.disposition.text())
    };
    let usual = Resolve::default();
    assert_eq!(of(&usual, CURRENT, "ACTIVE"), "true emitted");
    assert_eq!(of(&usual, CURRENT, "SUSPENDED"), "true emitted");
    assert_eq!(of(&usual, CURRENT, "INACTIVE"), "false emitted_inactive");
    let strict = Resolve { suspended: Suspended::Inactive, ..Resolve::default() };
    assert_eq!(of(&strict, CURRENT, "SUSPENDED"), "false emitted_inactive");
    assert_eq!(of(&usual, "1,w,E,2020-01-01,2026-11-19,Y", "ACTIVE"), "false emitted_inactive");
    assert_eq!(of(&usual, "1,w,E,2026-11-21,,Y", "ACTIVE"), "false excluded");
    assert_eq!(of(&usual, "1,w,P,2020-01-01,,Y", "ACTIVE"), "false excluded");
    let mut all = Resolve::default();
    all.emit.future = Emission::Emit;
    all.emit.active = Emission::EmitInactive;
    assert_eq!(of(&all, "1,w,E,2026-11-21,,Y", "ACTIVE"), "false emitted");
    assert_eq!(of(&all, CURRENT, "ACTIVE"), "true emitted_inactive");
}

/// The last name and the e-mail of person 1, and the codes, by these person rows.
fn attributes(persons: &str) -> String {
    let workforce = workforce(vec![
        Csv::new(Kind::Person, PERSON, persons),
        Csv::new(Kind::WorkRelationship, "PersonNumber,PeriodOfServiceId,LegislationCode,PrimaryFlag", "1,w,DE,Y"),
        Csv::new(Kind::Assignment, ASSIGNMENT, &always("w", "a", "ACTIVE", "Y")),
    ]);
    let person = resolve_all(&workforce, &Resolve::default(), DAY)[0];
    let cell = |position: Option<u32>, place: usize| {
        let rows = &workforce.table(Kind::Person).rows;
        position.map_or("-", |position| rows.cells(&rows.rows[position as usize]).get(place))
    };
    format!("{} {} {}", cell(person.person, 2), cell(person.row(Kind::Email), 3), person.codes)
}

#[test]
fn rule_21_the_name_on_the_day() {
    let two = |a: &str, b: &str| attributes(&format!("1,2020-01-01,,{a},,,\n1,2020-01-01,,{b},,,"));
    assert_eq!(two("AA,Ash", "GLOBAL,Oak"), "Oak - ");
    assert_eq!(two("GLOBAL,", "GLOBAL,Oak"), "Oak - ", "a row with a name");
    assert_eq!(two("AA,Ash", "DE,Oak"), "Oak - ", "the legislation of the work relationship");
    assert_eq!(two("US,Ash", "AA,Oak"), "Oak - ", "the lowest type");
    assert_eq!(attributes("1,2020-01-01,2026-11-19,,Ash,,,\n1,2026-11-20,,,Oak,,,"), "Oak - ");
    assert_eq!(
        attributes("1,2026-11-22,,,Ash,,,\n1,2026-11-21,,,Oak,a@b,,"),
        "Oak - PER030",
        "no e-mail of the future"
    );
    assert_eq!(attributes("1,2020-01-01,2026-11-19,,Ash,,,"), "- - ");
}

#[test]
fn rule_22_the_work_email_on_the_day() {
    let two = |a: &str, b: &str| attributes(&format!("1,2020-01-01,,GLOBAL,Ash,{a}\n1,2021-01-01,,US,Ash,{b}"));
    assert_eq!(two("b@x,W1,Y", "a@x,W1,"), "Ash b@x ", "the flagged one");
    assert_eq!(two("a@x,W1,", "b@x,W1,N"), "Ash b@x PER040", "the latest start");
    assert_eq!(two("a@x,,Y", "b@x,W1,Y"), "Ash b@x PER040", "two flagged");
    assert_eq!(two("a@x,,", "b@x,H1,Y"), "Ash a@x ", "no home address");
    assert_eq!(two("a@x,W1,", "a@x,,"), "Ash a@x ", "one address twice");
    assert_eq!(attributes("1,2020-01-01,,US,Ash,b@x,,\n1,2020-01-01,,DE,Ash,a@x,,"), "Ash a@x PER040", "byte order");
    assert_eq!(attributes("1,2020-01-01,2026-11-19,,Ash,a@x,,\n1,2026-11-20,,,Ash,,,"), "Ash - ");
}

#[test]
fn rule_27_every_row_stands_in_one_bucket() {
    let rows = row("w", "a", ["2020-01-01", "2026-12-31"], "ACTIVE", ["", "Y", ""])
        + &row("w", "a", ["2021-01-01", ""], "ACTIVE", ["", "Y", ""])
        + &row("w", "a", ["2019-01-01", "2019-12-31"], "ACTIVE", ["", "Y", ""]);
    let dated = world("1,w,E,2020-01-01,,Y\n1,v,E,2019-01-01,2019-12-31,N", &rows);
    let tally = resolve_all(&dated, &Resolve::default(), DAY)[0].tally;
    assert_eq!((tally.used, tally.superseded, tally.not_in_effect), ([1, 1, 1], [0, 0, 1], [0, 1, 1]));
    let left = world("1,v,E,2019-01-01,2019-12-31,N\n1,w,E,2020-01-01,2020-12-31,Y", "");
    let tally = resolve_all(&left, &Resolve::default(), DAY)[0].tally;
    assert_eq!(
        (tally.used, tally.not_in_effect),
        ([1, 1, 0], [0, 1, 0]),
        "the chosen one is used, though it has ended"
    );
    let rows = row("w", "a", ["2020-01-01", "2020-06-30"], "ACTIVE", ["", "Y", ""])
        + &row("w", "a", ["2020-07-01", "2020-11-30"], "ACTIVE", ["", "Y", ""])
        + &row("w", "b", ["2020-01-01", "2020-11-30"], "ACTIVE", ["", "N", ""]);
    let left = world("1,w,E,2020-01-01,2020-12-31,Y", &rows);
    let tally = resolve_all(&left, &Resolve::default(), DAY)[0].tally;
    assert_eq!((tally.used[2], tally.not_in_effect[2]), (2, 1), "the last row of each");
    let undated = workforce(vec![
        Csv::new(
            Kind::WorkRelationship,
            "PersonNumber,PeriodOfServiceId,PrimaryFlag,PersonId",
            "1,t,N,\n1,u,N,\n1,v,N,\n1,w,Y,\n1,w,Y,x",
        ),
        Csv::new(
            Kind::Assignment,
            "PersonNumber,PeriodOfServiceId,AssignmentId,AssignmentStatusType,PrimaryAssignmentFlag",
            "1,t,d,ACTIVE,Y\n1,u,a,INACTIVE,Y\n1,v,b,ACTIVE,Y\n1,w,c,ACTIVE,Y",
        ),
    ]);
    let tally = resolve_all(&undated, &Resolve::default(), DAY)[0].tally;
    assert_eq!(
        (tally.used, tally.not_in_effect),
        ([1, 4, 4], [0, 1, 0]),
        "without dates the rows tell who is in effect"
    );
}
