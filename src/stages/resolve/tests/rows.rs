//! The rows of an assignment on a day, and the state of its work relationship (rules 10 to 13).

use super::{CURRENT, always, line, one, row, world};
use crate::model::kind::Kind;
use crate::stages::normalize::testing::{Csv, DAY, workforce};
use crate::stages::resolve::{Resolve, StatusWord, resolve_all};

#[test]
fn rule_10_the_latest_start_then_the_last_change_then_the_highest_sequence() {
    let a = |start: &str, sequence: &str, change: &str, status: &str| {
        format!("1,w,a,{start},,{sequence},{change},{status},,Y,,,\n")
    };
    let taken = |rows: &[String]| one(CURRENT, &rows.concat());
    let old = a("2020-01-01", "1", "Y", "INACTIVE");
    assert_eq!(taken(&[old.clone(), a("2026-11-20", "1", "Y", "ACTIVE")]), "CURRENT w a ASG023");
    assert_eq!(taken(&[old.clone(), a("2026-11-21", "1", "Y", "ACTIVE")]), "CURRENT w a ASG023;PRI042;WR011");
    let day = |n: &str, y: &str| taken(&[a("2026-11-20", "1", n, "INACTIVE"), a("2026-11-20", "2", y, "ACTIVE")]);
    assert_eq!(day("N", "Y"), "CURRENT w a ASG022");
    assert_eq!(day("Y", "N"), "CURRENT w a ASG020;ASG022;PRI042;WR011");
    assert_eq!(day("Y", "Y"), "CURRENT w a ASG020");
    assert_eq!(day("", ""), "CURRENT w a ASG020", "a missing latest change is Y");
    let sequence = [a("2026-11-20", "", "Y", "ACTIVE"), a("2026-11-20", "1", "Y", "INACTIVE")];
    assert_eq!(taken(&sequence), "-   ASG010", "a missing sequence is 1");
}

#[test]
fn rule_10_two_rows_left_are_an_error_where_the_work_relationship_is_current_or_chosen() {
    let twice = |id: &str| always(id, id, "ACTIVE", "Y") + &always(id, id, "SUSPENDED", "Y");
    assert_eq!(one(CURRENT, &twice("w")), "-   ASG010");
    let ended = "1,v,E,2020-01-01,2026-01-01,Y\n1,w,E,2026-01-02,,Y";
    assert_eq!(one(ended, &(twice("v") + &always("w", "b", "ACTIVE", "Y"))), "CURRENT w b ASG010");
    assert_eq!(one("1,v,E,2020-01-01,2026-01-01,Y", &twice("v")), "TERMINATED v  ASG010;PRI021;PRI031");
    let until = |end: &str| {
        ["ACTIVE", "SUSPENDED"].map(|status| row("v", "v", ["2020-01-01", end], status, ["", "Y", ""])).concat()
    };
    let left = "1,v,E,2020-01-01,2026-01-01,Y";
    assert_eq!(one(left, &until("2026-01-01")), "TERMINATED v  ASG010;PRI021;PRI031", "two on its last day");
    assert_eq!(one(left, &until("2025-12-31")), "TERMINATED v  ASG010;PRI021;PRI031", "two that are the last rows");
    let beside = row("v", "x", ["2020-01-01", "2026-01-01"], "ACTIVE", ["", "N", ""]);
    assert_eq!(
        one(left, &(until("2026-01-01") + &beside)),
        "TERMINATED v  ASG010;PRI021;PRI030",
        "whoever else has one"
    );
    let managers = ["x", "y"].map(|m| format!("1,w,a,2020-01-01,,1,Y,ACTIVE,,Y,,{m},\n")).concat();
    assert_eq!(one(CURRENT, &managers), "CURRENT w a ", "managers do not make two rows");
}

#[test]
fn rule_11_oddities_of_a_history() {
    let rows = |rows: [[&str; 4]; 2]| {
        let text =
            rows.map(|[from, to, sequence, change]| format!("1,w,a,{from},{to},{sequence},{change},ACTIVE,,Y,,,\n"));
        one(CURRENT, &text.concat())
    };
    let before = ["2020-01-01", "2026-10-31", "1", "Y"];
    assert_eq!(rows([before, ["2026-11-01", "", "1", "Y"]]), "CURRENT w a ");
    assert_eq!(rows([before, ["2026-11-02", "", "1", "Y"]]), "CURRENT w a ASG024");
    assert_eq!(rows([before, ["2026-10-31", "", "1", "Y"]]), "CURRENT w a ASG023");
    assert_eq!(rows([before, ["2026-11-01", "", "2", "Y"]]), "CURRENT w a ASG021");
    let day = ["2020-01-01", "", "1", "N"];
    assert_eq!(rows([day, ["2020-01-01", "", "3", "Y"]]), "CURRENT w a ASG021;ASG022");
    let gap = world(CURRENT, "1,w,a,2020-01-01,2026-11-19,1,Y,ACTIVE,,Y,,,\n1,w,a,2026-11-21,,1,Y,ACTIVE,,Y,,,");
    let resolved = resolve_all(&gap, &Resolve::default(), DAY);
    assert_eq!(line(&gap, &resolved[0]), "CURRENT w  ASG024;PRI031");
    assert!(resolved[0].gap_over_day);
    let over_day = |end: &str, start: &str| {
        let rows = format!("1,w,a,2020-01-01,{end},1,Y,ACTIVE,,Y,,,\n1,w,a,{start},,1,Y,ACTIVE,,Y,,,");
        resolve_all(&world(CURRENT, &rows), &Resolve::default(), DAY)[0].gap_over_day
    };
    assert!(!over_day("2026-11-10", "2026-11-20") && !over_day("2026-11-20", "2026-11-25"));
}

#[test]
fn rule_12_the_status_is_the_types_then_the_codes_then_the_pipelines() {
    let header =
        "PersonNumber,AssignmentId,AssignmentStatusType,AssignmentStatusTypeCode,PrimaryAssignmentFlag,PrimaryFlag";
    let of = |cells: &str| {
        let workforce = workforce(vec![Csv::new(Kind::Assignment, header, &format!("1,a,{cells},Y,Y"))]);
        let mut options = Resolve::default();
        options.status.insert("ACME".into(), StatusWord::Suspended);
        let person = resolve_all(&workforce, &options, DAY)[0];
        format!("{} {}", person.active, person.codes)
    };
    assert_eq!(of("ACTIVE,ACTIVE_NO_PROCESS"), "true ");
    assert_eq!(of(",ACTIVE_NO_PROCESS"), "true ");
    assert_eq!(of("SUSPENDED,SUSPEND_PROCESS"), "true STA010");
    assert_eq!(of(",ACME"), "true STA010");
    assert_eq!(of("ACTIVE,SUSPEND_PROCESS"), "true STA002");
    assert_eq!(of("ACTIVE,STRANGE"), "true ");
    assert_eq!(of(",STRANGE"), "false STA001");
    assert_eq!(of("active,ACTIVE_PROCESS"), "false STA001");
    assert_eq!(of(","), "true STA003");
    assert_eq!(of(",INACTIVE_PROCESS"), "false PRI021");
}

#[test]
fn rule_13_the_termination_date_is_the_last_day_employed() {
    let a = always("w", "a", "ACTIVE", "Y");
    assert_eq!(one("1,w,E,2020-01-01,2026-11-20,Y", &a), "CURRENT w a WR010");
    assert_eq!(one("1,w,E,2020-01-01,2026-11-19,Y", &a), "TERMINATED w a PRI021;WR012");
    assert_eq!(one("1,w,E,2026-11-20,,Y", &a), "CURRENT w a ");
    assert_eq!(one("1,w,E,2026-11-21,,Y", &a), "FUTURE w a PRI020;WR013");
    assert_eq!(one(CURRENT, &always("w", "a", "INACTIVE", "Y")), "CURRENT w a PRI042;WR011");
}

#[test]
fn rule_13_without_dates_the_rows_tell_the_state() {
    let header =
        "PersonNumber,PeriodOfServiceId,AssignmentId,EffectiveStartDate,AssignmentStatusType,PrimaryAssignmentFlag";
    let of = |rows: &str| {
        let workforce = workforce(vec![Csv::new(Kind::Assignment, header, rows)]);
        line(&workforce, &resolve_all(&workforce, &Resolve::default(), DAY)[0])
    };
    assert_eq!(of("1,w,a,2020-01-01,ACTIVE,Y"), "CURRENT w a PRI010");
    assert_eq!(of("1,w,a,2020-01-01,INACTIVE,Y"), "TERMINATED w a PRI021");
    assert_eq!(of("1,w,a,2026-11-20,ACTIVE,Y"), "CURRENT w a PRI010", "it begins on the day");
    assert_eq!(of("1,w,a,2026-11-21,ACTIVE,Y"), "FUTURE w a PRI020");
    let ends = "PersonNumber,PeriodOfServiceId,AssignmentId,EffectiveStartDate,EffectiveEndDate,AssignmentStatusType,\
        PrimaryAssignmentFlag";
    let rows = "1,w,a,2020-01-01,,INACTIVE,N\n1,w,b,2020-01-01,2026-12-31,INACTIVE,Y";
    let inactive = workforce(vec![Csv::new(Kind::Assignment, ends, rows)]);
    let person = resolve_all(&inactive, &Resolve::default(), DAY)[0];
    assert_eq!(line(&inactive, &person), "TERMINATED w b PRI021", "nobody knows the day: each has its last row");
    let ambiguous = "1,w,a,2020-01-01,INACTIVE,Y\n1,w,b,2020-01-01,ACTIVE,Y\n1,w,b,2020-01-01,ACTIVE,1";
    assert_eq!(of(ambiguous), "TERMINATED w  ASG010;PRI021", "an ambiguous assignment has no row on D");
}
