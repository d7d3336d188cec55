//! Bytes counted and hashed as they pass, in both directions: on the way to the disk, and when they are read back.
//!
//! Records are counted by line ends outside quotes, whatever the delimiter: not by the library that wrote them (promise 10).
//! A file that begins with the mark of UTF-16 is counted by its units of two bytes, every other one by its bytes.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::model::charset::UTF_16_MARK;

/// What passed: its SHA-256 in hexadecimal, its size, and its records if it is CSV.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub sha256: String,
    pub bytes: u64,
    pub records: u64,
}

/// A reader or writer whose bytes are tallied.
pub(super) struct Tallied<T> {
    inner: T,
    hash: Sha256,
    bytes: u64,
    /// The first bytes, as many as a mark has.
    start: Vec<u8>,
    /// The first byte of a unit of two whose second is still to come.
    half: u8,
    records: u64,
    quoted: bool,
    /// Whether the last record has no line end yet.
    open: bool,
}

impl<T> Tallied<T> {
    pub fn new(inner: T) -> Self {
        let (hash, start) = (Sha256::new(), Vec::new());
        Tallied { inner, hash, bytes: 0, start, half: 0, records: 0, quoted: false, open: false }
    }

    /// The stream itself, and what passed through it.
    pub fn finish(self) -> (T, Seen) {
        let records = self.records + u64::from(self.open);
        (self.inner, Seen { sha256: hexadecimal(&self.hash.finalize()), bytes: self.bytes, records })
    }

    fn pass(&mut self, bytes: &[u8]) {
        let Some(last) = bytes.last() else { return };
        self.hash.update(bytes);
        // Neither byte of a mark is a quote or a line end: it does not matter how it is counted itself.
        let missing = UTF_16_MARK.len() - self.start.len();
        self.start.extend(bytes.iter().take(missing));
        if self.start == UTF_16_MARK {
            bytes.iter().for_each(|byte| self.wide(*byte));
        } else {
            memchr::memchr2_iter(b'"', b'\n', bytes).for_each(|at| self.character(bytes[at]));
            self.bytes += bytes.len() as u64;
            self.open = self.quoted || *last != b'\n';
        }
    }

    /// A byte of a file in UTF-16: every second one makes a unit.
    fn wide(&mut self, byte: u8) {
        self.bytes += 1;
        if self.bytes % 2 == 1 {
            self.half = byte;
        } else {
            let ascii = if byte == 0 { self.half } else { 0 };
            self.character(ascii);
            let is_mark = self.bytes == UTF_16_MARK.len() as u64;
            self.open = !is_mark && (self.quoted || ascii != b'\n');
        }
    }

    fn character(&mut self, ascii: u8) {
        if ascii == b'"' {
            self.quoted = !self.quoted;
        } else if ascii == b'\n' && !self.quoted {
            self.records += 1;
        }
    }
}

impl<W: Write> Write for Tallied<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.pass(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<R: Read> Read for Tallied<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.pass(&buffer[..read]);
        Ok(read)
    }
}

/// Reads what is left to its end.
pub(super) fn drain<R: Read>(mut from: Tallied<R>) -> io::Result<Seen> {
    let mut buffer = vec![0; 1 << 18];
    while from.read(&mut buffer)? > 0 {}
    Ok(from.finish().1)
}

/// Reads a whole file.
pub(super) fn read_back(path: &Path) -> io::Result<Seen> {
    drain(Tallied::new(File::open(path)?))
}

/// The SHA-256 of a few short texts, each ended by a NUL so that no two lists are alike.
pub(super) fn digest<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
        hash.update([0]);
    }
    hexadecimal(&hash.finalize())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str, chunk: usize) -> Seen {
        let mut tallied = Tallied::new(io::sink());
        for bytes in text.as_bytes().chunks(chunk) {
            tallied.write_all(bytes).unwrap();
        }
        tallied.finish().1
    }

    #[test]
    fn records_end_at_line_ends_outside_quotes() {
        for (text, records) in
            [("", 0), ("a", 1), ("a\n", 1), ("a\nb", 2), ("\"a\n\"\"\nb\",c\nd\n", 2), ("a;\"b\nc\"\n", 1)]
        {
            for chunk in [1, 2, 64] {
                assert_eq!(seen(text, chunk).records, records, "{text:?}");
            }
        }
    }

    #[test]
    fn of_utf_16_the_units_are_counted() {
        // Units whose bytes are those of a quote and of a line end, and are neither.
        for (text, records) in [("", 0), ("a\n", 1), ("\u{0a22}\u{220a}\n", 1), ("\"\u{0a0a}\n\"\n\u{2222}", 2)] {
            let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let bytes = [&UTF_16_MARK[..], &bytes].concat();
            for chunk in [1, 2, 3, 64] {
                let mut tallied = Tallied::new(io::sink());
                bytes.chunks(chunk).for_each(|bytes| tallied.write_all(bytes).unwrap());
                let seen = tallied.finish().1;
                assert_eq!((seen.records, seen.bytes), (records, bytes.len() as u64), "{text:?} by {chunk}");
            }
        }
    }

    #[test]
    fn the_hash_is_sha256_of_all_bytes() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(seen("abc", 1), Seen { sha256: abc.into(), bytes: 3, records: 1 });
        assert_eq!(drain(Tallied::new("abc".as_bytes())).unwrap().sha256, abc);
        assert_ne!(digest(["a", "bc"]), digest(["ab", "c"]));
    }
}
