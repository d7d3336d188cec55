//! What was found in a run: the codes of rows as normalization counted them, and the codes of persons.

use crate::model::code::{Code, Severity, Subject, entry};
use crate::model::finding::{Example, Findings};
use crate::model::kind::Kind;
use crate::model::worker::WorkerState;
use crate::people::People;
use crate::stages::resolve::{self, Resolve, Resolved};

/// Every code with its severity, its count and up to ten addresses, in the order of codes.
pub fn all(people: &People, options: &Resolve) -> Vec<(Code, Severity, u64, Vec<Example>)> {
    let mut of_persons = Findings::default();
    for (index, person) in people.resolved.iter().enumerate().filter(|(_, person)| person.present) {
        for code in person.codes.iter().filter(|code| entry(*code).subject == Subject::Person) {
            let severity = severity_of(code, person, people);
            of_persons.add(code, severity, || address(people, index));
            if PICKED.contains(&code) && severity == Severity::Warning && of_persons.wants_examples(code, severity) {
                losers(people, index, options).for_each(|loser| of_persons.point(code, severity, loser));
            }
        }
    }
    for file in &people.files {
        for _ in &file.unknown_headers {
            let example = || Example { person_number: None, file: Some(file.name.clone()), line: Some(1) };
            of_persons.add(Code::Csv005, Severity::Info, example);
        }
    }
    if people.as_of.origin == "today" {
        of_persons.add(Code::Asof003, Severity::Info, || Example { person_number: None, file: None, line: None });
    }
    let of_sides = people.sides.iter().map(|side| side.findings.clone());
    let all = of_sides.fold(people.workforce.findings.clone(), Findings::merge).merge(of_persons);
    all.iter().map(|(code, severity, found)| (code, severity, found.count, found.examples.clone())).collect()
}

/// What rule 16 resolves where it may pick: it is then reported with the losers.
const PICKED: [Code; 4] = [Code::Pri012, Code::Pri014, Code::Pri032, Code::Pri034];

/// The rows of those among which somebody was picked.
fn losers<'a>(people: &'a People, person: usize, options: &Resolve) -> impl Iterator<Item = Example> + use<'a> {
    let rows = resolve::losers(&people.workforce.case(person), options, people.as_of.day);
    rows.into_iter().map(move |(kind, position)| row_address(people, person, kind, position as usize))
}

/// How severe a code is for a person: an error where it quarantined, else what `resolution.md` says of the case.
pub fn severity_of(code: Code, person: &Resolved, people: &People) -> Severity {
    if person.errors.contains(code) {
        return Severity::Error;
    }
    match code {
        Code::Pri010 if person.state == Some(WorkerState::Pending) => Severity::Info,
        Code::Asg024 if person.gap_over_day => Severity::Warning,
        Code::Wr041 if people.as_of.of_extract == Some(people.as_of.day) => Severity::Warning,
        Code::Asg024 | Code::Wr041 => Severity::Info,
        _ => entry(code).severity.min(Severity::Warning),
    }
}

/// The chosen assignment row of a person, else the first row there is.
fn address(people: &People, person: usize) -> Example {
    let workforce = &people.workforce;
    let chosen = people.resolved[person].assignment.map(|position| (Kind::Assignment, position as usize));
    let first = || Kind::ALL.into_iter().find_map(|kind| Some((kind, workforce.table(kind).groups.of(person).next()?)));
    match chosen.or_else(first) {
        Some((kind, position)) => row_address(people, person, kind, position),
        None => Example { person_number: Some(workforce.number(person).to_owned()), file: None, line: None },
    }
}

fn row_address(people: &People, person: usize, kind: Kind, position: usize) -> Example {
    let rows = &people.workforce.table(kind).rows;
    let row = &rows.rows[position];
    let file = Some(rows.files[row.file as usize].name.clone());
    Example { person_number: Some(people.workforce.number(person).to_owned()), file, line: Some(row.line) }
}
