//! The product on a random population: its sources as files, its settings as a pipeline, and its answer in the judge's words.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use hcmsync::model::kind::Kind as RealKind;
use hcmsync::model::row::Fate;
use hcmsync::people::People;
use hcmsync::pipeline::{Overrides, Pipeline};
use hcmsync::progress::Silent;
use hcmsync::report::explain::Explanation;
use hcmsync::run::{Question, RunError, World};
use hcmsync::stages::resolve::{Resolve, all_current};
use hcmsync::stages::validate::balance::{self, Persons};
use jiff::Timestamp;

use crate::oracle::{Balance, Kind, Mode, OnAmbiguous, Outcome, Policy, Row, Settings, Source, Status};

/// What the product says.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// In the judge's words.
    pub outcome: Outcome,
    /// The rules that decided, by PersonNumber.
    pub rules: Vec<(String, &'static str)>,
    /// The bytes of each output.
    pub outputs: Vec<Vec<u8>>,
}

const KINDS: [(RealKind, Kind, &str); 7] = [
    (RealKind::Person, Kind::Person, "Person"),
    (RealKind::WorkRelationship, Kind::WorkRelationship, "WorkRelationship"),
    (RealKind::Assignment, Kind::Assignment, "Assignment"),
    (RealKind::Name, Kind::Name, "Name"),
    (RealKind::Email, Kind::Email, "Email"),
    (RealKind::Phone, Kind::Phone, "Phone"),
    (RealKind::Manager, Kind::Manager, "Manager"),
];

/// Runs the product on these sources, each cut into so many files.
pub fn run(sources: &[Source], settings: &Settings, files: usize) -> Answer {
    in_folder(sources, settings, files, |pipeline, day, world, folder| {
        match hcmsync::run::resolve(pipeline, day, world, folder) {
            Ok(people) => answer(&people, &pipeline.options.resolve),
            Err(error) => {
                let fatal = Some(fatal(&error));
                Answer { outcome: Outcome { fatal, ..Outcome::default() }, rules: vec![], outputs: vec![] }
            }
        }
    })
}

/// What the product explains of some persons.
pub fn explained(sources: &[Source], settings: &Settings, numbers: &[&String]) -> Vec<Explanation> {
    in_folder(sources, settings, 1, |pipeline, day, world, folder| {
        let explain = |number: &&String| {
            let question = Question { person_number: number, fields: &[] };
            hcmsync::run::explain(pipeline, day, world, folder, &question).unwrap_or_else(|error| panic!("{error}"))
        };
        numbers.iter().map(explain).collect()
    })
}

fn fatal(error: &RunError) -> String {
    match error {
        RunError::Fatal(fatal) => fatal.code.to_string(),
        other => panic!("{other}"),
    }
}

/// Calls the product with these sources as files.
fn in_folder<T>(
    sources: &[Source],
    settings: &Settings,
    files: usize,
    call: impl FnOnce(&Pipeline, &hcmsync::run::Settings, &World<'_>, &Path) -> T,
) -> T {
    let folder = tempfile::tempdir().unwrap();
    // An undated file is no history, and the date in a name is looked for only where the pipeline says so.
    let is_dated =
        sources.iter().all(|s| s.kind != Kind::Assignment || s.header.iter().any(|h| h == "EffectiveStartDate"));
    let known = settings.known_effective_date.filter(|_| is_dated || settings.mode == Mode::Snapshot);
    let stamp = known.map_or(String::new(), |day| format!("_{day}"));
    for source in sources {
        let (_, _, name) = KINDS.iter().find(|(_, kind, _)| *kind == source.kind).unwrap();
        for part in 0..files {
            let of = if files == 1 { String::new() } else { format!("_{}of{files}", part + 1) };
            fs::write(folder.path().join(format!("{name}{stamp}{of}.csv")), text(source, part, files)).unwrap();
        }
    }
    let path = folder.path().join("pipeline.toml");
    fs::write(&path, pipeline(sources, settings, is_dated, known.is_some())).unwrap();
    let pipeline = Pipeline::load(&path, &Overrides::default(), &|_| None).unwrap();
    let world =
        World { now: Timestamp::UNIX_EPOCH, home: None, agent_socket: None, stopped: &|| false, progress: &Silent };
    let settings = hcmsync::run::Settings { as_of: Some(settings.as_of), ..Default::default() };
    call(&pipeline, &settings, &world, folder.path())
}

/// Every `files`th row of a source.
fn text(source: &Source, part: usize, files: usize) -> String {
    let rows = source.rows.iter().enumerate().filter(|(at, _)| at % files == part).map(|(_, row)| row);
    std::iter::once(&source.header).chain(rows).map(|row| row.join(",") + "\n").collect()
}

fn pipeline(sources: &[Source], settings: &Settings, is_dated: bool, from_name: bool) -> String {
    let word = |policy| match policy {
        Policy::Emit => "emit",
        Policy::EmitInactive => "emit_inactive",
        Policy::Exclude => "exclude",
    };
    let mode = if is_dated && settings.mode == Mode::History { "history" } else { "snapshot" };
    let as_of = if from_name { "file-name".to_owned() } else { settings.as_of.to_string() };
    let mut toml = format!("name = 'laws'\nas_of = '{as_of}'\nmode = '{mode}'\n[fetch]\nfrom = '.'\n");
    for (real, _, name) in KINDS.iter().filter(|(_, kind, _)| sources.iter().any(|s| s.kind == *kind)) {
        write!(toml, "[extract.{real}]\nfile = '{name}*.csv'\nallow_empty = true\n").unwrap();
    }
    let on_ambiguous = if settings.on_ambiguous == OnAmbiguous::Pick { "pick" } else { "quarantine" };
    let suspended = if settings.suspended_active { "active" } else { "inactive" };
    write!(
        toml,
        "[resolve]\non_ambiguous = '{on_ambiguous}'\nsuspended = '{suspended}'\nassume_single = {}\n\
         keep_unemitted_managers = {}\n[resolve.status]\n",
        settings.assume_single, settings.keep_unemitted_managers
    )
    .unwrap();
    for (code, status) in &settings.status {
        let word = match status {
            Status::Active => "ACTIVE",
            Status::Suspended => "SUSPENDED",
            Status::Inactive => "INACTIVE",
        };
        writeln!(toml, "{code} = '{word}'").unwrap();
    }
    let emit = settings.emit;
    toml += "[resolve.emit]\n";
    for (state, policy) in [
        ("active", emit.active),
        ("terminated", emit.terminated),
        ("pending", emit.pending),
        ("future", emit.future),
        ("no_employment", emit.no_employment),
    ] {
        writeln!(toml, "{state} = '{}'", word(policy)).unwrap();
    }
    toml += "[[output]]\nprofile = 'csv'\nfile = 'all.csv'\n";
    if settings.email_required {
        toml += "[[output]]\nprofile = 'qooper-csv'\nfile = 'users.csv'\n[output.fields]\nEmail = 'LOWER(WorkEmail)'\n";
    }
    toml
}

/// The answer, after the sums that every run must satisfy (rule 27).
fn answer(people: &People, options: &Resolve) -> Answer {
    let mut outcome = Outcome::default();
    let mut rules = Vec::new();
    for (index, person) in people.resolved.iter().enumerate().filter(|(_, person)| person.present) {
        let number = people.workforce.number(index).to_owned();
        let texts = |codes: hcmsync::model::code::Codes| codes.iter().map(|code| code.to_string()).collect();
        let row = Row {
            worker_state: person.state.map_or("", |state| state.text()).to_owned(),
            active: person.active,
            disposition: person.disposition.text().to_owned(),
            period_of_service_id: people.workforce.period_of_service_id(person.work_relationship).to_owned(),
            assignment_id: people.workforce.assignment_id(person.assignment).to_owned(),
            manager_person_number: person.manager.map_or("", |m| people.workforce.number(m as usize)).to_owned(),
            all_current: current_of(people, options, index),
            codes: texts(person.codes),
            errors: texts(person.errors),
        };
        rules.push((number.clone(), person.rule.text()));
        assert!(outcome.persons.insert(number, row).is_none(), "a person is resolved once");
    }
    let balances = balance::of_rows(&people.workforce, &people.resolved, people.as_of.day);
    for (real, kind, _) in KINDS.iter().filter(|(real, _, _)| people.workforce.table(*real).configured) {
        let b = balances[*real as usize];
        assert!(b.is_even(), "{real}: {b:?}");
        outcome.balance.insert(*kind, balance_of(b));
        outcome.rejects.insert(*kind, rejects(people, *real));
    }
    let persons = Persons::count(&people.resolved);
    assert!(persons.is_even(), "{persons:?}");
    outcome.persons_in = persons.present as usize;
    outcome.emitted = persons.emitted as usize;
    outcome.filtered = persons.filtered as usize;
    outcome.quarantined = persons.quarantined as usize;
    outcome.excluded = persons.excluded.iter().map(|(state, n)| (state.clone(), *n as usize)).collect();
    let outputs = people.outputs.iter().map(|mapped| {
        let mut bytes = Vec::new();
        mapped.output.write_csv(&mapped.rows, &mapped.plan.profile.dialect, &mut bytes).unwrap();
        bytes
    });
    Answer { outcome, rules, outputs: outputs.collect() }
}

/// Rule 20: the ids of each current work relationship and of its primary assignment.
fn current_of(people: &People, options: &Resolve, person: usize) -> Vec<(String, String)> {
    let workforce = &people.workforce;
    let current = all_current(&workforce.case(person), &people.resolved[person], options, people.as_of.day);
    let ids = |(own, assignment): (u32, Option<u32>)| {
        (workforce.period_of_service_id(Some(own)).to_owned(), workforce.assignment_id(assignment).to_owned())
    };
    current.into_iter().map(ids).collect()
}

fn balance_of(b: hcmsync::model::finding::Balance) -> Balance {
    Balance {
        rows_in: b.records as usize,
        used: b.used as usize,
        not_in_effect: b.not_in_effect as usize,
        superseded: b.superseded as usize,
        set_aside: b.set_aside as usize,
        rejected: b.rejected as usize,
        duplicates: b.duplicates as usize,
        quarantined: b.quarantined as usize,
    }
}

/// The lines and codes of `rejects/<kind>.csv`, in the order of the file.
fn rejects(people: &People, kind: RealKind) -> Vec<(usize, BTreeSet<String>)> {
    let rows = &people.workforce.table(kind).rows;
    let mut bytes = Vec::new();
    hcmsync::report::rejects::Rejects::of(rows, |_| true).write(&mut bytes).unwrap();
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes.as_slice());
    let listed: Vec<(usize, BTreeSet<String>)> = reader
        .records()
        .map(|record| record.unwrap())
        .map(|record| (record[3].parse().unwrap(), record[0].split(';').map(str::to_owned).collect()))
        .collect();
    let rejected = rows.rows.iter().filter(|row| row.fate == Fate::Rejected).count() + rows.misshapen.len();
    assert_eq!(listed.len(), rejected, "every rejected row is listed once");
    listed
}

/// What each person of a source has written in it, for a readable difference.
pub fn rows_of(sources: &[Source], number: &str) -> String {
    let mut text = String::new();
    for source in sources {
        let place = source.header.iter().position(|h| h == "PersonNumber");
        for (at, row) in source.rows.iter().enumerate() {
            if place.and_then(|place| row.get(place)).map(|cell| cell.trim()) == Some(number) {
                let cells: BTreeMap<&str, &str> =
                    source.header.iter().map(String::as_str).zip(row.iter().map(String::as_str)).collect();
                let cells: Vec<String> =
                    cells.iter().filter(|(_, cell)| !cell.is_empty()).map(|(h, c)| format!("{h}={c}")).collect();
                writeln!(text, "    {:?} line {}: {}", source.kind, at + 2, cells.join(" ")).unwrap();
            }
        }
    }
    text
}
