//! The datasets of a run: an input for each extract, by the place and the pattern of its files, and an output for each file
//! that is made of fields, by the place where consumers read it. Both are called the same on every day.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::facet;
use crate::model::kind::Kind;
use crate::pipeline::Pipeline;
use crate::report::CheckResult;
use crate::stages::fetch::Location;
use crate::stages::map::{FieldLineage, Read, Role};
use crate::stages::publish::{Manifest, manifest};
use crate::stages::validate::guards::Verdict;

/// Where the datasets of a pipeline are.
pub(super) struct Datasets {
    /// By the name of the extract.
    inputs: BTreeMap<String, Place>,
    /// The folder of the outputs.
    to: PathBuf,
}

/// What a catalogue knows a dataset by. No login stands in it.
#[derive(Clone)]
struct Place {
    namespace: String,
    name: String,
}

/// Local files, in OpenLineage's words.
const LOCAL: &str = "file";

impl Datasets {
    pub fn of(pipeline: &Pipeline) -> Datasets {
        let (namespace, folder) = match pipeline.options.fetch.as_ref().map(|fetch| &fetch.from) {
            Some(Location::Sftp(remote)) => (remote.server_uri(), remote.path().to_owned()),
            Some(Location::Folder(folder)) => (LOCAL.to_owned(), plain(&pipeline.base.join(folder))),
            None => (LOCAL.to_owned(), String::new()),
        };
        let extracts = &pipeline.options.extract;
        let kinds = extracts.iter().map(|(kind, extract)| (kind.name(), extract.file.as_str()));
        let files = kinds.chain(extracts.sides.iter().map(|side| (*side.name.get_ref(), side.extract.file.as_str())));
        let place = |(kind, pattern): (&str, &str)| {
            let name = format!("{}/{pattern}", folder.trim_end_matches('/'));
            (kind.to_owned(), Place { namespace: namespace.clone(), name })
        };
        Datasets { inputs: files.map(place).collect(), to: pipeline.publish_to().unwrap_or_default() }
    }

    /// The inputs, with what is known of them: of a run that was published its manifest, and what was checked.
    pub fn inputs(&self, run: Option<&Manifest>, guards: &[Verdict], checks: &[CheckResult]) -> Vec<Value> {
        let input = |(extract, place): (&String, &Place)| {
            let (mut facets, mut own) = (Map::new(), Map::new());
            if let Some(manifest) = run {
                let files: Vec<&manifest::Input> =
                    manifest.inputs.iter().filter(|input| input.kind == *extract).collect();
                let hashes: Vec<&str> = files.iter().map(|file| file.sha256.as_str()).collect();
                facets.insert("version".into(), version(&hashes.join(" ")));
                facets.insert("schema".into(), schema(read_columns(extract, manifest)));
                let statistics = json!({
                    "rowCount": files.iter().map(|file| file.rows).sum::<u64>(),
                    "size": files.iter().map(|file| file.bytes).sum::<u64>(),
                    "fileCount": files.len(),
                });
                own.insert("inputStatistics".into(), facet("1-0-0/InputStatisticsInputDatasetFacet", statistics));
            }
            let assertions = self.assertions(extract, guards, checks);
            if !assertions.is_empty() {
                let form = "1-1-0/DataQualityAssertionsDatasetFacet";
                own.insert("dataQualityAssertions".into(), facet(form, json!({ "assertions": assertions })));
            }
            let Place { namespace, name } = place;
            json!({ "namespace": namespace, "name": name, "facets": facets, "inputFacets": own })
        };
        self.inputs.iter().map(input).collect()
    }

    /// What was asserted of an extract. What is asserted of people, of whom several extracts tell, stands with the assignments.
    fn assertions(&self, extract: &str, guards: &[Verdict], checks: &[CheckResult]) -> Vec<Value> {
        let is_here = |of: Option<&str>| match of.filter(|of| self.inputs.contains_key(*of)) {
            Some(of) => of == extract,
            None => extract == Kind::Assignment.name(),
        };
        let judged = guards.iter().filter(|guard| guard.value.is_some() && !guard.off && is_here(guard.of.as_deref()));
        let of_guard = |guard: &Verdict| {
            let value = guard.value.unwrap_or_default();
            json!({
                "assertion": format!("guard.{}", guard.name.key()),
                "success": !guard.tripped,
                "severity": "error",
                "expected": guard.limit,
                "actual": guard.base.map_or_else(|| value.to_string(), |base| format!("{value} of {base}")),
            })
        };
        let of_check = |check: &CheckResult| {
            json!({
                "assertion": "custom_sql",
                "name": check.name,
                "success": check.count == 0,
                "severity": if check.severity == 'E' { "error" } else { "warn" },
                "description": check.message,
                "content": check.condition,
                "contentType": "expression",
                "actual": check.count.to_string(),
                "expected": "0",
            })
        };
        let checks = checks.iter().filter(|check| check.judged.is_some() && is_here(Some(check.over)));
        judged.map(of_guard).chain(checks.map(of_check)).collect()
    }

    /// The outputs of a run that was published.
    pub fn outputs(&self, manifest: &Manifest) -> Vec<Value> {
        let outputs = manifest.outputs.iter().filter(|output| !output.fields.is_empty());
        let to = plain(&self.to);
        let output = |output: &manifest::Output| {
            let mut statistics = json!({ "size": output.bytes, "fileCount": 1 });
            if let Some(rows) = output.rows {
                statistics["rowCount"] = rows.into();
            }
            let fields = output.fields.iter().map(|field| (field.name.clone(), field.expression.clone()));
            json!({
                "namespace": LOCAL,
                "name": format!("{to}/current/{}", output.path),
                "facets": {
                    "version": version(&output.sha256),
                    "schema": schema(fields),
                    "columnLineage": self.column_lineage(&output.fields),
                },
                "outputFacets": {
                    "outputStatistics": facet("1-0-2/OutputStatisticsOutputDatasetFacet", statistics),
                },
            })
        };
        outputs.map(output).collect()
    }

    /// Field by field the columns that its value is made of, and for all of the dataset the columns of the conditions.
    fn column_lineage(&self, fields: &[FieldLineage]) -> Value {
        let mut of_fields = Map::new();
        for field in fields {
            let reads = field.reads.iter().filter(|read| read.role != Role::Filter);
            let inputs: Vec<Value> = reads.filter_map(|read| self.column(read, Some(field))).collect();
            of_fields.insert(field.name.clone(), json!({ "inputFields": inputs }));
        }
        let filters = fields.iter().flat_map(|field| &field.reads).filter(|read| read.role == Role::Filter);
        let filters: BTreeSet<&Read> = filters.collect();
        let dataset: Vec<Value> = filters.into_iter().filter_map(|read| self.column(read, None)).collect();
        facet("1-2-0/ColumnLineageDatasetFacet", json!({ "fields": of_fields, "dataset": dataset }))
    }

    /// A column of an input, and what is done with it; `None` for what stands in no file.
    fn column(&self, read: &Read, field: Option<&FieldLineage>) -> Option<Value> {
        let Place { namespace, name } = self.inputs.get(read.extract.as_ref()?)?;
        let is_copied = |field: &FieldLineage| field.map.is_none() && field.expression.trim() == read.name;
        let (kind, subtype) = match read.role {
            Role::Value if field.is_some_and(is_copied) => ("DIRECT", "IDENTITY"),
            Role::Value => ("DIRECT", "TRANSFORMATION"),
            Role::Join => ("INDIRECT", "JOIN"),
            Role::Filter => ("INDIRECT", "FILTER"),
        };
        let transformation = json!({ "type": kind, "subtype": subtype, "masking": false });
        let column = read.header.as_ref()?;
        Some(json!({ "namespace": namespace, "name": name, "field": column, "transformations": [transformation] }))
    }
}

/// The columns of an extract that some field reads, by header, each with its attribute.
fn read_columns(extract: &str, manifest: &Manifest) -> BTreeMap<String, String> {
    let reads = manifest.outputs.iter().flat_map(|output| &output.fields).flat_map(|field| &field.reads);
    let own = reads.filter(|read| read.extract.as_deref() == Some(extract));
    own.filter_map(|read| Some((read.header.clone()?, read.attribute.clone()?))).collect()
}

/// Fields by name, each with a description.
fn schema<F: IntoIterator<Item = (String, String)>>(fields: F) -> Value {
    let field = |(name, description): (String, String)| json!({ "name": name, "description": description });
    facet("1-2-0/SchemaDatasetFacet", json!({ "fields": fields.into_iter().map(field).collect::<Vec<_>>() }))
}

fn version(version: &str) -> Value {
    facet("1-0-1/DatasetVersionDatasetFacet", json!({ "datasetVersion": version }))
}

/// A path without `..` and links, as far as it is there already.
fn plain(path: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    absolute.canonicalize().unwrap_or(absolute).display().to_string()
}
