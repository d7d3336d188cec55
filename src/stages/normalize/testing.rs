//! Small sources for the unit tests of this stage and of those to its right, in which one row stands out.

use jiff::civil::{Date, date};

use super::{Table, Workforce, Writing, add_file, normalize};
use crate::model::date::DateFormat;
use crate::model::kind::Kind;
use crate::model::layout::Layout;
use crate::model::range::KeyRange;
use crate::stages::read::{CsvFile, Extract};

/// D of all unit tests.
pub const DAY: Date = date(2026, 11, 20);

/// The text of a file: the header, then its rows, each a line.
pub struct Csv {
    pub kind: Kind,
    pub text: String,
}

impl Csv {
    pub fn new(kind: Kind, header: &str, rows: &str) -> Csv {
        Csv { kind, text: format!("{header}\n{rows}\n") }
    }
}

/// The workforce of these files, one a kind, as of [`DAY`].
pub fn workforce(files: Vec<Csv>) -> Workforce {
    normalize(tables(&files), DAY, KeyRange::ALL)
}

/// The rows of these files, before anything is decided.
pub fn tables(files: &[Csv]) -> [Table; Kind::ALL.len()] {
    let is_configured = |kind: Kind| files.iter().any(|file| file.kind == kind);
    Kind::ALL.map(|kind| {
        let layout = Layout::new(
            kind,
            [("WorkEmail", false), ("LastName", false), ("EmailType", false), ("BusinessUnitName", false)],
        );
        let is_flat = kind == Kind::Assignment && !is_configured(Kind::WorkRelationship);
        let layout = if is_flat { layout.telling_of_work_relationships() } else { layout };
        let mut table = Table::new(layout, is_configured(kind));
        let writing = Writing { dates: DateFormat::default(), nulls: Vec::new(), history: true };
        let options: Extract = toml::from_str("file = 'x'\nallow_empty = true").unwrap();
        for file in files.iter().filter(|file| file.kind == kind) {
            let name = format!("{kind}.csv");
            let csv = CsvFile::open(&name, kind, file.text.clone().into_bytes(), &options, false, &[]).unwrap();
            add_file(&mut table.rows, &mut table.seen, csv, &table.layout, &writing, None);
        }
        table
    })
}

/// The codes of a person after normalization.
pub fn codes(workforce: &Workforce, number: &str) -> String {
    workforce.find(number).map_or_else(|| "nobody".to_owned(), |person| workforce.notes[person].codes.to_string())
}
