//! What is sent arrives whole, under its own name, in the place of what was there; and nothing is sent that was not published.

use std::fs;
use std::os::unix::fs::MetadataExt;

use serde_json::Value;

use super::{about, arrived, deliver, hcmsync, place, served_by, upload};
use crate::product::{FIELDS, Place};
use crate::sshd::Sshd;

#[test]
fn a_published_run_arrives_whole_and_in_the_place_of_the_last() {
    // OpenSSH's server, and such as have no rename onto a file that is there, or none to spare a channel for.
    for (config, option, in_one_step) in
        [("", "", true), ("", "-P posix-rename", false), ("MaxSessions 1\n", "", false)]
    {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let script = format!("exec /usr/lib/openssh/sftp-server -e -l INFO {option} 2>> {}\n", log.display());
        let sshd = served_by(folder.path(), config, &script);
        let mut place = place(&upload(&sshd));
        let said = place.publishes(&[]);
        assert!(said.stdout.contains("delivered users.csv to sftp://"), "{}", said.stdout);
        assert_eq!(arrived(&sshd), ["users.csv"]);
        let users = sshd.root.join("users.csv");
        assert!(fs::read_to_string(&users).unwrap() == place.published("users.csv"));
        assert_eq!(fs::metadata(&users).unwrap().mode() & 0o007, 0, "nobody else's business");

        let first = place.published("users.csv");
        place.edit("\"PersonNumber\"", "\"PersonNumber || '.'\"");
        place.edit("[guard]", "[guard]\nmax_changed = \"off\"");
        place.publishes(&["--quiet"]);
        assert_eq!(arrived(&sshd), ["users.csv"]);
        assert!(fs::read_to_string(&users).unwrap() == place.published("users.csv"));
        assert!(fs::read_to_string(&users).unwrap() != first, "another set than the first");
        let log = fs::read_to_string(&log).unwrap();
        assert_eq!(log.contains("posix-rename old"), in_one_step, "{log}");
    }
}

#[test]
fn deliveries_are_remembered_beside_the_runs() {
    let sshd = Sshd::start();
    let place = place(&upload(&sshd));
    place.publishes(&["--quiet"]);
    assert_eq!(deliver(&place).code, 0);
    let lines = fs::read_to_string(place.path("out/deliveries.jsonl")).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let users = place.published("users.csv");
    assert_eq!(lines.len(), 2);
    for line in &lines {
        let manifest: Value = serde_json::from_str(&place.published("manifest.json")).unwrap();
        let output =
            manifest["outputs"].as_array().unwrap().iter().find(|output| output["path"] == "users.csv").unwrap();
        let sent = &line["files"][0];
        assert_eq!(
            (&line["run"], &sent["sha256"], &sent["bytes"]),
            (&manifest["run"], &output["sha256"], &users.len().into())
        );
        assert!(
            line["to"].as_str().unwrap().starts_with("sftp://")
                && line["host_key"].as_str().unwrap().starts_with("SHA256:")
        );
    }
    let mode = fs::metadata(place.path("out/deliveries.jsonl")).unwrap().mode() & 0o777;
    assert_eq!(mode, 0o600);
    let out = place.path("out");
    let listed = hcmsync(&["runs", "list", out.to_str().unwrap()]);
    assert!(listed.stdout.contains(", delivered 20"), "{}", listed.stdout);
    assert_eq!(hcmsync(&["verify", out.join("current").to_str().unwrap()]).code, 0);
}

#[test]
fn several_outputs_arrive_and_nothing_else() {
    let sshd = Sshd::start();
    let mut place = place(&upload(&sshd));
    place.edit("[guard]", "[[output]]\nprofile = \"scim-bulk\"\nfile = \"bulk.json\"\n[guard]");
    place.publishes(&["--quiet"]);
    let names = arrived(&sshd);
    assert!(names.len() >= 2 && names.iter().all(|name| name == "users.csv" || name.starts_with("bulk")), "{names:?}");
}

#[test]
fn a_file_of_many_packets_arrives_whole() {
    let sshd = Sshd::start();
    let mut place = place(&upload(&sshd));
    let people = place.path("people");
    let made =
        hcmsync(&["sample", "--out", people.to_str().unwrap(), "--persons", "10000", "--plain-people", "--quiet"]);
    assert_eq!(made.code, 0, "{}", made.all());
    place.set("from", "\"people\"");
    place.edit("qooper-csv", "csv");
    place.edit(FIELDS, "");
    place.publishes(&["--quiet"]);
    let users = place.published("users.csv");
    assert!(users.len() > 5_000_000, "{}", users.len());
    assert!(fs::read_to_string(sshd.root.join("users.csv")).unwrap() == users);
}

#[test]
fn what_is_not_published_is_not_sent() {
    let sshd = Sshd::start();
    let spoiled = |spoil: &dyn Fn(&mut Place)| {
        let mut place = place(&upload(&sshd));
        spoil(&mut place);
        place
    };
    let elsewhere = tempfile::tempdir().unwrap();
    let elsewhere = elsewhere.path().to_str().unwrap();
    for (said, code) in [
        (about(&spoiled(&|_| {}), "plan", &[]), 0),
        (about(&spoiled(&|_| {}), "validate", &["--quiet"]), 0),
        (spoiled(&|place| place.set("max_quarantined", "0")).run(&["--quiet"]), 3),
        (spoiled(&|place| fs::remove_file(place.extract("Person")).unwrap()).run(&["--quiet"]), 4),
        (spoiled(&|_| {}).run(&["--quiet", "--to", elsewhere]), 0),
        (
            spoiled(&|place| place.pipeline += "[env.test.publish]\nto = \"test\"\n")
                .run(&["--quiet", "--env", "test"]),
            0,
        ),
    ] {
        assert_eq!(said.code, code, "{}", said.all());
        assert_eq!(arrived(&sshd), [""; 0]);
    }
    assert_eq!(sshd.login_attempts(""), 0, "not even a connection");
    let current = format!("{elsewhere}/current");
    assert_eq!(hcmsync(&["verify", &current]).code, 0, "the trial is a run like any other, and can be sent on purpose");
}

#[test]
fn a_check_tries_the_server_and_leaves_nothing() {
    let sshd = Sshd::start();
    let said = about(&place(&upload(&sshd)), "check", &[]);
    assert_eq!(said.code, 0, "{}", said.all());
    assert!(said.stdout.contains("ok   upload     sftp://") && said.stdout.contains("SHA256:"), "{}", said.stdout);
    assert_eq!(arrived(&sshd), [""; 0]);
    let sshd = Sshd::start_with("ed25519", "Subsystem sftp internal-sftp -R\n");
    let said = about(&place(&upload(&sshd)), "check", &[]);
    assert!(said.code == 8 && said.stdout.contains("FAIL upload"), "{}", said.all());
}

#[test]
fn only_new_is_also_what_was_published_and_not_sent() {
    let mut sshd = Sshd::start();
    let mut place = place(&upload(&sshd));
    place.publishes(&["--quiet"]);
    assert_eq!(place.run(&["--only-new"]).code, 99);
    sshd.stop();
    let other = Sshd::start();
    place.edit(&upload(&sshd), &upload(&other));
    let said = place.run(&["--only-new"]);
    assert_eq!((said.code, arrived(&other)), (0, vec!["users.csv".to_owned()]), "{}", said.all());
    assert_eq!(place.run(&["--only-new"]).code, 99);
}

#[test]
fn only_new_is_what_the_target_holds_and_not_what_it_held_once() {
    let sshd = Sshd::start();
    let mut place = place(&upload(&sshd));
    place.edit("[guard]", "[guard]\nmax_changed = \"off\"");
    place.publishes(&["--quiet"]);
    let (first, pipeline) = (place.published("users.csv"), place.pipeline.clone());
    let older = fs::canonicalize(place.path("out/current")).unwrap();
    place.edit("\"PersonNumber\"", "\"PersonNumber || '.'\"");
    place.publishes(&["--quiet"]);
    let users = sshd.root.join("users.csv");
    let holds = || fs::read_to_string(&users).unwrap();

    // The older one is sent once more: then it is not the current one that is there.
    assert_eq!(hcmsync(&["deliver", older.to_str().unwrap()]).code, 0);
    assert_eq!((place.run(&["--only-new"]).code, holds() == place.published("users.csv")), (0, true));
    assert_eq!(place.run(&["--only-new"]).code, 99);

    // The first one is published again, and does not arrive.
    place.pipeline = pipeline;
    let aside = sshd.root.with_extension("aside");
    fs::rename(&sshd.root, &aside).unwrap();
    assert_eq!(place.run(&["--quiet"]).code, 8);
    fs::rename(&aside, &sshd.root).unwrap();
    assert!(place.published("users.csv") == first && holds() != first);
    assert_eq!(
        (place.run(&["--only-new"]).code, holds() == first),
        (0, true),
        "it arrived before, and is not there now"
    );
    assert_eq!(place.run(&["--only-new"]).code, 99);
}
