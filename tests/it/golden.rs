//! The whole product over `sample-data`: the files that it must give, byte for byte, from a folder and from a real SFTP server.
//!
//! `sample-data/expected` is what `hcmsync run pipelines/qooper.toml` publishes, but for the report and the manifest. It was held
//! against `cases.csv`, which was written by hand; whoever changes it does the same (`cases.rs`).

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::product::{EXTRACTS, HCMSYNC, Said, personal_values_in, project};
use crate::promise;
use crate::publish::{names, snapshot};
use crate::sshd::Sshd;

/// Every file below a folder, by its path in it.
fn files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for path in fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else {
                files.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

/// The published files that people and programs read; what a run says about itself is not among them.
fn outputs(to: &Path) -> BTreeMap<PathBuf, String> {
    let mut files = files(&to.join("current"));
    for about in ["report.json", "manifest.json"] {
        assert!(files.remove(Path::new(about)).is_some(), "there is a {about}");
    }
    files
}

fn assert_expected(to: &Path) {
    let (expected, published) = (files(&project("sample-data/expected")), outputs(to));
    assert_eq!(names_of(&published), names_of(&expected));
    for (path, text) in &expected {
        for (line, (is, should)) in published[path].lines().zip(text.lines()).enumerate() {
            assert_eq!(is, should, "{} line {}", path.display(), line + 1);
        }
        assert!(published[path] == *text, "{}: to the last byte", path.display());
    }
}

fn names_of(files: &BTreeMap<PathBuf, String>) -> Vec<&PathBuf> {
    files.keys().collect()
}

fn run(pipeline: &str, to: &Path, env: &[(&str, &str)], words: &[&str]) -> Said {
    let mut command = Command::new(HCMSYNC);
    command.arg("run").arg(project(pipeline)).arg("--to").arg(to).args(words).envs(env.iter().copied());
    let said = Said::of(&command.output().unwrap());
    assert_eq!(said.code, 0, "{}", said.all());
    said
}

#[test]
fn the_sample_gives_the_expected_files_and_gives_them_again() {
    let home = tempfile::tempdir().unwrap();
    let to = home.path().join("out");
    let said = run("pipelines/qooper.toml", &to, &[], &[]);
    assert!(said.stdout.ends_with(
        "hcmsync: published as of 2026-11-20: 200 persons, 168 emitted (165 active), 7 excluded, 0 filtered, 25 quarantined\n"
    ));
    assert_expected(&to);
    let before = snapshot(&to);
    let quiet = run("pipelines/qooper.toml", &to, &[], &["--quiet", "--threads", "1"]);
    assert_eq!(quiet.all(), "", "quiet prints nothing on success");
    assert_eq!(snapshot(&to), before, "the same bytes, and the same directory");
    assert_eq!(names(&to.join("runs")).len(), 1);
}

#[test]
fn the_expected_files_come_from_a_real_sftp_server_too_every_time() {
    let (sshd, home) = (Sshd::start(), tempfile::tempdir().unwrap());
    for name in EXTRACTS.map(|name| format!("{name}.csv.pgp")) {
        let bytes = fs::read(project("sample-data/extract").join(&name)).unwrap();
        sshd.put(&name, &bytes, Duration::from_secs(3600));
    }
    let folder = sshd.root.parent().unwrap();
    symlink(&sshd.root, folder.join("outbound")).unwrap();
    let (port, to) = (sshd.port.to_string(), home.path().join("out"));
    let env = [
        ("HCMSYNC_DEMO_USER", sshd.user.as_str()),
        ("HCMSYNC_DEMO_PORT", &port),
        ("HCMSYNC_DEMO_DIR", folder.to_str().unwrap()),
    ];
    run("pipelines/demo.toml", &to, &env, &[]);
    assert_expected(&to);
    let before = snapshot(&to);
    run("pipelines/demo.toml", &to, &env, &[]);
    assert_eq!(snapshot(&to), before);
    assert_eq!(names(&to), [".lock", "current", "runs"], "no download is left");
}

#[test]
fn what_is_published_is_as_its_manifest_says_until_somebody_touches_it() {
    let home = tempfile::tempdir().unwrap();
    run("pipelines/qooper.toml", home.path(), &[], &[]);
    let verify = || Said::of(&Command::new(HCMSYNC).arg("verify").arg(home.path().join("current")).output().unwrap());
    assert_eq!(verify().code, 0);
    let users = home.path().join("current/users.csv");
    fs::write(&users, fs::read_to_string(&users).unwrap().replacen("Active", "active", 1)).unwrap();
    let said = verify();
    assert_ne!(said.code, 0);
    assert!(said.stderr.contains("users.csv"), "{}", said.stderr);
}

#[test]
fn no_personal_value_stands_in_what_is_said_or_in_what_a_run_says_about_itself() {
    let found = personal_values_in("ask Joe Green, or folasade.fairweald@vision.example");
    assert!(["Joe Green", "folasade.fairweald@vision.example"].iter().all(|value| found.iter().any(|it| it == value)));
    let (home, started) = (tempfile::tempdir().unwrap(), std::time::Instant::now());
    for words in [&["--verbose"][..], &["--json"], &["--verbose", "--json", "--allow", "max_rejected=9%"]] {
        // What is said is searched by `Said::of`.
        assert!(!run("pipelines/qooper.toml", home.path(), &[], words).all().is_empty());
    }
    for about in ["report.json", "manifest.json"] {
        let text = fs::read_to_string(home.path().join("current").join(about)).unwrap();
        assert_eq!(personal_values_in(&text), [""; 0], "in {about}");
    }
    promise::report(18, "what a run says, and says about itself", 5, 5, started);
}
