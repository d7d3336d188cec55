//! The judgement: each guard's value of this run against its limit, one verdict a guard. Where a guard looks at
//! several things (files, fields, legal employers), the worst of them speaks for all.

use std::cmp::Reverse;

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::allow::{Allow, Bound};
use super::limit::{Limit, MinRows};
use super::{Changes, Facts, FieldChange, Guard, Name, OrOff, Segment};

/// What a guard says about a run; stands in the report and the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    pub name: Name,
    /// Of which file, field or legal employer, where the guard looks at several: the worst.
    pub of: Option<String>,
    /// None where it could not be judged; seconds for `max_set_skew` and `max_age`.
    pub value: Option<u64>,
    /// What a percentage is of.
    pub base: Option<u64>,
    /// As in the pipeline: `2%`, `40000..50000`, `off`; `unset` where there is none.
    pub limit: String,
    /// Past the limit, and not allowed: nothing may be published.
    pub tripped: bool,
    /// The `--allow` without which it would have tripped.
    pub allowed_by: Option<String>,
    /// Whether the pipeline, or its silence, turns the guard off.
    pub off: bool,
    pub note: Option<String>,
}

/// One thing that a guard looks at.
struct Measure {
    of: Option<String>,
    value: u64,
    base: Option<u64>,
    bound: Bound,
}

/// What a guard looks at, or why it cannot be judged.
type Measured = Result<Vec<Measure>, &'static str>;

const FIRST_RUN: &str = "not judged: no run has been published yet";
const UNADVISED: &str =
    "no run has been published yet and expected_users is not set: nothing tells whether the extract is whole";

/// Judges all guards, in the order of [`Name::ALL`]. Those that compare are not judged without the changes
/// against a published run, and say so.
/// A guard without a default that the pipeline does not set has no verdict, but for `expected_users` on a first run.
pub fn evaluate(guard: &Guard, allow: &[Allow], facts: &Facts, changes: Option<&Changes>) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for name in Name::ALL {
        let Some(bound) = bound(guard, name) else {
            if name == Name::ExpectedUsers && changes.is_none() {
                verdicts.push(Verdict { off: true, note: Some(UNADVISED.into()), ..unjudged(name, "unset".into()) });
            }
            continue;
        };
        verdicts.push(match measure(guard, name, bound, facts, changes) {
            Ok(measures) => judge(name, bound, &measures, allow),
            Err(note) => {
                Verdict { off: bound == Bound::Off, note: Some(note.into()), ..unjudged(name, bound.to_string()) }
            }
        });
    }
    verdicts
}

/// The guard's limit; `None` where the pipeline sets none and there is no default. `min_rows` by kind has one a file.
fn bound(guard: &Guard, name: Name) -> Option<Bound> {
    match name {
        Name::ExpectedUsers => guard.expected_users.map(Bound::from),
        Name::MinUsers => Some(guard.min_users.into()),
        Name::MinRows => guard.min_rows.as_ref().map(|setting| match setting {
            OrOff::Off => Bound::Off,
            OrOff::On(MinRows::Each(least)) => Bound::AtLeast(*least),
            OrOff::On(MinRows::ByKind(_)) => Bound::AtLeast(0),
        }),
        Name::MaxQuarantined => Some(guard.max_quarantined.into()),
        Name::MaxRejected => Some(guard.max_rejected.into()),
        Name::MaxLeavers => Some(guard.max_leavers.into()),
        Name::MaxJoiners => Some(guard.max_joiners.into()),
        Name::MaxChanged => Some(guard.max_changed.into()),
        Name::MaxSegmentChange => Some(guard.max_segment_change.into()),
        Name::MaxSetSkew => guard.max_set_skew.map(Bound::from),
        Name::MaxAge => guard.max_age.map(Bound::from),
        Name::MaxOriginChanges => Some(guard.max_origin_changes.into()),
    }
}

fn measure(guard: &Guard, name: Name, bound: Bound, facts: &Facts, changes: Option<&Changes>) -> Measured {
    let one = |value, base| Ok(vec![Measure { of: None, value, base, bound }]);
    let changes = changes.ok_or(FIRST_RUN);
    match name {
        Name::ExpectedUsers | Name::MinUsers => one(facts.users, None),
        Name::MinRows => Ok(rows(guard, bound, facts)),
        Name::MaxQuarantined => one(facts.quarantined, Some(facts.persons)),
        Name::MaxRejected => Ok(rejected(bound, facts)),
        Name::MaxLeavers => one(changes?.leavers, Some(changes?.active_before)),
        Name::MaxJoiners => one(changes?.joiners, Some(changes?.active_before)),
        Name::MaxChanged => changed(bound, changes?),
        Name::MaxSegmentChange => segments(bound, changes?),
        Name::MaxSetSkew => one(seconds(facts.set_skew)?, None),
        Name::MaxAge => one(seconds(facts.age)?, None),
        Name::MaxOriginChanges => {
            let before = facts.published_origin.as_ref();
            let before =
                changes.and(before.ok_or("not judged: the last run does not say where its files came from"))?;
            let mut changes = facts.origin.changes(before);
            if facts.is_of_another {
                changes.insert(0, "pipeline");
            }
            let of = (!changes.is_empty()).then(|| changes.join(", "));
            Ok(vec![Measure { of, value: changes.len() as u64, base: None, bound }])
        }
    }
}

/// A length of time as guards count it: one that is not over in time is past its limit.
fn seconds(length: Option<SignedDuration>) -> Result<u64, &'static str> {
    let length = length.ok_or("not judged: the times of the files are not known")?;
    Ok(length.max(SignedDuration::ZERO).as_millis().unsigned_abs().div_ceil(1000) as u64)
}

/// A kind that the pipeline names and the extract lacks has no rows.
fn rows(guard: &Guard, bound: Bound, facts: &Facts) -> Vec<Measure> {
    let measure = |of: &str, value, bound| Measure { of: Some(of.into()), value, base: None, bound };
    match &guard.min_rows {
        Some(OrOff::On(MinRows::ByKind(kinds))) => kinds
            .iter()
            .map(|(kind, least)| {
                let there = facts.files.iter().filter(|file| file.kind == kind.name()).map(|file| file.rows).sum();
                measure(kind.name(), there, Bound::AtLeast(*least))
            })
            .collect(),
        _ => facts.files.iter().map(|file| measure(file.kind, file.rows, bound)).collect(),
    }
}

fn rejected(bound: Bound, facts: &Facts) -> Vec<Measure> {
    let of = |file: &super::FileFacts| Some(file.kind.to_owned());
    facts
        .files
        .iter()
        .map(|file| Measure { of: of(file), value: file.rejected, base: Some(file.rows), bound })
        .collect()
}

fn changed(bound: Bound, changes: &Changes) -> Measured {
    let fields =
        changes.fields.as_ref().ok_or("not judged: the users of this run or of the last one are not in CSV")?;
    let base = Some(changes.in_both);
    let measure = |field: &FieldChange| Measure { of: Some(field.field.clone()), value: field.changed, base, bound };
    Ok(fields.iter().map(measure).collect())
}

/// A legal employer that was not there before has nothing that a percentage could be of: its people are joiners.
fn segments(bound: Bound, changes: &Changes) -> Measured {
    if changes.segments.is_empty() {
        return Err("not judged: the extract names no legal employers");
    }
    let measure = |segment: &Segment| Measure {
        of: Some(segment.legal_employer.clone()),
        value: segment.before.abs_diff(segment.now),
        base: (segment.before > 0).then_some(segment.before),
        bound,
    };
    Ok(changes.segments.iter().map(measure).collect())
}

/// The verdict of the worst measure; a guard with nothing to look at has nothing to say against the run.
fn judge(name: Name, bound: Bound, measures: &[Measure], allow: &[Allow]) -> Verdict {
    let allowed_by = |m: &Measure| allow.iter().find(|a| a.guard == name && !a.bound.is_passed(m.value, m.base));
    let passed = |m: &Measure| m.bound.is_passed(m.value, m.base);
    let tripped = |m: &Measure| passed(m) && allowed_by(m).is_none();
    let Some(worst) = measures.iter().max_by_key(|m| (tripped(m), passed(m), strain(m))) else {
        return Verdict {
            off: bound == Bound::Off,
            note: Some("nothing to look at".into()),
            ..unjudged(name, bound.to_string())
        };
    };
    let others = measures.iter().filter(|m| passed(m)).count().saturating_sub(1);
    Verdict {
        name,
        of: worst.of.clone(),
        value: Some(worst.value),
        base: worst.base,
        limit: worst.bound.to_string(),
        tripped: tripped(worst),
        allowed_by: if passed(worst) { allowed_by(worst).map(Allow::to_string) } else { None },
        off: worst.bound == Bound::Off,
        note: (others > 0).then(|| format!("{others} more past the limit")),
    }
}

/// How near a measure is to its bound, for choosing among those of one guard.
fn strain(measure: &Measure) -> (Reverse<u64>, u128) {
    let value = u128::from(measure.value);
    match (measure.bound, measure.base) {
        (Bound::AtLeast(_), _) => (Reverse(measure.value), 0),
        (Bound::AtMost(Limit::Percent(_)), base) => {
            (Reverse(0), (value << 32) / u128::from(base.unwrap_or(u64::MAX).max(1)))
        }
        _ => (Reverse(0), value),
    }
}

fn unjudged(name: Name, limit: String) -> Verdict {
    Verdict { name, of: None, value: None, base: None, limit, tripped: false, allowed_by: None, off: false, note: None }
}
