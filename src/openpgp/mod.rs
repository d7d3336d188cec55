//! OpenPGP keys and messages, as the commands and stages share them: key files are read, described and unlocked here,
//! key pairs made, and plaintext sealed for a recipient. Opening what others sealed is the decrypt stage's own work.

mod error;
mod generate;
mod seal;

pub use error::KeyError;
pub use generate::{Created, NewKey, STEPS, public};
pub use seal::{Addressee, Cipher, Seal, Unfit};

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::SystemTime;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sequoia_openpgp::Cert;
use sequoia_openpgp::cert::CertParser;
use sequoia_openpgp::cert::amalgamation::key::{ErasedKeyAmalgamation, ValidErasedKeyAmalgamation};
use sequoia_openpgp::cert::amalgamation::{ValidAmalgamation, ValidateAmalgamation};
use sequoia_openpgp::crypto::{KeyPair, Password};
use sequoia_openpgp::packet::key::{PublicParts, SecretKeyMaterial, SecretParts};
use sequoia_openpgp::parse::Parse;
use sequoia_openpgp::policy::{AsymmetricAlgorithm, StandardPolicy};
use sequoia_openpgp::types::{HashAlgorithm, RevocationStatus};
use serde::Serialize;

/// What a secret key is unlocked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Decrypt,
    Sign,
}

/// A secret key ready for use. The material stays in the library's protected memory, which is wiped when dropped.
pub struct Unlocked {
    /// The certificate that the key belongs to.
    pub cert: Cert,
    /// The key itself.
    pub pair: KeyPair,
}

/// A key file as `hcmsync keys show` and `hcmsync check` print it; nothing in it is secret.
#[derive(Clone, Debug, Serialize)]
pub struct Description {
    /// The primary key's fingerprint, in hexadecimal.
    pub fingerprint: String,
    /// The user ids as the certificate states them.
    pub user_ids: Vec<String>,
    /// The primary key and its subkeys.
    pub keys: Vec<KeyLine>,
}

/// One key of a certificate.
#[derive(Clone, Debug, Serialize)]
pub struct KeyLine {
    pub fingerprint: String,
    /// `RSA 3072`, `EdDSA`, …
    pub algorithm: String,
    pub created: Timestamp,
    /// None: it does not expire.
    pub expires: Option<Timestamp>,
    pub revoked: bool,
    /// `certify`, `sign`, `encrypt`, `authenticate`.
    pub uses: Vec<&'static str>,
    /// `none`, `protected` by a passphrase, or `unprotected`.
    pub secret: &'static str,
}

/// Reads the certificates of a key file, armored or binary, public or secret.
///
/// Fails with [`KeyError::Read`] and [`KeyError::NotAKey`], and with [`KeyError::OpenToOthers`] where the file holds an
/// *unprotected* secret key that others can read (`promises.md` 20). A key behind a passphrase may be readable: version
/// control and configuration management store it so, and the passphrase is what keeps it.
pub fn read(path: &Path) -> Result<Vec<Cert>, KeyError> {
    let failed = |source| KeyError::Read { path: path.into(), source };
    let mut file = File::open(path).map_err(failed)?;
    let mode = file.metadata().map_err(failed)?.mode() & 0o777;
    let mut bytes = zeroize::Zeroizing::new(Vec::new());
    file.read_to_end(&mut bytes).map_err(failed)?;

    let not_a_key = |e: anyhow::Error| KeyError::NotAKey { path: path.into(), reason: e.to_string() };
    let certs =
        CertParser::from_bytes(&bytes).and_then(Iterator::collect::<Result<Vec<Cert>, _>>).map_err(not_a_key)?;
    if certs.is_empty() {
        return Err(KeyError::NotAKey { path: path.into(), reason: "it holds no key".into() });
    }
    if mode & 0o077 != 0 && certs.iter().flat_map(|c| c.keys()).any(|ka| ka.key().has_unencrypted_secret()) {
        return Err(KeyError::OpenToOthers { path: path.into(), mode });
    }
    Ok(certs)
}

/// Describes the certificates of a key file. Fails as [`read`] does.
pub fn describe(path: &Path) -> Result<Vec<Description>, KeyError> {
    Ok(read(path)?.iter().map(describe_cert).collect())
}

/// Describes one certificate.
pub fn describe_cert(cert: &Cert) -> Description {
    Description {
        fingerprint: cert.fingerprint().to_hex(),
        user_ids: cert.userids().map(|u| String::from_utf8_lossy(u.userid().value()).into_owned()).collect(),
        keys: cert.keys().map(|ka| describe_key(&ka)).collect(),
    }
}

fn describe_key(ka: &ErasedKeyAmalgamation<'_, PublicParts>) -> KeyLine {
    let policy = lenient();
    let valid = ka.clone().with_policy(&policy, None).ok();
    let flags = valid.as_ref().and_then(|v| v.key_flags());
    let has = |f: fn(&sequoia_openpgp::types::KeyFlags) -> bool| flags.as_ref().is_some_and(f);
    let uses = [
        ("certify", has(|f| f.for_certification())),
        ("sign", has(|f| f.for_signing())),
        ("encrypt", has(|f| f.for_transport_encryption() || f.for_storage_encryption())),
        ("authenticate", has(|f| f.for_authentication())),
    ];
    KeyLine {
        fingerprint: ka.key().fingerprint().to_hex(),
        algorithm: algorithm(ka),
        created: timestamp(ka.key().creation_time()),
        expires: valid.as_ref().and_then(|v| v.key_expiration_time()).map(timestamp),
        revoked: valid.as_ref().is_some_and(revoked),
        uses: uses.into_iter().filter_map(|(word, on)| on.then_some(word)).collect(),
        secret: match (ka.key().has_secret(), ka.key().has_unencrypted_secret()) {
            (false, _) => "none",
            (true, true) => "unprotected",
            (true, false) => "protected",
        },
    }
}

/// `RSA 2048`: the family, and the size where it says something.
fn algorithm(ka: &ErasedKeyAmalgamation<'_, PublicParts>) -> String {
    use sequoia_openpgp::types::PublicKeyAlgorithm as Algorithm;
    let family = match ka.key().pk_algo() {
        #[expect(deprecated, reason = "the name only: an old key is described as what it is")]
        Algorithm::RSAEncryptSign | Algorithm::RSAEncrypt | Algorithm::RSASign => "RSA".to_owned(),
        other => other.to_string(),
    };
    match ka.key().mpis().bits() {
        Some(bits) => format!("{family} {bits}"),
        None => family,
    }
}

/// Timestamps in OpenPGP count 32 bits of seconds since 1970, all of which jiff can say.
fn timestamp(time: SystemTime) -> Timestamp {
    Timestamp::try_from(time).unwrap_or(Timestamp::MAX)
}

/// Reads a secret key file and unlocks every key in it that serves `purpose`; a key without a passphrase is taken as it is.
///
/// Fails as [`read`] does, and with [`KeyError::NoSecret`], [`KeyError::NoPassphrase`] and [`KeyError::WrongPassphrase`].
pub fn unlock(path: &Path, passphrase: Option<&SecretString>, purpose: Purpose) -> Result<Vec<Unlocked>, KeyError> {
    let mut unlocked = Vec::new();
    for cert in read(path)? {
        let serving = |ka: &ErasedKeyAmalgamation<'_, SecretParts>| serves(&ka.clone().parts_into_public(), purpose);
        for ka in cert.keys().secret().filter(serving).filter(|ka| is_here(ka.key().secret())) {
            let key = unlock_key(ka.key().clone(), passphrase, path)?;
            let pair = key.into_keypair().map_err(|_| KeyError::WrongPassphrase { path: path.into() })?;
            unlocked.push(Unlocked { cert: cert.clone().strip_secret_key_material(), pair });
        }
    }
    match unlocked.is_empty() {
        true => Err(KeyError::NoSecret { path: path.into(), purpose }),
        false => Ok(unlocked),
    }
}

/// Whether a key serves the purpose. An expired or revoked key of ours still opens what was sealed for it yesterday, but
/// signs nothing.
fn serves(ka: &ErasedKeyAmalgamation<'_, PublicParts>, purpose: Purpose) -> bool {
    let policy = lenient();
    let algorithm = ka.key().pk_algo();
    match (ka.clone().with_policy(&policy, None), purpose) {
        (Ok(v), Purpose::Decrypt) => v.for_transport_encryption() || v.for_storage_encryption(),
        (Err(_), Purpose::Decrypt) => algorithm.for_encryption(),
        (Ok(v), Purpose::Sign) => {
            v.for_signing() && v.alive().is_ok() && v.valid_cert().alive().is_ok() && !revoked(&v)
        }
        (Err(_), Purpose::Sign) => false,
    }
}

fn revoked(key: &ValidErasedKeyAmalgamation<'_, PublicParts>) -> bool {
    let revoked = |status| matches!(status, RevocationStatus::Revoked(_));
    revoked(key.revocation_status()) || revoked(key.valid_cert().revocation_status())
}

/// GnuPG writes a mark in place of material that lives elsewhere (on a card, or offline): the other keys may serve.
fn is_here(secret: &SecretKeyMaterial) -> bool {
    match secret {
        SecretKeyMaterial::Unencrypted(_) => true,
        SecretKeyMaterial::Encrypted(secret) => secret.s2k().is_supported(),
    }
}

type SecretKey = sequoia_openpgp::packet::Key<SecretParts, sequoia_openpgp::packet::key::UnspecifiedRole>;

fn unlock_key(key: SecretKey, passphrase: Option<&SecretString>, path: &Path) -> Result<SecretKey, KeyError> {
    match key.secret() {
        SecretKeyMaterial::Unencrypted(_) => Ok(key),
        SecretKeyMaterial::Encrypted(_) => {
            let passphrase = passphrase.ok_or_else(|| KeyError::NoPassphrase { path: path.into() })?;
            let passphrase = Password::from(passphrase.expose_secret());
            key.decrypt_secret(&passphrase).map_err(|_| KeyError::WrongPassphrase { path: path.into() })
        }
    }
}

/// The policy under which a certificate's own statements (its uses, its expiry) are read: those made with SHA-1 or by a
/// short RSA key count as well, since Oracle's older keys are such. What is *trusted* is the decrypt stage's to say.
pub(crate) fn lenient() -> StandardPolicy<'static> {
    let mut policy = StandardPolicy::new();
    policy.accept_hash(HashAlgorithm::SHA1);
    policy.accept_asymmetric_algo(AsymmetricAlgorithm::RSA1024);
    policy
}
