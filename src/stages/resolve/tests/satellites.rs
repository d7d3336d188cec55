//! Rules 21 to 24 of `resolution.md` over extracts of their own: which row of a satellite is taken.

use super::{ASSIGNMENT, always};
use crate::model::kind::Kind;
use crate::stages::normalize::Workforce;
use crate::stages::normalize::testing::{Csv, DAY, workforce};
use crate::stages::resolve::{Resolve, managers, resolve_all, satellites};

/// Person 1 with assignment a in Germany, and persons 2 and 3 with b and c, beside the rows of a satellite.
fn beside(kind: Kind, header: &str, rows: &[&str]) -> Workforce {
    let relationships = "1,w,DE,Y\n2,v,DE,Y\n3,u,DE,Y";
    let others = ["2,v,b", "3,u,c"].map(|row| format!("{row},2020-01-01,,1,Y,ACTIVE,,Y,,,\n")).concat();
    workforce(vec![
        Csv::new(Kind::Person, "PersonNumber,LastName", "1,Ash\n2,Birch\n3,Cedar"),
        Csv::new(Kind::WorkRelationship, "PersonNumber,PeriodOfServiceId,LegislationCode,PrimaryFlag", relationships),
        Csv::new(Kind::Assignment, ASSIGNMENT, &(always("w", "a", "ACTIVE", "Y") + &others)),
        Csv::new(kind, header, &rows.join("\n")),
    ])
}

/// The row of person 1 that is taken, by its place in the file.
fn taken_by(options: &Resolve, kind: Kind, header: &str, rows: &[&str]) -> Option<u32> {
    let workforce = beside(kind, header, rows);
    let person = resolve_all(&workforce, options, DAY)[0];
    person.row(kind).map(|position| workforce.table(kind).rows.rows[position as usize].line - 1)
}

const PHONE: &str = "PersonNumber,PhoneType,PhoneNumber,PhonePrimaryFlag,EffectiveStartDate,EffectiveEndDate";

#[test]
fn rule_23_a_phone_is_w1_then_wm_and_a_home_number_only_on_request() {
    let taken = |rows: &[&str]| taken_by(&Resolve::default(), Kind::Phone, PHONE, rows);
    assert_eq!(taken(&["1,WM,2,,2020-01-01,", "1,W1,3,,2020-01-01,"]), Some(2));
    assert_eq!(taken(&["1,WM,2,,2020-01-01,", "1,,3,,2020-01-01,"]), Some(2), "an untyped one is as W1");
    assert_eq!(taken(&["1,W1,,,2020-01-01,", "1,WM,2,,2020-01-01,"]), Some(2), "without a number it is none");
    assert_eq!(taken(&["1,W1,1,,2020-01-01,", "1,W1,2,Y,2020-01-01,"]), Some(2), "the flagged one");
    assert_eq!(taken(&["1,W1,1,,2020-01-01,", "1,W1,2,N,2021-01-01,"]), Some(2), "the latest start");
    assert_eq!(taken(&["1,W1,2,,2020-01-01,", "1,W1,1,,2020-01-01,"]), Some(2), "byte order");
    assert_eq!(taken(&["1,W1,2,,2020-01-01,2026-11-19", "1,W1,1,,2026-11-21,", "2,W1,1,,2020-01-01,"]), None);
    let home = ["1,H1,1,,2020-01-01,", "1,HM,2,,2020-01-01,", "1,FAX,3,,2020-01-01,"];
    let with_home = Resolve { home_phone: true, ..Resolve::default() };
    let asked = |rows: &[&str]| taken_by(&with_home, Kind::Phone, PHONE, rows);
    assert_eq!((taken(&home), asked(&home)), (None, Some(1)));
    assert_eq!(asked(&["1,H1,1,,2020-01-01,", "1,WM,2,,2020-01-01,"]), Some(2), "and last");
    assert!(satellites::is_home("HM") && !satellites::is_home("WM"));
}

#[test]
fn rule_23_an_address_and_a_national_identifier_are_those_in_effect() {
    let header = "PersonNumber,AddressType,AddressPrimaryFlag,EffectiveStartDate,EffectiveEndDate";
    let address = |rows: &[&str]| taken_by(&Resolve::default(), Kind::Address, header, rows);
    assert_eq!(address(&["1,HOME,,2020-01-01,2026-11-19", "1,HOME,,2026-11-20,"]), Some(2));
    assert_eq!(address(&["1,HOME,,2021-01-01,", "1,MAIL,Y,2020-01-01,"]), Some(2), "the flagged one");
    assert_eq!(address(&["1,HOME,,2026-11-21,"]), None);

    let header = "PersonNumber,NationalIdentifierType,NationalIdentifierNumber,NationalIdentifierPrimaryFlag,\
        LegislationCode,EffectiveStartDate,EffectiveEndDate";
    let identifier = |rows: &[&str]| taken_by(&Resolve::default(), Kind::NationalIdentifier, header, rows);
    assert_eq!(identifier(&["1,T,1,,US,2020-01-01,", "1,T,2,,DE,2020-01-01,"]), Some(2), "the legislation's");
    assert_eq!(identifier(&["1,T,1,Y,US,2020-01-01,", "1,T,2,,DE,2020-01-01,"]), Some(1), "but the flagged one first");
    assert_eq!(identifier(&["1,T,1,N,DE,2020-01-01,"]), None, "it says itself that it is not the one");
    assert_eq!(
        identifier(&["1,T,1,N,DE,2020-01-01,", "1,T,2,,DE,2020-01-01,"]),
        None,
        "where there are flags, blank is none"
    );
    assert_eq!(identifier(&["1,T,1,N,DE,2020-01-01,", "1,T,2,Y,US,2020-01-01,"]), Some(2));
    assert_eq!(identifier(&["1,T,,,DE,2020-01-01,", "1,T,2,,US,2020-01-01,"]), Some(2), "without a number it is none");
    assert_eq!(identifier(&["1,T,1,,DE,2020-01-01,2026-11-19"]), None);
}

#[test]
fn rules_21_and_22_names_and_emails_of_extracts_stand_in_for_the_person_rows() {
    let header = "PersonNumber,NameType,LastName,EffectiveStartDate,EffectiveEndDate";
    let name = |rows: &[&str]| taken_by(&Resolve::default(), Kind::Name, header, rows);
    assert_eq!(name(&["1,AA,Ash,2020-01-01,", "1,DE,Oak,2020-01-01,"]), Some(2), "the legislation's");
    assert_eq!(name(&["1,DE,Ash,2020-01-01,", "1,GLOBAL,Oak,2020-01-01,"]), Some(2));
    assert_eq!(name(&["1,GLOBAL,Ash,2020-01-01,2026-11-19"]), None);
    let hand_made = |rows: &str| {
        let columns = "PersonNumber,AssignmentId,AssignmentStatusType,LegislationCode,PrimaryFlag";
        let names = Csv::new(Kind::Name, header, "1,AA,Ash,2020-01-01,\n1,DE,Oak,2020-01-01,");
        let workforce = workforce(vec![Csv::new(Kind::Assignment, columns, rows), names]);
        resolve_all(&workforce, &Resolve::default(), DAY)[0].row(Kind::Name)
    };
    assert_eq!(hand_made("1,a,ACTIVE,DE,Y"), Some(1), "a row of its own tells it");
    assert_eq!(hand_made("1,a,INACTIVE,AA,Y\n1,b,ACTIVE,DE,Y"), Some(1), "and that is the chosen one");
    let header = "PersonNumber,EmailType,WorkEmail,EmailPrimaryFlag,EffectiveStartDate,EffectiveEndDate";
    let email = |rows: &[&str]| taken_by(&Resolve::default(), Kind::Email, header, rows);
    assert_eq!(email(&["1,W1,a@x,,2020-01-01,", "1,W1,b@x,Y,2020-01-01,"]), Some(2), "the flagged one");
    assert_eq!(email(&["1,H1,a@x,Y,2020-01-01,", "1,,b@x,,2020-01-01,"]), Some(2), "no home address");
    assert_eq!(email(&["1,W1,a@x,,2020-01-01,2026-11-19"]), None);
}

const MANAGER: &str = "PersonNumber,AssignmentId,ManagerAssignmentId,ManagerAssignmentNumber,ManagerPersonNumber,\
    ManagerType,PrimaryFlag,EffectiveStartDate,EffectiveEndDate";

/// The manager of person 1 by these rows, and the codes of rule 24.
fn manager(header: &str, rows: &[&str]) -> String {
    let workforce = beside(Kind::Manager, header, rows);
    let mut resolved = resolve_all(&workforce, &Resolve::default(), DAY);
    managers::find(&managers::Directory::new(&workforce), &mut resolved, DAY);
    let number = resolved[0].manager.map_or("-", |manager| workforce.number(manager as usize));
    format!("{number} {}", resolved[0].codes)
}

#[test]
fn rule_24_a_manager_of_an_extract_is_flagged_then_latest_then_lowest() {
    let of = |rows: &[&str]| manager(MANAGER, rows);
    assert_eq!(of(&["1,a,b,,,,,2020-01-01,"]), "2 ");
    assert_eq!(of(&["1,a,b,,,LINE_MANAGER,,2020-01-01,", "1,a,c,,,PROJECT_MANAGER,Y,2020-01-01,"]), "2 ");
    assert_eq!(of(&["1,a,b,,,,,2020-01-01,", "1,a,c,,,,Y,2020-01-01,"]), "3 MGR010", "the flagged one");
    assert_eq!(of(&["1,a,b,,,,,2020-01-01,", "1,a,c,,,,,2021-01-01,"]), "3 MGR010", "the latest start");
    assert_eq!(of(&["1,a,c,,,,,2020-01-01,", "1,a,b,,,,,2020-01-01,"]), "2 MGR010", "byte order");
    assert_eq!(of(&["1,z,c,,,,,2020-01-01,", "1,a,,,,,,2020-01-01,", "1,a,b,,,,,2026-11-21,"]), "- MGR030");
    assert_eq!(of(&["1,a,nobody,,3,,,2020-01-01,"]), "3 ");
}

#[test]
fn rule_24_managers_of_a_file_without_numbers_are_those_of_the_assignment_that_they_name() {
    let header = "AssignmentId,ManagerAssignmentId,EffectiveStartDate,EffectiveEndDate";
    assert_eq!(manager(header, &["c,a,2020-01-01,", "a,b,2020-01-01,", "b,c,2020-01-01,"]), "2 ");
    let nobodys = ["nowhere,a,2020-01-01,", "b,c,2020-01-01,", "a,c,2020-01-01,", "a,b,2020-01-01,"];
    assert_eq!(manager(header, &nobodys), "2 MGR010");
    let workforce = beside(Kind::Manager, header, &nobodys);
    let owned = |person: usize| workforce.table(Kind::Manager).of(person).len();
    assert_eq!([0, 1, 2].map(owned), [2, 1, 0]);
}

#[test]
fn a_target_that_takes_several_has_them_in_order() {
    let rows = ["1,W1,3,,2020-01-01,", "1,WM,2,Y,2020-01-01,", "1,H1,1,,2021-01-01,", "1,W1,0,,2026-11-21,"];
    let workforce = beside(Kind::Phone, PHONE, &rows);
    let order = satellites::in_order(&workforce, Kind::Phone, 0, DAY).unwrap();
    let lines: Vec<u32> =
        order.iter().map(|row| workforce.table(Kind::Phone).rows.rows[*row as usize].line - 1).collect();
    assert_eq!(lines, [2, 3, 1]);
    assert_eq!(satellites::in_order(&workforce, Kind::Phone, 1, DAY), Some(Vec::new()));
    assert_eq!(satellites::in_order(&workforce, Kind::Email, 0, DAY), None);
}
