//! A set of codes in one machine word: what a person or a row bears, kept for a million of them.

use std::fmt;

use super::{CATALOGUE, COUNT, Code};

/// A set of codes, such as those of one person: distinct, and sorted by their texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Codes(u128);

// One bit a code.
const _: () = assert!(COUNT <= u128::BITS as usize);

impl Codes {
    pub fn insert(&mut self, code: Code) {
        self.0 |= 1 << code as u8;
    }

    pub fn contains(self, code: Code) -> bool {
        self.0 & (1 << code as u8) != 0
    }

    pub fn union(self, other: Codes) -> Codes {
        Codes(self.0 | other.0)
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The codes in the order of their texts.
    pub fn iter(self) -> impl Iterator<Item = Code> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let lowest = CATALOGUE.get(rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            Some(lowest.code)
        })
    }
}

impl FromIterator<Code> for Codes {
    fn from_iter<I: IntoIterator<Item = Code>>(codes: I) -> Self {
        let mut set = Codes::default();
        codes.into_iter().for_each(|code| set.insert(code));
        set
    }
}

/// Joined by `;`, as in `resolution.csv` and `quarantine.csv`.
impl fmt::Display for Codes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, code) in self.iter().enumerate() {
            let separator = if i == 0 { "" } else { ";" };
            write!(f, "{separator}{code}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::all;
    use super::*;

    #[test]
    fn a_set_is_sorted_and_distinct_whatever_came_first() {
        let codes: Codes = [Code::Wr041, Code::Asg010, Code::Row034, Code::Asg010].into_iter().collect();
        assert_eq!(codes.to_string(), "ASG010;ROW034;WR041");
        assert!(codes.contains(Code::Row034) && !codes.contains(Code::Row035));
        let more = codes.union([Code::Key010].into_iter().collect());
        assert_eq!(more.iter().collect::<Vec<_>>(), [Code::Asg010, Code::Key010, Code::Row034, Code::Wr041]);
        assert!(Codes::default().is_empty() && Codes::default().to_string().is_empty() && !more.is_empty());
        assert_eq!(all().collect::<Codes>().iter().count(), COUNT);
    }
}
