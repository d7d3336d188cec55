//! The stage's keys: the secret ones that open, unlocked once for all files of a run, and the pinned public ones.

use std::path::Path;

use secrecy::SecretString;
use sequoia_openpgp::packet::PKESK;
use sequoia_openpgp::policy::StandardPolicy;
use sequoia_openpgp::{Cert, KeyHandle};

use super::{Decrypt, DecryptError, Demand, Weak, policy, signature};
use crate::openpgp::{self, Description, Purpose, Unlocked};

/// All that [`super::decrypt`] needs to know. Shared by threads.
pub struct Keys {
    pub(super) secret: Vec<Unlocked>,
    pub(super) signers: Vec<Cert>,
    pub(super) signature: Demand,
    pub(super) accept: Vec<Weak>,
    pub(super) policy: StandardPolicy<'static>,
}

impl Keys {
    /// Reads and unlocks the keys; relative paths are relative to `base`, the folder of the pipeline file.
    ///
    /// Fails with [`DecryptError::NoSecretKey`], [`DecryptError::NoSigner`] (a signature is required unless it is off by
    /// name), [`DecryptError::Passphrase`] and [`DecryptError::Key`].
    pub fn load(options: &Decrypt, base: &Path) -> Result<Keys, DecryptError> {
        if options.secret_key.is_empty() {
            return Err(DecryptError::NoSecretKey);
        }
        if options.signer.is_empty() && options.signature == Demand::Required {
            return Err(DecryptError::NoSigner);
        }
        let passphrase: Option<SecretString> = options.passphrase.as_ref().map(|p| p.reveal(base)).transpose()?;
        let mut secret = Vec::new();
        for path in &options.secret_key {
            secret.extend(openpgp::unlock(&base.join(path), passphrase.as_ref(), Purpose::Decrypt)?);
        }
        let mut signers = Vec::new();
        for path in &options.signer {
            signers.extend(openpgp::read(&base.join(path))?);
        }
        let (signature, accept) = (options.signature, options.accept.clone());
        Ok(Keys { secret, signers, signature, policy: policy::policy(&accept), accept })
    }

    /// Our keys, for `check` and the manifest: fingerprints, expiry.
    pub fn ours(&self) -> Vec<Description> {
        let mut ours: Vec<Description> = self.secret.iter().map(|key| openpgp::describe_cert(&key.cert)).collect();
        ours.dedup_by(|a, b| a.fingerprint == b.fingerprint);
        ours
    }

    /// The pinned signers, for `check` and the manifest.
    pub fn signers(&self) -> Vec<Description> {
        self.signers.iter().map(openpgp::describe_cert).collect()
    }

    /// For each pinned signer, in order, whether what it signs today is taken; it is where signatures are off.
    pub fn standing(&self) -> Vec<Result<(), DecryptError>> {
        let is_looked_at = self.signature == Demand::Required;
        self.signers.iter().map(|cert| if is_looked_at { signature::can_sign(cert, self) } else { Ok(()) }).collect()
    }

    /// Passes if this algorithm is accepted by name.
    pub(super) fn allow(&self, weak: Weak) -> Result<Weak, DecryptError> {
        if self.accept.contains(&weak) { Ok(weak) } else { Err(DecryptError::Weak(weak)) }
    }

    /// Those of our keys that a recipient's packet speaks of; all of them for a hidden recipient.
    pub(super) fn addressed<'a>(&'a self, pkesk: &PKESK) -> impl Iterator<Item = &'a Unlocked> + use<'a> {
        let handle = named(pkesk);
        self.secret.iter().filter(move |key| handle.as_ref().is_none_or(|h| h.aliases(key.pair.public().key_handle())))
    }
}

/// Whom a recipient's packet names; None for a hidden recipient.
pub(super) fn named(pkesk: &PKESK) -> Option<KeyHandle> {
    pkesk.recipient().filter(|handle| !matches!(handle, KeyHandle::KeyID(id) if id.is_wildcard()))
}
