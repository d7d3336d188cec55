//! The check of the whole mapping before any data is read: every expression, map, profile and column, with all the
//! mistakes of the file at once.

use std::collections::BTreeMap;
use std::ops::Range;

use polars::prelude::DataType;
use toml::Spanned;

use super::columns::Columns;
use super::expression::{Expression, Fault};
use super::mistake::{Mistake, SourceText, did_you_mean, place};
use super::names::is_same;
use super::nested;
use super::options::{Maps, Output, Select};
use super::scope::Scope;
use super::{Compiled, OutputPlan};
use super::{dialect, filter};
use crate::targets::{self, Profile};

/// The mapping's part of a pipeline file.
#[derive(Clone, Copy, Debug)]
pub struct MapRequest<'a> {
    pub outputs: &'a [Output],
    pub select: &'a Select,
    pub maps: &'a Maps,
    /// The names of what the rows of side extracts that are alone have.
    pub rows: &'a BTreeMap<String, Scope>,
}

/// The files that a run writes itself (`pipeline.md` section 3).
const RESERVED: [&str; 8] = [
    "quarantine.csv",
    "resolution.csv",
    "placement.csv",
    "report.html",
    "report.json",
    "junit.xml",
    "manifest.json",
    "rejects",
];

/// Checks the mapping, and readies it for the data. All the mistakes are returned, in the order of the file.
pub fn compile(request: &MapRequest, scope: &Scope, source: &SourceText) -> Result<Compiled, Vec<Mistake>> {
    let mut compiler = Compiler { request, scope, source: *source, mistakes: Vec::new() };
    let condition = request.select.condition.as_ref().and_then(|sql| compiler.selection(sql));
    let filter = request.select.scim_filter.as_ref().and_then(|filter| compiler.filter(filter));
    let select: Vec<Expression> = condition.into_iter().chain(filter).collect();
    let plans: Vec<_> = request.outputs.iter().map(|output| compiler.output(output)).collect();
    compiler.distinct_files(&plans);
    let outputs = plans.into_iter().flatten().collect();
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

impl Compiled {
    /// What is wrong with the files of states: they have the format of the first output, and what it derives from their names.
    pub fn separate_files<'f>(&self, files: impl Iterator<Item = &'f Spanned<String>>) -> Vec<Mistake> {
        let mut plans = self.outputs.clone();
        let mut mistakes = Vec::new();
        for file in files {
            let Some(plan) = self.outputs.first() else { break };
            let plan = OutputPlan { file: file.get_ref().clone(), ..plan.clone() };
            // Several states may share a file.
            let others = || plans.iter().filter(|other| other.file != plan.file);
            if let Some((other, name)) = others().find_map(|other| Some((other, plan.shares_name(other)?))) {
                let title = format!("an [[output]] or another state writes {name}");
                mistakes.push(Mistake { span: file.span(), title, help: Some(other.called()) });
            }
            plans.push(plan);
        }
        mistakes
    }
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

    /// A mistake in a part of a text of the file.
    pub(super) fn mistake_within(
        &mut self,
        text: &Spanned<String>,
        part: Range<usize>,
        title: impl Into<String>,
        help: Option<String>,
    ) {
        self.mistake(place(self.source, text, part), title, help);
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

    pub(super) fn condition(&mut self, sql: &Spanned<String>) -> Option<Expression> {
        let expression = self.expression(sql)?;
        if !matches!(expression.data_type, DataType::Boolean | DataType::Null) {
            let help = "compare it with something: JobName = 'Analyst'";
            self.mistake(sql.span(), "this is a value and not a condition", Some(help.into()));
        }
        Some(expression)
    }

    /// `[select] scim_filter`: an SQL condition in other words.
    fn filter(&mut self, filter: &Spanned<String>) -> Option<Expression> {
        match filter::expression(filter.get_ref(), self.scope) {
            Ok(expression) => Some(expression),
            Err(Fault { part, title, help }) => {
                self.mistake(place(self.source, filter, part), title, help);
                None
            }
        }
    }

    /// The other name of a key of the profile.
    pub(super) fn renamed<'o>(output: &'o Output, key: &str) -> Option<&'o str> {
        let found = output.rename.iter().find(|(known, _)| known.get_ref() == key);
        found.map(|(_, name)| name.get_ref().as_str())
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
        let of_persons = self.scope;
        if let Some(rows) = &output.rows {
            let Some(scope) = self.request.rows.get(rows.get_ref()) else {
                let help = "it is a side extract with alone = true".to_owned();
                self.mistake(rows.span(), format!("there are no rows {}", rows.get_ref()), Some(help));
                return None;
            };
            self.scope = scope;
        }
        let plan = self.plan(output);
        self.scope = of_persons;
        plan
    }

    fn plan(&mut self, output: &Output) -> Option<OutputPlan> {
        let own = output.condition.as_ref().and_then(|sql| self.condition(sql));
        let profile = self.profile(&output.profile)?;
        let condition = if output.condition.is_some() { own } else { self.usual_condition(output, profile) };
        let columns = Columns { compiler: self, output, profile, known: &profile.fields, prefix: String::new() };
        let fields = columns.plan(output.fields.as_ref());
        let lists = nested::lists(self, output, profile);
        nested::check(self, output, profile, &fields, &lists);
        let (dialect, limits) = (dialect::dialect(self, output, profile), dialect::limits(self, output, profile));
        dialect::check(self, output, &dialect, &fields);
        Some(OutputPlan {
            profile,
            file: output.file.get_ref().clone(),
            rows: output.rows.as_ref().map(|rows| rows.get_ref().clone()),
            format: output.format.as_ref().map_or(profile.format, |format| *format.get_ref()),
            dialect,
            limits,
            fields,
            lists,
            base_dn: output.base_dn.as_ref().map(|base| base.get_ref().clone()),
            condition,
            formula: dialect::formula(self, output, profile),
            every_attribute: output.fields.is_none() && profile.fields.is_empty() && output.rows.is_none(),
        })
    }

    /// Who stands in a file where the pipeline does not say: the profile's own `where`, which is about people.
    fn usual_condition(&mut self, output: &Output, profile: &'static Profile) -> Option<Expression> {
        let sql = profile.condition.as_ref().filter(|_| output.rows.is_none())?;
        match Expression::parse(sql, self.scope) {
            Ok(expression) => Some(expression),
            Err(faults) => {
                for fault in faults {
                    let title = format!("the profile's own where = \"{sql}\": {}", fault.title);
                    self.mistake(output.profile.span(), title, Some("say in where who stands in the file".to_owned()));
                }
                None
            }
        }
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

    /// No two outputs write one file, be it by the name that the pipeline gives or by one that a format derives from it.
    fn distinct_files(&mut self, plans: &[Option<OutputPlan>]) {
        let outputs: Vec<_> = self.request.outputs.iter().zip(plans).collect();
        for (nth, (output, plan)) in outputs.iter().enumerate() {
            if outputs[..nth].iter().any(|(before, _)| is_same(before.file.get_ref(), output.file.get_ref())) {
                self.mistake(output.file.span(), format!("two outputs write {}", output.file.get_ref()), None);
                continue;
            }
            let clash = |(before, other): &(&Output, &Option<OutputPlan>)| {
                let (plan, other) = (plan.as_ref()?, other.as_ref()?);
                let name = plan.shares_name(other)?;
                // It is told of the one that has the name in the pipeline; the other's follows from its own.
                let of_other = is_same(before.file.get_ref(), &name);
                let (told, deriving) = if of_other { (*before, plan) } else { (*output, other) };
                Some((told.file.span(), name, deriving.called()))
            };
            if let Some((span, name, called)) = outputs[..nth].iter().find_map(clash) {
                self.mistake(span, format!("two outputs write {name}"), Some(called));
            }
        }
    }
}
