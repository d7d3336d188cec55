//! Promise 21: no panic, whatever comes. The targets of `fuzz/` over their seeds, and over seeds that were changed at random;
//! `make fuzz` looks longer, and where the code has not been yet.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use fastrand::Rng;

use crate::product::project;
use crate::promise;

#[path = "../../fuzz/targets.rs"]
mod targets;

/// The seeds of a target, in the order of their names; what was found once stands among them.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> =
        fs::read_dir(project("fuzz/corpus").join(target)).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// A seed, changed in a few places.
fn changed(seeds: &[Vec<u8>], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = seeds[rng.usize(..seeds.len())].clone();
    for _ in 0..rng.usize(1..6) {
        let (from, to) = range(bytes.len(), rng);
        match rng.u8(..8) {
            0 if from < bytes.len() => bytes[from] ^= 1 << rng.u8(..8),
            1 if from < bytes.len() => bytes[from] = rng.u8(..),
            2 => {
                drop(bytes.splice(
                    from..from,
                    (0..rng.usize(1..5)).map(|_| b"\0\r\n\",;'(%*{}[]=-0\xFF\xC3"[rng.usize(..19)]),
                ))
            }
            3 => drop(bytes.drain(from..to)),
            4 => {
                let again = bytes[from..to].to_vec();
                drop(bytes.splice(from..from, again));
            }
            5 => bytes.truncate(to),
            _ => {
                let other = &seeds[rng.usize(..seeds.len())];
                let (begin, end) = range(other.len(), rng);
                drop(bytes.splice(from..to, other[begin..end].iter().copied()));
            }
        }
    }
    bytes
}

/// A piece of so many bytes, more often short than long.
fn range(length: usize, rng: &mut Rng) -> (usize, usize) {
    let from = rng.usize(..=length);
    let most = if rng.bool() { 8 } else { length };
    (from, from + rng.usize(..=(length - from).min(most)))
}

/// So many changed seeds a target, on all cores. A panic is shown with the bytes that it takes.
fn drive(seed: u64, rounds: impl Fn(&str) -> u64 + Sync) -> u64 {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let of_core = |core: u64| {
        let mut tried = 0;
        for (name, target) in targets::TARGETS {
            let (seeds, mut rng) = (seeds(name), Rng::with_seed(seed + core));
            let mut attempt = |bytes: &[u8]| {
                tried += 1;
                if catch_unwind(AssertUnwindSafe(|| target(bytes))).is_err() {
                    panic!("{name}: a panic on b\"{}\"", bytes.escape_ascii());
                }
            };
            if core == 0 {
                seeds.iter().for_each(|bytes| attempt(bytes));
            }
            (0..rounds(name) / cores).for_each(|_| attempt(&changed(&seeds, &mut rng)));
        }
        tried
    };
    std::thread::scope(|scope| {
        let of_core = &of_core;
        let running: Vec<_> = (0..cores).map(|core| scope.spawn(move || of_core(core))).collect();
        running.into_iter().map(|core| core.join().unwrap()).sum()
    })
}

/// How many of a target are tried in about a second.
fn a_second(target: &str) -> u64 {
    match target {
        "names" => 40_000,
        "csv" => 12_000,
        "pipeline" => 5_000,
        "expressions" => 2_000,
        _ => 500,
    }
}

#[test]
fn nothing_panics() {
    let started = Instant::now();
    let tried = drive(1, a_second);
    promise::report(21, "inputs that were changed at random, a sample", tried, tried, started);
}

#[test]
#[ignore = "long: make promises"]
fn promise_21_nothing_panics() {
    let started = Instant::now();
    let tried = drive(1_000, |target| a_second(target) * 12);
    promise::report(21, "inputs that were changed at random: no panic", tried, tried, started);
}
