//! Persons with more rows than anybody has: what is done for each of them must not be done for each pair of them, or a file
//! of a few megabytes holds up a run for hours (promise 21).

use super::{CURRENT, always, hand_made, line, world};
use crate::model::kind::Kind;
use crate::stages::normalize::Workforce;
use crate::stages::normalize::testing::{Csv, DAY, workforce};
use crate::stages::resolve::{Resolve, managers, resolve_all};

/// Too many for a look at each pair.
const MANY: usize = 200_000;

fn lines(of: impl Fn(usize) -> String) -> String {
    (0..MANY).map(of).collect()
}

fn flag(nth: usize) -> &'static str {
    if nth == 7 { "Y" } else { "N" }
}

/// What becomes of person 1, and how many of its work relationships and assignments are used.
fn resolved(workforce: &Workforce) -> (String, [u32; 2]) {
    let person = resolve_all(workforce, &Resolve::default(), DAY)[0];
    (line(workforce, &person), [person.tally.used[1], person.tally.used[2]])
}

#[test]
fn rule_27_all_of_many_assignments_are_counted() {
    let workforce = world(CURRENT, &lines(|nth| always("w", &format!("a{nth}"), "ACTIVE", flag(nth))));
    assert_eq!(resolved(&workforce), ("CURRENT w a7 ".to_owned(), [1, MANY as u32]));
}

#[test]
fn rule_17_the_chosen_row_is_held_against_those_of_many_work_relationships() {
    let relationships = lines(|nth| format!("1,w{nth},E,2020-01-01,,{}\n", flag(nth)));
    let workforce =
        world(&relationships, &lines(|nth| always(&format!("w{nth}"), &format!("a{nth}"), "ACTIVE", flag(nth))));
    assert_eq!(resolved(&workforce), ("CURRENT w7 a7 ".to_owned(), [MANY as u32; 2]));
}

#[test]
fn rule_18_many_rows_of_a_hand_made_source_are_counted() {
    let rows = lines(|nth| format!("1,a{nth},E,ACTIVE,2020-01-01,{}\n", flag(nth)));
    assert_eq!(hand_made(&Resolve::default(), &rows), "true true CURRENT  a7 ");
}

/// Whom the many reports name: their numbers begin with an r.
fn managers_of_reports(workforce: &Workforce) -> Vec<String> {
    let mut resolved = resolve_all(workforce, &Resolve::default(), DAY);
    managers::find(&managers::Directory::new(workforce), &mut resolved, DAY);
    let told = resolved.iter().enumerate().filter(|(person, _)| workforce.number(*person).starts_with('r'));
    let told = told.map(|(_, report)| {
        format!("{:?} {}", report.manager.map(|manager| workforce.number(manager as usize)), report.codes)
    });
    let mut told: Vec<String> = told.collect();
    assert_eq!(told.len(), MANY);
    told.dedup();
    told
}

#[test]
fn rule_24_many_reports_find_a_manager_whose_many_rows_take_turns() {
    let header = "PersonNumber,AssignmentId,AssignmentNumber,PersonId,EffectiveSequence,ManagerAssignmentId,\
        ManagerAssignmentNumber,ManagerId,AssignmentStatusType,PrimaryFlag";
    let of_manager = |nth: usize| format!("1,a,A,p,{nth},,,,ACTIVE,Y\n1,b,B,q,{nth},,,,ACTIVE,Y\n");
    let of_manager: String = (0..MANY / 10).map(of_manager).collect();
    let of_reports = lines(|nth| format!("r{nth},r{nth},,,1,b,B,q,ACTIVE,Y\n"));
    let workforce = workforce(vec![Csv::new(Kind::Assignment, header, &(of_manager + &of_reports))]);
    assert_eq!(managers_of_reports(&workforce), ["Some(\"1\") "]);
}

#[test]
fn rule_24_many_reports_find_the_one_who_has_an_assignment() {
    // Many share its PersonId, and it has as many offers.
    let persons = lines(|nth| format!("n{nth},p\nr{nth},\n")) + "1,p";
    let offers = lines(|nth| format!("1,o{nth},O,,,ACTIVE,N\n")) + "1,a,E,,,ACTIVE,Y\n";
    let reports = lines(|nth| format!("r{nth},r{nth},E,p,1,ACTIVE,Y\n"));
    let header =
        "PersonNumber,AssignmentId,AssignmentType,ManagerId,ManagerPersonNumber,AssignmentStatusType,PrimaryFlag";
    let workforce = workforce(vec![
        Csv::new(Kind::Person, "PersonNumber,PersonId", &persons),
        Csv::new(Kind::Assignment, header, &(offers + &reports)),
    ]);
    assert_eq!(managers_of_reports(&workforce), ["Some(\"1\") "]);
}
