//! The READ stage: from the verified plaintext of a file to its records, read strictly (`resolution.md` rule 28).
//!
//! [`CsvFile::open`] judges the whole file before it hands out the first record: encoding, header, every quote, every length.
//! What it accepts can be read without loss, in parallel, [`Chunk`] by [`Chunk`]. The one finding of
//! rule 28 that is left to the reader of records is `CSV001`, the wrong number of fields, since it costs a row only.

mod dates;
mod encoding;
mod error;
mod header;
mod options;
mod pieces;
mod records;
mod strict;
mod survey;
#[cfg(test)]
mod tests;

use rayon::prelude::*;

pub use dates::{DateColumn, dates};
pub use error::{Fault, MAX_FIELD, MAX_RECORD, ReadError};
pub use header::Notice;
pub use options::{Columns, Delimiter, Encoding, Extract};
pub use records::{Chunk, Record};
pub use survey::{Survey, survey};

use crate::model::kind::Kind;
use encoding::Text;
use header::{Header, Line};
use pieces::{PIECE, Piece};
use strict::Flaw;

/// A CSV file that was read strictly: every record of it is whole.
pub struct CsvFile {
    name: String,
    text: Vec<u8>,
    bytes_read: usize,
    delimiter: u8,
    header: Header,
    pieces: Vec<Piece>,
}

impl CsvFile {
    /// Decodes and judges the file `name` of `kind`.
    ///
    /// `required` are the attributes that the pipeline cannot do without in this file; those that the rules cannot do without
    /// are added, which for a `history` includes the start of an assignment's row (rule 7).
    ///
    /// Errors: the fatal findings of rule 28, of several the first of: `CSV006`; a file without any line, `CSV009`; the header
    /// line's own flaw, `CSV002`, `CSV007` or `CSV008`; no row, `CSV009`; `CSV004`; `CSV003`; the first flaw of the rows.
    pub fn open(
        name: &str,
        kind: Kind,
        plaintext: Vec<u8>,
        options: &Extract,
        history: bool,
        required: &[&str],
    ) -> Result<CsvFile, ReadError> {
        let required = [required_by_rules(kind, history), required].concat();
        Self::open_in_pieces(name, Some(kind), plaintext, options, &required, PIECE)
    }

    /// Decodes and judges a file of a side extract: its columns are the key and what the pipeline says that it brings, each
    /// under its own header or that of `columns`. The errors are those of [`CsvFile::open`].
    pub fn open_side(name: &str, plaintext: Vec<u8>, options: &Extract, key: &str) -> Result<CsvFile, ReadError> {
        let mut options = options.clone();
        let wanted: Vec<String> = std::iter::once(key).chain(options.brought()).map(str::to_owned).collect();
        for wanted in wanted {
            if options.columns.0.iter().all(|(name, _)| *name != wanted) {
                options.columns.0.push((wanted.clone(), wanted));
            }
        }
        Self::open_in_pieces(name, None, plaintext, &options, &[], PIECE)
    }

    /// [`CsvFile::open`], with the size of a piece, which changes nothing but speed.
    fn open_in_pieces(
        name: &str,
        kind: Option<Kind>,
        plaintext: Vec<u8>,
        options: &Extract,
        required: &[&str],
        piece: usize,
    ) -> Result<CsvFile, ReadError> {
        let bytes_read = plaintext.len();
        let Text { bytes: text, start, encoding } = encoding::decode(plaintext, options.encoding)
            .map_err(|invalid| not_encoded(name, invalid.encoding, invalid.offset))?;
        let pieces = pieces::cut(&text, start, piece).map_err(|offset| not_encoded(name, encoding, offset))?;
        let flawed = |flaw: Flaw| malformed(name, &text[start..], flaw.at - start, flaw.fault);

        let header_start = strict::skip_blank(&text, start);
        let delimiter =
            options.delimiter.map_or_else(|| header::find_delimiter(&text[header_start..]), Delimiter::byte);
        if header_start == text.len() {
            return match options.allow_empty {
                true => Ok(CsvFile {
                    name: name.into(),
                    text,
                    bytes_read,
                    delimiter,
                    header: Header::default(),
                    pieces: vec![],
                }),
                false => Err(ReadError::Empty { file: name.into(), has_header: false }),
            };
        }
        let extent = strict::record(&text, header_start, delimiter).map_err(flawed)?;
        if strict::skip_blank(&text, extent.next) == text.len() && !options.allow_empty {
            return Err(ReadError::Empty { file: name.into(), has_header: true });
        }
        let names = records::split(&String::from_utf8_lossy(&text[header_start..extent.end]), delimiter);
        let line = place(&text[start..], header_start - start).0;
        let header = Line { file: name, line, kind, names }.understand(&options.columns, required)?;

        let pieces = pieces::after(&text, pieces, extent.next);
        judge(&text, &pieces, delimiter, extent.fields).map_err(flawed)?;
        Ok(CsvFile { name: name.into(), text, bytes_read, delimiter, header, pieces })
    }

    /// The name that the file was opened with.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The size of the file, before decoding.
    pub fn bytes_read(&self) -> usize {
        self.bytes_read
    }

    /// The file's own headers, in order. A record with another number of fields is `CSV001`.
    pub fn headers(&self) -> &[String] {
        &self.header.names
    }

    /// The index of the column of an attribute: a name of the catalogue, one of the pipeline's own (`columns`), or an
    /// unknown header as it stands.
    pub fn column(&self, attribute: &str) -> Option<usize> {
        self.header.columns.iter().find(|(name, _)| name == attribute).map(|(_, index)| *index)
    }

    /// Every attribute of the file and the index of its column, as [`CsvFile::column`] finds them.
    pub fn columns(&self) -> impl Iterator<Item = (&str, usize)> {
        self.header.columns.iter().map(|(name, index)| (name.as_str(), *index))
    }

    /// The unknown headers (`CSV005`).
    pub fn notices(&self) -> &[Notice] {
        &self.header.notices
    }

    /// The records, in pieces of about 1 MiB that can be read at the same time; the header is in none.
    pub fn chunks(&self) -> Vec<Chunk<'_>> {
        self.pieces.iter().map(|piece| Chunk::new(&self.text, piece, self.delimiter)).collect()
    }
}

/// What the rules cannot do without: the record's own keys (rule 4), and in a history the start of an assignment's row (rule 7).
fn required_by_rules(kind: Kind, history: bool) -> &'static [&'static str] {
    match kind {
        Kind::Person | Kind::Address => &["PersonNumber"],
        Kind::WorkRelationship => &["PersonNumber", "PeriodOfServiceId"],
        Kind::Assignment if history => &["PersonNumber", "AssignmentId", "EffectiveStartDate"],
        Kind::Assignment => &["PersonNumber", "AssignmentId"],
        Kind::Name => &["PersonNumber", "LastName"],
        Kind::Email => &["PersonNumber", "WorkEmail"],
        Kind::Phone => &["PersonNumber", "PhoneNumber"],
        Kind::NationalIdentifier => &["PersonNumber", "NationalIdentifierNumber"],
        Kind::Manager => &["AssignmentId"],
    }
}

/// Reads all pieces strictly. The first piece with a flaw has the first flaw of the text, since every piece up to it starts with a record.
fn judge(text: &[u8], pieces: &[Piece], delimiter: u8, expected: usize) -> Result<(), Flaw> {
    let flaw = pieces.par_iter().find_map_first(|piece| {
        let flaw = strict::scan(&text[piece.range.clone()], delimiter).err()?;
        Some(Flaw { at: piece.range.start + flaw.at, ..flaw })
    });
    if let Some(flaw) = flaw {
        return Err(flaw);
    }
    match pieces.last() {
        Some(last) if !text.ends_with(b"\n") => whole_end(text, last, delimiter, expected),
        _ => Ok(()),
    }
}

/// A last line without a line end must have all its fields.
fn whole_end(text: &[u8], piece: &Piece, delimiter: u8, expected: usize) -> Result<(), Flaw> {
    match strict::last_record(&text[piece.range.clone()], delimiter)? {
        Some((start, extent)) if extent.fields < expected => {
            Err(Flaw { at: piece.range.start + start, fault: Fault::CutShort { found: extent.fields, expected } })
        }
        _ => Ok(()),
    }
}

/// The line and the column, in characters, of an offset; both begin with 1.
fn place(text: &[u8], offset: usize) -> (u32, u32) {
    let before = &text[..offset];
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let start = memchr::memrchr(b'\n', before).map_or(0, |line_end| line_end + 1);
    let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

fn malformed(file: &str, text: &[u8], offset: usize, fault: Fault) -> ReadError {
    let (line, column) = place(text, offset);
    ReadError::Malformed { file: file.into(), line, column, fault }
}

fn not_encoded(file: &str, encoding: Encoding, offset: usize) -> ReadError {
    ReadError::Encoding { file: file.into(), offset, encoding }
}
