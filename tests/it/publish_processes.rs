//! Publishing seen from other processes: who gets the lock, what a killed run leaves, and modes under any umask
//! (promises 17, 14 and 20). The other process is this test binary itself.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Instant;

use hcmsync::stages::publish::Staging;
use rustix::process::{Pid, Signal, kill_process};

use crate::promise;
use crate::publish::{names, publish, snapshot, stage};

/// Another process: this test binary, running [`as_another_process`] alone.
fn another_process(task: &str, to: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "publish_processes::as_another_process", "--ignored", "--nocapture"])
        .envs([("PUBLISH_TASK", task.as_ref()), ("PUBLISH_TO", to.as_os_str())])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

fn process(task: &str, to: &Path) -> (Child, BufReader<ChildStdout>) {
    let mut child = another_process(task, to).spawn().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    (child, out)
}

/// The word that the process says once it has done its task.
fn word(out: &mut BufReader<ChildStdout>) -> String {
    let said =
        out.lines().map(Result::unwrap).find_map(|line| line.rsplit_once("task: ").map(|(_, word)| word.to_owned()));
    said.expect("the process says how its task went")
}

#[test]
#[ignore = "the other process of the tests below"]
fn as_another_process() {
    let (Ok(task), Ok(to)) = (std::env::var("PUBLISH_TASK"), std::env::var("PUBLISH_TO")) else { return };
    let to = Path::new(&to);
    if let Some(mask) = task.strip_prefix("umask ") {
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(u32::from_str_radix(mask, 8).unwrap()));
        publish(to, "a", "one").unwrap();
        println!("task: published");
        return;
    }
    let staging = match stage(to, "never published") {
        Ok(staging) => staging,
        Err(error) => return println!("task: exit {}", error.exit_code()),
    };
    println!("task: holding");
    io::stdin().read_line(&mut String::new()).unwrap();
    drop(staging);
}

#[test]
fn modes_are_exact_under_any_umask() {
    let started = Instant::now();
    for mask in ["000", "022", "777"] {
        let home = tempfile::tempdir().unwrap();
        let to = home.path().join("above/out");
        let (mut child, mut out) = process(&format!("umask {mask}"), &to);
        assert_eq!(word(&mut out), "published");
        assert!(child.wait().unwrap().success());
        let entries = snapshot(home.path());
        assert_eq!(entries.len(), 2 + 1 + 1 + 1 + 1 + 5, "{entries:?}");
        for (path, content) in entries {
            let mode = content.split(' ').next().unwrap();
            assert!(["40700", "100600", "120777"].contains(&mode), "{} has {mode}", path.display());
        }
        assert_eq!(fs::metadata(to.join(".lock")).unwrap().mode() & 0o777, 0o600);
    }
    promise::report(20, "modes under three umasks", 3 * 12, 3 * 12, started);
}

const ROUNDS: u64 = 50;

#[test]
fn one_of_four_processes_gets_the_lock_and_a_killed_one_gives_it_back() {
    let (home, started) = (tempfile::tempdir().unwrap(), Instant::now());
    publish(home.path(), "old", "old").unwrap();
    let before = snapshot(home.path());
    for _ in 0..ROUNDS {
        let mut four: Vec<_> = (0..4).map(|_| process("hold", home.path())).collect();
        let words: Vec<String> = four.iter_mut().map(|(_, out)| word(out)).collect();
        assert_eq!(words.iter().filter(|word| *word == "holding").count(), 1, "{words:?}");
        assert_eq!(words.iter().filter(|word| *word == "exit 7").count(), 3, "{words:?}");
        assert_eq!(Staging::begin(home.path()).err().unwrap().exit_code(), 7);
        for (child, _) in &mut four {
            // Those that did not get it have ended already; their ids are still ours until they are waited for.
            kill_process(Pid::from_child(child), Signal::KILL).unwrap();
            child.wait().unwrap();
        }
        assert_eq!(names(&home.path().join("runs")).len(), 2, "the killed one left its stage");
        drop(Staging::begin(home.path()).unwrap());
        assert_eq!(snapshot(home.path()), before, "and the next run heals it");
    }
    promise::report(17, "four processes at once, the winner killed", ROUNDS, ROUNDS, started);
}
