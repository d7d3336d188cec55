//! The `[publish]` table: where the run's files go, for whom they are sealed, and where they are sent. The way into the
//! server is said by the same words as in `[fetch]`.

use std::fmt;
use std::path::PathBuf;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserializer, SeqAccess, Visitor};

use crate::model::secret::Secret;
use crate::sftp::{Access, Remote, default_known_hosts};
use crate::stages::fetch::{Age, default_retries, default_timeout};

/// `[publish]`: where the run's files go.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Publish {
    /// The folder of the published runs, relative to the pipeline file; `TO/current` is what a consumer reads.
    pub to: PathBuf,
    /// How many runs are kept, the published one included; it is never removed itself.
    #[serde(default = "thirty")]
    pub keep_runs: u32,
    /// The OpenPGP certificates of those who may read what is sent, armored or binary: one file or a list. The sealed files
    /// lie in the run's folder `delivery/`, beside the outputs. Without it, what is sent are the outputs themselves.
    #[serde(default)]
    pub encrypt_to: Files,
    /// Whether the sealed files are text (`.asc`) and not binary (`.pgp`); some importers refuse the one or the other.
    #[serde(default)]
    pub armor: bool,
    /// The secret key that signs what is encrypted. Without it, what is sent is not signed; some importers want it so.
    pub sign_with: Option<PathBuf>,
    /// Where the passphrase of `sign_with` is read from.
    pub passphrase: Option<Secret>,
    /// The folder on a server that the files are sent to once the run is published: `sftp://user@host[:port]/path`, written
    /// as in `[fetch].from`.
    pub upload: Option<Remote>,
    /// The server's host keys, as in `[fetch]`. Default `~/.ssh/known_hosts`.
    #[serde(default = "default_known_hosts")]
    pub known_hosts: PathBuf,
    /// The private key to log in with, as in `[fetch]`.
    pub identity_file: Option<PathBuf>,
    /// The passphrase of `identity_file`.
    pub identity_passphrase: Option<Secret>,
    /// The password to log in with, for servers that take no key.
    pub password: Option<Secret>,
    /// Whether to log in with the keys of the SSH agent. Default: only where neither `identity_file` nor `password` is given.
    pub agent: Option<bool>,
    /// How often a connection or a transfer that failed is tried again, with growing pauses. A refused login is not. Default 3.
    #[serde(default = "default_retries")]
    pub retries: u8,
    /// How long the server may take to connect and for each answer. Default `"30s"`.
    #[serde(default = "default_timeout")]
    pub timeout: Age,
}

impl Publish {
    /// The options of a folder where everything else has its default; what `--to DIR` without `[publish]` means.
    pub fn to(to: PathBuf) -> Publish {
        Publish {
            to,
            keep_runs: thirty(),
            encrypt_to: Files::default(),
            armor: false,
            sign_with: None,
            passphrase: None,
            upload: None,
            known_hosts: default_known_hosts(),
            identity_file: None,
            identity_passphrase: None,
            password: None,
            agent: None,
            retries: default_retries(),
            timeout: default_timeout(),
        }
    }

    /// Whether anything is made ready to be sent.
    pub fn delivers(&self) -> bool {
        self.upload.is_some() || !self.encrypt_to.0.is_empty()
    }

    /// The way into the server that the files are sent to; none where they are not sent.
    pub(super) fn access(&self) -> Option<Access<'_>> {
        Some(Access {
            remote: self.upload.as_ref()?,
            known_hosts: &self.known_hosts,
            identity_file: self.identity_file.as_deref(),
            identity_passphrase: self.identity_passphrase.as_ref(),
            password: self.password.as_ref(),
            agent: self.agent,
            retries: self.retries,
            timeout: self.timeout.duration(),
        })
    }
}

fn thirty() -> u32 {
    30
}

/// Files: one path, or a list of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(pub Vec<PathBuf>);

/// By hand, since an untagged enum would lose both the position and the message.
impl<'de> Deserialize<'de> for Files {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FilesForm)
    }
}

struct FilesForm;

impl<'de> Visitor<'de> for FilesForm {
    type Value = Files;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the path of a file, or a list of them")
    }

    fn visit_str<E: serde::de::Error>(self, path: &str) -> Result<Files, E> {
        Ok(Files(vec![path.into()]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, paths: A) -> Result<Files, A::Error> {
        let paths: Vec<PathBuf> = Vec::deserialize(SeqAccessDeserializer::new(paths))?;
        if paths.is_empty() {
            return Err(serde::de::Error::invalid_length(0, &self));
        }
        Ok(Files(paths))
    }
}

impl JsonSchema for Files {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Files".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" }, "minItems": 1 }],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Publish, toml::de::Error> {
        toml::from_str(&format!("to = \"out\"\n{text}"))
    }

    #[test]
    fn keys_have_defaults_and_unknown_ones_are_refused() {
        let plain = read("").unwrap();
        assert_eq!((plain.keep_runs, plain.retries, plain.delivers()), (30, 3, false));
        assert_eq!(read("keep_runs = 2").unwrap().keep_runs, 2);
        for wrong in ["keep_run = 2", "keep_runs = -1", "to_encrypt = \"x\"", "upload = \"../folder\""] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(toml::from_str::<Publish>("keep_runs = 2").is_err());
    }

    #[test]
    fn one_certificate_or_several() {
        let files = |text: &str| read(&format!("encrypt_to = {text}")).map(|publish| publish.encrypt_to.0);
        assert_eq!(files("\"a.asc\"").unwrap(), [PathBuf::from("a.asc")]);
        assert_eq!(files("[\"a.asc\", \"b.asc\"]").unwrap().len(), 2);
        for wrong in ["[]", "true", "[1]"] {
            assert!(files(wrong).is_err(), "{wrong}");
        }
    }
}
