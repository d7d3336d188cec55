//! Delivery: what is sealed opens with the real gpg and with nothing else than the right key, and what is sent to a real
//! OpenSSH server arrives whole or not at all, and can be sent again.
//!
//! | file | owns |
//! |---|---|
//! | `sealed.rs` | the sealed files and the keys |
//! | `sent.rs` | the way to a server |
//! | `former.rs` | what the delivery before put there |
//! | `failed.rs` | the servers that do not take it, and `hcmsync deliver` |

mod failed;
mod former;
mod sealed;
mod sent;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::product::{HCMSYNC, Place, Said};
use crate::sshd::Sshd;

/// The lines of `[publish]` that send to a server.
fn upload(sshd: &Sshd) -> String {
    format!(
        "upload = \"{}\"\nknown_hosts = \"{}\"\nidentity_file = \"{}\"\nretries = 0\ntimeout = \"5s\"\n",
        sshd.url(),
        sshd.known_hosts.display(),
        sshd.identity.display()
    )
}

/// A place whose pipeline has these lines at the end of `[publish]`.
fn place(publish: &str) -> Place {
    let mut place = Place::plain();
    place.pipeline += publish;
    place
}

/// Any other command, in words.
fn hcmsync(words: &[&str]) -> Said {
    Said::of(&Command::new(HCMSYNC).args(words).env_remove("SSH_AUTH_SOCK").output().unwrap())
}

/// A command about the pipeline of a place, which is written anew.
fn about(place: &Place, command: &str, words: &[&str]) -> Said {
    let file = place.path("pipeline.toml");
    fs::write(&file, &place.pipeline).unwrap();
    hcmsync(&[&[command, file.to_str().unwrap()], words].concat())
}

/// The names in the served folder.
fn arrived(sshd: &Sshd) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(&sshd.root).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Sends the current run of a place.
fn deliver(place: &Place) -> Said {
    hcmsync(&["deliver", place.path("out/current").to_str().unwrap()])
}

/// A server whose SFTP is what a script makes of it, which lies in the folder.
fn served_by(folder: &Path, config: &str, script: &str) -> Sshd {
    let text = format!("#!/bin/bash\n{script}");
    let script = folder.join("sftp-server");
    fs::write(&script, text).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    Sshd::start_with("ed25519", &format!("{config}Subsystem sftp {}\n", script.display()))
}

/// OpenSSH's server with these options and a fault at some of the system calls of each connection, as strace injects it.
fn faulty(folder: &Path, options: &str, fault: &str) -> Sshd {
    let calls = fault.split(':').next().unwrap();
    let strace = format!("strace -f -qq -o /dev/null -e trace={calls} -e inject={fault}");
    served_by(folder, "", &format!("exec {strace} /usr/lib/openssh/sftp-server {options}\n"))
}
