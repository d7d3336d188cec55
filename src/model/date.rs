//! Dates as Oracle means them: calendar days, closed intervals, and an open end written as a far date.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

/// The beginning of time: the start of a row whose start is blank.
pub const BEGINNING: Date = Date::MIN;
/// An open end: blank, or any date in year 4000 or later (`4712-12-31`, `9999-12-31`).
pub const OPEN: Date = Date::MAX;

/// A closed interval of days: both ends are in effect (`resolution.md` section 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    pub start: Date,
    pub end: Date,
}

impl Interval {
    pub const ALWAYS: Interval = Interval { start: BEGINNING, end: OPEN };

    /// Whether the interval is in effect on `day`.
    pub fn contains(self, day: Date) -> bool {
        self.start <= day && day <= self.end
    }
}

/// A date as it was read: the day, and whether a time of day other than midnight was cut off (`ROW033`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadDate {
    pub day: Date,
    pub had_time: bool,
}

/// How the dates of a file are written: ISO 8601 unless the pipeline gives a `strptime` format.
#[derive(Clone, Debug, Default)]
pub struct DateFormat(Option<String>);

impl DateFormat {
    /// A format in `strptime` words (`%d/%m/%Y`), or `None` for ISO forms only.
    pub fn new(format: Option<&str>) -> Self {
        DateFormat(format.map(str::to_owned))
    }

    /// Reads a trimmed, non-blank cell. `None` if it is no date in this format; day and month are never guessed (rule 7).
    pub fn read(&self, text: &str) -> Option<ReadDate> {
        match &self.0 {
            None => read_iso(text),
            Some(format) => read_format(format, text),
        }
    }
}

/// Whether dates can be read in a format: one that is written in it is the same day when it is read. `DD-MM-YYYY` has no words
/// of `strptime`, and no date is ever written so.
pub fn is_format(format: &str) -> bool {
    const DAY: Date = date(2026, 11, 20);
    let written = DAY.to_zoned(TimeZone::UTC).and_then(|midnight| jiff::fmt::strtime::format(format, &midnight));
    written.is_ok_and(|text| read_format(format, text.trim()).is_some_and(|read| read.day == DAY))
}

/// The end of an interval: a date in year 4000 or later is open.
pub fn end_of(day: Date) -> Date {
    if day.year() >= 4000 { OPEN } else { day }
}

/// The first year that a format is believed: `%Y` takes fewer than four digits too, and would make of 26 a year of the first
/// century, in which everybody has long left.
const FIRST_YEAR: i16 = 1000;

fn read_format(format: &str, text: &str) -> Option<ReadDate> {
    let parsed = jiff::fmt::strtime::parse(format, text).ok()?;
    let day = parsed.to_date().ok().filter(|day| day.year() >= FIRST_YEAR)?;
    let had_time = parsed.to_time().is_ok_and(|time| time != jiff::civil::Time::midnight());
    Some(ReadDate { day, had_time })
}

/// `YYYY-MM-DD` or `YYYYMMDD`, then optionally `T` or a space and a time with an optional zone, which is not applied.
fn read_iso(text: &str) -> Option<ReadDate> {
    let bytes = text.as_bytes();
    let (digits, rest) = if bytes.get(4) == Some(&b'-') {
        if bytes.len() < 10 || bytes[7] != b'-' {
            return None;
        }
        ([bytes[0], bytes[1], bytes[2], bytes[3], bytes[5], bytes[6], bytes[8], bytes[9]], &bytes[10..])
    } else {
        (*bytes.first_chunk::<8>()?, &bytes[8..])
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = |from: &[u8]| from.iter().fold(0i16, |n, d| n * 10 + i16::from(d - b'0'));
    let day = Date::new(number(&digits[..4]), number(&digits[4..6]) as i8, number(&digits[6..]) as i8).ok()?;
    Some(ReadDate { day, had_time: read_time(rest)? })
}

/// Whether the time after a date is other than midnight; `None` if it is no time. `HH:MM[:SS[.fraction]]`, then `Z`, `±HH`, `±HHMM` or `±HH:MM`.
fn read_time(rest: &[u8]) -> Option<bool> {
    let Some((separator, time)) = rest.split_first() else { return Some(false) };
    if !matches!(separator, b'T' | b't' | b' ') {
        return None;
    }
    let text = std::str::from_utf8(time).ok()?;
    let zone = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(zone);
    if !is_zone(zone) {
        return None;
    }
    let clock: jiff::civil::Time = clock.contains(':').then(|| clock.trim_end().parse().ok())??;
    Some(clock != jiff::civil::Time::midnight())
}

fn is_zone(zone: &str) -> bool {
    let digits: Vec<u8> = zone.bytes().skip(1).filter(|b| *b != b':').collect();
    match zone.bytes().next() {
        None => true,
        Some(b'Z' | b'z') => zone.len() == 1,
        Some(_) => matches!(digits.len(), 2 | 4) && digits.iter().all(u8::is_ascii_digit),
    }
}

/// A day for tests and tables: `day(2026, 11, 20)`.
pub const fn day(year: i16, month: i8, of_month: i8) -> Date {
    date(year, month, of_month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_forms_and_only_those() {
        let iso = DateFormat::default();
        let midnight = ReadDate { day: day(2026, 11, 20), had_time: false };
        for text in
            ["2026-11-20", "20261120", "2026-11-20T00:00:00", "2026-11-20 00:00:00.000+00:00", "2026-11-20T00:00Z"]
        {
            assert_eq!(iso.read(text), Some(midnight), "{text}");
        }
        let noon = ReadDate { day: day(2026, 11, 20), had_time: true };
        for text in ["2026-11-20T23:59:59-11:00", "2026-11-20 12:00", "2026-11-20T00:00:00.001Z"] {
            assert_eq!(iso.read(text), Some(noon), "{text}: the date part, without a zone shift");
        }
        for text in [
            "20/11/2026",
            "11/20/2026",
            "2026-13-01",
            "2026-02-30",
            "2026-1-1",
            "2026-11-20T",
            "2026-11-20x",
            "2026-11-20T25:00",
            "",
            "nonsense",
        ] {
            assert_eq!(iso.read(text), None, "{text}");
        }
    }

    #[test]
    fn a_format_is_taken_at_its_word() {
        let british = DateFormat::new(Some("%d/%m/%Y"));
        assert_eq!(british.read("03/04/2026").map(|d| d.day), Some(day(2026, 4, 3)));
        assert_eq!(british.read("2026-04-03"), None);
        for text in ["03/04/26", "03/04/026", "03/04/0026", "03/04/-2026", "03/04/999"] {
            assert_eq!(british.read(text), None, "{text}: no year of four digits");
        }
        assert_eq!(british.read("03/04/1000").map(|d| d.day), Some(day(1000, 4, 3)));
        assert_eq!(DateFormat::new(Some("%G-W%V-%u")).read("26-W14-5"), None);
        let short = DateFormat::new(Some("%d/%m/%y"));
        assert_eq!(short.read("03/04/26").map(|d| d.day), Some(day(2026, 4, 3)));
        assert_eq!(short.read("03/04/99").map(|d| d.day), Some(day(1999, 4, 3)));
    }

    #[test]
    fn a_format_in_which_no_date_can_be_read_is_none() {
        for format in [
            "%d/%m/%Y",
            "%Y-%m-%d",
            "%d.%m.%y",
            "%-d %b %Y",
            "%B %e, %Y",
            "%F",
            "%D",
            "%Y%m%d",
            "%Y-%j",
            "%d/%m/%Y %H:%M",
            "%d/%m/%Y %I:%M:%S %p",
            "%Y-%m-%dT%H:%M:%S%.f%:z",
            " %A %d %B %Y ",
        ] {
            assert!(is_format(format), "{format}");
        }
        for format in ["DD-MM-YYYY", "", "%d-%m", "%H:%M", "%d/%m/%Q", "%", "100%%", "%d-%m-YYYY", "%d/%d/%Y"] {
            assert!(!is_format(format), "{format}");
        }
    }

    #[test]
    fn far_ends_are_open_and_both_ends_are_inside() {
        assert_eq!(end_of(day(4712, 12, 31)), OPEN);
        assert_eq!(end_of(day(3999, 12, 31)), day(3999, 12, 31));
        let week = Interval { start: day(2026, 1, 1), end: day(2026, 1, 7) };
        assert!(week.contains(day(2026, 1, 1)) && week.contains(day(2026, 1, 7)));
        assert!(!week.contains(day(2026, 1, 8)) && Interval::ALWAYS.contains(day(1, 1, 1)));
    }
}
