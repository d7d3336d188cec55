//! Plaintext sealed for its recipients: signed where a signer is given, then encrypted, as it streams by.

use std::fmt;
use std::io::{Read, Write};
use std::path::Path;

use schemars::JsonSchema;
use secrecy::SecretString;
use sequoia_openpgp::Cert;
use sequoia_openpgp::KeyHandle;
use sequoia_openpgp::cert::ValidCert;
use sequoia_openpgp::cert::amalgamation::key::{ValidErasedKeyAmalgamation, ValidKeyAmalgamationIter};
use sequoia_openpgp::packet::key::{PublicParts, UnspecifiedRole};
use sequoia_openpgp::policy::StandardPolicy;
use sequoia_openpgp::serialize::stream::{Armorer, Encryptor, LiteralWriter, Message, Recipient, Signer};
use sequoia_openpgp::types::{Features, HashAlgorithm, RevocationStatus, SymmetricAlgorithm};
use serde::{Deserialize, Serialize};

use super::{Description, KeyError, Purpose, Unlocked, describe_cert, lenient, read, unlock};

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
    signer: Option<Unlocked>,
    cipher: Cipher,
    armored: bool,
}

/// For whom something is sealed: a certificate, and those of its keys that open it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Addressee {
    /// The certificate's fingerprint, in hexadecimal.
    pub certificate: String,
    /// The fingerprints of the keys.
    pub keys: Vec<String>,
}

/// Why nothing can be encrypted to a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    Expired,
    Revoked,
    Weak,
    NoKey,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unfit::Expired => "it has expired, or is dated in the future",
            Unfit::Revoked => "it is revoked",
            Unfit::Weak => "it is weak: it rests on SHA-1, or on an RSA key of fewer than 2048 bits",
            Unfit::NoKey => "none of its keys is made for encryption",
        })
    }
}

impl Seal {
    /// For the holders of the keys in these files: unsigned, AES-256, binary. Fails as [`read`] does, and with
    /// [`KeyError::NotForEncryption`].
    pub fn to<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Result<Seal, KeyError> {
        let policy = StandardPolicy::new();
        let mut recipients = Vec::new();
        for path in paths {
            let path = path.as_ref();
            for cert in read(path)? {
                let unfit = |why| KeyError::NotForEncryption {
                    path: path.into(),
                    certificate: cert.fingerprint().to_hex(),
                    why,
                };
                encryption_keys(&cert, &policy).map_err(unfit)?;
                recipients.push(cert);
            }
        }
        Ok(Seal { recipients, signer: None, cipher: Cipher::Aes256, armored: false })
    }

    /// Signed by the secret key in this file. Fails as [`unlock`] does.
    pub fn signed_by(self, path: &Path, passphrase: Option<&SecretString>) -> Result<Seal, KeyError> {
        let signer = unlock(path, passphrase, Purpose::Sign)?.into_iter().next();
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

    /// Whether it makes text.
    pub fn is_armored(&self) -> bool {
        self.armored
    }

    /// For whom it seals.
    pub fn recipients(&self) -> Vec<Addressee> {
        let policy = StandardPolicy::new();
        let addressee = |cert: &Cert| {
            let keys = encryption_keys(cert, &policy).unwrap_or_default();
            let keys = keys.iter().map(|key| key.key().fingerprint().to_hex()).collect();
            Addressee { certificate: cert.fingerprint().to_hex(), keys }
        };
        self.recipients.iter().map(addressee).collect()
    }

    /// The recipients' certificates, for `check`.
    pub fn certificates(&self) -> Vec<Description> {
        self.recipients.iter().map(describe_cert).collect()
    }

    /// The fingerprint of the certificate that signs.
    pub fn signer(&self) -> Option<String> {
        self.signer.as_ref().map(|signer| signer.cert.fingerprint().to_hex())
    }

    /// Seals all of `plaintext` into `out`; returns the number of plaintext bytes. A failure leaves a partial message in
    /// `out`, which the caller discards.
    pub fn seal(&self, plaintext: &mut dyn Read, out: &mut (dyn Write + Send + Sync)) -> Result<u64, KeyError> {
        self.stream(plaintext, out).map_err(|e| KeyError::Seal(e.to_string()))
    }

    fn stream(&self, plaintext: &mut dyn Read, out: &mut (dyn Write + Send + Sync)) -> sequoia_openpgp::Result<u64> {
        let policy = StandardPolicy::new();
        let keys = self.recipients.iter().flat_map(|cert| encryption_keys(cert, &policy).unwrap_or_default());
        // The integrity protection of 2007, whatever the recipients' certificates say of that of 2024: every gpg opens it.
        let features = Features::empty().set_seipdv1();
        let recipients: Vec<_> = keys.map(|key| (KeyHandle::from(key.key().keyid()), key.key().clone())).collect();
        let recipients = recipients.iter().map(|(handle, key)| Recipient::new(features.clone(), handle.clone(), key));
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
            message = Signer::new(message, signer.pair.clone())?.hash_algo(HashAlgorithm::SHA256)?.build()?;
        }
        let mut literal = LiteralWriter::new(message).build()?;
        let bytes = std::io::copy(plaintext, &mut literal)?;
        literal.finalize()?;
        Ok(bytes)
    }
}

type EncryptionKey<'c> = ValidErasedKeyAmalgamation<'c, PublicParts>;

/// The keys of a certificate that can be encrypted to today, at least one; both it and they must be alive and not revoked.
fn encryption_keys<'c>(cert: &'c Cert, policy: &'c StandardPolicy<'c>) -> Result<Vec<EncryptionKey<'c>>, Unfit> {
    let valid = cert.with_policy(policy, None).map_err(|_| Unfit::Weak)?;
    if matches!(valid.revocation_status(), RevocationStatus::Revoked(_)) {
        return Err(Unfit::Revoked);
    }
    valid.alive().map_err(|_| Unfit::Expired)?;
    let keys: Vec<_> = for_encryption(&valid).supported().alive().revoked(false).collect();
    if !keys.is_empty() {
        return Ok(keys);
    }
    Err(if for_encryption(&valid).alive().next().is_some() {
        Unfit::Revoked
    } else if for_encryption(&valid).next().is_some() {
        Unfit::Expired
    } else if is_made_for_encryption(cert) {
        Unfit::Weak
    } else {
        Unfit::NoKey
    })
}

fn for_encryption<'c>(valid: &ValidCert<'c>) -> ValidKeyAmalgamationIter<'c, PublicParts, UnspecifiedRole> {
    valid.keys().for_transport_encryption().for_storage_encryption()
}

/// Whether a certificate would do, were it not for its algorithms.
fn is_made_for_encryption(cert: &Cert) -> bool {
    let policy = lenient();
    cert.with_policy(&policy, None).is_ok_and(|valid| for_encryption(&valid).next().is_some())
}
