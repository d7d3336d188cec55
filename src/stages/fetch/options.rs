//! What the pipeline file says under `[fetch]`: one struct, its defaults, and lengths of time that cannot be wrong.

use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Span, SpanRelativeTo};
use schemars::JsonSchema;
use serde::Deserialize;

use super::location::Location;
use crate::model::secret::Secret;
use crate::sftp::{Access, Remote, default_known_hosts};

/// Where the extracts are, how to log in there, and which of them are taken (`[fetch]`).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fetch {
    /// The folder of the extracts: `sftp://user@host[:port]/path` (special characters percent-encoded, `/~/` for the
    /// home folder of the login), or a local folder, relative to the pipeline file.
    pub from: Location,
    /// The server's host keys, in OpenSSH's format; hashed names and `[host]:port` are understood, wildcards are not.
    /// The host key is checked before any login, and is never accepted on first use. Default `~/.ssh/known_hosts`.
    #[serde(default = "default_known_hosts")]
    pub known_hosts: PathBuf,
    /// The private key to log in with; nobody but its owner may be able to read it.
    pub identity_file: Option<PathBuf>,
    /// The passphrase of `identity_file`.
    pub identity_passphrase: Option<Secret>,
    /// The password to log in with, for servers that take no key.
    pub password: Option<Secret>,
    /// Whether to log in with the keys of the SSH agent. Default: only where neither `identity_file` nor `password` is given.
    pub agent: Option<bool>,
    /// A file is taken only if its size and time have not changed for this long (`"30s"`); a younger one is waited for.
    /// Default: no waiting. A file that changes while it is read is never taken.
    #[serde(default)]
    pub stable_for: Age,
    /// An extract older than this (`"26h"`) is not taken, by the file's time and by the date in its name. Default: any age.
    pub max_age: Option<Age>,
    /// How far the newest files of different kinds may lie apart by the dates in their names. Default `"6h"`; days without
    /// a time of day must be equal.
    #[serde(default = "default_skew")]
    pub max_set_skew: Age,
    /// The most bytes that one file may have. Default 16 GiB.
    #[serde(default = "default_max_bytes")]
    pub max_bytes: u64,
    /// How often a connection or a transfer that failed is tried again, with growing pauses. A refused login is not. Default 3.
    #[serde(default = "default_retries")]
    pub retries: u8,
    /// How long the server may take to connect and for each answer. Default `"30s"`.
    #[serde(default = "default_timeout")]
    pub timeout: Age,
}

fn default_skew() -> Age {
    Age(Duration::from_secs(6 * 60 * 60))
}

fn default_max_bytes() -> u64 {
    16 << 30
}

/// How often what failed is tried again, where the pipeline does not say.
pub fn default_retries() -> u8 {
    3
}

/// How long a server may take for each answer, where the pipeline does not say.
pub fn default_timeout() -> Age {
    Age(Duration::from_secs(30))
}

impl Fetch {
    /// The options of a place where everything else has its default; what `--from DIR` without `[fetch]` means.
    pub fn new(from: Location) -> Self {
        Fetch {
            from,
            known_hosts: default_known_hosts(),
            identity_file: None,
            identity_passphrase: None,
            password: None,
            agent: None,
            stable_for: Age::default(),
            max_age: None,
            max_set_skew: default_skew(),
            max_bytes: default_max_bytes(),
            retries: default_retries(),
            timeout: default_timeout(),
        }
    }

    /// How to get into the server.
    pub(super) fn access<'a>(&'a self, remote: &'a Remote) -> Access<'a> {
        Access {
            remote,
            known_hosts: &self.known_hosts,
            identity_file: self.identity_file.as_deref(),
            identity_passphrase: self.identity_passphrase.as_ref(),
            password: self.password.as_ref(),
            agent: self.agent,
            retries: self.retries,
            timeout: self.timeout.duration(),
        }
    }
}

/// A length of time: `"30s"`, `"26h"`, `"1h 30m"`, `"2d"` (a day is 24 hours).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Age(Duration);

impl Age {
    /// The length as the standard library's type.
    pub fn duration(self) -> Duration {
        self.0
    }

    /// The length as jiff's type; one past its range (292 billion years) is its longest.
    pub fn signed(self) -> SignedDuration {
        SignedDuration::try_from(self.0).unwrap_or(SignedDuration::MAX)
    }
}

impl From<Duration> for Age {
    fn from(length: Duration) -> Self {
        Age(length)
    }
}

impl TryFrom<String> for Age {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = || format!("\"{text}\" is no length of time: write it like \"30s\", \"26h\", \"1h 30m\" or \"2d\"");
        let span: Span = text.trim().parse().map_err(|_| wrong())?;
        let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
        Duration::try_from(length).map(Age).map_err(|_| wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn age(text: &str) -> Result<u64, String> {
        Age::try_from(text.to_owned()).map(|age| age.duration().as_secs())
    }

    #[test]
    fn lengths_of_time() {
        assert_eq!(age("30s"), Ok(30));
        assert_eq!(age("26h"), Ok(26 * 3600));
        assert_eq!(age("1h 30m"), Ok(5400));
        assert_eq!(age("2d"), Ok(48 * 3600));
        assert_eq!(age("0s"), Ok(0));
        for wrong in ["", "30", "-3h", "soon", "1 month", "3h ago"] {
            assert!(age(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn keys_have_defaults_and_unknown_ones_are_refused() {
        let options: Fetch = toml::from_str("from = \"../extract\"").unwrap();
        assert_eq!(options.retries, 3);
        assert_eq!(options.timeout.duration(), Duration::from_secs(30));
        assert_eq!(options.max_bytes, 17_179_869_184);
        let refused = toml::from_str::<Fetch>("from = \".\"\nstable = \"30s\"").unwrap_err().to_string();
        assert!(refused.contains("unknown field `stable`"), "{refused}");
        let wrong = toml::from_str::<Fetch>("from = \".\"\nmax_age = \"26\"").unwrap_err().to_string();
        assert!(wrong.contains("line 2, column 11"), "{wrong}");
    }
}
