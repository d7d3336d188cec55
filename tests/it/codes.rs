//! The codes of `docs/codes.md`, which repeats the rules of resolution, against the program and its tests: every code is
//! implemented, is as severe as the rules say, and is covered by a test or by a case that was made by hand.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use hcmsync::model::code::{all, entry};

use crate::product::{Place, project};

/// A line of the list: severities, the usual one first; the rule; the title.
struct Line {
    severities: Vec<String>,
    rule: u8,
    title: String,
}

fn listed() -> BTreeMap<String, Line> {
    let text = fs::read_to_string(project("docs/codes.md")).unwrap();
    let lines = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| code"));
    let line = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let severities = cells[1].split(", ").map(str::to_owned).collect();
        (cells[0].to_owned(), Line { severities, rule: cells[2].parse().unwrap(), title: cells[3].to_owned() })
    };
    lines.map(line).collect()
}

#[test]
fn the_list_is_that_of_the_program() {
    let listed = listed();
    assert_eq!(listed.len(), 98, "as many as resolution.md has, OUT013, OUT014, OUT015 and CHK001");
    assert_eq!(listed.keys().cloned().collect::<Vec<_>>(), all().map(|code| code.to_string()).collect::<Vec<_>>());
    for code in all() {
        let (entry, line) = (entry(code), &listed[code.text()]);
        let usual = entry.severity.letter().to_string();
        assert_eq!((&usual, entry.rule, entry.title), (&line.severities[0], line.rule, line.title.as_str()), "{code}");
        assert_eq!(entry.varies.is_some(), line.severities.len() > 1, "{code}");
    }
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The texts in which a code can be expected of something: integration tests, unit tests and the cases. Neither this file,
/// nor the judge and its populations, which only know what codes there are.
fn expectations() -> Vec<String> {
    let knows_only = |path: &PathBuf| {
        ["oracle", "population"].iter().any(|folder| path.iter().any(|part| part == *folder))
            || path.ends_with("codes.rs")
    };
    let read = |path: PathBuf| fs::read_to_string(path).unwrap_or_default();
    let tests = files(&project("tests")).into_iter().filter(|path| !knows_only(path)).map(read);
    let unit = files(&project("src")).into_iter().map(|path| {
        let is_test = path.iter().any(|part| part == "tests" || part == "tests.rs");
        let text = read(path);
        if is_test {
            text
        } else {
            text.split_once("#[cfg(test)]").map_or(String::new(), |(_, tests)| tests.to_owned())
        }
    });
    tests.chain(unit).chain([read(project("sample-data/cases.csv"))]).collect()
}

#[test]
fn every_code_is_expected_by_a_test_or_a_case() {
    let texts = expectations();
    let own = fs::read_to_string(project("tests/it/codes.rs")).unwrap();
    let (_, here) = own.split_once("fn codes_that_no_other_test_expects").unwrap();
    let is_expected = |code: &str| here.contains(code) || texts.iter().any(|text| text.contains(code));
    let missing: Vec<&str> = all().map(|code| code.text()).filter(|code| !is_expected(code)).collect();
    assert_eq!(missing, [""; 0], "{} texts", texts.len());
}

/// How often each code was found in a run.
fn found(place: &Place) -> BTreeMap<String, u64> {
    let said = place.publishes(&["--json"]);
    let report: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|found| (found["code"].as_str().unwrap().to_owned(), found["count"].as_u64().unwrap())).collect()
}

#[test]
fn codes_that_no_other_test_expects() {
    let of = |on_unmapped: &str, as_of: &str| {
        let mut place = Place::plain();
        place.edit(
            "max_quarantined = \"20%\"\nmax_rejected = \"5%\"",
            "max_quarantined = \"off\"\nmax_rejected = \"off\"",
        );
        place.edit("[guard]", "[maps.known]\n500101 = \"yes\"\n[guard]");
        let (field, known) =
            ("\"Employee ID\" = \"PersonNumber\"\n", "Known = { sql = \"PersonNumber\", map = \"known\"");
        place.edit(field, &format!("{field}{known}, on_unmapped = \"{on_unmapped}\" }}\n"));
        place.set("as_of", as_of);
        found(&place)
    };
    assert!(!of("keep", "\"file-name\"").contains_key("ASOF003"), "the day stands in the names of the files");
    let today = of("quarantine", "\"today\"");
    assert_eq!(today["ASOF003"], 1);
    assert!(today["OUT012"] > 100, "whoever has another PersonNumber than the map");
}
