//! From rows to users: normalize, resolve, validate, map. Who is emitted settles step by step, and only ever shrinks:
//! the policy, the selection, sections 8 and 10 of `resolution.md`, and at last the managers.

mod checks;
mod judge;
mod outputs;

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::DataFrame;
use rayon::prelude::*;

use super::input::Inputs;
use super::{RunError, World};
use crate::model::code::Code;
use crate::model::date::DateFormat;
use crate::model::kind::Kind;
use crate::model::range::KeyRange;
use crate::model::worker::Disposition;
use crate::people::{AsOfDate, Checked, Input, Mapped, People};
use crate::pipeline::{Pipeline, scope};
use crate::stages::map::{self, ElementTable, ListPlan, MapError, MappedOutput, Scope, TableColumns};
use crate::stages::normalize::{self, Side, Table, Workforce};
use crate::stages::resolve::{self, Order, Resolved, managers};
use crate::stages::validate::{attributes, uniqueness};

/// Who is emitted, before anything is mapped.
pub struct Users {
    workforce: Workforce,
    sides: Vec<Side>,
    resolved: Vec<Resolved>,
    as_of: AsOfDate,
    files: Vec<Input>,
    keys: Vec<String>,
    scope: Scope,
    checks: Vec<Checked>,
}

/// What it takes a whole source to see (rules 3 and 17).
pub fn check_source(tables: &[Table; Kind::ALL.len()], pipeline: &Pipeline) -> Result<(), RunError> {
    check_changes(tables)?;
    check_flags(normalize::has_primary_flags(tables), pipeline)
}

/// Rule 3: no file delivers changes alone.
pub fn check_changes(tables: &[Table; Kind::ALL.len()]) -> Result<(), RunError> {
    for table in tables {
        if let Some(file) = &table.seen.changes_only {
            return Err(RunError::changes_only(file));
        }
    }
    Ok(())
}

/// Rule 17: some primary flag says something.
pub fn check_flags(has_flags: bool, pipeline: &Pipeline) -> Result<(), RunError> {
    if pipeline.is_resolved() && !pipeline.options.resolve.assume_single && !has_flags {
        let sentence = "no primary flag column of any kind is filled in any extract";
        return Err(RunError::fatal(Code::Src020, sentence));
    }
    Ok(())
}

/// The attributes by which people are compared: who has the same has a say in what becomes of the others.
pub fn unique_attributes(pipeline: &Pipeline) -> Vec<String> {
    let always = ["WorkEmail", "UserName"].map(str::to_owned);
    always.into_iter().chain(pipeline.mapping.unique_attributes()).collect()
}

/// Stage 4.
pub fn normalize(inputs: Inputs, pipeline: &Pipeline, as_of: &AsOfDate, range: KeyRange, world: &World<'_>) -> Users {
    world.progress.begin("normalize", "rows", None);
    let Inputs { tables, sides, files, keys } = inputs;
    let workforce = normalize::normalize(tables, as_of.day, range);
    world.progress.end(&format!("{} persons", workforce.own.len()));
    let scope = scope(&pipeline.options.extract);
    Users { workforce, sides, resolved: Vec::new(), as_of: as_of.clone(), files, keys, scope, checks: Vec::new() }
}

/// What can be said of rows whose people cannot be resolved, since there are no assignments: the checks over rows.
pub fn leave_unresolved(mut users: Users, pipeline: &Pipeline) -> Result<People, RunError> {
    checks::of_rows(&mut users, pipeline)?;
    users.checks.extend(checks::unjudged(pipeline));
    Ok(users.unmapped())
}

/// Stages 5 and 6: resolution, selection, and what is wrong with the selected.
pub fn resolve(mut users: Users, pipeline: &Pipeline, world: &World<'_>) -> Result<Users, RunError> {
    let options = &pipeline.options.resolve;
    world.progress.begin("resolve", "persons", Some(users.workforce.len() as u64));
    users.resolved = resolve::resolve_all(&users.workforce, options, users.as_of.day);
    world.progress.end(&format!("{} persons as of {}", users.resolved.len(), users.as_of.day));
    world.progress.begin("validate", "persons", Some(users.workforce.len() as u64));
    checks::of_rows(&mut users, pipeline)?;
    select(&mut users, pipeline)?;
    checks::of_workers(&mut users, pipeline)?;
    let email_required = pipeline.mapping.outputs().iter().any(|output| output.profile.email_required);
    let Users { workforce, resolved, as_of, .. } = &mut users;
    let check = || attributes::check(workforce, resolved, email_required);
    let ((), directory) = rayon::join(check, || managers::Directory::new(workforce));
    managers::find(&directory, resolved, as_of.day);
    let emitted = users.emitted().len();
    world.progress.end(&format!("{emitted} persons to be emitted"));
    Ok(users)
}

/// `[select] where`: the others are filtered out, whatever else is wrong with them.
fn select(users: &mut Users, pipeline: &Pipeline) -> Result<(), RunError> {
    let names: Vec<String> = pipeline.mapping.selection_attributes().into_iter().collect();
    if names.is_empty() {
        return Ok(());
    }
    let persons = users.emitted();
    let table = users.table(&names, &persons, pipeline)?;
    let taken = pipeline.mapping.select(&table)?;
    for (person, _) in persons.iter().zip(taken).filter(|(_, taken)| !taken) {
        users.resolved[*person as usize].disposition = Disposition::Filtered;
    }
    Ok(())
}

/// Stage 7, with section 10 of `resolution.md`. Whoever is quarantined here was perhaps somebody's manager: then the
/// outputs are evaluated again, until nobody else falls out. It ends, because the emitted only become fewer.
pub fn map(mut users: Users, pipeline: &Pipeline, world: &World<'_>) -> Result<People, RunError> {
    let keep_unemitted = pipeline.options.resolve.keep_unemitted_managers;
    world.progress.begin("map", "persons", Some(users.emitted().len() as u64));
    let names = users.names(pipeline)?;
    let named = managers::named(&users.resolved);
    let mut found = uniqueness::shared(&users.workforce, &users.resolved);
    let (mut refused, mut held, mut shared) = (BTreeMap::new(), None, Vec::new());
    let (outputs, persons) = loop {
        managers::show_emitted(&mut users.resolved, &named, keep_unemitted);
        let persons = users.emitted();
        let outputs = users.outputs(&names, &persons, pipeline)?;
        judge::count_left_out(&outputs, &persons, &mut users.resolved);
        let refusing = outputs.iter().enumerate().filter(|(_, output)| !output.of_rows);
        let is_own = |row: u32| users.workforce.own.contains(&(persons[row as usize] as usize));
        refusing.for_each(|(nth, output)| judge::count_refused(nth, output, is_own, &mut refused));
        if users.workforce.range != KeyRange::ALL {
            // As they are first judged: later on fewer are left, of everybody as of a range.
            held.get_or_insert_with(|| {
                pipeline.mapping.untied().map(|(nth, at)| judge::held(&outputs[nth], at, is_own)).collect()
            });
        }
        let of_persons = || outputs.iter().filter(|output| !output.of_rows);
        outputs.iter().filter(|output| output.of_rows).try_for_each(judge::judge_rows)?;
        found.extend(judge::judge(of_persons(), &persons, &users.resolved, &mut shared)?);
        let nobody_lost_a_manager = !judge::loses_a_manager(&users.resolved, &found);
        for (person, code) in found.drain(..) {
            uniqueness::quarantine(&mut users.resolved[person], code);
        }
        if nobody_lost_a_manager {
            break (outputs, persons);
        }
    };
    managers::settle(&mut users.resolved, &named, keep_unemitted);
    judge::warn_of_formulas(&outputs, &persons, &mut users.resolved);
    judge::warn_of_absent_managers(&outputs, &persons, &mut users.resolved);
    users.leave_own();
    let order = users.order(&persons, pipeline.options.resolve.order);
    let (mut outputs, separate) = users.files(pipeline, outputs, &order, &persons);
    users.managers_first(&mut outputs);
    let joined = users.columns(pipeline).joined(&users.emitted());
    world.progress.end(&format!("{} users in {} files", order.len(), outputs.len()));
    let held = held.unwrap_or_default();
    Ok(People { joined, refused, shared, held, outputs, separate, ..users.unmapped() })
}

impl Users {
    /// What is known of them without an output.
    fn unmapped(self) -> People {
        let Users { workforce, sides, resolved, as_of, files, keys, checks, .. } = self;
        People {
            workforce,
            sides,
            joined: Vec::new(),
            resolved,
            as_of,
            files,
            keys,
            checks,
            refused: BTreeMap::new(),
            shared: Vec::new(),
            held: Vec::new(),
            outputs: Vec::new(),
            separate: 0,
        }
    }

    /// Leaves of the people those whom this is about: the others are written and counted elsewhere.
    fn leave_own(&mut self) {
        let own = self.workforce.own.clone();
        if own.len() == self.resolved.len() {
            return;
        }
        let others = self.resolved.iter_mut().enumerate().filter(|(person, _)| !own.contains(person));
        others.for_each(|(_, person)| {
            (person.present, person.disposition) = (false, Disposition::Filtered);
        });
    }

    /// The persons who are emitted, as it stands now, by PersonNumber.
    fn emitted(&self) -> Vec<u32> {
        let is_emitted = |person: &usize| self.resolved[*person].disposition.is_emitted();
        (0..self.resolved.len()).into_par_iter().filter(is_emitted).map(|person| person as u32).collect()
    }

    fn columns<'a>(&'a self, pipeline: &Pipeline) -> TableColumns<'a> {
        let format = |kind| {
            let extract = pipeline.options.extract.of(kind);
            DateFormat::new(extract.and_then(|extract| extract.date_format.as_deref()))
        };
        TableColumns {
            workforce: &self.workforce,
            resolved: &self.resolved,
            scope: &self.scope,
            as_of: self.as_of.day,
            sides: &self.sides,
            dates: Kind::ALL.map(format),
        }
    }

    /// The attributes that the outputs read. One that no file has is null, but the extract's own headers must be there.
    fn names(&self, pipeline: &Pipeline) -> Result<Vec<String>, RunError> {
        let columns = self.columns(pipeline);
        let mut names = pipeline.mapping.table_attributes();
        if let Some(name) = names.iter().find(|name| self.scope.attribute(name).is_none() && !columns.has(name)) {
            return Err(RunError::NoColumn(name.clone()));
        }
        if pipeline.mapping.outputs().iter().any(|output| output.writes_every_attribute()) {
            let all = self.scope.attributes.iter().map(|attribute| attribute.name.clone());
            names.extend(all.filter(|name| !name.contains('.') && columns.has(name)));
        }
        Ok(names.into_iter().collect())
    }

    /// The elements of the lists of an output.
    fn lists(&self, lists: &[ListPlan], persons: &[u32], pipeline: &Pipeline) -> Result<Vec<ElementTable>, RunError> {
        let columns = self.columns(pipeline);
        let one = |list: &ListPlan| {
            let names: Vec<String> = list.attributes().into_iter().collect();
            if let Some(name) = names.iter().find(|name| self.scope.attribute(name).is_none() && !columns.has(name)) {
                return Err(RunError::NoColumn(name.clone()));
            }
            map::elements(&columns, &pipeline.options.resolve, list.kind, &names, persons)
                .map_err(|error| RunError::Map(MapError::table(&error)))
        };
        lists.iter().map(one).collect()
    }

    /// A target that wants managers before their reports gets them so, whatever the pipeline's order.
    fn managers_first(&self, outputs: &mut [Mapped]) {
        for mapped in outputs.iter_mut().filter(|mapped| mapped.plan.profile.managers_first) {
            mapped.rows.sort_unstable();
            let persons: Vec<u32> = mapped.rows.iter().map(|row| mapped.persons[*row as usize]).collect();
            let row_of = |person: u32| mapped.persons.binary_search(&person).map_or(0, |row| row as u32);
            mapped.rows = managers::managers_first(&self.resolved, &persons).into_iter().map(row_of).collect();
        }
    }

    fn table(&self, names: &[String], persons: &[u32], pipeline: &Pipeline) -> Result<DataFrame, RunError> {
        map::build(&self.columns(pipeline), names, persons).map_err(|error| RunError::Map(MapError::table(&error)))
    }

    /// The files of a run: each output with its users, and with the columns of the first the files of states (rule 19), whose
    /// users stand in no output. Also how many these are.
    fn files(
        &self,
        pipeline: &Pipeline,
        outputs: Vec<MappedOutput>,
        order: &[u32],
        persons: &[u32],
    ) -> (Vec<Mapped>, u64) {
        let emit = &pipeline.options.resolve.emit;
        let file_of = |row: &u32| emit.file_of(self.resolved[persons[*row as usize] as usize].state);
        let mut of_files: BTreeMap<&str, Vec<u32>> =
            emit.files().map(|file| (file.get_ref().as_str(), Vec::new())).collect();
        let mut rows = Vec::with_capacity(order.len());
        for row in order {
            match file_of(row) {
                None => rows.push(*row),
                Some(file) => of_files.entry(file).or_default().push(*row),
            }
        }
        let separate = of_files.values().map(|rows| rows.len() as u64).sum();
        let outputs: Vec<Arc<MappedOutput>> = outputs.into_iter().map(Arc::new).collect();
        let columns = self.columns(pipeline);
        let mut files: Vec<Mapped> = Vec::new();
        for (nth, (output, plan)) in outputs.iter().zip(pipeline.mapping.outputs()).enumerate() {
            let fields = pipeline.mapping.lineage(plan, output, &columns);
            let (plan, output) = (plan.clone(), Arc::clone(output));
            // The rows of an extract are nobody's: the first range has them.
            let (rows, persons) = if output.of_rows {
                let rows = if self.workforce.range.is_first() { 0..output.rows() as u32 } else { 0..0 };
                (rows.collect(), Vec::new())
            } else {
                (rows.clone(), persons.to_vec())
            };
            files.push(Mapped { plan, nth, output, fields, rows, persons });
        }
        if let Some((output, plan)) = outputs.first().zip(pipeline.mapping.outputs().first()) {
            for (file, rows) in of_files {
                let mut plan = plan.clone();
                file.clone_into(&mut plan.file);
                let (fields, output) = (files[0].fields.clone(), Arc::clone(output));
                files.push(Mapped { plan, nth: 0, output, fields, rows, persons: persons.to_vec() });
            }
        }
        (files, separate)
    }

    /// The rows of a table over `persons` that are written, in the order of the output.
    fn order(&self, persons: &[u32], order: Order) -> Vec<u32> {
        let is_emitted = |row: &u32| self.resolved[persons[*row as usize] as usize].disposition.is_emitted();
        let rows: Vec<u32> = (0..persons.len() as u32).into_par_iter().filter(is_emitted).collect();
        if order == Order::PersonNumber {
            return rows;
        }
        let emitted: Vec<u32> = rows.iter().map(|row| persons[*row as usize]).collect();
        let row_of = |person: u32| persons.binary_search(&person).map_or(0, |row| row as u32);
        managers::managers_first(&self.resolved, &emitted).into_iter().map(row_of).collect()
    }
}
