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
