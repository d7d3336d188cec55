//! `[[check]]`: the pipeline's own rules, checked before any data is read like every other expression. A check says what
//! must hold, as an SQL condition or as one of the ready kinds; what breaks it is found, and what then becomes of the
//! person is the run's business.

use std::collections::BTreeSet;

use polars::prelude::{DataFrame, DataType, StringChunked};
use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::evaluate::{MapError, mask_of_broken, text_column};
use super::expression::{Expression, Fault};
use super::mistake::{Mistake, SourceText, did_you_mean, place};
use super::scope::Scope;
use crate::model::kind::Kind;

/// One rule of the pipeline.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What the report calls it.
    #[schemars(with = "String")]
    pub name: Spanned<String>,
    /// What is checked: `workers`, the persons who are to be emitted, or the rows of a record kind, as in `assignment`.
    #[schemars(with = "Option<String>")]
    pub over: Option<Spanned<String>>,
    /// An SQL condition that must hold; where it is null nothing is found, as with a CHECK of a database.
    #[schemars(with = "Option<String>")]
    pub sql: Option<Spanned<String>>,
    /// The attribute that the ready kinds look at.
    #[schemars(with = "Option<String>")]
    pub column: Option<Spanned<String>>,
    /// There is a value.
    pub not_null: Option<bool>,
    /// No two have the same value.
    pub unique: Option<bool>,
    /// The value is one of these.
    #[serde(rename = "in")]
    pub among: Option<Vec<String>>,
    /// The regular expression is found in the value.
    #[schemars(with = "Option<String>")]
    pub matches: Option<Spanned<String>>,
    /// The value stands in a column of a record kind, or is a key of a side extract: `KIND.ATTRIBUTE`.
    #[schemars(with = "Option<String>")]
    pub references: Option<Spanned<String>>,
    /// `W`: it is counted. `E`: the person is quarantined.
    #[serde(default)]
    pub severity: CheckSeverity,
    /// What the report says of it.
    pub message: Option<String>,
}

/// What becomes of a person for whom a check does not hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum CheckSeverity {
    /// Emitted all the same.
    #[default]
    W,
    /// Quarantined.
    E,
}

impl CheckSeverity {
    pub fn letter(self) -> char {
        match self {
            CheckSeverity::W => 'W',
            CheckSeverity::E => 'E',
        }
    }
}

/// What a check is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The resolved persons who are to be emitted.
    Workers,
    /// The rows of a kind that take part.
    Rows(Kind),
}

impl Over {
    pub fn name(self) -> &'static str {
        match self {
            Over::Workers => "workers",
            Over::Rows(kind) => kind.name(),
        }
    }
}

/// A check that was checked.
#[derive(Clone, Debug)]
pub struct CheckPlan {
    pub name: String,
    pub over: Over,
    pub severity: CheckSeverity,
    pub message: String,
    /// What must hold, in the words of the pipeline.
    pub condition: String,
    test: Test,
}

/// How it is found out.
#[derive(Clone, Debug)]
enum Test {
    Condition(Expression),
    Unique(Expression),
    References(Expression, Target),
}

/// Where the values of a reference stand: a record kind or a side extract, and its column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub extract: String,
    pub column: String,
}

/// The names that checks may use: those of the workers, and for each record kind of the pipeline those of its rows.
pub struct CheckScopes<'a> {
    pub workers: &'a Scope,
    pub rows: &'a [(Kind, Scope)],
    /// The side extracts with their keys.
    pub sides: &'a [(&'static str, String)],
}

/// Checks the checks. All the mistakes are returned.
pub fn compile_checks(
    checks: &[Check],
    scopes: &CheckScopes<'_>,
    source: SourceText<'_>,
) -> Result<Vec<CheckPlan>, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let mut plans: Vec<CheckPlan> = Vec::new();
    for check in checks {
        if checks
            .iter()
            .take_while(|other| other.name.span() != check.name.span())
            .any(|o| o.name.get_ref() == check.name.get_ref())
        {
            let title = format!("two checks are called {}", check.name.get_ref());
            mistakes.push(Mistake { span: check.name.span(), title, help: None });
        }
        match (Checking { check, scopes, source }).plan() {
            Ok(plan) => plans.push(plan),
            Err(found) => mistakes.extend(found),
        }
    }
    if mistakes.is_empty() { Ok(plans) } else { Err(mistakes) }
}

struct Checking<'a> {
    check: &'a Check,
    scopes: &'a CheckScopes<'a>,
    source: SourceText<'a>,
}

const READY: &str =
    "say what must hold: sql = \"…\", or column = \"…\" with one of not_null, unique, in, matches, references";

impl Checking<'_> {
    fn plan(&self) -> Result<CheckPlan, Vec<Mistake>> {
        let (over, scope) = self.over().map_err(|mistake| vec![mistake])?;
        let (test, condition) = self.test(scope)?;
        let check = self.check;
        let message = check.message.clone().unwrap_or_else(|| format!("not so: {condition}"));
        Ok(CheckPlan { name: check.name.get_ref().clone(), over, severity: check.severity, message, condition, test })
    }

    fn mistake(span: std::ops::Range<usize>, title: String, help: impl Into<String>) -> Mistake {
        Mistake { span, title, help: Some(help.into()) }
    }

    fn over(&self) -> Result<(Over, &Scope), Mistake> {
        let Some(over) = &self.check.over else { return Ok((Over::Workers, self.scopes.workers)) };
        let name = over.get_ref().as_str();
        if name == Over::Workers.name() {
            return Ok((Over::Workers, self.scopes.workers));
        }
        if let Some((kind, scope)) = self.scopes.rows.iter().find(|(kind, _)| kind.name() == name) {
            return Ok((Over::Rows(*kind), scope));
        }
        let known = || self.scopes.rows.iter().map(|(kind, _)| kind.name()).chain([Over::Workers.name()]);
        let all = || format!("it is over {}", known().collect::<Vec<_>>().join(", "));
        let help = did_you_mean(name, known()).unwrap_or_else(all);
        Err(Self::mistake(over.span(), format!("this pipeline reads no {name}"), help))
    }

    fn test(&self, scope: &Scope) -> Result<(Test, String), Vec<Mistake>> {
        let Check { sql, column, not_null, unique, among, matches, references, .. } = self.check;
        let kinds = [
            sql.is_some(),
            *not_null == Some(true),
            *unique == Some(true),
            among.is_some(),
            matches.is_some(),
            references.is_some(),
        ];
        let wrong = |title: &str| vec![Self::mistake(self.check.name.span(), title.to_owned(), READY)];
        if kinds.iter().filter(|given| **given).count() != 1 {
            return Err(wrong("a check is exactly one condition"));
        }
        let (Some(sql), None) = (sql, column) else {
            let Some(column) = column.as_ref().filter(|_| sql.is_none()) else {
                return Err(wrong("sql names its attributes itself, and the ready kinds need a column"));
            };
            return self.ready(column, scope);
        };
        let condition = self.expression(sql, sql.get_ref(), scope)?;
        if !matches!(condition.data_type, DataType::Boolean | DataType::Null) {
            let help = "compare it with something: JobName = 'Analyst'";
            return Err(vec![Self::mistake(sql.span(), "this is a value and not a condition".into(), help)]);
        }
        Ok((Test::Condition(condition), sql.get_ref().clone()))
    }

    /// The ready kinds, on one column.
    fn ready(&self, column: &Spanned<String>, scope: &Scope) -> Result<(Test, String), Vec<Mistake>> {
        let Check { unique, among, matches, references, .. } = self.check;
        let name = column.get_ref();
        let value = self.expression(column, name, scope)?;
        if !value.names.iter().any(|(attribute, _)| attribute == name) || value.attributes.len() != 1 {
            let help = "a condition over several attributes is sql = \"…\"";
            return Err(vec![Self::mistake(column.span(), "a column is the name of one attribute".into(), help)]);
        }
        if *unique == Some(true) {
            return Ok((Test::Unique(value), format!("{name} is unique")));
        }
        if let Some(to) = references {
            let target = self.target(to).map_err(|mistake| vec![mistake])?;
            return Ok((Test::References(value, target), format!("{name} stands in {}", to.get_ref())));
        }
        let quoted = |text: &String| format!("'{}'", text.replace('\'', "''"));
        let (sql, span) = match (among, matches) {
            (Some(among), _) => {
                (format!("{name} IN ({})", among.iter().map(quoted).collect::<Vec<_>>().join(", ")), column)
            }
            (_, Some(pattern)) => (format!("REGEXP_LIKE({name}, {})", quoted(pattern.get_ref())), pattern),
            _ => (format!("{name} IS NOT NULL"), column),
        };
        let condition = Expression::parse(&sql, scope).map_err(|faults| {
            faults
                .into_iter()
                .map(|fault| Mistake { span: span.span(), title: fault.title, help: fault.help })
                .collect::<Vec<_>>()
        })?;
        Ok((Test::Condition(condition), sql))
    }

    /// `KIND.ATTRIBUTE`, or a side extract and its key.
    fn target(&self, to: &Spanned<String>) -> Result<Target, Mistake> {
        let wrong = |title: String, help: String| Err(Self::mistake(to.span(), title, help));
        let Some((extract, column)) = to.get_ref().split_once('.') else {
            return wrong("a reference is KIND.ATTRIBUTE".into(), "as in \"assignment.AssignmentId\"".into());
        };
        let target = Target { extract: extract.to_owned(), column: column.to_owned() };
        if let Some((_, key)) = self.scopes.sides.iter().find(|(name, _)| *name == extract) {
            let help = format!("references = \"{extract}.{key}\"");
            return if key == column {
                Ok(target)
            } else {
                wrong(format!("{column} is not the key of {extract}"), help)
            };
        }
        let Some((_, scope)) = self.scopes.rows.iter().find(|(kind, _)| kind.name() == extract) else {
            let known = self.scopes.rows.iter().map(|(kind, _)| kind.name());
            let near = did_you_mean(extract, known.chain(self.scopes.sides.iter().map(|(name, _)| *name)));
            return wrong(format!("this pipeline reads no {extract}"), near.unwrap_or_else(|| "add its table".into()));
        };
        if scope.attribute(column).is_none() {
            let near = did_you_mean(column, scope.names()).unwrap_or_else(|| "name one of its attributes".into());
            return wrong(format!("{extract} has no attribute {column}"), near);
        }
        Ok(target)
    }

    fn expression(&self, at: &Spanned<String>, sql: &str, scope: &Scope) -> Result<Expression, Vec<Mistake>> {
        let shown = |Fault { part, title, help }: Fault| Mistake { span: place(self.source, at, part), title, help };
        let expression =
            Expression::parse(sql, scope).map_err(|faults| faults.into_iter().map(shown).collect::<Vec<_>>())?;
        let late = |(name, _): &&(String, _)| scope.attribute(name).is_some_and(|attribute| attribute.after_selection);
        match expression.names.iter().find(late) {
            None => Ok(expression),
            Some((name, part)) => {
                let title = format!("{name} cannot be checked: who is emitted decides which managers are shown");
                let help = "the codes MGR010 to MGR030 tell of managers";
                Err(vec![Self::mistake(place(self.source, at, part.clone()), title, help)])
            }
        }
    }
}

impl CheckPlan {
    /// What it reads.
    pub fn attributes(&self) -> &BTreeSet<String> {
        match &self.test {
            Test::Condition(expression) | Test::Unique(expression) | Test::References(expression, _) => {
                &expression.attributes
            }
        }
    }

    /// Whether it looks at more than one row or worker at a time.
    pub fn compares(&self) -> bool {
        !matches!(self.test, Test::Condition(_))
    }

    /// Where the values of a reference stand.
    pub fn target(&self) -> Option<&Target> {
        if let Test::References(_, target) = &self.test { Some(target) } else { None }
    }

    /// The rows of a table for which it does not hold; `is_known` answers for the target of a reference.
    pub fn broken(&self, table: &DataFrame, is_known: &dyn Fn(&str) -> bool) -> Result<Vec<u32>, MapError> {
        let place = || format!("the check {}", self.name);
        match &self.test {
            Test::Condition(condition) => mask_of_broken(condition, table, &place()),
            Test::Unique(value) => Ok(repeated(&text_column(value, table, &place())?)),
            Test::References(value, _) => {
                let column = text_column(value, table, &place())?;
                let unknown = |(_, value): &(u32, Option<&str>)| value.is_some_and(|value| !is_known(value));
                Ok((0u32..).zip(column.iter()).filter(unknown).map(|(row, _)| row).collect())
            }
        }
    }
}

/// The rows whose value another row has as well.
fn repeated(column: &StringChunked) -> Vec<u32> {
    let mut counts: FxHashMap<&str, u32> = FxHashMap::default();
    column.iter().flatten().for_each(|value| *counts.entry(value).or_default() += 1);
    let is_shared = |value: Option<&str>| value.is_some_and(|value| counts[value] > 1);
    (0u32..).zip(column.iter()).filter(|(_, value)| is_shared(*value)).map(|(row, _)| row).collect()
}
