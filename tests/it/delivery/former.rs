//! What the delivery before put on the server, and this run does not have, is gone before the first file of it is there.

use std::fs;

use serde_json::Value;

use super::{arrived, deliver, faulty, hcmsync, place, upload};
use crate::product::{FIELDS, Place};
use crate::sshd::Sshd;

/// A place whose second output is numbered files of fifty users.
fn numbered(publish: &str) -> Place {
    let mut place = place(publish);
    place.edit("[guard]", "[[output]]\nprofile = \"entra-bulk-upload\"\nfile = \"bulk.json\"\n[guard]");
    place
}

/// From now on there are fewer users in the numbered files.
fn fewer(place: &mut Place) {
    place.edit("file = \"bulk.json\"\n", "file = \"bulk.json\"\nwhere = \"PersonNumber < '500200'\"\n");
}

fn lines(place: &Place) -> Vec<Value> {
    let lines = fs::read_to_string(place.path("out/deliveries.jsonl")).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// How many files each delivery removed.
fn removed(place: &Place) -> Vec<u64> {
    lines(place).iter().map(|line| line["removed"].as_u64().unwrap()).collect()
}

/// The names of the last delivery, sorted.
fn last(place: &Place) -> Vec<String> {
    let line = lines(place).pop().unwrap();
    let mut names: Vec<String> =
        line["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

#[test]
fn numbered_files_that_a_run_does_not_have_go_and_what_others_put_there_stays() {
    let sshd = Sshd::start();
    let mut place = numbered(&upload(&sshd));
    place.publishes(&["--quiet"]);
    let before = last(&place);
    assert_eq!(arrived(&sshd), before);
    let first = fs::canonicalize(place.path("out/current")).unwrap();
    // Put there by somebody else, under a name that a run with more users would have.
    fs::write(sshd.root.join("bulk-0099.json"), "{}").unwrap();
    fs::remove_file(sshd.root.join("bulk-0003.json")).unwrap();

    fewer(&mut place);
    let said = place.publishes(&[]);
    let now = last(&place);
    let gone = before.len() - now.len();
    assert_eq!((now.len(), gone), (3, 2), "{before:?}, {now:?}");
    let with = |more: &str, names: &[String]| {
        let mut names = [names, &[more.to_owned()]].concat();
        names.sort();
        names
    };
    assert_eq!(arrived(&sshd), with("bulk-0099.json", &now));
    // The one that was gone already is fine, and not counted.
    let removed_now = gone as u64 - 1;
    assert_eq!(removed(&place), [0, removed_now]);
    assert!(said.stdout.contains(&format!("removed {removed_now} of the delivery before")), "{}", said.stdout);
    assert!(said.stderr.contains(&format!(", {removed_now} of the delivery before removed")), "{}", said.stderr);

    assert_eq!(deliver(&place).code, 0);
    assert_eq!((arrived(&sshd), removed(&place)[2]), (with("bulk-0099.json", &now), 0), "the same again");
    assert_eq!(hcmsync(&["deliver", first.to_str().unwrap()]).code, 0);
    assert_eq!(arrived(&sshd), with("bulk-0099.json", &before), "an older run, with all of its files");
    assert_eq!(deliver(&place).code, 0);
    assert_eq!((arrived(&sshd), removed(&place)[4]), (with("bulk-0099.json", &now), gone as u64));
}

#[test]
fn another_address_has_a_past_of_its_own() {
    let (one, other) = (Sshd::start(), Sshd::start());
    let mut place = numbered(&upload(&one));
    place.publishes(&["--quiet"]);
    let before = arrived(&one);
    for name in &before {
        fs::copy(one.root.join(name), other.root.join(name)).unwrap();
    }
    fewer(&mut place);
    place.edit(&upload(&one), &upload(&other));
    place.publishes(&["--quiet"]);
    assert_eq!((arrived(&one), arrived(&other)), (before.clone(), before), "we put nothing there yet");
    assert_eq!(removed(&place), [0, 0]);
}

#[test]
fn a_file_that_cannot_be_removed_stops_the_delivery_before_anything_is_renamed() {
    let folder = tempfile::tempdir().unwrap();
    // The first of them that a connection is to remove.
    let sshd = faulty(folder.path(), "", "?unlink,unlinkat:error=EACCES:when=1");
    let mut place = numbered(&upload(&sshd));
    place.publishes(&["--quiet"]);
    let before = arrived(&sshd);
    let content = || -> Vec<Vec<u8>> { before.iter().map(|name| fs::read(sshd.root.join(name)).unwrap()).collect() };
    let old = content();

    fewer(&mut place);
    place.edit("\"PersonNumber\"", "\"PersonNumber || '.'\"");
    place.edit("[guard]", "[guard]\nmax_changed = \"off\"");
    let said = place.run(&["--quiet"]);
    assert_eq!(said.code, 8, "{}", said.all());
    for says in
        ["of the delivery before", "it cannot be removed", "it would be imported with this run", "help: have \"bulk-"]
    {
        assert!(said.stderr.contains(says), "{says}: {}", said.stderr);
    }
    assert_eq!(arrived(&sshd), before, "nothing half");
    assert!(content() == old, "nothing new");
    assert_eq!(removed(&place), [0], "and nothing delivered");

    assert!(said.stderr.contains("\"bulk-0003.json\""), "the first that goes: {}", said.stderr);
    fs::remove_file(sshd.root.join("bulk-0003.json")).unwrap();
    assert_eq!(deliver(&place).code, 0);
    assert_eq!((arrived(&sshd), removed(&place)), (last(&place), vec![0, 1]));
}

#[test]
fn a_run_without_any_file_leaves_none_of_the_delivery_before() {
    let sshd = Sshd::start();
    let mut place = place(&upload(&sshd));
    place.edit("qooper-csv", "entra-bulk-upload");
    place.edit("users.csv", "bulk.json");
    place.edit(FIELDS, "");
    place.publishes(&["--quiet"]);
    assert_eq!(arrived(&sshd).len(), 4);
    place.edit("\"bulk.json\"\n", "\"bulk.json\"\nwhere = \"PersonNumber IS NULL\"\n");
    place.publishes(&["--quiet"]);
    assert_eq!((arrived(&sshd), removed(&place)), (vec![], vec![0, 4]));
}
