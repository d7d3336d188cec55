//! `junit.xml`: guards, sums, findings, checks and expected totals as test cases, for whoever watches runs in a build
//! server. A guard that trips, an error and a total that is not met are failures; warnings and informations pass, with
//! their counts.

use std::io;

use quick_junit::{NonSuccessKind, Property, Report as Suites, TestCase, TestCaseStatus, TestSuite};

use super::Report;
use super::findings::{CheckResult, Found};
use super::headcount::Headcount;
use crate::stages::validate::guards::Verdict;

/// The report as JUnit reads it.
pub fn render(report: &Report) -> io::Result<Vec<u8>> {
    let mut suites = Suites::new(format!("hcmsync {}", report.run.pipeline));
    let persons = &report.balance.persons;
    let mut totals = suite("totals", [totals(report)]);
    for (name, count) in [
        ("as_of", report.run.as_of.clone()),
        ("status", report.status.to_owned()),
        ("persons", persons.present.to_string()),
        ("emitted", persons.emitted.to_string()),
        ("active", persons.active.to_string()),
        ("filtered", persons.filtered.to_string()),
        ("quarantined", persons.quarantined.to_string()),
    ] {
        totals.add_property(Property::new(name, count));
    }
    suites.add_test_suite(totals);
    suites.add_test_suite(suite("guards", report.guards.iter().map(guard)));
    suites.add_test_suite(suite("findings", report.findings.iter().map(finding)));
    suites.add_test_suite(suite("checks", report.checks.iter().map(check)));
    let given = report.headcount.iter().filter(|line| line.expected.is_some());
    suites.add_test_suite(suite("expected", given.map(total)));
    let mut xml = Vec::new();
    suites.serialize(&mut xml).map_err(io::Error::other)?;
    Ok(xml)
}

fn suite(name: &str, cases: impl IntoIterator<Item = TestCase>) -> TestSuite {
    let mut suite = TestSuite::new(name);
    suite.add_test_cases(cases);
    suite
}

fn case(name: String, class: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(format!("hcmsync.{class}"));
    case
}

fn failure(kind: impl Into<String>, message: impl Into<String>) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type(kind.into()).set_message(message.into());
    status
}

/// The sums of rule 27.
fn totals(report: &Report) -> TestCase {
    let status =
        if report.balance.ok { TestCaseStatus::success() } else { failure("INT001", "the sums do not balance") };
    case("balance".into(), "totals", status)
}

fn guard(verdict: &Verdict) -> TestCase {
    let status = match verdict {
        Verdict { tripped: true, .. } => failure("guard", format!("past the limit {}", verdict.limit)),
        Verdict { value: None, .. } | Verdict { off: true, .. } => TestCaseStatus::skipped(),
        _ => TestCaseStatus::success(),
    };
    let mut case = case(verdict.name.key().into(), "guards", status);
    if let Some(value) = verdict.value {
        case.add_property(Property::new("value", value.to_string()));
    }
    case.add_property(Property::new("limit", verdict.limit.clone()));
    case
}

fn finding(found: &Found) -> TestCase {
    let status = match found.severity {
        'E' | 'F' => failure(found.severity, format!("{}: {} {}", found.title, found.count, found.of)),
        _ => TestCaseStatus::success(),
    };
    let mut case = case(format!("{} {}", found.severity, found.code), "findings", status);
    case.add_property(Property::new("count", found.count.to_string()));
    case
}

fn check(check: &CheckResult) -> TestCase {
    let status = match (check.judged, check.count, check.severity) {
        (None, ..) => TestCaseStatus::skipped(),
        (_, 1.., 'E') => failure("E", format!("{}: {}", check.message, check.count)),
        _ => TestCaseStatus::success(),
    };
    let mut case = case(format!("{} {}", check.severity, check.name), "checks", status);
    case.add_property(Property::new("count", check.count.to_string()));
    case
}

fn total(line: &Headcount) -> TestCase {
    let count = |count: Option<u64>| count.map_or_else(|| "masked".to_owned(), |count| count.to_string());
    let status = match line.difference {
        Some(0) => TestCaseStatus::success(),
        Some(off) => failure("total", format!("off by {off}")),
        None => TestCaseStatus::skipped(),
    };
    let mut case = case(format!("{}: {}", line.attribute, line.value), "expected", status);
    case.add_property(Property::new("expected", count(line.expected)));
    case.add_property(Property::new("active", count(line.active)));
    case
}
