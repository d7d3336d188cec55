//! A run against its manifest: every file is read again, counted and hashed (promise 13). Publishing does it to what
//! it staged, before anybody sees it; `hcmsync verify RUN` does it whenever somebody asks.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rayon::prelude::*;
use serde::Serialize;

use super::manifest::{self, Manifest, Output};
use super::tally::read_back;
use super::{PublishError, folder, lists};

/// A run that is as its manifest says.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    pub run: String,
    pub files: usize,
    pub bytes: u64,
}

/// One thing that is not as the manifest says; paths are relative to the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    Missing(String),
    Extra(String),
    Size { path: String, expected: u64, found: u64 },
    Changed(String),
    Rows { path: String, expected: u64, found: u64 },
    Mode { path: String, mode: u32 },
    Manifest,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Missing(path) => write!(f, "{path} is missing"),
            Fault::Extra(path) => write!(f, "{path} does not belong here"),
            Fault::Size { path, expected, found } => write!(f, "{path} has {found} bytes, not {expected}"),
            Fault::Changed(path) => write!(f, "{path} has other content"),
            Fault::Rows { path, expected, found } => write!(f, "{path} has {found} rows, not {expected}"),
            Fault::Mode { path, mode } => write!(f, "{path} has mode {mode:03o}"),
            Fault::Manifest => write!(f, "{} has other content", manifest::FILE),
        }
    }
}

/// Verifies a published run (a folder, or the link `current`). [`PublishError::Damaged`] names every fault.
pub fn verify(run: &Path) -> Result<Verified, PublishError> {
    let run = folder::named(run)?;
    let manifest = Manifest::load(&run)?;
    let faults = compare(&run, &manifest)?;
    if !faults.is_empty() {
        return Err(PublishError::Damaged { run, faults });
    }
    let bytes = manifest.outputs.iter().map(|output| output.bytes).sum();
    Ok(Verified { run: manifest.run, files: manifest.outputs.len(), bytes })
}

/// All that is not as `manifest` says, by path.
pub(super) fn compare(run: &Path, manifest: &Manifest) -> Result<Vec<Fault>, PublishError> {
    let mut found = BTreeSet::new();
    let mut faults = Vec::new();
    walk(run, "", &mut found, &mut faults).map_err(PublishError::io(run, "read"))?;
    let known: BTreeSet<&str> =
        manifest.outputs.iter().map(|output| output.path.as_str()).chain([manifest::FILE]).collect();
    faults.extend(found.iter().filter(|path| !known.contains(path.as_str())).cloned().map(Fault::Extra));
    faults.extend(known.iter().filter(|path| !found.contains(**path)).map(|path| Fault::Missing((*path).into())));
    let there: Vec<&Output> = manifest.outputs.iter().filter(|output| found.contains(&output.path)).collect();
    let contents: Result<Vec<_>, PublishError> = there.par_iter().map(|output| content(run, output)).collect();
    faults.extend(contents?.into_iter().flatten());
    Ok(faults)
}

/// Collects the regular files below `folder`, and the modes that others can use; a link is never followed.
fn walk(run: &Path, folder: &str, files: &mut BTreeSet<String>, faults: &mut Vec<Fault>) -> io::Result<()> {
    let mode = fs::symlink_metadata(run.join(folder))?.mode() & 0o7777;
    if mode != 0o700 {
        faults.push(Fault::Mode { path: if folder.is_empty() { "the run".into() } else { folder.into() }, mode });
    }
    let mut entries = fs::read_dir(run.join(folder))?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        let about = fs::symlink_metadata(entry.path())?;
        if about.is_dir() {
            walk(run, &path, files, faults)?;
        } else if about.is_file() {
            if about.mode() & 0o7777 != 0o600 {
                faults.push(Fault::Mode { path: path.clone(), mode: about.mode() & 0o7777 });
            }
            files.insert(path);
        } else {
            faults.push(Fault::Extra(path));
        }
    }
    Ok(())
}

/// The first thing that is wrong with the content of a file.
fn content(run: &Path, output: &Output) -> Result<Option<Fault>, PublishError> {
    let path = run.join(&output.path);
    let seen = read_back(&path).map_err(PublishError::io(&path, "read back"))?;
    let name = output.path.clone();
    if seen.bytes != output.bytes {
        return Ok(Some(Fault::Size { path: name, expected: output.bytes, found: seen.bytes }));
    }
    if seen.sha256 != output.sha256 {
        return Ok(Some(Fault::Changed(name)));
    }
    if let (Some(rows), Some(headers)) = (output.rows, output.headers)
        && seen.records != rows + headers
    {
        return Ok(Some(Fault::Rows { path: name, expected: rows, found: seen.records.saturating_sub(headers) }));
    }
    Ok(None)
}

/// Whether the run that is there already holds what this one would publish. The reports and the manifest tell of
/// the run itself (what changed since the last one, say) and may differ, as do sealed files; all else may not
/// (`pipeline.md` section 3).
pub(super) fn same(there: &Path, manifest: &Manifest) -> Result<bool, PublishError> {
    if !folder::is_folder(there) {
        return Err(PublishError::InTheWay(there.into(), "a run"));
    }
    verify(there)?;
    let old = Manifest::load(there)?;
    let is_data = |output: &&Output| !lists::is_of_this_run_alone(&output.path);
    let data = |output: &Output| (output.path.clone(), output.sha256.clone());
    let (there, new) = (old.outputs.iter().filter(is_data), manifest.outputs.iter().filter(is_data));
    Ok(there.map(data).eq(new.map(data)))
}
