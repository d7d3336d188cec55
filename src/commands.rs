//! The commands: each turns what was typed into a call of the library, and its answer into text.

mod check;
mod help;
mod keys;
mod run;
mod sample;

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
            return serde_json::json!({
                "status": "failed", "exit_code": self.exit_code, "error": self.message, "help": self.help,
            })
            .to_string();
        }
        let help = self.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
        // A mistake that is drawn with its lines says "error:" itself.
        let prefix = if self.message.starts_with("error:") { "" } else { "error: " };
        format!("{prefix}{}{help}", self.message)
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

/// Does what was asked; the result is what belongs on stdout.
pub fn execute(cli: Cli) -> Result<String, Failure> {
    let Cli { command, common } = cli;
    match command {
        Command::Run { pipeline, allow, summary_file } => run::run(&pipeline, allow, summary_file.as_deref(), &common),
        Command::Explain { pipeline, person_number, field } => run::explain(&pipeline, &person_number, &field, &common),
        Command::Check { pipeline } => check::check(&pipeline, &common),
        Command::Verify { run } => run::verify(&run),
        Command::Keys { action } => keys::keys(action, &common),
        Command::Sample(sample) => sample::sample(&sample, &common),
        Command::Schema { of } => help::schema(of),
        Command::Targets { name } => help::targets(name.as_deref()),
        Command::Completions { shell } => Ok(help::completions(shell)),
        Command::Man => help::man(),
        Command::Help { topic } => help::help(topic.as_deref()),
    }
}

/// Prints a result to stdout. A reader who left early is no error.
pub fn print(text: &str) -> ExitCode {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(1),
    }
}

/// A command line that cannot be understood, or that asks for help or the version.
pub fn refuse(error: &clap::Error) -> ExitCode {
    // Nothing can be said where nobody listens.
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { 2 } else { 0 })
}

/// Loads a pipeline: a path, or a name in `pipelines/`.
#[expect(clippy::disallowed_methods, reason = "the rim: the binary reads the environment for the library")]
fn load(args: &PipelineArgs) -> Result<Pipeline, Failure> {
    let overrides = Overrides { env: args.env.clone(), from: args.from.clone(), to: args.to.clone() };
    let variable = |name: &str| std::env::var(name).ok();
    Ok(Pipeline::load(&find(&args.pipeline), &overrides, &variable)?)
}

fn find(named: &Path) -> PathBuf {
    let in_folder = Path::new("pipelines").join(named).with_extension("toml");
    if !named.exists() && named.components().count() == 1 && in_folder.exists() { in_folder } else { named.into() }
}
