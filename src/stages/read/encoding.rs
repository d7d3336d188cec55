//! From the bytes of a file to UTF-8 text. A byte order mark decides, else what the pipeline says; UTF-8 stays where it is.

use encoding_rs::{DecoderResult, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::options::Encoding;

/// The text of a file: UTF-8, once it is checked, from `start` on (after a byte order mark).
pub(super) struct Text {
    pub(super) bytes: Vec<u8>,
    pub(super) start: usize,
    pub(super) encoding: Encoding,
}

/// A byte that its encoding does not have, at this offset of the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Invalid {
    pub(super) encoding: Encoding,
    pub(super) offset: usize,
}

/// Decodes a file. UTF-8 is handed back as it is and **still to be checked**, which the survey does in parallel.
///
/// Errors: the first byte that the encoding does not have (`CSV006`).
pub(super) fn decode(bytes: Vec<u8>, said: Encoding) -> Result<Text, Invalid> {
    let (encoding, start) = encoding_rs::Encoding::for_bom(&bytes).unwrap_or_else(|| (without_mark(&bytes, said), 0));
    if encoding == UTF_8 {
        return Ok(Text { bytes, start, encoding: Encoding::Utf8 });
    }
    let encoded = if encoding == WINDOWS_1252 { Encoding::Windows1252 } else { Encoding::Utf16 };
    let invalid = |offset| Invalid { encoding: encoded, offset };
    // The five bytes that Windows-1252 leaves open: browsers read them as control characters, we do not.
    let open = |byte: &u8| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d);
    if let Some(offset) = (encoding == WINDOWS_1252).then(|| bytes.iter().position(open)).flatten() {
        return Err(invalid(offset));
    }
    let text = transcode(encoding, &bytes[start..]).map_err(|offset| invalid(start + offset))?;
    Ok(Text { bytes: text.into_bytes(), start: 0, encoding: encoded })
}

/// UTF-16 without a mark: the first character of a header is ASCII, so that its zero byte tells the order.
fn without_mark(bytes: &[u8], said: Encoding) -> &'static encoding_rs::Encoding {
    match said {
        Encoding::Utf8 => UTF_8,
        Encoding::Windows1252 => WINDOWS_1252,
        Encoding::Utf16 if bytes.first() == Some(&0) => UTF_16BE,
        Encoding::Utf16 => UTF_16LE,
    }
}

/// The text, or the offset of the first malformed byte.
fn transcode(encoding: &'static encoding_rs::Encoding, bytes: &[u8]) -> Result<String, usize> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let size = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len());
    let mut text = String::with_capacity(size);
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true) {
        (DecoderResult::InputEmpty, _) => Ok(text),
        (DecoderResult::Malformed(length, after), read) => Err(read - usize::from(length) - usize::from(after)),
        (DecoderResult::OutputFull, read) => Err(read),
    }
}

/// The offset of the first byte of `text` that is not UTF-8.
pub(super) fn first_invalid(text: &[u8]) -> Option<usize> {
    let valid = encoding_rs::Encoding::utf8_valid_up_to(text);
    (valid < text.len()).then_some(valid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], said: Encoding) -> Result<String, usize> {
        let text = decode(bytes.to_vec(), said).map_err(|invalid| invalid.offset)?;
        Ok(String::from_utf8_lossy(&text.bytes[text.start..]).into_owned())
    }

    #[test]
    fn a_mark_decides() {
        assert_eq!(decoded(b"\xef\xbb\xbfa", Encoding::Utf16).as_deref(), Ok("a"));
        assert_eq!(decoded(b"\xff\xfea\0\xe9\0", Encoding::Utf8).as_deref(), Ok("aé"));
        assert_eq!(decoded(b"\xfe\xff\0a", Encoding::Windows1252).as_deref(), Ok("a"));
    }

    #[test]
    fn without_a_mark_the_pipeline_decides() {
        assert_eq!(decoded(b"a\0b\0", Encoding::Utf16).as_deref(), Ok("ab"));
        assert_eq!(decoded(b"\0a\0b", Encoding::Utf16).as_deref(), Ok("ab"));
        assert_eq!(decoded(b"\x80\xe9", Encoding::Windows1252).as_deref(), Ok("€é"));
        assert_eq!(decoded(b"", Encoding::Utf16).as_deref(), Ok(""));
    }

    #[test]
    fn the_offset_is_that_of_the_first_wrong_byte_of_the_file() {
        assert_eq!(decoded(b"ab\x81", Encoding::Windows1252), Err(2));
        assert_eq!(decoded(b"\xff\xfea\0\0\xd8b\0", Encoding::Utf8), Err(4), "half a surrogate pair");
        assert_eq!(decoded(b"a\0b", Encoding::Utf16), Err(2), "half a unit");
        assert_eq!(decoded(b"a\0\x00\xdcb\0c\0", Encoding::Utf16), Err(2), "the other half");
        assert_eq!(first_invalid(b"a\xc3\xa9\xff"), Some(3));
        assert_eq!(first_invalid("é".as_bytes()), None);
    }
}
