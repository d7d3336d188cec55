//! The file pattern of one kind of record (`file = "Person_*.csv.pgp"`): a glob over file names, never over folders.

use globset::{GlobBuilder, GlobMatcher};

use super::error::FetchError;

/// A glob (`*`, `?`, `[a-z]`, `{a,b}`) over the name of a file; case counts.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    matcher: GlobMatcher,
}

impl Pattern {
    /// Reads a pattern. `FetchError::Pattern` if it is empty, names a folder, or is no glob.
    pub fn new(text: &str) -> Result<Self, FetchError> {
        let wrong = |reason: String| FetchError::Pattern { pattern: text.to_owned(), reason };
        if text.is_empty() {
            return Err(wrong("it is empty".into()));
        }
        if text.contains('/') {
            return Err(wrong("it names a folder; the folder stands in [fetch].from".into()));
        }
        let glob = GlobBuilder::new(text).literal_separator(true).build().map_err(|e| wrong(e.kind().to_string()))?;
        Ok(Pattern { text: text.to_owned(), matcher: glob.compile_matcher() })
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the pattern takes a file of this name.
    pub fn takes(&self, name: &str) -> bool {
        self.matcher.is_match(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_about_names() {
        let person = Pattern::new("Person_*.csv.pgp").unwrap();
        assert!(person.takes("Person_2026-11-20.csv.pgp"));
        assert!(person.takes("Person_a b\n.csv.pgp"), "an odd name is matched here, and refused by its owner");
        for other in
            ["person_1.csv.pgp", "Person_1.csv", "a/Person_1.csv.pgp", "Person_../x.csv.pgp", "XPerson_1.csv.pgp"]
        {
            assert!(!person.takes(other), "{other}");
        }
        assert!(Pattern::new("{A,B}_[0-9]?.csv").unwrap().takes("B_1x.csv"));
        assert!(Pattern::new("Exact (1).csv").unwrap().takes("Exact (1).csv"));
    }

    #[test]
    fn a_pattern_that_cannot_be_meant_is_refused() {
        for wrong in ["", "in/Person_*.csv", "../*", "/abs", "[a", "{a"] {
            assert!(matches!(Pattern::new(wrong), Err(FetchError::Pattern { .. })), "{wrong}");
        }
    }
}
