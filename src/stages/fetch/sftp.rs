//! An SFTP server's folder as a source. What a server says of its files is believed in nothing.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::Timestamp;
use libssh2_sys as raw;
use ssh2::{ErrorCode, FileStat};

use super::error::FetchError;
use super::source::{Entry, MAX_ENTRIES, Shape, Sink, Source, leads_out, pump};
use crate::sftp::{Connection, Door, Live, Remote, lost};

/// A listing may take so many times the timeout of one answer.
const LISTING_TIMEOUTS: u32 = 10;

/// A folder on a server.
pub(super) struct Sftp<'a> {
    connection: Connection<'a>,
}

impl<'a> Sftp<'a> {
    /// The folder behind `door`, which is opened later.
    pub fn new(door: Door<'a>) -> Self {
        Sftp { connection: Connection::through(door) }
    }

    fn on<T>(&mut self, act: impl FnOnce(&Live, &Door<'a>) -> Result<T, FetchError>) -> Result<T, FetchError> {
        self.connection.on(FetchError::passes, act)
    }
}

impl Source for Sftp<'_> {
    fn place(&self) -> String {
        self.connection.door.remote.to_string()
    }

    fn list(&mut self, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<Entry>, FetchError> {
        self.on(|live, door| list(live, door, wanted))
    }

    fn look(&mut self, name: &str) -> Result<Entry, FetchError> {
        self.on(|live, door| {
            let stat = live.sftp.lstat(&door.remote.file(name)).map_err(|e| file_error(door.remote, name, &e))?;
            Ok(described(name.to_owned(), &stat))
        })
    }

    fn read(&mut self, name: &str, limit: u64, sink: &mut Sink<'_>) -> Result<(), FetchError> {
        self.on(|live, door| {
            let mut file = live.sftp.open(door.remote.file(name)).map_err(|e| file_error(door.remote, name, &e))?;
            let failed = |e: &io::Error| lost(door.remote, &format!("\"{}\" was read", name.escape_debug()), e).into();
            let done = pump(&mut file, limit, door.timeout, sink, &failed);
            if done.is_err() {
                // Closing the file would wait for an answer that does not come.
                live.cut();
            }
            done
        })
    }

    fn path(&self, _: &str) -> Option<PathBuf> {
        None
    }

    fn host_key(&self) -> Option<String> {
        self.connection.host_key()
    }
}

fn list(live: &Live, door: &Door<'_>, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<Entry>, FetchError> {
    let (remote, doing) = (door.remote, "its folder was listed");
    let folder = Path::new(remote.path());
    let deadline = Instant::now() + door.timeout * LISTING_TIMEOUTS;
    let mut handle = live.sftp.opendir(folder).map_err(|e| place_error(remote, &e))?;
    let mut entries = Vec::new();
    // Two more for `.` and `..`.
    for _ in 0..MAX_ENTRIES + 2 {
        match handle.readdir() {
            Ok((path, stat)) => entries.extend(admitted(remote, &path, &stat, wanted)?),
            Err(e) if e.code() == ErrorCode::Session(raw::LIBSSH2_ERROR_FILE) => {
                // A connection that ended reads like the end of the list; a living one answers.
                live.sftp.lstat(folder).map_err(|e| lost(remote, doing, io::Error::from(e)))?;
                return Ok(entries);
            }
            Err(e) => {
                live.cut();
                return Err(lost(remote, doing, io::Error::from(e)).into());
            }
        }
        if Instant::now() > deadline {
            live.cut();
            return Err(lost(remote, doing, io::Error::from(io::ErrorKind::TimedOut)).into());
        }
    }
    Err(FetchError::TooManyEntries { place: remote.to_string(), most: MAX_ENTRIES })
}

/// A name of the listing if it is wanted. One that leads out of the folder is an error, wanted or not.
fn admitted(
    remote: &Remote,
    path: &Path,
    stat: &FileStat,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<Option<Entry>, FetchError> {
    let name = path.as_os_str().to_string_lossy();
    if name == "." || name == ".." {
        return Ok(None);
    }
    if leads_out(path.as_os_str().as_encoded_bytes()) {
        return Err(FetchError::LeadsOut { place: remote.to_string(), name: name.into_owned() });
    }
    Ok(wanted(&name).then(|| described(name.into_owned(), stat)))
}

fn described(name: String, stat: &FileStat) -> Entry {
    // Some servers tell no mode, or only its permissions; what they then have is taken for a file.
    let shape = match stat.perm.map_or(0, u64::from) & raw::LIBSSH2_SFTP_S_IFMT {
        0 | raw::LIBSSH2_SFTP_S_IFREG => Shape::File,
        raw::LIBSSH2_SFTP_S_IFLNK => Shape::Link,
        raw::LIBSSH2_SFTP_S_IFDIR => Shape::Folder,
        _ => Shape::Special,
    };
    let modified = stat.mtime.and_then(|second| Timestamp::from_second(i64::try_from(second).ok()?).ok());
    Entry { name, bytes: stat.size, modified, shape }
}

/// The folder is not there, or closed to us: trying again does not help. All else may pass.
fn place_error(remote: &Remote, error: &ssh2::Error) -> FetchError {
    match error.code() {
        ErrorCode::SFTP(
            raw::LIBSSH2_FX_NO_SUCH_FILE
            | raw::LIBSSH2_FX_NO_SUCH_PATH
            | raw::LIBSSH2_FX_PERMISSION_DENIED
            | raw::LIBSSH2_FX_NOT_A_DIRECTORY,
        ) => FetchError::Place { place: remote.to_string(), reason: error.message().to_owned() },
        _ => lost(remote, "its folder was opened", error.message()).into(),
    }
}

fn file_error(remote: &Remote, name: &str, error: &ssh2::Error) -> FetchError {
    match error.code() {
        ErrorCode::SFTP(raw::LIBSSH2_FX_NO_SUCH_FILE) => {
            FetchError::Gone { place: remote.to_string(), name: name.into() }
        }
        ErrorCode::SFTP(raw::LIBSSH2_FX_PERMISSION_DENIED) => {
            FetchError::Place { place: format!("{remote}/{}", name.escape_debug()), reason: error.message().to_owned() }
        }
        _ => lost(remote, &format!("\"{}\" was opened", name.escape_debug()), error.message()).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admit(name: &str, perm: u32) -> Result<Option<Entry>, FetchError> {
        let remote = Remote::try_from("sftp://a@h/in".to_owned()).unwrap();
        let stat =
            FileStat { size: Some(3), uid: None, gid: None, perm: Some(perm), atime: None, mtime: Some(u64::MAX) };
        admitted(&remote, Path::new(name), &stat, &|name| name.ends_with(".pgp"))
    }

    #[test]
    fn the_server_chooses_no_path() {
        for name in ["../x.pgp", "/etc/passwd", "a/b.pgp", "../../x", ""] {
            let error = admit(name, 0o100_644).unwrap_err();
            assert_eq!(error.kind(), super::super::Failure::Trust, "{name}");
        }
        let error = admit("../\x1b[2Jx", 0o100_644).unwrap_err().to_string();
        assert!(error.contains("../\\u{1b}[2Jx"), "{error}");
        assert!(admit(".", 0o40_755).unwrap().is_none() && admit("..", 0o40_755).unwrap().is_none());
        assert!(admit("other", 0o100_644).unwrap().is_none());
    }

    #[test]
    fn what_a_server_says_of_a_file() {
        for (perm, shape) in [
            (0o100_644, Shape::File),
            (0o644, Shape::File),
            (0o120_777, Shape::Link),
            (0o40_755, Shape::Folder),
            (0o10_644, Shape::Special),
        ] {
            let entry = admit("x.pgp", perm).unwrap().unwrap();
            assert_eq!(
                (entry.shape, entry.bytes, entry.modified),
                (shape, Some(3), None),
                "a time past all times is no time"
            );
        }
    }
}
