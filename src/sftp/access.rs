//! What the pipeline file says of the way into a server beside its address, and what this machine lends to go there.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;

use super::{Remote, SftpError};
use crate::model::secret::Secret;

/// How to get into a server, as the table that names it says.
#[derive(Clone, Copy, Debug)]
pub struct Access<'a> {
    pub remote: &'a Remote,
    pub known_hosts: &'a Path,
    pub identity_file: Option<&'a Path>,
    pub identity_passphrase: Option<&'a Secret>,
    pub password: Option<&'a Secret>,
    /// Whether the keys of the SSH agent are offered; if nothing is said, where there is neither key file nor password.
    pub agent: Option<bool>,
    /// How often what failed is tried again.
    pub retries: u8,
    /// How long the server may take to connect and for each answer.
    pub timeout: Duration,
}

/// What a run lends to whoever goes to a server.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// The folder of the pipeline file, where relative paths start.
    pub base: &'a Path,
    /// The home folder, which `~` stands for.
    pub home: Option<&'a Path>,
    /// The socket of the SSH agent (`SSH_AUTH_SOCK`).
    pub agent_socket: Option<&'a Path>,
    /// Whether somebody asked to stop: then nothing is tried again, and nothing waited for.
    pub stopped: &'a (dyn Fn() -> bool + Sync),
}

/// Where OpenSSH keeps the host keys that a user knows.
pub fn default_known_hosts() -> PathBuf {
    "~/.ssh/known_hosts".into()
}

impl Surroundings<'_> {
    /// A path of the pipeline file: `~/` is the home folder, a relative one starts at the pipeline's folder.
    /// A `~` without a home folder is `SftpError::NoHome`.
    pub fn resolve(&self, path: &Path) -> Result<PathBuf, SftpError> {
        match path.strip_prefix("~") {
            Ok(rest) => self.home.map(|home| home.join(rest)).ok_or_else(|| SftpError::NoHome { path: path.into() }),
            Err(_) => Ok(self.base.join(path)),
        }
    }
}

impl Access<'_> {
    /// Whether the keys of the SSH agent are offered.
    pub(super) fn uses_agent(&self) -> bool {
        self.agent.unwrap_or(self.identity_file.is_none() && self.password.is_none())
    }

    /// Whether all that is needed to log in is there, as far as this machine can tell: an error now is one that the server
    /// would never have seen.
    pub fn check(&self, here: &Surroundings<'_>) -> Result<(), SftpError> {
        here.resolve(self.known_hosts)?;
        self.identity(here)?;
        for secret in [self.identity_passphrase, self.password] {
            reveal(secret, here)?;
        }
        let nothing = self.identity_file.is_none() && self.password.is_none() && !self.uses_agent();
        if nothing { Err(SftpError::NoLogin) } else { Ok(()) }
    }

    /// The private key to log in with; one that others can read is none.
    pub(super) fn identity(&self, here: &Surroundings<'_>) -> Result<Option<PathBuf>, SftpError> {
        let Some(path) = self.identity_file else { return Ok(None) };
        let path = here.resolve(path)?;
        let wrong = |reason: String| SftpError::Identity { path: path.clone(), reason };
        let metadata = std::fs::metadata(&path).map_err(|e| wrong(e.to_string()))?;
        match metadata.mode() & 0o777 {
            _ if !metadata.is_file() => Err(wrong("it is no file".into())),
            mode if mode & 0o077 != 0 => Err(wrong(format!("others can use it (mode {mode:03o}); chmod 600 it"))),
            _ => Ok(Some(path)),
        }
    }
}

/// A secret, if there is to be one.
pub(super) fn reveal(secret: Option<&Secret>, here: &Surroundings<'_>) -> Result<Option<SecretString>, SftpError> {
    Ok(secret.map(|secret| secret.reveal(here.base)).transpose()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_start_at_home_or_at_the_pipeline() {
        let at = |path: &str, home| {
            let base = Path::new("/pipelines");
            Surroundings { base, home, agent_socket: None, stopped: &|| false }.resolve(Path::new(path))
        };
        assert_eq!(at("~/.ssh/id", Some(Path::new("/home/x"))).unwrap(), Path::new("/home/x/.ssh/id"));
        assert_eq!(at("keys/id", None).unwrap(), Path::new("/pipelines/keys/id"));
        assert_eq!(at("/etc/id", None).unwrap(), Path::new("/etc/id"));
        assert!(matches!(at("~/id", None), Err(SftpError::NoHome { .. })));
    }
}
