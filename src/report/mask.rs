//! `--mask full`: PersonNumbers become keyed tokens, and small numbers of people are left out, so that a report can be
//! shown to whoever may not know whom it is about.

use std::fmt;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::findings::Address;
use super::headcount::Headcount;
use super::{Cell, Report};

/// Fewer people than this could be told apart.
const LEAST: u64 = 5;
/// SHA-256's block (RFC 2104).
const BLOCK: usize = 64;

/// The key of the tokens.
#[derive(Clone)]
pub struct Mask(Zeroizing<[u8; BLOCK]>);

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mask(…)")
    }
}

impl Mask {
    /// With the same key a person has the same token in every report.
    pub fn new(key: &[u8]) -> Mask {
        let mut block = Zeroizing::new([0; BLOCK]);
        if key.len() > BLOCK {
            block[..32].copy_from_slice(&Sha256::digest(key));
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        Mask(block)
    }

    /// HMAC-SHA-256 (RFC 2104).
    fn authenticate(&self, text: &[u8]) -> [u8; 32] {
        let padded = |pad: u8| Zeroizing::new(self.0.map(|byte| byte ^ pad));
        let inner = Sha256::new().chain_update(*padded(0x36)).chain_update(text).finalize();
        Sha256::new().chain_update(*padded(0x5c)).chain_update(inner).finalize().into()
    }

    /// The token that stands for a PersonNumber: the first 64 bits, enough that two people hardly ever share one.
    pub fn token(&self, number: &str) -> String {
        self.authenticate(number.as_bytes())[..8].iter().fold("~".to_owned(), |text, byte| format!("{text}{byte:02x}"))
    }

    /// Masks a report.
    pub fn apply(&self, report: &mut Report) {
        report.masked = true;
        let examples = report.findings.iter_mut().flat_map(|found| &mut found.examples);
        let of_checks = report.checks.iter_mut().flat_map(|check| &mut check.examples);
        examples.chain(of_checks).for_each(|address| self.address(address));
        suppress_cells(&mut report.relationships);
        // Who came and who left a small employer is known by name.
        if let Some(changes) = &mut report.changes {
            changes.segments.clear();
        }
        for lines in report.headcount.chunk_by_mut(|a, b| a.attribute == b.attribute) {
            suppress_heads(lines);
        }
    }

    fn address(&self, address: &mut Address) {
        if let Some(number) = &mut address.person_number {
            *number = self.token(number);
        }
    }
}

fn suppress_cells(cells: &mut [Cell]) {
    suppress(cells, |cell| &mut cell.persons);
}

fn suppress_heads(lines: &mut [Headcount]) {
    // A number left out for the sum of its line may be had from that of its column, and the other way round.
    let mut left_out = None;
    while left_out != Some(count_left_out(lines)) {
        left_out = Some(count_left_out(lines));
        suppress(lines, |line| &mut line.in_extract);
        suppress(lines, |line| &mut line.resolved);
        suppress(lines, |line| &mut line.emitted);
        suppress(lines, |line| &mut line.active);
        suppress(lines, |line| &mut line.quarantined);
        lines.iter_mut().for_each(suppress_in_line);
    }
    // The difference tells the active ones to whoever knows what was expected.
    lines.iter_mut().filter(|line| line.active.is_none()).for_each(|line| line.difference = None);
}

fn count_left_out(lines: &[Headcount]) -> usize {
    let of = |line: &Headcount| [line.in_extract, line.resolved, line.emitted, line.active, line.quarantined];
    lines.iter().flat_map(of).filter(Option::is_none).count()
}

/// Who is in the extract is resolved or quarantined: where one of the three is left out, another must be. It is the sum
/// if it can: nothing in the line is larger, while of the resolved at least the emitted are known.
fn suppress_in_line(line: &mut Headcount) {
    let parts = [&mut line.resolved, &mut line.quarantined];
    match (line.in_extract, parts.iter().filter(|part| part.is_none()).count()) {
        (Some(_), 1) => line.in_extract = None,
        (None, 0) => {
            let filled = parts.into_iter().filter(|part| part.is_some_and(|count| count > 0));
            if let Some(smaller) = filled.min_by_key(|part| **part) {
                *smaller = None;
            }
        }
        _ => {}
    }
}

/// Leaves out numbers from 1 to 4; where one alone is left out, the next larger as well, or the sum would tell it.
fn suppress<T>(items: &mut [T], number: impl Fn(&mut T) -> &mut Option<u64>) {
    for item in items.iter_mut() {
        let number = number(item);
        if number.is_some_and(|count| (1..LEAST).contains(&count)) {
            *number = None;
        }
    }
    if items.iter_mut().map(&number).filter(|number| number.is_none()).count() == 1 {
        let rest = items.iter_mut().map(number).filter(|number| number.is_some_and(|count| count > 0));
        if let Some(smallest) = rest.min_by_key(|number| **number) {
            *smallest = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hexadecimal(bytes: [u8; 32]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_token_is_hmac_sha_256_as_rfc_4231_has_it() {
        let short = Mask::new(b"Jefe").authenticate(b"what do ya want for nothing?");
        assert_eq!(hexadecimal(short), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let long = Mask::new(&[0xaa; 131]).authenticate(b"Test Using Larger Than Block-Size Key - Hash Key First");
        assert_eq!(hexadecimal(long), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
        let mask = Mask::new(b"key");
        assert_eq!(mask.token("7"), mask.token("7"));
        assert_ne!(mask.token("7"), mask.token("07"));
        assert_ne!(mask.token("7"), Mask::new(b"other").token("7"));
        assert_eq!(format!("{mask:?}"), "Mask(…)");
    }

    #[test]
    fn a_number_left_out_cannot_be_had_from_the_sum() {
        let after = |numbers: &[u64]| {
            let mut numbers: Vec<Option<u64>> = numbers.iter().map(|number| Some(*number)).collect();
            suppress(&mut numbers, |number| number);
            numbers
        };
        assert_eq!(after(&[9, 5, 0, 20]), [Some(9), Some(5), Some(0), Some(20)]);
        assert_eq!(after(&[9, 4, 0, 20]), [None, None, Some(0), Some(20)]);
        assert_eq!(after(&[1, 4, 0, 20]), [None, None, Some(0), Some(20)]);
        assert_eq!(after(&[3]), [None]);
    }

    #[test]
    fn a_number_left_out_cannot_be_had_from_the_rest_of_its_line() {
        let after = |numbers: &[[u64; 3]]| {
            let line = |[in_extract, resolved, quarantined]: &[u64; 3]| Headcount {
                in_extract: Some(*in_extract),
                resolved: Some(*resolved),
                emitted: Some(*resolved),
                active: Some(*resolved),
                quarantined: Some(*quarantined),
                ..Headcount::default()
            };
            let mut lines: Vec<Headcount> = numbers.iter().map(line).collect();
            suppress_heads(&mut lines);
            lines.iter().map(|line| [line.in_extract, line.resolved, line.quarantined]).collect::<Vec<_>>()
        };
        assert_eq!(after(&[[50, 44, 6], [30, 30, 0]]), [[Some(50), Some(44), Some(6)], [Some(30), Some(30), Some(0)]]);
        // In each column and in each line two are left out, or none.
        assert_eq!(after(&[[50, 48, 2], [30, 23, 7]]), [[None, Some(48), None], [None, Some(23), None]]);
        // The second sum is left out for its column, so one of its parts must be, and then another one in the column of that.
        assert_eq!(
            after(&[[3, 0, 3], [20, 20, 0], [40, 33, 7]]),
            [[None, Some(0), None], [None, None, Some(0)], [None, None, None]]
        );
        assert_eq!(after(&[[12, 10, 2]]), [[None, Some(10), None]], "a line alone");
    }
}
