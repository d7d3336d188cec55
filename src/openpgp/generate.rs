//! The key pair for Oracle's Security Console: made here, so that no other tool is needed, and the steps there.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sequoia_openpgp::Cert;
use sequoia_openpgp::cert::{CertBuilder, CipherSuite};
use sequoia_openpgp::serialize::SerializeInto;
use sequoia_openpgp::types::{Features, KeyFlags};
use zeroize::Zeroizing;

use super::{Description, KeyError, describe_cert, read};

/// The steps in Oracle's Security Console, from Oracle's "Set up Encryption for File Transfer".
pub const STEPS: &str = "\
In Oracle, as a user with the IT Security Manager role, in each environment on its own (test and production have
different keys):

  1  Tools > Security Console > Certificates.
  2  Your public key, which Oracle encrypts the extracts to: Import, Certificate Type PGP, Alias customer-key (the name is
     fixed: Oracle finds the key by it), and choose the file customer-key_pub.asc. The secret key never leaves you.
  3  Oracle's own key, which signs the extracts: if there is no fusion-key yet, Generate, Certificate Type PGP, Alias
     fusion-key (fixed as well), a passphrase, RSA, 2048 bits.
  4  Oracle's public key, which tells Oracle's files from forged ones: open fusion-key, Export > Public Key, and save
     fusion-key_pub.asc beside the pipeline, as [decrypt] signer.
  5  In the delivery options of each HCM extract, choose the encryption mode PGP Signed. Unsigned extracts are refused here
     unless the pipeline says signature = \"off\", since whoever has your public key can encrypt to you.
  6  hcmsync keys show FILE prints the fingerprints: compare them with the console's, by eye, before the first run.
";

/// A key pair to be made: RSA, a primary key that certifies and signs, a subkey that decrypts, behind a passphrase.
pub struct NewKey {
    /// `hcmsync <hcm@example.com>`, or any other text.
    pub user_id: String,
    /// 2048, 3072 or 4096.
    pub bits: u32,
    /// None: the pair does not expire.
    pub valid_for: Option<Duration>,
    /// Protects the secret key file.
    pub passphrase: SecretString,
}

/// Where a new pair was written.
pub struct Created {
    pub secret: PathBuf,
    pub public: PathBuf,
    pub description: Description,
}

impl NewKey {
    /// Makes the pair and writes `STEM_priv.asc` (mode 0600) and `STEM_pub.asc`, names as Oracle's documentation has them.
    ///
    /// Overwrites nothing: [`KeyError::Exists`]. Also [`KeyError::Bits`], [`KeyError::Generate`] and [`KeyError::Write`].
    pub fn create(&self, stem: &Path) -> Result<Created, KeyError> {
        let (secret, public) = (with_suffix(stem, "_priv.asc"), with_suffix(stem, "_pub.asc"));
        if let Some(path) = [&secret, &public].into_iter().find(|p| p.exists()) {
            return Err(KeyError::Exists { path: path.clone() });
        }
        let cert = self.generate()?;
        write_new(&secret, 0o600, &Zeroizing::new(armored(&cert.as_tsk().armored())?))?;
        // Half a pair is no pair, and would be in the way of the next try.
        write_new(&public, 0o644, &armored(&cert.armored())?).inspect_err(|_| drop(std::fs::remove_file(&secret)))?;
        Ok(Created { secret, public, description: describe_cert(&cert) })
    }

    fn generate(&self) -> Result<Cert, KeyError> {
        let suite = match self.bits {
            2048 => CipherSuite::RSA2k,
            3072 => CipherSuite::RSA3k,
            4096 => CipherSuite::RSA4k,
            other => return Err(KeyError::Bits(other)),
        };
        // Only what Oracle's side reads: integrity protection as of 2007, not the AEAD of 2024.
        let features = Features::empty().set_seipdv1();
        let encryption = KeyFlags::empty().set_transport_encryption().set_storage_encryption();
        CertBuilder::new()
            .set_cipher_suite(suite)
            .set_features(features)
            .and_then(|builder| {
                builder
                    .set_primary_key_flags(KeyFlags::empty().set_certification().set_signing())
                    .add_userid(self.user_id.as_str())
                    .set_validity_period(self.valid_for)
                    .add_subkey(encryption, None, None)
                    .set_password(Some(self.passphrase.expose_secret().into()))
                    .generate()
            })
            .map(|(cert, _revocation)| cert)
            .map_err(|e| KeyError::Generate(e.to_string()))
    }
}

/// The public certificates of a key file, armored: what Oracle imports. Fails as [`read`] does.
pub fn public(path: &Path) -> Result<String, KeyError> {
    let texts = read(path)?.into_iter().map(|cert| armored(&cert.strip_secret_key_material().armored()));
    let texts = texts.collect::<Result<Vec<_>, _>>()?;
    Ok(texts.into_iter().map(|t| String::from_utf8_lossy(&t).into_owned()).collect())
}

fn armored(cert: &impl SerializeInto) -> Result<Vec<u8>, KeyError> {
    SerializeInto::to_vec(cert).map_err(|e| KeyError::Generate(e.to_string()))
}

fn with_suffix(stem: &Path, suffix: &str) -> PathBuf {
    let mut name = stem.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// A new file, whole on disk, or none and an error; an existing one is left alone, whoever made it in between.
fn write_new(path: &Path, mode: u32, bytes: &[u8]) -> Result<(), KeyError> {
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        written.inspect_err(|_| drop(std::fs::remove_file(path)))
    };
    write().map_err(|source: std::io::Error| match source.kind() {
        std::io::ErrorKind::AlreadyExists => KeyError::Exists { path: path.into() },
        _ => KeyError::Write { path: path.into(), source },
    })
}
