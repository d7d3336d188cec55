//! What a file looks like, before anybody has said what it is: encoding, delimiter, headers, and the kind of record that
//! has such headers. A guess, for `inspect` and `init`; a run goes by its pipeline.

use super::header::find_delimiter;
use super::options::{Delimiter, Encoding};
use super::{encoding, records, required_by_rules, strict};
use crate::model::attribute::{self, Attribute, Type};
use crate::model::kind::Kind;

/// A CSV file at first sight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    pub encoding: Encoding,
    /// Whether a byte order mark says so.
    pub has_mark: bool,
    pub delimiter: u8,
    pub headers: Vec<String>,
    /// The kind that knows most of the headers, and whose own keys are all there.
    pub kind: Option<Kind>,
}

/// Looks at a file, whose name may hint at its kind. `None` where it has no line that could be a header.
pub fn survey(name: &str, bytes: &[u8]) -> Option<Survey> {
    let has_mark = encoding_rs::Encoding::for_bom(bytes).is_some();
    let text = encoding::decode(bytes.to_vec(), guess(bytes)).ok()?;
    let start = strict::skip_blank(&text.bytes, text.start);
    let delimiter = find_delimiter(&text.bytes[start..]);
    let line = strict::record(&text.bytes, start, delimiter).ok().filter(|line| line.end > start)?;
    let headers = records::split(std::str::from_utf8(&text.bytes[start..line.end]).ok()?, delimiter);
    let kind = kind_of(name, &headers);
    Some(Survey { encoding: text.encoding, has_mark, delimiter, headers, kind })
}

impl Survey {
    /// The headers by what they mean in a file of this kind: attribute and header, and those that mean nothing.
    pub fn columns(&self, kind: Kind) -> (Vec<(&'static str, &str)>, Vec<&str>) {
        let mut unknown = Vec::new();
        let mut known: Vec<(&'static str, &str)> = Vec::new();
        for header in &self.headers {
            match attribute::find(kind, header) {
                Some(attribute) => known.push((attribute.name, header)),
                None => unknown.push(header.as_str()),
            }
        }
        (known, unknown)
    }

    /// Whether any header means something in a file of any kind: else the first line may be somebody's data.
    pub fn has_header(&self) -> bool {
        self.headers.iter().any(|header| Kind::ALL.into_iter().any(|kind| attribute::find(kind, header).is_some()))
    }

    /// The delimiter as pipelines write it.
    pub fn delimiter(&self) -> char {
        Delimiter::USUAL.iter().find(|usual| usual.byte() == self.delimiter).map_or(',', |usual| usual.byte() as char)
    }
}

/// The encoding of a file without a mark: UTF-8 where it is that, else UTF-16 where every other byte of its beginning is
/// zero, else Windows-1252.
fn guess(bytes: &[u8]) -> Encoding {
    const BEGINNING: usize = 64;
    let zeros = bytes.iter().take(BEGINNING).filter(|byte| **byte == 0).count();
    match () {
        () if zeros * 3 > bytes.len().min(BEGINNING) => Encoding::Utf16,
        () if encoding::first_invalid(bytes).is_none() => Encoding::Utf8,
        () => Encoding::Windows1252,
    }
}

/// Whether a header says what its rows are about. Whose they are, of when, of which type and whether the primary ones, every
/// record may say, and so may a side extract.
fn tells(kind: Kind, header: &str) -> bool {
    const OF_ALL: [&str; 3] = ["PersonNumber", "PersonId", "ChangesOnly"];
    let is_own = |attribute: &Attribute| attribute.ty == Type::Text && !OF_ALL.contains(&attribute.name);
    attribute::find(kind, header).is_some_and(is_own) && attribute::normalise(header) != "type"
}

/// The kind that knows most of the headers; of several, that whose name stands in the file's, then the first of all.
fn kind_of(file: &str, headers: &[String]) -> Option<Kind> {
    // A key alone is no record: a file of a PersonNumber and a shoe size is a side extract.
    const LEAST: usize = 3;
    let file = attribute::normalise(file);
    let known = |kind| headers.iter().filter_map(move |header| attribute::find(kind, header));
    let has_keys = |kind: &Kind| {
        required_by_rules(*kind, true).iter().all(|key| known(*kind).any(|attribute| attribute.name == *key))
    };
    let rank = |kind: &Kind| {
        let count = known(*kind).count();
        (count, file.contains(&attribute::normalise(kind.name())), std::cmp::Reverse(*kind))
    };
    let is_record = |kind: &Kind| known(*kind).count() >= LEAST && headers.iter().any(|header| tells(*kind, header));
    Kind::ALL.into_iter().filter(|kind| has_keys(kind) && is_record(kind)).max_by_key(rank)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, header: &str) -> Option<Kind> {
        survey(name, format!("{header}\n").as_bytes()).unwrap().kind
    }

    #[test]
    fn a_kind_is_known_by_its_headers_and_then_by_its_name() {
        let sample = |name: &str| std::fs::read(format!("sample-data/plain/{name}_2026-11-20.csv")).unwrap();
        for (name, kind) in
            [("Person", Kind::Person), ("WorkRelationship", Kind::WorkRelationship), ("Assignment", Kind::Assignment)]
        {
            assert_eq!(survey("export.csv", &sample(name)).unwrap().kind, Some(kind), "{name}");
        }
        assert_eq!(kind("x.csv", "PersonNumber,Last Name,First Name"), Some(Kind::Person));
        assert_eq!(kind("PersonName_1.csv", "PersonNumber,Last Name,First Name"), Some(Kind::Person));
        assert_eq!(kind("Name_1.csv", "PersonNumber,Last Name,First Name"), Some(Kind::Name));
        assert_eq!(kind("x.csv", "PersonNumber,EmailType,EmailAddress,DateFrom"), Some(Kind::Email));
        assert_eq!(kind("x.csv", "PersonNumber,Address Line 1,Type,DateFrom"), Some(Kind::Address));
        assert_eq!(kind("x.csv", "PersonNumber,Shoe Size"), None);
        assert_eq!(kind("x.csv", "PersonNumber,EffectiveStartDate,EffectiveEndDate,Badge No"), None);
        assert_eq!(kind("x.csv", "PersonNumber,PersonId,Date From,Date To,Type,Primary,Mail"), None);
        assert_eq!(kind("x.csv", "Green,Joe,London"), None);
    }

    #[test]
    fn encodings_and_delimiters_are_found() {
        let header = "PersonNumber;PersonId;LastName\n1;2;Müller\n";
        let utf16: Vec<u8> = header.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let latin: Vec<u8> = header.chars().map(|c| c as u8).collect();
        for (bytes, encoding) in
            [(header.as_bytes().to_vec(), Encoding::Utf8), (utf16, Encoding::Utf16), (latin, Encoding::Windows1252)]
        {
            let found = survey("x.csv", &bytes).unwrap();
            assert_eq!((found.encoding, found.delimiter(), found.kind), (encoding, ';', Some(Kind::Person)));
            assert!(!found.has_mark && found.has_header());
        }
        let marked = survey("x.csv", format!("\u{feff}{header}").as_bytes()).unwrap();
        assert_eq!((marked.has_mark, marked.headers[0].as_str()), (true, "PersonNumber"));
        assert_eq!(survey("x.csv", b""), None);
        assert!(!survey("x.csv", b"Green,Joe\nKing,Mary\n").unwrap().has_header());
    }
}
