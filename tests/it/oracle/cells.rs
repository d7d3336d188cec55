//! How one cell is read: damage, flags, sequences, dates, types and statuses (resolution.md sections 0 and 2, rule 12).

use jiff::civil::Date;

use super::input::{Settings, Status};

/// Rule 4: digits with an optional fraction and `E+` digits, or a leading `=`.
pub fn is_damaged(text: &str) -> bool {
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if text.starts_with('=') {
        return true;
    }
    let Some((mantissa, exponent)) = text.split_once("E+") else { return false };
    let mantissa_is_number = match mantissa.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(mantissa),
    };
    mantissa_is_number && digits(exponent)
}

/// A flag: blank is `Ok(None)`, anything unknown is `Err` (`ROW034`).
pub fn flag(text: &str) -> Result<Option<bool>, ()> {
    match text.to_ascii_lowercase().as_str() {
        "" => Ok(None),
        "y" | "yes" | "true" | "1" => Ok(Some(true)),
        "n" | "no" | "false" | "0" => Ok(Some(false)),
        _ => Err(()),
    }
}

/// An EffectiveSequence: blank is 1, no whole number is `Err` (`ROW035`).
pub fn sequence(text: &str) -> Result<u64, ()> {
    if text.is_empty() {
        return Ok(1);
    }
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(());
    }
    text.parse().map_err(|_| ())
}

/// A date cell (rule 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateCell {
    Blank,
    Unreadable,
    Day { date: Date, timed: bool },
}

/// Reads `YYYY-MM-DD` or `YYYYMMDD`, with `T` or a space and a time and perhaps a zone behind it.
pub fn date(text: &str) -> DateCell {
    if text.is_empty() {
        return DateCell::Blank;
    }
    let Some((date, rest)) = day(text) else { return DateCell::Unreadable };
    if rest.is_empty() {
        return DateCell::Day { date, timed: false };
    }
    let Some(clock) = rest.strip_prefix('T').or_else(|| rest.strip_prefix(' ')) else { return DateCell::Unreadable };
    match time(clock) {
        Some(timed) => DateCell::Day { date, timed },
        None => DateCell::Unreadable,
    }
}

fn day(text: &str) -> Option<(Date, &str)> {
    let (year, month, date, rest) = if text.get(4..5)? == "-" {
        if text.get(7..8)? != "-" {
            return None;
        }
        (text.get(0..4)?, text.get(5..7)?, text.get(8..10)?, text.get(10..)?)
    } else {
        (text.get(0..4)?, text.get(4..6)?, text.get(6..8)?, text.get(8..)?)
    };
    Some((Date::new(number(year)?, number(month)? as i8, number(date)? as i8).ok()?, rest))
}

fn number(text: &str) -> Option<i16> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// Whether the time of day `HH:MM[:SS[.f]][zone]` is another than midnight; `None` when it is no time.
fn time(text: &str) -> Option<bool> {
    let end = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(end);
    let digits: Vec<u8> = zone.bytes().skip(1).filter(|b| *b != b':').collect();
    let zone_is_right = zone.is_empty()
        || zone == "Z"
        || (!zone.starts_with('Z') && digits.len() == 4 && digits.iter().all(u8::is_ascii_digit));
    if !zone_is_right {
        return None;
    }
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let parts: Vec<&str> = whole.split(':').collect();
    if parts.len() < 2 || parts.len() > 3 || parts.iter().any(|p| p.len() != 2) {
        return None;
    }
    if clock.contains('.') && parts.len() != 3 {
        return None;
    }
    if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let values: Vec<i16> = parts.iter().map(|p| number(p)).collect::<Option<_>>()?;
    if values[0] > 23 || values[1..].iter().any(|v| *v > 59) {
        return None;
    }
    Some(values.iter().any(|v| *v != 0) || fraction.bytes().any(|b| b != b'0'))
}

/// What rule 6 says of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    Admitted(Option<char>),
    Terms,
    Offer,
    Unknown,
}

/// Rule 6 for one type; WorkerType and SystemPersonType (`long`) know CWK, NONW and PWK too.
pub fn admission(text: &str, long: bool) -> Admission {
    match text {
        "" => Admission::Admitted(None),
        "E" | "EMP" => Admission::Admitted(Some('E')),
        "C" => Admission::Admitted(Some('C')),
        "N" => Admission::Admitted(Some('N')),
        "P" => Admission::Admitted(Some('P')),
        "CWK" if long => Admission::Admitted(Some('C')),
        "NONW" if long => Admission::Admitted(Some('N')),
        "PWK" if long => Admission::Admitted(Some('P')),
        "ET" | "CT" | "NT" | "OT" | "PT" => Admission::Terms,
        "O" | "A" => Admission::Offer,
        _ => Admission::Unknown,
    }
}

/// Rule 12: the HR status of a row, and what there is to say of it. `None` is unknown (`STA001`).
pub fn status(kind: &str, code: &str, settings: &Settings) -> (Option<Status>, Vec<&'static str>) {
    let of_type = match kind {
        "ACTIVE" => Some(Status::Active),
        "SUSPENDED" => Some(Status::Suspended),
        "INACTIVE" => Some(Status::Inactive),
        _ => None,
    };
    let of_code = if code.starts_with("ACTIVE_") {
        Some(Status::Active)
    } else if code.starts_with("SUSPEND_") {
        Some(Status::Suspended)
    } else if code.starts_with("INACTIVE_") {
        Some(Status::Inactive)
    } else {
        settings.status.get(code).copied()
    };
    if kind.is_empty() && code.is_empty() {
        return (Some(Status::Active), vec!["STA003"]);
    }
    if kind.is_empty() {
        return (of_code, if of_code.is_none() { vec!["STA001"] } else { vec![] });
    }
    let mut codes = vec![];
    if of_type.is_none() {
        codes.push("STA001");
    } else if of_code.is_some() && of_code != of_type {
        codes.push("STA002");
    }
    (of_type, codes)
}

/// Rule 22: exactly one `@`, no empty side, no white space.
pub fn is_malformed_email(text: &str) -> bool {
    let sides: Vec<&str> = text.split('@').collect();
    sides.len() != 2 || sides.iter().any(|s| s.is_empty()) || text.chars().any(char::is_whitespace)
}

/// The greatest id is the longest, then the last in byte order (rule 16).
pub fn id_rank(id: &str) -> (usize, String) {
    (id.len(), id.to_owned())
}
