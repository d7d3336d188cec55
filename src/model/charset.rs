//! The encodings in which files for a target are written, and read again: a value has all of its characters in one, or it
//! cannot be written at all.

use std::borrow::Cow;
use std::io::{self, Read};

use encoding_rs::{Decoder, UTF_8, UTF_16LE, WINDOWS_1252};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An encoding of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Charset {
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// With a byte order mark.
    #[serde(rename = "utf-8-bom")]
    Utf8Bom,
    /// Little-endian, with a byte order mark.
    #[serde(rename = "utf-16")]
    Utf16,
    #[serde(rename = "windows-1252")]
    Windows1252,
    #[serde(rename = "iso-8859-1")]
    Iso88591,
}

/// With what a file in UTF-16 begins.
pub const UTF_16_MARK: [u8; 2] = [0xff, 0xfe];

impl Charset {
    /// The word for it in a pipeline file.
    pub fn name(self) -> &'static str {
        match self {
            Charset::Utf8 => "utf-8",
            Charset::Utf8Bom => "utf-8-bom",
            Charset::Utf16 => "utf-16",
            Charset::Windows1252 => "windows-1252",
            Charset::Iso88591 => "iso-8859-1",
        }
    }

    /// The byte order mark at the start of a file.
    pub fn mark(self) -> &'static [u8] {
        match self {
            Charset::Utf8Bom => "\u{feff}".as_bytes(),
            Charset::Utf16 => &UTF_16_MARK,
            Charset::Utf8 | Charset::Windows1252 | Charset::Iso88591 => b"",
        }
    }

    /// The bytes of a text; `None` where it has a character that the encoding does not have.
    pub fn encode(self, text: &str) -> Option<Cow<'_, [u8]>> {
        match self {
            Charset::Utf8 | Charset::Utf8Bom => Some(Cow::Borrowed(text.as_bytes())),
            Charset::Utf16 => Some(Cow::Owned(text.encode_utf16().flat_map(u16::to_le_bytes).collect())),
            _ if text.is_ascii() => Some(Cow::Borrowed(text.as_bytes())),
            Charset::Windows1252 => {
                // The five bytes that Windows-1252 leaves open: browsers write control characters as them, we do not.
                let open = |c: char| matches!(c, '\u{80}'..='\u{9f}');
                let (bytes, _, is_lossy) = WINDOWS_1252.encode(text);
                (!is_lossy && !text.contains(open)).then_some(bytes)
            }
            Charset::Iso88591 => {
                text.chars().map(|c| u8::try_from(c).ok()).collect::<Option<Vec<u8>>>().map(Cow::Owned)
            }
        }
    }

    /// Whether it has every character that there is.
    pub fn has_all(self) -> bool {
        matches!(self, Charset::Utf8 | Charset::Utf8Bom | Charset::Utf16)
    }

    /// Whether it has all characters of a text.
    pub fn has(self, text: &str) -> bool {
        self.has_all() || self.encode(text).is_some()
    }
}

/// A file as UTF-8, without its mark.
pub struct Decoded<R> {
    inner: R,
    /// None for ISO-8859-1, whose bytes are the characters' numbers.
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    text: String,
    /// How much of `text` was handed on.
    given: usize,
    ended: bool,
}

impl<R: Read> Decoded<R> {
    const BUFFER: usize = 1 << 16;

    pub fn new(inner: R, charset: Charset) -> Decoded<R> {
        let decoder = match charset {
            Charset::Utf8 | Charset::Utf8Bom => Some(UTF_8.new_decoder_with_bom_removal()),
            Charset::Utf16 => Some(UTF_16LE.new_decoder_with_bom_removal()),
            Charset::Windows1252 => Some(WINDOWS_1252.new_decoder_without_bom_handling()),
            Charset::Iso88591 => None,
        };
        Decoded { inner, decoder, raw: vec![0; Self::BUFFER], text: String::new(), given: 0, ended: false }
    }

    /// Decodes the next piece.
    fn refill(&mut self) -> io::Result<()> {
        let read = self.inner.read(&mut self.raw)?;
        self.ended = read == 0;
        self.text.clear();
        self.given = 0;
        match &mut self.decoder {
            Some(decoder) => {
                self.text.reserve(decoder.max_utf8_buffer_length(read).unwrap_or_default());
                let (_, _, is_malformed) = decoder.decode_to_string(&self.raw[..read], &mut self.text, self.ended);
                if is_malformed {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, "it is not in its encoding"));
                }
            }
            None => self.text.extend(self.raw[..read].iter().copied().map(char::from)),
        }
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // A piece may end within its first character: then there is nothing to hand on yet.
        while self.given == self.text.len() && !self.ended {
            self.refill()?;
        }
        let rest = &self.text.as_bytes()[self.given..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Charset; 5] =
        [Charset::Utf8, Charset::Utf8Bom, Charset::Utf16, Charset::Windows1252, Charset::Iso88591];

    /// Hands on one byte at a time.
    struct Drop<'a>(&'a [u8]);

    impl Read for Drop<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            buffer[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    #[test]
    fn what_was_written_is_read_again_however_it_is_cut() {
        for charset in ALL {
            let text = "Müller;Ærø\r\n".repeat(9000);
            let bytes = [charset.mark(), &charset.encode(&text).unwrap()].concat();
            let mut read = String::new();
            Decoded::new(bytes.as_slice(), charset).read_to_string(&mut read).unwrap();
            assert_eq!(read, text, "{charset:?}");
            let (mut read, few) = (String::new(), [charset.mark(), &charset.encode("Ærø").unwrap()].concat());
            Decoded::new(Drop(&few), charset).read_to_string(&mut read).unwrap();
            assert_eq!(read, "Ærø", "{charset:?}");
        }
    }

    #[test]
    fn a_character_that_is_not_there_is_never_replaced() {
        for (text, windows, latin) in [
            ("Łukasz", false, false),
            ("10 €", true, false),
            ("\u{81}", false, true),
            ("Müller", true, true),
            ("東京", false, false),
        ] {
            assert_eq!((Charset::Windows1252.has(text), Charset::Iso88591.has(text)), (windows, latin), "{text}");
            assert!(Charset::Utf8.has(text) && Charset::Utf16.has(text));
        }
        assert_eq!(Charset::Windows1252.encode("€é").as_deref(), Some(&b"\x80\xe9"[..]));
        assert_eq!(Charset::Iso88591.encode("é").as_deref(), Some(&b"\xe9"[..]));
        assert_eq!(Charset::Utf16.encode("é😀").as_deref(), Some(&b"\xe9\0\x3d\xd8\0\xde"[..]));
    }

    #[test]
    fn a_pipeline_file_knows_each_by_its_name() {
        for charset in ALL {
            assert_eq!(serde_json::to_value(charset).unwrap(), charset.name());
        }
    }
}
