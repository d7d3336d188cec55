//! The layout of the target folder: `runs/<name>/`, `current -> runs/<name>`, and hidden names for what is not
//! finished. Each step here is one that a killed process may stop after: see `pipeline.md` section 3 and promise 14.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, symlink};
use std::path::{Component, Path, PathBuf};

use jiff::civil::Date;
use tempfile::Builder;

use super::manifest::{self, Manifest, Output};
use super::tally::digest;
use super::{Fault, PublishError};

/// Hidden names of what a killed run leaves; removed by the next one.
pub(super) const STAGING: &str = ".staging-";
const PRUNED: &str = ".pruned-";
const SWITCH: &str = ".current-";

/// The name of a run: the as-of date and a short id of its input, its pipeline, its `outputs`, for whom they are sealed, and
/// what it was allowed, so that the same bytes have the same name, and other bytes (of a newer version, say) another. A run
/// that was allowed something is never taken for one that was not, whose manifest does not say so.
pub fn run_name(as_of: Date, manifest: &Manifest, outputs: &[Output], sealed_for: &[String]) -> String {
    let as_of_text = as_of.to_string();
    let origin = [as_of_text.as_str(), &manifest.input_hash, &manifest.pipeline.sha256];
    let contents = outputs.iter().flat_map(|output| [output.path.as_str(), output.sha256.as_str()]);
    let more = sealed_for.iter().chain(&manifest.allowed).map(String::as_str);
    let id = digest(origin.into_iter().chain(contents).chain(more));
    format!("{as_of}-{}", &id[..8])
}

/// The run that `TO/current` points to, or `None` where nothing was published yet.
/// Fails where `current` is something else than a link to a run that is there.
pub fn current(to: &Path) -> Result<Option<PathBuf>, PublishError> {
    let link = to.join("current");
    let target = match fs::read_link(&link) {
        Ok(target) => target,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(_) => return Err(PublishError::InTheWay(link, "a symbolic link to a run")),
    };
    let mut parts = target.components();
    match (parts.next(), parts.next(), parts.next()) {
        (Some(Component::Normal(runs)), Some(Component::Normal(_)), None) if runs == "runs" => {}
        _ => return Err(PublishError::InTheWay(link, "a symbolic link to a run")),
    }
    let run = to.join(target);
    if !is_folder(&run) {
        return Err(PublishError::InTheWay(link, "a symbolic link to a run that is there"));
    }
    Ok(Some(run))
}

/// The folder of a run that somebody names: itself, or a link to it as `TO/current` is.
pub(super) fn named(run: &Path) -> Result<PathBuf, PublishError> {
    let refused = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => PublishError::NoRun(run.into()),
        _ => PublishError::io(run, "read")(error),
    };
    let path = fs::canonicalize(run).map_err(refused)?;
    match fs::symlink_metadata(path.join(manifest::FILE)) {
        Ok(_) => Ok(path),
        Err(error) => match refused(error) {
            // Among the runs there is nothing else: somebody took its manifest away.
            PublishError::NoRun(_) if path.parent().is_some_and(|runs| runs.ends_with("runs")) && is_folder(&path) => {
                Err(PublishError::Damaged { run: path, faults: vec![Fault::Missing(manifest::FILE.into())] })
            }
            error => Err(error),
        },
    }
}

/// Points `TO/current` at `runs/<name>` by one rename: a reader sees the old run or the new one (promise 14).
pub(super) fn switch(to: &Path, name: &str) -> Result<(), PublishError> {
    let link = to.join("current");
    let target = Path::new("runs").join(name);
    match fs::symlink_metadata(&link) {
        Ok(found) if !found.is_symlink() => return Err(PublishError::InTheWay(link, "a symbolic link to a run")),
        Ok(_) if fs::read_link(&link).is_ok_and(|old| old == target) => {}
        _ => {
            let made = Builder::new().prefix(SWITCH).make_in(to, |path| symlink(&target, path));
            let fresh = made.map_err(PublishError::io(&link, "written"))?.into_temp_path();
            fresh.persist(&link).map_err(|e| PublishError::Io { path: link, doing: "switched", source: e.error })?;
        }
    }
    sync(to).map_err(|source| PublishError::Settle(target, source))
}

/// Creates `path` and what is missing above it, 0700 whatever the umask, each entry made durable. An existing folder is
/// left as it is. Returns what was created, the innermost first.
pub(super) fn create(path: &Path) -> Result<Vec<PathBuf>, PublishError> {
    if path.is_dir() {
        return Ok(Vec::new());
    }
    let above = match path.parent() {
        Some(above) if above != Path::new("") => above,
        _ => Path::new("."),
    };
    let mut created = create(above)?;
    match DirBuilder::new().mode(0o700).create(path) {
        // Two files of a run that are written side by side share a folder.
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => return Ok(created),
        made => made.and_then(|()| restrict(path)).and_then(|()| sync(above)),
    }
    .map_err(PublishError::io(path, "created"))?;
    created.insert(0, path.into());
    Ok(created)
}

/// As [`create`], for a folder that is the product's own: a symbolic link is refused, and the mode is set anew.
pub(super) fn create_own(path: &Path) -> Result<Vec<PathBuf>, PublishError> {
    let created = create(path)?;
    if !is_folder(path) {
        return Err(PublishError::InTheWay(path.into(), "a folder"));
    }
    restrict(path).map_err(PublishError::io(path, "made private"))?;
    Ok(created)
}

/// Mode 0700, also where the umask would have taken even the owner's bits.
pub(super) fn restrict(folder: &Path) -> io::Result<()> {
    fs::set_permissions(folder, Permissions::from_mode(0o700))
}

/// Makes the entries of a folder durable.
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Removes what killed runs left. The lock is held: nobody is at work on it.
pub(super) fn clean(to: &Path) -> Result<(), PublishError> {
    let runs = to.join("runs");
    remove_all(to, SWITCH)?;
    remove_all(&runs, STAGING)?;
    // What is left of an old run keeps nobody from publishing a new one: pruning tries once more, and says so.
    let _ = remove_all(&runs, PRUNED);
    Ok(())
}

/// Removes all that bears hidden names of a kind.
fn remove_all(folder: &Path, prefix: &str) -> Result<(), PublishError> {
    let hidden = names(folder)?.into_iter().filter(|name| name.starts_with(prefix));
    hidden.map(|name| remove(&folder.join(name))).fold(Ok(()), Result::and)
}

fn remove(path: &Path) -> Result<(), PublishError> {
    let removed = if is_folder(path) { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.map_err(PublishError::io(path, "removed"))
}

/// The published runs in the order in which they were published, oldest first; none where the folder has none.
pub(super) fn runs(to: &Path) -> Result<Vec<String>, PublishError> {
    let runs = to.join("runs");
    if !is_folder(&runs) {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for name in names(&runs)? {
        let path = runs.join(&name);
        if !name.starts_with('.') && is_folder(&path) {
            let written = fs::symlink_metadata(&path).and_then(|about| about.modified());
            found.push((written.map_err(PublishError::io(&path, "read"))?, name));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, name)| name).collect())
}

/// Removes the oldest runs until `keep` are left, never the one called `keeper`, and what is left of earlier ones. A run is
/// renamed before it is removed: it is there as a whole, or not at all. Returns the names of the removed; where one cannot be
/// removed, the others are.
pub(super) fn prune(to: &Path, keep: u32, keeper: &str) -> Result<Vec<String>, PublishError> {
    let folder = to.join("runs");
    let others: Vec<String> = runs(to)?.into_iter().filter(|name| name != keeper).collect();
    let surplus = (others.len() + 1).saturating_sub(keep.max(1) as usize);
    let (mut removed, mut result) = (Vec::new(), remove_all(&folder, PRUNED));
    for name in others.into_iter().take(surplus) {
        let (path, hidden) = (folder.join(&name), folder.join(format!("{PRUNED}{name}")));
        let renamed = fs::rename(&path, &hidden).map_err(PublishError::io(&path, "removed"));
        result = result.and(renamed.and_then(|()| remove(&hidden)));
        removed.push(name);
    }
    result.map(|()| removed)
}

/// The names in a folder; one that is not UTF-8 is not ours.
fn names(folder: &Path) -> Result<Vec<String>, PublishError> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let entries = entries.map_err(PublishError::io(folder, "read"))?;
    Ok(entries.into_iter().filter_map(|entry| entry.file_name().into_string().ok()).collect())
}

/// Whether this is a folder, and no link to one.
pub(super) fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
}
