//! `sample`: synthetic extracts with the answers, and a pipeline that runs on them.

use std::fs::File;
use std::io::{self, BufWriter, PipeWriter, Write, pipe};
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use anyhow::Context;
use hcmsync::openpgp::{Cipher, KeyError, NewKey, Seal};
use hcmsync::sample::{Part, Request, generate};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{Failure, json};
use crate::cli::{Common, Sample};

/// Why a file of the sample is not there, or not whole.
fn unwritten(path: &Path) -> impl FnOnce(io::Error) -> Failure {
    let path = path.display().to_string();
    move |error| Failure {
        message: format!("{path} cannot be written: {error}"),
        help: Some("give --out a new folder, on a disk with room".into()),
        exit_code: 8,
    }
}

#[expect(clippy::disallowed_methods, reason = "people who do not exist may be read by everybody")]
pub fn sample(args: &Sample, common: &Common) -> Result<String, Failure> {
    std::fs::create_dir_all(&args.out).map_err(unwritten(&args.out))?;
    let keys = if args.encrypt { Some(ThrowAway::make(&args.out.join("keys"))?) } else { None };
    let mut files = Part::ALL.map(|part| (part, None));
    for (part, file) in &mut files {
        *file = Some(Target::open(*part, args, keys.as_ref())?);
    }
    let request = Request { persons: args.persons, seed: args.seed, as_of: args.as_of, oddities: !args.plain_people };
    let written = generate(&request, &mut |part, bytes| {
        let target = files.iter_mut().find(|(of, _)| *of == part).and_then(|(_, target)| target.as_mut());
        target.map_or(Ok(()), |target| target.write_all(bytes))
    });
    for (_, target) in files {
        target.map(|target| target.finish(&args.out)).transpose()?;
    }
    let summary = written.map_err(unwritten(&args.out))?;
    let pipeline = args.out.join("pipeline.toml");
    std::fs::write(&pipeline, pipeline_text(args)).map_err(unwritten(&pipeline))?;
    if common.quiet {
        return Ok(String::new());
    }
    let [persons, relationships, assignments, _] = summary.rows;
    if common.json {
        let rows = json!({ "person": persons, "work_relationship": relationships, "assignment": assignments });
        let (people, odd, pipeline) = (summary.persons, summary.odd_persons, pipeline.display().to_string());
        return Ok(json(&json!({ "persons": people, "odd_persons": odd, "rows": rows, "pipeline": pipeline })));
    }
    Ok(format!(
        "{} persons, {} of them odd: {persons} person, {relationships} work relationship and {assignments} assignment rows\nhcmsync run {}\n",
        summary.persons,
        summary.odd_persons,
        pipeline.display()
    ))
}

/// Keys that protect nobody: they are made beside what they encrypt.
struct ThrowAway {
    folder: PathBuf,
    passphrase: SecretString,
}

impl ThrowAway {
    fn make(folder: &Path) -> Result<ThrowAway, Failure> {
        std::fs::create_dir_all(folder).map_err(unwritten(folder))?;
        let passphrase = SecretString::from("throw-away");
        let secret = folder.join("passphrase");
        write_private(&secret, passphrase.expose_secret()).map_err(unwritten(&secret))?;
        for (name, user_id) in [
            ("customer-key", "Customer (sample) <customer@example.com>"),
            ("fusion-key", "Fusion (sample) <fusion@example.com>"),
        ] {
            let key = NewKey { user_id: user_id.into(), bits: 2048, valid_for: None, passphrase: passphrase.clone() };
            key.create(&folder.join(name))?;
        }
        Ok(ThrowAway { folder: folder.into(), passphrase })
    }

    fn seal(&self) -> Result<Seal, KeyError> {
        let seal = Seal::to([&self.folder.join("customer-key_pub.asc")])?;
        let seal = seal.signed_by(&self.folder.join("fusion-key_priv.asc"), Some(&self.passphrase))?;
        Ok(seal.with(Cipher::Aes128))
    }
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options().write(true).create_new(true).mode(0o600).open(path)?.write_all(text.as_bytes())
}

/// Where a part goes: to a file, or through a thread that seals it.
enum Target {
    Plain(BufWriter<File>),
    Sealed(BufWriter<PipeWriter>, JoinHandle<Result<u64, KeyError>>),
}

impl Target {
    #[expect(clippy::disallowed_methods, reason = "people who do not exist may be read by everybody")]
    fn open(part: Part, args: &Sample, keys: Option<&ThrowAway>) -> Result<Target, Failure> {
        let keys = keys.filter(|_| part != Part::Answers);
        let ending = if keys.is_some() { ".pgp" } else { "" };
        let path = args.out.join(part.file_name(args.as_of) + ending);
        let file = File::create(&path).map_err(unwritten(&path))?;
        let Some(keys) = keys else { return Ok(Target::Plain(BufWriter::new(file))) };
        let seal = keys.seal()?;
        let (mut reader, writer) = pipe().context("a pipe")?;
        let sealing = thread::spawn(move || seal.seal(&mut reader, &mut BufWriter::new(file)));
        Ok(Target::Sealed(BufWriter::with_capacity(1 << 18, writer), sealing))
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Target::Plain(file) => file.write_all(bytes),
            Target::Sealed(pipe, _) => pipe.write_all(bytes),
        }
    }

    fn finish(self, folder: &Path) -> Result<(), Failure> {
        match self {
            Target::Plain(mut file) => file.flush().map_err(unwritten(folder))?,
            Target::Sealed(pipe, sealing) => {
                drop(pipe.into_inner().map_err(io::IntoInnerError::into_error).map_err(unwritten(folder))?);
                let sealed = sealing.join().map_err(|_| anyhow::anyhow!("the sealing thread failed"))?;
                sealed.map_err(|error| match error {
                    KeyError::Seal(why) => unwritten(folder)(io::Error::other(why)),
                    other => other.into(),
                })?;
            }
        }
        Ok(())
    }
}

/// Of few persons one in six is odd, which the default guards would not let pass.
const GUARD: &str = "\
[guard]                     # people are odd on purpose
max_quarantined = \"20%\"
max_rejected    = \"20%\"

";

/// A pipeline that runs on what was written.
fn pipeline_text(args: &Sample) -> String {
    let ending = if args.encrypt { ".csv.pgp" } else { ".csv" };
    let decrypt = if args.encrypt {
        "[decrypt]\nsecret_key = [\"keys/customer-key_priv.asc\"]\npassphrase = { file = \"keys/passphrase\" }\nsigner     = [\"keys/fusion-key_pub.asc\"]\n\n"
    } else {
        ""
    };
    let guard = if args.plain_people { "" } else { GUARD };
    format!(
        r#"name  = "sample"
as_of = "file-name"

[fetch]
from = "."

{decrypt}[extract.person]
file = "Person_*{ending}"
[extract.work_relationship]
file = "WorkRelationship_*{ending}"
[extract.assignment]
file = "Assignment_*{ending}"

[[output]]
profile = "qooper-csv"
file    = "users.csv"

{guard}[publish]
to = "out"
"#
    )
}
