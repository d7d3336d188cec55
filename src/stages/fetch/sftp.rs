//! An SFTP server's folder as a source. The connection is made when it is first needed, and made anew after it failed.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use libssh2_sys as raw;
use ssh2::{ErrorCode, FileStat};

use super::error::FetchError;
use super::location::Remote;
use super::session::{Door, Live};
use super::source::{Entry, MAX_ENTRIES, Shape, Sink, Source, leads_out, pump};

/// A listing may take so many times the timeout of one answer.
const LISTING_TIMEOUTS: u32 = 10;

/// A folder on a server.
pub(super) struct Sftp<'a> {
    door: Door<'a>,
    live: Option<Live>,
}

impl<'a> Sftp<'a> {
    /// The folder behind `door`, which is opened later.
    pub fn new(door: Door<'a>) -> Self {
        Sftp { door, live: None }
    }

    /// Does something on the connection. After a failure of it the next one starts with a new connection.
    fn on<T>(&mut self, act: impl FnOnce(&Live, &Door<'a>) -> Result<T, FetchError>) -> Result<T, FetchError> {
        let live = match self.live.take() {
            Some(live) => live,
            None => self.door.enter()?,
        };
        let done = act(&live, &self.door);
        match &done {
            Err(error) if error.passes() => live.cut(),
            _ => self.live = Some(live),
        }
        done
    }
}

impl Source for Sftp<'_> {
    fn place(&self) -> String {
        self.door.remote.to_string()
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
            let failed = |e: &io::Error| lost(door.remote, &format!("\"{}\" was read", name.escape_debug()), e);
            let done = pump(&mut file, limit, door.timeout, sink, &failed);
            if done.is_err() {
                // Closing the file would wait for an answer that does not come.
                live.cut();
            }
            done
        })
    }

    fn is_local(&self) -> bool {
        false
    }

    fn host_key(&self) -> Option<String> {
        self.live.as_ref().map(|live| live.host_key.clone())
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
                live.sftp.lstat(folder).map_err(|e| lost(remote, doing, &e.into()))?;
                return Ok(entries);
            }
            Err(e) => {
                live.cut();
                return Err(lost(remote, doing, &e.into()));
            }
        }
        if Instant::now() > deadline {
            live.cut();
            return Err(lost(remote, doing, &io::ErrorKind::TimedOut.into()));
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
        _ => lost(remote, "its folder was opened", &io::Error::other(error.message().to_owned())),
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
        _ => lost(
            remote,
            &format!("\"{}\" was opened", name.escape_debug()),
            &io::Error::other(error.message().to_owned()),
        ),
    }
}

fn lost(remote: &Remote, doing: &str, error: &io::Error) -> FetchError {
    FetchError::Lost { server: remote.server(), doing: doing.to_owned(), reason: error.to_string() }
}

/// What the server may take for one answer, in libssh2's milliseconds; none at all would be no limit.
pub(super) fn milliseconds(timeout: Duration) -> u32 {
    u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::super::location::Location;
    use super::*;

    fn admit(name: &str, perm: u32) -> Result<Option<Entry>, FetchError> {
        let Ok(Location::Sftp(remote)) = Location::try_from("sftp://a@h/in".to_owned()) else { panic!() };
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
