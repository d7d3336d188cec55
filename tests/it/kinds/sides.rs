//! Side extracts: files joined to the people by a key.

use super::Scene;

const DEPARTMENTS: &str = "\
Department ID,Division,CostCenter,Start of it
D1,Research,CC-1,x
D9,Sales,CC-9,x
";
const KEY: &str = "key = 'DepartmentId'\nattributes = ['Division', 'CostCenter']\n";

#[test]
fn what_a_side_extract_brings_stands_beside_the_people_who_bear_the_key() {
    let left = Scene::new().extract_with("departments", DEPARTMENTS, KEY).run(
        "N = \"PersonNumber\"\nD = \"Division\"\nQ = \"departments.CostCenter\"\nC = \"CostCenter\"\n\
         U = \"UPPER(departments.Division)\"\n",
    );
    assert_eq!(left.users(), ["1,Research,CC-1,,RESEARCH", "2,,,,"], "CostCenter alone is the assignment's");
    assert_eq!(left.balance("departments"), "in 2, used 2");
    let joined = &left.report["joined"][0];
    assert_eq!([&joined["found"], &joined["not_found"], &joined["without_key"]], [1, 1, 0]);
    assert!(left.files["manifest.json"].contains("\"departments\""));
}

#[test]
fn a_managers_side_attributes_bear_the_prefix() {
    let departments = format!("{DEPARTMENTS}D2,Board,CC-2,x\n");
    let left =
        Scene::new().extract_with("departments", &departments, KEY).run("D = \"Division\"\nM = \"ManagerDivision\"");
    assert_eq!(left.users(), ["Research,Board", "Board,"]);
}

#[test]
fn headers_are_named_and_two_extracts_may_bring_the_same() {
    let places = "No;Division\n1;York\n";
    let left = Scene::new()
        .extract_with("departments", DEPARTMENTS, KEY)
        .extract_with(
            "places",
            places,
            "key = 'PersonNumber'\ncolumns = { PersonNumber = 'No', Division = 'Division' }",
        )
        .run("A = \"departments.Division\"\nB = \"places.Division\"");
    assert_eq!(left.users(), ["Research,York", ","]);
    let both = Scene::new()
        .extract_with("departments", DEPARTMENTS, KEY)
        .extract_with(
            "places",
            places,
            "key = 'PersonNumber'\ncolumns = { PersonNumber = 'No', Division = 'Division' }",
        )
        .pipeline("A = \"Division\"");
    assert!(both.unwrap_err().contains("there is no attribute Division"), "which of the two must be said");
}

#[test]
fn dated_rows_count_on_the_day_and_the_sums_balance() {
    let left = Scene::new()
        .extract_with(
            "departments",
            "DepartmentId,Division,CostCenter,EffectiveStartDate,EffectiveEndDate\n\
             D1,Old,a,2020-01-01,2026-11-19\nD1,New,b,2026-11-20,4712-12-31\nD1,Next,c,2027-01-01,\n\
             ,x,x,2020-01-01,\nD2,Board,d,2020-01-01,\nD2,Board,d,2020-01-01,\nD2,Board,d,2021-01-01,\nD3,y,y,soon,\n",
            KEY,
        )
        .run("D = \"Division\"");
    assert_eq!(left.users(), ["New", "Board"]);
    assert_eq!(left.balance("departments"), "in 8, used 2, superseded 1, not_in_effect 2, rejected 2, duplicates 1");
    assert_eq!(left.lines("rejects/departments.csv").len(), 2);
    let codes: Vec<&str> =
        left.report["findings"].as_array().unwrap().iter().filter_map(|f| f["code"].as_str()).collect();
    assert!(["ROW001", "ROW010", "ROW032"].iter().all(|code| codes.contains(code)), "{codes:?}");
}

#[test]
fn a_key_with_two_answers_stops_the_run() {
    let scene = Scene::new().extract_with("departments", &format!("{DEPARTMENTS}D1,Other,CC-1,x\n"), KEY);
    let Err(error) = scene.try_run("D = \"Division\"") else { panic!("published") };
    assert_eq!(error.exit_code(), 4);
    let said = error.to_string();
    assert!(said.contains("departments.csv, line 2, and departments.csv, line 4"), "{said}");
    assert!(!said.contains("D1") && !said.contains("Other"), "no value: {said}");
}

#[test]
fn a_side_extract_of_changes_alone_stops_the_run() {
    let of = |changes_only: &str| {
        let text = format!("DepartmentId,Division,CostCenter,Changes Only\nD1,Research,CC-1,{changes_only}\n");
        let said = Scene::new().extract_with("departments", &text, KEY).try_run("D = \"Division\"");
        said.err().map(|error| (error.exit_code(), error.to_string()))
    };
    assert_eq!((of("N"), of("")), (None, None));
    let (exit_code, said) = of("ATTRIBUTE").unwrap();
    assert!(exit_code == 3 && said.starts_with("SRC010 departments.csv"), "{said}");
}

#[test]
fn a_column_that_is_not_there_is_csv004_and_a_misspelt_name_is_found_before_any_data() {
    let scene =
        Scene::new().extract_with("departments", DEPARTMENTS, "key = 'DepartmentId'\nattributes = ['Devision']");
    let Err(error) = scene.try_run("D = \"Devision\"") else { panic!("published") };
    assert_eq!(error.exit_code(), 4);
    assert!(error.to_string().contains("CSV004"), "{error}");
    let error =
        Scene::new().extract_with("departments", DEPARTMENTS, KEY).pipeline("D = \"departments.Divsion\"").unwrap_err();
    assert!(error.contains("there is no attribute departments.Divsion") && error.contains("Division"), "{error}");
    let error = Scene::new().extract("asignment", "x\n").pipeline("D = \"PersonNumber\"").unwrap_err();
    assert!(error.contains("there is no record kind asignment") && error.contains("assignment"), "{error}");
}
