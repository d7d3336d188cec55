//! What the guards compare with: the published run, as its own files say. A run that was stopped is never it.

use std::fs::File;
use std::path::Path;

use super::manifest::{Manifest, Output};
use super::tally::{Tallied, drain};
use super::{Fault, PublishError, folder, lists};
use crate::stages::validate::guards::{Baseline, Table};

/// Reads the run that `TO/current` points to; `None` where nothing was published yet. The files are hashed as they
/// are read: a baseline that somebody cut short would let the next cut through, so it is [`PublishError::Damaged`].
pub fn load(to: &Path) -> Result<Option<Baseline>, PublishError> {
    let Some(run) = folder::current(to)? else { return Ok(None) };
    let manifest = Manifest::load(&run)?;
    let active = checked(&run, &manifest, "resolution.csv", active_persons)?;
    let table = match &manifest.users {
        Some(users) => Some(checked(&run, &manifest, &users.path, |csv| Table::read(csv, &users.layout))?),
        None => None,
    };
    Ok(Some(Baseline { run: manifest.run, active, segments: manifest.segments, table, origin: manifest.origin }))
}

/// The PersonNumbers of the active users, sorted.
fn active_persons(csv: &mut Tallied<File>) -> Result<Vec<Box<str>>, csv::Error> {
    const PERSON_NUMBER: usize = 0;
    const ACTIVE: usize = 2;
    const DISPOSITION: usize = 3;
    let mut rows = csv::Reader::from_reader(csv);
    if *rows.headers()? != lists::RESOLUTION[..] {
        return Err(std::io::Error::other("it has other columns").into());
    }
    let mut row = csv::StringRecord::new();
    let mut active = Vec::new();
    while rows.read_record(&mut row)? {
        // Emitted and not active are future hires and their like, where the pipeline emits them.
        if &row[DISPOSITION] == lists::EMITTED && &row[ACTIVE] == "true" {
            active.push(Box::from(&row[PERSON_NUMBER]));
        }
    }
    active.sort_unstable();
    Ok(active)
}

/// Reads a file of a run by `read`, and compares it with the manifest.
fn checked<T>(
    run: &Path,
    manifest: &Manifest,
    name: &str,
    read: impl FnOnce(&mut Tallied<File>) -> Result<T, csv::Error>,
) -> Result<T, PublishError> {
    let damaged = |fault| PublishError::Damaged { run: run.into(), faults: vec![fault] };
    let Some(Output { sha256, .. }) = manifest.output(name) else { return Err(damaged(Fault::Missing(name.into()))) };
    let path = run.join(name);
    let mut file = Tallied::new(File::open(&path).map_err(PublishError::io(&path, "read"))?);
    let content = read(&mut file);
    let seen = drain(file).map_err(PublishError::io(&path, "read"))?;
    if seen.sha256 != *sha256 {
        return Err(damaged(Fault::Changed(name.into())));
    }
    content.map_err(|e| PublishError::Unreadable { path, reason: reason(&e) })
}

/// Why a CSV file could not be read, without its values.
fn reason(error: &csv::Error) -> String {
    match (error.kind(), error.position()) {
        (csv::ErrorKind::Io(source), _) => source.to_string(),
        (_, Some(position)) => format!("it is no CSV at line {}", position.line()),
        (_, None) => "it is no CSV".into(),
    }
}
