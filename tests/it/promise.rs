//! The table of promises (`make promises`): each test that proves one says how often it injected a fault and how often the
//! promise held, and the table adds them up. A promise that no test speaks for is missing, and the table fails.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

/// The promises, in the order of `docs/promises.md`.
const PROMISES: [&str; 23] = [
    "Only the pinned signer",
    "Verify, then parse",
    "A flipped bit is refused or harmless, never different",
    "Old algorithms only by name",
    "Bombs are bounded",
    "Host key before password",
    "A whole file or none",
    "The server chooses no path",
    "No stale, replayed or mixed set",
    "The sums balance",
    "No silent CSV loss",
    "Resolution equals an independent oracle",
    "Read back before publish",
    "All or nothing",
    "A failed run changes nothing",
    "No mass removal",
    "One run at a time",
    "No personal value outside the outputs",
    "No plaintext on disk but the outputs",
    "Modes, links, secrets, core dumps",
    "Bounded memory, no panic, no hang",
    "Every failure has its exit code",
    "A known supply chain",
];

/// Where the rows of the table are collected, if somebody wants it: a folder.
const FOLDER: &str = "HCMSYNC_PROMISES";

fn table() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(|folder| PathBuf::from(folder).join("table.tsv"))
}

/// Says of promise `number` that of `injected` faults `held` left it standing; fewer than all of them is a failure. `name`
/// is what was injected.
pub fn report(number: u8, name: &str, injected: u64, held: u64, started: Instant) {
    assert!((1..=PROMISES.len()).contains(&usize::from(number)), "there is no promise {number}");
    if let Some(path) = table() {
        let line = format!("{number}\t{name}\t{injected}\t{held}\t{:.3}\n", started.elapsed().as_secs_f64());
        // One write a line: tests report side by side.
        OpenOptions::new().create(true).append(true).open(path).unwrap().write_all(line.as_bytes()).unwrap();
    }
    assert!(injected > 0, "promise {number}, {name}: nothing was injected");
    assert_eq!(held, injected, "promise {number}, {name}");
}

/// What the tests of one promise said together.
#[derive(Default)]
struct Sum {
    injected: u64,
    held: u64,
    seconds: f64,
}

#[test]
#[ignore = "prints what the other tests reported: make promises"]
fn prints_the_table() {
    let Some(path) = table() else { return };
    let mut sums: BTreeMap<usize, Sum> = BTreeMap::new();
    for line in fs::read_to_string(path).unwrap_or_default().lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let sum = sums.entry(cells[0].parse().unwrap()).or_default();
        sum.injected += cells[2].parse::<u64>().unwrap();
        sum.held += cells[3].parse::<u64>().unwrap();
        sum.seconds += cells[4].parse::<f64>().unwrap();
    }
    println!("\n| | promise | injected | held | seconds |\n|---:|---|---:|---:|---:|");
    let mut broken = 0;
    for (number, name) in (1..).zip(PROMISES) {
        match sums.get(&number) {
            Some(sum) => println!("| {number} | {name} | {} | {} | {:.1} |", sum.injected, sum.held, sum.seconds),
            None => println!("| {number} | {name} | missing | | |"),
        }
        broken += usize::from(sums.get(&number).is_none_or(|sum| sum.injected != sum.held));
    }
    assert_eq!(broken, 0, "promises that are broken, or that nothing speaks for");
}
