//! Promises 13 to 16 and 20 of the publish stage: complete or absent, whatever fails and whoever reads.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use hcmsync::model::charset::Charset;
use hcmsync::stages::map::Part;
use hcmsync::stages::publish::manifest::{Manifest, Users};
use hcmsync::stages::publish::{Artifact, Fault, PublishError, Published, Staging, compare, current, lists, verify};

use crate::promise;

const FILES: [&str; 4] = ["users.csv", "quarantine.csv", "resolution.csv", "rejects/person.csv"];

fn artifact(path: &str, text: String) -> Artifact<'static> {
    let rows = text.lines().count() as u64 - 1;
    let write = Box::new(move |out: &mut (dyn Write + Send + Sync)| out.write_all(text.as_bytes()).map(|()| rows));
    Artifact { path: path.into(), rows: Some(rows), headers: Some(1), write }
}

/// Every file of a run names its generation.
pub fn stage(to: &Path, generation: &str) -> Result<Staging, PublishError> {
    let mut staging = Staging::begin(to)?;
    staging.add(artifact("users.csv", format!("Id,Generation\n1,{generation}\n2,{generation}\n")))?;
    staging.add(artifact("quarantine.csv", format!("PersonNumber,Codes,Reasons\n3,PRI012,{generation}\n")))?;
    let people = [["1", "emitted"], ["2", "emitted_inactive"], ["3", "quarantined"]];
    let rows = people.map(|[person, end]| [person, "CURRENT", "true", end, "", "", "", generation, ""]);
    let write = Box::new(move |out: &mut (dyn Write + Send + Sync)| {
        lists::write(out, &lists::RESOLUTION, Part::WHOLE, &[0, 1, 2], |row| rows[row as usize])
    });
    staging.add(Artifact { path: "resolution.csv".into(), rows: Some(3), headers: Some(1), write })?;
    staging.add(artifact("rejects/person.csv", format!("_code,Generation\nROW001,{generation}\n")))?;
    Ok(staging)
}

fn manifest() -> Manifest {
    let (further, encoding, emails) = (Vec::new(), Charset::Utf8, Vec::new());
    let users = Users { path: "users.csv".into(), further, encoding, delimiter: ',', headers: 1, emails };
    Manifest { users: Some(users), ..Manifest::default() }
}

pub fn publish(to: &Path, name: &str, generation: &str) -> Result<Published, PublishError> {
    stage(to, generation)?.commit(name, manifest())
}

/// Every entry below a folder with its content, its mode or its target; the lock means nothing and is left out.
pub fn snapshot(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut entries = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let about = fs::symlink_metadata(&path).unwrap();
            let content = match about.file_type() {
                kind if kind.is_symlink() => fs::read_link(&path).unwrap().display().to_string(),
                kind if kind.is_dir() => {
                    open.push(path.clone());
                    String::new()
                }
                _ if path.ends_with(".lock") => continue,
                _ => fs::read_to_string(&path).unwrap(),
            };
            entries.insert(path, format!("{:o} {content}", about.mode()));
        }
    }
    entries
}

pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_run_is_complete_and_verified() {
    let home = tempfile::tempdir().unwrap();
    let to = home.path().join("deep/below/out");
    let published = publish(&to, "2026-11-20-aaaaaaaa", "one").unwrap();
    assert_eq!(current(&to).unwrap().unwrap(), published.path);
    assert_eq!(
        fs::read_link(to.join("current")).unwrap(),
        Path::new("runs/2026-11-20-aaaaaaaa"),
        "relative: the folder can be moved"
    );
    let verified = verify(&to.join("current")).unwrap();
    assert_eq!((verified.run.as_str(), verified.files), ("2026-11-20-aaaaaaaa", 4));
    let written = Manifest::load(&published.path).unwrap();
    assert_eq!(
        written.outputs.iter().map(|o| (o.path.as_str(), o.rows)).collect::<Vec<_>>()[2],
        ("resolution.csv", Some(3))
    );
    assert_eq!(names(&to.join("runs")), ["2026-11-20-aaaaaaaa"], "nothing hidden is left");
    assert_eq!(names(&to), [".lock", "current", "runs"]);
}

#[test]
fn a_failure_at_any_file_changes_nothing() {
    let (home, started) = (tempfile::tempdir().unwrap(), Instant::now());
    publish(home.path(), "old", "old").unwrap();
    let before = snapshot(home.path());
    for failing in 0..FILES.len() {
        for panics in [false, true] {
            let attempt = std::panic::catch_unwind(|| -> Result<(), PublishError> {
                let mut staging = Staging::begin(home.path())?;
                for (place, path) in FILES.iter().enumerate() {
                    let mut file = artifact(path, "a\nb\n".into());
                    if place == failing {
                        file.write = Box::new(move |out| {
                            out.write_all(b"half a fi")?;
                            assert!(!panics, "a writer that panics on purpose");
                            Err(io::Error::from(io::ErrorKind::StorageFull))
                        });
                    }
                    staging.add(file)?;
                }
                staging.commit("new", manifest()).map(|_| ())
            });
            match attempt {
                Ok(result) => assert_eq!(result.unwrap_err().exit_code(), 8),
                Err(_) => assert!(panics),
            }
            assert_eq!(snapshot(home.path()), before, "file {failing}");
        }
    }
    promise::report(15, "a writer that fails or panics", 2 * FILES.len() as u64, 2 * FILES.len() as u64, started);
}

#[test]
fn a_bad_target_fails_before_the_work() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    fs::write(&file, "a file").unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("linked")).unwrap();
    symlink(elsewhere.path(), home.path().join("linked/runs")).unwrap();
    for to in [file.clone(), file.join("below"), PathBuf::from("/proc/no/such"), home.path().join("linked")] {
        let error = Staging::begin(&to).err().unwrap();
        assert_eq!(error.exit_code(), 8, "{error}");
        assert!(!error.help().is_empty());
    }
    assert!(names(elsewhere.path()).is_empty(), "a link is not followed");
}

#[test]
fn what_stands_where_current_belongs_is_not_replaced() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("current"), "somebody's").unwrap();
    assert!(matches!(publish(home.path(), "one", "one"), Err(PublishError::InTheWay(..))));
    assert_eq!(fs::read_to_string(home.path().join("current")).unwrap(), "somebody's");
    fs::remove_file(home.path().join("current")).unwrap();
    for target in ["/etc", "../out", "runs/../..", "runs/gone"] {
        symlink(target, home.path().join("current")).unwrap();
        assert!(matches!(compare::last(home.path()), Err(PublishError::InTheWay(..))), "{target}");
        fs::remove_file(home.path().join("current")).unwrap();
    }
}

#[test]
fn the_same_input_again_is_kept_and_other_content_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let to = home.path();
    assert!(!publish(to, "a", "one").unwrap().kept);
    publish(to, "b", "two").unwrap();
    let before = snapshot(&to.join("runs"));
    let again = publish(to, "a", "one").unwrap();
    assert!(again.kept);
    assert_eq!(current(to).unwrap().unwrap(), to.join("runs/a"), "current is switched back to it");
    drop(again);
    let mut reported = stage(to, "one").unwrap();
    reported.add(artifact("report.json", "this tells\nof the run\n".into())).unwrap();
    assert!(reported.commit("a", manifest()).unwrap().kept, "reports tell of the run, and do not count");
    let error = publish(to, "a", "other").err().unwrap();
    assert!(matches!(error, PublishError::Differs(_)) && error.exit_code() == 8);
    fs::write(to.join("runs/a/users.csv"), "Id,Generation\n").unwrap();
    assert_eq!(publish(to, "a", "one").err().unwrap().exit_code(), 1, "damaged since");
    fs::write(to.join("runs/a/users.csv"), "Id,Generation\n1,one\n2,one\n").unwrap();
    assert_eq!(snapshot(&to.join("runs")), before);
}

#[test]
fn names_twice_wrong_counts_and_ways_out_are_refused() {
    let home = tempfile::tempdir().unwrap();
    let mut staging = stage(home.path(), "one").unwrap();
    assert!(matches!(staging.add(artifact("users.csv", "a\n".into())), Err(PublishError::Twice(_))));
    for path in ["../users.csv", "/tmp/users.csv", "a/../../b"] {
        assert!(matches!(staging.add(artifact(path, "a\n".into())), Err(PublishError::BadName(_))), "{path}");
    }
    drop(staging);
    let mut staging = stage(home.path(), "one").unwrap();
    let short = Artifact { rows: Some(2), ..artifact("more.csv", "a\n1\n".into()) };
    assert_eq!(staging.add(short).err().unwrap().exit_code(), 1);
    drop(staging);
    let mut staging = stage(home.path(), "one").unwrap();
    let lying = Box::new(|out: &mut (dyn Write + Send + Sync)| out.write_all(b"a\n1\n").map(|()| 2));
    staging.add(Artifact { path: "more.csv".into(), rows: Some(2), headers: Some(1), write: lying }).unwrap();
    let error = staging.commit("a", manifest()).err().unwrap();
    assert!(error.to_string().contains("more.csv has 1 rows, not 2"), "counted by reading back: {error}");
    assert!(names(&home.path().join("runs")).is_empty());
    for name in ["", "a/b", "..", ".hidden"] {
        assert!(matches!(publish(home.path(), name, "one"), Err(PublishError::BadName(_))), "{name:?}");
    }
}

#[test]
fn what_changes_between_writing_and_publishing_is_seen() {
    let (home, started) = (tempfile::tempdir().unwrap(), Instant::now());
    for (fault, damage) in [
        ("other content", (|file: &Path| fs::write(file, "x,y\n1,z\n2,z\n")) as fn(&Path) -> io::Result<()>),
        ("bytes", |file| fs::write(file, "")),
        ("missing", |file| fs::remove_file(file)),
        ("does not belong", |file| fs::write(file.with_file_name("left.tmp"), "")),
        ("mode 644", |file| fs::set_permissions(file, fs::Permissions::from_mode(0o644))),
    ] {
        let mut staging = Staging::begin(home.path()).unwrap();
        let output = staging.add(artifact("users.csv", "a,b\n1,z\n2,z\n".into())).unwrap().clone();
        damage(&staging.path(&output)).unwrap();
        let error = staging.commit("a", manifest()).err().unwrap();
        assert!(matches!(error, PublishError::ReadBack { .. }) && error.exit_code() == 1);
        assert!(error.to_string().contains(fault), "{fault}: {error}");
        assert!(current(home.path()).unwrap().is_none());
    }
    promise::report(13, "changes between writing and publishing", 5, 5, started);
}

#[test]
fn verify_names_every_fault() {
    let home = tempfile::tempdir().unwrap();
    let run = publish(home.path(), "a", "one").unwrap().path;
    fs::write(run.join("users.csv"), "Id,Generation\n1,one\n2,onE\n").unwrap();
    fs::remove_file(run.join("quarantine.csv")).unwrap();
    fs::write(run.join("rejects/more.csv"), "").unwrap();
    symlink("users.csv", run.join("link.csv")).unwrap();
    fs::set_permissions(run.join("resolution.csv"), fs::Permissions::from_mode(0o640)).unwrap();
    fs::set_permissions(run.join("rejects"), fs::Permissions::from_mode(0o755)).unwrap();
    let Err(PublishError::Damaged { faults, .. }) = verify(&run) else { panic!("not seen") };
    for fault in [
        Fault::Changed("users.csv".into()),
        Fault::Missing("quarantine.csv".into()),
        Fault::Extra("rejects/more.csv".into()),
        Fault::Extra("link.csv".into()),
        Fault::Mode { path: "resolution.csv".into(), mode: 0o640 },
        Fault::Mode { path: "rejects".into(), mode: 0o755 },
    ] {
        assert!(faults.contains(&fault), "{fault}: {faults:?}");
    }
    fs::write(run.join("manifest.json"), "{}").unwrap();
    assert!(matches!(verify(&run), Err(PublishError::Manifest { .. })));
    fs::remove_file(run.join("manifest.json")).unwrap();
    let Err(PublishError::Damaged { faults, .. }) = verify(&run) else { panic!("not seen") };
    assert_eq!(faults, [Fault::Missing("manifest.json".into())]);
    for no_run in [home.path().to_path_buf(), home.path().join("runs"), run.join("none"), run.join("users.csv")] {
        assert!(matches!(verify(&no_run), Err(PublishError::NoRun(_))), "{no_run:?}");
        assert!(matches!(compare::published(&no_run, &run, None), Err(PublishError::NoRun(_))), "{no_run:?}");
    }
}

#[test]
fn the_last_run_is_the_published_one_and_must_be_whole_to_be_compared_with() {
    let home = tempfile::tempdir().unwrap();
    assert!(compare::last(home.path()).unwrap().is_none());
    let run = publish(home.path(), "a", "one").unwrap().path;
    drop(stage(home.path(), "stopped by a guard").unwrap());
    let (folder, last) = compare::last(home.path()).unwrap().unwrap();
    assert_eq!((folder.as_path(), last.run.as_str()), (run.as_path(), "a"));
    let staging = stage(home.path(), "two").unwrap();
    let now = manifest();
    let changes = || compare::compare(compare::Run::published(&folder, &last), staging.as_run(&now), None);
    let found = changes().unwrap();
    assert_eq!((found.from.as_str(), found.active_before, found.in_both), ("a", 1, 2));
    assert_eq!(found.fields, None, "no placement tells which row is whose");
    assert_eq!(found.files, ["users.csv"]);
    for file in ["resolution.csv", "users.csv"] {
        let whole = fs::read_to_string(run.join(file)).unwrap();
        for cut in [0, whole.len() / 2, whole.len() - 1] {
            fs::write(run.join(file), &whole[..cut]).unwrap();
            assert!(matches!(changes(), Err(PublishError::Damaged { .. })), "{file} cut at {cut}");
        }
        fs::write(run.join(file), &whole).unwrap();
    }
}

#[test]
fn the_oldest_runs_go_and_the_current_one_never() {
    let home = tempfile::tempdir().unwrap();
    let to = home.path();
    for generation in ["5", "3", "4", "1"] {
        publish(to, generation, generation).unwrap();
        // One second apart, as nights are: the age of a run is the time of its folder.
        let earlier =
            std::time::SystemTime::now() - std::time::Duration::from_secs(100 - names(&to.join("runs")).len() as u64);
        File::open(to.join("runs").join(generation)).unwrap().set_modified(earlier).unwrap();
    }
    let again = publish(to, "5", "5").unwrap();
    assert_eq!(again.prune(4).unwrap(), Vec::<String>::new());
    assert_eq!(again.prune(3).unwrap(), ["3"], "5 is the oldest, but current");
    assert_eq!(again.prune(0).unwrap(), ["4", "1"]);
    assert_eq!(names(&to.join("runs")), ["5"]);
    verify(&to.join("current")).unwrap();
}

#[test]
fn readers_see_a_whole_set_over_fifty_publishes() {
    let home = tempfile::tempdir().unwrap();
    let to = home.path();
    publish(to, "start", "start").unwrap();
    let (done, seen) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let run = fs::canonicalize(to.join("current")).unwrap();
                    let users = fs::read_to_string(run.join("users.csv")).unwrap();
                    let generation = users.trim_end().rsplit(',').next().unwrap();
                    for file in FILES {
                        let text = fs::read_to_string(run.join(file)).unwrap();
                        assert!(
                            text.lines().skip(1).all(|line| line.contains(generation)),
                            "{file} is not of {generation}"
                        );
                    }
                    verify(&run).unwrap();
                    seen.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for round in 0..50 {
            let generation = format!("round-{round}");
            publish(to, &generation, &generation).unwrap();
        }
        done.store(true, Ordering::Relaxed);
    });
    assert!(seen.into_inner() > 10);
}

#[test]
fn what_a_killed_run_left_is_removed_and_nothing_else() {
    let home = tempfile::tempdir().unwrap();
    let runs = home.path().join("runs");
    publish(home.path(), "a", "one").unwrap();
    let before = snapshot(home.path());
    fs::create_dir_all(runs.join(".staging-abc/rejects")).unwrap();
    fs::write(runs.join(".staging-abc/users.csv"), "half").unwrap();
    fs::create_dir(runs.join(".pruned-b")).unwrap();
    symlink("runs/a", home.path().join(".current-xyz")).unwrap();
    drop(Staging::begin(home.path()).unwrap());
    assert_eq!(snapshot(home.path()), before);
}
