//! From the text of a pipeline file to its options: parse, choose the environment, replace `${VAR}`, and only then give
//! meaning. What is wrong is shown where it stands.

use std::borrow::Cow;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Options, Overrides};
use crate::stages::fetch::{Fetch, Location};
use crate::stages::map::{Mistake, SourceText, nearest};
use crate::stages::publish::Publish;
use crate::targets;

/// A pipeline that cannot be used. All are exit 2.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    #[error("the pipeline file {path} cannot be read: {source}")]
    Unreadable { path: String, source: std::io::Error },
    /// Rendered with file, line, column and caret.
    #[error("{0}")]
    Mistakes(String),
    #[error("{path} has no [env.{name}]{}", list(.known))]
    NoEnvironment { path: String, name: String, known: Vec<String> },
    #[error("--from {0}: {1}")]
    From(String, String),
    #[error("the mapping file {path} cannot be read: {source}")]
    Mapping { path: String, source: std::io::Error },
    #[error("{}", no_output(.file.as_deref(), .known))]
    WhichOutput { file: Option<String>, known: Vec<String> },
}

fn no_output(file: Option<&str>, known: &[String]) -> String {
    match file {
        Some(file) => format!("the pipeline has no output {file}{}", list(known)),
        None => format!("the pipeline has not one output{}", list(known)),
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!("; it has {}", names.join(", ")) }
}

impl PipelineError {
    /// All mistakes of a file, one after the other.
    pub fn mistakes(source: SourceText<'_>, mistakes: &[Mistake]) -> PipelineError {
        let rendered: Vec<String> = mistakes.iter().map(|mistake| mistake.render(source, false)).collect();
        PipelineError::Mistakes(rendered.join("\n\n"))
    }

    fn toml(source: SourceText<'_>, mut mistake: Mistake) -> PipelineError {
        if mistake.is_concealed(source) {
            mistake.title = without_value(&mistake.title);
        }
        PipelineError::mistakes(source, &[mistake])
    }

    /// What is no TOML at all may be any file that was given by mistake, an extract say: none of its lines is shown.
    fn no_toml(source: SourceText<'_>, mistake: Mistake) -> PipelineError {
        if Path::new(source.path).extension().is_some_and(|ending| ending == "toml") {
            return PipelineError::toml(source, mistake);
        }
        let help =
            Some("a pipeline is a TOML file; where its name does not end in .toml, no line of it is shown".into());
        PipelineError::Mistakes(Mistake { help, ..mistake }.render_place(source))
    }

    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            PipelineError::Unreadable { source, .. } if source.kind() == std::io::ErrorKind::InvalidData => {
                Some("a pipeline file is TOML in UTF-8: save it so".into())
            }
            PipelineError::Unreadable { .. } => {
                Some("give the path of a pipeline file, or the name of one in pipelines/".into())
            }
            PipelineError::Mistakes(_) => None,
            PipelineError::NoEnvironment { .. } => Some("add the table, or choose another with --env".into()),
            PipelineError::From(..) => Some("give a folder".into()),
            PipelineError::Mapping { .. } => Some("give the path of a CSV file in UTF-8".into()),
            PipelineError::WhichOutput { .. } => Some("name the file of one of them: --output FILE".into()),
        }
    }
}

fn mistake(error: toml::de::Error) -> Mistake {
    let message = error.message();
    Mistake { span: error.span().unwrap_or(0..0), title: message.to_owned(), help: suggestion(message) }
}

/// What serde says of a value without the value: `invalid type: string "…", expected …`.
fn without_value(message: &str) -> String {
    let told = message.strip_prefix("invalid ").and_then(|rest| Some((rest.split_once(": ")?.0, rest)));
    match told.and_then(|(what, rest)| Some((what, rest.rsplit_once(", expected ")?.1))) {
        Some((what, expected)) => format!("invalid {what}: expected {expected}"),
        None => message.to_owned(),
    }
}

/// The nearest of the names that serde expected, where a key or a word is unknown; how a list is written, where one is due.
fn suggestion(message: &str) -> Option<String> {
    if message.ends_with(", expected a sequence") {
        return Some("a list stands in brackets, also where it has one element: [\"…\"]".into());
    }
    let rest = message.strip_prefix("unknown field `").or_else(|| message.strip_prefix("unknown variant `"))?;
    let (wrong, expected) = rest.split_once('`')?;
    let known = expected.split('`').skip(1).step_by(2);
    nearest(wrong, known).map(|name| format!("did you mean {name}?"))
}

/// The keys in which `${VAR}` and `${VAR:-default}` are replaced: host, user, path and file fields only.
const EXPANDED: [(&str, &str); 12] = [
    ("fetch", "from"),
    ("fetch", "known_hosts"),
    ("fetch", "identity_file"),
    ("decrypt", "secret_key"),
    ("decrypt", "signer"),
    ("extract", "file"),
    ("publish", "to"),
    ("publish", "encrypt_to"),
    ("publish", "sign_with"),
    ("publish", "upload"),
    ("publish", "known_hosts"),
    ("publish", "identity_file"),
];
const OVERRIDABLE: [&str; 4] = ["fetch", "decrypt", "guard", "publish"];

/// Reads the options of a file for an environment. The others are read too: what is wrong in one is told today, and not in
/// the night that chooses it.
pub fn read(
    source: SourceText<'_>,
    env: Option<&str>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Options, PipelineError> {
    let document = DeTable::parse(source.text).map_err(|error| PipelineError::no_toml(source, mistake(error)))?;
    let (laid, found) = lay(source, document.clone(), env, variable)?;
    let missing = [found.wrong, found.unset].concat();
    if !missing.is_empty() {
        return Err(PipelineError::mistakes(source, &missing));
    }
    let options = Options::deserialize(toml::Deserializer::from(laid))
        .map_err(|error| PipelineError::toml(source, mistake(error)))?;
    let others = options.env.keys().filter(|name| env != Some(name.as_str()));
    let wrong = others.filter_map(|other| try_out(source, document.clone(), other, variable).err());
    let wrong: Vec<String> = wrong.map(|error| error.to_string()).collect();
    if wrong.is_empty() { Ok(options) } else { Err(PipelineError::Mistakes(wrong.join("\n\n"))) }
}

type Document<'i> = Spanned<DeTable<'i>>;

/// The document of an environment, its variables replaced.
fn lay<'i>(
    source: SourceText<'_>,
    mut document: Document<'i>,
    env: Option<&str>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<(Document<'i>, Expanded), PipelineError> {
    if let Some(env) = env {
        choose(source, document.get_mut(), env)?;
    }
    guard_defaults(document.get_mut());
    date_without_quotes(document.get_mut());
    let mut found = Expanded::default();
    for (table, key) in EXPANDED {
        let Some(value) = document.get_mut().get_mut(table) else { continue };
        if table == "extract" {
            let Some(kinds) = as_table(value) else { continue };
            kinds.iter_mut().for_each(|(_, kind)| expand_key(kind, key, variable, &mut found));
        } else {
            expand_key(value, key, variable, &mut found);
        }
    }
    Ok((document, found))
}

/// What is wrong in an environment that was not chosen. Its variables may be set where it is: a value that has one which is
/// not set here is taken as it is.
fn try_out(
    source: SourceText<'_>,
    document: Document<'_>,
    env: &str,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<(), PipelineError> {
    let (laid, found) = lay(source, document, Some(env), variable)?;
    if !found.wrong.is_empty() {
        return Err(PipelineError::mistakes(source, &found.wrong));
    }
    let Err(error) = Options::deserialize(toml::Deserializer::from(laid)) else { return Ok(()) };
    let mut mistake = mistake(error);
    if found.unset.iter().any(|unset| unset.span == mistake.span) {
        return Ok(());
    }
    mistake.help = mistake.help.or_else(|| Some(format!("this is what --env {env} reads")));
    Err(PipelineError::toml(source, mistake))
}

/// TOML has dates of its own: `as_of = 2026-11-20` means what `"2026-11-20"` does.
fn date_without_quotes(document: &mut DeTable<'_>) {
    if let Some(value) = document.get_mut("as_of").map(Spanned::get_mut)
        && let DeValue::Datetime(date) = value
    {
        *value = DeValue::String(Cow::Owned(date.to_string()));
    }
}

fn as_table<'a, 'i>(value: &'a mut Spanned<DeValue<'i>>) -> Option<&'a mut DeTable<'i>> {
    match value.get_mut() {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}

/// Lays the tables of `[env.NAME]` over those of the file, key by key. What an environment publishes elsewhere is uploaded
/// where the environment says so, and nowhere else: test data never reach the target by an oversight.
fn choose(source: SourceText<'_>, document: &mut DeTable<'_>, name: &str) -> Result<(), PipelineError> {
    let env = document.iter_mut().find(|(key, _)| key.get_ref() == "env");
    let envs = env.and_then(|(_, value)| as_table(value)).cloned().unwrap_or_default();
    let known = envs.iter().map(|(key, _)| key.get_ref().to_string()).collect();
    let missing = || PipelineError::NoEnvironment { path: source.path.into(), name: name.into(), known };
    let Some((_, chosen)) = envs.into_iter().find(|(key, _)| key.get_ref() == name) else { return Err(missing()) };
    let DeValue::Table(chosen) = chosen.into_inner() else { return Ok(()) };
    for (table, over) in chosen.into_iter().filter(|(key, _)| OVERRIDABLE.contains(&key.get_ref().as_ref())) {
        let base = document.iter_mut().find(|(key, _)| key.get_ref() == table.get_ref());
        match base.and_then(|(_, value)| as_table(value)) {
            Some(base) => {
                if let DeValue::Table(over) = over.into_inner() {
                    if table.get_ref() == "publish" && over.contains_key("to") {
                        base.remove("upload");
                    }
                    over.into_iter().for_each(|(key, value)| {
                        base.insert(key, value);
                    });
                }
            }
            None => {
                document.insert(table, over);
            }
        }
    }
    Ok(())
}

/// A target that removes whom it does not find has stricter guards of its own: they stand where the pipeline sets none.
/// Of several targets the first that has a guard counts.
fn guard_defaults(document: &mut DeTable<'_>) {
    let outputs = match document.get("output").map(Spanned::get_ref) {
        Some(DeValue::Array(outputs)) => outputs.iter().filter_map(|output| output.get_ref().get("profile")),
        _ => return,
    };
    let names = outputs.filter_map(|profile| profile.get_ref().as_str().and_then(targets::profile));
    let defaults: Vec<_> = names.flat_map(|profile| &profile.guard).collect();
    if defaults.is_empty() {
        return;
    }
    let nowhere = |value| Spanned::new(0..0, value);
    let guard = document.entry(Spanned::new(0..0, Cow::Borrowed("guard")));
    let guard = guard.or_insert_with(|| nowhere(DeValue::Table(DeTable::new())));
    let Some(guard) = as_table(guard) else { return };
    for (key, limit) in defaults {
        let key = Spanned::new(0..0, Cow::Borrowed(key.as_str()));
        guard.entry(key).or_insert_with(|| nowhere(DeValue::String(Cow::Borrowed(limit))));
    }
}

/// What was wrong with variables.
#[derive(Default)]
struct Expanded {
    wrong: Vec<Mistake>,
    /// Variables that are not set, each with the value that it stands in.
    unset: Vec<Mistake>,
}

/// Stands for a variable that is not set, where an environment is read that was not chosen: it may be a user, a host, a port
/// or a path.
const STAND_IN: &str = "1";

fn expand_key(
    table: &mut Spanned<DeValue<'_>>,
    key: &str,
    variable: &dyn Fn(&str) -> Option<String>,
    found: &mut Expanded,
) {
    let Some(value) = as_table(table).and_then(|table| table.get_mut(key)) else { return };
    let span = value.span();
    match value.get_mut() {
        DeValue::String(text) => expand(text, span, variable, found),
        DeValue::Array(values) => {
            for value in values.iter_mut() {
                let span = value.span();
                if let DeValue::String(text) = value.get_mut() {
                    expand(text, span, variable, found);
                }
            }
        }
        _ => {}
    }
}

/// Replaces every `${NAME}` and `${NAME:-default}` of a text.
fn expand(
    text: &mut Cow<'_, str>,
    span: std::ops::Range<usize>,
    variable: &dyn Fn(&str) -> Option<String>,
    found: &mut Expanded,
) {
    if !text.contains("${") {
        return;
    }
    let mut out = String::new();
    let mut rest = text.as_ref();
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let Some((inner, after)) = after.split_once('}') else {
            let title = "this ${ is never closed".to_owned();
            found.wrong.push(Mistake { span, title, help: Some("write ${NAME} or ${NAME:-default}".into()) });
            return;
        };
        let (name, default) = inner.split_once(":-").map_or((inner, None), |(name, default)| (name, Some(default)));
        match variable(name).or_else(|| default.map(str::to_owned)) {
            Some(value) => out.push_str(&value),
            None => {
                out.push_str(STAND_IN);
                found.unset.push(Mistake {
                    span: span.clone(),
                    title: format!("the environment variable {name} is not set"),
                    help: Some(format!("set it, or write ${{{name}:-default}}")),
                });
            }
        }
        rest = after;
    }
    out.push_str(rest);
    *text = Cow::Owned(out);
}

/// `--from` and `--to`: paths as the shell knows them, not relative to the pipeline file.
pub fn override_places(options: &mut Options, overrides: &Overrides) -> Result<(), PipelineError> {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    if let Some(from) = &overrides.from {
        let text = absolute(from).display().to_string();
        let location =
            Location::try_from(text.clone()).map_err(|error| PipelineError::From(text, error.to_string()))?;
        match &mut options.fetch {
            Some(fetch) => fetch.from = location,
            None => options.fetch = Some(Fetch::new(location)),
        }
    }
    if let Some(to) = &overrides.to {
        let to = absolute(to);
        match &mut options.publish {
            Some(publish) => publish.to = to,
            None => options.publish = Some(Publish::to(to)),
        }
    }
    Ok(())
}
