//! `inspect`: what is in a file. Nothing is written, and nobody's value is shown.

use std::path::Path;

use anyhow::Context;
use hcmsync::report::inspect;
use hcmsync::run::RunError;
use hcmsync::stages::decrypt::Keys;

use super::{Failure, load};
use crate::cli::{Common, PipelineArgs};

pub fn inspect(file: &Path, pipeline: Option<&Path>, common: &Common) -> Result<String, Failure> {
    let keys = pipeline.map(keys).transpose()?.flatten();
    let bytes = std::fs::read(file).map_err(|error| Failure {
        message: format!("{} cannot be read: {error}", file.display()),
        help: None,
        exit_code: 4,
    })?;
    let name = file.file_name().map_or_else(|| file.to_string_lossy(), |name| name.to_string_lossy());
    let found = inspect::inspect(&name, bytes, keys.as_ref());
    if common.json {
        return Ok(serde_json::to_string_pretty(&found).context("the inspection")? + "\n");
    }
    Ok(found.text())
}

/// The keys of a pipeline; none where it decrypts nothing.
fn keys(pipeline: &Path) -> Result<Option<Keys>, Failure> {
    let pipeline = load(&PipelineArgs::of(pipeline))?;
    let keys = pipeline.options.decrypt.as_ref().map(|options| Keys::load(options, &pipeline.base));
    Ok(keys.transpose().map_err(RunError::from)?)
}
