//! Fetch: the newest set of extracts, whole, from a folder or an SFTP server whose host key is known.
//!
//! Which files are the newest is read from their names; the rules stand in `generation`. A name that matches a
//! pattern may not be what it seems: where one of the newest set is a link, a folder, or has a name with control characters, the
//! run is refused rather than an older set taken. A file is read between two looks at it (`download`), and a server is believed in
//! nothing but the bytes that it sends: paths here are made here, sizes are limits, lists have an end (`promises.md` 6 to 9, 20, 21).
//!
//! How the parts lie: `options` and `location` are the pipeline file's words; `source` is the seam, with `folder` and `sftp` behind
//! it. The way into a server is [`crate::sftp`]'s.

mod download;
mod error;
mod folder;
mod generation;
mod location;
mod options;
mod pattern;
mod sftp;
mod source;

use std::cmp::Reverse;
use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

pub use error::{Failure, FetchError};
pub use generation::{Stamp, date_in_name, generation};
pub use location::{Location, LocationError};
pub use options::{Age, Fetch, default_retries, default_timeout};
pub use pattern::Pattern;

use crate::progress::Progress;
use crate::sftp::{Door, Line, Server, Surroundings};
use download::{Inbox, hex, local, retrying};
use folder::Folder;
use sftp::Sftp;
use source::{Entry, Source};

/// One kind of record that a run wants: the pipeline's `[extract.KIND]`.
#[derive(Clone, Debug)]
pub struct Want {
    pub kind: &'static str,
    /// The pattern of file names; see [`Pattern`].
    pub pattern: String,
    /// Whether it is an error if nothing matches.
    pub required: bool,
}

/// What a run lends to this stage.
pub struct Context<'a> {
    pub here: Surroundings<'a>,
    /// Where downloads rest; made with mode 0700 when it is needed.
    pub inbox: &'a Path,
    /// The moment that ages are measured from.
    pub now: Timestamp,
    /// Whether a download may rest on disk; false if it may be plaintext, which is then kept in memory alone.
    pub keep_on_disk: bool,
    /// Whether files are read several times, in place of being kept in memory.
    pub read_again: bool,
}

/// A file that was fetched whole.
#[derive(Clone, Debug)]
pub struct Fetched {
    pub kind: &'static str,
    /// The name at its origin; never a path.
    pub name: String,
    pub body: Body,
    pub bytes: u64,
    /// Lower-case hexadecimal.
    pub sha256: String,
    /// When it was last written, as its origin says.
    pub modified: Option<Timestamp>,
    /// The host key of the server that it came from, `SHA256:…`.
    pub host_key: Option<String>,
}

/// Where the bytes of a fetched file are.
#[derive(Clone, Debug)]
pub enum Body {
    /// In a file of the inbox.
    File(PathBuf),
    /// In a local folder, where they stay.
    InPlace(PathBuf),
    /// In memory: what lay in a local folder, and what may not rest on a disk.
    Memory(Vec<u8>),
}

impl Fetched {
    /// The bytes, proved to be those that were fetched. Errors: the file cannot be read, or has changed since.
    pub fn into_bytes(self) -> Result<Vec<u8>, FetchError> {
        let path = match self.body {
            Body::Memory(bytes) => return Ok(bytes),
            Body::File(path) | Body::InPlace(path) => path,
        };
        let mut bytes = Vec::with_capacity(usize::try_from(self.bytes).unwrap_or(0));
        let file = folder::open(&path).map_err(|e| local(&path, e))?;
        file.take(self.bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| local(&path, e))?;
        let read = bytes.len() as u64;
        if read != self.bytes || hex(&Sha256::digest(&bytes)) != self.sha256 {
            return Err(FetchError::Changed { name: self.name, bytes: self.bytes, read, after: read });
        }
        Ok(bytes)
    }
}

/// Fetches the newest set of files of every kind in `wants`, in their order, each set sorted by name.
///
/// A folder's files stay where they are and are read once, or with `read_again` anew each time; a server's are downloaded into `context.inbox`, or into memory.
/// Errors are [`FetchError`]s: see [`Failure`] for how each ends the run.
pub fn fetch(
    options: &Fetch,
    wants: &[Want],
    context: &Context<'_>,
    progress: &dyn Progress,
) -> Result<Vec<Fetched>, FetchError> {
    let line = Line::default();
    line.watched(context.here.stopped, || take(options, wants, context, progress, &line))
}

fn take(
    options: &Fetch,
    wants: &[Want],
    context: &Context<'_>,
    progress: &dyn Progress,
    line: &Line,
) -> Result<Vec<Fetched>, FetchError> {
    let mut source = open(options, context, line)?;
    let sets = choose(options, wants, context, source.as_mut())?;
    let expected = sets.iter().flat_map(|set| &set.files).filter_map(|file| file.bytes).fold(0, u64::saturating_add);
    progress.begin("fetch", "bytes", Some(expected));
    let inbox = Inbox::new(options, context, progress);
    let fetched = if source.is_local() {
        side_by_side(&inbox, &|| open(options, context, line), wanted(&sets))?
    } else {
        one_by_one(&inbox, source.as_mut(), wanted(&sets))?
    };
    let bytes: u64 = fetched.iter().map(|file| file.bytes).sum();
    progress.end(&format!("{} files, {bytes} bytes, from {}", fetched.len(), options.from));
    Ok(fetched)
}

/// A file that is to be taken.
struct Wanted<'a> {
    kind: &'static str,
    /// Which of its kind it is, counted from 1.
    nth: usize,
    file: &'a Entry,
}

fn wanted(sets: &[Set]) -> Vec<Wanted<'_>> {
    let numbered = sets.iter().flat_map(|set| set.files.iter().zip(1..).map(|(file, nth)| (set.kind, nth, file)));
    numbered.map(|(kind, nth, file)| Wanted { kind, nth, file }).collect()
}

/// Reads local files, each from a source of its own; of several errors the first in their order is told.
fn side_by_side<'s>(
    inbox: &Inbox<'_>,
    open: &(dyn Fn() -> Result<Box<dyn Source + 's>, FetchError> + Sync),
    wanted: Vec<Wanted<'_>>,
) -> Result<Vec<Fetched>, FetchError> {
    let mut by_size: Vec<(usize, Wanted<'_>)> = wanted.into_iter().enumerate().collect();
    // The largest first: what is left then is small enough to be shared out evenly.
    by_size.sort_by_key(|(_, wanted)| Reverse(wanted.file.bytes));
    let one = |(place, wanted): &(usize, Wanted<'_>)| {
        let Wanted { kind, nth, file } = wanted;
        (*place, open().and_then(|mut source| inbox.take(source.as_mut(), kind, *nth, &file.name)))
    };
    let mut taken: Vec<(usize, Result<Fetched, FetchError>)> = by_size.par_iter().map(one).collect();
    taken.sort_by_key(|(place, _)| *place);
    taken.into_iter().map(|(_, file)| file).collect()
}

/// Downloads files over one connection. What was downloaded before the first that fails is removed.
fn one_by_one(inbox: &Inbox<'_>, source: &mut dyn Source, wanted: Vec<Wanted<'_>>) -> Result<Vec<Fetched>, FetchError> {
    let mut fetched = Vec::with_capacity(wanted.len());
    for Wanted { kind, nth, file } in wanted {
        match inbox.take(source, kind, nth, &file.name) {
            Ok(file) => fetched.push(file),
            Err(error) => {
                discard(&fetched);
                return Err(error);
            }
        }
    }
    Ok(fetched)
}

/// Removes what was downloaded before the run failed, so that it can be tried again.
fn discard(fetched: &[Fetched]) {
    for file in fetched {
        if let Body::File(path) = &file.body {
            // What cannot be removed is in nobody's way but a next download's, which will say so.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// What `hcmsync check` learns of the place without taking a file.
#[derive(Debug)]
pub struct Probe {
    /// The server; none for a folder.
    pub server: Option<Server>,
    /// The newest set of each kind that was wanted, or what is wrong with it.
    pub newest: Vec<Newest>,
    /// What is wrong with the kinds together.
    pub together: Result<(), FetchError>,
}

/// The newest set of one kind.
#[derive(Debug)]
pub struct Newest {
    pub kind: &'static str,
    pub files: Result<Vec<Listed>, FetchError>,
}

/// A file that would be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub name: String,
    pub bytes: Option<u64>,
    pub age: Option<SignedDuration>,
    /// When it was last written, as its origin says.
    pub modified: Option<Timestamp>,
}

/// Looks, and takes nothing: is the server known, does it let us in, which files are the newest?
/// An error means that the place cannot be looked at; what is wrong with one kind stands in its [`Newest`].
pub fn probe(options: &Fetch, wants: &[Want], context: &Context<'_>) -> Result<Probe, FetchError> {
    let line = Line::default();
    line.watched(context.here.stopped, || look_around(options, wants, context, &line))
}

fn look_around(options: &Fetch, wants: &[Want], context: &Context<'_>, line: &Line) -> Result<Probe, FetchError> {
    let server = match &options.from {
        Location::Folder(_) => None,
        Location::Sftp(remote) => Some(Door::new(options.access(remote), context.here, line)?.look()?),
    };
    let mut source = open(options, context, line)?;
    let sets = sets(options, wants, context, source.as_mut())?;
    let together = together(options, sets.iter().filter_map(|(_, set)| set.as_ref().ok()));
    let listed = |file: Entry| Listed {
        name: file.name,
        bytes: file.bytes,
        age: file.modified.map(|time| context.now.duration_since(time)),
        modified: file.modified,
    };
    let newest = sets
        .into_iter()
        .map(|(kind, set)| Newest { kind, files: set.map(|set| set.files.into_iter().map(listed).collect()) });
    Ok(Probe { server, newest: newest.collect(), together })
}

/// The first bytes of a file that lies in a local folder, by which it is told what it is; none of one on a server.
pub fn beginning(options: &Fetch, context: &Context<'_>, name: &str) -> Result<Option<Vec<u8>>, FetchError> {
    const BYTES: u64 = 1 << 16;
    let Location::Folder(path) = &options.from else { return Ok(None) };
    let mut bytes = Vec::new();
    let mut keep = |piece: &[u8]| {
        bytes.extend_from_slice(piece);
        Ok(())
    };
    Folder::new(context.here.resolve(path)?).read(name, BYTES, &mut keep)?;
    Ok(Some(bytes))
}

fn open<'a>(options: &'a Fetch, context: &'a Context<'a>, line: &'a Line) -> Result<Box<dyn Source + 'a>, FetchError> {
    Ok(match &options.from {
        Location::Folder(path) => Box::new(Folder::new(context.here.resolve(path)?)),
        Location::Sftp(remote) => Box::new(Sftp::new(Door::new(options.access(remote), context.here, line)?)),
    })
}

/// The newest files of one kind; empty if nothing matches and nothing must.
struct Set {
    kind: &'static str,
    files: Vec<Entry>,
}

/// The newest set of every kind, if all of them can be taken together.
fn choose(
    options: &Fetch,
    wants: &[Want],
    context: &Context<'_>,
    source: &mut dyn Source,
) -> Result<Vec<Set>, FetchError> {
    let sets: Vec<Set> =
        sets(options, wants, context, source)?.into_iter().map(|(_, set)| set).collect::<Result<_, _>>()?;
    together(options, sets.iter())?;
    Ok(sets)
}

type Outcome = (&'static str, Result<Set, FetchError>);

/// The newest set of every kind, or what is wrong with it.
fn sets(
    options: &Fetch,
    wants: &[Want],
    context: &Context<'_>,
    source: &mut dyn Source,
) -> Result<Vec<Outcome>, FetchError> {
    let patterns = wants.iter().map(|want| Pattern::new(&want.pattern)).collect::<Result<Vec<_>, _>>()?;
    let wanted = |name: &str| patterns.iter().any(|pattern| pattern.takes(name));
    let entries = retrying(options, context, || source.list(&wanted))?;
    let place = source.place();
    let one = |(want, pattern): (&Want, &Pattern)| {
        let matching: Vec<Entry> = entries.iter().filter(|entry| pattern.takes(&entry.name)).cloned().collect();
        (want.kind, newest(options, want, context, &place, matching))
    };
    Ok(wants.iter().zip(&patterns).map(one).collect())
}

/// The newest set of one kind among the names that match its pattern.
fn newest(
    options: &Fetch,
    want: &Want,
    context: &Context<'_>,
    place: &str,
    matching: Vec<Entry>,
) -> Result<Set, FetchError> {
    let kind = want.kind;
    if matching.is_empty() && want.required {
        return Err(FetchError::NoMatch { kind, place: place.to_owned(), pattern: want.pattern.clone() });
    }
    let files = generation::newest_set(kind, matching)?;
    for file in &files {
        let (place, name) = (place.to_owned(), file.name.clone());
        if let Some(what) = file.shape.odd() {
            return Err(FetchError::NotAFile { kind, place, name, what });
        }
        if name.chars().any(|c| c.is_control() || c == char::REPLACEMENT_CHARACTER) {
            return Err(FetchError::BadName { kind, place, name });
        }
        young(options, kind, file, context.now)?;
    }
    Ok(Set { kind, files })
}

/// No older than `max_age`, by the time that its origin tells and by the latest moment that its name can mean.
fn young(options: &Fetch, kind: &'static str, file: &Entry, now: Timestamp) -> Result<(), FetchError> {
    let Some(limit) = options.max_age else { return Ok(()) };
    let named = generation(&file.name).map(|stamp| (stamp.latest_moment(), stamp.to_string()));
    let told = file.modified.map(|time| (time, time.to_string()));
    match told.into_iter().chain(named).find(|(made, _)| now.duration_since(*made) > limit.signed()) {
        Some((_, made)) => {
            Err(FetchError::TooOld { kind, name: file.name.clone(), made, hours: limit.duration().as_secs() / 3600 })
        }
        None => Ok(()),
    }
}

/// Sets that are one: of one generation, and no file in two of them.
fn together<'s>(options: &Fetch, sets: impl Iterator<Item = &'s Set>) -> Result<(), FetchError> {
    let (mut seen, mut names) = (std::collections::HashMap::new(), Vec::new());
    for set in sets {
        names.extend(set.files.first().map(|file| (set.kind, file.name.clone())));
        for file in &set.files {
            if let Some(a) = seen.insert(&file.name, set.kind) {
                return Err(FetchError::TwoKinds { name: file.name.clone(), a, b: set.kind });
            }
        }
    }
    generation::same_generation(&names, options.max_set_skew.signed())
}
