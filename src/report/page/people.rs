//! The middle of the page: how people were resolved, how far the outputs are filled, managers, and the headcount.

use super::super::charts::Bars;
use super::super::headcount::{Headcount, reconciled};
use super::super::tally::MANY;
use super::{Block, Cell, Table, difference, number, several, share};
use crate::report::{Cell as Pair, Decided, Field, Report};

pub fn resolution(report: &Report) -> Vec<Block> {
    let present = report.balance.persons.present;
    let of_present = |count: u64| Cell { bar: percent(count, present), ..Cell::text(share(count, present)) };
    let state = |(state, count): (&&'static str, &u64)| {
        let name = if state.is_empty() { "not decided" } else { state };
        vec![Cell::text(name), Cell::text(meaning(state)), Cell::number(*count), of_present(*count)]
    };
    let head = [("State", false), ("What it is", false), ("Persons", true), ("Share", true)];
    let states = Table::new("Persons by their state on the day", &head).with(report.states.iter().map(state), "states");
    let rule = |decided: &Decided| {
        let name = if decided.rule.is_empty() { "–" } else { decided.rule };
        let cells = [Cell::text(name), Cell::text(decided.meaning), Cell::number(decided.count)];
        cells.into_iter().chain([of_present(decided.count)]).collect()
    };
    let head = [("Rule", false), ("What decided", false), ("Persons", true), ("Share", true)];
    let rules = Table::new("Persons by the rule that decided", &head).with(report.resolution.iter().map(rule), "rules");
    let told = "For each person one work relationship is the primary one, and one assignment in it: \
        the state comes first, the flag second.";
    vec![
        Block::Text(told.into()),
        states.block(),
        rules.block(),
        Block::Heading("Current work relationships and their flags".into()),
        Block::Text("Right is one flagged in each row; what stands elsewhere is worth a look in Oracle.".into()),
        matrix(&report.relationships).block(),
    ]
}

/// A state in plain words.
fn meaning(state: &str) -> &'static str {
    match state {
        "CURRENT" => "Employed on the day",
        "PENDING" => "To be hired: a pending worker",
        "FUTURE" => "Starts after the day",
        "TERMINATED" => "Has left",
        "NO_EMPLOYMENT" => "No work relationship at all",
        _ => "Left out before it could be decided",
    }
}

/// Persons by current work relationships (down) and by how many of these are flagged primary (across).
fn matrix(cells: &[Pair]) -> Table {
    const FLAGGED: [(&str, bool); MANY as usize + 2] = [
        ("Current work relationships", false),
        ("None flagged", true),
        ("1 flagged", true),
        ("2 flagged", true),
        ("3 flagged", true),
        ("4 or more", true),
    ];
    let row = |current: u8| {
        let name = match current {
            0 => "None".to_owned(),
            MANY => format!("{MANY} or more"),
            _ => current.to_string(),
        };
        let count = |primary: u8| {
            let cell = cells.iter().find(|cell| (cell.current, cell.primary) == (current, primary));
            match cell {
                Some(cell) if primary == 1 || current == 0 => Cell { class: "good", ..Cell::masked(cell.persons) },
                Some(cell) => Cell { class: "warn", ..Cell::masked(cell.persons) },
                None => Cell::text(if primary > current { "" } else { "0" }),
            }
        };
        std::iter::once(Cell::text(name)).chain((0..=MANY).map(count)).collect()
    };
    Table::new(
        "Persons by how many of their work relationships are current, and how many of these are flagged primary",
        &FLAGGED,
    )
    .with((0..=MANY).map(row), "rows")
}

fn percent(count: u64, of: u64) -> Option<u64> {
    (of > 0).then(|| (u128::from(count) * 100 / u128::from(of)) as u64)
}

pub fn coverage(report: &Report) -> Vec<Block> {
    if report.fields.is_empty() {
        return vec![Block::Text("The pipeline has no [[output]], so there are no fields.".into())];
    }
    let head = [
        ("Field", false),
        ("Filled", true),
        ("Share", true),
        ("Empty", true),
        ("Distinct", true),
        ("Missing", true),
        ("Invalid", true),
        ("Unmapped", true),
        ("Shapes of what was refused", false),
    ];
    let row = |field: &Field| {
        let rows = field.filled + field.empty;
        let shapes: Vec<String> =
            field.shapes.iter().map(|shape| format!("{} × {}", number(shape.count), shape.shape)).collect();
        let refused =
            |count: u64| if count > 0 { Cell { class: "bad", ..Cell::number(count) } } else { Cell::number(0) };
        vec![
            Cell::text(field.field.clone()),
            Cell::number(field.filled),
            Cell { bar: percent(field.filled, rows), ..Cell::text(share(field.filled, rows)) },
            Cell::number(field.empty),
            Cell::number(field.distinct),
            refused(field.missing),
            refused(field.invalid),
            refused(field.unmapped),
            Cell::text(shapes.join("; ")),
        ]
    };
    let told = "Missing, invalid and unmapped count the persons who were left out for this field; of their values only the \
        shape is shown, never the value.";
    let mut blocks = vec![Block::Text(told.into())];
    for fields in report.fields.chunk_by(|a, b| a.file == b.file).take(FILES) {
        let caption = format!("Fields of {}", fields[0].file);
        blocks.push(Table::new(caption, &head).with_all(fields.iter().map(row), FIELDS, "fields").block());
    }
    blocks
}

/// How many files, and how many fields of each, are shown.
const FILES: usize = 20;
const FIELDS: usize = 250;

pub fn references(report: &Report) -> Vec<Block> {
    let mut blocks = Vec::new();
    let unique = |field: &&Field| field.unique;
    let row = |field: &Field| {
        let result = if field.distinct == field.filled {
            Cell::marked("✔ unique", "good")
        } else {
            Cell::marked(format!("✖ {} shared", number(field.filled - field.distinct)), "bad")
        };
        vec![
            Cell::text(format!("{}: {}", field.file, field.field)),
            Cell::number(field.filled),
            Cell::number(field.distinct),
            result,
        ]
    };
    let head = [("Field", false), ("Filled", true), ("Distinct", true), ("Result", false)];
    let fields = report.fields.iter().filter(unique).map(row);
    blocks.push(Table::new("Fields that no two users may share", &head).with(fields, "fields").block());
    let shared =
        report.findings.iter().filter(|found| matches!(found.code, "OUT002" | "OUT003") && found.severity == 'E');
    for found in shared {
        blocks.push(Block::Text(format!(
            "{}: {} ({}).",
            found.title,
            several(found.count, "person was left out", "persons were left out"),
            found.code
        )));
    }
    blocks.push(Block::Heading("Managers of the users".into()));
    blocks.push(managers(report).block());
    if !report.joined.is_empty() {
        blocks.push(Block::Heading("Side extracts".into()));
        let row = |joined: &crate::stages::map::Joined| {
            let counts = [joined.found, joined.not_found, joined.without_key].map(Cell::number);
            [Cell::text(joined.extract), Cell::text(joined.key.clone())].into_iter().chain(counts).collect()
        };
        let head = [("Extract", false), ("Key", false), ("Found", true), ("Not found", true), ("Without a key", true)];
        let joined = Table::new("Users whose key has a row, or has none", &head);
        blocks.push(joined.with(report.joined.iter().map(row), "extracts").block());
    }
    blocks
}

fn managers(report: &Report) -> Table {
    let (managers, users) = (&report.managers, report.balance.persons.emitted);
    let rows = [
        ("The manager is a user in the file", managers.with, ""),
        ("No manager is named (MGR030)", managers.none, ""),
        ("The manager is not in the extract (MGR020)", managers.unknown, "warn"),
        ("The manager is known and no user (MGR021)", managers.not_a_user, "warn"),
        ("Named as their own manager (MGR022)", managers.own, "warn"),
        ("The reporting line runs in a circle (MGR023)", managers.in_a_circle, "warn"),
        ("No assignment that names a manager", managers.without_assignment, ""),
        ("Users who manage somebody", managers.managing, ""),
    ];
    let row = |(title, count, class): (&'static str, u64, &'static str)| {
        let class = if count > 0 { class } else { "" };
        vec![Cell::text(title), Cell { class, ..Cell::number(count) }, Cell::text(share(count, users))]
    };
    let head = [("Managers", false), ("Users", true), ("Share", true)];
    Table::new("How the manager of each user was found", &head).with(rows.map(row), "lines")
}

pub fn headcount(report: &Report) -> Vec<Block> {
    let told = "The difference is active users less those that HR expects. A blank value is that of people who have none, or of \
        whom it could not be decided.";
    let mut blocks = vec![Block::Text(told.into())];
    if let Some([met, given]) = reconciled(&report.headcount) {
        let mark = if met == given { "✔" } else { "!" };
        blocks.push(Block::Text(format!(
            "{mark} {} of the {} that HR gave are met.",
            number(met),
            several(given, "total", "totals")
        )));
    }
    let is_expected = report.headcount.iter().any(|line| line.expected.is_some());
    let mut attributes = report.headcount.chunk_by(|a, b| a.attribute == b.attribute);
    for (at, lines) in attributes.by_ref().take(FILES).enumerate() {
        let title = title_of(&lines[0].attribute);
        blocks.push(Block::Heading(title.clone()));
        let named = lines.iter().filter(|line| !line.value.is_empty());
        let bars: Vec<(String, u64)> = named
            .filter_map(|line| Some((super::clip(line.value.clone()), line.active?)))
            .filter(|(_, active)| *active > 0)
            .take(8)
            .collect();
        if bars.len() > 1 {
            blocks.push(Block::Bars(Bars::new(
                &format!("heads-{at}"),
                &format!("Active users by {}", lower(&title)),
                &bars,
            )));
        }
        blocks.push(table(lines, &title, is_expected).block());
    }
    blocks
}

fn table(lines: &[Headcount], title: &str, is_expected: bool) -> Table {
    let mut head = vec![
        ("Value", false),
        ("In the extract", true),
        ("Resolved", true),
        ("Emitted", true),
        ("Of these active", true),
        ("Quarantined", true),
    ];
    if is_expected {
        head.extend([("Expected", true), ("Difference", true)]);
    }
    let row = |line: &Headcount| {
        let value = match (line.attribute.as_str(), line.value.as_str()) {
            (_, "") => "(blank)",
            ("WorkerType", "E") => "E, employee",
            ("WorkerType", "C") => "C, contingent worker",
            ("WorkerType", "N") => "N, nonworker",
            ("WorkerType", "P") => "P, pending worker",
            (_, value) => value,
        };
        let counts = [line.in_extract, line.resolved, line.emitted, line.active, line.quarantined].map(Cell::masked);
        let mut cells: Vec<Cell> = std::iter::once(Cell::text(value)).chain(counts).collect();
        if is_expected {
            cells.push(line.expected.map_or_else(|| Cell::text("–"), Cell::number));
            cells.push(match (line.difference, line.expected) {
                (Some(0), _) => Cell::marked("✔ ±0", "good"),
                (Some(off), _) => Cell::marked(format!("! {}", difference(off)), "warn"),
                (None, Some(_)) => Cell::text("masked"),
                (None, None) => Cell::text("–"),
            });
        }
        cells
    };
    // What HR asked about comes first, or it might be cut off.
    let (asked, others): (Vec<&Headcount>, Vec<&Headcount>) = lines.iter().partition(|line| line.expected.is_some());
    Table::new(format!("People by {}", lower(title)), &head).with(asked.into_iter().chain(others).map(row), "values")
}

/// Within a sentence; the names of attributes stay as they are.
fn lower(title: &str) -> String {
    if title.contains(' ') || title == "Location" {
        title.to_lowercase().replace("legislationcode", "LegislationCode")
    } else {
        title.to_owned()
    }
}

/// An attribute in plain words.
fn title_of(attribute: &str) -> String {
    match attribute {
        "WorkerType" => "Worker type".into(),
        "LegalEmployerName" => "Legal employer".into(),
        "BusinessUnitName" => "Business unit".into(),
        "LegislationCode" => "Country (LegislationCode)".into(),
        "LocationName" => "Location".into(),
        other => other.to_owned(),
    }
}
