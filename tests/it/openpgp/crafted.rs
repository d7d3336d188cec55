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

/// Encrypts to customer what `write` writes inside.
fn encrypted(world: &World, write: impl FnOnce(Message<'_>) -> Message<'_>) -> Vec<u8> {
    let policy = StandardPolicy::new();
    let cert = Cert::from_file(world.path("customer_pub.asc")).unwrap();
    let keys = cert.keys().with_policy(&policy, None).for_transport_encryption().map(Recipient::from);
    let mut message = Vec::new();
    let inner = Encryptor::for_recipients(Message::new(&mut message), keys).build().unwrap();
    write(inner).finalize().unwrap();
    message
}

/// One-pass packet, literal packet, signature of this text by customer.
fn signed(world: &World, text: &[u8]) -> [Packet; 3] {
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

#[test]
fn a_bad_signature_beside_a_good_one_is_refused() {
    let world = World::new();
    let keys = world.keys_of("customer_pub.asc");
    let [mut one_pass, literal, good] = signed(&world, TEXT);
    let [_, _, bad] = signed(&world, b"something else");
    assert_eq!(open(&of_packets(&world, &[&one_pass, &literal, &good]), &keys).unwrap().bytes, TEXT);
    assert!(matches!(refused(&of_packets(&world, &[&one_pass, &literal, &bad]), &keys), DecryptError::BadSignature));
    let last = one_pass.clone();
    if let Packet::OnePassSig(OnePassSig::V3(packet)) = &mut one_pass {
        packet.set_last(false);
    }
    for signatures in [[&good, &bad], [&bad, &good]] {
        let message = of_packets(&world, &[&one_pass, &last, &literal, signatures[0], signatures[1]]);
        assert!(matches!(refused(&message, &keys), DecryptError::BadSignature));
    }
    // A signature that the one-pass packet promises, and that is not there.
    assert!(open(&of_packets(&world, &[&last, &literal]), &keys).is_err());
    // A second text after the signed one.
    assert!(open(&of_packets(&world, &[&last, &literal, &good, &literal]), &keys).is_err());
}

#[test]
fn bombs_are_bounded() {
    let world = World::new();
    let keys = world.keys("signature = \"off\"");
    let bomb = encrypted(&world, |message| {
        let mut literal = LiteralWriter::new(Compressor::new(message).build().unwrap()).build().unwrap();
        (0..64).for_each(|_| literal.write_all(&[0; 1 << 20]).unwrap());
        literal
    });
    assert!(bomb.len() < 1 << 20);
    assert_eq!(open(&bomb, &keys).unwrap().bytes.len(), 64 << 20);
    let ratio = Limits { ratio_from: 1 << 20, max_ratio: 100, ..Limits::default() };
    assert!(matches!(decrypt(&bomb, &keys, &ratio), Err(DecryptError::TooLarge(n)) if n < 64 << 20));
    let exactly = Limits { max_plaintext: 64 << 20, ..Limits::default() };
    assert!(decrypt(&bomb, &keys, &exactly).is_ok());
    let one_less = Limits { max_plaintext: (64 << 20) - 1, ..Limits::default() };
    assert!(matches!(decrypt(&bomb, &keys, &one_less), Err(DecryptError::TooLarge(_))));

    for (layers, opens) in [(1, true), (3, true), (4, false), (15, false), (40, false)] {
        let nested = encrypted(&world, |message| {
            let inner = (0..layers).fold(message, |message, _| Compressor::new(message).build().unwrap());
            let mut literal = LiteralWriter::new(inner).build().unwrap();
            literal.write_all(TEXT).unwrap();
            literal
        });
        assert_eq!(open(&nested, &keys).is_ok(), opens, "{layers} layers");
    }
}

/// A late change in a message larger than any buffer: nothing comes out.
#[test]
fn a_large_message_is_verified_to_its_end() {
    let world = World::new();
    let keys = world.keys("");
    let text = vec![b'x'; 40 << 20];
    for compression in ["none", "zlib"] {
        let mut message = world
            .gpg(&["--sign", "--encrypt", "-u", "fusion", "-r", "customer", "--compress-algo", compression], &text);
        assert_eq!(open(&message, &keys).unwrap().bytes, text);
        let late = message.len() - 30;
        message[late] ^= 1;
        assert!(matches!(refused(&message, &keys), DecryptError::Damaged));
        message[late] ^= 1;
        let cut = message.len() - 1000;
        let begun = Instant::now();
        assert!(matches!(refused(&message[..cut], &keys), DecryptError::Damaged));
        assert!(begun.elapsed().as_millis() < 100, "told by the lengths");
    }
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
        Seal::to(&world.path("customer_pub.asc")).unwrap().signed_by(&private, Some(&PASSPHRASE.into())).unwrap();
    seal.seal(&mut &text[..], &mut sealed).unwrap();
    println!("seal: {:.2} s", begun.elapsed().as_secs_f64());
}

/// Of this process and its finished children: neighbours disturb it less than the clock.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields = stat.rsplit(')').next().unwrap().split_whitespace();
    fields.skip(11).take(4).map(|ticks| ticks.parse::<f64>().unwrap() / 100.0).sum()
}
