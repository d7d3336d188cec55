//! What breaks on the way: servers that are gone, connections cut short or stalled, files that change.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hcmsync::sftp::SftpError;
use hcmsync::stages::fetch::{Age, Failure, FetchError};

use super::{HOUR, Run, noise, options, person, place};
use crate::promise;
use crate::sshd::Sshd;

#[test]
fn a_server_that_is_gone_is_tried_again_and_then_given_up() {
    let (mut sshd, run) = (Sshd::start(), Run::new());
    sshd.stop();
    let started = Instant::now();
    let error = run.fails(&options(&sshd), &person());
    assert!(
        matches!(error, FetchError::Server(SftpError::Unreachable { .. })) && error.kind() == Failure::Transport,
        "{error}"
    );
    assert!(started.elapsed() >= Duration::from_millis(500), "after a pause");
    let mut at_once = options(&sshd);
    at_once.retries = 0;
    let started = Instant::now();
    run.fails(&at_once, &person());
    assert!(started.elapsed() < Duration::from_millis(500), "no retries, no pause");
}

#[test]
fn what_answers_is_no_ssh_server() {
    let (sshd, run) = (Sshd::start(), Run::new());
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        listener
            .incoming()
            .for_each(|tcp| drop(tcp.and_then(|mut tcp| tcp.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"))))
    });
    let mut options = options(&sshd);
    options.from = place(&format!("sftp://a@127.0.0.1:{port}/"));
    assert!(matches!(run.fails(&options, &person()), FetchError::Server(SftpError::Handshake { .. })));
}

#[test]
fn a_growing_file_is_not_taken_and_a_settled_one_is_waited_for() {
    let (sshd, run) = (Sshd::start(), Run::new());
    sshd.put("Person_1.pgp", b"x", Duration::ZERO);
    let mut options = options(&sshd);
    options.stable_for = Age::from(Duration::from_secs(1));
    let path = sshd.root.join("Person_1.pgp");
    let done = Arc::new(AtomicUsize::new(0));
    let (writer, stop) = (path, done.clone());
    let writing = std::thread::spawn(move || {
        while stop.load(Ordering::Relaxed) == 0 {
            fs::File::options().append(true).open(&writer).unwrap().write_all(b"more").unwrap();
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    let error = run.fails(&options, &person());
    assert!(matches!(error, FetchError::Growing { .. }) && error.kind() == Failure::Transport, "{error}");
    done.store(1, Ordering::Relaxed);
    writing.join().unwrap();
    assert_eq!(run.fetch(&options, &person()).unwrap().len(), 1, "once it has settled");
}

/// What becomes of a connection after so many bytes from the server.
#[derive(Clone, Copy)]
enum Fault {
    Cut(usize),
    Stall(usize),
    None,
}

/// A way to the server that treats each connection in turn as told, the last for all that follow. Returns its port.
fn faulty(server: u16, faults: Vec<Fault>) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for (i, client) in listener.incoming().enumerate() {
            let fault = faults[i.min(faults.len() - 1)];
            let (client, server) = (client.unwrap(), TcpStream::connect(("127.0.0.1", server)).unwrap());
            let (mut up, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut up, &mut to));
            std::thread::spawn(move || relay(server, client, fault));
        }
    });
    port
}

fn relay(mut server: TcpStream, mut client: TcpStream, fault: Fault) -> std::io::Result<()> {
    let (Fault::Cut(limit) | Fault::Stall(limit)) = fault else {
        return std::io::copy(&mut server, &mut client).map(drop);
    };
    std::io::copy(&mut server.try_clone()?.take(limit as u64), &mut client)?;
    match fault {
        Fault::Stall(_) => std::thread::sleep(Duration::from_secs(60)),
        _ => client.shutdown(std::net::Shutdown::Both)?,
    }
    Ok(())
}

#[test]
fn a_download_that_breaks_off_is_taken_again_from_the_start_or_not_at_all() {
    let (sshd, begun) = (Sshd::start(), Instant::now());
    let large = noise(3_000_000);
    sshd.put("Person_1.pgp", &large, HOUR);
    let through = |faults: Vec<Fault>| {
        let port = faulty(sshd.port, faults);
        let mut options = options(&sshd);
        options.from = place(&format!("sftp://{}@127.0.0.1:{port}{}", sshd.user, sshd.root.display()));
        fs::write(&sshd.known_hosts, sshd.known_hosts_line(port)).unwrap();
        options.timeout = Age::from(Duration::from_secs(2));
        options
    };
    for fault in [
        Fault::Cut(0),
        Fault::Cut(100),
        Fault::Cut(1_500),
        Fault::Cut(5_000),
        Fault::Cut(1_000_000),
        Fault::Stall(1_000_000),
    ] {
        let run = Run::new();
        let fetched = run.fetch(&through(vec![fault, Fault::None]), &person()).unwrap();
        assert!(super::content(&fetched[0]) == large);
        let started = Instant::now();
        let error = Run::new().fails(&through(vec![fault]), &person());
        assert_eq!(error.kind(), Failure::Transport, "{error}");
        assert!(started.elapsed() < Duration::from_secs(15), "{error} after {:?}", started.elapsed());
    }
    promise::report(7, "connections cut or stalled, once and for ever", 12, 12, begun);
}
