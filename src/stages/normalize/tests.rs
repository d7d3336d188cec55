//! Section 2 of `resolution.md`, sentence by sentence: what becomes of a row, and what is wrong among rows.

mod many;

use super::testing::{Csv, codes, tables, workforce};
use super::{Workforce, has_primary_flags};
use crate::model::kind::Kind;
use crate::model::row::{Fate, NOBODY};

const PERSON: &str = "PersonNumber,PersonId,EffectiveStartDate,EffectiveEndDate,LastName";
const RELATIONSHIP: &str = "PersonNumber,PeriodOfServiceId,PeriodType,DateStart,ActualTerminationDate,PrimaryFlag";
const ASSIGNMENT: &str = "PersonNumber,PeriodOfServiceId,AssignmentId,AssignmentType,EffectiveStartDate,EffectiveEndDate,\
    EffectiveSequence,PrimaryFlag";
const ONE: [&str; 3] =
    ["1,x,2020-01-01,,Ash\n2,y,2020-01-01,,Birch\n", "1,w,E,2020-01-01,,Y\n2,v,E,2020-01-01,,Y\n", ""];

/// Persons 1 and 2, each with a work relationship, and these assignments.
fn with(assignments: &str) -> Workforce {
    three(ONE[0], ONE[1], assignments)
}

fn three(persons: &str, relationships: &str, assignments: &str) -> Workforce {
    workforce(vec![
        Csv::new(Kind::Person, PERSON, persons),
        Csv::new(Kind::WorkRelationship, RELATIONSHIP, relationships),
        Csv::new(Kind::Assignment, ASSIGNMENT, assignments),
    ])
}

/// The codes of person 1 with these assignments.
fn one(assignments: &str) -> String {
    codes(&with(assignments), "1")
}

fn fates(workforce: &Workforce, kind: Kind) -> Vec<Fate> {
    let mut rows = workforce.table(kind).rows.rows.clone();
    rows.sort_by_key(|row| row.line);
    rows.iter().map(|row| row.fate).collect()
}

#[test]
fn rule_4_blank_and_damaged_keys_reject_the_row() {
    assert_eq!(one("1,w,,E,2027-01-01,,,Y"), "ROW001");
    assert_eq!(one("1,w,\u{a0},E,2027-01-01,,,Y"), "ROW001");
    assert_eq!(one("1,w,9E+11,E,2027-01-01,,,Y"), "ROW002");
    assert_eq!(one("1,=w,a,E,2027-01-01,,,Y"), "ROW002");
    assert_eq!(one("1,w,12E5,E,2027-01-01,,,Y"), "");
    assert_eq!(one("1,,a,E,2027-01-01,,,Y"), "WR020", "a reference that is blank leads nowhere");
    let nobodys = with(",w,a,E,2020-01-01,,,Y");
    assert_eq!((codes(&nobodys, "1"), fates(&nobodys, Kind::Assignment)), (String::new(), vec![Fate::Rejected]));
}

#[test]
fn rule_4_a_number_that_cannot_be_read_is_nobodys() {
    for number in ["", "9E+11"] {
        let workforce = with(&format!("{number},w,a,E,2020-01-01,,,Y"));
        assert_eq!((workforce.len(), workforce.is_empty()), (2, false), "{number:?}");
        assert_eq!(fates(&workforce, Kind::Assignment), [Fate::Rejected]);
    }
    assert!(three("", "", "").is_empty());
}

#[test]
fn long_numbers_and_many_are_told_apart() {
    let long = three("12345678901234567,x,2020-01-01,,A\n12345678901234568,y,2020-01-01,,B", "", "");
    assert_eq!(long.len(), 2);
    assert_eq!((long.find("12345678901234567"), long.find("12345678901234568")), (Some(0), Some(1)));
    assert_eq!(long.find("1234567890123456"), None);
    // More than one thread's share of persons, each with rows of two kinds.
    let lines = |from: usize, row: &dyn Fn(usize) -> String| (from..4100).map(row).collect::<String>();
    let persons = lines(0, &|n| format!("{n:05},x{n},2020-01-01,,A\n"));
    let relationships = lines(100, &|n| format!("{n:05},w{n},{},2020-01-01,,Y\n", if n % 2 == 0 { "E" } else { "O" }));
    let many = three(&persons, &relationships, "");
    let admitted =
        |person: usize, kind: Kind| many.table(kind).of(person).iter().filter(|row| row.fate == Fate::Admitted).count();
    assert!((0..4100).all(|person| admitted(person, Kind::Person) == 1 && many.notes[person].present));
    assert!(
        (0..4100)
            .all(|person| admitted(person, Kind::WorkRelationship) == usize::from(person >= 100 && person % 2 == 0))
    );
    let counts: Vec<(String, u64)> = many.findings.iter().map(|(code, _, of)| (code.to_string(), of.count)).collect();
    assert_eq!(counts, [("ROW021".to_owned(), 2000)]);
}

#[test]
fn rule_3_a_column_that_says_changes_only_is_remembered() {
    let says = |rows: &str| {
        let file = Csv::new(Kind::Assignment, "PersonNumber,AssignmentId,ChangesOnly", rows);
        tables(&[file])[Kind::Assignment as usize].seen.changes_only.is_some()
    };
    assert!(says("1,a,Y") && says("1,a,maybe") && says("1,a,Y\n2,b,N") && says("1,a,N\n2,b,Y"));
    assert!(!says("1,a,N") && !says("1,a,") && !says(""));
}

#[test]
fn rule_4_and_7_the_record_of_a_row_with_any_mistake_is_kept() {
    let kept = |rows: &str| with(rows).table(Kind::Assignment).rows.originals.len();
    assert_eq!(kept("1,w,a,E,2020-01-01,,,Y"), 0);
    assert_eq!(kept("1,w,9E+11,E,2020-01-01,,,Y"), 1, "a key");
    assert_eq!(kept("1,w,a,E,2020-01-01,,,maybe"), 1, "a value");
}

#[test]
fn what_sort_of_source_it_is() {
    let shape = |columns: &str| {
        let header = format!("PersonNumber,AssignmentId{columns}");
        workforce(vec![Csv::new(Kind::Assignment, &header, "")]).shape
    };
    assert!(shape("").hand_made && !shape("").has_service_dates);
    for columns in [",DateStart", ",ActualTerminationDate"] {
        assert!(shape(columns).has_service_dates && !shape(columns).hand_made, "{columns}");
    }
    assert!(!shape(",PeriodOfServiceId").hand_made && !shape(",PeriodOfServiceId").has_service_dates);
}

#[test]
fn the_legal_employer_stands_on_the_row_that_tells_of_the_work_relationship() {
    let header = "PersonNumber,PeriodOfServiceId,LegalEmployerName";
    let own = workforce(vec![
        Csv::new(Kind::WorkRelationship, header, "1,w,Acme\n2,v,Beta"),
        Csv::new(Kind::Assignment, "PersonNumber,PeriodOfServiceId,AssignmentId", "1,w,a"),
    ]);
    assert_eq!([Some(0), Some(1), None].map(|row| own.legal_employer_name(row)), ["Acme", "Beta", ""]);
    let units = "PersonNumber,AssignmentId,BusinessUnitName";
    let units = workforce(vec![Csv::new(Kind::Assignment, units, "1,a,North\n2,b,South")]);
    assert_eq!([Some(0), Some(1), None].map(|row| units.business_unit_name(row)), ["North", "South", ""]);
    let flat =
        Csv::new(Kind::Assignment, "PersonNumber,PeriodOfServiceId,AssignmentId,LegalEmployerName", "1,w,a,Acme");
    assert_eq!(workforce(vec![flat]).legal_employer_name(Some(0)), "Acme");
}

#[test]
fn rule_4_numbers_that_differ_in_leading_zeros_are_told() {
    let twins = three("1,x,2020-01-01,,A\n01,y,2020-01-01,,B\n10,z,2020-01-01,,C", "", "");
    assert_eq!(["1", "01", "10"].map(|number| codes(&twins, number)), ["KEY010", "KEY010", ""]);
    let alone = three("1,x,2020-01-01,,A\n02,y,2020-01-01,,B", "", "");
    assert_eq!(["1", "02"].map(|number| codes(&alone, number)), ["", ""]);
    let other_twins = three("01,x,2020-01-01,,A\n001,y,2020-01-01,,B", "", "");
    assert_eq!(["01", "001"].map(|number| codes(&other_twins, number)), ["KEY010", "KEY010"]);
}

#[test]
fn rule_5_equal_rows_collapse_to_the_first() {
    let twice = with("1,w,a,E,2020-01-01,,,Y\n1, w ,a,E,2020-01-01,,,Y\n1,w,a,E,2020-01-01,,,N");
    assert_eq!(codes(&twice, "1"), "ROW010");
    assert_eq!(fates(&twice, Kind::Assignment), [Fate::Admitted, Fate::Duplicate, Fate::Admitted]);
    let alone = with("1,w,a,E,2020-01-01,,,Y\n1,w,a,E,2020-01-01,,,Y");
    assert_eq!(fates(&alone, Kind::Assignment), [Fate::Admitted, Fate::Duplicate]);
}

#[test]
fn rule_6_terms_offers_and_unknown_types_are_set_aside() {
    for (kind, code) in [("E", ""), ("EMP", ""), ("C", ""), ("N", ""), ("P", "")] {
        assert_eq!(one(&format!("1,w,a,{kind},2020-01-01,,,Y")), code, "{kind}");
    }
    for (kind, code) in [("ET", "ROW020"), ("PT", "ROW020"), ("O", "ROW021"), ("A", "ROW021"), ("e", "ROW022")] {
        let workforce = with(&format!("1,w,a,{kind},2020-01-01,,,Y"));
        assert_eq!(codes(&workforce, "1"), code, "{kind}");
        assert!(matches!(fates(&workforce, Kind::Assignment)[..], [Fate::SetAside(_)]), "{kind}");
    }
}

#[test]
fn rule_6_an_untyped_assignment_asks_its_work_relationship() {
    let of = |kind: &str| codes(&three(ONE[0], &format!("1,w,{kind},2020-01-01,,Y"), "1,w,a,,2020-01-01,,,Y"), "1");
    assert_eq!(of("C"), "");
    assert_eq!(of("O"), "ROW021", "both rows are set aside");
    assert_eq!(of(""), "", "all are admitted");
    let untyped = three(ONE[0], "1,w,,2020-01-01,,Y", "1,w,a,,2020-01-01,,,Y");
    assert_eq!((untyped.findings.iter().count(), untyped.untyped.len()), (0, 1), "ROW023");
}

#[test]
fn rule_6_an_untyped_assignment_asks_the_work_relationship_of_another_person() {
    let of = |own: &str, others: &str| {
        let relationships = format!("{own}2,v,{others},2020-01-01,,Y");
        let workforce = three(ONE[0], &relationships, "1,v,a,,2020-01-01,,,Y\n1,v,b,E,2027-01-01,,,Y");
        let untyped = !workforce.untyped.is_empty();
        format!("{} {} {untyped}", codes(&workforce, "1"), codes(&workforce, "2"))
    };
    assert_eq!(of("", "E"), "KEY020 KEY020 false");
    assert_eq!(of("", ""), "KEY020 KEY020 true", "its type is told nowhere");
    assert_eq!(of("", "CT"), "ROW020;WR020 ROW020 false", "the untyped row is set aside, the other refers to nothing");
    assert_eq!(of("1,v,N,2020-01-01,,Y\n", "X"), " ROW022 false", "its own comes first");
    assert_eq!(
        of("1,v,N,2020-01-02,2020-01-01,Y\n", "CT"),
        "WR020;WR031 ROW020 false",
        "so does one that is rejected by its values"
    );
    assert_eq!(of("1,w,E,2020-01-01,,Y\n", "CT"), "ROW020;WR020 ROW020 false", "another one of its own does not help");
    let header = "PersonNumber,PeriodOfServiceId,PersonId,PeriodType";
    let files = vec![
        Csv::new(Kind::WorkRelationship, header, "1,v,9E+11,E\n2,v,y,CT"),
        Csv::new(Kind::Assignment, "PersonNumber,PeriodOfServiceId,AssignmentId", "1,v,a"),
    ];
    assert_eq!(codes(&workforce(files), "1"), "ROW002;ROW020", "one with a damaged key is none of its own");
}

#[test]
fn rule_7_dates_sequences_and_flags_that_cannot_be_right_reject_the_row() {
    assert_eq!(one("1,w,a,E,,,,Y"), "ASG030;ROW030");
    assert_eq!(one("1,w,a,E,2027-02-01,2027-01-31,,Y"), "ROW031");
    assert_eq!(one("1,w,a,E,2027-02-01,2027-02-01,,Y"), "");
    assert_eq!(one("1,w,a,E,31/01/2027,,,Y"), "ASG030;ROW032");
    assert_eq!(one("1,w,a,E,2027-01-01T08:30,,,Y"), "ROW033");
    assert_eq!(one("1,w,a,E,2027-01-01,,,maybe"), "ROW034");
    assert_eq!(one("1,w,a,E,2027-01-01,,1.5,Y"), "ROW035");
    assert_eq!(one("1,w,a,E,2027-02-01,2027-01-31,x,maybe"), "ROW031;ROW034;ROW035", "a group is collected");
}

#[test]
fn rule_7_a_work_relationship_ends_no_earlier_than_it_starts() {
    let of = |relationship: &str| codes(&three(ONE[0], relationship, ""), "1");
    assert_eq!(of("1,w,E,2020-01-02,2020-01-01,Y"), "WR031");
    assert_eq!(of("1,w,E,2020-01-01,2020-01-01,Y"), "");
    assert_eq!(of("1,w,E,,2020-01-01,Y"), "ROW030");
}

#[test]
fn rule_7_a_rejected_assignment_row_that_covers_the_day_takes_its_person_along() {
    let errors = |rows: &str| with(rows).notes[0].errors.to_string();
    assert_eq!(errors("1,w,a,E,2026-11-20,2026-11-20,,maybe"), "ASG030");
    assert_eq!(errors("1,w,a,E,2026-11-21,,,maybe"), "");
    assert_eq!(errors("1,w,a,E,2020-01-01,2026-11-19,,maybe"), "");
    assert_eq!(errors("1,w,,E,2020-01-01,,,Y"), "ASG030", "whatever code rejected it");
    assert_eq!(errors("1,w,a,E,2020-01-01"), "", "but CSV001");
}

#[test]
fn rule_8_references_lead_to_the_same_person() {
    assert_eq!(one("1,nowhere,a,E,2020-01-01,,,Y"), "WR020");
    let stranger = with("1,v,a,E,2020-01-01,,,Y");
    assert_eq!(["1", "2"].map(|number| codes(&stranger, number)), ["KEY020", "KEY020"]);
}

#[test]
fn rule_8_an_id_is_one_persons() {
    let assignment = with("1,w,a,E,2020-01-01,,,Y\n2,v,a,E,2020-01-01,,,Y");
    assert_eq!(["1", "2"].map(|number| codes(&assignment, number)), ["KEY021", "KEY021"]);
    let reference = with("1,w,a,E,2020-01-01,,,Y\n2,w,b,E,2020-01-01,,,Y");
    assert_eq!(["1", "2"].map(|number| codes(&reference, number)), ["KEY020;KEY021", "KEY020;KEY021"]);
    let relationship = three(ONE[0], "1,w,E,2020-01-01,,Y\n2,w,E,2020-01-01,,Y", "");
    assert_eq!(["1", "2"].map(|number| codes(&relationship, number)), ["KEY021", "KEY021"]);
    assert_eq!(one("1,w,a,E,2020-01-01,,,Y\n1,nowhere,a,E,2027-01-01,,,Y"), "KEY024;WR020");
    assert_eq!(one("1,w,a,E,2020-01-01,,,Y\n2,v,a,O,2020-01-01,,,Y"), "", "rows set aside take no part");
}

#[test]
fn rule_8_person_ids_and_person_numbers_are_pairs() {
    let two_ids = three("1,x,2020-01-01,2020-12-31,Ash\n1,y,2021-01-01,,Ash", "", "");
    assert_eq!(codes(&two_ids, "1"), "KEY022");
    let two_numbers = three("1,x,2020-01-01,,Ash\n2,x,2020-01-01,,Birch", "", "");
    assert_eq!(["1", "2"].map(|number| codes(&two_numbers, number)), ["KEY023", "KEY023"]);
    assert!(two_numbers.notes.iter().all(|notes| notes.errors.is_empty()));
    assert_eq!(codes(&three("", "1,w,E,2020-01-01,,Y", ""), "1"), "PER020");
    assert_eq!(codes(&three("", "", "1,w,a,E,2020-01-01,,,Y"), "1"), "PER020;WR020");
}

#[test]
fn rule_8_a_person_id_counts_in_every_file() {
    let files = vec![
        Csv::new(Kind::Person, PERSON, ONE[0]),
        Csv::new(Kind::Assignment, "PersonNumber,PersonId,AssignmentId,PrimaryFlag", "1,y,a,Y"),
    ];
    let workforce = workforce(files);
    assert_eq!(["1", "2"].map(|number| codes(&workforce, number)), ["KEY022;KEY023", "KEY023"]);
}

#[test]
fn rule_9_undated_rows_of_one_key_say_the_same() {
    let relationships = |rows: &str| codes(&three(ONE[0], rows, ""), "1");
    assert_eq!(relationships("1,w,E,2020-01-01,,Y\n1,w,E,2020-01-01,,N"), "WR021");
    let persons = |rows: &str| {
        codes(&workforce(vec![Csv::new(Kind::Person, "PersonNumber,PersonId,LastName,NameType", rows)]), "1")
    };
    assert_eq!(persons("1,x,Ash,\n1,x,Oak,"), "PER021");
    assert_eq!(persons("1,x,Ash,\n1,,Ash,"), "", "an id is a key, and no value");
    assert_eq!(persons("1,x,Ash,GLOBAL\n1,x,Ash,US"), "PER021", "the type of a name is a value as well");
}

#[test]
fn rule_9_undated_names_of_one_type_say_the_same() {
    let names = |header: &str, rows: &str| {
        let files = vec![Csv::new(Kind::Person, PERSON, ONE[0]), Csv::new(Kind::Name, header, rows)];
        codes(&workforce(files), "1")
    };
    const UNDATED: &str = "PersonNumber,PersonId,NameType,LastName";
    assert_eq!(names(UNDATED, "1,x,GLOBAL,Ash\n1,x,GLOBAL,Oak"), "PER021");
    assert_eq!(names(UNDATED, "1,x,US,Yew\n1,x,GLOBAL,Ash\n1,x,GLOBAL,Oak"), "PER021");
    assert_eq!(names(UNDATED, "1,x,GLOBAL,Ash\n1,x,US,Oak"), "", "names of two types are two things");
    assert_eq!(names(UNDATED, "1,x,GLOBAL,Ash\n1,,GLOBAL,Ash"), "", "an id is a key, and no value");
    let dated = "PersonNumber,NameType,LastName,EffectiveStartDate,EffectiveEndDate";
    assert_eq!(names(dated, "1,GLOBAL,Ash,2020-01-01,2020-12-31\n1,GLOBAL,Oak,2021-01-01,"), "");
}

#[test]
fn rule_9_whether_rows_are_undated_is_told_by_their_own_file() {
    let both = |kind: Kind, rows: &str| {
        let dated = Csv::new(kind, "PersonNumber,LastName,EffectiveStartDate", "1,Ash,2020-01-01\n1,Elm,2021-01-01");
        let persons = Csv::new(Kind::Person, PERSON, ONE[0]);
        codes(&workforce(vec![persons, dated, Csv::new(kind, "PersonNumber,LastName", rows)]), "1")
    };
    for kind in [Kind::Person, Kind::Name] {
        assert_eq!(both(kind, "1,Ash\n1,Oak"), "PER021", "{kind}");
        assert_eq!(both(kind, "1,Oak\n2,Birch"), "", "{kind}: dated rows may differ from it, and from each other");
    }
}

#[test]
fn rule_9_a_flat_source_repeats_itself() {
    let flat = |rows: &str| {
        let header = "PersonNumber,PeriodOfServiceId,AssignmentId,LastName,DateStart,PrimaryAssignmentFlag";
        codes(&workforce(vec![Csv::new(Kind::Assignment, header, rows)]), "1")
    };
    assert_eq!(flat("1,w,a,Ash,2020-01-01,Y\n1,w,b,Ash,2020-01-01,N"), "");
    assert_eq!(flat("1,w,a,Ash,2020-01-01,Y\n1,w,b,Oak,2020-01-01,N"), "PER021");
    assert_eq!(flat("1,w,a,Ash,2020-01-01,Y\n1,w,b,Ash,2020-01-02,N"), "WR021");
    assert_eq!(flat("1,w,a,Ash,2020-01-01,Y\n1,v,b,Ash,2020-01-02,N"), "");
    assert_eq!(flat("1,,a,Ash,2020-01-01,Y"), "ASG030;ROW001", "the work relationship is the row's own");
}

#[test]
fn rule_9_without_ids_the_rows_of_a_person_tell_of_one_work_relationship() {
    let of = |columns: &str, rows: &str| {
        codes(&workforce(vec![Csv::new(Kind::Assignment, &format!("PersonNumber,AssignmentId,{columns}"), rows)]), "1")
    };
    let dated = "ActualTerminationDate,PrimaryFlag";
    assert_eq!(of(dated, "1,a,2021-12-31,N\n1,b,,Y\n2,c,2020-12-31,Y"), "WR021", "a leaver who was rehired");
    assert_eq!(of(dated, "1,a,,N\n1,b,,Y\n2,c,2020-12-31,Y"), "");
    assert_eq!(of("LegalEmployerName,PrimaryFlag", "1,a,V,N\n1,b,W,Y"), "", "hand-made: rule 18");
}

#[test]
fn rule_17_a_flag_is_filled_in_whatever_it_says() {
    let is_filled = |workforce: &Workforce| has_primary_flags(&workforce.tables);
    assert!(is_filled(&with("1,w,a,E,2020-01-01,,,Y")));
    let blank = |flag: &str| three(ONE[0], &format!("1,w,E,2020-01-01,,{flag}"), "1,w,a,E,2020-01-01,,,");
    assert!(!is_filled(&blank("")) && is_filled(&blank("N")) && is_filled(&blank("maybe")));
}

#[test]
fn rule_24_managers_of_a_file_without_numbers_are_of_whoever_has_the_assignment() {
    const NUMBERLESS: &str = "AssignmentId,ManagerAssignmentId,EffectiveStartDate,PrimaryFlag";
    let assignments = Csv::new(Kind::Assignment, ASSIGNMENT, "1,w,a,E,2020-01-01,,,Y\n2,v,b,E,2020-01-01,,,Y");
    let numbered = Csv::new(Kind::Manager, "PersonNumber,AssignmentId,ManagerAssignmentId", "1,a,b\n,b,a\n2,b,c");
    let others = "b,a,2020-01-01,\nx,a,2020-01-01,\nx,a,2020-01-01,\nx,a,2020-01-01T10:00,\nx,a,2020-01-01,maybe";
    let workforce = workforce(vec![assignments, numbered, Csv::new(Kind::Manager, NUMBERLESS, others)]);
    let managers = workforce.table(Kind::Manager);
    let of = |person: usize| managers.of(person).iter().map(|row| (row.file, row.line)).collect::<Vec<_>>();
    assert_eq!((of(0), of(1)), (vec![(0, 2)], vec![(0, 4), (1, 2)]), "a blank number is nobody's");
    let nobodys = managers.rows.rows.iter().filter(|row| row.person == NOBODY);
    let mut nobodys: Vec<_> = nobodys.map(|row| (row.file, row.line, row.fate)).collect();
    nobodys.sort_by_key(|row| (row.0, row.1));
    let fates = [Fate::Rejected, Fate::Admitted, Fate::Duplicate, Fate::Admitted, Fate::Rejected];
    assert_eq!(nobodys.iter().map(|row| row.2).collect::<Vec<_>>(), fates);
    let found = workforce.findings.iter().map(|(code, _, found)| {
        assert!(found.examples.iter().all(|example| example.person_number.is_none()), "{code} is nobody's");
        (code.text(), found.count)
    });
    assert_eq!(found.collect::<Vec<_>>(), [("ROW001", 1), ("ROW010", 1), ("ROW033", 1), ("ROW034", 1)]);
}

#[test]
fn rule_24_a_row_that_takes_no_part_takes_no_manager_from_whoever_has_the_assignment() {
    let owner = |others: &str| {
        let rows = format!("{others}\n2,v,b,E,2020-01-01,,,Y");
        let manager = Csv::new(Kind::Manager, "AssignmentId,ManagerAssignmentId", "b,a");
        let workforce = workforce(vec![Csv::new(Kind::Assignment, ASSIGNMENT, &rows), manager]);
        workforce.number(workforce.table(Kind::Manager).rows.rows[0].person as usize).to_owned()
    };
    assert_eq!(owner("1,w,b,ET,2020-01-01,,,Y"), "2", "set aside");
    assert_eq!(owner("02,w,b,E,2020-01-01,,,maybe"), "2", "rejected");
    assert_eq!(owner("1,w,b,E,2020-01-01,,,Y"), "1", "both have it: KEY021");
}

#[test]
fn rule_27_a_person_is_in_with_a_row_that_takes_part() {
    let workforce = three("1,x,31/01/2020,,Ash", "", "1,w,a,O,2020-01-01,,,Y");
    assert_eq!(workforce.notes.iter().map(|notes| notes.present).collect::<Vec<_>>(), [false]);
    assert!(with("").notes.iter().all(|notes| notes.present));
}
