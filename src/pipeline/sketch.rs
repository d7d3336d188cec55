//! A first pipeline, written from sample extracts: what the files tell stands in it, what they do not tell stands in it
//! as a question. Nothing that needs somebody's judgement is decided: a date that could be read both ways least of all.

use std::fmt::Write;

use crate::model::attribute;
use crate::model::kind::Kind;
use crate::stages::fetch::date_in_name;
use crate::stages::read::{DateColumn, Encoding, Survey};
use crate::targets::{Format, Profile};

/// A sample extract.
#[derive(Clone, Debug)]
pub struct Sample {
    pub name: String,
    /// What its content tells; none where it is encrypted, or is no extract at all.
    pub content: Option<Content>,
    pub is_message: bool,
}

/// What the content of a sample tells.
#[derive(Clone, Debug)]
pub struct Content {
    pub survey: Survey,
    pub dates: Vec<DateColumn>,
}

/// The text of a pipeline for a target, from the samples of a folder.
pub fn sketch(from: &str, profile: &Profile, samples: &[Sample]) -> String {
    let mut text = format!(
        "# Written by `hcmsync init` from the files in {from}.\n# What is marked CHECK could not be told from them.\n\n",
        from = one_line(from)
    );
    let extracts: Vec<(Kind, &Sample)> = newest(samples);
    let is_history = |(kind, sample): &(Kind, &Sample)| {
        let content = sample.content.as_ref();
        content.is_none_or(|content| content.columns(*kind).any(|name| name == "EffectiveStartDate"))
    };
    let mode = if extracts.iter().any(is_history) { "history" } else { "snapshot" };
    add(&mut text, &format!("name  = {}", quoted(&format!("oracle-to-{}", profile.name))));
    add(&mut text, "as_of = \"today\"");
    add(&mut text, &format!("mode  = \"{mode}\"\n"));
    add(&mut text, &format!("[fetch]\nfrom = {}\n", quoted(from)));
    if samples.iter().any(|sample| sample.is_message) {
        text += DECRYPT;
    }
    for (kind, sample) in &extracts {
        extract(&mut text, *kind, sample);
    }
    for kind in [Kind::Person, Kind::WorkRelationship, Kind::Assignment] {
        if extracts.iter().all(|(other, _)| *other != kind) {
            add(
                &mut text,
                &format!("# CHECK: no file looks like one of {kind} rows.\n# [extract.{kind}]\n# file = \"…\"\n"),
            );
        }
    }
    for (name, kind) in passed_over(samples, &extracts) {
        add(
            &mut text,
            &format!("# CHECK: {name} looks like {kind} rows, too, and [extract.{kind}] is made for another file.\n"),
        );
    }
    for sample in samples.iter().filter(|sample| kind_of(sample).is_none()) {
        let what = match sample.content.is_some() || sample.is_message {
            true => "is of no known kind; it may be a side extract",
            false => "is neither CSV nor an OpenPGP message, and is left out",
        };
        add(&mut text, &format!("# CHECK: {} {what}.\n", one_line(&sample.name)));
    }
    output(&mut text, profile);
    text
}

const DECRYPT: &str = "\
# CHECK: the extracts are encrypted. Name the keys, and take the marks away.
# [decrypt]
# secret_key = [\"keys/customer-key_priv.asc\"]
# passphrase = { env = \"PGP_PASSPHRASE\" }
# signer     = [\"keys/fusion-key_pub.asc\"]

";

/// The newest sample of each kind, in the order of kinds.
fn newest(samples: &[Sample]) -> Vec<(Kind, &Sample)> {
    let of = |kind: Kind| samples.iter().filter(move |sample| kind_of(sample) == Some(kind));
    let by_date = |sample: &&Sample| (date_in_name(&sample.name), sample.name.clone());
    Kind::ALL.into_iter().filter_map(|kind| Some((kind, of(kind).max_by_key(by_date)?))).collect()
}

/// The samples of a kind that another one stands for, and whose names are not of its pattern: the run would not read them.
fn passed_over(samples: &[Sample], extracts: &[(Kind, &Sample)]) -> Vec<(String, Kind)> {
    let taken = |kind: Kind| extracts.iter().find(|(other, _)| *other == kind).map(|(_, sample)| pattern(&sample.name));
    let others = samples.iter().filter_map(|sample| Some((sample, kind_of(sample)?)));
    let others = others.filter(|(sample, kind)| taken(*kind).is_some_and(|taken| taken != pattern(&sample.name)));
    others.map(|(sample, kind)| (one_line(&sample.name), kind)).collect()
}

/// The kind of a sample: by its content, else, of a message, by the longest kind that its name names.
fn kind_of(sample: &Sample) -> Option<Kind> {
    if !sample.is_message {
        return sample.content.as_ref()?.survey.kind;
    }
    let name = attribute::normalise(&sample.name);
    let named = Kind::ALL.into_iter().filter(|kind| name.contains(&attribute::normalise(kind.name())));
    named.max_by_key(|kind| kind.name().len())
}

fn extract(text: &mut String, kind: Kind, sample: &Sample) {
    add(text, &format!("[extract.{kind}]\nfile = {}", quoted(&pattern(&sample.name))));
    match &sample.content {
        None => add(text, "# CHECK: the kind is taken from the name: the file is encrypted."),
        Some(content) => content.describe(text, kind),
    }
    text.push('\n');
}

impl Content {
    fn columns(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.survey.columns(kind).0.into_iter().map(|(attribute, _)| attribute)
    }

    fn describe(&self, text: &mut String, kind: Kind) {
        if self.survey.delimiter != b',' {
            add(text, &format!("delimiter = {}", quoted(&self.survey.delimiter().to_string())));
        }
        // A byte order mark says it better than the pipeline could.
        match self.survey.encoding {
            Encoding::Utf16 if !self.survey.has_mark => add(text, "encoding = \"utf-16\""),
            Encoding::Windows1252 => add(text, "encoding = \"windows-1252\""),
            Encoding::Utf8 | Encoding::Utf16 => {}
        }
        self.date_format(text);
        self.near_misses(text, kind);
    }

    /// The one form that takes the dates of the file; where there are several, or none, a question.
    fn date_format(&self, text: &mut String) {
        let filled = || self.dates.iter().filter(|column| column.filled > 0);
        let takes_all = |form: Option<&str>| filled().all(|column| column.forms.contains(&form));
        let Some(first) = filled().next() else { return };
        let forms: Vec<_> = first.forms.iter().copied().filter(|form| takes_all(*form)).collect();
        match &forms[..] {
            [None] => {}
            [Some(form)] => add(text, &format!("date_format = {}", quoted(form))),
            [] => add(text, "# CHECK: no form of dates that is known takes the file's: date_format = \"…\""),
            several => {
                add(text, "# CHECK: every date of this file can be read in more than one way. Ask, and choose:");
                for form in several {
                    add(text, &format!("# date_format = {}", quoted(form.unwrap_or("%Y-%m-%d"))));
                }
            }
        }
        let misfits: u64 = filled().map(|column| column.misfits).sum();
        if misfits > 0 && forms.len() == 1 {
            add(text, &format!("# CHECK: {misfits} dates are of another form, and their rows will be rejected."));
        }
    }

    /// Headers that mean nothing, beside the free attribute that each resembles most.
    fn near_misses(&self, text: &mut String, kind: Kind) {
        let (known, unknown) = self.survey.columns(kind);
        let free = || {
            let names = attribute::of_kind(kind).iter().map(|attribute| attribute.name);
            names.filter(|name| known.iter().all(|(taken, _)| taken != name))
        };
        let near: Vec<String> = unknown
            .iter()
            .filter_map(|header| Some(format!("{} = {}", attribute::nearest(header, free())?, quoted(header))))
            .collect();
        if !near.is_empty() {
            add(text, "# CHECK: these headers are not recognised. If they mean what they resemble:");
            add(text, &format!("# columns = {{ {} }}", near.join(", ")));
        }
        let others = unknown.len() - near.len();
        if others > 0 {
            add(
                text,
                &match others {
                    1 => "# 1 more header is not recognised; an expression can name it as it stands.".to_owned(),
                    _ => format!(
                        "# {others} more headers are not recognised; an expression can name them as they stand."
                    ),
                },
            );
        }
    }
}

fn output(text: &mut String, profile: &Profile) {
    add(text, &format!("[[output]]\nprofile = {}\nfile    = {}", quoted(&profile.name), quoted(file_of(profile))));
    if let Some(condition) = &profile.condition {
        add(text, &format!("where   = {}    # the target has no column of a status", quoted(condition)));
    }
    if profile.format == Format::Ldif {
        add(text, "base_dn = \"ou=people,dc=example,dc=com\"    # CHECK: where the entries stand in your directory");
    }
    if profile.format != Format::Csv {
        add(text, &format!("# The fields are the profile's own: see hcmsync targets {}", profile.name));
    } else if !profile.fields.is_empty() {
        add(text, "[output.fields]");
        for field in &profile.fields {
            add(text, &format!("{} = {}", quoted(&field.name), quoted(&field.sql)));
        }
    }
    add(
        text,
        "\n[guard]\n# CHECK: how many users do you expect? The first run has nothing to compare with.\n\
         # expected_users = [40_000, 50_000]\n",
    );
    add(text, &format!("[publish]\nto = {}", quoted(&format!("../out/{}", profile.name))));
}

/// A name for the file of users.
fn file_of(profile: &Profile) -> &'static str {
    match profile.format {
        Format::Csv => "users.csv",
        Format::Ldif => "users.ldif",
        Format::Parquet => "users.parquet",
        Format::Jsonl => "users.jsonl",
        Format::JsonArray | Format::ScimBulk => "users.json",
    }
}

/// The name of a file with a `*` for its date, and for the time or the number of the part that may follow it.
pub fn pattern(name: &str) -> String {
    let literal = |part: &str| part.replace(['*', '?', '[', ']', '{', '}', '\\'], "?");
    let digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let is_start = |at: &usize| digit(&name[*at..]) && !name[..*at].ends_with(|c: char| c.is_ascii_digit());
    let mut starts = name.char_indices().map(|(at, _)| at).filter(is_start);
    let Some(start) = starts.rfind(|at| date_in_name(&name[*at..]).is_some()) else { return literal(name) };
    let mut rest = name[start..].trim_start_matches(|c: char| c.is_ascii_digit());
    while let Some(after) = ["-", "_", ".", ":", "T", "of"]
        .iter()
        .find_map(|between| rest.strip_prefix(between))
        .filter(|after| digit(after))
    {
        rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    format!("{}*{}", literal(&name[..start]), literal(rest))
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// A text for a comment.
fn one_line(text: &str) -> String {
    text.escape_debug().to_string()
}

fn add(text: &mut String, line: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{line}");
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn the_date_of_a_name_becomes_a_star() {
        for (name, is) in [
            ("Person_2026-11-20.csv.pgp", "Person_*.csv.pgp"),
            ("Person_20261120_093000.csv", "Person_*.csv"),
            ("Person_2026-11-20_1of2.csv", "Person_*.csv"),
            ("20261120-Assignment.csv", "*-Assignment.csv"),
            ("Person_20261120T093000Z.csv", "Person_*Z.csv"),
            ("Vision2_Person.csv", "Vision2_Person.csv"),
            ("Person [1].csv", "Person ?1?.csv"),
            ("Person_2026-11-20", "Person_*"),
        ] {
            assert_eq!(pattern(name), is, "{name}");
        }
    }
}
