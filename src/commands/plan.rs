//! `plan` and `diff`: what would change, or did, between two runs.

use std::path::Path;

use anyhow::Context;
use hcmsync::report::{Report, changes};
use hcmsync::run::Settings;
use hcmsync::stages::publish::compare;
use hcmsync::stages::validate::guards::{Changes, PersonChange, Verdict};
use serde::Serialize;

use super::run::Process;
use super::{Answer, Failure, load};
use crate::cli::{Common, Differences, PipelineArgs};

/// The exit code of `--detailed-exitcode` where there are differences.
const DIFFERENT: u8 = 10;

/// What `--json` prints.
#[derive(Serialize)]
struct Comparison<'a> {
    schema: &'static str,
    from: Option<&'a str>,
    to: &'a str,
    differences: bool,
    changes: Option<&'a Changes>,
    /// Of a plan: whether each guard would stop the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    guards: Option<&'a [Verdict]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    persons: Option<&'a [PersonChange]>,
}

pub fn plan(args: &PipelineArgs, how: Differences, common: &Common) -> Result<Answer, Failure> {
    let pipeline = load(args)?;
    let settings = Settings { as_of: args.as_of, ..Settings::default() };
    let process = Process::new(common.quiet)?;
    let plan = process.with(|world| hcmsync::run::plan(&pipeline, &settings, how.list, world))?;
    let Report { changes, guards, run, .. } = &plan.report;
    let comparison = Comparison {
        schema: "hcmsync.changes/1",
        from: changes.as_ref().map(|changes| changes.from.as_str()),
        to: &run.name,
        differences: changes.as_ref().is_none_or(|changes| !changes.is_empty()),
        changes: changes.as_ref(),
        guards: Some(guards),
        persons: how.list.then_some(&plan.persons),
    };
    comparison.answer(how, common, &(plan.report.last_line() + "\n"))
}

pub fn diff(run_a: &Path, run_b: &Path, how: Differences, common: &Common) -> Result<Answer, Failure> {
    let mut persons = Vec::new();
    let (now, changes) = compare::published(run_a, run_b, how.list.then_some(&mut persons))?;
    let comparison = Comparison {
        schema: "hcmsync.changes/1",
        from: Some(&changes.from),
        to: &now.run,
        differences: !changes.is_empty(),
        changes: Some(&changes),
        guards: None,
        persons: how.list.then_some(&persons),
    };
    comparison.answer(how, common, "")
}

impl Comparison<'_> {
    fn answer(&self, how: Differences, common: &Common, last_line: &str) -> Result<Answer, Failure> {
        let exit_code = if how.detailed_exitcode && self.differences { DIFFERENT } else { 0 };
        let text = match (common.quiet, common.json) {
            (true, _) => String::new(),
            (_, true) => serde_json::to_string_pretty(self).context("the changes")? + "\n",
            _ => self.text() + last_line,
        };
        Ok(Answer { text, exit_code })
    }

    fn text(&self) -> String {
        let mut text = match (self.from, self.changes) {
            (Some(from), Some(changes)) => format!("from {from} to {}\n{}", self.to, changes::summary(changes)),
            _ => "no run has been published yet: everybody is new\n".to_owned(),
        };
        text += &self.guards.map(changes::verdicts).unwrap_or_default();
        text + &self.persons.map(changes::persons).unwrap_or_default()
    }
}
