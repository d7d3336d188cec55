//! Why somebody is not in the output: excluded by the state, filtered by the selection, quarantined by codes, or left to
//! another file by a condition.

use super::Missing;
use crate::model::worker::{Disposition, WorkerState};
use crate::people::People;
use crate::pipeline::Pipeline;

/// The reasons: none where the person is in every output.
pub fn of(people: &People, pipeline: &Pipeline, person: usize) -> Vec<Missing> {
    let resolved = &people.resolved[person];
    let missing = |reason, sentence| Missing { file: None, reason, sentence, codes: Vec::new() };
    if !resolved.present {
        let sentence = "no row takes part: every one is rejected or set aside".to_owned();
        return vec![missing("no_row", sentence)];
    }
    match resolved.disposition {
        Disposition::Excluded => {
            let state = resolved.state.map_or("", |state| state.text());
            let key = resolved.state.map_or("", key_of);
            let sentence = format!("the state is {state}, and [resolve.emit] says {key} = \"exclude\"");
            vec![missing("excluded", sentence)]
        }
        Disposition::Filtered => {
            let sql = pipeline.mapping.selection_sql();
            vec![missing("filtered", format!("[select] where does not hold: {sql}"))]
        }
        Disposition::Quarantined => {
            let codes: Vec<&'static str> = resolved.errors.iter().map(|code| code.text()).collect();
            let sentence = format!("quarantined: {}", codes.join(", "));
            vec![Missing { codes, ..missing("quarantined", sentence) }]
        }
        Disposition::Emitted | Disposition::EmittedInactive => elsewhere(people, pipeline, person),
    }
}

/// The key of a state in `[resolve.emit]`.
fn key_of(state: WorkerState) -> &'static str {
    match state {
        WorkerState::Current => "active",
        WorkerState::Pending => "pending",
        WorkerState::Future => "future",
        WorkerState::Terminated => "terminated",
        WorkerState::NoEmployment => "no_employment",
    }
}

/// The outputs in which an emitted person does not stand: in another file by its state, or by a condition of the output.
fn elsewhere(people: &People, pipeline: &Pipeline, person: usize) -> Vec<Missing> {
    let own_file = pipeline.options.resolve.emit.file_of(people.resolved[person].state);
    let without = |(nth, plan): (usize, &crate::stages::map::OutputPlan)| {
        let file = Some(plan.file.clone());
        if let Some(own_file) = own_file {
            let sentence = format!("in {own_file}, and not in {}: [resolve.emit] gives its state a file", plan.file);
            return Some(Missing { file, reason: "condition", sentence, codes: Vec::new() });
        }
        let mapped = people.outputs.iter().find(|mapped| mapped.nth == nth && mapped.plan.file == plan.file)?;
        let row = mapped.persons.binary_search(&(person as u32)).ok()? as u32;
        let sql = plan.condition_sql().filter(|_| !mapped.output.takes(row))?;
        let sentence = format!("not in {}: its where does not hold: {sql}", plan.file);
        Some(Missing { file, reason: "condition", sentence, codes: Vec::new() })
    };
    pipeline.mapping.outputs().iter().enumerate().filter_map(without).collect()
}
