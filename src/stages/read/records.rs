//! The records of a text that was judged: from here on the csv crate reads, and can lose nothing.

use csv::{ByteRecord, ReaderBuilder};

use super::pieces::Piece;

/// Whole records of a file, to be read on one core.
#[derive(Clone, Copy)]
pub struct Chunk<'a> {
    /// The records, after the line end before them.
    text: &'a [u8],
    /// The physical line of the line end before them.
    line: u64,
    delimiter: u8,
}

/// One record: the physical line on which it starts, and its fields as they stand there, without their quotes and not trimmed.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    pub line: u32,
    pub fields: &'a ByteRecord,
}

impl<'a> Chunk<'a> {
    /// The reader starts one line end early: at its very start the crate would take a character of the first value for a byte order mark.
    pub(super) fn new(text: &'a [u8], piece: &Piece, delimiter: u8) -> Self {
        Chunk { text: &text[piece.range.start - 1..piece.range.end], line: piece.first_line - 1, delimiter }
    }

    /// The size in bytes, for progress.
    pub fn bytes(&self) -> usize {
        self.text.len() - 1
    }

    /// The records, in order.
    pub fn records(&self) -> Records<'a> {
        let reader = reader(self.text, self.delimiter);
        Records { chunk: *self, reader, fields: ByteRecord::new() }
    }

    /// Calls `visit` with every record, in order. The number of fields is as it stands in the file: one other than that of the headers is
    /// `CSV001`, which is the caller's to raise.
    pub fn for_each(&self, mut visit: impl FnMut(Record<'_>)) {
        let mut records = self.records();
        while let Some(record) = records.read() {
            visit(record);
        }
    }
}

/// A reader of records that keeps one in memory.
pub struct Records<'a> {
    chunk: Chunk<'a>,
    reader: csv::Reader<&'a [u8]>,
    fields: ByteRecord,
}

impl Records<'_> {
    /// The next record; blank lines are none.
    #[expect(clippy::expect_used, reason = "reading memory cannot fail, and no number of fields is an error")]
    pub fn read(&mut self) -> Option<Record<'_>> {
        let before = self.reader.position().clone();
        let more = self.reader.read_byte_record(&mut self.fields);
        if !more.expect("memory can be read, and no number of fields is an error") {
            return None;
        }
        // The crate stops within CR LF, and counts the blank lines that it skips to the record after them.
        let ahead = self.chunk.text[before.byte() as usize..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let line = self.chunk.line + before.line() - 1 + ahead.filter(|byte| **byte == b'\n').count() as u64;
        Some(Record { line: u32::try_from(line).unwrap_or(u32::MAX), fields: &self.fields })
    }
}

/// The fields of one record, as text.
#[expect(clippy::expect_used, reason = "reading memory cannot fail, and no number of fields is an error")]
pub(super) fn split(record: &[u8], delimiter: u8) -> Vec<String> {
    let mut fields = ByteRecord::new();
    let read = reader(record, delimiter).read_byte_record(&mut fields);
    read.expect("memory can be read, and no number of fields is an error");
    fields.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect()
}

fn reader(text: &[u8], delimiter: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(64 << 10)
        .from_reader(text)
}
