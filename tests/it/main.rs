//! One test binary: the largest dependency is linked once.

mod expressions;
mod fetch;
mod kinds;
mod openpgp;
mod publish;
mod publish_faults;
mod publish_processes;
mod read;
mod sshd;
