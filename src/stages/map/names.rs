//! What the files of an output are called: mostly as the pipeline says, and beside that, or in its place, by names that a
//! format derives. No two files of a run may have one name, whatever the case.

use super::OutputPlan;
use crate::targets::{FieldType, Format, Limits, Managers};

/// The least digits of the number of a part of a table.
const PART_DIGITS: usize = 3;
/// The least digits of the number of a bulk request.
const REQUEST_DIGITS: usize = 4;
/// What stands after the stem of a file that says who manages whom.
const MANAGERS: &str = "-managers";

/// Whether two files of these names would be one where case does not count.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// The name of one of several parts of a table, counted from 1: `users-001.csv`.
pub(super) fn part(file: &str, nth: usize, of: usize) -> String {
    numbered(file, nth, of.to_string().len().max(PART_DIGITS), "")
}

/// The name of a bulk request, counted from 1: `users-0001.json`, and `users-0002-managers.json` in the second pass.
pub(super) fn request(file: &str, nth: usize, is_second: bool) -> String {
    numbered(file, nth, REQUEST_DIGITS, if is_second { MANAGERS } else { "" })
}

/// The name of the filters by which accounts are found.
pub(super) fn lookups(file: &str) -> String {
    format!("{}-lookups.txt", split(file).0)
}

/// The name of the second file of a directory: `people-managers.ldif`.
pub(super) fn managers(file: &str) -> String {
    let (stem, ending) = split(file);
    let ending = if ending.is_empty() { ".ldif" } else { ending };
    format!("{stem}{MANAGERS}{ending}")
}

fn numbered(file: &str, nth: usize, digits: usize, after: &str) -> String {
    let (stem, ending) = split(file);
    format!("{stem}-{nth:0digits$}{after}{ending}")
}

/// The name of a file, and its ending with the dot.
fn split(file: &str) -> (&str, &str) {
    file.rfind('.').map_or((file, ""), |dot| file.split_at(dot))
}

/// A name that a file of an output may have.
enum Name {
    One(String),
    /// All that have a number of at least so many digits between these.
    Numbered {
        before: String,
        digits: usize,
        after: String,
    },
}

impl Name {
    /// The name, or the first of them.
    fn example(&self) -> String {
        match self {
            Name::One(name) => name.clone(),
            Name::Numbered { before, digits, after } => format!("{before}{:0digits$}{after}", 1),
        }
    }

    /// Whether this is the name, or one of them.
    fn is(&self, name: &str) -> bool {
        match self {
            Name::One(own) => is_same(own, name),
            Name::Numbered { before, digits, after } => {
                let name = name.to_lowercase();
                let rest = name.strip_prefix(&before.to_lowercase());
                let number = rest.and_then(|rest| rest.strip_suffix(&after.to_lowercase()));
                number.is_some_and(|number| number.len() >= *digits && number.bytes().all(|byte| byte.is_ascii_digit()))
            }
        }
    }
}

impl OutputPlan {
    /// A name that a file of this output and one of the other may both have.
    pub(super) fn shares_name(&self, other: &OutputPlan) -> Option<String> {
        let others = other.names();
        let shared = |one: &Name| {
            let of_other = others.iter().map(Name::example).find(|name| one.is(name));
            of_other.or_else(|| Some(one.example()).filter(|name| others.iter().any(|other| other.is(name))))
        };
        self.names().iter().find_map(shared)
    }

    /// What its files are called, in words; the first of those that are numbered.
    pub(super) fn called(&self) -> String {
        let names: Vec<String> = self.names().iter().map(Name::example).collect();
        format!("the files of {} are called {}", self.file, names.join(", "))
    }

    /// The names that its files may have.
    fn names(&self) -> Vec<Name> {
        let has = |kind| self.fields.iter().any(|field| field.kind == kind);
        let own = || Name::One(self.file.clone());
        let (stem, ending) = split(&self.file);
        let numbered = |digits, after: &str| Name::Numbered {
            before: format!("{stem}-"),
            digits,
            after: format!("{after}{ending}"),
        };
        match (self.format, &self.profile.bulk) {
            (Format::ScimBulk, Some(bulk)) => {
                let mut names = vec![numbered(REQUEST_DIGITS, "")];
                if bulk.managers == Managers::BulkId && has(FieldType::Manager) {
                    names.push(numbered(REQUEST_DIGITS, MANAGERS));
                }
                names.extend(bulk.lookup.iter().map(|_| Name::One(lookups(&self.file))));
                names
            }
            (Format::Ldif, _) if has(FieldType::Manager) => vec![own(), Name::One(managers(&self.file))],
            (Format::Csv, _) if self.limits != Limits::default() => {
                vec![own(), numbered(PART_DIGITS, "")]
            }
            _ => vec![own()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_file_are_in_order_by_name() {
        assert_eq!(part("users.csv", 1, 2), "users-001.csv");
        assert_eq!(part("users.csv", 12, 1200), "users-0012.csv");
        assert_eq!(part("users", 1, 2), "users-001");
        assert_eq!(request("users.json", 12, false), "users-0012.json");
        assert_eq!(request("users.json", 12, true), "users-0012-managers.json");
        assert_eq!((managers("p.ldif"), managers("p")), ("p-managers.ldif".to_owned(), "p-managers.ldif".to_owned()));
        assert_eq!(lookups("users.json"), "users-lookups.txt");
    }

    #[test]
    fn a_number_has_any_value_and_at_least_its_digits() {
        let parts = Name::Numbered { before: "Users-".into(), digits: 3, after: ".csv".into() };
        for (name, is) in [
            ("users-001.csv", true),
            ("users-0001.CSV", true),
            ("users-1.csv", false),
            ("users-a01.csv", false),
            ("user-001.csv", false),
            ("users-001.txt", false),
            ("users-001-managers.csv", false),
            ("users-.csv", false),
            ("users.csv", false),
        ] {
            assert_eq!(parts.is(name), is, "{name}");
        }
    }
}
