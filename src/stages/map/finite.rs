//! Numbers that are none: of a division by zero, of a text such as `NaN` or `inf`, and of what is larger than a number can be,
//! there is no value. No target could take what a computer writes for them.

use polars::prelude::{Column, DataType, Expr as Plan, Float64Chunked, IntoColumn, PolarsResult, Schema};

/// The plan, in which every step that may give a number that is none gives null in its place.
pub(super) fn finite(plan: Plan, schema: &Schema) -> Plan {
    plan.map_expr(|step| {
        let computes = matches!(step, Plan::BinaryExpr { .. } | Plan::Cast { .. });
        let is_number = || step.to_field(schema).is_ok_and(|field| field.dtype == DataType::Float64);
        if computes && is_number() { step.map(numbers, |_, field| Ok(field.clone())) } else { step }
    })
}

/// The numbers of a column, null where there is none.
fn numbers(column: Column) -> PolarsResult<Column> {
    let numbers = column.f64()?;
    if numbers.iter().flatten().all(f64::is_finite) {
        return Ok(column);
    }
    let numbers = numbers.iter().map(|number| number.filter(|number| number.is_finite()));
    Ok(numbers.collect::<Float64Chunked>().with_name(column.name().clone()).into_column())
}
