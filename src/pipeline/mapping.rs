//! The mapping files of a pipeline: read once, laid into the outputs that name them, and hashed with the pipeline file.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::PipelineError;
use crate::stages::map::{MappingText, Mistake, Output, workbook};

/// A mapping file in the place of all that the pipeline says of an output's fields.
#[derive(Clone, Debug)]
pub struct Instead {
    pub path: PathBuf,
    /// The file of the output; none where there is only one.
    pub output: Option<String>,
}

/// The output that writes this file, or the only one.
pub fn output_of(outputs: &[Output], file: Option<&str>) -> Result<usize, PipelineError> {
    let found = match file {
        Some(file) => outputs.iter().position(|output| output.file.get_ref() == file),
        None => (outputs.len() == 1).then_some(0),
    };
    found.ok_or_else(|| PipelineError::WhichOutput {
        file: file.map(str::to_owned),
        known: outputs.iter().map(|output| output.file.get_ref().clone()).collect(),
    })
}

/// The mapping files, as far as they could be read.
#[derive(Default)]
pub(super) struct Mappings {
    pub texts: Vec<MappingText>,
    pub mistakes: Vec<Mistake>,
    /// The SHA-256 of each.
    hashes: String,
}

impl Mappings {
    /// Reads the files that outputs name, or are given instead. Their bytes are counted from behind the pipeline's own.
    pub fn lay(
        outputs: &mut [Output],
        base: &Path,
        pipeline: &str,
        instead: Option<&Instead>,
    ) -> Result<Mappings, PipelineError> {
        let given = instead
            .map(|given| Ok::<_, PipelineError>((output_of(outputs, given.output.as_deref())?, given)))
            .transpose()?;
        let mut mappings = Mappings::default();
        let mut start = pipeline.len() + 1;
        for (nth, output) in outputs.iter_mut().enumerate() {
            let path = match (given.filter(|(of, _)| *of == nth), &output.mapping) {
                (Some((_, given)), _) => given.path.clone(),
                (None, Some(mapping)) if output.fields.is_some() || !output.each.0.is_empty() => {
                    let title =
                        format!("{} has its fields in this file, and in the pipeline too", output.file.get_ref());
                    let help = Some("remove the one or the other: hcmsync mapping export writes the file".to_owned());
                    mappings.mistakes.push(Mistake { span: mapping.span(), title, help });
                    continue;
                }
                (None, Some(mapping)) => base.join(mapping.get_ref()),
                (None, None) => continue,
            };
            match std::fs::read_to_string(&path) {
                Ok(text) => start += mappings.lay_one(output, &path, text, start),
                Err(source) => match &output.mapping {
                    Some(mapping) if given.is_none_or(|(of, _)| of != nth) => {
                        let title = format!("this mapping file cannot be read: {source}");
                        let help = Some("it is CSV in UTF-8, and its path starts at the pipeline file".to_owned());
                        mappings.mistakes.push(Mistake { span: mapping.span(), title, help });
                    }
                    _ => return Err(PipelineError::Mapping { path: path.display().to_string(), source }),
                },
            }
        }
        Ok(mappings)
    }

    /// Gives an output the fields of a file; returns how far its text reaches.
    fn lay_one(&mut self, output: &mut Output, path: &Path, text: String, start: usize) -> usize {
        self.hashes += &hash(text.as_bytes());
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        match workbook::read(&text, start) {
            Ok((fields, lists)) => {
                // Without any field of its own, an output has the profile's.
                output.fields = Some(fields).filter(|fields| !fields.0.is_empty() || lists.0.is_empty());
                output.each = lists;
            }
            Err(found) => self.mistakes.extend(found),
        }
        let reach = text.len() + 1;
        let has_header = workbook::has_header(&text);
        self.texts.push(MappingText { path: path.display().to_string(), text, start, has_header });
        reach
    }

    /// The SHA-256 of the pipeline file, with that of each mapping file behind it, in lower-case hexadecimal.
    pub fn hash(&self, pipeline: &str) -> String {
        hash(format!("{pipeline}{}", self.hashes).as_bytes())
    }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
