//! What the delivery before left at the target under names that this run does not have: numbered files are fewer where there
//! are fewer users, and an importer would take the old ones after the new, with people as they were.

use std::path::Path;

use super::{DeliveryError, record, upload};
use crate::sftp::{Door, Live, lost};
use crate::stages::publish::staging::check_plain;

/// The files of the delivery before that are to go, and how many went.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Former {
    /// The first to go stands last.
    names: Vec<String>,
    pub removed: u64,
}

impl Former {
    /// What the last delivery to this address put there, by our own record beside the runs, but for the names of `now`.
    pub fn of(runs: &Path, address: &str, now: &[&str]) -> Former {
        let last = record::delivered(runs).into_iter().rfind(|delivered| delivered.to == address);
        let put_there = last.into_iter().flat_map(|delivered| delivered.files).map(|file| file.name);
        // A name that is none of an output was not put there by us, whatever the record says.
        let is_old = |name: &String| !now.contains(&name.as_str()) && check_plain(name).is_ok();
        let mut names: Vec<String> = put_there.filter(is_old).collect();
        names.reverse();
        Former { names, removed: 0 }
    }

    /// Whether nothing is left to remove.
    pub fn is_gone(&self) -> bool {
        self.names.is_empty()
    }

    /// Removes them, and is then done with for all attempts; one that is gone already is as well.
    pub fn remove(&mut self, live: &Live, door: &Door<'_>) -> Result<(), DeliveryError> {
        while let Some(name) = self.names.last() {
            match live.remove(&door.remote.file(name)) {
                Ok(was_there) => self.removed += u64::from(was_there),
                Err(error) if upload::answers(live, door.remote) => {
                    let (place, name) = (door.remote.to_string(), name.clone());
                    return Err(DeliveryError::Former { place, name, reason: error.to_string() });
                }
                Err(error) => return Err(lost(door.remote, &format!("\"{name}\" was removed"), error).into()),
            }
            self.names.pop();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::stages::publish::delivery::{Delivered, Sent};

    #[test]
    fn only_our_own_names_of_the_last_delivery_to_the_address_go() {
        let home = tempfile::tempdir().unwrap();
        let put = |to: &str, names: &[&str]| {
            let sent = |name: &&str| Sent { name: (*name).to_owned(), sha256: "0".into(), bytes: 1 };
            let files = names.iter().map(sent).collect();
            let (run, at, to) = ("one".into(), Timestamp::UNIX_EPOCH, to.into());
            record::add(home.path(), &Delivered { run, at, to, host_key: None, files, removed: 0 }).unwrap();
        };
        let old = |to: &str, now: &[&str]| {
            let names = Former::of(home.path(), to, now).names;
            names.into_iter().rev().collect::<Vec<_>>()
        };
        assert_eq!(old("here", &["u-1"]), [""; 0], "nothing was ever sent");
        put("here", &["u-1", "u-2", "u-3", "u-4", "u-5"]);
        put("here", &["u-1", "u-2", "u-3", "u-4"]);
        put("there", &["u-1", "v-1"]);
        assert_eq!(old("here", &["u-1", "u-2"]), ["u-3", "u-4"]);
        assert_eq!(old("here", &["u-1", "u-2", "u-3", "u-4"]), [""; 0], "the same again");
        assert_eq!(old("there", &["u-1"]), ["v-1"]);
        assert_eq!(old("elsewhere", &["u-1"]), [""; 0]);
        put("here", &["../a", "/etc/passwd", "a/b", ".ssh", "", "..", "a\\b", "u-2"]);
        assert_eq!(old("here", &["u-1"]), ["u-2"], "no name leads out of the folder, or to what is hidden in it");
    }
}
