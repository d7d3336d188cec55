//! `check` says of tonight's run what the run would say: each point that fails has the run's own exit code.

use std::fs;
use std::process::Command;
use std::time::{Duration, SystemTime};

use sequoia_openpgp::cert::{Cert, CertBuilder};
use sequoia_openpgp::serialize::SerializeInto;
use serde_json::Value;

use crate::product::{EXTRACTS, HCMSYNC, Place, Said, project};

fn check(place: &Place, words: &[&str]) -> Said {
    let file = place.path("pipeline.toml");
    fs::write(&file, &place.pipeline).unwrap();
    Said::of(&Command::new(HCMSYNC).arg("check").arg(file).args(words).env_remove("SSH_AUTH_SOCK").output().unwrap())
}

/// What goes wrong with a place where a run was published: the exit code of a check and of a run, and what both say.
struct Trouble {
    what: &'static str,
    code: i32,
    says: &'static str,
    spoil: fn(&mut Place),
}

fn hold(troubles: &[Trouble], make: fn() -> Place) {
    for Trouble { what, code, says, spoil } in troubles {
        let mut place = make();
        assert_eq!(check(&place, &[]).code, 0, "{what}");
        place.publishes(&["--quiet"]);
        assert_eq!(check(&place, &[]).code, 0, "{what}");
        spoil(&mut place);
        let said = check(&place, &[]);
        assert_eq!(said.code, *code, "{what}: {}", said.all());
        let line = said.stdout.lines().find(|line| line.starts_with("FAIL "));
        assert!(line.is_some_and(|line| line.contains(says)), "{what}: {}", said.all());
        let said = place.run(&["--quiet"]);
        assert_eq!(said.code, *code, "{what}, as a run: {}", said.all());
        assert!(said.stderr.contains(says), "{what}, as a run: {}", said.all());
    }
}

/// Gives all extracts another date.
fn date(place: &Place, day: &str) {
    for start in EXTRACTS {
        let file = place.extract(start);
        fs::rename(&file, file.to_str().unwrap().replace("2026-11-20", day)).unwrap();
    }
}

#[test]
fn a_file_of_a_clock_that_is_ahead_is_not_old() {
    let place = Place::plain();
    let file = fs::File::options().append(true).open(place.extract("Person")).unwrap();
    file.set_modified(SystemTime::now() + Duration::from_secs(3600)).unwrap();
    let said = check(&place, &[]);
    let line = said.stdout.lines().find(|line| line.contains("person: ")).unwrap();
    assert!(said.code == 0 && line.contains(", its time is ") && line.ends_with(" ahead of this clock"), "{line}");
}

fn run_folder(place: &Place) -> std::path::PathBuf {
    fs::canonicalize(place.path("out/current")).unwrap()
}

#[test]
fn a_set_or_a_published_run_that_tonight_would_refuse_is_told_today() {
    let trouble = |what, code, says, spoil| Trouble { what, code, says, spoil };
    hold(
        &[
            trouble("older than the published set", 4, "is older than", |place| date(place, "2026-11-19")),
            trouble("of a later date", 4, "is made for a later date than today", |place| {
                date(place, "2099-01-01");
                place.set("as_of", "\"today\"");
            }),
            trouble("of two dates", 4, "different generations", |place| {
                fs::rename(place.extract("Person"), place.path("in/Person_2026-11-21.csv")).unwrap();
            }),
            trouble("no date in the names", 3, "there is no date in the name", |place| {
                date(place, "2026");
            }),
            trouble("current leads nowhere", 8, "a symbolic link to a run that is there", |place| {
                fs::remove_dir_all(run_folder(place)).unwrap();
            }),
            trouble("a manifest that is broken", 1, "is not a manifest", |place| {
                fs::write(run_folder(place).join("manifest.json"), "{").unwrap();
            }),
            trouble("a manifest that is gone", 8, "manifest.json cannot be read", |place| {
                fs::remove_file(run_folder(place).join("manifest.json")).unwrap();
            }),
            trouble("a message, and no [decrypt]", 4, "is an OpenPGP message", |place| {
                place
                    .rewrite("Person", |_| fs::read(project("sample-data/extract/Person_2026-11-20.csv.pgp")).unwrap());
            }),
        ],
        Place::plain,
    );
}

#[test]
fn a_signer_who_is_no_more_and_a_file_that_is_no_message_are_told_before_they_are_opened() {
    let trouble = |what, code, says, spoil| Trouble { what, code, says, spoil };
    hold(
        &[trouble("a plain file", 6, "the file is not encrypted", |place| {
            place.rewrite("Person", |_| fs::read(project("sample-data/plain/Person_2026-11-20.csv")).unwrap());
        })],
        Place::sealed,
    );
    let write = |place: &Place, name: &str, cert: &Cert| {
        fs::write(place.path(name), cert.armored().to_vec().unwrap()).unwrap();
    };
    let made = SystemTime::now() - Duration::from_hours(48);
    let builder = || CertBuilder::new().add_userid("fusion").set_creation_time(made).add_signing_subkey();
    let mut place = Place::sealed();
    let (expired, _) = builder().set_validity_period(Duration::from_hours(24)).generate().unwrap();
    write(&place, "expired.asc", &expired);
    let (revoked, revocation) = builder().generate().unwrap();
    write(&place, "revoked.asc", &revoked.insert_packets(revocation).unwrap().0);
    let (silent, _) = CertBuilder::new().add_userid("fusion").add_transport_encryption_subkey().generate().unwrap();
    write(&place, "silent.asc", &silent);
    let fusion = project("sample-data/keys/fusion-key_pub.asc");
    for (signer, code, says) in [
        ("[\"expired.asc\"]", 6, "has expired"),
        ("[\"revoked.asc\"]", 6, "is revoked"),
        ("[\"silent.asc\"]", 6, "may not sign"),
        ("[\"expired.asc\", \"revoked.asc\"]", 6, "has expired"),
        ("[\"expired.asc\"]\nsignature = \"off\"", 0, "EXPIRED"),
        (&format!("[\"expired.asc\", \"{}\"]", fusion.display()), 0, "EXPIRED"),
        (&format!("[\"revoked.asc\", \"{}\"]", fusion.display()), 0, "REVOKED"),
    ] {
        let pipeline = place.pipeline.clone();
        place.set("signer", signer);
        let said = check(&place, &[]);
        assert!(said.code == code && said.stdout.contains(says), "{signer}: {}", said.all());
        place.pipeline = pipeline;
    }
}

#[test]
fn without_dates_a_set_is_older_by_its_time_if_it_is_another_one() {
    let mut place = Place::plain();
    date(&place, "new");
    place.set("as_of", "\"2026-11-20\"");
    place.publishes(&["--quiet"]);
    let person = place.extract("Person");
    let before = |hours| SystemTime::now() - Duration::from_hours(hours);
    let file = fs::File::options().write(true).open(&person).unwrap();
    file.set_modified(before(3)).unwrap();
    assert_eq!(check(&place, &[]).code, 0, "the same bytes may have been copied");
    place
        .rewrite("Person", |bytes| bytes.split_inclusive(|byte| *byte == b'\n').take(190).flatten().copied().collect());
    file.set_modified(before(3)).unwrap();
    let said = check(&place, &[]);
    assert!(said.code == 4 && said.stdout.contains("is older than"), "{}", said.all());
    file.set_modified(before(0)).unwrap();
    assert_eq!(check(&place, &[]).code, 0);
}

#[test]
fn a_disk_without_room_for_one_more_run_is_told() {
    let place = Place::plain();
    place.publishes(&["--quiet"]);
    let path = run_folder(&place).join("manifest.json");
    let mut manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    manifest["outputs"][0]["bytes"] = (1u64 << 60).into();
    fs::write(&path, manifest.to_string()).unwrap();
    let said = check(&place, &[]);
    assert!(said.code == 8 && said.stdout.contains("and a run takes about 115292150460"), "{}", said.all());
    assert!(said.stdout.contains("hcmsync runs prune"), "{}", said.all());

    // A file with a hole has a size, and takes nothing.
    let place = Place::plain();
    fs::File::options().write(true).open(place.extract("Person")).unwrap().set_len(1 << 43).unwrap();
    let said = check(&place, &[]);
    assert!(said.code == 8 && said.stdout.contains("and a run takes about 8796093"), "{}", said.all());
    assert!(!place.path("out").exists(), "a check leaves nothing");
}
