//! A text cut into pieces of whole records, so that all cores can read it.
//!
//! A line end is the end of a record if an even number of quotes stands before it. Up to the first fault of a text that is exact; behind it
//! nothing matters, since the file is refused. So quotes are counted first, and only cuts outside quotes are kept.

use std::ops::Range;

use memchr::{memchr, memchr_iter};
use rayon::prelude::*;

use super::encoding::first_invalid;

/// About how long a piece is, in bytes: long enough to be worth a task, short enough for a core's cache.
pub(super) const PIECE: usize = 1 << 20;

/// Whole records, and the physical line on which they start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) range: Range<usize>,
    pub(super) first_line: u64,
}

/// Cuts `text` into pieces of about `size` bytes, from `start` on, which is the start of line 1.
///
/// Errors: the offset of the first byte that is not UTF-8.
pub(super) fn cut(text: &[u8], start: usize, size: usize) -> Result<Vec<Piece>, usize> {
    let lines = cut_at_line_ends(text, start, size);
    let counted: Vec<Result<(usize, usize), usize>> = lines.par_iter().map(|range| count(text, range)).collect();
    let mut pieces: Vec<Piece> = Vec::with_capacity(lines.len());
    let (mut line, mut inside) = (1, false);
    for (range, counts) in lines.into_iter().zip(counted) {
        let (line_ends, quotes) = counts?;
        match pieces.last_mut() {
            Some(last) if inside => last.range.end = range.end,
            _ => pieces.push(Piece { range, first_line: line }),
        }
        line += line_ends as u64;
        inside ^= quotes % 2 == 1;
    }
    Ok(pieces)
}

/// The pieces without what stands before `start`, the beginning of a record.
pub(super) fn after(text: &[u8], mut pieces: Vec<Piece>, start: usize) -> Vec<Piece> {
    pieces.retain(|piece| piece.range.end > start);
    if let Some(first) = pieces.first_mut().filter(|first| first.range.start < start) {
        first.first_line += memchr_iter(b'\n', &text[first.range.start..start]).count() as u64;
        first.range.start = start;
    }
    pieces
}

fn cut_at_line_ends(text: &[u8], start: usize, size: usize) -> Vec<Range<usize>> {
    let mut ranges = Vec::with_capacity(text.len() / size + 1);
    let mut from = start;
    while from < text.len() {
        let wanted = text.len().min(from + size);
        let to = memchr(b'\n', &text[wanted..]).map_or(text.len(), |line_end| wanted + line_end + 1);
        ranges.push(from..to);
        from = to;
    }
    ranges
}

/// The numbers of line ends and of quotes, or the offset of the first byte that is not UTF-8.
fn count(text: &[u8], range: &Range<usize>) -> Result<(usize, usize), usize> {
    let piece = &text[range.clone()];
    match first_invalid(piece) {
        Some(offset) => Err(range.start + offset),
        None => Ok((memchr_iter(b'\n', piece).count(), memchr_iter(b'"', piece).count())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cuts(text: &str, size: usize) -> Vec<(&str, u64)> {
        let pieces = cut(text.as_bytes(), 0, size).unwrap();
        pieces.into_iter().map(|piece| (&text[piece.range], piece.first_line)).collect()
    }

    #[test]
    fn cuts_fall_between_records_only() {
        assert_eq!(cuts("a\nb\nc\n", 2), [("a\nb\n", 1), ("c\n", 3)]);
        assert_eq!(cuts("a\n\"b\nc\nd\n\"\nee\nf", 2), [("a\n\"b\nc\nd\n\"\nee\n", 1), ("f", 7)]);
        assert_eq!(cuts("\"x\n\"\nyy\nz\n", 3), [("\"x\n\"\n", 1), ("yy\nz\n", 3)]);
        assert_eq!(cuts("", 2), []);
    }

    #[test]
    fn the_first_byte_that_is_not_utf_8_is_found_in_any_piece() {
        for size in 1..9 {
            assert_eq!(cut(b"ab\ncd\ne\xc3\nf\xff", 0, size), Err(7));
            assert_eq!(cut(b"ab\ncd\ne\xc3\nf\xff", 3, size), Err(7));
        }
    }
}
