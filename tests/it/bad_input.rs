//! Bad input, one scenario a line: each ends with its exit code and its sentence, publishes nothing, leaves no stage and no
//! download, and says no personal value (promises 15, 18 and 22).

use std::fmt::Write;
use std::time::Instant;

use crate::product::{Place, Said};
use crate::promise;
use crate::publish::{names, snapshot};

mod files;
mod interrupted;
mod server;
mod trust;
mod words;

/// What goes wrong, and what must be said of it.
struct Scenario {
    name: &'static str,
    /// The exit code.
    code: i32,
    /// What stderr must hold.
    says: &'static [&'static str],
    /// More words of the command line.
    words: &'static [&'static str],
    /// Makes a place go wrong that was right.
    spoil: fn(&mut Place),
}

/// A scenario that needs no words of its own on the command line.
const fn scenario(name: &'static str, code: i32, says: &'static [&'static str], spoil: fn(&mut Place)) -> Scenario {
    Scenario { name, code, says, words: &[], spoil }
}

/// Tries all scenarios and fails with a table of those that do not hold.
fn hold(scenarios: &[Scenario], make: &dyn Fn() -> Place) {
    let (mut broken, mut held, started) = (String::new(), 0, Instant::now());
    for scenario in scenarios {
        match holds(scenario, make) {
            Ok(()) => held += 2,
            Err(why) => {
                let _ = writeln!(broken, "{}: {why}\n", scenario.name);
            }
        }
    }
    assert!(broken.is_empty(), "{broken}");
    let injected = 2 * scenarios.len() as u64;
    promise::report(15, "bad input, before a first run and after one", injected, held, started);
    promise::report(22, "bad input, each with its exit code", injected, held, started);
}

/// Once where nothing was published, and once where a run was.
fn holds(scenario: &Scenario, make: &dyn Fn() -> Place) -> Result<(), String> {
    let mut place = make();
    (scenario.spoil)(&mut place);
    judge(scenario, &place.run(scenario.words))?;
    nothing_is_left(&place)?;

    let mut place = make();
    place.publishes(&["--quiet"]);
    let before = snapshot(&place.path("out"));
    (scenario.spoil)(&mut place);
    judge(scenario, &place.run(scenario.words))?;
    if snapshot(&place.path("out")) == before { Ok(()) } else { Err("what was published has changed".into()) }
}

fn judge(scenario: &Scenario, said: &Said) -> Result<(), String> {
    if said.code != scenario.code {
        return Err(format!("exit {} and not {}: {}", said.code, scenario.code, said.all()));
    }
    if !said.stdout.is_empty() {
        return Err(format!("a run that failed has no result: {}", said.stdout));
    }
    match scenario.says.iter().find(|fragment| !said.stderr.contains(**fragment)) {
        Some(fragment) => Err(format!("does not say {fragment:?}: {}", said.stderr)),
        None => Ok(()),
    }
}

/// Nothing is published, staged or downloaded.
fn nothing_is_left(place: &Place) -> Result<(), String> {
    let out = place.path("out");
    if !out.exists() {
        return Ok(());
    }
    let (left, runs) = (names(&out), names(&out.join("runs")));
    if left == [".lock", "runs"] && runs.is_empty() { Ok(()) } else { Err(format!("left: {left:?}, runs {runs:?}")) }
}
