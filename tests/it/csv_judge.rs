//! Promise 11 against a second strict reader, Python's `csv` with `strict=True`: what we accept, it reads as the same rows; what
//! it refuses, we refuse; what we refuse and it accepts has one of the faults that it does not know.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Instant;

use fastrand::Rng;
use hcmsync::model::kind::Kind;
use hcmsync::stages::read::{CsvFile, Extract};
use serde_json::Value;

use crate::promise;

/// Rows of a file as JSON, or null where the reader refuses it. An empty line is no row.
const JUDGE: &str = "
import csv, io, json, sys
def rows(text):
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=''), strict=True) if row]
    except csv.Error:
        return None
csv.field_size_limit(1 << 20)
json.dump([rows(text) for text in json.load(sys.stdin)], sys.stdout)
";

fn judged(texts: &[String]) -> Vec<Value> {
    let mut python =
        Command::new("python3").args(["-c", JUDGE]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = python.stdin.take().unwrap();
    let input = serde_json::to_vec(texts).unwrap();
    let feeder = std::thread::spawn(move || stdin.write_all(&input).unwrap());
    let output = python.wait_with_output().unwrap();
    feeder.join().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What is put together to a body: well-formed pieces, and pieces of them.
const WELL_FORMED: &[&str] = &[
    "x,y\n",
    "\"x\",\"y\"\r\n",
    "\"a\n\"\"b\",\n",
    "\n",
    "\r\n",
    ",\r\n",
    "\"\",\"\"\"\"\n",
    "\"\r\n,\",z\n",
    "1,2,3\n",
    "\"\"\n",
    "é,Ł\n",
    " x , \"y\n",
];
const PIECES: &[&str] =
    &["\"", "\"", "\"", ",", ",", "\n", "\r\n", "\r", "\0", "x", "yz", "\"\"", "\",", ",\"", "\"\n", "é", " "];

fn text(rng: &mut Rng) -> String {
    let mut text = String::from("PersonNumber,A\n");
    let mut add = |from: &[&str], most: usize, rng: &mut Rng| {
        (0..rng.usize(..most)).for_each(|_| text.push_str(from[rng.usize(..from.len())]));
    };
    add(&WELL_FORMED[..WELL_FORMED.len() - 1], 8, rng);
    // Half of the files are right but for one place.
    add(PIECES, if rng.bool() { 2 } else { 10 }, rng);
    add(WELL_FORMED, 6, rng);
    text
}

/// Our rows with the header, or the code.
fn ours(text: &str, options: &Extract) -> Result<Vec<Vec<String>>, &'static str> {
    let file =
        CsvFile::open("x.csv", Kind::Person, text.as_bytes().to_vec(), options, false, &[]).map_err(|e| e.code())?;
    let mut rows = vec![vec!["PersonNumber".to_owned(), "A".to_owned()]];
    for chunk in file.chunks() {
        chunk.for_each(|record| rows.push(record.iter().map(str::to_owned).collect()));
    }
    Ok(rows)
}

/// Compares so many files; returns how many were refused by us.
fn compare(seed: u64, files: usize) -> usize {
    let options: Extract = toml::from_str("file = 'x'").unwrap();
    let mut rng = Rng::with_seed(seed);
    let texts: Vec<String> = (0..files).map(|_| text(&mut rng)).collect();
    let mut refused = 0;
    for (text, theirs) in texts.iter().zip(judged(&texts)) {
        match ours(text, &options) {
            Ok(rows) => assert_eq!(serde_json::to_value(rows).unwrap(), theirs, "{text:?}"),
            Err(code) => {
                refused += 1;
                let unknown_to_it = match code {
                    "CSV002" => !text.ends_with('\n'),
                    "CSV007" => text.contains('"'),
                    "CSV008" => text.contains(['\0', '\r']),
                    "CSV009" => text.trim_end() == "PersonNumber,A",
                    _ => false,
                };
                assert!(theirs.is_null() || unknown_to_it, "{code}: {text:?}: {theirs}");
            }
        }
    }
    refused
}

#[test]
fn python_reads_the_same_rows() {
    let started = Instant::now();
    let refused = compare(1, 4_000);
    assert!((1_000..3_500).contains(&refused), "{refused}");
    promise::report(11, "random files against Python's csv, a sample", 4_000, 4_000, started);
}

#[test]
#[ignore = "long: make promises"]
fn promise_11_python_reads_the_same_rows_of_many_files() {
    let started = Instant::now();
    for seed in 2..7 {
        compare(seed, 20_000);
    }
    promise::report(11, "random files against Python's csv, strict", 100_000, 100_000, started);
}
