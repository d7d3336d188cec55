//! Which lines of a pipeline file are not shown with a mistake: those that may hold a secret which somebody wrote there. A
//! secret never belongs into the file, so the mistake is often that very line, and what is printed ends in a log.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Whether the lines at a place of a pipeline file may hold a secret: by the name of a key on them, by that of a table or a
/// key around them, or because a user and a password stand before an `@`.
pub(super) fn may_hold_secret(text: &str, place: &Range<usize>) -> bool {
    let lines = lines(text, place);
    let shown = &text[lines.clone()];
    let (document, mistakes) = DeTable::parse_recoverable(text);
    // Where the syntax is wrong nobody knows what is a key.
    let is_doubtful = !mistakes.is_empty() && names_secret(shown);
    is_doubtful || holds_login(shown) || is_around(document.get_ref(), &lines, false)
}

/// Whether a user and a password stand before an `@`, as in an address: `sftp://hcm:…@files.example.com`.
fn holds_login(lines: &str) -> bool {
    let is_login = |before: &str| {
        let address = before.split_once("://").map(|(_, address)| address);
        address.or(before.rsplit(['"', '\'']).next()).is_some_and(|address| address.contains(':'))
    };
    lines.lines().any(|line| line.match_indices('@').any(|(at, _)| is_login(&line[..at])))
}

/// The whole lines that a place touches; those at the end of the text are the last that are not blank.
fn lines(text: &str, place: &Range<usize>) -> Range<usize> {
    let start = place.start.min(text.trim_end().len());
    let end = place.end.clamp(start, text.len());
    let is_end = |byte: &u8| *byte == b'\n';
    let before = text.as_bytes()[..start].iter().rposition(is_end);
    let after = text.as_bytes()[end..].iter().position(is_end);
    before.map_or(0, |at| at + 1)..after.map_or(text.len(), |at| end + at)
}

/// Whether some of the lines belong to what bears the name of a secret, or `is_secret` already.
fn is_around(table: &DeTable<'_>, lines: &Range<usize>, is_secret: bool) -> bool {
    let meets = |span: Range<usize>| span.start < lines.end && lines.start < span.end;
    table.iter().any(|(key, value)| {
        let is_secret = is_secret || names_secret(key.get_ref());
        is_secret && (meets(key.span()) || meets(value.span())) || is_within(value, lines, is_secret)
    })
}

fn is_within(value: &Spanned<DeValue<'_>>, lines: &Range<usize>, is_secret: bool) -> bool {
    match value.get_ref() {
        DeValue::Table(table) => is_around(table, lines, is_secret),
        DeValue::Array(items) => items.iter().any(|item| is_within(item, lines, is_secret)),
        _ => false,
    }
}

/// Whether this may be the name of a secret, be it mistyped. A passport is none, and many a file of users has its number.
fn names_secret(name: &str) -> bool {
    let name = name.to_lowercase().replace("passport", "");
    ["pass", "pwd", "secret", "token", "credential"].iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the line that has this would be held back.
    fn holds(text: &str, part: &str) -> bool {
        let start = text.find(part).unwrap();
        may_hold_secret(text, &(start..start + part.len()))
    }

    #[test]
    fn a_line_is_held_back_for_any_key_on_it_or_around_it() {
        for (text, part) in [
            ("[fetch]\npassword = 'x'", "'x'"),
            ("fetch = { from = 1, password = 'x' }", "1"),
            ("[fetch.password]\nvalue = 'x'", "value"),
            ("[env.test.fetch.password]\n\nvalue = 'x'", "value"),
            ("fetch = {\n password = {\n value = 'x',\n } }", "value"),
            ("[fetch]\npassword = [\n 'x',\n]", "'x'"),
            ("[[output]]\nfile = 'a'\n[[output]]\nPassphrase.value = 1", "1"),
            ("[fetch]\nid_token = 1", "1"),
            ("[fetch]\npasswrod = 'x'", "passwrod"),
        ] {
            assert!(holds(text, part), "{text}");
        }
    }

    #[test]
    fn a_line_is_held_back_where_the_syntax_leaves_its_keys_in_doubt() {
        for (text, part) in [
            ("[fetch]\npassword: 'x'", "x"),
            ("[fetch]\npassword 'x'", "x"),
            ("[fetch]\npassword = 'x\n", "x"),
            ("[fetch]\npassword = \"\"\"\nx\n", "x\n"),
            ("[fetch.password]\nvalue = 'x\n", "x"),
        ] {
            assert!(holds(text, part), "{text}");
        }
        let end = "[fetch]\npassword = 'x\n\n";
        assert!(may_hold_secret(end, &(end.len()..end.len())), "the last line is shown where the text ends");
    }

    #[test]
    fn a_line_with_a_password_in_an_address_is_held_back() {
        for address in ["sftp://hcm:x@h/y", "ftp://hcm:x'y@${H}", "hcm:x@h:/y", "sftp://hcm@corp:x@h", "sftp://a:b c@h"]
        {
            assert!(holds(&format!("[fetch]\nfrom = \"{address}\""), "from"), "{address}");
        }
    }

    #[test]
    fn all_else_is_shown() {
        for (text, part) in [
            ("[decrypt]\npassphrase = { env = 'X' }\nsignatures = 1", "signatures"),
            ("[fetch]\nfrom = 'sftp://hcm@h:22/x'", "from"),
            ("[fetch]\npassword = { env = 'X' }\nretries = 'x'\nfrom", "retries"),
            ("[output.fields]\n'Passport' = 'PASSPORT(a)'", "PASSPORT"),
            ("[output.fields]\n'Email' = \"LOWER(a) || '@vision.example'\"", "LOWER"),
            ("name = 'x'", "name"),
            ("", ""),
        ] {
            assert!(!holds(text, part), "{text}");
        }
    }
}
