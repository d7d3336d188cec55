//! The as-of date from a column of the extracts (rules 1 and 2).

use crate::product::{EXTRACTS, Place, Said};

/// The sample, each extract with one more column that says the day of each of its rows, by row.
fn place(day: impl Fn(&str, usize) -> String) -> Place {
    place_with("Made for", "Made for", day)
}

/// The same, where the pipeline names the column so, and the extracts bear this header.
fn place_with(column: &str, header_of: &str, day: impl Fn(&str, usize) -> String) -> Place {
    let mut place = Place::plain();
    place.set("as_of", &format!("{{ column = \"{column}\" }}"));
    for extract in EXTRACTS {
        place.rewrite(extract, |bytes| {
            let mut reader = csv::Reader::from_reader(bytes.as_slice());
            let mut writer = csv::Writer::from_writer(Vec::new());
            let mut header = reader.headers().unwrap().clone();
            header.push_field(header_of);
            writer.write_record(&header).unwrap();
            for (nth, record) in reader.records().enumerate() {
                let mut record = record.unwrap();
                record.push_field(&day(extract, nth));
                writer.write_record(&record).unwrap();
            }
            writer.into_inner().unwrap()
        });
    }
    place
}

fn as_of(said: &Said) -> [String; 2] {
    let report: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    ["as_of", "as_of_origin"].map(|key| report["run"][key].as_str().unwrap().to_owned())
}

#[test]
fn a_column_tells_the_day_of_all_extracts() {
    let day = |nth: usize| if nth.is_multiple_of(3) { String::new() } else { "2026-11-20".to_owned() };
    assert_eq!(as_of(&place(|_, nth| day(nth)).publishes(&["--json"])), ["2026-11-20", "column"]);
    let given = place(|_, nth| day(nth)).publishes(&["--json", "--as-of", "2026-11-19"]);
    assert_eq!(as_of(&given), ["2026-11-19", "--as-of"]);
}

#[test]
fn a_date_needs_no_quotes() {
    let mut place = Place::plain();
    place.set("as_of", "2026-11-19");
    assert_eq!(as_of(&place.publishes(&["--json"])), ["2026-11-19", "pipeline"]);
    place.set("as_of", "06:00:00");
    let said = place.run(&[]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("as_of is \"today\", \"file-name\", a date such as"), "{}", said.stderr);
}

#[test]
fn the_column_may_be_one_that_is_recognised() {
    for (column, header) in [
        ("Effective Date", "Effective Date"),
        ("Effective Date", "EFFECTIVE_DATE"),
        ("EffectiveDate", "Effective Date"),
    ] {
        let place = place_with(column, header, |_, _| "2026-11-20".to_owned());
        assert_eq!(as_of(&place.publishes(&["--json"])), ["2026-11-20", "column"], "{column}, {header}");
    }
    // A name that the pipeline itself gives goes first.
    let mut place = place_with("Effective Date", "Made for", |_, _| "2026-11-20".to_owned());
    for kind in ["person", "work_relationship", "assignment"] {
        let table = format!("[extract.{kind}]\n");
        place.edit(&table, &format!("{table}columns = {{ \"Effective Date\" = \"Made for\" }}\n"));
    }
    assert_eq!(as_of(&place.publishes(&["--json"])), ["2026-11-20", "column"]);
}

#[test]
fn two_dates_are_two_generations() {
    let torn = place(|extract, _| if extract.starts_with("Work") { "2026-11-19" } else { "2026-11-20" }.to_owned());
    let said = torn.run(&[]);
    assert_eq!(said.code, 3, "{}", said.all());
    assert!(said.stderr.contains("ASOF002") && said.stderr.contains("2026-11-19"), "{}", said.stderr);
    let unreadable = place(|_, nth| if nth == 5 { "soon".to_owned() } else { "2026-11-20".to_owned() });
    let said = unreadable.run(&[]);
    assert!(said.code == 3 && said.stderr.contains("line 7: the column Made for has no date"), "{}", said.stderr);
}

#[test]
fn a_snapshot_is_of_the_day_that_its_column_says() {
    let mut snapshot = place(|_, _| "2026-11-20".to_owned());
    snapshot.set("mode", "\"snapshot\"");
    let said = snapshot.run(&["--as-of", "2026-11-21"]);
    assert!(said.code == 3 && said.stderr.contains("ASOF001"), "{}", said.all());
}

#[test]
fn a_column_that_no_extract_has_stops_the_run() {
    let mut place = Place::plain();
    place.set("as_of", "{ column = \"Made for\" }");
    let said = place.run(&[]);
    assert!(said.code == 4 && said.stderr.contains("\"Made for\", which tells the as-of date"), "{}", said.all());
}
