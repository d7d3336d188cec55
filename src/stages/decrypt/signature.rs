//! The verdict on a message's signatures: every one of them by a pinned signer, good, and made by a key that was valid
//! then and is valid now (`promises.md` 1). The library asks for it after the integrity check, never before.

use jiff::Timestamp;
use sequoia_openpgp::cert::amalgamation::key::ValidErasedKeyAmalgamation;
use sequoia_openpgp::cert::prelude::*;
use sequoia_openpgp::packet::Signature as Packet;
use sequoia_openpgp::packet::key::PublicParts;
use sequoia_openpgp::parse::stream::{
    GoodChecksum, MessageLayer, MessageStructure, VerificationError, VerificationResult,
};
use sequoia_openpgp::types::{HashAlgorithm, RevocationStatus};
use sequoia_openpgp::{Cert, Error};
use serde::Serialize;

use super::{DecryptError, Demand, Keys, Weak, policy};
use crate::openpgp::lenient;

/// The state of a message's signature, for the report and the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Signature {
    /// Good, and by a pinned signer.
    Good {
        /// The fingerprint of the signer's certificate.
        signer: String,
        /// The fingerprint of the very key.
        key: String,
        /// When the signer says that it was made.
        made: Timestamp,
    },
    /// There is one, and nobody looked: the pipeline says `signature = "off"`.
    Unchecked,
    /// There is none, and the pipeline says `signature = "off"`.
    Unsigned,
}

type SigningKey<'s> = ValidErasedKeyAmalgamation<'s, PublicParts>;

/// Judges a message by its layers; `encrypted` says that its encryption was taken off before the library saw it.
/// Also returns the weak algorithms that the signatures relied on.
pub(super) fn judge(
    structure: MessageStructure<'_>,
    keys: &Keys,
    mut encrypted: bool,
) -> Result<(Signature, Vec<Weak>), DecryptError> {
    let mut results = Vec::new();
    for layer in structure {
        match layer {
            MessageLayer::Encryption { .. } if encrypted => return Err(DecryptError::Damaged),
            MessageLayer::Encryption { .. } => encrypted = true,
            MessageLayer::Compression { .. } => {}
            // What stands outside of the encryption, anyone can replace.
            MessageLayer::SignatureGroup { .. } if !encrypted => return Err(DecryptError::Damaged),
            MessageLayer::SignatureGroup { results: group } => results.extend(group),
        }
    }
    match keys.signature {
        Demand::Off if results.is_empty() => Ok((Signature::Unsigned, Vec::new())),
        Demand::Off => Ok((Signature::Unchecked, Vec::new())),
        Demand::Required => all_good(results, keys),
    }
}

/// Passes if there is a signature and each is good: one bad beside a good one is somebody's attempt at something.
fn all_good(results: Vec<VerificationResult<'_>>, keys: &Keys) -> Result<(Signature, Vec<Weak>), DecryptError> {
    let mut verdict = Err(DecryptError::Unsigned);
    let mut weak = Vec::new();
    for result in results {
        let good = result.map_err(|error| refusal(&error, keys))?;
        weak.extend(weaknesses(&good, keys)?);
        verdict = Ok(Signature::Good {
            signer: good.ka.cert().fingerprint().to_hex(),
            key: good.ka.key().fingerprint().to_hex(),
            made: good.sig.signature_creation_time().and_then(|t| Timestamp::try_from(t).ok()).unwrap_or_default(),
        });
    }
    verdict.map(|signature| (signature, weak))
}

/// A good signature's key must be valid today as well: who steals a key that has run out can date a signature back.
fn weaknesses(good: &GoodChecksum<'_>, keys: &Keys) -> Result<Vec<Weak>, DecryptError> {
    let today = good.ka.clone().with_policy(&keys.policy, None);
    standing(&today.map_err(|_| DecryptError::SignerInvalid(good.ka.cert().fingerprint().to_hex()))?)?;

    let mut weak = Vec::new();
    let primary = good.ka.cert().primary_key();
    if let Some(short) = Weak::key(good.ka.key()).or(Weak::key(primary.key())) {
        weak.push(keys.allow(short)?);
    }
    let without: Vec<Weak> = keys.accept.iter().copied().filter(|weak| *weak != Weak::Sha1).collect();
    let strict = policy::policy(&without);
    if good.sig.hash_algo() == HashAlgorithm::SHA1 || good.ka.clone().with_policy(&strict, None).is_err() {
        weak.push(keys.allow(Weak::Sha1)?);
    }
    Ok(weak)
}

/// Whether a key, at the time that it was looked up for, is neither expired nor revoked, and may sign.
fn standing(key: &SigningKey<'_>) -> Result<(), DecryptError> {
    let fingerprint = key.cert().fingerprint().to_hex();
    let revoked = |status| matches!(status, RevocationStatus::Revoked(_));
    if revoked(key.valid_cert().revocation_status()) || revoked(key.revocation_status()) {
        return Err(DecryptError::SignerRevoked(fingerprint));
    }
    if key.valid_cert().alive().is_err() || key.alive().is_err() {
        return Err(DecryptError::SignerExpired(fingerprint));
    }
    if !key.for_signing() {
        return Err(DecryptError::SignerInvalid(fingerprint));
    }
    Ok(())
}

/// Passes if a certificate has a key that may sign today.
pub(super) fn can_sign(cert: &Cert, keys: &Keys) -> Result<(), DecryptError> {
    let (mut refused, lenient) = (None, lenient());
    for key in cert.keys().with_policy(&keys.policy, None).for_signing() {
        match standing(&key) {
            Ok(()) => return Ok(()),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    let signs = cert.keys().with_policy(&lenient, None).for_signing().next().is_some();
    Err(refused.unwrap_or_else(|| disbelieved(cert, signs, keys)))
}

/// The sentence for a signature that the library does not find good.
fn refusal(error: &VerificationError<'_>, keys: &Keys) -> DecryptError {
    match error {
        VerificationError::MissingKey { sig } => DecryptError::OtherSigner(issuer(sig)),
        VerificationError::UnboundKey { sig, cert, .. } => unbound(sig, cert, keys),
        VerificationError::BadKey { ka, .. } => {
            standing(ka).err().unwrap_or_else(|| DecryptError::SignerInvalid(ka.cert().fingerprint().to_hex()))
        }
        VerificationError::BadSignature { sig, error, .. } => match error.downcast_ref::<Error>() {
            Some(Error::PolicyViolation(..)) if sig.hash_algo() == HashAlgorithm::SHA1 => {
                DecryptError::Weak(Weak::Sha1)
            }
            Some(Error::PolicyViolation(..)) => DecryptError::BrokenHash(sig.hash_algo().to_string()),
            Some(Error::Expired(_) | Error::NotYetLive(_)) => DecryptError::SignatureTime,
            _ => DecryptError::BadSignature,
        },
        _ => DecryptError::BadSignature,
    }
}

fn issuer(signature: &Packet) -> String {
    signature.get_issuers().first().map_or_else(|| "a key without a name".into(), |id| id.to_hex())
}

fn unbound(signature: &Packet, cert: &Cert, keys: &Keys) -> DecryptError {
    let (lenient, made) = (lenient(), signature.signature_creation_time());
    let signs = cert.keys().with_policy(&lenient, made).key_handles(signature.get_issuers()).next().is_some();
    disbelieved(cert, signs, keys)
}

/// The library does not believe the certificate: because of something that could be accepted by name, with which it `signs`,
/// or at all.
fn disbelieved(cert: &Cert, signs: bool, keys: &Keys) -> DecryptError {
    let short = cert.keys().find_map(|ka| Weak::key(ka.key()));
    if let Some(refused) = short.and_then(|short| keys.allow(short).err()) {
        return refused;
    }
    match signs && !keys.accept.contains(&Weak::Sha1) {
        true => DecryptError::Weak(Weak::Sha1),
        false => DecryptError::SignerInvalid(cert.fingerprint().to_hex()),
    }
}
