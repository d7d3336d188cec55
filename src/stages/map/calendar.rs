//! Moving dates: by which intervals, and where to. A date counts from 0001-01-01 to 9999-12-31; where a computation leaves these years, there is no
//! value, so that an open end of 9999-12-31 may be moved like every other date.

use jiff::civil::{Date, date};
use polars::prelude::{
    ChunkApply, Column, DataType, Expr as Plan, FunctionExpr, IntoColumn, IntoSeries, Operator, PolarsResult, Schema,
    TemporalFunction,
};

const FIRST: Date = date(1, 1, 1);
const LAST: Date = date(9999, 12, 31);

/// What is said of an interval that is none.
pub(super) const INTERVALS: &str = "INTERVAL '90 days'; at most 65535 of any, and 15000 weeks";

/// `n days`, `n weeks`, `n months` or `n years`: polars would not survive much else. It counts weeks in nanoseconds, and has
/// no room for many more than these.
pub(super) fn is_interval(text: &str) -> bool {
    const MOST_WEEKS: u16 = 15_000;
    text.split_once(' ').is_some_and(|(n, unit)| {
        let most = match unit.strip_suffix('s').unwrap_or(unit) {
            "week" => MOST_WEEKS,
            "day" | "month" | "year" => u16::MAX,
            _ => return false,
        };
        n.parse::<u16>().is_ok_and(|n| n <= most)
    })
}

/// The plan, in which every step that moves a date gives null where that leads out of the calendar. Step by step: what
/// follows is never computed of a day that does not exist, and cannot run out of polars' own, wider years.
pub(super) fn within(plan: Plan, schema: &Schema) -> Plan {
    plan.map_expr(|step| {
        let moves = match &step {
            Plan::Function { function: FunctionExpr::TemporalExpr(TemporalFunction::OffsetBy), .. } => true,
            Plan::BinaryExpr { op: Operator::Plus | Operator::Minus, .. } => {
                step.to_field(schema).is_ok_and(|field| field.dtype == DataType::Date)
            }
            _ => false,
        };
        if moves { step.map(existing, |_, field| Ok(field.clone())) } else { step }
    })
}

/// The dates of a column, null where there is no such day.
fn existing(column: Column) -> PolarsResult<Column> {
    let since = |day: Date| (day - date(1970, 1, 1)).get_days();
    let exist = since(FIRST)..=since(LAST);
    let days = column.date()?.physical();
    if days.iter().flatten().all(|day| exist.contains(&day)) {
        return Ok(column);
    }
    let days = days.apply(|day| day.filter(|day| exist.contains(day)));
    days.into_series().cast(&DataType::Date).map(IntoColumn::into_column)
}
