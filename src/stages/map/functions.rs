//! The functions and forms that an expression may use. This table is the allow-list, the documentation and a test:
//! each example is run. Everything here is row-wise, total (no value of the data can make it fail) and gives the same
//! for the same input on every day.

use super::mistake::did_you_mean;

/// One function, or one form of the language.
#[derive(Debug)]
pub struct Function {
    pub name: &'static str,
    pub signature: &'static str,
    pub about: &'static str,
    /// An expression over constants, and what it gives as text; `None` is null.
    pub example: (&'static str, Option<&'static str>),
    /// How many arguments, and what each must be. `None`: the form has a syntax of its own.
    pub(super) arguments: Option<Arguments>,
}

#[derive(Debug)]
pub(super) struct Arguments {
    pub least: usize,
    pub most: usize,
    /// Those beyond the list are any expression.
    pub kinds: &'static [Argument],
}

/// What an argument must be. Where polars takes a constant only, or fails on some values, ours must be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    Any,
    /// A string in single quotes.
    Text,
    /// A whole number from 0 to 4000.
    Count,
}

use Argument::{Any, Count, Text};

const fn function(
    name: &'static str,
    signature: &'static str,
    about: &'static str,
    example: (&'static str, Option<&'static str>),
    (least, most, kinds): (usize, usize, &'static [Argument]),
) -> Function {
    Function { name, signature, about, example, arguments: Some(Arguments { least, most, kinds }) }
}

const fn form(
    name: &'static str,
    signature: &'static str,
    about: &'static str,
    example: (&'static str, Option<&'static str>),
) -> Function {
    Function { name, signature, about, example, arguments: None }
}

/// How many arguments a function with no limit takes.
const MANY: usize = 100;

/// Every function and form, text first.
pub const FUNCTIONS: &[Function] = &[
    function("LOWER", "LOWER(text)", "small letters", ("LOWER('Ann.Lee@X.com')", Some("ann.lee@x.com")), (1, 1, &[])),
    function("UPPER", "UPPER(text)", "capital letters", ("UPPER('gb')", Some("GB")), (1, 1, &[])),
    form(
        "TRIM",
        "TRIM([LEADING | TRAILING | BOTH] ['chars' FROM] text)",
        "without white space, or without these characters, at its ends",
        ("TRIM(LEADING '0' FROM '0042')", Some("42")),
    ),
    function(
        "LTRIM",
        "LTRIM(text [, 'chars'])",
        "as TRIM, at the start",
        ("LTRIM('0042', '0')", Some("42")),
        (1, 2, &[Any, Text]),
    ),
    function(
        "RTRIM",
        "RTRIM(text [, 'chars'])",
        "as TRIM, at the end",
        ("RTRIM('Ann  ')", Some("Ann")),
        (1, 2, &[Any, Text]),
    ),
    form(
        "SUBSTR",
        "SUBSTR(text, start [, length])",
        "a part; the first character is 1",
        ("SUBSTR('Müller', 2, 3)", Some("üll")),
    ),
    function(
        "LEFT",
        "LEFT(text, n)",
        "the first n characters",
        ("LEFT('Müller', 2)", Some("Mü")),
        (2, 2, &[Any, Count]),
    ),
    function(
        "RIGHT",
        "RIGHT(text, n)",
        "the last n characters",
        ("RIGHT('E0042', 2)", Some("42")),
        (2, 2, &[Any, Count]),
    ),
    function(
        "LPAD",
        "LPAD(text, n [, 'c'])",
        "filled at the start, or cut, to n characters",
        ("LPAD('42', 6, '0')", Some("000042")),
        (2, 3, &[Any, Count, Text]),
    ),
    function(
        "RPAD",
        "RPAD(text, n [, 'c'])",
        "filled at the end, or cut, to n characters",
        ("RPAD('42', 4, '.')", Some("42..")),
        (2, 3, &[Any, Count, Text]),
    ),
    function(
        "REPLACE",
        "REPLACE(text, 'old', 'new')",
        "every old becomes new",
        ("REPLACE('a.b.c', '.', '-')", Some("a-b-c")),
        (3, 3, &[Any, Text, Text]),
    ),
    function(
        "SPLIT_PART",
        "SPLIT_PART(text, 'separator', n)",
        "the n-th part, from 1; empty where there are fewer",
        ("SPLIT_PART('ann@x.com', '@', 2)", Some("x.com")),
        (3, 3, &[Any, Text, Count]),
    ),
    form("||", "text || text", "joined; null if either is", ("'Lee' || ', ' || 'Ann'", Some("Lee, Ann"))),
    function(
        "CONCAT",
        "CONCAT(value, …)",
        "joined; nulls are passed over",
        ("CONCAT('Ann', NULL, '!')", Some("Ann!")),
        (1, MANY, &[]),
    ),
    function(
        "CONCAT_WS",
        "CONCAT_WS('separator', value, …)",
        "joined with a separator; nulls are passed over",
        ("CONCAT_WS(' ', 'Ann', NULL, 'Lee')", Some("Ann Lee")),
        (2, MANY, &[Text]),
    ),
    function("LENGTH", "LENGTH(text)", "how many characters", ("LENGTH('Müller')", Some("6")), (1, 1, &[])),
    function(
        "STARTS_WITH",
        "STARTS_WITH(text, start)",
        "whether it starts so",
        ("STARTS_WITH('E0042', 'E')", Some("true")),
        (2, 2, &[]),
    ),
    function(
        "ENDS_WITH",
        "ENDS_WITH(text, end)",
        "whether it ends so",
        ("ENDS_WITH('ann@x.com', '@x.com')", Some("true")),
        (2, 2, &[]),
    ),
    function(
        "REGEXP_LIKE",
        "REGEXP_LIKE(text, 'regex' [, 'i'])",
        "whether the regular expression is found in it; i: without regard to case",
        ("REGEXP_LIKE('E0042', '^E[0-9]+$')", Some("true")),
        (2, 3, &[Any, Text, Text]),
    ),
    form(
        "LIKE",
        "text [NOT] LIKE 'pattern'",
        "% is any text, _ any character",
        ("'Vision UK' LIKE 'Vision%'", Some("true")),
    ),
    form(
        "ILIKE",
        "text [NOT] ILIKE 'pattern'",
        "LIKE without regard to case",
        ("'VISION UK' ILIKE 'vision%'", Some("true")),
    ),
    function(
        "COALESCE",
        "COALESCE(value, …)",
        "the first that is not null",
        ("COALESCE(NULL, 'Ann')", Some("Ann")),
        (1, MANY, &[]),
    ),
    function("NVL", "NVL(value, other)", "Oracle's COALESCE of two", ("NVL(NULL, 'Ann')", Some("Ann")), (2, 2, &[])),
    function("IFNULL", "IFNULL(value, other)", "COALESCE of two", ("IFNULL('Ann', 'x')", Some("Ann")), (2, 2, &[])),
    function(
        "NULLIF",
        "NULLIF(value, other)",
        "null where the two are equal",
        ("NULLIF('N/A', 'N/A')", None),
        (2, 2, &[]),
    ),
    form(
        "CASE",
        "CASE WHEN condition THEN value … [ELSE value] END",
        "the value of the first condition that is true; CASE value WHEN other THEN … compares",
        ("CASE 'E' WHEN 'E' THEN 'Employee' ELSE 'Other' END", Some("Employee")),
    ),
    function(
        "IF",
        "IF(condition, value, other)",
        "CASE of one condition",
        ("IF(1 = 1, 'yes', 'no')", Some("yes")),
        (3, 3, &[]),
    ),
    function(
        "GREATEST",
        "GREATEST(value, …)",
        "the last in order; nulls are passed over",
        ("GREATEST(DATE '2024-01-31', DATE '2025-01-01')", Some("2025-01-01")),
        (1, MANY, &[]),
    ),
    function(
        "LEAST",
        "LEAST(value, …)",
        "the first in order; nulls are passed over",
        ("LEAST(DATE '2024-01-31', DATE '2025-01-01')", Some("2024-01-31")),
        (1, MANY, &[]),
    ),
    form(
        "=",
        "a = b, a <> b, a < b, a <= b, a > b, a >= b",
        "comparison; null if either is; text in byte order",
        ("'A' < 'B'", Some("true")),
    ),
    form("AND", "a AND b, a OR b, NOT a", "logic", ("1 = 1 AND NOT 1 = 2", Some("true"))),
    form("IN", "value [NOT] IN (constant, …)", "whether it is one of these", ("'C' IN ('C', 'N')", Some("true"))),
    form(
        "BETWEEN",
        "value [NOT] BETWEEN a AND b",
        "both ends are inside",
        ("DATE '2024-06-30' BETWEEN DATE '2024-01-01' AND '2024-06-30'", Some("true")),
    ),
    form("IS NULL", "value IS [NOT] NULL", "whether there is no value", ("NULL IS NULL", Some("true"))),
    form(
        "IS TRUE",
        "condition IS [NOT] TRUE, condition IS [NOT] FALSE",
        "never null",
        ("(NULL = 1) IS NOT TRUE", Some("true")),
    ),
    form(
        "IS DISTINCT FROM",
        "a IS [NOT] DISTINCT FROM b",
        "comparison in which two nulls are equal",
        ("'A' IS DISTINCT FROM NULL", Some("true")),
    ),
    form(
        "DATE",
        "DATE 'YYYY-MM-DD'",
        "a day; a day compared with a string reads it so too",
        ("DATE '2024-02-29'", Some("2024-02-29")),
    ),
    form(
        "INTERVAL",
        "date + INTERVAL 'n days', date - INTERVAL 'n months'",
        "that many days, weeks, months or years away; null before the year 1 and after 9999",
        ("DATE '2024-01-31' + INTERVAL '1 month'", Some("2024-02-29")),
    ),
    form(
        "EXTRACT",
        "EXTRACT(YEAR FROM date)",
        "YEAR, QUARTER, MONTH or DAY",
        ("EXTRACT(MONTH FROM DATE '2024-02-29') * 100", Some("200")),
    ),
    function(
        "STRFTIME",
        "STRFTIME(date, 'format')",
        "the day in another format: %Y %m %d %b %B …",
        ("STRFTIME(DATE '2024-02-29', '%d/%m/%Y')", Some("29/02/2024")),
        (2, 2, &[Any, Text]),
    ),
    form(
        "CAST",
        "CAST(value AS VARCHAR)",
        "as text: days as YYYY-MM-DD, conditions as true and false",
        ("CAST(1 = 1 AS VARCHAR)", Some("true")),
    ),
    form(
        "TRY_CAST",
        "TRY_CAST(text AS BIGINT)",
        "as a number, BIGINT or DOUBLE; null where it is none",
        ("TRY_CAST('00042' AS BIGINT) + 1", Some("43")),
    ),
    form(
        "+",
        "a + b, a - b, a * b, a / b, a % b",
        "arithmetic of numbers; / gives a fraction, and null by zero",
        ("7 * 2 - 1", Some("13")),
    ),
];

/// The function or form of this name, in any case.
pub(super) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name.eq_ignore_ascii_case(name))
}

/// Why a function is not here, and what to write instead.
pub(super) fn refusal(name: &str) -> (String, Option<String>) {
    let upper = name.to_uppercase();
    let why = |reason: &str, help: &str| (format!("{upper} cannot be used: {reason}"), Some(help.to_owned()));
    match upper.as_str() {
        "NOW" | "CURRENT_DATE" | "CURRENT_TIME" | "CURRENT_TIMESTAMP" | "LOCALTIME" | "LOCALTIMESTAMP" | "SYSDATE"
        | "GETDATE" | "TODAY" => {
            why("the same input must give the same output on every day", "the day of the run is the attribute AsOf")
        }
        "RANDOM" | "RAND" | "UUID" | "NEWID" | "GEN_RANDOM_UUID" => {
            why("the same input must give the same output", "PersonNumber tells one person from another")
        }
        "MAX" | "MIN" => why("it looks at more than one person", "GREATEST and LEAST compare values of one person"),
        "AVG" | "COUNT" | "FIRST" | "LAST" | "MEDIAN" | "SUM" | "TOTAL" | "STDDEV" | "VARIANCE" | "STRING_AGG"
        | "LISTAGG" | "ARRAY_AGG" | "ROW_NUMBER" | "RANK" | "DENSE_RANK" | "LAG" | "LEAD" | "FIRST_VALUE"
        | "LAST_VALUE" => why("it looks at more than one person", "an expression sees one person at a time"),
        "READ_CSV" | "READ_PARQUET" | "READ_JSON" | "READ_IPC" => {
            why("an expression reads no files", "a table of values belongs into [maps]")
        }
        "STRPOS" | "POSITION" | "INSTR" => {
            why("it would count bytes, not characters", "SPLIT_PART(text, '@', 1) is the text before the first @")
        }
        "SUBSTRING_INDEX" => why("it is not known here", "SPLIT_PART(text, '@', 1) is the text before the first @"),
        "TO_CHAR" | "DATE_FORMAT" => why("it is not known here", "STRFTIME(date, '%d/%m/%Y') formats a day"),
        "DECODE" => why("it is not known here", "CASE value WHEN 'a' THEN 'b' … END, or a table in [maps]"),
        "DATE_PART" | "YEAR" | "MONTH" | "DAY" => why("it is not known here", "EXTRACT(YEAR FROM date)"),
        "TO_DATE" | "STRPTIME" | "DATE" => why(
            "it would fail on text that is no date",
            "dates are read before the mapping; a constant is DATE '2026-11-20'",
        ),
        "CHAR_LENGTH" | "CHARACTER_LENGTH" | "LEN" => why("it is not known here", "LENGTH(text) counts characters"),
        _ => {
            let names = FUNCTIONS.iter().map(|function| function.name);
            let help = did_you_mean(name, names)
                .unwrap_or_else(|| "the functions are listed under Expressions in the manual".into());
            (format!("there is no function {name}"), Some(help))
        }
    }
}

/// The table as the manual prints it, in Markdown.
pub fn reference() -> String {
    let mut text = String::from("| Function | Gives | Example | Result |\n|---|---|---|---|\n");
    for Function { signature, about, example: (sql, gives), .. } in FUNCTIONS {
        let cell = |text: &str| text.replace('|', "\\|");
        let gives = gives.unwrap_or("null");
        text += &format!("| `{}` | {} | `{}` | `{gives}` |\n", cell(signature), cell(about), cell(sql));
    }
    text
}

#[cfg(test)]
mod tests {
    use polars::prelude::{DataFrame, DataType, IntoLazy};

    use super::*;
    use crate::stages::map::{Expression, Scope};

    #[test]
    fn every_example_gives_what_the_table_says() {
        let scope = Scope { attributes: Vec::new(), headers: Some(Default::default()) };
        for Function { name, example: (sql, gives), .. } in FUNCTIONS {
            let expression = Expression::parse(sql, &scope).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
            let plan = expression.plan.cast(DataType::String).alias("value");
            let table = DataFrame::empty().lazy().select([plan]).collect().unwrap();
            assert_eq!(table.column("value").unwrap().str().unwrap().get(0), *gives, "{name}: {sql}");
        }
    }

    #[test]
    fn the_reference_has_a_row_for_each() {
        assert_eq!(reference().lines().count(), FUNCTIONS.len() + 2);
    }
}
