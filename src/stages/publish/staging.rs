//! A run in the making: a hidden folder beside the published runs, which becomes one of them by one rename or is
//! removed. What is added is hashed on its way to the disk; what is committed was read back first.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

use rayon::prelude::*;
use tempfile::TempDir;

use super::folder::{self, STAGING};
use super::manifest::{self, Manifest, Output};
use super::parts::{Begun, Disk, Settling};
use super::{Lock, PublishError, compare, delivery, lists, verify};
use crate::openpgp::Seal;
use crate::stages::map::{FieldLineage, Part};

/// Writes the content of a file, or a part of it, and returns the number of its rows, headers not counted (0 for what has
/// none).
pub type Content<'a> = Box<dyn FnOnce(&mut (dyn Write + Send + Sync)) -> io::Result<u64> + Send + 'a>;

/// A file that a run leaves.
pub struct Artifact<'a> {
    /// Relative to the run: `users.csv`, `rejects/person.csv`.
    pub path: String,
    /// How many rows this must have, where the caller knows: another number is an error.
    pub rows: Option<u64>,
    /// For CSV, the records before the first row: its records are then counted on reading back. `None` for anything else.
    pub headers: Option<u64>,
    pub write: Content<'a>,
}

/// A run in the making. Dropped without [`Staging::commit`], it is gone.
pub struct Staging {
    // Removed before the lock is given back: fields drop in this order.
    folder: TempDir,
    made: Made,
    /// Files of which more is to come, in the order in which they were begun.
    begun: Vec<Begun>,
    written: Vec<Output>,
    disk: Disk,
    /// Those of them that the disk may not have yet.
    settling: Vec<Settling>,
    /// What the outputs are sealed with when they are published.
    seal: Option<Seal>,
    to: PathBuf,
    lock: Lock,
}

/// What there was not before the stage was opened, in the order in which it can be removed.
struct Made {
    paths: Vec<PathBuf>,
    /// Whether it goes with the stage.
    goes: bool,
}

impl Drop for Made {
    fn drop(&mut self) {
        for path in self.paths.iter().filter(|_| self.goes) {
            // A folder in which something is by now stays, and is no worse for it.
            let _ = if folder::is_folder(path) { fs::remove_dir(path) } else { fs::remove_file(path) };
        }
    }
}

/// A file after a part of it was written.
enum Progressed {
    Begun(Begun),
    Whole(Output, Settling),
}

/// A run that consumers see. Holds the lock until it is dropped.
pub struct Published {
    /// `TO/runs/<name>`.
    pub path: PathBuf,
    /// Whether the same content had been published before, and was kept.
    pub kept: bool,
    to: PathBuf,
    name: String,
    _lock: Lock,
}

impl Staging {
    /// Creates what is missing of the target, takes its lock, removes what killed runs left, and opens a new stage.
    /// Called before the work: a target that cannot be written fails here.
    pub fn begin(to: &Path) -> Result<Staging, PublishError> {
        let mut made = folder::create(to)?;
        let has_lock = to.join(Lock::FILE).exists();
        let lock = Lock::take(to)?;
        let runs = to.join("runs");
        if !has_lock {
            made.insert(0, to.join(Lock::FILE));
        }
        made.splice(0..0, folder::create_own(&runs)?);
        let made = Made { paths: made, goes: false };
        folder::clean(to)?;
        let stage =
            tempfile::Builder::new().prefix(STAGING).permissions(Permissions::from_mode(0o700)).tempdir_in(&runs);
        let stage = stage.map_err(PublishError::io(&runs, "written to"))?;
        folder::restrict(stage.path()).map_err(PublishError::io(stage.path(), "made private"))?;
        let (begun, written, disk, settling) = (Vec::new(), Vec::new(), Disk::default(), Vec::new());
        Ok(Staging { folder: stage, made, begun, written, disk, settling, seal: None, to: to.into(), lock })
    }

    /// For a stage that is never committed: with it goes whatever of the target was not there before.
    pub fn leaving_nothing(mut self) -> Staging {
        self.made.goes = true;
        self
    }

    /// For a stage whose outputs are sealed before they are sent.
    pub fn sealing(mut self, seal: Option<Seal>) -> Staging {
        self.seal = seal;
        self
    }

    /// For whom and by whom the outputs are sealed; nobody where they are not.
    pub fn sealed_for(&self) -> Vec<String> {
        self.seal.as_ref().map(delivery::sealed_for).unwrap_or_default()
    }

    /// Writes one file, 0600. After an error the stage is of no more use.
    pub fn add(&mut self, artifact: Artifact<'_>) -> Result<&Output, PublishError> {
        self.add_all(vec![artifact])?;
        Ok(&self.written[self.written.len() - 1])
    }

    /// Writes several files, side by side. Of several errors the first in their order is told.
    pub fn add_all(&mut self, artifacts: Vec<Artifact<'_>>) -> Result<(), PublishError> {
        self.add_parts(artifacts, true)
    }

    /// As [`Staging::add_all`], where a file may come in parts, one after the other; with the `last` of them all are whole.
    pub fn add_parts(&mut self, artifacts: Vec<Artifact<'_>>, last: bool) -> Result<(), PublishError> {
        let (folder, disk) = (self.folder.path(), &self.disk);
        let mut begun = std::mem::take(&mut self.begun);
        let goes_on = |artifact: &Artifact<'_>| {
            let place = begun.iter().position(|file| file.path() == artifact.path);
            place.map(|place| begun.remove(place))
        };
        let parts: Vec<_> = artifacts.iter().map(goes_on).collect();
        let write = |(begun, artifact): (Option<Begun>, Artifact<'_>)| {
            check_name(&artifact.path)?;
            let begun = begun.map_or_else(|| Begun::new(folder, &artifact), Ok)?.go_on(artifact)?;
            if last {
                begun.end(disk).map(|(output, settling)| Progressed::Whole(output, settling))
            } else {
                Ok(Progressed::Begun(begun))
            }
        };
        // One at a time: that two large ones are not taken for one task.
        let files = parts.into_par_iter().zip(artifacts.into_par_iter()).with_max_len(1);
        let written: Vec<Result<Progressed, PublishError>> = files.map(write).collect();
        for file in written {
            match file? {
                Progressed::Begun(file) => self.begun.push(file),
                Progressed::Whole(file, settling) => {
                    self.written.push(file);
                    self.settling.push(settling);
                }
            }
        }
        Ok(())
    }

    /// How much there is of a file yet.
    pub fn part(&self, path: &str, is_last: bool) -> Part {
        let begun = self.begun.iter().find(|file| file.path() == path);
        Part { before: begun.map(Begun::rows), is_last }
    }

    /// Where a file that was added can be read, for the comparison with the last run.
    pub fn path(&self, output: &Output) -> PathBuf {
        self.folder.path().join(&output.path)
    }

    /// The folder that the run is to be published to.
    pub fn to(&self) -> &Path {
        &self.to
    }

    /// What is staged as a run that another one can be compared with; nothing but this process has touched it.
    pub fn as_run<'a>(&'a self, manifest: &'a Manifest) -> compare::Run<'a> {
        compare::Run { folder: self.folder.path(), manifest, outputs: &self.written, check: false }
    }

    /// The files that were added, in that order.
    pub fn written(&self) -> &[Output] {
        &self.written
    }

    /// Says what the fields of files that were added are made of, by the paths of the files.
    pub fn describe(&mut self, mut made_of: BTreeMap<String, Vec<FieldLineage>>) {
        for output in &mut self.written {
            output.fields = made_of.remove(&output.path).unwrap_or_default();
        }
    }

    /// Publishes: adds the manifest, reads everything back, and makes it the run `name` and the current one.
    /// The same content under the same name is kept as it is; other content is [`PublishError::Differs`].
    pub fn commit(mut self, name: &str, mut manifest: Manifest) -> Result<Published, PublishError> {
        check_plain(name)?;
        self.pack(&mut manifest)?;
        self.written.sort_by(|a, b| a.path.cmp(&b.path));
        manifest.run = name.into();
        manifest.outputs = std::mem::take(&mut self.written);
        self.read_back(&manifest)?;
        self.settling.drain(..).try_for_each(Settling::wait)?;
        let runs = self.to.join("runs");
        let path = runs.join(name);
        let kept = fs::symlink_metadata(&path).is_ok();
        if kept {
            if !verify::same(&path, &manifest)? {
                return Err(PublishError::Differs(path));
            }
        } else {
            sync_all(self.folder.path()).map_err(PublishError::io(self.folder.path(), "made durable"))?;
            fs::rename(self.folder.path(), &path).map_err(PublishError::io(&path, "published"))?;
            self.folder.disable_cleanup(true);
        }
        folder::sync(&runs).map_err(PublishError::io(&runs, "made durable"))?;
        folder::switch(&self.to, name)?;
        let Staging { to, lock, .. } = self;
        Ok(Published { path, kept, to, name: name.into(), _lock: lock })
    }

    /// Adds a sealed file for every output, and says in the manifest what is to be sent, in the order of the outputs.
    fn pack(&mut self, manifest: &mut Manifest) -> Result<(), PublishError> {
        let Some(about) = &mut manifest.delivery else { return Ok(()) };
        let outputs = self.written.iter().map(|output| &output.path).filter(|path| !lists::is_of_the_run(path));
        about.files = outputs.cloned().collect();
        let Some(seal) = self.seal.take() else { return Ok(()) };
        let folder = self.folder.path().to_path_buf();
        let sealed = delivery::pack(&seal, &folder, &about.files);
        about.files = sealed.iter().map(|artifact| artifact.path.clone()).collect();
        (about.recipients, about.signer) = (seal.recipients(), seal.signer());
        self.add_all(sealed)
    }

    /// Adds the manifest, then reads it and every file again.
    fn read_back(&mut self, manifest: &Manifest) -> Result<(), PublishError> {
        self.add(Artifact {
            path: manifest::FILE.into(),
            rows: None,
            headers: None,
            write: Box::new(|out| {
                serde_json::to_writer_pretty(&mut *out, manifest)?;
                out.write_all(b"\n")?;
                Ok(0)
            }),
        })?;
        let run = self.folder.path();
        let mut faults = verify::compare(run, manifest)?;
        if Manifest::load(run)? != *manifest {
            faults.push(verify::Fault::Manifest);
        }
        if faults.is_empty() { Ok(()) } else { Err(PublishError::ReadBack { run: run.into(), faults }) }
    }
}

impl Published {
    /// A run that was published before, to be sent once more: with the lock of its folder, and as its manifest says.
    pub fn open(run: &Path) -> Result<Published, PublishError> {
        let path = folder::named(run)?;
        let place = path.parent().filter(|runs| runs.ends_with("runs")).and_then(Path::parent).zip(path.file_name());
        let Some((to, name)) = place else { return Err(PublishError::NoRun(path)) };
        let (to, name) = (to.to_path_buf(), name.to_string_lossy().into_owned());
        let lock = Lock::take(&to)?;
        verify(&path)?;
        Ok(Published { path, kept: true, to, name, _lock: lock })
    }

    /// The folder that it is published to.
    pub fn to(&self) -> &Path {
        &self.to
    }

    /// Removes the oldest runs until `keep_runs` are left, this one included. Returns the names of the removed.
    pub fn prune(&self, keep_runs: u32) -> Result<Vec<String>, PublishError> {
        folder::prune(&self.to, keep_runs, &self.name)
    }
}

/// As [`check_name`], without a folder.
pub(super) fn check_plain(name: &str) -> Result<(), PublishError> {
    if name.contains('/') { Err(PublishError::BadName(name.into())) } else { check_name(name) }
}

/// Relative, nothing but plain parts, none of them hidden.
fn check_name(path: &str) -> Result<(), PublishError> {
    let plain =
        |part: Component<'_>| matches!(part, Component::Normal(name) if !name.as_encoded_bytes().starts_with(b"."));
    let well_formed = !path.is_empty() && !path.ends_with('/') && !path.contains(['\0', '\\']) && !path.contains("//");
    if well_formed && Path::new(path).components().all(plain) {
        Ok(())
    } else {
        Err(PublishError::BadName(path.into()))
    }
}

/// Makes the entries of a folder and of those below durable; the files are already.
fn sync_all(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_all(&entry.path())?;
        }
    }
    folder::sync(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside_the_run() {
        for good in ["users.csv", "rejects/person.csv", "2026-11-20-0a1b2c3d", "ü ß.csv"] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        for bad in ["", "/etc/passwd", "../x", "a/../b", ".hidden", "a/.b", "a/", "a//b", "a\\b", "a\0b", "./a"] {
            assert!(matches!(check_name(bad), Err(PublishError::BadName(_))), "{bad:?}");
        }
    }
}
