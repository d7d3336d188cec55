//! Promise 14 by injection: at each system call of a publish, for every k, the process is killed or the call fails.
//! What a consumer reads is the old complete set or the new complete set, exit 0 means the new one, and the next run heals.

use std::fs;
use std::path::Path;
use std::time::Instant;

use hcmsync::stages::publish::{Manifest, current, verify};

use crate::publish::{names, publish, snapshot};
use crate::publish_processes::another_process;

const KILLED_AT: [&str; 16] = [
    "openat",
    "write",
    "fsync",
    "rename",
    "renameat",
    "mkdir",
    "chmod",
    "fchmod",
    "symlink",
    "flock",
    "close",
    "read",
    "statx",
    "getdents64",
    "readlink",
    "lseek",
];
/// A `write` that says it wrote one byte, and wrote none, is a disk that lies: reading back must tell.
const FAILING: [&str; 11] = [
    "write:error=ENOSPC",
    "write:error=EIO",
    "write:retval=1",
    "openat:error=ENOSPC",
    "fsync:error=EIO",
    "rename:error=ENOSPC",
    "renameat:error=EIO",
    "mkdir:error=ENOSPC",
    "fchmod:error=EPERM",
    "symlink:error=ENOSPC",
    "read:error=EIO",
];

#[test]
#[ignore = "needs strace, and a minute"]
fn a_fault_at_any_system_call_leaves_the_old_set_or_the_new_one() {
    println!("{:<28} {:>8} {:>5} {:>5} {:>8}", "fault", "injected", "old", "new", "seconds");
    let killed = KILLED_AT.iter().map(|call| format!("{call}:signal=KILL"));
    for fault in killed.chain(FAILING.map(str::to_owned)) {
        let start = Instant::now();
        let (mut old, mut new) = (0, 0);
        for k in 1.. {
            match inject(&fault, k) {
                None => break,
                Some(true) => new += 1,
                Some(false) => old += 1,
            }
        }
        assert!(old + new > 0, "{fault}: never injected");
        println!("{fault:<28} {:>8} {old:>5} {new:>5} {:>8.1}", old + new, start.elapsed().as_secs_f64());
    }
}

/// Publishes over an old set with a fault at the k-th call. Whether the new set is seen; `None` if there is no k-th call.
fn inject(fault: &str, k: u32) -> Option<bool> {
    let home = tempfile::tempdir().unwrap();
    let (to, log) = (home.path().join("out"), home.path().join("log"));
    drop(publish(&to, "old", "old").unwrap());
    let log_to = log.display().to_string();
    let tracer = ["strace", "-f", "-q", "-o", &log_to, "-e", &format!("inject={fault}:when={k}")].map(str::to_owned);
    let output = another_process(&tracer, "umask 022", &to).output().expect("strace is installed");
    let log = String::from_utf8_lossy(&fs::read(log).unwrap()).into_owned();
    if !log.contains("(INJECTED)") && !log.contains("killed by SIGKILL") {
        return None;
    }
    let run = current(&to).unwrap().unwrap();
    verify(&run).unwrap();
    let new = Manifest::load(&run).unwrap().run == "a";
    let succeeded = String::from_utf8_lossy(&output.stdout).contains("task: published");
    assert!(new || !succeeded, "{fault} at {k}: it says published, and is not");
    for name in names(&to.join("runs")).iter().filter(|name| !name.starts_with('.')) {
        verify(&to.join("runs").join(name)).unwrap();
    }
    heals(&to);
    Some(new)
}

/// The next run leaves what it would have left without the fault.
fn heals(to: &Path) {
    drop(publish(to, "a", "one").unwrap());
    let whole = tempfile::tempdir().unwrap();
    drop(publish(whole.path(), "old", "old").unwrap());
    drop(publish(whole.path(), "a", "one").unwrap());
    let relative = |folder: &Path| -> Vec<(std::path::PathBuf, String)> {
        snapshot(folder)
            .into_iter()
            .map(|(path, content)| (path.strip_prefix(folder).unwrap().into(), content))
            .collect()
    };
    assert_eq!(relative(to), relative(whole.path()));
}
