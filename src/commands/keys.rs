//! `keys new|show|public`: the key pair for Oracle's Security Console.

use std::time::Duration;

use hcmsync::openpgp::{self, KeyError, NewKey};
use secrecy::SecretString;
use serde_json::json;

use super::{Failure, json};
use crate::cli::{Common, Keys};

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Failure {
        let (exit_code, help) = match &error {
            KeyError::Read { .. } => (2, "check the path".into()),
            KeyError::Write { .. } => (8, error.help()),
            _ if error.is_trust() => (6, error.help()),
            _ => (2, error.help()),
        };
        Failure { help: Some(help), exit_code, message: error.to_string() }
    }
}

const DAY: u64 = 24 * 60 * 60;

#[expect(clippy::disallowed_methods, reason = "the rim: the binary reads the environment for the library")]
pub fn keys(action: Keys, common: &Common) -> Result<String, Failure> {
    match action {
        Keys::New { stem, user_id, bits, passphrase_env, valid_for } => {
            let refused = |why: &str| Failure {
                message: format!("the environment variable {passphrase_env} is {why}"),
                help: Some("it holds the passphrase that will protect the secret key".into()),
                exit_code: 2,
            };
            let passphrase = std::env::var(&passphrase_env).map_err(|_| refused("not set"))?;
            if passphrase.trim().is_empty() {
                return Err(refused("empty"));
            }
            let valid_for = valid_for.map(|days| Duration::from_secs(u64::from(days) * DAY));
            let key = NewKey { user_id, bits, valid_for, passphrase: SecretString::from(passphrase) };
            let created = key.create(&stem)?;
            if common.quiet {
                return Ok(String::new());
            }
            if common.json {
                let (secret, public) = (created.secret.display().to_string(), created.public.display().to_string());
                return Ok(json(&json!({ "secret": secret, "public": public, "key": created.description })));
            }
            Ok(format!(
                "{}\n{}\nfingerprint {}\n\n{}",
                created.secret.display(),
                created.public.display(),
                created.description.fingerprint,
                openpgp::STEPS
            ))
        }
        Keys::Show { file } => {
            let described = openpgp::describe(&file)?;
            if common.json {
                return serde_json::to_string_pretty(&described)
                    .map(|text| text + "\n")
                    .map_err(|e| anyhow::Error::from(e).into());
            }
            Ok(described.iter().map(show).collect())
        }
        Keys::Public { file } => Ok(openpgp::public(&file)?),
    }
}

fn show(key: &openpgp::Description) -> String {
    let mut text = format!("{}\n", key.fingerprint);
    for user_id in &key.user_ids {
        text += &format!("  {user_id}\n");
    }
    for line in &key.keys {
        let expires = line.expires.map_or_else(|| "does not expire".into(), |time| format!("expires {time}"));
        let revoked = if line.revoked { ", REVOKED" } else { "" };
        text += &format!(
            "  {} {}, {}, created {}, {expires}{revoked}, secret part: {}\n",
            line.fingerprint,
            line.algorithm,
            line.uses.join(" and "),
            line.created,
            line.secret
        );
    }
    text
}
