//! Pieces of a tree that stand for others where polars would read SQL otherwise than SQL says.

use sqlparser::ast::{
    BinaryOperator, CastKind, DataType, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList,
    FunctionArguments, Ident, UnaryOperator, Value,
};

/// A call of a function.
pub(super) fn call(name: &str, arguments: Vec<Expr>) -> Expr {
    let args = arguments.into_iter().map(|tree| FunctionArg::Unnamed(FunctionArgExpr::Expr(tree))).collect();
    let list = FunctionArgumentList { duplicate_treatment: None, args, clauses: Vec::new() };
    Expr::Function(Function {
        name: vec![Ident::new(name)].into(),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(list),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}

pub(super) fn boolean(value: bool) -> Expr {
    Expr::value(Value::Boolean(value))
}

pub(super) fn negated(tree: Expr) -> Expr {
    let inner = Box::new(Expr::Nested(Box::new(tree)));
    Expr::Nested(Box::new(Expr::UnaryOp { op: UnaryOperator::Not, expr: inner }))
}

/// The tree as a number of eight bytes with a sign.
pub(super) fn as_bigint(tree: &mut Expr) -> Expr {
    let expr = Box::new(std::mem::replace(tree, boolean(false)));
    Expr::Cast { kind: CastKind::Cast, expr, data_type: DataType::BigInt(None), array: false, format: None }
}

/// A day that exists, as the function by which polars reads one without a cast from text, which it deprecates aloud.
pub(super) fn day(text: &str) -> Option<Expr> {
    let whole = text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok();
    whole.then(|| call("DATE", vec![Expr::value(Value::SingleQuotedString(text.to_owned()))]))
}

/// `(value = a OR value = b …)`
pub(super) fn one_of(value: &Expr, list: &[Expr]) -> Expr {
    let join = |left: Expr, op, right: Expr| Expr::BinaryOp { left: Box::new(left), op, right: Box::new(right) };
    let equal = list.iter().map(|item| join(value.clone(), BinaryOperator::Eq, item.clone()));
    let any = equal.reduce(|left, right| join(left, BinaryOperator::Or, right)).unwrap_or(boolean(false));
    Expr::Nested(Box::new(any))
}

/// `RIGHT(text, n)` only of a text longer than n: of the three letters of `Ann`, polars' `RIGHT('Ann', 4)` leaves one.
pub(super) fn right(function: &Function) -> Option<Expr> {
    let FunctionArguments::List(list) = &function.args else { return None };
    let [FunctionArg::Unnamed(FunctionArgExpr::Expr(text)), FunctionArg::Unnamed(FunctionArgExpr::Expr(count))] =
        list.args.as_slice()
    else {
        return None;
    };
    let length = Box::new(as_bigint(&mut call("LENGTH", vec![text.clone()])));
    let longer = Expr::BinaryOp { left: length, op: BinaryOperator::Gt, right: Box::new(count.clone()) };
    Some(call("IF", vec![longer, Expr::Function(function.clone()), text.clone()]))
}
