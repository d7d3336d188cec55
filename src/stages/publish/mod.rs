//! The last stage: everything that a run leaves is staged under a hidden name, read back, and published by one
//! `rename` of the folder and one switch of `current` (`pipeline.md` section 3; promises 13 to 17).
//!
//! The story of a run: [`Staging::begin`] before the work (a bad path fails at once, the lock is taken),
//! [`Staging::add`] for each file, [`compare::compare`] for the guards, [`Staging::commit`], [`Published::prune`].
//! A run that ends anywhere before `commit` leaves nothing, and a run that is killed leaves what the next one removes.

pub mod compare;
mod error;
mod folder;
pub mod lists;
mod lock;
pub mod manifest;
pub mod runs;
mod staging;
mod tally;
mod verify;

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

pub use error::PublishError;
pub use folder::{current, run_name};
pub use lock::Lock;
pub use manifest::Manifest;
pub use staging::{Artifact, Published, Staging};
pub use verify::{Fault, Verified, verify};

/// `[publish]`: where the run's files go.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Publish {
    /// The folder of the published runs, relative to the pipeline file; `TO/current` is what a consumer reads.
    pub to: PathBuf,
    /// How many runs are kept, the published one included; it is never removed itself.
    #[serde(default = "thirty")]
    pub keep_runs: u32,
}

impl Publish {
    /// The options of a folder where everything else has its default; what `--to DIR` without `[publish]` means.
    pub fn to(to: PathBuf) -> Publish {
        Publish { to, keep_runs: thirty() }
    }
}

fn thirty() -> u32 {
    30
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_runs_are_kept_unless_the_pipeline_says_otherwise() {
        let read = |text: &str| toml::from_str::<Publish>(text).map(|publish| publish.keep_runs);
        assert_eq!(read("to = \"out\"").unwrap(), 30);
        assert_eq!(read("to = \"out\"\nkeep_runs = 2").unwrap(), 2);
        for wrong in ["keep_runs = 2", "to = \"out\"\nkeep_run = 2", "to = \"out\"\nkeep_runs = -1"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
