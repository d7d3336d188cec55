//! The end of the page: what changed, the last runs, the outputs with their hashes, where everything came from, who signs
//! for it, and the words.

use super::super::charts::{Line, Lines};
use super::{Block, Cell, Table, number};
use crate::report::{Input, Past, Report};
use crate::stages::publish::manifest::Output;
use crate::stages::validate::guards::{Changes, Decision, Moved, Segment};

pub fn changes(report: &Report) -> Vec<Block> {
    let mut blocks = match &report.changes {
        None => vec![Block::Text("There is no published run to compare with.".into())],
        Some(changes) => compared(changes),
    };
    blocks.push(Block::Heading("The last published runs".into()));
    blocks.extend(history(&report.history));
    blocks
}

fn compared(changes: &Changes) -> Vec<Block> {
    let left: Vec<String> = changes.left.iter().map(|(what, count)| format!("{} {what}", number(*count))).collect();
    let Moved { legal_employer, business_unit, manager } = changes.moved;
    let rows = [
        ("Joiners: active now and not before", changes.joiners, String::new()),
        ("Of these reactivated", changes.reactivated, String::new()),
        ("Leavers: active before and not now", changes.leavers, left.join(", ")),
        ("Changed in any field", changes.changed, format!("of {} users of both runs", number(changes.in_both))),
        ("Another e-mail address", changes.emails, alarm(changes.emails)),
        ("Moved to another legal employer", legal_employer, String::new()),
        ("Moved to another business unit", business_unit, String::new()),
        ("Another manager", manager, String::new()),
        ("Another primary assignment", changes.assignments, String::new()),
    ];
    let row = |(title, count, note): (&'static str, u64, String)| {
        vec![Cell::text(title), Cell::number(count), Cell::text(note)]
    };
    let head = [("Change", false), ("Users", true), ("Note", false)];
    let caption = format!("Against the run {}", changes.from);
    let mut blocks = vec![Table::new(caption, &head).with(rows.map(row), "changes").block()];
    let fields = changes.fields.iter().flatten().filter(|field| field.changed > 0);
    let fields = fields.map(|field| vec![Cell::text(field.field.clone()), Cell::number(field.changed)]);
    let fields =
        Table::new("Users with another value, by field", &[("Field", false), ("Users", true)]).with(fields, "fields");
    blocks.push(fields.block());
    if !changes.decisions.is_empty() {
        let row = |why: &Decision| {
            vec![Cell::text(or_none(&why.before)), Cell::text(or_none(&why.now)), Cell::number(why.count)]
        };
        let head = [("Rule before", false), ("Rule now", false), ("Users", true)];
        let table = Table::new("Why another assignment was chosen", &head);
        blocks.push(table.with(changes.decisions.iter().map(row), "pairs of rules").block());
    }
    let row = |segment: &Segment| {
        let Segment { before, now, joiners, leavers, moved_in, moved_out, changed, .. } = *segment;
        let counts = [before, now, joiners, leavers, moved_in, moved_out, changed].map(Cell::number);
        std::iter::once(Cell::text(or_none(&segment.legal_employer))).chain(counts).collect()
    };
    let head = [
        ("Legal employer", false),
        ("Before", true),
        ("Now", true),
        ("Joiners", true),
        ("Leavers", true),
        ("Moved in", true),
        ("Moved out", true),
        ("Changed", true),
    ];
    blocks.push(
        Table::new("Active users by legal employer", &head)
            .with(changes.segments.iter().map(row), "legal employers")
            .block(),
    );
    blocks
}

/// Many targets know a user by the address.
fn alarm(emails: u64) -> String {
    if emails > 0 { "! many targets know a user by the address".into() } else { String::new() }
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

fn history(runs: &[Past]) -> Vec<Block> {
    let numbers: [(&str, &str, fn(&Past) -> u64); 5] = [
        ("history-persons", "Persons", |run| run.persons),
        ("history-users", "Users", |run| run.users),
        ("history-active", "Active", |run| run.active),
        ("history-quarantined", "Quarantined", |run| run.quarantined),
        ("history-rejected", "Rejected rows", |run| run.rejected),
    ];
    let line = |(id, title, of): &(&str, &str, fn(&Past) -> u64)| {
        Line::new(id, title, &runs.iter().map(of).collect::<Vec<u64>>())
    };
    let row = |run: &Past| {
        let name = if run.run.is_empty() { "this run, not published" } else { &run.run };
        let counts = [run.rows, run.rejected, run.persons, run.users, run.active, run.quarantined].map(Cell::number);
        [Cell::text(name), Cell::text(run.as_of.clone())].into_iter().chain(counts).collect()
    };
    let head = [
        ("Run", false),
        ("As of", false),
        ("Rows", true),
        ("Rejected", true),
        ("Persons", true),
        ("Users", true),
        ("Active", true),
        ("Quarantined", true),
    ];
    let table =
        Table::new("The last runs, the oldest first; the last is this one", &head).with(runs.iter().map(row), "runs");
    let mut blocks = Vec::new();
    if runs.len() > 1 {
        blocks.push(Block::Lines(Lines { lines: numbers.iter().map(line).collect() }));
    }
    blocks.push(table.block());
    blocks
}

pub fn outputs(report: &Report) -> Vec<Block> {
    if report.outputs.is_empty() {
        return vec![Block::Text("Nothing was written: the extracts were only validated.".into())];
    }
    let row = |output: &Output| {
        vec![
            Cell::text(output.path.clone()),
            output.rows.map_or_else(|| Cell::text("–"), Cell::number),
            Cell::number(output.bytes),
            Cell::code(output.sha256.clone()),
        ]
    };
    let head = [("File", false), ("Rows", true), ("Bytes", true), ("SHA-256", false)];
    let table = Table::new("What this run leaves beside this report and the manifest", &head);
    let told = "hcmsync verify holds the files against these hashes, which stand in manifest.json as well.";
    vec![Block::Text(told.into()), table.with_all(report.outputs.iter().map(row), 60, "files").block()]
}

pub fn provenance(report: &Report) -> Vec<Block> {
    let run = &report.run;
    let or_dash = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    let origin = match run.as_of_origin {
        "--as-of" => "given on the command line",
        "pipeline" => "given by the pipeline",
        "file-name" => "the date in the names of the extracts",
        _ => "the day of the run",
    };
    let facts = [
        ("Run", or_dash(&run.name)),
        ("As-of date", format!("{}, {origin}", run.as_of)),
        (
            "Pipeline",
            run.description.as_ref().map_or_else(|| run.pipeline.clone(), |about| format!("{}: {about}", run.pipeline)),
        ),
        ("SHA-256 of the pipeline file", run.pipeline_sha256.clone()),
        ("Program", format!("hcmsync {}", run.hcmsync)),
        ("Keys that opened the extracts", or_dash(&run.keys.join(", "))),
        ("Compared with", run.previous.clone().unwrap_or_else(|| "no run".into())),
    ];
    let about = Table::new("What this report was made of", &[("What", false), ("Value", false)])
        .with(facts.map(|(what, value)| vec![Cell::text(what), Cell::code(value)]), "facts");
    let mut blocks = vec![about.block(), inputs(&report.inputs).block()];
    let unknown: Vec<String> = report
        .inputs
        .iter()
        .filter(|input| !input.unknown_headers.is_empty())
        .map(|input| {
            format!("{}: {} columns that nothing reads", input.name, number(input.unknown_headers.len() as u64))
        })
        .collect();
    if !unknown.is_empty() {
        blocks.push(Block::Text(super::clip(unknown.join("; "))));
    }
    blocks.push(Block::Heading("Sign-off".into()));
    let told = "I have held the control totals, the findings and the headcount of this report against what I know, and agree that \
        these users are loaded.";
    blocks.push(Block::Text(told.into()));
    blocks.push(Block::Signatures(vec!["Human resources", "Information technology", "Consultant"]));
    blocks
}

fn inputs(inputs: &[Input]) -> Table {
    let row = |input: &Input| {
        let signature = match input.signature {
            "good" => Cell::marked("✔ good", "good"),
            "off" => Cell::marked("! not looked at", "warn"),
            _ => Cell::text("not encrypted"),
        };
        vec![
            Cell::text(input.name.clone()),
            Cell::text(input.kind),
            Cell::number(input.rows),
            Cell::number(input.bytes),
            signature,
            Cell::code(input.signer.clone().unwrap_or_else(|| "–".into())),
            Cell::text(if input.accepted.is_empty() { "–".into() } else { input.accepted.join(", ") }),
            Cell::code(input.sha256.clone()),
        ]
    };
    let head = [
        ("File", false),
        ("Kind", false),
        ("Rows", true),
        ("Bytes", true),
        ("Signature", false),
        ("Signed by", false),
        ("Weak algorithms accepted", false),
        ("SHA-256", false),
    ];
    Table::new("The extracts that were read", &head).with(inputs.iter().map(row), "files")
}

pub fn glossary() -> Vec<Block> {
    vec![Block::Words(vec![
        ("Active", "Employed on the day, with at least one active assignment. Suspended counts as the pipeline says."),
        ("As-of date", "The day for which everybody is resolved. A termination date is the last day employed."),
        ("Assignment", "A job within a work relationship, with its department, location and manager."),
        ("Duplicate", "A row equal to another one in every column that is read."),
        ("Emitted", "Written to the user file, as active or as inactive."),
        ("Error", "Keeps the row or the person out of the user file until it is corrected at the source."),
        ("Excluded", "Resolved, and of a state that the pipeline does not emit, such as future hires."),
        ("Filtered out", "Resolved, and not selected by the pipeline's condition."),
        ("Finding", "Something that is wrong or odd, with a code that hcmsync help explains."),
        ("Guard", "A limit past which nothing is published, so that a broken extract removes nobody."),
        ("Information", "Counted, and nothing to worry about."),
        ("Not in effect", "A row of another time than the as-of date."),
        ("Person", "A PersonNumber with at least one row that takes part."),
        ("Primary", "The work relationship and the assignment in it that Oracle flags as the main ones."),
        ("Quarantined", "Left out of the user file, and listed in quarantine.csv with every reason."),
        ("Rejected", "A row that cannot be read as what it should be; it stands in rejects/ as it came."),
        ("Set aside", "A row of a kind that does not count, such as an offer or employment terms."),
        ("Superseded", "A row in effect on the day that gives way to a later change."),
        ("User", "A person in the output."),
        ("Warning", "Odd, and worth a look; the person is emitted all the same."),
        ("Work relationship", "One employment with one legal employer, from its start to its end."),
    ])]
}
