//! Servers that are gone or refuse us (exit 5), and servers that are not the one that is known (exit 6).

use std::fs;
use std::time::Duration;

use super::{hold, scenario};
use crate::product::{EXTRACTS, Place, project};
use crate::sshd::{Sshd, free_port, keygen};

/// A server with the extracts of the sample.
pub fn server() -> Sshd {
    let sshd = Sshd::start();
    for name in EXTRACTS.map(|name| format!("{name}.csv.pgp")) {
        sshd.put(&name, &fs::read(project("sample-data/extract").join(&name)).unwrap(), Duration::from_secs(3600));
    }
    sshd
}

/// A place that fetches from the server; `known_hosts`, `identity_file` and `port` stand in it once each.
pub fn place_at(sshd: &Sshd) -> Place {
    let mut place = Place::sealed();
    let from = format!(
        "\"{}\"\nknown_hosts = \"{}\"\nidentity_file = \"{}\"\nretries = 1\ntimeout = \"5s\"",
        sshd.url(),
        sshd.known_hosts.display(),
        sshd.identity.display()
    );
    place.set("from", &from);
    place
}

#[test]
fn a_server_that_is_gone_or_refuses_us_is_exit_5() {
    let sshd = server();
    hold(
        &[
            scenario("the server is gone", 5, &["cannot be reached", "check host and port"], |place| {
                let from = place.pipeline.lines().find(|line| line.starts_with("from = ")).unwrap();
                let (before, after) = from.split_once("127.0.0.1:").unwrap();
                let after = after.trim_start_matches(|c: char| c.is_ascii_digit());
                let from = format!("{}127.0.0.1:{}{after}", before.trim_start_matches("from = "), free_port());
                place.set("from", &from);
            }),
            scenario("the login is refused", 5, &["refused the login", "by key"], |place| {
                let stranger = place.path("stranger");
                if !stranger.exists() {
                    keygen("ed25519", "", &stranger);
                }
                place.set("identity_file", &format!("\"{}\"", stranger.display()));
            }),
        ],
        &|| place_at(&sshd),
    );
}

/// Makes known_hosts know another key than the server's.
fn know_another_key(place: &mut Place) {
    let (key, file) = (place.path("host"), place.path("known_hosts"));
    keygen("ed25519", "", &key);
    let line = place.pipeline.lines().find(|line| line.starts_with("from = ")).unwrap();
    let port = line.split_once("127.0.0.1:").unwrap().1.split_once('/').unwrap().0;
    let public = fs::read_to_string(key.with_extension("pub")).unwrap();
    fs::write(&file, format!("[127.0.0.1]:{port} {public}")).unwrap();
    place.set("known_hosts", "\"known_hosts\"");
}

#[test]
fn a_server_that_is_not_the_known_one_is_exit_6_and_sees_no_login() {
    let sshd = server();
    hold(
        &[
            scenario(
                "a changed host key",
                6,
                &["has changed", "SHA256:", "somebody may stand between"],
                know_another_key,
            ),
            scenario("an unknown host key", 6, &["is not known", "SHA256:", "compare the fingerprint"], |place| {
                fs::write(place.path("known_hosts"), "").unwrap();
                place.set("known_hosts", "\"known_hosts\"");
            }),
        ],
        &|| place_at(&sshd),
    );
    // Each scenario publishes once, rightly; whoever is not known is not told a name.
    assert_eq!(sshd.log().matches("Accepted publickey").count(), 2, "{}", sshd.log());
    assert_eq!(sshd.login_attempts("none"), 0);
}

#[test]
fn a_message_that_is_refused_is_not_kept_either() {
    let sshd = server();
    hold(
        &[scenario("the wrong key", 6, &["not to a key of ours"], |place| {
            place.edit("customer-key_priv", "other-key_priv");
        })],
        &|| place_at(&sshd),
    );
}
