//! Sections 8 and 10 of `resolution.md` and its rule 27, on persons who are resolved already.

use super::{attributes, balance, uniqueness};
use crate::model::code::Code;
use crate::model::kind::Kind;
use crate::model::worker::Disposition;
use crate::stages::normalize::Workforce;
use crate::stages::normalize::testing::{Csv, DAY, workforce};
use crate::stages::resolve::{Resolve, Resolved, resolve_all};

/// Persons by last name, e-mail, user name and status of their one assignment.
fn people(rows: &[[&str; 4]]) -> (Workforce, Vec<Resolved>) {
    let number = |(index, _): &(usize, &[&str; 4])| index + 1;
    let persons: String = rows
        .iter()
        .enumerate()
        .map(|one| format!("{},{},{},{}\n", number(&one), one.1[0], one.1[1], one.1[2]))
        .collect();
    let assignments: String =
        rows.iter().enumerate().map(|one| format!("{0},a{0},{1},Y\n", number(&one), one.1[3])).collect();
    let workforce = workforce(vec![
        Csv::new(Kind::Person, "PersonNumber,LastName,WorkEmail,UserName", &persons),
        Csv::new(Kind::Assignment, "PersonNumber,AssignmentId,AssignmentStatusType,PrimaryFlag", &assignments),
    ]);
    let resolved = resolve_all(&workforce, &Resolve::default(), DAY);
    (workforce, resolved)
}

/// The codes of a person after section 8, and what became of it.
fn checked(last_name: &str, email: &str, required: bool, policy: Disposition) -> String {
    let (workforce, mut resolved) = people(&[[last_name, email, "", "ACTIVE"]]);
    resolved[0].disposition = policy;
    attributes::check(&workforce, &mut resolved, required);
    format!("{} {}", resolved[0].codes, resolved[0].disposition.text())
}

#[test]
fn rules_21_and_22_are_strict_with_those_who_are_to_be_emitted() {
    use Disposition::{Emitted, Excluded, Filtered};
    assert_eq!(checked("Ash", "a@x", true, Emitted), " emitted");
    assert_eq!(checked("", "a@x", true, Emitted), "PER031 quarantined");
    assert_eq!(checked("Ash", "a", true, Emitted), "PER041 quarantined");
    assert_eq!(checked("Ash", "", true, Emitted), "OUT010 quarantined");
    assert_eq!(checked("Ash", "", false, Emitted), "OUT010 emitted");
    assert_eq!(checked("", "", true, Excluded), "PER031 excluded");
    assert_eq!(checked("", "a", true, Filtered), "PER031;PER041 filtered");
}

#[test]
fn rule_26_what_is_shared_is_nobodys_but_the_only_active_ones() {
    let shared = |rows: &[[&str; 4]]| -> Vec<String> {
        let (workforce, resolved) = people(rows);
        let found = uniqueness::shared(&workforce, &resolved);
        found.into_iter().map(|(person, code)| format!("{person} {code}")).collect()
    };
    let [active, inactive] = ["ACTIVE", "INACTIVE"];
    assert_eq!(
        shared(&[["A", "a@x", "u", active], ["B", "A@X", "U", active]]),
        ["0 OUT002", "1 OUT002", "0 OUT003", "1 OUT003"]
    );
    assert_eq!(shared(&[["A", "a@x", "", active], ["B", "a@x", "", inactive]]), ["1 OUT002"]);
    assert_eq!(shared(&[["A", "a@x", "", inactive], ["B", "a@x", "", inactive]]), ["0 OUT002", "1 OUT002"]);
    assert!(shared(&[["A", "", "", active], ["B", "", "", active]]).is_empty());
    assert!(shared(&[["A", "a@x", "u", active], ["B", "b@x", "v", active]]).is_empty(), "others have others");
    assert_eq!(shared(&[["A", "É@x", "", active], ["B", "é@x", "", active]]), ["0 OUT002", "1 OUT002"]);
}

#[test]
fn rule_27_the_sums_are_those_of_the_files() {
    let rows =
        "1,a,E,ACTIVE,Y\n1,a,E,ACTIVE,Y\n1,b,O,ACTIVE,Y\n2,c,E,ACTIVE,maybe\n3,d,E,STRANGE,Y\n4,e,E,INACTIVE,Y\n5,f";
    let header = "PersonNumber,AssignmentId,AssignmentType,AssignmentStatusType,PrimaryFlag";
    let workforce = workforce(vec![Csv::new(Kind::Assignment, header, rows)]);
    let mut resolved = resolve_all(&workforce, &Resolve::default(), DAY);
    resolved[3].disposition = Disposition::Excluded;
    let rows = balance::of_rows(&workforce, &resolved, DAY)[Kind::Assignment as usize];
    assert!(rows.is_even(), "{rows:?}");
    let buckets = [rows.records, rows.used, rows.set_aside, rows.rejected, rows.duplicates, rows.quarantined];
    assert_eq!(buckets, [7, 2, 1, 2, 1, 1]);
    let persons = balance::Persons::count(&resolved);
    assert!(persons.is_even(), "{persons:?}");
    assert_eq!((persons.present, persons.emitted, persons.active, persons.quarantined), (3, 1, 1, 1));
    assert_eq!(persons.excluded.into_iter().collect::<Vec<_>>(), [("TERMINATED".to_owned(), 1)]);
}

#[test]
fn rule_27_the_rows_of_a_satellite_stand_in_one_bucket_each() {
    let phones = "1,W1,1,2020-01-01,\n1,W1,0,2020-01-01,\n1,WM,2,2020-01-01,\n1,W1,3,2026-11-21,\n1,W1,4,soon,\n1,W1,3,2026-11-21,\n\
                  2,W1,5,2020-01-01,\n2,W1,5";
    let workforce = workforce(vec![
        Csv::new(Kind::Person, "PersonNumber,LastName", "1,Ash\n2,Birch"),
        Csv::new(
            Kind::Assignment,
            "PersonNumber,AssignmentId,AssignmentStatusType,PrimaryFlag",
            "1,a,ACTIVE,Y\n2,b,STRANGE,Y",
        ),
        Csv::new(Kind::Phone, "PersonNumber,PhoneType,PhoneNumber,EffectiveStartDate,EffectiveEndDate", phones),
    ]);
    let resolved = resolve_all(&workforce, &Resolve::default(), DAY);
    let rows = balance::of_rows(&workforce, &resolved, DAY)[Kind::Phone as usize];
    assert!(rows.is_even(), "{rows:?}");
    let buckets = [rows.records, rows.used, rows.superseded, rows.not_in_effect, rows.rejected, rows.duplicates];
    assert_eq!((buckets, rows.quarantined), ([8, 1, 2, 1, 2, 1], 1));
    let persons = balance::of_rows(&workforce, &resolved, DAY)[Kind::Person as usize];
    assert_eq!((persons.records, persons.used, persons.quarantined), (2, 1, 1));
    let none = balance::Persons::default();
    assert!(!balance::Persons { present: 1, ..none.clone() }.is_even());
    assert!(balance::Persons { present: 6, emitted: 3, filtered: 2, quarantined: 1, ..none }.is_even());
}

#[test]
fn rule_27_who_is_filtered_and_what_was_not_taken_are_counted() {
    let header = "PersonNumber,AssignmentId,AssignmentStatusType,PrimaryFlag,EffectiveStartDate,EffectiveEndDate";
    let rows = "1,a,ACTIVE,Y,2020-01-01,\n1,a,ACTIVE,Y,2019-01-01,\n1,a,ACTIVE,Y,2018-01-01,2018-12-31\n\
                2,b,ACTIVE,Y,2020-01-01,\n2,b,ACTIVE,Y,2019-01-01,\n2,b,ACTIVE,Y,2018-01-01,2018-12-31";
    let workforce = workforce(vec![Csv::new(Kind::Assignment, header, rows)]);
    let mut resolved = resolve_all(&workforce, &Resolve::default(), DAY);
    resolved.iter_mut().for_each(|person| person.disposition = Disposition::Filtered);
    let sums = balance::of_rows(&workforce, &resolved, DAY)[Kind::Assignment as usize];
    assert_eq!((sums.records, sums.used, sums.superseded, sums.not_in_effect), (6, 2, 2, 2));
    let persons = balance::Persons::count(&resolved);
    assert_eq!((persons.present, persons.filtered, persons.emitted, persons.quarantined), (2, 2, 0, 0));
    assert!(persons.is_even());
    uniqueness::quarantine(&mut resolved[0], Code::Out002);
    assert_eq!(resolved[0].disposition, Disposition::Quarantined);
    assert!(resolved[0].errors.contains(Code::Out002) && resolved[0].codes.contains(Code::Out002));
}
