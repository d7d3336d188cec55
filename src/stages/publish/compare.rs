//! Two runs by their files: a published one with another, or with one that is staged. Both tell of everybody in the
//! order of PersonNumbers, so one pass over the two side by side finds who came, left or changed, and holds nobody in
//! memory; of the users' values it keeps a hash each.

mod cells;
mod roster;
mod source;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use self::cells::{Cells, Pairing};
use self::roster::{Person, Roster};
use super::manifest::{Manifest, Output};
use super::{PublishError, folder, lists};
use crate::stages::validate::guards::{
    AssignmentChange, Change, Changes, Decision, FieldChange, PersonChange, Segment,
};

/// One of two runs.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    pub folder: &'a Path,
    pub manifest: &'a Manifest,
    pub outputs: &'a [Output],
    /// Whether the files are hashed as they are read, and held against the manifest: a run that somebody cut short
    /// would let the next cut through. Of a staged run nobody else has seen anything.
    pub check: bool,
}

impl<'a> Run<'a> {
    /// A published run.
    pub fn published(folder: &'a Path, manifest: &'a Manifest) -> Run<'a> {
        Run { folder, manifest, outputs: &manifest.outputs, check: true }
    }

    fn output(&self, path: &str) -> Option<&'a Output> {
        self.outputs.iter().find(|output| output.path == path)
    }
}

/// The manifest of the run that `TO/current` points to, with its folder; `None` where nothing was published yet.
pub fn last(to: &Path) -> Result<Option<(PathBuf, Manifest)>, PublishError> {
    let Some(run) = folder::current(to)? else { return Ok(None) };
    let manifest = Manifest::load(&run)?;
    Ok(Some((run, manifest)))
}

/// The changes from one published run to another, each a folder or a link to one; with `list`, also whom they are about.
pub fn published(
    before: &Path,
    now: &Path,
    list: Option<&mut Vec<PersonChange>>,
) -> Result<(Manifest, Changes), PublishError> {
    let (before, now) = (folder::named(before)?, folder::named(now)?);
    let (old, new) = (Manifest::load(&before)?, Manifest::load(&now)?);
    let changes = compare(Run::published(&before, &old), Run::published(&now, &new), list)?;
    Ok((new, changes))
}

/// The changes from one run to another; with `list`, also whom they are about, by PersonNumber.
pub fn compare(
    before: Run<'_>,
    now: Run<'_>,
    mut list: Option<&mut Vec<PersonChange>>,
) -> Result<Changes, PublishError> {
    let (cells_before, cells_now) = rayon::join(|| Cells::read(before), || Cells::read(now));
    let (cells_before, cells_now) = (cells_before?, cells_now?);
    // Without the rows of its users, which a run of an earlier version does not tell, nobody's values can be compared.
    let knows_rows = |run: Run<'_>| run.output(lists::PLACEMENT_FILE).is_some();
    let both = cells_before.as_ref().zip(cells_now.as_ref()).filter(|_| knows_rows(before) && knows_rows(now));
    let pairing = both.map(|(before, now)| Pairing::new(before, now));
    let mut tally = Tally::new(pairing);
    let (mut then, mut present) = (Roster::open(before)?, Roster::open(now)?);
    loop {
        let order = match (then.person(), present.person()) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(one), Some(other)) => one.number().cmp(other.number()),
        };
        let old = then.person().filter(|_| order.is_le());
        let new = present.person().filter(|_| order.is_ge());
        let change = tally.take(old, new, list.is_some());
        if let (Some(list), Some(change)) = (list.as_deref_mut(), change) {
            list.push(change);
        }
        if order.is_le() {
            then.advance()?;
        }
        if order.is_ge() {
            present.advance()?;
        }
    }
    then.finish()?;
    present.finish()?;
    Ok(tally.changes(before, now))
}

/// The counts in the making.
struct Tally<'a> {
    changes: Changes,
    pairing: Option<Pairing<'a>>,
    decisions: BTreeMap<(String, String), u64>,
    /// By the id of the legal employer.
    segments: FxHashMap<Vec<u8>, Segment>,
}

impl<'a> Tally<'a> {
    fn new(pairing: Option<Pairing<'a>>) -> Tally<'a> {
        Tally { changes: Changes::default(), pairing, decisions: BTreeMap::new(), segments: FxHashMap::default() }
    }

    /// Counts one person of either run or of both; with `tell`, says what changed about them.
    fn take(&mut self, old: Option<&Person>, new: Option<&Person>, tell: bool) -> Option<PersonChange> {
        let was_active = old.is_some_and(Person::is_active);
        let is_active = new.is_some_and(Person::is_active);
        let was_user = old.is_some_and(Person::is_user);
        let is_user = new.is_some_and(Person::is_user);
        let changes = &mut self.changes;
        changes.active_before += u64::from(was_active);
        changes.active_now += u64::from(is_active);
        changes.added += u64::from(is_user && !was_user);
        changes.removed += u64::from(was_user && !is_user);
        let back = old.is_some_and(|old| old.is_user() || old.has_left());
        let change = match (was_active, is_active) {
            (false, true) if back => Change::Reactivated,
            (false, true) => Change::Joiner,
            (true, false) => Change::Leaver,
            _ if is_user && !was_user => Change::Added,
            _ if was_user && !is_user => Change::Removed,
            _ => Change::Changed,
        };
        let mut told = PersonChange { change, ..PersonChange::default() };
        match change {
            Change::Joiner | Change::Reactivated => {
                changes.joiners += 1;
                changes.reactivated += u64::from(change == Change::Reactivated);
                segment(&mut self.segments, new).joiners += 1;
            }
            Change::Leaver => {
                changes.leavers += 1;
                let what = new.map_or("absent", Person::disposition);
                *changes.left.entry(what.to_owned()).or_default() += 1;
                told.now = tell.then(|| what.to_owned());
                segment(&mut self.segments, old).leavers += 1;
            }
            Change::Added | Change::Removed | Change::Changed => {}
        }
        let differs = match (old, new) {
            (Some(old), Some(new)) if was_user && is_user => self.compare_users(old, new, tell, &mut told),
            _ => false,
        };
        if !tell || change == Change::Changed && !differs {
            return None;
        }
        told.person_number = new.or(old).map(|person| text(person.number())).unwrap_or_default();
        Some(told)
    }

    /// Counts a user of both runs, and says whether anything differs.
    fn compare_users(&mut self, old: &Person, new: &Person, tell: bool, told: &mut PersonChange) -> bool {
        let changes = &mut self.changes;
        changes.in_both += 1;
        let moved = [
            (
                &mut changes.moved.legal_employer,
                "legal_employer",
                is_elsewhere(old.legal_employer(), new.legal_employer()),
            ),
            (&mut changes.moved.business_unit, "business_unit", is_elsewhere(old.business_unit(), new.business_unit())),
            (&mut changes.moved.manager, "manager", old.manager() != new.manager()),
        ];
        let mut has_moved = false;
        for (count, what, _) in moved.into_iter().filter(|(_, _, is_other)| *is_other) {
            *count += 1;
            has_moved = true;
            told.moved.extend(tell.then(|| what.to_owned()));
        }
        let other_assignment = old.assignment() != new.assignment();
        if other_assignment {
            changes.assignments += 1;
            *self.decisions.entry((text(old.rule()), text(new.rule()))).or_default() += 1;
            told.assignment = tell.then(|| AssignmentChange {
                before: text(old.assignment()),
                now: text(new.assignment()),
                rule_before: text(old.rule()),
                rule_now: text(new.rule()),
            });
        }
        let compared = self.pairing.as_mut().map(|pairing| pairing.compare(old.row(), new.row()));
        let differs = compared.unwrap_or_default();
        changes.changed += u64::from(differs.any);
        changes.emails += u64::from(differs.email);
        if tell && let Some(pairing) = &self.pairing {
            told.email = differs.email;
            told.fields = pairing.fields_of_last().map(str::to_owned).collect();
        }
        if old.is_active() && new.is_active() && is_elsewhere(old.legal_employer(), new.legal_employer()) {
            segment(&mut self.segments, Some(old)).moved_out += 1;
            segment(&mut self.segments, Some(new)).moved_in += 1;
        }
        if differs.any {
            segment(&mut self.segments, Some(new)).changed += 1;
        }
        has_moved || other_assignment || differs.any
    }

    fn changes(self, before: Run<'_>, now: Run<'_>) -> Changes {
        let mut changes = self.changes;
        changes.from.clone_from(&before.manifest.run);
        changes.fields = self.pairing.map(|pairing| {
            let counted = pairing.counted();
            counted.map(|(field, changed)| FieldChange { field: field.to_owned(), changed }).collect()
        });
        let decision = |((before, now), count): ((String, String), u64)| Decision { before, now, count };
        changes.decisions = self.decisions.into_iter().map(decision).collect();
        changes.decisions.sort_by_key(|decision| std::cmp::Reverse(decision.count));
        changes.segments = segments(self.segments, before.manifest, now.manifest);
        changes.files = other_files(before, now);
        changes
    }
}

/// The segment of a person; those of nobody's legal employer are counted under a blank id, and shown nowhere.
fn segment<'a>(segments: &'a mut FxHashMap<Vec<u8>, Segment>, of: Option<&Person>) -> &'a mut Segment {
    segments.entry(of.map_or(&b""[..], Person::legal_employer).to_vec()).or_default()
}

/// Whether both places are known, and not the same.
fn is_elsewhere(was: &[u8], is: &[u8]) -> bool {
    was != is && !was.is_empty() && !is.is_empty()
}

/// Every legal employer of either run, by name, with what was counted under its id.
fn segments(mut counted: FxHashMap<Vec<u8>, Segment>, before: &Manifest, now: &Manifest) -> Vec<Segment> {
    let names: BTreeSet<&String> = before.segments.keys().chain(now.segments.keys()).collect();
    let of = |manifest: &Manifest, name: &String| manifest.segments.get(name).copied().unwrap_or(0);
    names
        .into_iter()
        .map(|name| Segment {
            legal_employer: name.clone(),
            before: of(before, name),
            now: of(now, name),
            ..counted.remove(lists::unit_id(name).as_bytes()).unwrap_or_default()
        })
        .collect()
}

/// The files for the target that are not the same, by path.
fn other_files(before: Run<'_>, now: Run<'_>) -> Vec<String> {
    let paths: BTreeSet<&str> = before.outputs.iter().chain(now.outputs).map(|output| output.path.as_str()).collect();
    let hash = |run: Run<'_>, path: &str| run.output(path).map(|output| output.sha256.clone());
    let differs = |path: &&str| !lists::is_of_the_run(path) && hash(before, path) != hash(now, path);
    paths.into_iter().filter(differs).map(str::to_owned).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
