//! The satellites: dated rows beside a person, of which a rule takes one.

use super::Scene;

#[test]
fn a_name_is_global_then_of_the_legislation_then_the_lowest() {
    let header = "PersonNumber,NameType,LastName,FirstName,EffectiveStartDate,EffectiveEndDate\n";
    let name = |rows: &str| {
        let left = Scene::new()
            .extract("name", &format!("{header}{rows}2,GLOBAL,Bobson,Bob,2020-01-01,\n"))
            .run("N = \"PersonNumber\"\nL = \"LastName\"\nF = \"name.FirstName\"\nM = \"ManagerLastName\"");
        (left.users()[0].to_owned(), left.codes("1", &["PER"]).join(";"), left.balance("name"))
    };
    let taken = |last: &str| format!("1,{last},Ada,Bobson");
    let three = "1,FR,Française,Ada,2020-01-01,\n1,GB,British,Ada,2020-01-01,\n1,GLOBAL,Global,Ada,2020-01-01,\n";
    assert_eq!(name(three), (taken("Global"), String::new(), "in 4, used 2, superseded 2".into()));
    let two = "1,FR,Française,Ada,2020-01-01,\n1,GB,British,Ada,2020-01-01,\n";
    assert_eq!(name(two).0, taken("British"));
    let foreign = "1,US,American,Ada,2020-01-01,\n1,FR,Française,Ada,2020-01-01,\n";
    assert_eq!(name(foreign).0, taken("Française"));
    let dated = "1,GLOBAL,Maiden,Ada,2020-01-01,2026-11-19\n1,GLOBAL,Married,Ada,2026-11-20,4712-12-31\n";
    assert_eq!(name(dated), (taken("Married"), String::new(), "in 3, used 2, not_in_effect 1".into()));
    let future = "1,GLOBAL,Later,Ada,2027-02-01,\n1,GLOBAL,Next,Ada,2027-01-01,2027-01-31\n";
    assert_eq!(name(future), (taken("Next"), "PER030".into(), "in 3, used 2, not_in_effect 1".into()));
}

#[test]
fn names_of_an_extract_take_the_place_of_the_rows_and_none_is_per031() {
    let left = Scene::new()
        .extract("name", "PersonNumber,NameType,LastName\n2,GLOBAL,Bobson\n1,GLOBAL,A\n1,GLOBAL,B\n")
        .run("N = \"PersonNumber\"");
    assert_eq!(left.codes("1", &["PER"]), ["PER021"], "undated rows of one type contradict each other");
    let left = Scene::new()
        .extract("name", "PersonNumber,NameType,LastName,EffectiveStartDate\n2,GLOBAL,Bobson,2020-01-01\n")
        .run("N = \"PersonNumber\"\nL = \"LastName\"\nP = \"person.LastName\"");
    assert_eq!(left.codes("1", &["PER"]), ["PER031"], "the person row's own name does not stand in");
    assert_eq!(left.users(), ["2,Bobson,Bobson"]);
}

#[test]
fn a_work_email_is_flagged_then_latest_then_lowest() {
    let header = "PersonNumber,EmailType,EmailAddress,PrimaryFlag,DateFrom,DateTo\n";
    let email = |rows: &str| {
        let left = Scene::new()
            .extract("email", &format!("{header}{rows}2,W1,bob@x.example,Y,2020-01-01,\n"))
            .run("N = \"PersonNumber\"\nE = \"WorkEmail\"\nM = \"ManagerWorkEmail\"");
        let user = left.users()[0].split(',').nth(1).unwrap().to_owned();
        (user, left.codes("1", &["PER", "OUT"]).join(";"), left.balance("email"))
    };
    let home = "1,H1,ada@home.example,Y,2020-01-01,\n1,W1,ada@x.example,,2020-01-01,\n";
    assert_eq!(email(home), ("ada@x.example".into(), String::new(), "in 3, used 2, superseded 1".into()));
    let flagged = "1,W1,new@x.example,N,2021-01-01,\n1,W1,flagged@x.example,Y,2020-01-01,\n";
    assert_eq!(email(flagged), ("flagged@x.example".into(), String::new(), "in 3, used 2, superseded 1".into()));
    let latest = "1,W1,old@x.example,,2020-01-01,\n1,W1,new@x.example,,2021-01-01,\n";
    assert_eq!(email(latest), ("new@x.example".into(), "PER040".into(), "in 3, used 2, superseded 1".into()));
    let equal = "1,W1,b@x.example,Y,2020-01-01,\n1,W1,a@x.example,Y,2020-01-01,\n";
    assert_eq!(email(equal).0, "a@x.example");
    assert_eq!(email(equal).1, "PER040");
    let ended = "1,W1,old@x.example,Y,2020-01-01,2026-11-19\n";
    assert_eq!(email(ended), (String::new(), "OUT010".into(), "in 2, used 1, not_in_effect 1".into()));
    assert_eq!(email("1,W1,no address,Y,2020-01-01,\n").1, "PER041");
}

#[test]
fn the_email_of_an_extract_is_the_one_that_must_be_unique() {
    let left = Scene::new()
        .extract("email", "PersonNumber,EmailAddress\n1,same@x.example\n2,SAME@x.example\n")
        .run("N = \"PersonNumber\"");
    assert_eq!(left.codes("1", &["OUT"]), ["OUT002"]);
    assert_eq!(left.balance("email"), "in 2, quarantined 2");
}

#[test]
fn a_phone_is_w1_then_wm_and_a_home_number_only_on_request() {
    let header = "PersonNumber,PhoneType,PhoneNumber,PrimaryFlag,DateFrom\n";
    let phone = |rows: &str, more: &str| {
        let left = Scene::new()
            .extract("phone", &format!("{header}{rows}"))
            .with(more)
            .run("P = \"PhoneNumber\"\nT = \"PhoneType\"\nW = \"WorkPhone\"");
        left.users()[0].to_owned()
    };
    let all = "1,H1,7,Y,2020-01-01\n1,WM,8,Y,2020-01-01\n1,W1,9,,2020-01-01\n";
    assert_eq!(phone(all, ""), "9,W1,9");
    assert_eq!(phone("1,H1,7,Y,2020-01-01\n1,WM,8,Y,2020-01-01\n", ""), "8,WM,8");
    let home = "1,H1,7,Y,2020-01-01\n1,W1,9,,2027-01-01\n";
    assert_eq!(phone(home, ""), ",,", "the row's own number does not stand in");
    assert_eq!(phone(home, "[resolve]\nhome_phone = true\n"), "7,H1,", "a home number is no work phone");
}

#[test]
fn addresses_and_national_identifiers_are_those_in_effect() {
    let left = Scene::new()
        .extract(
            "address",
            "PersonNumber,AddressType,AddressLine1,City,PrimaryFlag,EffectiveStartDate,EffectiveEndDate\n\
             1,HOME,Old Street,York,Y,2020-01-01,2025-12-31\n1,HOME,New Street,Leeds,Y,2026-01-01,\n\
             1,MAIL,PO Box,Hull,N,2026-02-01,\n",
        )
        .extract(
            "national_identifier",
            "PersonNumber,NationalIdentifierType,NationalIdentifierNumber,LegislationCode,PrimaryFlag\n\
             1,SSN,us,US,\n1,NINO,gb,GB,\n2,SSN,us2,US,Y\n2,NINO,gb2,GB,\n",
        )
        .run("A = \"AddressLine1\"\nC = \"TownOrCity\"\nI = \"NationalIdentifierNumber\"");
    assert_eq!(left.users(), ["New Street,Leeds,gb", ",,us2"]);
    assert_eq!(left.balance("address"), "in 3, used 1, superseded 1, not_in_effect 1");
    assert_eq!(left.balance("national_identifier"), "in 4, used 2, superseded 2");
}

/// Four persons, of whom 3 and 4 can be managers too.
fn company() -> Scene {
    let more = |csv: &str, rows: &str| format!("{csv}{rows}");
    Scene::new()
        .extract("person", &more(super::PERSONS, "3,903,C,c@x.example,,\n4,904,D,d@x.example,,\n"))
        .extract("work_relationship", &more(super::RELATIONSHIPS, "3,P3,GB,2020-01-01,Y\n4,P4,GB,2020-01-01,Y\n"))
        .extract(
            "assignment",
            &more(super::ASSIGNMENTS, "3,A3,P3,E,2020-01-01,Y,ACTIVE,,\n4,A4,P4,E,2020-01-01,Y,ACTIVE,,\n"),
        )
}

#[test]
fn a_manager_is_flagged_then_latest_then_lowest() {
    let header = "AssignmentId,ManagerAssignmentId,ManagerType,PrimaryFlag,EffectiveStartDate,EffectiveEndDate\n";
    let manager = |rows: &str| {
        let left = company()
            .extract("manager", &format!("{header}{rows}"))
            .run("M = \"ManagerPersonNumber\"\nR = \"ManagerAssignmentId\"");
        (left.users()[0].to_owned(), left.codes("1", &["MGR"]).join(";"), left.balance("manager"))
    };
    let one = "A1,A3,LINE_MANAGER,Y,2020-01-01,\nA1,A4,PROJECT_MANAGER,Y,2021-01-01,\n";
    assert_eq!(manager(one), ("3,A3".into(), String::new(), "in 2, used 1, superseded 1".into()));
    let flagged = "A1,A3,LINE_MANAGER,Y,2020-01-01,\nA1,A4,,N,2021-01-01,\n";
    assert_eq!(manager(flagged), ("3,A3".into(), "MGR010".into(), "in 2, used 1, superseded 1".into()));
    assert_eq!(manager("A1,A3,,,2020-01-01,\nA1,A4,,,2021-01-01,\n").0, "4,A4");
    assert_eq!(manager("A1,A4,,,2020-01-01,\nA1,A3,,,2020-01-01,\n").0, "3,A3");
    let ended = "A1,A3,,Y,2020-01-01,2026-11-19\nNOWHERE,A3,,Y,2020-01-01,\nNOWHERE,A3,,Y,2027-01-01,\n";
    assert_eq!(
        manager(ended),
        (",".into(), "MGR030".into(), "in 3, superseded 1, not_in_effect 2".into()),
        "the assignment row's own manager does not stand in, and a row of no assignment is nobody's"
    );
}

#[test]
fn rows_of_a_satellite_are_rejected_collapsed_and_make_a_person() {
    let left = Scene::new()
        .extract(
            "email",
            "PersonNumber,PersonId,EmailType,EmailAddress,PrimaryFlag,DateFrom\n\
             ,,W1,x@x.example,Y,2020-01-01\n1,901,W1,ada@x.example,Y,2020-01-01\n1,901,W1,ada@x.example,Y,2020-01-01\n\
             1,901,W1,y@x.example,perhaps,2020-01-01\n1,901,W1,z@x.example,Y,20/01/2020\n7,907,W1,g@x.example,Y,2020-01-01\n\
             2,999,W1,b@x.example,Y,2020-01-01\n",
        )
        .run("N = \"PersonNumber\"\nE = \"WorkEmail\"");
    assert_eq!(left.users(), ["1,ada@x.example"], "a rejected e-mail does not take its person along");
    assert_eq!(left.codes("1", &["ROW"]), ["ROW010", "ROW032", "ROW034"]);
    assert_eq!(left.codes("2", &["KEY"]), ["KEY022"]);
    assert_eq!(
        left.codes("7", &["PRI", "PER"]),
        ["PER031", "PRI023"],
        "a person of the source, without employment: no PER020"
    );
    assert_eq!(left.balance("email"), "in 7, used 2, rejected 3, duplicates 1, quarantined 1");
    let rejects: Vec<&str> = left.lines("rejects/email.csv").iter().map(|line| &line[..6]).collect();
    assert_eq!(rejects, ["ROW001", "ROW034", "ROW032"]);
    assert!(left.lines("rejects/email.csv")[1].contains("y@x.example"), "values as they came");
}
