//! What a run of this moment would refuse, told without one: by the names, the times, the sizes and the first bytes of the
//! newest files. Nothing is downloaded and nothing decrypted.

use std::path::Path;

use jiff::civil::Date;

use super::origin::{self, Candidate};
use super::{RunError, World, input};
use crate::pipeline::Pipeline;
use crate::stages::decrypt;
use crate::stages::fetch::{self, Newest};

/// Why a run as of `given`, or of the day that the pipeline says, would refuse the newest files.
pub fn refusals(pipeline: &Pipeline, given: Option<Date>, newest: &[Newest], world: &World<'_>) -> Vec<RunError> {
    let sets = newest.iter().filter_map(|set| Some((set.kind, set.files.as_ref().ok()?)));
    let files: Vec<Candidate<'_>> =
        sets.flat_map(|(kind, files)| files.iter().map(move |file| Candidate::listed(kind, file))).collect();
    if files.is_empty() {
        return Vec::new();
    }
    let day = input::as_of(pipeline, given, world.now, &files).err();
    let older = pipeline.publish_to().and_then(|to| origin::not_older(&to, &files).err());
    // What is wrong with the published run itself is the folder's to tell.
    let older = older.filter(|error| matches!(error, RunError::Older { .. }));
    let unfit = files.iter().filter_map(|file| fits(pipeline, file.name, world).err());
    day.into_iter().chain(older).chain(unfit).collect()
}

/// Whether a local file is a message where messages are decrypted, and none where they are not.
fn fits(pipeline: &Pipeline, name: &str, world: &World<'_>) -> Result<(), RunError> {
    let Some(options) = &pipeline.options.fetch else { return Ok(()) };
    let context = input::inbox_context(pipeline, world, Path::new(""));
    let Some(beginning) = fetch::beginning(options, &context, name)? else { return Ok(()) };
    match pipeline.options.decrypt {
        Some(_) => decrypt::begins(beginning).map_err(|source| RunError::Decrypt { file: name.to_owned(), source }),
        None if decrypt::is_message(&beginning) => Err(RunError::Encrypted { file: name.to_owned() }),
        None => Ok(()),
    }
}
