//! Where extracts come from: a local folder, or a folder on an SFTP server, read from one line of text.

use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::sftp::{Remote, RemoteError};

/// The folder of the extracts: `sftp://user@host[:port]/path`, or a local path.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub enum Location {
    /// A local folder; relative to the pipeline file.
    Folder(PathBuf),
    /// A folder on an SFTP server.
    Sftp(Remote),
}

/// Why a text is no location. A password in it is never repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    #[error("the place of the extracts is empty")]
    Empty,
    #[error("only sftp:// and local folders are known here")]
    Scheme,
    #[error(transparent)]
    Remote(#[from] RemoteError),
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Folder(path) => write!(f, "{}", path.display()),
            Location::Sftp(remote) => remote.fmt(f),
        }
    }
}

impl TryFrom<String> for Location {
    type Error = LocationError;

    fn try_from(text: String) -> Result<Self, LocationError> {
        match text.split_once("://") {
            _ if text.trim().is_empty() => Err(LocationError::Empty),
            Some((scheme, _)) if scheme.eq_ignore_ascii_case("sftp") => Ok(Location::Sftp(Remote::try_from(text)?)),
            Some((scheme, _)) if scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)) => {
                Err(LocationError::Scheme)
            }
            _ => Ok(Location::Folder(text.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Location, LocationError> {
        Location::try_from(text.to_owned())
    }

    #[test]
    fn folders() {
        for text in ["../sample-data/extract", "/srv/in", "with space", "~/in"] {
            assert_eq!(read(text), Ok(Location::Folder(text.into())));
        }
    }

    #[test]
    fn refusals() {
        for (text, why) in [
            ("", LocationError::Empty),
            (" ", LocationError::Empty),
            ("ftp://a@h/x", LocationError::Scheme),
            ("https://h/x", LocationError::Scheme),
            ("sftp://h/x", RemoteError::NoUser.into()),
        ] {
            assert_eq!(read(text), Err(why), "{text}");
        }
    }
}
