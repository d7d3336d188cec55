//! The address of a folder on an SFTP server, and who logs in there: `sftp://user@host[:port]/path`, in one line of text.

use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

/// A folder on an SFTP server, and who logs in there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Remote {
    user: String,
    host: String,
    port: u16,
    path: String,
}

/// Why a text is no address. A password in it is never repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RemoteError {
    #[error("this is no address of an SFTP server: sftp://user@host/path")]
    Scheme,
    #[error("the user is missing: sftp://user@host/path")]
    NoUser,
    #[error("a password has no place in the file: use password = {{ env = \"NAME\" }}")]
    Password,
    #[error("the host is missing or is no host name: sftp://user@host/path")]
    Host,
    #[error("the port is no number from 1 to 65535")]
    Port,
    #[error("a % is not followed by two hexadecimal digits of UTF-8 text (a % itself is written %25)")]
    Percent,
    #[error("user and path have no place for control characters")]
    Control,
}

impl Remote {
    /// The login name.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The host name in lower case, or the address; IPv6 without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, 22 unless written.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder: absolute, or relative to the home folder of the login.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The path of a file in the folder.
    pub fn file(&self, name: &str) -> PathBuf {
        PathBuf::from(&self.path).join(name)
    }

    /// The name under which known_hosts keeps the server: `host`, or `[host]:port` for another port than 22.
    pub fn known_as(&self) -> String {
        if self.port == 22 { self.host.clone() } else { format!("[{}]:{}", self.host, self.port) }
    }

    /// The server as a URI, without who logs in.
    pub fn server_uri(&self) -> String {
        format!("sftp://{}", self.server())
    }

    /// The server as messages name it: `host:port`.
    pub fn server(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slash = if self.path.starts_with('/') { "" } else { "/~/" };
        write!(f, "sftp://{}@{}{slash}{}", self.user.escape_debug(), self.server(), self.path.escape_debug())
    }
}

impl TryFrom<String> for Remote {
    type Error = RemoteError;

    fn try_from(text: String) -> Result<Self, RemoteError> {
        match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("sftp") => remote(rest),
            _ => Err(RemoteError::Scheme),
        }
    }
}

/// `user@host[:port][/path]`. The last `@` before the path ends the user.
fn remote(text: &str) -> Result<Remote, RemoteError> {
    let (authority, path) = text.split_at(text.find('/').unwrap_or(text.len()));
    let (user, server) = authority.rsplit_once('@').ok_or(RemoteError::NoUser)?;
    if user.contains(':') {
        return Err(RemoteError::Password);
    }
    if user.is_empty() {
        return Err(RemoteError::NoUser);
    }
    let (host, port) = host_and_port(server)?;
    let (user, path) = (decode(user)?, decode(path)?);
    if user.chars().chain(path.chars()).any(char::is_control) {
        return Err(RemoteError::Control);
    }
    let path = match path.strip_prefix("/~/") {
        Some("") => ".".to_owned(),
        Some(relative) => relative.to_owned(),
        None if path.is_empty() => ".".to_owned(),
        None => path,
    };
    Ok(Remote { user, host, port, path })
}

fn host_and_port(server: &str) -> Result<(String, u16), RemoteError> {
    let (host, port) = match server.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']').ok_or(RemoteError::Host)?;
            host.parse::<std::net::Ipv6Addr>().map_err(|_| RemoteError::Host)?;
            (host, rest.strip_prefix(':').or(rest.is_empty().then_some("22")).ok_or(RemoteError::Port)?)
        }
        None => server.split_once(':').unwrap_or((server, "22")),
    };
    let of_a_host = |c: char| c.is_ascii_alphanumeric() || ".-_:".contains(c);
    if host.is_empty() || !host.chars().all(of_a_host) {
        return Err(RemoteError::Host);
    }
    let port = port.parse().ok().filter(|port| *port != 0).ok_or(RemoteError::Port)?;
    Ok((host.to_ascii_lowercase(), port))
}

/// Percent-decoding (RFC 3986 section 2.1); the result must be UTF-8.
fn decode(text: &str) -> Result<String, RemoteError> {
    let mut parts = text.split('%');
    let mut bytes: Vec<u8> = parts.next().unwrap_or_default().into();
    for part in parts {
        let code =
            part.get(..2).filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit())).ok_or(RemoteError::Percent)?;
        bytes.push(u8::from_str_radix(code, 16).map_err(|_| RemoteError::Percent)?);
        bytes.extend(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).map_err(|_| RemoteError::Percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Remote, RemoteError> {
        Remote::try_from(text.to_owned())
    }

    fn parts(text: &str) -> (String, String, u16, String) {
        let remote = read(text).unwrap();
        (remote.user, remote.host, remote.port, remote.path)
    }

    #[test]
    fn servers() {
        let of = |u: &str, h: &str, p, d: &str| (u.to_owned(), h.to_owned(), p, d.to_owned());
        assert_eq!(
            parts("sftp://hcm@files.example.com:22/outbound/vision"),
            of("hcm", "files.example.com", 22, "/outbound/vision")
        );
        assert_eq!(parts("sftp://hcm@Files.Example.com/a%20b/%C3%A9"), of("hcm", "files.example.com", 22, "/a b/é"));
        assert_eq!(parts("sftp://a%40corp@h:2222/~/x"), of("a@corp", "h", 2222, "x"));
        assert_eq!(parts("sftp://a@[::1]:2222/x"), of("a", "::1", 2222, "/x"));
        assert_eq!(parts("sftp://a@[::1]/"), of("a", "::1", 22, "/"));
        assert_eq!(parts("sftp://a@h"), of("a", "h", 22, "."));
    }

    #[test]
    fn refusals() {
        use RemoteError::*;
        for (text, why) in [
            ("", Scheme),
            ("../folder", Scheme),
            ("ftp://a@h/x", Scheme),
            ("https://h/x", Scheme),
            ("sftp://h/x", NoUser),
            ("sftp://@h/x", NoUser),
            ("sftp://a:secret@h/x", Password),
            ("sftp://a@/x", Host),
            ("sftp://a@h h/x", Host),
            ("sftp://a@[::1/x", Host),
            ("sftp://a@h:0/x", Port),
            ("sftp://a@h:99999/x", Port),
            ("sftp://a@h:/x", Port),
            ("sftp://a@h/%2", Percent),
            ("sftp://a@h/%+1", Percent),
            ("sftp://a@h/%ff", Percent),
            ("sftp://a@h/%00", Control),
        ] {
            assert_eq!(read(text), Err(why), "{text}");
            assert!(!why.to_string().contains("secret"));
        }
    }

    #[test]
    fn names_of_the_server() {
        let remote = read("sftp://a@[::1]:2222/x").unwrap();
        assert_eq!((remote.known_as().as_str(), remote.server().as_str()), ("[::1]:2222", "[::1]:2222"));
        let remote = read("sftp://a@h/x").unwrap();
        assert_eq!((remote.known_as().as_str(), remote.server().as_str()), ("h", "h:22"));
        assert_eq!(remote.to_string(), "sftp://a@h:22/x");
    }
}
