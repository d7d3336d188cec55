//! `run --memory`: people in ranges give the same run, to the last byte, and what cannot be done so is refused at once.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::product::{HCMSYNC, Place, Said};

/// Enough that a limit matters.
const PERSONS: &str = "20000";

/// Everything that can be asked of ranges at once: lists, nested targets, a file of a state, a side extract, a selection,
/// checks, a condition, and an output of the side extract's own rows.
const PIPELINE: &str = "
name = 'ranges'
as_of = 'file-name'
[fetch]
from = 'in'
[decrypt]
secret_key = ['in/keys/customer-key_priv.asc']
passphrase = { file = 'in/keys/passphrase' }
signer = ['in/keys/fusion-key_pub.asc']
[extract.person]
file = 'Person_*.csv.pgp'
[extract.work_relationship]
file = 'WorkRelationship_*.csv.pgp'
[extract.assignment]
file = 'Assignment_*.csv.pgp'
[select]
where = \"LegalEmployerName <> 'Vision India Pvt Ltd'\"
[resolve.emit]
future = { file = 'future.csv' }
[[check]]
name = 'job'
sql = \"JobName <> 'Technician'\"
[[check]]
name = 'hired'
over = 'work_relationship'
sql = \"DateStart > DATE '2010-01-01'\"
[[output]]
profile = 'qooper-csv'
file = 'users.csv'
where = \"GradeCode IS NULL OR GradeCode <> 'G1'\"
[[output]]
profile = 'scim-user'
file = 'users.jsonl'
[[output]]
profile = 'scim-user'
format = 'json-array'
file = 'users.json'
[report]
headcount = ['LegalEmployerName', 'Country']
[guard]
max_quarantined = '20%'
max_rejected = '5%'
[publish]
to = 'out'
";

/// A folder with encrypted extracts of [`PERSONS`] persons and a pipeline.
fn place(pipeline: &str) -> tempfile::TempDir {
    place_of(&["--encrypt"], pipeline)
}

/// The same with plain ones.
fn place_plain(pipeline: &str) -> tempfile::TempDir {
    let of_keys =
        |line: &&str| !["[decrypt]", "secret_key", "passphrase", "signer"].iter().any(|word| line.starts_with(word));
    let lines = pipeline.lines().filter(of_keys).map(|line| format!("{line}\n"));
    place_of(&[], &lines.collect::<String>().replace(".csv.pgp", ".csv"))
}

fn place_of(words: &[&str], pipeline: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut sample = Command::new(HCMSYNC);
    sample.args(["sample", "--quiet", "--persons", PERSONS]).args(words).arg("--out").arg(folder.path().join("in"));
    assert!(sample.output().unwrap().status.success());
    fs::write(folder.path().join("pipeline.toml"), pipeline).unwrap();
    folder
}

fn run(folder: &Path, words: &[&str]) -> Said {
    let file = folder.join("pipeline.toml");
    Said::of(&Command::new(HCMSYNC).arg("run").arg(file).args(words).output().unwrap())
}

/// Every file of the current run, and the name of the run.
fn published(folder: &Path) -> (PathBuf, BTreeMap<PathBuf, Vec<u8>>) {
    let run = fs::canonicalize(folder.join("out/current")).unwrap();
    let (mut files, mut open) = (BTreeMap::new(), vec![run.clone()]);
    while let Some(next) = open.pop() {
        for path in fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else {
                files.insert(path.strip_prefix(&run).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    (run.file_name().unwrap().into(), files)
}

#[test]
fn ranges_give_the_same_run_to_the_last_byte() {
    let folder = place(PIPELINE);
    let said = run(folder.path(), &[]);
    assert_eq!(said.code, 0, "{}", said.all());
    let whole = published(folder.path());
    assert!(whole.1.len() > 10, "{:?}", whole.1.keys());
    let mut most = 0;
    for limit in ["1GiB", "135MiB", "120MiB"] {
        fs::remove_dir_all(folder.path().join("out")).unwrap();
        let said = run(folder.path(), &["--memory", limit]);
        assert_eq!(said.code, 0, "{}", said.all());
        let ranges = said.stderr.lines().filter(|line| line.starts_with("normalize")).count();
        assert!(ranges >= most, "the less memory, the more ranges: {ranges}, {most}");
        most = ranges;
        let parts = published(folder.path());
        assert_eq!(parts.0, whole.0, "it is the same run");
        assert_eq!(parts.1.keys().collect::<Vec<_>>(), whole.1.keys().collect::<Vec<_>>());
        for (path, bytes) in &whole.1 {
            assert!(parts.1[path] == *bytes, "{} within {limit}", path.display());
        }
    }
    assert!(most > 2, "{most}");
    let too_little = run(folder.path(), &["--memory", "64MiB"]);
    assert_eq!(too_little.code, 2);
    assert!(too_little.stderr.contains("64 MiB are too little"), "{}", too_little.stderr);
}

#[test]
fn what_two_ranges_share_and_nothing_ties_is_refused_and_not_written() {
    let folder = place_plain(&PIPELINE.replace(
        "[[output]]\nprofile = 'scim-user'\nfile",
        "[[output]]\nprofile = 'json'\nfile = 'logins.jsonl'\n[output.fields]\n\
         login = { sql = \"CASE WHEN PersonNumber = '1000550' THEN '1019997' ELSE PersonNumber END\", unique = true }\n\
         [[output]]\nprofile = 'scim-user'\nfile",
    ));
    let whole = run(folder.path(), &[]);
    assert_eq!(whole.code, 3, "{}", whole.all());
    assert!(whole.stderr.contains("OUT001"), "{}", whole.stderr);
    let parts = run(folder.path(), &["--memory", "120MiB"]);
    assert_eq!(parts.code, 2, "{}", parts.all());
    assert!(parts.stderr.contains("people in different ranges share values of \"login\""), "{}", parts.stderr);
    assert!(!folder.path().join("out/current").exists());
}

/// Persons of the sample: the first stands in the first range, the others in the last.
const FIRST: &str = "'1000550'";
const LAST: [&str; 2] = ["'1019997'", "'1019998'"];

/// Extends a folder's pipeline by an output in which no two users may have the same login.
fn with_logins(login: &str) -> tempfile::TempDir {
    place_plain(&PIPELINE.replace(
        "[[output]]\nprofile = 'scim-user'\nfile",
        &format!(
            "[[output]]\nprofile = 'scim-user'\nfile = 'logins.jsonl'\n[output.fields]\nuserName = \"{login}\"\nexternalId = 'PersonNumber'\nactive = 'Active'\n\
                  [[output]]\nprofile = 'scim-user'\nfile"
        ),
    ))
}

/// Who is quarantined for having the same user name as another is not emitted either; the first of the three has nobody in its
/// own range who has it, and the two others fall without it too.
#[test]
fn those_who_fall_out_for_sharing_a_value_across_ranges_are_missed_by_nobody() {
    let [second, third] = LAST;
    let folder = with_logins(&format!(
        "CASE WHEN PersonNumber IN ({FIRST}, {second}, {third}) THEN 'same' ELSE CONCAT('u', PersonNumber) END"
    ));
    let whole = run(folder.path(), &[]);
    assert_eq!(whole.code, 0, "{}", whole.all());
    let quarantine = String::from_utf8(published(folder.path()).1[Path::new("quarantine.csv")].clone()).unwrap();
    assert_eq!(quarantine.matches("OUT003").count(), 3, "{quarantine}");
    fs::remove_dir_all(folder.path().join("out")).unwrap();
    let parts = run(folder.path(), &["--memory", "120MiB"]);
    assert_eq!(parts.code, 2, "{}", parts.all());
    assert!(parts.stderr.contains("share values of \"userName\""), "{}", parts.stderr);
    assert!(!folder.path().join("out/current").exists());
    // One person is explained as among all.
    let explained = Command::new(HCMSYNC)
        .args(["explain", "--json"])
        .arg(folder.path().join("pipeline.toml"))
        .arg(FIRST.trim_matches('\''))
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&explained.stdout).contains("OUT003"), "{:?}", Said::of(&explained).all());
}

/// What a value is a copy of ties those who share it: they are judged together in each range.
#[test]
fn those_who_share_an_attribute_that_is_a_user_name_are_judged_together() {
    let folder = with_logins("UPPER(AssignmentNumber)");
    let path = folder.path().join("in/Assignment_2026-11-20.csv");
    let text = fs::read_to_string(&path).unwrap();
    let renamed = text.replace(",E1019997,", ",c1000550,").replace(",E1019998,", ",c1000550,");
    assert!(renamed.contains(",C1000550,") && renamed != text);
    fs::write(&path, renamed).unwrap();
    let whole = run(folder.path(), &[]);
    assert_eq!(whole.code, 0, "{}", whole.all());
    let whole = published(folder.path());
    assert!(String::from_utf8_lossy(&whole.1[Path::new("quarantine.csv")]).matches("OUT003").count() >= 3);
    fs::remove_dir_all(folder.path().join("out")).unwrap();
    let parts = run(folder.path(), &["--memory", "120MiB"]);
    assert_eq!(parts.code, 0, "{}", parts.all());
    assert!(parts.stderr.lines().filter(|line| line.starts_with("normalize")).count() > 2);
    assert!(published(folder.path()) == whole);
}

#[test]
fn an_extract_that_may_be_empty_and_is_stops_no_ranges() {
    let phones = "[extract.phone]\nfile = 'Phone_*.csv'\nallow_empty = true\n[select]";
    let folder = place_plain(&PIPELINE.replace("[select]", phones));
    for content in ["", "PersonNumber,PhoneType,PhoneNumber,DateFrom\n"] {
        fs::write(folder.path().join("in/Phone_2026-11-20.csv"), content).unwrap();
        let said = run(folder.path(), &[]);
        assert_eq!(said.code, 0, "{}", said.all());
        let whole = published(folder.path());
        fs::remove_dir_all(folder.path().join("out")).unwrap();
        let said = run(folder.path(), &["--memory", "120MiB"]);
        assert_eq!(said.code, 0, "{}", said.all());
        assert!(published(folder.path()) == whole, "{content:?}");
        fs::remove_dir_all(folder.path().join("out")).unwrap();
    }
}

#[test]
fn a_file_that_lacks_the_key_of_a_later_one_is_rejected_in_every_range() {
    let folder = place_plain(
        "name = 'parts'\nas_of = 'file-name'\n[fetch]\nfrom = 'in'\n[extract.person]\nfile = 'Person_*.csv'\n\
         [extract.assignment]\nfile = 'Assignment_*.csv'\n[[output]]\nprofile = 'csv'\nfile = 'users.csv'\n\
         [output.fields]\nN = 'PersonNumber'\n[guard]\nmax_quarantined = '20%'\nmax_rejected = '20%'\n[publish]\nto = 'out'\n",
    );
    let whole = folder.path().join("in/Assignment_2026-11-20.csv");
    let mut reader = csv::Reader::from_path(&whole).unwrap();
    let header = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let lacking = rows.iter().filter(|row| row[3].ends_with('7')).count();
    for (part, is_lacking) in [(1, true), (2, false)] {
        let path = folder.path().join(format!("in/Assignment_2026-11-20_{part}of2.csv"));
        let mut writer = csv::Writer::from_path(path).unwrap();
        let written = rows.iter().filter(|row| row[3].ends_with('7') == is_lacking);
        for row in std::iter::once(&header).chain(written) {
            writer
                .write_record(row.iter().enumerate().filter(|(at, _)| !is_lacking || *at != 2).map(|at| at.1))
                .unwrap();
        }
        writer.flush().unwrap();
    }
    fs::remove_file(whole).unwrap();
    assert_eq!((&header[2], &header[3]), ("PeriodOfServiceId", "PersonNumber"));
    let said = run(folder.path(), &[]);
    assert_eq!(said.code, 0, "{}", said.all());
    let (_, whole) = published(folder.path());
    let rejects = String::from_utf8(whole[Path::new("rejects/assignment.csv")].clone()).unwrap();
    let is_one = |line: &&str| line.starts_with("ROW001") && line.contains("_1of2.csv,");
    assert_eq!(rejects.lines().filter(is_one).count(), lacking);
    fs::remove_dir_all(folder.path().join("out")).unwrap();
    let said = run(folder.path(), &["--memory", "115MiB"]);
    assert_eq!(said.code, 0, "{}", said.all());
    assert!(said.stderr.lines().filter(|line| line.starts_with("normalize")).count() > 1, "{}", said.stderr);
    assert!(published(folder.path()).1 == whole, "range by range it is the same, to the last byte");
}

#[test]
fn extracts_that_change_between_two_ranges_stop_the_run() {
    let folder = place(&PIPELINE.replace("from = 'in'", "from = 'in'\nstable_for = '0s'"));
    let extract = folder.path().join("in/Person_2026-11-20.csv.pgp");
    let mut child = Command::new(HCMSYNC)
        .arg("run")
        .arg(folder.path().join("pipeline.toml"))
        .args(["--memory", "120MiB"])
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    for line in std::io::BufRead::lines(std::io::BufReader::new(child.stderr.take().unwrap())).map_while(Result::ok) {
        if line.starts_with("survey") {
            fs::copy(folder.path().join("in/WorkRelationship_2026-11-20.csv.pgp"), &extract).unwrap();
        }
        said += &line;
    }
    assert_eq!(child.wait().unwrap().code(), Some(5), "{said}");
    assert!(said.contains("Person_2026-11-20.csv.pgp"), "{said}");
    assert!(!folder.path().join("out/current").exists());
}

#[test]
fn what_needs_everybody_at_once_is_said_before_anything_is_read() {
    let place = || {
        let mut place = Place::plain();
        place.edit("from = \"in\"", "from = \"nowhere\"");
        place
    };
    for (from, to, why) in [
        ("profile = \"qooper-csv\"", "profile = \"parquet\"", "Parquet is written in columns"),
        ("file = \"users.csv\"", "file = \"users.csv\"\nlimits = { rows = 10 }", "limited in size"),
        ("[guard]", "[resolve]\norder = \"managers-first\"\n[guard]", "managers-first"),
        ("as_of = \"file-name\"", "as_of = { column = \"AsOf\" }", "as_of stands in a column"),
        (
            "\"Email\"",
            "\"Login\" = { sql = \"ManagerUserName\", unique = true, on_null = \"empty\" }\n\"Email\"",
            "reads the manager",
        ),
        ("[guard]", "[[check]]\nname = \"u\"\ncolumn = \"LastName\"\nunique = true\n[guard]", "compares people"),
    ] {
        let mut place = place();
        place.edit(from, to);
        let said = place.run(&["--memory", "4GiB"]);
        assert_eq!(said.code, 2, "{why}: {}", said.all());
        assert!(said.stderr.contains(why) && said.stderr.contains("leave --memory out"), "{why}: {}", said.all());
        assert!(!place.path("out").exists(), "{why}");
    }
    let said = place().run(&["--memory", "4 GB"]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("KiB, MiB or GiB"), "{}", said.stderr);
}
