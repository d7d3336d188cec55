//! The walk over an expression's tree: what is not on the allow-list is a fault, names are looked up, and the few
//! things that polars would read otherwise than SQL does are rewritten.

use std::mem;
use std::ops::Range;

use sqlparser::ast::{
    BinaryOperator as Op, CastKind, DataType, DateTimeField, Expr, FunctionArg, FunctionArgExpr, FunctionArguments,
    Ident, Interval, Spanned, TypedString, UnaryOperator, Value,
};

use super::calendar;
use super::expression::{Fault, range};
use super::functions::{self, Argument, Arguments};
use super::mistake::did_you_mean;
use super::rewrite::{as_bigint, boolean, call, day, negated, one_of, right};
use super::scope::{Scope, Type};

pub(super) struct Checker<'a> {
    sql: &'a str,
    scope: &'a Scope,
    /// The names that the expression reads, and where it does.
    pub names: Vec<(String, Range<usize>)>,
    pub faults: Vec<Fault>,
    /// What can fail, in the order of evaluation, as polars will read it.
    pub parts: Vec<(Range<usize>, String)>,
}

impl<'a> Checker<'a> {
    pub fn new(sql: &'a str, scope: &'a Scope) -> Self {
        Checker { sql, scope, names: Vec::new(), faults: Vec::new(), parts: Vec::new() }
    }

    fn fault(&mut self, at: Range<usize>, title: impl Into<String>, help: Option<String>) {
        self.faults.push(Fault { part: at, title: title.into(), help });
    }

    fn place(&self, node: &impl Spanned) -> Range<usize> {
        range(self.sql, node.span())
    }

    /// Checks a tree, and rewrites it to what polars shall read.
    pub fn check(&mut self, tree: &mut Expr) {
        let place = self.place(tree);
        let leaf = matches!(tree, Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::Value(_));
        self.check_node(tree, &place);
        if !leaf && self.faults.is_empty() {
            self.parts.push((place, tree.to_string()));
        }
    }

    fn check_node(&mut self, tree: &mut Expr, place: &Range<usize>) {
        match tree {
            Expr::Identifier(ident) => *tree = self.name(std::slice::from_ref(ident), place),
            Expr::CompoundIdentifier(idents) => *tree = self.name(&idents.clone(), place),
            Expr::Value(value) => self.value(&value.value, place),
            Expr::TypedString(text) => *tree = self.typed(text, place),
            Expr::Nested(inner) | Expr::IsNull(inner) | Expr::IsNotNull(inner) => self.check(inner),
            Expr::IsTrue(_) | Expr::IsNotTrue(_) | Expr::IsFalse(_) | Expr::IsNotFalse(_) => self.truth(tree),
            Expr::IsDistinctFrom(left, right) | Expr::IsNotDistinctFrom(left, right) => self.compare(left, right),
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right, place),
            Expr::UnaryOp { op, expr } => {
                if !matches!(op, UnaryOperator::Not | UnaryOperator::Minus | UnaryOperator::Plus) {
                    self.fault(place.clone(), format!("the operator {op} cannot be used"), None);
                }
                self.check(expr);
            }
            Expr::Between { expr, low, high, .. } => {
                self.compare(expr, low);
                self.check(high);
                self.read_as_day(expr, high);
            }
            Expr::InList { .. } => self.in_list(tree),
            Expr::Like { any, expr, pattern, escape_char, .. }
            | Expr::ILike { any, expr, pattern, escape_char, .. } => {
                if *any || escape_char.is_some() {
                    self.fault(place.clone(), "LIKE takes one pattern, without ANY or ESCAPE", None);
                }
                self.check(expr);
                self.argument("LIKE", Argument::Text, pattern);
            }
            Expr::Case { operand, conditions, else_result, .. } => {
                operand.iter_mut().for_each(|operand| self.check(operand));
                for when in conditions {
                    self.check(&mut when.condition);
                    self.check(&mut when.result);
                }
                else_result.iter_mut().for_each(|result| self.check(result));
            }
            _ => self.check_form(tree, place),
        }
    }

    /// The forms that look like functions and have a syntax of their own.
    fn check_form(&mut self, tree: &mut Expr, place: &Range<usize>) {
        match tree {
            Expr::Function(function) => {
                if let Some(other) = self.function(function, place) {
                    *tree = other;
                }
            }
            Expr::Cast { kind, expr, data_type, format, array } => {
                self.check(expr);
                self.cast(kind, data_type, format.is_none() && !*array, place);
            }
            Expr::Extract { field, expr, .. } => {
                let known = [DateTimeField::Year, DateTimeField::Quarter, DateTimeField::Month, DateTimeField::Day];
                if !known.contains(field) {
                    self.fault(
                        place.clone(),
                        format!("EXTRACT knows no {field}"),
                        Some("YEAR, QUARTER, MONTH or DAY".into()),
                    );
                }
                self.check(expr);
                // As it is, a month is a number of one byte, and 12 * 100 would be -80.
                *tree = as_bigint(tree);
            }
            Expr::Substring { expr, substring_from, substring_for, .. } => {
                self.check(expr);
                for count in [substring_from, substring_for].into_iter().flatten() {
                    self.argument("SUBSTR", Argument::Count, count);
                }
            }
            Expr::Trim { expr, trim_what, trim_characters, .. } => {
                self.check(expr);
                if trim_characters.is_some() {
                    self.fault(
                        place.clone(),
                        "TRIM names its characters before FROM",
                        Some("TRIM(BOTH '0' FROM text)".into()),
                    );
                }
                trim_what.iter_mut().for_each(|what| self.argument("TRIM", Argument::Text, what));
            }
            Expr::Position { .. } => self.refuse("POSITION", place),
            Expr::Subquery(_) | Expr::InSubquery { .. } | Expr::Exists { .. } => {
                let help = Some("a table of values belongs into [maps]".to_owned());
                self.fault(place.clone(), "a subquery cannot be used: an expression sees one person", help);
            }
            Expr::Interval(_) => {
                let help = Some("date + INTERVAL '90 days'".to_owned());
                self.fault(place.clone(), "an INTERVAL is added to a date, or taken from one", help);
            }
            _ => {
                let help = Some("what can be written is listed under Expressions in the manual".to_owned());
                self.fault(place.clone(), "this kind of expression cannot be used", help);
            }
        }
    }

    /// A name: one of the attributes, or in double quotes a header of the extract, which is an attribute too if it is
    /// recognised. Polars gets it as one quoted word, since `person.EffectiveStartDate` is one column.
    fn name(&mut self, idents: &[Ident], place: &Range<usize>) -> Expr {
        let written = idents.iter().map(|ident| ident.value.as_str()).collect::<Vec<_>>().join(".");
        let quoted = idents.iter().all(|ident| ident.quote_style == Some('"'));
        let name = if quoted { self.scope.meant(&written).to_owned() } else { written };
        let column = Expr::Identifier(Ident::with_quote('"', name.as_str()));
        if self.scope.attribute(&name).is_none() && !(quoted && self.scope.is_header(&name)) {
            self.unknown_name(&name, quoted, place);
        } else if name == "*" || (name.starts_with('^') && name.ends_with('$')) {
            let help = Some("give the column a name in [extract]: columns = { Name = \"header\" }".to_owned());
            self.fault(place.clone(), format!("the header {name} cannot be used in an expression"), help);
        }
        self.names.push((name, place.clone()));
        column
    }

    fn unknown_name(&mut self, name: &str, quoted: bool, place: &Range<usize>) {
        let known_header = self.scope.headers.is_some() && self.scope.is_header(name);
        let help = if quoted {
            did_you_mean(name, self.scope.names()).or_else(|| Some(format!("text stands in single quotes: '{name}'")))
        } else if known_header {
            Some(format!("a column's own header is written in double quotes: \"{name}\""))
        } else {
            let near = did_you_mean(name, self.scope.names());
            near.or_else(|| {
                Some(format!("text stands in single quotes, '{name}', and a column's own header in double quotes"))
            })
        };
        self.fault(place.clone(), format!("there is no attribute {name}"), help);
    }

    fn value(&mut self, value: &Value, place: &Range<usize>) {
        let plain = matches!(value, Value::SingleQuotedString(_) | Value::Boolean(_) | Value::Null);
        let number =
            matches!(value, Value::Number(digits, false) if digits.len() <= 15 && !digits.contains(['e', 'E']));
        if !plain && !number {
            let help = Some("'text', 42, 1.5, TRUE, FALSE, NULL and DATE '2026-11-20' are constants".to_owned());
            self.fault(place.clone(), format!("the constant {value} cannot be used"), help);
        }
    }

    fn typed(&mut self, text: &TypedString, place: &Range<usize>) -> Expr {
        match (&text.data_type, &text.value.value) {
            (DataType::Date, Value::SingleQuotedString(date)) => self.day(date, place),
            (other, _) => {
                self.fault(place.clone(), format!("a constant of type {other} cannot be used"), None);
                Expr::value(Value::Null)
            }
        }
    }

    fn day(&mut self, text: &str, place: &Range<usize>) -> Expr {
        day(text).unwrap_or_else(|| {
            self.fault(place.clone(), format!("'{text}' is no date"), Some("a date is written YYYY-MM-DD".into()));
            Expr::value(Value::Null)
        })
    }

    /// SQL's `IS TRUE` is never null; polars' is.
    fn truth(&mut self, tree: &mut Expr) {
        let (inner, positive, unknown) = match tree {
            Expr::IsTrue(inner) => (inner, true, false),
            Expr::IsNotTrue(inner) => (inner, false, false),
            Expr::IsFalse(inner) => (inner, false, true),
            Expr::IsNotFalse(inner) => (inner, true, true),
            _ => return,
        };
        self.check(inner);
        let sure = call("COALESCE", vec![mem::replace(inner, boolean(false)), boolean(unknown)]);
        *tree = if positive { sure } else { negated(sure) };
    }

    /// Checks two sides of a comparison; a string beside a date is read as a date.
    fn compare(&mut self, left: &mut Expr, right: &mut Expr) {
        self.check(left);
        self.check(right);
        self.read_as_day(left, right);
        self.read_as_day(right, left);
    }

    fn read_as_day(&mut self, beside: &Expr, text: &mut Expr) {
        if let Expr::Value(value) = text
            && let Value::SingleQuotedString(date) = &value.value
            && self.is_day(beside)
        {
            let place = range(self.sql, value.span);
            *text = self.day(&date.clone(), &place);
        }
    }

    fn is_day(&self, tree: &Expr) -> bool {
        match tree {
            Expr::Identifier(ident) => self.scope.kind(&ident.value) == Type::Date,
            Expr::Nested(inner) => self.is_day(inner),
            Expr::BinaryOp { left, right, .. } => matches!(**right, Expr::Interval(_)) && self.is_day(left),
            Expr::Function(function) => function.name.to_string() == "DATE",
            _ => false,
        }
    }

    fn binary(&mut self, left: &mut Expr, op: &Op, right: &mut Expr, place: &Range<usize>) {
        use Op::{And, Divide, Eq, Gt, GtEq, Lt, LtEq, Minus, Modulo, Multiply, NotEq, Or, Plus, StringConcat};
        match op {
            Eq | NotEq | Lt | LtEq | Gt | GtEq => self.compare(left, right),
            Plus | Minus if matches!(right, Expr::Interval(_)) => {
                self.check(left);
                self.interval(right);
            }
            And | Or | StringConcat | Plus | Minus | Multiply | Divide | Modulo => {
                self.check(left);
                self.check(right);
            }
            other => {
                self.fault(place.clone(), format!("the operator {other} cannot be used"), None);
            }
        }
    }

    fn interval(&mut self, tree: &mut Expr) {
        let place = self.place(tree);
        let Expr::Interval(Interval { value, leading_field: None, .. }) = tree else {
            return self.fault(place, "an INTERVAL is written INTERVAL '90 days'", None);
        };
        let known = match &**value {
            Expr::Value(text) => match &text.value {
                Value::SingleQuotedString(text) => calendar::is_interval(text),
                _ => false,
            },
            _ => false,
        };
        if !known {
            self.fault(
                place,
                "an INTERVAL is a number of days, weeks, months or years",
                Some(calendar::INTERVALS.to_owned()),
            );
        }
    }

    /// `IN` takes constants. A list of dates becomes comparisons, since polars wants a list of one type.
    fn in_list(&mut self, tree: &mut Expr) {
        let Expr::InList { expr, list, negated: not } = tree else { return };
        self.check(expr);
        let mut days = false;
        for item in list.iter_mut() {
            if !matches!(item, Expr::Value(_) | Expr::TypedString(_)) {
                let place = self.place(item);
                self.fault(place, "IN takes constants only", Some("compare with = and OR".into()));
                continue;
            }
            days |= matches!(item, Expr::TypedString(_)) || self.is_day(expr);
            self.check(item);
            self.read_as_day(expr, item);
        }
        if days && self.faults.is_empty() {
            let any = one_of(expr, list);
            *tree = if *not { negated(any) } else { any };
        }
    }

    fn cast(&mut self, kind: &CastKind, data_type: &mut DataType, plain: bool, place: &Range<usize>) {
        let text = matches!(data_type, DataType::Varchar(None) | DataType::Text | DataType::String(None));
        let number = matches!(data_type, DataType::Int(None) | DataType::Integer(None) | DataType::BigInt(None));
        let fraction = matches!(data_type, DataType::DoublePrecision | DataType::Double(_));
        let sure = matches!(kind, CastKind::Cast | CastKind::DoubleColon);
        if !plain || !(text || number || fraction) {
            let help = Some("CAST(value AS VARCHAR), TRY_CAST(text AS BIGINT), TRY_CAST(text AS DOUBLE)".to_owned());
            self.fault(place.clone(), format!("nothing can be cast to {data_type}"), help);
        } else if sure && !text {
            let help = Some(format!("TRY_CAST(… AS {data_type}) gives null where the text is no number"));
            self.fault(place.clone(), format!("CAST AS {data_type} would fail on text that is no number"), help);
        } else if number {
            *data_type = DataType::BigInt(None);
        }
    }

    fn refuse(&mut self, name: &str, place: &Range<usize>) {
        let (title, help) = functions::refusal(name);
        self.fault(place.clone(), title, help);
    }

    fn function(&mut self, function: &mut sqlparser::ast::Function, place: &Range<usize>) -> Option<Expr> {
        let name = function.name.to_string();
        let at = self.place(&function.name);
        let Some(functions::Function { name: known, signature, arguments: Some(wanted), .. }) = functions::find(&name)
        else {
            self.refuse(&name, &at);
            return None;
        };
        let FunctionArguments::List(list) = &mut function.args else {
            self.fault(at, format!("{known} needs its arguments"), Some((*signature).to_owned()));
            return None;
        };
        let plain = function.filter.is_none()
            && function.over.is_none()
            && function.null_treatment.is_none()
            && function.within_group.is_empty()
            && matches!(function.parameters, FunctionArguments::None)
            && list.duplicate_treatment.is_none()
            && list.clauses.is_empty();
        if !plain || !(wanted.least..=wanted.most).contains(&list.args.len()) {
            let title = if plain { "takes another number of arguments" } else { "takes arguments and nothing else" };
            self.fault(place.clone(), format!("{known} {title}"), Some((*signature).to_owned()));
        }
        self.arguments(known, wanted, &mut list.args);
        match *known {
            "NVL" | "IFNULL" => function.name = vec![Ident::new("COALESCE")].into(),
            // As it is, a length is a number without a sign, and LENGTH(x) - 20 would be never below zero.
            "LENGTH" => return Some(as_bigint(&mut Expr::Function(function.clone()))),
            "RIGHT" => return right(function),
            _ => {}
        }
        None
    }

    fn arguments(&mut self, name: &str, wanted: &Arguments, given: &mut [FunctionArg]) {
        for (nth, argument) in given.iter_mut().enumerate() {
            let kind = wanted.kinds.get(nth).copied().unwrap_or(Argument::Any);
            match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(tree)) => self.argument(name, kind, tree),
                other => {
                    let place = self.place(other);
                    self.fault(place, format!("{name} takes expressions only"), None);
                }
            }
        }
    }

    fn argument(&mut self, name: &str, kind: Argument, tree: &mut Expr) {
        let value = match tree {
            Expr::Value(value) => Some(&value.value),
            _ => None,
        };
        let wanted = match (kind, value) {
            (Argument::Any, _) | (Argument::Text, Some(Value::SingleQuotedString(_))) => return self.check(tree),
            (Argument::Count, Some(Value::Number(n, _))) if n.parse::<u16>().is_ok_and(|n| n <= 4000) => return,
            (Argument::Text, _) => "a string in single quotes",
            (Argument::Count, _) => "a whole number from 0 to 4000",
        };
        let place = self.place(tree);
        self.fault(place, format!("here {name} takes {wanted}"), None);
    }
}
