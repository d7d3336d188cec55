//! A file of a run, as it is read for a comparison.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use super::super::tally::{Tallied, drain, read_back};
use super::super::{Fault, PublishError};
use super::Run;

/// A file of a run; of a published one, what passes is hashed, and held against the manifest at the end.
pub struct Source {
    inner: Inner,
    run: PathBuf,
    name: String,
    sha256: String,
}

enum Inner {
    Checked(Tallied<File>),
    Trusted(File),
}

impl Source {
    /// Opens a file that the run lists; [`PublishError::Damaged`] where it does not.
    pub fn open(run: Run<'_>, name: &str) -> Result<Source, PublishError> {
        let missing = || PublishError::Damaged { run: run.folder.into(), faults: vec![Fault::Missing(name.into())] };
        let output = run.output(name).ok_or_else(missing)?;
        let path = run.folder.join(name);
        let file = File::open(&path).map_err(PublishError::io(&path, "read"))?;
        let inner = if run.check { Inner::Checked(Tallied::new(file)) } else { Inner::Trusted(file) };
        Ok(Source { inner, run: run.folder.into(), name: name.into(), sha256: output.sha256.clone() })
    }

    /// What is wrong with a file that does not read as what it should be: that it was damaged, if it was.
    pub fn refuse(&self, error: &csv::Error) -> PublishError {
        let path = self.run.join(&self.name);
        if matches!(self.inner, Inner::Checked(_)) {
            match read_back(&path) {
                Ok(seen) if seen.sha256 != self.sha256 => return self.damaged(),
                Err(source) => return PublishError::Io { path, doing: "read", source },
                Ok(_) => {}
            }
        }
        PublishError::Unreadable { path, reason: reason(error) }
    }

    /// Reads what is left, and holds the whole against the manifest.
    pub fn finish(self) -> Result<(), PublishError> {
        let damaged = self.damaged();
        let Inner::Checked(tallied) = self.inner else { return Ok(()) };
        let seen = drain(tallied).map_err(PublishError::io(&self.run.join(&self.name), "read"))?;
        if seen.sha256 == self.sha256 { Ok(()) } else { Err(damaged) }
    }

    fn damaged(&self) -> PublishError {
        PublishError::Damaged { run: self.run.clone(), faults: vec![Fault::Changed(self.name.clone())] }
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.inner {
            Inner::Checked(tallied) => tallied.read(buffer),
            Inner::Trusted(file) => file.read(buffer),
        }
    }
}

/// Why a CSV file could not be read, without its values.
fn reason(error: &csv::Error) -> String {
    match (error.kind(), error.position()) {
        (csv::ErrorKind::Io(source), _) => source.to_string(),
        (_, Some(position)) => format!("it is no CSV at line {}", position.line()),
        (_, None) => "it is no CSV".into(),
    }
}

/// An error of the content, as the reader of the CSV would raise it.
pub fn wrong(reason: impl Into<String>) -> csv::Error {
    io::Error::other(reason.into()).into()
}
