//! Why a run could not be published, what to do about it, and the exit code that it means.

use std::io;
use std::path::{Path, PathBuf};

use super::Fault;

/// A failure of the publish stage; nothing that a consumer reads has changed, unless `Settle` says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error("{path} cannot be {doing}: {source}")]
    Io { path: PathBuf, doing: &'static str, source: io::Error },
    #[error("the disk of {to} has room for {free} bytes, and a run takes about {needed}")]
    NoRoom { to: PathBuf, free: u64, needed: u64 },
    #[error("{0} is published, but may not survive a power failure: {1}")]
    Settle(PathBuf, #[source] io::Error),
    #[error("another run holds the lock {0}")]
    Locked(PathBuf),
    #[error("{0} is in the way: it should be {1}")]
    InTheWay(PathBuf, &'static str),
    #[error("{0} is no published run")]
    NoRun(PathBuf),
    #[error("{0:?} is no name for a file of a run")]
    BadName(String),
    #[error("two outputs are named {0}")]
    Twice(String),
    #[error("{path}: {expected} rows were announced, {written} were written")]
    Rows { path: String, expected: u64, written: u64 },
    #[error("what was written to {run} is not what is read back: {}", listed(.faults))]
    ReadBack { run: PathBuf, faults: Vec<Fault> },
    #[error("{run} is not as its manifest says: {}", listed(.faults))]
    Damaged { run: PathBuf, faults: Vec<Fault> },
    #[error("{path} is not a manifest that this version reads: {source}")]
    Manifest { path: PathBuf, source: serde_json::Error },
    #[error("{path} cannot be compared with: {reason}")]
    Unreadable { path: PathBuf, reason: String },
    #[error("{0} was published before from the same input and pipeline, with other content")]
    Differs(PathBuf),
}

/// Whether the limit of a file is the pipeline's or the target's, and not the system's.
fn is_limit(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::FileTooLarge && error.raw_os_error().is_none()
}

impl PublishError {
    /// For `map_err`: an error of the operating system, with what was being done to which path.
    pub fn io(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| PublishError::Io { path: path.into(), doing, source }
    }

    /// What the operator can do about it.
    pub fn help(&self) -> String {
        match self {
            PublishError::Io { source, .. } if is_limit(source) => {
                "raise [output.limits] if the target takes more, or cut its longest values by an expression: LEFT(JobName, 64)".into()
            }
            PublishError::Io { .. } => "check [publish].to: the folder must be on a disk with room, and writable by the user of the run".into(),
            PublishError::NoRoom { .. } => "make room: `hcmsync runs prune` removes the oldest runs".into(),
            PublishError::Settle(..) => "check the disk, then run again: the same input is published once".into(),
            PublishError::Locked(_) => "wait for it to end and run again; the lock goes with its process, so there is nothing to remove".into(),
            PublishError::InTheWay(path, _) => format!("move {} away, or publish to another folder", path.display()),
            PublishError::NoRun(_) => "give the directory of a run, TO/runs/NAME or TO/current".into(),
            PublishError::BadName(_) => "a name is relative and holds no `..`, no empty part, and no part that starts with a dot".into(),
            PublishError::Twice(_) => {
                "give every [[output]] its own file; quarantine.csv, resolution.csv, placement.csv, rejects/, delivery/, report.*, junit.xml and manifest.json are taken".into()
            }
            PublishError::Rows { .. } => "this is a fault of the program; please report it".into(),
            PublishError::ReadBack { .. } => "the disk or its file system changed the data; check it before running again".into(),
            PublishError::Damaged { .. } => {
                "somebody changed it after it was published; restore it, or point `current` at another run of runs/".into()
            }
            PublishError::Manifest { .. } | PublishError::Unreadable { .. } => {
                "`hcmsync verify` the published run; to start again without a comparison, move `current` away".into()
            }
            PublishError::Differs(run) => format!("compare the two with `hcmsync plan`; then move {} away and run again", run.display()),
        }
    }

    /// The exit code (`pipeline.md` section 4).
    pub fn exit_code(&self) -> u8 {
        match self {
            PublishError::NoRun(_) => 2,
            PublishError::Locked(_) => 7,
            PublishError::Rows { .. }
            | PublishError::ReadBack { .. }
            | PublishError::Damaged { .. }
            | PublishError::Manifest { .. }
            | PublishError::Unreadable { .. } => 1,
            PublishError::Io { .. }
            | PublishError::NoRoom { .. }
            | PublishError::Settle(..)
            | PublishError::InTheWay(..)
            | PublishError::BadName(_)
            | PublishError::Twice(_)
            | PublishError::Differs(_) => 8,
        }
    }
}

/// The first faults and the number of the rest: a damaged run may have as many as it has files.
fn listed(faults: &[Fault]) -> String {
    const SHOWN: usize = 5;
    let mut words: Vec<String> = faults.iter().take(SHOWN).map(Fault::to_string).collect();
    if faults.len() > SHOWN {
        words.push(format!("and {} more", faults.len() - SHOWN));
    }
    words.join("; ")
}
