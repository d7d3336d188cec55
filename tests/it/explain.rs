//! `explain` keeps nobody who has no say, and yet says of everybody what a run says of them; it names who else is involved.

use std::collections::BTreeMap;
use std::process::Command;

use crate::laws::{in_some, of_seed};
use crate::product::{HCMSYNC, Place, Said};
use crate::{engine, oracle};

/// `explain` of the sample, as JSON.
fn explained(place: &Place, number: &str, words: &[&str]) -> serde_json::Value {
    let file = place.path("pipeline.toml");
    std::fs::write(&file, &place.pipeline).unwrap();
    let output = Command::new(HCMSYNC).arg("explain").arg(file).args([number, "--json"]).args(words).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // A value that was asked for is shown; of nobody else any.
    if words.is_empty() {
        serde_json::from_str(&Said::of(&output).stdout)
    } else {
        serde_json::from_slice(&output.stdout)
    }
    .unwrap()
}

/// The codes of an explanation with who and what brought them about.
fn causes(explanation: &serde_json::Value) -> BTreeMap<String, Vec<String>> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let of = |code: &serde_json::Value| {
        let causes = code["because"].as_array().unwrap().iter();
        let told = causes.map(|cause| format!("{} {}", text(&cause["person_number"]), text(&cause["sentence"])));
        (text(&code["code"]), told.collect())
    };
    explanation["codes"].as_array().unwrap().iter().map(of).collect()
}

#[test]
fn an_explanation_says_what_a_run_says() {
    in_some(|seed, sources, settings, answer| {
        let persons = &answer.outcome.persons;
        let mut random = fastrand::Rng::with_seed(seed);
        let numbers: Vec<&String> = persons.keys().filter(|_| random.u8(..8) == 0).collect();
        for (number, said) in numbers.iter().zip(engine::explained(&sources, &settings, &numbers)) {
            let person = &persons[*number];
            let row = oracle::Row {
                worker_state: said.worker_state.unwrap_or_default().to_owned(),
                active: said.active,
                disposition: said.disposition.to_owned(),
                period_of_service_id: said.period_of_service_id,
                assignment_id: said.assignment_id,
                manager_person_number: said.manager_person_number.unwrap_or_default(),
                all_current: person.all_current.clone(),
                codes: said.codes.iter().map(|code| code.code.to_owned()).collect(),
                errors: said
                    .codes
                    .iter()
                    .filter(|code| code.severity == 'E')
                    .map(|code| code.code.to_owned())
                    .collect(),
            };
            let of_rows = |code: &String| code.starts_with("ROW") || code == "WR031";
            let errors: Vec<&String> = row.errors.iter().filter(|code| !of_rows(code)).collect();
            assert_eq!(errors, person.errors.iter().collect::<Vec<_>>(), "seed {seed}, {number}");
            let row = oracle::Row { errors: person.errors.clone(), ..row };
            assert_eq!(row, *person, "seed {seed}, {number}\n{}", engine::rows_of(&sources, number));
            assert_eq!(said.missing.is_empty(), person.disposition.starts_with("emitted"), "seed {seed}, {number}");
            assert!(!said.rows.is_empty());
        }
    });
    assert!(!of_seed(10_000).0.is_empty());
}

#[test]
fn who_else_is_involved_is_named() {
    let place = Place::plain();
    let of = |number: &str| causes(&explained(&place, number, &[]));
    assert_eq!(of("500137")["KEY010"], ["0500137 is the same but for leading zeros"]);
    assert_eq!(of("500135")["KEY021"], ["500136 has the AssignmentId 300100700001351 as well"]);
    let referring = of("500164");
    assert_eq!(
        referring["KEY020"],
        ["500165 has the work relationship 300100600001651, to which an assignment of this person refers"]
    );
    assert_eq!(
        of("500165")["KEY020"],
        ["500164 has an assignment that refers to this person's work relationship 300100600001651"]
    );
    assert_eq!(of("500167")["KEY023"], ["500168 has the PersonId 300100300001670"]);
    assert_eq!(of("500146")["OUT002"], ["500147 has the same work e-mail, quarantined for OUT002"]);
    assert_eq!(of("500149")["OUT002"], ["500148 has the same work e-mail, emitted"]);
    assert_eq!(of("500187")["MGR021"], ["500112 is the manager, excluded"]);
    assert_eq!(of("500152")["MGR023"], ["500153 is the manager of 500152", "500152 is the manager of 500153"]);
    assert_eq!(of("500163")["WR020"].len(), 1);
    assert_eq!(of("500171")["WR021"].len(), 2);
    assert_eq!(of("500166")["KEY022"].len(), 2);
    assert_eq!(of("500169")["KEY024"].len(), 2);
    assert_eq!(of("500159")["ASG030"].len(), 1);
    assert_eq!(of("500158")["ROW002"], ["500158 is rejected"]);
    assert_eq!(of("500157")["ROW010"], ["500157 repeats another row"]);
    assert_eq!(of("500132")["ROW020"], ["500132 is set aside"]);
    assert_eq!(of("500162")["ROW033"], ["500162 has a time of day"]);
}

#[test]
fn who_shares_a_computed_value_is_named_even_where_a_manager_falls_out_by_it() {
    let mut place = Place::plain();
    // One of the two manages others, so that the outputs are evaluated again without them.
    let same = "CASE WHEN PersonNumber IN ('500101', '966169008890236') THEN 'same@x.example' ELSE WorkEmail END";
    place.edit("\"LOWER(WorkEmail)\"", &format!("\"{same}\""));
    let of = |number: &str| causes(&explained(&place, number, &[])).remove("OUT002");
    let shares = |other: &str| Some(vec![format!("{other} has the same Email, quarantined for OUT002")]);
    assert_eq!((of("500101"), of("966169008890236")), (shares("966169008890236"), shares("500101")));
    assert_eq!(of("500146"), Some(vec!["500147 has the same work e-mail, quarantined for OUT002".to_owned()]));
}

#[test]
fn who_is_missing_is_told_why() {
    let mut place = Place::plain();
    let reason = |place: &Place, number: &str| {
        let missing = explained(place, number, &[])["missing"].clone();
        missing.as_array().unwrap().iter().map(|it| it["sentence"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(reason(&place, "500101"), [""; 0]);
    assert_eq!(reason(&place, "500112"), ["the state is FUTURE, and [resolve.emit] says future = \"exclude\""]);
    assert_eq!(reason(&place, "500135"), ["quarantined: KEY021"]);
    place.edit("[guard]", "[select]\nwhere = \"PersonNumber <> '500101'\"\n[guard]");
    assert_eq!(reason(&place, "500101"), ["[select] where does not hold: PersonNumber <> '500101'"]);
    place.edit("file = \"users.csv\"", "file = \"users.csv\"\nwhere = \"LastName = 'x'\"");
    assert_eq!(reason(&place, "500102"), ["not in users.csv: its where does not hold: LastName = 'x'"]);
    place.edit("where = \"LastName = 'x'\"", "");
    place.edit("[guard]", "[resolve.emit]\nactive = { file = \"now.csv\" }\n[guard]");
    assert_eq!(reason(&place, "500102"), ["in now.csv, and not in users.csv: [resolve.emit] gives its state a file"]);
}

#[test]
fn a_manager_who_is_a_user_and_does_not_stand_in_the_file_is_no_value_there() {
    let mut place = Place::plain();
    let field = "\"Employee ID\" = \"PersonNumber\"";
    place.edit(field, &format!("{field}\n\"Boss\" = \"ManagerPersonNumber\""));
    let boss = |place: &Place| {
        let told = explained(place, "500188", &["--field", "Boss"]);
        (told["fields"][0]["how"]["value"].clone(), causes(&told).remove("MGR021"))
    };
    assert_eq!(boss(&place), ("500110".into(), None));
    place.edit("file = \"users.csv\"", "file = \"users.csv\"\nwhere = \"Active\"");
    let cause = "500110 is the manager, and does not stand in every file that would name them";
    assert_eq!(boss(&place), (serde_json::Value::Null, Some(vec![cause.to_owned()])));
}

#[test]
fn who_falls_out_at_the_very_end_had_a_manager_looked_for() {
    let mut place = Place::plain();
    place.edit(
        "\"Employee ID\" = \"PersonNumber\"\n",
        "\"Employee ID\" = \"PersonNumber\"\n\"Name\" = \"LastName\"\n[output.dialect]\nnull = \"Green\"\n",
    );
    place.edit("profile = \"qooper-csv\"", "profile = \"csv\"");
    let explanation = explained(&place, "966169008890736", &[]);
    assert!(causes(&explanation).contains_key("OUT014"), "{explanation}");
    assert!(explanation["manager_person_number"].is_string());
    let steps = explanation["steps"].as_array().unwrap();
    assert!(steps.iter().all(|step| !step["sentence"].as_str().unwrap().contains("no manager is looked for")));
    assert!(steps.iter().any(|step| step["rule"] == 25), "{explanation}");
}

#[test]
fn a_value_is_told_step_by_step() {
    let mut place = Place::plain();
    place.edit(
        "\"Employee ID\" = \"PersonNumber\"",
        "\"Employee ID\" = \"PersonNumber\"\n\"Status\" = { sql = \"Active\", map = \"status\" }",
    );
    place.edit("[guard]", "[maps.status]\ntrue = \"Active\"\nfalse = \"Suspended\"\n[guard]");
    let field = explained(&place, "500110", &["--field", "Status"])["fields"][0].clone();
    assert_eq!((&field["file"], &field["written"]), (&"users.csv".into(), &true.into()));
    let how = &field["how"];
    assert_eq!((&how["inputs"][0]["value"], &how["map"]["value"]), (&"false".into(), &"Suspended".into()));
    assert_eq!(how["value"], "Suspended");
    let nobody = explained(&place, "500150", &["--field", "Email"])["fields"][0].clone();
    assert_eq!(nobody["reads"][0]["header"], "WorkEmail", "where it was looked for");
    assert_eq!((&nobody["written"], &nobody["how"]["value"]), (&false.into(), &serde_json::Value::Null));
    assert!(nobody["how"]["problems"][0].as_str().unwrap().starts_with("OUT011"));
}

#[test]
fn who_loses_where_the_pipeline_picks_is_reported() {
    let mut place = Place::plain();
    place.edit("[guard]", "[resolve]\non_ambiguous = \"pick\"\n[guard]");
    let report: serde_json::Value = serde_json::from_str(&place.publishes(&["--json"]).stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let examples = |code: &str| {
        let found = findings.iter().find(|found| found["code"] == code).unwrap();
        assert_eq!((&found["severity"], &found["count"]), (&"W".into(), &1.into()), "{code}");
        found["examples"].as_array().unwrap().len()
    };
    for code in ["PRI012", "PRI014", "PRI032", "PRI034"] {
        assert_eq!(examples(code), 2, "{code}: the row of the one that was picked, and that of the loser");
    }
    let steps = explained(&place, "500104", &[])["steps"].clone();
    let loser = steps.as_array().unwrap().iter().find(|step| step["rule"] == 16).unwrap();
    assert_eq!(loser["sentence"], "work relationship 300100600001041 loses: it started earlier");
    assert!(loser["file"].as_str().unwrap().starts_with("WorkRelationship_") && loser["line"].is_u64());
}
