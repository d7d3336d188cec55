//! The sealed files: gpg opens them with the right key and finds the right signature; a key that cannot be used stops the
//! run before it reads anything.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::{about, place};
use crate::openpgp::World;
use crate::product::{HCMSYNC, Place, Said};

/// A gpg with the secret keys of two recipients, and their certificates in files.
fn recipients() -> World {
    let world = World::new();
    world.gpg(&["--quick-gen-key", "rsa", "rsa2048", "default", "never"], b"");
    world.gpg(&["--quick-add-key", &world.fingerprint("rsa"), "rsa2048", "encr", "never"], b"");
    world.gpg(&["--quick-gen-key", "curve", "future-default", "default", "never"], b"");
    for user in ["rsa", "curve"] {
        world.export(user, &format!("{user}.asc"));
    }
    world
}

fn manifest(place: &Place) -> Value {
    serde_json::from_str(&place.published("manifest.json")).unwrap()
}

/// The lines of `[publish]` that encrypt to these users, and sign if that is wanted.
fn encrypt_to(world: &World, users: &[&str], signed: bool) -> String {
    let files: Vec<String> =
        users.iter().map(|user| format!("\"{}\"", world.path(&format!("{user}.asc")).display())).collect();
    let sign = format!(
        "sign_with = \"{}\"\npassphrase = {{ file = \"{}\" }}\n",
        world.path("customer_priv.asc").display(),
        world.path("passphrase").display()
    );
    format!("encrypt_to = [{}]\n{}", files.join(", "), if signed { sign.as_str() } else { "" })
}

#[test]
fn gpg_opens_and_verifies_what_is_sealed() {
    let world = recipients();
    for (users, signed, armored) in [
        (&["rsa"][..], false, false),
        (&["rsa"], true, true),
        (&["curve"], true, false),
        (&["curve"], false, true),
        (&["rsa", "curve"], true, false),
    ] {
        let place = place(&format!("{}armor = {armored}\n", encrypt_to(&world, users, signed)));
        place.publishes(&["--quiet"]);
        let name = if armored { "delivery/users.csv.asc" } else { "delivery/users.csv.pgp" };
        let sealed = fs::read(place.path("out/current").join(name)).unwrap();
        assert_eq!(sealed.starts_with(b"-----BEGIN PGP MESSAGE-----"), armored);
        let opened = world.gpg(&["--decrypt"], &sealed);
        assert!(opened == place.published("users.csv").into_bytes(), "{users:?}");
        let told = world.gpg(&["--status-fd", "1", "--decrypt", "-o", "/dev/null"], &sealed);
        let status = String::from_utf8_lossy(&told);
        let signer = world.fingerprint("customer");
        assert_eq!(status.contains("VALIDSIG") && status.contains(&signer), signed, "{status}");
        assert!(status.contains("DECRYPTION_OKAY") && status.contains("BEGIN_DECRYPTION"), "{status}");
        assert_eq!(status.matches("ENC_TO ").count(), users.len());
        let packets = String::from_utf8(world.gpg(&["--list-packets"], &sealed)).unwrap();
        assert!(packets.contains("mdc_method: 2") && packets.contains("name=\"\""), "{packets}");

        let about = manifest(&place)["delivery"].clone();
        assert_eq!(about["files"], serde_json::json!([name]));
        let certificates: Vec<&str> =
            about["recipients"].as_array().unwrap().iter().map(|to| to["certificate"].as_str().unwrap()).collect();
        assert_eq!(certificates, users.iter().map(|user| world.fingerprint(user)).collect::<Vec<_>>());
        assert_eq!(about["signer"], if signed { Value::from(signer) } else { Value::Null });
        let verified = Command::new(HCMSYNC).arg("verify").arg(place.path("out/current")).output().unwrap();
        assert_eq!(Said::of(&verified).code, 0, "modes, sizes and hashes");
    }
}

#[test]
fn a_run_is_the_same_run_for_the_same_keys_alone() {
    let world = recipients();
    let place = place(&encrypt_to(&world, &["rsa"], false));
    let names = |place: &Place| {
        place.publishes(&["--quiet"]);
        let files = ["users.csv", "resolution.csv"].map(|name| place.published(name));
        (manifest(place)["run"].as_str().unwrap().to_owned(), files)
    };
    let first = names(&place);
    let sealed = fs::read(place.path("out/current/delivery/users.csv.pgp")).unwrap();
    assert_eq!(names(&place), first, "session keys are random, and yet it is the same run");
    assert!(fs::read(place.path("out/current/delivery/users.csv.pgp")).unwrap() == sealed, "which is kept as it is");
    fs::copy(world.path("curve.asc"), world.path("rsa.asc")).unwrap();
    let other = names(&place);
    assert!(
        other.0 != first.0 && other.1 == first.1,
        "another key behind the same name makes another run of the same bytes"
    );
    let diff = Command::new(HCMSYNC)
        .args(["diff", "--detailed-exitcode"])
        .args([place.path("out/runs").join(first.0), place.path("out/current")])
        .output()
        .unwrap();
    assert_eq!(diff.status.code(), Some(0), "what is sealed is no difference");
}

#[test]
fn a_key_that_cannot_be_used_stops_the_run_before_it_reads_anything() {
    let world = recipients();
    world.gpg(&["--quick-gen-key", "signs-only", "ed25519", "sign", "never"], b"");
    world.gpg(&["--quick-gen-key", "revoked", "future-default", "default", "never"], b"");
    world.revoke("revoked");
    world.gpg(
        &["--faked-system-time", "20200101T000000", "--quick-gen-key", "old", "future-default", "default", "1y"],
        b"",
    );
    for user in ["signs-only", "revoked", "old"] {
        world.export(user, &format!("{user}.asc"));
    }
    fs::write(world.path("nothing.asc"), "no key").unwrap();
    let to = |user: &str| encrypt_to(&world, &[user], false);
    let signing = |from: &str, with: &str| encrypt_to(&world, &["rsa"], true).replace(from, with);
    for (publish, code, says) in [
        (to("old"), 6, "has expired"),
        (to("revoked"), 6, "is revoked"),
        (to("signs-only"), 6, "none of its keys is made for encryption"),
        (to("nothing"), 2, "is not an OpenPGP key"),
        (to("missing"), 2, "the key file"),
        (signing("customer_priv.asc", "customer_pub.asc"), 2, "no secret key that can sign"),
        (signing("passphrase\" }", "fusion.asc\" }"), 2, "others can read the secret file"),
        (signing("{ file", "{ env = \"HCMSYNC_NO_SUCH\" }\n# "), 2, "HCMSYNC_NO_SUCH is not set"),
        (signing("passphrase = ", "# "), 2, "protected by a passphrase, and none is given"),
        (signing("encrypt_to", "# "), 2, "no encrypt_to"),
    ] {
        let place = place(&publish);
        fs::remove_dir_all(place.path("in")).unwrap();
        for said in [place.run(&["--quiet"]), about(&place, "plan", &[])] {
            assert_eq!(said.code, code, "{says}: {}", said.all());
            assert!(said.stderr.contains(says) && said.stderr.contains("help: "), "{says}: {}", said.stderr);
        }
        assert!(!place.path("out/runs").exists());
        let checked = about(&place, "check", &[]);
        assert!(checked.stdout.contains("FAIL encrypt") && checked.stdout.contains(says), "{}", checked.stdout);
    }
    let wrong = signing("{ file", "{ command = [\"echo\", \"wrong\"] }\n# ");
    let said = place(&wrong).run(&["--quiet"]);
    assert!(said.code == 6 && said.stderr.contains("does not unlock"), "{}", said.all());
}

#[test]
fn a_check_names_the_keys() {
    let world = recipients();
    let said = about(&place(&encrypt_to(&world, &["rsa", "curve"], true)), "check", &[]);
    assert_eq!(said.code, 0, "{}", said.all());
    for user in ["rsa", "curve", "customer"] {
        assert!(said.stdout.contains(&world.fingerprint(user)), "{user}: {}", said.stdout);
    }
}
