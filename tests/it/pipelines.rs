//! Every pipeline that ships loads, and the JSON Schema that editors are given says the same of a pipeline as the program does.

use std::path::PathBuf;
use std::process::Command;

use hcmsync::pipeline::{Overrides, Pipeline, PipelineError};
use serde_json::Value;

use crate::product::{HCMSYNC, project};

fn shipped() -> Vec<PathBuf> {
    let folder = std::fs::read_dir(project("pipelines")).unwrap().map(|entry| entry.unwrap().path());
    let pipelines: Vec<PathBuf> =
        folder.filter(|path| path.extension().is_some_and(|ending| ending == "toml")).collect();
    assert!(pipelines.len() >= 3);
    pipelines
}

/// Loads a pipeline in which every variable has a value.
fn load(path: &std::path::Path) -> Result<Pipeline, PipelineError> {
    Pipeline::load(path, &Overrides::default(), &|_| Some("22".into()))
}

fn schema() -> jsonschema::Validator {
    let output = Command::new(HCMSYNC).args(["schema", "pipeline"]).output().unwrap();
    assert!(output.status.success());
    jsonschema::validator_for(&serde_json::from_slice(&output.stdout).unwrap()).unwrap()
}

fn as_json(path: &std::path::Path) -> Value {
    toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn every_shipped_pipeline_loads() {
    for path in shipped() {
        let pipeline = load(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(pipeline.options.name, path.file_stem().unwrap().to_str().unwrap(), "it bears the name of its file");
        assert!(pipeline.options.description.is_some());
    }
}

#[test]
fn the_schema_takes_every_shipped_pipeline() {
    let schema = schema();
    for path in shipped() {
        let errors: Vec<String> =
            schema.iter_errors(&as_json(&path)).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {}", path.display(), errors.join("; "));
    }
}

#[test]
fn what_is_wrong_in_an_environment_is_found_whichever_is_chosen() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("wrong.toml");
    let text = std::fs::read_to_string(project("pipelines/qooper.toml")).unwrap();
    let tried = |environments: &str, env: Option<&str>| {
        std::fs::write(&file, format!("{text}\n[env.other.guard]\nmax_leavers = 1\n{environments}")).unwrap();
        let overrides = Overrides { env: env.map(str::to_owned), ..Overrides::default() };
        let unset = |name: &str| (name == "SET").then(|| "set".to_owned());
        Pipeline::load(&file, &overrides, &unset).map(|_| ()).map_err(|error| error.to_string())
    };
    for (wrong, place, said) in [
        ("[env.test.fetch]\nform = \"in\"\n", "form", "unknown field `form`"),
        ("[env.test.guard]\nmax_leavers = 0.5\n", "0.5", "a percentage such as \"2%\""),
        ("[env.test.publish]\nto = \"${OUT\"\n", "\"${OUT\"", "never closed"),
        ("[env.test.publish]\nupload = \"ftp://a@${HOST}/\"\nagent = 3\n", "3", "expected a boolean"),
        ("[env.test.fetch]\npassword = \"hunter2\"\n", "", "a secret is never a value in the file"),
    ] {
        for env in [None, Some("other"), Some("test")] {
            let told = tried(wrong, env).unwrap_err();
            // With --env test the variable that is not set is told first.
            let says = if env == Some("test") && wrong.contains("HOST") { "HOST is not set" } else { said };
            assert!(told.contains(says) && told.contains("wrong.toml:"), "{env:?}: {told}");
            assert!(env == Some("test") || told.lines().any(|line| line.contains(place)), "{env:?}: {told}");
            assert!(!told.contains("hunter2"), "{told}");
        }
    }
    let both = tried("[env.a.guard]\nmax_leaver = 1\n[env.b.guard]\nmax_joiner = 1\n", None).unwrap_err();
    assert!(both.contains("max_leaver`") && both.contains("max_joiner`"), "all are told: {both}");
    // What is set elsewhere alone is no mistake here.
    let elsewhere = "[env.a.fetch]\nfrom = \"sftp://${USER_}@${HOST}:${PORT}/${DIR}\"\n[env.a.publish]\nto = \"${OUT}\"\nupload = \"${URL}\"\n";
    assert_eq!(tried(elsewhere, None), Ok(()));
    assert!(tried(elsewhere, Some("a")).unwrap_err().contains("the environment variable HOST is not set"));
}

#[test]
fn a_name_in_the_folder_of_pipelines_is_taken_as_it_is() {
    let work = tempfile::tempdir().unwrap();
    std::fs::create_dir(work.path().join("pipelines")).unwrap();
    let write = |name: &str| {
        let output = "[[output]]\nprofile = \"csv\"\nfile = \"b.csv\"\n";
        let text = format!("name = \"{name}\"\n[extract.assignment]\nfile = \"a.csv\"\n{output}");
        std::fs::write(work.path().join("pipelines").join(name), text).unwrap();
    };
    let told = |name: &str| {
        let said = Command::new(HCMSYNC).args(["check", name]).current_dir(work.path()).output().unwrap();
        String::from_utf8([said.stdout, said.stderr].concat()).unwrap()
    };
    write("csv.toml");
    assert!(told("csv").contains("pipeline   csv.toml: "), "{}", told("csv"));
    assert!(told("csv.toml").contains("pipeline   csv.toml: "), "{}", told("csv.toml"));
    assert!(told("csv.v2").contains("the pipeline file csv.v2 cannot be read"), "{}", told("csv.v2"));
    write("csv.v2.toml");
    assert!(told("csv.v2").contains("pipeline   csv.v2.toml: "), "{}", told("csv.v2"));
    assert!(told("csv.v2.toml").contains("pipeline   csv.v2.toml: "), "{}", told("csv.v2.toml"));
}

/// Every table of a pipeline in which a key can be mistyped, as a JSON pointer and as TOML writes it. The names in `[maps]`,
/// `[output.fields]` and `columns` are the user's own.
const TABLES: [(&str, &str); 9] = [
    ("", ""),
    ("/fetch", "[fetch]\n"),
    ("/decrypt", "[decrypt]\n"),
    ("/extract", "[extract]\n"),
    ("/extract/person", "[extract.person]\n"),
    ("/output/0", "[[output]]\n"),
    ("/output/0/fields/Email", "\"Email\"         = { "),
    ("/guard", "[guard]\n"),
    ("/publish", "[publish]\n"),
];

#[test]
fn a_mistyped_key_is_refused_by_the_schema_and_by_the_program_in_every_table() {
    let (schema, home) = (schema(), tempfile::tempdir().unwrap());
    let path = project("pipelines/qooper.toml");
    let (json, text) = (as_json(&path), std::fs::read_to_string(&path).unwrap());
    for (pointer, table) in TABLES {
        let mut wrong = json.clone();
        let Some(Value::Object(entries)) = wrong.pointer_mut(pointer) else { panic!("there is no {pointer}") };
        entries.insert("mistyped".into(), Value::Bool(true));
        assert!(!schema.is_valid(&wrong), "the schema takes a mistyped key in {pointer:?}");

        let mistyped = match pointer {
            "/extract" => text.replacen("[extract.person]", "[extract.mistyped]", 1),
            _ if table.ends_with("{ ") => text.replacen(table, &format!("{table}mistyped = true, "), 1),
            _ => text.replacen(table, &format!("{table}mistyped = true\n"), 1),
        };
        assert_ne!(mistyped, text, "there is a table {table:?}");
        let file = home.path().join("wrong.toml");
        std::fs::write(&file, mistyped).unwrap();
        let error = load(&file).map(|_| ()).expect_err(pointer).to_string();
        assert!(error.contains("mistyped") && error.contains("wrong.toml:"), "{pointer}: {error}");
    }
}
