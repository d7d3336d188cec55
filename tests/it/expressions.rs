//! The mapping from the outside: a pipeline's text, a table, and what comes of them.

use hcmsync::stages::map::{
    Attribute, Compiled, MapRequest, MappedOutput, Maps, Mistake, Output, Problem, Scope, Select, SourceText, Type,
    compile,
};
use jiff::civil::{Date, date};
use polars::prelude::*;
use serde::Deserialize;

use crate::promise;

#[derive(Deserialize)]
struct Pipeline {
    #[serde(default)]
    select: Select,
    #[serde(default)]
    maps: Maps,
    output: Vec<Output>,
}

const TEXT: [&str; 18] = [
    "PersonNumber",
    "FirstName",
    "LastName",
    "KnownAs",
    "WorkEmail",
    "JobName",
    "DepartmentName",
    "LocationName",
    "WorkerType",
    "AssignmentStatusType",
    "LegalEmployerName",
    "WorkerState",
    "ResolutionRule",
    "BusinessUnitName",
    "ManagerWorkEmail",
    "ManagerPersonNumber",
    "Category",
    "AssignmentId",
];
const DATES: [&str; 4] = ["DateStart", "AsOf", "person.EffectiveStartDate", "assignment.EffectiveStartDate"];

fn scope() -> Scope {
    let attribute = |name: &str, kind| Attribute {
        name: name.into(),
        kind,
        after_selection: name.starts_with("Manager"),
        personal: false,
    };
    let text = TEXT.iter().map(|name| attribute(name, Type::Text));
    let dates = DATES.iter().map(|name| attribute(name, Type::Date));
    let attributes = text.chain(dates).chain([attribute("Active", Type::Boolean)]).collect();
    Scope { attributes, headers: Some(["Cost Centre".to_owned()].into()) }
}

fn compiled(text: &str) -> Result<Compiled, Vec<Mistake>> {
    let pipeline: Pipeline = toml::from_str(text).unwrap_or_else(|error| panic!("{error}"));
    let request = MapRequest {
        outputs: &pipeline.output,
        select: &pipeline.select,
        maps: &pipeline.maps,
        rows: &std::collections::BTreeMap::new(),
    };
    compile(&request, &scope(), &SourceText { path: "p.toml", text, mappings: &[] })
}

/// The mistakes of a text: what each points at, and what it says.
fn mistakes(text: &str) -> Vec<(String, String)> {
    let found = compiled(text).err().unwrap_or_default();
    found
        .into_iter()
        .map(|m| (text[m.span.clone()].to_owned(), format!("{} | {}", m.title, m.help.unwrap_or_default())))
        .collect()
}

fn output(fields: &str) -> String {
    format!("[[output]]\nprofile = \"csv\"\nfile = \"x.csv\"\n[output.fields]\n{fields}\n")
}

/// The mistake of one expression.
fn mistake(sql: &str) -> (String, String) {
    let found = mistakes(&output(&format!("x = '''{sql}'''")));
    assert_eq!(found.len(), 1, "{sql}: {found:?}");
    found.into_iter().next().unwrap()
}

fn table() -> DataFrame {
    let text = |name: &str, values: [Option<&str>; 4]| Column::new(name.into(), values);
    let dates = |name: &str, days: [Option<i32>; 4]| Column::new(name.into(), days).cast(&DataType::Date).unwrap();
    DataFrame::new(
        4,
        vec![
            text("PersonNumber", [Some("0001"), Some("0002"), Some("0003"), Some("0004")]),
            text("FirstName", [Some("Ann"), Some("Bo"), Some("Čeněk"), Some("Di")]),
            text("LastName", [Some("Lee"), Some("Ray, \"R\""), Some("Müller"), None]),
            text("KnownAs", [None, Some("Bobby"), None, None]),
            text("WorkEmail", [Some("Ann@X.com"), Some("ann@x.com"), Some("müller@x.com"), None]),
            text("JobName", [Some("=cmd()"), Some("Analyst"), None, Some("Analyst")]),
            text("DepartmentName", [Some("IT"), None, None, None]),
            text("LocationName", [None; 4]),
            text("WorkerType", [Some("E"), Some("C"), Some("E"), Some("N")]),
            text("AssignmentStatusType", [Some("ACTIVE"), Some("SUSPENDED"), Some("ODD"), None]),
            text("LegalEmployerName", [Some("Vision Corporation"), Some("Vision UK"), Some("Other"), None]),
            text("ManagerWorkEmail", [None, Some("ANN@x.com"), None, None]),
            text("ManagerPersonNumber", [None, Some("0001"), None, None]),
            text("Cost Centre", [Some("c1"), None, None, None]),
            dates("DateStart", [Some(20_000), Some(19_000), None, Some(20_000)]),
            dates("person.EffectiveStartDate", [Some(18_000), Some(19_000), None, Some(20_000)]),
            Column::new("Active".into(), [Some(true), Some(false), Some(true), None]),
        ],
    )
    .unwrap()
}

fn mapped(text: &str) -> MappedOutput {
    let compiled = compiled(text).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    compiled.evaluate(0, &table(), &[], &|name| table().column(name).is_ok()).unwrap()
}

/// The values of one expression over the table.
fn values(sql: &str) -> Vec<Option<String>> {
    let mapped = mapped(&output(&format!("x = '''{sql}'''")));
    (0..4).map(|row| mapped.value(row, 0).map(str::to_owned)).collect()
}

fn shown(sql: &str) -> String {
    values(sql).into_iter().map(|value| value.unwrap_or("-".into())).collect::<Vec<_>>().join("|")
}

#[test]
fn a_header_that_is_recognised_means_its_attribute() {
    for header in ["Job Name", "JOB_NAME", "job-name", "jobname"] {
        assert_eq!(values(&format!("\"{header}\"")), values("JobName"), "{header}");
    }
    assert_eq!(values("\"Cost Centre\"")[0].as_deref(), Some("c1"), "one that is not is a column of its own");
    let day = values("CASE WHEN \"date_start\" < '2024-01-01' THEN 'before' ELSE 'after' END");
    assert_eq!(day[1].as_deref(), Some("before"), "a date is one");
    let (part, said) = mistake("\"Job Nam\"");
    assert_eq!(
        (part.as_str(), said.as_str()),
        ("\"Job Nam\"", "there is no attribute Job Nam | did you mean JobName?")
    );
}

#[test]
fn expressions_give_what_sql_says() {
    for (sql, gives) in [
        ("COALESCE(KnownAs, FirstName)", "Ann|Bobby|Čeněk|Di"),
        ("person.EffectiveStartDate", "2019-04-14|2022-01-08|-|2024-10-04"),
        ("\"Cost Centre\"", "c1|-|-|-"),
        ("'Employee'", "Employee|Employee|Employee|Employee"),
        ("NULL", "-|-|-|-"),
        ("Active", "true|false|true|-"),
        ("Active IS TRUE", "true|false|true|false"),
        ("Active IS NOT TRUE", "false|true|false|true"),
        ("Active IS FALSE", "false|true|false|false"),
        ("Active IS NOT FALSE", "true|false|true|true"),
        ("DateStart >= '2024-01-01'", "true|false|-|true"),
        ("'2024-01-01' <= DateStart", "true|false|-|true"),
        ("DateStart IN ('2024-10-04', DATE '2000-01-01')", "true|false|-|true"),
        ("DateStart NOT IN ('2024-10-04')", "false|true|-|false"),
        ("DateStart NOT BETWEEN '2024-01-01' AND '2024-12-31'", "false|true|-|false"),
        ("person.EffectiveStartDate + INTERVAL '1 month' > '2024-11-03'", "false|false|-|true"),
        ("STRFTIME(DateStart, '%d.%m.%Y')", "04.10.2024|08.01.2022|-|04.10.2024"),
        ("EXTRACT(MONTH FROM DateStart) * 100 + LENGTH(LastName) - 20", "983|88|-|-"),
        ("LENGTH(LastName) - 20 > 0", "false|false|false|-"),
        ("SPLIT_PART(WorkEmail, '@', 1)", "Ann|ann|müller|-"),
        ("RIGHT(LastName, 4)", "Lee| \"R\"|ller|-"),
        ("RIGHT(FirstName, 0)", "-|-|-|-"),
        ("LEFT(LastName, 2) || RIGHT(FirstName, 9)", "LeAnn|RaBo|MüČeněk|-"),
        ("LegalEmployerName LIKE 'Vision%' AND WorkerType <> 'C'", "true|false|false|-"),
        ("CASE WorkerType WHEN 'E' THEN 'Employee' WHEN 'C' THEN 'Contingent' END", "Employee|Contingent|Employee|-"),
        ("NVL(DepartmentName, '?')", "IT|?|?|?"),
        ("CONCAT_WS(' ', COALESCE(KnownAs, FirstName), LastName)", "Ann Lee|Bobby Ray, \"R\"|Čeněk Müller|Di"),
        ("CAST(DateStart AS VARCHAR)", "2024-10-04|2022-01-08|-|2024-10-04"),
        ("TRY_CAST(PersonNumber AS INT) * 1000000000", "1000000000|2000000000|3000000000|4000000000"),
        ("IF(Active, 'Active', 'Suspended')", "Active|Suspended|Active|Suspended"),
        ("REPLACE(WorkEmail, '.', '')", "Ann@Xcom|ann@xcom|müller@xcom|-"),
    ] {
        assert_eq!(shown(sql), gives, "{sql}");
    }
}

#[test]
fn a_day_that_does_not_exist_is_no_value_and_stops_nobody() {
    let days = |name: &str, days: [Option<Date>; 4]| {
        let days = days.map(|day| day.map(|day| (day - date(1970, 1, 1)).get_days()));
        Column::new(name.into(), days).cast(&DataType::Date).unwrap()
    };
    let table = DataFrame::new(
        4,
        vec![
            days("DateStart", [Some(date(9999, 12, 31)), Some(date(1, 1, 1)), Some(date(2024, 2, 29)), None]),
            days("AsOf", [Some(date(2026, 11, 20)); 4]),
        ],
    )
    .unwrap();
    let forever = " + INTERVAL '65535 years'".repeat(150);
    for (sql, gives) in [
        ("DateStart + INTERVAL '1 day'", "-|0001-01-02|2024-03-01|-"),
        ("DateStart - INTERVAL '1 day'", "9999-12-30|-|2024-02-28|-"),
        ("DateStart + INTERVAL '1 year'", "-|0002-01-01|2025-02-28|-"),
        ("DateStart - INTERVAL '1 month'", "9999-11-30|-|2024-01-29|-"),
        ("DateStart + INTERVAL '15000 weeks'", "-|0288-06-25|2311-08-24|-"),
        ("DateStart + INTERVAL '1 day' - INTERVAL '1 day'", "-|0001-01-01|2024-02-29|-"),
        ("STRFTIME(DateStart + INTERVAL '1 day', '%d/%m/%Y')", "-|02/01/0001|01/03/2024|-"),
        ("CAST(DateStart + INTERVAL '1 day' AS VARCHAR)", "-|0001-01-02|2024-03-01|-"),
        ("EXTRACT(YEAR FROM DateStart + INTERVAL '1 day')", "-|1|2024|-"),
        ("DateStart + INTERVAL '1 day' > AsOf", "-|false|false|-"),
        ("COALESCE(DateStart + INTERVAL '1 day', DateStart)", "9999-12-31|0001-01-02|2024-03-01|-"),
        ("DATE '9999-12-31' + INTERVAL '1 day'", "-|-|-|-"),
        ("DateStart + (DateStart - AsOf)", "-|-|2021-06-09|-"),
        ("AsOf - (DateStart - AsOf) * 2000000000 * 2000000000", "-|-|-|-"),
        (&format!("DateStart{forever}"), "-|-|-|-"),
        (&format!("DateStart{}", forever.replace('+', "-")), "-|-|-|-"),
    ] {
        let compiled =
            compiled(&output(&format!("x = '''{sql}'''"))).unwrap_or_else(|found| panic!("{sql}: {found:?}"));
        let mapped = compiled.evaluate(0, &table, &[], &|_| true).unwrap_or_else(|error| panic!("{sql}: {error}"));
        let shown: Vec<_> = (0..4).map(|row| mapped.value(row, 0).unwrap_or("-")).collect();
        assert_eq!(shown.join("|"), gives, "{sql}");
    }
}

#[test]
fn a_number_that_is_none_is_no_value() {
    let texts = Column::new("JobName".into(), [Some("4"), Some("0"), Some("NaN"), Some("-inf"), Some("1e308"), None]);
    let table = DataFrame::new(6, vec![texts]).unwrap();
    let number = "TRY_CAST(JobName AS DOUBLE)";
    for (sql, gives) in [
        (number.to_owned(), "4.0|0.0|-|-|1e+308|-"),
        (format!("8 / {number}"), "2.0|-|-|-|8e-308|-"),
        (format!("0 / {number}"), "0.0|-|-|-|0.0|-"),
        (format!("{number} % {number}"), "0.0|-|-|-|0.0|-"),
        (format!("{number} * 100"), "400.0|0.0|-|-|-|-"),
        (format!("CAST(8 / {number} AS VARCHAR)"), "2.0|-|-|-|8e-308|-"),
        (format!("COALESCE(8 / {number}, -1)"), "2.0|-1.0|-1.0|-1.0|8e-308|-1.0"),
        (format!("8 / {number} > 1"), "true|-|-|-|false|-"),
        ("8 / TRY_CAST(JobName AS BIGINT)".to_owned(), "2.0|-|-|-|-|-"),
        ("1 / 0".to_owned(), "-|-|-|-|-|-"),
    ] {
        let compiled =
            compiled(&output(&format!("x = '''{sql}'''"))).unwrap_or_else(|found| panic!("{sql}: {found:?}"));
        let mapped = compiled.evaluate(0, &table, &[], &|_| true).unwrap_or_else(|error| panic!("{sql}: {error}"));
        let shown: Vec<_> = (0..6).map(|row| mapped.value(row, 0).unwrap_or("-")).collect();
        assert_eq!(shown.join("|"), gives, "{sql}");
    }
}

#[test]
fn a_mistake_points_at_the_very_word() {
    let mut wrong = Vec::new();
    for (sql, word, says) in [
        ("LOWER(WorkEmial)", "WorkEmial", "did you mean WorkEmail?"),
        ("LOWER(workemail)", "workemail", "did you mean WorkEmail?"),
        ("LOWR(WorkEmail)", "LOWR", "did you mean LOWER?"),
        ("COALESCE(KnownAs FirstName)", "FirstName", "wrong syntax"),
        ("LOWER(WorkEmail", "", "wrong syntax"),
        ("WorkEmail foo", "foo", "the expression ends before foo"),
        ("WorkEmail, LastName", ",", "the expression ends before ,"),
        ("WorkEmail AS x", "AS", "the expression ends before AS"),
        ("'open", "'open", "Unterminated string"),
        ("NOW()", "NOW", "the attribute AsOf"),
        ("CURRENT_DATE", "CURRENT_DATE", "the attribute AsOf"),
        ("RANDOM()", "RANDOM", "same input"),
        ("MAX(DateStart)", "MAX", "GREATEST"),
        ("ROW_NUMBER() OVER (ORDER BY LastName)", "ROW_NUMBER", "more than one person"),
        ("LOWER(LastName) OVER (PARTITION BY JobName)", "LOWER(LastName)", "takes arguments and nothing else"),
        ("(SELECT 1)", "SELECT 1", "subquery"),
        ("LastName IN (SELECT 'a')", "", "subquery"),
        ("INITCAP(LastName)", "INITCAP", "there is no function INITCAP"),
        ("STRPOS(WorkEmail, '@')", "STRPOS", "SPLIT_PART"),
        ("read_csv('/etc/passwd')", "read_csv", "reads no files"),
        ("UPPER(LOWER(DateStart))", "LOWER(DateStart)", "CAST(value AS VARCHAR)"),
        ("JobName = 1", "JobName = 1", "cannot compare"),
        ("REGEXP_LIKE(LastName, '(')", "REGEXP_LIKE(LastName, '('", "the regular expression is wrong: unclosed group"),
        ("REGEXP_LIKE(LastName, '[A-Z')", "'[A-Z'", "the regular expression is wrong: unclosed character class"),
        ("REGEXP_LIKE(LastName, JobName)", "JobName", "a string in single quotes"),
        ("LEFT(LastName, 0 - 1)", "0 - 1", "whole number"),
        ("DateStart > '2024-13-01'", "'2024-13-01'", "is no date"),
        ("DATE '2024-02-30'", "'2024-02-30'", "is no date"),
        ("DateStart - DateStart", "DateStart - DateStart", "cannot be written"),
        ("DateStart + INTERVAL 'nonsense'", "'nonsense'", "90 days"),
        ("DateStart + INTERVAL '15001 weeks'", "'15001 weeks'", "15000 weeks"),
        ("CAST(LastName AS INT)", "LastName", "TRY_CAST"),
        ("UPPER(LastName, JobName)", "UPPER(LastName, JobName", "UPPER(text)"),
        ("STRFTIME(DateStart, '%Q')", "STRFTIME(DateStart, '%Q'", "format"),
        ("Cost", "Cost", "no attribute Cost"),
        ("JobName = \"Analyst\"", "\"Analyst\"", "single quotes: 'Analyst'"),
        ("person.EffectiveStartDat", "person.EffectiveStartDat", "did you mean person.EffectiveStartDate?"),
        ("JobName ~ 'x'", "JobName ~ 'x'", "operator ~"),
        ("ARRAY[1]", "", "cannot be used"),
        ("*", "*", ""),
        ("", "", "there is no expression"),
    ] {
        let (at, title) = mistake(sql);
        if !title.contains(says) || !at.contains(word) {
            wrong.push(format!("{sql}: points at {at:?} and says {title}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn all_mistakes_of_a_file_are_found_at_once_and_in_its_order() {
    let text = "[select]\nwhere = \"ManagerWorkEmail IS NULL AND Jobname = 'x'\"\n\
        [maps.status]\nA = \"B\"\n\
        [[output]]\nprofile = \"qooper-cvs\"\nfile = \"a.csv\"\n\
        [[output]]\nprofile = \"qooper-csv\"\nfile = \"report.json\"\n\
        [output.fields]\n\"Last Name\" = \"LastNam\"\n\"Status\" = { sql = \"WorkerState\", map = \"statis\" }\n";
    let found = mistakes(text);
    let words: Vec<_> = found.iter().map(|(at, _)| at.as_str()).collect();
    assert_eq!(
        words,
        ["Jobname", "\"qooper-cvs\"", "\"qooper-csv\"", "\"report.json\"", "LastNam", "\"statis\""],
        "{found:#?}"
    );
    assert!(found[2].1.contains("demands a column Email"));
    assert!(found[5].1.contains("did you mean status?"));
}

#[test]
fn selection_cannot_ask_for_the_manager_and_an_output_can() {
    let condition = "ManagerWorkEmail IS NOT NULL";
    let found = mistakes(&format!("[select]\nwhere = \"{condition}\"\n{}", output("x = 'LastName'")));
    assert_eq!(found[0].0, "ManagerWorkEmail");
    assert!(found[0].1.contains("who is emitted decides"));

    let text = format!(
        "[[output]]\nprofile = \"csv\"\nfile = \"x.csv\"\nwhere = \"{condition}\"\n[output.fields]\nn = \"PersonNumber\"\n"
    );
    let mapped = mapped(&text);
    let mut bytes = Vec::new();
    let dialect = &hcmsync::targets::profile("csv").unwrap().dialect;
    assert_eq!(mapped.write_csv(&[0, 1, 2, 3], dialect, &mut bytes).unwrap(), 1);
    assert_eq!(String::from_utf8(bytes).unwrap(), "n\r\n0002\r\n");
}

#[test]
fn select_takes_those_for_whom_it_is_true() {
    let text = format!(
        "[select]\nwhere = \"LegalEmployerName IN ('Vision Corporation', 'Vision UK')\"\n{}",
        output("x = 'LastName'")
    );
    let compiled = compiled(&text).unwrap();
    assert_eq!(compiled.select(&table()).unwrap(), [true, true, false, false]);
    assert_eq!(compiled.attributes().into_iter().collect::<Vec<_>>(), ["LastName", "LegalEmployerName"]);
}

#[test]
fn qooper_by_its_own_mapping() {
    let text = "[[output]]\nprofile = \"qooper-csv\"\nfile = \"users.csv\"\n";
    let compiled = compiled(text).unwrap();
    let mapped = compiled.evaluate(0, &table(), &[], &|_| true).unwrap();
    let found: Vec<_> =
        mapped.findings.iter().map(|f| (f.row, mapped.fields[f.field as usize].name.as_str(), f.problem)).collect();
    assert_eq!(found, [(0, "Job Title", Problem::Formula), (3, "Email", Problem::Missing)]);
    assert_eq!(mapped.duplicates(0), [[0, 1]]);
    let mut bytes = Vec::new();
    mapped.write_csv(&[1, 0], &hcmsync::targets::profile("qooper-csv").unwrap().dialect, &mut bytes).unwrap();
    let lines = String::from_utf8(bytes).unwrap();
    assert_eq!(
        lines.lines().nth(1).unwrap(),
        "ann@x.com,0002,Bobby,\"Ray, \"\"R\"\"\",Analyst,,,ann@x.com,0001,2022-01-08,Contingent Worker,Suspended"
    );
    assert_eq!(lines.lines().count(), 3);
    assert_eq!(
        compiled.unique_attributes().into_iter().collect::<Vec<_>>(),
        ["WorkEmail"],
        "a number is nobody else's"
    );
    assert_eq!(compiled.untied().count(), 0);
    let name = compiled.trace(0, "First Name", &table().slice(1, 1)).unwrap().unwrap();
    assert_eq!((name.sql.as_str(), name.inputs.len()), ("COALESCE(KnownAs, FirstName)", 2));
    assert_eq!((name.computed.as_deref(), name.value.as_deref()), (Some("Bobby"), Some("Bobby")));
}

/// Only a copy of certain attributes tells by the rows alone who may share a value.
#[test]
fn a_unique_value_is_tied_where_it_copies_attributes() {
    let untied = |sql: &str| {
        let fields = format!("x = {{ sql = \"{sql}\", unique = true }}");
        let compiled = compiled(&output(&fields)).unwrap();
        let attributes: Vec<String> = compiled.unique_attributes().into_iter().collect();
        (compiled.untied().collect::<Vec<_>>(), attributes.join(" "))
    };
    assert_eq!(untied("COALESCE(AssignmentId, LOWER((WorkEmail)))"), (vec![], "AssignmentId WorkEmail".into()));
    assert_eq!(untied("PersonNumber"), (vec![], String::new()));
    for sql in ["SUBSTR(WorkEmail, 1, 3)", "LastName", "Category", "CONCAT(WorkEmail, '')", "ManagerWorkEmail"] {
        assert_eq!(untied(sql).0.len(), 1, "{sql}");
    }
    let mapped = "x = { sql = \"WorkEmail\", unique = true, default = \"nobody\" }";
    assert_eq!(compiled(&output(mapped)).unwrap().untied().count(), 1, "a default is nobody's own");
}

#[test]
fn every_step_of_a_value_is_told() {
    let text = "[maps.status]\ntrue = \"on\"\n[[output]]\nprofile = \"qooper-csv\"\nfile = \"users.csv\"\nformula = \"escape\"\n\
        [output.fields]\nEmail = \"LOWER(WorkEmail)\"\nFormula = \"'=' || LastName\"\n\
        Known = { sql = \"KnownAs\", default = \"nobody\" }\nStatus = { sql = \"LastName\", map = \"status\", on_unmapped = \"keep\" }\n";
    let compiled = compiled(text).unwrap();
    let trace = |field: &str, row: i64| compiled.trace(0, field, &table().slice(row, 1)).unwrap().unwrap();
    let email = trace("Email", 3);
    assert_eq!((email.computed, email.value), (None, None));
    assert!(email.demands.iter().any(|demand| demand.starts_with("no other user")));
    assert!(email.problems[0].starts_with("OUT011"), "{:?}", email.problems);
    let formula = trace("Formula", 1);
    assert!(formula.escaped && formula.value.unwrap().starts_with("'="));
    assert!(formula.problems[0].starts_with("OUT020"));
    let rows = (0..4).map(|row| trace("Known", row));
    for known in rows {
        let (default, value) = (known.default.as_deref(), known.value.as_deref());
        assert_eq!(value, known.computed.as_deref().or(default));
        assert_eq!(default.is_some(), known.computed.is_none());
    }
    let status = trace("Status", 0);
    let map = status.map.unwrap();
    assert!((map.name.as_str(), map.known, map.value == status.computed) == ("status", false, true));
    assert!(
        compiled.trace(0, "Nowhere", &table()).unwrap().is_none()
            && compiled.trace(7, "Email", &table()).unwrap().is_none()
    );
}

#[test]
fn a_renamed_key_keeps_what_the_target_demands() {
    let named =
        |fields: &str| format!("[[output]]\nprofile = \"qooper-csv\"\nfile = \"u.csv\"\n[output.fields]\n{fields}\n");
    for fields in ["\"E-mail\" = \"WorkEmail\"", "Mail = { sql = \"COALESCE(WorkEmail, LastName)\", as = \"Email\" }"] {
        let mapped = mapped(&named(fields));
        assert!(mapped.fields[0].required && mapped.fields[0].unique, "{fields}");
    }
    assert_eq!(mistakes(&named("\"E-mail\" = { sql = \"WorkEmail\", required = false }")).len(), 1);
    assert_eq!(mistakes(&named("\"Mail\" = \"LastName\"")).len(), 1, "no column is the e-mail");
}

#[test]
fn maps_defaults_and_limits() {
    let mapped = mapped(&format!(
        "[maps.status]\nACTIVE = \"Active\"\nSUSPENDED = \"Active\"\n{}",
        output(
            "a = { sql = 'AssignmentStatusType', map = 'status', default = 'None' }\n\
             b = { sql = 'AssignmentStatusType', map = 'status', on_unmapped = 'keep' }\n\
             c = { sql = 'AssignmentStatusType', map = 'status', on_unmapped = 'empty', on_null = 'quarantine' }\n\
             d = { sql = 'FirstName', max_len = 4 }"
        )
    ));
    let column = |field| (0..4).map(|row| mapped.value(row, field).unwrap_or("-")).collect::<Vec<_>>().join("|");
    assert_eq!(column(0), "Active|Active|ODD|None");
    assert_eq!(column(1), "Active|Active|ODD|-");
    assert_eq!(column(2), "Active|Active|-|-");
    let found: Vec<_> = mapped.findings.iter().map(|f| (f.row, f.field, f.problem)).collect();
    assert_eq!(
        found,
        [(2, 0, Problem::Unmapped), (2, 2, Problem::Missing), (2, 3, Problem::TooLong), (3, 2, Problem::Missing)]
    );
}

#[test]
fn formulas_are_escaped_where_the_pipeline_says_so() {
    let text = output("x = 'JobName'").replace("[output.fields]", "formula = 'escape'\n[output.fields]");
    let mapped = mapped(&text);
    assert_eq!(mapped.value(0, 0), Some("'=cmd()"));
    assert_eq!(mapped.findings.len(), 1);
}

#[test]
fn a_length_is_that_of_what_the_target_gets() {
    let too_long = |formula: &str, most: u32| {
        let text = output(&format!("x = {{ sql = 'JobName', max_len = {most} }}"));
        let mapped = mapped(&text.replace("[output.fields]", &format!("formula = '{formula}'\n[output.fields]")));
        mapped.findings.iter().any(|finding| finding.row == 0 && finding.problem == Problem::TooLong)
    };
    // `=cmd()`, and then `'=cmd()`; what stands around it the importer takes away.
    for (formula, longest) in [("off", 6), ("warn", 6), ("escape", 7), ("quote", 6)] {
        assert!(too_long(formula, longest - 1) && !too_long(formula, longest), "{formula}");
    }
}

#[test]
fn plain_csv_has_every_attribute_that_the_table_has() {
    let mapped = mapped("[[output]]\nprofile = \"csv\"\nfile = \"all.csv\"\n");
    let names: Vec<_> = mapped.fields.iter().map(|field| field.name.as_str()).collect();
    assert!(names.starts_with(&["PersonNumber", "FirstName"]) && names.contains(&"Active"));
    assert!(!names.contains(&"AssignmentId"), "the table has no such column");
}

#[test]
fn the_caret_is_drawn_in_the_pipeline_file() {
    let text = output("x = \"COALESCE(KnownAs, FirstNam)\"");
    let found = compiled(&text).unwrap_err();
    let source = SourceText { path: "pipelines/p.toml", text: &text, mappings: &[] };
    let drawn = found[0].render(source, false);
    assert!(drawn.contains("pipelines/p.toml:5:24") && drawn.contains("did you mean FirstName?"), "{drawn}");
    assert!(drawn.lines().any(|line| line.trim_end().ends_with("^^^^^^^^")), "{drawn}");
}

#[test]
fn no_text_makes_the_check_panic() {
    let pieces = [
        "LOWER(",
        "LastName",
        "(",
        ")",
        ",",
        "'a'",
        "'",
        "\"",
        "1",
        "-",
        "/",
        "0",
        "DateStart",
        "Active",
        "AND",
        "NOT",
        "CASE",
        "WHEN",
        "THEN",
        "END",
        "IN",
        "DATE '2024-01-01'",
        "INTERVAL '1 day'",
        "||",
        "::",
        "CAST(",
        "AS",
        "[",
        "é",
        "\n",
        "LENGTH(",
        "COALESCE(",
        "BETWEEN",
        "LIKE",
        "IS",
        "NULL",
        "*",
        ".",
        "$1",
        "{",
        "99999999999999999999",
        "TRIM(",
        "EXTRACT(YEAR FROM ",
        "+",
    ];
    let (mut random, started) = (fastrand::Rng::with_seed(7), std::time::Instant::now());
    for _ in 0..3000 {
        let sql: Vec<_> = (0..random.usize(1..9)).map(|_| pieces[random.usize(..pieces.len())]).collect();
        let sql = sql.join(" ");
        if sql.contains("'''") {
            continue;
        }
        let text = output(&format!("x = '''\n{sql}\n'''"));
        for found in compiled(&text).err().unwrap_or_default() {
            assert!(text.get(found.span.clone()).is_some(), "{sql}: {found:?}");
        }
    }
    for deep in
        ["(".repeat(1500), "NOT ".repeat(900), format!("LastName{}", " || LastName".repeat(300)), "LOWER(".repeat(600)]
    {
        let _ = compiled(&output(&format!("x = '''{deep}'''")));
    }
    promise::report(21, "texts of expressions", 3004, 3004, started);
}

/// Not a test of speed: prints it. `cargo test --release -- --ignored --nocapture a_million`
#[test]
#[ignore = "takes seconds, and judges nothing"]
fn a_million_rows() {
    let rows = 1_000_000;
    let number = |n: usize| format!("{n:08}");
    let column = |name: &str, value: &dyn Fn(usize) -> String| {
        Column::new(name.into(), (0..rows).map(value).collect::<Vec<_>>())
    };
    let mut columns = vec![
        column("PersonNumber", &number),
        column("WorkEmail", &|n| format!("First.Last{n}@visioncorp.example.com")),
        column("ManagerWorkEmail", &|n| format!("First.Last{}@visioncorp.example.com", n / 7)),
        column("ManagerPersonNumber", &|n| number(n / 7)),
        column("WorkerType", &|n| ["E", "C", "N"][n % 3].to_owned()),
        Column::new("DateStart".into(), (0..rows).map(|n| (n % 20_000) as i32).collect::<Vec<_>>())
            .cast(&DataType::Date)
            .unwrap(),
        Column::new("Active".into(), (0..rows).map(|n| n % 9 > 0).collect::<Vec<_>>()),
    ];
    for name in ["FirstName", "LastName", "KnownAs", "JobName", "DepartmentName", "LocationName"] {
        columns.push(column(name, &|n| format!("{name} number {}", n % 5000)));
    }
    let table = DataFrame::new(rows, columns).unwrap();
    let compiled = compiled("[[output]]\nprofile = \"qooper-csv\"\nfile = \"users.csv\"\n").unwrap();
    let start = std::time::Instant::now();
    let mapped = compiled.evaluate(0, &table, &[], &|_| true).unwrap();
    println!("evaluate: {:?}, {} findings", start.elapsed(), mapped.findings.len());
    let start = std::time::Instant::now();
    println!("duplicates: {} in {:?}", mapped.duplicates(0).len(), start.elapsed());
    let order: Vec<u32> = (0..rows as u32).collect();
    let mut bytes = Vec::with_capacity(300_000_000);
    let start = std::time::Instant::now();
    mapped.write_csv(&order, &hcmsync::targets::profile("qooper-csv").unwrap().dialect, &mut bytes).unwrap();
    println!("write: {:?}, {} MB", start.elapsed(), bytes.len() / 1_000_000);
}
