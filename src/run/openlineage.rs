//! A run as OpenLineage events, for a catalogue of data: START before the work, and COMPLETE, FAIL or ABORT after it. They
//! name datasets, columns, expressions, counts and hashes, never a value of a cell, and of a failure its code alone.
//!
//! The forms are those of the specification 2-0-2 and of its standard facets, in the versions of `openlineage-python` 1.54.

mod datasets;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Outcome, RunError};
use crate::model::code::{Code, entry};
use crate::pipeline::Pipeline;
use crate::stages::publish::{Manifest, PublishError};
use crate::stages::validate::guards::Verdict;
use datasets::Datasets;

const SPEC: &str = "https://openlineage.io/spec";
/// Who says so, as a URI.
const PRODUCER: &str = concat!("urn:hcmsync:", env!("CARGO_PKG_VERSION"));

/// The run whose events these are.
pub struct Lineage<'a> {
    pipeline: &'a Pipeline,
    run_id: String,
    datasets: Datasets,
}

impl<'a> Lineage<'a> {
    /// A run that starts now. Its id is a UUID of version 7, of the moment and of `random`: what a run is called in `TO/runs`
    /// depends on what it makes, and is not known yet; two attempts at the same are two runs.
    pub fn new(pipeline: &'a Pipeline, now: Timestamp, random: [u8; 10]) -> Lineage<'a> {
        Lineage { pipeline, run_id: uuid(now, random), datasets: Datasets::of(pipeline) }
    }

    /// The first event.
    pub fn start(&self, at: Timestamp) -> Value {
        self.event("START", at, Map::new(), self.datasets.inputs(None, &[], &[]), Vec::new())
    }

    /// The event of a run that was published.
    pub fn complete(&self, at: Timestamp, outcome: &Outcome) -> Result<Value, PublishError> {
        let manifest = Manifest::load(&outcome.published.path)?;
        let inputs = self.datasets.inputs(Some(&manifest), &outcome.report.guards, &outcome.report.checks);
        let nominal = json!({ "nominalStartTime": format!("{}T00:00:00Z", manifest.as_of) });
        let mut facets = Map::new();
        facets.insert("nominalTime".into(), facet("1-0-1/NominalTimeRunFacet", nominal));
        facets.insert(
            "tags".into(),
            tags(&[
                ("run", &manifest.run),
                ("input_hash", &manifest.input_hash),
                ("pipeline_sha256", &manifest.pipeline.sha256),
            ]),
        );
        Ok(self.event("COMPLETE", at, facets, inputs, self.datasets.outputs(&manifest)))
    }

    /// The event of a run that found nothing new: the run that was published of the same stands in its tags.
    pub fn nothing_new(&self, at: Timestamp, published: &str) -> Value {
        let mut facets = Map::new();
        facets.insert("tags".into(), tags(&[("nothing_new_since", published)]));
        self.event("COMPLETE", at, facets, self.datasets.inputs(None, &[], &[]), Vec::new())
    }

    /// The event of a run that published nothing; guards that tripped are told with what they saw.
    pub fn fail(&self, at: Timestamp, error: &RunError) -> Value {
        let verdicts: &[Verdict] = if let RunError::Guards { verdicts, .. } = error { verdicts } else { &[] };
        let state = if matches!(error, RunError::Stopped) { "ABORT" } else { "FAIL" };
        let message = json!({ "message": told(error), "programmingLanguage": "RUST" });
        let mut facets = Map::new();
        facets.insert("errorMessage".into(), facet("1-0-1/ErrorMessageRunFacet", message));
        self.event(state, at, facets, self.datasets.inputs(None, verdicts, &[]), Vec::new())
    }

    fn event(
        &self,
        state: &str,
        at: Timestamp,
        mut run: Map<String, Value>,
        inputs: Vec<Value>,
        outputs: Vec<Value>,
    ) -> Value {
        let engine = json!({ "name": "hcmsync", "version": env!("CARGO_PKG_VERSION") });
        run.insert("processing_engine".into(), facet("1-1-1/ProcessingEngineRunFacet", engine));
        let mut job = Map::new();
        let kind = json!({ "processingType": "BATCH", "integration": "HCMSYNC", "jobType": "PIPELINE" });
        job.insert("jobType".into(), facet("2-0-4/JobTypeJobFacet", kind));
        if let Some(description) = &self.pipeline.options.description {
            let documentation = json!({ "description": description });
            job.insert("documentation".into(), facet("1-1-0/DocumentationJobFacet", documentation));
        }
        let environment = self.pipeline.environment.as_ref().map(|name| format!(".{name}")).unwrap_or_default();
        json!({
            "eventType": state,
            "eventTime": at.to_string(),
            "run": { "runId": self.run_id, "facets": run },
            "job": { "namespace": format!("hcmsync{environment}"), "name": self.pipeline.options.name, "facets": job },
            "inputs": inputs,
            "outputs": outputs,
            "producer": PRODUCER,
            "schemaURL": format!("{SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent"),
        })
    }
}

/// A facet: who says it, in which form (`VERSION/NAME`), and what.
fn facet(form: &str, mut content: Value) -> Value {
    let name = form.rsplit('/').next().unwrap_or_default();
    content["_producer"] = PRODUCER.into();
    content["_schemaURL"] = format!("{SPEC}/facets/{form}.json#/$defs/{name}").into();
    content
}

/// What else is to be known of a run, in words of our own.
fn tags(tags: &[(&str, &str)]) -> Value {
    let tag = |(key, value): &(&str, &str)| json!({ "key": format!("hcmsync.{key}"), "value": value, "source": "INTEGRATION" });
    facet("1-0-0/TagsRunFacet", json!({ "tags": tags.iter().map(tag).collect::<Vec<_>>() }))
}

/// A failure by its exit code and its diagnostic code; its message names files and servers, and is for the operator alone.
fn told(error: &RunError) -> String {
    let guards = |verdicts: &[Verdict]| {
        let tripped = verdicts.iter().filter(|verdict| verdict.tripped);
        format!(": guards tripped: {}", tripped.map(|verdict| verdict.name.key()).collect::<Vec<_>>().join(", "))
    };
    let of_code = |code: Code| format!(": {code} {}", entry(code).title);
    let by_name = |code: &str| Code::parse(code).map(of_code).unwrap_or_default();
    let code = match error {
        RunError::Fatal(fatal) => of_code(fatal.code),
        RunError::Read(error) => by_name(error.code()),
        RunError::NoColumn(_) => by_name("CSV004"),
        RunError::Unbalanced(_) => by_name("INT001"),
        RunError::Guards { verdicts, .. } => guards(verdicts),
        _ => String::new(),
    };
    format!("exit code {}{code}", error.exit_code())
}

/// RFC 9562, version 7: the moment in milliseconds, then what is random.
fn uuid(now: Timestamp, random: [u8; 10]) -> String {
    let moment = u64::try_from(now.as_millisecond()).unwrap_or_default().to_be_bytes();
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&moment[2..]);
    bytes[6..].copy_from_slice(&random);
    bytes[6] = bytes[6] & 0x0f | 0x70;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_uuid_of_version_7() {
        let now: Timestamp = "2026-11-20T06:00:00Z".parse().unwrap();
        let id = uuid(now, [0xff; 10]);
        assert_eq!(id, "01a1f78a-5300-7fff-bfff-ffffffffffff");
        assert!(uuid(now, [0; 10]).ends_with("-7000-8000-000000000000"));
    }

    #[test]
    fn a_failure_is_told_by_its_codes() {
        assert_eq!(told(&RunError::Stopped), "exit code 130");
        let fatal = RunError::fatal(Code::Src020, "in /home/somebody");
        assert_eq!(told(&fatal), format!("exit code 3: SRC020 {}", entry(Code::Src020).title));
    }
}
