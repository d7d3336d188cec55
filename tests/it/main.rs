//! One test binary: the largest dependency is linked once.

#![allow(
    clippy::pedantic,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test reads and writes where it likes, and says it bluntly"
)]

mod as_of;
mod bad_input;
mod cases;
mod changes;
mod check;
mod codes;
mod command_line;
mod commands;
mod csv_judge;
mod delivery;
mod dialects;
mod engine;
mod exit_codes;
mod explain;
mod expressions;
mod fetch;
mod fuzz;
mod golden;
mod guards;
mod hostile;
mod judges;
mod kinds;
mod laws;
mod layers;
mod mapping;
mod memory;
mod openlineage;
mod openpgp;
mod oracle;
mod oracle_cases;
mod pipelines;
mod population;
mod privacy;
mod product;
mod promise;
mod publish;
mod publish_faults;
mod publish_processes;
mod read;
mod report;
mod sketches;
mod sshd;
mod sums;
mod supply;
mod tampering;
mod waiting;
