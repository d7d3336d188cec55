//! What the program says of itself, whatever the command: its colors and its manual.

use std::process::Command;

use crate::product::{HCMSYNC, Said};

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
