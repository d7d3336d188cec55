//! A whole file or none: one file is taken from a source, hashed on the way, and kept only if its size and time were the same
//! before and after, and as many bytes came as were promised.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::error::FetchError;
use super::options::Fetch;
use super::source::{Entry, Source};
use super::{Body, Context, Fetched};
use crate::progress::Progress;
use crate::sftp::{self, LONGEST_NAP};

/// Does it again after what may pass, as often as the pipeline says.
pub(super) fn retrying<T>(
    options: &Fetch,
    context: &Context<'_>,
    attempt: impl FnMut() -> Result<T, FetchError>,
) -> Result<T, FetchError> {
    sftp::retrying(options.retries, &context.here, FetchError::passes, attempt)
}

/// The inbox of a run: where downloads rest, under names of our own.
pub(super) struct Inbox<'a> {
    options: &'a Fetch,
    context: &'a Context<'a>,
    progress: &'a dyn Progress,
    started: Instant,
}

impl<'a> Inbox<'a> {
    /// Prepares the inbox; its folder is made when the first download needs it.
    pub fn new(options: &'a Fetch, context: &'a Context<'a>, progress: &'a dyn Progress) -> Self {
        Inbox { options, context, progress, started: Instant::now() }
    }

    /// Takes one file, as the `index`-th of its kind, trying again as often as the pipeline says.
    pub fn take(
        &self,
        source: &mut dyn Source,
        kind: &'static str,
        index: usize,
        name: &str,
    ) -> Result<Fetched, FetchError> {
        let mut counted = 0;
        retrying(self.options, self.context, || self.attempt(source, kind, index, name, &mut counted))
    }

    /// `counted` are the bytes that the listener was told of by earlier attempts.
    fn attempt(
        &self,
        source: &mut dyn Source,
        kind: &'static str,
        index: usize,
        name: &str,
        counted: &mut u64,
    ) -> Result<Fetched, FetchError> {
        let before = self.settled(source, name)?;
        if let Some(what) = before.shape.odd() {
            return Err(FetchError::NotAFile { kind, place: source.place(), name: name.into(), what });
        }
        let bytes = before.bytes.ok_or_else(|| FetchError::NoSize { name: name.into() })?;
        if bytes > self.options.max_bytes {
            return Err(FetchError::TooLarge { name: name.into(), bytes, most: self.options.max_bytes });
        }
        let mut rest = self.rest(source.path(name), bytes)?;
        let (mut hash, mut read) = (Sha256::new(), 0);
        source.read(name, bytes, &mut |chunk| {
            self.go_on()?;
            hash.update(chunk);
            rest.write(chunk)?;
            read += chunk.len() as u64;
            self.progress.advance(read.saturating_sub(*counted));
            *counted = read.max(*counted);
            Ok(())
        })?;
        let after = source.look(name)?;
        if read != bytes || after != before {
            return Err(FetchError::Changed { name: name.into(), bytes, read, after: after.bytes.unwrap_or(0) });
        }
        let body = rest.keep(&self.context.inbox.join(format!("{kind}-{index}")))?;
        Ok(Fetched {
            kind,
            name: name.to_owned(),
            body,
            bytes,
            sha256: hex(&hash.finalize()),
            modified: before.modified,
            host_key: source.host_key(),
        })
    }

    /// What the source says of a file that has not changed for `stable_for`; a younger one is waited for, and looked at again.
    fn settled(&self, source: &mut dyn Source, name: &str) -> Result<Entry, FetchError> {
        let first = source.look(name)?;
        let stable_for = self.options.stable_for.signed();
        let now = self
            .context
            .now
            .saturating_add(SignedDuration::try_from(self.started.elapsed()).unwrap_or_default())
            .unwrap_or(self.context.now);
        let age = first
            .modified
            .map_or(SignedDuration::ZERO, |modified| now.duration_since(modified).max(SignedDuration::ZERO));
        if age >= stable_for {
            return Ok(first);
        }
        self.wait((stable_for - age).unsigned_abs())?;
        let second = source.look(name)?;
        if first == second {
            Ok(second)
        } else {
            Err(FetchError::Growing { name: name.into(), seconds: stable_for.as_secs().unsigned_abs() })
        }
    }

    fn wait(&self, time: Duration) -> Result<(), FetchError> {
        let began = Instant::now();
        while let Some(left) = time.checked_sub(began.elapsed()) {
            self.go_on()?;
            std::thread::sleep(left.min(LONGEST_NAP));
        }
        Ok(())
    }

    fn go_on(&self) -> Result<(), FetchError> {
        if (self.context.here.stopped)() { Err(FetchError::Stopped) } else { Ok(()) }
    }

    /// Where the bytes go: into memory from a local folder, unless they are read from there again, or if the disk must not see
    /// them; else into a temporary file.
    fn rest(&self, path: Option<PathBuf>, bytes: u64) -> Result<Rest, FetchError> {
        const FIRST_BYTES: u64 = 16 << 20;
        match path {
            Some(path) if self.context.read_again => Ok(Rest::InPlace(path)),
            // The size is the file system's word, not a server's.
            Some(_) => Ok(Rest::Memory(Vec::with_capacity(usize::try_from(bytes).unwrap_or(0)))),
            None if !self.context.keep_on_disk => Ok(Rest::Memory(Vec::with_capacity(bytes.min(FIRST_BYTES) as usize))),
            None => {
                let inbox = self.context.inbox;
                make_private(inbox)?;
                let file = tempfile::Builder::new().prefix(".part-").tempfile_in(inbox).map_err(|e| local(inbox, e))?;
                Ok(Rest::Part(file))
            }
        }
    }
}

/// Where the bytes of one attempt go. A part that is not kept is deleted.
enum Rest {
    Memory(Vec<u8>),
    /// Nowhere: the file is read again where it lies.
    InPlace(PathBuf),
    Part(NamedTempFile),
}

impl Rest {
    fn write(&mut self, chunk: &[u8]) -> Result<(), FetchError> {
        match self {
            Rest::Memory(bytes) => {
                bytes.extend_from_slice(chunk);
                Ok(())
            }
            Rest::InPlace(_) => Ok(()),
            Rest::Part(file) => file.write_all(chunk).map_err(|e| local(file.path(), e)),
        }
    }

    /// The whole file; a part gets its name only now, and never the place of another.
    fn keep(self, path: &Path) -> Result<Body, FetchError> {
        match self {
            Rest::Memory(bytes) => Ok(Body::Memory(bytes)),
            Rest::InPlace(path) => Ok(Body::InPlace(path)),
            Rest::Part(file) => {
                file.persist_noclobber(path).map(|_| Body::File(path.into())).map_err(|e| local(path, e.error))
            }
        }
    }
}

/// Makes the folder for its owner alone; one that is there must be that already.
fn make_private(folder: &Path) -> Result<(), FetchError> {
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => return Err(local(folder, e)),
        _ => {}
    }
    let metadata = fs::symlink_metadata(folder).map_err(|e| local(folder, e))?;
    if !metadata.is_dir() || metadata.mode() & 0o077 != 0 {
        return Err(local(
            folder,
            std::io::Error::other("downloads need a folder that is its owner's alone (mode 700), and no link"),
        ));
    }
    Ok(())
}

pub(super) fn local(path: &Path, source: std::io::Error) -> FetchError {
    FetchError::Local { path: path.into(), source }
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::location::Location;
    use super::super::source::{Shape, Sink};
    use super::*;
    use crate::progress::Silent;
    use crate::sftp::Surroundings;

    /// A source that shows one file: as it says the first time, and as it says the next times.
    struct Liar {
        says: Vec<(u64, i64, Shape)>,
        sends: usize,
    }

    impl Source for Liar {
        fn place(&self) -> String {
            "a liar".into()
        }

        fn list(&mut self, _: &dyn Fn(&str) -> bool) -> Result<Vec<Entry>, FetchError> {
            Ok(Vec::new())
        }

        fn look(&mut self, name: &str) -> Result<Entry, FetchError> {
            let (bytes, second, shape) = if self.says.len() > 1 { self.says.remove(0) } else { self.says[0] };
            Ok(Entry { name: name.into(), bytes: Some(bytes), modified: Timestamp::from_second(second).ok(), shape })
        }

        fn read(&mut self, _: &str, limit: u64, sink: &mut Sink<'_>) -> Result<(), FetchError> {
            sink(&vec![7; self.sends.min(limit as usize + 1)])
        }

        fn path(&self, _: &str) -> Option<PathBuf> {
            None
        }

        fn host_key(&self) -> Option<String> {
            None
        }
    }

    fn take(says: &[(u64, i64, Shape)], sends: usize) -> Result<Fetched, FetchError> {
        let folder = tempfile::tempdir().unwrap();
        let (base, inbox) = (folder.path(), folder.path().join("inbox"));
        let now = Timestamp::from_second(1000).unwrap();
        let context = Context {
            here: Surroundings { base, home: None, agent_socket: None, stopped: &|| false },
            inbox: &inbox,
            now,
            keep_on_disk: true,
            read_again: false,
        };
        let mut options = Fetch::new(Location::Folder("unused".into()));
        (options.retries, options.max_bytes) = (0, 100);
        let taken =
            Inbox::new(&options, &context, &Silent).take(&mut Liar { says: says.to_vec(), sends }, "person", 1, "x");
        let left = fs::read_dir(&inbox).map_or(0, |entries| entries.count());
        assert_eq!(left, usize::from(taken.is_ok()), "nothing is left of what was not kept");
        taken
    }

    #[test]
    fn only_a_whole_file_is_kept() {
        use Shape::File;
        let fetched = take(&[(10, 1, File)], 10).unwrap();
        assert_eq!(fetched.sha256, hex(&Sha256::digest([7; 10])));
        for (says, sends) in [
            (vec![(10, 1, File)], 9),
            (vec![(10, 1, File)], 0),
            (vec![(10, 1, File)], 1_000_000),
            (vec![(10, 1, File), (11, 1, File)], 10),
            (vec![(10, 1, File), (10, 2, File)], 10),
            (vec![(10, 1, File), (10, 1, Shape::Link)], 10),
        ] {
            assert!(matches!(take(&says, sends), Err(FetchError::Changed { .. })), "{says:?} {sends}");
        }
        assert!(matches!(take(&[(10, 1, Shape::Link)], 10), Err(FetchError::NotAFile { .. })));
        assert!(matches!(take(&[(u64::MAX, 1, File)], 10), Err(FetchError::TooLarge { .. })));
    }

    #[test]
    fn an_inbox_that_others_can_see_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let open = folder.path().join("open");
        fs::DirBuilder::new().mode(0o755).create(&open).unwrap();
        assert!(make_private(&open).is_err());
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path(), &link).unwrap();
        assert!(make_private(&link).is_err());
        assert!(make_private(&folder.path().join("new")).is_ok());
    }
}
