//! The binary `hcmsync`: arguments in, exit code out. Here, and nowhere else, something is printed, and the clock and the
//! environment are read.

mod bars;
mod cli;
mod commands;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

fn main() -> ExitCode {
    keep_memory_private();
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return commands::refuse(&error),
    };
    let common = cli.common.clone();
    if let Some(threads) = common.threads {
        // Fails only if somebody built the pool before, and nobody did.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    }
    match commands::execute(cli) {
        Ok(text) => commands::print(&text),
        Err(failure) => {
            // A closed stderr is no reason to change the exit code.
            let _ = writeln!(std::io::stderr(), "{}", failure.text(&common));
            ExitCode::from(failure.exit_code)
        }
    }
}

/// No core dump, and no other process of this user that looks into our memory: it holds keys, passphrases and people.
fn keep_memory_private() {
    // Where the system refuses either, the other still holds, and a run needs neither.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}
