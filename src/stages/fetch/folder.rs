//! A local folder as a source: files are read where they are. Links are not followed.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rustix::fs::{Mode, OFlags};

use super::error::FetchError;
use super::source::{Entry, MAX_ENTRIES, Shape, Sink, Source, pump};

/// A folder of this machine.
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder at `path`, which is looked at later.
    pub fn new(path: PathBuf) -> Self {
        Folder { path }
    }

    fn unreadable(&self, error: &io::Error) -> FetchError {
        FetchError::Place { place: self.place(), reason: error.to_string() }
    }

    /// What an error about one file means: it may have gone since the folder was listed.
    fn file(&self, name: &str, error: &io::Error) -> FetchError {
        match error.kind() {
            io::ErrorKind::NotFound => FetchError::Gone { place: self.place(), name: name.into() },
            _ => FetchError::Place { place: self.path.join(name).display().to_string(), reason: error.to_string() },
        }
    }
}

impl Source for Folder {
    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn list(&mut self, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<Entry>, FetchError> {
        let mut entries = Vec::new();
        for (count, entry) in fs::read_dir(&self.path).map_err(|e| self.unreadable(&e))?.enumerate() {
            if count == MAX_ENTRIES {
                return Err(FetchError::TooManyEntries { place: self.place(), most: MAX_ENTRIES });
            }
            let entry = entry.map_err(|e| self.unreadable(&e))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if wanted(&name) {
                // By its own path: the text of a name that is no UTF-8 leads to nothing.
                match fs::symlink_metadata(entry.path()) {
                    Ok(metadata) => entries.push(described(name, &metadata)),
                    Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                    Err(e) => return Err(self.file(&name, &e)),
                }
            }
        }
        Ok(entries)
    }

    fn look(&mut self, name: &str) -> Result<Entry, FetchError> {
        let metadata = fs::symlink_metadata(self.path.join(name)).map_err(|e| self.file(name, &e))?;
        Ok(described(name.to_owned(), &metadata))
    }

    fn read(&mut self, name: &str, limit: u64, sink: &mut Sink<'_>) -> Result<(), FetchError> {
        let mut file = open(&self.path.join(name)).map_err(|e| self.file(name, &e))?;
        pump(&mut file, limit, Duration::MAX, sink, &|e| self.file(name, e))
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        Some(self.path.join(name))
    }

    fn host_key(&self) -> Option<String> {
        None
    }
}

/// Opens a regular file for reading. A link is an error, and so is a pipe, on which an open would wait.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("this is no regular file")) }
}

fn described(name: String, metadata: &Metadata) -> Entry {
    let kind = metadata.file_type();
    let shape = match () {
        _ if kind.is_file() => Shape::File,
        _ if kind.is_symlink() => Shape::Link,
        _ if kind.is_dir() => Shape::Folder,
        _ => Shape::Special,
    };
    let modified = metadata.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
    Entry { name, bytes: Some(metadata.len()), modified, shape }
}
