//! How tables are written, from the pipeline to the next run: what a target cannot be told is refused before any data is
//! read, and whatever the dialect and however many the files, a run is verified and held against the one before.

use std::process::Command;

use serde_json::Value;

use crate::product::{HCMSYNC, Place, Said};

/// A pipeline with this output in the place of its own.
fn place(output: &str) -> Place {
    let mut place = Place::plain();
    let start = place.pipeline.find("[[output]]").unwrap();
    let end = place.pipeline.find("[guard]").unwrap();
    place.pipeline.replace_range(start..end, &format!("[[output]]\n{output}\n"));
    place
}

fn refused(output: &str) -> String {
    let said = place(output).run(&[]);
    assert_eq!(said.code, 2, "{output}: {}", said.all());
    said.stderr
}

#[test]
fn what_a_target_cannot_be_told_is_refused_before_any_data_is_read() {
    const ENTRA: &str = "profile = \"entra-bulk-create-csv\"\nfile = \"u.csv\"\n";
    for (output, says) in [
        (
            "profile = \"okta-csv\"\nfile = \"u.csv\"\n[output.dialect]\ndelimiter = \";\"",
            "Okta CSV directory cannot be told of another delimiter",
        ),
        (
            "profile = \"midpoint-csv\"\nfile = \"u.csv\"\n[output.dialect]\nnull = \"-\"",
            "it can be told of delimiter, line_end, quote, encoding",
        ),
        (
            "profile = \"json\"\nfile = \"u.jsonl\"\n[output.dialect]\nquote = \"always\"",
            "Plain JSON cannot be told of another quote",
        ),
        ("profile = \"csv\"\nfile = \"u.csv\"\n[output.dialect]\ndelimiter = \"é\"", "cannot stand between values"),
        ("profile = \"csv\"\nfile = \"u.csv\"\n[output.dialect]\nencoding = \"cp1252\"", "unknown variant `cp1252`"),
        ("profile = \"csv\"\nfile = \"u.csv\"\n[output.dialect]\ndate = \"%H\"", "no form of a day"),
        ("profile = \"csv\"\nfile = \"u.csv\"\n[output.dialect]\ndelimeter = \";\"", "did you mean delimiter?"),
        (
            "profile = \"csv\"\nfile = \"u.csv\"\n[output.dialect]\nencoding = \"iso-8859-1\"\n[output.fields]\n\"Größe €\" = \"'x'\"",
            "iso-8859-1 does not have all characters of",
        ),
        (
            "profile = \"oci-iam-csv\"\nfile = \"u.csv\"\n[output.limits]\nrows = 100001",
            "takes 100000 rows a file, and not more",
        ),
        ("profile = \"parquet\"\nfile = \"u.parquet\"\n[output.limits]\nrows = 10", "Parquet is no CSV"),
        ("profile = \"csv\"\nfile = \"u.csv\"\n[output.limits]\nrows = 0", "nonzero"),
        ("profile = \"json\"\nfile = \"u.jsonl\"\nformula = \"escape\"", "Plain JSON is no CSV"),
        ("profile = \"scim-bulk\"\nfile = \"u.json\"\nformula = \"quote\"", "no spreadsheet runs its values"),
        ("profile = \"parquet\"\nfile = \"u.parquet\"\nformula = \"warn\"", "take formula away"),
        (
            "profile = \"ldif\"\nfile = \"u.ldif\"\nbase_dn = \"dc=x\"\nformula = \"escape\"",
            "is no CSV: no spreadsheet runs its values",
        ),
        (
            "profile = \"entra-bulk-upload\"\nfile = \"u.json\"\n[output.limits]\nrows = 51",
            "takes 50 operations a request, and not more",
        ),
        (
            "profile = \"scim-bulk\"\nfile = \"u.json\"\n[output.limits]\nbytes = 1048577",
            "takes 1048576 bytes a request, and not more",
        ),
        (
            "profile = \"scim-bulk\"\nfile = \"u.json\"\n[[output]]\nprofile = \"csv\"\nfile = \"u-0001.json\"",
            "two outputs write u-0001.json",
        ),
        (
            "profile = \"csv\"\nfile = \"u.csv\"\n[output.limits]\nrows = 5\n[[output]]\nprofile = \"csv\"\nfile = \"u-001.csv\"",
            "two outputs write u-001.csv",
        ),
        (
            "profile = \"google-workspace-csv\"\nfile = \"u.csv\"\n[output.fields]\n\"First Name\" = \"FirstName\"",
            "Google Workspace bulk upload takes no column First Name",
        ),
        (
            "profile = \"okta-csv\"\nfile = \"u.csv\"\n[output.fields]\nUserName = \"UserName\"",
            "Okta CSV directory knows its columns by their case",
        ),
        (
            "profile = \"okta-csv\"\nfile = \"u.csv\"\n[output.fields]\nUserName = \"UserName\"",
            "Okta CSV directory demands a column userName",
        ),
        (
            "profile = \"okta-csv\"\nfile = \"u.csv\"\n[output.fields]\nlogin = { sql = \"UserName\", as = \"userName\" }",
            "knows no column by another name",
        ),
        (
            "profile = \"okta-csv\"\nfile = \"u.csv\"\nrename = { userName = \"login\" }",
            "knows no column by another name",
        ),
    ] {
        let said = refused(output);
        assert!(said.contains(says), "{output}: {said}");
    }
    let columns = |names: &[&str]| names.iter().map(|name| format!("\"{name}\" = \"'x'\"\n")).collect::<String>();
    let profile = hcmsync::targets::profile("entra-bulk-create-csv").unwrap();
    let mut names: Vec<&str> = profile.fields.iter().map(|field| field.name.as_str()).collect();
    let all = place(&format!("{ENTRA}[output.fields]\n{}", columns(&names)));
    assert_eq!(all.run(&["--allow", "max_quarantined=off"]).code, 3, "everybody has the user name x");
    names.swap(5, 6);
    let said = refused(&format!("{ENTRA}[output.fields]\n{}", columns(&names)));
    assert!(said.contains("column 6 of Microsoft Entra bulk create is Last name [surname]"), "{said}");
    names.swap(5, 6);
    let said = refused(&format!("{ENTRA}[output.fields]\n{}", columns(&names[..16])));
    assert!(said.contains("needs all of its columns: Mobile phone [mobile] is missing"), "{said}");
}

/// The changes against the published run, as `plan` tells them.
fn changes(place: &Place) -> Value {
    let said =
        Said::of(&Command::new(HCMSYNC).arg("plan").arg(place.path("pipeline.toml")).arg("--json").output().unwrap());
    assert_eq!(said.code, 0, "{}", said.all());
    serde_json::from_str::<Value>(&said.stdout).unwrap()["changes"].clone()
}

fn changed(changes: &Value, field: &str) -> u64 {
    let fields = changes["fields"].as_array().unwrap_or_else(|| panic!("{changes}"));
    fields.iter().find(|one| one["field"] == field).unwrap()["changed"].as_u64().unwrap()
}

#[test]
fn whatever_the_dialect_the_next_run_finds_what_changed() {
    const COLUMNS: &str =
        "[output.fields]\nNumber = \"PersonNumber\"\nName = \"LastName\"\nJob = \"JobName\"\nHired = \"DateStart\"\n";
    for (tables, files) in [
        ("", 1),
        ("[output.limits]\nrows = 10\n", 15),
        ("[output.dialect]\nencoding = \"utf-16\"\nquote = \"always\"\n[output.limits]\nbytes = 8000\n", 2),
        ("[output.dialect]\nencoding = \"windows-1252\"\ndelimiter = \";\"\nnull = \"NULL\"\ndate = \"%d.%m.%Y\"\n", 1),
        ("[output.dialect]\nencoding = \"iso-8859-1\"\nline_end = \"lf\"\n", 1),
        ("[output.dialect]\nencoding = \"utf-8-bom\"\npreamble = \"version:v1.0\"\n", 1),
    ] {
        let mut place = place(&format!("profile = \"csv\"\nfile = \"users.csv\"\n{tables}{COLUMNS}"));
        place.set("max_quarantined", "\"off\"");
        place.publishes(&[]);
        let folder = place.path("out/current");
        let found = std::fs::read_dir(&folder)
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().file_name().to_str().unwrap().starts_with("users"));
        assert!(found.count() >= files, "{tables}");
        let verified = Said::of(&Command::new(HCMSYNC).arg("verify").arg(&folder).output().unwrap());
        assert_eq!(verified.code, 0, "{tables}: {}", verified.all());
        let same = changes(&place);
        assert_eq!((changed(&same, "Job"), changed(&same, "Name"), changed(&same, "Hired")), (0, 0, 0), "{tables}");
        place.rewrite("Assignment", |bytes| {
            String::from_utf8(bytes).unwrap().replace(",Engineer,", ",Ingénieur,").into_bytes()
        });
        let other = changes(&place);
        assert!(changed(&other, "Job") > 10 && changed(&other, "Name") == 0, "{tables}: {other}");
        // The encoding of the file is no change of a value.
        if tables.contains("encoding = \"iso-8859-1\"") {
            place.edit("encoding = \"iso-8859-1\"", "encoding = \"utf-8\"");
            std::fs::write(place.path("pipeline.toml"), &place.pipeline).unwrap();
            let rewritten = changes(&place);
            assert_eq!((changed(&rewritten, "Job"), changed(&rewritten, "Name")), (changed(&other, "Job"), 0));
        }
    }
}

#[test]
fn outputs_with_the_same_columns_are_one_table_for_the_next_run() {
    let table = |file: &str, condition: &str| {
        format!("profile = \"sailpoint-oracle-hcm\"\nfile = \"{file}\"\nwhere = \"{condition}\"\n")
    };
    let both = format!(
        "{}[[output]]\n{}",
        table("active.csv", "WorkerState = 'CURRENT'"),
        table("terminated.csv", "WorkerState = 'TERMINATED'")
    );
    let place = place(&both);
    place.publishes(&[]);
    let manifest: Value = serde_json::from_str(&place.published("manifest.json")).unwrap();
    assert_eq!(manifest["users"]["path"], "active.csv");
    assert_eq!(manifest["users"]["further"], serde_json::json!(["terminated.csv"]));
    let rows: Vec<String> = place
        .published("placement.csv")
        .lines()
        .skip(1)
        .map(|line| line.rsplit(',').next().unwrap().to_owned())
        .collect();
    let mut numbers: Vec<usize> = rows.iter().map(|row| row.parse().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>(), "everybody has a row of their own");
    // One who has left: their row stands in the second file.
    place.rewrite("WorkRelationship", |bytes| {
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.matches(",2026-11-19,").count(), 1);
        text.replace(",2026-11-19,", ",2026-11-18,").into_bytes()
    });
    assert_eq!(changed(&changes(&place), "TERMINATION_DATE"), 1);
}

#[test]
fn a_target_that_removes_whom_it_does_not_find_has_stricter_guards_unless_the_pipeline_says_otherwise() {
    let mut place = place("profile = \"okta-csv\"\nfile = \"okta.csv\"");
    assert_eq!(place.publishes(&[]).code, 0, "the pipeline allows 20% and 5%");
    let manifest: Value = serde_json::from_str(&place.published("manifest.json")).unwrap();
    let limit = |guard: &str| {
        let guards = manifest["guards"].as_array().unwrap();
        guards.iter().find(|verdict| verdict["name"] == guard).unwrap()["limit"].as_str().unwrap().to_owned()
    };
    assert_eq!(["max_quarantined", "max_rejected"].map(limit), ["20%", "5%"]);
    assert_eq!(["max_leavers", "max_segment_change", "max_joiners"].map(limit), ["1%", "10%", "10%"]);
    for profile in hcmsync::targets::profiles() {
        for (guard, limit) in &profile.guard {
            let parsed = format!("{guard}={limit}").parse::<hcmsync::stages::validate::guards::Allow>();
            assert!(parsed.is_ok(), "{}: {guard} = {limit}", profile.name);
        }
    }
    place.edit("max_quarantined = \"20%\"\n", "");
    let said = place.run(&[]);
    assert_eq!(said.code, 3, "{}", said.all());
    assert!(said.all().contains("max_quarantined"), "{}", said.all());
    place.edit("[guard]\nmax_rejected = \"5%\"\n", "");
    assert_eq!(place.run(&[]).code, 3, "without a table of guards as well");
    assert_eq!(place.run(&["--allow", "max_quarantined=20%", "--allow", "max_rejected=5%"]).code, 0);
}

#[test]
fn a_target_without_a_word_for_inactive_people_gets_the_active_ones_unless_the_pipeline_says_otherwise() {
    let okta = |more: &str| {
        let place = place(&format!("profile = \"okta-csv\"\nfile = \"okta.csv\"\n{more}"));
        let said = place.publishes(&["--json"]);
        let report: Value = serde_json::from_str(&said.stdout).unwrap();
        assert_eq!(report["balance"]["ok"], true);
        let (mut active, mut others) = (Vec::new(), Vec::new());
        for line in csv::Reader::from_reader(place.published("resolution.csv").as_bytes()).records() {
            let line = line.unwrap();
            match &line[3] {
                "emitted" if &line[2] == "true" => active.push(line[0].to_owned()),
                "emitted" | "emitted_inactive" => others.push(line[0].to_owned()),
                _ => {}
            }
        }
        assert_eq!(report["balance"]["persons"]["emitted"], active.len() + others.len());
        let file = place.published("okta.csv");
        let mut file = csv::Reader::from_reader(file.as_bytes());
        let mut there: Vec<String> = file.records().map(|line| line.unwrap()[4].to_owned()).collect();
        there.sort();
        (active, others, there)
    };
    let (active, others, there) = okta("");
    // 500125 is employed, and every assignment of theirs is inactive.
    assert!(others.contains(&"500125".to_owned()) && others.len() > 1, "{others:?}");
    assert_eq!(there, active);
    let (active, others, there) = okta("where = \"TRUE\"");
    assert_eq!(there.len(), active.len() + others.len());
    let checked = place("profile = \"okta-csv\"\nfile = \"okta.csv\"\nrows = \"x\"").run(&[]);
    assert!(checked.stderr.contains("there are no rows x") && !checked.stderr.contains("Active"), "{}", checked.stderr);
}

#[test]
fn what_stands_for_no_value_is_no_value_of_anybody() {
    let output = "profile = \"csv\"\nfile = \"users.csv\"\n[output.dialect]\nnull = \"Green\"\n[output.fields]\n\
                  Number = \"PersonNumber\"\nName = \"LastName\"\nKnown = \"KnownAs\"";
    let place = place(output);
    place.publishes(&[]);
    let quarantined = place.published("quarantine.csv");
    let line = quarantined.lines().find(|line| line.starts_with("966169008890736,")).unwrap();
    assert!(line.contains("OUT014"), "{line}");
    assert!(place.published("users.csv").contains(",Green\r\n"), "where there is no value");
}

#[test]
fn decimals_and_days_are_written_as_the_target_reads_them() {
    let output = "profile = \"csv\"\nfile = \"users.csv\"\n[output.dialect]\ndelimiter = \";\"\ndecimal = \",\"\n\
                  date = \"%d.%m.%Y\"\n[output.fields]\nNumber = \"PersonNumber\"\nHalf = \"LENGTH(LastName) / 2.0\"\nHired = \"DateStart\"";
    let place = place(output);
    place.publishes(&[]);
    assert!(place.published("users.csv").contains("\r\n966169008890736;2,5;01.08.2023\r\n"));
}

#[test]
fn a_row_that_no_file_can_hold_is_an_error_and_not_a_larger_file() {
    let place = place("profile = \"csv\"\nfile = \"users.csv\"\n[output.limits]\nbytes = 300");
    let said = place.run(&[]);
    assert_eq!(said.code, 8, "{}", said.all());
    assert!(said.stderr.contains("help: raise [output.limits]"), "{}", said.all());
    assert!(said.all().contains("300"), "{}", said.all());
}

#[test]
fn values_that_a_spreadsheet_would_run_stand_between_apostrophes_where_the_importer_takes_them_away() {
    let place = place("profile = \"oci-iam-csv\"\nfile = \"Users.csv\"");
    place.replace_in_line("Person", 2, "650-849-5931", "+1 650 849 5931");
    place.replace_in_line("Person", 3, "Mary King", "|Mary King");
    place.publishes(&[]);
    let users = place.published("Users.csv");
    assert!(users.contains(",'+1 650 849 5931',") && users.contains(",'|Mary King',"), "{users}");
}
