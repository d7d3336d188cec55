//! States with a file of their own (rule 19).

use super::{ASSIGNMENTS, PERSONS, RELATIONSHIPS, Scene};

/// Beside Ada and Bob a future hire and somebody who left.
fn scene() -> Scene {
    Scene::new()
        .extract("person", &format!("{PERSONS}3,903,C,c@x.example,,\n4,904,D,d@x.example,,\n"))
        .extract(
            "work_relationship",
            &format!("{}3,P3,GB,2027-01-01,Y,\n4,P4,GB,2020-01-01,Y,2025-12-31\n", RELATIONSHIPS.replace('\n', ",\n"))
                .replacen("PrimaryFlag,", "PrimaryFlag,ActualTerminationDate", 1),
        )
        .extract(
            "assignment",
            &format!("{ASSIGNMENTS}3,A3,P3,E,2027-01-01,Y,ACTIVE,,2\n4,A4,P4,E,2020-01-01,Y,INACTIVE,,\n"),
        )
}

const FIELDS: &str = "N = \"PersonNumber\"\nL = \"LastName\"\nM = \"ManagerPersonNumber\"\n";

#[test]
fn a_state_with_a_file_of_its_own_stands_there_and_nowhere_else() {
    let left = scene().with("[resolve.emit]\nfuture = { file = \"future.csv\" }\n").run(FIELDS);
    assert_eq!(left.users(), ["1,Row,2", "2,Bobson,", "4,D,"]);
    assert_eq!(left.lines("future.csv"), ["3,C,2"]);
    assert!(left.files["resolution.csv"].contains("3,FUTURE,false,emitted,P3,A3,2,"));
    assert_eq!(left.report["balance"]["persons"]["emitted"], 4);
    let outputs = left.report["outputs"].as_array().unwrap();
    let rows = |file: &str| outputs.iter().find(|output| output["path"] == file).map(|output| output["rows"].clone());
    assert_eq!((rows("users.csv"), rows("future.csv")), (Some(3.into()), Some(1.into())));
    assert!(left.files["manifest.json"].contains("future.csv"));
}

#[test]
fn states_may_share_a_file_and_an_empty_one_is_written_too() {
    let both = "[resolve.emit]\nfuture = { file = \"others.csv\" }\nterminated = { file = \"others.csv\" }\n\
        pending = { file = \"pending.csv\" }\n";
    let left = scene().with(both).run(FIELDS);
    assert_eq!(left.lines("others.csv"), ["3,C,2", "4,D,"]);
    assert_eq!(left.files["pending.csv"], "N,L,M\r\n", "the receiver always finds the file");
}

#[test]
fn whoever_is_emitted_as_inactive_is_written_so() {
    let left =
        scene().with("[resolve.emit]\nactive = \"emit_inactive\"\n").run("N = \"PersonNumber\"\nA = \"Active\"\n");
    assert_eq!(left.users(), ["1,false", "2,false", "4,false"]);
    assert!(left.files["resolution.csv"].contains("1,CURRENT,true,emitted_inactive,P1,A1,"), "employed all the same");
    assert_eq!(left.report["balance"]["persons"]["active"], 0);
}

#[test]
fn guards_speak_of_the_user_file_and_its_active_users() {
    let future = "[resolve.emit]\nfuture = { file = \"future.csv\" }\n";
    let Err(error) = scene().guard("min_users = 4").with(future).try_run(FIELDS) else { panic!("published") };
    assert!(error.to_string().contains("min_users tripped: 3"), "{error}");
    let scene = scene().with(future);
    scene.run(FIELDS);
    let without =
        |kind: &str| scene.extracts[kind].0[0].lines().filter(|line| !line.starts_with('3')).collect::<Vec<_>>();
    let [people, employed, assigned] =
        ["person", "work_relationship", "assignment"].map(|kind| without(kind).join("\n") + "\n");
    let later =
        scene.extract("person", &people).extract("work_relationship", &employed).extract("assignment", &assigned);
    let left = later.run(FIELDS);
    assert_eq!(left.report["changes"]["leavers"], 0, "a future hire who is withdrawn was no active user");
}

#[test]
fn a_file_that_cannot_be_is_refused_where_it_stands() {
    for (file, said) in [
        ("users.csv", "an [[output]] writes this file"),
        ("manifest.json", "every run writes its own manifest.json"),
        ("a/b.csv", "a plain name"),
    ] {
        let error =
            scene().with(&format!("[resolve.emit]\nfuture = {{ file = \"{file}\" }}\n")).pipeline(FIELDS).unwrap_err();
        assert!(error.contains(said) && error.contains("future = "), "{error}");
    }
}
