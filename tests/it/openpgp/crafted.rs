//! Messages that no honest tool makes, and large ones.

use std::io::Write;
use std::time::Instant;

use hcmsync::openpgp::{Purpose, Seal, unlock};
use hcmsync::stages::decrypt::{DecryptError, Limits, decrypt};
use sequoia_openpgp::packet::prelude::*;
use sequoia_openpgp::parse::Parse;
use sequoia_openpgp::policy::StandardPolicy;
use sequoia_openpgp::serialize::SerializeInto;
use sequoia_openpgp::serialize::stream::{Compressor, Encryptor, LiteralWriter, Message, Recipient, Signer};
use sequoia_openpgp::{Cert, PacketPile};

use super::{PASSPHRASE, TEXT, World, open, refused};
use crate::promise;

/// Encrypts to customer what `write` writes inside.
pub fn encrypted(world: &World, write: impl FnOnce(Message<'_>) -> Message<'_>) -> Vec<u8> {
    let policy = StandardPolicy::new();
    let cert = Cert::from_file(world.path("customer_pub.asc")).unwrap();
    let keys = cert.keys().with_policy(&policy, None).for_transport_encryption().map(Recipient::from);
    let mut message = Vec::new();
    let inner = Encryptor::for_recipients(Message::new(&mut message), keys).build().unwrap();
    write(inner).finalize().unwrap();
    message
}

/// One-pass packet, literal packet, signature of this text by customer.
pub fn signed(world: &World, text: &[u8]) -> [Packet; 3] {
    let key = unlock(&world.path("customer_priv.asc"), Some(&PASSPHRASE.into()), Purpose::Sign).unwrap().remove(0);
    let mut bytes = Vec::new();
    let signer = Signer::new(Message::new(&mut bytes), key.pair).unwrap().build().unwrap();
    let mut literal = LiteralWriter::new(signer).build().unwrap();
    literal.write_all(text).unwrap();
    literal.finalize().unwrap();
    let packets: Vec<Packet> = PacketPile::from_bytes(&bytes).unwrap().into_children().collect();
    packets.try_into().unwrap()
}

fn of_packets(world: &World, packets: &[&Packet]) -> Vec<u8> {
    encrypted(world, |mut message| {
        packets.iter().for_each(|packet| message.write_all(&packet.to_vec().unwrap()).unwrap());
        message
    })
}

/// Messages with signatures that no honest tool makes, each with what it is.
pub fn signatures(world: &World) -> Vec<(&'static str, Vec<u8>)> {
    let [mut first, literal, good] = signed(world, TEXT);
    let [_, _, bad] = signed(world, b"something else");
    let last = first.clone();
    if let Packet::OnePassSig(OnePassSig::V3(packet)) = &mut first {
        packet.set_last(false);
    }
    let of = |packets: &[&Packet]| of_packets(world, packets);
    vec![
        ("a good one", of(&[&last, &literal, &good])),
        ("a good one twice", of(&[&first, &last, &literal, &good, &good])),
        ("of another text", of(&[&last, &literal, &bad])),
        ("a good one, and inside of it one of another text", of(&[&first, &last, &literal, &bad, &good])),
        ("one of another text, and inside of it a good one", of(&[&first, &last, &literal, &good, &bad])),
        ("announced, and not there", of(&[&last, &literal])),
        ("there, and not announced", of(&[&literal, &good])),
        ("in front of the text, as PGP 2 wrote it", of(&[&good, &literal])),
        ("a second text behind the signed one", of(&[&last, &literal, &good, &literal])),
        ("a second text in front of the signed one", of(&[&literal, &last, &literal, &good])),
        ("a signature alone", of(&[&good])),
        ("nothing at all", of(&[])),
    ]
}

/// A message that unpacks to so many MiB of zeros.
fn bomb(world: &World, mebibytes: usize) -> Vec<u8> {
    encrypted(world, |message| {
        let mut literal = LiteralWriter::new(Compressor::new(message).build().unwrap()).build().unwrap();
        (0..mebibytes).for_each(|_| literal.write_all(&[0; 1 << 20]).unwrap());
        literal
    })
}

#[test]
fn promise_5_bombs_are_bounded() {
    let (started, world, mut count) = (Instant::now(), World::new(), 0);
    let keys = world.keys("signature = \"off\"");
    let bomb = bomb(&world, 64);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(open(&bomb, &keys).unwrap().bytes.len(), 64 << 20);
    let mut limited = |limits: Limits, opens: bool| {
        let opened = decrypt(bomb.clone(), &keys, &limits);
        assert!(opened.is_ok() == opens && (opens || matches!(opened, Err(DecryptError::TooLarge(_)))), "{limits:?}");
        count += 1;
    };
    for max_ratio in [1, 10, 100, 500] {
        limited(Limits { ratio_from: 1 << 20, max_ratio, ..Limits::default() }, false);
    }
    for (max_plaintext, opens) in [(1, false), (1 << 20, false), ((64 << 20) - 1, false), (64 << 20, true)] {
        limited(Limits { max_plaintext, ..Limits::default() }, opens);
    }
    for layers in [1, 2, 3, 4, 5, 15, 40, 200] {
        let nested = encrypted(&world, |message| {
            let inner = (0..layers).fold(message, |message, _| Compressor::new(message).build().unwrap());
            let mut literal = LiteralWriter::new(inner).build().unwrap();
            literal.write_all(TEXT).unwrap();
            literal
        });
        assert_eq!(open(&nested, &keys).is_ok(), layers <= 3, "{layers} layers");
        count += 1;
    }
    let zeros = vec![0; 32 << 20];
    let bzip2 = world.gpg(&["--encrypt", "-r", "customer", "--compress-algo", "bzip2"], &zeros);
    assert!(bzip2.len() < 2_000, "{}", bzip2.len());
    assert!(matches!(refused(&bzip2, &keys), DecryptError::Bzip2));
    promise::report(5, "ratios, sizes, layers, bzip2", count + 1, count + 1, started);
}

/// A late change in a message larger than any buffer: nothing comes out.
#[test]
fn promise_2_a_large_message_is_verified_to_its_end() {
    let (started, world, mut count) = (Instant::now(), World::new(), 0);
    let keys = world.keys("");
    let text = vec![b'x'; 40 << 20];
    for compression in ["none", "zlib"] {
        let mut message = world
            .gpg(&["--sign", "--encrypt", "-u", "fusion", "-r", "customer", "--compress-algo", compression], &text);
        assert_eq!(open(&message, &keys).unwrap().bytes, text);
        // In the hash, in the signature, in the text past any buffer, and in the middle.
        for late in [1, 20, 23, 30, 200, 1_000, message.len() / 10, message.len() / 2] {
            let at = message.len() - late;
            message[at] ^= 1;
            assert!(matches!(refused(&message, &keys), DecryptError::Damaged), "{compression}: {late} before the end");
            message[at] ^= 1;
            count += 1;
        }
        for missing in [1, 22, 1_000] {
            let cut = message.len() - missing;
            let begun = Instant::now();
            assert!(matches!(refused(&message[..cut], &keys), DecryptError::Damaged));
            assert!(begun.elapsed().as_millis() < 500, "told by the lengths");
            count += 1;
        }
    }
    promise::report(2, "late changes of 40 MiB", count, count, started);
}

/// `cargo test --release --locked -- --ignored --nocapture throughput`: our time and gpg's for the same message.
#[test]
#[ignore = "a measurement, for a quiet machine"]
fn throughput() {
    let world = World::new();
    let keys = world.keys("");
    let private = world.path("customer_priv.asc");
    world.gpg(&["--passphrase", PASSPHRASE, "--import", private.to_str().unwrap()], b"");
    let row = b"300100012345,Example,Firstname,first.example@vision.example,2026-11-20,Vision Corporation\n";
    let text: Vec<u8> = row.iter().copied().cycle().take(256 << 20).collect();
    for options in
        [&["--compress-algo", "none"][..], &["--compress-algo", "zlib"], &["--compress-algo", "none", "--armor"]]
    {
        let seal = [&["--sign", "--encrypt", "-u", "fusion", "-r", "customer"], options].concat();
        let message = world.gpg(&seal, &text);
        std::fs::write(world.path("message"), &message).unwrap();
        let (begun, cpu) = (Instant::now(), cpu_seconds());
        let plaintext = open(&message, &keys).unwrap();
        let (ours, ours_cpu) = (begun.elapsed().as_secs_f64(), cpu_seconds() - cpu);
        assert!(plaintext.bytes == text);
        drop(plaintext);
        let (begun, cpu) = (Instant::now(), cpu_seconds());
        let (file, out) = (world.path("message"), world.path("plain"));
        world.gpg(&["--passphrase", PASSPHRASE, "-o", out.to_str().unwrap(), "--decrypt", file.to_str().unwrap()], b"");
        let (gpg, gpg_cpu) = (begun.elapsed().as_secs_f64(), cpu_seconds() - cpu);
        println!(
            "{options:?}: {:.0} MiB/s, {ours:.2} s, cpu {ours_cpu:.2} s; gpg {gpg:.2} s, cpu {gpg_cpu:.2} s",
            256.0 / ours
        );
        println!("    gpg / ours: {:.2} of time, {:.2} of cpu", gpg / ours, gpg_cpu / ours_cpu);
    }
    let mut sealed = Vec::new();
    let begun = Instant::now();
    let seal =
        Seal::to([&world.path("customer_pub.asc")]).unwrap().signed_by(&private, Some(&PASSPHRASE.into())).unwrap();
    seal.seal(&mut &text[..], &mut sealed).unwrap();
    println!("seal: {:.2} s", begun.elapsed().as_secs_f64());
}

/// Of this process and its finished children: neighbours disturb it less than the clock.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields = stat.rsplit(')').next().unwrap().split_whitespace();
    fields.skip(11).take(4).map(|ticks| ticks.parse::<f64>().unwrap() / 100.0).sum()
}
