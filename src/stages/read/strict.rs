//! The strict reading of CSV (`resolution.md` rule 28). The csv crate reads anything: one open quote swallows the rest of a
//! file without an error. So every byte is judged here before the crate sees the first record.
//!
//! [`record`] is the grammar, byte by byte. [`surely_clean`] looks only at quotes, line ends and the characters that never may
//! stand anywhere, many times faster; where it is not sure, the grammar decides. Of several faults the first in reading order is told,
//! a length being known at the end of its field or record.

use memchr::{memchr, memchr_iter, memrchr};

use super::error::{Fault, MAX_FIELD, MAX_RECORD};

/// How far to look by hand before a call of memchr is worth it.
const NEAR: usize = 16;

/// A fault at an offset of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) at: usize,
    pub(super) fault: Fault,
}

/// Where a record lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) fields: usize,
    /// The end, without the line end.
    pub(super) end: usize,
    /// The start of what follows the line end.
    pub(super) next: usize,
}

/// Judges `text`, which starts with a record.
pub(super) fn scan(text: &[u8], delimiter: u8) -> Result<(), Flaw> {
    if surely_clean(text, delimiter) { Ok(()) } else { last_record(text, delimiter).map(|_| ()) }
}

/// Reads `text`, which starts with a record, byte by byte: the start of its last record, and where that lies.
pub(super) fn last_record(text: &[u8], delimiter: u8) -> Result<Option<(usize, Extent)>, Flaw> {
    let (mut at, mut last) = (0, None);
    while at < text.len() {
        let extent = record(text, at, delimiter)?;
        last = Some((at, extent));
        at = extent.next;
    }
    Ok(last)
}

/// The start of the first line from `at` on that is not blank.
pub(super) fn skip_blank(text: &[u8], mut at: usize) -> usize {
    loop {
        match &text[at..] {
            [b'\n', ..] => at += 1,
            [b'\r', b'\n', ..] => at += 2,
            _ => return at,
        }
    }
}

/// Reads the record that starts at `start`; a blank line is one of a single empty field.
pub(super) fn record(text: &[u8], start: usize, delimiter: u8) -> Result<Extent, Flaw> {
    let (mut fields, mut at) = (1, start);
    let end = loop {
        at = field(text, at, delimiter)?;
        if text.get(at) != Some(&delimiter) {
            break at;
        }
        (fields, at) = (fields + 1, at + 1);
    };
    if end - start > MAX_RECORD {
        return Err(Flaw { at: start, fault: Fault::LongRecord });
    }
    let line_end = match &text[end..] {
        [] => 0,
        [b'\r', ..] => 2,
        _ => 1,
    };
    Ok(Extent { fields, end, next: end + line_end })
}

/// The end of the field that starts at `start`: a delimiter, LF, CR LF, or the end of the text.
fn field(text: &[u8], start: usize, delimiter: u8) -> Result<usize, Flaw> {
    let (end, length) = match text.get(start) {
        Some(b'"') => quoted(text, start)?,
        _ => unquoted(text, start, delimiter)?,
    };
    if length > MAX_FIELD {
        return Err(Flaw { at: start, fault: Fault::LongField });
    }
    match text.get(end) {
        None | Some(b'\n') => Ok(end),
        Some(byte) if *byte == delimiter => Ok(end),
        Some(b'\r') if text.get(end + 1) == Some(&b'\n') => Ok(end),
        Some(b'\r') => Err(Flaw { at: end, fault: Fault::LoneCr }),
        Some(0) => Err(Flaw { at: end, fault: Fault::Nul }),
        Some(_) => Err(Flaw { at: end, fault: Fault::AfterQuote }),
    }
}

/// The end and the length of an unquoted field.
fn unquoted(text: &[u8], start: usize, delimiter: u8) -> Result<(usize, usize), Flaw> {
    let mut end = start;
    while let Some(byte) = text.get(end) {
        match byte {
            b'\r' | b'\n' => break,
            byte if *byte == delimiter => break,
            0 => return Err(Flaw { at: end, fault: Fault::Nul }),
            b'"' => return Err(Flaw { at: end, fault: Fault::InnerQuote }),
            _ => end += 1,
        }
    }
    Ok((end, end - start))
}

/// The end of a quoted field, after its closing quote, and the length of its value.
fn quoted(text: &[u8], start: usize) -> Result<(usize, usize), Flaw> {
    let (mut at, mut length) = (start + 1, 0);
    loop {
        at += match &text[at..] {
            [] => return Err(Flaw { at: start, fault: Fault::OpenQuote }),
            [b'"', b'"', ..] => 2,
            [b'"', ..] => return Ok((at + 1, length)),
            [0, ..] => return Err(Flaw { at, fault: Fault::Nul }),
            [b'\r', rest @ ..] if rest.first() != Some(&b'\n') => return Err(Flaw { at, fault: Fault::LoneCr }),
            _ => 1,
        };
        length += 1;
    }
}

/// Whether `text`, which starts with a record, has no flaw for sure. If not, it may still have none.
pub(super) fn surely_clean(text: &[u8], delimiter: u8) -> bool {
    memchr(0, text).is_none()
        && memchr_iter(b'\r', text).all(|at| text.get(at + 1) == Some(&b'\n'))
        && quotes_in_place(text, delimiter).is_some()
}

/// `None` unless every quoted field opens at its start, closes, and ends there, and nothing is suspiciously long.
/// Carriage returns are known to be part of a line end.
fn quotes_in_place(text: &[u8], delimiter: u8) -> Option<()> {
    let (mut record, mut outside) = (0, 0);
    while let Some(open) = find_quote(text, outside) {
        let at_start = open == 0 || text[open - 1] == delimiter || text[open - 1] == b'\n';
        record = at_start.then(|| short_lines(text, outside, open, record))??;
        let mut close = find_quote(text, open + 1)?;
        while text.get(close + 1) == Some(&b'"') {
            close = find_quote(text, close + 2)?;
        }
        let ends = text.get(close + 1).is_none_or(|byte| *byte == delimiter || matches!(byte, b'\n' | b'\r'));
        if !ends || close - open > MAX_FIELD {
            return None;
        }
        outside = close + 1;
    }
    short_lines(text, outside, text.len(), record).map(|_| ())
}

/// The next quote. Where every value is quoted it is near, and calling memchr costs more than looking.
fn find_quote(text: &[u8], from: usize) -> Option<usize> {
    let far = text.len().min(from + NEAR);
    let near = text[from..far].iter().position(|byte| *byte == b'"');
    near.map(|at| from + at).or_else(|| memchr(b'"', &text[far..]).map(|at| far + at))
}

/// The start of the record that goes on at `to`, if no unquoted field in `from..to` and no record up to there can be too long.
/// `from..to` is outside quotes; `record` is the start of the record that goes on at `from`.
fn short_lines(text: &[u8], mut from: usize, to: usize, mut record: usize) -> Option<usize> {
    loop {
        let end = to.min(from + MAX_FIELD);
        if end - record > MAX_RECORD {
            return None;
        }
        match last_line_end(&text[from..end]) {
            Some(line_end) => {
                record = from + line_end + 1;
                from = record;
            }
            None if end == to => return Some(record),
            None => return None,
        }
    }
}

fn last_line_end(text: &[u8]) -> Option<usize> {
    if text.len() <= NEAR { text.iter().rposition(|byte| *byte == b'\n') } else { memrchr(b'\n', text) }
}
