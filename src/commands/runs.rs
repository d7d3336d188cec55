//! `runs list` and `runs prune`: the published runs of a folder.

use std::path::PathBuf;

use anyhow::Context;
use hcmsync::stages::publish::runs::{self, Listed};

use super::{Failure, load};
use crate::cli::{Common, PipelineArgs, Runs, RunsOf};

pub fn runs(action: &Runs, common: &Common) -> Result<String, Failure> {
    match action {
        Runs::List { of } => {
            let runs = runs::list(&target(of)?.to)?;
            Ok(if common.json { json(&runs)? } else { runs.iter().map(line).collect() })
        }
        Runs::Prune { of, keep } => {
            let target = target(of)?;
            let keep = keep.or(target.keep_runs).ok_or_else(how_many)?;
            let removed = runs::prune(&target.to, keep)?;
            Ok(match (common.quiet, common.json) {
                (true, _) => String::new(),
                (_, true) => json(&removed)?,
                _ => removed.iter().map(|run| format!("removed {run}\n")).collect(),
            })
        }
    }
}

/// Where the runs are, and how many of them the pipeline keeps.
struct Target {
    to: PathBuf,
    keep_runs: Option<u32>,
}

/// A directory is what a pipeline publishes to; anything else is a pipeline.
fn target(of: &RunsOf) -> Result<Target, Failure> {
    if of.of.is_dir() {
        return Ok(Target { to: of.of.clone(), keep_runs: None });
    }
    let pipeline = load(&PipelineArgs { env: of.env.clone(), ..PipelineArgs::of(&of.of) })?;
    let to = pipeline.publish_to().ok_or(hcmsync::run::RunError::NowhereToPublish)?;
    Ok(Target { to, keep_runs: pipeline.options.publish.as_ref().map(|publish| publish.keep_runs) })
}

fn how_many() -> Failure {
    let message = "a directory does not say how many runs to keep".to_owned();
    Failure { message, help: Some("give --keep N, or the pipeline in place of the directory".into()), exit_code: 2 }
}

fn json<T: serde::Serialize>(what: &T) -> Result<String, Failure> {
    Ok(serde_json::to_string_pretty(what).context("the runs")? + "\n")
}

fn line(run: &Listed) -> String {
    let mark = if run.current { '*' } else { ' ' };
    let Some(about) = &run.about else { return format!("{mark} {:24} its manifest cannot be read\n", run.name) };
    let delivered = run.delivered.as_ref().map(|delivered| format!(", delivered {:.0}", delivered.at));
    format!(
        "{mark} {:24} as of {}: {} persons, {} emitted ({} active), {} quarantined{}\n",
        run.name,
        about.as_of,
        about.persons,
        about.emitted,
        about.active,
        about.quarantined,
        delivered.unwrap_or_default()
    )
}
