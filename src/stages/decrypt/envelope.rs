//! What a file is, and whether it is all there, told from its outermost packets alone: nothing here needs a key, so each
//! refusal may have its own sentence. A message cut short is known before a gigabyte of it has been decrypted.

use std::borrow::Cow;
use std::io::Read;
use std::ops::Range;

use sequoia_openpgp::PacketPile;
use sequoia_openpgp::armor::{Reader, ReaderMode};
use sequoia_openpgp::packet::{PKESK, Packet};
use sequoia_openpgp::parse::Parse;
use sequoia_openpgp::types::{AEADAlgorithm, SymmetricAlgorithm};

use super::DecryptError;

/// Far more recipients than an extract has, and few enough to look at each.
const MAX_RECIPIENTS: usize = 256;

/// What the plaintext is wrapped in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// Packet 18: with integrity protection, as all current software makes it.
    Protected,
    /// Packet 9: without integrity protection.
    Unprotected,
    /// Packet 20: GnuPG's own authenticated encryption.
    GnuPg,
}

/// The outermost packets of an encrypted message.
#[derive(Debug)]
pub struct Envelope {
    pub container: Container,
    /// Where the container packet begins: before it stand the recipients' packets.
    head: usize,
    /// The container's content; several ranges where its length was not known when it was written.
    body: Vec<Range<usize>>,
}

/// The message as packets: the text of an armored message is decoded, a binary one is taken as it is.
///
/// Fails with [`DecryptError::NotEncrypted`] where the file is something else, and [`DecryptError::Damaged`].
pub fn dearmor(message: Vec<u8>) -> Result<Vec<u8>, DecryptError> {
    let Some(text) = armor(&message) else { return Ok(message) };
    match text.strip_prefix(b"-----BEGIN PGP ").unwrap_or_default() {
        t if t.starts_with(b"MESSAGE-----") => {}
        t if t.starts_with(b"SIGNED MESSAGE") => {
            return Err(DecryptError::NotEncrypted("text with a signature around it"));
        }
        t if t.starts_with(b"SIGNATURE") => return Err(DecryptError::NotEncrypted("a detached signature")),
        t if t.starts_with(b"PUBLIC KEY") || t.starts_with(b"PRIVATE KEY") => {
            return Err(DecryptError::NotEncrypted("a key"));
        }
        _ => return Err(DecryptError::NotEncrypted("no OpenPGP message")),
    }
    // The decoder is content when the last line is missing, or when more follows it; we are not.
    let text = text.trim_ascii_end();
    let last_line = b"\n-----END PGP MESSAGE-----";
    if memchr::memmem::find(text, last_line).is_none_or(|at| at + last_line.len() != text.len()) {
        return Err(DecryptError::Damaged);
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let mut reader = Reader::from_bytes(text, ReaderMode::Tolerant(None));
    reader.read_to_end(&mut bytes).map_err(|_| DecryptError::Damaged)?;
    Ok(bytes)
}

/// The armored text, if the file is one: it may begin with a BOM and white space, but with nothing else.
fn armor(message: &[u8]) -> Option<&[u8]> {
    let text = message.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(message).trim_ascii_start();
    text.starts_with(b"-----BEGIN PGP ").then_some(text)
}

/// Whether a file that nobody decrypts is an OpenPGP message all the same: armored, or encrypted packets.
pub fn is_message(file: &[u8]) -> bool {
    let Some(first) = file.first() else { return false };
    let is_binary = first & 0x80 != 0 && !matches!(Envelope::scan(file), Err(DecryptError::NotEncrypted(_)));
    armor(file).is_some() || is_binary
}

/// Fails with [`DecryptError::NotEncrypted`] where a file that begins so is no message, whatever follows.
pub fn begins(beginning: Vec<u8>) -> Result<(), DecryptError> {
    match dearmor(beginning).and_then(|binary| Envelope::scan(&binary)) {
        Err(error @ DecryptError::NotEncrypted(_)) => Err(error),
        // That it seems cut short is the beginning's nature.
        _ => Ok(()),
    }
}

impl Envelope {
    /// Walks the outermost packets of a binary message to its end, by their lengths.
    ///
    /// Fails with [`DecryptError::NotEncrypted`] and, where bytes are missing or left over, [`DecryptError::Damaged`].
    pub fn scan(binary: &[u8]) -> Result<Envelope, DecryptError> {
        let (mut position, mut recipients) = (0, 0);
        let mut found: Option<Envelope> = None;
        while position < binary.len() {
            let header = header(binary[position], position);
            if found.is_none() {
                encrypted(header.tag)?;
            }
            let body = chunks(binary, &header).ok_or(DecryptError::Damaged)?;
            let end = body.last().map_or(position, |range| range.end);
            match header.tag {
                MARKER | PADDING => {}
                PKESK_TAG | SKESK_TAG if found.is_none() && recipients < MAX_RECIPIENTS => recipients += 1,
                SED | SEIP | AED if found.is_none() => {
                    let container = match header.tag {
                        SED => Container::Unprotected,
                        SEIP => Container::Protected,
                        _ => Container::GnuPg,
                    };
                    found = Some(Envelope { container, head: position, body });
                }
                _ => return Err(DecryptError::Damaged),
            }
            position = end;
        }
        found.ok_or(DecryptError::Damaged)
    }

    /// The recipients' packets. Those of kinds that we do not know are left out, as the standard demands.
    pub fn recipients(&self, binary: &[u8]) -> Result<Vec<PKESK>, DecryptError> {
        let pile = PacketPile::from_bytes(&binary[..self.head]).map_err(|_| DecryptError::Damaged)?;
        Ok(pile.into_children().filter_map(|p| if let Packet::PKESK(p) = p { Some(p) } else { None }).collect())
    }

    /// Passes unless the container names the one mode that the library lacks. It stands in the clear, before any key is used.
    pub fn readable(&self, binary: &[u8]) -> Result<(), DecryptError> {
        let head: Vec<u8> = self.body.iter().flat_map(|range| &binary[range.clone()]).copied().take(3).collect();
        match (self.container, &head[..]) {
            (Container::Protected, [2, cipher, mode]) | (Container::GnuPg, [1, cipher, mode])
                if AEADAlgorithm::from(*mode) == AEADAlgorithm::EAX =>
            {
                Err(DecryptError::Cipher(format!("{} in EAX mode", SymmetricAlgorithm::from(*cipher))))
            }
            _ => Ok(()),
        }
    }

    /// The beginning of the container's content, as long as it is known to be in one piece.
    pub fn beginning<'b>(&self, binary: &'b [u8]) -> &'b [u8] {
        self.body.first().map_or(&[], |range| &binary[range.clone()])
    }

    /// Brings the container's content into one piece, and says where it lies then. The packets are no longer what they were.
    pub fn gather(&self, binary: &mut [u8]) -> Range<usize> {
        let start = self.body.first().map_or(0, |range| range.start);
        start..start + gather(binary, &self.body, start)
    }

    /// The container's content in one piece.
    pub fn content<'b>(&self, binary: &'b [u8]) -> Cow<'b, [u8]> {
        in_one_piece(binary, &self.body)
    }
}

/// These ranges, one behind the other.
pub(super) fn in_one_piece<'b>(bytes: &'b [u8], ranges: &[Range<usize>]) -> Cow<'b, [u8]> {
    match ranges {
        [one] => Cow::Borrowed(&bytes[one.clone()]),
        many => Cow::Owned(many.iter().map(|range| &bytes[range.clone()]).collect::<Vec<_>>().concat()),
    }
}

/// Moves ascending ranges together, so that they begin at `to`, which is not behind the first; returns how long they are.
pub(super) fn gather(bytes: &mut [u8], ranges: &[Range<usize>], to: usize) -> usize {
    let mut end = to;
    for range in ranges {
        if range.start != end {
            bytes.copy_within(range.clone(), end);
        }
        end += range.len();
    }
    end - to
}

/// Where the text of a message lies that is signed or not, and not compressed: the content of its literal packet. `None` for
/// anything else, which the library reads. The packets around it are the library's to judge.
pub(super) fn literal(message: &[u8]) -> Option<Vec<Range<usize>>> {
    let (mut position, mut found) = (0, None);
    while position < message.len() {
        let header = header(message[position], position);
        let mut body = chunks(message, &header)?;
        position = body.last()?.end;
        match header.tag {
            ONE_PASS | SIGNATURE | MARKER => {}
            LITERAL if found.is_none() => {
                // Format, the name's length, the name, a date.
                let first = body.first_mut()?;
                let name = usize::from(*message.get(first.start + 1)?);
                first.start = Some(first.start + 6 + name).filter(|start| *start <= first.end)?;
                found = Some(body);
            }
            _ => return None,
        }
    }
    found
}

/// The algorithm of a message that is one compressed packet, and where in it the packed bytes lie. `None` for anything else.
pub(super) fn compressed(message: &[u8]) -> Option<(u8, Vec<Range<usize>>)> {
    let header = header(*message.first()?, 0);
    let mut body = chunks(message, &header).filter(|_| header.tag == COMPRESSED)?;
    let is_alone = body.last()?.end == message.len();
    let is_proper = body.len() == 1 || body[0].len() >= MIN_PARTIAL;
    let first = body.first_mut().filter(|_| is_alone && is_proper)?;
    let algorithm = *message[first.clone()].first()?;
    first.start += 1;
    Some((algorithm, body))
}

/// The first piece of a packet in pieces is no shorter: RFC 9580, section 4.2.1.4.
const MIN_PARTIAL: usize = 512;
const PKESK_TAG: u8 = 1;
const SIGNATURE: u8 = 2;
const SKESK_TAG: u8 = 3;
const ONE_PASS: u8 = 4;
const COMPRESSED: u8 = 8;
const SED: u8 = 9;
const MARKER: u8 = 10;
const LITERAL: u8 = 11;
const SEIP: u8 = 18;
const AED: u8 = 20;
const PADDING: u8 = 21;

/// A packet's tag, where its length field begins, and the old format's kind of length (None: the new format).
struct Header {
    tag: u8,
    length: usize,
    old: Option<u8>,
}

fn header(first: u8, position: usize) -> Header {
    let length = position + 1;
    match first {
        0xC0.. => Header { tag: first & 0x3F, length, old: None },
        0x80..0xC0 => Header { tag: first >> 2 & 0x0F, length, old: Some(first & 3) },
        _ => Header { tag: 0, length, old: None },
    }
}

/// Passes the packets of an encrypted message; says what the file is instead, if it holds others.
fn encrypted(tag: u8) -> Result<(), DecryptError> {
    Err(DecryptError::NotEncrypted(match tag {
        PKESK_TAG | SKESK_TAG | SED | SEIP | AED | MARKER | PADDING => return Ok(()),
        2 => "a detached signature, or signed on the outside",
        4 => "signed on the outside",
        5 | 6 | 7 | 14 => "a key",
        8 | 11 => "an OpenPGP message of readable content",
        _ => "no OpenPGP message",
    }))
}

/// Where the content of a packet lies; None where it goes on past the end of the file. RFC 9580, section 4.2.
fn chunks(binary: &[u8], header: &Header) -> Option<Vec<Range<usize>>> {
    let mut chunks = Vec::new();
    let mut at = header.length;
    loop {
        let (start, length, last) = match header.old {
            Some(3) => (at, binary.len() - at, true),
            Some(kind) => (at + (1 << kind), number(binary, at, 1 << kind)?, true),
            None => match *binary.get(at)? {
                short @ 0..192 => (at + 1, usize::from(short), true),
                192..224 => (at + 2, number(binary, at, 2)? - (192 << 8) + 192, true),
                255 => (at + 5, number(binary, at + 1, 4)?, true),
                partial @ 224.. => (at + 1, 1 << (partial & 0x1F), false),
            },
        };
        let end = start.checked_add(length).filter(|end| *end <= binary.len())?;
        chunks.push(start..end);
        at = end;
        if last {
            return Some(chunks);
        }
    }
}

fn number(binary: &[u8], at: usize, bytes: usize) -> Option<usize> {
    Some(binary.get(at..at + bytes)?.iter().fold(0, |n, byte| n << 8 | usize::from(*byte)))
}
