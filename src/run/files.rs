//! What a run leaves of people, all of them or those of a range: the outputs and the lists go to the stage at once, the
//! rejects are kept until everybody is there, since they stand in the order of the input.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{RunError, placement};
use crate::model::kind::Kind;
use crate::model::worker::Disposition;
use crate::people::{Mapped, People};
use crate::report::rejects::Rejects;
use crate::stages::map::{self, FieldLineage, OutputFile};
use crate::stages::publish::{Artifact, Staging, lists, manifest};
use crate::stages::resolve::Resolved;
use crate::targets::FieldType;

/// What is said of the staged files.
#[derive(Default)]
pub struct Staged {
    /// Which of them hold the users.
    pub users: Option<manifest::Users>,
    /// What the fields of each are made of.
    pub made_of: BTreeMap<String, Vec<FieldLineage>>,
    /// How many rows the users' files have.
    placed: u64,
    /// By the name of the kind or of the side extract, in the order of the files.
    rejects: Vec<(&'static str, Rejects)>,
}

impl Staged {
    /// Stages everything but the report and the manifest, or the part of it that is these people's.
    pub fn add(&mut self, staging: &mut Staging, people: &People, is_last: bool) -> Result<(), RunError> {
        self.keep_rejects(people);
        let of_users = placement::user_tables(people);
        let part = |path: &str| staging.part(path, is_last);
        let mut artifacts: Vec<Artifact<'_>> = Vec::new();
        let mut paths = Vec::new();
        for (nth, Mapped { plan, output, fields, rows, .. }) in people.outputs.iter().enumerate() {
            let files = map::files(plan, output, rows, part(&plan.file));
            if of_users.contains(&nth) {
                paths.extend(files.iter().map(|file| file.path.clone()));
            }
            self.made_of.extend(files.iter().map(|file| (file.path.clone(), fields.clone())));
            artifacts.extend(files.into_iter().map(|OutputFile { path, rows, headers, write }| Artifact {
                path,
                rows,
                headers,
                write: Box::new(move |out| write(out)),
            }));
        }
        self.users = of_users.first().map(|first| users(&people.outputs[*first], paths));
        artifacts.extend(lists(people, &part, self.placed));
        self.placed += placement::rows(people);
        if is_last {
            artifacts.extend(self.rejects.iter().map(|(name, rejects)| Artifact {
                path: format!("rejects/{name}.csv"),
                rows: None,
                headers: Some(1),
                write: Box::new(move |out| rejects.write(out)),
            }));
        }
        Ok(staging.add_parts(artifacts, is_last)?)
    }

    /// Side extracts are read once, and their rows rejected once.
    fn keep_rejects(&mut self, people: &People) {
        let is_own = |row: &_| people.workforce.is_own(row);
        let kinds = Kind::ALL.into_iter().filter(|kind| people.workforce.table(*kind).configured);
        let kinds = kinds.map(|kind| (kind.name(), Rejects::of(&people.workforce.table(kind).rows, is_own)));
        if self.rejects.is_empty() {
            let sides = people.sides.iter().map(|side| (side.name, Rejects::of(&side.rows, |_| true)));
            self.rejects = kinds.chain(sides).collect();
        } else {
            self.rejects.iter_mut().zip(kinds).for_each(|((_, all), (_, more))| all.add(more));
        }
    }
}

/// `resolution.csv`, `placement.csv` and `quarantine.csv`; `placed` rows stand in the users' files before these people's.
fn lists<'a>(people: &'a People, part: &dyn Fn(&str) -> map::Part, placed: u64) -> [Artifact<'a>; 3] {
    const QUARANTINE: &str = "quarantine.csv";
    const RESOLUTION: &str = "resolution.csv";
    let [of_resolution, of_placement, of_quarantine] =
        [RESOLUTION, lists::PLACEMENT_FILE, QUARANTINE].map(|path| (path.to_owned(), part(path)));
    let of = |is: fn(&Resolved) -> bool| -> Vec<u32> {
        let persons = people.resolved.iter().enumerate().filter(|(_, person)| person.present && is(person));
        persons.map(|(person, _)| person as u32).collect()
    };
    let present = of(|_| true);
    let quarantined = of(|person| person.disposition == Disposition::Quarantined);
    let list = |path, rows, write| Artifact { path, rows, headers: Some(1), write };
    let (resolution, quarantine) = (|person| people.resolution(person), |person| people.quarantine(person));
    [
        list(
            of_resolution.0,
            Some(present.len() as u64),
            Box::new(move |out| lists::write(out, &lists::RESOLUTION, of_resolution.1, &present, resolution)),
        ),
        list(of_placement.0, None, Box::new(move |out| placement::write(people, placed, of_placement.1, out))),
        list(
            of_quarantine.0,
            None,
            Box::new(move |out| lists::write(out, &lists::QUARANTINE, of_quarantine.1, &quarantined, quarantine)),
        ),
    ]
}

impl People {
    /// The line of a person in `resolution.csv`.
    fn resolution(&self, index: u32) -> [Cow<'_, str>; 9] {
        let person = &self.resolved[index as usize];
        [
            self.workforce.number(index as usize).into(),
            person.state.map_or("", |state| state.text()).into(),
            if person.active { "true" } else { "false" }.into(),
            person.disposition.text().into(),
            self.workforce.period_of_service_id(person.work_relationship).into(),
            self.workforce.assignment_id(person.assignment).into(),
            person.manager.map_or("", |manager| self.workforce.number(manager as usize)).into(),
            person.rule.text().into(),
            person.codes.to_string().into(),
        ]
    }

    /// The line of a person in `quarantine.csv`: every code that applies, and the reasons of those that quarantine.
    fn quarantine(&self, index: u32) -> [Cow<'_, str>; 3] {
        let person = &self.resolved[index as usize];
        let reasons: Vec<&str> = person.errors.iter().map(|code| crate::model::code::entry(code).title).collect();
        [self.workforce.number(index as usize).into(), person.codes.to_string().into(), reasons.join("; ").into()]
    }
}

/// How the files that hold the users are read again: they have the columns and the dialect of one output.
fn users(mapped: &Mapped, paths: Vec<String>) -> manifest::Users {
    let Mapped { plan, output, .. } = mapped;
    let emails = output.fields.iter().filter(|field| field.kind == FieldType::Email);
    let mut paths = paths.into_iter();
    manifest::Users {
        path: paths.next().unwrap_or_default(),
        further: paths.collect(),
        encoding: plan.dialect.encoding,
        delimiter: char::from(plan.dialect.delimiter.byte()),
        headers: plan.dialect.headers(),
        emails: emails.map(|field| field.name.clone()).collect(),
    }
}
