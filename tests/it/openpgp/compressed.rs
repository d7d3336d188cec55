//! Compressed packets whole and not, as no honest tool makes them: what we unpack ourselves gets the verdict that it gets where
//! the library unpacks it, in a container that is the library's alone.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, ZlibEncoder};
use hcmsync::stages::decrypt::Keys;
use sequoia_openpgp::policy::StandardPolicy;
use sequoia_openpgp::serialize::SerializeInto;
use sequoia_openpgp::serialize::stream::{Encryptor, Message, Recipient};
use sequoia_openpgp::types::{AEADAlgorithm, Features, SymmetricAlgorithm};
use sequoia_openpgp::{Cert, KeyHandle, parse::Parse};

use super::crafted::{encrypted, signed};
use super::matrix::forms::ours;
use super::{TEXT, World, open};

fn packed(algorithm: u8, message: &[u8]) -> Vec<u8> {
    let mut zip = DeflateEncoder::new(vec![1], Compression::best());
    let mut zlib = ZlibEncoder::new(vec![2], Compression::fast());
    zip.write_all(message).unwrap();
    zlib.write_all(message).unwrap();
    match algorithm {
        1 => zip.finish().unwrap(),
        2 => zlib.finish().unwrap(),
        _ => [&[algorithm], message].concat(),
    }
}

/// A packet of the new format, of a known length; and one of the old, which goes on to the end.
fn packets(body: &[u8]) -> [Vec<u8>; 2] {
    let length = (body.len() as u32).to_be_bytes();
    [[&[0xC8, 255], &length[..], body].concat(), [&[0xA3], body].concat()]
}

/// In packet 18, version 2, to customer.
fn for_the_library(world: &World, inner: &[u8]) -> Vec<u8> {
    let policy = StandardPolicy::new();
    let cert = Cert::from_file(world.path("customer_pub.asc")).unwrap();
    let keys = cert.keys().with_policy(&policy, None).for_transport_encryption();
    let keys = keys.map(|ka| Recipient::new(None::<Features>, KeyHandle::from(ka.key().fingerprint()), ka.key()));
    let mut bytes = Vec::new();
    let message = Encryptor::for_recipients(Message::new(&mut bytes), keys);
    let mut message = message.symmetric_algo(SymmetricAlgorithm::AES128).aead_algo(AEADAlgorithm::OCB).build().unwrap();
    message.write_all(inner).unwrap();
    message.finalize().unwrap();
    bytes
}

/// The text, or the sentence of the refusal.
fn verdict(message: &[u8], keys: &Keys) -> Result<Vec<u8>, String> {
    open(message, keys).map(|plaintext| plaintext.bytes).map_err(|refusal| refusal.to_string())
}

/// The message compressed in every way, and each of these whole, cut short, longer, changed, and compressed again.
fn messages(signed: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut messages = Vec::new();
    for algorithm in 0..=4 {
        let body = packed(algorithm, signed);
        let mut bodies: Vec<(String, Vec<u8>)> = vec![
            ("whole".into(), body.clone()),
            ("a byte longer".into(), [&body[..], &[0]].concat()),
            ("and again".into(), [&body[..], &body[1..]].concat()),
            ("and a marker".into(), [&body[..], &[0xCA, 3, b'P', b'G', b'P']].concat()),
        ];
        let cuts = (0..12).map(|cut| body.len() - 1 - cut).chain((0..body.len() - 12).step_by(29));
        bodies.extend(cuts.map(|cut| (format!("{cut} bytes of it"), body[..cut].to_vec())));
        for at in (1..body.len()).step_by(17).chain(body.len() - 6..body.len()) {
            let mut changed = body.clone();
            changed[at] ^= 1 << (at % 8);
            bodies.push((format!("byte {at} changed"), changed));
        }
        let mut layered = body;
        for layers in 2..=5 {
            layered = packed(1 + layers % 2, &packets(&layered)[usize::from(layers % 2)]);
            bodies.push((format!("{layers} layers"), layered.clone()));
        }
        for (what, body) in bodies {
            let forms = packets(&body).into_iter().zip(["new", "old"]);
            messages.extend(forms.map(|(packet, form)| (format!("{algorithm} {form}: {what}"), packet)));
        }
    }
    messages
}

#[test]
fn a_compressed_message_has_one_verdict_whoever_unpacks_it() {
    let world = World::new();
    let keys = Keys::load(&ours(&world), world.home.path()).unwrap();
    let signed: Vec<u8> = signed(&world, TEXT).iter().flat_map(|packet| packet.to_vec().unwrap()).collect();
    let mut counts: BTreeMap<Result<(), String>, usize> = BTreeMap::new();
    for (what, inner) in messages(&signed) {
        let for_us = encrypted(&world, |mut message| {
            message.write_all(&inner).unwrap();
            message
        });
        let (ours, the_librarys) = (verdict(&for_us, &keys), verdict(&for_the_library(&world, &inner), &keys));
        assert_eq!(ours, the_librarys, "{what}");
        assert!(ours.as_ref().map_or(true, |text| text == TEXT), "{what}: another text");
        assert!(ours.is_ok() || !what.ends_with("whole") || what.starts_with(['3', '4']), "{what}: refused");
        *counts.entry(ours.map(drop)).or_default() += 1;
    }
    assert_eq!(counts.len(), 4, "opened, damaged, badly signed, packed with bzip2: {counts:#?}");
}
