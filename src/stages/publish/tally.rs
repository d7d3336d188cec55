//! Bytes counted and hashed as they pass, in both directions: on the way to the disk, and when they are read back.
//!
//! Records are counted by line ends outside quotes, whatever the delimiter: not by the library that wrote them (promise 10).

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

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
    records: u64,
    quoted: bool,
    /// Whether the last record has no line end yet.
    open: bool,
}

impl<T> Tallied<T> {
    pub fn new(inner: T) -> Self {
        Tallied { inner, hash: Sha256::new(), bytes: 0, records: 0, quoted: false, open: false }
    }

    /// The stream itself, and what passed through it.
    pub fn finish(self) -> (T, Seen) {
        let records = self.records + u64::from(self.open);
        (self.inner, Seen { sha256: hexadecimal(&self.hash.finalize()), bytes: self.bytes, records })
    }

    fn pass(&mut self, bytes: &[u8]) {
        let Some(last) = bytes.last() else { return };
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        for at in memchr::memchr2_iter(b'"', b'\n', bytes) {
            if bytes[at] == b'"' {
                self.quoted = !self.quoted;
            } else if !self.quoted {
                self.records += 1;
            }
        }
        self.open = self.quoted || *last != b'\n';
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
    fn the_hash_is_sha256_of_all_bytes() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(seen("abc", 1), Seen { sha256: abc.into(), bytes: 3, records: 1 });
        assert_eq!(drain(Tallied::new("abc".as_bytes())).unwrap().sha256, abc);
        assert_ne!(digest(["a", "bc"]), digest(["ab", "c"]));
    }
}
