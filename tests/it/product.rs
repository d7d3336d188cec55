//! The program as its users meet it: the built binary, a folder with extracts and a pipeline, and what a run leaves. Whatever is
//! said is searched for personal values of the sample, by every test that uses this.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The binary under test.
pub const HCMSYNC: &str = env!("CARGO_BIN_EXE_hcmsync");
/// The extracts of the sample, without the ending of their names.
pub const EXTRACTS: [&str; 3] = ["Person_2026-11-20", "WorkRelationship_2026-11-20", "Assignment_2026-11-20"];

/// A file or folder of the project.
pub fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What a command said, and how it ended.
pub struct Said {
    /// The exit code; −1 where a signal ended it.
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Said {
    /// Takes what a process left, and makes sure that no personal value is in it.
    pub fn of(output: &Output) -> Said {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("output is UTF-8");
        let said = Said {
            code: output.status.code().unwrap_or(-1),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        };
        assert_eq!(personal_values_in(&said.all()), [""; 0], "in what was said: {}", said.all());
        said
    }

    pub fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// The columns of a place's pipeline: taken away, they are the profile's own.
pub const FIELDS: &str = "[output.fields]\n\"Email\" = { sql = \"LOWER(WorkEmail)\", required = true }\n\"Employee ID\" = \"PersonNumber\"\n";

/// A folder with the sample's extracts in `in`, and a pipeline that publishes to `out`.
pub struct Place {
    folder: tempfile::TempDir,
    /// The text of the pipeline file.
    pub pipeline: String,
}

impl Place {
    /// With plain extracts.
    pub fn plain() -> Place {
        Place::new("sample-data/plain", "csv", "")
    }

    /// With encrypted and signed extracts, and the keys for them.
    pub fn sealed() -> Place {
        let keys = project("sample-data/keys");
        let keys = keys.display();
        let decrypt = format!(
            "[decrypt]\nsecret_key = [\"{keys}/customer-key_priv.asc\"]\npassphrase = {{ command = [\"cat\", \"{keys}/passphrase\"] }}\n\
             signer = [\"{keys}/fusion-key_pub.asc\"]\n"
        );
        Place::new("sample-data/extract", "csv.pgp", &decrypt)
    }

    fn new(extracts: &str, ending: &str, decrypt: &str) -> Place {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("in")).unwrap();
        for name in EXTRACTS {
            let name = format!("{name}.{ending}");
            fs::copy(project(extracts).join(&name), folder.path().join("in").join(&name)).unwrap();
        }
        let pipeline = format!(
            "name = \"test\"\nas_of = \"file-name\"\nmode = \"history\"\n[fetch]\nfrom = \"in\"\n{decrypt}\
             [extract.person]\nfile = \"Person_*.{ending}\"\n\
             [extract.work_relationship]\nfile = \"WorkRelationship_*.{ending}\"\n\
             [extract.assignment]\nfile = \"Assignment_*.{ending}\"\n\
             [[output]]\nprofile = \"qooper-csv\"\nfile = \"users.csv\"\n{FIELDS}\
             [guard]\nmax_quarantined = \"20%\"\nmax_rejected = \"5%\"\n[publish]\nto = \"out\"\n"
        );
        Place { folder, pipeline }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// An extract: the file in `in` whose name starts so.
    pub fn extract(&self, start: &str) -> PathBuf {
        let mut found = fs::read_dir(self.path("in")).unwrap().map(|entry| entry.unwrap().path());
        found.find(|path| path.file_name().unwrap().to_str().unwrap().starts_with(start)).unwrap()
    }

    /// Writes an extract anew.
    pub fn rewrite(&self, start: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
        let path = self.extract(start);
        fs::write(&path, change(fs::read(&path).unwrap())).unwrap();
    }

    /// Replaces the first `from` in a line (the header is 1) of an extract.
    pub fn replace_in_line(&self, start: &str, line: usize, from: &str, to: &str) {
        self.rewrite(start, |bytes| {
            let text = String::from_utf8(bytes).unwrap();
            let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
            assert!(lines[line - 1].contains(from), "line {line} has no {from}");
            lines[line - 1] = lines[line - 1].replacen(from, to, 1);
            lines.concat().into_bytes()
        });
    }

    /// Replaces a piece of the pipeline, which must be there.
    pub fn edit(&mut self, from: &str, to: &str) {
        assert!(self.pipeline.contains(from), "the pipeline has no {from}");
        self.pipeline = self.pipeline.replace(from, to);
    }

    /// Gives a key of the pipeline another value, as TOML writes it.
    pub fn set(&mut self, key: &str, value: &str) {
        let start = format!("{key} = ");
        let lines: Vec<&str> = self.pipeline.lines().collect();
        assert_eq!(lines.iter().filter(|line| line.starts_with(&start)).count(), 1, "the pipeline has one {key}");
        let line =
            |line: &&str| if line.starts_with(&start) { format!("{start}{value}\n") } else { format!("{line}\n") };
        self.pipeline = lines.iter().map(line).collect();
    }

    /// The command that runs the pipeline, with more words.
    pub fn command(&self, words: &[&str]) -> Command {
        let file = self.path("pipeline.toml");
        fs::write(&file, &self.pipeline).unwrap();
        let mut command = Command::new(HCMSYNC);
        command.arg("run").arg(file).args(words).env_remove("SSH_AUTH_SOCK");
        command
    }

    /// Runs the pipeline.
    pub fn run(&self, words: &[&str]) -> Said {
        Said::of(&self.command(words).output().unwrap())
    }

    /// Runs the pipeline, which must work.
    pub fn publishes(&self, words: &[&str]) -> Said {
        let said = self.run(words);
        assert_eq!(said.code, 0, "{}", said.all());
        said
    }

    /// A published file.
    pub fn published(&self, name: &str) -> String {
        fs::read_to_string(self.path("out/current").join(name)).unwrap()
    }
}

/// The personal values of the sample that a text holds.
pub fn personal_values_in(text: &str) -> Vec<String> {
    const PERSONAL: [&str; 9] = [
        "UserName",
        "FirstName",
        "LastName",
        "KnownAs",
        "DisplayName",
        "WorkEmail",
        "WorkPhone",
        "DateOfBirth",
        "AddressLine1",
    ];
    // A shorter one may be a syllable of any word.
    const LEAST_BYTES: usize = 5;
    let mut persons = csv::Reader::from_path(project("sample-data/plain/Person_2026-11-20.csv")).unwrap();
    let headers = persons.headers().unwrap().clone();
    let personal: Vec<usize> =
        PERSONAL.iter().map(|name| headers.iter().position(|header| header == *name).unwrap()).collect();
    let mut found = Vec::new();
    for row in persons.records().map(Result::unwrap) {
        let values = personal.iter().map(|column| &row[*column]).filter(|value| value.len() >= LEAST_BYTES);
        found.extend(values.filter(|value| text.contains(*value)).map(str::to_owned));
    }
    found
}
