//! Everything that can go wrong while extracts are fetched: a sentence, what to do, and how a run must end.

use std::path::PathBuf;

use super::generation::Stamp;
use super::offer::Offer;
use crate::model::secret::SecretError;

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

/// A host key as messages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostKey {
    /// `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`, …
    pub algorithm: String,
    /// `SHA256:…` as ssh-keygen prints it.
    pub fingerprint: String,
    /// The line of known_hosts that would make it known.
    pub line: String,
}

/// Why the extracts could not be fetched. No text of it carries a secret; names from a server are escaped.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("the file pattern \"{pattern}\" cannot be used: {reason}")]
    Pattern { pattern: String, reason: String },
    #[error("the file \"{}\" matches the patterns of {a} and of {b}", name.escape_debug())]
    TwoKinds { name: String, a: &'static str, b: &'static str },
    #[error("{} starts with ~, and there is no home folder", path.display())]
    NoHome { path: PathBuf },
    #[error("the file of known hosts {} cannot be read: {source}", path.display())]
    KnownHosts { path: PathBuf, source: std::io::Error },
    #[error("the private key {} cannot be used: {reason}", path.display())]
    Identity { path: PathBuf, reason: String },
    #[error("the SSH agent cannot be used: {reason}")]
    Agent { reason: String },
    #[error("there is nothing to log in with: agent = false, and neither identity_file nor password is given")]
    NoLogin,
    #[error(transparent)]
    Secret(#[from] SecretError),

    #[error("the server {server} cannot be reached: {reason}")]
    Unreachable { server: String, reason: String },
    #[error("the server {server} does not speak SSH as it should: {reason}")]
    Handshake { server: String, reason: String },
    #[error("the server {server} refused the login of {user} by {method}")]
    LoginRefused { server: String, user: String, method: String },
    #[error("the connection to {server} failed while {doing}: {reason}")]
    Lost { server: String, doing: String, reason: String },
    #[error("\"{}\" was there when {place} was listed, and is gone", name.escape_debug())]
    Gone { place: String, name: String },
    #[error("\"{}\" is still being written: it changed within {seconds} s", name.escape_debug())]
    Growing { name: String, seconds: u64 },
    #[error("\"{}\" is not whole: {bytes} bytes were expected, {read} were read, and then it had {after}", name.escape_debug())]
    Changed { name: String, bytes: u64, read: u64, after: u64 },

    #[error("no algorithm in common with {server}: {category}")]
    NoCommonAlgorithm { server: String, category: &'static str, ours: Offer, theirs: Offer },
    #[error("the host key of {server} is not known: {} {}", key.algorithm, key.fingerprint)]
    UnknownHostKey { server: String, key: HostKey, known_hosts: PathBuf },
    #[error("the host key of {server} has changed: {} {} is not the one in {}", key.algorithm, key.fingerprint, known_hosts.display())]
    ChangedHostKey { server: String, key: HostKey, known_hosts: PathBuf },
    #[error("the host key of {server} is of another type: {} {}, while {} has {}", key.algorithm, key.fingerprint, known_hosts.display(), known.join(", "))]
    OtherHostKeyType { server: String, key: HostKey, known: Vec<String>, known_hosts: PathBuf },
    #[error("the host key of {server} is revoked: {} {}", key.algorithm, key.fingerprint)]
    RevokedHostKey { server: String, key: HostKey, known_hosts: PathBuf },
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
            Pattern { .. }
            | TwoKinds { .. }
            | NoHome { .. }
            | KnownHosts { .. }
            | Identity { .. }
            | Agent { .. }
            | NoLogin
            | Secret(_) => Failure::Config,
            Unreachable { .. }
            | Handshake { .. }
            | LoginRefused { .. }
            | Lost { .. }
            | Gone { .. }
            | Growing { .. }
            | Changed { .. } => Failure::Transport,
            NoCommonAlgorithm { .. }
            | UnknownHostKey { .. }
            | ChangedHostKey { .. }
            | OtherHostKeyType { .. }
            | RevokedHostKey { .. }
            | LeadsOut { .. } => Failure::Trust,
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

    /// Whether trying again may help. A refused login may not: it would lock the account.
    pub(super) fn passes(&self) -> bool {
        self.kind() == Failure::Transport && !matches!(self, FetchError::LoginRefused { .. })
    }

    /// What the operator can do about it.
    pub fn help(&self) -> Option<String> {
        use FetchError::*;
        Some(match self {
            Pattern { .. } => "write a glob over file names, as in \"Person_*.csv.pgp\"".into(),
            TwoKinds { .. } => "narrow the patterns: each file is of one kind".into(),
            NoHome { .. } => "set HOME, or write the whole path".into(),
            KnownHosts { .. } => "check known_hosts in [fetch], and that this user can read the file".into(),
            Identity { .. } => {
                "check identity_file and identity_passphrase; `ssh-keygen -y -f FILE` must print the public key".into()
            }
            Agent { .. } => {
                "start an agent and add a key (`ssh-add`), or give identity_file or password in [fetch]".into()
            }
            NoLogin => "give identity_file or password in [fetch]".into(),
            Secret(error) => error.help(),
            Unreachable { .. } => "check host and port, and that this machine may connect there".into(),
            Handshake { .. } => "check that an SSH server answers at this port".into(),
            LoginRefused { user, .. } => format!(
                "ask the server's operator whether {user} may log in this way; it was tried once, so as not to lock the account"
            ),
            Lost { .. } | Gone { .. } | Changed { .. } => "run again; if it stays, ask the server's operator".into(),
            Growing { .. } => "run again when the extract is written, or lower stable_for".into(),
            NoCommonAlgorithm { category, ours, theirs, .. } => {
                format!(
                    "the server must be updated; {category}\n  this program: {}\n  the server:   {}",
                    ours.list(category),
                    theirs.list(category)
                )
            }
            UnknownHostKey { key, known_hosts, .. } => format!(
                "compare the fingerprint with the one that the server's operator gives you by another way than this connection; only if they agree, add this line to {}:\n{}",
                known_hosts.display(),
                key.line
            ),
            ChangedHostKey { key, known_hosts, .. } | OtherHostKeyType { key, known_hosts, .. } => format!(
                "somebody may stand between you and the server. Ask its operator, by another way than this connection, whether the key was changed; only then put this line in place of the old one in {}:\n{}",
                known_hosts.display(),
                key.line
            ),
            RevokedHostKey { known_hosts, .. } => {
                format!("{} says @revoked: ask the server's operator for its new key", known_hosts.display())
            }
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
