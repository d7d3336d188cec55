//! A kind in several files with different columns: what a file lacks is blank in its rows, and no row is lost.

use super::{ASSIGNMENTS, Scene};

const FIELDS: &str = "N = \"PersonNumber\"\nM = \"ManagerPersonNumber\"";

#[test]
fn managers_of_a_file_without_numbers_count_beside_a_file_with_them() {
    let numbered = "PersonNumber,AssignmentId,ManagerAssignmentId,EffectiveStartDate\n1,A1,A2,2020-01-01\n";
    let bare = "AssignmentId,ManagerAssignmentId,EffectiveStartDate\nA2,A1,2020-01-01\n";
    for parts in [[numbered, bare], [bare, numbered]] {
        let scene = Scene::new().parts("manager", &parts);
        let left = scene.run(FIELDS);
        assert_eq!((left.users(), left.balance("manager").as_str()), (vec!["1,2", "2,1"], "in 2, used 2"));
        let Err(error) = scene.run_within(Some(1 << 30), FIELDS) else { panic!("published") };
        assert!(error.to_string().contains("of2.csv has no PersonNumber"), "{error}");
    }
}

#[test]
fn duplicate_managers_of_no_assignment_are_counted_and_told_without_a_number() {
    let rows = "AssignmentId,ManagerAssignmentId,EffectiveStartDate\nA9,A1,2020-01-01\nA9,A1,2020-01-01\nA8,A1,2020-01-01T10:00\n";
    let left = Scene::new().extract("manager", rows).run(FIELDS);
    assert_eq!(left.balance("manager"), "in 3, superseded 2, duplicates 1");
    for (code, line) in [("ROW010", 3), ("ROW033", 4)] {
        let found = left.report["findings"].as_array().unwrap().iter().find(|found| found["code"] == code).unwrap();
        let example = &found["examples"][0];
        assert!(example["person_number"].is_null() && example["line"] == line, "{found}");
    }
}

#[test]
fn assignments_of_a_file_without_the_work_relationship_are_row001_where_another_file_has_it() {
    let lacks = "PersonNumber,AssignmentId,EffectiveStartDate,PrimaryAssignmentFlag,AssignmentStatusType,Own\n\
                 1,A1,2026-01-01,Y,ACTIVE, as it came\n2,A2,2019-01-01,Y,,\n";
    let scene = |parts: &[&str]| Scene::new().without("work_relationship").parts("assignment", parts);
    for parts in [&[ASSIGNMENTS, lacks][..], &[lacks, ASSIGNMENTS], &["", lacks, ASSIGNMENTS]] {
        let mut scene = scene(parts);
        scene.extracts.get_mut("assignment").unwrap().1 = "allow_empty = true\n".into();
        let left = scene.run(FIELDS);
        assert_eq!(left.balance("assignment"), "in 4, rejected 2, quarantined 2", "{parts:?}");
        for person in ["1", "2"] {
            assert_eq!(left.codes(person, &["ASG", "ROW", "PRI"]), ["ASG030", "ROW001"]);
        }
        let (file, rejects) = (parts.iter().position(|part| *part == lacks).unwrap() + 1, "rejects/assignment.csv");
        let own = |text: &str| text.matches(" as it came").count();
        assert_eq!((left.lines(rejects).len(), own(&left.files[rejects])), (2, 1));
        let place = format!("ROW001,E,assignment_{file}of{}.csv,2,", parts.len());
        assert!(left.lines(rejects)[0].starts_with(&place), "{}", left.files[rejects]);
        let within = scene.run_within(Some(1 << 30), FIELDS).unwrap();
        assert_eq!(within.files, left.files, "the same within a limit of memory");
    }
}

#[test]
fn a_hand_made_source_in_two_files_has_no_work_relationships_in_either() {
    let part = |row: &str| format!("PersonNumber,AssignmentId,EffectiveStartDate,PrimaryFlag\n{row},2020-01-01,Y\n");
    let parts = [part("1,A1"), part("2,A2")];
    let left = Scene::new().without("work_relationship").parts("assignment", &[&parts[0], &parts[1]]).run(FIELDS);
    assert_eq!((left.users(), left.balance("assignment").as_str()), (vec!["1,", "2,"], "in 2, used 2"));
}

#[test]
fn a_year_of_two_digits_deactivates_nobody() {
    let rows = "PersonNumber,PeriodOfServiceId,DateStart,ActualTerminationDate,PrimaryFlag\n\
                1,P1,01/01/2020,31/12/26,Y\n2,P2,01/01/2020,31/12/2026,Y\n";
    let left = Scene::new().extract_with("work_relationship", rows, "date_format = '%d/%m/%Y'\n").run(FIELDS);
    assert_eq!((left.users(), left.codes("1", &["ROW", "WR"])), (vec!["2,"], vec!["ROW032", "WR020"]));
}
