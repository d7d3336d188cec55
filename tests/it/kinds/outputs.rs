//! Outputs beside one another, what their files and columns are called, and columns of the extract under their own headers.

use super::{ASSIGNMENTS, Scene};

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

#[test]
fn a_column_can_be_mapped_by_its_own_header_whatever_that_looks_like() {
    let assignments = ASSIGNMENTS.replace(",ManagerPersonNumber\n", ",ManagerPersonNumber,Manager Level,Cost.Center\n");
    let assignments = assignments.replace("D1,2\n", "D1,2,M1,C1\n").replace("D2,\n", "D2,,M2,C2\n");
    let scene = || Scene::new().extract("assignment", &assignments);
    let fields = format!("{ID}\n\"Level\" = '\"Manager Level\"'\n\"Center\" = '\"Cost.Center\"'");
    assert_eq!(scene().run(&fields).users(), ["1,M1,C1", "2,M2,C2"]);
    let selected = scene().with("[select]\nwhere = '''\"Cost.Center\" = 'C2' '''\n");
    assert_eq!(selected.run(ID).users(), ["2"]);
    // A name that is only misspelt is told before any file is opened, or is no column of any.
    let misspelt = scene().pipeline("\"Mail\" = \"ManagerWorkEmial\"").map(|_| ()).unwrap_err();
    assert!(misspelt.contains("did you mean ManagerWorkEmail?"), "{misspelt}");
    for absent in ["ManagerWorkEmial", "person.WorkEmial", "Cost.Centre"] {
        let error = scene().try_run(&format!("\"X\" = '\"{absent}\"'")).map(|_| ()).unwrap_err();
        assert_eq!(error.exit_code(), 4, "{absent}: {error}");
    }
}

#[test]
fn two_columns_of_one_name_are_a_mistake_and_columns_may_change_their_names() {
    let renamed = |rename: &str| {
        mistakes(&format!("[[output]]\nprofile = 'qooper-csv'\nfile = 'q.csv'\n[output.rename]\n{rename}\n"))
    };
    let one = renamed("'First Name' = 'Last Name'");
    assert!(one.contains("two columns are called Last Name: First Name and Last Name"), "{one}");
    assert!(one.contains("Last Name is a column of the profile"), "{one}");
    let both = renamed("'First Name' = 'Name'\n'Last Name' = 'Name'");
    assert_eq!(both.matches("two columns are called Name").count(), 2, "{both}");
    for good in ["'First Name' = 'Given'", "'First Name' = 'Last Name'\n'Last Name' = 'First Name'"] {
        assert_eq!(renamed(good), "", "{good}");
    }
}

/// Two outputs, by profile and file.
fn two(one: (&str, &str), other: (&str, &str)) -> String {
    let output = |(profile, file): (&str, &str)| {
        let base = if profile.starts_with("ldif") { "base_dn = 'dc=x'\n" } else { "" };
        let (profile, more) = profile.split_once('+').unwrap_or((profile, ""));
        format!("[[output]]\nprofile = '{profile}'\nfile = '{file}'\n{base}{more}\n")
    };
    mistakes(&format!("{}{}", output(one), output(other)))
}

const PARTS: &str = "csv+[output.limits]\nrows = 5";
const UNLED: &str =
    "ldif+[output.fields]\n'uid' = { sql = 'PersonNumber', as = 'uid' }\n'cn' = 'PersonNumber'\n'sn' = 'LastName'";

#[test]
fn no_file_has_a_name_that_another_output_may_give_to_one_of_its_own() {
    for (one, other, name) in [
        (("csv", "a.csv"), ("json", "A.CSV"), "A.CSV"),
        (("scim-bulk", "u.json"), ("json", "u-0001.json"), "u-0001.json"),
        (("json", "u-0001.json"), ("scim-bulk", "u.json"), "u-0001.json"),
        (("scim-bulk", "u.json"), ("json", "U-00012.Json"), "U-00012.Json"),
        (("scim-bulk", "u.json"), ("csv", "u-0002-managers.json"), "u-0002-managers.json"),
        (("scim-bulk", "u.json"), ("ldif", "u-0003.json"), "u-0003.json"),
        (("scim-bulk", "u.x"), ("ldif", "u-0003.x"), "u-0003.x"),
        (("ldif", "p.ldif"), ("csv", "p-managers.ldif"), "p-managers.ldif"),
        (("ldif", "p"), ("csv", "p-managers.ldif"), "p-managers.ldif"),
        (("oracle-scim-bulk", "o.json"), ("csv", "o-lookups.txt"), "o-lookups.txt"),
        (("oracle-scim-bulk", "o.json"), ("oracle-scim-bulk", "o.txt"), "o-lookups.txt"),
        ((PARTS, "u.csv"), ("csv", "u-001.csv"), "u-001.csv"),
        (("csv", "u-1234.csv"), (PARTS, "u.csv"), "u-1234.csv"),
    ] {
        let said = two(one, other);
        assert!(said.contains(&format!("two outputs write {name}")), "{one:?}, {other:?}: {said}");
        assert_eq!(said.matches("two outputs write").count(), 1, "{one:?}, {other:?}: {said}");
    }
    for (one, other) in [
        (("scim-bulk", "u.json"), ("json", "u-001.json")),
        (("scim-bulk", "u.json"), ("json", "u-0001.jsonl")),
        (("scim-bulk", "u.json"), ("json", "u-managers.json")),
        (("scim-bulk", "u.json"), ("scim-bulk", "u-0001.json")),
        (("entra-bulk-upload", "u.json"), ("json", "u-0001-lookups.txt")),
        (("json", "u.json"), ("json", "u-0001.json")),
        (("csv", "u.csv"), ("csv", "u-001.csv")),
        ((PARTS, "u.csv"), ("csv", "u-01.csv")),
        ((PARTS, "u.csv"), ((PARTS), "u-001.txt")),
        (("ldif", "p.ldif"), ("csv", "p-managers.csv")),
        ((UNLED, "p.ldif"), ("csv", "p-managers.ldif")),
    ] {
        assert_eq!(two(one, other), "", "{one:?}, {other:?}");
    }
}

#[test]
fn the_file_of_a_state_has_the_names_that_the_format_of_the_first_output_gives() {
    let said = |first: &str, file: &str, other: &str| {
        mistakes(&format!(
            "[resolve.emit]\nfuture = {{ file = '{file}' }}\npending = {{ file = '{file}' }}\n\
             [[output]]\nfile = 'first.x'\n{first}\n[[output]]\nprofile = 'csv'\nfile = '{other}'\n"
        ))
    };
    let (parts, ldif) = ("profile = 'csv'\n[output.limits]\nrows = 5", "profile = 'ldif'\nbase_dn = 'dc=x'");
    for (first, file, other, name) in [
        (parts, "first-001.x", "o.csv", "first-001.x"),
        (parts, "s.csv", "s-001.csv", "s-001.csv"),
        (ldif, "s.ldif", "s-managers.ldif", "s-managers.ldif"),
    ] {
        let said = said(first, file, other);
        assert!(said.contains(&format!("an [[output]] or another state writes {name}")), "{file}, {other}: {said}");
    }
    assert_eq!(said(parts, "s.csv", "o.csv"), "", "two states share a file");
}
