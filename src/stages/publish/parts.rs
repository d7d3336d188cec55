//! One file of a run on its way to the disk, whole or in parts: created 0600 where nothing was, hashed and counted as it
//! grows, and durable once it has settled.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, BufWriter};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use rustix::fs::OFlags;

use super::manifest::Output;
use super::staging::Artifact;
use super::tally::Tallied;
use super::{PublishError, folder};

/// A file that was begun.
pub(super) struct Begun {
    /// Relative to the run.
    path: String,
    place: PathBuf,
    out: BufWriter<Tallied<File>>,
    rows: u64,
    headers: Option<u64>,
    /// Whether it has rows that are worth a word in the manifest.
    has_rows: bool,
}

impl Begun {
    /// Creates the file of an artifact below the stage's folder; its name was checked.
    pub fn new(stage: &Path, artifact: &Artifact<'_>) -> Result<Begun, PublishError> {
        let place = stage.join(&artifact.path);
        if let Some(above) = place.parent() {
            folder::create_own(above)?;
        }
        let file = create_file(&place).map_err(|e| match e.kind() {
            io::ErrorKind::AlreadyExists => PublishError::Twice(artifact.path.clone()),
            _ => PublishError::Io { path: place.clone(), doing: "created", source: e },
        })?;
        Ok(Begun {
            path: artifact.path.clone(),
            place,
            out: BufWriter::with_capacity(1 << 18, Tallied::new(file)),
            rows: 0,
            headers: artifact.headers,
            has_rows: artifact.headers.is_some(),
        })
    }

    /// Relative to the run.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// How many rows there are yet.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Writes the next part.
    pub fn go_on(mut self, artifact: Artifact<'_>) -> Result<Begun, PublishError> {
        let rows = (artifact.write)(&mut self.out).map_err(PublishError::io(&self.place, "written"))?;
        match artifact.rows {
            Some(expected) if expected != rows => {
                return Err(PublishError::Rows { path: self.path, expected, written: rows });
            }
            _ => {}
        }
        self.has_rows |= artifact.rows.is_some() || rows > 0;
        self.rows += rows;
        Ok(self)
    }

    /// Everything was written: what it became, while the disk takes it.
    pub fn end(self, disk: &Disk) -> Result<(Output, Settling), PublishError> {
        let Begun { path, place, out, rows, headers, has_rows } = self;
        let out = out.into_inner().map_err(io::Error::from).map_err(PublishError::io(&place, "written"))?;
        let (file, seen) = out.finish();
        let rows = has_rows.then_some(rows);
        let output = Output { path, sha256: seen.sha256, bytes: seen.bytes, rows, headers, fields: Vec::new() };
        Ok((output, disk.settle(place, file)))
    }
}

/// The disk that files of a run are on their way to, in threads of their own: others have a core to use meanwhile.
#[derive(Default)]
pub(super) struct Disk {
    /// Whoever is on the way holds it, too.
    busy: Arc<()>,
}

impl Disk {
    /// How many files are on their way at once, each open and with a thread: bulk requests are thousands, and a system lets
    /// a process have about as many open files. What is more waits where it was written.
    const AT_ONCE: usize = 64;

    fn settle(&self, place: PathBuf, file: File) -> Settling {
        let busy = Arc::clone(&self.busy);
        let is_free = Arc::strong_count(&busy) <= Self::AT_ONCE;
        let (tell, told) = mpsc::channel();
        let settle = move || {
            let settled = file.sync_all();
            drop((file, busy));
            // Of a run that failed meanwhile nobody listens.
            let _ = tell.send(settled);
        };
        if is_free {
            // Of a thread that cannot be there nothing is heard, and that is an error. It is not held: the stack of one that
            // is would stay when it has ended.
            let _ = thread::Builder::new().spawn(settle);
        } else {
            settle();
        }
        Settling { place, told }
    }
}

/// A file that is on its way to the disk itself.
pub(super) struct Settling {
    place: PathBuf,
    told: Receiver<io::Result<()>>,
}

impl Settling {
    /// Waits until the disk has it.
    pub fn wait(self) -> Result<(), PublishError> {
        let lost = || Err(io::Error::other("no thread could wait for the disk"));
        let settled = self.told.recv().unwrap_or_else(|_| lost());
        settled.map_err(PublishError::io(&self.place, "written"))
    }
}

/// A new file, 0600 whatever the umask; neither an existing one nor a link is written to (promise 20).
fn create_file(path: &Path) -> io::Result<File> {
    let nofollow = OFlags::NOFOLLOW.bits() as i32;
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).custom_flags(nofollow).open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_many_files_settle_few_of_them_are_open_and_no_stack_stays() {
        const FILES: usize = 2000;
        let stacks = || std::fs::read_to_string("/proc/self/maps").unwrap().lines().count();
        let folder = tempfile::tempdir().unwrap();
        let (disk, before) = (Disk::default(), stacks());
        let settle = |nth: usize| {
            let place = folder.path().join(nth.to_string());
            let file = create_file(&place).unwrap();
            let settling = disk.settle(place, file);
            assert!(Arc::strong_count(&disk.busy) <= 1 + Disk::AT_ONCE);
            settling
        };
        let settling: Vec<Settling> = (0..FILES).map(settle).collect();
        // A stack is two of them, itself and the page that guards it.
        assert!(stacks() < before + FILES, "{} were {before}", stacks());
        settling.into_iter().try_for_each(Settling::wait).unwrap();
        assert_eq!(Arc::strong_count(&disk.busy), 1);
    }
}
