//! One test binary: the largest dependency is linked once.

mod engine;
mod expressions;
mod fetch;
mod laws;
mod openpgp;
mod oracle;
mod oracle_cases;
mod population;
mod publish;
mod publish_faults;
mod publish_processes;
mod read;
mod sshd;
