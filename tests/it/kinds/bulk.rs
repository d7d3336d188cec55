//! Bulk requests: their limits, the ids of accounts, and managers who do not stand in the file.

use serde_json::Value;

use super::{ASSIGNMENTS, Left, PERSONS, RELATIONSHIPS, Scene};

const FIELDS: &str = "N = \"PersonNumber\"\nM = \"ManagerPersonNumber\"";

fn output(profile: &str, more: &str) -> String {
    format!("[[output]]\nprofile = '{profile}'\nfile = 'users.json'\n{more}\n")
}

/// The operations of each request, in the order in which they are sent.
fn requests(left: &Left) -> Vec<Vec<Value>> {
    let files = left.files.iter().filter(|(name, _)| name.starts_with("users-") && name.ends_with(".json"));
    let request =
        |text: &String| serde_json::from_str::<Value>(text).unwrap()["Operations"].as_array().unwrap().clone();
    files.map(|(_, text)| request(text)).collect()
}

/// Ada and Bob, and three more whom Ada leads; Ada and Bob lead each other.
fn company() -> Scene {
    let (mut persons, mut relationships, mut assignments) =
        (PERSONS.to_owned(), RELATIONSHIPS.to_owned(), ASSIGNMENTS.replace("ACTIVE,D2,\n", "ACTIVE,D2,1\n"));
    for n in 3..6 {
        persons += &format!("{n},90{n},P{n},p{n}@row.example,row-{n},\n");
        relationships += &format!("{n},P{n},GB,2020-01-01,Y\n");
        assignments += &format!("{n},A{n},P{n},E,2020-01-01,Y,ACTIVE,D{n},1\n");
    }
    Scene::new()
        .extract("person", &persons)
        .extract("work_relationship", &relationships)
        .extract("assignment", &assignments)
}

#[test]
fn a_request_holds_no_more_than_the_pipeline_says() {
    for (limits, most) in [("", 1000), ("rows = 2", 2), ("rows = 1", 1), ("bytes = 1200", 3)] {
        let left = company().with(&output("scim-bulk", &format!("[output.limits]\n{limits}"))).run(FIELDS);
        let requests = requests(&left);
        let operations: Vec<&Value> = requests.iter().flatten().collect();
        assert!(requests.iter().all(|request| request.len() <= most), "{limits}: {requests:?}");
        assert_eq!(requests.len() > 1, !limits.is_empty(), "{limits}");
        assert_eq!(operations.iter().filter(|operation| operation["method"] == "POST").count(), 5, "{limits}");
        // Everybody has a manager, be it said at once, at the end of the request or in the second pass.
        let told = |operation: &&&Value| {
            operation.to_string().matches("bulkId:").count() + operation.to_string().matches("externalId:").count() > 0
        };
        assert_eq!(operations.iter().filter(told).count(), 5, "{limits}: {operations:?}");
        let files = left.files.iter().filter(|(name, _)| name.starts_with("users-"));
        assert!(limits != "bytes = 1200" || files.into_iter().all(|(_, text)| text.len() <= 1200));
    }
    let Err(error) = company().with(&output("scim-bulk", "[output.limits]\nbytes = 300")).try_run(FIELDS) else {
        panic!("published")
    };
    assert!(error.exit_code() == 8 && error.to_string().contains("300 bytes"), "{}: {error}", error.exit_code());
    // Whose it is is told, and that no disk is to blame.
    assert!(error.to_string().contains("operation of 2 and"), "{error}");
    assert!(error.help().is_some_and(|help| help.contains("[output.limits]")), "{:?}", error.help());
}

#[test]
fn two_persons_with_one_account_stop_the_run() {
    let accounts = |ids: &str| {
        let keys = "key = 'PersonNumber'\nattributes = ['UserId']";
        Scene::new().extract_with("accounts", ids, keys).with(&output("oracle-scim-bulk", ""))
    };
    let left = accounts("PersonNumber,UserId\n1,X1\n2,X2\n").run(FIELDS);
    assert_eq!(requests(&left).concat().len(), 2);
    let Err(error) = accounts("PersonNumber,UserId\n1,X1\n2,X1\n").try_run(FIELDS) else { panic!("published") };
    assert!(error.to_string().contains("OUT001") && error.to_string().contains("\"id\""), "{error}");
    // Whose account is not known is looked up, however many they are.
    let left = accounts("PersonNumber,UserId\n3,X1\n").run(FIELDS);
    assert_eq!(requests(&left).concat().len(), 0);
}

#[test]
fn a_manager_who_does_not_stand_in_the_file_is_blank_there_and_counted() {
    let without_ada = "where = \"LastName <> 'Row'\"\n";
    for profile in ["scim-bulk", "entra-bulk-upload"] {
        let left = company().with(&output(profile, without_ada)).run(FIELDS);
        let operations = requests(&left).concat();
        assert_eq!(operations.len(), 4, "{operations:?}");
        assert!(operations.iter().all(|operation| !operation.to_string().contains("manager")), "{operations:?}");
        assert_eq!((left.codes("3", &["MGR"]), left.codes("1", &["MGR021"])), (vec!["MGR021"], vec![]));
        assert!(left.lines("resolution.csv")[2].contains(",1,"), "the people themselves are as they were");
        assert_eq!(left.users()[2], "3,1", "and so are other files");
        let managers = &left.report["managers"];
        assert_eq!((&managers["with"], &managers["not_a_user"]), (&1.into(), &4.into()), "nobody is counted twice");
    }
    // As for whom is not emitted at all.
    let keeps = format!("[resolve]\nkeep_unemitted_managers = true\n{}", output("entra-bulk-upload", without_ada));
    let left = company().with(&keeps).run(FIELDS);
    assert_eq!(
        requests(&left).concat().iter().filter(|operation| operation.to_string().contains("manager")).count(),
        4
    );
    // What the condition itself reads of managers is as ever.
    let left = company().with(&output("scim-bulk", "where = \"ManagerPersonNumber = '1'\"")).run(FIELDS);
    assert_eq!(requests(&left).concat().len(), 4);
}

#[test]
fn several_tables_of_one_target_are_one_for_the_managers() {
    let table = |file: &str, condition: &str| {
        format!(
            "[[output]]\nprofile = 'qooper-csv'\nfile = '{file}'\nwhere = \"{condition}\"\n[output.fields]\n\
                 Email = 'WorkEmail'\n'Employee ID' = 'PersonNumber'\n'Manager ID' = 'ManagerPersonNumber'\n"
        )
    };
    let one = company().with(&table("one.csv", "LastName <> 'Row'")).run(FIELDS);
    assert_eq!(one.lines("one.csv")[1], "p3@row.example,3,");
    let both = table("one.csv", "LastName <> 'Row'") + &table("two.csv", "LastName = 'Row'");
    let both = company().with(&both).run(FIELDS);
    assert_eq!(both.lines("one.csv")[1], "p3@row.example,3,1");
    assert_eq!(both.codes("3", &["MGR021"]), [""; 0]);
}

#[test]
fn the_value_of_a_filter_is_a_json_string() {
    let keys = "key = 'PersonNumber'\nattributes = ['UserId']";
    let mut scene = Scene::new().extract_with("accounts", "PersonNumber,UserId\n2,U2\n", keys);
    for kind in ["person", "work_relationship", "assignment"] {
        let lines = scene.extracts[kind].0[0].replace("\n1,", "\n\"A\\1\"\"\",");
        scene = scene.extract(kind, &lines);
    }
    let left = scene.with(&output("oracle-scim-bulk", "")).run(FIELDS);
    assert_eq!(left.files["users-lookups.txt"], "filter=personNumber eq \"A\\\\1\\\"\"\n");
}
