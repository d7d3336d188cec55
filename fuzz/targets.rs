//! What is fuzzed, a function a target: each takes any bytes and may refuse them as it likes, but not panic, hang, or take more
//! memory than its input is worth. `fuzz_targets/` runs them under libFuzzer, `tests/it/fuzz.rs` with mutations of its own.

use std::cell::RefCell;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use hcmsync::model::date::DateFormat;
use hcmsync::model::kind::Kind;
use hcmsync::pipeline::{Overrides, Pipeline};
use hcmsync::stages::decrypt::{Decrypt, Keys, Limits, decrypt, is_message};
use hcmsync::stages::fetch::{Location, Pattern, date_in_name, generation};
use hcmsync::stages::map::{Attribute, Compiled, MapRequest, Maps, Output, Scope, Select, SourceText, Type, compile};
use hcmsync::stages::normalize::{Seen, Table, Writing, add_file};
use hcmsync::stages::read::{CsvFile, Encoding, Extract};
use polars::prelude::{Column, DataFrame, DataType};
use sequoia_openpgp::Cert;
use sequoia_openpgp::parse::Parse;
use sequoia_openpgp::policy::StandardPolicy;
use sequoia_openpgp::serialize::stream::{Encryptor, Message, Recipient};
use serde::Deserialize;

/// The targets by their names, which are those of the folders of `corpus/`.
pub const TARGETS: [(&str, fn(&[u8])); 5] =
    [("csv", csv), ("expressions", expressions), ("names", names), ("openpgp", openpgp), ("pipeline", pipeline)];

/// The project's folder: this file belongs to two crates of it.
pub fn project() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    if manifest.ends_with("fuzz") { manifest.join("..") } else { manifest.to_owned() }
}

thread_local! {
    /// A pipeline is read from a file.
    static FILE: RefCell<tempfile::NamedTempFile> = RefCell::new(tempfile::NamedTempFile::new().expect("a file"));
}

fn load(text: &[u8]) -> Result<Pipeline, String> {
    FILE.with_borrow_mut(|file| {
        let path = file.path().to_owned();
        std::fs::write(&path, text).expect("written");
        let variable = |name: &str| (!name.starts_with("NO")).then(|| "value".to_owned());
        Pipeline::load(&path, &Overrides::default(), &variable).map_err(|error| format!("{error}{:?}", error.help()))
    })
}

/// A pipeline file: parsed, expanded, compiled; its mistakes are drawn.
pub fn pipeline(data: &[u8]) {
    match load(data) {
        Ok(pipeline) => Kind::ALL.into_iter().for_each(|kind| drop(pipeline.layout(kind))),
        Err(said) => assert!(!said.is_empty()),
    }
}

/// What a CSV file is read for.
static READING: LazyLock<Pipeline> = LazyLock::new(|| {
    let mut text = "name = 'f'\nas_of = '2026-11-20'\n[fetch]\nfrom = '.'\n".to_owned();
    for kind in ["person", "work_relationship", "assignment"] {
        text += &format!("[extract.{kind}]\nfile = '{kind}'\n");
    }
    text += "[[output]]\nprofile = 'csv'\nfile = 'x.csv'\n";
    load(text.as_bytes()).expect("a pipeline")
});

/// An extract, its first byte choosing kind, encoding and mode: headers, rows, cells; each cell also as a date.
pub fn csv(data: &[u8]) {
    let Some((choice, bytes)) = data.split_first() else { return };
    let choose = |step: u8, of: usize| usize::from(choice / step) % of;
    let kind = [Kind::Person, Kind::WorkRelationship, Kind::Assignment][choose(1, 3)];
    let mut options: Extract = toml::from_str("file = 'x'\nallow_empty = true").expect("options");
    options.encoding = [Encoding::Utf8, Encoding::Utf16, Encoding::Windows1252][choose(3, 3)];
    let history = choose(9, 2) == 0;
    let Ok(file) = CsvFile::open("x.csv", kind, bytes.to_vec(), &options, history, &[]) else { return };
    let (iso, own) = (DateFormat::new(None), DateFormat::new(Some("%d/%m/%Y")));
    let (mut line, mut records) = (1, 0);
    for chunk in file.chunks() {
        chunk.for_each(|record| {
            assert!(record.line > line, "lines go up");
            (line, records) = (record.line, records + 1);
            for text in record.iter() {
                let _ = (iso.read(text), own.read(text));
            }
        });
    }
    let mut table = Table::new(READING.layout(kind), true);
    let writing = Writing { dates: iso, nulls: options.nulls.clone(), history };
    add_file(&mut table.rows, &mut Seen::default(), file, &table.layout, &writing, None);
    let counted = table.rows.files[0].records;
    assert_eq!(counted, records, "no record is lost");
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let keys = project().join("sample-data/keys");
    let options: Decrypt = toml::from_str(
        "secret_key = ['customer-key_priv.asc']\nsigner = ['fusion-key_pub.asc']\n\
         passphrase = { command = ['cat', 'passphrase'] }\naccept = ['cast5', 'no-mdc', 'sha1']",
    )
    .expect("options");
    Keys::load(&options, &keys).expect("the sample's keys")
});
static RECIPIENT: LazyLock<Cert> =
    LazyLock::new(|| Cert::from_file(project().join("sample-data/keys/customer-key_pub.asc")).expect("a key"));

/// A message as it comes (first byte even), or what stands inside of one, encrypted anew (odd): behind the integrity check
/// there is as much to go wrong.
pub fn openpgp(data: &[u8]) {
    let Some((choice, bytes)) = data.split_first() else { return };
    let message = if choice % 2 == 0 { bytes.to_vec() } else { encrypted(bytes) };
    let limits = Limits { max_plaintext: 1 << 24, ..Limits::default() };
    let _ = is_message(&message);
    if let Err(error) = decrypt(message, &KEYS, &limits) {
        assert!(!error.to_string().is_empty() && !error.help().is_empty());
    }
}

fn encrypted(inner: &[u8]) -> Vec<u8> {
    let policy = StandardPolicy::new();
    let keys = RECIPIENT.keys().with_policy(&policy, None).for_transport_encryption().map(Recipient::from);
    let mut message = Vec::new();
    let mut writer = Encryptor::for_recipients(Message::new(&mut message), keys).build().expect("an encryptor");
    writer.write_all(inner).expect("written");
    writer.finalize().expect("finished");
    message
}

/// A pattern, a line end, and the name that a server gives a file; also as the address of a server.
pub fn names(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (pattern, name) = text.split_once('\n').unwrap_or((&text, &text));
    if let Ok(pattern) = Pattern::new(pattern) {
        let _ = pattern.takes(name);
    }
    assert_eq!(date_in_name(name), generation(name).map(|stamp| stamp.date));
    if let Ok(location) = Location::try_from(name.to_owned()) {
        assert!(!location.to_string().is_empty());
    }
}

#[derive(Deserialize)]
struct Mapping {
    #[serde(default)]
    select: Select,
    #[serde(default)]
    maps: Maps,
    output: Vec<Output>,
}

static SCOPE: LazyLock<Scope> = LazyLock::new(|| {
    let columns = [("A", Type::Text), ("B", Type::Text), ("D", Type::Date), ("Active", Type::Boolean)];
    let attribute =
        |(name, kind): (&str, Type)| Attribute { name: name.into(), kind, after_selection: false, personal: false };
    Scope { attributes: columns.into_iter().map(attribute).collect(), headers: None }
});
static PEOPLE: LazyLock<DataFrame> = LazyLock::new(|| {
    let text = |name: &str, values: [Option<&str>; 3]| Column::new(name.into(), values);
    let columns = vec![
        text("A", [Some("Čeněk"), None, Some("")]),
        text("B", [Some("1001"), Some("a@b.example"), Some("=1")]),
        Column::new("D".into(), [Some(20_777), None, Some(-1)]).cast(&DataType::Date).expect("dates"),
        Column::new("Active".into(), [Some(true), Some(false), None]),
    ];
    DataFrame::new(3, columns).expect("a table")
});

/// An SQL expression: checked, and if it is right, run on three people.
pub fn expressions(data: &[u8]) {
    let Ok(sql) = std::str::from_utf8(data) else { return };
    let text =
        format!("[[output]]\nprofile = 'csv'\nfile = 'x.csv'\n[output.fields]\nx = {}\n", toml::Value::from(sql));
    let mapping: Mapping = toml::from_str(&text).expect("a mapping");
    let request = MapRequest {
        outputs: &mapping.output,
        select: &mapping.select,
        maps: &mapping.maps,
        rows: &std::collections::BTreeMap::new(),
    };
    let source = SourceText { path: "f.toml", text: &text, mappings: &[] };
    match compile(&request, &SCOPE, &source) {
        Ok(compiled) => run(&compiled),
        Err(mistakes) => mistakes.iter().for_each(|mistake| assert!(!mistake.render(source, false).is_empty())),
    }
}

fn run(compiled: &Compiled) {
    if let Err(error) = compiled.evaluate(0, &PEOPLE, &[], &|_| true) {
        assert!(!error.to_string().is_empty());
    }
}
