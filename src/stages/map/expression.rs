//! One SQL expression: parsed, checked against the allow-list, and turned into polars' own form. What is wrong with it
//! is found here, with its place in the text, before any data is read.

use std::collections::BTreeSet;
use std::ops::Range;

use polars::prelude::{DataType, Expr as Plan, IntoLazy, PolarsError, PolarsResult, col};
use polars::sql::sql_expr;
use sqlparser::ast::{Expr, FunctionArg, FunctionArgExpr, FunctionArguments};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Span, Token, Tokenizer};

use super::allow::Checker;
use super::calendar;
use super::finite::finite;
use super::scope::Scope;

/// The longest expression, in bytes: far above any that a person writes, and far below what would exhaust the stack.
const LONGEST: usize = 4_000;

/// An expression that was checked.
#[derive(Clone, Debug)]
pub struct Expression {
    /// As it was written.
    pub sql: String,
    /// The attributes that it reads, own headers included.
    pub attributes: BTreeSet<String>,
    /// Whether each of its values is, but for case, the text of one of its attributes.
    pub(super) copies: bool,
    /// Where it reads which.
    pub(super) names: Vec<(String, Range<usize>)>,
    pub(super) plan: Plan,
    pub(super) data_type: DataType,
}

/// What is wrong with an expression, and where in its text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub part: Range<usize>,
    pub title: String,
    pub help: Option<String>,
}

impl Expression {
    /// The expression that is one attribute, whatever its name.
    pub(super) fn of_attribute(name: &str, scope: &Scope) -> Expression {
        Expression {
            sql: name.to_owned(),
            attributes: BTreeSet::from([name.to_owned()]),
            copies: true,
            names: Vec::new(),
            plan: col(name),
            data_type: scope.kind(name).data_type(),
        }
    }

    /// Parses and checks `sql` against the names of `scope`. All the faults that can be told apart are returned.
    pub(super) fn parse(sql: &str, scope: &Scope) -> Result<Expression, Vec<Fault>> {
        let mut tree = parse(sql).map_err(|fault| vec![fault])?;
        let copies = copies(&tree);
        let mut checker = Checker::new(sql, scope);
        checker.check(&mut tree);
        if !checker.faults.is_empty() {
            return Err(checker.faults);
        }
        // Polars parses the text that our tree prints, so that it reads what we checked and nothing else.
        let Checker { names, parts, .. } = checker;
        let attributes = names.iter().map(|(name, _)| name.clone()).collect();
        match try_out(&tree.to_string(), &attributes, scope) {
            Ok((plan, data_type)) => Ok(Expression { sql: sql.to_owned(), attributes, copies, names, plan, data_type }),
            Err(error) => {
                Err(vec![locate(sql, &parts, &attributes, scope).unwrap_or_else(|| refused(0..sql.len(), &error))])
            }
        }
    }
}

/// Whether what the tree gives is always the text of an attribute, but for its case.
fn copies(tree: &Expr) -> bool {
    match tree {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) => true,
        Expr::Nested(inner) => copies(inner),
        Expr::Function(function) => {
            let name = function.name.to_string();
            let FunctionArguments::List(list) = &function.args else { return false };
            let is_copied = |argument: &FunctionArg| match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(tree)) => copies(tree),
                _ => false,
            };
            ["COALESCE", "LOWER", "UPPER"].iter().any(|known| name.eq_ignore_ascii_case(known))
                && list.args.iter().all(is_copied)
        }
        _ => false,
    }
}

/// Polars' plan of an expression, and the type of what it gives on the probe.
fn try_out(sql: &str, names: &BTreeSet<String>, scope: &Scope) -> PolarsResult<(Plan, DataType)> {
    let probe = scope.probe(names)?;
    let plan = finite(calendar::within(sql_expr(sql)?, probe.schema()), probe.schema());
    let table = probe.lazy().select([plan.clone().alias("value")]).collect()?;
    let data_type = table.column("value")?.dtype().clone();
    Ok((plan, data_type))
}

/// The innermost part of the expression that cannot be run: `parts` are in the order of evaluation.
fn locate(sql: &str, parts: &[(Range<usize>, String)], names: &BTreeSet<String>, scope: &Scope) -> Option<Fault> {
    let failing = |(place, part): &(Range<usize>, String)| {
        let error = try_out(part, names, scope).err()?;
        Some(refused(place.clone(), &error))
    };
    parts.iter().find_map(failing).filter(|fault| fault.part.end <= sql.len())
}

/// Polars saw the probe only, so its words carry nobody's values.
fn refused(part: Range<usize>, error: &PolarsError) -> Fault {
    let text = error.to_string();
    // Where a regular expression is wrong, its reason stands last, below the expression.
    if let Some((_, reason)) = text.rsplit_once("\nerror: ").filter(|_| text.contains("regex parse error:")) {
        let reason = reason.lines().next().unwrap_or_default();
        return Fault { part, title: format!("the regular expression is wrong: {reason}"), help: None };
    }
    let reason = text.lines().next().unwrap_or_default();
    let help = text
        .contains("expected `String`")
        .then(|| "CAST(value AS VARCHAR) makes text of a date or a condition".to_owned());
    Fault { part, title: format!("this cannot be computed: {reason}"), help }
}

/// The tree of a text that is one expression and nothing more.
fn parse(sql: &str) -> Result<Expr, Fault> {
    let whole = || 0..sql.len();
    if sql.trim().is_empty() {
        let help = Some("NULL is an expression without a value".to_owned());
        return Err(Fault { part: whole(), title: "there is no expression".into(), help });
    }
    if sql.len() > LONGEST {
        let help = Some("a long list of values belongs into [maps]".to_owned());
        return Err(Fault { part: whole(), title: format!("the expression is longer than {LONGEST} bytes"), help });
    }
    let tokens = Tokenizer::new(&GenericDialect, sql).tokenize_with_location().map_err(|error| {
        let at = offset(sql, error.location);
        Fault { part: at..sql.len(), title: format!("wrong syntax: {}", error.message), help: None }
    })?;
    let mut parser = Parser::new(&GenericDialect).with_tokens_with_locations(tokens);
    let tree = parser.parse_expr().map_err(|error| syntax(sql, &error))?;
    let rest = parser.peek_token();
    if rest.token == Token::EOF {
        return Ok(tree);
    }
    let title = format!("wrong syntax: the expression ends before {}", rest.token);
    Err(Fault { part: range(sql, rest.span), title, help: None })
}

/// The parser tells the place in its words alone: `… at Line: 1, Column: 8`.
fn syntax(sql: &str, error: &ParserError) -> Fault {
    let text = match error {
        ParserError::TokenizerError(text) | ParserError::ParserError(text) => text.as_str(),
        ParserError::RecursionLimitExceeded => "too many expressions inside one another",
    };
    let (message, place) = text.rsplit_once(" at Line: ").unwrap_or((text, ""));
    let at = place.split_once(", Column: ").and_then(|(line, column)| {
        Some(offset(sql, Location { line: line.parse().ok()?, column: column.parse().ok()? }))
    });
    let at = at.unwrap_or(if message.ends_with("EOF") { sql.len() } else { 0 });
    let message = message.replace("found: EOF", "found: the end");
    Fault { part: at..word_end(sql, at), title: format!("wrong syntax: {message}"), help: None }
}

/// The end of the word, or of the one character, that starts at `at`.
fn word_end(sql: &str, at: usize) -> usize {
    let rest = &sql[at..];
    let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    at + word.max(rest.chars().next().map_or(0, char::len_utf8))
}

/// The byte of a place that is counted in lines and characters, both from 1.
fn offset(sql: &str, place: Location) -> usize {
    let mut lines = sql.split_inclusive('\n');
    let line = usize::try_from(place.line).unwrap_or(1).max(1);
    let before: usize = lines.by_ref().take(line - 1).map(str::len).sum();
    let column = usize::try_from(place.column).unwrap_or(1).max(1);
    let within = lines.next().unwrap_or_default().char_indices().nth(column - 1).map(|(at, _)| at);
    within.map_or_else(|| if line == 1 || before == sql.len() { sql.len() } else { before }, |within| before + within)
}

/// The bytes of a span of the parser; the whole text where it has none.
pub(super) fn range(sql: &str, span: Span) -> Range<usize> {
    if span.start.line == 0 {
        return 0..sql.len();
    }
    let start = offset(sql, span.start);
    let end = offset(sql, span.end);
    let end = if end > start { end } else { word_end(sql, start) };
    start..closed(sql, start, end)
}

/// The end of a call with its parenthesis, which the parser leaves out.
fn closed(sql: &str, start: usize, end: usize) -> usize {
    let rest = sql[end..].trim_start();
    let part = &sql[start..end];
    let open = part.matches('(').count() > part.matches(')').count();
    if open && rest.starts_with(')') { sql.len() - rest.len() + 1 } else { end }
}
