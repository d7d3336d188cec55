//! The shape of a value: what a report may show of a wrong one, since it tells what is wrong and nothing of whose it is.

use std::fmt::Write;

/// How many runs of like characters are spelled out.
const RUNS: usize = 8;

/// `YYYY-13-DD` of a date that is none, else runs of like characters: `7 digits`, `3 letters, space, 5 letters`. Letters and
/// digits never stand in it, but for a month or a day that there is not.
pub fn shape(value: &str) -> String {
    if let Some(date) = iso_date(value) {
        return date;
    }
    let runs = runs(value);
    if runs.len() > RUNS {
        return format!("{} characters, {} of them letters and digits", value.chars().count(), alphanumerics(value));
    }
    let mut text = String::new();
    for (class, count) in runs {
        let separator = if text.is_empty() { "" } else { ", " };
        let plural = if count == 1 { "" } else { "s" };
        // Writing to a String cannot fail.
        let _ = match class {
            Class::Letter => write!(text, "{separator}{count} letter{plural}"),
            Class::Digit => write!(text, "{separator}{count} digit{plural}"),
            Class::Space => write!(text, "{separator}space"),
            Class::Sign(sign) if count == 1 => write!(text, "{separator}{sign}"),
            Class::Sign(sign) => write!(text, "{separator}{count} × {sign}"),
            Class::Other => write!(text, "{separator}{count} other character{plural}"),
        };
    }
    text
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    Space,
    Sign(char),
    Other,
}

fn class_of(c: char) -> Class {
    match c {
        c if c.is_alphabetic() => Class::Letter,
        c if c.is_numeric() => Class::Digit,
        c if c.is_whitespace() => Class::Space,
        c if c.is_ascii_punctuation() => Class::Sign(c),
        _ => Class::Other,
    }
}

fn runs(value: &str) -> Vec<(Class, usize)> {
    let mut runs: Vec<(Class, usize)> = Vec::new();
    for class in value.chars().map(class_of) {
        match runs.last_mut() {
            Some((last, count)) if *last == class => *count += 1,
            _ => runs.push((class, 1)),
        }
    }
    runs
}

fn alphanumerics(value: &str) -> usize {
    value.chars().filter(|c| c.is_alphanumeric()).count()
}

/// The shape of `dddd-dd-dd` and what follows it.
fn iso_date(value: &str) -> Option<String> {
    let bytes = value.as_bytes();
    let is_digits = |from: usize, to: usize| bytes.get(from..to).is_some_and(|d| d.iter().all(u8::is_ascii_digit));
    let has_dashes = bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-');
    if !(has_dashes && is_digits(0, 4) && is_digits(5, 7) && is_digits(8, 10)) {
        return None;
    }
    let part = |from: usize, letters: &str, most: u8| {
        let number = (bytes[from] - b'0') * 10 + (bytes[from + 1] - b'0');
        if (1..=most).contains(&number) { letters.to_owned() } else { format!("{number:02}") }
    };
    let rest = &value[10..];
    let after = if rest.is_empty() { String::new() } else { format!(" and {}", shape(rest)) };
    Some(format!("YYYY-{}-{}{after}", part(5, "MM", 12), part(8, "DD", 31)))
}

#[cfg(test)]
mod tests {
    use super::shape;

    #[test]
    fn a_shape_tells_what_is_wrong_and_no_value() {
        for (value, expected) in [
            ("2026-13-05", "YYYY-13-DD"),
            ("2026-02-31", "YYYY-MM-DD"),
            ("2026-00-45", "YYYY-00-45"),
            ("2026-11-20x", "YYYY-MM-DD and 1 letter"),
            ("1234567", "7 digits"),
            ("20/11/2026", "2 digits, /, 2 digits, /, 4 digits"),
            ("9.66E+14", "1 digit, ., 2 digits, 1 letter, +, 2 digits"),
            ("joe green@mail", "3 letters, space, 5 letters, @, 4 letters"),
            ("a--b", "1 letter, 2 × -, 1 letter"),
            ("Zoë", "3 letters"),
            ("a.b.c.d.e.f", "11 characters, 6 of them letters and digits"),
            ("", ""),
        ] {
            assert_eq!(shape(value), expected, "{value}");
        }
    }
}
