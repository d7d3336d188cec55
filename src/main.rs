//! The binary `hcmsync`: arguments in, exit code out. Here, and nowhere else, something is printed, and the clock and the
//! environment are read.

mod bars;
mod cli;
mod commands;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{ColorChoice, CommandFactory, FromArgMatches};
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

fn main() -> ExitCode {
    keep_memory_private();
    let cli = match understand(&std::env::args_os().collect::<Vec<_>>()) {
        Ok(cli) => cli,
        Err(error) => return commands::refuse(&error),
    };
    let common = cli.common.clone();
    match start_threads(common.threads).and_then(|()| commands::execute(cli)) {
        Ok(answer) => commands::print(&answer, &common),
        Err(failure) => commands::complain(&failure, &common),
    }
}

/// What was typed. Help and mistakes have colors as `--color` says, so it is looked for before all else.
fn understand(words: &[OsString]) -> Result<cli::Cli, clap::Error> {
    let matches = cli::Cli::command().color(color_of(words)).try_get_matches_from(words)?;
    cli::Cli::from_arg_matches(&matches)
}

fn color_of(words: &[OsString]) -> ColorChoice {
    let words: Vec<&str> = words.iter().filter_map(|word| word.to_str()).collect();
    let apart = words.windows(2).filter(|pair| pair[0] == "--color").map(|pair| pair[1]);
    match apart.chain(words.iter().filter_map(|word| word.strip_prefix("--color="))).last() {
        Some("always") => ColorChoice::Always,
        Some("never") => ColorChoice::Never,
        _ => ColorChoice::Auto,
    }
}

/// So many threads, where that was asked for. Without them nothing may go on: whoever needs the pool then would panic.
fn start_threads(threads: Option<u16>) -> Result<(), commands::Failure> {
    let Some(threads) = threads else { return Ok(()) };
    let started = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global();
    started.map_err(|error| commands::Failure {
        message: format!("the system does not start {threads} threads: {error}"),
        help: Some("give --threads a smaller number, or leave it out".into()),
        exit_code: 1,
    })
}

/// No core dump, and no other process of this user that looks into our memory: it holds keys, passphrases and people.
fn keep_memory_private() {
    // Where the system refuses either, the other still holds, and a run needs neither.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}
