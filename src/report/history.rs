//! The last ten published runs, as their manifests say: small lines that show what is usual.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use super::Report;
use crate::stages::publish::{self, Manifest, PublishError};

/// How many runs are shown, this one included.
const RUNS: usize = 10;

/// One run in a few numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Past {
    pub run: String,
    pub as_of: String,
    pub rows: u64,
    pub rejected: u64,
    pub persons: u64,
    pub users: u64,
    pub active: u64,
    pub quarantined: u64,
}

impl Past {
    fn of(manifest: &Manifest) -> Past {
        let sum = |bucket: &str| manifest.files.values().filter_map(|file| file.get(bucket)).sum();
        Past {
            run: manifest.run.clone(),
            as_of: manifest.as_of.clone(),
            rows: sum("in"),
            rejected: sum("rejected"),
            persons: manifest.persons.seen,
            users: manifest.persons.emitted,
            active: manifest.persons.active,
            quarantined: manifest.persons.quarantined,
        }
    }
}

impl Past {
    /// This run.
    pub fn of_report(report: &Report) -> Past {
        let sum = |bucket: &str| report.balance.files.values().filter_map(|file| file.get(bucket)).sum();
        let persons = &report.balance.persons;
        Past {
            run: report.run.name.clone(),
            as_of: report.run.as_of.clone(),
            rows: sum("in"),
            rejected: sum("rejected"),
            persons: persons.present,
            users: persons.emitted,
            active: persons.active,
            quarantined: persons.quarantined,
        }
    }
}

/// The runs before this one, the oldest first: from the published one each names the run before it. A run that is gone, or
/// whose manifest is no manifest, ends the list; one that cannot be read now is an error, since later it could be.
pub fn load(to: &Path) -> Result<Vec<Past>, PublishError> {
    let mut past = Vec::new();
    let mut seen = BTreeSet::new();
    let mut next = publish::current(to)?;
    while let Some(run) = next.take().filter(|_| past.len() < RUNS - 1) {
        let manifest = match Manifest::load(&run) {
            Ok(manifest) => manifest,
            Err(PublishError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => break,
            Err(PublishError::Manifest { .. }) => break,
            Err(error) => return Err(error),
        };
        if !seen.insert(manifest.run.clone()) {
            break;
        }
        past.push(Past::of(&manifest));
        next = manifest.previous_run.map(|name| to.join("runs").join(name));
    }
    past.reverse();
    Ok(past)
}
