//! Who signed, and how (promise 1).

use hcmsync::stages::decrypt::Decrypt;

use super::super::bouncy_castle::Made;
use super::super::crafted;
use super::super::{TEXT, World};
use super::forms::ours;
use super::{Case, Group};

pub fn cases(world: &World) -> Vec<Case> {
    [signatures(world), crafted_ones(world), hashes(world), signers(world)]
        .into_iter()
        .flat_map(|group| group.cases)
        .collect()
}

/// Signed by these, encrypted to customer.
fn signed_by(world: &World, users: &[&str], options: &[&str]) -> Vec<u8> {
    let users = users.iter().flat_map(|user| ["-u", *user]);
    let words: Vec<&str> =
        options.iter().copied().chain(["--sign", "--encrypt", "-r", "customer"]).chain(users).collect();
    world.gpg(&words, TEXT)
}

const THEN: [&str; 3] = ["--faked-system-time=20200701T000000", "--ignore-time-conflict", "--ignore-valid-from"];

fn signatures(world: &World) -> Group<'_> {
    let mut group = Group::new(world, "Signatures");
    let (pinned, off) = (world.options(""), world.options("signature = \"off\""));
    let with = |group: &Group<'_>, signers: &[&str]| Decrypt {
        signer: signers.iter().map(Into::into).collect(),
        ..group.pinned("")
    };
    group.gpg("by the pinned signer", &[]);
    group.bouncy_castle("by the pinned signer", Made::default());
    world.gpg(&["--quick-gen-key", "other", "rsa2048", "sign", "never"], b"");
    world.export("other", "other.asc");
    let (other, both) = (signed_by(world, &["other"], &[]), signed_by(world, &["fusion", "other"], &[]));
    let none = world.gpg(&["--encrypt", "-r", "customer"], TEXT);
    group.ready("by another key", "gpg", other.clone(), pinned.clone());
    group.ready("by another key, `signature = \"off\"`", "gpg", other.clone(), off.clone());
    group.ready("none", "gpg", none.clone(), pinned.clone());
    group.bouncy_castle("none", Made { hash: 0, ..Made::default() });
    group.ready("none, `signature = \"off\"`", "gpg", none, off);
    group.ready("by the pinned signer and by another key", "gpg", both.clone(), pinned.clone());
    let two = with(&group, &["fusion.asc", "other.asc"]);
    group.ready("by both of two pinned signers", "gpg", both, two.clone());
    group.ready("by one of two pinned signers, while keys rotate", "gpg", other, two);

    let then = "--faked-system-time=20200601T000000";
    world.gpg(&[then, "--quick-gen-key", "lapsed", "rsa2048", "sign", "1y"], b"");
    world.export("lapsed", "lapsed.asc");
    let dated_back = signed_by(world, &["lapsed"], &THEN);
    group.ready("by a key that has expired, dated back", "gpg", dated_back, group.pinned("lapsed.asc"));
    world.gpg(&["--quick-gen-key", "withdrawn", "rsa2048", "sign", "never"], b"");
    let message = signed_by(world, &["withdrawn"], &[]);
    world.revoke("withdrawn");
    world.export("withdrawn", "withdrawn.asc");
    group.ready("by a key that was revoked after", "gpg", message, group.pinned("withdrawn.asc"));
    world.gpg(&[then, "--quick-gen-key", "elder", "rsa2048", "sign", "never"], b"");
    world.export("elder", "elder.asc");
    let short_lived = signed_by(world, &["elder"], &[&THEN[..], &["--default-sig-expire", "1d"]].concat());
    group.ready("a signature that has expired", "gpg", short_lived, group.pinned("elder.asc"));
    let tomorrow = signed_by(world, &["fusion"], &["--faked-system-time=20400101T000000"]);
    group.ready("a signature dated in the future", "gpg", tomorrow, pinned);
    group
}

fn crafted_ones(world: &World) -> Group<'_> {
    let mut group = Group::new(world, "Signatures that no tool makes");
    for (what, message) in crafted::signatures(world) {
        group.ready(what, "by hand", message, ours(world));
    }
    group
}

fn hashes(world: &World) -> Group<'_> {
    let mut group = Group::new(world, "Hashes of signatures");
    for (what, name, number) in [
        ("SHA-256", "SHA256", 8),
        ("SHA-384", "SHA384", 9),
        ("SHA-512", "SHA512", 10),
        ("SHA-224", "SHA224", 11),
        ("SHA-1", "SHA1", 2),
        ("RIPEMD-160", "RIPEMD160", 3),
    ] {
        group.gpg(what, &["--digest-algo", name, "--allow-weak-digest-algos"]);
        group.bouncy_castle(what, Made { hash: number, ..Made::default() });
    }
    group.bouncy_castle("MD5", Made { hash: 1, ..Made::default() });
    group
}

fn signers(world: &World) -> Group<'_> {
    let mut group = Group::new(world, "The signer's key");
    for algorithm in ["dsa2048", "nistp256", "ed25519"] {
        world.gpg(&["--quick-gen-key", &format!("ours-{algorithm}"), algorithm, "sign", "never"], b"");
    }
    for (what, algorithm) in [
        // Made with our own keys: a large one takes its time.
        ("RSA 1024", "rsa1024"),
        ("RSA 2048", "rsa2048"),
        ("RSA 3072", "rsa3072"),
        ("RSA 4096", "rsa4096"),
        ("DSA 2048", "dsa2048"),
        ("NIST P-256", "nistp256"),
        ("Curve25519 (Ed25519)", "ed25519"),
    ] {
        let user = format!("ours-{algorithm}");
        let file = format!("{user}.asc");
        world.export(&user, &file);
        group.ready(what, "gpg", signed_by(world, &[&user], &[]), group.pinned(&file));
    }
    let sha1 = ["--cert-digest-algo", "SHA1", "--allow-weak-digest-algos"];
    world.gpg(&[&sha1[..], &["--quick-gen-key", "sha1-cert", "rsa2048", "sign", "never"]].concat(), b"");
    world.export("sha1-cert", "sha1-cert.asc");
    let message = signed_by(world, &["sha1-cert"], &[]);
    group.ready("RSA 2048, its certificate signed by SHA-1", "gpg", message, group.pinned("sha1-cert.asc"));
    world.gpg(&["--quick-gen-key", "primary", "rsa2048", "cert", "never"], b"");
    let fingerprint = world.fingerprint("primary");
    world.gpg(&["--quick-add-key", &fingerprint, "rsa2048", "sign", "never"], b"");
    world.export("primary", "primary.asc");
    let message = signed_by(world, &["primary"], &[]);
    group.ready("a subkey of the pinned key", "gpg", message, group.pinned("primary.asc"));
    group
}
