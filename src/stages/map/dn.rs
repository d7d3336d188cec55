//! Distinguished names (RFC 4514), the names of attributes in them (RFC 4512 section 2.5), and when a directory takes two
//! names for one.

use std::borrow::Cow;

use crate::targets::Syntax;

/// What has a backslash before it within a value.
const SPECIAL: [char; 7] = ['"', '+', ',', ';', '<', '>', '\\'];

/// The attribute of a key: one with several values is written `mail[0]`, `mail[1]`.
pub(super) fn attribute(key: &str) -> &str {
    key.split_once('[').map_or(key, |(name, _)| name)
}

/// Whether a key is an attribute, with its options (`cn;lang-de`) and its index.
pub(super) fn is_key(key: &str) -> bool {
    let (description, index) = key.split_at(attribute(key).len());
    let is_index = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let index = index.strip_prefix('[').map(|rest| rest.strip_suffix(']').is_some_and(is_index));
    let mut parts = description.split(';');
    parts.next().is_some_and(is_type) && parts.all(is_word) && index.unwrap_or(true)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// A name, or a number with dots (an OID).
fn is_type(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    is_word(text) && text.starts_with(|c: char| c.is_ascii_alphabetic())
        || text.contains('.') && text.split('.').all(is_number)
}

/// Whether this is a distinguished name of at least one part. Spaces around its parts are let pass, as directories do.
pub(super) fn is_name(text: &str) -> bool {
    parts(text, ',').all(|part| parts(part, '+').all(is_assertion))
}

/// What stands between separators that have no backslash before them.
fn parts(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut is_escaped = false;
    text.split(move |c| {
        let was_escaped = is_escaped;
        is_escaped = c == '\\' && !was_escaped;
        c == separator && !was_escaped
    })
}

/// `ou=people`.
fn is_assertion(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, value)| is_type(name.trim()) && is_value(value.trim_start()))
}

fn is_value(value: &str) -> bool {
    if let Some(hex) = value.strip_prefix('#') {
        let hex = hex.trim_end();
        return !hex.is_empty() && hex.len() % 2 == 0 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        let is_right = match c {
            '\\' => match chars.next() {
                Some(c) if SPECIAL.contains(&c) || matches!(c, ' ' | '#' | '=') => true,
                Some(c) => c.is_ascii_hexdigit() && chars.next().is_some_and(|c| c.is_ascii_hexdigit()),
                None => false,
            },
            c => !SPECIAL.contains(&c) && !c.is_control(),
        };
        if !is_right {
            return false;
        }
    }
    !value.trim().is_empty()
}

/// A value in a distinguished name (RFC 4514 section 2.4).
pub(super) fn escaped(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    let mut out = String::with_capacity(value.len());
    for (nth, c) in value.chars().enumerate() {
        match c {
            '=' => out.push_str("\\="),
            c if SPECIAL.contains(&c) => out.extend(['\\', c]),
            '#' if nth == 0 => out.push_str("\\#"),
            ' ' if nth == 0 || nth == last => out.push_str("\\ "),
            '\0' => out.push_str("\\00"),
            c => out.push(c),
        }
    }
    out
}

/// A value as a directory holds it against others (caseIgnoreMatch of RFC 4517, prepared by RFC 4518): without regard to
/// case, to spaces at its ends, and to how many stand together.
pub(super) fn matched(value: &str) -> Cow<'_, str> {
    let is_prepared = |byte: u8| byte.is_ascii_graphic() && !byte.is_ascii_uppercase();
    if value.bytes().all(is_prepared) {
        return Cow::Borrowed(value);
    }
    let words: Vec<String> = value.split_whitespace().map(str::to_lowercase).collect();
    Cow::Owned(words.join(" "))
}

/// The same of a value of an attribute: in a telephone number spaces and hyphens do not count (telephoneNumberMatch).
pub(super) fn matched_as(syntax: Option<Syntax>, value: &str) -> Cow<'_, str> {
    match syntax {
        Some(Syntax::Telephone) => Cow::Owned(value.replace([' ', '-'], "").to_lowercase()),
        _ => matched(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_and_are_then_names() {
        for (value, name) in [
            ("500101", "500101"),
            ("James \"Jim\" Smith, III", "James \\\"Jim\\\" Smith\\, III"),
            ("#1 ", "\\#1\\ "),
            (" a=b+c", "\\ a\\=b\\+c"),
            ("Lučić", "Lučić"),
        ] {
            assert_eq!(escaped(value), name);
            assert!(is_name(&format!("uid={name},o=Vision")), "{name}");
        }
    }

    #[test]
    fn a_name_is_split_at_commas_without_a_backslash() {
        for name in [
            "dc=x",
            "ou=people, dc=vision ,dc=example",
            "ou=people,o=Vision\\, Inc.,c=US",
            "ou=R\\26D\\+,cn=a+sn=b",
            "1.3.6.1.4.1=#04024869,o=x",
            "o=a=b",
            "o=Lu\\C4\\8Di\\C4\\87",
            "o=x\\\\,c=US",
        ] {
            assert!(is_name(name), "{name}");
        }
        for wrong in [
            "",
            "people",
            "ou=",
            "ou=people,",
            ",ou=people",
            "ou=people,Inc.",
            "ou=peo;ple",
            "ou=\"x\"",
            "ou=x\\",
            "ou=\\zz",
            "o u=x",
            "ou=<x>",
            "ou=#0",
            "ou=a\nb",
            "2=x",
        ] {
            assert!(!is_name(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_key_is_an_attribute_with_its_options_and_its_index() {
        for key in ["mail", "mail[1]", "cn;lang-de", "x-1", "2.5.4.3", "cn;binary[0]"] {
            assert!(is_key(key), "{key}");
        }
        for wrong in
            ["", "given name", "2x", "-x", "é", "mail[]", "mail[a]", "mail[0].value", "a.b", "cn;", "a:b", "2."]
        {
            assert!(!is_key(wrong), "{wrong}");
        }
    }

    #[test]
    fn case_and_spaces_do_not_make_another_name() {
        for (one, other) in [("A1", "a1"), ("a b", "A  b "), ("ÄB", "äb"), ("a\u{a0}b", "a b")] {
            assert_eq!(matched(one), matched(other));
        }
        assert_ne!(matched("ab"), matched("a b"));
        assert_ne!(matched("01"), matched("1"));
    }
}
