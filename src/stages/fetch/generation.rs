//! Which files belong together: the generation of a file, read from its name, and the newest set of a kind.
//!
//! **The stamp of a name** is a date, with a time of day where one stands beside it:
//!
//! | form | examples |
//! |---|---|
//! | a run of exactly 8, 10, 12, 14 or 17 digits: `YYYYMMDD`, then hour, minute, second, milliseconds | `20261120`, `202611200600`, `20261120060000` |
//! | `YYYY-MM-DD`, with `-`, `_` or `.` between | `2026-11-20`, `2026_11_20` |
//! | after a date: `T` and `HHMM` or `HHMMSS`; after `_`, `-`, `.` or a space only `HHMMSS`; or `HH-MM-SS` after any of them | `2026-11-20T0600`, `20261120_060000`, `2026-11-20_06-00-00` |
//!
//! It must be a day of the calendar in the years 1990 to 2099. Four digits after `_` are a part's number, not a time. Zones are not
//! applied. Where several stamps stand in one name (from, to, written), the latest is the file's **generation**.
//!
//! **The newest set of a pattern**, first rule that applies:
//! 1. Some names have a stamp: all files with the latest one (so `…_2026-11-20_1of2` and `…_2026-11-20_2of2` come together). Names
//!    without a stamp are not considered.
//! 2. One file matches: it.
//! 3. All names say which part they are (`1of2`): all files.
//! 4. The file with the latest modification time; if two share it, or a time is not known, the choice is refused.
//!
//! A set whose names say `1of2` must have each part once. Kinds belong together if their stamps lie no further apart than
//! `max_set_skew`: exactly where both have a time of day, by days otherwise; a kind without a stamp says nothing.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::error::FetchError;
use super::source::Entry;

/// When an extract was made, by its name. Ordered; a day alone comes before the times of that day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    pub date: Date,
    pub time: Option<Time>,
}

impl Stamp {
    /// The last moment that the stamp can mean: the end of its day or its second, in the westernmost zone.
    pub fn latest_moment(self) -> Timestamp {
        let end = DateTime::from_parts(self.date, self.time.unwrap_or(Time::MAX));
        Offset::constant(-12).to_timestamp(end).unwrap_or(Timestamp::MAX)
    }

    /// The first moment that the stamp can mean: the start of its day or its second, in the easternmost zone.
    pub fn earliest_moment(self) -> Timestamp {
        let start = DateTime::from_parts(self.date, self.time.unwrap_or(Time::midnight()));
        Offset::constant(14).to_timestamp(start).unwrap_or(Timestamp::MIN)
    }

    /// Whether this is surely before the other: on one day only where both have a time.
    pub fn is_before(self, other: Stamp) -> bool {
        match (self.time, other.time) {
            (Some(_), Some(_)) => self < other,
            _ => self.date < other.date,
        }
    }

    /// How far two stamps lie apart: exactly where both have a time of day, in whole days otherwise.
    pub fn distance(self, other: Stamp) -> SignedDuration {
        let (a, b) = match (self.time, other.time) {
            (Some(a), Some(b)) => (self.date.to_datetime(a), other.date.to_datetime(b)),
            _ => (self.date.to_datetime(Time::midnight()), other.date.to_datetime(Time::midnight())),
        };
        a.duration_since(b).abs()
    }
}

impl std::fmt::Display for Stamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.time {
            Some(time) => write!(f, "{}T{time}", self.date),
            None => write!(f, "{}", self.date),
        }
    }
}

/// The generation of a file: the latest stamp in its name, if there is one.
pub fn generation(name: &str) -> Option<Stamp> {
    let bytes = name.as_bytes();
    let starts = (0..bytes.len()).filter(|i| bytes[*i].is_ascii_digit() && (*i == 0 || !bytes[i - 1].is_ascii_digit()));
    starts.filter_map(|i| stamp(&bytes[i..])).max()
}

/// The date in a file's name; what `as_of = "file-name"` means.
pub fn date_in_name(name: &str) -> Option<Date> {
    generation(name).map(|stamp| stamp.date)
}

/// A stamp at the start of `text`, which begins with a digit that no digit precedes.
fn stamp(text: &[u8]) -> Option<Stamp> {
    let run = digits(text);
    match run {
        8 => dated(&text[..8], &text[8..]),
        10 | 12 | 14 | 17 => {
            let mut clock = [b'0'; 6];
            clock[..run.min(14) - 8].copy_from_slice(&text[8..run.min(14)]);
            Some(Stamp { date: date(&text[..8])?, time: Some(time(&clock)?) })
        }
        4 => {
            let separator = *text.get(4).filter(|b| b"-_.".contains(b))?;
            let rest = &text[5..];
            if digits(rest) != 2 || rest.get(2) != Some(&separator) || digits(&rest[3..]) != 2 {
                return None;
            }
            dated(&[&text[..4], &rest[..2], &rest[3..5]].concat(), &rest[5..])
        }
        _ => None,
    }
}

fn dated(day: &[u8], rest: &[u8]) -> Option<Stamp> {
    Some(Stamp { date: date(day)?, time: clock(rest) })
}

/// A time of day after a date: its separator first.
fn clock(rest: &[u8]) -> Option<Time> {
    let (separator, text) = rest.split_first()?;
    match (separator, digits(text)) {
        (b'T' | b't', 4) => time(&[&text[..4], b"00"].concat()),
        (b'T' | b't' | b'_' | b'-' | b'.' | b' ', 6) => time(&text[..6]),
        (b'T' | b't' | b'_' | b'-' | b'.' | b' ', 2) => {
            let within = *text.get(2).filter(|b| b"-_.:".contains(b))?;
            let (minute, second) = (text.get(3..5)?, text.get(6..)?);
            if digits(minute) != 2 || text.get(5) != Some(&within) || digits(second) != 2 {
                return None;
            }
            time(&[&text[..2], minute, &second[..2]].concat())
        }
        _ => None,
    }
}

fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|b| b.is_ascii_digit()).count()
}

fn number(digits: &[u8]) -> i16 {
    digits.iter().fold(0, |n, digit| n * 10 + i16::from(digit - b'0'))
}

fn date(digits: &[u8]) -> Option<Date> {
    let year = number(&digits[..4]);
    let day = Date::new(year, number(&digits[4..6]) as i8, number(&digits[6..8]) as i8).ok()?;
    (1990..=2099).contains(&year).then_some(day)
}

fn time(digits: &[u8]) -> Option<Time> {
    Time::new(number(&digits[..2]) as i8, number(&digits[2..4]) as i8, number(&digits[4..6]) as i8, 0).ok()
}

/// Which part of how many: the last `1of2` in the name, without regard to case.
fn part(name: &str) -> Option<(usize, usize)> {
    let lower = name.to_ascii_lowercase();
    lower.match_indices("of").filter_map(|(at, _)| part_at(&lower, at)).last()
}

fn part_at(name: &str, of: usize) -> Option<(usize, usize)> {
    let before = name.as_bytes()[..of].iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let after = digits(&name.as_bytes()[of + 2..]);
    let part = name[of - before..of].parse().ok()?;
    let parts = name[of + 2..of + 2 + after].parse().ok()?;
    (1..=parts).contains(&part).then_some((part, parts))
}

/// The newest set among the files that match a pattern, sorted by name; the rules are this module's.
/// Errors: `Ambiguous` and `Incomplete`. No files give an empty set.
pub(super) fn newest_set(kind: &'static str, mut files: Vec<Entry>) -> Result<Vec<Entry>, FetchError> {
    let newest = files.iter().filter_map(|file| generation(&file.name)).max();
    if newest.is_some() {
        files.retain(|file| generation(&file.name) == newest);
    } else if files.len() > 1 && !files.iter().all(|file| part(&file.name).is_some()) {
        files = vec![latest_modified(kind, files)?];
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    if files.windows(2).any(|pair| pair[0].name == pair[1].name) {
        return Err(FetchError::Ambiguous { kind, names: files.into_iter().map(|file| file.name).collect() });
    }
    all_parts(kind, &files)?;
    Ok(files)
}

fn latest_modified(kind: &'static str, mut files: Vec<Entry>) -> Result<Entry, FetchError> {
    files.sort_by_key(|file| file.modified);
    let known = files.iter().all(|file| file.modified.is_some());
    match files.pop() {
        Some(last) if known && files.last().is_none_or(|before| before.modified < last.modified) => Ok(last),
        last => {
            let names = files.into_iter().chain(last).map(|file| file.name).collect();
            Err(FetchError::Ambiguous { kind, names })
        }
    }
}

/// Where names say `1of2`, every name does, and every part is there once.
fn all_parts(kind: &'static str, files: &[Entry]) -> Result<(), FetchError> {
    let parts: Vec<_> = files.iter().map(|file| part(&file.name)).collect();
    let Some(of) = parts.iter().flatten().map(|(_, of)| *of).max() else { return Ok(()) };
    let mut present: Vec<_> = parts.into_iter().collect();
    present.sort();
    if present.len() == of && present.iter().enumerate().all(|(i, part)| *part == Some((i + 1, of))) {
        return Ok(());
    }
    Err(FetchError::Incomplete { kind, parts: of, names: files.iter().map(|file| file.name.clone()).collect() })
}

/// The two kinds whose newest files lie furthest apart, if that is further than `skew`: `FetchError::Mixed`.
pub(super) fn same_generation(sets: &[(&'static str, String)], skew: SignedDuration) -> Result<(), FetchError> {
    let stamps: Vec<_> = sets.iter().filter_map(|(kind, name)| Some((*kind, generation(name)?))).collect();
    for (i, (kind, stamp)) in stamps.iter().enumerate() {
        for (other, theirs) in &stamps[..i] {
            if stamp.distance(*theirs) > skew {
                return Err(FetchError::Mixed { a: (other, *theirs), b: (kind, *stamp) });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::source::Shape;
    use super::*;

    fn file(name: &str, second: i64) -> Entry {
        let modified = Timestamp::from_second(second).ok();
        Entry { name: name.into(), bytes: Some(1), modified, shape: Shape::File }
    }

    fn set(names: &[(&str, i64)]) -> Result<Vec<String>, FetchError> {
        let files = names.iter().map(|(name, second)| file(name, *second)).collect();
        Ok(newest_set("person", files)?.into_iter().map(|file| file.name).collect())
    }

    #[test]
    fn stamps() {
        for (name, text) in [
            ("Person_2026-11-20.csv.pgp", "2026-11-20"),
            ("Person_2026_11_20.csv", "2026-11-20"),
            ("20261120", "2026-11-20"),
            ("Person_20261120_0001.csv", "2026-11-20"),
            ("Person_20261120_1of2.csv", "2026-11-20"),
            ("Person_2026112006.csv", "2026-11-20T06:00:00"),
            ("Person_202611200630.csv", "2026-11-20T06:30:00"),
            ("Person_20261120063015.csv", "2026-11-20T06:30:15"),
            ("Person_20261120063015123.csv", "2026-11-20T06:30:15"),
            ("Person_20261120_063015.csv", "2026-11-20T06:30:15"),
            ("Person_2026-11-20T0630Z.csv", "2026-11-20T06:30:00"),
            ("Person_2026-11-20_06-30-15.csv", "2026-11-20T06:30:15"),
            ("Person_2026-11-20T06:30:15+00:00.csv", "2026-11-20T06:30:15"),
            ("Person_20200101_20261120.csv", "2026-11-20"),
            ("Person_20261120_20261121060000_1.csv", "2026-11-21T06:00:00"),
            ("Person_2026-11-20_999999.csv", "2026-11-20"),
        ] {
            assert_eq!(generation(name).map(|s| s.to_string()).as_deref(), Some(text), "{name}");
        }
        for name in [
            "Person.csv",
            "Person_20261320.csv",
            "Person_1764633600123.csv",
            "Person_00001234.csv",
            "Person_2026-02-30.csv",
            "2026-11",
            "",
            "é2026",
            "2026-11-2",
            "123456789",
        ] {
            assert_eq!(generation(name), None, "{name}");
        }
        assert_eq!(date_in_name("Person_20261120063015.csv"), Some(jiff::civil::date(2026, 11, 20)));
    }

    #[test]
    fn the_newest_stamp_takes_all_its_files() {
        let two = set(&[
            ("P_2026-11-19.csv", 9),
            ("P_2026-11-20_2of2.csv", 1),
            ("P_2026-11-20_1of2.csv", 2),
            ("P_latest.csv", 10),
        ]);
        assert_eq!(two.unwrap(), ["P_2026-11-20_1of2.csv", "P_2026-11-20_2of2.csv"]);
        let times = set(&[("P_20261120_060000.csv", 1), ("P_20261120_180000.csv", 0), ("P_20261119_235959.csv", 2)]);
        assert_eq!(times.unwrap(), ["P_20261120_180000.csv"]);
    }

    #[test]
    fn without_stamps() {
        assert_eq!(set(&[]).unwrap(), [""; 0]);
        assert_eq!(set(&[("P.csv", 1)]).unwrap(), ["P.csv"]);
        assert_eq!(set(&[("P_b.csv", 1), ("P_a.csv", 2)]).unwrap(), ["P_a.csv"]);
        assert_eq!(set(&[("P_2of2.csv", 1), ("P_1of2.csv", 2)]).unwrap(), ["P_1of2.csv", "P_2of2.csv"]);
        assert!(matches!(set(&[("P_b.csv", 2), ("P_a.csv", 2)]), Err(FetchError::Ambiguous { .. })));
        let twice = [("P_2026-11-20.csv", 1), ("P_2026-11-20.csv", 1)];
        assert!(matches!(set(&twice), Err(FetchError::Ambiguous { .. })), "a server that lists one name twice");
    }

    #[test]
    fn a_missing_part_is_told() {
        for names in [
            &["P_20261120_1of2.csv"][..],
            &["P_2of2.csv"],
            &["P_20261120_1of2.csv", "P_20261120.csv"],
            &["P_1of2.csv", "P_x_1of2.csv"],
            &["P_1of2.csv", "P_2of3.csv"],
        ] {
            let names: Vec<_> = names.iter().map(|name| (*name, 1)).collect();
            assert!(matches!(set(&names), Err(FetchError::Incomplete { .. })), "{names:?}");
        }
        assert_eq!(part("Head0of0_Proof.csv"), None);
        assert_eq!(part("of"), None);
    }

    #[test]
    fn kinds_of_one_generation() {
        let check = |names: &[&'static str]| {
            let sets: Vec<_> = names.iter().map(|name| (*name, (*name).to_owned())).collect();
            same_generation(&sets, SignedDuration::from_hours(6))
        };
        assert!(check(&["P_2026-11-20", "W_20261120", "A_20261120_180000"]).is_ok());
        assert!(check(&["P_20261120_235900", "W_20261121_000100", "A"]).is_ok());
        assert!(matches!(check(&["P_2026-11-20", "W_2026-11-20", "A_2026-11-19"]), Err(FetchError::Mixed { .. })));
        assert!(check(&["P_20261120_000000", "A_20261120_180000"]).is_err());
    }

    #[test]
    fn the_latest_moment_of_a_day_is_its_end_in_the_west() {
        let day = generation("P_2026-11-20").unwrap().latest_moment();
        assert_eq!(day.to_string(), "2026-11-21T11:59:59.999999999Z");
        let [day, early, late] = ["2026-11-20", "20261120_060000", "20261120_180000"].map(|n| generation(n).unwrap());
        assert_eq!(day.earliest_moment().to_string(), "2026-11-19T10:00:00Z");
        assert!(early.is_before(late) && !late.is_before(early) && !day.is_before(late) && !late.is_before(day));
    }

    proptest::proptest! {
        #[test]
        fn any_name_is_read_without_a_panic(name in ".{0,40}", shaped in "[0-9TofOF_.:-]{0,30}") {
            for text in [name, shaped] {
                let _ = (generation(&text), part(&text));
            }
        }
    }
}
