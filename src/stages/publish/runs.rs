//! The published runs of a folder: which there are, and the removal of the oldest.

use std::path::Path;

use serde::Serialize;

use super::delivery::{self, Delivered};
use super::{Lock, Manifest, PublishError, folder};

/// A published run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    pub name: String,
    /// Whether `TO/current` points to it.
    pub current: bool,
    /// What its manifest says; none where it cannot be read.
    pub about: Option<About>,
    /// Its last delivery, if there was one.
    pub delivered: Option<Delivered>,
}

/// A run in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct About {
    pub as_of: String,
    pub persons: u64,
    pub emitted: u64,
    pub active: u64,
    pub quarantined: u64,
    /// The run that was published before.
    pub previous_run: Option<String>,
}

/// The runs of a folder in the order in which they were published.
pub fn list(to: &Path) -> Result<Vec<Listed>, PublishError> {
    let current = current_name(to)?;
    let runs = folder::runs(to)?;
    let deliveries = delivery::delivered(to);
    let last = |name: &str| deliveries.iter().rfind(|delivered| delivered.run == name).cloned();
    let listed = |name: String| Listed { delivered: last(&name), ..listed(to, name, current.as_deref()) };
    Ok(runs.into_iter().map(listed).collect())
}

fn listed(to: &Path, name: String, current: Option<&str>) -> Listed {
    let about = Manifest::load(&to.join("runs").join(&name)).ok().map(|manifest| About {
        as_of: manifest.as_of,
        persons: manifest.persons.seen,
        emitted: manifest.persons.emitted,
        active: manifest.persons.active,
        quarantined: manifest.persons.quarantined,
        previous_run: manifest.previous_run,
    });
    Listed { current: current == Some(name.as_str()), name, about, delivered: None }
}

/// Removes the oldest runs until `keep` are left, the current one included, which is never removed. Fails with
/// [`PublishError::Locked`] while a run is at work. Returns the names of the removed.
pub fn prune(to: &Path, keep: u32) -> Result<Vec<String>, PublishError> {
    // Nothing is current where nothing was published, or somebody took the link away: then no run is known to be wanted,
    // and none goes.
    if current_name(to)?.is_none() {
        return Ok(Vec::new());
    }
    let _lock = Lock::take(to)?;
    folder::clean(to)?;
    current_name(to)?.map_or_else(|| Ok(Vec::new()), |current| folder::prune(to, keep, &current))
}

fn current_name(to: &Path) -> Result<Option<String>, PublishError> {
    let run = folder::current(to)?;
    Ok(run.and_then(|run| run.file_name().map(|name| name.to_string_lossy().into_owned())))
}
