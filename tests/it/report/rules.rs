//! `validate`, the pipeline's own checks, the totals that HR gives, and the mask.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::Report;
use crate::product::{HCMSYNC, Place, Said};

/// Validates the pipeline of a place.
pub fn validate(place: &Place, words: &[&str]) -> Said {
    let file = place.path("pipeline.toml");
    fs::write(&file, &place.pipeline).unwrap();
    let mut command = Command::new(HCMSYNC);
    command.arg("validate").arg(file).args(words).env_remove("SSH_AUTH_SOCK");
    Said::of(&command.output().unwrap())
}

/// Validates, and reads the report.
fn report(place: &Place, code: i32, words: &[&str]) -> Report {
    let folder = place.path("report");
    let said = validate(place, &[&["--quiet", "--report", folder.to_str().unwrap()], words].concat());
    assert_eq!(said.code, code, "{}", said.all());
    Report::in_folder(&folder)
}

fn finding<'a>(report: &'a Report, code: &str) -> &'a Value {
    report.json["findings"].as_array().unwrap().iter().find(|found| found["code"] == code).unwrap()
}

#[test]
fn validate_needs_no_output_and_leaves_nothing_but_its_report() {
    let mut place = Place::sealed();
    let at = place.pipeline.find("[[output]]").unwrap();
    let guard = place.pipeline.find("[guard]").unwrap();
    place.pipeline.replace_range(at..guard, "");
    let publish = place.pipeline.find("[publish]").unwrap();
    place.pipeline.truncate(publish);
    let before = fs::read(place.extract("Person")).unwrap();
    let said = validate(&place, &[]);
    assert_eq!(said.code, 0, "{}", said.all());
    assert!(said.stdout.ends_with(
        "hcmsync: validated as of 2026-11-20: 200 persons, 169 emitted (166 active), 7 excluded, 0 filtered, 24 quarantined\n"
    ), "{}", said.stdout);
    assert_eq!(fs::read(place.extract("Person")).unwrap(), before);
    assert!(!place.path("out").exists() && !place.path("report").exists());
    let report = report(&place, 0, &[]);
    assert_eq!(report.json["status"], "validated");
    assert!(
        report.json["outputs"].as_array().unwrap().is_empty() && report.json["fields"].as_array().unwrap().is_empty()
    );
}

#[test]
fn validate_of_one_kind_judges_its_rows_and_says_that_nobody_is_resolved() {
    let mut place = Place::plain();
    place.replace_in_line("Person", 2, "2000-01-01", "soon");
    let (person, output) =
        (place.pipeline.find("[extract.work_relationship]").unwrap(), place.pipeline.find("[guard]").unwrap());
    place.pipeline.replace_range(person..output, "[[check]]\nname = \"names\"\nover = \"person\"\ncolumn = \"LastName\"\nnot_null = true\n[[check]]\nname = \"later\"\nsql = \"Active\"\n");
    let said = validate(&place, &[]);
    assert_eq!(said.code, 0, "{}", said.all());
    let last = said.stdout.lines().last().unwrap();
    assert!(
        last.starts_with("hcmsync: validated as of 2026-11-20: ") && last.ends_with("; nobody was resolved"),
        "{last}"
    );
    let report = report(&place, 0, &[]);
    let person = &report.json["balance"]["files"]["person"];
    let number = |key: &str| person[key].as_u64().unwrap();
    assert_eq!(number("in"), number("used") + number("rejected") + number("duplicates") + number("set_aside"));
    assert!(number("rejected") > 0 && report.json["inputs"].as_array().unwrap().len() == 1);
    assert!(report.html.contains("nobody can be resolved"));
    let check = |at: usize| (report.json["checks"][at]["judged"].clone(), report.json["checks"][at]["count"].clone());
    assert_eq!(check(0), (number("used").into(), 1.into()));
    assert_eq!(check(1), (Value::Null, 0.into()), "there are no workers");
    let run = place.run(&[]);
    assert_eq!(run.code, 2, "a run needs assignments: {}", run.all());
}

#[test]
fn a_guard_that_trips_stands_in_the_report_and_decides_the_exit_code() {
    let mut place = Place::plain();
    place.set("max_quarantined", "1");
    let report = report(&place, 3, &[]);
    assert_eq!((&report.json["status"], &report.json["exit_code"]), (&"stopped".into(), &3.into()));
    assert!(report.table("Each guard").iter().any(|row| row[0] == "max_quarantined" && row[1] == "✖ stops the run"));
    assert!(report.junit.contains("past the limit 1"));
    assert!(!place.path("out").exists());
    assert_eq!(self::report(&place, 0, &["--allow", "max_quarantined=30"]).json["status"], "validated");
}

/// Six checks over the sample, one of each kind.
const CHECKS: &str = r#"
[[check]]
name    = "job"
column  = "JobName"
not_null = true
message = "a user without a job"
[[check]]
name     = "status"
over     = "assignment"
column   = "AssignmentStatusType"
in       = ["ACTIVE", "SUSPENDED"]
[[check]]
name    = "number"
column  = "AssignmentNumber"
matches = "^E966"
[[check]]
name       = "relationship"
over       = "assignment"
column     = "PeriodOfServiceId"
references = "work_relationship.PeriodOfServiceId"
[[check]]
name   = "email"
over   = "person"
column = "WorkEmail"
unique = true
[[check]]
name     = "locations"
sql      = "LocationName <> 'HQ1-New York' OR JobName <> 'Analyst'"
severity = "E"
message  = "no analyst works in New York"
[guard]
"#;

#[test]
fn the_pipelines_own_checks_are_findings_and_an_error_quarantines() {
    let mut place = Place::plain();
    let before = report(&place, 0, &[]);
    place.edit("[guard]\n", CHECKS);
    place.set("max_quarantined", "\"50%\"");
    let after = report(&place, 0, &[]);
    let checks = after.json["checks"].as_array().unwrap();
    assert_eq!(checks.len(), 6);
    let of = |name: &str| checks.iter().find(|check| check["name"] == name).unwrap();
    let count = |name: &str| of(name)["count"].as_u64().unwrap();
    // What the extract itself says, counted by another reader.
    let rows = |start: &str| -> Vec<csv::StringRecord> {
        csv::Reader::from_path(place.extract(start)).unwrap().records().filter_map(Result::ok).collect()
    };
    let relationships: std::collections::BTreeSet<String> =
        rows("WorkRelationship").iter().map(|row| row[0].trim().to_owned()).collect();
    let dangling = rows("Assignment").iter().filter(|row| !relationships.contains(row[2].trim())).count() as u64;
    assert!(count("relationship") >= 1 && count("relationship") <= dangling, "{} of {dangling}", count("relationship"));
    for (name, least) in [("number", 1), ("email", 2), ("locations", 1), ("status", 1)] {
        assert!(count(name) >= least, "{name}: {}", of(name));
    }
    assert_eq!(of("job")["message"], "a user without a job");
    let quarantined = |report: &Report| report.number("/balance/persons/quarantined");
    assert!(quarantined(&after) > quarantined(&before));
    let examples = of("locations")["examples"].as_array().unwrap();
    assert!(examples[0]["person_number"].is_string() && examples[0]["line"].is_u64());
    let severities = after.json["findings"].as_array().unwrap().iter().filter(|found| found["code"] == "CHK001");
    assert_eq!(severities.map(|found| found["severity"].clone()).collect::<Vec<_>>(), ["W", "E"]);
    place.publishes(&["--quiet"]);
    let lines = place.published("quarantine.csv");
    let blamed =
        lines.lines().filter(|line| line.contains("CHK001") && line.contains("A check of the pipeline")).count();
    assert_eq!(blamed as u64, count("locations"));
}

#[test]
fn a_check_is_checked_before_any_data_is_read() {
    for (check, caret, said) in [
        ("name = 'a'\nsql = 'JobNam IS NULL'", "JobNam", "there is no attribute JobNam"),
        ("name = 'a'\nsql = 'JobName'", "'JobName'", "this is a value and not a condition"),
        ("name = 'a'\ncolumn = 'JobName'", "'a'", "a check is exactly one condition"),
        ("name = 'a'\nunique = true", "'a'", "the ready kinds need a column"),
        (
            "name = 'a'\ncolumn = 'LOWER(JobName)'\nunique = true",
            "'LOWER(JobName)'",
            "a column is the name of one attribute",
        ),
        ("name = 'a'\nover = 'asignment'\nsql = 'true'", "'asignment'", "this pipeline reads no asignment"),
        (
            "name = 'a'\nover = 'person'\ncolumn = 'JobName'\nnot_null = true",
            "JobName",
            "there is no attribute JobName",
        ),
        ("name = 'a'\ncolumn = 'JobName'\nmatches = '['", "'['", ""),
        (
            "name = 'a'\ncolumn = 'JobName'\nreferences = 'person.PersonNumbr'",
            "'person.PersonNumbr'",
            "person has no attribute",
        ),
        ("name = 'a'\nsql = 'ManagerWorkEmail IS NULL'", "ManagerWorkEmail", "cannot be checked"),
        ("name = 'a'\nsql = 'true'\nseverity = 'F'", "'F'", "unknown variant"),
    ] {
        let mut place = Place::plain();
        place.edit("[guard]\n", &format!("[[check]]\n{check}\n[guard]\n"));
        let result = validate(&place, &[]);
        assert_eq!(result.code, 2, "{check}: {}", result.all());
        assert!(result.stderr.contains(said), "{check}: {}", result.stderr);
        let carets = result.stderr.lines().map(|line| line.matches('^').count()).max().unwrap();
        assert_eq!(carets, caret.len(), "{check}: {}", result.stderr);
    }
}

#[test]
fn the_totals_of_hr_are_reconciled_by_any_attribute() {
    let place = Place::plain();
    let plain = report(&place, 0, &[]);
    let active = |attribute: &str, value: &str| {
        let lines = plain.json["headcount"].as_array().unwrap();
        let line = lines.iter().find(|line| line["attribute"] == attribute && line["value"] == value).unwrap();
        line["active"].as_u64().unwrap()
    };
    let uk = active("LegalEmployerName", "Vision UK");
    let file = place.path("headcount.csv");
    let totals = format!(
        "attribute,value,expected\nLegalEmployerName,Vision UK,{uk}\nLegalEmployerName,Vision Mars,7\nJobName,Analyst,1\n"
    );
    fs::write(&file, totals).unwrap();
    let words = ["--expected", file.to_str().unwrap()];
    let report = report(&place, 0, &words);
    let line = |value: &str| {
        let lines = report.json["headcount"].as_array().unwrap();
        lines.iter().find(|line| line["value"] == value).unwrap().clone()
    };
    assert_eq!((&line("Vision UK")["expected"], &line("Vision UK")["difference"]), (&uk.into(), &0.into()));
    assert_eq!((&line("Vision Mars")["active"], &line("Vision Mars")["difference"]), (&0.into(), &(-7).into()));
    assert_eq!(line("Analyst")["attribute"], "JobName");
    assert!(report.html.contains("1 of the 3 totals that HR gave are met"));
    let rows = report.table("People by legal employer");
    assert!(rows.iter().any(|row| row[0] == "Vision Mars" && row[7] == "! −7"), "{rows:?}");
    let said = validate(&place, &words);
    assert!(said.stdout.contains("expected: 1 of 3 totals are met\n"));
    fs::write(&file, "attribute,value,expected\nLegalEmployer,Vision UK,1\n").unwrap();
    for command in ["validate", "run"] {
        let words = [command, place.path("pipeline.toml").to_str().unwrap(), "--expected", file.to_str().unwrap()]
            .map(str::to_owned);
        let said = Said::of(&Command::new(HCMSYNC).args(words).output().unwrap());
        assert_eq!(said.code, 2);
        assert!(said.stderr.contains("did you mean LegalEmployerName?"), "{}", said.stderr);
    }
}

#[test]
fn people_are_counted_by_nothing_that_is_their_own() {
    for name in ["WorkEmail", "person.LastName", "DateOfBirth", "Phone", "UserName"] {
        let mut place = Place::plain();
        place.edit("file = \"Person_*.csv\"", "file = \"Person_*.csv\"\ncolumns = { Phone = \"WorkPhone\" }");
        let file = place.path("headcount.csv");
        fs::write(&file, format!("attribute,value,expected\n{name},x,1\n")).unwrap();
        let said = validate(&place, &["--expected", file.to_str().unwrap()]);
        assert_eq!(said.code, 2, "{name}: {}", said.all());
        assert!(said.stderr.contains("its values are somebody's own"), "{name}: {}", said.stderr);
        place.edit("[guard]", &format!("[report]\nheadcount = [\"{name}\"]\n[guard]"));
        let said = validate(&place, &[]);
        assert_eq!(said.code, 2, "{name}: {}", said.all());
        assert!(said.stderr.contains(&format!("nobody can be counted by {name}")), "{}", said.stderr);
        assert!(said.stderr.contains("its values are somebody's own"), "{name}: {}", said.stderr);
    }
}

#[test]
fn a_list_of_people_that_is_given_by_mistake_is_not_repeated() {
    let place = Place::plain();
    let (file, pipeline) = (place.path("people.csv"), place.path("pipeline.toml"));
    fs::write(&pipeline, &place.pipeline).unwrap();
    let people = fs::read_to_string(place.extract("Person")).unwrap();
    let rows = people.split_once('\n').unwrap().1;
    // As it is, and with a quote that never closes.
    for text in [rows.to_owned(), rows.replacen(',', ",\"", 1), format!("target,note\n{rows}")] {
        fs::write(&file, text).unwrap();
        let (file, pipeline) = (file.to_str().unwrap(), pipeline.to_str().unwrap());
        for words in
            [&["run", pipeline, "--expected", file][..], &["mapping", "import", pipeline, file], &["check", file]]
        {
            // Whatever is said is searched for personal values.
            let said = Said::of(&Command::new(HCMSYNC).args(words).output().unwrap());
            assert_eq!(said.code, 2, "{words:?}: {}", said.all());
            assert!(!said.all().contains("96616900"), "{words:?}: {}", said.all());
        }
    }
}

#[test]
fn the_mask_hides_numbers_and_small_counts_in_every_rendering() {
    let mut place = Place::plain();
    let plain = report(&place, 0, &[]);
    let number = finding(&plain, "KEY022")["examples"][0]["person_number"].as_str().unwrap().to_owned();
    let token =
        |report: &Report| finding(report, "KEY022")["examples"][0]["person_number"].as_str().unwrap().to_owned();
    let (one, two) = (report(&place, 0, &["--mask", "full"]), report(&place, 0, &["--mask", "full"]));
    assert!(plain.html.contains(&number) && !one.html.contains(&number) && !one.json.to_string().contains(&number));
    assert!(token(&one).starts_with('~') && token(&one).len() == 17);
    assert_ne!(token(&one), token(&two), "each report has a key of its own");
    place.edit("[guard]\n", "[report]\nmask_secret = { env = \"MASK\" }\n[guard]\n");
    let keyed = |to: &str| {
        let folder = place.path(to);
        let file = place.path("pipeline.toml");
        fs::write(&file, &place.pipeline).unwrap();
        let mut command = Command::new(HCMSYNC);
        command.arg("run").arg(file).args(["--quiet", "--mask", "full", "--to"]).arg(&folder).env("MASK", "a key");
        assert_eq!(Said::of(&command.output().unwrap()).code, 0);
        Report::in_folder(&folder.join("current"))
    };
    assert_eq!(token(&keyed("one")), token(&keyed("two")), "with a key a person has the same token");
    let small = |report: &Report| {
        let lines = report.json["headcount"].as_array().unwrap();
        let numbers = lines
            .iter()
            .flat_map(|line| ["in_extract", "resolved", "emitted", "active", "quarantined"].map(|key| &line[key]));
        numbers.filter(|number| number.as_u64().is_some_and(|count| (1..5).contains(&count))).count()
    };
    assert!(small(&plain) > 0 && small(&one) == 0);
    for line in one.json["headcount"].as_array().unwrap() {
        let left_out = ["in_extract", "resolved", "quarantined"].iter().filter(|key| line[**key].is_null()).count();
        assert_ne!(left_out, 1, "it follows from the other two: {line}");
    }
    assert!(one.html.contains(">masked<") && one.json["masked"] == true);
    assert!(one.html.contains("hcmsync explain test PERSON_NUMBER"));
}
