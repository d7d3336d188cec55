//! A range of PersonNumbers: who is worked on at a time where not everybody fits into memory. Ranges follow each other in
//! byte order, so that what they give follows each other too.

use std::ops::Range;

/// The beginning of a PersonNumber as one number, which is ordered as the texts are; two texts may have the same.
pub fn beginning(number: &str) -> u128 {
    let mut bytes = [0; size_of::<u128>()];
    let length = number.len().min(bytes.len());
    bytes[..length].copy_from_slice(&number.as_bytes()[..length]);
    u128::from_be_bytes(bytes)
}

/// The PersonNumber with this beginning, if it is no longer than that.
pub fn whole(beginning: &[u8; size_of::<u128>()]) -> Option<&str> {
    let length = beginning.iter().position(|byte| *byte == 0)?;
    str::from_utf8(&beginning[..length]).ok()
}

/// PersonNumbers by their [`beginning`]: from the first on, up to the second and without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyRange {
    pub from: u128,
    /// `None`: to the last, and rows whose PersonNumber cannot be read as well.
    pub to: Option<u128>,
}

impl KeyRange {
    /// Everybody.
    pub const ALL: KeyRange = KeyRange { from: 0, to: None };

    /// Whether nobody stands before it.
    pub fn is_first(&self) -> bool {
        self.from == 0
    }

    /// Whether nobody stands behind it.
    pub fn is_last(&self) -> bool {
        self.to.is_none()
    }

    pub fn contains(&self, number: &str) -> bool {
        let beginning = beginning(number);
        self.from <= beginning && self.to.is_none_or(|to| beginning < to)
    }

    /// Which of so many persons, in the order of their PersonNumbers, stand in it.
    pub fn of<'a>(&self, persons: usize, number: impl Fn(usize) -> &'a str) -> Range<usize> {
        let first_from = |bound: u128| {
            let (mut low, mut high) = (0, persons);
            while low < high {
                let middle = low + (high - low) / 2;
                if beginning(number(middle)) < bound { low = middle + 1 } else { high = middle }
            }
            low
        };
        first_from(self.from)..self.to.map_or(persons, first_from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_those_from_its_first_up_to_its_end() {
        let numbers = ["", "001", "1", "10", "1000000000000000A", "1000000000000000B", "Ü"];
        for cut in numbers {
            let (before, after) =
                (KeyRange { from: 0, to: Some(beginning(cut)) }, KeyRange { from: beginning(cut), to: None });
            let low = before.of(numbers.len(), |person| numbers[person]);
            let high = after.of(numbers.len(), |person| numbers[person]);
            assert_eq!((low.start, low.end, high.end), (0, high.start, numbers.len()), "{cut}");
            for (person, number) in numbers.iter().enumerate() {
                assert_eq!(before.contains(number), low.contains(&person), "{number} before {cut}");
                assert_eq!(after.contains(number), high.contains(&person), "{number} from {cut}");
            }
        }
        assert_eq!(beginning("1000000000000000A"), beginning("1000000000000000B"), "who begins alike stays together");
        for number in numbers {
            let beginning = beginning(number).to_be_bytes();
            assert_eq!(whole(&beginning), Some(number).filter(|number| number.len() < beginning.len()), "{number}");
        }
    }
}
