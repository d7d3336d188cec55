//! The way in: TCP, handshake, host key, and only then the login. Nothing is told to a server that is not known.

use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use libssh2_sys as raw;
use secrecy::{ExposeSecret, SecretString};
use ssh2::{ErrorCode, KeyboardInteractivePrompt, Prompt, Session};

use super::Context;
use super::error::{FetchError, HostKey};
use super::known_hosts::KnownHosts;
use super::line::Line;
use super::location::Remote;
use super::offer::Offer;
use super::options::{Fetch, resolve};
use super::sftp::milliseconds;
use crate::model::secret::Secret;

/// A server, and what is needed to get in.
pub(super) struct Door<'a> {
    pub remote: &'a Remote,
    pub timeout: Duration,
    options: &'a Fetch,
    context: &'a Context<'a>,
    known_hosts: PathBuf,
    line: &'a Line,
}

/// A server that is known, before any login.
pub(super) struct Hall {
    pub session: Session,
    pub host_key: HostKey,
    tcp: TcpStream,
}

/// A connection after the login.
pub(super) struct Live {
    pub sftp: ssh2::Sftp,
    /// Its fingerprint.
    pub host_key: String,
    tcp: TcpStream,
}

impl Live {
    /// Ends the connection at once: what is still open is closed without waiting for the server.
    pub fn cut(&self) {
        // It may have ended already, which is as well.
        let _ = self.tcp.shutdown(Shutdown::Both);
    }
}

impl<'a> Door<'a> {
    /// Prepares the way in. `FetchError::NoHome` if known_hosts is `~/…` and there is no home folder.
    pub fn new(
        remote: &'a Remote,
        options: &'a Fetch,
        context: &'a Context<'a>,
        line: &'a Line,
    ) -> Result<Self, FetchError> {
        let known_hosts = resolve(&options.known_hosts, context.base, context.home)?;
        Ok(Door {
            remote,
            timeout: options.timeout.duration().max(Duration::from_millis(1)),
            options,
            context,
            known_hosts,
            line,
        })
    }

    /// Connects, checks the host key, logs in, and opens SFTP.
    pub fn enter(&self) -> Result<Live, FetchError> {
        let hall = self.knock()?;
        self.login(&hall.session)?;
        let sftp = hall.session.sftp().map_err(|e| self.lost("SFTP was opened", &e))?;
        Ok(Live { sftp, host_key: hall.host_key.fingerprint, tcp: hall.tcp })
    }

    /// Connects and checks the host key; the server learns no user name.
    pub fn knock(&self) -> Result<Hall, FetchError> {
        let known_hosts = KnownHosts::open(&self.known_hosts)?;
        let tcp = self.connect()?;
        let failed = |e: ssh2::Error| self.handshake_error(e.message().to_owned());
        let mut session = Session::new().map_err(failed)?;
        session.set_timeout(milliseconds(self.timeout));
        known_hosts.prefer(&session, self.remote).map_err(failed)?;
        session.set_tcp_stream(tcp.try_clone().map_err(|e| self.handshake_error(e.to_string()))?);
        if let Err(error) = session.handshake() {
            return Err(self.no_handshake(&session, &error));
        }
        let host_key = known_hosts.check(&session, self.remote)?;
        Ok(Hall { session, host_key, tcp })
    }

    /// A connection to the first address that answers.
    fn connect(&self) -> Result<TcpStream, FetchError> {
        let unreachable = |reason: String| FetchError::Unreachable { server: self.remote.server(), reason };
        let addresses =
            (self.remote.host(), self.remote.port()).to_socket_addrs().map_err(|e| unreachable(e.to_string()))?;
        let mut reason = "the name has no address".to_owned();
        for address in addresses {
            match TcpStream::connect_timeout(&address, self.timeout) {
                Ok(tcp) => {
                    self.line.hold(&tcp);
                    tcp.set_nodelay(true).map_err(|e| unreachable(e.to_string()))?;
                    return Ok(tcp);
                }
                Err(e) => reason = e.to_string(),
            }
        }
        Err(unreachable(reason))
    }

    /// Why there was no handshake: if the two sides have nothing in common, with both sides' lists. A server that said nothing
    /// in time is not asked again.
    fn no_handshake(&self, session: &Session, error: &ssh2::Error) -> FetchError {
        if error.code() == ErrorCode::Session(raw::LIBSSH2_ERROR_TIMEOUT) || (self.context.stopped)() {
            return self.handshake_error(error.message().to_owned());
        }
        let lists = Offer::ours(session).ok().zip(self.offer().ok());
        let apart = lists.and_then(|(ours, theirs)| Some((ours.disjoint(&theirs)?, ours, theirs)));
        match apart {
            Some((category, ours, theirs)) => {
                FetchError::NoCommonAlgorithm { server: self.remote.server(), category, ours, theirs }
            }
            None => self.handshake_error(error.message().to_owned()),
        }
    }

    /// What the server offers, over a connection of its own.
    pub fn offer(&self) -> Result<Offer, FetchError> {
        Offer::ask(self.connect()?, self.timeout).map_err(|e| self.handshake_error(e.to_string()))
    }

    fn handshake_error(&self, reason: String) -> FetchError {
        FetchError::Handshake { server: self.remote.server(), reason }
    }

    fn lost(&self, doing: &str, error: &ssh2::Error) -> FetchError {
        FetchError::Lost { server: self.remote.server(), doing: doing.to_owned(), reason: error.message().to_owned() }
    }

    fn refused(&self, method: &str) -> FetchError {
        FetchError::LoginRefused {
            server: self.remote.server(),
            user: self.remote.user().to_owned(),
            method: method.to_owned(),
        }
    }

    /// Logs in by key file, agent and password, as far as they are given, in this order.
    fn login(&self, session: &Session) -> Result<(), FetchError> {
        let mut refusal = FetchError::NoLogin;
        let ways: [(bool, &dyn Fn() -> Result<(), FetchError>); 3] = [
            (self.options.identity_file.is_some(), &|| self.by_key(session)),
            (self.options.uses_agent(), &|| self.by_agent(session)),
            (self.options.password.is_some(), &|| self.by_password(session)),
        ];
        for (given, way) in ways {
            if given {
                match way() {
                    Err(error @ FetchError::LoginRefused { .. }) => refusal = error,
                    done => return done,
                }
            }
        }
        Err(refusal)
    }

    fn by_key(&self, session: &Session) -> Result<(), FetchError> {
        let Some(path) = &self.options.identity_file else { return Ok(()) };
        let path = resolve(path, self.context.base, self.context.home)?;
        private(&path)?;
        let passphrase = self.reveal(self.options.identity_passphrase.as_ref())?;
        // An empty passphrase, never none: libssh2 asks for the length of what it was given, and would read address 0.
        let passphrase = passphrase.as_ref().map_or("", |secret| secret.expose_secret());
        session.userauth_pubkey_file(self.remote.user(), None, &path, Some(passphrase)).map_err(|error| {
            match outcome(&error) {
                Outcome::Refused => self.refused("key"),
                Outcome::Lost => self.lost("logging in", &error),
                Outcome::Local => FetchError::Identity { path, reason: error.message().to_owned() },
            }
        })
    }

    fn by_agent(&self, session: &Session) -> Result<(), FetchError> {
        let socket =
            self.context.agent_socket.ok_or_else(|| FetchError::Agent { reason: "SSH_AUTH_SOCK is not set".into() })?;
        let failed = |e: ssh2::Error| FetchError::Agent { reason: e.message().to_owned() };
        let mut agent = session.agent().map_err(failed)?;
        agent.set_identity_path(socket).map_err(failed)?;
        agent.connect().map_err(failed)?;
        agent.list_identities().map_err(failed)?;
        let identities = agent.identities().map_err(failed)?;
        if identities.is_empty() {
            return Err(FetchError::Agent { reason: "it holds no key".into() });
        }
        for (tried, identity) in identities.iter().enumerate() {
            match agent.userauth(self.remote.user(), identity).map_err(|error| (outcome(&error), error)) {
                Ok(()) => return Ok(()),
                Err((Outcome::Lost, error)) if tried == 0 => return Err(self.lost("logging in", &error)),
                // A server hangs up on a client that tries too many keys.
                Err((Outcome::Lost, _)) => break,
                Err(_) => {}
            }
        }
        Err(self.refused("agent"))
    }

    /// By password, and where the server asks a question in place of it, with the password as the answer.
    fn by_password(&self, session: &Session) -> Result<(), FetchError> {
        let Some(password) = self.reveal(self.options.password.as_ref())? else { return Ok(()) };
        let user = self.remote.user();
        let first = session.userauth_password(user, password.expose_secret());
        let done = match first {
            Err(error) if matches!(outcome(&error), Outcome::Refused) => {
                session.userauth_keyboard_interactive(user, &mut Answer(&password))
            }
            done => done,
        };
        done.map_err(|error| match outcome(&error) {
            Outcome::Lost => self.lost("logging in", &error),
            Outcome::Refused | Outcome::Local => self.refused("password"),
        })
    }

    fn reveal(&self, secret: Option<&Secret>) -> Result<Option<SecretString>, FetchError> {
        Ok(secret.map(|secret| secret.reveal(self.context.base)).transpose()?)
    }
}

/// Answers the one hidden question with the password, and any other with nothing.
struct Answer<'a>(&'a SecretString);

impl KeyboardInteractivePrompt for Answer<'_> {
    fn prompt<'p>(&mut self, _: &str, _: &str, prompts: &[Prompt<'p>]) -> Vec<String> {
        let hidden = prompts.iter().filter(|prompt| !prompt.echo).count();
        let answer = |prompt: &Prompt<'p>| {
            if hidden == 1 && !prompt.echo { self.0.expose_secret().to_owned() } else { String::new() }
        };
        prompts.iter().map(answer).collect()
    }
}

/// What a failed attempt to log in means.
enum Outcome {
    /// The server said no.
    Refused,
    /// There was no answer.
    Lost,
    /// It did not come to an attempt: the key could not be read.
    Local,
}

fn outcome(error: &ssh2::Error) -> Outcome {
    match error.code() {
        ErrorCode::Session(raw::LIBSSH2_ERROR_AUTHENTICATION_FAILED | raw::LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED) => {
            Outcome::Refused
        }
        ErrorCode::Session(
            raw::LIBSSH2_ERROR_TIMEOUT
            | raw::LIBSSH2_ERROR_SOCKET_TIMEOUT
            | raw::LIBSSH2_ERROR_SOCKET_SEND
            | raw::LIBSSH2_ERROR_SOCKET_RECV
            | raw::LIBSSH2_ERROR_SOCKET_DISCONNECT
            | raw::LIBSSH2_ERROR_PROTO,
        ) => Outcome::Lost,
        _ => Outcome::Local,
    }
}

/// A private key that others can read is none.
fn private(path: &Path) -> Result<(), FetchError> {
    let wrong = |reason: String| FetchError::Identity { path: path.to_owned(), reason };
    let metadata = std::fs::metadata(path).map_err(|e| wrong(e.to_string()))?;
    match metadata.mode() & 0o777 {
        _ if !metadata.is_file() => Err(wrong("it is no file".into())),
        mode if mode & 0o077 != 0 => Err(wrong(format!("others can use it (mode {mode:03o}); chmod 600 it"))),
        _ => Ok(()),
    }
}
