//! `init`: a first pipeline from sample extracts.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use hcmsync::model::kind::Kind;
use hcmsync::pipeline::sketch::{self, Content, Sample};
use hcmsync::stages::decrypt;
use hcmsync::stages::read::{self, CsvFile, Delimiter, Extract};
use hcmsync::targets::Profile;

use super::{Failure, help};
use crate::cli::{Common, Init};

pub fn init(init: &Init, common: &Common) -> Result<String, Failure> {
    let profile = help::profile(&init.target)?;
    if needs_side_extract(profile) {
        let message = format!("{} needs an extract beside those of the people", profile.title);
        let help = format!("start from pipelines/{}.toml, which has one", profile.name);
        return Err(Failure { message, help: Some(help), exit_code: 2 });
    }
    let from = fs::canonicalize(&init.from).map_err(|error| unreadable(&init.from, &error))?;
    let samples = samples(&from)?;
    if samples.is_empty() {
        let message = format!("{} holds no file", init.from.display());
        return Err(Failure { message, help: Some("put a sample of each extract there".into()), exit_code: 4 });
    }
    let text = sketch::sketch(&from.to_string_lossy(), profile, &samples);
    let Some(out) = &init.out else { return Ok(text) };
    write(out, &text)?;
    if common.quiet {
        return Ok(String::new());
    }
    Ok(format!("{}: look at what is marked CHECK, then: hcmsync check {}\n", out.display(), out.display()))
}

/// Whether a target is made of the rows of a side extract, or reads one: its name stands before a dot, and is no record kind.
fn needs_side_extract(profile: &Profile) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let mut words = profile.fields.iter().flat_map(|field| field.sql.split(move |c: char| !is_word(c)));
    let names_one = |word: &str| {
        let extract = word.split_once('.').map(|(extract, _)| extract);
        extract.is_some_and(|extract| {
            extract.starts_with(|c: char| c.is_ascii_lowercase()) && Kind::named(extract).is_none()
        })
    };
    profile.of_rows || words.any(names_one)
}

/// The files of a folder, by name; hidden ones and folders are none.
fn samples(folder: &Path) -> Result<Vec<Sample>, Failure> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
    let entries = entries.map_err(|error| unreadable(folder, &error))?;
    let mut paths: Vec<PathBuf> = entries.iter().map(fs::DirEntry::path).filter(|path| path.is_file()).collect();
    paths.sort();
    let visible = paths.into_iter().filter_map(|path| {
        let name = path.file_name()?.to_str().filter(|name| !name.starts_with('.'))?.to_owned();
        Some((path, name))
    });
    visible.map(|(path, name)| sample(&path, name)).collect()
}

fn sample(path: &Path, name: String) -> Result<Sample, Failure> {
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
    let is_message = decrypt::is_message(&bytes);
    let survey = if is_message { None } else { read::survey(&name, &bytes) };
    let Some(survey) = survey else { return Ok(Sample { name, content: None, is_message }) };
    let mut options = Extract::of(&name);
    options.encoding = survey.encoding;
    options.delimiter = Delimiter::try_from(survey.delimiter()).ok();
    options.allow_empty = true;
    let csv = survey.kind.and_then(|kind| Some((kind, CsvFile::open(&name, kind, bytes, &options, false, &[]).ok()?)));
    let dates = csv.map_or_else(Vec::new, |(kind, csv)| read::dates(&csv, kind));
    Ok(Sample { name, content: Some(Content { survey, dates }), is_message })
}

/// A new file: what is there is never written over, and half a file, which would be in the way of the next try, is not left.
fn write(out: &Path, text: &str) -> Result<(), Failure> {
    let written = File::options()
        .write(true)
        .create_new(true)
        .open(out)
        .and_then(|mut file| file.write_all(text.as_bytes()).inspect_err(|_| drop(fs::remove_file(out))));
    written.map_err(|error| Failure {
        message: format!("{} cannot be written: {error}", out.display()),
        help: Some("give --out a path where nothing is yet, on a disk with room".into()),
        exit_code: 8,
    })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure { message: format!("{} cannot be read: {error}", path.display()), help: None, exit_code: 4 }
}
