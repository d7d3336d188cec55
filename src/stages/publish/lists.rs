//! The two lists of persons that every run leaves: `quarantine.csv` and `resolution.csv` (`pipeline.md` section 3).
//! RFC 4180 with LF line ends and quotes only where they are needed; the order is the caller's.

use std::io::{self, Write};

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

/// The `Disposition` of an active user.
pub const EMITTED: &str = "emitted";

/// Writes a header and its rows; returns how many rows. Fails as `out` fails.
pub fn write<const N: usize, T: AsRef<str>>(
    out: &mut dyn Write,
    header: &[&str; N],
    rows: impl IntoIterator<Item = [T; N]>,
) -> io::Result<u64> {
    let mut lines =
        csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).buffer_capacity(1 << 16).from_writer(out);
    lines.write_record(header)?;
    let mut count = 0;
    for row in rows {
        lines.write_record(row.iter().map(|cell| cell.as_ref().as_bytes()))?;
        count += 1;
    }
    lines.flush()?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_only_where_needed_and_lf() {
        let mut out = Vec::new();
        let rows = [["007", "PER041;PRI012", "no address, or two"], ["8", "", "says \"no\"\nand ends"]];
        assert_eq!(write(&mut out, &QUARANTINE, rows).unwrap(), 2);
        let expected =
            "PersonNumber,Codes,Reasons\n007,PER041;PRI012,\"no address, or two\"\n8,,\"says \"\"no\"\"\nand ends\"\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
