//! The check of the whole mapping before any data is read: every expression, map, profile and column, with all the
//! mistakes of the file at once.

use std::collections::BTreeSet;
use std::ops::Range;

use polars::prelude::DataType;
use toml::Spanned;

use super::columns::Columns;
use super::expression::{Expression, Fault};
use super::mistake::{Mistake, SourceText, did_you_mean, place};
use super::options::{Maps, Output, Select};
use super::scope::Scope;
use super::{Compiled, OutputPlan};
use crate::targets::{self, Profile};

/// The mapping's part of a pipeline file.
#[derive(Clone, Copy, Debug)]
pub struct MapRequest<'a> {
    pub outputs: &'a [Output],
    pub select: &'a Select,
    pub maps: &'a Maps,
}

/// The files that a run writes itself (`pipeline.md` section 3).
const RESERVED: [&str; 7] =
    ["quarantine.csv", "resolution.csv", "report.html", "report.json", "junit.xml", "manifest.json", "rejects"];

/// Checks the mapping, and readies it for the data. All the mistakes are returned, in the order of the file.
pub fn compile(request: &MapRequest, scope: &Scope, source: &SourceText) -> Result<Compiled, Vec<Mistake>> {
    let mut compiler = Compiler { request, scope, source: *source, mistakes: Vec::new() };
    let select = request.select.condition.as_ref().and_then(|sql| compiler.selection(sql));
    let outputs: Vec<_> = request.outputs.iter().filter_map(|output| compiler.output(output)).collect();
    compiler.distinct_files();
    compiler.mistakes.sort_by_key(|mistake| mistake.span.start);
    if compiler.mistakes.is_empty() { Ok(Compiled { select, outputs }) } else { Err(compiler.mistakes) }
}

/// What is wrong with the name of an output's file.
fn file_name(file: &Spanned<String>) -> Option<Mistake> {
    let name = file.get_ref().as_str();
    let mistake = |title: String, help: &str| Some(Mistake { span: file.span(), title, help: Some(help.to_owned()) });
    if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\', '\0']) {
        let title = "an output's file is a plain name, without a folder or a leading dot";
        return mistake(title.to_owned(), "the folder is [publish].to");
    }
    if RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(name)) {
        return mistake(format!("every run writes its own {name}"), "choose another name");
    }
    None
}

/// What is wrong with a file that has the columns of the first output, for persons who are kept out of all of them.
pub fn separate_file(file: &Spanned<String>, outputs: &[Output]) -> Option<Mistake> {
    let mistake = |title: &str, help: &str| {
        Some(Mistake { span: file.span(), title: title.to_owned(), help: Some(help.to_owned()) })
    };
    let taken = |output: &Output| output.file.get_ref().eq_ignore_ascii_case(file.get_ref());
    if outputs.is_empty() {
        return mistake("this file has the columns of the first [[output]], and there is none", "add one, or \"emit\"");
    }
    if outputs.iter().any(taken) {
        return mistake("an [[output]] writes this file", "choose another name, or \"emit\"");
    }
    file_name(file)
}

/// The check at work.
pub(super) struct Compiler<'a> {
    pub request: &'a MapRequest<'a>,
    pub scope: &'a Scope,
    source: SourceText<'a>,
    mistakes: Vec<Mistake>,
}

impl Compiler<'_> {
    pub(super) fn mistake(&mut self, span: Range<usize>, title: impl Into<String>, help: Option<String>) {
        self.mistakes.push(Mistake { span, title: title.into(), help });
    }

    /// An expression of the pipeline file; `None` if it has mistakes.
    pub(super) fn expression(&mut self, sql: &Spanned<String>) -> Option<Expression> {
        let found = Expression::parse(sql.get_ref(), self.scope);
        let faults = match found {
            Ok(expression) => return Some(expression),
            Err(faults) => faults,
        };
        for Fault { part, title, help } in faults {
            self.mistake(place(self.source, sql, part), title, help);
        }
        None
    }

    fn condition(&mut self, sql: &Spanned<String>) -> Option<Expression> {
        let expression = self.expression(sql)?;
        if !matches!(expression.data_type, DataType::Boolean | DataType::Null) {
            let help = "compare it with something: JobName = 'Analyst'";
            self.mistake(sql.span(), "this is a value and not a condition", Some(help.into()));
        }
        Some(expression)
    }

    /// `[select] where` decides who is emitted, and with that which managers are shown; so it cannot ask for them.
    fn selection(&mut self, sql: &Spanned<String>) -> Option<Expression> {
        let expression = self.condition(sql)?;
        for (name, part) in &expression.names {
            if self.scope.attribute(name).is_some_and(|attribute| attribute.after_selection) {
                let title = format!("{name} cannot select: who is emitted decides which managers are shown");
                let help = "where = \"…\" of an [[output]] can read the manager".to_owned();
                self.mistake(place(self.source, sql, part.clone()), title, Some(help));
            }
        }
        Some(expression)
    }

    fn output(&mut self, output: &Output) -> Option<OutputPlan> {
        self.file_name(&output.file);
        let condition = output.condition.as_ref().and_then(|sql| self.condition(sql));
        let profile = self.profile(&output.profile)?;
        let fields = Columns { compiler: self, output, profile }.plan();
        Some(OutputPlan {
            profile,
            file: output.file.get_ref().clone(),
            fields,
            condition,
            formula: output.formula.unwrap_or(profile.formula),
            every_attribute: output.fields.is_none() && profile.fields.is_empty(),
        })
    }

    fn profile(&mut self, name: &Spanned<String>) -> Option<&'static Profile> {
        let found = targets::profile(name.get_ref());
        if found.is_none() {
            let names = || targets::profiles().iter().map(|profile| profile.name.as_str());
            let all = || format!("the profiles are {}", names().collect::<Vec<_>>().join(", "));
            let help = did_you_mean(name.get_ref(), names()).unwrap_or_else(all);
            self.mistake(name.span(), format!("there is no profile {}", name.get_ref()), Some(help));
        }
        found
    }

    fn file_name(&mut self, file: &Spanned<String>) {
        self.mistakes.extend(file_name(file));
    }

    fn distinct_files(&mut self) {
        let mut seen = BTreeSet::new();
        for output in self.request.outputs {
            let name = output.file.get_ref();
            if !seen.insert(name.to_lowercase()) {
                self.mistake(output.file.span(), format!("two outputs write {name}"), None);
            }
        }
    }
}
