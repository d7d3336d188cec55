//! Where the files of a run came from and when they were made, beside the run that was published last (promise 9).

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::RunError;
use crate::people::Input;
use crate::pipeline::Pipeline;
use crate::stages::fetch::{Fetched, Listed, generation};
use crate::stages::publish::{self, Manifest, manifest};
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

/// A file of the newest set, fetched or only listed.
pub struct Candidate<'a> {
    pub kind: &'static str,
    pub name: &'a str,
    modified: Option<Timestamp>,
    bytes: Option<u64>,
    /// Known once it is fetched.
    sha256: Option<&'a str>,
}

impl<'a> Candidate<'a> {
    pub fn fetched(file: &'a Fetched) -> Candidate<'a> {
        let Fetched { kind, name, modified, bytes, sha256, .. } = file;
        Candidate { kind, name, modified: *modified, bytes: Some(*bytes), sha256: Some(sha256) }
    }

    pub fn listed(kind: &'static str, file: &'a Listed) -> Candidate<'a> {
        Candidate { kind, name: &file.name, modified: file.modified, bytes: file.bytes, sha256: None }
    }

    /// Whether its bytes are surely others than those of a published file, which may have been copied, with or without its
    /// time.
    fn differs(&self, published: &manifest::Input) -> bool {
        match self.sha256 {
            Some(sha256) => sha256 != published.sha256,
            None => self.bytes.is_some_and(|bytes| bytes != published.bytes),
        }
    }
}

/// Refuses a set that is older than the published one: by the dates in the names, else by the times of the files.
pub fn not_older(to: &Path, files: &[Candidate<'_>]) -> Result<(), RunError> {
    let Some(run) = publish::current(to)? else { return Ok(()) };
    for published in Manifest::load(&run)?.inputs {
        let then = published.modified.as_ref().and_then(|time| time.parse::<Timestamp>().ok());
        let is_older = |file: &&Candidate<'_>| match (generation(file.name), generation(&published.name)) {
            (Some(now), Some(then)) => now.is_before(then),
            (None, None) => file.differs(&published) && file.modified.zip(then).is_some_and(|(now, then)| now < then),
            _ => false,
        };
        if let Some(file) = files.iter().filter(|file| file.kind == published.kind).find(is_older) {
            return Err(RunError::Older { kind: file.kind, file: file.name.to_owned(), published: published.name });
        }
    }
    Ok(())
}
