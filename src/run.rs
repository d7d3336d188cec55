//! The story of one run: fetch, decrypt, read, normalize, resolve, validate, map, publish.

mod failure;
mod input;
mod origin;
mod record;
mod users;

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;

pub use failure::{Fatal, RunError};
pub use input::{Inputs, inbox_context, wants};

use crate::people::{AsOfDate, People};
use crate::pipeline::Pipeline;
use crate::progress::Progress;
use crate::report::explain::Explanation;
use crate::report::{self, Report};
use crate::stages::decrypt::Keys;
use crate::stages::normalize::related;
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

/// What `explain` is asked.
pub struct Question<'a> {
    pub person_number: &'a str,
    /// The columns of outputs whose values are to be explained as well.
    pub fields: &'a [String],
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
    origin::not_older(&to, &people.files)?;
    world.go_on()?;
    record::publish(staging, &to, pipeline, settings, people, world)
}

/// The first seven stages: all that can be said of the people, without a trace on disk but downloaded ciphertext.
/// `work` is the folder where that may rest.
pub fn resolve(pipeline: &Pipeline, settings: &Settings, world: &World<'_>, work: &Path) -> Result<People, RunError> {
    let (inputs, as_of) = read(pipeline, settings, world, work)?;
    users::check_source(&inputs.tables, pipeline)?;
    people(pipeline, inputs, &as_of, world)
}

/// Why a person is as it is: the same stages over those rows alone that can have a say in it.
pub fn explain(
    pipeline: &Pipeline,
    settings: &Settings,
    world: &World<'_>,
    work: &Path,
    question: &Question<'_>,
) -> Result<Explanation, RunError> {
    let (mut inputs, as_of) = read(pipeline, settings, world, work)?;
    users::check_source(&inputs.tables, pipeline)?;
    let number = question.person_number;
    let nobody = |similar| RunError::Nobody { number: number.to_owned(), similar };
    let mut unique: Vec<String> = ["WorkEmail", "UserName"].map(str::to_owned).into();
    unique.extend(pipeline.mapping.unique_attributes());
    if !related::keep_related(&mut inputs.tables, number, &unique) {
        return Err(nobody(related::similar(&inputs.tables, number)));
    }
    let people = people(pipeline, inputs, &as_of, world)?;
    let explained = report::explain::explain(&people, pipeline, number, question.fields)?;
    explained.ok_or_else(|| nobody(Vec::new()))
}

/// Fetch, decrypt and read, and the day as of which all is judged.
fn read(
    pipeline: &Pipeline,
    settings: &Settings,
    world: &World<'_>,
    work: &Path,
) -> Result<(Inputs, AsOfDate), RunError> {
    let keys = pipeline.options.decrypt.as_ref().map(|options| Keys::load(options, &pipeline.base)).transpose()?;
    let inbox = input::Inbox::open(work)?;
    let fetched = input::fetch(pipeline, world, &inbox)?;
    let as_of = input::as_of(pipeline, settings.as_of, world.now, &fetched)?;
    world.go_on()?;
    let inputs = input::read(pipeline, fetched, as_of.day, keys.as_ref(), world)?;
    drop(inbox);
    world.go_on()?;
    Ok((inputs, as_of))
}

/// Normalize, resolve, validate and map.
fn people(pipeline: &Pipeline, inputs: Inputs, as_of: &AsOfDate, world: &World<'_>) -> Result<People, RunError> {
    let workforce = users::normalize(inputs, pipeline, as_of, world);
    let resolved = users::resolve(workforce, pipeline, world)?;
    world.go_on()?;
    users::map(resolved, pipeline, world)
}
