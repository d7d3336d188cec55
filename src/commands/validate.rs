//! `validate`: the data validation report alone, for whoever wants to know what an extract is worth before anything runs.

use std::fs::{DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use hcmsync::pipeline::{Pipeline, scope};
use hcmsync::report::{Expected, ExpectedError, Mask, Report};
use hcmsync::run::Settings;
use hcmsync::stages::validate::guards::Allow;
use secrecy::ExposeSecret;

use super::run::{Process, plain};
use super::{Failure, load};
use crate::cli::{Common, PipelineArgs, ReportArgs};

impl From<ExpectedError> for Failure {
    fn from(error: ExpectedError) -> Failure {
        Failure { help: Some(error.help()), exit_code: 2, message: error.to_string() }
    }
}

#[expect(clippy::disallowed_methods, reason = "what is downloaded to validate is ciphertext, and gone with the folder")]
pub fn validate(
    args: &PipelineArgs,
    folder: Option<&Path>,
    allow: Vec<Allow>,
    about: &ReportArgs,
    common: &Common,
) -> Result<String, Failure> {
    let mut pipeline = load(args)?;
    let settings = settings(&mut pipeline, args, allow, about)?;
    folder.map(create).transpose()?;
    let process = Process::new(common.quiet)?;
    let work = tempfile::tempdir().context("a folder for downloads")?;
    let report = process.with(|world| hcmsync::run::validate(&pipeline, &settings, world, work.path()))?;
    let files = folder.map(|folder| write(&report, folder)).transpose()?.unwrap_or_default();
    let text = match (common.quiet, common.json) {
        (true, _) => String::new(),
        (_, true) => serde_json::to_string_pretty(&report).context("the report")? + "\n",
        _ => report.text(files.iter().map(PathBuf::as_path), common.verbose),
    };
    if report.exit_code == 0 {
        return Ok(text);
    }
    super::print(&text.into(), common);
    let help = "look at the extract first; if the change is right, --allow GUARD=VALUE lets it through once".to_owned();
    Err(Failure { message: "a guard would stop the run".into(), help: Some(help), exit_code: report.exit_code })
}

/// What the command line says of a run and of its report; the attributes that HR gives totals of are kept.
pub fn settings(
    pipeline: &mut Pipeline,
    args: &PipelineArgs,
    allow: Vec<Allow>,
    about: &ReportArgs,
) -> Result<Settings, Failure> {
    let names = scope(&pipeline.options.extract);
    let expected = about.expected.as_deref().map(|path| Expected::load(path, &names)).transpose()?;
    pipeline.count_by(expected.iter().flat_map(|expected| expected.attributes()));
    let mask = about.mask.map(|_| mask(pipeline)).transpose()?;
    Ok(Settings { as_of: args.as_of, allow, expected, mask, memory: None })
}

/// The key of the tokens: the pipeline's, or one that nobody will know.
fn mask(pipeline: &Pipeline) -> Result<Mask, Failure> {
    if let Some(secret) = &pipeline.options.report.mask_secret {
        let key = secret.reveal(&pipeline.base).map_err(|error| Failure {
            help: Some(error.help()),
            exit_code: 2,
            message: error.to_string(),
        })?;
        return Ok(Mask::new(key.expose_secret().as_bytes()));
    }
    let mut key = [0; 32];
    File::open("/dev/urandom").and_then(|mut random| random.read_exact(&mut key)).context("a random key")?;
    Ok(Mask::new(&key))
}

/// Opened before the work, so that a bad path fails at once.
fn create(folder: &Path) -> Result<(), Failure> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| failed(folder, &error))
}

/// Writes the files of the report, each whole or not at all, 0600; those that are there are replaced.
fn write(report: &Report, folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let files = report.files().context("the report")?;
    let write = |(name, content): (&str, Vec<u8>)| -> io::Result<PathBuf> {
        let path = folder.join(name);
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&content)?;
        file.persist(&path)?;
        Ok(plain(&path))
    };
    files.into_iter().map(write).collect::<io::Result<_>>().map_err(|error| failed(folder, &error))
}

fn failed(folder: &Path, error: &io::Error) -> Failure {
    let message = format!("the report cannot be written to {}: {error}", folder.display());
    Failure { message, help: Some("check the path of --report".into()), exit_code: 8 }
}
