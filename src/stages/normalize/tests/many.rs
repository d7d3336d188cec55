//! One person, or two, with more rows than anybody has: what is done for each of them must not be done for each pair of
//! them, or a file of a few megabytes holds up a run for hours (promise 21).

use super::super::testing::{Csv, codes, workforce};
use crate::model::code::Code;
use crate::model::kind::Kind;
use crate::model::row::Fate;

/// Too many for a look at each pair.
const MANY: usize = 200_000;

fn lines(of: impl Fn(usize) -> String) -> String {
    (0..MANY).map(|nth| of(nth) + "\n").collect()
}

#[test]
fn rules_6_and_8_each_of_many_assignments_finds_its_own_of_many_work_relationships() {
    let relationships = lines(|nth| format!("1,w{nth},E")) + "1,w7,C\n1,x,O";
    let assignments = lines(|nth| format!("1,w{},a{nth}", MANY - 1 - nth)) + "1,x,b";
    let workforce = workforce(vec![
        Csv::new(Kind::Person, "PersonNumber,LastName", "1,Ash"),
        Csv::new(Kind::WorkRelationship, "PersonNumber,PeriodOfServiceId,PeriodType", &relationships),
        Csv::new(Kind::Assignment, "PersonNumber,PeriodOfServiceId,AssignmentId", &assignments),
    ]);
    assert_eq!(codes(&workforce, "1"), "ROW021;WR021", "one is under an offer, and two tell of w7");
    assert!(workforce.untyped.is_empty());
}

#[test]
fn rule_6_of_few_rows_and_of_many_the_first_by_its_text_tells_the_type() {
    for rows in [1, 20] {
        let of = |kind: &str| (1..=rows).map(|day| format!("1,w,{kind},2020-01-{day:02}\n")).collect::<String>();
        let header = "PersonNumber,PeriodOfServiceId,PeriodType,DateStart";
        let workforce = workforce(vec![
            Csv::new(Kind::WorkRelationship, header, &(of("E") + &of("CT") + &of("N"))),
            Csv::new(Kind::Assignment, "PersonNumber,PeriodOfServiceId,AssignmentId", "1,w,a"),
        ]);
        assert_eq!(workforce.table(Kind::Assignment).of(0)[0].fate, Fate::SetAside(Code::Row020), "{rows}");
    }
}

#[test]
fn rule_8_two_persons_with_many_person_ids_in_common_are_told() {
    let of = |person: usize, id: &dyn Fn(usize) -> usize| lines(|nth| format!("{person},q{},{person}-{nth}", id(nth)));
    let rows = of(1, &|nth| nth) + &of(2, &|nth| MANY - 1 - nth) + "3,q,c";
    let workforce = workforce(vec![Csv::new(Kind::Assignment, "PersonNumber,PersonId,AssignmentId", &rows)]);
    assert_eq!(["1", "2", "3"].map(|number| codes(&workforce, number)), ["KEY022;KEY023", "KEY022;KEY023", ""]);
}

#[test]
fn rule_9_names_of_many_types_are_compared_within_their_own() {
    let names = lines(|nth| format!("1,T{nth},Ash"));
    let of = |more: &str| {
        codes(&workforce(vec![Csv::new(Kind::Name, "PersonNumber,NameType,LastName", &(names.clone() + more))]), "1")
    };
    assert_eq!([of("1,T,Oak"), of("1,T7,Oak")], ["", "PER021"]);
}
