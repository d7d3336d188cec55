//! The story of one run: fetch, decrypt, read, normalize, resolve, validate, map, publish. What is published is then sent
//! where the pipeline says so ([`deliver`]), and last of all the oldest runs go ([`Published::prune`]).

mod failure;
mod files;
mod foresight;
mod input;
pub mod openlineage;
mod origin;
mod placement;
mod ranges;
mod record;
mod users;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use jiff::Timestamp;
use jiff::civil::Date;

pub use failure::{Fatal, RunError};
pub use foresight::refusals;
pub use input::{Inputs, inbox_context, wants};
use origin::Candidate;
use record::{Account, Ready};

use crate::model::range::KeyRange;
use crate::people::{AsOfDate, People};
use crate::pipeline::Pipeline;
use crate::progress::Progress;
use crate::report::explain::Explanation;
use crate::report::{self, Expected, Mask, Report};
use crate::sftp::Surroundings;
use crate::stages::decrypt::Keys;
use crate::stages::fetch::{Fetched, Location};
use crate::stages::map::CheckPlan;
use crate::stages::normalize::related;
use crate::stages::publish::delivery::{self, Delivered};
use crate::stages::publish::{Published, Staging, compare, manifest};
use crate::stages::validate::guards::{Allow, PersonChange};

/// What the command line says of this run.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `--as-of`.
    pub as_of: Option<Date>,
    /// `--allow GUARD=VALUE`.
    pub allow: Vec<Allow>,
    /// `--expected`: the totals that HR gives.
    pub expected: Option<Expected>,
    /// `--mask full`: the key of the tokens.
    pub mask: Option<Mask>,
    /// `--memory`: how many bytes a run may take.
    pub memory: Option<u64>,
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

impl<'a> World<'a> {
    /// Ends the run between two stages if somebody asked for it.
    fn go_on(&self) -> Result<(), RunError> {
        if (self.stopped)() { Err(RunError::Stopped) } else { Ok(()) }
    }

    /// What a server is gone to with.
    pub fn surroundings(&self, pipeline: &'a Pipeline) -> Surroundings<'a> {
        let World { home, agent_socket, stopped, .. } = *self;
        Surroundings { base: &pipeline.base, home, agent_socket, stopped }
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

/// How a run ended that was to do only what is new.
pub enum Ended {
    Published(Box<Outcome>),
    /// The newest extracts were published already, as this run: nothing was decrypted.
    NothingNew(String),
}

/// A run that stopped before its last step: what would be published, and what would change.
pub struct Plan {
    /// Its changes and its guards tell of the published run that it was compared with.
    pub report: Report,
    /// Whom the changes are about, by PersonNumber, where that was asked for.
    pub persons: Vec<PersonChange>,
}

/// Runs a pipeline from its extracts to the published directory. Nothing is published unless all of it is right.
pub fn run(pipeline: &Pipeline, settings: &Settings, world: &World<'_>) -> Result<Outcome, RunError> {
    let (to, staging) = begin_to_deliver(pipeline, settings, world)?;
    let arrived = Arrived::after(&to, pipeline, settings, world, &to)?;
    publish(staging, arrived, pipeline, settings, world)
}

/// As [`run`], but what was published already, and sent if it is to be, is not even decrypted.
pub fn run_if_new(pipeline: &Pipeline, settings: &Settings, world: &World<'_>) -> Result<Ended, RunError> {
    let (to, staging) = begin_to_deliver(pipeline, settings, world)?;
    let arrived = Arrived::after(&to, pipeline, settings, world, &to)?;
    match arrived.published_as(pipeline, &to)? {
        Some(run) => Ok(Ended::NothingNew(run)),
        None => publish(staging, arrived, pipeline, settings, world).map(|outcome| Ended::Published(Box::new(outcome))),
    }
}

fn publish(
    staging: Staging,
    arrived: Arrived,
    pipeline: &Pipeline,
    settings: &Settings,
    world: &World<'_>,
) -> Result<Outcome, RunError> {
    let Some(limit) = settings.memory else {
        let people = arrived.resolve(pipeline, world)?;
        return prepare(staging, pipeline, settings, people, None, world, |ready| ready.publish(world));
    };
    let mut account = Account::new(staging);
    ranges::each(arrived, limit, pipeline, world, |people, is_last| {
        world.progress.begin("publish", "files", None);
        account.add(pipeline, settings, people, is_last)?;
        if !is_last {
            world.progress.end(&format!("{} users so far", account.users()));
        }
        Ok(())
    })?;
    account.conclude(pipeline, settings, None, world)?.publish(world)
}

/// Stage 8 for everybody at once, up to its last step, with which `then` goes on.
fn prepare<T: Send>(
    staging: Staging,
    pipeline: &Pipeline,
    settings: &Settings,
    people: People,
    list: Option<&mut Vec<PersonChange>>,
    world: &World<'_>,
    then: impl FnOnce(Ready) -> Result<T, RunError> + Send,
) -> Result<T, RunError> {
    world.progress.begin("publish", "files", None);
    let mut account = Account::new(staging);
    account.add(pipeline, settings, &people, true)?;
    // What a million people take is not given back at once.
    rayon::join(|| drop(people), || then(account.conclude(pipeline, settings, list, world)?)).1
}

/// Sends a published run to where its pipeline says, after [`run`] or at any later time; the same files each time. None
/// where the pipeline sends nothing.
pub fn deliver(pipeline: &Pipeline, run: &Published, world: &World<'_>) -> Result<Option<Delivered>, RunError> {
    let Some(options) = pipeline.uploads() else { return Ok(None) };
    let context = delivery::Context { here: world.surroundings(pipeline), now: world.now, progress: world.progress };
    let undelivered = |source| RunError::Undelivered { run: run.path.clone(), source };
    delivery::deliver(run, options, &context).map(Some).map_err(undelivered)
}

/// As [`run`], but for its last step; nothing is left of it. With `list`, the plan says whom the changes are about.
pub fn plan(pipeline: &Pipeline, settings: &Settings, list: bool, world: &World<'_>) -> Result<Plan, RunError> {
    let (to, staging) = begin(pipeline)?;
    let staging = staging.leaving_nothing();
    let people = Arrived::after(&to, pipeline, settings, world, &to)?.resolve(pipeline, world)?;
    let mut persons = Vec::new();
    let ready = prepare(staging, pipeline, settings, people, list.then_some(&mut persons), world, Ok)?;
    world.progress.end("nothing: this is a plan");
    Ok(Plan { report: Report { status: "planned", ..ready.report }, persons })
}

/// Where the run is published to, and its stage, with the lock: a bad target fails before the work.
fn begin(pipeline: &Pipeline) -> Result<(PathBuf, Staging), RunError> {
    can_publish(pipeline)?;
    let to = pipeline.publish_to().ok_or(RunError::NowhereToPublish)?;
    let seal = pipeline.options.publish.as_ref().map(|options| delivery::seal(options, &pipeline.base)).transpose()?;
    let staging = Staging::begin(&to)?.sealing(seal.flatten());
    Ok((to, staging))
}

/// As [`begin`], for a run that is sent once it is published: what it takes to log in is there.
fn begin_to_deliver(
    pipeline: &Pipeline,
    settings: &Settings,
    world: &World<'_>,
) -> Result<(PathBuf, Staging), RunError> {
    if let Some(why) = settings.memory.and_then(|_| ranges::needs_everybody(pipeline)) {
        return Err(RunError::NeedsEverybody(why));
    }
    if let Some(options) = pipeline.uploads() {
        delivery::check(options, &world.surroundings(pipeline))?;
    }
    begin(pipeline)
}

/// Whether the pipeline says all that a run publishes. A run without an output would take the files of the last one away
/// from whoever reads them.
pub fn can_publish(pipeline: &Pipeline) -> Result<(), RunError> {
    needs_assignments(pipeline)?;
    if pipeline.mapping.outputs().is_empty() { Err(RunError::Incomplete("[[output]] table")) } else { Ok(()) }
}

/// Nobody can be resolved without assignments.
fn needs_assignments(pipeline: &Pipeline) -> Result<(), RunError> {
    if pipeline.is_resolved() { Ok(()) } else { Err(RunError::Incomplete("[extract.assignment] table")) }
}

/// The first seven stages: all that can be said of the people, without a trace on disk but downloaded ciphertext.
/// `work` is the folder where that may rest.
pub fn resolve(pipeline: &Pipeline, settings: &Settings, world: &World<'_>, work: &Path) -> Result<People, RunError> {
    needs_assignments(pipeline)?;
    Arrived::fetch(pipeline, settings, world, work)?.resolve(pipeline, world)
}

/// What there is to say about the extracts without publishing anything: resolved and mapped where there are assignments,
/// else the rows by themselves. `work` is the folder where downloaded ciphertext may rest.
pub fn validate(pipeline: &Pipeline, settings: &Settings, world: &World<'_>, work: &Path) -> Result<Report, RunError> {
    if let Some(to) = pipeline.publish_to().filter(|_| pipeline.is_resolved())
        && compare::last(&to)?.is_some()
    {
        // Held against the published run, as a plan is.
        let staging = Staging::begin(&to)?.leaving_nothing();
        let people = Arrived::after(&to, pipeline, settings, world, work)?.resolve(pipeline, world)?;
        let ready = prepare(staging, pipeline, settings, people, None, world, Ok)?;
        world.progress.end("nothing: this is a validation");
        return Ok(ready.report.unpublished());
    }
    let people = if pipeline.is_resolved() {
        resolve(pipeline, settings, world, work)?
    } else {
        let (inputs, as_of) = Arrived::fetch(pipeline, settings, world, work)?.read(pipeline, world)?;
        users::check_source(&inputs.tables, pipeline)?;
        users::leave_unresolved(users::normalize(inputs, pipeline, &as_of, KeyRange::ALL, world), pipeline)?
    };
    record::report(pipeline, settings, &people)
}

/// Why a person is as it is: the same stages over those rows alone that can have a say in it.
pub fn explain(
    pipeline: &Pipeline,
    settings: &Settings,
    world: &World<'_>,
    work: &Path,
    question: &Question<'_>,
) -> Result<Explanation, RunError> {
    needs_assignments(pipeline)?;
    let (mut inputs, as_of) = Arrived::fetch(pipeline, settings, world, work)?.read(pipeline, world)?;
    users::check_source(&inputs.tables, pipeline)?;
    let number = question.person_number;
    let nobody = |similar| RunError::Nobody { number: number.to_owned(), similar };
    let unique = users::unique_attributes(pipeline);
    // Where people are compared by more than what ties them, everybody is needed.
    let is_alone = !pipeline.checks.iter().any(CheckPlan::compares) && pipeline.mapping.untied().next().is_none();
    if is_alone && !related::keep_related(&mut inputs.tables, number, &unique) {
        return Err(nobody(related::similar(&inputs.tables, number)));
    }
    let people = people(pipeline, inputs, &as_of, KeyRange::ALL, world)?;
    let explained = report::explain::explain(&people, pipeline, number, question.fields)?;
    explained.ok_or_else(|| nobody(Vec::new()))
}

/// The newest extracts, whole and still encrypted, with what it takes to read them.
struct Arrived {
    keys: Option<Keys>,
    // Holds what was downloaded until it is read.
    inbox: input::Inbox,
    files: Vec<Fetched>,
    /// None where it stands in the extracts.
    as_of: Option<AsOfDate>,
    given: Option<Date>,
}

impl Arrived {
    /// Keys that cannot be opened fail before a server is gone to. A local folder is read meanwhile, since to open one takes its
    /// time; then they end that.
    fn fetch(pipeline: &Pipeline, settings: &Settings, world: &World<'_>, work: &Path) -> Result<Arrived, RunError> {
        let load = || pipeline.options.decrypt.as_ref().map(|options| Keys::load(options, &pipeline.base)).transpose();
        let inbox = input::Inbox::open(work)?;
        let fetch = |world: &World<'_>| input::fetch(pipeline, world, &inbox, settings.memory.is_some());
        let is_local = pipeline.options.fetch.as_ref().is_some_and(|fetch| matches!(fetch.from, Location::Folder(_)));
        let (keys, files) = if is_local {
            let failed = AtomicBool::new(false);
            let stopped = || (world.stopped)() || failed.load(Relaxed);
            let meanwhile = World { stopped: &stopped, ..*world };
            let load = || load().inspect_err(|_| failed.store(true, Relaxed));
            let (keys, files) = rayon::join(load, || fetch(&meanwhile));
            (keys?, files?)
        } else {
            (load()?, fetch(world)?)
        };
        let as_of = input::as_of(pipeline, settings.as_of, world.now, &candidates(&files))?;
        world.go_on()?;
        Ok(Arrived { keys, inbox, files, as_of, given: settings.as_of })
    }

    /// As [`Arrived::fetch`], but a set that is older than the one published to `to` is refused before it is opened.
    fn after(
        to: &Path,
        pipeline: &Pipeline,
        settings: &Settings,
        world: &World<'_>,
        work: &Path,
    ) -> Result<Arrived, RunError> {
        let arrived = Arrived::fetch(pipeline, settings, world, work)?;
        origin::not_older(to, &candidates(&arrived.files))?;
        Ok(arrived)
    }

    /// The published run that was made of the same files and pipeline as of the same day, if it is the current one.
    fn published_as(&self, pipeline: &Pipeline, to: &Path) -> Result<Option<String>, RunError> {
        let hash = manifest::input_hash(self.files.iter().map(|file| (file.kind, file.sha256.as_str())));
        let last = compare::last(to)?.map(|(_, manifest)| manifest);
        // A day that stands in the extracts is the same in the same extracts.
        let day = self.as_of.as_ref().map(|told| told.day).or(self.given);
        let same = last.filter(|last| {
            last.input_hash == hash
                && last.pipeline.sha256 == pipeline.sha256
                && day.is_none_or(|day| last.as_of == day.to_string())
        });
        Ok(same.map(|last| last.run).filter(|run| is_sent(pipeline, to, run)))
    }

    /// Decrypt and read; what was downloaded is gone then.
    fn read(self, pipeline: &Pipeline, world: &World<'_>) -> Result<(Inputs, AsOfDate), RunError> {
        let Arrived { keys, inbox, files, as_of, given } = self;
        let read = input::read(pipeline, files, as_of, given, keys.as_ref(), world)?;
        drop(inbox);
        world.go_on()?;
        Ok(read)
    }

    fn resolve(self, pipeline: &Pipeline, world: &World<'_>) -> Result<People, RunError> {
        let (inputs, as_of) = self.read(pipeline, world)?;
        users::check_source(&inputs.tables, pipeline)?;
        people(pipeline, inputs, &as_of, KeyRange::ALL, world)
    }
}

fn candidates(files: &[Fetched]) -> Vec<Candidate<'_>> {
    files.iter().map(Candidate::fetched).collect()
}

/// Whether a run is what arrived last where its pipeline sends it, if it sends it anywhere.
fn is_sent(pipeline: &Pipeline, to: &Path, run: &str) -> bool {
    let Some(remote) = pipeline.uploads().and_then(|options| options.upload.as_ref()) else { return true };
    let place = remote.to_string();
    delivery::delivered(to).iter().rfind(|sent| sent.to == place).is_some_and(|sent| sent.run == run)
}

/// Normalize, resolve, validate and map: the people of `range`.
fn people(
    pipeline: &Pipeline,
    inputs: Inputs,
    as_of: &AsOfDate,
    range: KeyRange,
    world: &World<'_>,
) -> Result<People, RunError> {
    let workforce = users::normalize(inputs, pipeline, as_of, range, world);
    let resolved = users::resolve(workforce, pipeline, world)?;
    world.go_on()?;
    let people = users::map(resolved, pipeline, world)?;
    world.go_on()?;
    Ok(people)
}
