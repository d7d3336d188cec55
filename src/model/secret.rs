//! Where a secret comes from. A secret is never a value in the pipeline file or on the command line:
//! it is the name of a place (`pipeline.md` section 1), opened at the last moment and wiped after use.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

/// Where to read a secret: exactly one of the four.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(with = "Places")]
pub enum Secret {
    /// An environment variable.
    Env(String),
    /// A file that only its owner can read (mode 0600 or stricter); one trailing line end is not part of the secret.
    File(PathBuf),
    /// A program and its arguments, run without a shell in the folder of the pipeline file; its first line of output is the
    /// secret.
    Command(Vec<String>),
    /// A credential of the systemd unit (`LoadCredential=`), by name.
    Credential(String),
}

/// The form in the file: `{ env = "…" }`, `{ file = "…" }`, `{ command = ["…"] }` or `{ credential = "…" }`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Places {
    env: Option<String>,
    file: Option<PathBuf>,
    command: Option<Vec<String>>,
    credential: Option<String>,
}

const FORM: &str = "a secret is exactly one of { env = \"NAME\" }, { file = \"PATH\" }, { command = [\"PROGRAM\", …] } or { credential = \"NAME\" }";

/// Whoever writes the secret itself into the file is told so, without its being repeated: serde's own message would.
impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SecretForm)
    }
}

struct SecretForm;

impl<'de> Visitor<'de> for SecretForm {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(FORM)
    }

    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<Secret, E> {
        Err(E::custom(format!("a secret is never a value in the file: {FORM}")))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Secret, A::Error> {
        let places = Places::deserialize(MapAccessDeserializer::new(map))?;
        Secret::try_from(places).map_err(serde::de::Error::custom)
    }
}

impl TryFrom<Places> for Secret {
    type Error = &'static str;

    fn try_from(places: Places) -> Result<Self, Self::Error> {
        match places {
            Places { env: Some(name), file: None, command: None, credential: None } => Ok(Secret::Env(name)),
            Places { env: None, file: Some(path), command: None, credential: None } => Ok(Secret::File(path)),
            Places { env: None, file: None, command: Some(words), credential: None } if !words.is_empty() => {
                Ok(Secret::Command(words))
            }
            Places { env: None, file: None, command: None, credential: Some(name) } => Ok(Secret::Credential(name)),
            _ => Err(FORM),
        }
    }
}

/// Why a secret could not be had. Never carries the secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("the environment variable {0} is not set")]
    NoVariable(String),
    #[error("the secret file {path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("others can read the secret file {path} (mode {mode:03o})")]
    Open { path: PathBuf, mode: u32 },
    #[error("the command {program} that prints the secret: {reason}")]
    Command { program: String, reason: String },
    #[error("there is no credential {0}: $CREDENTIALS_DIRECTORY is not set, or holds no such file")]
    NoCredential(String),
    #[error("the secret from {0} is not UTF-8 text")]
    NotText(String),
}

impl SecretError {
    /// What the operator can do about it.
    pub fn help(&self) -> String {
        match self {
            SecretError::NoVariable(name) => format!("set {name} in the environment of the run"),
            SecretError::File { .. } => "check the path: a relative one is relative to the pipeline file".into(),
            SecretError::Open { path, .. } => format!("chmod 600 {}", path.display()),
            SecretError::Command { .. } => {
                "run the command by hand as the same user; it must print the secret and exit with 0".into()
            }
            SecretError::NoCredential(name) => format!("add LoadCredential={name}:PATH to the unit"),
            SecretError::NotText(_) => {
                "a passphrase or password is text; a key belongs into secret_key or identity_file".into()
            }
        }
    }
}

impl Secret {
    /// Reads the secret; relative files are relative to `base`, the folder of the pipeline file.
    #[expect(clippy::disallowed_methods, reason = "a secret is opened here and nowhere else")]
    pub fn reveal(&self, base: &Path) -> Result<SecretString, SecretError> {
        match self {
            Secret::Env(name) => {
                std::env::var(name).map(SecretString::from).map_err(|_| SecretError::NoVariable(name.clone()))
            }
            Secret::File(path) => read_private(&base.join(path), 0o077),
            Secret::Command(words) => run(words, base),
            Secret::Credential(name) => {
                let folder =
                    std::env::var_os("CREDENTIALS_DIRECTORY").ok_or_else(|| SecretError::NoCredential(name.clone()))?;
                let path = PathBuf::from(folder).join(name);
                if !path.is_file() {
                    return Err(SecretError::NoCredential(name.clone()));
                }
                // Its mode is 0440, and an access list names the one user, where the unit has User= (systemd 254 and later).
                read_private(&path, 0o007)
            }
        }
    }
}

/// Reads a file whose mode has none of these bits.
fn read_private(path: &Path, others: u32) -> Result<SecretString, SecretError> {
    let failed = |source| SecretError::File { path: path.into(), source };
    // The mode of the very file that is read, whatever the name means a moment later.
    let mut file = File::open(path).map_err(failed)?;
    let about = file.metadata().map_err(failed)?;
    let mode = about.mode() & 0o777;
    if mode & others != 0 {
        return Err(SecretError::Open { path: path.into(), mode });
    }
    // Room for all of it, so that no copy is left behind where it grew.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0) + 1));
    file.read_to_end(&mut bytes).map_err(failed)?;
    one_line(&bytes, &path.display().to_string())
}

/// Runs a program in the folder of the pipeline file, so that a relative path means what it means elsewhere in the file.
fn run(words: &[String], base: &Path) -> Result<SecretString, SecretError> {
    let program = words[0].clone();
    let failed = |reason: String| SecretError::Command { program: words[0].clone(), reason };
    let folder = if base.as_os_str().is_empty() { Path::new(".") } else { base };
    let output =
        Command::new(&program).args(&words[1..]).current_dir(folder).output().map_err(|e| failed(e.to_string()))?;
    if !output.status.success() {
        return Err(failed(output.status.to_string()));
    }
    let stdout = Zeroizing::new(output.stdout);
    one_line(stdout.split(|b| *b == b'\n').next().unwrap_or_default(), &program)
}

/// The text without its one trailing line end.
fn one_line(bytes: &[u8], origin: &str) -> Result<SecretString, SecretError> {
    let text = std::str::from_utf8(bytes).map_err(|_| SecretError::NotText(origin.into()))?;
    let text = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    Ok(SecretString::from(text))
}
