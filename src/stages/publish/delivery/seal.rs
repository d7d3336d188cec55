//! The outputs made ready to be sent: a sealed file beside each, in the run's folder `delivery/`. Keys are read before any
//! data is, so that one that cannot be used stops the run before it begins.

use std::fs::File;
use std::path::Path;

use super::DeliveryError;
use crate::openpgp::{KeyError, Seal};
use crate::sftp::Surroundings;
use crate::stages::publish::{Artifact, Publish};

/// The folder of the sealed files in a run.
pub(in crate::stages::publish) const FOLDER: &str = "delivery/";

/// What the outputs are sealed with; none where they are sent as they are, or not at all. Relative paths are relative to
/// `base`, the folder of the pipeline file.
pub fn seal(options: &Publish, base: &Path) -> Result<Option<Seal>, DeliveryError> {
    let unsigned = unsigned(options, base)?;
    let Some(path) = &options.sign_with else { return Ok(unsigned) };
    let unsigned = unsigned.ok_or(DeliveryError::SignedInClear)?;
    let passphrase = options.passphrase.as_ref().map(|secret| secret.reveal(base)).transpose()?;
    Ok(Some(unsigned.signed_by(&base.join(path), passphrase.as_ref())?))
}

/// As [`seal`], without the signer, whose secret is needed to sign alone.
pub(super) fn unsigned(options: &Publish, base: &Path) -> Result<Option<Seal>, DeliveryError> {
    if options.encrypt_to.0.is_empty() {
        return Ok(None);
    }
    let seal = Seal::to(options.encrypt_to.0.iter().map(|path| base.join(path)))?;
    Ok(Some(if options.armor { seal.armored() } else { seal }))
}

/// Whether the run can be sent once it is published, as far as this machine can tell without the server.
pub fn check(options: &Publish, here: &Surroundings<'_>) -> Result<(), DeliveryError> {
    Ok(options.access().map_or(Ok(()), |access| access.check(here))?)
}

/// For whom and by whom outputs are sealed, in words that are the same for the same keys: a run for other keys is another
/// run.
pub(in crate::stages::publish) fn sealed_for(seal: &Seal) -> Vec<String> {
    let keys = seal.recipients().into_iter().flat_map(|recipient| recipient.keys);
    keys.chain(seal.signer()).collect()
}

/// The sealed files of these outputs, which are staged in `folder`; in their order.
pub(in crate::stages::publish) fn pack<'a>(seal: &'a Seal, folder: &'a Path, outputs: &[String]) -> Vec<Artifact<'a>> {
    let ending = if seal.is_armored() { "asc" } else { "pgp" };
    let sealed = |output: &String| {
        let plain = folder.join(output);
        Artifact {
            path: format!("{FOLDER}{output}.{ending}"),
            rows: None,
            headers: None,
            write: Box::new(move |out| {
                let sealed = File::open(plain).map_err(|e| KeyError::Seal(e.to_string()));
                sealed.and_then(|mut plain| seal.seal(&mut plain, out)).map_err(std::io::Error::other)?;
                Ok(0)
            }),
        }
    };
    outputs.iter().map(sealed).collect()
}
