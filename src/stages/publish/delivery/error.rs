//! Why a run could not be made ready to be sent, or be sent: a sentence, what to do, and the exit code.

use std::io;
use std::path::PathBuf;

use crate::model::secret::SecretError;
use crate::openpgp::KeyError;
use crate::sftp::{Failure, SftpError};
use crate::stages::publish::PublishError;

/// What went wrong. No text of it carries a secret, or a cell of an output.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    #[error("[publish] has sign_with, and no encrypt_to: what is not encrypted is not signed either")]
    SignedInClear,
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("the passphrase of sign_with: {0}")]
    Passphrase(#[from] SecretError),
    #[error("the pipeline has no [publish].upload")]
    Nowhere,
    #[error("the run {0} was sealed for other keys than [publish] names now")]
    OtherKeys(String),

    #[error(transparent)]
    Server(#[from] SftpError),
    #[error("{place} does not take \"{name}\": {reason}")]
    Refused { place: String, name: String, reason: String },
    #[error("\"{name}\" has {} bytes in {place}, not the {bytes} that were sent", found.map_or("no".into(), |found| found.to_string()))]
    NotWhole { place: String, name: String, bytes: u64, found: Option<u64> },

    #[error(
        "\"{name}\" of the delivery before is in {place}, this run has no such file, and it cannot be removed: {reason}; it would be imported with this run, with people as they were"
    )]
    Former { place: String, name: String, reason: String },
    #[error(
        "{source}; the \"{name}\" that was there is removed already, and what has arrived of the new one is \"{part}\""
    )]
    OldGone { source: Box<DeliveryError>, name: String, part: String, bytes: u64 },

    #[error("{0} is not as its manifest says, and was not sent")]
    Changed(PathBuf),
    #[error(transparent)]
    Run(Box<PublishError>),
    #[error("{path} cannot be {doing}: {source}")]
    Local { path: PathBuf, doing: &'static str, source: io::Error },
    #[error("stopped while the run was sent")]
    Stopped,
}

impl DeliveryError {
    /// Whether trying again may help.
    pub(super) fn passes(&self) -> bool {
        match self {
            DeliveryError::Server(error) => error.passes(),
            DeliveryError::NotWhole { .. } => true,
            _ => false,
        }
    }

    /// The same, where somebody asked to stop, which breaks a transfer off with whatever error it then has.
    pub(super) fn stopped(self) -> DeliveryError {
        match self {
            DeliveryError::OldGone { name, part, bytes, .. } => {
                DeliveryError::OldGone { source: Box::new(DeliveryError::Stopped), name, part, bytes }
            }
            _ => DeliveryError::Stopped,
        }
    }

    /// Whether this run is not to be sent any more.
    pub fn needs_new_run(&self) -> bool {
        match self {
            DeliveryError::OtherKeys(_) | DeliveryError::Changed(_) | DeliveryError::Run(_) => true,
            DeliveryError::OldGone { source, .. } => source.needs_new_run(),
            _ => false,
        }
    }

    /// Whether a key is not what it must be: the server's, a recipient's, or ours.
    pub fn is_trust(&self) -> bool {
        match self {
            DeliveryError::Key(error) => error.is_trust(),
            DeliveryError::Server(error) => error.kind() == Failure::Trust,
            DeliveryError::OldGone { source, .. } => source.is_trust(),
            _ => false,
        }
    }

    /// The exit code where nothing is published yet, or nothing is to be (`pipeline.md` section 4).
    pub fn exit_code(&self) -> u8 {
        match self {
            error if error.is_trust() => 6,
            DeliveryError::Server(error) if error.kind() == Failure::Config => 2,
            DeliveryError::SignedInClear
            | DeliveryError::Key(_)
            | DeliveryError::Passphrase(_)
            | DeliveryError::Nowhere
            | DeliveryError::OtherKeys(_) => 2,
            _ => 8,
        }
    }

    /// What the operator can do about it.
    pub fn help(&self) -> String {
        match self {
            DeliveryError::SignedInClear => "add encrypt_to, or take sign_with away".into(),
            DeliveryError::Key(error) => error.help(),
            DeliveryError::Passphrase(error) => error.help(),
            DeliveryError::Nowhere => "add upload = \"sftp://user@host/folder\" to [publish]".into(),
            DeliveryError::OtherKeys(_) => {
                "run the pipeline again: it seals for the keys of now, as another run".into()
            }
            DeliveryError::Server(error) => error.help(),
            DeliveryError::Refused { .. } => {
                "check that the folder is there, that this user may write and rename in it, and that its disk has room"
                    .into()
            }
            DeliveryError::NotWhole { .. } => "send it again; if it stays so, ask the server's operator".into(),
            DeliveryError::Former { name, .. } => format!(
                "have \"{name}\" removed there, or this user allowed to remove files; nothing of this run was put there yet"
            ),
            DeliveryError::OldGone { source, name, part, bytes } => format!(
                "{}\n\"{name}\" is missing there until then; if \"{part}\" has {bytes} bytes, it can be renamed to it by hand",
                source.help()
            ),
            DeliveryError::Changed(_) => {
                "somebody changed it after it was published: `hcmsync verify` the run, and run the pipeline again"
                    .into()
            }
            DeliveryError::Run(error) => error.help(),
            DeliveryError::Local { .. } => "check the disk, and that this user owns the folder of the runs".into(),
            DeliveryError::Stopped => "send it again when there is time for it".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn that_a_file_is_missing_is_said_whatever_the_reason() {
        let gone = |source| DeliveryError::OldGone {
            source: Box::new(source),
            name: "users.csv".into(),
            part: ".users.csv.part-0".into(),
            bytes: 1,
        };
        let stopped = gone(DeliveryError::Nowhere).stopped();
        assert!(stopped.to_string().starts_with("stopped while the run was sent; the \"users.csv\""), "{stopped}");
        assert!(gone(DeliveryError::Changed("users.csv".into())).needs_new_run());
        assert!(gone(DeliveryError::Key(KeyError::WrongPassphrase { path: "key.asc".into() })).is_trust());
    }
}
