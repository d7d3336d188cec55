//! A run as a catalogue of data sees it: OpenLineage's own client, whose classes are generated from the published schemas, takes
//! every event; they name no person, no login, and nothing of a failure but its code.

use std::fs;
use std::path::Path;
use std::process::Command;

use hcmsync::pipeline::{Overrides, Pipeline};
use hcmsync::run::openlineage::Lineage;
use serde_json::Value;

use crate::judges::PYTHON;
use crate::product::{Place, Said, personal_values_in, project};

/// The events of a file, of which none may carry a personal value.
fn events(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    assert_eq!(personal_values_in(&text), [""; 0]);
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What the client says of the events of a file.
fn judged(path: &Path) -> Said {
    let judge = project("tests/judges/lineage.py");
    Said::of(&Command::new(&*PYTHON).arg(judge).arg(path).output().unwrap())
}

fn states(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["eventType"].as_str().unwrap()).collect()
}

/// The input of an event whose pattern starts so.
fn input<'a>(event: &'a Value, start: &str) -> &'a Value {
    let is_it = |input: &&Value| input["name"].as_str().unwrap().rsplit('/').next().unwrap().starts_with(start);
    event["inputs"].as_array().unwrap().iter().find(is_it).unwrap()
}

#[test]
fn a_run_is_told_with_its_columns_counts_hashes_and_checks() {
    let mut place = Place::plain();
    place.edit("[guard]", "[[check]]\nname = \"job\"\nsql = \"JobName IS NOT NULL\"\n[[check]]\nname = \"hired\"\nover = \"work_relationship\"\nsql = \"DateStart IS NOT NULL\"\n[guard]");
    place.edit("[output.fields]", "where = \"JobName IS NOT NULL\"\n[output.fields]");
    let file = place.path("lineage.ndjson");
    let words = ["--openlineage", file.to_str().unwrap()];
    place.publishes(&words);
    place.publishes(&words);
    let said = place.run(&[&words[..], &["--only-new"]].concat());
    assert_eq!(said.code, 99, "{}", said.all());
    let events = events(&file);
    assert_eq!(states(&events), ["START", "COMPLETE", "START", "COMPLETE", "START", "COMPLETE"]);
    let id = |event: &Value| event["run"]["runId"].as_str().unwrap().to_owned();
    assert!(id(&events[0]) == id(&events[1]) && id(&events[1]) != id(&events[2]), "a run has its own id");
    let (first, again) = (&events[1], &events[3]);
    assert_eq!(first["outputs"], again["outputs"], "the same input gives the same output");

    let manifest: Value = serde_json::from_str(&place.published("manifest.json")).unwrap();
    let users = &first["outputs"][0];
    let own = manifest["outputs"].as_array().unwrap().iter().find(|output| output["path"] == "users.csv").unwrap();
    assert!(users["name"].as_str().unwrap().ends_with("/out/current/users.csv"), "{users}");
    assert_eq!(users["facets"]["version"]["datasetVersion"], own["sha256"]);
    assert_eq!(users["outputFacets"]["outputStatistics"]["rowCount"], own["rows"]);
    assert_eq!(users["outputFacets"]["outputStatistics"]["size"], own["bytes"]);
    let lineage = &users["facets"]["columnLineage"];
    let column = |of: &Value| {
        let text = |key: &str| of[key].as_str().unwrap().to_owned();
        let step = &of["transformations"][0];
        let kind = format!("{} {}", step["type"].as_str().unwrap(), step["subtype"].as_str().unwrap());
        (text("name").rsplit('/').next().unwrap().to_owned(), text("field"), kind)
    };
    let told = |extract: &str, field: &str, kind: &str| (format!("{extract}_*.csv"), field.to_owned(), kind.to_owned());
    let email = &lineage["fields"]["Email"]["inputFields"][0];
    assert_eq!(column(email), told("Person", "WorkEmail", "DIRECT TRANSFORMATION"));
    let number = &lineage["fields"]["Employee ID"]["inputFields"][0];
    assert_eq!(column(number), told("Person", "PersonNumber", "DIRECT IDENTITY"));
    assert_eq!(column(&lineage["dataset"][0]), told("Assignment", "JobName", "INDIRECT FILTER"));

    let person = manifest["inputs"].as_array().unwrap().iter().find(|input| input["kind"] == "person").unwrap();
    assert_eq!(input(first, "Person")["facets"]["version"]["datasetVersion"], person["sha256"]);
    assert_eq!(input(first, "Person")["inputFacets"]["inputStatistics"]["rowCount"], person["rows"]);
    let asserted = |start: &str, name: &str| {
        let assertions =
            input(first, start)["inputFacets"]["dataQualityAssertions"]["assertions"].as_array().unwrap().clone();
        let found = assertions.into_iter().find(|one| one["assertion"] == name || one["name"] == name);
        found.unwrap_or_else(|| panic!("{start} has no {name}"))["success"].as_bool().unwrap()
    };
    assert!(asserted("Assignment", "guard.max_quarantined") && asserted("WorkRelationship", "hired"));
    asserted("Assignment", "job");

    let said = judged(&file);
    assert_eq!(said.stdout, "judged 6 accepted 6 refused 0\n", "{}", said.stderr);
    // And the judge is one.
    let text = fs::read_to_string(&file).unwrap();
    for (from, to) in [
        ("\"fileCount\":1", "\"fileCount\":\"1\""),
        ("\"datasetVersion\"", "\"version\""),
        ("\"runId\":\"", "\"runId\":\"x"),
    ] {
        let wrong = place.path("wrong.ndjson");
        assert!(text.contains(from), "{from}");
        fs::write(&wrong, text.replacen(from, to, 1)).unwrap();
        assert_ne!(judged(&wrong).code, 0, "{from}");
    }
}

#[test]
fn a_failure_is_told_by_its_code_alone() {
    let mut place = Place::plain();
    let file = place.path("lineage.ndjson");
    let words = ["--openlineage", file.to_str().unwrap()];
    let message = |place: &Place, code: i32| {
        let said = place.run(&words);
        assert_eq!(said.code, code, "{}", said.all());
        let last = events(&file).pop().unwrap();
        assert_eq!(last["eventType"], "FAIL");
        assert_eq!(last["outputs"], serde_json::json!([]));
        (last["run"]["facets"]["errorMessage"]["message"].as_str().unwrap().to_owned(), last)
    };
    place.set("max_quarantined", "\"1%\"");
    let (told, event) = message(&place, 3);
    assert_eq!(told, "exit code 3: guards tripped: max_quarantined");
    let assertions = &input(&event, "Assignment")["inputFacets"]["dataQualityAssertions"]["assertions"];
    let tripped = assertions.as_array().unwrap().iter().filter(|assertion| assertion["success"] == false);
    assert_eq!(tripped.map(|guard| guard["actual"].as_str().unwrap()).collect::<Vec<_>>(), ["25 of 200"]);
    place.rewrite("Person", |_| b"PersonNumber\n".to_vec());
    assert!(message(&place, 4).0.starts_with("exit code 4: CSV009 "));
    fs::remove_file(place.extract("Person")).unwrap();
    assert_eq!(message(&place, 4).0, "exit code 4");
    let said = judged(&file);
    assert_eq!(said.stdout, "judged 6 accepted 6 refused 0\n", "{}", said.stderr);
    // A path that cannot be written fails before the work.
    let said = place.run(&["--openlineage", place.path("nowhere/lineage.ndjson").to_str().unwrap()]);
    assert_eq!(said.code, 8, "{}", said.all());
}

#[test]
fn a_dataset_on_a_server_is_called_without_the_login() {
    let variable = |name: &str| match name {
        "HCMSYNC_DEMO_USER" => Some("somebody".to_owned()),
        "HCMSYNC_DEMO_PORT" => Some("2222".to_owned()),
        _ => Some("/srv".to_owned()),
    };
    let pipeline = Pipeline::load(&project("pipelines/demo.toml"), &Overrides::default(), &variable).unwrap();
    let event = Lineage::new(&pipeline, "2026-11-20T06:00:00Z".parse().unwrap(), [7; 10]);
    let event = event.start("2026-11-20T06:00:00Z".parse().unwrap());
    assert_eq!(input(&event, "Person")["namespace"], "sftp://127.0.0.1:2222");
    assert_eq!(input(&event, "Person")["name"], "/srv/outbound/Person_*.csv.pgp");
    assert!(!event.to_string().contains("somebody"), "{event}");
}
