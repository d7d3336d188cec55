//! What a run leaves: the outputs, the lists, the rejects, the report and the manifest, published together or not at all.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use super::{Outcome, RunError, Settings, World, origin};
use crate::model::finding::{Balance, Balances};
use crate::model::kind::Kind;
use crate::model::worker::Disposition;
use crate::people::{Mapped, People};
use crate::pipeline::Pipeline;
use crate::report::{Judged, Report, rejects};
use crate::stages::map::{self, OutputFile};
use crate::stages::publish::manifest::{self, Manifest, Persons as ManifestPersons};
use crate::stages::publish::{Artifact, PublishError, Staging, baseline, lists, run_name};
use crate::stages::validate::balance::{self, Persons};
use crate::stages::validate::guards::{self, Baseline, Changes, Facts, FileFacts, Layout, Verdict};
use crate::targets::{FieldType, Format};

/// Stage 8: checks the sums and the guards, and publishes.
pub fn publish(
    mut staging: Staging,
    to: &Path,
    pipeline: &Pipeline,
    settings: &Settings,
    people: People,
    world: &World<'_>,
) -> Result<Outcome, RunError> {
    world.progress.begin("publish", "files", None);
    let balances = balance::of_rows(&people.workforce, &people.resolved, people.as_of.day);
    let persons = Persons::count(&people.resolved);
    check_sums(&people, &balances, &persons)?;
    stage(&mut staging, &people)?;
    let baseline = baseline::load(to)?;
    let users = users(&people);
    let changes = compare(&staging, users.as_ref(), baseline.as_ref())?;
    let facts = Facts {
        changes,
        set_skew: origin::skew(&people.files),
        age: origin::age(&people.files, world.now),
        origin: origin::of(pipeline, &people.files),
        ..facts(&people, &balances, &persons)
    };
    let verdicts = guards::evaluate(&pipeline.options.guard, &settings.allow, &facts, baseline.as_ref());
    if verdicts.iter().any(|verdict| verdict.tripped) {
        return Err(RunError::Guards(verdicts));
    }
    world.go_on()?;
    let segments = facts.segments.clone();
    let manifest = fill(pipeline, settings, &people, &balances, &persons, verdicts, segments, users, baseline);
    let name = run_name(people.as_of.day, &manifest.input_hash, &manifest.pipeline.sha256, staging.written());
    let judged = Judged { balances: &balances, persons: &persons, verdicts: &manifest.guards };
    let report = Report::new(&name, pipeline, &people, &judged, staging.written());
    let json = serde_json::to_vec_pretty(&report)
        .map_err(std::io::Error::other)
        .map_err(PublishError::io(to, "reported on"))?;
    staging.add(Artifact {
        path: "report.json".into(),
        rows: None,
        headers: None,
        write: Box::new(|out| {
            out.write_all(&json)?;
            out.write_all(b"\n").map(|()| 0)
        }),
    })?;
    let published = staging.commit(&name, manifest)?;
    let keep_runs = pipeline.options.publish.as_ref().map(|publish| publish.keep_runs);
    keep_runs.map(|keep| published.prune(keep)).transpose()?;
    world.progress.end(&format!("{}", published.path.display()));
    Ok(Outcome { report, published })
}

/// `INT001`: every row and every person stands in exactly one bucket (rule 27).
fn check_sums(people: &People, balances: &Balances, persons: &Persons) -> Result<(), RunError> {
    if let Some((kind, balance)) = people.balances(balances).find(|(_, balance)| !balance.is_even()) {
        return Err(RunError::Unbalanced(format!("{kind} rows: {balance:?}")));
    }
    if persons.is_even() { Ok(()) } else { Err(RunError::Unbalanced(format!("persons: {persons:?}"))) }
}

/// Writes everything but the report and the manifest to the stage.
fn stage(staging: &mut Staging, people: &People) -> Result<(), RunError> {
    let mut artifacts: Vec<Artifact<'_>> = Vec::new();
    for Mapped { plan, output, rows, .. } in &people.outputs {
        let files = map::files(plan, output, rows).into_iter();
        artifacts.extend(files.map(|OutputFile { path, rows, headers, write }| Artifact {
            path,
            rows,
            headers,
            write,
        }));
    }
    artifacts.push(Artifact {
        path: "resolution.csv".into(),
        rows: Some(people.resolved.iter().filter(|person| person.present).count() as u64),
        headers: Some(1),
        write: Box::new(|out| lists::write(out, &lists::RESOLUTION, people.resolution_rows())),
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
    Ok(staging.add_all(artifacts)?)
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
        let quarantined = |(_, person): &(usize, &crate::stages::resolve::Resolved)| {
            person.present && person.disposition == Disposition::Quarantined
        };
        self.resolved.iter().enumerate().filter(quarantined).map(|(index, person)| {
            let reasons: Vec<&str> = person.errors.iter().map(|code| crate::model::code::entry(code).title).collect();
            [self.workforce.number(index).into(), person.codes.to_string().into(), reasons.join("; ").into()]
        })
    }
}

/// The output that the next run is compared with: the first CSV file with an identifier, or with the PersonNumber.
fn users(people: &People) -> Option<manifest::Users> {
    people.outputs.iter().find_map(|mapped| {
        let plan = &mapped.plan;
        let identifier = mapped
            .output
            .fields
            .iter()
            .find(|field| field.kind == FieldType::Identifier || field.expression.sql.trim() == "PersonNumber")?;
        let dialect = &plan.profile.dialect;
        let layout = Layout { identifier: identifier.name.clone(), delimiter: dialect.delimiter, headers: 1 };
        (plan.profile.format == Format::Csv && dialect.header)
            .then(|| manifest::Users { path: plan.file.clone(), layout })
    })
}

/// The users that are staged against those of the published run.
fn compare(
    staging: &Staging,
    users: Option<&manifest::Users>,
    baseline: Option<&Baseline>,
) -> Result<Option<Changes>, RunError> {
    let (Some(users), Some(table)) = (users, baseline.and_then(|baseline| baseline.table.as_ref())) else {
        return Ok(None);
    };
    let Some(output) = staging.written().iter().find(|output| output.path == users.path) else { return Ok(None) };
    let path = staging.path(output);
    let file = File::open(&path).map_err(PublishError::io(&path, "read back"))?;
    let changes = table.compare(file, &users.layout);
    Ok(Some(changes.map_err(std::io::Error::other).map_err(PublishError::io(&path, "compared"))?))
}

/// What the guards look at, but for the comparison with the last run and the origin of the files.
fn facts<'a>(people: &'a People, balances: &Balances, persons: &Persons) -> Facts<'a> {
    let files = people.balances(balances);
    let files = files.map(|(kind, balance)| FileFacts { kind, rows: balance.records, rejected: balance.rejected });
    let is_active = |person: &usize| {
        let person = &people.resolved[*person];
        person.active && person.disposition == Disposition::Emitted
    };
    let active: Vec<usize> = (0..people.resolved.len()).filter(is_active).collect();
    let mut segments: BTreeMap<String, u64> = BTreeMap::new();
    for person in &active {
        let employer = people.workforce.legal_employer_name(people.resolved[*person].work_relationship);
        if !employer.is_empty() {
            // Looked up before it is owned: there are few employers, and a million persons.
            match segments.get_mut(employer) {
                Some(count) => *count += 1,
                None => {
                    segments.insert(employer.to_owned(), 1);
                }
            }
        }
    }
    Facts {
        files: files.collect(),
        persons: persons.present,
        quarantined: persons.quarantined,
        users: persons.emitted - people.separate,
        active: active.iter().map(|person| people.workforce.number(*person)).collect(),
        segments,
        ..Facts::default()
    }
}

#[expect(clippy::too_many_arguments, reason = "the manifest is where everything that a run knows comes together")]
fn fill(
    pipeline: &Pipeline,
    settings: &Settings,
    people: &People,
    balances: &Balances,
    persons: &Persons,
    verdicts: Vec<Verdict>,
    segments: BTreeMap<String, u64>,
    users: Option<manifest::Users>,
    baseline: Option<Baseline>,
) -> Manifest {
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
        previous_run: baseline.map(|baseline| baseline.run),
        input_hash: manifest::input_hash(&inputs),
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
        segments,
        guards: verdicts,
        allowed: settings.allow.iter().map(ToString::to_string).collect(),
        users,
        ..Manifest::default()
    }
}
