//! The lists of persons that every run leaves: `quarantine.csv` and `resolution.csv` (`pipeline.md` section 3), and
//! `placement.csv`, by which the next run tells who moved.
//! RFC 4180 with LF line ends and quotes only where they are needed; the order is the caller's.

use std::io::{self, Write};

use super::delivery::FOLDER;
use super::tally::digest;
use crate::stages::map::{Part, in_parallel};

/// The columns of `quarantine.csv`.
pub const QUARANTINE: [&str; 3] = ["PersonNumber", "Codes", "Reasons"];

/// The columns of `resolution.csv`, which is sorted by PersonNumber in byte order.
pub const RESOLUTION: [&str; 9] = [
    "PersonNumber",
    "WorkerState",
    "Active",
    "Disposition",
    "PeriodOfServiceId",
    "AssignmentId",
    "ManagerPersonNumber",
    "ResolutionRule",
    "Codes",
];

/// The name of the list of placements in a run.
pub const PLACEMENT_FILE: &str = "placement.csv";

/// The columns of `placement.csv`: for every user the ids of the legal employer and the business unit ([`unit_id`]), and
/// the row of the user files that the manifest names, counted from 1 through all of them. Sorted as `resolution.csv` is.
pub const PLACEMENT: [&str; 4] = ["PersonNumber", "LegalEmployer", "BusinessUnit", "Row"];

/// A legal employer or a business unit by a short hash of its name: the same in every run. What has no name has none.
pub fn unit_id(name: &str) -> String {
    const DIGITS: usize = 8;
    if name.is_empty() {
        return String::new();
    }
    let mut id = digest([name]);
    id.truncate(DIGITS);
    id
}

/// Whether a file of a run is about the run, and not for the target.
pub fn is_of_the_run(path: &str) -> bool {
    const LISTS: [&str; 3] = ["quarantine.csv", "resolution.csv", PLACEMENT_FILE];
    LISTS.contains(&path) || path.starts_with("rejects/") || is_of_this_run_alone(path)
}

/// Whether a file tells of the run itself, what changed since the last one, say, or is sealed, which no two files are alike:
/// it may differ where all else is the same.
pub fn is_of_this_run_alone(path: &str) -> bool {
    const REPORTS: [&str; 3] = ["report.html", "report.json", "junit.xml"];
    REPORTS.contains(&path) || path.starts_with(FOLDER)
}

/// The `Disposition` of an active user.
pub const EMITTED: &str = "emitted";

/// Writes a header, unless a part of the list was written before, and the row of each of these numbers, in their order;
/// returns how many rows. Fails as `out` fails.
pub fn write<const N: usize, T: AsRef<str>>(
    out: &mut dyn Write,
    header: &[&str; N],
    part: Part,
    numbers: &[u32],
    row: impl Fn(u32) -> [T; N] + Sync,
) -> io::Result<u64> {
    if part.is_first() {
        out.write_all(&render(std::iter::once(*header))?)?;
    }
    in_parallel(numbers, out, |numbers| Ok((render(numbers.iter().map(|number| row(*number)))?, numbers.len() as u64)))
}

fn render<const N: usize, T: AsRef<str>>(rows: impl Iterator<Item = [T; N]>) -> io::Result<Vec<u8>> {
    let mut lines = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    for row in rows {
        lines.write_record(row.iter().map(|cell| cell.as_ref().as_bytes()))?;
    }
    lines.into_inner().map_err(|error| error.into_error())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_only_where_needed_and_lf() {
        let mut out = Vec::new();
        let rows = [["007", "PER041;PRI012", "no address, or two"], ["8", "", "says \"no\"\nand ends"]];
        assert_eq!(write(&mut out, &QUARANTINE, Part::WHOLE, &[0, 1], |row| rows[row as usize]).unwrap(), 2);
        let expected =
            "PersonNumber,Codes,Reasons\n007,PER041;PRI012,\"no address, or two\"\n8,,\"says \"\"no\"\"\nand ends\"\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
