//! Runs that are stopped by a signal (exit 130 and 143): nothing is published, and the first signal is heard in the middle of a
//! transfer.

use std::net::TcpListener;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::{judge, nothing_is_left, scenario};
use crate::product::{Place, Said};
use crate::publish::snapshot;

fn spawn(place: &Place) -> Child {
    place.command(&[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

/// A server that takes connections and never says a word.
fn mute() -> (TcpListener, String) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    (
        listener,
        format!("\"sftp://a@127.0.0.1:{port}/x\"\nknown_hosts = \"known_hosts\"\nagent = false\ntimeout = \"60s\""),
    )
}

#[test]
fn a_run_that_waits_for_a_server_ends_at_the_first_signal() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let mut place = Place::sealed();
        place.publishes(&["--quiet"]);
        let before = snapshot(&place.path("out"));
        let (server, from) = mute();
        place.set("from", &from);
        std::fs::write(place.path("known_hosts"), "").unwrap();
        let child = spawn(&place);
        let _connection = server.accept().unwrap();
        // The connection is there before the program waits on it.
        std::thread::sleep(Duration::from_millis(300));
        let began = Instant::now();
        send(&child, signal);
        let said = Said::of(&child.wait_with_output().unwrap());
        judge(&scenario("stopped", code, &["stopped before anything was published"], |_| {}), &said).unwrap();
        assert!(began.elapsed() < Duration::from_secs(20), "it did not wait for the time-out");
        assert_eq!(snapshot(&place.path("out")), before);
    }
}

#[test]
fn a_run_that_waits_for_somebody_else_ends_at_the_second_signal() {
    let mut place = Place::sealed();
    place.set("passphrase", "{ command = [\"sh\", \"-c\", \"touch asked; exec sleep 30\"] }");
    let mut child = spawn(&place);
    let deadline = Instant::now() + Duration::from_secs(20);
    while !place.path("asked").exists() {
        assert!(Instant::now() < deadline, "the secret is never asked for");
        std::thread::sleep(Duration::from_millis(20));
    }
    let began = Instant::now();
    send(&child, Signal::TERM);
    // Two signals that are sent at once arrive as one.
    std::thread::sleep(Duration::from_millis(200));
    assert!(child.try_wait().unwrap().is_none(), "the first one asks");
    send(&child, Signal::TERM);
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert!(began.elapsed() < Duration::from_secs(20));
    assert!(!place.path("out/current").exists());

    // What it left half-done, the next run removes.
    let right = Place::sealed();
    place.pipeline.clone_from(&right.pipeline);
    place.set("max_rejected", "0");
    assert_eq!(place.run(&[]).code, 3);
    nothing_is_left(&place).unwrap();
}
