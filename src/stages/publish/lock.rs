//! One run at a time per folder (promise 17). The kernel holds the lock and gives it back when the process ends,
//! however it ends: the file `.lock` stays, and means nothing by itself.

use std::fs::{File, OpenOptions, Permissions, TryLockError};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use rustix::fs::OFlags;

use super::PublishError;

/// The lock of a folder, held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    /// The file's name in the folder.
    pub const FILE: &str = ".lock";

    /// Takes the lock of the existing folder `to` without waiting; [`PublishError::Locked`] if another run has it.
    pub fn take(to: &Path) -> Result<Lock, PublishError> {
        let path = to.join(Lock::FILE);
        let nofollow = OFlags::NOFOLLOW.bits() as i32;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600).custom_flags(nofollow);
        let file = options.open(&path).map_err(PublishError::io(&path, "opened"))?;
        let private = Permissions::from_mode(0o600);
        file.set_permissions(private).map_err(PublishError::io(&path, "made private"))?;
        match file.try_lock() {
            // A plan takes a lock file away that it made: then this lock is one that nobody else would find.
            Ok(()) if is_at(&file, &path) => Ok(Lock { file }),
            Ok(()) | Err(TryLockError::WouldBlock) => Err(PublishError::Locked(path)),
            Err(TryLockError::Error(source)) => Err(PublishError::Io { path, doing: "locked", source }),
        }
    }
}

/// Whether an open file is the one at a path.
fn is_at(file: &File, path: &Path) -> bool {
    let there = file.metadata().and_then(|open| Ok((open, std::fs::symlink_metadata(path)?)));
    there.is_ok_and(|(open, there)| (open.dev(), open.ino()) == (there.dev(), there.ino()))
}

impl Drop for Lock {
    /// Closing the file would do, were it not for programs that another thread starts: until they begin, they share it.
    fn drop(&mut self) {
        // Where unlocking fails, closing is left.
        let _ = self.file.unlock();
    }
}
