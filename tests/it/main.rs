//! One test binary: the largest dependency is linked once.

mod bad_input;
mod cases;
mod commands;
mod expressions;
mod fetch;
mod golden;
mod layers;
mod openpgp;
mod pipelines;
mod product;
mod publish;
mod publish_faults;
mod publish_processes;
mod read;
mod sshd;
