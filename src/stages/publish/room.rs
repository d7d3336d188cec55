//! Whether there is room for a run before there is one: a disk that is full stops it when the work is done.

use std::path::Path;

use rustix::fs::statvfs;

use super::{PublishError, compare};

/// Passes if the disk of the folder `to` has room for what the run that is published there takes, and for as much as the next
/// one reads. Fails with [`PublishError::NoRoom`], or as the next run would where the published one cannot be told.
pub fn room(to: &Path, inputs: u64) -> Result<(), PublishError> {
    let published = compare::last(to)?.map(|(_, manifest)| manifest.outputs);
    let published = published.iter().flatten().fold(0, |sum: u64, output| sum.saturating_add(output.bytes));
    let about = statvfs(to).map_err(|error| PublishError::io(to, "looked at")(error.into()))?;
    let (free, needed) = (about.f_bavail.saturating_mul(about.f_frsize), published.max(inputs));
    // Some file systems do not tell.
    if free > needed || about.f_blocks == 0 {
        Ok(())
    } else {
        Err(PublishError::NoRoom { to: to.into(), free, needed })
    }
}
