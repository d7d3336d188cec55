//! A command line or a pipeline file that is wrong (exit 2), and a target that cannot be had (7, 8).

use std::fs;
use std::process::Command;

use hcmsync::stages::publish::Staging;

use super::{Scenario, hold, judge, nothing_is_left, scenario};
use crate::product::{HCMSYNC, Place, Said};
use crate::publish::snapshot;

#[test]
fn a_wrong_pipeline_or_command_line_is_exit_2_and_shown_where_it_stands() {
    hold(
        &[
            scenario(
                "an unknown key",
                2,
                &["`max_rejcted`", "did you mean max_rejected?", "pipeline.toml:", "^^^^^^^^^^^"],
                |place| place.edit("max_rejected", "max_rejcted"),
            ),
            scenario(
                "an unknown attribute in an expression",
                2,
                &["there is no attribute WorkEmial", "did you mean WorkEmail?", "pipeline.toml:", "^^^^^^^^^"],
                |place| place.edit("WorkEmail", "WorkEmial"),
            ),
            scenario("an unknown function", 2, &["LOWRE", "did you mean LOWER?", "^^^^^"], |place| {
                place.edit("LOWER", "LOWRE");
            }),
            scenario("wrong syntax in an expression", 2, &["wrong syntax", "pipeline.toml:", "^"], |place| {
                place.edit("\"PersonNumber\"", "\"PersonNumber +\"");
            }),
            scenario("a clock in an expression", 2, &["NOW", "^"], |place| place.edit("\"PersonNumber\"", "\"NOW()\"")),
            scenario("wrong TOML", 2, &["pipeline.toml:", "^"], |place| place.edit("[guard]", "[guard")),
            scenario("a limit that is none", 2, &["pipeline.toml:", "^"], |place| {
                place.set("max_rejected", "\"a few\"")
            }),
            scenario(
                "one name in the place of a list",
                2,
                &["expected a sequence", "a list stands in brackets"],
                |place| {
                    place.edit("[extract.person]", "[extract.person]\nnulls = \"NULL\"");
                },
            ),
            scenario("no [publish]", 2, &["no [publish] table", "--to DIR"], |place| {
                place.edit("[publish]\nto = \"out\"\n", "");
            }),
            scenario("no [fetch]", 2, &["no [fetch] table"], |place| place.edit("[fetch]\nfrom = \"in\"\n", "")),
            scenario("no [[output]]", 2, &["no [[output]] table"], without_an_output),
            scenario("no extract of assignments", 2, &["[extract.assignment]"], |place| {
                place.edit("[extract.assignment]\nfile = \"Assignment_*.csv\"\n", "");
            }),
            scenario("a variable that is not set", 2, &["HCMSYNC_TEST_NOT_SET is not set", "^"], |place| {
                place.set("from", "\"${HCMSYNC_TEST_NOT_SET}/in\"");
            }),
            Scenario {
                words: &["--as-of", "2026-13-40"],
                ..scenario("a day that is none", 2, &["2026-13-40", "--as-of"], |_| {})
            },
            Scenario {
                words: &["--env", "prod"],
                ..scenario("an environment that is not there", 2, &["has no [env.prod]"], |_| {})
            },
            Scenario {
                words: &["--allow", "max_leaver=1%"],
                ..scenario(
                    "a guard that is none",
                    2,
                    &["there is no guard \"max_leaver\"; the nearest is max_leavers"],
                    |_| {},
                )
            },
            Scenario { words: &["--frobnicate"], ..scenario("an unknown flag", 2, &["--frobnicate"], |_| {}) },
        ],
        &Place::plain,
    );
}

/// What no output is needed for.
fn without_an_output(place: &mut Place) {
    let (before, rest) = place.pipeline.split_once("[[output]]").unwrap();
    place.pipeline = format!("{before}[guard]{}", rest.split_once("[guard]").unwrap().1);
}

#[test]
fn without_an_output_nothing_is_published_and_the_rest_goes_on() {
    let mut place = Place::plain();
    place.publishes(&["--quiet"]);
    let before = snapshot(&place.path("out"));
    without_an_output(&mut place);
    assert_eq!(place.run(&["--quiet"]).code, 2);
    for (words, code) in
        [(&["plan"][..], 2), (&["check"], 2), (&["validate", "--quiet"], 0), (&["explain", "500105"], 0)]
    {
        let mut command = Command::new(HCMSYNC);
        let said =
            Said::of(&command.arg(words[0]).arg(place.path("pipeline.toml")).args(&words[1..]).output().unwrap());
        assert_eq!(said.code, code, "{words:?}: {}", said.all());
        assert!(code == 0 || said.all().contains("no [[output]] table"), "{words:?}: {}", said.all());
    }
    assert_eq!(snapshot(&place.path("out")), before, "it takes nothing away from who reads the last set");
}

#[test]
fn a_secret_that_is_not_to_be_had_is_exit_2() {
    hold(
        &[
            scenario("a variable that is not set", 2, &["HCMSYNC_TEST_NOT_SET", "is not set"], |place| {
                place.set("passphrase", "{ env = \"HCMSYNC_TEST_NOT_SET\" }");
            }),
            scenario("a file that is not there", 2, &["secret file", "No such file"], |place| {
                place.set("passphrase", "{ file = \"secret\" }");
            }),
            scenario("a file that others can read", 2, &["others can read", "chmod 600"], |place| {
                fs::write(place.path("secret"), "x").unwrap();
                place.set("passphrase", "{ file = \"secret\" }");
            }),
            scenario("a command that fails", 2, &["the command false"], |place| {
                place.set("passphrase", "{ command = [\"false\"] }");
            }),
            scenario(
                "a secret in the pipeline file",
                2,
                &["pipeline.toml:", "a secret is never a value in the file"],
                |place| {
                    place.set("passphrase", "\"hunter2\"");
                },
            ),
            scenario("no secret for a protected key", 2, &["protected by a passphrase"], |place| {
                place.edit("passphrase = ", "#");
            }),
            scenario("a secret key that is not there", 2, &["No such file"], |place| {
                place.edit("customer-key_priv", "nobodys-key");
            }),
        ],
        &Place::sealed,
    );
}

#[test]
fn a_target_that_cannot_be_written_is_exit_8_before_anything_is_read() {
    hold(
        &[
            scenario("the target is below a file", 8, &["cannot be created", "[publish].to"], |place| {
                fs::write(place.path("file"), "").unwrap();
                place.set("to", "\"file/out\"");
                fs::remove_file(place.extract("Person")).unwrap();
            }),
            Scenario {
                words: &["--summary-file", "/nowhere/summary.json"],
                ..scenario("the summary cannot be written", 8, &["/nowhere/summary.json"], |_| {})
            },
        ],
        &Place::plain,
    );
}

#[test]
fn a_run_beside_another_one_is_exit_7_and_leaves_it_alone() {
    let place = Place::plain();
    let locked = scenario("the lock is held", 7, &["another run"], |_| {});
    let held = Staging::begin(&place.path("out")).unwrap();
    judge(&locked, &place.run(&[])).unwrap();
    drop(held);
    nothing_is_left(&place).unwrap();
    place.publishes(&[]);
}
