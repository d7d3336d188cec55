//! Everything that can go wrong while extracts are fetched: a sentence, what to do, and how a run must end.

use std::path::PathBuf;

use super::generation::Stamp;
use crate::sftp::{self, SftpError};

/// How a run must end; the exit codes are those of `pipeline.md` section 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The pipeline file is wrong, or a key or secret that it names (2).
    Config,
    /// An extract is missing, incomplete, too old, or not a file (4).
    Missing,
    /// Connection, login, time-out, a file that keeps changing (5).
    Transport,
    /// The server is not the one that is known (6).
    Trust,
    /// This machine cannot keep the download (1).
    Machine,
}

/// Why the extracts could not be fetched. No text of it carries a secret; names from a server are escaped.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("the file pattern \"{pattern}\" cannot be used: {reason}")]
    Pattern { pattern: String, reason: String },
    #[error("the file \"{}\" matches the patterns of {a} and of {b}", name.escape_debug())]
    TwoKinds { name: String, a: &'static str, b: &'static str },
    #[error(transparent)]
    Server(#[from] SftpError),

    #[error("\"{}\" was there when {place} was listed, and is gone", name.escape_debug())]
    Gone { place: String, name: String },
    #[error("\"{}\" is still being written: it changed within {seconds} s", name.escape_debug())]
    Growing { name: String, seconds: u64 },
    #[error("\"{}\" is not whole: {bytes} bytes were expected, {read} were read, and then it had {after}", name.escape_debug())]
    Changed { name: String, bytes: u64, read: u64, after: u64 },

    #[error("{place} holds a name that leads out of it: \"{}\"", name.escape_debug())]
    LeadsOut { place: String, name: String },

    #[error("{place} cannot be read: {reason}")]
    Place { place: String, reason: String },
    #[error("{place} has more than {most} names")]
    TooManyEntries { place: String, most: usize },
    #[error("nothing in {place} matches the {kind} pattern \"{pattern}\"")]
    NoMatch { kind: &'static str, place: String, pattern: String },
    #[error("the newest {kind} file \"{}\" in {place} is {what}, and is not followed", name.escape_debug())]
    NotAFile { kind: &'static str, place: String, name: String, what: &'static str },
    #[error("the newest {kind} file in {place} has an unusable name: \"{}\"", name.escape_debug())]
    BadName { kind: &'static str, place: String, name: String },
    #[error("which {kind} file is the newest cannot be told: {}", escaped(names))]
    Ambiguous { kind: &'static str, names: Vec<String> },
    #[error("the newest {kind} set should have {parts} parts, each once: {}", escaped(names))]
    Incomplete { kind: &'static str, parts: usize, names: Vec<String> },
    #[error("the {kind} file \"{}\" is too old: it was made {made}, more than {hours} hours ago", name.escape_debug())]
    TooOld { kind: &'static str, name: String, made: String, hours: u64 },
    #[error("the newest files are of different generations: {} of {}, {} of {}", a.0, a.1, b.0, b.1)]
    Mixed { a: (&'static str, Stamp), b: (&'static str, Stamp) },
    #[error("\"{}\" has {bytes} bytes, more than max_bytes = {most}", name.escape_debug())]
    TooLarge { name: String, bytes: u64, most: u64 },
    #[error("the server does not tell the size of \"{}\"", name.escape_debug())]
    NoSize { name: String },

    #[error("stopped while the extracts were fetched")]
    Stopped,
    #[error("{}: {source}", path.display())]
    Local { path: PathBuf, source: std::io::Error },
}

fn escaped(names: &[String]) -> String {
    const SHOWN: usize = 10;
    let mut text =
        names.iter().take(SHOWN).map(|name| format!("\"{}\"", name.escape_debug())).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}

impl FetchError {
    /// How the run must end.
    pub fn kind(&self) -> Failure {
        use FetchError::*;
        match self {
            Server(error) => match error.kind() {
                sftp::Failure::Config => Failure::Config,
                sftp::Failure::Transport => Failure::Transport,
                sftp::Failure::Trust => Failure::Trust,
            },
            Pattern { .. } | TwoKinds { .. } => Failure::Config,
            Gone { .. } | Growing { .. } | Changed { .. } => Failure::Transport,
            LeadsOut { .. } => Failure::Trust,
            Place { .. }
            | TooManyEntries { .. }
            | NoMatch { .. }
            | NotAFile { .. }
            | BadName { .. }
            | Ambiguous { .. }
            | Incomplete { .. }
            | TooOld { .. }
            | Mixed { .. }
            | TooLarge { .. }
            | NoSize { .. } => Failure::Missing,
            Local { .. } | Stopped => Failure::Machine,
        }
    }

    /// Whether trying again may help.
    pub(super) fn passes(&self) -> bool {
        match self {
            FetchError::Server(error) => error.passes(),
            _ => self.kind() == Failure::Transport,
        }
    }

    /// What the operator can do about it.
    pub fn help(&self) -> Option<String> {
        use FetchError::*;
        Some(match self {
            Pattern { .. } => "write a glob over file names, as in \"Person_*.csv.pgp\"".into(),
            TwoKinds { .. } => "narrow the patterns: each file is of one kind".into(),
            Server(error) => error.help(),
            Gone { .. } | Changed { .. } => "run again; if it stays, ask the server's operator".into(),
            Growing { .. } => "run again when the extract is written, or lower stable_for".into(),
            LeadsOut { .. } => "no honest server sends such a name: ask its operator".into(),
            Place { .. } => "check the path in [fetch].from, and that the user may read it".into(),
            TooManyEntries { .. } => "have old extracts removed, or give the extracts a folder of their own".into(),
            NoMatch { .. } => "check the pattern and the folder; has the extract run?".into(),
            NotAFile { .. } | BadName { .. } => "have it removed or renamed, or narrow the pattern".into(),
            Ambiguous { .. } => "have the date in the names (Person_2026-11-20.csv.pgp), or narrow the pattern".into(),
            Incomplete { .. } => "wait until all parts are delivered".into(),
            TooOld { .. } => "has the extract run? max_age in [fetch] is the limit".into(),
            Mixed { .. } => {
                "wait until all kinds of the newest extract are delivered; max_set_skew in [fetch] is the limit".into()
            }
            TooLarge { .. } => "if it is meant to be that large, raise max_bytes in [fetch]".into(),
            NoSize { .. } => {
                "a file whose size is not known cannot be known to be whole: ask the server's operator".into()
            }
            Local { .. } | Stopped => return None,
        })
    }
}
