//! The mapping as people and catalogues see it: a table for spreadsheets that says what the pipeline says, byte for byte, and in
//! the manifest for every field the columns of the extracts that it is made of.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::product::{FIELDS, HCMSYNC, Place, Said, project};

fn hcmsync(words: &[&str]) -> Said {
    Said::of(&Command::new(HCMSYNC).args(words).output().unwrap())
}

/// What `mapping export` prints of the only output of a pipeline.
fn export(pipeline: &Path) -> String {
    let said = hcmsync(&["mapping", "export", pipeline.to_str().unwrap()]);
    assert_eq!(said.code, 0, "{}", said.all());
    said.stdout
}

/// Runs a pipeline to a folder; gives the files that are made of fields, each with its content.
fn run(pipeline: &Path, to: &Path) -> Vec<(String, Vec<u8>)> {
    let said = hcmsync(&["run", "-q", pipeline.to_str().unwrap(), "--to", to.to_str().unwrap()]);
    assert_eq!(said.code, 0, "{}", said.all());
    let manifest: Value = serde_json::from_slice(&fs::read(to.join("current/manifest.json")).unwrap()).unwrap();
    let files = manifest["outputs"].as_array().unwrap().iter().filter(|output| output["fields"].is_array());
    let files = files.map(|output| output["path"].as_str().unwrap().to_owned());
    files.map(|path| (path.clone(), fs::read(to.join("current").join(&path)).unwrap())).collect()
}

/// A shipped pipeline as a table of TOML, its paths absolute.
fn shipped(name: &str) -> toml::Table {
    let text = fs::read_to_string(project("pipelines").join(name).with_extension("toml")).unwrap();
    toml::from_str(&text.replace("../", &format!("{}/", project("").display()))).unwrap()
}

/// Shipped pipelines with one output of fields: of every format.
const TABULAR: [&str; 14] = [
    "qooper",
    "okta-csv",
    "google-workspace-csv",
    "oci-iam-csv",
    "midpoint-csv",
    "entra-bulk-create-csv",
    "entra-bulk-upload",
    "scim-user",
    "scim-bulk",
    "oracle-scim-bulk",
    "ldif",
    "starling-employee-v1",
    "starling-employee-v2",
    "starling-role",
];

#[test]
fn a_mapping_file_says_what_the_pipeline_said() {
    for name in TABULAR {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let original = project("pipelines").join(name).with_extension("toml");
        let table = export(&original);
        // As a spreadsheet saves it.
        fs::write(path("mapping.csv"), format!("\u{feff}{}", table.replace('\n', "\r\n"))).unwrap();
        let mut pipeline = shipped(name);
        let output = pipeline["output"].as_array_mut().unwrap()[0].as_table_mut().unwrap();
        output.remove("fields");
        output.remove("each");
        output.insert("mapping".into(), "mapping.csv".into());
        fs::write(path("pipeline.toml"), toml::to_string(&pipeline).unwrap()).unwrap();
        assert_eq!(export(&path("pipeline.toml")), table, "{name}");
        let (there, here) = (run(&original, &path("there")), run(&path("pipeline.toml"), &path("here")));
        assert!(!there.is_empty() && there == here, "{name}");
        // And back into the pipeline file.
        let words =
            ["mapping", "import", original.to_str().unwrap(), path("mapping.csv").to_str().unwrap()].map(str::to_owned);
        let said = hcmsync(&words.each_ref().map(String::as_str));
        assert_eq!(said.code, 0, "{}", said.all());
        let output = pipeline["output"].as_array_mut().unwrap()[0].as_table_mut().unwrap();
        output.remove("mapping");
        let written = toml::to_string(&pipeline).unwrap();
        // The tables follow their output, which is the last of the file.
        let (before, output) = written.split_once("[[output]]").unwrap();
        let mut tables = output.match_indices("\n[").map(|(end, _)| end + 1);
        let end = tables.find(|end| !output[*end..].starts_with("[output.")).unwrap_or(output.len());
        let text = format!("{before}{}\n[[output]]{}\n{}", &output[end..], &output[..end], said.stdout);
        fs::write(path("imported.toml"), text).unwrap();
        assert_eq!(export(&path("imported.toml")), table, "{name}");
    }
}

#[test]
fn a_mapping_file_belongs_to_its_pipeline() {
    let mut place = Place::plain();
    place.edit(FIELDS, "mapping = \"mapping.csv\"\n");
    let write = |text: &str| fs::write(place.path("mapping.csv"), text).unwrap();
    let hash = || {
        let manifest: Value = serde_json::from_str(&place.published("manifest.json")).unwrap();
        manifest["pipeline"]["sha256"].as_str().unwrap().to_owned()
    };
    write("target,source\nEmail,LOWER(WorkEmail)\nEmployee ID,PersonNumber\n");
    place.publishes(&[]);
    let (users, before) = (place.published("users.csv"), hash());
    write("target,source,note\nEmail,LOWER(WorkEmail),ours\nEmployee ID,PersonNumber,\n");
    place.publishes(&[]);
    assert_eq!(place.published("users.csv"), users);
    assert_ne!(hash(), before, "its bytes are the pipeline's");
    // What is wrong in it is shown where it stands.
    write("target,source\nEmail,LOWER(WorkEmial)\nEmployee ID,PersonNumber\n");
    let said = place.run(&[]);
    assert_eq!(said.code, 2);
    assert!(
        said.stderr.contains("mapping.csv:2:13") && said.stderr.contains("did you mean WorkEmail?"),
        "{}",
        said.stderr
    );
    // It is there, and alone.
    fs::remove_file(place.path("mapping.csv")).unwrap();
    let said = place.run(&[]);
    assert!(said.code == 2 && said.stderr.contains("this mapping file cannot be read"), "{}", said.stderr);
    place.edit("mapping = \"mapping.csv\"\n", &format!("mapping = \"mapping.csv\"\n{FIELDS}"));
    let said = place.run(&[]);
    assert!(
        said.code == 2 && said.stderr.contains("has its fields in this file, and in the pipeline too"),
        "{}",
        said.stderr
    );
}

/// The reads of a field of the manifest, without what is null.
fn reads(place: &Place, path: &str, field: &str) -> Vec<Value> {
    let manifest: Value = serde_json::from_str(&place.published("manifest.json")).unwrap();
    let output = manifest["outputs"].as_array().unwrap().iter().find(|output| output["path"] == path).unwrap();
    let found = output["fields"].as_array().unwrap().iter().find(|known| known["name"] == field);
    let mut reads = found.unwrap_or_else(|| panic!("no {field} in {output}"))["reads"].as_array().unwrap().clone();
    reads.iter_mut().for_each(|read| read.as_object_mut().unwrap().retain(|_, value| !value.is_null()));
    reads
}

fn read(role: &str, name: &str, extract: &str, attribute: &str, header: &str) -> Value {
    json!({ "role": role, "name": name, "extract": extract, "attribute": attribute, "header": header })
}

#[test]
fn the_manifest_says_which_columns_a_field_is_made_of() {
    let mut place = Place::plain();
    place.rewrite("Person", |bytes| {
        let text = String::from_utf8(bytes).unwrap();
        text.replacen("WorkEmail", "WORK EMAIL", 1).into_bytes()
    });
    fs::write(place.path("in/Units_2026-11-20.csv"), "Unit,Region\n300100037658514,North\n").unwrap();
    place.edit("[[output]]", "[select]\nwhere = \"LegalEmployerName IS NOT NULL\"\n[extract.units]\nfile = \"Units_*.csv\"\nkey = \"DepartmentId\"\nattributes = [\"Region\"]\ncolumns = { DepartmentId = \"Unit\" }\n[maps.state]\ntrue = \"Active\"\nfalse = \"Suspended\"\n[[output]]\nwhere = \"JobName IS NOT NULL\"");
    place.edit("\"Employee ID\" = \"PersonNumber\"\n", "\"Employee ID\" = \"PersonNumber\"\n\"Status\" = { sql = \"Active\", map = \"state\" }\n\"Boss\" = \"COALESCE(ManagerWorkEmail, ManagerPersonNumber)\"\n\"Region\" = \"Region\"\n");
    place.publishes(&[]);
    let filters = [
        read("filter", "JobName", "assignment", "JobName", "JobName"),
        read("filter", "LegalEmployerName", "work_relationship", "LegalEmployerName", "LegalEmployerName"),
    ];
    let with_filters = |values: &[Value]| [values, &filters].concat();
    assert_eq!(
        reads(&place, "users.csv", "Email"),
        with_filters(&[read("value", "WorkEmail", "person", "WorkEmail", "WORK EMAIL")])
    );
    assert_eq!(
        reads(&place, "users.csv", "Boss"),
        with_filters(&[
            read("value", "ManagerPersonNumber", "person", "PersonNumber", "PersonNumber"),
            read("value", "ManagerWorkEmail", "person", "WorkEmail", "WORK EMAIL"),
        ])
    );
    assert_eq!(
        reads(&place, "users.csv", "Region"),
        with_filters(&[
            read("value", "Region", "units", "Region", "Region"),
            read("join", "DepartmentId", "assignment", "DepartmentId", "DepartmentId"),
        ])
    );
    assert_eq!(
        reads(&place, "users.csv", "Status"),
        with_filters(&[json!({ "role": "value", "name": "Active" })]),
        "resolution's own"
    );
    let manifest: Value = serde_json::from_str(&place.published("manifest.json")).unwrap();
    let users = manifest["outputs"].as_array().unwrap().iter().find(|output| output["path"] == "users.csv").unwrap();
    assert_eq!(users["fields"][2]["map"], "state");
    assert_eq!(users["fields"][0]["expression"], "LOWER(WorkEmail)");
    // And it is as the schema says.
    let schema = hcmsync(&["schema", "manifest"]);
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema.stdout).unwrap()).unwrap();
    let errors: Vec<String> = validator.iter_errors(&manifest).map(|error| error.to_string()).collect();
    assert_eq!(errors, [""; 0]);
}

#[test]
fn the_fields_of_a_list_have_its_conditions_and_rows_of_an_extract_their_own_columns() {
    let folder = tempfile::tempdir().unwrap();
    for (name, path, field, expected) in [
        (
            "starling-employee-v1",
            "employees.jsonl",
            "workRelationships[].legalEmployerName",
            read("value", "LegalEmployerName", "work_relationship", "LegalEmployerName", "LegalEmployerName"),
        ),
        ("starling-role", "roles.jsonl", "id", read("value", "RoleId", "roles", "RoleId", "RoleId")),
    ] {
        let to = folder.path().join(name);
        run(&project("pipelines").join(name).with_extension("toml"), &to);
        let manifest: Value = serde_json::from_slice(&fs::read(to.join("current/manifest.json")).unwrap()).unwrap();
        let output = manifest["outputs"].as_array().unwrap().iter().find(|output| output["path"] == path);
        let fields = output.unwrap_or_else(|| panic!("{name} has no {path}"))["fields"].as_array().unwrap();
        let found = fields.iter().find(|known| known["name"] == field);
        let reads = &found.unwrap_or_else(|| panic!("{name} has no {field}"))["reads"];
        assert!(reads.as_array().unwrap().contains(&expected), "{reads}");
    }
}

#[test]
fn a_header_that_is_recognised_can_be_named_as_the_extract_writes_it() {
    let mut place = Place::plain();
    place.replace_in_line("Person", 1, "FirstName", "First Name");
    let field = "\"Employee ID\" = \"PersonNumber\"";
    place.edit(field, &format!("{field}\n\"First Name\" = '\"First Name\"'"));
    place.publishes(&["--quiet"]);
    let as_written = place.published("users.csv");
    place.edit("'\"First Name\"'", "\"FirstName\"");
    place.publishes(&["--quiet"]);
    assert_eq!(place.published("users.csv"), as_written);
}
