//! Everything that can go wrong on the way into a server, and on the line to it: a sentence, what to do, and what it means.

use std::path::PathBuf;

use super::Offer;
use crate::model::secret::SecretError;

/// What a failure means for whoever needed the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The pipeline file is wrong, or a key or secret that it names.
    Config,
    /// Connection, login, time-out.
    Transport,
    /// The server is not the one that is known.
    Trust,
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

/// Why a server could not be used. No text of it carries a secret.
#[derive(Debug, thiserror::Error)]
pub enum SftpError {
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
}

impl SftpError {
    /// What it means.
    pub fn kind(&self) -> Failure {
        use SftpError::*;
        match self {
            NoHome { .. } | KnownHosts { .. } | Identity { .. } | Agent { .. } | NoLogin | Secret(_) => Failure::Config,
            Unreachable { .. } | Handshake { .. } | LoginRefused { .. } | Lost { .. } => Failure::Transport,
            NoCommonAlgorithm { .. }
            | UnknownHostKey { .. }
            | ChangedHostKey { .. }
            | OtherHostKeyType { .. }
            | RevokedHostKey { .. } => Failure::Trust,
        }
    }

    /// Whether trying again may help. A refused login may not: it would lock the account.
    pub fn passes(&self) -> bool {
        self.kind() == Failure::Transport && !matches!(self, SftpError::LoginRefused { .. })
    }

    /// What the operator can do about it.
    pub fn help(&self) -> String {
        use SftpError::*;
        match self {
            NoHome { .. } => "set HOME, or write the whole path".into(),
            KnownHosts { .. } => "check known_hosts beside the address, and that this user can read the file".into(),
            Identity { .. } => {
                "check identity_file and identity_passphrase; `ssh-keygen -y -f FILE` must print the public key".into()
            }
            Agent { .. } => {
                "start an agent and add a key (`ssh-add`), or give identity_file or password beside the address".into()
            }
            NoLogin => "give identity_file or password beside the address".into(),
            Secret(error) => error.help(),
            Unreachable { .. } => "check host and port, and that this machine may connect there".into(),
            Handshake { .. } => "check that an SSH server answers at this port".into(),
            LoginRefused { user, .. } => format!(
                "ask the server's operator whether {user} may log in this way; it was tried once, so as not to lock the account"
            ),
            Lost { .. } => "run again; if it stays, ask the server's operator".into(),
            NoCommonAlgorithm { category, ours, theirs, .. } => format!(
                "the server must be updated; {category}\n  this program: {}\n  the server:   {}",
                ours.list(category),
                theirs.list(category)
            ),
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
        }
    }
}
