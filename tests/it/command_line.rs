//! What the program says of itself, whatever the command: its colors, its manual, its answers to programs, and what becomes of files that it cannot write.

use std::process::Command;

use serde_json::Value;

use crate::product::{HCMSYNC, Said, project};
use crate::publish::names;

fn say(words: &[&str]) -> Said {
    Said::of(&Command::new(HCMSYNC).args(words).env_remove("NO_COLOR").output().unwrap())
}

#[test]
fn help_and_mistakes_have_colors_as_is_said() {
    let colored = |said: &Said| said.all().contains('\u{1b}');
    for words in [&["run", "--help"][..], &["run", "--bogus"], &["keys"]] {
        assert!(!colored(&say(words)), "{words:?}: no terminal reads this");
        for (color, is) in
            [(&["--color", "always"][..], true), (&["--color=always"], true), (&["--color", "never"], false)]
        {
            assert_eq!(colored(&say(&[color, words].concat())), is, "{color:?} {words:?}");
            assert_eq!(colored(&say(&[words, color].concat())), is, "{words:?} {color:?}");
        }
    }
    assert!(!colored(&say(&["run", "--help", "--color=always", "--color=never"])), "the last one counts");
}

#[test]
fn the_manual_is_one_page_with_every_command_and_names_no_other() {
    let page = say(&["man"]).stdout;
    for piece in [".SH \"HCMSYNC RUN\"", ".SH \"HCMSYNC KEYS NEW\"", "summary\\-file", "passphrase\\-env", "EXIT CODES"]
    {
        assert!(page.contains(piece), "{piece}");
    }
    assert!(!page.contains("hcmsync\\-run"), "there is no such page");
}

#[test]
fn programs_get_json() {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let told = |words: &[&str]| -> Value {
        let mut command = Command::new(HCMSYNC);
        let said = Said::of(&command.args(words).arg("--json").env("PGP_PASSPHRASE", "secret").output().unwrap());
        assert_eq!(said.code, 0, "{}", said.all());
        serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{words:?}: {error}: {}", said.stdout))
    };
    let targets = told(&["targets"]);
    assert_eq!(targets[0], told(&["targets", "qooper-csv"]));
    assert_eq!((&targets[0]["name"], &targets[0]["fields"][0]["required"]), (&"qooper-csv".into(), &true.into()));
    let codes = told(&["help", "codes"]);
    assert!(codes.as_array().unwrap().contains(&told(&["help", "PRI012"])));
    let people = told(&["sample", "--persons", "3", "--out", &at("people")]);
    assert_eq!((&people["persons"], &people["rows"]["person"]), (&3.into(), &3.into()));
    let pair = told(&["keys", "new", "--user-id", "x", "--bits", "2048", &at("key")]);
    assert_eq!(told(&["keys", "show", pair["public"].as_str().unwrap()])[0]["fingerprint"], pair["key"]["fingerprint"]);
}

#[test]
fn who_asks_for_quiet_has_it_where_something_was_done() {
    let home = tempfile::tempdir().unwrap();
    let plain = project("sample-data/plain");
    for words in [
        &["init", "--from", plain.to_str().unwrap(), "--target", "qooper-csv", "--out", "new.toml"][..],
        &["keys", "new", "--user-id", "x", "--bits", "2048", "key"],
        &["sample", "--persons", "3", "--out", "people"],
    ] {
        let mut command = Command::new(HCMSYNC);
        command.args(words).arg("--quiet").current_dir(home.path()).env("PGP_PASSPHRASE", "secret");
        let said = Said::of(&command.output().unwrap());
        assert!(said.code == 0 && said.all().is_empty(), "{}", said.all());
    }
    assert_eq!(names(home.path()), ["key_priv.asc", "key_pub.asc", "new.toml", "people"]);
}

#[test]
fn a_file_that_cannot_be_written_whole_is_told_with_8_and_in_the_way_of_nobody() {
    let home = tempfile::tempdir().unwrap();
    let plain = project("sample-data/plain");
    // A file that may not grow is as good as a full disk.
    let cramped = "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"";
    for words in [
        &["init", "--from", plain.to_str().unwrap(), "--target", "qooper-csv", "--out", "new.toml"][..],
        &["keys", "new", "--user-id", "x", "--bits", "2048", "key"],
    ] {
        let mut command = Command::new("sh");
        command.args(["-c", cramped, HCMSYNC]).args(words).current_dir(home.path()).env("PGP_PASSPHRASE", "secret");
        let said = Said::of(&command.output().unwrap());
        assert!(said.code == 8 && said.stderr.contains("written: File too large"), "{}", said.all());
        assert_eq!(names(home.path()), [""; 0]);
    }
    // Room for the keys, and not for the messages.
    for (encrypt, cramped) in [(&[][..], cramped.to_owned()), (&["--encrypt"], cramped.replace("-f 1;", "-f 16;"))] {
        let mut command = Command::new("sh");
        let words = ["sample", "--persons", "300", "--out", "people"];
        command.args(["-c", &cramped, HCMSYNC]).args(words).args(encrypt).current_dir(home.path());
        let said = Said::of(&command.output().unwrap());
        assert!(said.code == 8 && said.stderr.contains("be written: File too large"), "{}", said.all());
    }
}
