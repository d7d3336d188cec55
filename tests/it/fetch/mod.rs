//! Fetch against a real OpenSSH server (`promises.md` 6 to 9): what is taken, and what is refused by its looks.

mod faults;
mod trust;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use hcmsync::progress::Silent;
use hcmsync::sftp::Surroundings;
use hcmsync::stages::fetch::{Age, Body, Context, Failure, Fetch, FetchError, Fetched, Location, Want, fetch, probe};

use crate::sshd::{Sshd, free_port, output};

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
            here: Surroundings { base, home: None, agent_socket: self.agent.as_deref(), stopped: &|| false },
            inbox: &inbox,
            now,
            keep_on_disk: self.keep_on_disk,
            read_again: false,
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
    assert!(content(&fetched[0]) == large && content(&fetched[1]) == b"two");
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
    assert!(matches!(again(&fetched[0]).into_bytes(), Err(FetchError::Changed { .. })));
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
fn a_file_larger_than_allowed_is_not_taken() {
    let (sshd, run) = (Sshd::start(), Run::new());
    sshd.put("Person_1.pgp", &noise(999), HOUR);
    sshd.put("WorkRelationship_1.pgp", &noise(1000), HOUR);
    let mut options = options(&sshd);
    options.max_bytes = 999;
    let error = run.fails(&options, &wants()[..2]);
    assert!(matches!(error, FetchError::TooLarge { bytes: 1000, most: 999, .. }), "{error}");
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
    assert!(matches!(&fetched[0].body, Body::Memory(_)));
    assert_eq!(content(&fetched[0]), b"here");
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

/// What was fetched, once more.
fn again(file: &Fetched) -> Fetched {
    let body = match &file.body {
        Body::File(path) | Body::InPlace(path) => Body::File(path.clone()),
        Body::Memory(bytes) => Body::Memory(bytes.clone()),
    };
    let (name, sha256) = (file.name.clone(), file.sha256.clone());
    Fetched {
        kind: file.kind,
        name,
        body,
        bytes: file.bytes,
        sha256,
        modified: file.modified,
        host_key: file.host_key.clone(),
    }
}

fn content(file: &Fetched) -> Vec<u8> {
    again(file).into_bytes().unwrap()
}
