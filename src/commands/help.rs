//! `help`, `schema`, `targets`, `completions` and `man`: what the program says about itself.

use std::io::Write;

use anyhow::Context;
use clap::CommandFactory;
use hcmsync::model::code::{self, Code};
use hcmsync::pipeline::Options;
use hcmsync::report::Report;
use hcmsync::stages::map;
use hcmsync::stages::publish::Manifest;
use hcmsync::targets::{
    self, ColumnNames, Dialect, Format, Limits, LineEnd, Profile, ProfileField, ProfileList, Quote,
};
use serde_json::{Value, json};

use super::{Failure, json};
use crate::cli::{Cli, Common, Schema};

const EXIT_CODES: &str = "\
Exit codes                                                             retry
  0    done; warnings, and quarantine inside the guards, included
  1    a fault of the program (INT001 too) or of the machine            no
  2    the command line or the pipeline file is wrong                   no
  3    the data stopped it: a fatal diagnostic of resolution (SRC,
       ASOF, OUT001) or a guard; nothing published                      no
  4    an extract is missing, incomplete, too old or not readable
       as what it should be (CSV F)                                     maybe
  5    transport: connection, login, timeout after its retries          yes
  6    trust: unknown or changed host key, decryption, integrity,
       signature, weak algorithm                                        no
  7    another run holds the lock                                       yes
  8    the output could not be written or delivered; a run that is
       published stays so, and hcmsync deliver sends it                 maybe
  10   plan or diff --detailed-exitcode: there are differences
  130  interrupted; nothing published
  143  terminated; nothing published
";

pub fn help(topic: Option<&str>, common: &Common) -> Result<String, Failure> {
    let mut command = Cli::command();
    let Some(topic) = topic else { return Ok(command.render_long_help().to_string()) };
    if let Some(code) = Code::parse(topic) {
        return Ok(if common.json { json(&about_code(code)) } else { code.explain() });
    }
    match topic {
        "exit-codes" => return Ok(EXIT_CODES.to_owned()),
        "functions" => return Ok(map::reference()),
        "codes" if common.json => return Ok(json(&code::all().map(about_code).collect())),
        "codes" => {
            let line =
                |code: Code| format!("{code} {} {}\n", code::entry(code).severity.letter(), code::entry(code).title);
            return Ok(code::all().map(line).collect());
        }
        _ => {}
    }
    command.build();
    if let Some(sub) = command.find_subcommand_mut(topic) {
        return Ok(sub.render_long_help().to_string());
    }
    let known: Vec<&str> = code::all().map(Code::text).chain(["exit-codes", "functions", "codes"]).collect();
    let nearest = map::nearest(&topic.to_uppercase(), known.iter().copied())
        .or_else(|| map::nearest(topic, known.iter().copied()));
    Err(Failure {
        message: format!("there is no help on {topic:?}"),
        help: Some(nearest.map_or_else(
            || "see hcmsync help codes".into(),
            |name| format!("did you mean {name}? See hcmsync help codes"),
        )),
        exit_code: 2,
    })
}

fn about_code(code: Code) -> Value {
    let entry = code::entry(code);
    json!({
        "code": entry.text, "severity": entry.severity.letter(), "varies": entry.varies, "title": entry.title,
        "meaning": entry.meaning, "why": entry.why, "effect": entry.effect, "fix": entry.fix, "rule": entry.rule,
    })
}

pub fn schema(of: Schema) -> Result<String, Failure> {
    let schema = match of {
        Schema::Pipeline => schemars::schema_for!(Options),
        Schema::Report => schemars::schema_for!(Report),
        Schema::Manifest => schemars::schema_for!(Manifest),
    };
    Ok(serde_json::to_string_pretty(&schema).context("the schema")? + "\n")
}

/// The target of a name, or the nearest one in the refusal.
pub fn profile(name: &str) -> Result<&'static Profile, Failure> {
    targets::profile(name).ok_or_else(|| {
        let names = targets::profiles().iter().map(|profile| profile.name.as_str());
        let help = map::nearest(name, names).map(|nearest| format!("did you mean {nearest}?"));
        Failure { message: format!("there is no target {name:?}"), help, exit_code: 2 }
    })
}

pub fn targets(name: Option<&str>, common: &Common) -> Result<String, Failure> {
    if common.json {
        return Ok(json(&match name {
            None => targets::profiles().iter().map(about_target).collect(),
            Some(name) => about_target(profile(name)?),
        }));
    }
    let Some(name) = name else {
        return Ok(targets::profiles()
            .iter()
            .map(|profile| format!("{:25} {}\n", profile.name, profile.title))
            .collect());
    };
    let profile = profile(name)?;
    let mut text = format!("{}: {}\n{}\n", profile.name, profile.title, profile.description);
    for note in &profile.notes {
        text += &format!("  - {note}\n");
    }
    facts(profile).into_iter().for_each(|fact| text += &format!("  {fact}\n"));
    profile.fields.iter().for_each(|field| text += &line(field));
    for list in &profile.lists {
        let condition = list.condition.as_ref().map_or(String::new(), |condition| format!(" where {condition}"));
        text += &format!("  for each of {}{condition}\n", list.name);
        list.fields.iter().for_each(|field| text += &format!("  {}", line(field)));
    }
    Ok(text)
}

fn about_target(profile: &Profile) -> Value {
    let field = |field: &ProfileField| {
        json!({
            "name": field.name, "sql": field.sql, "otherwise": field.otherwise, "required": field.required,
            "unique": field.unique, "max_len": field.max_len, "vocabulary": field.vocabulary,
        })
    };
    let fields = |fields: &[ProfileField]| fields.iter().map(field).collect::<Value>();
    let list =
        |list: &ProfileList| json!({ "name": list.name, "where": list.condition, "fields": fields(&list.fields) });
    json!({
        "name": profile.name, "title": profile.title, "description": profile.description, "notes": profile.notes,
        "facts": facts(profile), "fields": fields(&profile.fields),
        "lists": profile.lists.iter().map(list).collect::<Value>(),
    })
}

/// How the target knows columns, how its file is written, and what it changes of the guards.
fn facts(profile: &Profile) -> Vec<String> {
    let columns = match profile.columns {
        ColumnNames::Mapped => "can be renamed, and others added",
        ColumnNames::Exact => "bear these very names; others can be added",
        ColumnNames::Listed => "bear these very names, and there are no others",
        ColumnNames::Fixed => "are all of these, in this order",
    };
    let mut facts = vec![format!("columns {columns}")];
    if profile.format == Format::Csv {
        facts.push(dialect(&profile.dialect));
        if !profile.settable.is_empty() {
            facts.push(format!("[output.dialect] can set {}", profile.settable.join(", ")));
        }
    }
    if let Some(condition) = &profile.condition {
        facts.push(format!("where = \"{condition}\", unless the [[output]] has a where of its own"));
    }
    let Limits { rows, bytes } = profile.most();
    let (of, files) = match profile.format {
        Format::ScimBulk => ("operations", "a request, or fewer by [output.limits]"),
        _ => ("rows", "a file; what is more is users-001.csv, users-002.csv, …"),
    };
    let most = [rows.map(|rows| format!("{rows} {of}")), bytes.map(|bytes| format!("{bytes} bytes"))];
    let most: Vec<String> = most.into_iter().flatten().collect();
    if !most.is_empty() {
        facts.push(format!("at most {} {files}", most.join(" and ")));
    }
    facts.extend(profile.syntax.iter().map(|(attribute, syntax)| format!("{attribute} takes {}", syntax.text())));
    let guards: Vec<String> = profile.guard.iter().map(|(guard, limit)| format!("{guard} = {limit}")).collect();
    if !guards.is_empty() {
        facts.push(format!("guards, where [guard] does not set them: {}", guards.join(", ")));
    }
    facts
}

fn dialect(dialect: &Dialect) -> String {
    let mut text = format!("CSV in {}, delimiter {:?}", dialect.encoding.name(), char::from(dialect.delimiter.byte()));
    text += match dialect.line_end {
        LineEnd::Lf => ", lines end with LF",
        LineEnd::CrLf => ", lines end with CR LF",
    };
    text += if dialect.quote == Quote::Always { ", every value quoted" } else { ", quotes where they are needed" };
    if let Some(line) = &dialect.preamble {
        text += &format!(", first line {}", line.0);
    }
    text
}

/// A key of a profile, what fills it, and what it must be.
fn line(field: &ProfileField) -> String {
    let mut text = format!("  {:20} = {}", field.name, field.sql);
    if let Some(otherwise) = &field.otherwise {
        text += &format!(", or {otherwise}");
    }
    text += if field.required { ", required" } else { "" };
    text += if field.unique { ", unique" } else { "" };
    if let Some(most) = field.max_len {
        text += &format!(", at most {most} characters");
    }
    if !field.vocabulary.is_empty() {
        text += &format!(", one of {}", field.vocabulary.join(", "));
    }
    text + "\n"
}

pub fn completions(shell: clap_complete::Shell) -> String {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "hcmsync", &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// One page with all commands: `hcmsync-run(1)` would be a page that nobody prints.
pub fn man() -> Result<String, Failure> {
    let command = Cli::command();
    let page = clap_mangen::Man::new(command.clone());
    let mut out = Vec::new();
    let mut write = || -> std::io::Result<()> {
        page.render_title(&mut out)?;
        page.render_name_section(&mut out)?;
        page.render_synopsis_section(&mut out)?;
        page.render_options_section(&mut out)?;
        sections(&command, "hcmsync", &mut out)?;
        write!(out, ".SH \"EXIT CODES\"\n.nf\n{EXIT_CODES}.fi\n")?;
        page.render_version_section(&mut out)
    };
    write().context("the manual page")?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// A section for each command below this one, with what is its own.
fn sections(command: &clap::Command, path: &str, out: &mut Vec<u8>) -> std::io::Result<()> {
    for sub in command.get_subcommands() {
        let path = format!("{path} {}", sub.get_name());
        let page = clap_mangen::Man::new(sub.clone().bin_name(&path));
        let mut section = Vec::new();
        page.render_description_section(&mut section)?;
        page.render_synopsis_section(&mut section)?;
        page.render_options_section(&mut section)?;
        let section = String::from_utf8_lossy(&section).replace("\n.SH ", "\n.SS ");
        write!(out, ".SH \"{}\"\n{section}", path.to_uppercase())?;
        sections(sub, &path, out)?;
    }
    Ok(())
}
