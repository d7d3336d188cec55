//! The changes between two runs, against a naive comparison of the published files; `plan` and `diff` as people meet them;
//! and that a plan leaves nothing behind.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::product::{HCMSYNC, Place, Said, personal_values_in};
use crate::publish::snapshot;

type Line = BTreeMap<String, String>;

/// The lines of a published list, by PersonNumber.
fn list(run: &Path, name: &str) -> BTreeMap<String, Line> {
    let lines = csv::Reader::from_path(run.join(name)).unwrap().into_deserialize::<Line>();
    lines.map(Result::unwrap).map(|line| (line["PersonNumber"].clone(), line)).collect()
}

/// The users by PersonNumber, which the test's pipeline writes as Employee ID.
fn users(run: &Path) -> BTreeMap<String, Line> {
    let lines = csv::Reader::from_path(run.join("users.csv")).unwrap().into_deserialize::<Line>();
    lines.map(Result::unwrap).map(|line| (line["Employee ID"].clone(), line)).collect()
}

/// The sample with more columns, and no guard in the way.
fn place() -> Place {
    let mut place = Place::plain();
    place.edit(
        "\"Employee ID\" = \"PersonNumber\"\n",
        "\"Employee ID\" = \"PersonNumber\"\n\"First Name\" = \"FirstName\"\n\"Last Name\" = \"LastName\"\n\
         \"Department\" = \"DepartmentName\"\n\"Manager ID\" = \"ManagerPersonNumber\"\n",
    );
    place.edit(
        "[guard]\n",
        "[guard]\nmax_leavers = \"off\"\nmax_joiners = \"off\"\nmax_changed = \"off\"\nmax_segment_change = \"off\"\n",
    );
    place
}

/// Runs a command of the product on the pipeline of a place.
fn say(place: &Place, command: &str, words: &[&str]) -> Said {
    fs::write(place.path("pipeline.toml"), &place.pipeline).unwrap();
    let mut process = Command::new(HCMSYNC);
    process.arg(command).arg(place.path("pipeline.toml")).args(words);
    Said::of(&process.output().unwrap())
}

fn json(said: &Said) -> Value {
    serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{error}: {}", said.all()))
}

/// One person's change, as `--list --json` tells it.
fn person<'a>(told: &'a Value, number: &str) -> &'a Value {
    let mut of = told["persons"].as_array().unwrap().iter().filter(|person| person["person_number"] == number);
    let found = of.next().unwrap_or_else(|| panic!("{number} is not in the list"));
    assert!(of.next().is_none(), "{number} is there once");
    found
}

/// Every person of one kind of change.
fn those(told: &Value, kinds: &[&str]) -> BTreeSet<String> {
    let persons = told["persons"].as_array().unwrap().iter();
    let of = persons.filter(|person| kinds.contains(&person["change"].as_str().unwrap()));
    of.map(|person| person["person_number"].as_str().unwrap().to_owned()).collect()
}

/// Everything that the comparison counts, counted anew from the published files.
fn assert_right(told: &Value, before: &Path, now: &Path) {
    let (old, new) = (list(before, "resolution.csv"), list(now, "resolution.csv"));
    let (old_users, new_users) = (users(before), users(now));
    let active = |lines: &BTreeMap<String, Line>| -> BTreeSet<String> {
        let is = |line: &&Line| line["Active"] == "true" && line["Disposition"] == "emitted";
        lines.values().filter(is).map(|line| line["PersonNumber"].clone()).collect()
    };
    let (was, is) = (active(&old), active(&new));
    let changes = &told["changes"];
    let count = |name: &str| changes[name].as_u64().unwrap() as usize;
    assert_eq!(those(told, &["joiner", "reactivated"]), is.difference(&was).cloned().collect());
    assert_eq!(those(told, &["leaver"]), was.difference(&is).cloned().collect());
    assert_eq!((count("joiners"), count("leavers")), (is.difference(&was).count(), was.difference(&is).count()));
    assert_eq!((count("active_before"), count("active_now")), (was.len(), is.len()));
    let both: Vec<&String> = old_users.keys().filter(|person| new_users.contains_key(*person)).collect();
    assert_eq!(count("in_both"), both.len());
    assert_eq!(count("added"), new_users.len() - both.len());
    assert_eq!(count("removed"), old_users.len() - both.len());
    let differs = |person: &String, field: &str| old_users[person][field] != new_users[person][field];
    for field in changes["fields"].as_array().unwrap() {
        let name = field["field"].as_str().unwrap();
        let changed = both.iter().filter(|person| differs(person, name)).count();
        assert_eq!(field["changed"], changed as u64, "{name}");
    }
    let changed = both.iter().filter(|person| old_users[**person] != new_users[**person]).count();
    assert_eq!((count("changed"), count("emails")), (changed, both.iter().filter(|p| differs(p, "Email")).count()));
    let others = |column: &str| both.iter().filter(|person| old[**person][column] != new[**person][column]).count();
    assert_eq!(count("assignments"), others("AssignmentId"));
    assert_eq!(changes["moved"]["manager"], others("ManagerPersonNumber") as u64);
    let decided: u64 = changes["decisions"].as_array().unwrap().iter().map(|it| it["count"].as_u64().unwrap()).sum();
    assert_eq!(decided as usize, count("assignments"));
    let sum = |key: &str| -> u64 {
        changes["segments"].as_array().unwrap().iter().map(|segment| segment[key].as_u64().unwrap()).sum()
    };
    assert_eq!((sum("before") as usize, sum("now") as usize), (was.len(), is.len()), "all have a legal employer");
    assert_eq!((sum("joiners") as usize, sum("leavers") as usize), (count("joiners"), count("leavers")));
    assert_eq!(sum("moved_in"), sum("moved_out"));
    assert_eq!(sum("changed") as usize, changed);
    assert_eq!(personal_values_in(&told.to_string()), [""; 0]);
}

#[test]
fn a_plan_tells_what_the_run_then_does_and_the_difference_of_the_two_runs_is_the_same() {
    let mut place = place();
    // A run that was let through by --allow bears another name than its plan.
    place.set("max_quarantined", "\"off\"");
    place.set("max_rejected", "\"off\"");
    for (as_of, next) in [("2026-11-20", "2027-02-01"), ("2026-03-01", "2026-11-20"), ("2026-11-20", "2020-06-30")] {
        let out = place.path("out");
        if out.exists() {
            fs::remove_dir_all(&out).unwrap();
        }
        place.publishes(&["--as-of", as_of]);
        let before = fs::canonicalize(out.join("current")).unwrap();
        let plan = say(&place, "plan", &["--as-of", next, "--list", "--json"]);
        assert_eq!(plan.code, 0, "{}", plan.all());
        place.publishes(&["--as-of", next]);
        let now = fs::canonicalize(out.join("current")).unwrap();
        let told = json(&plan);
        assert_right(&told, &before, &now);
        assert_eq!(told["to"], now.file_name().unwrap().to_str().unwrap());
        let diff = |words: &[&str]| {
            let mut process = Command::new(HCMSYNC);
            Said::of(&process.arg("diff").args([&before, &now]).args(words).output().unwrap())
        };
        let told_again = json(&diff(&["--list", "--json"]));
        for part in ["from", "to", "differences", "changes", "persons"] {
            assert_eq!(told_again[part], told[part], "{part}");
        }
        let report: Value = serde_json::from_str(&fs::read_to_string(now.join("report.json")).unwrap()).unwrap();
        assert_eq!(report["changes"], told["changes"], "the report has the same numbers");
        assert_eq!(diff(&["--detailed-exitcode"]).code, 10);
    }
}

#[test]
fn a_plan_leaves_nothing_behind_and_its_exit_code_tells_on_request() {
    let place = place();
    let before = snapshot(&place.path(""));
    let plan = say(&place, "plan", &["--detailed-exitcode"]);
    assert_eq!(plan.code, 10, "everybody is new: {}", plan.all());
    assert!(plan.stdout.starts_with("no run has been published yet"), "{}", plan.stdout);
    assert!(plan.stdout.contains("\n?    max_origin_changes -, the limit is 0; not judged"), "{}", plan.stdout);
    fs::remove_file(place.path("pipeline.toml")).unwrap();
    assert_eq!(snapshot(&place.path("")), before, "not even the folder to publish to");
    place.publishes(&[]);
    let before = snapshot(&place.path(""));
    let plan = say(&place, "plan", &["--detailed-exitcode"]);
    assert_eq!(plan.code, 0, "the same again: {}", plan.all());
    assert!(plan.stdout.contains("hcmsync: planned as of 2026-11-20:"), "{}", plan.stdout);
    assert_eq!(say(&place, "plan", &["--as-of", "2027-02-01"]).code, 0, "without the flag differences are no failure");
    assert_eq!(snapshot(&place.path("")), before);
}

#[test]
fn a_plan_shows_a_guard_that_would_trip_and_is_no_failure() {
    let mut place = place();
    place.publishes(&[]);
    place.edit("max_leavers = \"off\"", "max_leavers = 0");
    let said = say(&place, "plan", &["--as-of", "2027-06-30"]);
    let told = json(&say(&place, "plan", &["--as-of", "2027-06-30", "--json"]));
    let leavers = told["guards"].as_array().unwrap().iter().find(|guard| guard["name"] == "max_leavers").unwrap();
    assert_eq!((said.code, &leavers["tripped"]), (0, &Value::Bool(true)), "{}", said.all());
    assert!(said.stdout.contains("TRIP max_leavers"), "{}", said.stdout);
    assert_eq!(place.run(&["--as-of", "2027-06-30"]).code, 3);
}

/// The line and the cells of a person in an extract: the first row.
fn line_of(place: &Place, extract: &str, number: &str) -> (usize, String) {
    let text = fs::read_to_string(place.extract(extract)).unwrap();
    let found = text.lines().enumerate().find(|(_, line)| line.split(',').any(|cell| cell.trim_matches('"') == number));
    let (line, cells) = found.unwrap();
    (line + 1, cells.to_owned())
}

#[test]
fn who_moves_changes_the_address_or_the_name_is_told_by_what_and_never_by_which_value() {
    let place = place();
    place.publishes(&[]);
    let placed = list(&place.path("out/current"), "placement.csv");
    let users = users(&place.path("out/current"));
    // Three users with a row each in every file, and an e-mail address.
    let one_row = |number: &&String| {
        ["Person", "Assignment", "WorkRelationship"].iter().all(|extract| {
            let text = fs::read_to_string(place.extract(extract)).unwrap();
            text.lines().filter(|line| line.contains(number.as_str())).count() == 1
        })
    };
    let of_corporation =
        |number: &&String| line_of(&place, "WorkRelationship", number).1.contains("Vision Corporation");
    let chosen = |nth| users.keys().filter(one_row).filter(of_corporation).nth(nth).unwrap().clone();
    let [mover, renamed, readdressed] = [0, 1, 2].map(chosen);
    let employers: BTreeSet<&String> = placed.values().map(|line| &line["LegalEmployer"]).collect();
    assert!(employers.len() > 1 && employers.iter().all(|id| id.len() == 8), "{employers:?}");
    let (line, _) = line_of(&place, "WorkRelationship", &mover);
    place.replace_in_line("WorkRelationship", line, "Vision Corporation", "Vision UK");
    let (line, _) = line_of(&place, "Person", &renamed);
    place.replace_in_line("Person", line, &users[&renamed]["Last Name"], "Zzyzx-Testname");
    let (line, _) = line_of(&place, "Person", &readdressed);
    let local = users[&readdressed]["Email"].split('@').next().unwrap().to_owned();
    let text = fs::read_to_string(place.extract("Person")).unwrap();
    let address = text
        .lines()
        .nth(line - 1)
        .unwrap()
        .split(',')
        .find(|cell| cell.to_lowercase().starts_with(&format!("{local}@")));
    place.replace_in_line("Person", line, address.unwrap(), "zzyzx.elsewhere@vision.example");
    let told = json(&say(&place, "plan", &["--list", "--json"]));
    let moved = person(&told, &mover);
    assert_eq!((&moved["change"], &moved["moved"]), (&"changed".into(), &serde_json::json!(["legal_employer"])));
    let other_name = person(&told, &renamed);
    assert_eq!((&other_name["fields"], &other_name["email"]), (&serde_json::json!(["Last Name"]), &false.into()));
    let other_address = person(&told, &readdressed);
    assert_eq!((&other_address["fields"], &other_address["email"]), (&serde_json::json!(["Email"]), &true.into()));
    assert_eq!(told["changes"]["emails"], 1);
    assert_eq!(told["changes"]["moved"]["legal_employer"], 1);
    let said = say(&place, "plan", &["--list"]);
    for line in ["e-mails                              1  ATTENTION", &format!("{renamed:16} changed     Last Name")] {
        assert!(said.stdout.contains(line), "{line}: {}", said.stdout);
    }
    assert!(!said.all().contains("Zzyzx") && !said.all().contains("zzyzx"), "{}", said.all());
}
