//! Who is trusted: host keys before any login, and each way to log in.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use hcmsync::model::secret::Secret;
use hcmsync::sftp::SftpError;
use hcmsync::stages::fetch::{Failure, FetchError};

use super::{HOUR, Run, options, person};
use crate::promise;
use crate::sshd::{Sshd, keygen, output};

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
    assert!(matches!(run.fails(&options, &person()), FetchError::Server(SftpError::LoginRefused { .. })));
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
    let error = Run::new().fails(&options, &person());
    assert!(matches!(error, FetchError::Server(SftpError::LoginRefused { .. })));
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
    let FetchError::Server(SftpError::UnknownHostKey { key, .. }) = &error else { panic!("{error}") };
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
    let (run, started) = (Run::new(), Instant::now());
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
    promise::report(6, "a changed host key, one of another type", 3, 3, started);
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
    assert!(
        matches!(error, FetchError::Server(SftpError::NoCommonAlgorithm { category: "key exchange", .. })),
        "{error}"
    );
    let help = error.help().unwrap();
    assert!(help.contains("diffie-hellman-group14-sha1") && help.contains("curve25519-sha256"), "{help}");
    assert_eq!((error.kind(), sshd.login_attempts("")), (Failure::Trust, 0));
}
