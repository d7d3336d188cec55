//! The pipeline's own checks: over rows once everybody is resolved, over workers once it is known who is to be emitted.

use rustc_hash::FxHashSet;

use super::Users;
use crate::model::code::Code;
use crate::model::finding::{EXAMPLES, Example};
use crate::model::kind::Kind;
use crate::model::row::{Fate, NOBODY};
use crate::people::Checked;
use crate::pipeline::Pipeline;
use crate::report::address;
use crate::run::RunError;
use crate::stages::map::{self, CheckPlan, CheckSeverity, MapError, Over, Target};
use crate::stages::normalize::Side;
use crate::stages::resolve::Resolved;
use crate::stages::validate::uniqueness;

/// The checks over the rows of a kind, the rows that take part.
pub fn of_rows(users: &mut Users, pipeline: &Pipeline) -> Result<(), RunError> {
    for plan in &pipeline.checks {
        let Over::Rows(kind) = plan.over else { continue };
        let names: Vec<String> = plan.attributes().iter().cloned().collect();
        let table = map::build_admitted(&users.columns(pipeline), kind, &names);
        let (table, positions) = table.map_err(|error| RunError::Map(MapError::table(&error)))?;
        let broken = broken(users, plan, &table)?;
        let rows = &users.workforce.table(kind).rows;
        let broken: Vec<u32> = broken.iter().map(|row| positions[*row as usize]).collect();
        let is_own = |position: &&u32| users.workforce.is_own(&rows.rows[**position as usize]);
        let found: Vec<u32> = broken.iter().filter(is_own).copied().collect();
        let judged = positions.iter().filter(is_own).count();
        let example = |position: &u32| {
            let row = &rows.rows[*position as usize];
            let number = (row.person != NOBODY).then(|| users.workforce.number(row.person as usize).to_owned());
            let file = Some(rows.files[row.file as usize].name.clone());
            Example { person_number: number, file, line: Some(row.line) }
        };
        let mut places: Vec<Example> = found.iter().map(example).collect();
        places.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        places.truncate(EXAMPLES);
        let persons: Vec<u32> = broken.iter().map(|position| rows.rows[*position as usize].person).collect();
        users.checks.push(checked(plan, Some(judged), found.len(), places));
        for person in persons.into_iter().filter(|person| *person != NOBODY) {
            if let Some(resolved) = users.resolved.get_mut(person as usize) {
                blame(resolved, plan.severity);
            }
        }
    }
    Ok(())
}

/// The checks over those who are to be emitted, as far as that is decided.
pub fn of_workers(users: &mut Users, pipeline: &Pipeline) -> Result<(), RunError> {
    let persons = users.emitted();
    let plans: Vec<&CheckPlan> = pipeline.checks.iter().filter(|plan| plan.over == Over::Workers).collect();
    for plan in plans {
        let names: Vec<String> = plan.attributes().iter().cloned().collect();
        let columns = users.columns(pipeline);
        if let Some(name) = names.iter().find(|name| users.scope.attribute(name).is_none() && !columns.has(name)) {
            return Err(RunError::NoColumn(name.clone()));
        }
        let table = users.table(&names, &persons, pipeline)?;
        let broken = broken(users, plan, &table)?;
        let found: Vec<usize> = broken.iter().map(|row| persons[*row as usize] as usize).collect();
        let example = |person: &usize| address(&users.workforce, &users.resolved[*person], *person);
        let own: Vec<usize> = found.iter().copied().filter(|person| users.workforce.own.contains(person)).collect();
        let judged = persons.iter().filter(|person| users.workforce.own.contains(&(**person as usize))).count();
        let places = own.iter().take(EXAMPLES).map(example).collect();
        users.checks.push(checked(plan, Some(judged), own.len(), places));
        found.into_iter().for_each(|person| blame(&mut users.resolved[person], plan.severity));
    }
    Ok(())
}

/// What is said of the checks over workers where nobody is resolved.
pub fn unjudged(pipeline: &Pipeline) -> impl Iterator<Item = Checked> {
    let of_workers = pipeline.checks.iter().filter(|plan| plan.over == Over::Workers);
    of_workers.map(|plan| checked(plan, None, 0, Vec::new()))
}

/// A warning is counted, an error quarantines.
fn blame(person: &mut Resolved, severity: CheckSeverity) {
    match severity {
        CheckSeverity::W => person.codes.insert(Code::Chk001),
        CheckSeverity::E => uniqueness::quarantine(person, Code::Chk001),
    }
}

fn broken(users: &Users, plan: &CheckPlan, table: &polars::prelude::DataFrame) -> Result<Vec<u32>, RunError> {
    let Some(target) = plan.target() else { return Ok(plan.broken(table, &|_| true)?) };
    if let Some(side) = users.sides.iter().find(|side| side.name == target.extract) {
        return Ok(plan.broken(table, &|value| Side::find(side, value).is_some())?);
    }
    let known = values(users, target);
    Ok(plan.broken(table, &|value| known.contains(value))?)
}

/// The values of a column of a kind, over the rows that take part.
fn values<'a>(users: &'a Users, target: &Target) -> FxHashSet<&'a str> {
    let Some(kind) = Kind::named(&target.extract) else { return FxHashSet::default() };
    let table = users.workforce.table(kind);
    let Some(place) = table.layout.place(&target.column) else { return FxHashSet::default() };
    let admitted = table.rows.rows.iter().filter(|row| row.fate == Fate::Admitted);
    admitted.map(|row| table.rows.cells(row).get(place)).collect()
}

fn checked(plan: &CheckPlan, judged: Option<usize>, count: usize, examples: Vec<Example>) -> Checked {
    Checked {
        name: plan.name.clone(),
        over: plan.over.name(),
        severity: plan.severity.letter(),
        message: plan.message.clone(),
        condition: plan.condition.clone(),
        judged: judged.map(|judged| judged as u64),
        count: count as u64,
        examples,
    }
}
