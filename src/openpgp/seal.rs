//! Plaintext sealed for a recipient: signed where a signer is given, then encrypted, as it streams by.

use std::io::{Read, Write};
use std::path::Path;

use secrecy::SecretString;
use sequoia_openpgp::Cert;
use sequoia_openpgp::crypto::KeyPair;
use sequoia_openpgp::policy::StandardPolicy;
use sequoia_openpgp::serialize::stream::{Armorer, Encryptor, LiteralWriter, Message, Recipient, Signer};
use sequoia_openpgp::types::{HashAlgorithm, SymmetricAlgorithm};

use super::{KeyError, Purpose, read, unlock};

/// The cipher of a sealed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cipher {
    /// What Oracle's side uses.
    Aes128,
    Aes256,
}

/// How to seal: for whom, signed by whom, with what.
pub struct Seal {
    recipients: Vec<Cert>,
    signer: Option<KeyPair>,
    cipher: Cipher,
    armored: bool,
}

impl Seal {
    /// For the holders of the keys in this file: unsigned, AES-256, binary. Fails as [`read`] does, and with
    /// [`KeyError::NotForEncryption`].
    pub fn to(path: &Path) -> Result<Seal, KeyError> {
        let recipients = read(path)?;
        match recipients.iter().all(|cert| !encryption_keys(cert, &StandardPolicy::new()).is_empty()) {
            true => Ok(Seal { recipients, signer: None, cipher: Cipher::Aes256, armored: false }),
            false => Err(KeyError::NotForEncryption { path: path.into() }),
        }
    }

    /// Signed by the secret key in this file. Fails as [`unlock`] does.
    pub fn signed_by(self, path: &Path, passphrase: Option<&SecretString>) -> Result<Seal, KeyError> {
        let signer = unlock(path, passphrase, Purpose::Sign)?.into_iter().next().map(|key| key.pair);
        Ok(Seal { signer, ..self })
    }

    /// With this cipher.
    pub fn with(self, cipher: Cipher) -> Seal {
        Seal { cipher, ..self }
    }

    /// As text (`-----BEGIN PGP MESSAGE-----`).
    pub fn armored(self) -> Seal {
        Seal { armored: true, ..self }
    }

    /// Seals all of `plaintext` into `out`; returns the number of plaintext bytes. A failure leaves a partial message in
    /// `out`, which the caller discards.
    pub fn seal(&self, plaintext: &mut dyn Read, out: &mut (dyn Write + Send + Sync)) -> Result<u64, KeyError> {
        self.stream(plaintext, out).map_err(|e| KeyError::Seal(e.to_string()))
    }

    fn stream(&self, plaintext: &mut dyn Read, out: &mut (dyn Write + Send + Sync)) -> sequoia_openpgp::Result<u64> {
        let policy = StandardPolicy::new();
        let recipients = self.recipients.iter().flat_map(|cert| encryption_keys(cert, &policy));
        let cipher = match self.cipher {
            Cipher::Aes128 => SymmetricAlgorithm::AES128,
            Cipher::Aes256 => SymmetricAlgorithm::AES256,
        };
        let mut message = Message::new(out);
        if self.armored {
            message = Armorer::new(message).build()?;
        }
        message = Encryptor::for_recipients(message, recipients).symmetric_algo(cipher).build()?;
        if let Some(signer) = &self.signer {
            message = Signer::new(message, signer.clone())?.hash_algo(HashAlgorithm::SHA256)?.build()?;
        }
        let mut literal = LiteralWriter::new(message).build()?;
        let bytes = std::io::copy(plaintext, &mut literal)?;
        literal.finalize()?;
        Ok(bytes)
    }
}

fn encryption_keys<'c>(cert: &'c Cert, policy: &'c StandardPolicy<'c>) -> Vec<Recipient<'c>> {
    let keys = cert.keys().with_policy(policy, None).supported().alive().revoked(false);
    keys.for_transport_encryption().for_storage_encryption().map(Recipient::from).collect()
}
