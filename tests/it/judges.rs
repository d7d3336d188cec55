//! What the targets get, before judges that others wrote; here the nested ones, in `tables` the tabular ones: scim2-server takes every operation and gives back what was
//! sent, OpenLDAP loads every entry, and JSON Schemas say what a bulk request may hold. On the sample, and on generated
//! persons, enough for several bulk requests; `make judges` takes ten thousand, and prints the table of `docs/targets.md`.
//!
//! The Python ones live in `target/judges`, a virtual environment that the first test makes.

mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use serde_json::Value;

use crate::product::{HCMSYNC, Said, project};

/// The Python of the judges, and of the server that lies.
pub static PYTHON: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = project("target/judges");
    let wanted = fs::read_to_string(project("tests/judges/requirements.txt")).unwrap();
    let installed = folder.join("requirements.txt");
    let python = folder.join("bin/python");
    if fs::read_to_string(&installed).is_ok_and(|there| there == wanted) {
        return python;
    }
    succeed(Command::new("python3").args(["-m", "venv"]).arg(&folder));
    let requirements = project("tests/judges/requirements.txt");
    succeed(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(requirements));
    fs::write(installed, wanted).unwrap();
    python
});

/// How many persons are generated: `JUDGED_PERSONS`, else what a second bulk request takes.
static PERSONS: LazyLock<String> = LazyLock::new(|| std::env::var("JUDGED_PERSONS").unwrap_or("1500".into()));

/// Generated persons, with their accounts, first passwords and data securities, and a role for each.
static GENERATED: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let words = ["sample", "--persons", &PERSONS, "--seed", "7", "--as-of", "2026-11-20", "--quiet", "--out"];
    succeed(Command::new(HCMSYNC).args(words).arg(folder.path()));
    // They are as odd as they come.
    let pipeline = folder.path().join("pipeline.toml");
    let text = fs::read_to_string(&pipeline).unwrap().replace("\"20%\"", "\"off\"");
    fs::write(pipeline, text).unwrap();
    let persons = csv(&folder.path().join("Person_2026-11-20.csv"));
    let numbers: BTreeSet<&str> = persons.iter().map(|person| person["PersonNumber"].as_str()).collect();
    let file = |name: &str, header: &str, line: &dyn Fn(&str) -> String| {
        let lines: String = numbers.iter().map(|number| line(number) + "\n").collect();
        fs::write(folder.path().join(format!("{name}_2026-11-20.csv")), format!("{header}\n{lines}")).unwrap();
    };
    file("Accounts", "PersonNumber,UserId", &|number| format!("{number},ID{number}"));
    file("Passwords", "PersonNumber,InitialPassword", &|number| format!("{number},Vn1!{number}xyz"));
    file("Roles", "RoleId,Name,DisplayName,Category,Description", &|number| {
        format!("4E{number},ORA_{number}_ABSTRACT,\"Role {number}, of its own\",ABSTRACT,")
    });
    let columns = "UserRoleDataAssignmentId,UserName,RoleNameCr,SecurityContext,SecurityContextValue,ActiveFlag";
    file("DataSecurities", columns, &|number| {
        format!("30{number},user.{number},ORA_{number}_ABSTRACT,BUSINESS_UNIT,Vision Operations,Y")
    });
    folder
});

fn succeed(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = || String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}", said());
    output
}

fn csv(path: &Path) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

/// A published run of a shipped pipeline.
struct Run {
    folder: tempfile::TempDir,
    population: &'static str,
}

impl Run {
    /// On the sample, and on the generated persons.
    fn both(pipeline: &str) -> [Run; 2] {
        [Run::of(pipeline, None, "sample"), Run::of(pipeline, Some(GENERATED.path()), &PERSONS)]
    }

    fn of(pipeline: &str, from: Option<&Path>, population: &'static str) -> Run {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(HCMSYNC);
        // A path of its own, or one that ships.
        let own = PathBuf::from(pipeline);
        let path = if own.is_absolute() { own } else { project(&format!("pipelines/{pipeline}.toml")) };
        command.arg("run").arg(path).arg("--quiet").arg("--to").arg(folder.path());
        from.into_iter().for_each(|from| {
            command.arg("--from").arg(from);
        });
        let said = Said::of(&command.output().unwrap());
        assert_eq!(said.code, 0, "{pipeline} on {population}: {}", said.all());
        Run { folder, population }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("current").join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The files whose names start and end so, in the order in which they are sent.
    fn files(&self, start: &str, end: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder.path().join("current")).unwrap().map(|entry| entry.unwrap().path());
        let is_one = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_str().unwrap();
            name.starts_with(start) && name.ends_with(end)
        };
        let mut files: Vec<PathBuf> = entries.filter(is_one).collect();
        files.sort();
        files
    }

    fn emitted(&self) -> Vec<BTreeMap<String, String>> {
        let mut lines = csv(&self.path("resolution.csv"));
        lines.retain(|line| line["Disposition"].starts_with("emitted"));
        lines
    }

    /// Lets a judge speak: it accepts everything, and this is how much that is.
    fn judged(&self, target: &str, judge: &str, script: &str, words: &[&str], files: &[PathBuf]) -> (usize, String) {
        let mut command = Command::new(&*PYTHON);
        command.arg(project("tests/judges").join(script)).args(words).args(files);
        let said = Said::of(&succeed(&mut command));
        let line = said.stdout.lines().last().unwrap_or_default().to_owned();
        let number = |word: &str| -> usize {
            let mut words = line.split(' ').skip_while(|other| *other != word);
            words.nth(1).and_then(|count| count.parse().ok()).unwrap_or_else(|| panic!("{line}"))
        };
        let (judged, accepted, refused) = (number("judged"), number("accepted"), number("refused"));
        println!("| `{target}` | {} | {judge} | {judged} | {accepted} | {refused} |", self.population);
        assert_eq!((accepted, refused), (judged, 0), "{target} on {}", self.population);
        (judged, said.stdout)
    }
}

fn objects(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn operations(files: &[PathBuf]) -> Vec<Value> {
    let requests = files.iter().map(|file| serde_json::from_str::<Value>(&fs::read_to_string(file).unwrap()).unwrap());
    requests.flat_map(|request| request["Operations"].as_array().unwrap().clone()).collect()
}

#[test]
fn a_scim_server_takes_every_user_and_gives_it_back() {
    for run in Run::both("scim-user") {
        let (judged, _) = run.judged("scim-user", "scim2-server", "scim.py", &["users"], &[run.path("users.jsonl")]);
        assert_eq!(judged, run.emitted().len(), "everybody who is emitted");
        for (user, line) in objects(&run.text("users.jsonl")).iter().zip(run.emitted()) {
            assert_eq!(user["externalId"], line["PersonNumber"]);
            assert_eq!(user["active"], line["Active"] == "true", "a JSON boolean");
            assert!(["id", "meta", "groups"].iter().all(|own| user.get(own).is_none()));
        }
    }
}

#[test]
fn a_scim_server_takes_every_bulk_request_and_knows_every_manager() {
    let schema: Value =
        serde_json::from_str(&fs::read_to_string(project("tests/judges/bulk-request.schema.json")).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for (pipeline, file, most) in [("scim-bulk", "users-", 1000), ("entra-bulk-upload", "bulk-", 50)] {
        for run in Run::both(pipeline) {
            let files = run.files(file, ".json");
            for file in &files {
                let bytes = fs::read(file).unwrap();
                let request: Value = serde_json::from_slice(&bytes).unwrap();
                let wrong: Vec<String> =
                    schema.iter_errors(&request).map(|error| format!("{}", error.instance_path())).collect();
                assert!(wrong.is_empty(), "{}: {}", file.display(), wrong.join(", "));
                assert!(bytes.len() <= 1 << 20 && request["Operations"].as_array().unwrap().len() <= most);
            }
            println!("| `{pipeline}` | {} | JSON Schema | {} | {} | 0 |", run.population, files.len(), files.len());
            let (judged, said) = run.judged(pipeline, "scim2-server", "scim.py", &["bulk"], &files);
            let emitted = run.emitted();
            let operations = operations(&files);
            assert_eq!(judged, operations.len());
            let posted = operations.iter().filter(|operation| operation["method"] == "POST");
            let numbers: BTreeSet<&str> = posted.map(|operation| operation["bulkId"].as_str().unwrap()).collect();
            assert_eq!(numbers.len(), emitted.len());
            let managed = emitted.iter().filter(|line| !line["ManagerPersonNumber"].is_empty()).count();
            assert!(said.contains(&format!("managers {managed}\n")), "{managed}: {said}");
        }
    }
}

#[test]
fn a_server_with_one_identitys_employees_takes_every_one_and_gives_it_back() {
    for pipeline in ["starling-employee-v1", "starling-employee-v2"] {
        for run in Run::both(pipeline) {
            let files = [run.path("employees.jsonl")];
            let (judged, _) = run.judged(pipeline, "scim2-server", "scim.py", &["employees"], &files);
            assert_eq!(judged, run.emitted().len());
            let first = |employee: &Value| employee["workRelationships"][0].clone();
            for employee in objects(&run.text("employees.jsonl")) {
                assert!(first(&employee)["legalEmployerName"].is_string(), "{}", employee["personNumber"]);
            }
        }
    }
    for (pipeline, kind, file) in [
        ("starling-user", "starling-users", "users.jsonl"),
        ("starling-role", "roles", "roles.jsonl"),
        ("starling-data-security", "data-securities", "data-securities.jsonl"),
    ] {
        for run in Run::both(pipeline) {
            let (judged, _) = run.judged(pipeline, "scim2-server", "scim.py", &[kind], &[run.path(file)]);
            assert_eq!(judged, run.text(file).lines().count());
            assert!(judged >= 4);
        }
    }
    for run in Run::both("starling-future-employees") {
        let files = [run.path("future-employees.jsonl")];
        let (judged, _) = run.judged("starling-future-employees", "scim2-server", "scim.py", &["employees"], &files);
        assert_eq!(judged, run.emitted().len());
        assert!(run.emitted().iter().all(|line| line["WorkerState"] == "FUTURE"));
    }
}

#[test]
fn openldap_loads_every_entry_and_every_manager() {
    const BASE: &str = "ou=people,dc=vision,dc=example";
    for run in Run::both("ldif") {
        let files = [run.path("people.ldif"), run.path("people-managers.ldif")];
        let (judged, said) = run.judged("ldif", "slapadd, slapmodify", "ldif.py", &[BASE], &files);
        // Who is not active has no entry, and is nobody's manager there.
        let active: Vec<_> = run.emitted().into_iter().filter(|line| line["Active"] == "true").collect();
        let numbers: BTreeSet<&str> = active.iter().map(|line| line["PersonNumber"].as_str()).collect();
        let managed = active.iter().filter(|line| numbers.contains(line["ManagerPersonNumber"].as_str())).count();
        assert_eq!(judged, active.len() + managed);
        assert!(said.contains(&format!("managers {managed}\n")), "{said}");
    }
}

#[test]
fn what_goes_back_to_oracle_is_one_patch_for_each_account_and_a_filter_for_the_others() {
    for run in Run::both("oracle-scim-bulk") {
        let active: Vec<_> = run.emitted().into_iter().filter(|line| line["Active"] == "true").collect();
        let patches = operations(&run.files("users-0", ".json"));
        let lookups = run.text("users-lookups.txt");
        let accounts = if run.population == "sample" { project("sample-data/plain") } else { GENERATED.path().into() };
        let accounts: BTreeMap<String, String> = csv(&accounts.join("Accounts_2026-11-20.csv"))
            .into_iter()
            .map(|line| (line["PersonNumber"].clone(), line["UserId"].clone()))
            .collect();
        for patch in &patches {
            let id = &accounts[patch["bulkId"].as_str().unwrap()];
            assert_eq!(patch["method"], "PATCH");
            assert_eq!(patch["path"], format!("/Users/{id}"));
            assert_eq!(patch["data"]["schemas"][0], "urn:scim:schemas:core:2.0:User");
            let keys: Vec<&String> = patch["data"].as_object().unwrap().keys().collect();
            assert!(keys.iter().all(|key| ["schemas", "userName", "emails"].contains(&key.as_str())), "{keys:?}");
        }
        let asked: Vec<&str> = lookups.lines().flat_map(|line| line.split('"').skip(1).step_by(2)).collect();
        assert_eq!(patches.len() + asked.len(), active.len(), "everybody is either patched or looked up");
        assert!(asked.iter().all(|number| !accounts.contains_key(*number)));
        for (nth, line) in lookups.lines().enumerate() {
            assert!(line.starts_with("filter=personNumber eq \""));
            let asks = line.matches(" eq ").count();
            assert!(asks == 6 || nth + 1 == lookups.lines().count() && asks < 6);
        }
    }
}
