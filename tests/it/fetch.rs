//! Fetch against a real OpenSSH server, and against connections that break (`promises.md` 6 to 9).

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use hcmsync::model::secret::Secret;
use hcmsync::progress::Silent;
use hcmsync::stages::fetch::{Age, Body, Context, Failure, Fetch, FetchError, Fetched, Location, Want, fetch, probe};

use crate::sshd::{Sshd, free_port, keygen, output};

const HOUR: Duration = Duration::from_secs(3600);

fn wants() -> Vec<Want> {
    let want = |kind, pattern: &str| Want { kind, pattern: pattern.into(), required: true };
    vec![
        want("person", "Person_*.pgp"),
        want("work_relationship", "WorkRelationship_*.pgp"),
        want("assignment", "Assignment_*.pgp"),
    ]
}

fn person() -> Vec<Want> {
    wants().into_iter().take(1).collect()
}

fn place(from: &str) -> Location {
    Location::try_from(from.to_owned()).unwrap()
}

/// What a pipeline would say to fetch from the server: its key, no patience.
fn options(sshd: &Sshd) -> Fetch {
    let mut options = Fetch::new(place(&sshd.url()));
    options.known_hosts = sshd.known_hosts.clone();
    options.identity_file = Some(sshd.identity.clone());
    options.timeout = Age::from(Duration::from_secs(5));
    options.retries = 1;
    options
}

/// A run's surroundings.
struct Run {
    folder: tempfile::TempDir,
    agent: Option<PathBuf>,
    keep_on_disk: bool,
}

impl Run {
    fn new() -> Run {
        Run { folder: tempfile::tempdir().unwrap(), agent: None, keep_on_disk: true }
    }

    fn inbox(&self) -> PathBuf {
        self.folder.path().join("inbox")
    }

    fn with<T>(&self, act: impl FnOnce(&Context<'_>) -> T) -> T {
        let now = jiff::Timestamp::try_from(SystemTime::now()).unwrap();
        let (base, inbox) = (self.folder.path(), self.inbox());
        act(&Context {
            base,
            inbox: &inbox,
            now,
            home: None,
            agent_socket: self.agent.as_deref(),
            keep_on_disk: self.keep_on_disk,
        })
    }

    fn fetch(&self, options: &Fetch, wants: &[Want]) -> Result<Vec<Fetched>, FetchError> {
        self.with(|context| fetch(options, wants, context, &Silent))
    }

    /// Fetches and fails; the inbox holds nothing.
    fn fails(&self, options: &Fetch, wants: &[Want]) -> FetchError {
        let error = self.fetch(options, wants).unwrap_err();
        let left: Vec<_> =
            fs::read_dir(self.inbox()).into_iter().flatten().map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.is_empty(), "{left:?} left after: {error}");
        error
    }
}

/// Bytes that no compression or repetition could stand in for.
fn noise(bytes: usize) -> Vec<u8> {
    let mut noise = vec![0; bytes];
    fastrand::Rng::with_seed(7).fill(&mut noise);
    noise
}

#[test]
fn the_newest_set_of_each_kind_is_downloaded_whole() {
    let (sshd, run) = (Sshd::start(), Run::new());
    let large = noise(5_000_000);
    sshd.put("Person_2026-11-19.pgp", b"old", HOUR);
    sshd.put("Person_2026-11-20_1of2.pgp", &large, 3 * HOUR);
    sshd.put("Person_2026-11-20_2of2.pgp", b"two", 3 * HOUR);
    sshd.put("WorkRelationship_2026-11-20.pgp", b"", HOUR);
    sshd.put("Assignment_2026-11-20.pgp", b"assignments", HOUR);
    sshd.put("other.txt", b"", HOUR);
    let fetched = run.fetch(&options(&sshd), &wants()).unwrap();
    let names: Vec<_> = fetched.iter().map(|file| (file.kind, file.name.as_str(), file.bytes)).collect();
    assert_eq!(
        names,
        [
            ("person", "Person_2026-11-20_1of2.pgp", 5_000_000),
            ("person", "Person_2026-11-20_2of2.pgp", 3),
            ("work_relationship", "WorkRelationship_2026-11-20.pgp", 0),
            ("assignment", "Assignment_2026-11-20.pgp", 11),
        ]
    );
    assert!(fetched[0].read().unwrap() == large && fetched[1].read().unwrap() == b"two");
    assert_eq!(
        fetched[0].sha256,
        output(Command::new("sha256sum").arg(sshd.root.join(&fetched[0].name))).split(' ').next().unwrap()
    );
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&run.inbox()), 0o700);
    let mut kept: Vec<_> = fs::read_dir(run.inbox()).unwrap().map(|entry| entry.unwrap()).collect();
    kept.sort_by_key(|entry| entry.file_name());
    assert!(kept.iter().all(|entry| mode(&entry.path()) == 0o600));
    let kept: Vec<_> = kept.iter().map(|entry| entry.file_name().into_string().unwrap()).collect();
    assert_eq!(kept, ["assignment-1", "person-1", "person-2", "work_relationship-1"]);
}

#[test]
fn what_may_be_plaintext_stays_off_the_disk() {
    let (sshd, mut run) = (Sshd::start(), Run::new());
    run.keep_on_disk = false;
    sshd.put("Person_1.pgp", b"plain", HOUR);
    let fetched = run.fetch(&options(&sshd), &person()).unwrap();
    assert!(matches!(&fetched[0].body, Body::Memory(bytes) if bytes == b"plain"));
    assert!(!run.inbox().exists());
}

#[test]
fn a_file_changed_after_it_was_fetched_is_not_read() {
    let (sshd, run) = (Sshd::start(), Run::new());
    sshd.put("Person_1.pgp", b"true", HOUR);
    let fetched = run.fetch(&options(&sshd), &person()).unwrap();
    let Body::File(path) = &fetched[0].body else { panic!() };
    fs::write(path, b"fake").unwrap();
    assert!(matches!(fetched[0].read(), Err(FetchError::Changed { .. })));
}

#[test]
fn a_key_with_a_passphrase() {
    for key_type in ["ed25519", "rsa"] {
        let (sshd, run) = (Sshd::start(), Run::new());
        sshd.put("Person_1.pgp", b"x", HOUR);
        let key = run.folder.path().join("locked");
        keygen(key_type, "correct horse", &key);
        if key_type == "rsa" {
            // The old form of key files, which is read by other code.
            output(
                Command::new("ssh-keygen")
                    .args(["-q", "-p", "-m", "PEM", "-P", "correct horse", "-N", "correct horse", "-f"])
                    .arg(&key),
            );
        }
        let authorized = sshd.identity.with_file_name("authorized_keys");
        fs::copy(key.with_extension("pub"), authorized).unwrap();
        let mut options = options(&sshd);
        options.identity_file = Some(key);
        assert_eq!(run.fails(&options, &person()).kind(), Failure::Config, "{key_type}: without the passphrase");
        options.identity_passphrase = Some(Secret::Command(vec!["echo".into(), "battery".into()]));
        let wrong = run.fails(&options, &person());
        assert_eq!(wrong.kind(), Failure::Config, "{key_type}");
        assert!(!format!("{wrong} {wrong:?} {:?}", wrong.help()).contains("battery"));
        assert_eq!(sshd.login_attempts("publickey"), 0, "a key that cannot be read is not offered");
        options.identity_passphrase = Some(Secret::Command(vec!["echo".into(), "correct horse".into()]));
        assert_eq!(run.fetch(&options, &person()).unwrap().len(), 1, "{key_type}");
    }
}

/// An SSH agent that is gone when it is dropped.
struct Agent(Child);

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn by_agent_whichever_of_its_keys_fits() {
    let (sshd, mut run) = (Sshd::start(), Run::new());
    sshd.put("Person_1.pgp", b"x", HOUR);
    let socket = run.folder.path().join("agent");
    let _agent = Agent(
        Command::new("ssh-agent").arg("-D").arg("-a").arg(&socket).stdout(std::process::Stdio::null()).spawn().unwrap(),
    );
    let deadline = Instant::now() + Duration::from_secs(10);
    while !socket.exists() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(10));
    }
    let add = |key: &Path| output(Command::new("ssh-add").arg("-q").arg(key).env("SSH_AUTH_SOCK", &socket));
    let mut options = options(&sshd);
    options.identity_file = None;
    assert_eq!(run.fails(&options, &person()).kind(), Failure::Config, "no agent");
    run.agent = Some(socket.clone());
    assert!(run.fails(&options, &person()).to_string().contains("no key"));
    let stranger = run.folder.path().join("stranger");
    keygen("ed25519", "", &stranger);
    add(&stranger);
    assert!(matches!(run.fails(&options, &person()), FetchError::LoginRefused { .. }));
    add(&sshd.identity);
    assert_eq!(run.fetch(&options, &person()).unwrap().len(), 1);
}

#[test]
fn by_password() {
    let Some(sshd) = Sshd::start_with_password("Tr0ub4dor") else {
        eprintln!("not tried: only root can give a server a password file of its own");
        return;
    };
    let run = Run::new();
    sshd.put("Person_1.pgp", b"x", HOUR);
    let mut options = options(&sshd);
    options.identity_file = None;
    options.password = Some(Secret::Command(vec!["echo".into(), "Tr0ub4dor".into()]));
    assert_eq!(run.fetch(&options, &person()).unwrap().len(), 1);
    options.password = Some(Secret::Command(vec!["echo".into(), "hunter2".into()]));
    let before = sshd.login_attempts("password");
    let error = run.fails(&options, &person());
    assert!(matches!(error, FetchError::LoginRefused { .. }));
    assert_eq!(sshd.login_attempts("password"), before + 1, "a wrong password is not tried again");
    assert!(!format!("{error} {error:?} {:?}", error.help()).contains("hunter2"));
}

#[test]
fn a_refused_login_is_transport_and_is_not_tried_again() {
    let (sshd, run) = (Sshd::start(), Run::new());
    let stranger = run.folder.path().join("stranger");
    keygen("ed25519", "", &stranger);
    let mut options = options(&sshd);
    options.identity_file = Some(stranger);
    let error = run.fails(&options, &person());
    assert_eq!(error.kind(), Failure::Transport);
    assert!(
        error.to_string().contains(&format!("127.0.0.1:{} refused the login of {} by key", sshd.port, sshd.user)),
        "{error}"
    );
    assert_eq!(sshd.login_attempts("publickey"), 1, "{}", sshd.log());
}

#[test]
fn a_key_that_others_can_read_is_not_used() {
    let (sshd, run) = (Sshd::start(), Run::new());
    fs::set_permissions(&sshd.identity, fs::Permissions::from_mode(0o644)).unwrap();
    let error = run.fails(&options(&sshd), &person());
    assert_eq!(error.kind(), Failure::Config);
    assert!(error.to_string().contains("mode 644"), "{error}");
    assert_eq!(sshd.login_attempts(""), 0);
}

#[test]
fn an_unknown_host_key_ends_it_before_the_login() {
    let (sshd, run) = (Sshd::start(), Run::new());
    sshd.put("Person_1.pgp", b"x", HOUR);
    let mut options = options(&sshd);
    options.known_hosts = run.folder.path().join("known");
    let error = run.fails(&options, &person());
    assert_eq!(error.kind(), Failure::Trust);
    let FetchError::UnknownHostKey { key, .. } = &error else { panic!("{error}") };
    let printed = output(Command::new("ssh-keygen").arg("-lf").arg(sshd.identity.with_file_name("host_key.pub")));
    assert_eq!(Some(key.fingerprint.as_str()), printed.split(' ').nth(1));
    assert!(error.to_string().contains(&key.fingerprint) && error.help().unwrap().contains(&key.line));
    assert_eq!(sshd.login_attempts(""), 0, "{}", sshd.log());

    fs::write(&options.known_hosts, format!("{}\n", key.line)).unwrap();
    run.fetch(&options, &person()).expect("the line that the help prints makes the server known");
    output(Command::new("ssh-keygen").arg("-q").arg("-H").arg("-f").arg(&options.known_hosts));
    assert!(fs::read_to_string(&options.known_hosts).unwrap().starts_with("|1|"));
    let again = Run::new();
    again.fetch(&options, &person()).expect("and so does its hashed form");
    assert!(sshd.login_attempts("publickey") > 0, "the log would have shown a login");
}

#[test]
fn a_changed_host_key_and_one_of_another_type_end_it_before_the_login() {
    let run = Run::new();
    for (known, served, expected) in
        [("ed25519", "ed25519", "has changed"), ("rsa", "ed25519", "another type"), ("ed25519", "rsa", "another type")]
    {
        let (other, sshd) = (Sshd::start_with(known, ""), Sshd::start_with(served, ""));
        let mut options = options(&sshd);
        options.known_hosts = run.folder.path().join(format!("{known}-{served}"));
        fs::write(&options.known_hosts, other.known_hosts_line(sshd.port)).unwrap();
        let error = run.fails(&options, &person());
        assert_eq!(error.kind(), Failure::Trust);
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(sshd.login_attempts(""), 0, "{}", sshd.log());
    }
}

#[test]
fn of_two_host_keys_the_known_type_is_asked_for() {
    let run = Run::new();
    let second = run.folder.path().join("second");
    keygen("rsa", "", &second);
    let sshd = Sshd::start_with("ed25519", &format!("HostKey {}\n", second.display()));
    sshd.put("Person_1.pgp", b"x", HOUR);
    for key in [&second, &sshd.identity.with_file_name("host_key")] {
        let public = fs::read_to_string(key.with_extension("pub")).unwrap();
        let mut options = options(&sshd);
        options.known_hosts = run.folder.path().join("known");
        fs::write(&options.known_hosts, format!("[127.0.0.1]:{} {public}", sshd.port)).unwrap();
        Run::new().fetch(&options, &person()).unwrap();
    }
}

#[test]
fn a_server_with_old_algorithms_alone_is_told_apart() {
    let (sshd, run) = (Sshd::start_with("ed25519", "KexAlgorithms diffie-hellman-group14-sha1\n"), Run::new());
    let error = run.fails(&options(&sshd), &person());
    assert!(matches!(error, FetchError::NoCommonAlgorithm { category: "key exchange", .. }), "{error}");
    let help = error.help().unwrap();
    assert!(help.contains("diffie-hellman-group14-sha1") && help.contains("curve25519-sha256"), "{help}");
    assert_eq!((error.kind(), sshd.login_attempts("")), (Failure::Trust, 0));
}

#[test]
fn a_server_that_is_gone_is_tried_again_and_then_given_up() {
    let (mut sshd, run) = (Sshd::start(), Run::new());
    sshd.stop();
    let started = Instant::now();
    let error = run.fails(&options(&sshd), &person());
    assert!(matches!(error, FetchError::Unreachable { .. }) && error.kind() == Failure::Transport, "{error}");
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
    assert!(matches!(run.fails(&options, &person()), FetchError::Handshake { .. }));
}

#[test]
fn what_is_missing_is_said() {
    let (sshd, run) = (Sshd::start(), Run::new());
    sshd.put("Person_2026-11-20.csv", b"", HOUR);
    let error = run.fails(&options(&sshd), &person());
    assert_eq!(error.kind(), Failure::Missing);
    assert!(error.to_string().contains("\"Person_*.pgp\"") && error.to_string().contains(&sshd.url()), "{error}");
    let optional = vec![Want { required: false, ..person().remove(0) }];
    assert!(run.fetch(&options(&sshd), &optional).unwrap().is_empty());
    let mut elsewhere = options(&sshd);
    elsewhere.from = place(&format!("{}/nowhere", sshd.url()));
    let error = run.fails(&elsewhere, &person());
    assert!(matches!(error, FetchError::Place { .. }) && error.kind() == Failure::Missing, "{error}");
}

#[test]
fn stale_mixed_and_odd_sets_are_refused() {
    let (sshd, run) = (Sshd::start(), Run::new());
    let now = jiff::Timestamp::try_from(SystemTime::now()).unwrap();
    let day = |days: i64| (now - jiff::SignedDuration::from_hours(24 * days)).strftime("%Y-%m-%d").to_string();
    let mut options = options(&sshd);
    options.max_age = Some(Age::from(26 * HOUR));

    sshd.put(&format!("Person_{}.pgp", day(0)), b"x", 27 * HOUR);
    assert!(matches!(run.fails(&options, &person()), FetchError::TooOld { .. }), "by its time");
    sshd.put(&format!("Person_{}.pgp", day(0)), b"x", HOUR);
    assert_eq!(Run::new().fetch(&options, &person()).unwrap().len(), 1);

    sshd.put(&format!("WorkRelationship_{}.pgp", day(0)), b"x", HOUR);
    sshd.put(&format!("Assignment_{}.pgp", day(1)), b"x", HOUR);
    let error = run.fails(&options, &wants());
    assert!(matches!(error, FetchError::Mixed { .. }) && error.kind() == Failure::Missing, "{error}");

    let replayed = [Want { kind: "person", pattern: "Replayed_*".into(), required: true }];
    sshd.put(&format!("Replayed_{}.pgp", day(4)), b"x", HOUR);
    assert!(matches!(run.fails(&options, &replayed), FetchError::TooOld { .. }), "by its name, however new its time");

    std::os::unix::fs::symlink("/etc/passwd", sshd.root.join("Person_2099-01-01.pgp")).unwrap();
    let error = run.fails(&options, &person());
    assert!(matches!(error, FetchError::NotAFile { what: "a symbolic link", .. }), "{error}");
    fs::remove_file(sshd.root.join("Person_2099-01-01.pgp")).unwrap();
    sshd.put("Person_2099-01-01\x1b.pgp", b"x", HOUR);
    let error = run.fails(&options, &person());
    assert!(matches!(error, FetchError::BadName { .. }) && !error.to_string().contains('\x1b'), "{error}");
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

#[test]
fn a_file_larger_than_allowed_is_not_taken() {
    let (sshd, run) = (Sshd::start(), Run::new());
    sshd.put("Person_1.pgp", &noise(1000), HOUR);
    let mut options = options(&sshd);
    options.max_bytes = 999;
    let error = run.fails(&options, &person());
    assert!(matches!(error, FetchError::TooLarge { bytes: 1000, most: 999, .. }), "{error}");
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
    let sshd = Sshd::start();
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
        assert!(fetched[0].read().unwrap() == large);
        let started = Instant::now();
        let error = run_fresh_fails(&through(vec![fault]));
        assert_eq!(error.kind(), Failure::Transport, "{error}");
        assert!(started.elapsed() < Duration::from_secs(15), "{error} after {:?}", started.elapsed());
    }
}

fn run_fresh_fails(options: &Fetch) -> FetchError {
    Run::new().fails(options, &person())
}

#[test]
fn a_probe_tells_all_and_takes_nothing() {
    let (sshd, run) = (Sshd::start(), Run::new());
    sshd.put("Person_2026-11-20.pgp", b"12345", 2 * HOUR);
    sshd.put("Person_2026-11-19.pgp", b"x", HOUR);
    let seen = run.with(|context| probe(&options(&sshd), &wants(), context)).unwrap();
    let server = seen.server.unwrap();
    assert!(server.host_key.algorithm == "ssh-ed25519" && server.host_key.fingerprint.starts_with("SHA256:"));
    assert_eq!(server.agreed.list("host key"), "ssh-ed25519");
    assert!(
        server.ours.list("cipher").contains("aes256-ctr")
            && server.theirs.unwrap().list("cipher").contains("aes256-ctr")
    );
    let person = seen.newest[0].files.as_ref().unwrap();
    assert_eq!((person[0].name.as_str(), person[0].bytes), ("Person_2026-11-20.pgp", Some(5)));
    assert_eq!(person[0].age.unwrap().as_hours(), 2);
    assert!(matches!(seen.newest[1].files, Err(FetchError::NoMatch { kind: "work_relationship", .. })));
    assert!(!run.inbox().exists());
}

#[test]
fn a_folder_is_read_in_place() {
    let run = Run::new();
    let folder = run.folder.path().join("extract");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("Person_2026-11-20.pgp"), b"here").unwrap();
    let options = Fetch::new(place("extract"));
    let fetched = run.fetch(&options, &person()).unwrap();
    assert!(matches!(&fetched[0].body, Body::File(path) if *path == folder.join("Person_2026-11-20.pgp")));
    assert_eq!(fetched[0].read().unwrap(), b"here");
    assert!(!run.inbox().exists());

    std::os::unix::fs::symlink("Person_2026-11-20.pgp", folder.join("Person_2026-11-21.pgp")).unwrap();
    assert!(matches!(run.fails(&options, &person()), FetchError::NotAFile { .. }));
    let nowhere = run.fails(&Fetch::new(place("nowhere")), &person());
    assert_eq!(nowhere.kind(), Failure::Missing, "{nowhere}");
    assert!(
        run.fails(&Fetch::new(place(&format!("sftp://a@127.0.0.1:{}/x", free_port()))), &person())
            .to_string()
            .contains("no home")
    );
}
