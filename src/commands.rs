//! The commands: each turns what was typed into a call of the library, and its answer into text.

mod check;
mod deliver;
mod help;
mod init;
mod inspect;
mod keys;
mod lineage;
mod mapping;
mod plan;
mod run;
mod runs;
mod sample;
mod summary;
mod validate;
mod wait;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use hcmsync::pipeline::{Overrides, Pipeline, PipelineError};
use hcmsync::run::RunError;
use hcmsync::stages::publish;

use crate::cli::{Cli, Command, Common, PipelineArgs};

/// A command that failed: what happened, what to do, and the exit code.
#[derive(Debug)]
pub struct Failure {
    pub message: String,
    pub help: Option<String>,
    pub exit_code: u8,
}

impl Failure {
    /// For stderr; as JSON where that was asked for.
    pub fn text(&self, common: &Common) -> String {
        if common.json {
            return self.json().to_string();
        }
        let help = self.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
        // A mistake that is drawn with its lines says "error:" itself.
        let prefix = if self.message.starts_with("error:") { "" } else { "error: " };
        format!("{prefix}{}{help}", self.message)
    }

    /// For programs.
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "status": "failed", "exit_code": self.exit_code, "error": self.message, "help": self.help,
        })
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        Failure { message: format!("{error:#}"), help: None, exit_code: 1 }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Failure {
        Failure { help: error.help(), exit_code: error.exit_code(), message: error.to_string() }
    }
}

impl From<PipelineError> for Failure {
    fn from(error: PipelineError) -> Failure {
        Failure { help: error.help(), exit_code: 2, message: error.to_string() }
    }
}

impl From<publish::PublishError> for Failure {
    fn from(error: publish::PublishError) -> Failure {
        Failure { help: Some(error.help()), exit_code: error.exit_code(), message: error.to_string() }
    }
}

/// What a command that did not fail has to say: what belongs on stdout, and an exit code that may mean something.
pub struct Answer {
    pub text: String,
    pub exit_code: u8,
}

impl From<String> for Answer {
    fn from(text: String) -> Answer {
        Answer { text, exit_code: 0 }
    }
}

/// Does what was asked.
pub fn execute(cli: Cli) -> Result<Answer, Failure> {
    let Cli { command, common } = cli;
    let text = match command {
        Command::Run { pipeline, how } => return run::run(&pipeline, &how, &common),
        Command::Validate { pipeline, report, allow, about } => {
            validate::validate(&pipeline, report.as_deref(), allow, &about, &common)
        }
        Command::Plan { pipeline, how } => return plan::plan(&pipeline, how, &common),
        Command::Diff { run_a, run_b, how } => return plan::diff(&run_a, &run_b, how, &common),
        Command::Explain { pipeline, person_number, field } => run::explain(&pipeline, &person_number, &field, &common),
        Command::Check { pipeline } => check::check(&pipeline, &common),
        Command::Runs { action } => runs::runs(&action, &common),
        Command::Verify { run } => run::verify(&run, &common),
        Command::Deliver { run, pipeline } => deliver::deliver(&run, pipeline.as_deref(), &common),
        Command::Init(init) => init::init(&init, &common),
        Command::Mapping { action } => mapping::mapping(&action),
        Command::Inspect { file, pipeline } => inspect::inspect(&file, pipeline.as_deref(), &common),
        Command::Keys { action } => keys::keys(action, &common),
        Command::Sample(sample) => sample::sample(&sample, &common),
        Command::Schema { of } => help::schema(of),
        Command::Targets { name } => help::targets(name.as_deref(), &common),
        Command::Completions { shell } => Ok(help::completions(shell)),
        Command::Man => help::man(),
        Command::Help { topic } => help::help(topic.as_deref(), &common),
    };
    text.map(Answer::from)
}

/// Prints what belongs on stdout, and gives the exit code. A reader who left early is no error.
pub fn print(Answer { text, exit_code }: &Answer, common: &Common) -> ExitCode {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            let message = format!("the result cannot be written to stdout: {error}");
            let help = "make room where stdout goes; what the command did is done, a run is published";
            complain(&Failure { message, help: Some(help.into()), exit_code: 8 }, common)
        }
        _ => ExitCode::from(*exit_code),
    }
}

/// Says on stderr why a command failed, and gives the exit code.
pub fn complain(failure: &Failure, common: &Common) -> ExitCode {
    crate::bars::tell(&failure.text(common));
    ExitCode::from(failure.exit_code)
}

/// A result for programs.
fn json(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}

/// Tells on stderr of what does not change how the command ends, also where it is to be quiet: somebody has to see to it.
fn warn(message: &str, help: &str, common: &Common) {
    let text = match common.json {
        true => serde_json::json!({ "status": "warning", "warning": message, "help": help }).to_string(),
        false => format!("warning: {message}\nhelp: {help}"),
    };
    crate::bars::tell(&text);
}

/// A command line that cannot be understood, or that asks for help or the version.
pub fn refuse(error: &clap::Error) -> ExitCode {
    // Nothing can be said where nobody listens.
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { 2 } else { 0 })
}

/// Loads a pipeline: a path, or a name in `pipelines/`.
fn load(args: &PipelineArgs) -> Result<Pipeline, Failure> {
    let (env, from, to) = (args.env.clone(), args.from.clone(), args.to.clone());
    load_with(&args.pipeline, &Overrides { env, from, to, mapping: None })
}

#[expect(clippy::disallowed_methods, reason = "the rim: the binary reads the environment for the library")]
fn load_with(named: &Path, overrides: &Overrides) -> Result<Pipeline, Failure> {
    let variable = |name: &str| std::env::var(name).ok();
    Ok(Pipeline::load(&find(named), overrides, &variable)?)
}

/// The file of a name in `pipelines/`, with or without its ending; a dot within a name ends nothing.
fn find(named: &Path) -> PathBuf {
    let mut in_folder = Path::new("pipelines").join(named).into_os_string();
    if named.extension().is_none_or(|ending| ending != "toml") {
        in_folder.push(".toml");
    }
    let is_name = !named.exists() && named.components().count() == 1;
    if is_name && Path::new(&in_folder).exists() { in_folder.into() } else { named.into() }
}
