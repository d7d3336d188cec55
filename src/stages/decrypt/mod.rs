//! Second stage: an encrypted extract becomes plaintext, or nothing. A message is opened in memory and handed on only
//! when all of it is authenticated and the pinned signer's signature is good (`promises.md` 1 to 5); plaintext never
//! touches a disk.
//!
//! | file | owns |
//! |---|---|
//! | `mod.rs` | the stage's options |
//! | `keys.rs` | the keys, read and unlocked |
//! | `policy.rs` | the weak algorithms, each by its name |
//! | `envelope.rs` | what a file is, and whether it is all there, before any key is used |
//! | `message.rs` | opening a message |
//! | `protected.rs` | the short way into what is sent today |
//! | `compressed.rs` | the short way out of its compression |
//! | `legacy.rs` | the two containers that the library no longer opens |
//! | `signature.rs` | the verdict on the signatures |
//! | `error.rs` | why not |

mod compressed;
mod envelope;
mod error;
mod keys;
mod legacy;
mod message;
mod policy;
mod protected;
mod signature;

pub use envelope::{Container, Envelope, begins, dearmor, is_message};
pub use error::{DecryptError, Failure};
pub use keys::Keys;
pub use message::{Limits, Plaintext, decrypt};
pub use policy::Weak;
pub use signature::Signature;

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::secret::Secret;

/// `[decrypt]`: the keys that open the extracts, and the key that must have signed them. Without this table the files are
/// taken as they are.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decrypt {
    /// The secret keys that open the extracts, armored or binary; several while keys rotate. A key file that no passphrase
    /// protects must have mode 0600 or stricter.
    pub secret_key: Vec<PathBuf>,
    /// Where the passphrase of the secret keys is read from.
    pub passphrase: Option<Secret>,
    /// The public keys of those who may sign, Oracle's `fusion-key`; several while keys rotate.
    #[serde(default)]
    pub signer: Vec<PathBuf>,
    /// Whether the extracts must be signed: `required` (the default), which needs a `signer`, or `off`.
    #[serde(default)]
    pub signature: Demand,
    /// Weak algorithms accepted on purpose; each use is shown in the report and the manifest.
    #[serde(default)]
    pub accept: Vec<Weak>,
}

/// Whether a signature is demanded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Demand {
    /// Every extract is signed by one of `signer`, or refused.
    #[default]
    Required,
    /// Signatures are not looked at: anyone who has the public key can forge an extract.
    Off,
}
