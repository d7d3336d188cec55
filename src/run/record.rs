//! What a run says of itself: people are written and counted, all at once or range by range, and when all are there, what is
//! staged is compared with the last published run, judged, reported on and published, together or not at all.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use super::files::Staged;
use super::{Outcome, RunError, Settings, World, origin};
use crate::model::finding::Balances;
use crate::model::worker::Disposition;
use crate::people::{Held, People, Source};
use crate::pipeline::Pipeline;
use crate::report::{self, Counted, Judged, Report};
use crate::stages::publish::manifest::{self, Manifest, Persons as ManifestPersons};
use crate::stages::publish::{Artifact, PublishError, Staging, compare, run_name};
use crate::stages::resolve::Resolved;
use crate::stages::validate::balance::{self, Persons};
use crate::stages::validate::guards::{self, Facts, FileFacts, Name, PersonChange};

/// A run in the making: what was staged of people, and what is known of them.
pub struct Account {
    staging: Staging,
    staged: Staged,
    known: Option<Known>,
    /// Whether people came in several ranges.
    is_ranged: bool,
}

/// The sums of people: all that is left of them once they are written.
struct Known {
    source: Source,
    balances: Balances,
    persons: Persons,
    counted: Counted,
    /// The active users by legal employer.
    segments: BTreeMap<String, u64>,
    /// How many users stand in files of states, and in no output.
    separate: u64,
    /// What is to be compared between ranges.
    held: Vec<Held>,
}

/// All of a run but its last step: everything is staged, compared with the last published run, judged and reported on.
/// Dropped, it leaves nothing.
pub struct Ready {
    staging: Staging,
    manifest: Manifest,
    name: String,
    pub report: Report,
}

impl Account {
    pub fn new(staging: Staging) -> Account {
        Account { staging, staged: Staged::default(), known: None, is_ranged: false }
    }

    /// Writes and counts people; these and no others, or those of a range who come next in the order of PersonNumbers.
    pub fn add(
        &mut self,
        pipeline: &Pipeline,
        settings: &Settings,
        people: &People,
        is_last: bool,
    ) -> Result<(), RunError> {
        let Account { staging, staged, .. } = self;
        let (written, known) =
            rayon::join(|| staged.add(staging, people, is_last), || Known::of(pipeline, settings, people));
        written?;
        match &mut self.known {
            None => self.known = Some(known),
            Some(own) => {
                own.add(known);
                self.is_ranged = true;
            }
        }
        Ok(())
    }

    /// How many users there are yet.
    pub fn users(&self) -> u64 {
        self.known.as_ref().map_or(0, |known| known.persons.emitted)
    }

    /// Stage 8 up to its last step, when everybody is there. With `list`, whom the changes are about is added to it.
    pub fn conclude(
        self,
        pipeline: &Pipeline,
        settings: &Settings,
        list: Option<&mut Vec<PersonChange>>,
        world: &World<'_>,
    ) -> Result<Ready, RunError> {
        let Account { mut staging, staged, known, is_ranged } = self;
        let Some(known) = known else { return Err(RunError::Unbalanced("nobody was counted".into())) };
        known.check_sums()?;
        if is_ranged {
            known.check_ranges()?;
        }
        let mut manifest = Manifest { users: staged.users, ..known.manifest(pipeline, settings) };
        let last = compare::last(staging.to())?;
        let changes = match &last {
            Some((folder, before)) => {
                let published = compare::Run::published(folder, before);
                Some(compare::compare(published, staging.as_run(&manifest), list)?)
            }
            None => None,
        };
        let facts = Facts {
            age: origin::age(&known.source.files, world.now),
            origin: origin::of(pipeline, &known.source.files),
            published_origin: last.as_ref().and_then(|(_, manifest)| manifest.origin.clone()),
            is_of_another: last.as_ref().is_some_and(|(_, before)| before.pipeline.name != manifest.pipeline.name),
            ..known.facts()
        };
        manifest.previous_run = last.map(|(_, manifest)| manifest.run);
        manifest.guards = guards::evaluate(&pipeline.options.guard, &settings.allow, &facts, changes.as_ref());
        let (written, sealed_for) = (staging.written(), staging.sealed_for());
        let name = run_name(known.source.as_of.day, &manifest, written, &sealed_for);
        let judged = Judged {
            balances: &known.balances,
            persons: &known.persons,
            verdicts: &manifest.guards,
            changes,
            name: Some(&name),
            history: report::history(staging.to())?,
            previous: manifest.previous_run.as_deref(),
            outputs: staging.written(),
            expected: settings.expected.as_ref(),
            mask: settings.mask.as_ref(),
        };
        let report = Report::new(pipeline, &known.source, known.counted, &judged);
        staging.describe(staged.made_of);
        Ok(Ready { staging, manifest, name, report })
    }
}

impl Ready {
    /// The last step: publishes, unless a guard tripped.
    pub fn publish(self, world: &World<'_>) -> Result<Outcome, RunError> {
        let Ready { mut staging, manifest, name, report } = self;
        if manifest.guards.iter().any(|verdict| verdict.tripped) {
            return Err(RunError::Guards { verdicts: manifest.guards, found: report.findings });
        }
        world.go_on()?;
        let files = report.files().map_err(PublishError::io(staging.to(), "reported on"))?;
        for (path, content) in files {
            let write = Box::new(move |out: &mut (dyn Write + Send + Sync)| out.write_all(&content).map(|()| 0));
            staging.add(Artifact { path: path.into(), rows: None, headers: None, write })?;
        }
        let published = staging.commit(&name, manifest)?;
        world.progress.end(&format!("{}", published.path.display()));
        Ok(Outcome { report, published })
    }
}

/// The report of what was read, where there is no published run to hold it against. A guard that trips stands in it, and
/// decides its exit code.
pub fn report(pipeline: &Pipeline, settings: &Settings, people: &People) -> Result<Report, RunError> {
    let mut known = Known::of(pipeline, settings, people);
    let is_resolved = pipeline.is_resolved();
    if is_resolved {
        known.check_sums()?;
    } else {
        known.persons.present = people.workforce.notes.iter().filter(|notes| notes.present).count() as u64;
    }
    let mut verdicts = guards::evaluate(&pipeline.options.guard, &settings.allow, &known.facts(), None);
    verdicts.retain(|verdict| is_resolved || matches!(verdict.name, Name::MinRows | Name::MaxRejected));
    let judged = Judged {
        balances: &known.balances,
        persons: &known.persons,
        verdicts: &verdicts,
        changes: None,
        name: None,
        history: Vec::new(),
        previous: None,
        outputs: &[],
        expected: settings.expected.as_ref(),
        mask: settings.mask.as_ref(),
    };
    Ok(Report::new(pipeline, &known.source, known.counted, &judged))
}

impl Known {
    fn of(pipeline: &Pipeline, settings: &Settings, people: &People) -> Known {
        Known {
            source: Source::of(people),
            balances: balance::of_rows(&people.workforce, &people.resolved, people.as_of.day),
            persons: Persons::count(&people.resolved),
            counted: Counted::of(pipeline, people, settings.expected.as_ref()),
            segments: segments(people),
            separate: people.separate,
            held: people.held.clone(),
        }
    }

    /// Adds those of the next range, who come of the same files.
    fn add(&mut self, later: Known) {
        for (own, later) in self.balances.iter_mut().zip(later.balances) {
            own.add(later);
        }
        self.persons.add(later.persons);
        self.counted.add(later.counted);
        for (employer, users) in later.segments {
            *self.segments.entry(employer).or_default() += users;
        }
        self.separate += later.separate;
        self.held.iter_mut().zip(later.held).for_each(|(own, later)| own.values.extend(later.values));
    }

    /// `INT001`: every row and every person stands in exactly one bucket (rule 27).
    fn check_sums(&self) -> Result<(), RunError> {
        let mut balances = self.source.balances(&self.balances);
        if let Some((kind, balance)) = balances.find(|(_, balance)| !balance.is_even()) {
            return Err(RunError::Unbalanced(format!("{kind} rows: {balance:?}")));
        }
        if self.persons.is_even() { Ok(()) } else { Err(RunError::Unbalanced(format!("persons: {:?}", self.persons))) }
    }

    /// Who shares a value that must be unique is tied to each other by what the value is made of; where only the values tell, and
    /// the two stood in different ranges, they must stand in one.
    fn check_ranges(&self) -> Result<(), RunError> {
        let shared = self.held.iter().find(|held| held.misses_somebody());
        shared.map_or(Ok(()), |Held { field, .. }| {
            Err(RunError::NeedsEverybody(format!("people in different ranges share values of \"{field}\"")))
        })
    }

    /// What the guards look at, but for the comparison with the last run, the age and the origin of the files.
    fn facts(&self) -> Facts {
        let files = self.source.balances(&self.balances);
        let files = files.map(|(kind, balance)| FileFacts { kind, rows: balance.records, rejected: balance.rejected });
        Facts {
            files: files.collect(),
            persons: self.persons.present,
            quarantined: self.persons.quarantined,
            users: self.persons.emitted - self.separate,
            set_skew: origin::skew(&self.source.files),
            ..Facts::default()
        }
    }

    /// What a run says about itself, but for the comparison with the last one.
    fn manifest(&self, pipeline: &Pipeline, settings: &Settings) -> Manifest {
        let Known { source, persons, .. } = self;
        let inputs: Vec<manifest::Input> = source
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
            as_of: source.as_of.day.to_string(),
            as_of_origin: source.as_of.origin.into(),
            pipeline: manifest::Pipeline { name: pipeline.options.name.clone(), sha256: pipeline.sha256.clone() },
            input_hash: manifest::input_hash(inputs.iter().map(|input| (input.kind.as_str(), input.sha256.as_str()))),
            origin: Some(origin::of(pipeline, &source.files)),
            inputs,
            keys: source.keys.clone(),
            persons: ManifestPersons {
                seen: persons.present,
                emitted: persons.emitted,
                active: persons.active,
                excluded: persons.excluded.clone(),
                filtered: persons.filtered,
                quarantined: persons.quarantined,
            },
            files: source
                .balances(&self.balances)
                .map(|(kind, balance)| (kind.to_owned(), balance.buckets()))
                .collect(),
            segments: self.segments.clone(),
            allowed: settings.allow.iter().map(ToString::to_string).collect(),
            delivery: delivery(pipeline),
            ..Manifest::default()
        }
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
