//! Promises 10 and 12 on the program itself: so many defects give as many rejects, each with its code, file and line, and the
//! sums balance, counted by a reader of the test's own; and the same rows give the same files, however they come.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use fastrand::Rng;
use hcmsync::pipeline::{Overrides, Pipeline};
use hcmsync::progress::Silent;
use hcmsync::run::{Settings, World};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::product::HCMSYNC;
use crate::promise;

const KINDS: [(&str, &str); 3] =
    [("person", "Person"), ("work_relationship", "WorkRelationship"), ("assignment", "Assignment")];

/// Records of a CSV file with the lines on which they begin, by the simplest of readers.
fn records(text: &str) -> Vec<(usize, Vec<String>)> {
    let (mut records, mut record, mut field) = (Vec::new(), Vec::new(), String::new());
    let (mut line, mut start, mut quoted) = (1, 1, false);
    for character in text.chars() {
        line += usize::from(character == '\n');
        match character {
            '"' => quoted = !quoted, // A doubled quote closes and opens again; what stands between is lost, and not needed.
            ',' if !quoted => record.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                record.push(std::mem::take(&mut field));
                records.push((start, std::mem::take(&mut record)));
                start = line;
            }
            other => field.push(other),
        }
    }
    records
}

/// Synthetic extracts in a folder: header and rows of each kind, as lines.
struct Extracts(Vec<(&'static str, String, Vec<String>)>);

impl Extracts {
    fn generate(persons: usize, seed: u64, more: &[&str]) -> Extracts {
        let folder = tempfile::tempdir().unwrap();
        let made = Command::new(HCMSYNC)
            .args(["sample", "--quiet", "--persons", &persons.to_string(), "--seed", &seed.to_string(), "--out"])
            .arg(folder.path())
            .args(more)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let file = |name: &str| {
            let mut entries = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
            entries.find(|path| path.file_name().unwrap().to_str().unwrap().starts_with(&format!("{name}_"))).unwrap()
        };
        let of_kind = |(_, name): (&'static str, &'static str)| {
            let text = fs::read_to_string(file(name)).unwrap();
            assert!(text.lines().all(|line| line.matches('"').count() % 2 == 0), "a line is a record");
            let mut lines = text.lines().map(str::to_owned);
            (name, lines.next().unwrap(), lines.collect())
        };
        Extracts(KINDS.map(of_kind).into())
    }

    /// Writes each kind in so many files, every n-th row in each.
    fn write(&self, folder: &Path, parts: usize) {
        for (name, header, rows) in &self.0 {
            for part in 0..parts {
                let of = if parts == 1 { String::new() } else { format!("_{}of{parts}", part + 1) };
                let rows = rows.iter().skip(part).step_by(parts);
                let text: String = std::iter::once(header).chain(rows).map(|row| format!("{row}\n")).collect();
                fs::write(folder.join(format!("{name}_2026-11-20{of}.csv")), text).unwrap();
            }
        }
    }
}

/// A pipeline over the files beside it, whose guards let everything pass.
fn pipeline(folder: &Path) -> PathBuf {
    let mut text = String::from("name = \"sums\"\nas_of = \"file-name\"\n[fetch]\nfrom = \".\"\n");
    for (kind, name) in KINDS {
        write!(text, "[extract.{kind}]\nfile = \"{name}_*.csv\"\n").unwrap();
    }
    text += "[[output]]\nprofile = \"qooper-csv\"\nfile = \"users.csv\"\n[guard]\nmax_rejected = \"off\"\n\
             max_quarantined = \"off\"\n[publish]\nto = \"out\"\n";
    let path = folder.join("pipeline.toml");
    fs::write(&path, text).unwrap();
    path
}

/// Something wrong with one row: its code, and what is done to which column.
type Defect = (&'static str, &'static str, &'static str, &'static str);

/// Kind, code, column, and the text that is put there. No column: a field too many.
const DEFECTS: &[Defect] = &[
    ("Person", "CSV001", "", "x"),
    ("Person", "ROW001", "PersonNumber", ""),
    ("Person", "ROW002", "PersonNumber", "1.23E+11"),
    ("WorkRelationship", "CSV001", "", ""),
    ("WorkRelationship", "ROW001", "PeriodOfServiceId", " "),
    ("WorkRelationship", "ROW002", "PeriodOfServiceId", "=12"),
    ("WorkRelationship", "ROW032", "DateStart", "30/11/2026"),
    ("WorkRelationship", "ROW030", "DateStart", ""),
    ("WorkRelationship", "WR031", "ActualTerminationDate", "1950-01-01"),
    ("Assignment", "CSV001", "", "x"),
    ("Assignment", "ROW001", "AssignmentId", ""),
    ("Assignment", "ROW002", "AssignmentId", "4E+10"),
    ("Assignment", "ROW030", "EffectiveStartDate", ""),
    ("Assignment", "ROW031", "EffectiveEndDate", "1950-01-01"),
    ("Assignment", "ROW032", "EffectiveStartDate", "2026-02-30"),
    ("Assignment", "ROW034", "PrimaryAssignmentFlag", "maybe"),
    ("Assignment", "ROW035", "EffectiveSequence", "x"),
];

/// Kind of record, row (the first is 0) and code.
type Injected = BTreeMap<(&'static str, usize), &'static str>;

/// Does so many of them, each to a row of its own.
fn inject(extracts: &mut Extracts, count: usize, rng: &mut Rng) -> Injected {
    let mut injected = Injected::new();
    while injected.len() < count {
        let (kind, code, column, text) = DEFECTS[rng.usize(..DEFECTS.len())];
        let (_, header, rows) = extracts.0.iter_mut().find(|(name, ..)| *name == kind).unwrap();
        let row = rng.usize(..rows.len());
        let Some(place) = header.split(',').position(|name| name == column).or(column.is_empty().then_some(usize::MAX))
        else {
            panic!("{kind} has no {column}");
        };
        if injected.contains_key(&(kind, row)) || rows[row].contains('"') {
            continue; // One defect a row; and where quotes are, a comma may be a value's.
        }
        let mut cells: Vec<&str> = rows[row].split(',').collect();
        if place == usize::MAX {
            cells.push(text);
        } else {
            cells[place] = text;
        }
        rows[row] = cells.join(",");
        injected.insert((kind, row), code);
    }
    injected
}

fn column(rows: &[(usize, Vec<String>)], name: &str) -> usize {
    rows[0].1.iter().position(|header| header == name).unwrap_or_else(|| panic!("no column {name}"))
}

/// Injects, runs, and counts: the rejects are those that were injected, and the sums are ours.
fn k_defects_are_k_rejects(seed: u64, count: usize) {
    let mut rng = Rng::with_seed(seed);
    let mut extracts = Extracts::generate(300, seed, &["--plain-people"]);
    let injected = inject(&mut extracts, count, &mut rng);
    let (folder, parts) = (tempfile::tempdir().unwrap(), 1 + (seed % 3) as usize);
    extracts.write(folder.path(), parts);
    let ran = Command::new(HCMSYNC).args(["run", "--quiet"]).arg(pipeline(folder.path())).output().unwrap();
    assert!(ran.status.success(), "seed {seed}: {}", String::from_utf8_lossy(&ran.stderr));
    let published = |name: &str| fs::read_to_string(folder.path().join("out/current").join(name));
    let report: Value = serde_json::from_str(&published("report.json").unwrap()).unwrap();

    for (kind, name) in KINDS {
        let expected: BTreeSet<(String, String, String)> = injected
            .iter()
            .filter(|((of, _), _)| *of == name)
            .map(|((_, row), code)| {
                let of = if parts == 1 { String::new() } else { format!("_{}of{parts}", row % parts + 1) };
                (format!("{name}_2026-11-20{of}.csv"), (row / parts + 2).to_string(), (*code).to_owned())
            })
            .collect();
        let rejects = records(&published(&format!("rejects/{kind}.csv")).unwrap_or_default());
        let listed: Vec<(String, String, String)> = rejects
            .iter()
            .skip(1)
            .map(|(_, row)| {
                let cell = |name: &str| row[column(&rejects, name)].clone();
                (cell("_file"), cell("_line"), cell("_code"))
            })
            .collect();
        assert_eq!(listed.len(), expected.len(), "seed {seed}, {kind}");
        assert_eq!(BTreeSet::from_iter(listed), expected, "seed {seed}, {kind}");

        let balance = &report["balance"]["files"][kind];
        let number = |key: &str| balance[key].as_u64().unwrap_or_else(|| panic!("{balance} has no {key}"));
        let rows = extracts.0.iter().find(|(of, ..)| *of == name).unwrap().2.len() as u64;
        let fates = ["used", "not_in_effect", "superseded", "set_aside", "rejected", "duplicates", "quarantined"];
        assert_eq!(number("in"), rows, "seed {seed}, {kind}");
        assert_eq!(fates.iter().map(|fate| number(fate)).sum::<u64>(), rows, "seed {seed}, {kind}: {balance}");
        assert_eq!(number("rejected"), expected.len() as u64, "seed {seed}, {kind}");
    }
    persons_balance(seed, &report["balance"]["persons"], &published);
}

/// Persons by the files alone: each ends once, and where it ends is what the report counts.
fn persons_balance(seed: u64, balance: &Value, published: &dyn Fn(&str) -> std::io::Result<String>) {
    let persons = records(&published("resolution.csv").unwrap());
    let (number, disposition) = (column(&persons, "PersonNumber"), column(&persons, "Disposition"));
    let mut ends: BTreeMap<&str, u64> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (_, row) in &persons[1..] {
        *ends.entry(&row[disposition]).or_default() += 1;
        assert!(seen.insert(&row[number]), "seed {seed}: {} ends twice", row[number]);
    }
    let count = |end: &str| ends.get(end).copied().unwrap_or_default();
    let lines = |name: &str| published(name).map_or(0, |text| records(&text).len() as u64 - 1);
    let excluded: u64 = balance["excluded"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(balance["in"].as_u64(), Some(persons.len() as u64 - 1), "seed {seed}");
    assert_eq!(balance["emitted"].as_u64(), Some(count("emitted") + count("emitted_inactive")), "seed {seed}");
    assert_eq!(balance["emitted"].as_u64(), Some(lines("users.csv")), "seed {seed}");
    assert_eq!(excluded, count("excluded"), "seed {seed}");
    assert_eq!(balance["filtered"].as_u64(), Some(count("filtered")), "seed {seed}");
    assert_eq!(balance["quarantined"].as_u64(), Some(count("quarantined")), "seed {seed}");
    assert_eq!(lines("quarantine.csv"), count("quarantined"), "seed {seed}");
}

#[test]
fn defects_are_rejects() {
    let started = Instant::now();
    (0..6).for_each(|seed| k_defects_are_k_rejects(seed, 40));
    promise::report(10, "defects in rows, a sample", 6 * 40, 6 * 40, started);
}

#[test]
#[ignore = "long: make promises"]
fn promise_10_k_defects_are_k_rejects() {
    let started = Instant::now();
    (100..200).for_each(|seed| k_defects_are_k_rejects(seed, 40));
    promise::report(10, "defects in rows: as many rejects, each in its place", 100 * 40, 100 * 40, started);
}

/// One hash of what was published: outputs, quarantine and resolution as they are, rejects without their places and in order.
fn hash(out: &Path) -> String {
    let current = out.join("current");
    let mut hasher = Sha256::new();
    for name in ["users.csv", "quarantine.csv", "resolution.csv"] {
        hasher.update(fs::read(current.join(name)).unwrap());
    }
    for (kind, _) in KINDS {
        let text = fs::read_to_string(current.join(format!("rejects/{kind}.csv"))).unwrap_or_default();
        let rows = records(&text);
        let places: Vec<usize> =
            rows.first().map_or(Vec::new(), |_| vec![column(&rows, "_file"), column(&rows, "_line")]);
        let without = |row: Vec<String>| {
            row.into_iter().enumerate().filter(|(at, _)| !places.contains(at)).map(|(_, cell)| cell).collect::<Vec<_>>()
        };
        let mut rows: Vec<Vec<String>> = rows.into_iter().map(|(_, row)| without(row)).collect();
        rows.sort();
        hasher.update(format!("{rows:?}"));
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Runs the same people in every order, cut, number of threads, time zone, locale; `step` leaves most of them out.
fn one_hash(persons: usize, step: usize) -> u64 {
    let extracts = Extracts::generate(persons, 7, &[]);
    let (mut hashes, mut runs, mut at) = (BTreeMap::<String, String>::new(), 0, 0);
    for (order, parts) in [(0, 1), (0, 3), (1, 1), (1, 3), (2, 2)] {
        let mut shuffled = Extracts(extracts.0.clone());
        let mut rng = Rng::with_seed(order);
        shuffled.0.iter_mut().filter(|_| order > 0).for_each(|(_, _, rows)| rng.shuffle(rows));
        let folder = tempfile::tempdir().unwrap();
        shuffled.write(folder.path(), parts);
        let file = pipeline(folder.path());
        let mut note = |out: PathBuf, how: String| {
            hashes.entry(hash(&out)).or_insert(format!("order {order}, {parts} files, {how}"));
            runs += 1;
        };
        for threads in ["1", "2", "7"] {
            for zone in ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"] {
                for locale in ["C", "tr_TR.UTF-8", "de_DE.UTF-8"] {
                    at += 1;
                    if at % step != 0 {
                        continue;
                    }
                    let to = folder.path().join(format!("to-{at}"));
                    let ran = Command::new(HCMSYNC)
                        .args(["run", "--quiet", "--threads", threads, "--to"])
                        .arg(&to)
                        .arg(&file)
                        .envs([("TZ", zone), ("LC_ALL", locale), ("LANG", locale)])
                        .output()
                        .unwrap();
                    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
                    note(to, format!("{threads} threads, {zone}, {locale}"));
                }
            }
        }
        for clock in ["1970-01-01T00:00:00Z", "2026-11-20T23:59:59Z", "2099-12-31T23:59:59Z"] {
            let to = folder.path().join(format!("at-{}", &clock[..4]));
            at_clock(&file, &to, clock);
            note(to, clock.to_owned());
        }
    }
    assert_eq!(hashes.len(), 1, "{hashes:#?}");
    runs
}

/// The library, told another time of day: what the binary would read from its clock.
fn at_clock(file: &Path, to: &Path, clock: &str) {
    let overrides = Overrides { to: Some(to.to_owned()), ..Overrides::default() };
    let pipeline = Pipeline::load(file, &overrides, &|_| None).unwrap();
    let now = clock.parse().unwrap();
    let world = World { now, home: None, agent_socket: None, stopped: &|| false, progress: &Silent };
    if let Err(error) = hcmsync::run::run(&pipeline, &Settings::default(), &world) {
        panic!("{clock}: {error}");
    }
}

#[test]
fn one_hash_of_some_ways() {
    let started = Instant::now();
    let runs = one_hash(200, 9);
    promise::report(12, "ways to run the same rows, a sample: one hash", runs, runs, started);
}

#[test]
#[ignore = "long: make promises"]
fn promise_12_one_hash_of_all_ways() {
    let started = Instant::now();
    let runs = one_hash(1_000, 1);
    promise::report(12, "ways to run the same rows: one hash", runs, runs, started);
}

#[test]
fn a_sample_of_any_size_passes_the_guards_of_its_pipeline() {
    let folder = tempfile::tempdir().unwrap();
    let of = |persons: u64, seed: u64, more: &[&str]| {
        let folder = folder.path().join(format!("{persons}-{seed}-{}", more.len()));
        let mut sample = Command::new(HCMSYNC);
        sample.args(["sample", "--quiet", "--persons", &persons.to_string(), "--seed", &seed.to_string(), "--out"]);
        assert!(sample.arg(&folder).args(more).output().unwrap().status.success());
        let ran = Command::new(HCMSYNC).args(["run", "--quiet"]).arg(folder.join("pipeline.toml")).output().unwrap();
        assert!(ran.status.success(), "{persons} of seed {seed}: {}", String::from_utf8_lossy(&ran.stderr));
    };
    // From six persons up one is odd; the smaller the sample, the larger their share.
    for persons in [1, 2, 5, 6, 7, 12, 18, 60, 120, 150, 200, 400, 1000] {
        for seed in 1..=3 {
            of(persons, seed, &[]);
        }
        of(persons, 1, &["--plain-people"]);
    }
    of(12, 1, &["--encrypt"]);
}
