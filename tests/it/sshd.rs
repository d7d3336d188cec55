//! A real OpenSSH server for tests: started on a free port of the loopback, with keys, logs and files in a folder of its own,
//! and gone when it is dropped.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running server.
pub struct Sshd {
    pub port: u16,
    /// A known_hosts file that knows this server.
    pub known_hosts: PathBuf,
    /// The private key that may log in.
    pub identity: PathBuf,
    /// The folder that it serves, as an absolute path.
    pub root: PathBuf,
    pub user: String,
    folder: tempfile::TempDir,
    child: Child,
}

impl Sshd {
    /// A server with an Ed25519 host key that takes `identity` alone.
    pub fn start() -> Sshd {
        Sshd::start_with("ed25519", "")
    }

    /// A server with a host key of the type that ssh-keygen calls `key_type`, and more lines of sshd_config, which win.
    pub fn start_with(key_type: &str, config: &str) -> Sshd {
        Sshd::launch(key_type, config, None)
    }

    /// A server that takes `password` for the user, who must be root: it sees a password file of its own. `None` without the
    /// right to do so.
    pub fn start_with_password(password: &str) -> Option<Sshd> {
        let may = Command::new("unshare").args(["-m", "true"]).status().is_ok_and(|status| status.success());
        may.then(|| Sshd::launch("ed25519", "PasswordAuthentication yes\n", Some(password)))
    }

    fn launch(key_type: &str, config: &str, password: Option<&str>) -> Sshd {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let (host_key, identity, root) = (at("host_key"), at("identity"), at("served"));
        keygen(key_type, "", &host_key);
        keygen("ed25519", "", &identity);
        fs::create_dir(&root).unwrap();
        fs::copy(at("identity.pub"), at("authorized_keys")).unwrap();
        // Debian's server wants this folder for the part of it that has no rights.
        let _ = fs::create_dir_all("/run/sshd");
        let port = free_port();
        // Unlike other words, this one may stand there once only.
        let sftp = if config.contains("Subsystem") { "" } else { "Subsystem sftp internal-sftp\n" };
        let settings = format!(
            "{config}{sftp}ListenAddress 127.0.0.1\nPort {port}\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\nUsePAM no\n\
             StrictModes no\nPermitRootLogin yes\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
             LogLevel DEBUG1\nMaxStartups 100\n",
            host_key.display(),
            at("authorized_keys").display()
        );
        fs::write(at("sshd_config"), settings).unwrap();
        let child = spawn(folder.path(), password);
        let sshd = Sshd { port, known_hosts: at("known_hosts"), identity, root, user: user(), folder, child };
        fs::write(&sshd.known_hosts, sshd.known_hosts_line(port)).unwrap();
        sshd.wait_until_it_answers();
        sshd
    }

    /// The line of known_hosts for this server behind another port.
    pub fn known_hosts_line(&self, port: u16) -> String {
        let key = fs::read_to_string(self.folder.path().join("host_key.pub")).unwrap();
        let words: Vec<&str> = key.split_whitespace().collect();
        format!("[127.0.0.1]:{port} {} {}\n", words[0], words[1])
    }

    /// Where the served folder is, in the words of a pipeline file.
    pub fn url(&self) -> String {
        format!("sftp://{}@127.0.0.1:{}{}", self.user, self.port, self.root.display())
    }

    /// Puts a file into the served folder, last written `age` ago.
    pub fn put(&self, name: &str, bytes: &[u8], age: Duration) {
        let path = self.root.join(name);
        fs::write(&path, bytes).unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_modified(std::time::SystemTime::now() - age).unwrap();
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// How often a client asked to log in by `method` ("publickey", "password"; "" for any).
    pub fn login_attempts(&self, method: &str) -> usize {
        let asked =
            |line: &&str| line.contains("userauth-request for user") && line.contains(&format!("method {method}"));
        self.log().lines().filter(asked).count()
    }

    /// Stops the server and leaves the rest as it is.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn wait_until_it_answers(&self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < deadline, "sshd does not answer: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.stop();
    }
}

fn spawn(folder: &Path, password: Option<&str>) -> Child {
    let mut command = Command::new("/usr/sbin/sshd");
    if let Some(password) = password {
        let hash = output(Command::new("openssl").args(["passwd", "-6", password]));
        let shadow = folder.join("shadow");
        fs::write(&shadow, format!("root:{hash}:20000:0:99999:7:::\nsshd:!:20000::::::\n")).unwrap();
        command = Command::new("unshare");
        command.args(["-m", "sh", "-c", "mount --bind \"$0\" /etc/shadow && exec /usr/sbin/sshd \"$@\""]).arg(shadow);
    }
    command.arg("-D").arg("-f").arg(folder.join("sshd_config")).arg("-E").arg(folder.join("log"));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("/usr/sbin/sshd (openssh-server) is installed")
}

/// Makes a key pair at `path` and `path`.pub.
pub fn keygen(key_type: &str, passphrase: &str, path: &Path) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", key_type, "-N", passphrase, "-C", "test", "-f"])
        .arg(path)
        .status();
    assert!(made.expect("ssh-keygen is installed").success());
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}

/// What a program prints, without the line end.
pub fn output(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// Who runs the tests, and so may log in.
fn user() -> String {
    output(Command::new("id").arg("-un"))
}
