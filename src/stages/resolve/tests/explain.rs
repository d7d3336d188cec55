//! What an explanation says of those who lose (rules 15 to 17, 21 to 24): the reason must be the one that decided.

use super::{CURRENT, always, pick, row, world};
use crate::model::kind::Kind;
use crate::stages::normalize::Workforce;
use crate::stages::normalize::testing::{Csv, DAY, workforce};
use crate::stages::resolve::{Judgement, Resolve, losers, managers, resolve};

/// The steps of a rule for person 1.
fn steps(workforce: &Workforce, options: &Resolve, rule: u8) -> Vec<String> {
    let case = workforce.case(0);
    let mut judgement = Judgement::new(case.notes.codes, case.notes.errors).explained();
    resolve(&case, options, DAY, &mut judgement);
    let steps = judgement.into_steps().into_iter().filter(|step| step.rule == rule);
    steps.map(|step| step.sentence).collect()
}

/// Why each of the others loses.
fn reasons(workforce: &Workforce, options: &Resolve, rule: u8) -> Vec<String> {
    let steps = steps(workforce, options, rule);
    steps.into_iter().filter_map(|step| Some(step.split_once(" loses: ")?.1.to_owned())).collect()
}

#[test]
fn rule_15_why_a_work_relationship_loses() {
    let rows = always("v", "a", "ACTIVE", "Y") + &always("w", "b", "ACTIVE", "Y");
    let two = |v: &str, w: &str| world(&format!("1,v,{v}\n1,w,{w}"), &rows);
    let why = |v: &str, w: &str| reasons(&two(v, w), &Resolve::default(), 15);
    assert_eq!(why("E,2020-01-01,,N", "E,2020-01-01,,Y"), ["it is not primary"]);
    assert_eq!(why("E,2020-01-01,2020-12-31,Y", "E,2021-01-01,,Y"), ["it is in another state"]);
    assert_eq!(why("P,2020-01-01,,Y", "E,2021-01-01,,N"), ["it is a pending worker's"]);
    assert_eq!(
        why("E,2020-01-01,2026-11-20,Y", "E,2026-11-20,,Y"),
        ["it ends on the day on which the other one starts"]
    );
    assert_eq!(why("E,2026-12-01,,N", "E,2027-01-01,,N"), ["the order of the rule puts it behind"]);
    let said = steps(&two("E,2020-01-01,,N", "E,2020-01-01,,Y"), &Resolve::default(), 15);
    assert!(said[0].ends_with("the primary work relationship is w"), "{said:?}");
    let picked = two("E,2020-01-01,,N", "E,2020-01-01,,N");
    assert_eq!(reasons(&picked, &pick(), 15), [""; 0], "rule 16 told why");
    assert_eq!(reasons(&picked, &pick(), 16), ["its id is the smaller one"]);
    let pending = two("P,2020-01-01,,N", "P,2020-01-01,,N");
    assert_eq!(reasons(&pending, &pick(), 15), [""; 0]);
    let others = world("1,v,E,2020-01-01,,Y\n1,w,E,2020-01-01,,Y\n1,x,E,2020-01-01,,N\n1,y,P,2020-01-01,,Y", &rows);
    assert_eq!(reasons(&others, &pick(), 15), ["it is not primary", "it is a pending worker's"]);
    assert_eq!(reasons(&others, &pick(), 16), ["its id is the smaller one"]);
}

#[test]
fn rule_16_the_first_thing_in_which_the_winner_is_ahead() {
    let why = |v: &str, w: &str, a: String, b: String| {
        let rows = a + &b;
        let found = reasons(&world(&format!("1,v,{v},,Y\n1,w,{w},,Y"), &rows), &pick(), 16);
        found.join(", ")
    };
    let [a, b] = [("v", "a"), ("w", "b")].map(|(of, id)| move |status: &str| always(of, id, status, "Y"));
    let start = "E,2020-01-01";
    assert_eq!(why(start, "C,2020-01-01", a("ACTIVE"), b("ACTIVE")), "its worker type comes later");
    assert_eq!(why(start, start, a("ACTIVE"), String::new()), "it has no row on the day");
    assert_eq!(why(start, start, a("ACTIVE"), b("SUSPENDED")), "its status comes later");
    assert_eq!(why("E,2021-01-01", start, a("ACTIVE"), b("ACTIVE")), "it started earlier");
    let later = row("v", "a", ["2021-01-01", ""], "ACTIVE", ["", "Y", ""]);
    assert_eq!(why(start, start, later, b("ACTIVE")), "its row started earlier");
    assert_eq!(why(start, start, a("ACTIVE"), b("ACTIVE")), "its id is the smaller one");
    let two = world("1,v,E,2020-01-01,,Y\n1,w,E,2020-01-01,,Y", &(a("ACTIVE") + &b("ACTIVE")));
    let position = two.case(0).work_relationships[0].position.unwrap();
    assert_eq!(losers(&two.case(0), &pick(), DAY), [(Kind::WorkRelationship, position)]);
}

#[test]
fn rule_17_why_an_assignment_loses() {
    let of = |a: [&str; 2], b: [&str; 2]| {
        let rows = always("w", "a", a[0], a[1]) + &always("w", "b", b[0], b[1]);
        steps(&world(CURRENT, &rows), &Resolve::default(), 17).join("; ")
    };
    let flagged = of(["ACTIVE", "N"], ["ACTIVE", "Y"]);
    assert!(
        flagged
            .ends_with("the primary assignment is b, by PrimaryAssignmentFlag; assignment a loses: it is not flagged")
    );
    let active = of(["SUSPENDED", "Y"], ["ACTIVE", "Y"]);
    assert!(active.ends_with("assignment a loses: it is flagged as well, but not ACTIVE"), "{active}");
    assert!(of(["ACTIVE", "Y"], ["ACTIVE", "Y"]).ends_with("no assignment can be chosen"));
    let rows = always("w", "a", "ACTIVE", "Y") + &always("w", "b", "ACTIVE", "Y") + &always("w", "c", "ACTIVE", "N");
    let three = world(CURRENT, &rows);
    assert_eq!(reasons(&three, &pick(), 17), ["it is not flagged"], "rule 16 told of the other");
    assert_eq!(reasons(&three, &pick(), 16), ["its id is the smaller one"]);
    let none = always("w", "a", "ACTIVE", "N") + &always("w", "b", "ACTIVE", "N");
    assert_eq!(reasons(&world(CURRENT, &none), &pick(), 17), [""; 0]);
    let read =
        |flags| steps(&world(CURRENT, &row("w", "a", ["2020-01-01", ""], "ACTIVE", flags)), &pick(), 17).concat();
    assert!(read(["Y", "", ""]).ends_with("by the overall PrimaryFlag") && read(["", "", ""]).ends_with("by no flag"));
    assert!(read(["Y", "N", ""]).ends_with("is a, though PrimaryAssignmentFlag says no"));
    assert!(read(["N", "", ""]).ends_with("is a, though the overall PrimaryFlag says no"));
}

#[test]
fn rule_18_who_is_chosen_in_a_hand_made_source_and_why_the_others_lose() {
    let header = "PersonNumber,AssignmentId,AssignmentStatusType,EffectiveStartDate,PrimaryFlag";
    let of = |rows: &str| steps(&workforce(vec![Csv::new(Kind::Assignment, header, rows)]), &pick(), 18).join("; ");
    let chosen = |rule: &str, id: &str| format!("18.{rule}: the primary assignment is {id}");
    let loses = |id: &str, why: &str| format!("; assignment {id} loses: {why}");
    assert_eq!(
        of("1,a,ACTIVE,2020-01-01,N\n1,b,ACTIVE,2020-01-01,Y\n1,c,INACTIVE,2020-01-01,Y"),
        chosen("one-flagged", "b") + &loses("a", "it is not flagged") + &loses("c", "it is inactive")
    );
    assert_eq!(of("1,a,ACTIVE,2020-01-01,N"), chosen("one-row", "a"));
    assert_eq!(of("1,a,ACTIVE,2020-01-01,N\n1,b,ACTIVE,2020-01-01,N"), chosen("none-flagged", "b"), "rule 16 told");
    assert_eq!(
        of("1,a,INACTIVE,2020-01-01,Y\n1,b,INACTIVE,2021-01-01,Y"),
        chosen("ended", "b") + &loses("a", "the other one starts later, or has the greater id")
    );
    assert_eq!(
        of("1,a,ACTIVE,2027-01-01,N\n1,b,ACTIVE,2027-01-01,Y"),
        chosen("future", "b") + &loses("a", "it is not flagged")
    );
    assert_eq!(of("1,a,ACTIVE,2020-01-01,Y\n2,b,ACTIVE,2020-01-01,Y"), chosen("one-flagged", "a"));
    let undated = workforce(vec![Csv::new(Kind::Assignment, "PersonNumber,AssignmentId,PrimaryFlag", "1,a,Y")]);
    let said = steps(&undated, &Resolve::default(), 10).concat();
    assert_eq!(said, "assignment a: of its 1 rows the one without a start counts on 2026-11-20, ACTIVE");
    let header = "PersonNumber,AssignmentId,PrimaryAssignmentFlag";
    let nameless = workforce(vec![Csv::new(Kind::Assignment, header, "1,a,Y")]);
    assert!(steps(&nameless, &Resolve::default(), 13).concat().starts_with("work relationship without an id: current"));
}

#[test]
fn rules_10_13_and_19_in_words() {
    let words = |relationship: &str, rows: &str, rule: u8| {
        steps(&world(relationship, rows), &Resolve::default(), rule).join("; ")
    };
    let active = always("w", "a", "ACTIVE", "Y");
    assert!(words(CURRENT, &active, 10).contains("of its 1 rows the one from 2020-01-01 counts on 2026-11-20"));
    let later = row("w", "a", ["2026-11-21", ""], "ACTIVE", ["", "Y", ""]);
    assert!(words(CURRENT, &later, 10).contains("none of its 1 rows is in effect"));
    let of = |relationship: &str, flags| words(relationship, &row("w", "a", ["2020-01-01", ""], "ACTIVE", flags), 13);
    let primary = |read: &str| format!("work relationship w: current, primary {read}");
    assert_eq!(of(CURRENT, ["", "Y", "Y"]), primary("by PrimaryWorkRelationFlag of its assignment rows on the day"));
    assert_eq!(of(CURRENT, ["Y", "Y", ""]), primary("by the overall PrimaryFlag of its assignment rows on the day"));
    assert_eq!(of(CURRENT, ["", "Y", ""]), primary("by its own undated PrimaryFlag"));
    let without = "work relationship w: pending, current, not primary for want of any flag";
    assert_eq!(of("1,w,P,2020-01-01,,", ["", "Y", ""]), without);
    assert_eq!(words(CURRENT, &active, 19), "state CURRENT, active");
    assert_eq!(words(CURRENT, &always("w", "a", "INACTIVE", "Y"), 19), "state CURRENT, not active");
}

/// Person 1 beside the rows of a satellite.
fn beside(kind: Kind, header: &str, rows: &[&str]) -> Workforce {
    workforce(vec![
        Csv::new(Kind::Person, "PersonNumber,LastName", "1,Ash\n2,Birch"),
        Csv::new(Kind::WorkRelationship, "PersonNumber,PeriodOfServiceId,PrimaryFlag", "1,w,Y\n2,v,Y"),
        Csv::new(
            Kind::Assignment,
            "PersonNumber,PeriodOfServiceId,AssignmentId,PrimaryAssignmentFlag",
            "1,w,a,Y\n2,v,b,Y",
        ),
        Csv::new(kind, header, &rows.join("\n")),
    ])
}

#[test]
fn rules_22_and_23_why_a_row_of_a_satellite_loses() {
    let header = "PersonNumber,PhoneType,PhoneNumber,PhonePrimaryFlag,EffectiveStartDate,EffectiveEndDate";
    let with = |options: &Resolve, rows: &[&str]| steps(&beside(Kind::Phone, header, rows), options, 23);
    let of = |rows: &[&str]| with(&Resolve::default(), rows);
    let why = |rows: &[&str]| -> Vec<String> {
        of(rows)
            .into_iter()
            .map(|step| step.split_once(" loses: ").map_or(step.clone(), |(_, why)| why.to_owned()))
            .collect()
    };
    const TAKEN: &str = "1,W1,1,,2020-01-01,";
    let beside_taken = |row: &str| {
        let mut said = of(&[TAKEN, row]);
        assert_eq!(said.remove(0), "the phone of type W1, from 2020-01-01, is taken");
        said.concat().split_once(" loses: ").unwrap().1.to_owned()
    };
    assert_eq!(beside_taken("1,WM,2,,2020-01-01,"), "another type comes first");
    assert_eq!(beside_taken("1,W1,,,2020-01-01,"), "it has no number");
    assert_eq!(beside_taken("1,FAX,2,,2020-01-01,"), "its type is neither W1 nor WM");
    assert_eq!(beside_taken("1,H1,2,,2020-01-01,"), "another type comes first");
    assert_eq!(beside_taken("1,W1,0,,2019-01-01,"), "the other one starts later");
    assert_eq!(beside_taken("1,W1,2,,2020-01-01,"), "of two that are alike the first in byte order is taken");
    assert_eq!(beside_taken("1,W1,2,,2026-11-21,"), "it is not in effect");
    assert_eq!(why(&["1,H1,1,,2020-01-01,"]), ["a home number is not asked for", "there is no phone on 2026-11-20"]);
    assert_eq!(
        of(&["1,W1,1,Y,2020-01-01,2026-12-31", "1,W1,2,,2021-01-01,"]),
        [
            "the phone of type W1, from 2020-01-01 to 2026-12-31, flagged, is taken",
            "the phone of type W1, from 2021-01-01, loses: the other one is flagged"
        ]
    );
    let home = Resolve { home_phone: true, ..Resolve::default() };
    assert_eq!(with(&home, &["1,H1,1,,2020-01-01,"]), ["the phone of type H1, from 2020-01-01, is taken"]);

    assert_eq!(
        steps(&world(CURRENT, &always("w", "a", "ACTIVE", "Y")), &home, 23),
        [""; 0],
        "without an extract there is nothing to say"
    );

    let header = "PersonNumber,EmailType,WorkEmail,EmailPrimaryFlag";
    let emails = steps(&beside(Kind::Email, header, &["1,,a@x,", "1,H1,b@x,", "1,W1,,"]), &home, 22);
    let why = ["is taken", "loses: its type is not W1", "loses: it has no address"];
    assert!(emails.iter().zip(why).all(|(said, why)| said.ends_with(why)), "{emails:?}");
    assert_eq!(emails[0], "the work e-mail, undated, is taken");
}

#[test]
fn rule_22_the_row_that_is_told_of_stands_in_the_file_that_bears_the_emails() {
    let of = |files: Vec<Csv>| {
        let workforce = workforce(files);
        let mut judgement = Judgement::default().explained();
        resolve(&workforce.case(0), &Resolve::default(), DAY, &mut judgement);
        judgement.into_steps().into_iter().filter(|step| step.rule == 22).map(|step| step.row).collect::<Vec<_>>()
    };
    let assignment = || Csv::new(Kind::Assignment, "PersonNumber,AssignmentId,WorkEmail,PrimaryFlag", "1,a,a@x,Y");
    assert_eq!(of(vec![assignment()]), [Some((Kind::Assignment, 0))]);
    let person = || Csv::new(Kind::Person, "PersonNumber,LastName,WorkEmail", "1,Ash,a@x");
    assert_eq!(of(vec![person(), assignment()]), [Some((Kind::Person, 0))]);
    let email = Csv::new(Kind::Email, "PersonNumber,WorkEmail", "1,a@x");
    assert_eq!(of(vec![person(), assignment(), email]), [Some((Kind::Email, 0))]);
}

#[test]
fn rule_21_why_a_name_of_another_day_loses() {
    let header = "PersonNumber,NameType,LastName,EffectiveStartDate,EffectiveEndDate";
    let rows = ["1,GLOBAL,Ash,2026-12-01,", "1,GLOBAL,Elm,2027-01-01,", "1,GLOBAL,Oak,2020-01-01,2020-12-31"];
    let why = reasons(&beside(Kind::Name, header, &rows), &Resolve::default(), 21);
    assert_eq!(why, ["another one begins earlier", "it has ended"]);
}

#[test]
fn rule_24_who_is_named_and_why_the_others_are_not() {
    let header = "PersonNumber,AssignmentId,ManagerAssignmentId,ManagerType,EffectiveStartDate,EffectiveEndDate";
    let rows = ["1,a,b,,2020-01-01,", "1,z,b,,2020-01-01,", "1,a,b,PROJECT,2020-01-01,", "1,a,,,2020-01-01,"];
    let workforce = beside(Kind::Manager, header, &rows);
    let case = workforce.case(0);
    let said = |quarantined: bool| {
        let mut resolved = resolve(&case, &Resolve::default(), DAY, &mut Judgement::default());
        if quarantined {
            resolved.errors.insert(crate::model::code::Code::Pri012);
        }
        let mut judgement = Judgement::default().explained();
        let manager = managers::explain(&workforce, 0, resolved, DAY, &mut judgement);
        let steps = judgement.into_steps().into_iter().filter(|step| step.rule == 24);
        (manager, steps.map(|step| step.sentence).collect::<Vec<_>>())
    };
    let (manager, steps) = said(false);
    assert_eq!(manager, Some(1));
    let ends = [
        "is taken",
        "it is of another assignment",
        "its type is not LINE_MANAGER",
        "it has no key",
        "ManagerAssignmentId b names person 2",
    ];
    assert_eq!(steps.len(), ends.len());
    assert!(steps.iter().zip(ends).all(|(said, end)| said.ends_with(end)), "{steps:?}");
    assert!(!steps[0].contains("flagged"), "{steps:?}");
    let none = vec!["no manager is looked for: the person is quarantined".to_owned()];
    assert_eq!(said(true), (None, none));
}
