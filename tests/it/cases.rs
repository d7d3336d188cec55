//! Every line of `sample-data/cases.csv`, written by hand from the rules, against real runs: on its day, with the rows of the
//! files in any order, and with the files in parts.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::product::{EXTRACTS, Place, project};

type Line = BTreeMap<String, String>;

fn table(text: &str) -> Vec<Line> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

fn cases() -> Vec<Line> {
    table(&fs::read_to_string(project("sample-data/cases.csv")).unwrap())
}

fn days(cases: &[Line]) -> BTreeSet<String> {
    cases.iter().map(|case| case["AsOf"].clone()).collect()
}

/// On another day the sample has more that is odd: nothing but the cases is judged here.
fn place() -> Place {
    let mut place = Place::plain();
    place.edit("max_quarantined = \"20%\"\nmax_rejected = \"5%\"", "max_quarantined = \"off\"\nmax_rejected = \"off\"");
    place
}

/// The published resolution on a day, for which each case of the day is right.
fn resolution_on(place: &Place, day: &str, cases: &[Line]) -> String {
    let to = place.path("out");
    if to.exists() {
        // The guards compare with the published run; each run here is a first one.
        fs::remove_dir_all(to).unwrap();
    }
    place.publishes(&["--quiet", "--as-of", day]);
    let text = place.published("resolution.csv");
    let persons: BTreeMap<String, Line> =
        table(&text).into_iter().map(|line| (line["PersonNumber"].clone(), line)).collect();
    let mut wrong = Vec::new();
    for case in cases.iter().filter(|case| case["AsOf"] == day) {
        let person = &persons[&case["PersonNumber"]];
        for (column, should) in case.iter().filter(|(column, _)| !["Case", "AsOf"].contains(&column.as_str())) {
            if person[column] != *should {
                let (name, number, is) = (&case["Case"], &case["PersonNumber"], &person[column]);
                wrong.push(format!("{name} ({number}) on {day}: {column} is {is:?}, and should be {should:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    text
}

/// The header and the records of an extract; a record may span lines.
fn records(text: &[u8]) -> (csv::ByteRecord, Vec<csv::ByteRecord>) {
    let mut reader = csv::Reader::from_reader(text);
    (reader.byte_headers().unwrap().clone(), reader.byte_records().map(Result::unwrap).collect())
}

fn written(header: &csv::ByteRecord, records: &[csv::ByteRecord]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    std::iter::once(header).chain(records).for_each(|record| writer.write_byte_record(record).unwrap());
    writer.into_inner().unwrap()
}

#[test]
fn every_case_comes_out_as_the_rules_say_on_its_day_in_any_order_of_rows() {
    let cases = cases();
    assert!(cases.len() >= 100 && days(&cases).len() >= 10);
    let place = place();
    let in_order: BTreeMap<String, String> =
        days(&cases).into_iter().map(|day| (day.clone(), resolution_on(&place, &day, &cases))).collect();
    for seed in 1..=4 {
        let mut random = fastrand::Rng::with_seed(seed);
        for name in EXTRACTS {
            place.rewrite(name, |text| {
                let (header, mut records) = records(&text);
                random.shuffle(&mut records);
                written(&header, &records)
            });
        }
        for (day, text) in &in_order {
            assert!(resolution_on(&place, day, &cases) == *text, "on {day} with the rows shuffled by {seed}");
        }
    }
}

#[test]
fn every_case_comes_out_the_same_from_files_in_two_parts() {
    let cases = cases();
    let whole = place();
    let mut random = fastrand::Rng::with_seed(7);
    let parts = place();
    for name in EXTRACTS {
        let path = parts.extract(name);
        let (header, mut records) = records(&fs::read(&path).unwrap());
        fs::remove_file(path).unwrap();
        random.shuffle(&mut records);
        let (one, two) = records.split_at(records.len() / 3);
        for (part, records) in [(1, one), (2, two)] {
            fs::write(parts.path("in").join(format!("{name}_{part}of2.csv")), written(&header, records)).unwrap();
        }
    }
    for day in days(&cases) {
        let text = resolution_on(&whole, &day, &cases);
        assert!(resolution_on(&parts, &day, &cases) == text, "on {day} from two parts");
        assert_eq!(parts.published("users.csv"), whole.published("users.csv"), "on {day}");
        assert_eq!(parts.published("quarantine.csv"), whole.published("quarantine.csv"), "on {day}");
    }
}

/// The cases of `resolution.md` section 11, in its order, each with the names that it has here. The last of them, *every one
/// of these with its input rows shuffled*, is the first test of this file.
const SECTION_11: [(&str, &[&str]); 40] = [
    ("one WR, unflagged", &["one-wr-unflagged"]),
    ("two current, one flagged", &["two-current-one-flagged"]),
    ("two flagged", &["two-current-two-flagged"]),
    ("none flagged", &["two-current-none-flagged"]),
    ("ended flagged beside current unflagged", &["ended-flagged-beside-current-unflagged"]),
    ("rehire whose old INACTIVE row is open-ended and flagged", &["rehire-old-inactive-open-ended-flagged"]),
    ("rehire on the day of termination", &["rehire-on-day-of-termination"]),
    ("global transfer", &["global-transfer"]),
    ("D on the termination date", &["as-of-on-termination-date"]),
    ("and one day later", &["as-of-one-day-after-termination"]),
    ("D on the start date", &["as-of-on-start-date"]),
    ("future hire", &["future-hire"]),
    ("rehire scheduled", &["rehire-scheduled"]),
    ("cancelled WR", &["cancelled-wr"]),
    ("pending only", &["pending-only"]),
    ("pending beside employee", &["pending-beside-employee"]),
    ("pending flagged primary", &["pending-flagged-primary", "pending-flagged-beside-unflagged-employee"]),
    ("pending converted", &["pending-converted"]),
    ("employee and contingent at two employers", &["employee-and-contingent-at-two-employers"]),
    ("primary assignment suspended under a temporary one", &["primary-suspended-under-temporary"]),
    ("global temporary assignment", &["global-temporary-assignment"]),
    ("primary assignment ended inside a live WR", &["primary-assignment-ended-in-live-wr"]),
    ("two changes in one day (N, Y)", &["two-changes-in-one-day"]),
    ("sequence gap", &["sequence-gap"]),
    ("two latest changes on one day", &["two-latest-changes-on-one-day", "two-latest-changes-nothing-decides"]),
    ("overlapping rows", &["overlapping-rows"]),
    ("a gap over D", &["gap-over-as-of"]),
    ("terms rows mixed in", &["terms-rows-mixed-in"]),
    ("offers mixed in", &["offers-mixed-in"]),
    (
        "D before and after the extract's date with flags that have moved",
        &["tutorial-gomez-flags-moved", "flags-that-will-move"],
    ),
    ("one AssignmentId under two persons", &["one-assignment-id-under-two-persons"]),
    ("PersonNumber with and without a leading zero", &["number-with-leading-zero", "number-without-leading-zero"]),
    ("ACTIVE_NO_PROCESS", &["active-no-process", "active-no-process-without-type"]),
    ("a customer's own status", &["own-status-with-type", "own-status-without-type"]),
    ("4712, 9999 and blank ends", &["end-4712", "end-9999", "end-blank"]),
    ("shared e-mail", &["shared-email-both-active", "shared-email-one-active"]),
    ("no e-mail", &["no-email"]),
    ("manager's assignment ended", &["managers-assignment-ended"]),
    ("a manager cycle of two", &["manager-cycle-of-two"]),
    ("self as manager", &["self-as-manager"]),
];

#[test]
fn every_case_of_section_11_is_there_and_in_the_readme() {
    let cases = cases();
    let readme = fs::read_to_string(project("sample-data/README.md")).unwrap();
    for (sentence, names) in SECTION_11 {
        for name in names {
            assert!(cases.iter().any(|case| case["Case"] == *name), "{sentence}: {name} is not in cases.csv");
            assert!(readme.contains(&format!("| {name} | ")), "{sentence}: {name} is not in the README");
        }
    }
    let days_of = |name: &str| cases.iter().filter(|case| case["Case"] == name).count();
    // On both sides of a boundary, and of the extract's own date.
    for name in ["rehire-on-day-of-termination", "as-of-on-termination-date", "as-of-on-start-date", "gap-over-as-of"] {
        assert!(days_of(name) > 1, "{name} is judged on one day alone");
    }
    assert!(days_of("tutorial-gomez-flags-moved") > 1 && days_of("flags-that-will-move") > 1);
}
