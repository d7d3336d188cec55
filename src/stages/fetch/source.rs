//! The seam to the outside: a folder of files that can be listed, looked at and read, whole or not at all.

use std::io::Read;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::error::FetchError;

/// The most names that a folder may have; a server could send them without end.
pub(super) const MAX_ENTRIES: usize = 100_000;
/// libssh2 sends requests ahead only within one call: a large buffer is what makes it fast.
const BUFFER_BYTES: usize = 1 << 20;
/// A transfer below this rate over the timeout has stalled.
const LEAST_BYTES_PER_SECOND: u64 = 256;

/// A name in the folder, as the source tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub name: String,
    /// Not every server tells the size.
    pub bytes: Option<u64>,
    pub modified: Option<Timestamp>,
    pub shape: Shape,
}

/// What a name stands for. Only files are read; links are not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    File,
    Link,
    Folder,
    Special,
}

impl Shape {
    /// The shape as messages name it, if it is no file.
    pub fn odd(self) -> Option<&'static str> {
        match self {
            Shape::File => None,
            Shape::Link => Some("a symbolic link"),
            Shape::Folder => Some("a folder"),
            Shape::Special => Some("neither file nor folder"),
        }
    }
}

/// What takes the bytes of a file as they come.
pub(super) type Sink<'a> = dyn FnMut(&[u8]) -> Result<(), FetchError> + 'a;

/// A place that extracts come from.
pub(super) trait Source {
    /// The place as messages name it.
    fn place(&self) -> String;
    /// The names that `wanted` takes, in no order, with what the source says of them. Errors: the place is not there or not
    /// readable, it cannot be reached, it has more than `MAX_ENTRIES` names, or one of them leads out of it.
    fn list(&mut self, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<Entry>, FetchError>;
    /// What the source says of one name now; a link is a link.
    fn look(&mut self, name: &str) -> Result<Entry, FetchError>;
    /// Gives the file's bytes to `sink`, at most `limit` and one more.
    fn read(&mut self, name: &str, limit: u64, sink: &mut Sink<'_>) -> Result<(), FetchError>;
    /// Where the file is, if it can be read in place.
    fn path(&self, name: &str) -> Option<PathBuf>;
    /// Whether files can be read in place.
    fn is_local(&self) -> bool {
        self.path("").is_some()
    }
    /// The fingerprint of the server that is connected, if it is one.
    fn host_key(&self) -> Option<String>;
}

/// Whether a name can stand in a folder: a `/` or NUL leads out of it, and a file never bears `.` or `..`.
pub(super) fn leads_out(name: &[u8]) -> bool {
    name.is_empty() || name.iter().any(|b| matches!(b, b'/' | 0)) || name == b"." || name == b".."
}

/// Reads to the end or to one byte past `limit`, whichever is first. `failed` makes the error of a read that fails, or that
/// crawls.
pub(super) fn pump(
    reader: &mut dyn Read,
    limit: u64,
    timeout: Duration,
    sink: &mut Sink<'_>,
    failed: &dyn Fn(&std::io::Error) -> FetchError,
) -> Result<(), FetchError> {
    let mut reader = reader.take(limit.saturating_add(1));
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut pace = Pace::new(timeout);
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(n) => {
                sink(&buffer[..n])?;
                pace.check(n as u64).map_err(|e| failed(&e))?;
            }
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(failed(&e)),
        }
    }
}

/// Watches that bytes keep coming: a server that sends one byte a second answers in time every time, and never ends.
struct Pace {
    timeout: Duration,
    since: Instant,
    bytes: u64,
}

impl Pace {
    fn new(timeout: Duration) -> Self {
        Pace { timeout, since: Instant::now(), bytes: 0 }
    }

    fn check(&mut self, bytes: u64) -> Result<(), std::io::Error> {
        self.bytes += bytes;
        let elapsed = self.since.elapsed();
        if elapsed < self.timeout {
            return Ok(());
        }
        if self.bytes < LEAST_BYTES_PER_SECOND * elapsed.as_secs() {
            return Err(std::io::Error::new(std::io::ErrorKind::TimedOut, "the transfer has almost stopped"));
        }
        *self = Pace::new(self.timeout);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_out() {
        for name in ["", ".", "..", "../x", "/etc/passwd", "a/b", "a\0b"] {
            assert!(leads_out(name.as_bytes()), "{name:?}");
        }
        for name in ["...", "..x", "a b", "Person_2026-11-20.csv.pgp"] {
            assert!(!leads_out(name.as_bytes()), "{name:?}");
        }
    }

    #[test]
    fn a_reader_without_end_is_cut_one_byte_past_its_size() {
        let mut bytes = 0;
        let mut sink = |chunk: &[u8]| {
            bytes += chunk.len();
            Ok(())
        };
        let failed = |_: &std::io::Error| FetchError::Stopped;
        pump(&mut std::io::repeat(7), 3_000_000, Duration::from_secs(30), &mut sink, &failed).unwrap();
        assert_eq!(bytes, 3_000_001);
    }

    #[test]
    fn a_trickle_is_a_stall() {
        let mut pace =
            Pace { timeout: Duration::from_secs(2), since: Instant::now() - Duration::from_secs(5), bytes: 0 };
        assert!(pace.check(10).is_err());
        let mut pace =
            Pace { timeout: Duration::from_secs(2), since: Instant::now() - Duration::from_secs(5), bytes: 0 };
        assert!(pace.check(1 << 20).is_ok());
    }
}
