//! Promise 22: every exit code of `hcmsync help exit-codes` by a scenario that ends with it, and no other.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use hcmsync::stages::publish::Staging;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::product::{HCMSYNC, Place, Said, personal_values_in};
use crate::promise;
use crate::sshd::free_port;

/// Ends as it does; a place is spoiled, then run.
fn ends(make: fn() -> Place, spoil: impl FnOnce(&mut Place)) -> i32 {
    let mut place = make();
    spoil(&mut place);
    place.run(&["--quiet"]).code
}

/// Makes a run wait for a file to settle.
fn unsettle(place: &mut Place, stable_for: &str) {
    place.set("from", &format!("\"in\"\nstable_for = \"{stable_for}\""));
    let file = fs::File::options().append(true).open(place.extract("Person")).unwrap();
    file.set_modified(std::time::SystemTime::now()).unwrap();
}

/// Waits until a run has made a file, and a little longer.
fn until(place: &Place, path: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !place.path(path).exists() {
        assert!(Instant::now() < deadline, "{path} is never there");
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(300));
}

/// A run that a signal stops while it waits for a file to settle.
fn stopped_by(signal: Signal) -> i32 {
    let mut place = Place::plain();
    unsettle(&mut place, "60s");
    let child = place.command(&[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until(&place, "out/.lock");
    kill_process(Pid::from_child(&child), signal).unwrap();
    child.wait_with_output().unwrap().status.code().unwrap_or(-1)
}

#[test]
fn a_key_that_cannot_be_opened_is_told_at_once_whatever_is_waited_for() {
    let mut place = Place::sealed();
    unsettle(&mut place, "600s");
    place.set("passphrase", "{ command = [\"false\"] }");
    let began = Instant::now();
    let said = place.run(&["--quiet"]);
    assert_eq!(said.code, 2, "{}", said.all());
    assert!(said.stderr.contains("the command false"), "{}", said.stderr);
    assert!(began.elapsed() < Duration::from_secs(300), "it waited for the file");
}

/// Damages what was published, which the next run would be compared with.
fn on_a_damaged_run() -> i32 {
    let place = Place::plain();
    place.publishes(&["--quiet"]);
    let users = place.path("out/current/users.csv");
    fs::write(&users, fs::read_to_string(&users).unwrap().replacen('a', "b", 1)).unwrap();
    place.run(&["--quiet"]).code
}

fn beside_another_run() -> i32 {
    let place = Place::plain();
    let held = Staging::begin(&place.path("out")).unwrap();
    let code = place.run(&["--quiet"]).code;
    drop(held);
    code
}

/// A run whose server takes nothing: it is published, and not delivered.
fn undelivered() -> i32 {
    ends(Place::plain, |place| {
        fs::write(place.path("known_hosts"), "").unwrap();
        place.pipeline += &format!(
            "upload = \"sftp://a@127.0.0.1:{}/x\"\nknown_hosts = \"known_hosts\"\nretries = 0\npassword = {{ command = [\"echo\", \"x\"] }}\n",
            free_port()
        );
    })
}

/// A published run, and one with other values, as the two are compared.
fn compared(command: &str) -> i32 {
    let mut place = Place::plain();
    place.publishes(&["--quiet"]);
    let first = fs::canonicalize(place.path("out/current")).unwrap();
    place.edit("\"PersonNumber\"", "\"PersonNumber || '.'\"");
    place.edit("[guard]", "[guard]\nmax_changed = \"off\"");
    if command == "diff" {
        place.publishes(&["--quiet"]);
    } else {
        fs::write(place.path("pipeline.toml"), &place.pipeline).unwrap();
    }
    let mut words = Command::new(HCMSYNC);
    words.args([command, "--quiet", "--detailed-exitcode"]);
    match command {
        "diff" => words.args([first, place.path("out/current")]),
        _ => words.arg(place.path("pipeline.toml")),
    };
    Said::of(&words.output().unwrap()).code
}

/// A run that a terminal or systemd stops together with the program that prints its passphrase.
fn stopped_with_its_command(signal: Signal) -> i32 {
    let mut place = Place::sealed();
    place.set("passphrase", "{ command = [\"sh\", \"-c\", \"touch asked; exec sleep 60\"] }");
    let child = place.command(&[]).process_group(0).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until(&place, "asked");
    kill_process_group(Pid::from_child(&child), signal).unwrap();
    child.wait_with_output().unwrap().status.code().unwrap_or(-1)
}

/// A command whose stdout has no room, which is told.
fn without_room_for(place: &Place, words: &[&str]) -> i32 {
    let full = || fs::File::options().write(true).open("/dev/full").unwrap();
    let said = Said::of(&place.command(words).stdout(full()).output().unwrap());
    assert!(said.stderr.contains("cannot be written to stdout: No space left"), "{}", said.stderr);
    said.code
}

#[test]
fn every_exit_code_has_its_scenario() {
    let started = Instant::now();
    let scenarios: &[(i32, &str, &dyn Fn() -> i32)] = &[
        (0, "all is well", &|| ends(Place::plain, |_| {})),
        (1, "the published run is damaged", &on_a_damaged_run),
        (2, "an unknown key", &|| ends(Place::plain, |place| place.edit("max_rejected", "max_rejcted"))),
        (3, "a guard", &|| ends(Place::plain, |place| place.set("max_quarantined", "0"))),
        (4, "no extract", &|| ends(Place::plain, |place| fs::remove_file(place.extract("Person")).unwrap())),
        (5, "no server", &|| {
            ends(Place::sealed, |place| {
                fs::write(place.path("known_hosts"), "").unwrap();
                let from =
                    format!("\"sftp://a@127.0.0.1:{}/x\"\nknown_hosts = \"known_hosts\"\nretries = 0", free_port());
                place.set("from", &from);
            })
        }),
        (6, "a message cut short", &|| {
            ends(Place::sealed, |place| place.rewrite("Person", |file| file[..file.len() - 9].to_vec()))
        }),
        (7, "another run", &beside_another_run),
        (8, "a target below a file", &|| {
            ends(Place::plain, |place| {
                fs::write(place.path("file"), "").unwrap();
                place.set("to", "\"file/out\"");
            })
        }),
        (8, "a server that cannot be reached, of a run that is published", &undelivered),
        (8, "a full disk for what a run says", &|| without_room_for(&Place::plain(), &[])),
        (10, "a plan with differences", &|| compared("plan")),
        (10, "two runs with differences", &|| compared("diff")),
        (130, "Ctrl-C", &|| stopped_by(Signal::INT)),
        (143, "a stop of the service", &|| stopped_by(Signal::TERM)),
        (130, "Ctrl-C while a program prints the passphrase", &|| stopped_with_its_command(Signal::INT)),
        (143, "a stop of the service while a program prints it", &|| stopped_with_its_command(Signal::TERM)),
    ];
    for (code, what, end) in scenarios {
        assert_eq!(end(), *code, "{what}");
    }
    let told = Said::of(&Command::new(HCMSYNC).args(["help", "exit-codes"]).output().unwrap()).stdout;
    let codes = told.lines().filter_map(|line| line.split_whitespace().next()).flat_map(|word| word.split(','));
    let codes: BTreeSet<i32> = codes.filter_map(|word| word.parse().ok()).collect();
    let tried: BTreeSet<i32> = scenarios.iter().map(|(code, ..)| *code).collect();
    assert_eq!(codes, tried);
    let all = scenarios.len() as u64;
    promise::report(22, "each exit code", all, all, started);
}

#[test]
fn the_summary_says_how_the_last_run_ended() {
    let mut place = Place::plain();
    let file = place.path("summary.json");
    let ends = |place: &Place, words: &[&str], code: i32| {
        let said = place.run(&[&["--quiet", "--summary-file", file.to_str().unwrap()], words].concat());
        assert_eq!(said.code, code, "{}", said.all());
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(personal_values_in(&text), [""; 0]);
        let told: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(told["exit_code"], code);
        (told["status"].as_str().unwrap().to_owned(), told)
    };
    fs::write(&file, "what stood there\n".repeat(10_000)).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(ends(&place, &[], 0).0, "published");
    let (status, told) = ends(&place, &["--only-new"], 99);
    assert!(status == "nothing_new" && told["run"].as_str().unwrap().starts_with("2026-11-20-"), "{told}");
    place.set("max_quarantined", "0");
    let (status, told) = ends(&place, &[], 3);
    assert!(status == "failed" && told["error"].as_str().unwrap().contains("max_quarantined tripped"), "{told}");
    assert!(told["help"].as_str().unwrap().contains("--allow"), "{told}");
    fs::remove_file(&file).unwrap();
    place.edit("max_rejected", "max_rejcted");
    assert_eq!(ends(&place, &[], 2).0, "failed", "also before anything is begun");

    let elsewhere = place.path("elsewhere");
    fs::write(&elsewhere, "somebody's").unwrap();
    let link = place.path("link");
    std::os::unix::fs::symlink(&elsewhere, &link).unwrap();
    for path in [link.to_str().unwrap(), "/dev/null"] {
        assert_eq!(place.run(&["--summary-file", path]).code, 8, "{path}");
    }
    assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "somebody's");
    assert_eq!(fs::metadata("/dev/null").unwrap().permissions().mode() & 0o777, 0o666);
}
