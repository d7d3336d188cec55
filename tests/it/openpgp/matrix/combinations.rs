//! Algorithms in all combinations: a message asks for the words of its parts, no more and no fewer, and is refused for good
//! where one of its parts is.

use std::collections::BTreeSet;
use std::time::Instant;

use hcmsync::stages::decrypt::{Decrypt, DecryptError, Weak};

use super::super::World;
use super::super::bouncy_castle::{self, Made};
use super::{Keyring, Outcome};
use crate::promise;

/// A part of a message: its name for gpg, its number, and the word that accepts it.
type Part = (&'static str, u8, Option<Weak>);

pub const CIPHERS: [(&str, Part); 11] = [
    ("AES-128", ("AES", 7, None)),
    ("AES-192", ("AES192", 8, None)),
    ("AES-256", ("AES256", 9, None)),
    ("Camellia-128", ("CAMELLIA128", 11, None)),
    ("Camellia-192", ("CAMELLIA192", 12, None)),
    ("Camellia-256", ("CAMELLIA256", 13, None)),
    ("CAST5", ("CAST5", 3, Some(Weak::Cast5))),
    ("3DES", ("3DES", 2, Some(Weak::TripleDes))),
    ("Blowfish", ("BLOWFISH", 4, Some(Weak::Blowfish))),
    ("Twofish", ("TWOFISH", 10, None)),
    ("IDEA", ("IDEA", 1, None)),
];
pub const COMPRESSIONS: [Part; 4] = [("none", 0, None), ("zip", 1, None), ("zlib", 2, None), ("bzip2", 3, None)];
const CONTAINERS: [(&str, Option<Weak>); 4] =
    [("18", None), ("9", Some(Weak::NoMdc)), ("20-ocb", None), ("20-eax", None)];
const HASHES: [Part; 2] = [("SHA256", 8, None), ("SHA1", 2, Some(Weak::Sha1))];

/// One combination: what each part is, and how it is written down.
#[derive(Clone, Copy, Debug)]
struct Combination {
    cipher: Part,
    container: (&'static str, Option<Weak>),
    compression: Part,
    hash: Part,
    armored: bool,
    partial: bool,
}

fn all() -> Vec<Combination> {
    let mut all = Vec::new();
    for (_, cipher) in CIPHERS {
        for container in
            CONTAINERS.into_iter().filter(|(name, _)| !name.starts_with("20") || cipher.0.starts_with("AES"))
        {
            for compression in COMPRESSIONS {
                for hash in HASHES {
                    for (armored, partial) in [(false, false), (false, true), (true, false), (true, true)] {
                        all.push(Combination { cipher, container, compression, hash, armored, partial });
                    }
                }
            }
        }
    }
    all
}

impl Combination {
    fn words(&self) -> BTreeSet<Weak> {
        [self.cipher.2, self.container.1, self.hash.2].into_iter().flatten().collect()
    }

    /// Why it does not open whatever is accepted.
    fn holds(&self, outcome: &Outcome) -> bool {
        let words: BTreeSet<Weak> = outcome.words.iter().copied().collect();
        let never = matches!(self.cipher.0, "TWOFISH" | "IDEA") || self.container.0 == "20-eax";
        match &outcome.end {
            Err(DecryptError::Cipher(_)) => never && words.is_subset(&self.words()),
            Err(DecryptError::Bzip2) => self.compression.0 == "bzip2" && words.is_subset(&self.words()),
            // Without integrity protection nothing that stands inside is believed before the signature is.
            Err(DecryptError::Damaged) => self.compression.0 == "bzip2" && self.container.0 == "9",
            Err(_) => false,
            Ok(_) => !never && self.compression.0 != "bzip2" && words == self.words(),
        }
    }

    fn by_bouncy_castle(&self) -> Made {
        Made {
            cipher: self.cipher.1,
            container: self.container.0,
            compression: self.compression.1,
            armored: self.armored,
            partial: self.partial,
            hash: self.hash.1,
            ..Made::default()
        }
    }

    fn by_gpg(&self, world: &World) -> Vec<u8> {
        let mut options = if self.container.0 == "9" { vec!["--rfc2440"] } else { vec![] };
        options.extend(["--cipher-algo", self.cipher.0, "--compress-algo", self.compression.0]);
        options.extend(["--digest-algo", self.hash.0, "--allow-weak-digest-algos"]);
        options.extend(self.armored.then_some("--armor"));
        world.sealed(&options)
    }
}

/// Judges messages of these combinations; returns how many there were.
fn hold(world: &World, options: &Decrypt, messages: Vec<(Combination, Vec<u8>)>) -> u64 {
    let (mut keyring, mut wrong) = (Keyring::default(), Vec::new());
    for (combination, message) in &messages {
        let outcome = keyring.outcome(world, message, options);
        if !combination.holds(&outcome) {
            wrong.push(format!("{combination:?}: {}", outcome.text()));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), messages.len(), wrong.join("\n"));
    messages.len() as u64
}

/// Every `step`th of all combinations, by both makers.
fn every(step: usize) -> u64 {
    let world = World::new();
    let combinations: Vec<Combination> = all().into_iter().step_by(step).collect();
    let plan: Vec<Made> = combinations.iter().map(Combination::by_bouncy_castle).collect();
    let made = bouncy_castle::make(&world, &plan);
    let options = Decrypt { signer: vec![bouncy_castle::SIGNER.into()], ..world.options("") };
    let count = hold(&world, &options, combinations.iter().copied().zip(made).collect());
    // gpg has no such choice of lengths, and makes no packet 20.
    let by_gpg = combinations.iter().filter(|c| c.partial && !c.container.0.starts_with("20"));
    let made = by_gpg.map(|combination| (*combination, combination.by_gpg(&world))).collect();
    count + hold(&world, &world.options(""), made)
}

#[test]
fn a_combination_needs_the_words_of_its_parts() {
    let started = Instant::now();
    let count = every(17);
    promise::report(4, "combinations of algorithms, a sample", count, count, started);
}

#[test]
#[ignore = "long: make promises"]
fn promise_4_every_combination_needs_the_words_of_its_parts() {
    let started = Instant::now();
    let count = every(1);
    promise::report(4, "combinations of algorithms", count, count, started);
}
