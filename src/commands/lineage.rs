//! `run --openlineage FILE`: the events of the run, appended a line each, for whoever carries them to a catalogue.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;
use hcmsync::pipeline::Pipeline;
use hcmsync::run::openlineage::Lineage;
use hcmsync::run::{Ended, RunError};
use serde_json::Value;

use super::Failure;
use super::run::Process;

/// The events of a run that has begun.
pub struct Events<'a> {
    lineage: Lineage<'a>,
    path: &'a Path,
    file: File,
}

impl<'a> Events<'a> {
    /// Opens the file before the work, so that a bad path fails at once, and says that the run starts.
    pub fn start(path: &'a Path, pipeline: &'a Pipeline) -> Result<Events<'a>, Failure> {
        let file = File::options().append(true).create(true).mode(0o600).open(path);
        let file = file.map_err(|error| failed(path, &error))?;
        let mut random = [0; 10];
        File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut random)).context("a random id")?;
        let now = Process::now();
        let mut events = Events { lineage: Lineage::new(pipeline, now, random), path, file };
        let event = events.lineage.start(now);
        events.write(&event)?;
        Ok(events)
    }

    /// Says how the run ended.
    pub fn end(mut self, ended: &Result<Ended, RunError>) -> Result<(), Failure> {
        let now = Process::now();
        let event = match ended {
            Ok(Ended::Published(outcome)) => self.lineage.complete(now, outcome)?,
            Ok(Ended::NothingNew(run)) => self.lineage.nothing_new(now, run),
            Err(error) => self.lineage.fail(now, error),
        };
        self.write(&event)
    }

    /// One line, by one write: other runs may append to the same file.
    fn write(&mut self, event: &Value) -> Result<(), Failure> {
        self.file.write_all(format!("{event}\n").as_bytes()).map_err(|error| failed(self.path, &error))
    }
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    let message = format!("the OpenLineage events cannot be written to {}: {error}", path.display());
    Failure { message, help: Some("check the path of --openlineage".into()), exit_code: 8 }
}
