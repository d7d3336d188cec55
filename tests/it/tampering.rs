//! Promise 13: `hcmsync verify` sees whatever is changed in a published run, byte by byte and file by file.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::product::{HCMSYNC, Place, Said};
use crate::promise;

/// A way to change a file of a run.
type Tampering = (&'static str, fn(&Path));

const TAMPERINGS: [Tampering; 14] = [
    ("the first byte", |file| flip(file, 0)),
    ("the middle byte", |file| flip(file, fs::metadata(file).unwrap().len() as usize / 2)),
    ("the last byte", |file| flip(file, fs::metadata(file).unwrap().len() as usize - 1)),
    ("a digit", |file| change(file, |byte| byte.is_ascii_digit())),
    ("a letter", |file| change(file, |byte| byte.is_ascii_alphabetic())),
    ("a line end", |file| change(file, |byte| byte == b'\n')),
    ("one byte less", |file| edit(file, |bytes| bytes.truncate(bytes.len() - 1))),
    ("one byte more", |file| edit(file, |bytes| bytes.push(b'\n'))),
    ("its last line twice", |file| {
        edit(file, |bytes| {
            let last = bytes[..bytes.len() - 1].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            bytes.extend_from_within(last..);
        })
    }),
    ("empty", |file| edit(file, Vec::clear)),
    ("gone", |file| fs::remove_file(file).unwrap()),
    ("readable by others", |file| fs::set_permissions(file, fs::Permissions::from_mode(0o644)).unwrap()),
    ("a link to its copy", |file| {
        let copy = file.with_extension("copy");
        fs::rename(file, &copy).unwrap();
        symlink(copy, file).unwrap();
    }),
    ("a file beside it", |file| fs::write(file.with_extension("more"), "").unwrap()),
];

fn edit(file: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(file).unwrap();
    change(&mut bytes);
    fs::write(file, bytes).unwrap();
}

fn flip(file: &Path, at: usize) {
    edit(file, |bytes| bytes[at] ^= 1);
}

/// Changes the first byte of a class, which may not be there.
fn change(file: &Path, class: impl Fn(u8) -> bool) {
    edit(file, |bytes| {
        let at = bytes.iter().position(|byte| class(*byte)).unwrap_or_default();
        bytes[at] ^= 1;
    });
}

fn verify(run: &Path) -> Said {
    Said::of(&Command::new(HCMSYNC).arg("verify").arg(run).output().unwrap())
}

/// The files of a run, relative to it.
fn files(folder: &Path, below: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = format!("{below}{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            found.extend(files(&entry.path(), &format!("{name}/")));
        } else {
            found.push(name);
        }
    }
    found.sort();
    found
}

#[test]
fn whatever_is_changed_in_a_published_run_is_seen_and_named() {
    let (place, started, mut tried) = (Place::plain(), Instant::now(), 0);
    place.publishes(&["--quiet"]);
    let run = fs::canonicalize(place.path("out/current")).unwrap();
    assert_eq!(verify(&run).code, 0);
    for name in files(&run, "").iter().filter(|name| *name != "manifest.json") {
        for (what, tamper) in TAMPERINGS {
            let copy = place.path("copy");
            assert!(Command::new("cp").arg("-a").arg(&run).arg(&copy).status().unwrap().success());
            tamper(&copy.join(name));
            let said = verify(&copy);
            assert_eq!(said.code, 1, "{name}, {what}: {}", said.all());
            let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
            assert!(said.stderr.contains(stem), "{name}, {what}: {}", said.stderr);
            fs::remove_dir_all(&copy).unwrap();
            tried += 1;
        }
    }
    promise::report(13, "a published run, tampered with", tried, tried, started);
}
