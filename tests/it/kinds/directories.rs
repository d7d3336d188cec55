//! LDIF: what a directory would refuse is found before it is published.

use super::{PERSONS, Scene};

/// A pipeline that writes `people.ldif` and `people-managers.ldif`.
fn scene(more: &str) -> Scene {
    let base = if more.contains("base_dn") { "" } else { "base_dn = 'ou=people,dc=x'\n" };
    Scene::new().with(&format!("[[output]]\nprofile = 'ldif'\nfile = 'people.ldif'\n{base}{more}"))
}

const FIELDS: &str = "N = \"PersonNumber\"";

#[test]
fn values_that_a_directory_calls_invalid_quarantine_the_person() {
    for (persons, code) in [
        (PERSONS.replace("row-1", "+44 (0)20 7946-1"), ""),
        (PERSONS.replace("row-1", "row #1"), "OUT012"),
        (PERSONS.replace("row-1", "row;1"), "OUT012"),
        (PERSONS.replace("row-1", "row\u{a0}1"), "OUT012"),
        (PERSONS.replace("ada@row", "adá@row"), "OUT012"),
        (PERSONS.replace("Row,", "Rów,"), ""),
    ] {
        let left = scene("").extract("person", &persons).run(FIELDS);
        assert_eq!(left.codes("1", &["OUT"]).join(" "), code, "{persons}");
        assert_eq!(left.files["people.ldif"].contains("dn: uid=1,ou=people,dc=x\n"), code.is_empty());
    }
    // Whatever the index of the key, and wherever the value comes from.
    let fields = "[output.fields]\nuid = 'PersonNumber'\ncn = 'LastName'\nsn = 'LastName'\n'mail[0]' = 'WorkEmail'\n\
                  'mail[1]' = \"WorkEmail || '\u{e9}'\"\n";
    assert_eq!(scene(fields).run(FIELDS).codes("1", &["OUT"]), ["OUT012"]);
}

#[test]
fn a_value_that_an_attribute_has_already_is_not_written_again() {
    let fields = "[output.fields]\nuid = 'PersonNumber'\ncn = 'LastName'\n'CN[1]' = 'UPPER(LastName)'\n\
                  'cn;lang-de' = 'LastName'\nsn = 'LastName'\n'mail[0]' = 'WorkEmail'\n'mail[1]' = 'UPPER(WorkEmail)'\n\
                  'mail[2]' = \"'x' || WorkEmail\"\n'telephoneNumber[0]' = \"'650-555 01'\"\n'telephoneNumber[1]' = \"'65055501'\"\n";
    let people = &scene(fields).run(FIELDS).files["people.ldif"];
    let entry: Vec<&str> = people.split("\n\n").next().unwrap().lines().skip(5).collect();
    let expected = [
        "uid: 2",
        "cn: Bobson",
        "cn;lang-de: Bobson",
        "sn: Bobson",
        "mail: bob@row.example",
        "mail: xbob@row.example",
        "telephoneNumber: 650-555 01",
    ];
    assert_eq!(entry, expected);
}

#[test]
fn two_names_that_a_directory_takes_for_one_stop_the_run() {
    for (one, other, is_shared) in [("A1", "a1", true), ("a b", "a  b", true), ("a b", "ab", false), ("01", "1", false)]
    {
        let mut scene = scene("");
        for kind in ["person", "work_relationship", "assignment"] {
            let lines = scene.extracts[kind].0[0].clone();
            let lines = lines.replace("\n1,", &format!("\n{one},")).replace("\n2,", &format!("\n{other},"));
            scene = scene.extract(kind, &lines);
        }
        match scene.try_run(FIELDS) {
            Ok(left) => assert!(!is_shared && left.users().len() == 2, "{one} {other}"),
            Err(error) => assert!(is_shared && error.to_string().contains("OUT001"), "{one} {other}: {error}"),
        }
    }
}

#[test]
fn keys_are_attributes_and_names_are_split_where_rfc_4514_splits_them() {
    let fields = |key: &str| {
        format!("[output.fields]\nuid = 'PersonNumber'\ncn = 'LastName'\nsn = 'LastName'\n{key} = 'FirstName'\n")
    };
    for (more, wrong) in [
        (fields("givenName"), None),
        (fields("'cn;lang-de'"), None),
        (fields("'description[0]'"), None),
        (fields("'given name'"), Some("given name is no attribute of a directory")),
        (fields("'description[x]'"), Some("description[x] is no attribute of a directory")),
        ("rename = { givenName = 'given_name' }\n".to_owned(), Some("given_name is no attribute of a directory")),
        ("base_dn = 'ou=people,o=Vision\\, Inc.,c=US'\n".to_owned(), None),
        ("base_dn = 'ou=people,o=Vision, Inc.,c=US'\n".to_owned(), Some("this is no distinguished name")),
    ] {
        match (scene(&more).pipeline(FIELDS), wrong) {
            (Ok(_), None) => {}
            (Err(error), Some(wrong)) => assert!(error.contains(wrong) && error.contains("pipeline.toml:"), "{error}"),
            (Ok(_), Some(wrong)) => panic!("{more}: {wrong}"),
            (Err(error), None) => panic!("{error}"),
        }
    }
    let left = scene("base_dn = 'ou=people,o=Vision\\, Inc.,c=US'\n").run(FIELDS);
    assert!(left.files["people.ldif"].contains("dn: uid=1,ou=people,o=Vision\\, Inc.,c=US\n"));
}

#[test]
fn who_is_not_active_has_no_entry_and_is_nobodys_manager_there() {
    let inactive = |scene: Scene| {
        let lines = scene.extracts["assignment"].0[0].replace("Y,ACTIVE,D2", "Y,INACTIVE,D2");
        scene.extract("assignment", &lines)
    };
    let left = inactive(scene("")).run(FIELDS);
    assert_eq!(left.users(), ["1", "2"], "both are users");
    assert!(left.files["resolution.csv"].contains("2,CURRENT,false,emitted_inactive,"));
    assert_eq!(left.files["people.ldif"].matches("dn: ").count(), 1);
    assert!(!left.files["people-managers.ldif"].contains("dn: "), "{}", left.files["people-managers.ldif"]);
    assert_eq!(left.codes("1", &["MGR"]), ["MGR021"]);
    let left = inactive(scene("where = 'TRUE'\n")).run(FIELDS);
    assert_eq!(left.files["people.ldif"].matches("dn: ").count(), 2);
    assert!(left.files["people-managers.ldif"].contains("manager: uid=2,ou=people,dc=x\n"));
    assert_eq!(left.codes("1", &["MGR"]), [""; 0]);
}
