//! What is in a file: the packets of an OpenPGP message, and of a CSV file its kind, encoding, headers, rows and dates.
//! Nothing that is somebody's: no cell is shown, and no birth date stands in a range.

use jiff::civil::Date;
use serde::Serialize;

use crate::model::kind::Kind;
use crate::stages::decrypt::{self, Container, Envelope, Keys, Limits, Signature};
use crate::stages::read::{self, CsvFile, DateColumn, Delimiter, Extract, Survey};

/// A file, looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Inspection {
    pub file: String,
    pub bytes: u64,
    /// Where it is an OpenPGP message.
    pub message: Option<Message>,
    /// Where it is, or holds, CSV that could be read.
    pub csv: Option<Table>,
    /// What else there is to say.
    pub notes: Vec<String>,
}

/// An OpenPGP message from the outside, and, where there are keys for it, its seal.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Message {
    pub armored: bool,
    /// The ids of the keys that it is encrypted for; an anonymous recipient has none.
    pub recipients: Vec<String>,
    pub container: Option<String>,
    pub content_bytes: u64,
    /// With keys: `good`, `off` where nobody looked at it, or why it cannot be opened.
    pub seal: Option<String>,
    pub signer: Option<String>,
    pub plaintext_bytes: Option<u64>,
    /// Weak algorithms that the pipeline accepts, and that this message relies on.
    pub accepted: Vec<&'static str>,
}

/// A CSV file.
#[derive(Clone, Debug, Serialize)]
pub struct Table {
    /// Guessed by the headers.
    pub kind: Option<&'static str>,
    pub encoding: String,
    pub byte_order_mark: bool,
    pub delimiter: char,
    pub columns: usize,
    /// Attribute and header.
    pub recognised: Vec<(String, String)>,
    /// Headers that mean nothing in a file of this kind.
    pub unrecognised: Vec<String>,
    pub rows: u64,
    /// Rows with another number of fields than the header has.
    pub misshapen: u64,
    pub dates: Vec<Dates>,
}

/// A column of dates.
#[derive(Clone, Debug, Serialize)]
pub struct Dates {
    pub attribute: &'static str,
    pub filled: u64,
    /// The forms that fit every cell, or nearly every: `ISO`, or `strptime` words.
    pub forms: Vec<&'static str>,
    /// Cells that are no date in these forms.
    pub misfits: u64,
    pub first: Option<String>,
    pub last: Option<String>,
}

/// Looks at the content of a file; with keys, into a message as well.
pub fn inspect(name: &str, bytes: Vec<u8>, keys: Option<&Keys>) -> Inspection {
    let mut found =
        Inspection { file: name.to_owned(), bytes: bytes.len() as u64, message: None, csv: None, notes: Vec::new() };
    if !decrypt::is_message(&bytes) {
        found.look_at_csv(name, bytes);
        return found;
    }
    let mut message = outside(&bytes);
    match keys.map(|keys| decrypt::decrypt(bytes, keys, &Limits::default())) {
        None => found.notes.push("what is in the message takes a key: --pipeline PIPELINE".into()),
        Some(Err(error)) => message.seal = Some(error.to_string()),
        Some(Ok(opened)) => {
            message.accepted = opened.accepted.iter().map(|weak| weak.word()).collect();
            message.plaintext_bytes = Some(opened.bytes.len() as u64);
            let (seal, signer) = match opened.signature {
                Signature::Good { signer, .. } => ("good", Some(signer)),
                Signature::Unchecked | Signature::Unsigned => ("off", None),
            };
            (message.seal, message.signer) = (Some(seal.to_owned()), signer);
            found.look_at_csv(name, opened.bytes);
        }
    }
    found.message = Some(message);
    found
}

/// What the outermost packets tell, which takes no key.
fn outside(bytes: &[u8]) -> Message {
    let mut message = Message { armored: bytes.first().is_some_and(|first| first & 0x80 == 0), ..Message::default() };
    let Ok(binary) = decrypt::dearmor(bytes.to_vec()) else {
        return Message { seal: Some("damaged, or not an encrypted message".into()), ..message };
    };
    let envelope = match Envelope::scan(&binary) {
        Ok(envelope) => envelope,
        Err(error) => return Message { seal: Some(error.to_string()), ..message },
    };
    let content = envelope.content(&binary);
    let version = content.first().copied().unwrap_or_default();
    message.container = Some(match envelope.container {
        Container::Protected => format!("packet 18, version {version}: with integrity protection"),
        Container::Unprotected => "packet 9: without integrity protection".into(),
        Container::GnuPg => "packet 20: GnuPG's authenticated encryption".into(),
    });
    message.content_bytes = content.len() as u64;
    let recipients = envelope.recipients(&binary).unwrap_or_default();
    message.recipients = recipients.iter().map(|packet| recipient(packet.recipient().map(|id| id.to_hex()))).collect();
    message
}

/// Whom a message is for; an id of zeros is nobody's.
fn recipient(id: Option<String>) -> String {
    id.filter(|id| id.bytes().any(|digit| digit != b'0')).unwrap_or_else(|| "anonymous".into())
}

impl Inspection {
    fn look_at_csv(&mut self, name: &str, bytes: Vec<u8>) {
        let Some(survey) = read::survey(name, &bytes) else {
            self.notes.push("it has no line that could be the header of a CSV file".into());
            return;
        };
        if !survey.has_header() {
            // It may be somebody's data: nothing of it is shown.
            self.notes.push("no name in its first line is known: it seems to be no header of an extract".into());
            return;
        }
        let mut options = Extract::of(name);
        options.encoding = survey.encoding;
        options.delimiter = Delimiter::try_from(survey.delimiter()).ok();
        options.allow_empty = true;
        let opened = match survey.kind {
            Some(kind) => CsvFile::open(name, kind, bytes, &options, false, &[]),
            None => CsvFile::open_side(name, bytes, &options, &survey.headers[0]),
        };
        let csv = match opened {
            Ok(csv) => csv,
            Err(error) => {
                self.notes.push(format!("a run would refuse it: {} {error}", error.code()));
                return;
            }
        };
        if survey.kind.is_none() {
            self.notes.push("no kind of record has such headers: it may be a side extract".into());
        }
        self.csv = Some(table(&survey, &csv));
    }
}

fn table(survey: &Survey, csv: &CsvFile) -> Table {
    let (mut rows, mut misshapen) = (0, 0);
    for chunk in csv.chunks() {
        chunk.for_each(|record| {
            rows += 1;
            misshapen += u64::from(record.len() != survey.headers.len());
        });
    }
    let (recognised, unrecognised) = match survey.kind {
        Some(kind) => survey.columns(kind),
        None => (Vec::new(), survey.headers.iter().map(String::as_str).collect()),
    };
    let owned = |(attribute, header): (&str, &str)| (attribute.to_owned(), header.to_owned());
    Table {
        kind: survey.kind.map(Kind::name),
        encoding: survey.encoding.to_string(),
        byte_order_mark: survey.has_mark,
        delimiter: survey.delimiter(),
        columns: survey.headers.len(),
        recognised: recognised.into_iter().map(owned).collect(),
        unrecognised: unrecognised.into_iter().map(str::to_owned).collect(),
        rows,
        misshapen,
        dates: survey.kind.map_or_else(Vec::new, |kind| read::dates(csv, kind).iter().map(dates).collect()),
    }
}

fn dates(column: &DateColumn) -> Dates {
    let day = |day: Date| day.to_string();
    Dates {
        attribute: column.attribute,
        filled: column.filled,
        forms: column.forms.iter().map(|form| form.unwrap_or("ISO")).collect(),
        misfits: column.misfits,
        first: column.range.map(|(first, _)| day(first)),
        last: column.range.map(|(_, last)| day(last)),
    }
}

impl Inspection {
    /// For people.
    pub fn text(&self) -> String {
        let mut text = format!("{}: {} bytes\n", self.file.escape_debug(), self.bytes);
        text += &self.message.as_ref().map(Message::text).unwrap_or_default();
        text += &self.csv.as_ref().map(Table::text).unwrap_or_default();
        text + &self.notes.iter().map(|note| format!("note: {note}\n")).collect::<String>()
    }
}

impl Message {
    fn text(&self) -> String {
        let mut text = format!("OpenPGP message, {}\n", if self.armored { "armored" } else { "binary" });
        for recipient in &self.recipients {
            text += &line("recipient", recipient);
        }
        if let Some(container) = &self.container {
            text += &line("container", &format!("{container}, {} bytes", self.content_bytes));
        }
        if let Some(seal) = &self.seal {
            text +=
                &line("signature", &self.signer.as_ref().map_or_else(|| seal.clone(), |by| format!("{seal}, by {by}")));
        }
        if !self.accepted.is_empty() {
            text += &line("weak", &self.accepted.join(", "));
        }
        text + &self.plaintext_bytes.map(|bytes| line("plaintext", &format!("{bytes} bytes"))).unwrap_or_default()
    }
}

impl Table {
    fn text(&self) -> String {
        let mark = if self.byte_order_mark { "with" } else { "without" };
        let mut text = "CSV\n".to_owned();
        text += &line("kind", self.kind.unwrap_or("not known"));
        text += &line("encoding", &format!("{}, {mark} a byte order mark", self.encoding));
        text += &line("delimiter", &self.delimiter.escape_debug().to_string());
        let misshapen =
            if self.misshapen > 0 { format!(", {} of another length", self.misshapen) } else { String::new() };
        text += &line("rows", &format!("{}{misshapen}", self.rows));
        text += &line("columns", &format!("{}, of them {} recognised", self.columns, self.recognised.len()));
        for (attribute, header) in &self.recognised {
            let as_header = if attribute == header { String::new() } else { format!("\"{}\"", header.escape_debug()) };
            text += format!("  {attribute:26} {as_header}").trim_end();
            text.push('\n');
        }
        for header in &self.unrecognised {
            text += &format!("  {:26} \"{}\"\n", "-", header.escape_debug());
        }
        for dates in &self.dates {
            let forms = if dates.forms.is_empty() { "no form that fits all".into() } else { dates.forms.join(" or ") };
            let range = dates.first.as_ref().zip(dates.last.as_ref());
            let range = range.map(|(first, last)| format!(", {first} to {last}")).unwrap_or_default();
            let forms = if dates.misfits > 0 { format!("{forms}, {} are not", dates.misfits) } else { forms };
            text += &line("dates", &format!("{}: {} filled, {forms}{range}", dates.attribute, dates.filled));
        }
        text
    }
}

fn line(name: &str, what: &str) -> String {
    format!("  {name:10} {what}\n")
}
