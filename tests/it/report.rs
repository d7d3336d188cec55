//! What people look at before they let it run: one report in four renderings, the same numbers in each, nobody's values in any;
//! `validate`, the pipeline's own checks, HR's totals, the mask and the last runs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::product::{HCMSYNC, Place, Said, personal_values_in, project};

mod rules;

/// The files of a report.
pub struct Report {
    pub html: String,
    pub json: Value,
    pub junit: String,
}

impl Report {
    pub fn in_folder(folder: &Path) -> Report {
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        let json = read("report.json");
        for text in [&read("report.html"), &json, &read("junit.xml")] {
            assert_eq!(personal_values_in(text), [""; 0]);
        }
        Report { html: read("report.html"), json: serde_json::from_str(&json).unwrap(), junit: read("junit.xml") }
    }

    /// The rows of the table with this caption, the texts of their cells.
    pub fn table(&self, caption: &str) -> Vec<Vec<String>> {
        let at =
            self.html.find(&format!("<caption>{caption}")).unwrap_or_else(|| panic!("there is no table {caption}"));
        let body = self.html[at..].split("<tbody>").nth(1).unwrap().split("</tbody>").next().unwrap();
        let cells = |row: &str| {
            let cells = row.split("<t").skip(1).filter(|cell| cell.starts_with("h ") || cell.starts_with("d "));
            cells.map(|cell| text(cell.split_once('>').unwrap().1)).collect()
        };
        body.split("<tr>").skip(1).map(cells).collect()
    }

    /// A number of `report.json`.
    pub fn number(&self, pointer: &str) -> u64 {
        self.json.pointer(pointer).and_then(Value::as_u64).unwrap_or_else(|| panic!("there is no {pointer}"))
    }
}

/// A piece of HTML without its tags.
fn text(html: &str) -> String {
    let mut text = String::new();
    let mut tag = false;
    for c in html.chars() {
        match c {
            '<' => tag = true,
            '>' => tag = false,
            c if !tag => text.push(c),
            _ => {}
        }
    }
    text.replace("&#38;", "&").replace("&#60;", "<").replace("&#62;", ">").replace("&#39;", "'").trim().to_owned()
}

/// A number as people write it.
fn digits(text: &str) -> u64 {
    text.replace(',', "").parse().unwrap_or_else(|_| panic!("{text} is no number"))
}

/// The report of the sample, as a run publishes it.
fn sample() -> Report {
    let to = tempfile::tempdir().unwrap();
    let mut command = Command::new(HCMSYNC);
    command.arg("run").arg(project("pipelines/qooper.toml")).arg("--to").arg(to.path());
    assert_eq!(Said::of(&command.output().unwrap()).code, 0);
    Report::in_folder(&to.path().join("current"))
}

fn schema() -> String {
    let output = Command::new(HCMSYNC).args(["schema", "report"]).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_json_is_as_its_schema_says_and_another_validator_agrees() {
    let (report, text) = (sample(), schema());
    let schema: Value = serde_json::from_str(&text).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&report.json).map(|error| error.to_string()).collect();
    assert_eq!(errors, [""; 0]);
    let mut wrong = report.json.clone();
    wrong["findings"][0]["count"] = "many".into();
    assert!(!validator.is_valid(&wrong));
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [("schema", text), ("report", report.json.to_string()), ("wrong", wrong.to_string())] {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let script = "import json, sys\nfrom jsonschema import Draft202012Validator as V\n\
        load = lambda n: json.load(open(f'{sys.argv[1]}/{n}'))\nV.check_schema(load('schema'))\nv = V(load('schema'))\n\
        print([len(list(v.iter_errors(load(n)))) for n in ('report', 'wrong')])\n";
    let python = project("target/judges/report/bin/python");
    if !python.exists() {
        let made = Command::new("python3").args(["-m", "venv"]).arg(project("target/judges/report")).status().unwrap();
        assert!(made.success());
        let pip = project("target/judges/report/bin/pip");
        let installed = Command::new(pip).args(["install", "--quiet", "jsonschema==4.26.0"]).status().unwrap();
        assert!(installed.success(), "the judge jsonschema is installed from PyPI");
    }
    let judged = Command::new(python).args(["-c", script]).arg(folder.path()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&judged.stdout).trim(), "[0, 1]", "{}", String::from_utf8_lossy(&judged.stderr));
}

#[test]
fn every_rendering_has_the_same_numbers() {
    let report = sample();
    let persons = |key: &str| report.number(&format!("/balance/persons/{key}"));
    // The page: tiles, funnel, findings, fields, headcount.
    for (title, key) in [("Persons", "in"), ("Users", "emitted"), ("Active", "active"), ("Quarantined", "quarantined")]
    {
        let value = report.html.split(&format!("<dt>{title}</dt><dd>")).nth(1).unwrap().split('<').next().unwrap();
        assert_eq!(digits(value), persons(key), "{title}");
    }
    let array = |key: &str| report.json[key].as_array().unwrap().clone();
    let words = |value: &Value| value.as_str().unwrap().to_owned();
    let shown: Vec<(String, u64)> =
        report.table("From files to rows").iter().map(|row| (row[0].clone(), digits(&row[1]))).collect();
    let funnel: Vec<(String, u64)> =
        array("funnel").iter().map(|step| (words(&step["step"]), step["count"].as_u64().unwrap())).collect();
    assert_eq!(shown, funnel);
    let found = |found: &Value| format!("{} {}", words(&found["severity"]), words(&found["code"]));
    let findings: BTreeMap<String, u64> =
        array("findings").iter().map(|of| (found(of), of["count"].as_u64().unwrap())).collect();
    let letter = |badge: &str| match badge.split(' ').nth(1).unwrap() {
        "error" => "E",
        "warning" => "W",
        _ => "I",
    };
    let rows = report.table("Every finding");
    let shown: BTreeMap<String, u64> =
        rows.iter().map(|row| (format!("{} {}", letter(&row[1]), row[0]), digits(&row[3]))).collect();
    assert_eq!(shown, findings);
    assert!(findings.len() > 40 && findings["E OUT002"] == 3);
    let fields: Vec<Vec<u64>> = array("fields")
        .iter()
        .map(|field| ["filled", "empty", "distinct"].map(|key| field[key].as_u64().unwrap()).to_vec())
        .collect();
    let rows = report.table("Fields of users.csv");
    let shown: Vec<Vec<u64>> = rows.iter().map(|row| [1, 3, 4].map(|at| digits(&row[at])).to_vec()).collect();
    assert_eq!(shown, fields);
    // The build server's view.
    let junit = quick_junit::Report::deserialize_from_str(&report.junit).unwrap();
    let suite = |name: &str| junit.test_suites.iter().find(|suite| suite.name.as_str() == name).unwrap();
    let of_cases: BTreeMap<String, u64> = suite("findings")
        .test_cases
        .iter()
        .map(|case| (case.name.as_str().to_owned(), case.properties[0].value.as_str().parse().unwrap()))
        .collect();
    assert_eq!(of_cases, findings);
    let properties: BTreeMap<&str, &str> =
        suite("totals").properties.iter().map(|property| (property.name.as_str(), property.value.as_str())).collect();
    for (name, key) in [("persons", "in"), ("emitted", "emitted"), ("active", "active"), ("quarantined", "quarantined")]
    {
        assert_eq!(properties[name].parse::<u64>().unwrap(), persons(key));
    }
    assert_eq!(suite("guards").test_cases.len(), report.json["guards"].as_array().unwrap().len());
}

#[test]
fn the_sums_of_the_report_balance_and_its_parts_add_up() {
    let report = sample();
    let json = &report.json;
    let present = report.number("/balance/persons/in");
    let sum = |key: &str, of: &str| -> u64 {
        json[key].as_array().unwrap().iter().map(|entry| entry[of].as_u64().unwrap()).sum()
    };
    assert_eq!(sum("resolution", "count"), present);
    assert_eq!(json["states"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum::<u64>(), present);
    for attribute in ["WorkerType", "LegalEmployerName", "BusinessUnitName", "LegislationCode", "LocationName"] {
        let lines = json["headcount"].as_array().unwrap().iter().filter(|line| line["attribute"] == attribute);
        let (mut all, mut emitted) = (0, 0);
        for line in lines {
            all += line["in_extract"].as_u64().unwrap();
            emitted += line["emitted"].as_u64().unwrap();
        }
        assert_eq!((all, emitted), (present, report.number("/balance/persons/emitted")), "{attribute}");
    }
    let managers = |key: &str| report.number(&format!("/managers/{key}"));
    let parts = ["with", "none", "unknown", "not_a_user", "own", "without_assignment"].map(managers);
    assert_eq!(parts.iter().sum::<u64>(), report.number("/balance/persons/emitted"), "{parts:?}");
    let mut rest = 0;
    for step in json["funnel"].as_array().unwrap() {
        let count = step["count"].as_u64().unwrap();
        let drops = step["drops"].as_array().unwrap();
        let lost: u64 = drops.iter().map(|drop| drop["count"].as_u64().unwrap()).sum();
        assert!(drops.is_empty() || count + lost == rest, "{step}");
        rest = count;
    }
}

#[test]
fn the_page_asks_nothing_of_anybody_and_is_built_for_every_reader() {
    let report = sample();
    let html = &report.html;
    for foreign in
        ["http:", "https:", "<script", "<link", "<img", "<iframe", " style=", " src=", "url(", "@import", "onload"]
    {
        assert!(!html.contains(foreign), "the page has {foreign}");
    }
    assert!(html.len() < 2 << 20);
    let style = html.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let mut openssl = Command::new("sh");
    openssl.args(["-c", "openssl dgst -sha256 -binary | openssl base64"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = openssl.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), style.as_bytes()).unwrap();
    let hash = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    assert!(html.contains(&format!("default-src 'none'; style-src 'sha256-{}';", hash.trim())));
    // Headings go down one step at a time; every table has its caption and its scopes, every chart its title and text.
    let mut level = 0;
    for heading in html.split("<h").skip(1).filter_map(|rest| rest.chars().next()?.to_digit(10)) {
        assert!(heading <= level + 1, "h{heading} after h{level}");
        level = heading;
    }
    for table in html.split("<table").skip(1) {
        let table = table.split("</table>").next().unwrap();
        assert!(table.contains("<caption>") && table.contains("scope=\"col\"") && table.contains("scope=\"row\""));
    }
    let charts: Vec<&str> = html.split("<svg").skip(1).filter(|svg| !svg.starts_with(" class=\"meter\"")).collect();
    assert!(charts.len() >= 3);
    charts
        .iter()
        .for_each(|svg| assert!(svg.contains("role=\"img\"") && svg.contains("<title id") && svg.contains("<desc id")));
    let ids: Vec<&str> = html.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "every id stands once");
    // The sections in their order.
    let order = [
        "Verdict",
        "Guards",
        "Control totals",
        "How people",
        "Findings",
        "Coverage",
        "Uniqueness",
        "Headcount",
        "Changes",
        "Outputs",
        "Provenance",
        "Glossary",
    ];
    let titles: Vec<&str> = html.split("<h2 id=\"").skip(2).map(|rest| rest.split(". ").nth(1).unwrap()).collect();
    assert_eq!(titles.len(), order.len());
    titles.iter().zip(order).for_each(|(title, start)| assert!(title.starts_with(start), "{title}"));
}

#[test]
fn what_a_value_says_stays_text_and_lists_have_an_end() {
    let mut place = Place::plain();
    place.edit("[guard]", "[report]\nheadcount = [\"DateStart\", \"LegalEmployerName\"]\n[guard]");
    place.rewrite("WorkRelationship", |text| {
        let text = String::from_utf8(text).unwrap();
        text.replace("Vision UK", "<script>alert(1)</script> & co")
            .replace("Vision Corporation", &"x".repeat(9000))
            .into()
    });
    place.publishes(&["--quiet"]);
    let report = Report::in_folder(&place.path("out/current"));
    assert!(!report.html.contains("<script"));
    assert!(report.table("People by legal employer").iter().any(|row| row[0].contains("<script>alert(1)</script>")));
    assert!(!report.html.contains(&"x".repeat(200)), "a long value is cut");
    assert_eq!(report.table("People by DateStart").len(), 25);
    let lines = report.json["headcount"].as_array().unwrap();
    let days = lines.iter().filter(|line| line["attribute"] == "DateStart").count();
    assert!(days > 50 && report.html.contains(&format!("and {} more values", days - 25)), "{days}");
}

#[test]
fn a_wrong_value_is_shown_by_its_shape_alone() {
    let place = Place::plain();
    place.replace_in_line("Person", 2, "2000-01-01", "2000-13-01");
    place.publishes(&["--quiet"]);
    let report = Report::in_folder(&place.path("out/current"));
    let shapes = |code: &str| -> Vec<String> {
        let found = report.json["findings"].as_array().unwrap().iter().find(|found| found["code"] == code).unwrap();
        found["examples"].as_array().unwrap().iter().filter_map(|e| Some(e["shape"].as_str()?.to_owned())).collect()
    };
    assert!(shapes("ROW032").contains(&"EffectiveStartDate: YYYY-13-DD".to_owned()), "{:?}", shapes("ROW032"));
    assert!(shapes("PER041")[0].starts_with("WorkEmail: "));
    assert!(report.html.contains("YYYY-13-DD") && !report.html.contains("2000-13-01"));
}

#[test]
fn the_last_ten_runs_stand_in_the_report() {
    let mut place = Place::plain();
    place.edit("max_rejected = \"5%\"", "max_rejected = \"5%\"\nmax_leavers = \"off\"\nmax_joiners = \"off\"\nmax_changed = \"off\"\nmax_segment_change = \"off\"");
    let days: Vec<String> = (9..=20).map(|day| format!("2026-11-{day:02}")).collect();
    for day in &days {
        place.publishes(&["--quiet", "--as-of", day]);
    }
    let report = Report::in_folder(&place.path("out/current"));
    let history = report.json["history"].as_array().unwrap();
    let shown: Vec<&str> = history.iter().map(|run| run["as_of"].as_str().unwrap()).collect();
    assert_eq!(shown, days[2..], "the last ten, the oldest first");
    assert_eq!(history[9]["users"], report.json["balance"]["persons"]["emitted"]);
    assert_eq!(report.table("The last runs").len(), 10);
    assert!(report.html.contains("<polyline"));
    let validated = place.path("report");
    let said = rules::validate(&place, &["--report", validated.to_str().unwrap(), "--as-of", "2026-11-21"]);
    assert_eq!(said.code, 0, "{}", said.all());
    let report = Report::in_folder(&validated);
    assert_eq!(
        report.json["history"].as_array().unwrap()[9]["run"],
        "",
        "the last is this one, which is not published"
    );
    assert_eq!(report.json["run"]["previous"], history[9]["run"]);
    for name in ["report.html", "report.json", "junit.xml"] {
        assert_eq!(fs::metadata(validated.join(name)).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(fs::metadata(&validated).unwrap().permissions().mode() & 0o777, 0o700);
}
