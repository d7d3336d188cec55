//! Tabular targets: Python's csv reads every file back to the cells of our own table, in whatever dialect it was written and
//! however many files it is; pyarrow reads Parquet, with its types.

use std::path::{Path, PathBuf};
use std::process::Command;

use hcmsync::model::charset::Charset;
use hcmsync::people::{Mapped, People};
use hcmsync::pipeline::{Overrides, Pipeline, scope};
use hcmsync::progress::Silent;
use hcmsync::run::{Settings, World};
use hcmsync::stages::map::{FieldPlan, Scope, Type};
use hcmsync::targets::Format;
use serde_json::{Value, json};

use super::{GENERATED, PERSONS, Run};
use crate::product::{HCMSYNC, Place, project};

/// The table of each output, as the program has it before it is written.
fn people(pipeline: &Path, from: Option<&Path>) -> (People, Scope) {
    let overrides = Overrides { from: from.map(Path::to_path_buf), ..Overrides::default() };
    let pipeline = Pipeline::load(pipeline, &overrides, &|_| None).unwrap_or_else(|error| panic!("{error}"));
    let scope = scope(&pipeline.options.extract);
    let now = "2026-11-20T12:00:00Z".parse().unwrap();
    let world = World { now, home: None, agent_socket: None, stopped: &|| false, progress: &Silent };
    let work = tempfile::tempdir().unwrap();
    let people = hcmsync::run::resolve(&pipeline, &Settings::default(), &world, work.path());
    (people.unwrap_or_else(|error| panic!("{error}")), scope)
}

fn spec(mapped: &Mapped, scope: &Scope) -> Value {
    let Mapped { plan, output, rows, .. } = mapped;
    let dialect = &plan.dialect;
    let kind = |field: &FieldPlan| match scope.attribute(&field.name).map(|attribute| attribute.kind) {
        Some(Type::Date) => "date",
        Some(Type::Boolean) => "boolean",
        _ => "text",
    };
    let cells = |row: &u32| (0..output.fields.len()).map(|nth| output.value(*row, nth)).collect::<Vec<_>>();
    json!({
        "header": output.fields.iter().map(|field| &field.name).collect::<Vec<_>>(),
        "types": output.fields.iter().map(kind).collect::<Vec<_>>(),
        "rows": rows.iter().filter(|row| output.takes(**row)).map(cells).collect::<Vec<_>>(),
        "encoding": dialect.encoding.name(),
        "delimiter": char::from(dialect.delimiter.byte()),
        "preamble": dialect.preamble.as_ref().map(|line| &line.0),
        "line_end": dialect.line_end.text(),
        "null": dialect.null.0,
    })
}

impl Run {
    /// The files of an output: one of that name, or numbered ones.
    fn parts(&self, file: &str) -> Vec<PathBuf> {
        let whole = self.path(file);
        let (stem, ending) = file.rsplit_once('.').unwrap();
        if whole.exists() { vec![whole] } else { self.files(&format!("{stem}-"), &format!(".{ending}")) }
    }

    /// Lets the judges read every table of a run, which was made of `pipeline` from `from`; gives the numbers of its files.
    fn tables(&self, target: &str, pipeline: &Path, from: Option<&Path>) -> Vec<usize> {
        let (people, scope) = people(pipeline, from);
        let one = |mapped: &Mapped| {
            let (what, judge) = match mapped.plan.format {
                Format::Parquet => ("parquet", "pyarrow"),
                _ => ("csv", "Python's csv"),
            };
            let spec_file = self.folder.path().join("spec.json");
            std::fs::write(&spec_file, spec(mapped, &scope).to_string()).unwrap();
            let files = self.parts(&mapped.plan.file);
            self.judged(target, judge, "tables.py", &[what, spec_file.to_str().unwrap()], &files);
            files.len()
        };
        people.outputs.iter().map(one).collect()
    }
}

#[test]
fn every_table_is_read_back_to_the_cells_that_it_was_made_of() {
    const TARGETS: [&str; 9] = [
        "csv",
        "entra-bulk-create-csv",
        "google-workspace-csv",
        "midpoint-csv",
        "oci-iam-csv",
        "okta-csv",
        "parquet",
        "qooper",
        "sailpoint-oracle-hcm",
    ];
    for pipeline in TARGETS {
        let path = project(&format!("pipelines/{pipeline}.toml"));
        let counts = Run::of(pipeline, None, "sample").tables(pipeline, &path, None);
        assert!(counts.iter().all(|count| *count == 1), "{pipeline}: {counts:?}");
        // Qooper's pipeline opens encrypted extracts; the generated ones are plain, and have one for Qooper beside them.
        let path = if pipeline == "qooper" { GENERATED.path().join("pipeline.toml") } else { path };
        let from = Some(GENERATED.path());
        Run::of(path.to_str().unwrap(), from, &PERSONS).tables(pipeline, &path, from);
    }
}

/// A pipeline with every attribute of everybody and these tables under its output.
fn pipeline(folder: &Path, tables: &str) -> PathBuf {
    let shipped = std::fs::read_to_string(project("pipelines/csv.toml")).unwrap();
    let shipped = shipped.replace("../sample-data/plain", project("sample-data/plain").to_str().unwrap());
    let path = folder.join("csv.toml");
    std::fs::write(&path, shipped.replace("[guard]\n", &format!("{tables}\n[guard]\n")).replace("\"20%\"", "\"off\""))
        .unwrap();
    path
}

#[test]
fn every_dialect_is_read_back_to_the_cells_that_it_was_made_of() {
    let folder = tempfile::tempdir().unwrap();
    for (tables, is_parted) in [
        ("[output.dialect]\ndelimiter = \"\\t\"\nline_end = \"lf\"\nencoding = \"utf-16\"", false),
        ("[output.dialect]\nencoding = \"utf-16\"\nquote = \"always\"\n[output.limits]\nbytes = 40000", true),
        ("[output.dialect]\nencoding = \"utf-8-bom\"\npreamble = \"version:v1.0\"\nnull = \"NULL\"", false),
        ("[output.dialect]\nencoding = \"windows-1252\"\ndelimiter = \";\"\ndate = \"%d.%m.%Y\"", false),
        ("[output.dialect]\nencoding = \"iso-8859-1\"\ndelimiter = \"|\"\n[output.limits]\nrows = 7", true),
        ("[output.limits]\nrows = 1000000\nbytes = 30000", true),
    ] {
        let pipeline = pipeline(folder.path(), tables);
        let run = Run::of(pipeline.to_str().unwrap(), None, "sample");
        let counts = run.tables("csv, in another dialect", &pipeline, None);
        assert_eq!(counts[0] > 1, is_parted, "{tables}: {counts:?}");
        for file in run.parts("workers.csv") {
            let bytes = std::fs::read(&file).unwrap().len();
            assert!(!tables.contains("bytes = ") || bytes <= 40_000, "{}: {bytes}", file.display());
        }
    }
}

#[test]
fn parquet_has_the_same_bytes_however_many_threads_write_it() {
    let written = |threads: &str| {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(HCMSYNC);
        command.args(["run", "--quiet", "--threads", threads, "--from"]).arg(GENERATED.path());
        command.arg("--to").arg(folder.path()).arg(project("pipelines/parquet.toml"));
        super::succeed(&mut command);
        std::fs::read(folder.path().join("current/workers.parquet")).unwrap()
    };
    let one = written("1");
    assert!(one.len() > 10_000 && one == written("4"));
}

/// What is put together to the names of people whom only a machine could have named so.
const PIECES: [&str; 14] = ["\"", "\"\"", "'", ",", ";", "|", "\t", "\n", " ", "=", "\\", "#", "é", "x"];

#[test]
fn odd_values_are_read_back_as_they_are() {
    let mut place = Place::plain();
    place.rewrite("Person", |bytes| {
        let mut persons = csv::Reader::from_reader(bytes.as_slice());
        let headers = persons.headers().unwrap().clone();
        let known_as = headers.iter().position(|header| header == "KnownAs").unwrap();
        let mut rng = fastrand::Rng::with_seed(1);
        let mut odd = csv::Writer::from_writer(Vec::new());
        odd.write_record(&headers).unwrap();
        for person in persons.records().map(Result::unwrap) {
            let name: String = (0..rng.usize(1..6)).map(|_| PIECES[rng.usize(..PIECES.len())]).collect();
            odd.write_record(person.iter().enumerate().map(|(at, cell)| if at == known_as { &name } else { cell }))
                .unwrap();
        }
        odd.into_inner().unwrap()
    });
    place.edit(
        "\"Employee ID\" = \"PersonNumber\"",
        "\"Employee ID\" = \"PersonNumber\"\nKnown = \"KnownAs\"\nLast = \"LastName\"",
    );
    place.edit("\"qooper-csv\"", "\"csv\"");
    place.edit("\"20%\"", "\"off\"");
    let plain = place.pipeline.clone();
    for dialect in [
        "delimiter = \";\"\nline_end = \"lf\"\nencoding = \"windows-1252\"",
        "delimiter = \"|\"\nencoding = \"utf-16\"",
        "delimiter = \"\\t\"\nquote = \"always\"",
        "null = \"#\"\nencoding = \"utf-8-bom\"\npreamble = \"a,b\"",
    ] {
        let text = plain.replace(
            "[output.fields]",
            &format!("[output.dialect]\n{dialect}\n[output.limits]\nbytes = 5000\n[output.fields]"),
        );
        let path = place.path("pipeline.toml");
        std::fs::write(&path, text).unwrap();
        let run = Run::of(path.to_str().unwrap(), None, "sample");
        assert!(run.tables("csv, odd values", &path, None)[0] > 1, "{dialect}");
        let verified = Command::new(HCMSYNC).arg("verify").arg(run.path("")).output().unwrap();
        assert!(verified.status.success(), "the records are counted: {dialect}");
    }
}

#[test]
fn who_has_a_letter_that_the_encoding_does_not_have_is_quarantined_and_nobody_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let whole = people(&pipeline(folder.path(), ""), None).0;
    let latin = people(&pipeline(folder.path(), "[output.dialect]\nencoding = \"windows-1252\""), None).0;
    let rows = |people: &People| people.outputs[0].rows.len();
    let has_letter = |people: &People| {
        let output = &people.outputs[0].output;
        let value = |row: u32, nth| output.value(row, nth).is_none_or(|value| Charset::Windows1252.has(value));
        let is_written = |row: &&u32| (0..output.fields.len()).all(|nth| value(**row, nth));
        people.outputs[0].rows.iter().filter(is_written).count()
    };
    assert_eq!(has_letter(&latin), rows(&latin));
    let refused = latin.resolved.iter().filter(|person| person.codes.to_string().contains("OUT014")).count();
    assert!(refused > 3 && rows(&latin) + refused <= rows(&whole), "{refused} of {}", rows(&whole));
}
