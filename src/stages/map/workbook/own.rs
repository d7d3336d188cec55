//! What the fields of an output are, in the form of the pipeline file, also where the pipeline leaves them to the profile.

use toml::Spanned;

use super::NotTabular;
use crate::stages::map::options::{Field, FieldOptions, Fields, List, Lists, Output};
use crate::stages::map::{FieldPlan, OutputPlan};
use crate::targets::ProfileField;

/// The fields and lists of an output that was checked.
pub fn of_output(output: &Output, plan: &OutputPlan) -> Result<(Fields, Lists), NotTabular> {
    if let Some(fields) = &output.fields {
        return Ok((fields.clone(), output.each.clone()));
    }
    if plan.writes_every_attribute() {
        return Err(NotTabular::EveryAttribute(plan.file.clone()));
    }
    let fields = own(output, "", &plan.profile.fields, &plan.fields);
    let lists = plan.lists.iter().map(|list| {
        let chosen = output.each.0.iter().find(|(name, _)| *name.get_ref() == list.name);
        chosen.cloned().unwrap_or_else(|| {
            let known = plan.profile.lists.iter().find(|known| known.name == list.name);
            let known = known.map_or(&[][..], |known| &known.fields);
            // The condition of the profile's list holds where none is said.
            let fields = own(output, &format!("{}.", list.name), known, &list.fields);
            (spanned(&list.name), List { condition: None, fields })
        })
    });
    Ok((fields, Lists(lists.collect())))
}

/// The profile's own fields as a pipeline would write them.
fn own(output: &Output, prefix: &str, known: &[ProfileField], plans: &[FieldPlan]) -> Fields {
    let field = |plan: &FieldPlan| {
        let renamed = known.iter().all(|field| field.name != plan.name);
        let original = output.rename.iter().find(|(_, name)| renamed && *name.get_ref() == plan.name);
        let original = original.and_then(|(key, _)| key.get_ref().strip_prefix(prefix));
        let options = FieldOptions { stands_for: original.map(spanned), ..FieldOptions::default() };
        (spanned(&plan.name), Field { sql: spanned(&plan.expression.sql), options })
    };
    Fields(plans.iter().map(field).collect())
}

/// A text that stands in no file.
fn spanned(text: &str) -> Spanned<String> {
    Spanned::new(0..0, text.to_owned())
}
