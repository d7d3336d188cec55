//! Promises 6 to 9 against a server that lies (`tests/hostile/server.py`): each lie ends with its exit code and its sentence,
//! tells no secret, changes nothing that is published, and leaves nothing behind.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::judges::PYTHON;
use crate::product::{EXTRACTS, Place, project};
use crate::promise;
use crate::publish::{names, snapshot};
use crate::sshd::keygen;

mod lies;

use lies::{LIES, Lie};

/// What `server.py` takes as the password, and nobody may ever read elsewhere.
const PASSWORD: &str = "canary-password-4711";
/// How many scripts are tried at a time: most of them wait.
const AT_A_TIME: usize = 10;

/// The running server, with a port for each script.
struct Server {
    folder: tempfile::TempDir,
    child: Child,
    ports: BTreeMap<String, u16>,
}

impl Server {
    fn start() -> Server {
        let folder = tempfile::tempdir().unwrap();
        for key in ["host_key", "other_key"] {
            keygen("ed25519", "", &folder.path().join(key));
        }
        keygen("rsa", "", &folder.path().join("rsa_key"));
        fs::create_dir(folder.path().join("files")).unwrap();
        for name in EXTRACTS.map(|name| format!("{name}.csv.pgp")) {
            fs::copy(project("sample-data/extract").join(&name), folder.path().join("files").join(&name)).unwrap();
        }
        let mut child = Command::new(&*PYTHON)
            .arg(project("tests/hostile/server.py"))
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let port = |line: String| line.split_once(' ').map(|(script, port)| (script.to_owned(), port.parse().unwrap()));
        let ports = lines.map_while(port).collect();
        Server { folder, child, ports }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What clients tried, a line each.
    fn log(&self, script: &str) -> String {
        fs::read_to_string(self.path(&format!("{script}.log"))).unwrap_or_default()
    }

    /// A place that has published the sample from a folder, and now fetches it from this script.
    fn place(&self, lie: &Lie) -> Place {
        let mut place = Place::sealed();
        place.publishes(&["--quiet"]);
        let port = self.ports[lie.script];
        let key = fs::read_to_string(self.path("host_key.pub")).unwrap();
        let key: Vec<&str> = key.split(' ').take(2).collect();
        let known = if lie.is_unknown { String::new() } else { format!("[127.0.0.1]:{port} {}\n", key.join(" ")) };
        fs::write(place.path("known_hosts"), known).unwrap();
        fs::write(place.path("password"), PASSWORD).unwrap();
        let from = format!(
            "\"sftp://hcm@127.0.0.1:{port}/in\"\nknown_hosts = \"known_hosts\"\nagent = false\nretries = 0\ntimeout = \"2s\"\n\
             password = {{ command = [\"cat\", \"password\"] }}\n{}",
            lie.fetch
        );
        place.set("from", &from);
        if let Some(as_of) = lie.as_of {
            place.set("as_of", as_of);
        }
        place
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a lie ends as it must.
fn holds(server: &Server, lie: &Lie) -> Result<(), String> {
    let place = server.place(lie);
    let before = snapshot(&place.path("out"));
    let started = Instant::now();
    let said = place.run(&[]);
    if said.code != lie.code {
        return Err(format!("exit {} and not {}: {}", said.code, lie.code, said.stderr));
    }
    if let Some(missing) = lie.says.iter().find(|fragment| !said.stderr.contains(**fragment)) {
        return Err(format!("does not say {missing:?}: {}", said.stderr));
    }
    if said.all().contains(PASSWORD)
        || said.all().contains(['\x1b', '\x07', '\0'])
        || said.all().contains("\nerror: forged")
    {
        return Err(format!("tells a secret, or repeats what was forged: {:?}", said.all()));
    }
    if lie.code == 6 && lie.script.starts_with("key") && !server.log(lie.script).is_empty() {
        return Err(format!("a login was tried: {}", server.log(lie.script)));
    }
    if started.elapsed() > Duration::from_secs(60) {
        return Err(format!("it took {:?}", started.elapsed()));
    }
    if snapshot(&place.path("out")) != before && lie.code != 0 {
        return Err("what was published has changed".into());
    }
    nothing_is_left(&place.path("out"))
}

fn nothing_is_left(out: &Path) -> Result<(), String> {
    let left = names(out);
    let hidden: Vec<String> = names(&out.join("runs")).into_iter().filter(|name| name.starts_with('.')).collect();
    if left == [".lock", "current", "runs"] && hidden.is_empty() {
        Ok(())
    } else {
        Err(format!("left: {left:?} {hidden:?}"))
    }
}

#[test]
fn whatever_the_server_says_ends_with_its_exit_code_and_leaves_nothing() {
    let (server, started) = (Server::start(), Instant::now());
    let told = server.ports.len();
    assert_eq!(
        LIES.iter().map(|lie| lie.script).collect::<std::collections::BTreeSet<_>>().len(),
        told,
        "every script"
    );
    let queue = Mutex::new(LIES.iter());
    let broken = Mutex::new(String::new());
    let counts: Mutex<BTreeMap<u8, u64>> = Mutex::default();
    std::thread::scope(|threads| {
        for _ in 0..AT_A_TIME {
            threads.spawn(|| {
                loop {
                    let Some(lie) = queue.lock().unwrap().next() else { break };
                    match std::panic::catch_unwind(|| holds(&server, lie)) {
                        Ok(Ok(())) => *counts.lock().unwrap().entry(lie.promise).or_default() += 1,
                        Ok(Err(why)) => writeln!(broken.lock().unwrap(), "{}: {why}", lie.script).unwrap(),
                        Err(_) => writeln!(broken.lock().unwrap(), "{}: it panicked", lie.script).unwrap(),
                    }
                }
            });
        }
    });
    let broken = broken.into_inner().unwrap();
    assert!(broken.is_empty(), "{broken}");
    let counts = counts.into_inner().unwrap();
    for (number, held) in counts {
        let injected = LIES.iter().filter(|lie| lie.promise == number).count() as u64;
        promise::report(number, "a server that lies", injected, held, started);
    }
    let all = LIES.len() as u64;
    promise::report(15, "a server that lies", all, all, started);
    promise::report(22, "a server that lies, each with its exit code", all, all, started);
}
