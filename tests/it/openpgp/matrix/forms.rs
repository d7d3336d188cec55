//! What a message is written with: ciphers, containers, compression, and the forms of its packets; and what is no message.

use std::io::Write;

use hcmsync::openpgp::{Purpose, unlock};
use hcmsync::stages::decrypt::Decrypt;
use sequoia_openpgp::parse::Parse;
use sequoia_openpgp::policy::StandardPolicy;
use sequoia_openpgp::serialize::stream::{Compressor, Encryptor, LiteralWriter, Message as Stream, Recipient, Signer};
use sequoia_openpgp::types::{AEADAlgorithm, Features, SymmetricAlgorithm};
use sequoia_openpgp::{Cert, KeyHandle};

use super::super::bouncy_castle::Made;
use super::super::{PASSPHRASE, TEXT, World};
use super::combinations::{CIPHERS, COMPRESSIONS};
use super::{Case, Group};

pub fn cases(world: &World) -> Vec<Case> {
    let groups = [ciphers, containers, compression, packets, armor, damage, no_message];
    groups.into_iter().flat_map(|group| group(world).cases).collect()
}

fn ciphers(world: &World) -> Group<'_> {
    let mut group = Group::new(world, "Ciphers (packet 18)");
    for (what, (name, number, _)) in CIPHERS {
        group.gpg(what, &["--cipher-algo", name]);
        group.bouncy_castle(what, Made { cipher: number, ..Made::default() });
    }
    group
}

fn containers(world: &World) -> Group<'_> {
    let mut group = Group::new(world, "Integrity protection (AES-256)");
    let what = "packet 18, version 1: a hash over the plaintext";
    group.gpg(what, &[]);
    group.bouncy_castle(what, Made::default());
    let what = "packet 18, version 2: AEAD of RFC 9580, in";
    for (mode, aead) in [("OCB", AEADAlgorithm::OCB), ("GCM", AEADAlgorithm::GCM)] {
        let message =
            by_sequoia(world, |message| message.symmetric_algo(SymmetricAlgorithm::AES256).aead_algo(aead), 0);
        group.ready(&format!("{what} {mode}"), "sequoia", message, ours(world));
    }
    for (mode, container) in [("OCB", "20-ocb"), ("EAX", "20-eax")] {
        group.bouncy_castle(
            &format!("packet 20: AEAD as GnuPG 2.3 and later make it, in {mode}"),
            Made { container, ..Made::default() },
        );
    }
    let what = "packet 9: none, signed inside";
    group.gpg(what, &["--rfc2440", "--cipher-algo", "AES256", "--digest-algo", "SHA256"]);
    group.bouncy_castle(what, Made { container: "9", ..Made::default() });
    let what = "packet 9 with 3DES and a signature by SHA-1: what systems of before 2007 send";
    group.gpg(what, &["--rfc2440", "--cipher-algo", "3DES", "--digest-algo", "SHA1", "--allow-weak-digest-algos"]);
    group.bouncy_castle(what, Made { container: "9", cipher: 2, hash: 2, ..Made::default() });
    let what = "packet 9, unsigned";
    group.bouncy_castle(what, Made { container: "9", hash: 0, ..Made::default() });
    let what = "packet 18 made to look like packet 9, so that nobody checks its hash";
    group.edited(what, Made { partial: false, compression: 0, ..Made::default() }, downgraded);
    group
}

fn compression(world: &World) -> Group<'_> {
    let mut group = Group::new(world, "Compression");
    for (what, number, _) in COMPRESSIONS {
        group.gpg(what, &["--compress-algo", what]);
        group.bouncy_castle(what, Made { compression: number, ..Made::default() });
    }
    group.bouncy_castle("bzip2 in packet 20", Made { compression: 3, container: "20-ocb", ..Made::default() });
    group.bouncy_castle(
        "bzip2 in packet 9: what stands inside is not believed",
        Made { compression: 3, container: "9", ..Made::default() },
    );
    for layers in [2, 3, 4, 15] {
        let message = by_sequoia(world, |message| message, layers);
        group.ready(&format!("zip, {layers} times"), "sequoia", message, ours(world));
    }
    group
}

fn packets(world: &World) -> Group<'_> {
    let mut group = Group::new(world, "Packets");
    let known = Made { partial: false, ..Made::default() };
    group.bouncy_castle("of known length", known);
    group.bouncy_castle("of partial lengths", Made::default());
    group.gpg("of partial lengths", &[]);
    group.edited(
        "packet 9 in the old format, of indeterminate length",
        Made { container: "9", ..known },
        indeterminate,
    );
    group.edited("a marker packet in front", known, |message| [b"\xCA\x03PGP", &message[..]].concat());
    group.edited("a padding packet behind", known, |message| [&message[..], b"\xD5\x04\x81\x02\xF3\x7C"].concat());
    group.edited("two messages in one file", known, |message| [&message[..], &message[..]].concat());
    group.edited("bytes behind the message", known, |message| [&message[..], b"1003,Smuggled\n"].concat());
    group.edited("line ends behind the message", known, |message| [&message[..], b"\r\n"].concat());
    group
}

fn armor(world: &World) -> Group<'_> {
    let mut group = Group::new(world, "Armor");
    let armored = Made { armored: true, ..Made::default() };
    group.bouncy_castle("armored", armored);
    group.gpg("armored", &["--armor"]);
    group.edited("with a byte order mark and empty lines in front", armored, |m| {
        [b"\xEF\xBB\xBF\r\n\n", &m[..]].concat()
    });
    group.edited("with CR LF line ends", armored, |message| {
        String::from_utf8(message).unwrap().replace("\r\n", "\n").replace('\n', "\r\n").into_bytes()
    });
    group.edited("without its checksum", armored, |message| {
        let text = String::from_utf8(message).unwrap();
        text.lines()
            .filter(|line| !line.starts_with('='))
            .map(|line| format!("{line}\n"))
            .collect::<String>()
            .into_bytes()
    });
    group.edited("without its last line", armored, |message| {
        let text = String::from_utf8(message).unwrap();
        text.as_bytes()[..text.find("-----END").unwrap()].to_vec()
    });
    group.edited("with text in front", armored, |message| [b"Dear customer,\n\n", &message[..]].concat());
    group.edited("with text behind", armored, |message| [&message[..], b"\nKind regards\n"].concat());
    group
}

fn damage(world: &World) -> Group<'_> {
    let mut group = Group::new(world, "Damage");
    let known = Made { partial: false, ..Made::default() };
    group.edited("the last byte is missing", known, |message| message[..message.len() - 1].to_vec());
    group.edited("the last 22 bytes are missing, which are the hash", known, |message| {
        message[..message.len() - 22].to_vec()
    });
    group.edited("only the recipient's packet is there", known, |message| message[..container(&message)].to_vec());
    group.edited("a bit of the session key is changed", known, |message| flipped(message, 100));
    group.edited("a bit of the first block is changed", known, |message| {
        let at = container(&message) + 8;
        flipped(message, at)
    });
    group.edited("a bit of the last byte is changed", known, |message| {
        let at = message.len() - 1;
        flipped(message, at)
    });
    for cipher in [7, 9] {
        let what = format!("a bit is changed in packet 20 of AES-{}", if cipher == 7 { 128 } else { 256 });
        group.edited(&what, Made { cipher, container: "20-ocb", ..known }, |message| {
            let at = message.len() - 40;
            flipped(message, at)
        });
    }
    group
}

fn no_message(world: &World) -> Group<'_> {
    let mut group = Group::new(world, "No encrypted message");
    let gpg = |options: &[&str]| world.gpg(options, TEXT);
    group.ready("an empty file", "by hand", Vec::new(), world.options(""));
    group.ready("plain CSV", "by hand", TEXT.to_vec(), world.options(""));
    for (what, options) in [
        ("a cleartext signature", &["--clear-sign", "-u", "fusion"][..]),
        ("a detached signature", &["--detach-sign", "-u", "fusion"]),
        ("a detached signature, armored", &["--detach-sign", "--armor", "-u", "fusion"]),
        ("signed, and not encrypted", &["--sign", "-u", "fusion", "--compress-algo", "none"]),
        ("signed and compressed, and not encrypted", &["--sign", "-u", "fusion"]),
        ("neither signed nor encrypted", &["--store"]),
        ("a key", &["--export"]),
        ("a key, armored", &["--export", "--armor"]),
    ] {
        group.ready(what, "gpg", gpg(options), world.options(""));
    }
    let sealed = world.sealed(&[]);
    let outside = world.gpg(&["--sign", "-u", "fusion", "--compress-algo", "none"], &sealed);
    group.ready("encrypted, then signed on the outside", "gpg", outside, world.options(""));
    group
}

/// The options with our own customer key as the pinned signer: what the tests sign themselves.
pub fn ours(world: &World) -> Decrypt {
    Decrypt { signer: vec!["customer_pub.asc".into()], ..world.options("") }
}

/// Signed by customer and encrypted to customer, compressed so many times.
pub fn by_sequoia(
    world: &World,
    set: impl for<'a, 'b> FnOnce(Encryptor<'a, 'b>) -> Encryptor<'a, 'b>,
    layers: usize,
) -> Vec<u8> {
    let policy = StandardPolicy::new();
    let cert = Cert::from_file(world.path("customer_pub.asc")).unwrap();
    // Version 2 names keys by their fingerprints alone.
    let keys = cert.keys().with_policy(&policy, None).for_transport_encryption();
    let keys = keys.map(|ka| Recipient::new(None::<Features>, KeyHandle::from(ka.key().fingerprint()), ka.key()));
    let key = unlock(&world.path("customer_priv.asc"), Some(&PASSPHRASE.into()), Purpose::Sign).unwrap().remove(0);
    let mut bytes = Vec::new();
    let encrypted = set(Encryptor::for_recipients(Stream::new(&mut bytes), keys)).build().unwrap();
    let inner = (0..layers).fold(encrypted, |message, _| Compressor::new(message).build().unwrap());
    let signed = Signer::new(inner, key.pair).unwrap().build().unwrap();
    let mut literal = LiteralWriter::new(signed).build().unwrap();
    literal.write_all(TEXT).unwrap();
    literal.finalize().unwrap();
    bytes
}

/// Where the container packet begins: after the one recipient's packet, of the old format or the new.
pub fn container(message: &[u8]) -> usize {
    let two = |at: usize| usize::from(u16::from_be_bytes([message[at], message[at + 1]]));
    match message {
        [0x85, ..] => 3 + two(1),
        [0xC1, 192..224, ..] => 3 + two(1) - (192 << 8) + 192,
        _ => panic!("no recipient's packet in front: {:x?}", &message[..2]),
    }
}

/// The head of a container packet of known length in the new format, without its tag.
fn length_octets(message: &[u8], at: usize) -> usize {
    match message[at + 1] {
        0..192 => 1,
        192..224 => 2,
        _ => 5,
    }
}

pub fn flipped(mut message: Vec<u8>, at: usize) -> Vec<u8> {
    message[at] ^= 1;
    message
}

fn downgraded(message: Vec<u8>) -> Vec<u8> {
    let at = container(&message);
    let body = at + 1 + length_octets(&message, at) + 1;
    [&message[..at], b"\xA7", &message[body..]].concat()
}

fn indeterminate(message: Vec<u8>) -> Vec<u8> {
    let at = container(&message);
    let body = at + 1 + length_octets(&message, at);
    [&message[..at], b"\xA7", &message[body..]].concat()
}
