//! Our own keys, and to whom a message is written.

use std::io::Write;

use hcmsync::openpgp::{Purpose, unlock};
use hcmsync::stages::decrypt::Decrypt;
use sequoia_openpgp::Cert;
use sequoia_openpgp::parse::Parse;
use sequoia_openpgp::serialize::stream::{Encryptor, LiteralWriter, Message, Recipient, Signer};
use sequoia_openpgp::types::Features;

use super::super::bouncy_castle::Made;
use super::super::{PASSPHRASE, TEXT, World, set_mode};
use super::forms::ours;
use super::{Case, Group};

pub fn cases(world: &World) -> Vec<Case> {
    [kinds(world), lives(world), recipients(world)].into_iter().flat_map(|group| group.cases).collect()
}

/// A key pair of gpg's, that decrypts; its secret key in `USER_priv.asc`, behind this passphrase.
fn pair(world: &World, user: &str, algorithm: &str, options: &[&str], passphrase: &str) {
    let secret = ["--passphrase", passphrase];
    if algorithm == "cv25519" {
        world.gpg(&[options, &secret, &["--quick-gen-key", user, "ed25519", "sign", "never"]].concat(), b"");
        world.gpg(
            &[options, &secret, &["--quick-add-key", &world.fingerprint(user), "cv25519", "encr", "never"]].concat(),
            b"",
        );
    } else {
        let until = if options.is_empty() { "never" } else { "1y" };
        world.gpg(&[options, &secret, &["--quick-gen-key", user, algorithm, "sign,encr", until]].concat(), b"");
    }
    world.export(user, &format!("{user}.asc"));
    let file = world.path(&format!("{user}_priv.asc"));
    std::fs::write(&file, world.gpg(&[&secret[..], &["--export-secret-keys", "--armor", user]].concat(), b"")).unwrap();
    set_mode(&file, 0o600);
}

/// The options with these secret keys.
fn with(world: &World, users: &[&str]) -> Decrypt {
    Decrypt { secret_key: users.iter().map(|user| format!("{user}_priv.asc").into()).collect(), ..world.options("") }
}

fn to(world: &World, user: &str) -> Vec<u8> {
    world.gpg(&["--sign", "--encrypt", "-u", "fusion", "-r", user], TEXT)
}

fn kinds(world: &World) -> Group<'_> {
    let mut group = Group::new(world, "Our key");
    let behind = "RSA 2048, behind a passphrase";
    group.gpg(behind, &[]);
    group.bouncy_castle(behind, Made::default());
    for (what, algorithm, passphrase, file) in [
        ("RSA 1024, without a passphrase", "rsa1024", "", "ours-rsa1024.asc"),
        ("RSA 2048, without a passphrase", "rsa2048", "", "ours-rsa2048.asc"),
        ("RSA 3072, without a passphrase", "rsa3072", "", "ours-rsa3072.asc"),
        ("RSA 4096, without a passphrase", "rsa4096", "", "ours-rsa4096.asc"),
        ("Curve25519, behind a passphrase", "cv25519", PASSPHRASE, "ours-cv25519.asc"),
    ] {
        let user = file.trim_end_matches(".asc");
        pair(world, user, algorithm, &[], passphrase);
        group.ready(what, "gpg", to(world, user), with(world, &[user]));
    }
    group
}

/// Encrypted by hand, since no tool writes to a key that is expired or revoked.
fn to_whatever(world: &World, file: &str) -> Vec<u8> {
    let cert = Cert::from_file(world.path(file)).unwrap();
    let key = cert.keys().next().unwrap();
    let signer = unlock(&world.path("customer_priv.asc"), Some(&PASSPHRASE.into()), Purpose::Sign).unwrap().remove(0);
    let mut bytes = Vec::new();
    let recipient = Recipient::new(Features::empty().set_seipdv1(), key.key().key_handle(), key.key());
    let message = Encryptor::for_recipients(Message::new(&mut bytes), [recipient]).build().unwrap();
    let mut literal = LiteralWriter::new(Signer::new(message, signer.pair).unwrap().build().unwrap()).build().unwrap();
    literal.write_all(TEXT).unwrap();
    literal.finalize().unwrap();
    bytes
}

fn lives(world: &World) -> Group<'_> {
    let mut group = Group::new(world, "The life of our key");
    pair(world, "ours-expired", "rsa2048", &["--faked-system-time=20200601T000000"], "");
    let signed_by_us = |users: &[&str]| Decrypt { signer: ours(world).signer, ..with(world, users) };
    let message = to_whatever(world, "ours-expired.asc");
    group.ready("expired", "sequoia", message, signed_by_us(&["ours-expired"]));
    pair(world, "ours-revoked", "rsa2048", &[], "");
    let message = to_whatever(world, "ours-revoked.asc");
    world.revoke("ours-revoked");
    let secret = world.gpg(&["--export-secret-keys", "--armor", "ours-revoked"], b"");
    std::fs::write(world.path("ours-revoked_priv.asc"), secret).unwrap();
    group.ready("revoked", "sequoia", message, signed_by_us(&["ours-revoked"]));
    let both = with(world, &["customer", "ours-rsa3072"]);
    for (what, user) in
        [("the old key, while keys rotate", "customer"), ("the new key, while keys rotate", "ours-rsa3072")]
    {
        group.ready(what, "gpg", to(world, user), both.clone());
    }
    group.ready(
        "the old key, which `secret_key` names no more",
        "gpg",
        to(world, "customer"),
        with(world, &["ours-rsa3072"]),
    );
    group
}

fn recipients(world: &World) -> Group<'_> {
    let mut group = Group::new(world, "Recipients");
    let two = "our key and another";
    group.gpg(two, &["-r", "ours-rsa3072"]);
    group.bouncy_castle(two, Made { to: "ours-cv25519.asc,customer_pub.asc", ..Made::default() });
    let gpg = |options: &[&str]| world.gpg(&[&["--sign", "--encrypt", "-u", "fusion"], options].concat(), TEXT);
    for (what, message) in [
        ("our key, hidden", gpg(&["-R", "customer"])),
        ("our key and another, both hidden", gpg(&["-R", "ours-rsa2048", "-R", "customer"])),
        ("our key, hidden, and another by its name", gpg(&["-r", "ours-rsa2048", "-R", "customer"])),
        ("another key", to(world, "ours-rsa2048")),
        ("another key, hidden", gpg(&["-R", "ours-rsa2048"])),
        ("our key and a password", gpg(&["-r", "customer", "--symmetric", "--passphrase", "x"])),
        ("a password", world.gpg(&["--sign", "-u", "fusion", "--symmetric", "--passphrase", "x"], TEXT)),
    ] {
        group.ready(what, "gpg", message, world.options(""));
    }
    group
}
