//! What the program says of itself, whatever the command: its manual.

use std::process::Command;

use crate::product::{HCMSYNC, Said};

fn say(words: &[&str]) -> Said {
    Said::of(&Command::new(HCMSYNC).args(words).env_remove("NO_COLOR").output().unwrap())
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
