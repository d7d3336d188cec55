//! Why a key file could not be read, unlocked, made, or used. No error carries a secret.

use std::path::PathBuf;

use super::{Purpose, Unfit};

/// What went wrong with a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("the key file {path}: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path} is not an OpenPGP key: {reason}")]
    NotAKey { path: PathBuf, reason: String },
    #[error("others can read the secret key {path} (mode {mode:03o}), and no passphrase protects it")]
    OpenToOthers { path: PathBuf, mode: u32 },
    #[error("{path} holds no secret key that can {}", purpose.word())]
    NoSecret { path: PathBuf, purpose: Purpose },
    #[error("the secret key {path} is protected by a passphrase, and none is given")]
    NoPassphrase { path: PathBuf },
    #[error("the passphrase does not unlock the secret key {path}")]
    WrongPassphrase { path: PathBuf },
    #[error("nothing can be encrypted to {certificate} in {path}: {why}")]
    NotForEncryption { path: PathBuf, certificate: String, why: Unfit },
    #[error("{path} exists already")]
    Exists { path: PathBuf },
    #[error("{path} could not be written: {source}")]
    Write { path: PathBuf, source: std::io::Error },
    #[error("an RSA key has 2048, 3072 or 4096 bits, not {0}")]
    Bits(u32),
    #[error("the key pair could not be made: {0}")]
    Generate(String),
    #[error("the output could not be encrypted: {0}")]
    Seal(String),
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Purpose::Decrypt => "decrypt",
            Purpose::Sign => "sign",
        }
    }
}

impl KeyError {
    /// What the operator can do about it.
    pub fn help(&self) -> String {
        match self {
            KeyError::Read { .. } => "check the path: a relative one is relative to the pipeline file".into(),
            KeyError::NotAKey { .. } => "export the key once more, armored (.asc) or binary".into(),
            KeyError::OpenToOthers { path, .. } => {
                format!("chmod 600 {}, or protect the key with a passphrase", path.display())
            }
            KeyError::NoSecret { .. } => {
                "name the file of the secret key (…_priv.asc), not that of the public one; `hcmsync keys show FILE` tells \
                 what is in it, and whether it has expired"
                    .into()
            }
            KeyError::NoPassphrase { .. } => {
                "add passphrase = { env = \"…\" }, { file = \"…\" }, { command = […] } or { credential = \"…\" }".into()
            }
            KeyError::WrongPassphrase { .. } => {
                "check the place that the passphrase is read from; it is used to the last character but one line end"
                    .into()
            }
            KeyError::NotForEncryption { .. } => {
                "ask the recipient for a current public key that is made for encryption; `hcmsync keys show FILE` tells what is \
                 in this one"
                    .into()
            }
            KeyError::Exists { .. } => {
                "a key is never overwritten: choose another name, or move the old one away".into()
            }
            KeyError::Write { .. } => "check the folder, its permissions, and the space on its disk".into(),
            KeyError::Bits(_) => "3072 is a good choice; Oracle's own keys have 2048".into(),
            KeyError::Generate(_) | KeyError::Seal(_) => {
                "this is a fault of the program or of its OpenSSL: report it".into()
            }
        }
    }

    /// Whether a key or its passphrase is not what it must be (exit 6), and not a path or an option (exit 2).
    pub fn is_trust(&self) -> bool {
        matches!(
            self,
            KeyError::WrongPassphrase { .. } | KeyError::OpenToOthers { .. } | KeyError::NotForEncryption { .. }
        )
    }
}
