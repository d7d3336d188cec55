//! `run --only-new` and `run --wait`: what was published is not decrypted again, and what is not there yet is waited for,
//! from a folder and from a real server; and `runs list|prune`.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use hcmsync::stages::publish::Lock;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::bad_input::server::{place_at, server};
use crate::product::{EXTRACTS, HCMSYNC, Place, Said};
use crate::publish::{names, snapshot};

#[test]
fn what_was_published_is_not_decrypted_again() {
    let mut place = Place::sealed();
    place.publishes(&["--only-new"]);
    let before = snapshot(&place.path("out"));
    // With extracts that nobody could open: it is told by their hashes alone, before any of them is opened.
    let said = place.run(&["--only-new"]);
    assert_eq!(said.code, 99, "{}", said.all());
    assert!(said.stdout.starts_with("hcmsync: nothing new: the newest extracts were published as 2026-11-20-"));
    assert!(said.stderr.contains("fetch") && !said.stderr.contains("read "), "{}", said.stderr);
    assert_eq!(place.run(&["--only-new=7", "--quiet"]).code, 7);
    let told: Value = serde_json::from_str(&place.run(&["--only-new=0", "--json"]).stdout).unwrap();
    assert_eq!((&told["status"], &told["exit_code"]), (&"nothing_new".into(), &0.into()));
    assert_eq!(snapshot(&place.path("out")), before);
    let guards = ["--allow", "max_leavers=off", "--allow", "max_joiners=off"];
    let next = [&["--only-new", "--as-of", "2026-11-21"][..], &guards].concat();
    assert_eq!(place.run(&next).code, 0, "another day is new");
    place.publishes(&guards);
    place.edit("\"Employee ID\" = ", "\"First Name\" = \"FirstName\"\n\"Employee ID\" = ");
    assert_eq!(place.run(&["--only-new"]).code, 0, "another pipeline is new");
    place.rewrite("Person", |_| b"no message".to_vec());
    assert_eq!(place.run(&["--only-new"]).code, 6, "another file is new, and is opened");
}

/// A run in the background that has begun to wait.
fn waiting(place: &Place, words: &[&str]) -> Child {
    let told = place.path("stderr");
    let stderr = fs::File::create(&told).unwrap();
    let run = place.command(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
    while !fs::read_to_string(&told).unwrap().contains("; again in ") {
        sleep(Duration::from_millis(20));
    }
    run
}

/// Its end, with all that it said.
fn end(place: &Place, run: Child) -> Said {
    let mut output = run.wait_with_output().unwrap();
    output.stderr = fs::read(place.path("stderr")).unwrap();
    Said::of(&output)
}

#[test]
fn an_extract_that_is_missing_is_waited_for_until_the_time_is_over() {
    let place = Place::sealed();
    let (assignment, aside) = (place.extract("Assignment"), place.path("aside"));
    fs::rename(&assignment, &aside).unwrap();
    let said = place.run(&["--wait", "1s"]);
    assert_eq!(said.code, 4, "{}", said.all());
    let run = waiting(&place, &["--wait", "2m"]);
    fs::rename(&aside, &assignment).unwrap();
    let said = end(&place, run);
    assert_eq!(said.code, 0, "{}", said.all());
    assert!(said.stderr.contains("wait       nothing in") && said.stderr.contains("again in 1 s"), "{}", said.stderr);
    assert!(place.published("users.csv").lines().count() > 100);
}

#[test]
fn a_newer_set_is_waited_for_where_an_older_or_a_mixed_one_lies() {
    let place = Place::plain();
    let allowed = ["--as-of", "2026-11-20"];
    let named = |kind: &str, day: &str| place.path(&format!("in/{kind}_{day}.csv"));
    let rename = |from: &str, to: &str| {
        for kind in ["Person", "WorkRelationship", "Assignment"] {
            fs::rename(named(kind, from), named(kind, to)).unwrap();
        }
    };
    rename("2026-11-20", "2026-11-21");
    place.publishes(&allowed);
    rename("2026-11-21", "2026-11-19");
    let said = place.run(&[&allowed[..], &["--wait", "1s"]].concat());
    assert_eq!(said.code, 4, "{}", said.all());
    let run = waiting(&place, &[&allowed[..], &["--wait", "2m"]].concat());
    // The new set comes file by file: for a while it is of two days.
    fs::rename(named("Person", "2026-11-19"), named("Person", "2026-11-22")).unwrap();
    sleep(Duration::from_secs(2));
    for kind in ["WorkRelationship", "Assignment"] {
        fs::rename(named(kind, "2026-11-19"), named(kind, "2026-11-22")).unwrap();
    }
    let said = end(&place, run);
    assert_eq!(said.code, 0, "{}", said.all());
    assert!(said.stderr.contains("is older than \"") && !said.stderr.contains("decrypt"), "{}", said.stderr);
    let manifest: Value = serde_json::from_str(&place.published("manifest.json")).unwrap();
    assert!(manifest["inputs"][0]["name"].as_str().unwrap().contains("2026-11-22"));
}

/// Ends a run that waits by a signal, at once and without a flood of words.
fn ends_by(place: &Place, words: &[&str], signal: Signal, code: i32) {
    let run = waiting(place, &[words, &["--wait", "2h"]].concat());
    let began = Instant::now();
    kill_process(Pid::from_child(&run), signal).unwrap();
    let said = end(place, run);
    assert!(began.elapsed() < Duration::from_secs(30), "it went on");
    assert_eq!(said.code, code, "{}", said.all());
    assert!(said.stderr.ends_with("error: stopped before anything was published\n"), "{}", said.stderr);
    assert!(said.stderr.lines().count() < 20, "{}", said.stderr);
}

#[test]
fn a_signal_ends_the_waiting_whatever_is_waited_for() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let place = Place::sealed();
        place.publishes(&["--quiet"]);
        let before = snapshot(&place.path("out"));
        ends_by(&place, &["--only-new"], signal, code);
        for name in EXTRACTS {
            let file = place.extract(name);
            fs::rename(&file, file.to_str().unwrap().replace("2026-11-20", "2026-11-19")).unwrap();
        }
        ends_by(&place, &[], signal, code);
        let lock = Lock::take(&place.path("out")).unwrap();
        ends_by(&place, &[], signal, code);
        drop(lock);
        fs::remove_file(place.extract("Person")).unwrap();
        ends_by(&place, &[], signal, code);
        assert_eq!(snapshot(&place.path("out")), before);
    }
}

#[test]
fn the_lock_is_waited_for() {
    let place = Place::sealed();
    place.publishes(&[]);
    let lock = Lock::take(&place.path("out")).unwrap();
    assert_eq!(place.run(&["--wait", "1s"]).code, 7);
    let run = waiting(&place, &["--wait", "2m"]);
    drop(lock);
    let said = end(&place, run);
    assert_eq!(said.code, 0, "{}", said.all());
    assert!(said.stderr.contains("another run holds the lock"), "{}", said.stderr);
}

#[test]
fn a_server_is_asked_again_until_the_set_is_complete_and_new() {
    let sshd = server();
    let place = place_at(&sshd);
    let assignment = sshd.root.join(format!("{}.csv.pgp", EXTRACTS[2]));
    let (bytes, aside) = (fs::read(&assignment).unwrap(), sshd.root.join("aside"));
    fs::rename(&assignment, &aside).unwrap();
    let run = waiting(&place, &["--wait", "2m", "--only-new"]);
    fs::rename(&aside, &assignment).unwrap();
    assert_eq!(end(&place, run).code, 0);
    assert_eq!(place.run(&["--wait", "1s", "--only-new"]).code, 99, "nothing new came in that time");
    // The next night's set: the same content under another date is other files, and a part of it is waited for.
    let run = waiting(&place, &["--wait", "5s", "--only-new", "--as-of", "2026-11-20"]);
    for name in EXTRACTS {
        let next = name.replace("2026-11-20", "2026-11-21");
        let content = if name == EXTRACTS[2] {
            bytes.clone()
        } else {
            fs::read(sshd.root.join(format!("{name}.csv.pgp"))).unwrap()
        };
        sshd.put(&format!("{next}.csv.pgp"), &content, Duration::from_secs(60));
    }
    let said = end(&place, run);
    assert_eq!(said.code, 99, "the same bytes are not new whatever their names: {}", said.all());
}

#[test]
fn runs_are_listed_and_the_oldest_pruned_but_never_the_current_one() {
    let place = Place::plain();
    let days = ["2026-11-20", "2026-11-21", "2026-11-22"];
    for day in days {
        place.publishes(&["--as-of", day, "--allow", "max_leavers=off", "--allow", "max_joiners=off"]);
        // The order is that of publishing, and these were published within the same moment.
        sleep(Duration::from_millis(20));
    }
    place.publishes(&["--as-of", days[0], "--allow", "max_leavers=off", "--allow", "max_joiners=off"]);
    let runs = |words: &[&str]| {
        let pipeline = place.path("pipeline.toml");
        let mut command = std::process::Command::new(HCMSYNC);
        Said::of(&command.arg("runs").arg(words[0]).arg(pipeline).args(&words[1..]).output().unwrap())
    };
    let told: Value = serde_json::from_str(&runs(&["list", "--json"]).stdout).unwrap();
    let told = told.as_array().unwrap();
    assert_eq!(told.iter().map(|run| run["about"]["as_of"].as_str().unwrap()).collect::<Vec<_>>(), days);
    assert_eq!(told.iter().map(|run| run["current"].as_bool().unwrap()).collect::<Vec<_>>(), [true, false, false]);
    assert_eq!(told[1]["about"]["persons"], 200);
    let text = runs(&["list"]).stdout;
    assert!(text.starts_with("* 2026-11-20-") && text.contains("as of 2026-11-22: 200 persons,"), "{text}");
    assert_eq!(runs(&["prune"]).stdout, "", "thirty are kept unless somebody says otherwise");
    let lock = Lock::take(&place.path("out")).unwrap();
    assert_eq!(runs(&["prune", "--keep", "1"]).code, 7, "never while a run is at work");
    drop(lock);
    let said = runs(&["prune", "--keep", "2"]);
    assert!(said.stdout.starts_with("removed 2026-11-21-"), "the oldest but the current: {}", said.all());
    assert_eq!(runs(&["prune", "--keep", "0"]).stdout.lines().count(), 1);
    assert_eq!(
        names(&place.path("out/runs")),
        [fs::canonicalize(place.path("out/current")).unwrap().file_name().unwrap().to_str().unwrap()]
    );
    let of_folder = |folder: PathBuf, words: &[&str]| {
        Said::of(
            &std::process::Command::new(HCMSYNC)
                .arg("runs")
                .arg(words[0])
                .arg(folder)
                .args(&words[1..])
                .output()
                .unwrap(),
        )
    };
    assert!(of_folder(place.path("out"), &["list"]).stdout.starts_with("* 2026-11-20-"));
    assert_eq!(of_folder(place.path("out"), &["prune"]).code, 2, "a folder does not say how many");
    let before = snapshot(&place.path("in"));
    assert_eq!(of_folder(place.path("in"), &["prune", "--keep", "1"]).stdout, "", "nothing was published there");
    assert_eq!(names(&place.path("in")).len(), before.len(), "not even a lock is left");
}
