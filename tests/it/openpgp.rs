//! Promises 1 to 5 against messages that the real gpg and Bouncy Castle make, and our own messages against gpg.
//!
//! | file | owns |
//! |---|---|
//! | `matrix.rs` | every kind of message, and the table of `docs/openpgp.md` |
//! | `damage.rs` | flipped bits and missing ends |
//! | `crafted.rs` | messages that no honest tool makes, and large ones |
//! | `compressed.rs` | compressed packets, whole and not |
//! | `bouncy_castle.rs` | the other maker |

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hcmsync::openpgp::{self, Cipher, KeyError, NewKey, Seal};
use hcmsync::stages::decrypt::{Decrypt, DecryptError, Failure, Keys, Limits, Plaintext, Signature, Weak, decrypt};
use secrecy::SecretString;

mod bouncy_castle;
mod compressed;
mod crafted;
mod damage;
mod matrix;

const PASSPHRASE: &str = "correct horse";
const TEXT: &[u8] = b"PersonNumber,LastName\n1001,Example\n1002,Sample\n";

/// A gpg of its own, with Oracle's `fusion` key in it and our public `customer` key, which was made by us.
pub struct World {
    home: tempfile::TempDir,
}

impl World {
    pub fn new() -> World {
        let world = World { home: tempfile::Builder::new().prefix("hcm-gpg").tempdir().unwrap() };
        std::fs::write(world.path("passphrase"), PASSPHRASE).unwrap();
        set_mode(&world.path("passphrase"), 0o600);
        world.gpg(&["--quick-gen-key", "fusion", "rsa2048", "sign", "never"], b"");
        world.export("fusion", "fusion.asc");
        let customer =
            NewKey { user_id: "customer".into(), bits: 2048, valid_for: None, passphrase: PASSPHRASE.into() };
        customer.create(&world.path("customer")).unwrap();
        world.gpg(&["--import", world.path("customer_pub.asc").to_str().unwrap()], b"");
        world
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// gpg's output, or a panic with its complaint.
    pub fn gpg(&self, arguments: &[&str], input: &[u8]) -> Vec<u8> {
        let mut gpg = Command::new("gpg")
            .args([
                "--batch",
                "--yes",
                "--no-tty",
                "--trust-model",
                "always",
                "--pinentry-mode",
                "loopback",
                "--passphrase",
                "",
            ])
            .args(arguments)
            .env("GNUPGHOME", self.home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = gpg.stdin.take().unwrap();
        let input = input.to_vec();
        let feeder = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let output = gpg.wait_with_output().unwrap();
        feeder.join().unwrap();
        assert!(output.status.success(), "gpg {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    pub fn export(&self, user: &str, file: &str) {
        std::fs::write(self.path(file), self.gpg(&["--export", "--armor", user], b"")).unwrap();
    }

    /// The fingerprint of a user's primary key.
    pub fn fingerprint(&self, user: &str) -> String {
        let listed = String::from_utf8(self.gpg(&["--with-colons", "--list-keys", user], b"")).unwrap();
        let line = listed.lines().find(|line| line.starts_with("fpr:")).unwrap();
        line.split(':').nth(9).unwrap().to_owned()
    }

    /// Publishes the certificate of revocation that gpg keeps for each key.
    pub fn revoke(&self, user: &str) {
        let file = self.path("openpgp-revocs.d").join(format!("{}.rev", self.fingerprint(user)));
        let text = std::fs::read_to_string(file).unwrap().replace(":-----BEGIN", "-----BEGIN");
        self.gpg(&["--import"], text.as_bytes());
    }

    /// Signed by fusion inside, encrypted to customer, with these further options.
    pub fn sealed(&self, options: &[&str]) -> Vec<u8> {
        let arguments = [&["--sign", "--encrypt", "-u", "fusion", "-r", "customer"], options].concat();
        self.gpg(&arguments, TEXT)
    }

    pub fn options(&self, extra: &str) -> Decrypt {
        let text = format!(
            "secret_key = [\"customer_priv.asc\"]\nsigner = [\"fusion.asc\"]\npassphrase = {{ file = \"passphrase\" }}\n{extra}"
        );
        toml::from_str(&text).unwrap()
    }

    pub fn keys(&self, extra: &str) -> Keys {
        Keys::load(&self.options(extra), self.home.path()).unwrap()
    }

    /// With these keys in place of fusion's.
    pub fn keys_of(&self, signer: &str) -> Keys {
        let options = Decrypt { signer: vec![signer.into()], ..self.options("") };
        Keys::load(&options, self.home.path()).unwrap()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = Command::new("gpgconf").args(["--kill", "all"]).env("GNUPGHOME", self.home.path()).status();
    }
}

pub fn open(message: &[u8], keys: &Keys) -> Result<Plaintext, DecryptError> {
    decrypt(message.to_vec(), keys, &Limits::default())
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

/// The sentence and the help of a refusal: every one has both, and exit 6.
pub fn refused(message: &[u8], keys: &Keys) -> DecryptError {
    let error = open(message, keys).expect_err("refused");
    assert_eq!(error.kind(), Failure::Trust, "{error}");
    assert!(!error.help().is_empty());
    error
}

#[test]
fn only_the_pinned_signer() {
    let world = World::new();
    let keys = world.keys("");
    let _: &(dyn Send + Sync) = &keys; // one for the threads of a run
    let fusion = keys.signers()[0].fingerprint.clone();
    let good = open(&world.sealed(&[]), &keys).unwrap();
    assert!(matches!(good.signature, Signature::Good { signer, .. } if signer == fusion));
    let unsigned = world.gpg(&["--encrypt", "-r", "customer"], TEXT);
    assert!(matches!(refused(&unsigned, &keys), DecryptError::Unsigned));
    world.gpg(&["--quick-gen-key", "mallory", "rsa2048", "sign", "never"], b"");
    let forged = world.gpg(&["--sign", "--encrypt", "-u", "mallory", "-r", "customer"], TEXT);
    assert!(matches!(refused(&forged, &keys), DecryptError::OtherSigner(_)));
    let both = world.gpg(&["--sign", "--encrypt", "-u", "fusion", "-u", "mallory", "-r", "customer"], TEXT);
    assert!(matches!(refused(&both, &keys), DecryptError::OtherSigner(_)));

    let off = world.keys("signature = \"off\"");
    assert_eq!(open(&unsigned, &off).unwrap().signature, Signature::Unsigned);
    assert_eq!(open(&forged, &off).unwrap().signature, Signature::Unchecked);
}

#[test]
fn weak_algorithms_only_by_name() {
    let world = World::new();
    world.gpg(&["--quick-gen-key", "short", "rsa1024", "sign", "never"], b"");
    world.export("short", "short.asc");
    let cases: &[(&[&str], Weak)] = &[
        (&["--cipher-algo", "CAST5"], Weak::Cast5),
        (&["--cipher-algo", "3DES"], Weak::TripleDes),
        (&["--cipher-algo", "BLOWFISH"], Weak::Blowfish),
        (&["--digest-algo", "SHA1", "--allow-weak-digest-algos"], Weak::Sha1),
        (&["--rfc2440"], Weak::NoMdc),
    ];
    let mut all = world.options("");
    all.accept = Weak::ALL.to_vec();
    let all = Keys::load(&all, world.home.path()).unwrap();
    for (options, weak) in cases {
        let message = world.sealed(options);
        let refusal = refused(&message, &world.keys(""));
        assert!(matches!(refusal, DecryptError::Weak(w) if w == *weak), "{options:?}: {refusal}");
        assert!(refusal.help().contains(weak.word()));
        let named = world.keys(&format!("accept = [\"{}\", \"sha1\"]", weak.word()));
        for keys in [&named, &all] {
            let plaintext = open(&message, keys).unwrap_or_else(|e| panic!("{options:?}: {e}"));
            assert_eq!(plaintext.bytes, TEXT);
            assert!(plaintext.accepted.contains(weak), "{options:?}: {:?}", plaintext.accepted);
        }
    }
    let short = world.gpg(&["--sign", "--encrypt", "-u", "short", "-r", "customer"], TEXT);
    assert!(matches!(refused(&short, &world.keys_of("short.asc")), DecryptError::Weak(Weak::Rsa1024)));
    let options = Decrypt { signer: vec!["short.asc".into()], ..world.options("accept = [\"rsa1024\"]") };
    let keys = Keys::load(&options, world.home.path()).unwrap();
    assert_eq!(open(&short, &keys).unwrap().accepted, [Weak::Rsa1024]);

    let md5 = world.sealed(&["--digest-algo", "RIPEMD160", "--allow-weak-digest-algos"]);
    assert!(matches!(refused(&md5, &all), DecryptError::BrokenHash(_)));
    let bzip2 = world.sealed(&["--compress-algo", "bzip2"]);
    assert!(matches!(refused(&bzip2, &all), DecryptError::Bzip2));
    let twofish = world.sealed(&["--cipher-algo", "TWOFISH"]);
    assert!(matches!(refused(&twofish, &all), DecryptError::Cipher(_)));
}

#[test]
fn the_options_are_checked() {
    let world = World::new();
    let folder = world.home.path();
    let load = |options: &Decrypt| Keys::load(options, folder).err().expect("refused");
    let unknown = toml::from_str::<Decrypt>("secret_key = []\naccept = [\"blowfsh\"]").unwrap_err().to_string();
    assert!(unknown.contains("did you mean \"blowfish\""), "{unknown}");
    assert!(toml::from_str::<Decrypt>("secret_key = []\nsigners = []").is_err());

    let schema = schemars::schema_for!(Decrypt).to_value().to_string();
    assert!(Weak::ALL.iter().all(|weak| schema.contains(&format!("\"{}\"", weak.word()))), "{schema}");
    let options = world.options("");
    assert!(matches!(load(&Decrypt { secret_key: vec![], ..options.clone() }), DecryptError::NoSecretKey));
    assert!(matches!(load(&Decrypt { signer: vec![], ..options.clone() }), DecryptError::NoSigner));
    let public = load(&Decrypt { secret_key: vec!["customer_pub.asc".into()], ..options.clone() });
    assert!(matches!(public, DecryptError::Key(KeyError::NoSecret { .. })) && public.kind() == Failure::Config);
    let missing = load(&Decrypt { secret_key: vec!["none.asc".into()], ..options.clone() });
    assert!(matches!(missing, DecryptError::Key(KeyError::Read { .. })) && missing.kind() == Failure::Config);
    let locked = load(&Decrypt { passphrase: None, ..options.clone() });
    assert!(matches!(locked, DecryptError::Key(KeyError::NoPassphrase { .. })));
    std::fs::write(world.path("passphrase"), "wrong").unwrap();
    let wrong = load(&options);
    assert!(matches!(wrong, DecryptError::Key(KeyError::WrongPassphrase { .. })) && wrong.kind() == Failure::Trust);

    // Without a passphrase, the mode is what protects it.
    world.gpg(&["--quick-gen-key", "bare", "rsa2048", "encr", "never"], b"");
    std::fs::write(world.path("bare.asc"), world.gpg(&["--export-secret-keys", "--armor", "bare"], b"")).unwrap();
    let bare = Decrypt { secret_key: vec!["bare.asc".into()], passphrase: None, ..options };
    set_mode(&world.path("bare.asc"), 0o644);
    assert!(matches!(load(&bare), DecryptError::Key(KeyError::OpenToOthers { mode: 0o644, .. })));
    set_mode(&world.path("bare.asc"), 0o600);
    assert!(Keys::load(&bare, folder).is_ok());
}

#[test]
fn our_key_pair_serves_gpg_and_ours() {
    let world = World::new();
    let secret: SecretString = PASSPHRASE.into();
    let stem = world.path("customer");
    let again = NewKey { user_id: "x".into(), bits: 2048, valid_for: None, passphrase: secret.clone() };
    assert!(matches!(again.create(&stem), Err(KeyError::Exists { .. })));
    assert!(matches!(NewKey { bits: 1024, ..again }.create(&world.path("n")), Err(KeyError::Bits(1024))));
    let private = world.path("customer_priv.asc");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&private).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let public = openpgp::public(&private).unwrap();
    assert_eq!(public, std::fs::read_to_string(world.path("customer_pub.asc")).unwrap());

    let shown = &openpgp::describe(&private).unwrap()[0];
    assert_eq!(shown.user_ids, ["customer"]);
    assert_eq!(
        shown.keys.iter().map(|k| (k.algorithm.as_str(), &k.uses[..], k.secret)).collect::<Vec<_>>(),
        [("RSA 2048", &["certify", "sign"][..], "protected"), ("RSA 2048", &["encrypt"][..], "protected"),]
    );
    let bare = NewKey {
        user_id: "y".into(),
        bits: 2048,
        valid_for: Some(std::time::Duration::from_secs(86400)),
        passphrase: secret.clone(),
    };
    let made = bare.create(&world.path("partner")).unwrap();
    assert!(made.description.keys.iter().all(|key| key.expires.is_some()));

    // gpg opens what we seal, and finds our signature good.
    world.gpg(&["--passphrase", PASSPHRASE, "--import", private.to_str().unwrap()], b"");
    for (cipher, armored) in [(Cipher::Aes128, false), (Cipher::Aes256, true)] {
        let seal = Seal::to([&world.path("customer_pub.asc")])
            .unwrap()
            .signed_by(&private, Some(&secret))
            .unwrap()
            .with(cipher);
        let seal = if armored { seal.armored() } else { seal };
        let mut message = Vec::new();
        assert_eq!(seal.seal(&mut &TEXT[..], &mut message).unwrap(), TEXT.len() as u64);
        assert_eq!(message.starts_with(b"-----BEGIN PGP MESSAGE-----"), armored);
        let status = world.path("status");
        let output =
            world.gpg(&["--passphrase", PASSPHRASE, "--status-file", status.to_str().unwrap(), "--decrypt"], &message);
        assert_eq!(output, TEXT);
        let status = String::from_utf8_lossy(&std::fs::read(status).unwrap()).into_owned();
        assert!(status.contains("GOODSIG") && status.contains("DECRYPTION_OKAY"), "{status}");
        assert_eq!(open(&message, &world.keys_of("customer_pub.asc")).unwrap().bytes, TEXT);
    }
}
