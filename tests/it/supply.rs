//! Promise 23: what is linked is known. The lock file, the licences and the builds are read, with the lists of `deny.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;
use std::time::Instant;

use serde_json::Value;

use crate::product::{HCMSYNC, project};
use crate::promise;

/// `[[package]]` of the lock file of the program.
fn locked() -> Vec<toml::Table> {
    packages("Cargo.lock")
}

/// `[[package]]` of a lock file.
fn packages(path: &str) -> Vec<toml::Table> {
    let lock: toml::Table = fs::read_to_string(project(path)).unwrap().parse().unwrap();
    lock["package"].as_array().unwrap().iter().map(|package| package.as_table().unwrap().clone()).collect()
}

#[test]
fn promise_23_libssh2_is_not_below_the_floor_and_not_the_systems() {
    let started = Instant::now();
    let versions: Vec<Vec<u32>> = locked()
        .iter()
        .filter(|package| package["name"].as_str() == Some("libssh2-sys"))
        .map(|package| package["version"].as_str().unwrap().split(['.', '+']).filter_map(|n| n.parse().ok()).collect())
        .collect();
    assert!(versions.len() == 1 && versions[0] >= vec![0, 3, 4], "{versions:?}");
    let manifest: toml::Table = fs::read_to_string(project("Cargo.toml")).unwrap().parse().unwrap();
    assert_eq!(manifest["dependencies"]["libssh2-sys"].as_str(), Some("0.3.4"), "the floor is written down");

    // And the program itself: what it calls itself to a server, and what it would load.
    let program = fs::read(HCMSYNC).unwrap();
    let banner = b"SSH-2.0-libssh2_";
    let at = memchr::memmem::find(&program, banner).expect("libssh2 is linked in") + banner.len();
    let version = String::from_utf8_lossy(&program[at..at + 6]).into_owned();
    assert!(version.as_str() >= "1.11.2", "{version}");
    let loaded = Command::new("ldd").arg(HCMSYNC).output().unwrap().stdout;
    assert!(!String::from_utf8_lossy(&loaded).contains("libssh2"));
    promise::report(23, "libssh2: floor, vendored, linked in", 3, 3, started);
}

#[test]
fn promise_23_every_package_is_of_the_registry_and_has_its_checksum() {
    let started = Instant::now();
    let packages = locked();
    for package in packages.iter().filter(|package| package["name"].as_str() != Some("hcmsync")) {
        let text = |key: &str| package.get(key).and_then(toml::Value::as_str).unwrap_or_default();
        let is_hash = text("checksum").len() == 64 && text("checksum").bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(text("source") == "registry+https://github.com/rust-lang/crates.io-index" && is_hash, "{package}");
    }
    let count = packages.len() as u64 - 1;
    promise::report(23, "packages from the registry, with checksum", count, count, started);
}

/// The fuzzing targets have a lock file of their own: what is fuzzed is what ships, and their build is `--locked` as well.
#[test]
fn what_is_fuzzed_is_locked_as_the_program_is() {
    let key = |package: &toml::Table| ["name", "version"].map(|key| package[key].as_str().unwrap().to_owned());
    let known: BTreeSet<_> = locked().iter().map(key).collect();
    let fuzzed = packages("fuzz/Cargo.lock");
    let others: Vec<String> = fuzzed.iter().map(key).filter(|own| !known.contains(own)).map(|[name, _]| name).collect();
    assert_eq!(others, ["arbitrary", "hcmsync-fuzz", "libfuzzer-sys"]);
    let ours = fuzzed.iter().find(|package| package["name"].as_str() == Some("hcmsync")).unwrap();
    let linked: BTreeSet<&str> =
        ours["dependencies"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let manifest: toml::Table = fs::read_to_string(project("Cargo.toml")).unwrap().parse().unwrap();
    let wanted: BTreeSet<&str> = manifest["dependencies"].as_table().unwrap().keys().map(String::as_str).collect();
    // A package of which there are several versions is named with its own.
    let linked: BTreeSet<&str> = linked.iter().map(|name| name.split(' ').next().unwrap()).collect();
    assert_eq!(linked, wanted);
}

/// The licences that `deny.toml` allows, and those that it allows for one package.
fn allowed() -> (BTreeSet<String>, BTreeMap<String, BTreeSet<String>>) {
    let deny: toml::Table = fs::read_to_string(project("deny.toml")).unwrap().parse().unwrap();
    let names = |list: &toml::Value| {
        list["allow"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    let exceptions = deny["licenses"]["exceptions"].as_array().unwrap();
    let exceptions = exceptions.iter().map(|e| (e["crate"].as_str().unwrap().to_owned(), names(e))).collect();
    (names(&deny["licenses"]), exceptions)
}

/// Whether an SPDX expression can be met: one side of each OR, both of each AND.
fn met(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (met, rest) = any(&words, allowed);
    assert!(rest.is_empty(), "{expression}");
    met
}

fn any<'w>(words: &'w [&'w str], allowed: &dyn Fn(&str) -> bool) -> (bool, &'w [&'w str]) {
    let (mut met, mut rest) = all(words, allowed);
    while let ["OR", more @ ..] = rest {
        let (also, after) = all(more, allowed);
        (met, rest) = (met | also, after);
    }
    (met, rest)
}

fn all<'w>(words: &'w [&'w str], allowed: &dyn Fn(&str) -> bool) -> (bool, &'w [&'w str]) {
    let (mut met, mut rest) = one(words, allowed);
    while let ["AND", more @ ..] = rest {
        let (also, after) = one(more, allowed);
        (met, rest) = (met & also, after);
    }
    (met, rest)
}

fn one<'w>(words: &'w [&'w str], allowed: &dyn Fn(&str) -> bool) -> (bool, &'w [&'w str]) {
    match words {
        ["(", inner @ ..] => {
            let (met, rest) = any(inner, allowed);
            (met, rest.strip_prefix(&[")"]).expect("a closing parenthesis"))
        }
        [name, "WITH", exception, rest @ ..] => (allowed(&format!("{name} WITH {exception}")), rest),
        [name, rest @ ..] => (allowed(name), rest),
        [] => (false, words),
    }
}

#[test]
fn an_expression_of_licences_is_understood() {
    let mit = |name: &str| name == "MIT" || name == "A WITH x";
    for right in ["MIT", "B OR MIT", "MIT/B", "(B OR MIT) AND MIT", "A WITH x AND MIT", "B AND C OR MIT"] {
        assert!(met(right, &mit), "{right}");
    }
    for wrong in ["", "B", "MIT AND B", "(B OR C) AND MIT", "A", "A WITH y", "B OR MIT AND B"] {
        assert!(!met(wrong, &mit), "{wrong}");
    }
}

#[test]
fn promise_23_every_licence_is_on_the_list() {
    let started = Instant::now();
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", &platform])
        .arg("--manifest-path")
        .arg(project("Cargo.toml"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let linked = linked(&metadata);
    let ((allowed, exceptions), mut wrong) = (allowed(), Vec::new());
    let packages = metadata["packages"].as_array().unwrap();
    for package in packages.iter().filter(|package| linked.contains(package["id"].as_str().unwrap())) {
        let (name, licence) = (package["name"].as_str().unwrap(), package["license"].as_str().unwrap_or_default());
        let own = exceptions.get(name);
        if !met(licence, &|licence| allowed.contains(licence) || own.is_some_and(|own| own.contains(licence))) {
            wrong.push(format!("{name}: {licence:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(linked.len() > 200);
    let count = linked.len() as u64;
    promise::report(23, "licences on the list of deny.toml", count, count, started);
}

/// The packages that the program and its build need; what only the tests need is not passed on.
fn linked(metadata: &Value) -> BTreeSet<&str> {
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let by_id: BTreeMap<&str, &Value> = nodes.iter().map(|node| (node["id"].as_str().unwrap(), node)).collect();
    let mut open = vec![metadata["resolve"]["root"].as_str().unwrap()];
    let mut linked = BTreeSet::new();
    while let Some(id) = open.pop() {
        if linked.insert(id) {
            let needed = by_id[id]["deps"].as_array().unwrap().iter().filter(|dependency| {
                dependency["dep_kinds"].as_array().unwrap().iter().any(|kind| kind["kind"].as_str() != Some("dev"))
            });
            open.extend(needed.map(|dependency| dependency["pkg"].as_str().unwrap()));
        }
    }
    linked
}

#[test]
fn promise_23_whatever_builds_builds_what_is_locked() {
    let mut seen = 0;
    for file in [
        "Makefile",
        "README.md",
        "benches/million.sh",
        "sample-data/serve.sh",
        "sample-data/encrypt.sh",
        "fuzz/README.md",
    ] {
        let Ok(text) = fs::read_to_string(project(file)) else { continue };
        for line in text.replace("\\\n", " ").lines() {
            for command in ["build", "test", "check", "run", "install", "doc", "vendor", "bench", "metadata", "tree"] {
                if line.contains(&format!("cargo {command} ")) {
                    assert!(line.contains("--locked"), "{file}: {line}");
                    seen += 1;
                }
            }
        }
    }
    assert!(seen >= 4);
}
