//! Nested outputs: keys as paths, lists over work relationships and satellites, and what they leave out.

use serde_json::{Value, json};

use super::{ASSIGNMENTS, RELATIONSHIPS, Scene};

/// The objects of the output that `more` of the pipeline writes as `out.jsonl`.
fn objects(scene: Scene, output: &str) -> Vec<Value> {
    let left = scene.with(&format!("[[output]]\nfile = 'out.jsonl'\n{output}")).run("\"Id\" = \"PersonNumber\"");
    left.files["out.jsonl"].lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn keys_are_paths_and_what_has_no_value_is_left_out() {
    let output = "profile = 'json'\n[output.fields]\n'name.last' = 'LastName'\n'name.first' = 'FirstName'\n\
                  'active' = 'Active'\n'hired' = 'DateStart'\n'size' = 'LENGTH(LastName)'\n'mail[0].value' = 'WorkEmail'\n\
                  'mail[1].value' = 'HomeEmail'\n'none.at.all' = 'FirstName'\n'urn:x:2.0:Y:boss.id' = 'ManagerPersonNumber'\n";
    assert_eq!(
        objects(Scene::new(), output),
        [
            json!({ "name": { "last": "Row" }, "active": true, "hired": "2020-01-01", "size": 3,
                    "mail": [{ "value": "ada@row.example" }], "urn:x:2.0:Y": { "boss": { "id": "2" } } }),
            json!({ "name": { "last": "Bobson" }, "active": true, "hired": "2020-01-01", "size": 6,
                    "mail": [{ "value": "bob@row.example" }] }),
        ]
    );
}

#[test]
fn an_array_is_the_same_objects() {
    let output = "profile = 'json'\nformat = 'json-array'\n[output.fields]\n'n' = 'PersonNumber'\n";
    let left = Scene::new()
        .with(&format!(
            "[[output]]\nfile = 'out.json'\n{output}[[output]]\nfile = 'none.json'\nwhere = 'FALSE'\n{output}"
        ))
        .run("\"Id\" = \"PersonNumber\"");
    assert_eq!(left.files["out.json"], "[\n{\"n\":\"1\"},\n{\"n\":\"2\"}\n]\n");
    assert_eq!(left.files["none.json"], "[]\n");
}

/// Ada has a second employment, begun earlier, with two assignments of which one is primary.
fn two_employments() -> Scene {
    let relationships = format!("{RELATIONSHIPS}1,P0,US,2010-05-01,N\n");
    let assignments =
        format!("{ASSIGNMENTS}1,A01,P0,E,2010-05-01,N,ACTIVE,D8,\n1,A02,P0,E,2010-05-01,Y,SUSPENDED,D9,1\n");
    Scene::new().extract("work_relationship", &relationships).extract("assignment", &assignments)
}

const EACH: &str = "profile = 'json'\n[output.fields]\n'n' = 'PersonNumber'\n[output.each.workRelationships]\n\
                    'id' = 'PeriodOfServiceId'\n'law' = 'LegislationCode'\n'assignments[0].id' = 'AssignmentId'\n\
                    'assignments[0].unit' = 'DepartmentId'\n'who' = 'LastName'\n";

#[test]
fn every_current_work_relationship_stands_with_its_own_primary_assignment_the_primary_one_first() {
    let element = |id, law, assignment, unit, who| json!({ "id": id, "law": law, "assignments": [{ "id": assignment, "unit": unit }], "who": who });
    assert_eq!(
        objects(two_employments(), EACH),
        [
            json!({ "n": "1", "workRelationships": [
                element("P1", "GB", "A1", "D1", "Row"), element("P0", "US", "A02", "D9", "Row") ] }),
            json!({ "n": "2", "workRelationships": [element("P2", "GB", "A2", "D2", "Bobson")] }),
        ]
    );
}

#[test]
fn of_many_work_relationships_each_has_its_manager_without_a_look_at_all_the_others() {
    // Too many for a look at each pair.
    const MANY: usize = 50_000;
    let lines = |of: &dyn Fn(usize) -> String| -> String { (0..MANY).map(of).collect() };
    let relationships = lines(&|nth| format!("1,W{nth},US,2010-05-01,N\n"));
    let assignments = lines(&|nth| format!("1,B{nth},W{nth},E,2010-05-01,Y,ACTIVE,D8,1\n"));
    let managers = lines(&|nth| format!("B{nth},{}\n", 1 + nth % 2));
    let scene = Scene::new()
        .extract("work_relationship", &format!("{RELATIONSHIPS}{relationships}"))
        .extract("assignment", &format!("{ASSIGNMENTS}{assignments}"))
        .extract("manager", &format!("AssignmentId,ManagerPersonNumber\n{managers}"));
    let found = objects(scene, &format!("{EACH}'boss' = 'manager.ManagerPersonNumber'\n"));
    let elements = found[0]["workRelationships"].as_array().unwrap();
    assert_eq!((elements.len(), &elements[0]["id"], &elements[0]["boss"]), (1 + MANY, &json!("P1"), &Value::Null));
    for element in &elements[1..] {
        let nth: usize = element["id"].as_str().unwrap()[1..].parse().unwrap();
        assert_eq!(element["boss"], (1 + nth % 2).to_string(), "{element}");
    }
}

#[test]
fn who_loses_a_work_relationship_by_a_condition_is_counted() {
    let output = format!("[[output]]\nfile = 'out.jsonl'\n{EACH}where = \"AssignmentStatusType = 'ACTIVE'\"\n");
    let left = two_employments().with(&output).run("\"Id\" = \"PersonNumber\"");
    let first: Value = serde_json::from_str(left.files["out.jsonl"].lines().next().unwrap()).unwrap();
    assert_eq!(first["workRelationships"].as_array().unwrap().len(), 1);
    assert_eq!((left.codes("1", &["OUT"]), left.codes("2", &["OUT"])), (vec!["OUT013"], vec![]));
    let nobody = output.replace("AssignmentStatusType = 'ACTIVE'", "DepartmentId = 'D2'");
    let left = two_employments().with(&nobody).run("\"Id\" = \"PersonNumber\"");
    assert_eq!((left.codes("1", &["OUT"]), left.users().len()), (vec!["OUT013"], 2), "the list is not required here");
}

const EMAILS: &str = "\
PersonNumber,EmailAddress,EmailType,PrimaryFlag,DateFrom,DateTo
1,old@w.example,W1,Y,2019-01-01,2019-12-31
1,home@h.example,H1,N,2021-01-01,
1,work@w.example,W1,Y,2021-01-01,
1,second@w.example,W2,Y,2020-01-01,
";

#[test]
fn every_row_in_effect_is_an_element_and_at_most_one_is_primary() {
    let scene = || Scene::new().extract("email", EMAILS);
    let output = "profile = 'scim-user'\n[output.fields]\n'userName' = \"COALESCE(WorkEmail, PersonNumber)\"\n\
                  'externalId' = 'PersonNumber'\n'active' = 'Active'\n[output.each.emails]\nwhere = 'TRUE'\n";
    let core = "urn:ietf:params:scim:schemas:core:2.0:User";
    assert_eq!(
        objects(scene(), output),
        [
            json!({ "schemas": [core], "userName": "work@w.example", "externalId": "1", "active": true, "emails": [
                { "value": "work@w.example", "type": "work", "primary": true },
                { "value": "second@w.example", "type": "work", "primary": false },
                { "value": "home@h.example", "type": "home", "primary": false } ] }),
            json!({ "schemas": [core], "userName": "2", "externalId": "2", "active": true }),
        ]
    );
}

#[test]
fn a_malformed_email_is_left_out_and_counted_and_the_work_email_is_not_sent_without_its_person() {
    let emails = "PersonNumber,EmailAddress,EmailType,PrimaryFlag\n1,work@w.example,W1,Y\n1,john(at)home,H1,N\n\
                  1,a@b@c,H2,N\n2,bob@row.example,W1,Y\n2,bob@home,H1,N\n";
    let output = |profile: &str, more: &str| {
        format!(
            "[[output]]\nfile = 'out.jsonl'\nprofile = '{profile}'\n[output.fields]\n'userName' = 'PersonNumber'\n\
                 'externalId' = 'PersonNumber'\n'active' = 'Active'\n[output.each.emails]\n{more}\n"
        )
    };
    let run = |emails: &str, output: &str| {
        let left = Scene::new().extract("email", emails).with(output).run("\"Id\" = \"PersonNumber\"");
        let objects = left.files["out.jsonl"].lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let values = objects.map(|user| user["emails"].as_array().map_or(0, Vec::len)).collect::<Vec<_>>();
        (values, left.codes("1", &["OUT", "PER"]).join(" "), left.codes("2", &["OUT", "PER"]).join(" "))
    };
    let all = output("scim-user", "where = 'TRUE'");
    assert_eq!(run(emails, &all), (vec![1, 2], "OUT015".to_owned(), String::new()));
    // Who would not be written anyway is not lost.
    let work = output("scim-user", "where = \"EmailType = 'W1'\"");
    assert_eq!(run(emails, &work), (vec![1, 1], String::new(), String::new()));
    let work = emails.replace("work@w.example", "work(at)w.example");
    assert_eq!(run(&work, &all), (vec![2], "PER041".to_owned(), String::new()));
}

#[test]
fn the_legislation_of_starlings_name_is_the_name_rows_then_the_persons_then_the_work_relationships() {
    let assignments =
        ASSIGNMENTS.replace(",ManagerPersonNumber\n", ",ManagerPersonNumber,ActionCode,BusinessUnitName\n");
    let assignments = assignments.replace("D1,2\n", "D1,2,HIRE,Unit\n").replace("D2,\n", "D2,,HIRE,Unit\n");
    let relationships = "PersonNumber,PeriodOfServiceId,LegislationCode,DateStart,PrimaryFlag,LegalEmployerName\n\
                         1,P1,GB,2020-01-01,Y,Vision\n2,P2,GB,2020-01-01,Y,Vision\n";
    let persons = "PersonNumber,PersonId,LastName,LegislationCode\n1,901,Row,DE\n2,902,Bobson,\n";
    let scene = || {
        Scene::new()
            .extract("assignment", &assignments)
            .extract("work_relationship", relationships)
            .extract("person", persons)
    };
    let codes = |scene: Scene, profile: &str| {
        let users =
            objects(scene, &format!("profile = '{profile}'\n[output.each.workRelationships]\nwhere = 'TRUE'\n"));
        let of = |user: &Value| {
            assert_eq!(user["workRelationships"][0]["legislationCode"], "GB");
            user["name"]["legislationCode"].as_str().unwrap().to_owned()
        };
        users.iter().map(of).collect::<Vec<_>>().join(" ")
    };
    let names = "PersonNumber,NameType,LastName,LegislationCode\n1,GLOBAL,Row,FR\n2,GLOBAL,Bobson,\n";
    for profile in ["starling-employee-v1", "starling-employee-v2"] {
        assert_eq!(codes(scene(), profile), "DE GB");
        assert_eq!(codes(scene().extract("name", names), profile), "FR GB");
        assert_eq!(codes(scene().extract("name", &names.replace("FR", "")), profile), "DE GB");
    }
}

#[test]
fn without_an_extract_the_person_row_is_the_element() {
    let output = "profile = 'json'\n[output.fields]\n'n' = 'PersonNumber'\n[output.each.emails]\n'v' = 'WorkEmail'\n\
                  [output.each.addresses]\n'c' = 'Country'\n't' = \"'HOME'\"\n";
    assert_eq!(
        objects(Scene::new(), output),
        [
            json!({ "n": "1", "emails": [{ "v": "ada@row.example" }] }),
            json!({ "n": "2", "emails": [{ "v": "bob@row.example" }] }),
        ]
    );
}

#[test]
fn a_mandatory_value_of_an_element_quarantines_the_person() {
    let output = "[[output]]\nfile = 'out.jsonl'\nprofile = 'json'\n[output.fields]\n'n' = 'PersonNumber'\n\
                  [output.each.workRelationships]\n'unit' = { sql = \"NULLIF(DepartmentId, 'D9')\", required = true }\n";
    let left = two_employments().with(output).run("\"Id\" = \"PersonNumber\"");
    assert_eq!(left.users(), ["2"]);
    assert!(left.codes("1", &["OUT"]).contains(&"OUT011"));
}

#[test]
fn a_key_of_the_profile_can_bear_another_name() {
    let output = "profile = 'starling-employee-v2'\n[output.rename]\n\
                  'workRelationships.assignmentActionCode' = 'assignmentsActionCode'\n'personNumber' = 'number'\n\
                  [output.each.workRelationships]\nwhere = 'TRUE'\n";
    let assignments =
        ASSIGNMENTS.replace(",ManagerPersonNumber\n", ",ManagerPersonNumber,ActionCode,BusinessUnitName\n");
    let assignments = assignments.replace("D1,2\n", "D1,2,HIRE,Unit\n").replace("D2,\n", "D2,,HIRE,Unit\n");
    let relationships = "PersonNumber,PeriodOfServiceId,LegislationCode,DateStart,PrimaryFlag,LegalEmployerName\n\
                         1,P1,GB,2020-01-01,Y,Vision\n2,P2,GB,2020-01-01,Y,Vision\n";
    let scene = Scene::new().extract("assignment", &assignments).extract("work_relationship", relationships);
    let ada = &objects(scene, output)[0];
    assert_eq!((&ada["number"], &ada["workRelationships"][0]["assignmentsActionCode"]), (&json!("1"), &json!("HIRE")));
    assert_eq!(ada["workRelationships"][0].get("assignmentActionCode"), None);
}

#[test]
fn what_makes_no_object_is_refused_under_the_word() {
    for (output, said) in [
        ("profile = 'json'\n[output.fields]\n'a' = 'LastName'\n'a.b' = 'LastName'\n", "a.b does not fit"),
        ("profile = 'json'\n[output.fields]\n'a[1]' = 'LastName'\n", "a[1] does not fit"),
        ("profile = 'json'\n[output.fields]\n'a..b' = 'LastName'\n", "a key is names with dots"),
        ("profile = 'json'\n[output.each.friends]\n'a' = 'LastName'\n", "nobody has several friends"),
        ("profile = 'json'\n[output.each.emails]\n'a' = 'LastNam'\n", "there is no attribute LastNam"),
        ("profile = 'csv'\n[output.each.emails]\n'a' = 'LastName'\n", "has one row a person"),
        ("profile = 'scim-user'\n[output.fields]\n'id' = 'PersonId'\n", "id is never sent"),
        ("profile = 'scim-bulk'\nformat = 'jsonl'\n", "is not written so"),
        ("profile = 'ldif'\n", "nothing says where the entries stand"),
        ("profile = 'ldif'\nbase_dn = 'people'\n", "this is no distinguished name"),
        ("profile = 'json'\nbase_dn = 'dc=x'\n", "is no directory"),
        ("profile = 'scim-user'\nrename = { 'userNam' = 'x' }\n", "has no key userNam"),
        ("profile = 'csv'\nrename = { 'Id' = 'x' }\n[output.fields]\n'Id' = 'PersonNumber'\n", "has no key Id"),
        (
            "profile = 'qooper-csv'\nrename = { 'Email' = 'x' }\n[output.fields]\n'Email' = 'WorkEmail'\n",
            "Email is not written here",
        ),
    ] {
        let scene = Scene::new().with(&format!("[[output]]\nfile = 'out.json'\n{output}"));
        let error = scene.pipeline("\"Id\" = \"PersonNumber\"").map(|_| ()).unwrap_err();
        assert!(error.contains(said) && error.contains("pipeline.toml:"), "{said}: {error}");
    }
}

#[test]
fn a_filter_of_one_identity_selects() {
    let select = |filter: &str| {
        let left = Scene::new().with(&format!("[select]\nscim_filter = '{filter}'\n")).run("\"Id\" = \"PersonNumber\"");
        left.users().join(" ")
    };
    for (filter, users) in [
        (r#"name.lastName eq "ROW""#, "1"),
        (r#"name.lastName ne "Row""#, "2"),
        (r#"emails.emailAddress co "@row.""#, "1 2"),
        (r#"emails.emailAddress sw "bob" or personNumber eq "1" and name.lastName eq "x""#, "2"),
        (r#"personNumber ge "1" AND personNumber lt "2""#, "1"),
        (r#"phones.phoneNumber ew "-2""#, "2"),
    ] {
        assert_eq!(select(filter), users, "{filter}");
    }
}
