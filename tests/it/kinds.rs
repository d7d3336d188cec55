//! Names, e-mails, phones, addresses, national identifiers and managers as extracts of their own (`resolution.md` rules 21
//! to 24), side extracts joined by a key, and states with a file of their own (rule 19): small runs from plain files, each
//! seen in what it publishes.

mod bulk;
mod directories;
mod nested;
mod outputs;
mod parts;
mod satellites;
mod sides;
mod states;

use std::collections::BTreeMap;
use std::path::Path;

use hcmsync::pipeline::{Overrides, Pipeline};
use hcmsync::progress::Silent;
use hcmsync::run::{RunError, Settings, World};
use tempfile::TempDir;

/// As of 2026-11-20, two persons: Ada (1), hired in 2020 and led by Bob; Bob (2). Both have all columns on their own rows.
const PERSONS: &str = "\
PersonNumber,PersonId,LastName,WorkEmail,WorkPhone,NationalIdentifierNumber
1,901,Row,ada@row.example,row-1,row-id
2,902,Bobson,bob@row.example,row-2,row-id
";
const RELATIONSHIPS: &str = "\
PersonNumber,PeriodOfServiceId,LegislationCode,DateStart,PrimaryFlag
1,P1,GB,2020-01-01,Y
2,P2,GB,2020-01-01,Y
";
const ASSIGNMENTS: &str = "\
PersonNumber,AssignmentId,PeriodOfServiceId,AssignmentType,EffectiveStartDate,PrimaryAssignmentFlag,AssignmentStatusType,\
DepartmentId,ManagerPersonNumber
1,A1,P1,E,2020-01-01,Y,ACTIVE,D1,2
2,A2,P2,E,2020-01-01,Y,ACTIVE,D2,
";

/// A pipeline over extracts that are written beside it.
struct Scene {
    folder: TempDir,
    /// The files of each, and the keys of its table.
    extracts: BTreeMap<&'static str, (Vec<String>, String)>,
    guard: &'static str,
    more: String,
}

/// What a run left.
struct Left {
    files: BTreeMap<String, String>,
    report: serde_json::Value,
}

impl Scene {
    fn new() -> Scene {
        let core = [("person", PERSONS), ("work_relationship", RELATIONSHIPS), ("assignment", ASSIGNMENTS)];
        let extracts = core.map(|(kind, csv)| (kind, (vec![csv.to_owned()], String::new()))).into();
        Scene { folder: tempfile::tempdir().unwrap(), extracts, guard: "min_users = 'off'", more: String::new() }
    }

    /// An extract, of a kind or of another name.
    fn extract(self, kind: &'static str, csv: &str) -> Scene {
        self.extract_with(kind, csv, "")
    }

    /// The same, with more keys in its table.
    fn extract_with(mut self, kind: &'static str, csv: &str, keys: &str) -> Scene {
        self.extracts.insert(kind, (vec![csv.to_owned()], keys.to_owned()));
        self
    }

    /// An extract of several files.
    fn parts(mut self, kind: &'static str, parts: &[&str]) -> Scene {
        self.extracts.insert(kind, (parts.iter().map(|csv| (*csv).to_owned()).collect(), String::new()));
        self
    }

    /// Without an extract that is there from the start.
    fn without(mut self, kind: &str) -> Scene {
        self.extracts.remove(kind);
        self
    }

    /// More of the pipeline file, before `[[output]]`.
    fn with(mut self, more: &str) -> Scene {
        self.more += more;
        self
    }

    /// The guard on users, which is off.
    fn guard(self, guard: &'static str) -> Scene {
        Scene { guard, ..self }
    }

    /// Runs with an output of these columns.
    fn run(&self, fields: &str) -> Left {
        self.try_run(fields).unwrap_or_else(|error| panic!("{error}"))
    }

    fn pipeline(&self, fields: &str) -> Result<Pipeline, String> {
        let mut text = format!(
            "name = 'kinds'\nas_of = '2026-11-20'\n[fetch]\nfrom = 'in'\n[publish]\nto = 'out'\n[guard]\n\
             max_quarantined = 'off'\nmax_rejected = 'off'\n{}\n",
            self.guard
        );
        std::fs::create_dir_all(self.folder.path().join("in")).unwrap();
        for (kind, (parts, keys)) in &self.extracts {
            for (nth, csv) in (1..).zip(parts) {
                let part = if parts.len() == 1 { String::new() } else { format!("_{nth}of{}", parts.len()) };
                std::fs::write(self.folder.path().join(format!("in/{kind}{part}.csv")), csv).unwrap();
            }
            let all = if parts.len() == 1 { "" } else { "_*" };
            text += &format!("[extract.{kind}]\nfile = '{kind}{all}.csv'\n{keys}\n");
        }
        text += &format!("{}\n[[output]]\nprofile = 'csv'\nfile = 'users.csv'\n[output.fields]\n{fields}", self.more);
        let path = self.folder.path().join("pipeline.toml");
        std::fs::write(&path, text).unwrap();
        Pipeline::load(&path, &Overrides::default(), &|_| None).map_err(|error| error.to_string())
    }

    fn try_run(&self, fields: &str) -> Result<Left, RunError> {
        self.run_within(None, fields)
    }

    /// With `--memory`, or without.
    fn run_within(&self, memory: Option<u64>, fields: &str) -> Result<Left, RunError> {
        let pipeline = self.pipeline(fields).unwrap_or_else(|error| panic!("{error}"));
        let world = World {
            now: "2026-11-20T06:00:00Z".parse().unwrap(),
            home: None,
            agent_socket: None,
            stopped: &|| false,
            progress: &Silent,
        };
        let outcome = hcmsync::run::run(&pipeline, &Settings { memory, ..Settings::default() }, &world)?;
        let mut files = BTreeMap::new();
        collect(&outcome.published.path, "", &mut files);
        Ok(Left { files, report: serde_json::to_value(&outcome.report).unwrap() })
    }
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, std::fs::read_to_string(entry.path()).unwrap());
        }
    }
}

impl Left {
    /// The lines of a file after its header.
    fn lines(&self, file: &str) -> Vec<&str> {
        self.files[file].lines().skip(1).collect()
    }

    fn users(&self) -> Vec<&str> {
        self.lines("users.csv")
    }

    /// The codes of a person that begin with one of the families.
    fn codes(&self, number: &str, families: &[&str]) -> Vec<&str> {
        let start = format!("{number},");
        let line = self.lines("resolution.csv").into_iter().find(|line| line.starts_with(&start)).unwrap();
        let codes = line.rsplit(',').next().unwrap().split(';');
        codes.filter(|code| families.iter().any(|family| code.starts_with(family))).collect()
    }

    /// The buckets of a kind that are not empty.
    fn balance(&self, kind: &str) -> String {
        let buckets = self.report["balance"]["files"][kind].as_object().unwrap();
        let names = ["in", "used", "superseded", "not_in_effect", "set_aside", "rejected", "duplicates", "quarantined"];
        let filled = names.iter().filter(|name| buckets[**name] != 0);
        filled.map(|name| format!("{name} {}", buckets[*name])).collect::<Vec<_>>().join(", ")
    }
}
