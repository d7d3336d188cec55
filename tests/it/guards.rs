//! Promise 16 with the built program: every guard below its limit, at it and above it, at zero, off, and on a first run; what a
//! trip leaves; what `--allow` lets through; and a valid set cut short in every way.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

use hcmsync::stages::publish::Manifest;
use hcmsync::stages::validate::guards::Name;

use crate::product::{HCMSYNC, Place, Said};
use crate::promise;
use crate::publish::snapshot;

/// A guard, and a place whose run has this value for it after another run was published.
struct Case {
    guard: &'static str,
    value: u64,
    /// Makes the place have the value; what was published is of the place as it was.
    change: fn(&mut Place),
    words: &'static [&'static str],
}

/// The guards for which more is worse.
const CASES: [Case; 8] = [
    Case { guard: "max_leavers", value: 4, change: |place| drop_persons(place, [282, 286, 290, 294]), words: &[] },
    Case { guard: "max_quarantined", value: 25, change: |_| {}, words: &[] },
    Case { guard: "max_rejected", value: 9, change: |place| reject_rows(place, 9), words: &[] },
    Case { guard: "max_changed", value: 6, change: |place| change_addresses(place, 6), words: &[] },
    Case {
        guard: "max_segment_change",
        value: 4,
        change: |place| drop_persons(place, [282, 286, 290, 294]),
        words: &[],
    },
    Case { guard: "max_set_skew", value: 3600, change: |place| set_ages(place, [7200, 10_800, 7200]), words: &[] },
    Case { guard: "max_origin_changes", value: 1, change: |_| {}, words: &["--env", "test"] },
    Case { guard: "max_origin_changes", value: 1, change: |place| place.set("name", "\"another\""), words: &[] },
];

/// The rows of these ordinary employees, who are of one legal employer, are in none of the extracts.
fn drop_persons(place: &Place, numbers: [u32; 4]) {
    let dropped = numbers.map(|n| format!("500{n}"));
    for start in ["Person", "WorkRelationship", "Assignment"] {
        rows(place, start, |line| !dropped.iter().any(|number| line.contains(number.as_str())));
    }
}

/// Keeps the header and the rows that are wanted.
fn rows(place: &Place, start: &str, wanted: impl Fn(&str) -> bool) {
    place.rewrite(start, |text| {
        let text = String::from_utf8(text).unwrap();
        let mut first = true;
        let kept = text.split_inclusive('\n').filter(|line| std::mem::take(&mut first) || wanted(line));
        kept.collect::<String>().into_bytes()
    });
}

/// So many rows of persons have a start that is no date.
fn reject_rows(place: &Place, count: usize) {
    let number = "EffectiveStartDate";
    place.rewrite("Person", |text| edit(&text, number, count, |_| "tomorrow".into()));
}

/// So many users have another address.
fn change_addresses(place: &Place, count: usize) {
    place.rewrite("Person", |text| edit(&text, "WorkEmail", count, |address| format!("new.{address}")));
}

/// Edits a column of the first rows of ordinary employees.
fn edit(text: &[u8], column: &str, count: usize, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut reader = csv::Reader::from_reader(text);
    let headers = reader.headers().unwrap().clone();
    let place = headers.iter().position(|name| name == column).unwrap();
    let number = headers.iter().position(|name| name == "PersonNumber").unwrap();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&headers).unwrap();
    let mut left = count;
    for row in reader.records().map(Result::unwrap) {
        let is_ordinary = row[number].len() == 6 && row[number].starts_with("5002") && !row[place].is_empty();
        let edits = is_ordinary && left > 0;
        left -= usize::from(edits);
        let cell = |(i, cell): (usize, &str)| if edits && i == place { change(cell) } else { cell.to_owned() };
        writer.write_record(row.iter().enumerate().map(cell)).unwrap();
    }
    assert_eq!(left, 0, "there are too few rows");
    writer.into_inner().unwrap()
}

fn set_ages(place: &Place, seconds: [u64; 3]) {
    for (start, age) in ["Person", "WorkRelationship", "Assignment"].into_iter().zip(seconds) {
        let file = fs::File::options().write(true).open(place.extract(start)).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000 - age)).unwrap();
    }
}

/// Writes `[guard]` anew: every guard is off but this one.
fn only(place: &mut Place, guard: &str, limit: &str) {
    const OFF: [&str; 8] = [
        "max_quarantined",
        "max_rejected",
        "max_leavers",
        "max_joiners",
        "max_changed",
        "max_segment_change",
        "max_origin_changes",
        "min_users",
    ];
    let (before, rest) = place.pipeline.split_once("[guard]\n").unwrap();
    let after = rest.split_once("[publish]").unwrap().1;
    let off: String = OFF.iter().filter(|name| **name != guard).map(|name| format!("{name} = \"off\"\n")).collect();
    place.pipeline = format!("{before}[guard]\n{guard} = {limit}\n{off}[publish]{after}");
}

/// A place where the sample was published without guards, and `old` holds what that left.
fn published() -> Place {
    let mut place = Place::plain();
    place.pipeline.push_str("[env.test.fetch]\nfrom = \"in\"\n");
    set_ages(&place, [7200, 7200, 7200]);
    only(&mut place, "min_users", "1");
    place.publishes(&["--quiet"]);
    fs::rename(place.path("out"), place.path("old")).unwrap();
    place
}

/// Puts back what was published.
fn restore(place: &Place) {
    let _ = fs::remove_dir_all(place.path("out"));
    assert!(Command::new("cp").arg("-a").arg(place.path("old")).arg(place.path("out")).status().unwrap().success());
}

fn manifest(place: &Place) -> Manifest {
    Manifest::load(&fs::canonicalize(place.path("out/current")).unwrap()).unwrap()
}

/// A limit as the pipeline writes it.
fn limit(guard: &str, value: u64) -> String {
    if guard == "max_set_skew" { format!("\"{value}s\"") } else { value.to_string() }
}

#[test]
fn each_guard_trips_above_its_limit_and_stops_again_until_it_is_allowed() {
    let (started, mut tried) = (Instant::now(), 0);
    for Case { guard, value, change, words } in CASES {
        let mut place = published();
        change(&mut place);
        for (text, trips) in [
            (limit(guard, value + 1), false),
            (limit(guard, value), false),
            (limit(guard, value - 1), true),
            (limit(guard, 0), true),
            ("\"off\"".to_owned(), false),
        ] {
            restore(&place);
            only(&mut place, guard, &text);
            let before = snapshot(&place.path("out"));
            let said = place.run(words);
            assert_eq!(said.code, if trips { 3 } else { 0 }, "{guard} = {text}: {}", said.all());
            tried += 1;
            if trips {
                assert!(said.stderr.contains(&format!("the guard {guard}")), "{}", said.stderr);
                assert_eq!(snapshot(&place.path("out")), before, "{guard} = {text}: a trip changes nothing");
                assert_eq!(place.run(words).code, 3, "{guard} = {text}: and is not what the next run is compared with");
                continue;
            }
            let manifest = manifest(&place);
            let verdict = manifest.guards.iter().find(|verdict| verdict.name.key() == guard).unwrap();
            assert_eq!((verdict.value, verdict.off), (Some(value), text == "\"off\""), "{guard} = {text}: {verdict:?}");
            let report = place.published("report.json");
            assert!(!verdict.off || report.contains("\"off\": true"), "what is off shows in the report");
        }
        // Allowed once: it stands in the manifest, beside the hash of the input that it was for.
        restore(&place);
        only(&mut place, guard, &limit(guard, 0));
        let allow = format!("{guard}={}", limit(guard, value).trim_matches('"'));
        let less = format!("{guard}={}", limit(guard, value - 1).trim_matches('"'));
        assert_eq!(place.run(&[words, &["--allow", &less][..]].concat()).code, 3, "{less}");
        place.publishes(&[words, &["--allow", &allow][..]].concat());
        let manifest = manifest(&place);
        assert_eq!(manifest.allowed.len(), 1, "{:?}", manifest.allowed);
        assert!(!manifest.input_hash.is_empty() && manifest.previous_run.is_some());
        let verdict = manifest.guards.iter().find(|verdict| verdict.name.key() == guard).unwrap();
        assert!(verdict.allowed_by.is_some() && !verdict.tripped, "{verdict:?}");
        tried += 2;
    }
    promise::report(16, "guards at their limits, off, and allowed", tried, tried, started);
}

#[test]
fn what_was_allowed_stands_in_the_manifest_though_the_same_was_published_before() {
    let mut place = Place::plain();
    place.edit("[guard]\n", "[guard]\nmax_changed = 0\n");
    place.publishes(&["--quiet"]);
    let first = manifest(&place);
    assert!(first.allowed.is_empty());
    let extract = place.extract("Person");
    let before = fs::read(&extract).unwrap();
    change_addresses(&place, 6);
    place.publishes(&["--quiet", "--allow", "max_changed=off"]);
    // And back to what was published without a word.
    fs::write(&extract, before).unwrap();
    assert_eq!(place.run(&["--quiet"]).code, 3);
    place.publishes(&["--quiet", "--allow", "max_changed=6"]);
    let allowed = manifest(&place);
    assert_eq!(
        (allowed.allowed.as_slice(), &allowed.input_hash),
        (&["max_changed=6".to_owned()][..], &first.input_hash)
    );
    assert!(allowed.guards.iter().any(|verdict| verdict.allowed_by.is_some()), "{:?}", allowed.guards);
    assert_ne!(allowed.run, first.run);
    let kept = snapshot(&place.path("out"));
    place.publishes(&["--quiet", "--allow", "max_changed=6"]);
    assert_eq!(snapshot(&place.path("out")), kept, "the same, allowed the same, is the same run");
}

#[test]
fn guards_of_the_least_and_of_what_is_expected() {
    let (started, mut tried) = (Instant::now(), 0);
    let mut place = Place::plain();
    for (guard, text, trips) in [
        ("min_users", "168", false),
        ("min_users", "169", true),
        ("min_users", "\"off\"", false),
        ("expected_users", "[168, 168]", false),
        ("expected_users", "[167, 169]", false),
        ("expected_users", "[169, 200]", true),
        ("expected_users", "[1, 167]", true),
        ("expected_users", "\"off\"", false),
        ("min_rows", "{ person = 200 }", false),
        ("min_rows", "{ person = 201 }", true),
        ("min_rows", "10_000", true),
        ("min_rows", "\"off\"", false),
    ] {
        let _ = fs::remove_dir_all(place.path("out"));
        only(&mut place, guard, text);
        let said = place.run(&[]);
        assert_eq!(said.code, if trips { 3 } else { 0 }, "{guard} = {text}: {}", said.all());
        assert_eq!(place.path("out/current").exists(), !trips);
        tried += 1;
    }
    promise::report(16, "the least, and what is expected, on a first run", tried, tried, started);
}

#[test]
fn a_first_run_says_what_it_cannot_judge_and_every_run_shows_what_is_off() {
    let (mut place, started) = (Place::plain(), Instant::now());
    place.publishes(&[]);
    let first = manifest(&place);
    for name in [Name::MaxLeavers, Name::MaxJoiners, Name::MaxChanged, Name::MaxSegmentChange, Name::MaxOriginChanges] {
        let verdict = first.guards.iter().find(|verdict| verdict.name == name).unwrap();
        assert!(verdict.value.is_none() && verdict.note.as_ref().unwrap().contains("no run has been published yet"));
    }
    assert!(first.guards[0].note.as_ref().unwrap().contains("expected_users is not set"), "{:?}", first.guards[0]);
    place.edit("[guard]\n", "[guard]\nmax_leavers = \"off\"\n");
    place.publishes(&[]);
    let report: serde_json::Value = serde_json::from_str(&place.published("report.json")).unwrap();
    let off: Vec<&serde_json::Value> =
        report["guards"].as_array().unwrap().iter().filter(|guard| guard["off"] == true).collect();
    assert!(off.len() == 1 && off[0]["name"] == "max_leavers" && off[0]["limit"] == "off", "{off:?}");
    promise::report(16, "a first run, and a guard that is off", 7, 7, started);
}

/// A place with people of whom none is odd, published with the guards that nobody set.
fn ordinary() -> Place {
    let mut place = Place::plain();
    let made = Command::new(HCMSYNC)
        .args(["sample", "--persons", "500", "--seed", "5", "--plain-people", "--quiet", "--out"])
        .arg(place.path("made"))
        .output()
        .unwrap();
    assert_eq!(Said::of(&made).code, 0);
    for start in ["Person", "WorkRelationship", "Assignment"] {
        let made = fs::read_dir(place.path("made")).unwrap().map(|entry| entry.unwrap().path());
        let made =
            made.into_iter().find(|path| path.file_name().unwrap().to_str().unwrap().starts_with(start)).unwrap();
        fs::copy(made, place.extract(start)).unwrap();
    }
    only(&mut place, "min_users", "1");
    let (before, rest) = place.pipeline.split_once("[guard]\n").unwrap();
    place.pipeline = format!("{before}[publish]{}", rest.split_once("[publish]").unwrap().1);
    place.publishes(&["--quiet"]);
    place
}

#[test]
fn a_set_that_was_cut_short_in_a_hundred_ways_is_stopped_a_hundred_times() {
    const STEPS: usize = 35;
    let (place, started, mut stopped) = (ordinary(), Instant::now(), 0);
    let before = snapshot(&place.path("out"));
    let whole =
        ["Person", "WorkRelationship", "Assignment"].map(|start| (start, fs::read(place.extract(start)).unwrap()));
    let put = |cut: &dyn Fn(&str, &[u8]) -> Vec<u8>| {
        whole.iter().for_each(|(start, bytes)| fs::write(place.extract(start), cut(start, bytes)).unwrap());
    };
    let stops = |what: String| {
        let said = place.run(&[]);
        assert!(matches!(said.code, 3 | 4), "{what}: exit {}: {}", said.code, said.all());
        assert_eq!(snapshot(&place.path("out")), before, "{what}");
    };
    // Each file at each place, within a row as it comes; then all files at the same share of theirs, at the end of a row.
    for step in 1..STEPS {
        for (cut_one, _) in &whole {
            put(&|start, bytes| {
                if start == *cut_one { bytes[..bytes.len() * step / STEPS].to_vec() } else { bytes.to_vec() }
            });
            stops(format!("{cut_one} at {step}/{STEPS}"));
            stopped += 1;
        }
        put(&|_, bytes| at_a_row(bytes, step, STEPS));
        stops(format!("all at {step}/{STEPS}"));
        stopped += 1;
    }
    // In the stated blind zone: five of five hundred.
    put(&|_, bytes| at_a_row(bytes, 99, 100));
    place.publishes(&["--quiet"]);
    promise::report(16, "a valid set cut short", stopped, stopped, started);
}

/// The first rows of a file, as whole rows.
fn at_a_row(bytes: &[u8], step: usize, steps: usize) -> Vec<u8> {
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    lines[..lines.len() * step / steps].concat()
}
