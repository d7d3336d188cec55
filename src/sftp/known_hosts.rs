//! Is the server the one that is known? Its host key against OpenSSH's `known_hosts`, before anything is told to it.
//!
//! libssh2 reads the lines (plain and hashed names, `[host]:port`) and compares the keys, one line at a time: asked about the
//! whole file, it takes the key of `host` for that of `[host]:2222` even where the latter has a line of its own, and
//! it knows no `@revoked`. Wildcards in names and `@cert-authority` are not honoured: such a host stays unknown.

use std::path::Path;

use ssh2::{CheckResult, HashType, KnownHostFileKind, KnownHostKeyFormat, MethodType, Session};

use super::{HostKey, Remote, SftpError};

/// A line of known_hosts that names a key.
#[derive(Clone, Debug)]
struct Line {
    revoked: bool,
    names: String,
    algorithm: String,
    key: String,
}

impl Line {
    /// Reads a line; `None` for a comment, a marker that is not honoured, and what is no line of known_hosts.
    fn read(text: &str) -> Option<Line> {
        let mut words = text.split_ascii_whitespace();
        let first = words.next().filter(|word| !word.starts_with('#'))?;
        let revoked = first == "@revoked";
        let names = if revoked { words.next()? } else { first };
        if names.starts_with('@') {
            return None;
        }
        let names = if names.starts_with('|') { names.to_owned() } else { names.to_ascii_lowercase() };
        Some(Line { revoked, names, algorithm: words.next()?.to_owned(), key: words.next()?.to_owned() })
    }

    /// Whether the line is about `name`, and if so whether its key is `key`. A line that libssh2 cannot read is about nobody.
    fn check(&self, session: &Session, name: &str, key: &[u8]) -> Result<CheckResult, ssh2::Error> {
        let names = if self.revoked { name } else { &self.names };
        let mut one = session.known_hosts()?;
        let read = one.read_str(&format!("{names} {} {}\n", self.algorithm, self.key), KnownHostFileKind::OpenSSH);
        Ok(if read.is_ok() { one.check(name, key) } else { CheckResult::NotFound })
    }

    fn names(&self, session: &Session, name: &str) -> Result<bool, ssh2::Error> {
        Ok(!self.revoked && matches!(self.check(session, name, b"any")?, CheckResult::Match | CheckResult::Mismatch))
    }
}

/// The keys of the servers that are known.
#[derive(Debug)]
pub(super) struct KnownHosts<'a> {
    path: &'a Path,
    lines: Vec<Line>,
}

impl<'a> KnownHosts<'a> {
    /// Reads the file; one that is not there knows nobody. `SftpError::KnownHosts` if it cannot be read.
    pub fn open(path: &'a Path) -> Result<Self, SftpError> {
        let text = match std::fs::read(path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(SftpError::KnownHosts { path: path.into(), source }),
        };
        Ok(KnownHosts { path, lines: text.lines().filter_map(Line::read).collect() })
    }

    /// The lines about the server: those of its own name and port, or, failing those, of its name alone, as OpenSSH does.
    fn about(&self, session: &Session, remote: &Remote) -> Result<(String, Vec<&Line>), ssh2::Error> {
        for name in [remote.known_as(), remote.host().to_owned()] {
            let mut lines = Vec::new();
            for line in &self.lines {
                if line.names(session, &name)? {
                    lines.push(line);
                }
            }
            if !lines.is_empty() {
                return Ok((name, lines));
            }
        }
        Ok((remote.known_as(), Vec::new()))
    }

    /// Asks the server, in the handshake to come, for a host key of a type that is known, before the other types.
    /// Certificates are not asked for.
    pub fn prefer(&self, session: &Session, remote: &Remote) -> Result<(), ssh2::Error> {
        let (_, lines) = self.about(session, remote)?;
        let mut methods = session.supported_algs(MethodType::HostKey)?;
        methods.retain(|method| !method.contains("-cert-"));
        methods.sort_by_key(|method| !lines.iter().any(|line| line.algorithm == key_type(method)));
        session.method_pref(MethodType::HostKey, &methods.join(","))
    }

    /// Whether the host key of a session after its handshake is the known one. Errors: unknown, changed, of another type, revoked.
    pub fn check(&self, session: &Session, remote: &Remote) -> Result<HostKey, SftpError> {
        let failed = |e: ssh2::Error| SftpError::Handshake { server: remote.server(), reason: e.message().to_owned() };
        let (bytes, _) = session.host_key().ok_or_else(|| failed(ssh2::Error::unknown()))?;
        let key = describe(session, remote, bytes).map_err(failed)?;
        self.judge(session, remote, bytes, key).map_err(failed)?
    }

    fn judge(
        &self,
        session: &Session,
        remote: &Remote,
        bytes: &[u8],
        key: HostKey,
    ) -> Result<Result<HostKey, SftpError>, ssh2::Error> {
        let (server, known_hosts) = (remote.server(), self.path.to_owned());
        for line in self.lines.iter().filter(|line| line.revoked) {
            if let CheckResult::Match = line.check(session, &remote.known_as(), bytes)? {
                return Ok(Err(SftpError::RevokedHostKey { server, key, known_hosts }));
            }
        }
        let (name, lines) = self.about(session, remote)?;
        for line in &lines {
            if let CheckResult::Match = line.check(session, &name, bytes)? {
                return Ok(Ok(key));
            }
        }
        // Another port may be another server: its key makes this one known, but cannot make it changed.
        if lines.is_empty() || name != remote.known_as() {
            return Ok(Err(SftpError::UnknownHostKey { server, key, known_hosts }));
        }
        if lines.iter().any(|line| line.algorithm == key.algorithm) {
            return Ok(Err(SftpError::ChangedHostKey { server, key, known_hosts }));
        }
        let known = lines.into_iter().map(|line| line.algorithm.clone()).collect();
        Ok(Err(SftpError::OtherHostKeyType { server, key, known, known_hosts }))
    }
}

/// The type of key that a method of signing needs: RSA keys have one type and two methods that are still safe.
fn key_type(method: &str) -> &str {
    if method.starts_with("rsa-sha2-") { "ssh-rsa" } else { method }
}

fn describe(session: &Session, remote: &Remote, key: &[u8]) -> Result<HostKey, ssh2::Error> {
    let digest = session.host_key_hash(HashType::Sha256).ok_or_else(ssh2::Error::unknown)?;
    let algorithm = algorithm(key).unwrap_or("unknown").to_owned();
    let fingerprint = format!("SHA256:{}", base64(session, digest)?.trim_end_matches('='));
    let line = format!("{} {algorithm} {}", remote.known_as(), base64(session, key)?);
    Ok(HostKey { algorithm, fingerprint, line })
}

/// A key begins with the name of its type (RFC 4253 section 6.6).
fn algorithm(key: &[u8]) -> Option<&str> {
    let (length, rest) = key.split_first_chunk::<4>()?;
    let name = std::str::from_utf8(rest.get(..u32::from_be_bytes(*length) as usize)?).ok()?;
    name.bytes().all(|b| b.is_ascii_graphic()).then_some(name)
}

/// Base64 by the one who keeps keys that way: libssh2 encodes what is added to a list of known hosts.
fn base64(session: &Session, bytes: &[u8]) -> Result<String, ssh2::Error> {
    let mut one = session.known_hosts()?;
    one.add("any", bytes, "", KnownHostKeyFormat::SshRsa)?;
    one.hosts()?.first().map(|host| host.key().to_owned()).ok_or_else(ssh2::Error::unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIJxHBFHjJpXHxUMCVYQbUQ0sPvoYSHP0OZKlWMtWYKtP";
    const OTHER: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn remote(place: &str) -> Remote {
        Remote::try_from(format!("sftp://a@{place}/x")).unwrap()
    }

    fn verdict(text: &str, place: &str, bytes: &[u8]) -> &'static str {
        let known = KnownHosts { path: Path::new("known_hosts"), lines: text.lines().filter_map(Line::read).collect() };
        let session = Session::new().unwrap();
        let key =
            HostKey { algorithm: algorithm(bytes).unwrap().into(), fingerprint: String::new(), line: String::new() };
        match known.judge(&session, &remote(place), bytes, key).unwrap() {
            Ok(_) => "known",
            Err(SftpError::UnknownHostKey { .. }) => "unknown",
            Err(SftpError::ChangedHostKey { .. }) => "changed",
            Err(SftpError::OtherHostKeyType { .. }) => "other type",
            Err(SftpError::RevokedHostKey { .. }) => "revoked",
            Err(other) => panic!("{other}"),
        }
    }

    /// The key that `KEY` is in base64.
    fn key() -> Vec<u8> {
        let mut key = b"\0\0\0\x0bssh-ed25519\0\0\0\x20".to_vec();
        key.extend(b"\x9c\x47\x04\x51\xe3\x26\x95\xc7\xc5\x43\x02\x55\x84\x1b\x51\x0d\x2c\x3e\xfa\x18\x48\x73\xf4\x39\x92\xa5\x58\xcb\x56\x60\xab\x4f");
        key
    }

    #[test]
    fn base64_is_libssh2s() {
        assert_eq!(base64(&Session::new().unwrap(), &key()).unwrap(), KEY);
    }

    #[test]
    fn lines_are_judged_one_by_one() {
        let ed = |names: &str, key: &str| format!("{names} ssh-ed25519 {key}\n");
        for (text, place, expected) in [
            (ed("h", KEY), "h", "known"),
            (ed("H.Example,10.0.0.1", KEY), "h.example", "known"),
            (ed("# h", KEY), "h", "unknown"),
            (String::new(), "h", "unknown"),
            (ed("other", KEY), "h", "unknown"),
            (ed("h", OTHER), "h", "changed"),
            (ed("h", OTHER) + &ed("h", KEY), "h", "known"),
            (format!("h ssh-rsa {KEY}AAAA\n"), "h", "other type"),
            (ed("[h]:2222", KEY), "h:2222", "known"),
            (ed("[h]:2222", KEY), "h", "unknown"),
            (ed("h", KEY), "h:2222", "known"),
            (ed("h", OTHER), "h:2222", "unknown"),
            (ed("[h]:2222", OTHER) + &ed("h", KEY), "h:2222", "changed"),
            (ed("h", KEY) + &ed("@revoked *", KEY), "h", "revoked"),
            (ed("h", KEY) + &ed("@revoked *", OTHER), "h", "known"),
            (ed("@cert-authority h", KEY), "h", "unknown"),
            (ed("*", KEY), "h", "unknown"),
            (ed("!h", KEY), "h", "unknown"),
            ("h ssh-ed25519 short\nh\n\n h x\n".to_owned() + &ed("h", KEY), "h", "known"),
            ("h ssh-ed25519 short\n".to_owned(), "h", "unknown"),
        ] {
            assert_eq!(verdict(&text, place, &key()), expected, "{text}{place}");
        }
    }
}
