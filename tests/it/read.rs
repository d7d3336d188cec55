//! The READ stage from outside: a corpus of small files, each with its verdict (`resolution.md` rule 28, promise 11).

use std::time::Instant;

use hcmsync::model::kind::Kind;
use hcmsync::stages::read::{CsvFile, Extract, MAX_FIELD, MAX_RECORD, ReadError};

use crate::promise;

fn options(more: &str) -> Extract {
    toml::from_str(&format!("file = 'x'\n{more}")).unwrap()
}

fn open(text: &[u8], more: &str) -> Result<CsvFile, ReadError> {
    CsvFile::open("Person_1.csv", Kind::Person, text.to_vec(), &options(more), false, &[])
}

/// The verdict in a few letters: `CSV007 3:5`, or the lines and fields of the records, `2=[1|x] 3=[2|y]`.
fn verdict(file: Result<CsvFile, ReadError>) -> String {
    match file {
        Ok(file) => {
            let mut records = Vec::new();
            for chunk in file.chunks() {
                chunk.for_each(|record| {
                    let fields: Vec<_> = record.iter().collect();
                    records.push(format!("{}=[{}]", record.line, fields.join("|")));
                });
            }
            records.join(" ")
        }
        Err(error) => {
            assert!(error.to_string().starts_with("Person_1.csv") && !error.help().is_empty());
            let line = error.line().map_or(String::new(), |line| format!(" {line}"));
            format!("{}{line}{}", error.code(), error.column().map_or(String::new(), |column| format!(":{column}")))
        }
    }
}

/// What stands after `PersonNumber,A` and a line end, and the verdict.
const BODIES: &[(&str, &str)] = &[
    // what is read
    ("1,x\n", "2=[1|x]"),
    ("1,x", "2=[1|x]"),
    ("1,x\r\n2,y\r\n", "2=[1|x] 3=[2|y]"),
    ("1,x\r\n2,y", "2=[1|x] 3=[2|y]"),
    ("\n\n1,x\n\r\n\n2,y\n\n", "4=[1|x] 7=[2|y]"),
    ("\"1\",\"x\"\n", "2=[1|x]"),
    ("\"1\",\"x\"", "2=[1|x]"),
    ("1,\"x\ny\"\n2,z\n", "2=[1|x\ny] 4=[2|z]"),
    ("1,\"x\r\ny\"\r\n2,z\r\n", "2=[1|x\r\ny] 4=[2|z]"),
    ("1,\"x\"\"y\"\n", "2=[1|x\"y]"),
    ("1,\"\"\"\"\n", "2=[1|\"]"),
    ("1,\"\"\n", "2=[1|]"),
    ("1,\n", "2=[1|]"),
    ("1,", "2=[1|]"),
    (",\n", "2=[|]"),
    ("1,\"a,b\"\n", "2=[1|a,b]"),
    ("1, x \n", "2=[1| x ]"),
    ("\u{feff}1,x\n", "2=[\u{feff}1|x]"),
    ("1,x\n\u{feff}2,y\n", "2=[1|x] 3=[\u{feff}2|y]"),
    ("1,Zoë\n", "2=[1|Zoë]"),
    // the number of fields costs a row, not the file: CSV001 is the reader's of records
    ("1\n2,y\n", "2=[1] 3=[2|y]"),
    ("1,x,z\n", "2=[1|x|z]"),
    ("1,x,z", "2=[1|x|z]"),
    ("\"\"\n2,y\n", "2=[] 3=[2|y]"),
    (" \n", "2=[ ]"),
    // cut short
    ("1,x\n2", "CSV002 3:1"),
    ("1,x\n\n2", "CSV002 4:1"),
    ("1,x\n\"2\"", "CSV002 3:1"),
    (" ", "CSV002 2:1"),
    ("1,\"x", "CSV002 2:3"),
    ("1,\"x\n2,y\n3,z\n", "CSV002 2:3"),
    ("1,\"", "CSV002 2:3"),
    ("1,\"x\"\"", "CSV002 2:3"),
    ("\"1,x\n", "CSV002 2:1"),
    // quotes
    ("1,\"x\"y\n", "CSV007 2:6"),
    ("1,\"x\" \n", "CSV007 2:6"),
    ("1,\"x\" ,\n", "CSV007 2:6"),
    ("1,\"Zoë\"y\n", "CSV007 2:8"),
    ("1,x\n2,\"x\ny\"z\n", "CSV007 4:3"),
    ("1,x\"y\n", "CSV007 2:4"),
    ("1,x\"\n", "CSV007 2:4"),
    ("1, \"x\"\n", "CSV007 2:4"),
    ("1,x\"y\"\n", "CSV007 2:4"),
    ("1,\"x\n2,\"y\"\n", "CSV007 3:4"),
    ("1,\"\"x\n", "CSV007 2:5"),
    ("1,\"x\"\"\"\"y\"\"\"z\n", "CSV007 2:13"),
    ("1,\"x\";\"y\"\n", "CSV007 2:6"),
    // characters that never may stand there
    ("1,x\0\n", "CSV008 2:4"),
    ("1,\"\0\"\n", "CSV008 2:4"),
    ("1,\"x\"\0\n", "CSV008 2:6"),
    ("1,x\r2,y\n", "CSV008 2:4"),
    ("1,\"x\ry\"\n", "CSV008 2:5"),
    ("1,\"x\"\r\n2,\"y\"\r3", "CSV008 3:6"),
    ("1,x\r\r\n", "CSV008 2:4"),
    ("1,x\r", "CSV008 2:4"),
    ("\r", "CSV008 2:1"),
    // nothing there
    ("", "CSV009"),
    ("\n\r\n\n", "CSV009"),
    // of several the first
    ("1,x\0\n2,\"y\n", "CSV008 2:4"),
    ("1,x\"\n2,y\0\n", "CSV007 2:4"),
];

#[test]
fn promise_11_every_body_has_its_verdict() {
    let started = Instant::now();
    for (body, expected) in BODIES {
        let text = format!("PersonNumber,A\n{body}");
        assert_eq!(verdict(open(text.as_bytes(), "")), *expected, "{body:?}");
        if !expected.starts_with("CSV") && !body.contains("\r") {
            let marked = format!("\u{feff}{text}").replace(',', ";").into_bytes();
            assert_eq!(verdict(open(&marked, "")), expected.replace(',', ";"), "{body:?} with a mark and semicolons");
        }
    }
    promise::report(11, "bodies with their verdict", BODIES.len() as u64, BODIES.len() as u64, started);
}

/// Whole files, the options, and the verdict.
const FILES: &[(&[u8], &str, &str)] = &[
    (b"", "", "CSV009"),
    (b"\xef\xbb\xbf", "", "CSV009"),
    (b"\n\n", "", "CSV009"),
    (b"PersonNumber,A", "", "CSV009"),
    (b"", "allow_empty = true", ""),
    (b"PersonNumber,A\n", "allow_empty = true", ""),
    (b"Number,A\n", "allow_empty = true", "CSV004 1"),
    (b"Number,A\n", "", "CSV009"),
    (b"Number,A\n1,x\n", "", "CSV004 1"),
    (b"\n\nNumber,A\n1,x\n", "", "CSV004 3"),
    (b"PersonNumber,person_number\n1,x\n", "", "CSV003 1"),
    (b"PersonNumber,A,a\n1,x,y\n", "", "CSV003 1"),
    (b"PersonNumber,A,,\n1,x,,\n", "", "CSV003 1"),
    (b"empno,employee no\n1,x\n", "", "CSV003 1"),
    (b"empno,PersonNumber\n1,x\n", "", "2=[1|x]"),
    (b"Number,A\n1,x\n", "columns = { PersonNumber = 'number' }", "2=[1|x]"),
    (b"PersonNumber,A\n1,x\n", "columns = { KnownAs = 'B' }", "CSV004 1"),
    (b"Person\"Number,A\n1,x\n", "", "CSV007 1:7"),
    (b"\"PersonNumber,A\n1,x\n", "", "CSV002 1:1"),
    (b"PersonNumber,A\r1,x\r", "", "CSV008 1:15"),
    (b"\"Person\nNumber\",A\n1,x\n", "", "3=[1|x]"),
    (b"\"Person,Number\";A;B|C\n1;x;y\n", "columns = { PersonNumber = 'Person,Number' }", "2=[1|x|y]"),
    (b"PersonNumber\tA\n1\tx\n", "", "2=[1|x]"),
    (b"PersonNumber|A\n1|x\n", "", "2=[1|x]"),
    (b"PersonNumber~A\n1~x\n", "delimiter = '~'", "2=[1|x]"),
    (b"PersonNumber\n1\n2", "", "2=[1] 3=[2]"),
    (b"PersonNumber,A\n1,\xe9\n", "", "CSV006"),
    (b"PersonNumber,A\n1,\xe9\n", "encoding = 'windows-1252'", "2=[1|é]"),
    (b"PersonNumber,A\n1,\x81\n", "encoding = 'windows-1252'", "CSV006"),
    (b"\xef\xbb\xbfPersonNumber,A\n1,x\n", "encoding = 'windows-1252'", "2=[1|x]"),
    (b"P\0e\0r\0s\0o\0n\0I\0d\0\n\x001\0\n\0", "", "CSV008 1:2"),
    (b"P\0e\0r\0s\0o\0n\0I\0d\0\n\x001\0\n\0", "encoding = 'utf-16'", "CSV004 1"),
    (b"\xff\xfee\0m\0p\0n\0o\0\n\x001\0\n\0", "", "2=[1]"),
    (b"\xfe\xff\0e\0m\0p\0n\0o\0\n\x001\0\n", "", "2=[1]"),
    (b"\xff\xfee\0m\0p\0n\0o\0\n\x001\0\n", "", "CSV006"),
];

#[test]
fn promise_11_every_file_has_its_verdict() {
    let started = Instant::now();
    for (text, more, expected) in FILES {
        assert_eq!(verdict(open(text, more)), *expected, "{:?} {more}", String::from_utf8_lossy(text));
    }
    promise::report(11, "files with their verdict", FILES.len() as u64, FILES.len() as u64, started);
}

#[test]
fn fields_and_records_are_as_long_as_the_limit_and_no_longer() {
    let file = |field: String| verdict(open(format!("PersonNumber,A\n1,{field}\n2,y\n").as_bytes(), ""));
    let long = "x".repeat(MAX_FIELD);
    let doubled = "\"\"".repeat(MAX_FIELD);
    for right in [long.clone(), format!("\"{long}\""), format!("\"{doubled}\"")] {
        assert!(file(right).starts_with("2=[1|"));
    }
    for wrong in [format!("{long}x"), format!("\"{long}x\""), format!("\"{doubled}\"\"\"")] {
        assert_eq!(file(wrong), "CSV007 2:3");
    }
    let fields = |length: usize| {
        let mut record = format!("{long},").repeat(length / (MAX_FIELD + 1));
        record += &"y".repeat(length - record.len());
        verdict(open(format!("PersonNumber,A\n1,x\n{record}\n2,y\n").as_bytes(), ""))
    };
    assert!(fields(MAX_RECORD).starts_with("2=[1|x] 3=["));
    assert_eq!(fields(MAX_RECORD + 1), "CSV007 3:1");
}

#[test]
fn one_open_quote_in_a_large_file_is_found_where_it_stands() {
    let mut lines: Vec<String> = (0..100_000).map(|n| format!("{n},some text of a row that nobody may lose")).collect();
    let whole = format!("PersonNumber,A\n{}\n", lines.join("\n"));
    let mut records = Vec::new();
    let file = open(whole.as_bytes(), "").unwrap();
    assert!(file.chunks().len() > 1 || whole.len() < 1 << 20);
    file.chunks().iter().for_each(|chunk| chunk.for_each(|record| records.push(record.line)));
    assert_eq!(records, (2..=100_001).collect::<Vec<u32>>());
    lines[3] = "3,\"some text".into();
    assert_eq!(verdict(open(format!("PersonNumber,A\n{}\n", lines.join("\n")).as_bytes(), "")), "CSV002 5:3");
}

#[test]
fn columns_are_found_by_attribute_by_the_pipelines_name_and_by_an_unknown_header() {
    let text = b"Person Number,Org Unit,Shoe Size, T-Shirt ,Dept\n1,a,b,c,d\n";
    let more = "columns = { Unit = 'org unit' }";
    let file =
        CsvFile::open("a.csv", Kind::Person, text.to_vec(), &options(more), false, &["Unit", "Shoe Size"]).unwrap();
    assert_eq!(file.headers(), ["Person Number", "Org Unit", "Shoe Size", " T-Shirt ", "Dept"]);
    let found = ["PersonNumber", "Unit", "Shoe Size", "T-Shirt", "Dept"].map(|name| file.column(name));
    assert_eq!(found, [Some(0), Some(1), Some(2), Some(3), Some(4)]);
    assert_eq!((file.column("Org Unit"), file.column("LastName")), (None, None));
    let unknown: Vec<_> = file.notices().iter().map(|notice| (notice.code(), notice.column)).collect();
    assert_eq!(unknown, [("CSV005", 3), ("CSV005", 4), ("CSV005", 5)]);
}

#[test]
fn a_missing_header_is_told_with_the_nearest_and_never_with_a_cell() {
    let missing = |text: &str, kind, history| {
        CsvFile::open("a.csv", kind, text.into(), &options(""), history, &[]).err().map(|error| error.to_string())
    };
    let told = missing("PersonNumbr,A\n1,x\n", Kind::Person, false).unwrap();
    assert_eq!(told, "a.csv, line 1: no header is \"PersonNumber\"; the nearest is \"PersonNumbr\"");
    let told =
        missing("4711,Ada,ada@vision.example,Ada\n4712,Bob,b@vision.example,Bob\n", Kind::Person, false).unwrap();
    assert_eq!(told, "a.csv, line 1: no header is \"PersonNumber\"");
    let told = missing("PersonNumber,AssignmentId\n1,2\n", Kind::Assignment, true).unwrap();
    assert_eq!(told, "a.csv, line 1: no header is \"EffectiveStartDate\"");
    assert_eq!(missing("PersonNumber,AssignmentId\n1,2\n", Kind::Assignment, false), None);
}
