//! Outputs beside one another, what their files and columns are called, and columns of the extract under their own headers.

use super::Scene;

const ID: &str = "\"Id\" = \"PersonNumber\"";
const ALL: &str = "[[output]]\nprofile = 'csv'\nfile = 'all.csv'\n";

/// The mistakes of a pipeline with these outputs.
fn mistakes(more: &str) -> String {
    Scene::new().with(more).pipeline(ID).map(|_| ()).err().unwrap_or_default()
}

#[test]
fn an_output_of_every_attribute_takes_nothing_from_those_beside_it_and_shows_nothing_of_theirs() {
    let alone = Scene::new().with(ALL).run(ID);
    assert!(alone.files["all.csv"].starts_with("PersonNumber,"), "{}", alone.files["all.csv"]);
    // What no file has, what is only read under a qualified name, and what is read by a condition.
    let fields = format!(
        "{ID}\n\"Since\" = \"assignment.EffectiveStartDate\"\n\"Middle\" = \"MiddleNames\"\n\"Born\" = \"person.EffectiveStartDate\""
    );
    let beside = Scene::new().with(ALL).run(&fields);
    assert_eq!(beside.users(), ["1,2020-01-01,,", "2,2020-01-01,,"]);
    assert_eq!(beside.files["all.csv"], alone.files["all.csv"]);
    let some = format!("{ALL}where = \"assignment.EffectiveStartDate < '2020-01-02' AND MiddleNames IS NULL\"\n");
    let some = Scene::new().with(&some).run(ID);
    assert_eq!(some.files["all.csv"], alone.files["all.csv"]);
}
