//! Work within a limit of memory (`run --memory`): people are read, resolved, mapped and written range by range, in the order
//! of their PersonNumbers. The extracts are decrypted anew for each range, since plaintext rests on no disk; with the
//! people of a range those are read who have a say in what becomes of them, so that the same bytes come out.

use std::cmp::Reverse;

use super::input::{self, Inputs};
use super::{Arrived, RunError, World, people, users};
use crate::model::kind::Kind;
use crate::people::{AsOfDate, Input, People};
use crate::pipeline::{AsOf, Pipeline, scope};
use crate::stages::fetch::{Fetch, Fetched, Location};
use crate::stages::map::CheckPlan;
use crate::stages::normalize::ties::{Related, Strands, Ties};
use crate::stages::normalize::{self, Side, Table, related};
use crate::stages::resolve::Order;
use crate::targets::Format;

/// What the program takes without any people, in bytes: measured, and rounded up.
const PROGRAM: u64 = 96 << 20;
/// What is kept of a person until the end, in bytes: hashes for the report, which counts different values.
const KEPT: u64 = 100;
/// What a person takes while it is worked on, in bytes, beside its rows: measured.
const PERSON: u64 = 1000;
/// How many times the rows of a person are there, in tenths: while files are read, with what the allocator does not give
/// back of the range before, and later on. Measured as well.
const ROWS_READ: u64 = 25;
const ROWS: u64 = 16;
/// So many ranges are never needed: then people are tied together.
const MOST_RANGES: usize = 256;

/// Why a pipeline cannot be worked on range by range, if it cannot.
pub fn needs_everybody(pipeline: &Pipeline) -> Option<String> {
    let outputs = pipeline.mapping.outputs();
    if let Some((output, why)) = outputs.iter().find_map(|output| Some((output, output.needs_everybody()?))) {
        return Some(format!("\"{}\": {why}", output.file));
    }
    let tables = outputs.iter().filter(|output| output.rows.is_none() && output.format == Format::Csv).count();
    let is_from_server = |fetch: &Fetch| matches!(fetch.from, Location::Sftp(_));
    let why = if tables > 1 {
        "there are several CSV outputs, whose rows are counted through"
    } else if pipeline.options.resolve.order == Order::ManagersFirst {
        "[resolve] order = \"managers-first\""
    } else if pipeline.checks.iter().any(CheckPlan::compares) {
        "a check compares people with each other"
    } else if compares_managers(pipeline) {
        "a column in which no two users may have the same reads the manager"
    } else if matches!(pipeline.options.as_of, AsOf::Column(_)) {
        "as_of stands in a column, which all rows must agree on"
    } else if pipeline.options.decrypt.is_none() && pipeline.options.fetch.as_ref().is_some_and(is_from_server) {
        "the extracts come unencrypted from a server, and plaintext may not rest on a disk"
    } else {
        return None;
    };
    Some(why.to_owned())
}

/// Whether a value that is compared between ranges may change while it is settled who is emitted.
fn compares_managers(pipeline: &Pipeline) -> bool {
    let scope = scope(&pipeline.options.extract);
    let reads_manager = |name: &String| scope.attribute(name).is_some_and(|attribute| attribute.after_selection);
    let outputs = pipeline.mapping.outputs();
    pipeline.mapping.untied().any(|(nth, at)| outputs[nth].fields[at].expression.attributes.iter().any(reads_manager))
}

/// Hands the people of every range to `with`, and whether they are the last: so few at a time that it takes no more than
/// `limit` bytes.
///
/// Errors: those of a run; the pipeline needs everybody at once; the limit is too small for the largest of the extracts.
pub fn each(
    arrived: Arrived,
    limit: u64,
    pipeline: &Pipeline,
    world: &World<'_>,
    mut with: impl FnMut(&People, bool) -> Result<(), RunError>,
) -> Result<(), RunError> {
    let as_of = arrived.as_of.clone().ok_or(RunError::Incomplete("as_of"))?;
    let ranges = plan(&arrived, limit, pipeline, world)?;
    let mut sides = None;
    for related in &ranges {
        world.go_on()?;
        let inputs = read(&arrived, &as_of, related, sides.take(), pipeline, world)?;
        users::check_changes(&inputs.tables)?;
        let people = people(pipeline, inputs, &as_of, related.range, world)?;
        with(&people, related.range.is_last())?;
        let of_sides = |file: &Input| Kind::named(file.kind).is_none();
        let files = people.files.into_iter().filter(of_sides).collect();
        sides = Some((people.sides, files));
    }
    Ok(())
}

fn read(
    arrived: &Arrived,
    as_of: &AsOfDate,
    related: &Related,
    sides: Option<(Vec<Side>, Vec<Input>)>,
    pipeline: &Pipeline,
    world: &World<'_>,
) -> Result<Inputs, RunError> {
    let keep = |number: Option<&str>| related.keeps(number);
    input::read_some(pipeline, arrived.files.clone(), as_of.day, arrived.keys.as_ref(), &keep, sides, world)
}

/// Reads everything once to see who is tied to whom, and cuts people into ranges.
fn plan(arrived: &Arrived, limit: u64, pipeline: &Pipeline, world: &World<'_>) -> Result<Vec<Related>, RunError> {
    let bytes = arrived.files.iter().map(|file| file.bytes).sum();
    world.progress.begin("survey", "bytes", Some(bytes));
    let Survey { strands, largest } = survey(arrived, pipeline, world)?;
    let of_rows = strands.bytes as u64;
    let ties = Ties::new(strands);
    let persons = ties.len() as u64;
    let a_row = of_rows / persons.max(1);
    let fixed = PROGRAM + KEPT * persons;
    // While a file is read, it is there beside the rows that are kept; later there is all that is made of these.
    let takes = |people: u64| {
        let reading = largest + people * a_row * ROWS_READ / 10;
        fixed + reading.max(people * (PERSON + a_row * ROWS / 10))
    };
    let mut wanted = 1;
    while wanted <= MOST_RANGES {
        // The first that is too large is the last: were everybody tied to everybody, all the lists would take much themselves.
        let fitting = |range| {
            let (own, related) = ties.related(range);
            (takes((own + related.others()) as u64) <= limit).then_some(related)
        };
        let related: Option<Vec<Related>> = ties.cut(wanted).into_iter().map(fitting).collect();
        if let Some(related) = related {
            let ranges = if related.len() == 1 { "range" } else { "ranges" };
            world.progress.end(&format!("{persons} persons in {} {ranges}", related.len()));
            return Ok(related);
        }
        wanted += wanted.div_ceil(4);
    }
    Err(RunError::TooLittleMemory { limit, least: takes(persons / MOST_RANGES as u64), all: takes(persons) })
}

/// What reading everything once shows.
struct Survey {
    strands: Strands,
    /// The bytes of the largest file, as it is in memory.
    largest: u64,
}

fn survey(arrived: &Arrived, pipeline: &Pipeline, world: &World<'_>) -> Result<Survey, RunError> {
    let unique = users::unique_attributes(pipeline);
    let mut files: Vec<(Kind, &Fetched)> =
        arrived.files.iter().filter_map(|file| Some((Kind::named(file.kind)?, file))).collect();
    // The largest first, while there is nothing else yet.
    files.sort_by_key(|(_, file)| Reverse(file.bytes));
    let mut survey = Survey { strands: Strands::default(), largest: 0 };
    let mut has_flags = false;
    for (kind, file) in files {
        world.go_on()?;
        let roles = related::roles(&Table::new(pipeline.layout(kind), true), &unique);
        let looked = input::look(pipeline, kind, file.clone(), arrived.keys.as_ref(), |csv, layout, writing| {
            let parts = normalize::survey(csv, layout, writing, |rows| {
                (Strands::of(rows, &roles), normalize::says_primary(kind, layout, rows))
            });
            (parts, csv.bytes_read() as u64, csv.column("PersonNumber").is_some() || csv.headers().is_empty())
        });
        let (parts, bytes, has_numbers) = looked?;
        if !has_numbers {
            return Err(RunError::NeedsEverybody(format!("{} has no PersonNumber", file.name.escape_debug())));
        }
        // A message that is compressed is there beside what it unpacks to.
        let packed = if bytes > file.bytes { file.bytes } else { 0 };
        survey.largest = survey.largest.max(bytes + packed);
        let (strands, says_primary): (Vec<Strands>, Vec<bool>) = parts.into_iter().unzip();
        survey.strands.add(strands);
        has_flags |= says_primary.contains(&true);
        world.progress.advance(file.bytes);
    }
    users::check_flags(has_flags, pipeline)?;
    Ok(survey)
}
