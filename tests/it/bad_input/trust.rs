//! Messages that are not to be trusted (exit 6).

use std::fs;
use std::path::PathBuf;

use hcmsync::openpgp::Seal;

use super::{hold, scenario};
use crate::product::{Place, project};

const PERSONS: &str = "sample-data/plain/Person_2026-11-20.csv";

fn key(name: &str) -> PathBuf {
    project("sample-data/keys").join(name)
}

/// A message to the customer; signed by `signer`, if by anybody.
fn message(signer: Option<&str>) -> Vec<u8> {
    let passphrase = fs::read_to_string(key("passphrase")).unwrap();
    let seal = Seal::to([&key("customer-key_pub.asc")]).unwrap();
    let seal = match signer {
        None => seal,
        Some(name) => seal.signed_by(&key(name), Some(&passphrase.trim_end().into())).unwrap(),
    };
    let mut message = Vec::new();
    seal.seal(&mut fs::File::open(project(PERSONS)).unwrap(), &mut message).unwrap();
    message
}

#[test]
fn a_message_that_is_not_to_be_trusted_is_exit_6() {
    hold(
        &[
            scenario(
                "the wrong key",
                6,
                &["Person_2026-11-20.csv.pgp", "not to a key of ours", "keys show"],
                |place| {
                    place.edit("customer-key_priv", "other-key_priv");
                },
            ),
            scenario("the wrong passphrase", 6, &["the passphrase does not unlock the secret key"], |place| {
                place.set("passphrase", "{ command = [\"echo\", \"hunter2\"] }");
            }),
            scenario("an unsigned message", 6, &["Person_2026-11-20.csv.pgp: the message is not signed"], |place| {
                place.rewrite("Person", |_| message(None));
            }),
            scenario(
                "a message signed by a stranger",
                6,
                &["6CBF7A2E9D0B2E896E2FDA6CF3FF878C7313F962", "a forged one"],
                |place| {
                    place.rewrite("Person", |_| message(Some("other-key_priv.asc")));
                },
            ),
            scenario("a message cut short", 6, &["Person_2026-11-20.csv.pgp: the message is damaged"], |place| {
                place.rewrite("Person", |file| file[..file.len() - 100].to_vec());
            }),
            scenario("a message cut in half", 6, &["Person_2026-11-20.csv.pgp: the message is damaged"], |place| {
                place.rewrite("Person", |file| file[..file.len() / 2].to_vec());
            }),
            scenario("a changed byte", 6, &["Person_2026-11-20.csv.pgp: the message is damaged"], |place| {
                place.rewrite("Person", |mut file| {
                    let middle = file.len() / 2;
                    file[middle] ^= 1;
                    file
                });
            }),
            scenario("two that are damaged: the first is told", 6, &["error: Person_2026-11-20.csv.pgp"], |place| {
                for start in ["Person", "WorkRelationship", "Assignment"] {
                    place.rewrite(start, |file| file[..file.len() - 1].to_vec());
                }
            }),
            scenario("a plain file", 6, &["Person_2026-11-20.csv.pgp: the file is not encrypted"], |place| {
                place.rewrite("Person", |_| fs::read(project(PERSONS)).unwrap());
            }),
            scenario("an empty file", 6, &["Person_2026-11-20.csv.pgp"], |place| {
                place.rewrite("Person", |_| Vec::new())
            }),
        ],
        &Place::sealed,
    );
}
