//! Section 9 of `resolution.md`, sentence by sentence.

use super::world;
use crate::model::kind::Kind;
use crate::model::worker::Disposition;
use crate::stages::normalize::testing::{Csv, DAY, workforce};
use crate::stages::resolve::{Resolve, Resolved, managers, resolve_all};

/// The manager of person 1 by these keys, and the codes; 2 and 3 have assignments b and c, 4 has none.
fn manager(keys: &str) -> String {
    let rows = format!(
        "1,w,a,2020-01-01,,1,Y,ACTIVE,,Y,,{keys}\n2,v,b,2020-01-01,,1,Y,ACTIVE,,Y,,,\n3,u,c,2020-01-01,2020-12-31,1,Y,ACTIVE,,Y,,,"
    );
    let relationships = "1,w,E,2020-01-01,,Y\n2,v,E,2020-01-01,,Y\n3,u,E,2020-01-01,2020-12-31,Y";
    let workforce = world(relationships, &rows);
    let mut resolved = resolve_all(&workforce, &Resolve::default(), DAY);
    managers::find(&managers::Directory::new(&workforce), &mut resolved, DAY);
    let number = resolved[0].manager.map_or("-", |manager| workforce.number(manager as usize));
    format!("{number} {}", resolved[0].codes)
}

#[test]
fn rule_24_the_first_key_that_is_known_decides() {
    assert_eq!(manager("b,"), "2 ");
    assert_eq!(manager("c,"), "3 ", "an assignment that has ended");
    assert_eq!(manager(",2"), "2 ");
    assert_eq!(manager("nobody,2"), "2 ");
    assert_eq!(manager("b,3"), "2 MGR011");
    assert_eq!(manager("nobody,"), "- MGR020");
    assert_eq!(manager("a,"), "- MGR022");
    assert_eq!(manager(","), "- MGR030");
    assert_eq!(manager(",\n1,w,a,2020-01-01,,1,Y,ACTIVE,,Y,,c,"), "3 ");
    assert_eq!(manager("b,\n1,w,d,2020-01-01,,1,Y,ACTIVE,,N,,c,"), "2 ", "another assignment has its own");
    assert_eq!(manager("c,\n1,w,a,2020-01-01,,1,Y,ACTIVE,,Y,,b,"), "2 MGR010", "byte order of the keys");
}

#[test]
fn rule_24_numbers_of_assignments_and_ids_of_persons_lead_to_somebody_too() {
    let header = "PersonNumber,AssignmentId,AssignmentNumber,ManagerAssignmentNumber,ManagerId,ManagerType,AssignmentStatusType,PrimaryFlag";
    let of = |keys: &str| {
        let workforce = workforce(vec![
            Csv::new(Kind::Person, "PersonNumber,PersonId,LastName", "1,p1,Ash\n2,p2,Birch\n3,p3,Cedar"),
            Csv::new(
                Kind::Assignment,
                header,
                &format!("1,a,A-1,{keys},ACTIVE,Y\n2,b,A-2,,,,ACTIVE,Y\n3,c,A-3,,,,ACTIVE,Y"),
            ),
        ]);
        let mut resolved = resolve_all(&workforce, &Resolve::default(), DAY);
        managers::find(&managers::Directory::new(&workforce), &mut resolved, DAY);
        let number = resolved[0].manager.map_or("-", |manager| workforce.number(manager as usize));
        format!("{number} {}", resolved[0].codes)
    };
    assert_eq!(of("A-2,,"), "2 ");
    assert_eq!(of("A-3,,LINE_MANAGER"), "3 ");
    assert_eq!(of(",p2,"), "2 ");
    assert_eq!(of(",p3,"), "3 ");
    assert_eq!(of("A-9,p3,"), "3 ");
    assert_eq!(of("A-2,p3,"), "2 MGR011");
    assert_eq!(of("A-2,,PROJECT_MANAGER"), "- MGR030");
    let twice = "A-8,,,ACTIVE,Y\n2,d,A-8,,,,ACTIVE,N\n2,e,A-8,,,,ACTIVE,N\n";
    assert_eq!(of(&format!("{twice}2,f,A-7,,,")), "2 ", "one person with two assignments of that number");
    assert_eq!(of(&format!("{twice}3,d3,A-8,,,")), "- MGR020", "a number that names two names nobody");
}

#[test]
fn rule_24_a_person_without_an_assignment_is_no_manager() {
    let workforce = world("1,w,E,2020-01-01,,Y", "1,w,a,2020-01-01,,1,Y,ACTIVE,,Y,,,2");
    let mut resolved = resolve_all(&workforce, &Resolve::default(), DAY);
    managers::find(&managers::Directory::new(&workforce), &mut resolved, DAY);
    assert_eq!(resolved[0].codes.to_string(), "MGR020");
}

/// Three persons who name each other by index, none of them excluded but those given.
fn chain(named: [Option<u32>; 3], excluded: &[usize]) -> Vec<Resolved> {
    let rows =
        "1,w,a,2020-01-01,,1,Y,ACTIVE,,Y,,,\n2,v,b,2020-01-01,,1,Y,ACTIVE,,Y,,,\n3,u,c,2020-01-01,,1,Y,ACTIVE,,Y,,,";
    let relationships = "1,w,E,2020-01-01,,Y\n2,v,E,2020-01-01,,Y\n3,u,E,2020-01-01,,Y";
    let mut resolved = resolve_all(&world(relationships, rows), &Resolve::default(), DAY);
    for (person, manager) in resolved.iter_mut().zip(named) {
        person.manager = manager;
    }
    for person in excluded {
        resolved[*person].disposition = Disposition::Excluded;
    }
    resolved
}

#[test]
fn rule_25_managers_who_are_not_emitted_and_cycles() {
    let told = |named: [Option<u32>; 3], excluded: &[usize], keep: bool| -> Vec<String> {
        let mut resolved = chain(named, excluded);
        let named = managers::named(&resolved);
        managers::settle(&mut resolved, &named, keep);
        resolved.iter().map(|person| format!("{:?} {}", person.manager, person.codes)).collect()
    };
    let [none, blank, cycle] = ["None ", "None MGR021", "Some(1) MGR023"];
    assert_eq!(told([Some(1), None, None], &[], false), ["Some(1) ", none, none]);
    assert_eq!(told([Some(1), None, None], &[1], false), [blank, none, none]);
    assert_eq!(told([Some(1), None, None], &[1], true), ["Some(1) MGR021", none, none]);
    assert_eq!(told([Some(1), Some(2), None], &[], false), ["Some(1) ", "Some(2) ", none], "a chain is no cycle");
    assert_eq!(told([Some(1), Some(0), Some(0)], &[], false), [cycle, "Some(0) MGR023", "Some(0) "]);
    assert_eq!(told([Some(1), Some(2), Some(1)], &[], false), ["Some(1) ", "Some(2) MGR023", cycle]);
}

#[test]
fn rule_25_managers_come_first_where_the_pipeline_says_so() {
    let order = |named: [Option<u32>; 3]| managers::managers_first(&chain(named, &[]), &[0, 1, 2]);
    assert_eq!(order([Some(1), Some(2), None]), [2, 1, 0]);
    assert_eq!(order([None, Some(0), Some(0)]), [0, 1, 2]);
    assert_eq!(order([Some(1), Some(0), None]), [1, 0, 2], "a cycle is broken at the smallest");
    assert_eq!(order([Some(2), Some(2), Some(1)]), [2, 1, 0], "wherever it is entered");
    assert_eq!(order([Some(1), Some(2), Some(1)]), [2, 1, 0]);
}
