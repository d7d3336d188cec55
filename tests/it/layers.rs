//! Knowledge points one way (`spec/style.md`, "What we take", 2 and 7), and the sources themselves are read to say so: the binary →
//! run → report → people → pipeline → stages, left to right → model.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::product::project;

/// What belongs to the binary alone: it knows the library by its name, as any other user of it.
const BINARY: [&str; 4] = ["main", "cli", "commands", "bars"];
/// The library above the stages; each may know what stands after it, and the stages, and the foundation.
const ABOVE: [&str; 4] = ["run", "report", "people", "pipeline"];
/// The stages in the order of the flow; each may know what stands before it, and the foundation.
const STAGES: [&str; 8] = ["fetch", "decrypt", "read", "normalize", "resolve", "validate", "map", "publish"];
/// What anybody may know, and what else each of these may know.
const FOUNDATION: [(&str, &[&str]); 6] = [
    ("model", &[]),
    ("progress", &[]),
    ("openpgp", &["model"]),
    ("sftp", &["model"]),
    ("targets", &["model"]),
    ("sample", &["model"]),
];
/// The part of the foundation that only some stages need, and they alone may know.
const LENT: [(&str, &[&str]); 4] = [
    ("openpgp", &["decrypt", "publish"]),
    ("sftp", &["fetch", "publish"]),
    ("targets", &["map"]),
    ("progress", &["fetch", "publish"]),
];

/// The source files below `src`, by their path in it.
fn sources() -> Vec<(PathBuf, String)> {
    let (root, mut sources, mut open) = (project("src"), Vec::new(), vec![project("src")]);
    while let Some(folder) = open.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                sources.push((path.strip_prefix(&root).unwrap().to_owned(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(sources.len() > 100);
    sources.sort();
    sources
}

/// The module that a file belongs to: `run`, `model`, `stages::read`.
fn module_of(path: &Path) -> String {
    let mut names = path.with_extension("").iter().map(|name| name.to_str().unwrap().to_owned()).collect::<Vec<_>>();
    if names[0] == "stages" && names.len() > 1 && names[1] != "mod" {
        names.truncate(2);
    } else {
        names.truncate(1);
    }
    names.join("::")
}

/// The lines of a source that are code, without its unit tests.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]"));
    lines.filter(|line| !line.trim_start().starts_with("//"))
}

/// The modules of our own that a source names: `crate::run::…` as `run`, `crate::stages::read::…` as `stages::read`.
fn known_to(text: &str) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    for line in code(text) {
        for path in line.split("crate::").skip(1) {
            let names: Vec<&str> = path
                .split("::")
                .map(|name| name.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default())
                .collect();
            assert!(!names[0].is_empty(), "one path a `use`, so that this test can read it: {line}");
            let is_stage = names[0] == "stages";
            known.insert(if is_stage { format!("stages::{}", names[1]) } else { names[0].to_owned() });
        }
    }
    known
}

/// Whether a module may know another one.
fn may_know(module: &str, other: &str) -> bool {
    let place = |list: &[&str], name: &str| list.iter().position(|entry| *entry == name);
    if module == other || module == "lib" || module == "stages" {
        return true;
    }
    if let Some(stage) = module.strip_prefix("stages::").map(|name| place(&STAGES, name).expect(name)) {
        return match other.strip_prefix("stages::") {
            Some(other) => place(&STAGES, other).expect(other) < stage,
            None => match LENT.iter().find(|(lent, _)| *lent == other) {
                Some((_, borrowers)) => borrowers.contains(&STAGES[stage]),
                None => other == "model",
            },
        };
    }
    if let Some(above) = place(&ABOVE, module) {
        return place(&ABOVE, other).is_none_or(|other| above < other) && !BINARY.contains(&other);
    }
    let (_, known) =
        FOUNDATION.iter().find(|(name, _)| *name == module).unwrap_or_else(|| panic!("a new module: {module}"));
    known.contains(&other)
}

#[test]
fn knowledge_points_one_way() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let module = module_of(&path);
        if BINARY.contains(&module.as_str()) {
            continue;
        }
        let known = known_to(&text);
        wrong.extend(
            known
                .iter()
                .filter(|other| !may_know(&module, other))
                .map(|other| format!("{} knows {other}", path.display())),
        );
        let library = code(&text).any(|line| line.contains("hcmsync::"));
        assert!(!library, "{} is in the library, and calls it by its name", path.display());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Who prints, and who asks the clock or the environment. A monotonic clock tells how long, not when: a time-out may use it.
const CALLS: [(&str, &[&str]); 12] = [
    ("println!", &[]),
    ("print!(", &[]),
    ("dbg!", &[]),
    ("io::stdout", &["main", "commands"]),
    ("io::stderr", &["main", "bars"]),
    ("Timestamp::now", &["commands"]),
    ("Zoned::now", &[]),
    ("SystemTime::now", &[]),
    ("Instant::now", &["sftp", "stages::fetch"]),
    ("env::var", &["commands", "model"]),
    ("env::current_dir", &[]),
    ("process::exit", &[]),
];

#[test]
fn only_the_rim_prints_and_asks_the_clock_or_the_environment() {
    for (path, text) in sources() {
        let module = module_of(&path);
        for (call, allowed) in CALLS {
            // Of the model, only a secret is read from the environment, where the pipeline file names the variable.
            let allowed = allowed.contains(&module.as_str()) && (module != "model" || path.ends_with("secret.rs"));
            assert!(allowed || !code(&text).any(|line| line.contains(call)), "{} calls {call}", path.display());
        }
    }
}

#[test]
fn every_file_says_what_it_owns_and_is_short() {
    for (path, text) in sources() {
        assert!(text.starts_with("//! "), "{} does not say what it owns", path.display());
        assert!(text.lines().count() < 400, "{} has {} lines", path.display(), text.lines().count());
    }
}

#[test]
fn the_stages_are_listed_in_the_order_of_the_flow_and_the_run_reads_like_it() {
    let run = fs::read_to_string(project("src/run.rs")).unwrap();
    assert!(run.starts_with(&format!("//! The story of one run: {}.", STAGES.join(", "))), "{run}");
    let folder: BTreeSet<String> = fs::read_dir(project("src/stages"))
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| name != "mod")
        .collect();
    assert_eq!(folder, STAGES.map(str::to_owned).into_iter().collect());
}
