//! Extracts that are missing or not what they should be (exit 4), and data that stop a run (exit 3).

use std::fs;
use std::os::unix::ffi::OsStrExt;

use super::{Scenario, hold, judge, scenario};
use crate::product::{Place, project};
use crate::publish::snapshot;

fn append(place: &Place, start: &str, bytes: &[u8]) {
    place.rewrite(start, |file| [&file, bytes].concat());
}

/// Fills columns of an extract with one value; a column that is not there is added.
fn fill(place: &Place, start: &str, columns: &[&str], value: &str) {
    place.rewrite(start, |text| {
        let mut reader = csv::Reader::from_reader(&text[..]);
        let mut header = reader.headers().unwrap().clone();
        columns.iter().for_each(|column| {
            if !header.iter().any(|name| name == *column) {
                header.push_field(column);
            }
        });
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&header).unwrap();
        for row in reader.records().map(Result::unwrap) {
            let cell = |(i, name)| if columns.contains(&name) { value } else { row.get(i).unwrap_or_default() };
            writer.write_record(header.iter().enumerate().map(cell)).unwrap();
        }
        writer.into_inner().unwrap()
    });
}

fn rename(place: &Place, start: &str, to: &str) {
    fs::rename(place.extract(start), place.path("in").join(to)).unwrap();
}

#[test]
fn an_extract_that_is_missing_or_unreadable_is_exit_4_with_code_and_line() {
    hold(
        &[
            scenario("no file matches", 4, &["matches the person pattern", "has the extract run?"], |place| {
                fs::remove_file(place.extract("Person")).unwrap();
            }),
            scenario("the folder is not there", 4, &["cannot be read", "[fetch].from"], |place| {
                place.set("from", "\"gone\"")
            }),
            Scenario {
                words: &["--from", "/nowhere"],
                ..scenario("the other folder is not there", 4, &["/nowhere cannot be read"], |_| {})
            },
            scenario("files of two days", 4, &["different generations", "2026-11-19"], |place| {
                rename(place, "Person", "Person_2026-11-19.csv");
            }),
            scenario("a newer file whose name is no UTF-8", 4, &["unusable name", "Person_2026-11-21_"], |place| {
                let name = std::ffi::OsStr::from_bytes(b"Person_2026-11-21_\xfc.csv");
                fs::copy(place.extract("Person"), place.path("in").join(name)).unwrap();
            }),
            scenario("one of two parts", 4, &["2 parts"], |place| {
                rename(place, "Person", "Person_2026-11-20_1of2.csv")
            }),
            scenario(
                "a missing header",
                4,
                &["CSV004 Assignment_2026-11-20.csv, line 1", "\"PersonNumer\""],
                |place| {
                    place.replace_in_line("Assignment", 1, "PersonNumber", "PersonNumer");
                },
            ),
            scenario("two headers that read alike", 4, &["CSV003 Person_2026-11-20.csv, line 1"], |place| {
                place.replace_in_line("Person", 1, "Title", "person_number");
            }),
            scenario("a stray quote", 4, &["CSV007 Assignment_2026-11-20.csv, line 20, column 132"], |place| {
                place.replace_in_line("Assignment", 20, "Vision Operations", "Vision \"Operations");
            }),
            scenario("a quote that closes too early", 4, &["CSV007", "line 20, column 133"], |place| {
                place.replace_in_line("Assignment", 20, "Vision Operations", "\"Vision\" Operations");
            }),
            scenario("a field above 64 KiB", 4, &["CSV007", "line 5"], |place| {
                place.replace_in_line("Assignment", 5, "Vision Operations", &"x".repeat(70_000));
            }),
            scenario("an open quote", 4, &["CSV002 WorkRelationship_2026-11-20.csv"], |place| {
                append(place, "WorkRelationship", b"300100600009999,\"500999,\n");
            }),
            scenario("a NUL", 4, &["CSV008", "line 203, column 4", "a NUL"], |place| {
                append(place, "Person", b"999\0,\n");
            }),
            scenario("a lone CR", 4, &["CSV008", "line 2"], |place| {
                place.replace_in_line("WorkRelationship", 2, "Vision Corporation", "Vision\rCorporation");
            }),
            scenario("an empty file", 4, &["CSV009 Person_2026-11-20.csv", "allow_empty"], |place| {
                place.rewrite("Person", |_| Vec::new());
            }),
            scenario("no row after the header", 4, &["CSV009", "no row after the header"], |place| {
                place.rewrite("Person", |file| file.split_inclusive(|byte| *byte == b'\n').next().unwrap().to_vec());
            }),
            scenario("invalid UTF-8", 4, &["CSV006", "offset 28098", "windows-1252"], |place| {
                append(place, "WorkRelationship", b"300\xff\n");
            }),
            scenario(
                "an OpenPGP message, and no [decrypt]",
                4,
                &["is an OpenPGP message", "add a [decrypt] table"],
                |place| {
                    place.rewrite("Person", |_| {
                        fs::read(project("sample-data/extract/Person_2026-11-20.csv.pgp")).unwrap()
                    });
                },
            ),
            scenario(
                "a header that the pipeline names",
                4,
                &["CSV004 Person_2026-11-20.csv, line 1", "\"Badge No\""],
                |place| {
                    place.edit("[extract.person]\n", "[extract.person]\ncolumns = { Badge = \"Badge No\" }\n");
                    place.edit("\"PersonNumber\"", "\"Badge\"");
                },
            ),
            scenario("a header that only an expression names", 4, &["CSV004", "\"Badge No\"", "columns = "], |place| {
                place.edit("\"PersonNumber\"", "'\"Badge No\"'");
            }),
        ],
        &Place::plain,
    );
}

#[test]
fn data_that_stop_a_run_are_exit_3() {
    hold(
        &[
            scenario("a guard trips", 3, &["the guard max_quarantined tripped: 25 of 200, the limit is 1%"], |place| {
                place.set("max_quarantined", "\"1%\"");
            }),
            scenario("a number that was told beforehand", 3, &["the guard expected_users tripped: 168"], |place| {
                place.edit("[guard]\n", "[guard]\nexpected_users = [40_000, 50_000]\n");
            }),
            scenario("no primary flag anywhere", 3, &["SRC020", "PrimaryAssignmentFlag"], |place| {
                fill(place, "Assignment", &["PrimaryFlag", "PrimaryAssignmentFlag", "PrimaryWorkRelationFlag"], "");
                fill(place, "WorkRelationship", &["PrimaryFlag"], "");
            }),
            scenario("an extract of changes only", 3, &["SRC010", "Person_2026-11-20.csv"], |place| {
                fill(place, "Person", &["ChangesOnly"], "Y");
            }),
            Scenario {
                words: &["--as-of", "2026-11-19"],
                ..scenario("a snapshot of another day", 3, &["ASOF001", "2026-11-20", "2026-11-19"], |place| {
                    place.set("mode", "\"snapshot\"");
                })
            },
            scenario("no date in a name that must have one", 3, &["ASOF002", "Person_latest.csv"], |place| {
                rename(place, "Person", "Person_latest.csv");
            }),
            scenario("files of two days that may be taken", 3, &["ASOF002", "2026-11-19"], |place| {
                place.set("from", "\"in\"\nmax_set_skew = \"48h\"");
                rename(place, "Person", "Person_2026-11-19.csv");
            }),
            scenario(
                "two users with one identifier",
                3,
                &["OUT001", "\"Employee ID\"", "hcmsync help OUT001"],
                |place| {
                    place.edit("\"Employee ID\" = \"PersonNumber\"", "\"Employee ID\" = \"LegalEmployerName\"");
                },
            ),
        ],
        &Place::plain,
    );
}

#[test]
fn half_of_the_people_missing_is_exit_3_again_and_again() {
    let place = Place::plain();
    place.publishes(&["--quiet"]);
    let before = snapshot(&place.path("out"));
    for start in ["Person", "WorkRelationship", "Assignment"] {
        place.rewrite(start, |text| {
            let text = String::from_utf8(text).unwrap();
            // Of the ordinary employees, those below 500250 are left.
            let stays = |line: &&str| !(250..=301).any(|n| line.contains(&format!("500{n}")));
            text.split_inclusive('\n').filter(stays).collect::<String>().into_bytes()
        });
    }
    let cut = scenario("half of the people are missing", 3, &["the guard max_leavers tripped: 52 of 165"], |_| {});
    for _ in 0..2 {
        judge(&cut, &place.run(&[])).unwrap();
        assert_eq!(snapshot(&place.path("out")), before, "a trip does not become what the next run is compared with");
    }
}
