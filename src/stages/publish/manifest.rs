//! `manifest.json`: what a run was made of and what it made. The run fills it in; publishing adds the files.
//! It is the baseline of the next run's guards (promises, *Guard semantics*), and what `hcmsync verify` goes by.
//! No personal value stands in it; the names of legal employers are the company's, not a person's.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::tally::digest;
use super::{PublishError, lists};
use crate::model::charset::Charset;
use crate::openpgp::Addressee;
use crate::stages::map::FieldLineage;
use crate::stages::validate::guards::{Origin, Verdict};

/// The file's name in a run.
pub const FILE: &str = "manifest.json";

/// The one schema that this version writes and reads; another is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Schema {
    #[default]
    #[serde(rename = "hcmsync.manifest/1")]
    V1,
}

/// The whole manifest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Manifest {
    pub schema: Schema,
    /// The name of the run's folder; set by publishing.
    pub run: String,
    /// The version of the program.
    pub hcmsync: String,
    /// When the run was made, where the caller says so: a time of day in UTC. Nothing else here depends on the clock.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub created: Option<String>,
    /// The as-of date, and who decided it (`resolution.md` rule 1).
    pub as_of: String,
    pub as_of_origin: String,
    pub pipeline: Pipeline,
    /// The name of the run that was published before this one.
    pub previous_run: Option<String>,
    /// One digest over all inputs, see [`input_hash`]; `--allow` is for this alone.
    pub input_hash: String,
    pub inputs: Vec<Input>,
    /// Where they came from; the next run's must come from there too.
    #[serde(default)]
    pub origin: Option<Origin>,
    /// Fingerprints of the keys that decrypted.
    pub keys: Vec<String>,
    pub persons: Persons,
    /// Rows per file: in, used, rejected and so on; they balance (`resolution.md` rule 27).
    pub files: BTreeMap<String, BTreeMap<String, u64>>,
    /// Active users per legal employer.
    pub segments: BTreeMap<String, u64>,
    pub guards: Vec<Verdict>,
    /// The `--allow GUARD=VALUE` of this run, as given; they are part of its name.
    pub allowed: Vec<String>,
    /// Where the users are, for the comparison with the next run; none where they are not in CSV.
    pub users: Option<Users>,
    /// Every other file of the run, by path; set by publishing.
    pub outputs: Vec<Output>,
    /// What is sent to the target, where the pipeline sends or seals anything.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub delivery: Option<Delivery>,
}

/// What is sent, and by which pipeline: `hcmsync deliver RUN` goes by it. When it was sent stands in
/// `TO/deliveries.jsonl`: a run is not changed by it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Delivery {
    /// The pipeline file, which says where to and how to log in there.
    pub pipeline: PathBuf,
    /// The environment of the run: [env.NAME] of the pipeline.
    pub environment: Option<String>,
    /// For whom the files are sealed; nobody where they are sent as they are.
    pub recipients: Vec<Addressee>,
    /// The fingerprint of the certificate that signed them.
    pub signer: Option<String>,
    /// The files in the order in which they are sent; each stands in `outputs` with its size and SHA-256. Set by publishing.
    pub files: Vec<String>,
}

/// The pipeline that was run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Pipeline {
    pub name: String,
    pub sha256: String,
}

/// A file that was read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Input {
    pub kind: String,
    pub name: String,
    /// Of the file as it was fetched, encrypted if it was.
    pub sha256: String,
    pub bytes: u64,
    /// When it was last written, as its origin says.
    #[serde(default)]
    pub modified: Option<String>,
    pub rows: u64,
    /// `good`, `off` or `none`.
    pub signature: String,
    /// The fingerprint of the signer.
    pub signer: Option<String>,
    /// The weak algorithms that `[decrypt].accept` let through.
    pub accepted: Vec<String>,
}

/// Where every person ended (`resolution.md` rule 27).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Persons {
    #[serde(rename = "in")]
    pub seen: u64,
    /// Users, active and inactive.
    pub emitted: u64,
    /// Those of them who are active.
    pub active: u64,
    pub excluded: BTreeMap<String, u64>,
    pub filtered: u64,
    pub quarantined: u64,
}

/// The files that hold the users, and how to read them again. Their rows are counted through.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Users {
    /// The first file.
    pub path: String,
    /// Those that go on with the same columns.
    #[serde(default)]
    pub further: Vec<String>,
    #[serde(default)]
    pub encoding: Charset,
    pub delimiter: char,
    /// Records before the first row of each file, the last of them the header.
    pub headers: u64,
    /// The columns that hold e-mail addresses.
    pub emails: Vec<String>,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Output {
    pub path: String,
    pub sha256: String,
    pub bytes: u64,
    /// Data rows; none for files that have no rows.
    pub rows: Option<u64>,
    /// Records before the first row, where the file is CSV: its records are counted when it is verified.
    pub headers: Option<u64>,
    /// What each field of the file is made of; none for the lists and reports that every run writes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldLineage>,
}

impl Manifest {
    /// Reads the manifest of a run.
    pub fn load(run: &Path) -> Result<Manifest, PublishError> {
        let path = run.join(FILE);
        let text = fs::read(&path).map_err(PublishError::io(&path, "read"))?;
        serde_json::from_slice(&text).map_err(|source| PublishError::Manifest { path, source })
    }

    /// What is sent to the target, in order. Of a run that was made without a word about it, the outputs.
    pub fn for_target(&self) -> Vec<&Output> {
        match &self.delivery {
            Some(delivery) => delivery.files.iter().filter_map(|path| self.output(path)).collect(),
            None => self.outputs.iter().filter(|output| !lists::is_of_the_run(&output.path)).collect(),
        }
    }

    /// For whom what is sent is sealed; nobody where it is sent as it is.
    pub fn recipients(&self) -> &[Addressee] {
        self.delivery.as_ref().map_or(&[], |delivery| &delivery.recipients)
    }

    /// The entry of a file.
    pub fn output(&self, path: &str) -> Option<&Output> {
        self.outputs.iter().find(|output| output.path == path)
    }
}

/// One digest of a set of inputs, by their kinds and the SHA-256 of their contents, whatever their names and order.
pub fn input_hash<'a>(inputs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut parts: Vec<_> = inputs.into_iter().collect();
    parts.sort_unstable();
    digest(parts.into_iter().flat_map(|(kind, sha256)| [kind, sha256]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_schema_is_refused() {
        let text = serde_json::to_string(&Manifest::default()).unwrap();
        assert_eq!(serde_json::from_str::<Manifest>(&text).unwrap(), Manifest::default());
        let other = text.replace("manifest/1", "manifest/2");
        assert!(serde_json::from_str::<Manifest>(&other).unwrap_err().to_string().contains("hcmsync.manifest/1"));
    }

    #[test]
    fn the_users_of_a_run_of_an_earlier_version_are_one_file_in_utf_8() {
        let text = r#"{ "path": "users.csv", "delimiter": ",", "headers": 1, "emails": ["Email"] }"#;
        let users: Users = serde_json::from_str(text).unwrap();
        assert_eq!((users.further, users.encoding), (Vec::new(), Charset::Utf8));
    }

    #[test]
    fn the_input_hash_forgets_the_order() {
        let there = [("person", "1"), ("assignment", "2")];
        let back = [("assignment", "2"), ("person", "1")];
        assert_eq!(input_hash(there), input_hash(back));
        assert_ne!(input_hash(there), input_hash([there[0]]));
    }
}
