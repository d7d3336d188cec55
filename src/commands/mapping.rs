//! `mapping`: the fields of an output as a table that people fill in with a spreadsheet, and back.

use hcmsync::pipeline::{Instead, Overrides, output_of};
use hcmsync::stages::map::workbook::{self, NotTabular};

use super::{Failure, load_with};
use crate::cli::Mapping;

impl From<NotTabular> for Failure {
    fn from(error: NotTabular) -> Failure {
        Failure { help: Some(error.help().into()), exit_code: 2, message: error.to_string() }
    }
}

pub fn mapping(action: &Mapping) -> Result<String, Failure> {
    match action {
        Mapping::Export { of } => {
            let pipeline = load_with(&of.pipeline, &Overrides::default())?;
            let nth = output_of(&pipeline.options.output, of.output.as_deref())?;
            let (fields, lists) = workbook::of_output(&pipeline.options.output[nth], &pipeline.mapping.outputs()[nth])?;
            Ok(workbook::csv(&fields, &lists)?)
        }
        Mapping::Import { of, mapping } => {
            // Laid into the pipeline, it is checked with it.
            let instead = Instead { path: mapping.clone(), output: of.output.clone() };
            let pipeline = load_with(&of.pipeline, &Overrides { mapping: Some(instead), ..Overrides::default() })?;
            let nth = output_of(&pipeline.options.output, of.output.as_deref())?;
            let output = &pipeline.options.output[nth];
            Ok(workbook::toml(output.fields.as_ref(), &output.each))
        }
    }
}
