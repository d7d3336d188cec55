//! The cases of resolution.md section 11 that the judge itself must get right, read from the text by hand.

use std::collections::BTreeMap;

use jiff::civil::date;

use crate::oracle::{Emit, Kind, Mode, OnAmbiguous, Outcome, Policy, Row, Settings, Source, Status, judge};

const WR: &str = "PersonNumber,PeriodOfServiceId,PeriodType,DateStart,ActualTerminationDate,PrimaryFlag";
const ASG: &str = "PersonNumber,PeriodOfServiceId,AssignmentId,AssignmentType,EffectiveStartDate,EffectiveEndDate,\
    EffectiveSequence,EffectiveLatestChange,AssignmentStatusType,PrimaryAssignmentFlag,PrimaryWorkRelationFlag,\
    ManagerAssignmentId";

fn settings() -> Settings {
    Settings {
        as_of: date(2026, 11, 20),
        mode: Mode::History,
        known_effective_date: None,
        on_ambiguous: OnAmbiguous::Quarantine,
        suspended_active: true,
        assume_single: false,
        keep_unemitted_managers: false,
        emit: Emit {
            active: Policy::Emit,
            terminated: Policy::EmitInactive,
            pending: Policy::Exclude,
            future: Policy::Exclude,
            no_employment: Policy::Exclude,
        },
        status: BTreeMap::from([("ACME".to_owned(), Status::Active)]),
        email_required: true,
    }
}

fn source(kind: Kind, header: &str, rows: &str) -> Source {
    let split = |line: &str| line.split(',').map(str::to_owned).collect();
    let rows = rows.lines().map(str::trim).filter(|line| !line.is_empty()).map(split).collect();
    Source { kind, header: split(header), rows }
}

fn run(relationships: &str, assignments: &str) -> Outcome {
    let persons = "1,Ash,a1@x\n2,Birch,b2@x\n3,Cedar,c3@x";
    let sources = [
        source(Kind::Person, "PersonNumber,LastName,WorkEmail", persons),
        source(Kind::WorkRelationship, WR, relationships),
        source(Kind::Assignment, ASG, assignments),
    ];
    judge(&sources, &settings())
}

/// State, active, disposition, work relationship, assignment, manager, and the codes.
fn line(row: &Row) -> String {
    let codes: Vec<&str> = row.codes.iter().map(String::as_str).collect();
    format!(
        "{} {} {} {} {} {} {}",
        row.worker_state,
        row.active,
        row.disposition,
        row.period_of_service_id,
        row.assignment_id,
        row.manager_person_number,
        codes.join(";")
    )
}

fn one(relationships: &str, assignments: &str) -> String {
    line(&run(relationships, assignments).persons["1"])
}

#[test]
fn one_current_relationship() {
    let row = "1,w,a,E,2020-01-01,,1,Y,ACTIVE,Y,Y,";
    assert_eq!(one("1,w,E,2020-01-01,,Y", row), "CURRENT true emitted w a  MGR030");
    let row = "1,w,a,E,2020-01-01,,1,Y,ACTIVE,N,N,";
    assert_eq!(one("1,w,E,2020-01-01,,N", row), "CURRENT true emitted w a  MGR030;PRI010;PRI030");
}

#[test]
fn several_current_relationships() {
    let rows = "1,v,a,E,2020-01-01,,1,Y,ACTIVE,Y,,\n1,w,b,E,2020-01-01,,1,Y,ACTIVE,Y,,";
    let both = |v: &str, w: &str| one(&format!("1,v,E,2020-01-01,,{v}\n1,w,E,2020-01-01,,{w}"), rows);
    assert_eq!(both("N", "Y"), "CURRENT true emitted w b  MGR030");
    assert_eq!(both("Y", "Y"), "CURRENT false quarantined    PRI014");
    assert_eq!(both("N", "N"), "CURRENT false quarantined    PRI012");
}

#[test]
fn ended_and_rehired() {
    let rows = "1,v,a,E,2020-01-01,2026-11-01,1,Y,ACTIVE,Y,Y,\n1,v,a,E,2026-11-02,,1,Y,INACTIVE,Y,Y,\n\
        1,w,b,E,2026-11-10,,1,Y,ACTIVE,Y,N,";
    let flagged = "1,v,E,2020-01-01,2026-11-01,Y\n1,w,E,2026-11-10,,N";
    assert_eq!(one(flagged, rows), "CURRENT true emitted w b  MGR030;PRI011");
    let on_the_day = "1,v,E,2020-01-01,2026-11-20,Y\n1,w,E,2026-11-20,,Y";
    let rows = "1,v,a,E,2020-01-01,2026-11-20,1,Y,ACTIVE,Y,Y,\n1,w,b,E,2026-11-20,,1,Y,ACTIVE,Y,Y,";
    assert_eq!(one(on_the_day, rows), "CURRENT true emitted w b  MGR030;PRI013;WR010");
}

#[test]
fn the_termination_date_is_the_last_day_employed() {
    let row = "1,w,a,E,2020-01-01,2026-11-20,1,Y,ACTIVE,Y,Y,";
    assert_eq!(one("1,w,E,2020-01-01,2026-11-20,Y", row), "CURRENT true emitted w a  MGR030;WR010");
    let row = "1,w,a,E,2020-01-01,2026-11-19,1,Y,ACTIVE,Y,Y,";
    assert_eq!(one("1,w,E,2020-01-01,2026-11-19,Y", row), "TERMINATED false emitted_inactive w a  MGR030;PRI021");
}

#[test]
fn future_and_rehire_scheduled() {
    let row = "1,w,a,E,2026-11-21,,1,Y,ACTIVE,Y,Y,";
    assert_eq!(one("1,w,E,2026-11-21,,Y", row), "FUTURE false excluded w a  MGR030;PRI020");
    let both = "1,v,E,2020-01-01,2025-01-01,Y\n1,w,E,2026-11-21,,Y";
    assert_eq!(one(both, row), "FUTURE false excluded w a  MGR030;PRI020;PRI022");
    assert_eq!(
        one("2,w,E,2026-11-21,,Y", "2,w,a,E,2026-11-21,,1,Y,ACTIVE,Y,Y,"),
        "NO_EMPLOYMENT false excluded    PRI023"
    );
}

#[test]
fn pending_workers() {
    let row = "1,p,a,P,2026-01-01,,1,Y,ACTIVE,Y,N,";
    assert_eq!(one("1,p,P,2026-01-01,,N", row), "PENDING false excluded p a  MGR030;PRI010");
    let rows = format!("{row}\n1,w,b,E,2026-01-01,,1,Y,ACTIVE,Y,Y,");
    let both = "1,p,P,2026-01-01,,N\n1,w,E,2026-01-01,,Y";
    assert_eq!(one(both, &rows), "CURRENT true emitted w b  MGR030;PEN001");
}

#[test]
fn two_changes_on_a_day() {
    let rows = |first: &str, second: &str| {
        format!(
            "1,w,a,E,2020-01-01,2026-11-19,1,Y,ACTIVE,Y,Y,\n1,w,a,E,2026-11-20,2026-11-20,1,{first},SUSPENDED,Y,Y,\n\
             1,w,a,E,2026-11-20,,2,{second},ACTIVE,Y,Y,"
        )
    };
    let w = "1,w,E,2020-01-01,,Y";
    assert_eq!(one(w, &rows("N", "Y")), "CURRENT true emitted w a  MGR030");
    assert_eq!(one(w, &rows("Y", "Y")), "CURRENT true emitted w a  ASG020;MGR030");
    assert_eq!(one(w, &rows("Y", "N")), "CURRENT true emitted w a  ASG020;ASG022;MGR030;STA010");
}

#[test]
fn ambiguous_rows_and_gaps() {
    let w = "1,w,E,2020-01-01,,Y";
    let rows = "1,w,a,E,2020-01-01,,1,Y,ACTIVE,Y,Y,\n1,w,a,E,2020-01-01,,1,Y,SUSPENDED,Y,Y,";
    assert_eq!(one(w, rows), " false quarantined    ASG010");
    let rows = "1,w,a,E,2020-01-01,2026-11-19,1,Y,ACTIVE,Y,Y,\n1,w,a,E,2026-11-21,,1,Y,ACTIVE,Y,Y,";
    assert_eq!(one(w, rows), "CURRENT false quarantined w   ASG024;PRI031");
    let managers = "1,w,a,E,2020-01-01,,1,Y,ACTIVE,Y,Y,x\n1,w,a,E,2020-01-01,,1,Y,ACTIVE,Y,Y,y";
    assert_eq!(one(w, managers), "CURRENT true emitted w a  MGR010;MGR020");
}

#[test]
fn rows_that_are_left_out() {
    let w = "1,w,E,2020-01-01,,Y";
    let good = "1,w,a,E,2020-01-01,,1,Y,ACTIVE,Y,Y,";
    assert_eq!(
        one(w, &format!("{good}\n1,w,t,ET,2020-01-01,,1,Y,ACTIVE,Y,Y,")),
        "CURRENT true emitted w a  MGR030;ROW020"
    );
    assert_eq!(one(w, &format!("{good}\n{good}")), "CURRENT true emitted w a  MGR030;ROW010");
    let outcome = run(w, &format!("{good}\n1,w,b,E,20/11/2026,,1,Y,ACTIVE,Y,Y,"));
    assert_eq!(line(&outcome.persons["1"]), " false quarantined    ASG030;ROW032");
    assert_eq!(outcome.rejects[&Kind::Assignment].len(), 1);
    assert_eq!(one("1,w,E,2020-01-01,2019-01-01,Y", good), " false quarantined    WR020;WR031");
    assert_eq!(
        one(w, &format!("{good}\n1,w,b,E,2027-01-01,,1,maybe,ACTIVE,Y,Y,")),
        "CURRENT true emitted w a  MGR030;ROW034"
    );
}

#[test]
fn managers() {
    let all = "1,u,E,2020-01-01,,Y\n2,v,E,2020-01-01,,Y\n3,w,E,2020-01-01,2025-01-01,Y";
    let rows = "1,u,a,E,2020-01-01,,1,Y,ACTIVE,Y,Y,b\n2,v,b,E,2020-01-01,,1,Y,ACTIVE,Y,Y,a\n\
        3,w,c,E,2020-01-01,2025-01-01,1,Y,ACTIVE,Y,Y,c";
    let outcome = run(all, rows);
    assert_eq!(line(&outcome.persons["1"]), "CURRENT true emitted u a 2 MGR023");
    assert_eq!(line(&outcome.persons["2"]), "CURRENT true emitted v b 1 MGR023");
    assert_eq!(line(&outcome.persons["3"]), "TERMINATED false emitted_inactive w c  MGR022;PRI021");
}
