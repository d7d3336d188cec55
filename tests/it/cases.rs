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
