//! The weak algorithms: refused unless the pipeline accepts them by name (`promises.md` 4).

use std::fmt;

use schemars::JsonSchema;
use sequoia_openpgp::packet::Key;
use sequoia_openpgp::packet::key::{KeyParts, KeyRole};
use sequoia_openpgp::policy::{AsymmetricAlgorithm, StandardPolicy};
use sequoia_openpgp::types::{HashAlgorithm, PublicKeyAlgorithm, SymmetricAlgorithm};
use serde::{Deserialize, Serialize};

/// A weak algorithm, under the word that accepts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(try_from = "String", into = "&'static str")]
#[schemars(!try_from, !into, rename_all = "kebab-case")]
pub enum Weak {
    /// The cipher CAST5, of 64-bit blocks.
    Cast5,
    /// The cipher 3DES, of 64-bit blocks.
    #[schemars(rename = "3des")]
    TripleDes,
    /// The cipher Blowfish, of 64-bit blocks.
    Blowfish,
    /// RSA keys of fewer than 2048 bits, ours or the signer's.
    Rsa1024,
    /// Messages without integrity protection: only the signature tells a changed one.
    NoMdc,
    /// SHA-1 in the signature, or in the signer's certificate.
    Sha1,
}

impl Weak {
    /// All of them.
    pub const ALL: [Weak; 6] = [Weak::Cast5, Weak::TripleDes, Weak::Blowfish, Weak::Rsa1024, Weak::NoMdc, Weak::Sha1];

    /// The word in `accept`, the report and the manifest.
    pub fn word(self) -> &'static str {
        match self {
            Weak::Cast5 => "cast5",
            Weak::TripleDes => "3des",
            Weak::Blowfish => "blowfish",
            Weak::Rsa1024 => "rsa1024",
            Weak::NoMdc => "no-mdc",
            Weak::Sha1 => "sha1",
        }
    }

    /// The cipher's word, if the cipher is a weak one.
    #[expect(deprecated, reason = "the names only: whether they are used is the operator's choice")]
    pub(super) fn cipher(algorithm: SymmetricAlgorithm) -> Option<Weak> {
        match algorithm {
            SymmetricAlgorithm::CAST5 => Some(Weak::Cast5),
            SymmetricAlgorithm::TripleDES => Some(Weak::TripleDes),
            SymmetricAlgorithm::Blowfish => Some(Weak::Blowfish),
            _ => None,
        }
    }

    /// The key's word, if the key is a weak one.
    pub(super) fn key<P: KeyParts, R: KeyRole>(key: &Key<P, R>) -> Option<Weak> {
        #[expect(deprecated, reason = "the names only: whether they are used is the operator's choice")]
        let rsa = matches!(
            key.pk_algo(),
            PublicKeyAlgorithm::RSAEncryptSign | PublicKeyAlgorithm::RSAEncrypt | PublicKeyAlgorithm::RSASign
        );
        // A key of 2048 bits may be a bit or two short, by the way that its primes were drawn.
        (rsa && key.mpis().bits().is_some_and(|bits| bits < 2040)).then_some(Weak::Rsa1024)
    }
}

impl fmt::Display for Weak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Weak::Cast5 => "the weak cipher CAST5",
            Weak::TripleDes => "the weak cipher 3DES",
            Weak::Blowfish => "the weak cipher Blowfish",
            Weak::Rsa1024 => "an RSA key of fewer than 2048 bits",
            Weak::NoMdc => "no integrity protection",
            Weak::Sha1 => "the broken hash SHA-1 in the signature or the signer's certificate",
        })
    }
}

impl From<Weak> for &'static str {
    fn from(weak: Weak) -> Self {
        weak.word()
    }
}

impl TryFrom<String> for Weak {
    type Error = String;

    fn try_from(word: String) -> Result<Self, Self::Error> {
        Weak::ALL.into_iter().find(|weak| weak.word() == word).ok_or_else(|| {
            let words = Weak::ALL.map(Weak::word);
            let nearest = words.into_iter().max_by(|a, b| {
                strsim::jaro_winkler(a, &word.to_lowercase()).total_cmp(&strsim::jaro_winkler(b, &word.to_lowercase()))
            });
            let hint = nearest.map(|w| format!("did you mean \"{w}\"? ")).unwrap_or_default();
            format!("\"{word}\" is not the name of a weak algorithm; {hint}The names are: {}", words.join(", "))
        })
    }
}

/// The library's policy, without its calendar for what we accept, and without what it has not come to refuse yet.
#[expect(deprecated, reason = "the names only: whether they are used is the operator's choice")]
pub(super) fn policy(accept: &[Weak]) -> StandardPolicy<'static> {
    let mut policy = StandardPolicy::new();
    policy.accept_asymmetric_algo(AsymmetricAlgorithm::RSA2048);
    policy.reject_symmetric_algo(SymmetricAlgorithm::Blowfish);
    for weak in accept {
        match weak {
            Weak::Cast5 => policy.accept_symmetric_algo(SymmetricAlgorithm::CAST5),
            Weak::TripleDes => policy.accept_symmetric_algo(SymmetricAlgorithm::TripleDES),
            Weak::Blowfish => policy.accept_symmetric_algo(SymmetricAlgorithm::Blowfish),
            Weak::Rsa1024 => policy.accept_asymmetric_algo(AsymmetricAlgorithm::RSA1024),
            Weak::Sha1 => policy.accept_hash(HashAlgorithm::SHA1),
            Weak::NoMdc => {} // The library has no such notion; `legacy.rs` does.
        }
    }
    policy
}
