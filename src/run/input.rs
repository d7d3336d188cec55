//! From the source to rows: fetch, decrypt, read. What is learned of each file on the way stands in the manifest.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use rayon::prelude::*;

use super::origin::Candidate;
use super::{RunError, World};
use crate::model::code::Code;
use crate::model::date::DateFormat;
use crate::model::kind::Kind;
use crate::model::layout::Layout;
use crate::model::row::Rows;
use crate::people::{AsOfDate, Input};
use crate::pipeline::{AsOf, Mode, Pipeline, SideExtract};
use crate::stages::decrypt::{self, Keys, Limits, Signature};
use crate::stages::fetch::{self, Context, FetchError, Fetched, Want, date_in_name, generation};
use crate::stages::normalize::{Keep, Seen, Side, Table, Writing, add_file};
use crate::stages::read::{CsvFile, Extract};

/// The rows of every kind, and the files they came from.
pub struct Inputs {
    /// In the order of [`Kind::ALL`].
    pub tables: [Table; Kind::ALL.len()],
    /// In the order of the pipeline.
    pub sides: Vec<Side>,
    pub files: Vec<Input>,
    /// The fingerprints of our keys.
    pub keys: Vec<String>,
}

/// Where downloads rest until they are read: ciphertext alone. It is gone when it is dropped.
pub struct Inbox(PathBuf);

impl Inbox {
    /// The inbox in a folder that is this run's alone; what a killed run left in it is removed.
    pub fn open(work: &Path) -> Result<Inbox, RunError> {
        let inbox = Inbox(work.join(".inbox"));
        match inbox.remove() {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(FetchError::Local { path: inbox.0.clone(), source }.into())
            }
            _ => Ok(inbox),
        }
    }

    fn remove(&self) -> io::Result<()> {
        std::fs::remove_dir_all(&self.0)
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        // What cannot be removed now, the next run removes, or says why it cannot.
        let _ = self.remove();
    }
}

/// Stage 1: the newest set of files for the patterns of the pipeline. With `read_again` they can be read several times.
pub fn fetch(
    pipeline: &Pipeline,
    world: &World<'_>,
    inbox: &Inbox,
    read_again: bool,
) -> Result<Vec<Fetched>, RunError> {
    let options = pipeline.options.fetch.as_ref().ok_or(RunError::Incomplete("[fetch] table"))?;
    let wants: Vec<Want> = wants(pipeline);
    let context = Context { read_again, ..inbox_context(pipeline, world, &inbox.0) };
    let fetched = fetch::fetch(options, &wants, &context, world.progress);
    // A signal breaks a transfer off with whatever error it then has.
    fetched.map_err(|error| if (world.stopped)() { RunError::Stopped } else { error.into() })
}

/// What the fetch stage is lent: without `[decrypt]` a download may be plaintext, and stays in memory.
pub fn inbox_context<'a>(pipeline: &'a Pipeline, world: &World<'a>, inbox: &'a Path) -> Context<'a> {
    Context {
        here: world.surroundings(pipeline),
        inbox,
        now: world.now,
        keep_on_disk: pipeline.options.decrypt.is_some(),
        read_again: false,
    }
}

/// What a pipeline wants of the source.
pub fn wants(pipeline: &Pipeline) -> Vec<Want> {
    let extracts = &pipeline.options.extract;
    let kinds = extracts.iter().map(|(kind, extract)| (kind.name(), extract));
    let sides = extracts.sides.iter().map(|side| (*side.name.get_ref(), &side.extract));
    kinds.chain(sides).map(|(kind, extract)| Want { kind, pattern: extract.file.clone(), required: true }).collect()
}

/// Rule 1: `--as-of`, else the pipeline, else the file names where it says so, else today in its time zone. None where the
/// extract's own date stands in a column, and can only be told once that is read.
pub fn as_of(
    pipeline: &Pipeline,
    given: Option<Date>,
    now: Timestamp,
    files: &[Candidate<'_>],
) -> Result<Option<AsOfDate>, RunError> {
    let (day, origin) = match &pipeline.options.as_of {
        AsOf::Column(_) => return Ok(None),
        AsOf::FileName => return own_date(pipeline, given, date_of_set(files)?, "file-name").map(Some),
        AsOf::Date(day) => (*day, "pipeline"),
        AsOf::Today => {
            let zone = pipeline.options.timezone.as_ref().map_or(jiff::tz::TimeZone::UTC, |zone| zone.0.clone());
            (now.to_zoned(zone).date(), "today")
        }
    };
    let (day, origin) = given.map_or((day, origin), |given| (given, GIVEN));
    if origin == "today"
        && let Some(file) = files.iter().find(|file| generation(file.name).is_some_and(|at| at.earliest_moment() > now))
    {
        return Err(RunError::Later { kind: file.kind, file: file.name.to_owned() });
    }
    Ok(Some(AsOfDate { day, origin, of_extract: None }))
}

const GIVEN: &str = "--as-of";

/// The as-of date of extracts that tell their own; a snapshot is of no other day (rule 2).
fn own_date(pipeline: &Pipeline, given: Option<Date>, date: Date, origin: &'static str) -> Result<AsOfDate, RunError> {
    let (day, origin) = given.map_or((date, origin), |given| (given, GIVEN));
    if date != day && pipeline.options.mode == Mode::Snapshot {
        let sentence = format!("the snapshot is of {date}, and the as-of date is {day}");
        return Err(RunError::fatal(Code::Asof001, sentence));
    }
    Ok(AsOfDate { day, origin, of_extract: Some(date) })
}

/// The one date that stands in a column of all rows that have one.
fn date_of_column(pipeline: &Pipeline, header: &str, tables: &[Table]) -> Result<Date, RunError> {
    let mut first: Option<(Date, String)> = None;
    for (kind, table) in Kind::ALL.into_iter().zip(tables) {
        let column = pipeline.as_of_column(kind).unwrap_or(header);
        let Some(place) = table.layout.place(column).filter(|_| table.has(column)) else { continue };
        let format = pipeline.options.extract.of(kind).and_then(|extract| extract.date_format.as_deref());
        let format = DateFormat::new(format);
        let mut last = "";
        for row in &table.rows.rows {
            let text = table.rows.cells(row).get(place);
            if text.is_empty() || text == last {
                continue;
            }
            last = text;
            let at = format!("{}, line {}", table.rows.files[row.file as usize].name.escape_debug(), row.line);
            let Some(date) = format.read(text).map(|read| read.day) else {
                return Err(RunError::fatal(Code::Asof002, format!("{at}: the column {header} has no date")));
            };
            match &first {
                Some((other, place)) if *other != date => {
                    let sentence = format!("{place} is of {other}, and {at} is of {date}");
                    return Err(RunError::fatal(Code::Asof002, sentence));
                }
                Some(_) => {}
                None => first = Some((date, at)),
            }
        }
    }
    first.map(|(date, _)| date).ok_or_else(|| RunError::NoDay(header.to_owned()))
}

/// The one date that stands in the names of all files.
fn date_of_set(files: &[Candidate<'_>]) -> Result<Date, RunError> {
    let mut first: Option<(Date, &str)> = None;
    for file in files {
        let Some(date) = date_in_name(file.name) else {
            let sentence =
                format!("as_of is \"file-name\", and there is no date in the name {}", file.name.escape_debug());
            return Err(RunError::fatal(Code::Asof002, sentence));
        };
        match first {
            None => first = Some((date, file.name)),
            Some((other, name)) if other != date => {
                let sentence =
                    format!("{} is of {other}, and {} is of {date}", name.escape_debug(), file.name.escape_debug());
                return Err(RunError::fatal(Code::Asof002, sentence));
            }
            Some(_) => {}
        }
    }
    first.map(|(date, _)| date).ok_or(RunError::Incomplete("extract"))
}

/// Stages 2 and 3, kind beside kind: a message is parsed only once all of it is verified, while others are decrypted.
pub fn read(
    pipeline: &Pipeline,
    fetched: Vec<Fetched>,
    told: Option<AsOfDate>,
    given: Option<Date>,
    keys: Option<&Keys>,
    world: &World<'_>,
) -> Result<(Inputs, AsOfDate), RunError> {
    let (of_kinds, of_sides) = begin(pipeline, fetched, world);
    // All of them are waited for: where several fail, the first of them is told, and not whichever was the quickest.
    let read: Vec<Result<(Table, Vec<Input>), RunError>> =
        of_kinds.into_par_iter().map(|(kind, files)| read_kind(pipeline, kind, files, keys, None, world)).collect();
    let (tables, files): (Vec<Table>, Vec<Vec<Input>>) =
        read.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
    let as_of = match (told, pipeline.options.as_of.column()) {
        (None, Some(column)) => own_date(pipeline, given, date_of_column(pipeline, column, &tables)?, "column")?,
        (told, _) => told.ok_or(RunError::Incomplete("as_of"))?,
    };
    let (sides, side_files) = read_sides(pipeline, of_sides, as_of.day, keys, world)?;
    Ok((end(tables, sides, files.into_iter().flatten().chain(side_files).collect(), keys, world), as_of))
}

/// The same for the rows that `keep` keeps, kind after kind: only one file is in memory at a time. Side extracts that were
/// read before are not read again.
pub fn read_some(
    pipeline: &Pipeline,
    fetched: Vec<Fetched>,
    day: Date,
    keys: Option<&Keys>,
    keep: Keep<'_>,
    sides: Option<(Vec<Side>, Vec<Input>)>,
    world: &World<'_>,
) -> Result<Inputs, RunError> {
    let (of_kinds, of_sides) = begin(pipeline, fetched, world);
    let read = of_kinds.into_iter().map(|(kind, files)| read_kind(pipeline, kind, files, keys, Some(keep), world));
    let (tables, files): (Vec<Table>, Vec<Vec<Input>>) = read.collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
    let (sides, side_files) = match sides {
        Some(read) => read,
        None => read_sides(pipeline, of_sides, day, keys, world)?,
    };
    Ok(end(tables, sides, files.into_iter().flatten().chain(side_files).collect(), keys, world))
}

/// What is made of a file of a kind, and then no longer in memory.
pub fn look<T>(
    pipeline: &Pipeline,
    kind: Kind,
    file: Fetched,
    keys: Option<&Keys>,
    of: impl FnOnce(&CsvFile, &Layout, &Writing) -> T,
) -> Result<T, RunError> {
    let extract = pipeline.options.extract.of(kind).ok_or(RunError::Incomplete("[extract] table"))?;
    let (csv, _) = open_csv(pipeline, kind, file, keys)?;
    Ok(of(&csv, &pipeline.layout(kind), &writing(pipeline, extract)))
}

type OfKinds = [(Kind, Vec<Fetched>); Kind::ALL.len()];
type OfSides<'p> = Vec<(&'p SideExtract, Vec<Fetched>)>;

/// The files of each kind and of each side extract.
fn begin<'p>(pipeline: &'p Pipeline, fetched: Vec<Fetched>, world: &World<'_>) -> (OfKinds, OfSides<'p>) {
    let bytes = fetched.iter().map(|file| file.bytes).sum();
    world.progress.begin("read", "bytes", Some(bytes));
    let mut by_kind: BTreeMap<&str, Vec<Fetched>> = BTreeMap::new();
    fetched.into_iter().for_each(|file| by_kind.entry(file.kind).or_default().push(file));
    let of_kinds = Kind::ALL.map(|kind| (kind, by_kind.remove(kind.name()).unwrap_or_default()));
    let sides = &pipeline.options.extract.sides;
    let of_sides: Vec<_> =
        sides.iter().map(|side| (side, by_kind.remove(*side.name.get_ref()).unwrap_or_default())).collect();
    (of_kinds, of_sides)
}

fn read_sides(
    pipeline: &Pipeline,
    of_sides: OfSides<'_>,
    day: Date,
    keys: Option<&Keys>,
    world: &World<'_>,
) -> Result<(Vec<Side>, Vec<Input>), RunError> {
    let of_sides = of_sides.into_par_iter();
    let read: Vec<Result<(Side, Vec<Input>), RunError>> =
        of_sides.map(|(side, files)| read_side(pipeline, side, files, day, keys, world)).collect();
    let (sides, files): (Vec<Side>, Vec<Vec<Input>>) =
        read.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
    Ok((sides, files.into_iter().flatten().collect()))
}

fn end(tables: Vec<Table>, sides: Vec<Side>, files: Vec<Input>, keys: Option<&Keys>, world: &World<'_>) -> Inputs {
    let records: u64 = files.iter().map(|file| file.records).sum();
    world.progress.end(&format!("{} files, {records} records", files.len()));
    let Ok(tables) = <[Table; Kind::ALL.len()]>::try_from(tables) else { unreachable!("one table a kind") };
    let keys = keys.map(|keys| keys.ours().into_iter().map(|key| key.fingerprint).collect()).unwrap_or_default();
    Inputs { tables, sides, files, keys }
}

/// The files of a side extract, and what becomes of their rows on D.
fn read_side(
    pipeline: &Pipeline,
    side: &SideExtract,
    files: Vec<Fetched>,
    day: Date,
    keys: Option<&Keys>,
    world: &World<'_>,
) -> Result<(Side, Vec<Input>), RunError> {
    let layout = Layout::side(side.key(), side.extract.brought());
    let writing = writing(pipeline, &side.extract);
    let (mut rows, mut seen, mut inputs) = (Rows::default(), Seen::default(), Vec::new());
    for file in files {
        let (plaintext, mut input) = open(side.name.get_ref(), file, keys)?;
        let csv = CsvFile::open_side(&input.name, plaintext, &side.extract, side.key())?;
        add_file(&mut rows, &mut seen, csv, &layout, &writing, None);
        input.records = rows.files.last().map_or(0, |file| file.records);
        world.progress.advance(input.bytes);
        inputs.push(input);
    }
    if let Some(file) = &seen.changes_only {
        return Err(RunError::changes_only(file));
    }
    let mut read = Side::new(side.name.get_ref(), side.key().to_owned(), layout, rows, day)?;
    read.alone = side.extract.is_alone();
    Ok((read, inputs))
}

/// How the cells of an extract are written.
fn writing(pipeline: &Pipeline, extract: &Extract) -> Writing {
    let history = pipeline.options.mode == Mode::History;
    Writing { dates: DateFormat::new(extract.date_format.as_deref()), nulls: extract.nulls.clone(), history }
}

fn read_kind(
    pipeline: &Pipeline,
    kind: Kind,
    files: Vec<Fetched>,
    keys: Option<&Keys>,
    keep: Option<Keep<'_>>,
    world: &World<'_>,
) -> Result<(Table, Vec<Input>), RunError> {
    let extract = pipeline.options.extract.of(kind);
    let mut table = Table::new(pipeline.layout(kind), extract.is_some());
    let Some(extract) = extract else { return Ok((table, Vec::new())) };
    let writing = writing(pipeline, extract);
    let (mut inputs, mut earlier, several) = (Vec::new(), Vec::new(), files.len() > 1);
    for file in files {
        // Whether its rows lack a key is known once another file has it.
        let again = (several && table.lacks_key()).then(|| file.clone());
        let (csv, mut input) = open_csv(pipeline, kind, file, keys)?;
        if table.begins_anew(&csv) {
            drop(csv);
            for file in earlier.drain(..).chain(again) {
                let (csv, _) = open_csv(pipeline, kind, file, keys)?;
                add_file(&mut table.rows, &mut table.seen, csv, &table.layout, &writing, keep);
            }
        } else {
            earlier.extend(again.filter(|_| table.lacks_key()));
            add_file(&mut table.rows, &mut table.seen, csv, &table.layout, &writing, keep);
        }
        input.records = table.rows.files.last().map_or(0, |file| file.records);
        world.progress.advance(input.bytes);
        inputs.push(input);
    }
    Ok((table, inputs))
}

/// A file of a kind, decrypted and judged.
fn open_csv(pipeline: &Pipeline, kind: Kind, file: Fetched, keys: Option<&Keys>) -> Result<(CsvFile, Input), RunError> {
    let extract = pipeline.options.extract.of(kind).ok_or(RunError::Incomplete("[extract] table"))?;
    let (plaintext, mut input) = open(kind.name(), file, keys)?;
    let history = pipeline.options.mode == Mode::History;
    let csv = CsvFile::open(&input.name, kind, plaintext, extract, history, &[])?;
    input.unknown_headers = csv.notices().iter().map(|notice| notice.header.clone()).collect();
    Ok((csv, input))
}

/// The plaintext of a file, all of it verified where the pipeline decrypts.
fn open(kind: &'static str, file: Fetched, keys: Option<&Keys>) -> Result<(Vec<u8>, Input), RunError> {
    let mut input = Input {
        kind,
        name: file.name.clone(),
        sha256: file.sha256.clone(),
        bytes: file.bytes,
        modified: file.modified,
        host_key: file.host_key.clone(),
        records: 0,
        signature: "none",
        signer: None,
        accepted: Vec::new(),
        unknown_headers: Vec::new(),
    };
    let (name, bytes) = (file.name.clone(), file.into_bytes()?);
    let Some(keys) = keys else {
        if decrypt::is_message(&bytes) {
            return Err(RunError::Encrypted { file: name });
        }
        return Ok((bytes, input));
    };
    let opened =
        decrypt::decrypt(bytes, keys, &Limits::default()).map_err(|source| RunError::Decrypt { file: name, source })?;
    input.accepted = opened.accepted.iter().map(|weak| weak.word()).collect();
    match opened.signature {
        Signature::Good { signer, .. } => {
            input.signature = "good";
            input.signer = Some(signer);
        }
        Signature::Unchecked | Signature::Unsigned => input.signature = "off",
    }
    Ok((opened.bytes, input))
}
