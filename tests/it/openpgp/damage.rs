//! Promise 3: a message changed anywhere is refused, or opens to the same plaintext; and what fails behind the key fails with
//! one sentence, whatever was changed.

use std::ops::Range;
use std::time::Instant;

use hcmsync::stages::decrypt::{Decrypt, Keys};
use sequoia_openpgp::types::{AEADAlgorithm, SymmetricAlgorithm};

use super::bouncy_castle::{self, Made};
use super::matrix::forms::{by_sequoia, container, ours};
use super::{DecryptError, Failure, TEXT, World, open};
use crate::promise;

/// A message of each container and form, and the keys that open it.
struct Sample {
    what: &'static str,
    message: Vec<u8>,
    keys: Keys,
    /// The bytes that can be understood without any key: they may be spoken of.
    open: Vec<Range<usize>>,
}

fn samples(world: &World) -> Vec<Sample> {
    let made = |container| Made { container, partial: false, compression: 2, ..Made::default() };
    let by_it = bouncy_castle::make(world, &[made("20-ocb"), made("18"), made("9")]);
    let [aead, known, old] = by_it.try_into().unwrap();
    let v2 = by_sequoia(
        world,
        |message| message.symmetric_algo(SymmetricAlgorithm::AES128).aead_algo(AEADAlgorithm::OCB),
        1,
    );
    let pinned = Decrypt { signer: vec![bouncy_castle::SIGNER.into()], ..world.options("accept = [\"no-mdc\"]") };
    let sample = |what, message: Vec<u8>, options: &Decrypt| {
        let is_open = message[0] < 0x80 || what == "packet 9";
        let open = if is_open { std::iter::once(0..message.len()).collect() } else { in_the_clear(&message) };
        Sample { what, message, keys: Keys::load(options, world.home.path()).unwrap(), open }
    };
    let plain = world.options("");
    vec![
        sample("packet 18 by gpg", world.sealed(&["--compress-algo", "none"]), &plain),
        sample("packet 18 by gpg, zip", world.sealed(&["--compress-algo", "zip"]), &plain),
        sample("packet 18 by gpg, armored", world.sealed(&["--armor"]), &plain),
        sample("packet 18 by Bouncy Castle, zlib", known, &pinned),
        sample("packet 18, version 2", v2, &ours(world)),
        sample("packet 20", aead, &pinned),
        sample("packet 9", old, &pinned),
    ]
}

/// The heads of the recipient's packet and of the container: kinds, lengths, versions, algorithms, the key's name.
fn in_the_clear(message: &[u8]) -> Vec<Range<usize>> {
    let (of_recipient, at) = (if message[0] == 0x85 { 15 } else { 29 }, container(message));
    vec![0..of_recipient, at..at + 10]
}

/// A changed message: true if it opened, to the same plaintext.
fn judge(sample: &Sample, changed: &[u8], at: usize) -> bool {
    match open(changed, &sample.keys) {
        Ok(plaintext) => {
            assert_eq!(plaintext.bytes, TEXT, "{}: byte {at}", sample.what);
            true
        }
        Err(error) => {
            assert_eq!(error.kind(), Failure::Trust, "{}: byte {at}: {error}", sample.what);
            let may_be_told = sample.open.iter().any(|range| range.contains(&at));
            assert!(may_be_told || matches!(error, DecryptError::Damaged), "{}: byte {at}: {error}", sample.what);
            false
        }
    }
}

/// Flips these bits of every byte of every sample, on all cores; returns how many, and how many did no harm.
fn flip(samples: &[Sample], bits: impl Fn(usize) -> Range<u8> + Sync) -> (u64, u64) {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    let of_core = |core: usize| {
        let (mut flips, mut harmless) = (0, 0);
        for sample in samples {
            let mut changed = sample.message.clone();
            for at in (core..changed.len()).step_by(cores) {
                for bit in bits(at) {
                    changed[at] ^= 1 << bit;
                    harmless += u64::from(judge(sample, &changed, at));
                    changed[at] ^= 1 << bit;
                    flips += 1;
                }
            }
        }
        (flips, harmless)
    };
    std::thread::scope(|scope| {
        let of_core = &of_core;
        let running: Vec<_> = (0..cores).map(|core| scope.spawn(move || of_core(core))).collect();
        running.into_iter().map(|core| core.join().unwrap()).fold((0, 0), |(a, b), (c, d)| (a + c, b + d))
    })
}

/// Cuts every sample at these places of it; returns how many.
fn cut(samples: &[Sample], step: usize) -> u64 {
    let mut cuts = 0;
    for sample in samples {
        let whole = sample.message.trim_ascii_end().len();
        for at in (0..whole).filter(|at| at % step == 0 || whole - at <= 24) {
            assert!(!judge(sample, &sample.message[..at], at), "{}: cut at {at} of {whole}", sample.what);
            cuts += 1;
        }
    }
    cuts
}

#[test]
fn a_bit_of_every_byte_and_some_lengths() {
    let (world, started) = (World::new(), Instant::now());
    let samples = samples(&world);
    let (flips, harmless) = flip(&samples, |at| (at % 8) as u8..(at % 8) as u8 + 1);
    assert!(harmless * 20 < flips, "{harmless} of {flips}");
    promise::report(3, "one bit of every byte", flips, flips, started);
    let started = Instant::now();
    let cuts = cut(&samples, 40);
    promise::report(3, "some lengths", cuts, cuts, started);
}

#[test]
#[ignore = "long: make promises"]
fn promise_3_every_bit_and_every_length() {
    let (world, started) = (World::new(), Instant::now());
    let samples = samples(&world);
    let (flips, harmless) = flip(&samples, |_| 0..8);
    println!("{flips} flips, {harmless} harmless");
    promise::report(3, "every bit of seven messages, flipped", flips, flips, started);
    let started = Instant::now();
    let cuts = cut(&samples, 1);
    promise::report(3, "every length of seven messages", cuts, cuts, started);
}
