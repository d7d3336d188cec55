//! What a run leaves: the outputs, the lists, the rejects, the report and the manifest, published together or not at all.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use super::{Outcome, RunError, Settings, World, origin, placement};
use crate::model::finding::{Balance, Balances};
use crate::model::kind::Kind;
use crate::model::worker::Disposition;
use crate::people::{Mapped, People};
use crate::pipeline::Pipeline;
use crate::report::{self, Judged, Report, rejects};
use crate::stages::map::{self, FieldLineage, OutputFile};
use crate::stages::publish::manifest::{self, Manifest, Persons as ManifestPersons};
use crate::stages::publish::{Artifact, PublishError, Staging, compare, lists, run_name};
use crate::stages::resolve::Resolved;
use crate::stages::validate::balance::{self, Persons};
use crate::stages::validate::guards::{self, Facts, FileFacts, Name, PersonChange};
use crate::targets::FieldType;

/// All of a run but its last step: everything is staged, compared with the last published run, judged and reported on.
/// Dropped, it leaves nothing.
pub struct Ready {
    staging: Staging,
    manifest: Manifest,
    name: String,
    keep_runs: Option<u32>,
    pub report: Report,
}

/// Stage 8 up to its last step. With `list`, whom the changes are about is added to it.
pub fn prepare(
    mut staging: Staging,
    pipeline: &Pipeline,
    settings: &Settings,
    people: People,
    list: Option<&mut Vec<PersonChange>>,
    world: &World<'_>,
) -> Result<Ready, RunError> {
    world.progress.begin("publish", "files", None);
    let balances = balance::of_rows(&people.workforce, &people.resolved, people.as_of.day);
    let persons = Persons::count(&people.resolved);
    check_sums(&people, &balances, &persons)?;
    let Staged { users, made_of } = stage(&mut staging, &people)?;
    let mut manifest = Manifest { users, ..fill(pipeline, settings, &people, &balances, &persons) };
    let last = compare::last(staging.to())?;
    let changes = match &last {
        Some((folder, before)) => {
            let published = compare::Run::published(folder, before);
            Some(compare::compare(published, staging.as_run(&manifest), list)?)
        }
        None => None,
    };
    let facts = Facts {
        age: origin::age(&people.files, world.now),
        origin: origin::of(pipeline, &people.files),
        published_origin: last.as_ref().and_then(|(_, manifest)| manifest.origin.clone()),
        ..facts(&people, &balances, &persons)
    };
    manifest.previous_run = last.map(|(_, manifest)| manifest.run);
    manifest.guards = guards::evaluate(&pipeline.options.guard, &settings.allow, &facts, changes.as_ref());
    let (written, sealed_for) = (staging.written(), staging.sealed_for());
    let name = run_name(people.as_of.day, &manifest.input_hash, &manifest.pipeline.sha256, written, &sealed_for);
    let judged = Judged {
        balances: &balances,
        persons: &persons,
        verdicts: &manifest.guards,
        changes,
        name: Some(&name),
        history: report::history(staging.to())?,
        previous: manifest.previous_run.as_deref(),
        outputs: staging.written(),
        expected: settings.expected.as_ref(),
        mask: settings.mask.as_ref(),
    };
    let report = Report::new(pipeline, &people, &judged);
    staging.describe(made_of);
    let keep_runs = pipeline.options.publish.as_ref().map(|publish| publish.keep_runs);
    Ok(Ready { staging, manifest, name, keep_runs, report })
}

impl Ready {
    /// The last step: publishes, unless a guard tripped.
    pub fn publish(self, world: &World<'_>) -> Result<Outcome, RunError> {
        let Ready { mut staging, manifest, name, keep_runs, report } = self;
        if manifest.guards.iter().any(|verdict| verdict.tripped) {
            return Err(RunError::Guards(manifest.guards));
        }
        world.go_on()?;
        let files = report.files().map_err(PublishError::io(staging.to(), "reported on"))?;
        for (path, content) in files {
            let write = Box::new(move |out: &mut (dyn Write + Send + Sync)| out.write_all(&content).map(|()| 0));
            staging.add(Artifact { path: path.into(), rows: None, headers: None, write })?;
        }
        let published = staging.commit(&name, manifest)?;
        keep_runs.map(|keep| published.prune(keep)).transpose()?;
        world.progress.end(&format!("{}", published.path.display()));
        Ok(Outcome { report, published })
    }
}

/// The report of what was read, where there is no published run to hold it against. A guard that trips stands in it, and
/// decides its exit code.
pub fn report(pipeline: &Pipeline, settings: &Settings, people: &People) -> Result<Report, RunError> {
    let balances = balance::of_rows(&people.workforce, &people.resolved, people.as_of.day);
    let mut persons = Persons::count(&people.resolved);
    let is_resolved = pipeline.is_resolved();
    if is_resolved {
        check_sums(people, &balances, &persons)?;
    } else {
        persons.present = people.workforce.notes.iter().filter(|notes| notes.present).count() as u64;
    }
    let facts = facts(people, &balances, &persons);
    let mut verdicts = guards::evaluate(&pipeline.options.guard, &settings.allow, &facts, None);
    verdicts.retain(|verdict| is_resolved || matches!(verdict.name, Name::MinRows | Name::MaxRejected));
    let judged = Judged {
        balances: &balances,
        persons: &persons,
        verdicts: &verdicts,
        changes: None,
        name: None,
        history: Vec::new(),
        previous: None,
        outputs: &[],
        expected: settings.expected.as_ref(),
        mask: settings.mask.as_ref(),
    };
    Ok(Report::new(pipeline, people, &judged))
}

/// `INT001`: every row and every person stands in exactly one bucket (rule 27).
fn check_sums(people: &People, balances: &Balances, persons: &Persons) -> Result<(), RunError> {
    if let Some((kind, balance)) = people.balances(balances).find(|(_, balance)| !balance.is_even()) {
        return Err(RunError::Unbalanced(format!("{kind} rows: {balance:?}")));
    }
    if persons.is_even() { Ok(()) } else { Err(RunError::Unbalanced(format!("persons: {persons:?}"))) }
}

/// What is said of the staged files.
struct Staged {
    /// Which of them hold the users.
    users: Option<manifest::Users>,
    /// What the fields of each are made of.
    made_of: BTreeMap<String, Vec<FieldLineage>>,
}

/// Writes everything but the report and the manifest to the stage.
fn stage(staging: &mut Staging, people: &People) -> Result<Staged, RunError> {
    let mut artifacts: Vec<Artifact<'_>> = Vec::new();
    let of_users = placement::user_tables(people);
    let (mut paths, mut made_of) = (Vec::new(), BTreeMap::new());
    for (nth, Mapped { plan, output, fields, rows, .. }) in people.outputs.iter().enumerate() {
        let files = map::files(plan, output, rows);
        if of_users.contains(&nth) {
            paths.extend(files.iter().map(|file| file.path.clone()));
        }
        made_of.extend(files.iter().map(|file| (file.path.clone(), fields.clone())));
        artifacts.extend(files.into_iter().map(|OutputFile { path, rows, headers, write }| Artifact {
            path,
            rows,
            headers,
            write: Box::new(move |out| write(out)),
        }));
    }
    let users = of_users.first().map(|first| users(&people.outputs[*first], paths));
    artifacts.push(Artifact {
        path: "resolution.csv".into(),
        rows: Some(people.resolved.iter().filter(|person| person.present).count() as u64),
        headers: Some(1),
        write: Box::new(|out| lists::write(out, &lists::RESOLUTION, people.resolution_rows())),
    });
    artifacts.push(Artifact {
        path: lists::PLACEMENT_FILE.into(),
        rows: None,
        headers: Some(1),
        write: Box::new(|out| placement::write(people, out)),
    });
    artifacts.push(Artifact {
        path: "quarantine.csv".into(),
        rows: None,
        headers: Some(1),
        write: Box::new(|out| lists::write(out, &lists::QUARANTINE, people.quarantine_rows())),
    });
    let kinds = people.kinds().map(|kind| (kind.name(), &people.workforce.table(kind).rows));
    for (name, rows) in kinds.chain(people.sides.iter().map(|side| (side.name, &side.rows))) {
        artifacts.push(Artifact {
            path: format!("rejects/{name}.csv"),
            rows: None,
            headers: Some(1),
            write: Box::new(move |out| rejects::write(out, rows)),
        });
    }
    staging.add_all(artifacts)?;
    Ok(Staged { users, made_of })
}

impl People {
    /// The kinds that the pipeline configures.
    fn kinds(&self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(|kind| self.workforce.table(*kind).configured)
    }

    /// The sums of every configured kind and of every side extract, by name.
    pub fn balances<'a>(&'a self, of_kinds: &'a Balances) -> impl Iterator<Item = (&'static str, &'a Balance)> {
        let kinds = self.kinds().map(|kind| (kind.name(), &of_kinds[kind as usize]));
        kinds.chain(self.sides.iter().map(|side| (side.name, &side.balance)))
    }

    /// The lines of `resolution.csv`, by PersonNumber.
    fn resolution_rows(&self) -> impl Iterator<Item = [std::borrow::Cow<'_, str>; 9]> {
        let present = self.resolved.iter().enumerate().filter(|(_, person)| person.present);
        present.map(|(index, person)| {
            [
                self.workforce.number(index).into(),
                person.state.map_or("", |state| state.text()).into(),
                if person.active { "true" } else { "false" }.into(),
                person.disposition.text().into(),
                self.workforce.period_of_service_id(person.work_relationship).into(),
                self.workforce.assignment_id(person.assignment).into(),
                person.manager.map_or("", |manager| self.workforce.number(manager as usize)).into(),
                person.rule.text().into(),
                person.codes.to_string().into(),
            ]
        })
    }

    /// The lines of `quarantine.csv`: every code that applies, and the reasons of those that quarantine.
    fn quarantine_rows(&self) -> impl Iterator<Item = [std::borrow::Cow<'_, str>; 3]> {
        let quarantined =
            |(_, person): &(usize, &Resolved)| person.present && person.disposition == Disposition::Quarantined;
        self.resolved.iter().enumerate().filter(quarantined).map(|(index, person)| {
            let reasons: Vec<&str> = person.errors.iter().map(|code| crate::model::code::entry(code).title).collect();
            [self.workforce.number(index).into(), person.codes.to_string().into(), reasons.join("; ").into()]
        })
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

/// What the guards look at, but for the comparison with the last run, the age and the origin of the files.
fn facts(people: &People, balances: &Balances, persons: &Persons) -> Facts {
    let files = people.balances(balances);
    let files = files.map(|(kind, balance)| FileFacts { kind, rows: balance.records, rejected: balance.rejected });
    Facts {
        files: files.collect(),
        persons: persons.present,
        quarantined: persons.quarantined,
        users: persons.emitted - people.separate,
        set_skew: origin::skew(&people.files),
        ..Facts::default()
    }
}

/// The active users by legal employer.
fn segments(people: &People) -> BTreeMap<String, u64> {
    let mut segments: BTreeMap<String, u64> = BTreeMap::new();
    let is_active = |person: &&Resolved| person.active && person.disposition == Disposition::Emitted;
    for person in people.resolved.iter().filter(is_active) {
        let employer = people.workforce.legal_employer_name(person.work_relationship);
        if employer.is_empty() {
            continue;
        }
        // Looked up before it is owned: there are few employers, and a million persons.
        match segments.get_mut(employer) {
            Some(count) => *count += 1,
            None => {
                segments.insert(employer.to_owned(), 1);
            }
        }
    }
    segments
}

/// What a run says about itself, but for the comparison with the last one.
fn fill(pipeline: &Pipeline, settings: &Settings, people: &People, balances: &Balances, persons: &Persons) -> Manifest {
    let inputs: Vec<manifest::Input> = people
        .files
        .iter()
        .map(|file| manifest::Input {
            kind: file.kind.into(),
            name: file.name.clone(),
            sha256: file.sha256.clone(),
            bytes: file.bytes,
            modified: file.modified.map(|time| time.to_string()),
            rows: file.records,
            signature: file.signature.into(),
            signer: file.signer.clone(),
            accepted: file.accepted.iter().map(|word| (*word).to_owned()).collect(),
        })
        .collect();
    Manifest {
        hcmsync: env!("CARGO_PKG_VERSION").into(),
        as_of: people.as_of.day.to_string(),
        as_of_origin: people.as_of.origin.into(),
        pipeline: manifest::Pipeline { name: pipeline.options.name.clone(), sha256: pipeline.sha256.clone() },
        input_hash: manifest::input_hash(inputs.iter().map(|input| (input.kind.as_str(), input.sha256.as_str()))),
        origin: Some(origin::of(pipeline, &people.files)),
        inputs,
        keys: people.keys.clone(),
        persons: ManifestPersons {
            seen: persons.present,
            emitted: persons.emitted,
            active: persons.active,
            excluded: persons.excluded.clone(),
            filtered: persons.filtered,
            quarantined: persons.quarantined,
        },
        files: people.balances(balances).map(|(kind, balance)| (kind.to_owned(), balance.buckets())).collect(),
        segments: segments(people),
        allowed: settings.allow.iter().map(ToString::to_string).collect(),
        delivery: delivery(pipeline),
        ..Manifest::default()
    }
}

/// Which pipeline sends the run; publishing adds what is sent.
fn delivery(pipeline: &Pipeline) -> Option<manifest::Delivery> {
    pipeline.options.publish.as_ref().filter(|publish| publish.delivers())?;
    let file = Path::new(&pipeline.path);
    Some(manifest::Delivery {
        pipeline: std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf()),
        environment: pipeline.environment.clone(),
        ..manifest::Delivery::default()
    })
}
