//! `inspect` and `init`: what a file is is told without a value of anybody's, and a pipeline that was written from samples
//! loads, runs, and asks where the samples do not tell.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hcmsync::targets;
use serde_json::Value;

use crate::product::{HCMSYNC, Said, project};
use crate::publish::names;

fn say(words: &[&str]) -> Said {
    Said::of(&Command::new(HCMSYNC).args(words).output().unwrap())
}

fn inspect(file: &Path, words: &[&str]) -> Value {
    let said = say(&[&["inspect", file.to_str().unwrap(), "--json"], words].concat());
    assert_eq!(said.code, 0, "{}", said.all());
    serde_json::from_str(&said.stdout).unwrap()
}

#[test]
fn a_plain_extract_is_told_by_its_headers_and_no_value_is_shown() {
    for (name, kind) in [("Person", "person"), ("WorkRelationship", "work_relationship"), ("Assignment", "assignment")]
    {
        let file = project("sample-data/plain").join(format!("{name}_2026-11-20.csv"));
        let records = csv::Reader::from_path(&file).unwrap().into_records().count();
        let told = inspect(&file, &[]);
        assert_eq!((&told["csv"]["kind"], &told["csv"]["rows"]), (&kind.into(), &records.into()));
        assert_eq!((&told["csv"]["encoding"], &told["csv"]["delimiter"]), (&"UTF-8".into(), &",".into()));
        // What is said is searched for personal values by `say`.
        let text = say(&["inspect", file.to_str().unwrap()]).stdout;
        assert!(text.contains(&format!("  kind       {kind}")), "{text}");
    }
    let person = inspect(&project("sample-data/plain/Person_2026-11-20.csv"), &[]);
    let birth = person["csv"]["dates"].as_array().unwrap().iter().find(|dates| dates["attribute"] == "DateOfBirth");
    assert_eq!(birth.unwrap()["first"], Value::Null, "nobody's birthday");
}

#[test]
fn a_message_is_told_from_outside_and_with_the_keys_of_a_pipeline_from_inside() {
    let file = project("sample-data/extract/Person_2026-11-20.csv.pgp");
    let told = inspect(&file, &[]);
    assert_eq!(told["csv"], Value::Null);
    let message = &told["message"];
    assert!(message["container"].as_str().unwrap().contains("with integrity protection"), "{message}");
    assert_eq!(message["recipients"].as_array().unwrap().len(), 1);
    let gpg = Command::new("gpg").args(["--list-packets", "--pinentry-mode", "cancel"]).arg(&file).output().unwrap();
    let listed = String::from_utf8_lossy(&gpg.stdout).to_uppercase();
    let id = message["recipients"][0].as_str().unwrap();
    assert!(listed.contains(&format!("KEYID {}", &id[id.len() - 16..])), "gpg names the same key: {listed}");
    let opened = inspect(&file, &["--pipeline", project("pipelines/qooper.toml").to_str().unwrap()]);
    assert_eq!((&opened["message"]["seal"], &opened["csv"]["kind"]), (&"good".into(), &"person".into()));
    assert_eq!(opened["message"]["signer"], "8003F81B3B8E4062FE17A6918C2DEEF041FC4F33");
    let home = tempfile::tempdir().unwrap();
    let damaged = home.path().join("damaged.pgp");
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&damaged, bytes).unwrap();
    let told = inspect(&damaged, &["--pipeline", project("pipelines/qooper.toml").to_str().unwrap()]);
    assert!(told["csv"].is_null() && told["message"]["seal"] != "good", "{told}");
    assert_eq!(names(home.path()), ["damaged.pgp"], "nothing is written");
}

#[test]
fn what_is_no_extract_is_said_to_be_none_and_nothing_of_it_is_shown() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("x.csv");
    for (bytes, note) in [
        (&b"Green,Joe,London\nKing,Mary,Paris\n"[..], "no name in its first line is known"),
        (b"", "no line that could be the header"),
        (b"PersonNumber,PersonId,LastName\n1,2,\"Green\n", "a run would refuse it: CSV00"),
        (b"PersonNumber,Shoe Size\n1,42\n", "it may be a side extract"),
    ] {
        fs::write(&file, bytes).unwrap();
        let said = say(&["inspect", file.to_str().unwrap()]);
        assert_eq!(said.code, 0);
        assert!(said.stdout.contains(note), "{}", said.stdout);
        assert!(!said.all().contains("Green") && !said.all().contains("42\n"), "{}", said.stdout);
    }
    assert_eq!(say(&["inspect", home.path().join("none").to_str().unwrap()]).code, 4);
}

/// A pipeline written by `init`, at a path in `home`.
fn init(home: &Path, from: &Path, target: &str) -> PathBuf {
    let out = home.join(format!("{target}.toml"));
    let said = say(&["init", "--from", from.to_str().unwrap(), "--target", target, "--out", out.to_str().unwrap()]);
    assert_eq!(said.code, 0, "{}", said.all());
    out
}

#[test]
fn a_pipeline_from_samples_loads_and_runs_for_every_target() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let mut refused = Vec::new();
    for profile in targets::profiles() {
        let plain = project("sample-data/plain");
        let said = say(&["init", "--from", plain.to_str().unwrap(), "--target", &profile.name]);
        if said.code != 0 {
            assert!(said.all().contains("needs an extract beside those of the people"), "{}", said.all());
            refused.push(profile.name.as_str());
            continue;
        }
        let pipeline = init(home, &project("sample-data/plain"), &profile.name);
        if let Some(condition) = &profile.condition {
            let text = fs::read_to_string(&pipeline).unwrap();
            assert!(text.contains(&format!("\nwhere   = \"{condition}\"")), "{text}");
        }
        let to = home.join("to").join(&profile.name);
        let words = ["--to", to.to_str().unwrap()];
        let checked = say(&[&["check", pipeline.to_str().unwrap()][..], &words].concat());
        assert_eq!(checked.code, 0, "{}: {}", profile.name, checked.all());
        let text = fs::read_to_string(&pipeline).unwrap();
        for kind in ["person", "work_relationship", "assignment"] {
            assert!(text.contains(&format!("[extract.{kind}]\nfile = \"")), "{text}");
        }
        assert!(text.contains("file = \"Assignment_*.csv\"") && text.contains("mode  = \"history\""), "{text}");
        assert!(!text.contains("\ndate_format"), "ISO needs none: {text}");
    }
    let pipeline = home.join("qooper-csv.toml");
    let to = home.join("out");
    let guards = ["--allow", "max_quarantined=off", "--allow", "max_rejected=off"];
    let words = ["run", pipeline.to_str().unwrap(), "--as-of", "2026-11-20", "--to", to.to_str().unwrap()];
    let said = say(&[&words[..], &guards].concat());
    assert_eq!(said.code, 0, "{}", said.all());
    assert!(said.stdout.contains("200 persons, 168 emitted"), "{}", said.stdout);
    assert_eq!(
        say(&["init", "--from", "sample-data/plain", "--target", "qooper-csv", "--out", pipeline.to_str().unwrap()])
            .code,
        8,
        "never written over"
    );
    assert_eq!(say(&["init", "--from", "sample-data/plain", "--target", "qoper-csv"]).code, 2);
    assert_eq!(say(&["init", "--from", "sample-data/none", "--target", "qooper-csv"]).code, 4);
    assert_eq!(
        refused.len(),
        8,
        "Starling's read accounts, Oracle's write-back does, Entra wants passwords: {refused:?}"
    );
}

#[test]
fn what_the_samples_do_not_tell_is_asked() {
    let home = tempfile::tempdir().unwrap();
    let from = home.path().join("in");
    fs::create_dir(&from).unwrap();
    let latin = |text: &str| -> Vec<u8> { text.chars().map(|c| c as u8).collect() };
    fs::write(
        from.join("Workers_20261120.csv"),
        latin("Person Number;Last Name;Effective Start Date;Wrk Email\n1;M\u{fc}ller;03/04/2026;a@b.example\n"),
    )
    .unwrap();
    fs::write(
        from.join("Asg_20261120_0930.txt"),
        "PERSON_NUMBER\tAssignmentId\tEffectiveStartDate\tEffectiveEndDate\tPrimaryFlag\tShoe Size\n1\t2\t13/04/2026\t31/12/4712\tY\t42\n",
    )
    .unwrap();
    let pipeline = init(home.path(), &from, "qooper-csv");
    let text = fs::read_to_string(&pipeline).unwrap();
    for piece in [
        "[extract.person]\nfile = \"Workers_*.csv\"\ndelimiter = \";\"\nencoding = \"windows-1252\"\n",
        "# date_format = \"%d/%m/%Y\"\n# date_format = \"%m/%d/%Y\"\n",
        "# columns = { WorkEmail = \"Wrk Email\" }",
        "[extract.assignment]\nfile = \"Asg_*.txt\"\ndelimiter = \"\\t\"\ndate_format = \"%d/%m/%Y\"\n",
        "# CHECK: no file looks like one of work_relationship rows.",
    ] {
        assert!(text.contains(piece), "{piece}\n---\n{text}");
    }
    let checked = say(&["check", pipeline.to_str().unwrap(), "--to", home.path().join("out").to_str().unwrap()]);
    assert_eq!(checked.code, 0, "{}", checked.all());
    // Of two files that look alike both are told of; an older one of the same name is none of another.
    let header = "Person Number;Last Name;Effective Start Date\n";
    fs::write(from.join("Workers_20261119.csv"), header).unwrap();
    fs::write(from.join("Leavers_20261119.csv"), header).unwrap();
    fs::remove_file(&pipeline).unwrap();
    let text = fs::read_to_string(init(home.path(), &from, "qooper-csv")).unwrap();
    assert!(text.contains("# CHECK: Leavers_20261119.csv looks like person rows, too"), "{text}");
    assert!(!text.contains("# CHECK: Workers_"), "{text}");
    // What is no extract is not an encrypted one.
    fs::write(from.join("person.toml"), "name = \"x\"\n").unwrap();
    fs::remove_file(&pipeline).unwrap();
    let text = fs::read_to_string(init(home.path(), &from, "qooper-csv")).unwrap();
    assert!(!text.contains("encrypted"), "{text}");
    assert!(text.contains("# CHECK: person.toml is neither CSV nor an OpenPGP message, and is left out."), "{text}");
    let sealed = init(home.path(), &project("sample-data/extract"), "csv");
    let text = fs::read_to_string(sealed).unwrap();
    assert!(
        text.contains("# CHECK: the extracts are encrypted.") && text.contains("file = \"Person_*.csv.pgp\""),
        "{text}"
    );
}
