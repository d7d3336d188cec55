//! A run's files onto a server: each under a temporary name, its size checked there, and only then renamed, in the order of
//! the outputs. Whoever reads the folder sees a whole file or the one before it. What the delivery before left there under
//! other names goes before the first rename (`former.rs`).

use std::fmt::Display;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use ssh2::{ErrorCode, OpenFlags, OpenType, Sftp};

use super::former::Former;
use super::record::{self, Delivered, Sent};
use super::{DeliveryError, FOLDER, seal};
use crate::openpgp::Addressee;
use crate::progress::Progress;
use crate::sftp::{Access, Connection, Door, Line, Live, Remote, Server, Surroundings, lost, retrying};
use crate::stages::publish::manifest::{Manifest, Output};
use crate::stages::publish::tally::Tallied;
use crate::stages::publish::{Publish, Published};

/// For the owner, who logs in, and the group, in which the importer may be; the server's own mask takes from it.
const MODE: i32 = 0o640;
/// libssh2 sends ahead within one call; a call must end within the timeout, on slow lines too.
const BUFFER_BYTES: usize = 256 * 1024;

/// What a run lends to its delivery.
pub struct Context<'a> {
    pub here: Surroundings<'a>,
    pub now: Timestamp,
    pub progress: &'a dyn Progress,
}

/// Sends a published run to where the pipeline says. Every file is held against the manifest as it is read; after an error
/// some may have arrived, each of them whole, and all are sent when it is repeated.
pub fn deliver(run: &Published, options: &Publish, context: &Context<'_>) -> Result<Delivered, DeliveryError> {
    let access = options.access().ok_or(DeliveryError::Nowhere)?;
    let manifest = Manifest::load(&run.path).map_err(|error| DeliveryError::Run(Box::new(error)))?;
    if manifest.recipients() != recipients(options, context.here.base)? {
        return Err(DeliveryError::OtherKeys(manifest.run));
    }
    let files = manifest.for_target();
    let to = access.remote.to_string();
    let names: Vec<&str> = files.iter().map(|file| name_of(file)).collect();
    let mut former = Former::of(run.to(), &to, &names);
    let line = Line::default();
    let sent = line.watched(context.here.stopped, || send(run, &files, &mut former, access, context, &line));
    let (host_key, files) = sent.map_err(|error| if (context.here.stopped)() { error.stopped() } else { error })?;
    let (run_name, at) = (manifest.run.clone(), context.now);
    let delivered = Delivered { run: run_name, at, to, host_key, files, removed: former.removed };
    record::add(run.to(), &delivered)?;
    Ok(delivered)
}

/// For whom the pipeline seals.
fn recipients(options: &Publish, base: &Path) -> Result<Vec<Addressee>, DeliveryError> {
    Ok(seal::unsigned(options, base)?.map(|seal| seal.recipients()).unwrap_or_default())
}

fn send(
    run: &Published,
    files: &[&Output],
    former: &mut Former,
    access: Access<'_>,
    context: &Context<'_>,
    line: &Line,
) -> Result<(Option<String>, Vec<Sent>), DeliveryError> {
    let bytes = files.iter().map(|file| file.bytes).sum();
    context.progress.begin("deliver", "bytes", Some(bytes));
    let mut connection = Connection::through(Door::new(access, context.here, line)?);
    let mut sent = Vec::new();
    for file in files {
        let path = run.path.join(&file.path);
        let mut upload = Upload { file, path, former: &mut *former, context, told: 0, old_is_gone: false };
        let arrived = retrying(access.retries, &context.here, DeliveryError::passes, || {
            connection.on(DeliveryError::passes, |live, door| upload.attempt(live, door))
        });
        arrived.map_err(|error| upload.failure(error))?;
        sent.push(Sent { name: name_of(file).to_owned(), sha256: file.sha256.clone(), bytes: file.bytes });
    }
    if !former.is_gone() {
        // A run without any file: there was none before whose rename they had to go.
        retrying(access.retries, &context.here, DeliveryError::passes, || {
            connection.on(DeliveryError::passes, |live, door| former.remove(live, door))
        })?;
    }
    let gone = if former.removed == 0 {
        String::new()
    } else {
        format!(", {} of the delivery before removed", former.removed)
    };
    context.progress.end(&format!("{} files, {bytes} bytes, to {}{gone}", sent.len(), access.remote));
    Ok((connection.host_key(), sent))
}

/// The name of a file at the target.
fn name_of(file: &Output) -> &str {
    file.path.strip_prefix(FOLDER).unwrap_or(&file.path)
}

/// One file on its way.
struct Upload<'a> {
    file: &'a Output,
    path: PathBuf,
    former: &'a mut Former,
    context: &'a Context<'a>,
    /// The bytes that the listener was told of by earlier attempts.
    told: u64,
    /// Whether an attempt removed the file that was there, and did not come to its end.
    old_is_gone: bool,
}

impl Upload<'_> {
    /// The name under which it is written. The same for the same bytes: what a killed attempt left is written over, and never
    /// more than that is left.
    fn part(&self) -> String {
        format!(".{}.part-{}", name_of(self.file), &self.file.sha256[..8])
    }

    fn attempt(&mut self, live: &Live, door: &Door<'_>) -> Result<(), DeliveryError> {
        let (name, part) = (name_of(self.file), door.remote.file(&self.part()));
        let mut is_all_there_is = false;
        let written = self.write(live, door, &part).and_then(|()| self.former.remove(live, door));
        let arrived = written.and_then(|()| {
            live.replace(&part, &door.remote.file(name)).map_err(|error| {
                is_all_there_is = error.removed;
                failed(live, door.remote, name, error)
            })
        });
        self.old_is_gone |= is_all_there_is;
        if !is_all_there_is && arrived.as_ref().is_err_and(|error| !matches!(error, DeliveryError::Server(_))) {
            // On a living connection nothing is left; what cannot be removed the next attempt writes over.
            let _ = live.sftp.unlink(&part);
        }
        arrived
    }

    /// What became of it after the last attempt.
    fn failure(&self, error: DeliveryError) -> DeliveryError {
        if !self.old_is_gone {
            return error;
        }
        let (name, part) = (name_of(self.file).to_owned(), self.part());
        DeliveryError::OldGone { source: Box::new(error), name, part, bytes: self.file.bytes }
    }

    /// Writes the file under its temporary name, and looks at it there.
    fn write(&mut self, live: &Live, door: &Door<'_>, part: &Path) -> Result<(), DeliveryError> {
        let name = name_of(self.file);
        let refused = |error: &dyn Display| failed(live, door.remote, name, error);
        let mut remote = create(&live.sftp, part).map_err(|error| refused(&error))?;
        if let Err(error) = self.copy(&mut remote, &refused) {
            if error.passes() {
                // Closing the file would wait for an answer that does not come.
                live.cut();
            }
            return Err(error);
        }
        // Not every server can promise that it is on the disk; all of them say whether it could be closed.
        let _ = remote.fsync();
        remote.close().map_err(|error| refused(&error))?;
        let found = live.sftp.lstat(part).map_err(|error| refused(&error))?.size;
        if found != Some(self.file.bytes) {
            let (place, name) = (door.remote.to_string(), name.to_owned());
            return Err(DeliveryError::NotWhole { place, name, bytes: self.file.bytes, found });
        }
        Ok(())
    }

    /// Copies the file as it is read from the disk; one that is not what the manifest says is not to be sent.
    fn copy(
        &mut self,
        remote: &mut ssh2::File,
        refused: &dyn Fn(&dyn Display) -> DeliveryError,
    ) -> Result<(), DeliveryError> {
        let unreadable = |source| DeliveryError::Local { path: self.path.clone(), doing: "read", source };
        let mut local = Tallied::new(File::open(&self.path).map_err(unreadable)?);
        let (mut buffer, mut read) = (vec![0; BUFFER_BYTES], 0);
        loop {
            let filled = local.read(&mut buffer).map_err(unreadable)?;
            if filled == 0 {
                break;
            }
            if (self.context.here.stopped)() {
                return Err(DeliveryError::Stopped);
            }
            remote.write_all(&buffer[..filled]).map_err(|error| refused(&error))?;
            read += filled as u64;
            self.context.progress.advance(read.saturating_sub(self.told));
            self.told = read.max(self.told);
        }
        let (_, seen) = local.finish();
        let same = (seen.bytes, &seen.sha256) == (self.file.bytes, &self.file.sha256);
        if same { Ok(()) } else { Err(DeliveryError::Changed(self.path.clone())) }
    }
}

fn create(sftp: &Sftp, path: &Path) -> Result<ssh2::File, ssh2::Error> {
    let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::TRUNCATE;
    sftp.open_mode(path, flags, MODE, OpenType::File)
}

/// What went wrong on the server: a connection that answers was refused something, one that does not is lost.
fn failed(live: &Live, remote: &Remote, name: &str, error: impl Display) -> DeliveryError {
    if answers(live, remote) {
        DeliveryError::Refused { place: remote.to_string(), name: name.to_owned(), reason: error.to_string() }
    } else {
        lost(remote, &format!("\"{name}\" was sent"), error).into()
    }
}

/// Whether the server still answers, whatever the answer.
pub(super) fn answers(live: &Live, remote: &Remote) -> bool {
    let looked = live.sftp.lstat(Path::new(remote.path())).map_err(|error| error.code());
    matches!(looked, Ok(_) | Err(ErrorCode::SFTP(_)))
}

/// What `hcmsync check` learns of the place that a run is sent to.
pub struct Probe {
    pub server: Server,
    pub place: String,
}

/// Looks whether a run could be sent: is the server known, does it let us in, can a file be made, renamed and removed in the
/// folder? None where the pipeline sends nothing.
pub fn probe(options: &Publish, here: Surroundings<'_>) -> Result<Option<Probe>, DeliveryError> {
    let Some(access) = options.access() else { return Ok(None) };
    let line = Line::default();
    line.watched(here.stopped, || {
        let server = Door::new(access, here, &line)?.look()?;
        let mut connection = Connection::through(Door::new(access, here, &line)?);
        connection.on(DeliveryError::passes, try_a_file)?;
        Ok(Some(Probe { server, place: access.remote.to_string() }))
    })
}

/// A file on the way of all files, and away again.
fn try_a_file(live: &Live, door: &Door<'_>) -> Result<(), DeliveryError> {
    const PART: &str = ".hcmsync.part-check";
    let (part, path) = (door.remote.file(PART), door.remote.file(".hcmsync.check"));
    let refused = |error: &dyn Display| failed(live, door.remote, PART, error);
    create(&live.sftp, &part).and_then(|mut file| file.close()).map_err(|error| refused(&error))?;
    let renamed = live.replace(&part, &path).map_err(|error| refused(&error));
    let removed = live.sftp.unlink(if renamed.is_ok() { &path } else { &part });
    renamed.and(removed.map_err(|error| refused(&error)))
}
