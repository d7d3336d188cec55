//! One file of a run on its way to the disk, whole or in parts: created 0600 where nothing was, hashed and counted as it
//! grows, and durable once it has settled.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, BufWriter};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

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
    pub fn end(self) -> Result<(Output, Settling), PublishError> {
        let Begun { path, place, out, rows, headers, has_rows } = self;
        let out = out.into_inner().map_err(io::Error::from).map_err(PublishError::io(&place, "written"))?;
        let (file, seen) = out.finish();
        let rows = has_rows.then_some(rows);
        let output = Output { path, sha256: seen.sha256, bytes: seen.bytes, rows, headers, fields: Vec::new() };
        let disk = thread::Builder::new().spawn(move || file.sync_all());
        let disk = disk.map_err(PublishError::io(&place, "written"))?;
        Ok((output, Settling { place, disk }))
    }
}

/// A file that is on its way to the disk itself, in a thread of its own: others have a core to use meanwhile.
pub(super) struct Settling {
    place: PathBuf,
    disk: JoinHandle<io::Result<()>>,
}

impl Settling {
    /// Waits until the disk has it.
    pub fn wait(self) -> Result<(), PublishError> {
        let settled =
            self.disk.join().unwrap_or_else(|_| Err(io::Error::other("the thread that waits for the disk has ended")));
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
