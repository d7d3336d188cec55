//! Promise 3: a message changed anywhere is refused, or opens to the same plaintext.

use super::{DecryptError, TEXT, World, open};

#[test]
fn every_truncation_is_refused() {
    let world = World::new();
    let keys = world.keys("");
    for options in [&["--compress-algo", "none"][..], &["--compress-algo", "zip"], &["--armor"]] {
        let message = world.sealed(options);
        let whole = message.trim_ascii_end().len();
        for step in 0..50 {
            let cut = whole * step / 50;
            assert!(open(&message[..cut], &keys).is_err(), "{options:?}: {cut} of {whole}");
        }
        for cut in whole - 40..whole {
            let error = open(&message[..cut], &keys).expect_err("cut short");
            assert!(matches!(error, DecryptError::Damaged), "{options:?}: {cut} of {whole}: {error}");
        }
        assert!(open(&[&message[..], &message[..]].concat(), &keys).is_err(), "two messages are none");
        assert!(open(&[&message[..], b"1003,Smuggled\n"].concat(), &keys).is_err(), "nothing may follow");
    }
}

#[test]
fn a_flipped_bit_is_refused_or_harmless() {
    let world = World::new();
    let keys = world.keys("accept = [\"no-mdc\", \"cast5\", \"sha1\"]");
    for options in [&["--compress-algo", "none"][..], &["--compress-algo", "zlib"], &["--rfc2440"]] {
        let message = world.sealed(options);
        let mut harmless = 0;
        for at in 0..message.len() {
            let mut changed = message.clone();
            changed[at] ^= 1 << (at % 8);
            match open(&changed, &keys) {
                Ok(plaintext) => {
                    assert_eq!(plaintext.bytes, TEXT, "{options:?}: byte {at}");
                    harmless += 1;
                }
                // Past the recipient's packet everything is behind the key, and nothing is told apart.
                Err(error) if at > 400 && options[0] != "--rfc2440" => {
                    assert!(matches!(error, DecryptError::Damaged), "{options:?}: byte {at}: {error}");
                }
                Err(_) => {}
            }
        }
        assert!(harmless < 20, "{options:?}: {harmless}");
    }
}
