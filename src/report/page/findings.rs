//! The findings: all of them in one table, then each in full, the gravest first, and the pipeline's own checks.

use super::{Block, Cell, Finding, Table, number, several, share};
use crate::report::{Address, CheckResult, Found, Report};

/// How many checks of the pipeline are shown in full.
const CHECKS: usize = 100;

pub fn findings(report: &Report) -> Vec<Block> {
    let mut found: Vec<&Found> = report.findings.iter().collect();
    found.sort_by_key(|found| (weight(found.severity), found.code));
    let row = |found: &&Found| {
        vec![
            Cell::text(found.code),
            badge(found.severity),
            Cell::text(found.title),
            Cell::number(found.count),
            Cell::text(found.of),
            Cell::text(if found.of == "run" { String::new() } else { share(found.count, found.base) }),
        ]
    };
    let head = [
        ("Code", false),
        ("Severity", false),
        ("What was found", false),
        ("Count", true),
        ("Of", false),
        ("Share", true),
    ];
    let mut all = Table::new("Every finding, the gravest first", &head);
    all = all.with_all(found.iter().map(row), found.len(), "findings");
    let mut blocks = vec![Block::Text(
        "An error keeps a row or a person out; a warning and an information do not. Each is explained below, with how to fix \
         it at the source."
            .into(),
    )];
    blocks.push(all.block());
    if !report.checks.is_empty() {
        blocks.push(Block::Heading("The pipeline's own checks".into()));
        blocks.push(checks(&report.checks).block());
        blocks.extend(report.checks.iter().filter(|check| check.count > 0).take(CHECKS).map(of_check));
    }
    if !found.is_empty() {
        blocks.push(Block::Heading("Each finding".into()));
    }
    blocks.extend(found.into_iter().map(|found| of_code(report, found)));
    blocks
}

fn weight(severity: char) -> u8 {
    match severity {
        'F' => 0,
        'E' => 1,
        'W' => 2,
        _ => 3,
    }
}

fn badge(severity: char) -> Cell {
    match severity {
        'F' => Cell::marked("✖ fatal", "bad"),
        'E' => Cell::marked("✖ error", "bad"),
        'W' => Cell::marked("! warning", "warn"),
        _ => Cell::marked("i information", "info"),
    }
}

fn of_code(report: &Report, found: &Found) -> Block {
    let count = match found.of {
        "run" => "of this run".to_owned(),
        of => format!("{} of {} {of}, {}", number(found.count), number(found.base), share(found.count, found.base)),
    };
    let first = found.examples.iter().find_map(|example| example.person_number.as_deref());
    let number = if report.masked { Some("PERSON_NUMBER") } else { first };
    let command = number.filter(|_| first.is_some() && report.run.unresolved.is_none());
    Block::Finding(Box::new(Finding {
        badge: badge(found.severity),
        code: found.code.into(),
        title: found.title.into(),
        count,
        texts: vec![
            ("What it means", plain(found.meaning)),
            ("What hcmsync does", plain(found.effect)),
            ("How to fix it at the source", plain(found.fix)),
        ],
        examples: examples(found.code, &found.examples, found.count),
        command: command.map(|number| format!("hcmsync explain {} {number}", report.run.pipeline)),
    }))
}

/// Without the asterisks around the names of Oracle's pages.
fn plain(text: &str) -> String {
    text.replace('*', "")
}

fn of_check(check: &CheckResult) -> Block {
    let judged = check.judged.unwrap_or(0);
    let of = if check.over == "workers" { "workers".into() } else { format!("{} rows", check.over) };
    let effect = match check.severity {
        'E' => "These persons are quarantined.",
        _ => "These persons are emitted all the same.",
    };
    Block::Finding(Box::new(Finding {
        badge: badge(check.severity),
        code: super::clip(check.name.clone()),
        title: super::clip(check.message.clone()),
        count: format!("{} of {} {of}, {}", number(check.count), number(judged), share(check.count, judged)),
        texts: vec![("What must hold", super::clip(check.condition.clone())), ("What hcmsync does", effect.into())],
        examples: examples(&check.name, &check.examples, check.count),
        command: None,
    }))
}

fn checks(checks: &[CheckResult]) -> Table {
    let row = |check: &CheckResult| {
        let result = match check.judged {
            None => Cell::text("not judged"),
            Some(_) if check.count == 0 => Cell::marked("✔ holds", "good"),
            Some(_) => badge(check.severity),
        };
        let judged = check.judged.map_or_else(|| Cell::text("–"), Cell::number);
        vec![
            Cell::text(check.name.clone()),
            result,
            Cell::text(check.message.clone()),
            Cell::text(check.over),
            judged,
            Cell::number(check.count),
        ]
    };
    let head =
        [("Check", false), ("Result", false), ("Message", false), ("Over", false), ("Judged", true), ("Found", true)];
    Table::new("What the pipeline demands beyond Oracle and the target", &head).with_all(
        checks.iter().map(row),
        CHECKS,
        "checks",
    )
}

fn examples(of: &str, addresses: &[Address], count: u64) -> Table {
    let has_shape = addresses.iter().any(|address| address.shape.is_some());
    let mut head = vec![("PersonNumber", false), ("File", false), ("Line", true)];
    if has_shape {
        head.push(("Shape of the value", false));
    }
    let row = |address: &Address| {
        let mut cells = vec![
            Cell::code(address.person_number.clone().unwrap_or_else(|| "–".into())),
            Cell::text(address.file.clone().unwrap_or_else(|| "–".into())),
            address.line.map_or_else(|| Cell::text("–"), |line| Cell::text(line.to_string())),
        ];
        if has_shape {
            cells.push(Cell::text(address.shape.clone().unwrap_or_default()));
        }
        cells
    };
    // The run itself is nowhere to be looked at.
    let placed = addresses.iter().filter(|address| address.person_number.is_some() || address.file.is_some());
    let mut table = Table::new(format!("Where to look first for {}", super::clip(of.to_owned())), &head);
    table = table.with(placed.map(row), "places");
    let rest = count.saturating_sub(addresses.len() as u64);
    if rest > 0 {
        table.more = format!("and {}", several(rest, "more", "more"));
    }
    table
}
