//! The generator against what it promises: the same seed gives the same bytes, and the answers are those of the rules.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::*;
use crate::model::date::day;

type Row = HashMap<String, String>;

fn request(persons: u64, seed: u64) -> Request {
    Request { persons, seed, as_of: day(2026, 11, 20), oddities: true }
}

fn bytes(request: &Request) -> ([Vec<u8>; 4], Summary) {
    let mut parts: [Vec<u8>; 4] = Default::default();
    let summary = generate(request, &mut |part, bytes| {
        parts[part as usize].extend_from_slice(bytes);
        Ok(())
    });
    (parts, summary.unwrap())
}

fn tables(request: &Request) -> [Vec<Row>; 4] {
    bytes(request).0.map(|text| csv::Reader::from_reader(&text[..]).deserialize().map(Result::unwrap).collect())
}

fn column<'a>(rows: &'a [Row], name: &str) -> HashSet<&'a str> {
    rows.iter().map(|row| row[name].as_str()).collect()
}

#[test]
fn the_same_seed_writes_the_same_bytes_and_another_one_does_not() {
    assert_eq!(bytes(&request(3000, 1)), bytes(&request(3000, 1)));
    assert_ne!(bytes(&request(3000, 1)).0, bytes(&request(3000, 2)).0);
}

#[test]
fn counts_are_those_of_the_rows_and_of_a_real_company() {
    let request = request(50_000, 7);
    let (parts, summary) = bytes(&request);
    for (text, (rows, size)) in parts.iter().zip(summary.rows.into_iter().zip(summary.bytes)) {
        assert_eq!(text.len() as u64, size);
        assert_eq!(csv::Reader::from_reader(&text[..]).records().map(Result::unwrap).count() as u64, rows);
    }
    let [persons, relationships, assignments, answers] = summary.rows;
    assert_eq!((summary.persons, answers), (50_000, 50_000));
    assert!((50_000..53_000).contains(&persons), "{persons}");
    assert!((58_000..62_000).contains(&relationships), "{relationships}");
    assert!((72_000..80_000).contains(&assignments), "{assignments}");
    assert!((70..200).contains(&summary.odd_persons), "{}", summary.odd_persons);
}

#[test]
fn every_oddity_is_there_from_500_persons_up() {
    for persons in [500, 501, 777, 5000] {
        let [.., answers] = tables(&request(persons, 3));
        let seen = column(&answers, "Oddity");
        for turn in 0..oddity::COUNT {
            assert!(seen.contains(oddity::of_turn(turn).code), "{} at {persons}", oddity::of_turn(turn).code);
        }
    }
}

#[test]
fn a_pair_is_always_two() {
    for persons in (0..900).step_by(13) {
        let [.., answers] = tables(&request(persons, 3));
        let mut count: BTreeMap<&str, u64> = BTreeMap::new();
        answers.iter().for_each(|row| *count.entry(&row["Oddity"]).or_default() += 1);
        for turn in 0..oddity::COUNT {
            let odd = oddity::of_turn(turn);
            let holders = count.get(odd.code).copied().unwrap_or(0);
            assert!(!odd.pair || holders % 2 == 0, "{} has {holders} of {persons}", odd.code);
        }
    }
}

#[test]
fn nobody_is_odd_where_no_oddities_are_wanted() {
    let plain = Request { oddities: false, ..request(2000, 3) };
    assert_eq!(column(&tables(&plain)[3], "Oddity"), HashSet::from([""]));
}

#[test]
fn answers_are_persons_once_each_and_their_assignments_exist() {
    let [persons, relationships, assignments, answers] = tables(&request(4000, 5));
    assert_eq!(column(&answers, "PersonNumber").len(), answers.len());
    let (known, employed) = (column(&persons, "PersonNumber"), column(&relationships, "PersonNumber"));
    let owner: HashSet<(&str, &str)> =
        assignments.iter().map(|row| (row["AssignmentId"].as_str(), row["PersonNumber"].as_str())).collect();
    for row in &answers {
        let number = row["PersonNumber"].as_str();
        assert!(known.contains(number) || row["Oddity"] == "PER020", "{row:?}");
        assert_eq!(employed.contains(number), row["WorkerState"] != "NO_EMPLOYMENT", "{row:?}");
        assert!(row["AssignmentId"].is_empty() || owner.contains(&(row["AssignmentId"].as_str(), number)), "{row:?}");
        assert!(
            !row["Oddity"].is_empty() || !row["AssignmentId"].is_empty(),
            "{row:?}: an ordinary person has an assignment"
        );
    }
}

#[test]
fn ordinary_addresses_are_unique_and_ordinary_managers_are_current() {
    let plain = Request { oddities: false, ..request(4000, 5) };
    let [persons, _, assignments, answers] = tables(&plain);
    let owners: HashSet<(&str, &str)> =
        persons.iter().map(|row| (row["WorkEmail"].as_str(), row["PersonNumber"].as_str())).collect();
    assert_eq!(owners.len(), column(&persons, "WorkEmail").len());
    let current: HashSet<&str> =
        answers.iter().filter(|row| row["WorkerState"] == "CURRENT").map(|row| row["AssignmentId"].as_str()).collect();
    let managers = column(&assignments, "ManagerAssignmentId");
    assert!(managers.len() > 200, "a tree, not a star");
    assert!(managers.into_iter().all(|manager| manager.is_empty() || current.contains(manager)));
}

#[test]
fn an_error_of_the_writer_ends_it() {
    let failed = generate(&request(10, 1), &mut |_, _| Err(io::Error::other("disk full")));
    assert_eq!(failed.unwrap_err().to_string(), "disk full");
}

#[test]
fn files_are_named_by_the_pattern_of_the_pipelines() {
    let names = Part::ALL.map(|part| part.file_name(day(2026, 11, 20)));
    assert_eq!(
        names,
        ["Person_2026-11-20.csv", "WorkRelationship_2026-11-20.csv", "Assignment_2026-11-20.csv", "answers.csv"]
    );
}
