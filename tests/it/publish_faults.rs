//! Promises 14, 15 and 19 by injected faults: `strace` kills the program at each state-changing system call, or has that call
//! fail. A consumer then sees the old set or the new one, exit 0 means the new one, nothing personal lies outside the
//! outputs, and the next run heals. And the order of what is made durable, read from the calls of a run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use hcmsync::stages::publish::{Manifest, current, verify};

use crate::product::{HCMSYNC, Place, personal_values_in};
use crate::promise;
use crate::publish::{names, snapshot};

mod order;

/// The calls that change what is on the disk, or who may.
const CALLS: [&str; 13] = [
    "openat", "write", "fsync", "rename", "renameat", "mkdir", "chmod", "fchmod", "symlink", "flock", "unlink",
    "unlinkat", "rmdir",
];
/// How each of them may fail. A `write` that says it wrote one byte, and wrote none, is a disk that lies: reading back tells.
const FAILING: [&str; 20] = [
    "write:error=ENOSPC",
    "write:error=EIO",
    "write:error=EDQUOT",
    "write:retval=1",
    "openat:error=ENOSPC",
    "openat:error=EIO",
    "openat:error=EMFILE",
    "fsync:error=EIO",
    "fsync:error=ENOSPC",
    "rename:error=ENOSPC",
    "rename:error=EIO",
    "renameat:error=EIO",
    "mkdir:error=ENOSPC",
    "mkdir:error=EACCES",
    "chmod:error=EPERM",
    "fchmod:error=EPERM",
    "symlink:error=ENOSPC",
    "flock:error=ENOLCK",
    "unlink:error=EIO",
    "unlinkat:error=EIO",
];
/// What else a run does, where it may be killed as well.
const OTHERS: [&str; 11] =
    ["read", "close", "statx", "fstat", "getdents64", "readlink", "lseek", "mmap", "munmap", "futex", "clone3"];
/// How many faults the long version injects at most, evenly over all.
const LONG: usize = 1500;
/// How many faults the short version injects, evenly over all.
const SHORT: usize = 100;

/// An old set, and what publishes a new one over it.
struct Stage {
    place: Place,
    /// What a run without a fault leaves, from TO on.
    whole: BTreeMap<PathBuf, String>,
    new: String,
}

impl Stage {
    fn set() -> Stage {
        let mut place = Place::sealed();
        place.publishes(&["--quiet"]);
        fs::rename(place.path("out"), place.path("old")).unwrap();
        place.edit(
            "\"Employee ID\" = \"PersonNumber\"",
            "\"Employee ID\" = \"PersonNumber\"\n\"First Name\" = \"FirstName\"",
        );
        fs::write(place.path("pipeline.toml"), &place.pipeline).unwrap();
        let mut stage = Stage { place, whole: BTreeMap::new(), new: String::new() };
        let home = stage.home();
        assert!(stage.run(&[], home.path()).status.success());
        let to = home.path().join("out");
        stage.whole = relative(&to);
        stage.new = Manifest::load(&current(&to).unwrap().unwrap()).unwrap().run;
        stage
    }

    /// A folder with the old set in `out`, and room for whatever else a run may write.
    fn home(&self) -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        let copied = Command::new("cp").arg("-a").arg(self.place.path("old")).arg(home.path().join("out")).status();
        assert!(copied.unwrap().success());
        fs::create_dir(home.path().join("tmp")).unwrap();
        home
    }

    /// Publishes the new set, under a tracer if there are words of one.
    fn run(&self, tracer: &[&str], home: &Path) -> Output {
        let words: Vec<&str> = tracer.iter().copied().chain([HCMSYNC, "run", "--quiet", "--threads", "2"]).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).arg(self.place.path("pipeline.toml")).arg("--to").arg(home.join("out"));
        command
            .env("HOME", home)
            .env("TMPDIR", home.join("tmp"))
            .current_dir(home)
            .output()
            .expect("strace is installed")
    }

    /// How often each call is made, by the thread that makes it most often.
    fn counts(&self) -> BTreeMap<String, usize> {
        let mut of_thread: BTreeMap<(String, String), usize> = BTreeMap::new();
        for line in self.calls(&[&CALLS[..], &OTHERS].concat().join(","), &[]).lines() {
            let mut words = line.split_whitespace();
            let (thread, call) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            let call = call.split('(').next().unwrap_or_default();
            *of_thread.entry((call.to_owned(), thread.to_owned())).or_default() += 1;
        }
        let mut counts = BTreeMap::new();
        for ((call, _), count) in of_thread {
            let most = counts.entry(call).or_default();
            *most = count.max(*most);
        }
        counts
    }

    /// The log of these calls of a run without a fault.
    fn calls(&self, calls: &str, more: &[&str]) -> String {
        let home = self.home();
        let log = home.path().join("tmp/log").display().to_string();
        let words = [&["strace", "-f", "-q", "-o", &log, "-e", calls], more].concat();
        assert!(self.run(&words, home.path()).status.success());
        fs::read_to_string(log).unwrap()
    }

    /// Every fault at every call where it can be injected.
    fn faults(&self) -> Vec<(String, usize)> {
        let counts = self.counts();
        let killed = CALLS.iter().chain(&OTHERS).map(|call| format!("{call}:signal=KILL"));
        let all = killed.chain(FAILING.map(str::to_owned));
        let at_each = |fault: String| {
            let call = fault.split(':').next().unwrap_or_default().to_owned();
            let last = counts.get(&call).copied().unwrap_or_default();
            (1..=last).map(move |k| (fault.clone(), k))
        };
        all.flat_map(at_each).collect()
    }

    /// Injects a fault at the k-th call. Whether it was reached; if it was, all must hold.
    fn inject(&self, fault: &str, k: usize) -> Result<bool, String> {
        let home = self.home();
        let log = home.path().join("log").display().to_string();
        let inject = format!("inject={fault}:when={k}");
        let call = format!("trace={}", fault.split(':').next().unwrap_or_default());
        let output = self.run(&["strace", "-f", "-q", "-o", &log, "-e", &call, "-e", &inject], home.path());
        let log = String::from_utf8_lossy(&fs::read(&log).unwrap()).into_owned();
        if !log.contains("(INJECTED)") && !log.contains("killed by SIGKILL") {
            return Ok(false);
        }
        fs::remove_file(home.path().join("log")).unwrap();
        let to = home.path().join("out");
        let run = current(&to).map_err(|e| e.to_string())?.ok_or("nothing is published any more")?;
        for name in names(&to.join("runs")).iter().filter(|name| !name.starts_with('.')) {
            verify(&to.join("runs").join(name)).map_err(|e| e.to_string())?;
        }
        let is_new = Manifest::load(&run).map_err(|e| e.to_string())?.run == self.new;
        if output.status.success() && !is_new {
            return Err("exit 0, and the new set is not published".into());
        }
        let said = [output.stdout, output.stderr].concat();
        if !personal_values_in(&String::from_utf8_lossy(&said)).is_empty() {
            return Err("it says a personal value".into());
        }
        no_plaintext(home.path())?;
        let again = self.run(&[], home.path());
        if !again.status.success() {
            return Err(format!("the next run fails: {}", String::from_utf8_lossy(&again.stderr)));
        }
        if relative(&to) == self.whole { Ok(true) } else { Err("the next run does not heal it".into()) }
    }
}

/// What lies below a folder, by paths that do not depend on where it is.
fn relative(folder: &Path) -> BTreeMap<PathBuf, String> {
    let entries = snapshot(folder).into_iter();
    entries.map(|(path, content)| (path.strip_prefix(folder).unwrap().into(), content)).collect()
}

/// Personal values stand in outputs alone, published or staged.
fn no_plaintext(home: &Path) -> Result<(), String> {
    for (path, content) in snapshot(home) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_output = ["users.csv", "quarantine.csv"].contains(&name.as_str())
            || path.parent().is_some_and(|p| p.ends_with("rejects"));
        if !is_output && !personal_values_in(&content).is_empty() {
            return Err(format!("a personal value in {}", path.display()));
        }
    }
    Ok(())
}

/// Injects the faults, two at a time, and says how many of each kind were reached.
fn all_hold(stage: &Stage, faults: &[(String, usize)]) {
    let started = Instant::now();
    let (next, reached, killed) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let broken = Mutex::new(BTreeSet::new());
    std::thread::scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                while let Some((fault, k)) = faults.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
                    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| stage.inject(fault, *k))) {
                        Ok(Ok(is_reached)) => {
                            reached.fetch_add(is_reached.into(), Ordering::Relaxed);
                            killed.fetch_add((is_reached && fault.ends_with("KILL")).into(), Ordering::Relaxed);
                        }
                        Ok(Err(why)) => drop(broken.lock().unwrap().insert(format!("{fault} at {k}: {why}"))),
                        Err(_) => drop(broken.lock().unwrap().insert(format!("{fault} at {k}: the test panicked"))),
                    }
                }
            });
        }
    });
    let broken: Vec<String> = broken.into_inner().unwrap().into_iter().collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    let (reached, killed) = (reached.into_inner(), killed.into_inner());
    assert!(reached * 2 >= faults.len() as u64, "{reached} of {} faults were reached", faults.len());
    promise::report(14, "kill -9 at a system call", killed, killed, started);
    promise::report(14, "a system call that fails", reached - killed, reached - killed, started);
    promise::report(15, "kill -9 and failing system calls", reached, reached, started);
    promise::report(19, "kill -9 and failing system calls", reached, reached, started);
}

#[test]
fn a_fault_at_a_system_call_leaves_the_old_set_or_the_new_one() {
    let stage = Stage::set();
    let mut faults = stage.faults();
    faults.retain(|(fault, _)| CALLS.iter().any(|call| fault.split(':').next() == Some(call)));
    let step = faults.len().div_ceil(SHORT);
    all_hold(&stage, &faults.into_iter().step_by(step.max(1)).collect::<Vec<_>>());
}

#[test]
#[ignore = "minutes: every fault at every call"]
fn a_fault_at_every_system_call_leaves_the_old_set_or_the_new_one() {
    let stage = Stage::set();
    let faults = stage.faults();
    println!("{} faults", faults.len());
    let step = faults.len().div_ceil(LONG).max(1);
    all_hold(&stage, &faults.into_iter().step_by(step).collect::<Vec<_>>());
}
