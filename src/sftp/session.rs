//! The way in: TCP, handshake, host key, and only then the login. Nothing is told to a server that is not known.

use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use libssh2_sys as raw;
use secrecy::{ExposeSecret, SecretString};
use ssh2::{ErrorCode, KeyboardInteractivePrompt, Prompt, Session};

use super::access::{Access, Surroundings, reveal};
use super::known_hosts::KnownHosts;
use super::{HostKey, Line, Offer, Remote, SftpError};

/// A server, and what is needed to get in.
pub struct Door<'a> {
    pub remote: &'a Remote,
    pub timeout: Duration,
    access: Access<'a>,
    here: Surroundings<'a>,
    known_hosts: PathBuf,
    line: &'a Line,
}

/// A server that is known, before any login.
struct Hall {
    session: Session,
    host_key: HostKey,
    tcp: TcpStream,
}

/// A server that is known, with what both sides can do.
#[derive(Debug)]
pub struct Server {
    pub host_key: HostKey,
    pub agreed: Offer,
    pub ours: Offer,
    /// What the server offers, as far as it says so.
    pub theirs: Option<Offer>,
}

/// A connection after the login.
pub struct Live {
    pub sftp: ssh2::Sftp,
    pub(super) session: Session,
    /// Its fingerprint.
    host_key: String,
    tcp: TcpStream,
}

impl Live {
    /// Ends the connection at once: what is still open is closed without waiting for the server.
    pub fn cut(&self) {
        // It may have ended already, which is as well.
        let _ = self.tcp.shutdown(Shutdown::Both);
    }
}

/// A connection that is made when it is first needed, and made anew after it failed.
pub struct Connection<'a> {
    pub door: Door<'a>,
    live: Option<Live>,
}

impl<'a> Connection<'a> {
    /// Through `door`, which is opened later.
    pub fn through(door: Door<'a>) -> Self {
        Connection { door, live: None }
    }

    /// Does something on the connection. After a failure that may pass, the next one starts with a new connection.
    pub fn on<T, E: From<SftpError>>(
        &mut self,
        passes: impl Fn(&E) -> bool,
        act: impl FnOnce(&Live, &Door<'a>) -> Result<T, E>,
    ) -> Result<T, E> {
        let live = match self.live.take() {
            Some(live) => live,
            None => self.door.enter()?,
        };
        let done = act(&live, &self.door);
        match &done {
            Err(error) if passes(error) => live.cut(),
            _ => self.live = Some(live),
        }
        done
    }

    /// The fingerprint of the server that is connected.
    pub fn host_key(&self) -> Option<String> {
        self.live.as_ref().map(|live| live.host_key.clone())
    }
}

/// The line to the server failed while something was done.
pub fn lost(remote: &Remote, doing: &str, reason: impl ToString) -> SftpError {
    SftpError::Lost { server: remote.server(), doing: doing.to_owned(), reason: reason.to_string() }
}

impl<'a> Door<'a> {
    /// Prepares the way in. `SftpError::NoHome` if known_hosts is `~/…` and there is no home folder.
    pub fn new(access: Access<'a>, here: Surroundings<'a>, line: &'a Line) -> Result<Self, SftpError> {
        let known_hosts = here.resolve(access.known_hosts)?;
        let timeout = access.timeout.max(Duration::from_millis(1));
        Ok(Door { remote: access.remote, timeout, access, here, known_hosts, line })
    }

    /// Connects, checks the host key, logs in, and opens SFTP.
    fn enter(&self) -> Result<Live, SftpError> {
        let hall = self.knock()?;
        self.login(&hall.session)?;
        let sftp = hall.session.sftp().map_err(|e| self.lost("SFTP was opened", &e))?;
        Ok(Live { sftp, session: hall.session, host_key: hall.host_key.fingerprint, tcp: hall.tcp })
    }

    /// Connects and checks the host key; the server learns no user name.
    fn knock(&self) -> Result<Hall, SftpError> {
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
    fn connect(&self) -> Result<TcpStream, SftpError> {
        let unreachable = |reason: String| SftpError::Unreachable { server: self.remote.server(), reason };
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
    fn no_handshake(&self, session: &Session, error: &ssh2::Error) -> SftpError {
        if error.code() == ErrorCode::Session(raw::LIBSSH2_ERROR_TIMEOUT) || (self.here.stopped)() {
            return self.handshake_error(error.message().to_owned());
        }
        let lists = Offer::ours(session).ok().zip(self.offer().ok());
        let apart = lists.and_then(|(ours, theirs)| Some((ours.disjoint(&theirs)?, ours, theirs)));
        match apart {
            Some((category, ours, theirs)) => {
                SftpError::NoCommonAlgorithm { server: self.remote.server(), category, ours, theirs }
            }
            None => self.handshake_error(error.message().to_owned()),
        }
    }

    /// Who answers there, and what both sides can do; without a login.
    pub fn look(&self) -> Result<Server, SftpError> {
        let hall = self.knock()?;
        let ours = Offer::ours(&hall.session).unwrap_or_default();
        Ok(Server { host_key: hall.host_key, agreed: Offer::agreed(&hall.session), ours, theirs: self.offer().ok() })
    }

    /// What the server offers, over a connection of its own.
    fn offer(&self) -> Result<Offer, SftpError> {
        Offer::ask(self.connect()?, self.timeout).map_err(|e| self.handshake_error(e.to_string()))
    }

    fn handshake_error(&self, reason: String) -> SftpError {
        SftpError::Handshake { server: self.remote.server(), reason }
    }

    fn lost(&self, doing: &str, error: &ssh2::Error) -> SftpError {
        lost(self.remote, doing, error.message())
    }

    fn refused(&self, method: &str) -> SftpError {
        SftpError::LoginRefused {
            server: self.remote.server(),
            user: self.remote.user().to_owned(),
            method: method.to_owned(),
        }
    }

    /// Logs in by key file, agent and password, as far as they are given, in this order.
    fn login(&self, session: &Session) -> Result<(), SftpError> {
        let mut refusal = SftpError::NoLogin;
        let ways: [(bool, &dyn Fn() -> Result<(), SftpError>); 3] = [
            (self.access.identity_file.is_some(), &|| self.by_key(session)),
            (self.access.uses_agent(), &|| self.by_agent(session)),
            (self.access.password.is_some(), &|| self.by_password(session)),
        ];
        for (given, way) in ways {
            if given {
                match way() {
                    Err(error @ SftpError::LoginRefused { .. }) => refusal = error,
                    done => return done,
                }
            }
        }
        Err(refusal)
    }

    fn by_key(&self, session: &Session) -> Result<(), SftpError> {
        let Some(path) = self.access.identity(&self.here)? else { return Ok(()) };
        let passphrase = reveal(self.access.identity_passphrase, &self.here)?;
        // An empty passphrase, never none: libssh2 asks for the length of what it was given, and would read address 0.
        let passphrase = passphrase.as_ref().map_or("", |secret| secret.expose_secret());
        session.userauth_pubkey_file(self.remote.user(), None, &path, Some(passphrase)).map_err(|error| {
            match outcome(&error) {
                Outcome::Refused => self.refused("key"),
                Outcome::Lost => self.lost("logging in", &error),
                Outcome::Local => SftpError::Identity { path, reason: error.message().to_owned() },
            }
        })
    }

    fn by_agent(&self, session: &Session) -> Result<(), SftpError> {
        let socket =
            self.here.agent_socket.ok_or_else(|| SftpError::Agent { reason: "SSH_AUTH_SOCK is not set".into() })?;
        let failed = |e: ssh2::Error| SftpError::Agent { reason: e.message().to_owned() };
        let mut agent = session.agent().map_err(failed)?;
        agent.set_identity_path(socket).map_err(failed)?;
        agent.connect().map_err(failed)?;
        agent.list_identities().map_err(failed)?;
        let identities = agent.identities().map_err(failed)?;
        if identities.is_empty() {
            return Err(SftpError::Agent { reason: "it holds no key".into() });
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
    fn by_password(&self, session: &Session) -> Result<(), SftpError> {
        let Some(password) = reveal(self.access.password, &self.here)? else { return Ok(()) };
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

/// What the server may take for one answer, in libssh2's milliseconds; none at all would be no limit.
fn milliseconds(timeout: Duration) -> u32 {
    u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX).max(1)
}
