//! The records of a text that was judged: nothing can be lost any more. A record without a quote is its line, cut at every
//! delimiter; one with quotes is the csv crate's to read.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::{memchr, memchr_iter};

use super::pieces::Piece;

/// Whole records of a file, to be read on one core.
#[derive(Clone, Copy)]
pub struct Chunk<'a> {
    text: &'a [u8],
    /// The physical line on which the first record starts.
    line: u64,
    delimiter: u8,
}

/// One record: the physical line on which it starts, and its fields as they stand there, without their quotes and not trimmed.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    pub line: u32,
    /// Where it starts in its chunk, in bytes.
    pub offset: usize,
    text: &'a str,
    ends: &'a [usize],
    /// How many bytes stand between two fields.
    gap: usize,
}

impl<'a> Record<'a> {
    /// The number of fields. One other than that of the headers is `CSV001`, which is the caller's to raise.
    #[expect(clippy::len_without_is_empty, reason = "a record has at least one field")]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// A field; blank where there is none.
    pub fn get(&self, field: usize) -> &'a str {
        let Some(end) = self.ends.get(field) else { return "" };
        let start = if field == 0 { 0 } else { self.ends[field - 1] + self.gap };
        &self.text[start..*end]
    }

    /// The fields, in order.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> {
        (0..self.len()).map(|field| self.get(field))
    }
}

impl<'a> Chunk<'a> {
    pub(super) fn new(text: &'a [u8], piece: &Piece, delimiter: u8) -> Self {
        Chunk { text: &text[piece.range.clone()], line: piece.first_line, delimiter }
    }

    /// The size in bytes, for progress.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Calls `visit` with every record, in order; blank lines are none.
    pub fn for_each(&self, mut visit: impl FnMut(Record<'_>)) {
        // It was found to be UTF-8 when it was cut.
        let text = simdutf8::basic::from_utf8(self.text).unwrap_or_default();
        let mut quoted = Quoted::new(self.delimiter);
        let (mut at, mut line, mut ends) = (0, self.line, Vec::new());
        let mut quote = next(b'"', self.text, 0);
        while at < text.len() {
            let line_end = next(b'\n', self.text, at);
            if quote < line_end {
                let read = quoted.read(&text[at..]);
                visit(Record { line: number(line), offset: at, text: quoted.text(), ends: quoted.ends(), gap: 0 });
                line += memchr_iter(b'\n', &self.text[at..at + read]).count() as u64;
                at += read;
                quote = next(b'"', self.text, at);
                continue;
            }
            let record = text[at..line_end].strip_suffix('\r').unwrap_or(&text[at..line_end]);
            if !record.is_empty() {
                ends.clear();
                find_all(self.delimiter, record.as_bytes(), &mut ends);
                ends.push(record.len());
                visit(Record { line: number(line), offset: at, text: record, ends: &ends, gap: 1 });
            }
            (at, line) = (line_end + 1, line + 1);
        }
    }
}

/// Where a byte stands in a line, which is every few bytes: a call of memchr for each would cost more than a look at them all,
/// sixteen at a time.
fn find_all(byte: u8, line: &[u8], found: &mut Vec<usize>) {
    const WIDTH: usize = 16;
    let (blocks, rest) = line.as_chunks::<WIDTH>();
    for (nth, block) in blocks.iter().enumerate() {
        let mut places = (0..WIDTH).fold(0u16, |places, at| places | u16::from(block[at] == byte) << at);
        while places != 0 {
            found.push(nth * WIDTH + places.trailing_zeros() as usize);
            places &= places - 1;
        }
    }
    let start = blocks.len() * WIDTH;
    found.extend(rest.iter().enumerate().filter(|(_, other)| **other == byte).map(|(at, _)| start + at));
}

/// Where a byte stands next, or the end of the text.
fn next(byte: u8, text: &[u8], from: usize) -> usize {
    text.get(from..).and_then(|rest| memchr(byte, rest)).map_or(text.len(), |found| from + found)
}

fn number(line: u64) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

/// The csv crate's reader, and the record that it has just read.
struct Quoted {
    reader: Reader,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    fields: usize,
}

impl Quoted {
    fn new(delimiter: u8) -> Quoted {
        let mut quoted = Quoted {
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            bytes: vec![0; 1 << 10],
            ends: vec![0; 64],
            fields: 0,
        };
        // At its very start it would take a character of the first value for a byte order mark.
        quoted.reader.read_record(b"\n", &mut quoted.bytes, &mut quoted.ends);
        quoted
    }

    /// Reads the record at the start of `text`, and returns how many bytes it takes, its line end included (of CR LF, CR).
    fn read(&mut self, text: &str) -> usize {
        let (mut read, mut written, mut fields) = (0, 0, 0);
        loop {
            let (result, bytes_in, bytes_out, new_fields) =
                self.reader.read_record(&text.as_bytes()[read..], &mut self.bytes[written..], &mut self.ends[fields..]);
            (read, written, fields) = (read + bytes_in, written + bytes_out, fields + new_fields);
            match result {
                ReadRecordResult::OutputFull => self.bytes.resize(self.bytes.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                // At the end of the text it is told once more that nothing follows.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::Record | ReadRecordResult::End => break,
            }
        }
        self.fields = fields;
        read
    }

    fn text(&self) -> &str {
        // The reader takes quotes out of what was UTF-8, and nothing else.
        let end = self.ends[..self.fields].last().copied().unwrap_or(0);
        std::str::from_utf8(&self.bytes[..end]).unwrap_or_default()
    }

    fn ends(&self) -> &[usize] {
        &self.ends[..self.fields]
    }
}

/// The fields of one record, as text.
pub(super) fn split(record: &str, delimiter: u8) -> Vec<String> {
    let mut quoted = Quoted::new(delimiter);
    quoted.read(record);
    let record = Record { line: 1, offset: 0, text: quoted.text(), ends: quoted.ends(), gap: 0 };
    record.iter().map(str::to_owned).collect()
}
