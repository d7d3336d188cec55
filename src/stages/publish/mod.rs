//! The last stage: everything that a run leaves is staged under a hidden name, read back, and published by one
//! `rename` of the folder and one switch of `current` (`pipeline.md` section 3; promises 13 to 17).
//!
//! The story of a run: [`Staging::begin`] before the work (a bad path fails at once, the lock is taken),
//! [`Staging::add`] for each file, [`compare::compare`] for the guards, [`Staging::commit`], [`Published::prune`].
//! A run that ends anywhere before `commit` leaves nothing, and a run that is killed leaves what the next one removes.
//! What is published may then be sent ([`delivery`]), and sent again ([`Published::open`]).

pub mod compare;
pub mod delivery;
mod error;
mod folder;
pub mod lists;
mod lock;
pub mod manifest;
mod options;
mod parts;
mod room;
pub mod runs;
mod staging;
mod tally;
mod verify;

pub use error::PublishError;
pub use folder::{current, run_name};
pub use lock::Lock;
pub use manifest::Manifest;
pub use options::{Files, Publish};
pub use room::room;
pub use staging::{Artifact, Published, Staging};
pub use verify::{Fault, Verified, verify};
