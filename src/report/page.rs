//! The report as a page: its sections in their order, each of a few kinds of block, so that every table has its caption,
//! its scopes and its end, and every chart its title, its description and the same numbers in a table.

mod close;
mod findings;
mod people;
mod summary;

pub use summary::sentence;

use super::Report;
use super::charts::{Bars, Lines};

/// Longer lists end with "and so many more".
pub const ROWS: usize = 25;
/// Longer texts are cut.
const CHARACTERS: usize = 160;

/// A section of the page.
pub struct Section {
    pub id: &'static str,
    pub title: &'static str,
    pub blocks: Vec<Block>,
}

/// What a section is made of.
pub enum Block {
    Heading(String),
    Text(String),
    /// What to do, in this order.
    Steps(Vec<String>),
    Table(Table),
    Bars(Bars),
    Lines(Lines),
    Finding(Box<Finding>),
    /// Words and what they mean.
    Words(Vec<(&'static str, &'static str)>),
    /// Where people sign.
    Signatures(Vec<&'static str>),
}

/// One code, or one check of the pipeline, in full.
pub struct Finding {
    pub badge: Cell,
    pub code: String,
    pub title: String,
    /// How many, of how many.
    pub count: String,
    /// Headings and paragraphs.
    pub texts: Vec<(&'static str, String)>,
    pub examples: Table,
    pub command: Option<String>,
}

/// A table with a caption; the first cell of a row is its header.
#[derive(Default)]
pub struct Table {
    pub caption: String,
    pub head: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
    /// How many rows are left out.
    pub more: String,
}

/// The head of a column.
pub struct Column {
    pub title: &'static str,
    pub is_number: bool,
}

/// One cell: its text says everything, its class only repeats it in colour.
#[derive(Clone, Default)]
pub struct Cell {
    pub text: String,
    pub class: &'static str,
    /// A bar beside the text, in percent.
    pub bar: Option<u64>,
}

/// The sections, in the order in which they are read.
pub fn sections(report: &Report) -> Vec<Section> {
    let section = |id, title, blocks| Section { id, title, blocks };
    let resolved = |blocks: fn(&Report) -> Vec<Block>| match report.run.unresolved {
        None => blocks(report),
        Some(sentence) => vec![Block::Text(sentence.into())],
    };
    vec![
        section("verdict", "Verdict and what to do next", summary::verdict(report)),
        section("guards", "Guards", summary::guards(report)),
        section("totals", "Control totals", summary::totals(report)),
        section("resolution", "How people were resolved", resolved(people::resolution)),
        section("findings", "Findings", findings::findings(report)),
        section("coverage", "Coverage of the output's fields", resolved(people::coverage)),
        section("references", "Uniqueness and managers", resolved(people::references)),
        section("headcount", "Headcount", resolved(people::headcount)),
        section("changes", "Changes against the last published run", resolved(close::changes)),
        section("outputs", "Outputs", close::outputs(report)),
        section("provenance", "Provenance and sign-off", close::provenance(report)),
        section("glossary", "Glossary", close::glossary()),
    ]
}

/// How the verdict is coloured; its words say the same.
pub fn status_class(report: &Report) -> &'static str {
    match report.status {
        "stopped" => "bad",
        _ if report.balance.persons.quarantined > 0 => "warn",
        _ => "good",
    }
}

impl Table {
    /// Whether a column, counted from 0, is one of numbers.
    pub fn is_number(&self, column: &usize) -> bool {
        self.head.get(*column).is_some_and(|column| column.is_number)
    }

    /// A table whose columns are named; those of numbers stand to the right.
    pub fn new(caption: impl Into<String>, head: &[(&'static str, bool)]) -> Table {
        let head = head.iter().map(|(title, is_number)| Column { title, is_number: *is_number }).collect();
        Table { caption: caption.into(), head, ..Table::default() }
    }

    /// Adds the rows, as many as a reader can take in.
    pub fn with(self, rows: impl IntoIterator<Item = Vec<Cell>>, what: &str) -> Table {
        self.with_all(rows, ROWS, what)
    }

    /// Adds no more than `most` rows.
    pub fn with_all(mut self, rows: impl IntoIterator<Item = Vec<Cell>>, most: usize, what: &str) -> Table {
        let mut rows = rows.into_iter();
        self.rows = rows.by_ref().take(most).collect();
        let rest = rows.count();
        if rest > 0 {
            self.more = format!("and {} more {what}", number(rest as u64));
        }
        self
    }

    /// As a block.
    pub fn block(self) -> Block {
        Block::Table(self)
    }
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Cell {
        Cell { text: clip(text.into()), ..Cell::default() }
    }

    /// A long identifier, such as a hash.
    pub fn code(text: impl Into<String>) -> Cell {
        Cell { class: "code", ..Cell::text(text) }
    }

    pub fn number(count: u64) -> Cell {
        Cell::text(number(count))
    }

    /// A number that may be left out because people could be told apart by it.
    pub fn masked(count: Option<u64>) -> Cell {
        Cell::text(count.map_or_else(|| "masked".into(), number))
    }

    pub fn marked(text: impl Into<String>, class: &'static str) -> Cell {
        Cell { class, ..Cell::text(text) }
    }
}

/// Digits in groups of three.
pub fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A difference with its sign.
pub fn difference(difference: i64) -> String {
    let sign = match difference {
        0 => "±",
        1.. => "+",
        _ => "−",
    };
    format!("{sign}{}", number(difference.unsigned_abs()))
}

/// How many of so many, in percent with one digit; what is little is never nothing, and what is much never all.
pub fn share(count: u64, of: u64) -> String {
    if of == 0 || count == 0 {
        return "0%".into();
    }
    if count == of {
        return "100%".into();
    }
    let tenths = (u128::from(count) * 1000 + u128::from(of) / 2) / u128::from(of);
    match tenths {
        0 => "under 0.1%".into(),
        1000.. if count < of => "over 99.9%".into(),
        _ => format!("{}.{}%", tenths / 10, tenths % 10),
    }
}

/// One thing, or several.
pub fn several(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// A text that is not longer than a reader can take in.
pub fn clip(text: String) -> String {
    match text.char_indices().nth(CHARACTERS) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!([0, 7, 999, 1000, 1_234_567].map(number), ["0", "7", "999", "1,000", "1,234,567"]);
        assert_eq!([0, 3, -1200].map(difference), ["±0", "+3", "−1,200"]);
        assert_eq!(share(0, 0), "0%");
        assert_eq!(share(1, 3), "33.3%");
        assert_eq!(share(1, 1_000_000), "under 0.1%");
        assert_eq!(share(999_999, 1_000_000), "over 99.9%");
        assert_eq!(share(5, 5), "100%");
        assert_eq!(several(1, "person", "persons"), "1 person");
    }

    #[test]
    fn lists_and_texts_have_an_end_that_is_told() {
        let rows = (0..30).map(|row| vec![Cell::number(row)]);
        let table = Table::new("Rows", &[("Row", true)]).with(rows, "rows");
        assert_eq!((table.rows.len(), table.more.as_str()), (ROWS, "and 5 more rows"));
        assert_eq!(clip("é".repeat(161)).chars().count(), 161);
        assert_eq!(clip("é".repeat(160)), "é".repeat(160));
    }
}
