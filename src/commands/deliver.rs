//! `deliver`: a published run is sent once more, without a new run.

use std::path::Path;

use anyhow::Context;
use hcmsync::run::RunError;
use hcmsync::stages::publish::delivery::{Delivered, DeliveryError};
use hcmsync::stages::publish::{Manifest, Published};

use super::run::Process;
use super::{Failure, load};
use crate::cli::{Common, PipelineArgs};

pub fn deliver(run: &Path, pipeline: Option<&Path>, common: &Common) -> Result<String, Failure> {
    let run = Published::open(run)?;
    let manifest = Manifest::load(&run.path)?;
    let about = manifest.delivery.unwrap_or_default();
    let file =
        pipeline.or(Some(&about.pipeline)).filter(|file| !file.as_os_str().is_empty()).ok_or_else(|| Failure {
            message: format!("{} does not say which pipeline sends it", run.path.display()),
            help: Some("give --pipeline PIPELINE; it needs [publish].upload".into()),
            exit_code: 2,
        })?;
    let pipeline = load(&PipelineArgs { env: about.environment, ..PipelineArgs::of(file) })?;
    if pipeline.options.name != manifest.pipeline.name {
        return Err(Failure {
            message: format!(
                "{} is a run of {}, not of {}",
                manifest.run, manifest.pipeline.name, pipeline.options.name
            ),
            help: Some("give the pipeline that made it: --pipeline PIPELINE".into()),
            exit_code: 2,
        });
    }
    let process = Process::new(common.quiet)?;
    // Not as a run: what is delivered is published already.
    let delivered = process.attempt(|world| {
        hcmsync::run::deliver(&pipeline, &run, world)?.ok_or(RunError::Delivery(DeliveryError::Nowhere))
    });
    let delivered = delivered.map_err(|error| process.failure(error))?;
    Ok(match (common.quiet, common.json) {
        (true, _) => String::new(),
        (_, true) => serde_json::to_string_pretty(&delivered).context("the delivery")? + "\n",
        _ => line(&delivered),
    })
}

/// What arrived, for people.
pub fn line(delivered: &Delivered) -> String {
    let names: Vec<&str> = delivered.files.iter().map(|file| file.name.as_str()).collect();
    let gone = match delivered.removed {
        0 => String::new(),
        removed => format!(", and removed {removed} of the delivery before there"),
    };
    format!("delivered {} to {}{gone}\n", names.join(", "), delivered.to)
}
