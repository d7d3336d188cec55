//! `run --summary-file PATH`: how the run ended, as JSON, for whoever watches over it: its report, that there was nothing new,
//! or why it failed.

use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use anyhow::Context;
use rustix::fs::OFlags;
use serde::Serialize;

use super::Failure;

/// The file: opened before the work, so that a bad path fails at once, and only then replaced.
pub struct Summary<'a> {
    path: &'a Path,
    file: File,
}

impl<'a> Summary<'a> {
    /// Opens or creates it, 0600; a link is not followed.
    pub fn open(path: &'a Path) -> Result<Summary<'a>, Failure> {
        let nofollow = OFlags::NOFOLLOW.bits() as i32;
        let mut options = File::options();
        options.write(true).create(true).truncate(false).mode(0o600).custom_flags(nofollow);
        let file = options.open(path).and_then(private).map_err(|error| failed(path, &error))?;
        Ok(Summary { path, file })
    }

    /// Replaces what stands in it.
    pub fn write(mut self, ended: &impl Serialize) -> Result<(), Failure> {
        let json = serde_json::to_vec_pretty(ended).context("the summary")?;
        let written = self.file.set_len(0).and_then(|()| self.file.write_all(&json));
        written.map_err(|error| failed(self.path, &error))
    }
}

/// Gives it its mode, also where it was there before. A device is not ours to change.
fn private(file: File) -> io::Result<File> {
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    let message = format!("the summary file {} cannot be written: {error}", path.display());
    Failure { message, help: Some("check the path of --summary-file".into()), exit_code: 8 }
}
