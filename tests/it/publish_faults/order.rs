//! In which order a run makes things durable, by its system calls: the data before the rename that shows it, the folder after.

use std::time::Instant;

use super::Stage;
use crate::promise;

/// A call that matters here, with the path that its descriptor or its arguments name.
#[derive(Debug, PartialEq, Eq)]
enum Call {
    Write(String),
    Sync(String),
    Rename { from: String, to: String },
}

/// Reads the log of `strace -y`: `fsync(5</tmp/x>) = 0`, `rename("/tmp/a", "/tmp/b") = 0`.
fn calls(log: &str) -> Vec<Call> {
    let path =
        |text: &str| text.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(path, _)| path.to_owned());
    let quoted = |text: &str, nth: usize| text.split('"').nth(2 * nth + 1).unwrap_or_default().to_owned();
    let call = |line: &str| {
        let (_, call) = line.split_once(' ')?;
        let (name, arguments) = call.trim_start().split_once('(')?;
        match name {
            "write" => path(arguments).map(Call::Write),
            "fsync" | "fdatasync" => path(arguments).map(Call::Sync),
            "rename" | "renameat" | "renameat2" => {
                Some(Call::Rename { from: quoted(arguments, 0), to: quoted(arguments, 1) })
            }
            _ => None,
        }
    };
    log.lines().filter_map(call).collect()
}

/// Where in the list the last such call is.
fn last(calls: &[Call], is_it: impl Fn(&Call) -> bool) -> Option<usize> {
    calls.iter().rposition(is_it)
}

#[test]
fn data_are_durable_before_the_rename_and_the_folder_after() {
    let (stage, started) = (Stage::set(), Instant::now());
    let log = stage.calls("trace=write,fsync,fdatasync,rename,renameat,renameat2", &["-y", "-s", "4096"]);
    let calls = calls(&log);
    let renamed = |of: &str| {
        let found = calls.iter().position(|call| matches!(call, Call::Rename { to, .. } if to.ends_with(of)));
        found.unwrap_or_else(|| panic!("nothing is renamed to {of}: {log}"))
    };
    let (shown, switched) = (renamed(&stage.new), renamed("/current"));
    assert!(shown < switched, "the run is there before `current` points to it");
    let Call::Rename { from: staging, to: run } = &calls[shown] else { unreachable!() };
    let synced =
        |path: &str, before: usize| last(&calls[..before], |call| matches!(call, Call::Sync(of) if of == path));
    let mut checked = 2;
    for (relative, _) in stage
        .whole
        .iter()
        .filter(|(path, _)| path.starts_with("runs").then(|| path.components().count() > 2) == Some(true))
    {
        let Ok(relative) = relative.strip_prefix(format!("runs/{}", stage.new)) else { continue };
        let staged = format!("{staging}/{}", relative.display());
        let at = synced(&staged, shown).unwrap_or_else(|| panic!("{staged} is not synced before it is shown"));
        if let Some(written) = last(&calls, |call| matches!(call, Call::Write(of) if *of == staged)) {
            assert!(written < at, "{staged} is written after it was synced");
        }
        checked += 1;
    }
    assert!(checked > 7, "{checked}");
    assert!(synced(staging, shown).is_some(), "the entries of the run itself");
    let runs = run.rsplit_once('/').unwrap().0;
    let to = runs.rsplit_once('/').unwrap().0;
    let after = |path: &str, from: usize, to: usize| {
        calls[from..to].iter().any(|call| matches!(call, Call::Sync(of) if of == path))
    };
    assert!(after(runs, shown, switched), "the run's own entry, before `current` points to it");
    assert!(after(to, switched, calls.len()), "the switch itself");
    promise::report(14, "files and folders synced in their order", checked + 3, checked + 3, started);
}
