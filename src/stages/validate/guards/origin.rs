//! Where a run's files came from (promise 9): environment, server, host key and signer belong together, so that a test pod's
//! file is never taken for production's. A difference from the published run is counted by `max_origin_changes`, and so is
//! another pipeline's name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the files of a run came from; stands in the manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Origin {
    /// `--env NAME`; none where the file was run as it stands.
    pub environment: Option<String>,
    /// The folder, as the pipeline or `--from` names it.
    pub from: String,
    /// The server's host key, `SHA256:…`; none for a folder of this machine.
    pub host_key: Option<String>,
    /// The fingerprints of who signed, sorted; empty where signatures are off.
    pub signers: Vec<String>,
}

impl Origin {
    /// What is different from the published run. A folder of this machine may be any: what lies in it is known by its signer.
    pub fn changes(&self, published: &Origin) -> Vec<&'static str> {
        let both = self.host_key.as_ref().zip(published.host_key.as_ref());
        let elsewhere = both.is_some() && self.from != published.from;
        let signed = !self.signers.is_empty() && !published.signers.is_empty();
        [
            ("environment", self.environment != published.environment),
            ("server", elsewhere),
            ("host key", !elsewhere && both.is_some_and(|(now, then)| now != then)),
            ("signer", signed && self.signers != published.signers),
        ]
        .into_iter()
        .filter_map(|(what, differs)| differs.then_some(what))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_together() {
        let origin = |environment: Option<&str>, from: &str, host_key: Option<&str>, signers: &[&str]| Origin {
            environment: environment.map(str::to_owned),
            from: from.into(),
            host_key: host_key.map(str::to_owned),
            signers: signers.iter().map(|&signer| signer.to_owned()).collect(),
        };
        let published = origin(Some("prod"), "sftp://a@h/prod", Some("SHA256:a"), &["A"]);
        for (now, changes) in [
            (origin(Some("prod"), "sftp://a@h/prod", Some("SHA256:a"), &["A"]), &[][..]),
            (origin(Some("test"), "sftp://a@h/prod", Some("SHA256:a"), &["A"]), &["environment"]),
            (origin(None, "sftp://a@h/prod", Some("SHA256:a"), &["A"]), &["environment"]),
            (origin(Some("prod"), "sftp://a@h/test", Some("SHA256:a"), &["A"]), &["server"]),
            (origin(Some("prod"), "sftp://a@other/prod", Some("SHA256:b"), &["A"]), &["server"]),
            (origin(Some("prod"), "sftp://a@h/prod", Some("SHA256:b"), &["A"]), &["host key"]),
            (origin(Some("prod"), "sftp://a@h/prod", Some("SHA256:a"), &["B"]), &["signer"]),
            (origin(Some("prod"), "sftp://a@h/prod", Some("SHA256:a"), &["A", "B"]), &["signer"]),
            (origin(Some("prod"), "/mnt/copy", None, &["A"]), &[]),
            (origin(Some("prod"), "/mnt/copy", None, &[]), &[]),
            (origin(Some("test"), "/mnt/copy", None, &["B"]), &["environment", "signer"]),
        ] {
            assert_eq!(now.changes(&published), changes, "{now:?}");
        }
    }
}
