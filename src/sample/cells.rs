//! What one cell of a synthetic extract can hold, right or wrong, and how it is written. Cells are small and copied,
//! so that an oddity can bend any of them, and no cell allocates.

use jiff::civil::Date;

/// An identifier, a number or a fixed text: the text, then the number unless it is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    pub text: &'static str,
    pub number: u64,
}

impl Cell {
    pub const BLANK: Cell = Cell { text: "", number: 0 };

    pub const fn number(number: u64) -> Cell {
        Cell { text: "", number }
    }

    pub const fn text(text: &'static str) -> Cell {
        Cell { text, number: 0 }
    }

    pub fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.text.as_bytes());
        if self.number > 0 {
            write_number(out, self.number);
        }
    }
}

/// A date's cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    On(Date),
    /// With a time of day, which a reader has to cut off.
    Morning(Date),
    Text(&'static str),
}

impl Day {
    pub const BLANK: Day = Day::Text("");
    /// The open end, as Oracle writes it.
    pub const OPEN: Day = Day::Text("4712-12-31");

    pub fn write(self, out: &mut Vec<u8>) {
        match self {
            Day::On(date) => write_date(out, date),
            Day::Morning(date) => {
                write_date(out, date);
                out.extend_from_slice(b"T09:30:00");
            }
            Day::Text(text) => out.extend_from_slice(text.as_bytes()),
        }
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Day {
        Day::On(date)
    }
}

/// The day `days` later, or earlier where negative; it stops at the ends of the calendar.
pub fn shift(date: Date, days: i32) -> Date {
    date.saturating_add(jiff::Span::new().days(days))
}

/// The digits of a number: a million persons have some fifty million of them.
fn write_number(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

fn write_date(out: &mut Vec<u8>, date: Date) {
    let (year, month, day) = (date.year().max(0) as u16, date.month() as u8, date.day() as u8);
    let digit = |n: u16| b'0' + (n % 10) as u8;
    let two = |n: u8| [b'0' + n / 10, b'0' + n % 10];
    let ([m1, m2], [d1, d2]) = (two(month), two(day));
    out.extend_from_slice(&[
        digit(year / 1000),
        digit(year / 100),
        digit(year / 10),
        digit(year),
        b'-',
        m1,
        m2,
        b'-',
        d1,
        d2,
    ]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::date::day;

    fn written(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn cells_are_written_as_they_read() {
        assert_eq!(written(|out| Cell::number(300_100_591_016_284).write(out)), "300100591016284");
        assert_eq!(written(|out| Cell { text: "00", number: 7 }.write(out)), "007");
        assert_eq!(written(|out| Cell::BLANK.write(out)), "");
        assert_eq!(written(|out| Day::On(day(2026, 1, 9)).write(out)), "2026-01-09");
        assert_eq!(written(|out| Day::Morning(day(987, 12, 31)).write(out)), "0987-12-31T09:30:00");
    }

    #[test]
    fn days_cross_months_and_years() {
        assert_eq!(shift(day(2026, 3, 1), -1), day(2026, 2, 28));
        assert_eq!(shift(day(2026, 12, 31), 1), day(2027, 1, 1));
    }
}
