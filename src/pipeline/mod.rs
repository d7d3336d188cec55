//! The pipeline file: the stages' own options, composed in the order of the flow, loaded and checked as a whole before
//! any data is read (`pipeline.md` section 1).

mod as_of;
mod document;
mod extracts;
mod mapping;
mod reporting;
mod scope;
pub mod sketch;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;

pub use as_of::AsOf;
pub use document::PipelineError;
pub use extracts::{Extracts, SideExtract};
pub use mapping::{Instead, output_of};
pub use reporting::{Reporting, countable};
pub use scope::{MANAGER, scope};

use self::mapping::Mappings;
use crate::model::attribute;
use crate::model::kind::Kind;
use crate::model::layout::Layout;
use crate::stages::decrypt::Decrypt;
use crate::stages::fetch::Fetch;
use crate::stages::map::{
    self, Check, CheckPlan, CheckScopes, Compiled, MapRequest, Maps, Output, Over, Select, SourceText,
};
use crate::stages::publish::Publish;
use crate::stages::read::Extract;
use crate::stages::resolve::Resolve;
use crate::stages::validate::guards::Guard;

/// A pipeline: where the extracts come from, how people are resolved, and what the target is given.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The pipeline's name; it stands in the report and the manifest.
    pub name: String,
    /// What it is for, in a sentence.
    pub description: Option<String>,
    /// The time zone in which `today` is; UTC if absent.
    pub timezone: Option<TimeZoneName>,
    /// The as-of date: `today`, a date, `file-name` (the date in the names of the extracts), or `{ column = "…" }`.
    #[serde(default)]
    pub as_of: AsOf,
    /// Whether the extracts carry dated rows (`history`) or one row per object (`snapshot`).
    #[serde(default)]
    pub mode: Mode,
    /// Where the extracts are.
    pub fetch: Option<Fetch>,
    /// The keys that open them; without this table files are taken as they are.
    pub decrypt: Option<Decrypt>,
    /// One table a record kind, and any number of side extracts.
    pub extract: Extracts,
    /// How people are resolved.
    #[serde(default)]
    pub resolve: Resolve,
    /// Who of the resolved is emitted.
    #[serde(default)]
    pub select: Select,
    /// Value maps, used by the fields of outputs.
    #[serde(default)]
    pub maps: Maps,
    /// The pipeline's own rules, over rows or workers.
    #[serde(default)]
    pub check: Vec<Check>,
    /// The files for the target.
    #[serde(default)]
    pub output: Vec<Output>,
    /// What the report shows.
    #[serde(default)]
    pub report: Reporting,
    /// What must hold before anything is published.
    #[serde(default)]
    pub guard: Guard,
    /// Where the run's files go.
    pub publish: Option<Publish>,
    /// `[env.NAME]`: other values for fetch, decrypt, guard and publish, chosen with `--env NAME`.
    #[serde(default)]
    pub env: BTreeMap<String, Environment>,
}

/// What an environment may override: where things are, never what they mean.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    #[schemars(with = "Option<BTreeMap<String, serde_json::Value>>")]
    pub fetch: Option<toml::Table>,
    #[schemars(with = "Option<BTreeMap<String, serde_json::Value>>")]
    pub decrypt: Option<toml::Table>,
    #[schemars(with = "Option<BTreeMap<String, serde_json::Value>>")]
    pub guard: Option<toml::Table>,
    #[schemars(with = "Option<BTreeMap<String, serde_json::Value>>")]
    pub publish: Option<toml::Table>,
}

/// Whether rows are dated (rule 2).
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    #[default]
    History,
    Snapshot,
}

/// A time zone of the IANA database.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct TimeZoneName(pub jiff::tz::TimeZone);

impl TryFrom<String> for TimeZoneName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        jiff::tz::TimeZone::get(&name)
            .map(TimeZoneName)
            .map_err(|_| "no such time zone: write its IANA name, as in \"Europe/London\"".to_owned())
    }
}

/// A pipeline that was read and checked.
#[derive(Debug)]
pub struct Pipeline {
    pub options: Options,
    pub mapping: Compiled,
    pub checks: Vec<CheckPlan>,
    /// What the report reads of people beside the mapping: their columns are kept.
    counted: BTreeSet<String>,
    /// The folder of the file, where relative paths start.
    pub base: PathBuf,
    /// The file as it was named, for messages.
    pub path: String,
    pub text: String,
    /// SHA-256 of the file and of its mapping files, in lower-case hexadecimal.
    pub sha256: String,
    /// `--env NAME`.
    pub environment: Option<String>,
    /// `--to DIR`: the run is published elsewhere, to be looked at, and is not sent.
    pub is_trial: bool,
}

/// What the command line changes about a pipeline.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--env NAME`.
    pub env: Option<String>,
    /// `--from DIR`, in place of `[fetch].from`.
    pub from: Option<PathBuf>,
    /// `--to DIR`, in place of `[publish].to`.
    pub to: Option<PathBuf>,
    /// A mapping file that is tried.
    pub mapping: Option<Instead>,
}

impl Pipeline {
    /// Reads and checks a pipeline file; `variable` looks up what `${NAME}` stands for. Errors carry file, line, column
    /// and a caret under the very word.
    pub fn load(
        path: &Path,
        overrides: &Overrides,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Pipeline, PipelineError> {
        let name = path.display().to_string();
        let text =
            std::fs::read_to_string(path).map_err(|source| PipelineError::Unreadable { path: name.clone(), source })?;
        let source = SourceText { path: &name, text: &text, mappings: &[] };
        let mut options = document::read(source, overrides.env.as_deref(), variable)?;
        document::override_places(&mut options, overrides)?;
        let base = path.parent().map(Path::to_path_buf).unwrap_or_default();
        let mappings = Mappings::lay(&mut options.output, &base, &text, overrides.mapping.as_ref())?;
        let source = SourceText { mappings: &mappings.texts, ..source };
        let mut mistakes = options.extract.mistakes();
        mistakes.extend_from_slice(&mappings.mistakes);
        let separate = options.resolve.emit.files();
        mistakes.extend(separate.filter_map(|file| map::separate_file(file, &options.output)));
        if !mistakes.is_empty() {
            return Err(PipelineError::mistakes(source, &mistakes));
        }
        let names = scope(&options.extract);
        let mut mistakes = options.report.mistakes(&names);
        let of_sides = scope::of_rows(&options.extract);
        let request =
            MapRequest { outputs: &options.output, select: &options.select, maps: &options.maps, rows: &of_sides };
        let mapping = map::compile(&request, &names, &source).map_err(|found| mistakes.extend(found));
        if let Ok(mapping) = &mapping {
            mistakes.extend(mapping.separate_files(options.resolve.emit.files()));
        }
        let (rows, sides) = (scope::of_kinds(&options.extract), options.extract.sides.iter());
        let sides: Vec<_> = sides.map(|side| (*side.name.get_ref(), side.key().to_owned())).collect();
        let scopes = CheckScopes { workers: &names, rows: &rows, sides: &sides };
        let checks = map::compile_checks(&options.check, &scopes, source).map_err(|found| mistakes.extend(found));
        let (Ok(mapping), Ok(checks), true) = (mapping, checks, mistakes.is_empty()) else {
            mistakes.sort_by_key(|mistake| mistake.span.start);
            return Err(PipelineError::mistakes(source, &mistakes));
        };
        let counted = options.report.headcount().into_iter().map(str::to_owned).collect();
        let sha256 = mappings.hash(&text);
        let (environment, is_trial) = (overrides.env.clone(), overrides.to.is_some());
        Ok(Pipeline { options, mapping, checks, counted, base, path: name, sha256, text, environment, is_trial })
    }

    /// The columns of a kind that are kept: those that the rules read, and those that the mapping names.
    pub fn layout(&self, kind: Kind) -> Layout {
        let mut names = self.mapping.attributes();
        names.extend(self.counted.iter().cloned());
        for check in &self.checks {
            names.extend(check.attributes().iter().map(|name| match check.over {
                Over::Workers => name.clone(),
                Over::Rows(kind) => format!("{kind}.{name}"),
            }));
            names.extend(check.target().map(|target| format!("{}.{}", target.extract, target.column)));
        }
        names.extend(self.options.extract.joined().map(|side| side.key().to_owned()));
        // Who moved is told of every run (`placement.csv`), whatever the mapping reads.
        names.insert("BusinessUnitName".to_owned());
        names.extend(self.as_of_column(kind).map(str::to_owned));
        scope::kept(&self.options.extract, kind, &names, self.mapping.outputs())
    }

    /// The column that tells the as-of date, as files of a kind have it: the attribute that its header means there, or the
    /// header itself.
    pub fn as_of_column(&self, kind: Kind) -> Option<&str> {
        let column = self.options.as_of.column()?;
        let own = |extract: &Extract| extract.columns.0.iter().any(|(name, _)| name == column);
        let is_own = self.options.extract.of(kind).is_some_and(own);
        let attribute = attribute::find(kind, column).filter(|_| !is_own);
        Some(attribute.map_or(column, |attribute| attribute.name))
    }

    /// Whether people can be resolved: without assignments only the rows can be judged.
    pub fn is_resolved(&self) -> bool {
        self.options.extract.of(Kind::Assignment).is_some()
    }

    /// Has these attributes kept as well: the report counts people by them.
    pub fn count_by<'a>(&mut self, attributes: impl IntoIterator<Item = &'a str>) {
        self.counted.extend(attributes.into_iter().map(str::to_owned));
    }

    /// Where the run's files go.
    pub fn publish_to(&self) -> Option<PathBuf> {
        self.options.publish.as_ref().map(|publish| self.base.join(&publish.to))
    }

    /// Where the run is sent once it is published; nowhere with `--to`.
    pub fn uploads(&self) -> Option<&Publish> {
        self.options.publish.as_ref().filter(|publish| publish.upload.is_some() && !self.is_trial)
    }
}
