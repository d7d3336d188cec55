//! The outputs over the table of the emitted. An output with a `where` of its own leaves users out of its file: a manager
//! who is one of these is to that file as who is not emitted at all (rule 25), and blank in it.

use std::collections::BTreeSet;

use polars::prelude::DataFrame;
use rayon::prelude::*;

use super::Users;
use crate::pipeline::Pipeline;
use crate::run::RunError;
use crate::stages::map::{self, MapError, MappedOutput, OutputPlan};
use crate::targets::Format;

/// Whom an output's `where` takes, a flag for each row of the table; `None`: everybody.
type Taken = Option<Vec<bool>>;

impl Users {
    /// Evaluates every output over the table of `persons`, which has the columns `names`.
    pub(super) fn outputs(
        &mut self,
        names: &[String],
        persons: &[u32],
        pipeline: &Pipeline,
    ) -> Result<Vec<MappedOutput>, RunError> {
        let table = self.table(names, persons, pipeline)?;
        let columns = self.columns(pipeline);
        let known: BTreeSet<&str> = names.iter().map(String::as_str).filter(|name| columns.has(name)).collect();
        let has = |name: &str| known.contains(name);
        let plans = pipeline.mapping.outputs();
        let of_persons = |(nth, plan): (usize, &OutputPlan)| match plan.rows {
            None => pipeline.mapping.taken(nth, &table),
            Some(_) => Ok(None),
        };
        let taken: Vec<Taken> = plans.iter().enumerate().map(of_persons).collect::<Result<_, _>>()?;
        let mut outputs = Vec::with_capacity(plans.len());
        for (nth, plan) in plans.iter().enumerate() {
            let rows = plan.rows.as_ref().and_then(|name| self.sides.iter().find(|side| side.name == *name));
            if let Some(rows) = rows {
                let rows = map::build_rows(rows).map_err(|error| RunError::Map(MapError::table(&error)))?;
                outputs.push(pipeline.mapping.evaluate(nth, &rows, &[], &has)?);
                continue;
            }
            let absent = self.absent_managers(plan, nth, &taken, persons, pipeline);
            let named = self.hide_managers(&absent, persons);
            let shown = if absent.is_empty() { None } else { Some(self.retold(&table, names, persons, pipeline)?) };
            let lists = self.lists(&plan.lists, persons, pipeline)?;
            let of = shown.as_ref().unwrap_or(&table);
            let mut output = pipeline.mapping.evaluate_taken(nth, of, &lists, &has, taken[nth].clone())?;
            output.absent_managers = absent;
            outputs.push(output);
            named.into_iter().for_each(|(person, manager)| self.resolved[person].manager = Some(manager));
        }
        Ok(outputs)
    }

    /// The rows of an output whose manager is a user, and stands neither in its file nor in one that goes on with it: CSV
    /// outputs of one target are one table.
    fn absent_managers(
        &self,
        plan: &OutputPlan,
        nth: usize,
        taken: &[Taken],
        persons: &[u32],
        pipeline: &Pipeline,
    ) -> Vec<u32> {
        let is_shown = pipeline.options.resolve.keep_unemitted_managers || !plan.reads_managers(&self.scope);
        let Some(own) = taken[nth].as_ref().filter(|_| !is_shown) else { return Vec::new() };
        let goes_on = |other: &OutputPlan| {
            let is_table = plan.format == Format::Csv && other.format == Format::Csv;
            is_table && other.rows.is_none() && other.profile.name == plan.profile.name
        };
        let others = pipeline.mapping.outputs().iter().enumerate();
        let files: Vec<&Taken> =
            others.filter(|(other, plan)| *other == nth || goes_on(plan)).map(|(other, _)| &taken[other]).collect();
        let stands = |row: usize| files.iter().any(|taken| taken.as_ref().is_none_or(|taken| taken[row]));
        let is_absent = |row: &u32| {
            let manager = self.resolved[persons[*row as usize] as usize].manager;
            let manager = manager.and_then(|manager| persons.binary_search(&manager).ok());
            own[*row as usize] && manager.is_some_and(|manager| !stands(manager))
        };
        (0..persons.len() as u32).into_par_iter().filter(is_absent).collect()
    }

    /// Takes the managers of these rows away, and gives them to be put back: person and manager.
    fn hide_managers(&mut self, rows: &[u32], persons: &[u32]) -> Vec<(usize, u32)> {
        let persons = rows.iter().map(|row| persons[*row as usize] as usize);
        persons.filter_map(|person| Some((person, self.resolved[person].manager.take()?))).collect()
    }

    /// The table with what its columns now tell of managers.
    fn retold(
        &self,
        table: &DataFrame,
        names: &[String],
        persons: &[u32],
        pipeline: &Pipeline,
    ) -> Result<DataFrame, RunError> {
        let of_managers = |name: &&String| self.scope.attribute(name).is_some_and(|known| known.after_selection);
        let names: Vec<String> = names.iter().filter(of_managers).cloned().collect();
        let mut shown = table.clone();
        for column in self.table(&names, persons, pipeline)?.into_columns() {
            shown.with_column(column).map_err(|error| RunError::Map(MapError::table(&error)))?;
        }
        Ok(shown)
    }
}
