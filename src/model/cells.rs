//! The cells of rows as they are kept: of many rows in one string, trimmed, and behind each row where its cells start.
//! Millions fit into memory because nothing is stored twice, and a cell is found without a look elsewhere.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

/// The texts of many rows. Each is the cells of the kept columns that its file has, one after the other, and then the place: how
/// many digits a number has, and for each cell how many bytes before the place it starts, and 0 for where the last one ends. A
/// digit is a character of seven bits, so that all of it is text; most rows take one or two of them.
#[derive(Debug)]
pub(super) struct Texts {
    columns: Columns,
    text: String,
    /// Of the row that is being written where each cell starts.
    starts: Vec<usize>,
    /// What is to be written behind a row, kept for its room.
    numbers: Vec<u8>,
}

impl Texts {
    const BITS: usize = 7;

    pub(super) fn new(columns: Columns) -> Texts {
        Texts { columns, text: String::new(), starts: Vec::new(), numbers: Vec::new() }
    }

    /// Makes room for so many times what is there.
    pub(super) fn reserve(&mut self, times: usize) {
        self.text.reserve(self.text.len() * times);
    }

    /// Adds a cell to the row that is being written.
    pub(super) fn push(&mut self, cell: &str) {
        self.starts.push(self.text.len());
        self.text.push_str(cell);
    }

    /// Ends the row that is being written, and returns its place.
    pub(super) fn end_row(&mut self) -> u32 {
        let place = self.text.len();
        let length = self.starts.first().map_or(0, |start| place - start);
        let digits = ((usize::BITS - length.leading_zeros()) as usize).div_ceil(Self::BITS).max(1);
        self.starts.push(place);
        let before = self.starts.drain(..).map(|start| place - start);
        let digit = |number: usize, nth: usize| (number >> (nth * Self::BITS)) as u8 & 0x7f;
        self.numbers.clear();
        self.numbers.push(digits as u8);
        match digits {
            1 => self.numbers.extend(before.map(|number| digit(number, 0))),
            2 => self.numbers.extend(before.flat_map(|number| [digit(number, 1), digit(number, 0)])),
            _ => before.for_each(|number| self.numbers.extend((0..digits).rev().map(|nth| digit(number, nth)))),
        }
        // Seven bits are ASCII.
        self.text.push_str(str::from_utf8(&self.numbers).unwrap_or_default());
        place as u32
    }

    /// Where the nth cell of the row at a place stands.
    fn span(&self, place: usize, nth: usize) -> Range<usize> {
        let text = self.text.as_bytes();
        let digits = usize::from(text[place]);
        let [start, end] = match &text[place + 1 + nth * digits..][..2 * digits] {
            [start, end] => [start, end].map(|digit| usize::from(*digit)),
            [a, b, c, d] => [[a, b], [c, d]].map(|[high, low]| usize::from(*high) << Self::BITS | usize::from(*low)),
            more => [&more[..digits], &more[digits..]]
                .map(|number| number.iter().fold(0, |number, digit| number << Self::BITS | usize::from(*digit))),
        };
        place - start..place - end
    }

    /// Gives back the room that nothing came into.
    pub(super) fn shrink(&mut self) {
        self.text.shrink_to_fit();
        (self.starts, self.numbers) = (Vec::new(), Vec::new());
    }

    /// How many bytes they take.
    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The cells of the row that was written to this place.
    pub(super) fn cells(&self, place: u32) -> Cells<'_> {
        Cells { texts: self, place }
    }
}

/// Of the kept columns of a layout those that a file has, in the order of the layout. By place in the layout: which of the file's
/// columns it is, or [`Columns::ABSENT`].
#[derive(Clone, Debug)]
pub struct Columns(Arc<[u16]>);

impl Columns {
    const ABSENT: u16 = u16::MAX;

    /// By place in the layout, whether the file has the column.
    pub fn new(present: impl IntoIterator<Item = bool>) -> Columns {
        let mut width = 0;
        let number = |present| {
            let nth = if present { width } else { Self::ABSENT };
            width += u16::from(present);
            nth
        };
        Columns(present.into_iter().map(number).collect())
    }
}

/// The cells of one row.
#[derive(Clone, Copy, Debug)]
pub struct Cells<'a> {
    texts: &'a Texts,
    place: u32,
}

impl<'a> Cells<'a> {
    /// The cell of a column of the layout; blank where the file has no such column.
    pub fn get(self, column: usize) -> &'a str {
        self.texts.columns.0.get(column).map_or("", |nth| self.nth(*nth))
    }

    /// All cells in the order of the layout.
    pub fn iter(self) -> impl Iterator<Item = &'a str> {
        self.texts.columns.0.iter().map(move |nth| self.nth(*nth))
    }

    /// Whether two rows are equal in all columns but some.
    pub fn equal_but(self, other: Cells<'_>, columns: &RangeInclusive<usize>) -> bool {
        let mut both = self.iter().zip(other.iter()).enumerate();
        self.is(other) || both.all(|(place, (cell, other))| cell == other || columns.contains(&place))
    }

    /// Whether two rows are equal in some columns.
    pub fn equal_at(self, other: Cells<'_>, columns: &[usize]) -> bool {
        self.is(other) || columns.iter().all(|column| self.get(*column) == other.get(*column))
    }

    /// Whether it is the same row: then it is equal without a look at its cells.
    fn is(self, other: Cells<'_>) -> bool {
        std::ptr::eq(self.texts, other.texts) && self.place == other.place
    }

    /// The nth of the cells that its file has.
    fn nth(self, nth: u16) -> &'a str {
        let span = || self.texts.span(self.place as usize, usize::from(nth));
        if nth == Columns::ABSENT { "" } else { &self.texts.text[span()] }
    }

    /// All cells, without what parts them.
    fn text(self) -> &'a str {
        let place = self.place as usize;
        &self.texts.text[self.texts.span(place, 0).start..place]
    }
}

/// Cells are compared one by one, in the order of the layout, whichever columns their files have.
impl Ord for Cells<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.is(*other) { Ordering::Equal } else { self.iter().cmp(other.iter()) }
    }
}

impl PartialOrd for Cells<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Cells<'_> {
    fn eq(&self, other: &Self) -> bool {
        // Most that differ do so in their text as a whole.
        self.is(*other) || self.text() == other.text() && self.iter().eq(other.iter())
    }
}

impl Eq for Cells<'_> {}

impl Hash for Cells<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.iter().for_each(|cell| cell.hash(state));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts of a file that has some of the columns, and the places of its rows.
    fn texts(present: &[bool], rows: &[&[&str]]) -> (Texts, Vec<u32>) {
        let mut texts = Texts::new(Columns::new(present.iter().copied()));
        let mut write = |row: &&[&str]| {
            row.iter().for_each(|cell| texts.push(cell));
            texts.end_row()
        };
        let places = rows.iter().map(&mut write).collect();
        texts.shrink();
        (texts, places)
    }

    fn all<'a>(cells: Cells<'a>, columns: usize) -> Vec<&'a str> {
        let one_by_one: Vec<&str> = (0..columns).map(|column| cells.get(column)).collect();
        let together: Vec<&str> = cells.iter().collect();
        assert_eq!(together, one_by_one[..together.len()]);
        one_by_one
    }

    #[test]
    fn a_cell_is_found_by_its_column_and_blank_where_the_file_has_none() {
        let rows: [&[&str]; 3] = [&["a", "bc", ""], &["", "", "ü"], &["", "", ""]];
        let (texts, places) = texts(&[true, false, true, true], &rows);
        let row = |row: usize| all(texts.cells(places[row]), 5);
        assert_eq!(row(0), ["a", "", "bc", "", ""]);
        assert_eq!(row(1), ["", "", "", "ü", ""]);
        assert_eq!(row(2), ["", "", "", "", ""]);
    }

    #[test]
    fn a_row_may_have_any_length() {
        for length in [1, 126, 127, 128, 16_382, 16_383, 16_384, 1 << 20, (1 << 21) - 1, 1 << 21] {
            let long = "x".repeat(length - 1);
            let (texts, places) = texts(&[true; 3], &[&["a", "b", "c"], &["é", &long, "y"], &["d", "", "e"]]);
            let row = |row: usize| all(texts.cells(places[row]), 3);
            assert_eq!((row(0), row(2)), (vec!["a", "b", "c"], vec!["d", "", "e"]));
            assert!(row(1) == ["é", &long, "y"], "{length}");
        }
    }

    #[test]
    fn rows_are_compared_cell_by_cell_whatever_columns_their_files_have() {
        let (narrow, of_narrow) = texts(&[true, false, true], &[&["ab", "c"], &["a", "bc"]]);
        let (wide, of_wide) = texts(&[true; 3], &[&["ab", "", "c"], &["a", "b", "c"], &["a", "", "bd"]]);
        let narrow = |row: usize| narrow.cells(of_narrow[row]);
        let wide = |row: usize| wide.cells(of_wide[row]);
        assert!(narrow(0) == wide(0) && narrow(0).cmp(&wide(0)) == Ordering::Equal);
        assert!(narrow(0) != narrow(1) && narrow(1) != wide(1), "the same text, cut elsewhere");
        assert!(narrow(1) < wide(1) && wide(1) > wide(2) && narrow(1) < narrow(0));
        assert!(narrow(1).equal_but(wide(2), &(1..=2)) && !narrow(1).equal_but(wide(2), &(0..=1)));
        assert!(narrow(1).equal_at(wide(2), &[0, 1]) && !narrow(1).equal_at(wide(2), &[1, 2]));
    }
}
