//! The story of one run: fetch, decrypt, read, normalize, resolve, validate, map, publish.

mod failure;
mod input;
mod record;
mod users;

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;

pub use failure::{Fatal, RunError};
pub use input::{Inputs, inbox_context, wants};

use crate::people::People;
use crate::pipeline::Pipeline;
use crate::progress::Progress;
use crate::report::Report;
use crate::stages::decrypt::Keys;
use crate::stages::publish::{Published, Staging};
use crate::stages::validate::guards::Allow;

/// What the command line says of this run.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `--as-of`.
    pub as_of: Option<Date>,
    /// `--allow GUARD=VALUE`.
    pub allow: Vec<Allow>,
}

/// The world around a run, handed in by the binary: the run reads neither clock nor environment itself.
pub struct World<'a> {
    pub now: Timestamp,
    pub home: Option<&'a Path>,
    pub agent_socket: Option<&'a Path>,
    /// Whether somebody asked to stop.
    pub stopped: &'a (dyn Fn() -> bool + Sync),
    pub progress: &'a dyn Progress,
}

impl World<'_> {
    /// Ends the run between two stages if somebody asked for it.
    fn go_on(&self) -> Result<(), RunError> {
        if (self.stopped)() { Err(RunError::Stopped) } else { Ok(()) }
    }
}

/// A run that was published.
pub struct Outcome {
    pub report: Report,
    pub published: Published,
}

/// Runs a pipeline from its extracts to the published directory. Nothing is published unless all of it is right.
pub fn run(pipeline: &Pipeline, settings: &Settings, world: &World<'_>) -> Result<Outcome, RunError> {
    let to = pipeline.publish_to().ok_or(RunError::NowhereToPublish)?;
    let staging = Staging::begin(&to)?;
    let people = resolve(pipeline, settings, world, &to)?;
    world.go_on()?;
    record::publish(staging, &to, pipeline, settings, people, world)
}

/// The first seven stages: all that can be said of the people, without a trace on disk but downloaded ciphertext.
/// `work` is the folder where that may rest.
pub fn resolve(pipeline: &Pipeline, settings: &Settings, world: &World<'_>, work: &Path) -> Result<People, RunError> {
    let keys = pipeline.options.decrypt.as_ref().map(|options| Keys::load(options, &pipeline.base)).transpose()?;
    let inbox = input::Inbox::open(work)?;
    let fetched = input::fetch(pipeline, world, &inbox)?;
    let as_of = input::as_of(pipeline, settings.as_of, world.now, &fetched)?;
    world.go_on()?;
    let inputs = input::read(pipeline, fetched, as_of.day, keys.as_ref(), world)?;
    drop(inbox);
    world.go_on()?;
    let workforce = users::normalize(inputs, pipeline, &as_of, world)?;
    let resolved = users::resolve(workforce, pipeline, world)?;
    world.go_on()?;
    users::map(resolved, pipeline, world)
}
