//! What is sent of a published run, and its way there: the outputs sealed for their recipients (`seal.rs`), by SFTP under
//! a temporary name and then renamed (`upload.rs`), in the place of all that the delivery before put there (`former.rs`), and
//! remembered (`record.rs`).
//!
//! Sealing belongs to the run: the sealed files are staged, read back and published with the rest, and stand in the
//! manifest. Sending comes after it, from the published folder alone, and can be repeated: a delivery that fails leaves a
//! run that is published, and one that is repeated sends the very same bytes.

mod error;
mod former;
mod record;
mod seal;
mod upload;

pub use error::DeliveryError;
pub use record::{Delivered, Sent, delivered};
pub use seal::{check, seal};
pub use upload::{Context, Probe, deliver, probe};

pub(super) use seal::{FOLDER, pack, sealed_for};
