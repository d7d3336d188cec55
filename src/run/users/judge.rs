//! Section 10 of `resolution.md` for the values of the outputs: who falls out, who bears a code, and what of it is counted.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::model::buckets::hash;
use crate::model::code::Code;
use crate::people::{Held, Refused, Shared};
use crate::run::RunError;
use crate::stages::map::{FieldFinding, MappedOutput, Problem, compared};
use crate::stages::resolve::Resolved;
use crate::stages::validate::uniqueness;
use crate::targets::FieldType;

/// Counts whom an output refuses: they fall out at once, so nobody is counted twice.
pub fn count_refused(
    nth: usize,
    output: &MappedOutput,
    is_own: impl Fn(u32) -> bool,
    refused: &mut BTreeMap<(usize, usize), Refused>,
) {
    let refusing = |finding: &&FieldFinding| finding.problem != Problem::Formula && is_own(finding.row);
    for finding in output.findings.iter().filter(refusing) {
        let field = usize::from(finding.field);
        refused.entry((nth, field)).or_default().add(finding.problem, output.value(finding.row, field));
    }
}

/// What the persons of a range have in a column in which no two users may have the same.
pub fn held(output: &MappedOutput, field: usize, is_own: impl Fn(u32) -> bool) -> Held {
    let plan = &output.fields[field];
    let hash = |value: &str| hash(&compared(plan.kind, value));
    let rows = (0..output.rows() as u32).filter(|row| output.takes(*row));
    let hashes: Vec<(u64, u32)> = rows.filter_map(|row| Some((hash(output.value(row, field)?), row))).collect();
    let mut holders: FxHashMap<u64, u32> = FxHashMap::default();
    hashes.iter().for_each(|(hash, _)| *holders.entry(*hash).or_default() += 1);
    let own = hashes.iter().filter(|(_, row)| is_own(*row));
    Held { field: plan.name.clone(), values: own.map(|(hash, _)| (*hash, holders[hash])).collect() }
}

/// Whether one of those who fall out is the manager of somebody.
pub fn loses_a_manager(resolved: &[Resolved], found: &[(usize, Code)]) -> bool {
    if found.is_empty() {
        return false;
    }
    let mut falls = vec![false; resolved.len()];
    found.iter().for_each(|(person, _)| falls[*person] = true);
    resolved.iter().any(|person| person.manager.is_some_and(|manager| falls[manager as usize]))
}

/// Section 10 for the values of the outputs: who is quarantined for which code, and who `shared` a value. A shared
/// identifier is fatal (`OUT001`).
pub fn judge<'a>(
    outputs: impl Iterator<Item = &'a MappedOutput>,
    persons: &[u32],
    resolved: &[Resolved],
    shared: &mut Vec<Shared>,
) -> Result<Vec<(usize, Code)>, RunError> {
    let mut found = Vec::new();
    for output in outputs {
        for finding in &output.findings {
            let code = match finding.problem {
                Problem::Missing => Code::Out011,
                Problem::Vocabulary | Problem::Unmapped | Problem::TooLong => Code::Out012,
                Problem::Unwritable => Code::Out014,
                Problem::Formula => continue,
            };
            found.push((persons[finding.row as usize] as usize, code));
        }
        for (field, plan) in output.fields.iter().enumerate().filter(|(_, plan)| plan.unique) {
            let groups = output.duplicates(field);
            let code = match plan.kind {
                FieldType::Email => Code::Out002,
                FieldType::UserName => Code::Out003,
                _ if groups.is_empty() => continue,
                _ => {
                    let sentence = format!("{} values of the field \"{}\" are not unique", groups.len(), plan.name);
                    return Err(RunError::fatal(Code::Out001, sentence));
                }
            };
            for group in groups {
                let holders: Vec<usize> = group.into_iter().map(|row| persons[row as usize] as usize).collect();
                shared.push(Shared { code, field: plan.name.clone(), persons: holders.clone() });
                found.extend(uniqueness::losers(resolved, holders).into_iter().map(|person| (person, code)));
            }
        }
    }
    Ok(found)
}

/// The rows of an extract have nobody who could be quarantined: what the target does not take stops the run.
pub fn judge_rows(output: &MappedOutput) -> Result<(), RunError> {
    let wrong = output.findings.iter().find(|finding| finding.problem != Problem::Formula);
    if let Some(finding) = wrong {
        let code = match finding.problem {
            Problem::Missing => Code::Out011,
            Problem::Unwritable => Code::Out014,
            _ => Code::Out012,
        };
        let (field, row) = (&output.fields[usize::from(finding.field)].name, finding.row + 1);
        return Err(RunError::fatal(code, format!("\"{field}\" of row {row}, by the key of the extract")));
    }
    let mut keys = output.fields.iter().enumerate().filter(|(_, plan)| plan.unique);
    match keys.find(|(field, _)| !output.duplicates(*field).is_empty()) {
        Some((_, plan)) => {
            Err(RunError::fatal(Code::Out001, format!("values of the field \"{}\" are not unique", plan.name)))
        }
        None => Ok(()),
    }
}

/// `OUT020`, for those who are written.
pub fn warn_of_formulas(outputs: &[MappedOutput], persons: &[u32], resolved: &mut [Resolved]) {
    for finding in outputs.iter().filter(|output| !output.of_rows).flat_map(|output| &output.findings) {
        let person = &mut resolved[persons[finding.row as usize] as usize];
        if finding.problem == Problem::Formula && person.disposition.is_emitted() {
            person.codes.insert(Code::Out020);
        }
    }
}

/// `MGR021` as well, for those whose manager does not stand in a file in which they do.
pub fn warn_of_absent_managers(outputs: &[MappedOutput], persons: &[u32], resolved: &mut [Resolved]) {
    for row in outputs.iter().flat_map(|output| &output.absent_managers) {
        let person = &mut resolved[persons[*row as usize] as usize];
        if person.disposition.is_emitted() {
            person.codes.insert(Code::Mgr021);
        }
    }
}

/// `OUT013`: everybody who loses a work relationship by a list's condition, written or not; `OUT015`: or a malformed e-mail.
pub fn count_left_out(outputs: &[MappedOutput], persons: &[u32], resolved: &mut [Resolved]) {
    for output in outputs.iter().filter(|output| !output.of_rows && output.has_lists()) {
        for row in (0..persons.len() as u32).filter(|row| output.takes(*row)) {
            let codes = &mut resolved[persons[row as usize] as usize].codes;
            if output.leaves_out(row) {
                codes.insert(Code::Out013);
            }
            if output.loses_an_email(row) {
                codes.insert(Code::Out015);
            }
        }
    }
}
