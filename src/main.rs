//! The binary `hcmsync`: arguments in, exit code out. Here, and nowhere else, something is printed, and the clock and the
//! environment are read.

mod bars;
mod cli;
mod commands;

use std::process::ExitCode;

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

fn main() -> ExitCode {
    keep_memory_private();
    let cli = match cli::Cli::of(std::env::args_os().collect()) {
        Ok(cli) => cli,
        Err(error) => return commands::refuse(&error),
    };
    let common = cli.common.clone();
    match start_threads(common.threads).and_then(|()| commands::execute(cli)) {
        Ok(answer) => commands::print(&answer, &common),
        Err(failure) => commands::complain(&failure, &common),
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
