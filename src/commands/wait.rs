//! `run --wait`: what may be otherwise in a while is tried again, with growing pauses, until the time is over: extracts
//! that are missing, incomplete, too old, older than the published ones, of different days or still growing, a server that does not answer, another run's lock, and with
//! `--only-new` extracts that were published already.

use std::thread::sleep;
use std::time::Duration;

use hcmsync::pipeline::Pipeline;
use hcmsync::run::{Ended, RunError, Settings, World, inbox_context, wants};
use hcmsync::stages::fetch::{self, Age};
use jiff::Timestamp;

use super::run::Process;

/// The first pause; each is twice the last one, up to the longest.
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);
/// How soon a signal is noticed.
const TICK: Duration = Duration::from_millis(100);

/// Runs the pipeline, with `only_new` where there is something new; with `wait`, again and again until it is done or can
/// only fail.
pub fn run(
    pipeline: &Pipeline,
    settings: &Settings,
    only_new: bool,
    wait: Option<Age>,
    process: &Process,
) -> Result<Ended, RunError> {
    let run = |world: &World<'_>| match only_new {
        true => hcmsync::run::run_if_new(pipeline, settings, world),
        false => hcmsync::run::run(pipeline, settings, world).map(|outcome| Ended::Published(Box::new(outcome))),
    };
    let mut patience = Patience::new(wait, process);
    loop {
        let (reason, is_of_the_files) = match process.attempt(run) {
            Err(error) if error.passes_with_time() => {
                if patience.is_over() {
                    return Err(error);
                }
                let is_of_the_files = matches!(error, RunError::Older { .. });
                (error.to_string(), is_of_the_files)
            }
            Ok(Ended::NothingNew(run)) => {
                if patience.is_over() {
                    return Ok(Ended::NothingNew(run));
                }
                (format!("the newest extracts were published as {run}"), true)
            }
            done => return done,
        };
        if !is_of_the_files {
            patience.wait(&reason)?;
            continue;
        }
        // The files are not downloaded and hashed anew before other ones are there.
        let seen = newest(pipeline, process);
        while newest(pipeline, process) == seen && !patience.is_over() {
            patience.wait(&reason)?;
        }
    }
}

/// The names and sizes of the newest extracts; `None` where they cannot be told.
fn newest(pipeline: &Pipeline, process: &Process) -> Option<Vec<(String, Option<u64>)>> {
    let options = pipeline.options.fetch.as_ref()?;
    let probe = |world: &World<'_>| {
        let context = inbox_context(pipeline, world, std::path::Path::new(""));
        fetch::probe(options, &wants(pipeline), &context).map_err(RunError::from)
    };
    let sets = process.attempt(probe).ok()?.newest;
    let files: Vec<Vec<fetch::Listed>> = sets.into_iter().map(|set| set.files.ok()).collect::<Option<_>>()?;
    Some(files.into_iter().flatten().map(|file| (file.name, file.bytes)).collect())
}

/// How long is waited yet, and how long at a time.
struct Patience<'a> {
    until: Option<Timestamp>,
    pause: Duration,
    process: &'a Process,
}

#[expect(clippy::disallowed_methods, reason = "the rim: the binary reads the clock")]
impl Patience<'_> {
    fn new(wait: Option<Age>, process: &Process) -> Patience<'_> {
        let until = wait.map(|wait| Timestamp::now().checked_add(wait.duration()).unwrap_or(Timestamp::MAX));
        Patience { until, pause: FIRST, process }
    }

    /// Whether there is nothing to wait for any more.
    fn is_over(&self) -> bool {
        self.until.is_none_or(|until| Timestamp::now() >= until)
    }

    /// Says why, and waits, at the longest until the time is over. Whoever asks to stop ends it, and the run with it: what is
    /// waited for here, a run may find before it looks whether it is to stop.
    fn wait(&mut self, reason: &str) -> Result<(), RunError> {
        let progress = self.process.progress();
        progress.begin("wait", "seconds", None);
        progress.end(&format!("{reason}; again in {} s", self.pause.as_secs()));
        let mut left = self.pause;
        while !left.is_zero() && !self.process.is_stopped() && !self.is_over() {
            let tick = left.min(TICK);
            sleep(tick);
            left -= tick;
        }
        self.pause = (self.pause * 2).min(LONGEST);
        if self.process.is_stopped() { Err(RunError::Stopped) } else { Ok(()) }
    }
}
