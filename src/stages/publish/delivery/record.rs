//! `TO/deliveries.jsonl`: a line for every delivery, after the last file of it arrived. It stands beside the runs and not
//! in them: a published run is never changed. Lines are only ever added, and outlive the runs that they are about.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use jiff::Timestamp;
use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};

use super::DeliveryError;

const FILE: &str = "deliveries.jsonl";

/// A run that was delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivered {
    /// The name of the run.
    pub run: String,
    /// When its delivery began.
    pub at: Timestamp,
    /// The folder on the server, `sftp://user@host:port/path`.
    pub to: String,
    /// The host key of the server, `SHA256:…`.
    pub host_key: Option<String>,
    /// The files in the order in which they arrived.
    pub files: Vec<Sent>,
    /// How many files of the delivery before were removed, which the run does not have.
    #[serde(default)]
    pub removed: u64,
}

/// A file that arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    pub name: String,
    pub sha256: String,
    pub bytes: u64,
}

/// All that was ever delivered of the runs of a folder, the latest last; a line that cannot be read tells of nothing.
pub fn delivered(to: &Path) -> Vec<Delivered> {
    let text = fs::read_to_string(to.join(FILE)).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Adds a delivery.
pub(super) fn add(to: &Path, delivered: &Delivered) -> Result<(), DeliveryError> {
    let path = to.join(FILE);
    let nofollow = OFlags::NOFOLLOW.bits() as i32;
    let write = || -> io::Result<()> {
        let mut options = OpenOptions::new();
        let mut file = options.read(true).append(true).create(true).mode(0o600).custom_flags(nofollow).open(&path)?;
        let mut line = serde_json::to_string(delivered)? + "\n";
        // What a power failure cut short is a line of its own.
        if ends_within_a_line(&mut file)? {
            line.insert(0, '\n');
        }
        file.write_all(line.as_bytes())?;
        file.sync_all()
    };
    write().map_err(|source| DeliveryError::Local {
        path: path.clone(),
        doing: "written, though all files arrived",
        source,
    })
}

fn ends_within_a_line(file: &mut fs::File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_added_and_what_was_cut_short_is_passed_over() {
        let home = tempfile::tempdir().unwrap();
        let of = |run: &str| Delivered {
            run: run.into(),
            at: Timestamp::UNIX_EPOCH,
            to: "sftp://a@h:22/in".into(),
            host_key: None,
            files: vec![Sent { name: "users.csv".into(), sha256: "0".into(), bytes: 1 }],
            removed: 0,
        };
        assert_eq!(delivered(home.path()), []);
        add(home.path(), &of("one")).unwrap();
        let path = home.path().join(FILE);
        let whole = fs::read_to_string(&path).unwrap();
        // As an earlier version wrote it.
        let whole = whole.replace(",\"removed\":0", "");
        fs::write(&path, format!("{whole}{{\"run\":\"tw")).unwrap();
        add(home.path(), &of("three")).unwrap();
        assert_eq!(delivered(home.path()), [of("one"), of("three")]);
    }
}
