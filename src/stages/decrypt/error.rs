//! Why an extract is not opened. Whatever goes wrong between the first use of a key and the end of the integrity check
//! reads the same, [`DecryptError::Damaged`]: who sends us changed messages learns nothing from our answers.

use super::Weak;
use crate::model::secret::SecretError;
use crate::openpgp::KeyError;

/// Which exit code a failure has (`pipeline.md` section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The pipeline file is wrong, or names what is not there: exit 2.
    Config,
    /// Decryption, integrity, signature, weak algorithm: exit 6.
    Trust,
}

/// What went wrong. The caller adds the name of the extract.
#[derive(Debug, thiserror::Error)]
pub enum DecryptError {
    #[error("[decrypt] names no secret_key")]
    NoSecretKey,
    #[error("[decrypt] names no signer, and does not say signature = \"off\"")]
    NoSigner,
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("the passphrase of the secret key: {0}")]
    Passphrase(#[from] SecretError),

    #[error("the file is not encrypted: it is {0}")]
    NotEncrypted(&'static str),
    #[error("the message is encrypted to {}, and not to a key of ours", recipients(.0))]
    NotForUs(Vec<String>),
    #[error("the message is damaged, cut short or was changed on its way: its integrity check fails")]
    Damaged,
    #[error("the message unpacks to more than {0} bytes")]
    TooLarge(u64),
    #[error("the message is compressed with bzip2, which this program does not unpack")]
    Bzip2,
    #[error("the message is encrypted with {0}, which this program does not decrypt")]
    Cipher(String),
    #[error("the message relies on {0}")]
    Weak(Weak),

    #[error("the message is not signed")]
    Unsigned,
    #[error("the message is signed by {0}, and not by the pinned signer alone")]
    OtherSigner(String),
    #[error("the signature does not fit the message, though the message itself is whole")]
    BadSignature,
    #[error("the signature is made with the broken hash {0}")]
    BrokenHash(String),
    #[error("the signature has run out, or is dated in the future")]
    SignatureTime,
    #[error("the signer's key {0} has expired")]
    SignerExpired(String),
    #[error("the signer's key {0} is revoked")]
    SignerRevoked(String),
    #[error("the signer's key {0} may not sign")]
    SignerInvalid(String),
}

fn recipients(ids: &[String]) -> String {
    match ids.is_empty() {
        true => "a password or to hidden keys".into(),
        false => ids.join(", "),
    }
}

impl DecryptError {
    /// Which exit code it has.
    pub fn kind(&self) -> Failure {
        match self {
            DecryptError::NoSecretKey | DecryptError::NoSigner | DecryptError::Passphrase(_) => Failure::Config,
            DecryptError::Key(error) if !error.is_trust() => Failure::Config,
            _ => Failure::Trust,
        }
    }

    /// What the operator can do about it.
    pub fn help(&self) -> String {
        let ask = |what: &str| format!("ask the sender for {what}");
        match self {
            DecryptError::NoSecretKey => "add secret_key = [\"keys/customer-key_priv.asc\"]".into(),
            DecryptError::NoSigner => "add signer = [\"keys/fusion-key_pub.asc\"]: whoever has your public key can encrypt to you, and the signature tells Oracle's files from forged ones".into(),
            DecryptError::Key(error) => error.help(),
            DecryptError::Passphrase(error) => error.help(),
            DecryptError::NotEncrypted(_) => ask("an extract that is signed and encrypted (PGP Signed); without [decrypt] plain files are taken as they are"),
            DecryptError::NotForUs(_) => "compare with `hcmsync keys show` of the secret key: the sender has another public key of yours, or the file is from another environment".into(),
            DecryptError::Damaged => "fetch it again; if it stays so, ask the sender for a new extract, and how this one came about".into(),
            DecryptError::TooLarge(_) => "an extract does not unpack to this: find out who made the file".into(),
            DecryptError::Bzip2 => ask("zip, zlib or no compression"),
            DecryptError::Cipher(_) => ask("AES, with the usual integrity protection or in OCB mode"),
            DecryptError::Weak(weak) => format!("{}, or add \"{}\" to [decrypt] accept", ask("something stronger"), weak.word()),
            DecryptError::Unsigned => {
                ask("the encryption mode PGP Signed; or, knowing that anyone can forge an unsigned extract, say signature = \"off\"")
            }
            DecryptError::OtherSigner(_) => "find out whose key it is before you add it to [decrypt] signer: an extract signed by a stranger is a forged one".into(),
            DecryptError::BadSignature => "find out who made the file: it was encrypted to you by somebody who could not sign it".into(),
            DecryptError::SignatureTime => "check the clock of this machine, then the sender's".into(),
            DecryptError::BrokenHash(_) => ask("a signature with SHA-256"),
            DecryptError::SignerExpired(_) | DecryptError::SignerRevoked(_) | DecryptError::SignerInvalid(_) => {
                "export the signer's current public key, compare its fingerprint, and name it in [decrypt] signer".into()
            }
        }
    }
}
