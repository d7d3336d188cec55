//! Where the files of a run came from and when they were made, beside the run that was published last (promise 9).

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::RunError;
use crate::people::Input;
use crate::pipeline::Pipeline;
use crate::stages::fetch::{Fetched, generation};
use crate::stages::publish::{self, Manifest};
use crate::stages::validate::guards::Origin;

/// Environment, server, host key and signers of a run.
pub fn of(pipeline: &Pipeline, files: &[Input]) -> Origin {
    let mut signers: Vec<String> = files.iter().filter_map(|file| file.signer.clone()).collect();
    signers.sort_unstable();
    signers.dedup();
    Origin {
        environment: pipeline.environment.clone(),
        from: pipeline.options.fetch.as_ref().map(|fetch| fetch.from.to_string()).unwrap_or_default(),
        host_key: files.iter().find_map(|file| file.host_key.clone()),
        signers,
    }
}

/// How far the files lie apart by the times that their origin tells; `None` if it does not tell one of them.
pub fn skew(files: &[Input]) -> Option<SignedDuration> {
    let times: Vec<Timestamp> = files.iter().map(|file| file.modified).collect::<Option<_>>()?;
    Some(times.iter().max()?.duration_since(*times.iter().min()?))
}

/// The age of the oldest file, by its time and by the latest moment that its name can mean.
pub fn age(files: &[Input], now: Timestamp) -> Option<SignedDuration> {
    let named = |file: &Input| generation(&file.name).map(|stamp| stamp.latest_moment());
    let made = files.iter().flat_map(|file| [file.modified, named(file)]).flatten().min()?;
    Some(now.duration_since(made))
}

/// Refuses a set that is older than the published one: by the dates in the names, else by the times of the files.
pub fn not_older(to: &Path, files: &[Fetched]) -> Result<(), RunError> {
    let Some(run) = publish::current(to)? else { return Ok(()) };
    for published in Manifest::load(&run)?.inputs {
        let then = published.modified.as_ref().and_then(|time| time.parse::<Timestamp>().ok());
        let is_older = |file: &&Fetched| match (generation(&file.name), generation(&published.name)) {
            (Some(now), Some(then)) => now.is_before(then),
            // The same bytes may have been copied, with or without their time.
            (None, None) => {
                file.sha256 != published.sha256 && file.modified.zip(then).is_some_and(|(now, then)| now < then)
            }
            _ => false,
        };
        if let Some(file) = files.iter().filter(|file| file.kind == published.kind).find(is_older) {
            return Err(RunError::Older { kind: file.kind, file: file.name.clone(), published: published.name });
        }
    }
    Ok(())
}
