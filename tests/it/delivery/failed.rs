//! A delivery that fails: the run stays published, nothing half is left on the server, and `hcmsync deliver` sends it later.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use hcmsync::stages::publish::Staging;
use rustix::process::{Pid, Signal, kill_process};

use super::{about, arrived, deliver, faulty, hcmsync, place, served_by, upload};
use crate::product::{HCMSYNC, Place, Said, personal_values_in};
use crate::promise;
use crate::publish::names;
use crate::sshd::{Sshd, free_port, keygen};

/// A run that is published, and not delivered: it says so, and what to do.
fn undelivered(place: &Place, code: i32) -> Said {
    let said = place.run(&["--json"]);
    assert_eq!(said.code, code, "{}", said.all());
    let current = fs::canonicalize(place.path("out/current")).unwrap();
    assert_eq!(hcmsync(&["verify", current.to_str().unwrap()]).code, 0);
    let repeat = format!("hcmsync deliver {}", current.display());
    assert!(
        said.stderr.contains("is published, and was not delivered") && said.stderr.contains(&repeat),
        "{}",
        said.stderr
    );
    let report: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!((&report["status"], &report["exit_code"]), (&"undelivered".into(), &code.into()));
    assert!(!place.path("out/deliveries.jsonl").exists());
    assert_eq!(personal_values_in(&said.stderr), [""; 0]);
    said
}

/// A server whose disk is full after the first kibibyte.
fn full(folder: &Path) -> Sshd {
    served_by(folder, "", "trap '' XFSZ\nulimit -f 1\nexec /usr/lib/openssh/sftp-server\n")
}

/// A server that takes files, and no other name for them.
const NO_RENAME: &str = "Subsystem sftp internal-sftp -P rename,posix-rename\n";

#[test]
fn a_run_that_no_server_takes_is_published_and_can_be_sent_later() {
    let started = Instant::now();
    let good = Sshd::start();
    let read_only = Sshd::start_with("ed25519", "Subsystem sftp internal-sftp -R\n");
    let no_rename = Sshd::start_with("ed25519", NO_RENAME);
    let folder = tempfile::tempdir().unwrap();
    let full = full(folder.path());
    let identity = folder.path().join("identity");
    keygen("ed25519", "", &identity);
    let swap = |from: String, to: String| upload(&good).replace(&from, &to);
    let of = |sshd: &Sshd| upload(sshd);
    let cases = [
        (of(&read_only), 8, "does not take"),
        (of(&full), 8, "does not take"),
        (of(&no_rename), 8, "the rename failed"),
        (swap(good.root.display().to_string(), "/no/such/folder".into()), 8, "does not take"),
        (swap(good.port.to_string(), free_port().to_string()), 8, "cannot be reached"),
        (swap(good.identity.display().to_string(), identity.display().to_string()), 8, "refused the login"),
        (swap(good.known_hosts.display().to_string(), "known".into()), 6, "is not known"),
        (swap(good.known_hosts.display().to_string(), "wrong".into()), 6, "has changed"),
    ];
    let all = cases.len() as u64;
    for (publish, code, says) in cases {
        let mut place = place(&publish);
        fs::write(place.path("known"), "").unwrap();
        fs::write(place.path("wrong"), read_only.known_hosts_line(good.port)).unwrap();
        let said = undelivered(&place, code);
        assert!(said.stderr.contains(says), "{says}: {}", said.stderr);
        for server in [&good, &read_only, &full, &no_rename] {
            assert_eq!(arrived(server), [""; 0], "{says}: nothing half, and no temporary file");
        }
        assert_eq!(deliver(&place).code, code, "{says}");

        place.edit(&publish, &upload(&good));
        fs::write(place.path("pipeline.toml"), &place.pipeline).unwrap();
        let said = deliver(&place);
        assert_eq!(said.code, 0, "{says}: {}", said.all());
        assert!(fs::read_to_string(good.root.join("users.csv")).unwrap() == place.published("users.csv"));
        fs::remove_file(good.root.join("users.csv")).unwrap();
    }
    promise::report(15, "a delivery that fails, and is repeated", all, all, started);
}

#[test]
fn a_server_that_forbids_the_rename_keeps_its_old_file_and_a_check_says_so_beforehand() {
    let sshd = Sshd::start_with("ed25519", NO_RENAME);
    sshd.put("users.csv", b"old", Duration::ZERO);
    let place = place(&upload(&sshd));
    let checked = about(&place, "check", &[]);
    assert!(checked.code == 8 && checked.stdout.contains("FAIL upload"), "{}", checked.all());
    assert!(checked.stdout.contains("the rename failed"), "{}", checked.stdout);
    assert_eq!(arrived(&sshd), ["users.csv"]);

    let said = undelivered(&place, 8);
    assert!(said.stderr.contains("the rename failed") && !said.stderr.contains("removed"), "{}", said.stderr);
    assert_eq!(arrived(&sshd), ["users.csv"]);
    assert_eq!(fs::read(sshd.root.join("users.csv")).unwrap(), b"old");
}

#[test]
fn a_rename_that_fails_where_the_old_file_is_removed_leaves_the_new_one_and_says_where() {
    // The first is refused since there is a file, as OpenSSH's server does it; the second is refused, or cut.
    for (fault, says) in [("error=EIO", "does not take"), ("signal=KILL", "the connection to")] {
        let folder = tempfile::tempdir().unwrap();
        let sshd = faulty(folder.path(), "-P posix-rename", &format!("?link,linkat:{fault}:when=2"));
        sshd.put("users.csv", b"old", Duration::ZERO);
        let mut place = place(&upload(&sshd));
        let said = undelivered(&place, 8);
        let [part] = &arrived(&sshd)[..] else { panic!("{:?}", arrived(&sshd)) };
        assert!(part.starts_with(".users.csv.part-"), "{part}");
        let users = place.published("users.csv");
        assert!(fs::read_to_string(sshd.root.join(part)).unwrap() == users, "whole");
        let by_hand = format!("if \"{part}\" has {} bytes, it can be renamed to it by hand", users.len());
        // On stderr it is JSON.
        let told = said.stderr.replace("\\\"", "\"");
        for says in [says, "\"users.csv\" that was there is removed already", &by_hand] {
            assert!(told.contains(says), "{says}: {told}");
        }
        assert_eq!(deliver(&place).code, 0, "nothing is in the way now");
        assert_eq!(arrived(&sshd), ["users.csv"]);
        assert!(fs::read_to_string(sshd.root.join("users.csv")).unwrap() == users);

        place.edit("retries = 0", "retries = 1");
        fs::write(place.path("pipeline.toml"), &place.pipeline).unwrap();
        let healed = deliver(&place).code == 0;
        assert_eq!(healed, fault.starts_with("signal"), "{fault}: what may pass is tried again");
    }
}

#[test]
fn a_file_that_was_removed_is_told_of_whatever_ends_the_delivery() {
    let folder = tempfile::tempdir().unwrap();
    let first = folder.path().join("first");
    fs::write(&first, "").unwrap();
    // The first connection ends between the two renames, and no other one comes about.
    let inject = "-e trace=?link,linkat -e inject=?link,linkat:signal=KILL:when=2";
    let server = "/usr/lib/openssh/sftp-server -P posix-rename";
    let script = format!("rm {} 2>&- && exec strace -f -qq -o /dev/null {inject} {server}\nexit 1\n", first.display());
    let sshd = served_by(folder.path(), "MaxSessions 1\n", &script);
    sshd.put("users.csv", b"old", Duration::ZERO);
    let said = undelivered(&place(&upload(&sshd).replace("retries = 0", "retries = 1")), 8);
    for says in ["SFTP was opened", "is removed already"] {
        assert!(said.stderr.contains(says), "{says}: {}", said.stderr);
    }
}

#[test]
fn a_transfer_that_is_cut_is_done_again_and_what_it_left_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let cut = folder.path().join("cut");
    // The first of its connections ends in the middle of a write.
    let server = "/usr/lib/openssh/sftp-server";
    let script = format!("if rm {} 2>&-; then dd bs=1 count=3000 | {server}; else exec {server}; fi\n", cut.display());
    let sshd = served_by(folder.path(), "", &script);
    let mut place = place(&upload(&sshd));
    fs::write(&cut, "").unwrap();
    let said = undelivered(&place, 8);
    assert!(said.stderr.contains("the connection to") && said.stderr.contains("was sent"), "{}", said.stderr);
    let left = arrived(&sshd);
    assert!(left.len() == 1 && left[0].starts_with(".users.csv.part-"), "{left:?}");

    place.edit("retries = 0", "retries = 1");
    fs::write(place.path("pipeline.toml"), &place.pipeline).unwrap();
    fs::write(&cut, "").unwrap();
    assert_eq!(deliver(&place).code, 0, "cut once more, and done again");
    assert_eq!(arrived(&sshd), ["users.csv"]);
}

#[test]
fn a_delivery_that_is_stopped_leaves_a_published_run() {
    let folder = tempfile::tempdir().unwrap();
    let asked = folder.path().join("asked");
    let sshd = served_by(folder.path(), "", &format!("touch {}\nexec sleep 60\n", asked.display()));
    let place = place(&upload(&sshd).replace("\"5s\"", "\"60s\""));
    let child = place.command(&["--quiet"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let started = Instant::now();
    while !asked.exists() {
        assert!(started.elapsed() < Duration::from_secs(60), "the server is never asked");
        std::thread::sleep(Duration::from_millis(20));
    }
    let stopped = Instant::now();
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    let said = Said::of(&child.wait_with_output().unwrap());
    assert!(said.code == 8 && said.stderr.contains("stopped while the run was sent"), "{}", said.all());
    assert!(stopped.elapsed() < Duration::from_secs(10), "it does not sit out the server's time");
    assert_eq!(hcmsync(&["verify", place.path("out/current").to_str().unwrap()]).code, 0);
}

#[test]
fn an_old_run_that_cannot_be_removed_keeps_no_new_one_from_its_target() {
    let sshd = Sshd::start();
    let mut place = place(&upload(&sshd));
    place.edit("[publish]", "[publish]\nkeep_runs = 1");
    place.edit("[guard]", "[guard]\nmax_changed = \"off\"");
    place.publishes(&["--quiet"]);
    let runs = || names(&place.path("out/runs"));
    let old = runs().remove(0);
    let new = place.pipeline.replace("\"PersonNumber\"", "\"PersonNumber || '.'\"");
    fs::write(place.path("pipeline.toml"), new).unwrap();
    // As on a file that must not change: whatever is to be removed stays.
    let stuck = |words: &[&str]| {
        let mut strace = std::process::Command::new("strace");
        strace.args(["-f", "-q", "-o", "/dev/null", "-e", "trace=unlinkat", "-e", "inject=unlinkat:error=EPERM"]);
        strace.args([HCMSYNC, "run"]).arg(place.path("pipeline.toml")).args(words).env_remove("SSH_AUTH_SOCK");
        Said::of(&strace.output().unwrap())
    };
    let said = stuck(&["--quiet"]);
    assert_eq!(said.code, 0, "{}", said.all());
    assert!(fs::read_to_string(sshd.root.join("users.csv")).unwrap() == place.published("users.csv"), "it is sent");
    let current = fs::canonicalize(place.path("out/current")).unwrap();
    let told = format!("warning: {} is published, and not all older runs are gone: ", current.display());
    assert!(said.stderr.starts_with(&told) && said.stderr.contains(&format!(".pruned-{old} cannot be removed")));
    let repeat = format!("hcmsync runs prune {} --keep 1", place.path("out").display());
    assert!(said.stderr.contains(&repeat), "{}", said.stderr);
    // What is left of it does not stop the next run either, which says so once more; and it goes when it can.
    let said = stuck(&["--quiet", "--json"]);
    assert_eq!(said.code, 0, "{}", said.all());
    let told: serde_json::Value = serde_json::from_str(&said.stderr).unwrap();
    assert!(told["status"] == "warning" && told["warning"].as_str().unwrap().contains(&old), "{told}");
    let current = current.file_name().unwrap().to_str().unwrap();
    assert!(runs().contains(&format!(".pruned-{old}")));
    assert_eq!(hcmsync(&["run", "--quiet", place.path("pipeline.toml").to_str().unwrap()]).all(), "");
    assert_eq!(runs(), [current]);
}

#[test]
fn what_cannot_log_in_stops_the_run_before_it_reads_anything() {
    let sshd = Sshd::start();
    let of = |from: &str, to: &str| upload(&sshd).replace(from, to);
    let identity = sshd.identity.display().to_string();
    for (publish, says) in [
        (of(&identity, "no-such-key"), "the private key"),
        (upload(&sshd) + "password = { env = \"HCMSYNC_NO_SUCH\" }\n", "HCMSYNC_NO_SUCH is not set"),
        (of("identity_file", "agent = false\n#"), "nothing to log in with"),
    ] {
        let place = place(&publish);
        fs::remove_dir_all(place.path("in")).unwrap();
        let said = place.run(&["--quiet"]);
        assert!(said.code == 2 && said.stderr.contains(says), "{says}: {}", said.all());
    }
    assert_eq!(sshd.login_attempts(""), 0);
}

#[test]
fn a_tampered_run_is_not_sent_and_nor_is_one_while_another_is_at_work() {
    let sshd = Sshd::start();
    let place = place(&upload(&sshd));
    place.publishes(&["--quiet"]);
    fs::remove_file(sshd.root.join("users.csv")).unwrap();

    let held = Staging::begin(&place.path("out")).unwrap();
    assert_eq!(deliver(&place).code, 7);
    drop(held);

    let users = place.path("out/current/users.csv");
    let text = fs::read_to_string(&users).unwrap();
    fs::write(&users, text.replacen('a', "b", 1)).unwrap();
    let said = deliver(&place);
    assert!(said.code == 1 && said.stderr.contains("users.csv has other content"), "{}", said.all());
    assert_eq!(arrived(&sshd), [""; 0]);
    for no_run in ["in", "nowhere"] {
        assert_eq!(hcmsync(&["deliver", place.path(no_run).to_str().unwrap()]).code, 2, "no run at all");
    }
}

#[test]
fn a_run_is_sent_by_the_pipeline_that_made_it() {
    let sshd = Sshd::start();
    let plain = Place::plain();
    plain.publishes(&["--quiet"]);
    let said = deliver(&plain);
    assert!(said.code == 2 && said.stderr.contains("--pipeline"), "{}", said.all());

    let sending = place(&upload(&sshd));
    let file = plain.path("sending.toml");
    fs::write(&file, &sending.pipeline).unwrap();
    let (run, file) = (plain.path("out/current"), file.to_str().unwrap().to_owned());
    let with = |file: &str| hcmsync(&["deliver", run.to_str().unwrap(), "--pipeline", file]);
    assert_eq!((with(&file).code, arrived(&sshd)), (0, vec!["users.csv".to_owned()]));

    fs::write(&file, sending.pipeline.replace("name = \"test\"", "name = \"other\"")).unwrap();
    assert_eq!(with(&file).code, 2, "another pipeline's run");
    let key = crate::product::project("sample-data/keys/customer-key_pub.asc");
    fs::write(&file, format!("{}encrypt_to = \"{}\"\n", sending.pipeline, key.display())).unwrap();
    let said = with(&file);
    assert!(
        said.code == 8 && said.stderr.contains("sealed for other keys"),
        "plaintext, though now it is to be sealed: {}",
        said.all()
    );
}
