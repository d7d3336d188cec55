//! `run`, with the delivery that follows it, `explain` and `verify`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::Context;
use hcmsync::pipeline::Pipeline;
use hcmsync::progress::{Progress, Silent};
use hcmsync::run::{Ended, Question, RunError, Settings, World};
use hcmsync::stages::map::nearest;
use hcmsync::stages::publish::{self, Published, Verified};
use jiff::Timestamp;
use signal_hook::consts::{SIGINT, SIGTERM};

use super::lineage::Events;
use super::summary::Summary;
use super::validate::settings;
use super::{Answer, Failure, deliver, load, wait, warn};
use crate::bars::Bars;
use crate::cli::{Common, PipelineArgs, Running};

/// The world as this process sees it.
pub struct Process {
    home: Option<PathBuf>,
    agent_socket: Option<PathBuf>,
    progress: Box<dyn Progress>,
    signal: Arc<AtomicUsize>,
}

impl Process {
    #[expect(clippy::disallowed_methods, reason = "the rim: the binary reads the environment for the library")]
    pub fn new(quiet: bool) -> anyhow::Result<Process> {
        let signal = Arc::new(AtomicUsize::new(0));
        let asked = Arc::new(AtomicBool::new(false));
        for number in [SIGINT, SIGTERM] {
            // The first signal asks; the second ends the process at once: what a run leaves half-done is never published.
            signal_hook::flag::register_conditional_shutdown(number, 128 + number, Arc::clone(&asked))
                .and_then(|_| signal_hook::flag::register(number, Arc::clone(&asked)))
                .and_then(|_| signal_hook::flag::register_usize(number, Arc::clone(&signal), number as usize))
                .context("signals cannot be handled")?;
        }
        Ok(Process {
            home: std::env::var_os("HOME").map(PathBuf::from),
            agent_socket: std::env::var_os("SSH_AUTH_SOCK").map(PathBuf::from),
            progress: if quiet { Box::new(Silent) } else { Box::new(Bars::new()) },
            signal,
        })
    }

    /// Calls the library with this world; a stop is told apart by its signal.
    pub fn with<T>(&self, call: impl FnOnce(&World<'_>) -> Result<T, RunError>) -> Result<T, Failure> {
        self.attempt(call).map_err(|error| self.failure(self.cause(error)))
    }

    /// Why a call ended before anything was published. What fails after somebody asked to stop is a stop, whatever it looks
    /// like: a terminal and systemd send their signal to the command that prints a passphrase, too.
    fn cause(&self, error: RunError) -> RunError {
        if self.is_stopped() { RunError::Stopped } else { error }
    }

    /// Whether somebody asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.signal.load(Ordering::Relaxed) != 0
    }

    /// Who is told of the progress.
    pub fn progress(&self) -> &dyn Progress {
        self.progress.as_ref()
    }

    /// An error of the library, as the program ends with it.
    pub fn failure(&self, error: RunError) -> Failure {
        let stopped_by = self.signal.load(Ordering::Relaxed) as u8;
        let is_stop = matches!(error, RunError::Stopped);
        let failure = Failure::from(error);
        if is_stop { Failure { exit_code: 128 + stopped_by, ..failure } } else { failure }
    }

    /// This moment.
    #[expect(clippy::disallowed_methods, reason = "the rim: the binary reads the clock for the library")]
    pub fn now() -> Timestamp {
        Timestamp::now()
    }

    /// Calls the library with the world as it is at this moment.
    pub fn attempt<T>(&self, call: impl FnOnce(&World<'_>) -> Result<T, RunError>) -> Result<T, RunError> {
        let stopped = || self.is_stopped();
        let world = World {
            now: Self::now(),
            home: self.home.as_deref(),
            agent_socket: self.agent_socket.as_deref(),
            stopped: &stopped,
            progress: self.progress.as_ref(),
        };
        call(&world)
    }
}

pub fn run(args: &PipelineArgs, how: &Running, common: &Common) -> Result<Answer, Failure> {
    let mut summary = how.summary_file.as_deref().map(Summary::open).transpose()?;
    let answer = attempt(args, how, common, &mut summary);
    if let (Err(failure), Some(summary)) = (&answer, summary) {
        // Where it cannot be written, the failure is still told on stderr, and is what matters.
        let _ = summary.write(&failure.json());
    }
    answer
}

/// The run, and what follows it; the summary is taken once it is written.
fn attempt(
    args: &PipelineArgs,
    how: &Running,
    common: &Common,
    summary: &mut Option<Summary<'_>>,
) -> Result<Answer, Failure> {
    let mut pipeline = load(args)?;
    let settings = Settings { memory: how.memory, ..settings(&mut pipeline, args, how.allow.clone(), &how.report)? };
    let process = Process::new(common.quiet)?;
    let events = how.openlineage.as_deref().map(|path| Events::start(path, &pipeline)).transpose()?;
    let ended = wait::run(&pipeline, &settings, how.only_new.is_some(), how.wait, &process);
    let ended = ended.map_err(|error| process.cause(error));
    let told = events.map(|events| events.end(&ended)).transpose();
    let outcome = match ended.map_err(|error| process.failure(error))? {
        Ended::Published(outcome) => *outcome,
        Ended::NothingNew(run) => {
            told?;
            return nothing_new(&run, how.only_new.unwrap_or_default(), common, summary.take());
        }
    };
    let mut report = outcome.report;
    let delivery = process.attempt(|world| hcmsync::run::deliver(&pipeline, &outcome.published, world));
    prune(&pipeline, &outcome.published, common);
    if let Err(error) = &delivery {
        (report.status, report.exit_code) = ("undelivered", error.exit_code());
    }
    summary.take().map(|summary| summary.write(&report)).transpose()?;
    let text = match (common.quiet, common.json) {
        (true, _) => String::new(),
        (_, true) => serde_json::to_string_pretty(&report).context("the report")? + "\n",
        _ => {
            let folder = plain(&outcome.published.path);
            let written = report.outputs.iter().filter(|output| output.headers.is_some());
            let files: Vec<PathBuf> = written.map(|output| folder.join(&output.path)).collect();
            let delivered = delivery.as_ref().ok().and_then(Option::as_ref).map(deliver::line);
            report.text(files.iter().map(PathBuf::as_path), common.verbose) + &delivered.unwrap_or_default()
        }
    };
    match delivery.map_err(|error| process.failure(error)).and(told) {
        Ok(_) => Ok(text.into()),
        // The run is published: what it found is told, whatever became of its delivery and of its events.
        Err(failure) => {
            super::print(&text.into(), common);
            Err(failure)
        }
    }
}

/// Removes the oldest runs. One that cannot be removed makes the new one no worse: it is no failure of this run.
fn prune(pipeline: &Pipeline, run: &Published, common: &Common) {
    let Some(keep) = pipeline.options.publish.as_ref().map(|publish| publish.keep_runs) else { return };
    if let Err(error) = run.prune(keep) {
        let message = format!("{} is published, and not all older runs are gone: {error}", run.path.display());
        let help = format!(
            "look at its owner, its modes and its attributes (lsattr); the next run tries again, or at once: \
             hcmsync runs prune {} --keep {keep}",
            run.to().display()
        );
        warn(&message, &help, common);
    }
}

/// The answer of `--only-new` where there is nothing to do.
fn nothing_new(run: &str, exit_code: u8, common: &Common, summary: Option<Summary<'_>>) -> Result<Answer, Failure> {
    let json = serde_json::json!({ "status": "nothing_new", "exit_code": exit_code, "run": run });
    summary.map(|summary| summary.write(&json)).transpose()?;
    let text = match (common.quiet, common.json) {
        (true, _) => String::new(),
        (_, true) => format!("{json}\n"),
        _ => format!("hcmsync: nothing new: the newest extracts were published as {run}\n"),
    };
    Ok(Answer { text, exit_code })
}

/// A path without `..`, for people; as it is where the system cannot say.
pub fn plain(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

#[expect(clippy::disallowed_methods, reason = "what is downloaded to explain is ciphertext, and gone with the folder")]
pub fn explain(args: &PipelineArgs, number: &str, fields: &[String], common: &Common) -> Result<String, Failure> {
    let pipeline = load(args)?;
    let known = || pipeline.mapping.outputs().iter().flat_map(|output| &output.fields).map(|field| field.name.as_str());
    if let Some(wrong) = fields.iter().find(|field| !known().any(|name| name == field.as_str())) {
        let help = nearest(wrong, known()).map(|name| format!("did you mean {name}?"));
        return Err(Failure { message: format!("no output has a field {wrong}"), help, exit_code: 2 });
    }
    let process = Process::new(true)?;
    let work = tempfile::tempdir().context("a folder for downloads")?;
    let explanation = process.with(|world| {
        let settings = Settings { as_of: args.as_of, ..Settings::default() };
        let question = Question { person_number: number, fields };
        hcmsync::run::explain(&pipeline, &settings, world, work.path(), &question)
    })?;
    if common.json {
        return Ok(serde_json::to_string_pretty(&explanation).context("the explanation")? + "\n");
    }
    Ok(explanation.text())
}

pub fn verify(run: &Path, common: &Common) -> Result<String, Failure> {
    let verified = publish::verify(run)?;
    let Verified { run, files, bytes } = &verified;
    Ok(match (common.quiet, common.json) {
        (true, _) => String::new(),
        (_, true) => serde_json::to_string_pretty(&verified).context("what was verified")? + "\n",
        _ => format!("{run}: {files} files, {bytes} bytes, all as the manifest says\n"),
    })
}
