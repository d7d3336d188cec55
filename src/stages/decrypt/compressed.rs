//! The short way out of compression: an inner message that is one packet of ZIP or ZLIB (RFC 9580, section 5.6), as gpg and
//! Bouncy Castle make them unless told otherwise, unpacked to where its text then stays. The library can do it as well, and
//! does for whatever is not plainly that, at several times the cost: each byte goes through its buffers.

use std::io::Read;

use flate2::bufread::{DeflateDecoder, ZlibDecoder};
use sequoia_openpgp::types::CompressionAlgorithm;

use super::{DecryptError, envelope};

/// Unpacked in turn, so that the bytes are still in the processor's cache when they are put where they stay.
const STRIDE: usize = 128 << 10;
/// What may stand around a text, beside a 64th of its limit: the packets' headers and the signatures.
const FRAME: u64 = 1 << 16;

/// The message inside of a compressed one. `None` for what is no such message, is packed in another way, or is not whole to
/// its last byte: the library reads that, and its verdict counts.
///
/// Fails with [`DecryptError::TooLarge`] once more comes out than can be the message of a text of `limit` bytes.
pub(super) fn unpack(message: &[u8], limit: u64) -> Result<Option<Vec<u8>>, DecryptError> {
    let Some((algorithm, body)) = envelope::compressed(message) else { return Ok(None) };
    let packed = envelope::in_one_piece(message, &body);
    let mut rest = &packed[..];
    let unpacked = match CompressionAlgorithm::from(algorithm) {
        CompressionAlgorithm::Uncompressed => to_end(&mut rest, limit),
        CompressionAlgorithm::Zip => to_end(DeflateDecoder::new(&mut rest), limit),
        CompressionAlgorithm::Zlib => to_end(ZlibDecoder::new(&mut rest), limit),
        _ => Ok(None),
    };
    unpacked.map(|message| message.filter(|_| rest.is_empty()))
}

/// All that comes out of a stream; `None` if it is broken, or breaks off.
fn to_end(mut stream: impl Read, limit: u64) -> Result<Option<Vec<u8>>, DecryptError> {
    let most = limit.saturating_add(limit / 64).saturating_add(FRAME);
    let (mut stride, mut bytes) = (vec![0; STRIDE], Vec::new());
    loop {
        match stream.read(&mut stride) {
            Ok(0) => return Ok(Some(bytes)),
            Ok(length) => bytes.extend_from_slice(&stride[..length]),
            Err(_) => return Ok(None),
        }
        if bytes.len() as u64 > most {
            return Err(DecryptError::TooLarge(limit));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, ZlibEncoder};

    use super::*;

    const TEXT: &[u8] = b"PersonNumber,LastName\n1001,Example\n1002,Sample\n";

    fn packed(algorithm: u8, message: &[u8]) -> Vec<u8> {
        let (mut zip, mut zlib) =
            (DeflateEncoder::new(vec![1], Compression::default()), ZlibEncoder::new(vec![2], Compression::default()));
        zip.write_all(message).unwrap();
        zlib.write_all(message).unwrap();
        match algorithm {
            1 => zip.finish().unwrap(),
            2 => zlib.finish().unwrap(),
            _ => [&[algorithm], message].concat(),
        }
    }

    /// A packet of every form that can hold so much.
    fn packets(body: &[u8]) -> Vec<Vec<u8>> {
        let length = |bytes: usize| (bytes as u32).to_be_bytes();
        let [_, _, high, low] = length(body.len());
        let of = |header: &[u8]| [header, body].concat();
        let mut packets = vec![
            of(&[&[0xC8, 255], &length(body.len())[..]].concat()),
            of(&[&[0xA2], &length(body.len())[..]].concat()),
            of(&[0xA3]),
        ];
        if body.len() < 1 << 8 {
            packets.push(of(&[0xA0, low]));
        }
        if body.len() < 1 << 16 {
            packets.push(of(&[0xA1, high, low]));
        }
        match body.len() {
            short @ 0..192 => packets.push(of(&[0xC8, short as u8])),
            middle @ 192..8384 => packets.push(of(&[0xC8, 192 + ((middle - 192) >> 8) as u8, (middle - 192) as u8])),
            _ => {}
        }
        // In pieces of 512 bytes, one byte, and the rest.
        if let Some((first, [second, rest @ ..])) = body.split_at_checked(512) {
            packets.push([&[0xC8, 224 + 9], first, &[224, *second], &[255], &length(rest.len()), rest].concat());
        }
        packets
    }

    fn unpacked(message: &[u8]) -> Option<Vec<u8>> {
        unpack(message, 1 << 30).unwrap()
    }

    /// Bytes that hardly become fewer.
    fn noise(length: usize) -> Vec<u8> {
        let mut random = fastrand::Rng::with_seed(1);
        (0..length).map(|_| random.u8(..)).collect()
    }

    #[test]
    fn messages_by_gpg_come_out() {
        // gpg 2.2.40 --store --compress-algo zip, and zlib
        let zip = "a3015b6395c45aa2975c5c963a795942406a51717e9e5f696e526a918e4f6271895f626e2a97a18181a18e6b45626e410e9863a4130c610300";
        let zlib = "a302789c5b6395c45aa2975c5c963a795942406a51717e9e5f696e526a918e4f6271895f626e2a97a18181a18e6b45626e410e9863a4130c6103009f871484";
        for hex in [zip, zlib] {
            let message: Vec<u8> =
                (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect();
            let inner = unpacked(&message).expect("unpacked");
            let [text] = &envelope::literal(&inner).expect("a text")[..] else { panic!("in one piece") };
            assert_eq!(inner[text.clone()], *TEXT);
        }
    }

    #[test]
    fn every_form_of_a_packet_is_read() {
        for length in [0, 1, 100, 512, 520, 3_000, 60_000, STRIDE - 1, STRIDE, STRIDE + 1, 5 * STRIDE + 7] {
            let message = noise(length);
            for body in [0, 1, 2].map(|algorithm| packed(algorithm, &message)) {
                for packet in packets(&body) {
                    assert!(unpacked(&packet).as_ref() == Some(&message), "{:?}, {length} bytes", &packet[..2]);
                }
            }
        }
    }

    #[test]
    fn what_is_not_whole_to_its_last_byte_is_left_to_the_library() {
        for body in [1, 2].map(|algorithm| packed(algorithm, TEXT)) {
            let of = |body: &[u8]| unpacked(&[&[0xC8, body.len() as u8], body].concat());
            (0..body.len()).for_each(|cut| assert_eq!(of(&body[..cut]), None, "{cut} bytes"));
            assert_eq!(of(&[&body[..], &[0]].concat()), None, "a byte too many");
            assert_eq!(of(&[&body[..], &body[1..]].concat()), None, "a stream too many");
            // The last bit of a checksum; of the deflate stream, bits behind its end count for nothing.
            let mut changed = body.clone();
            *changed.last_mut().unwrap() ^= 1;
            assert!(body[0] == 1 || of(&changed).is_none(), "another checksum");

            let whole = [&[0xC8, body.len() as u8], &body[..]].concat();
            let marker = [0xCA, 3, b'P', b'G', b'P'];
            assert_eq!(unpacked(&[&whole[..], &marker].concat()), None, "another packet behind it");
            assert_eq!(unpacked(&[&marker[..], &whole].concat()), None, "another packet before it");
            assert_eq!(unpacked(&whole[..whole.len() - 1]), None, "a packet cut short");
        }
        let long = packed(1, &noise(2_000));
        let rest = (long.len() as u32 - 256).to_be_bytes();
        let short = [&[0xC8, 224 + 8], &long[..256], &[255], &rest, &long[256..]].concat();
        assert_eq!(unpacked(&short), None, "the first piece is too short");
        for other in [packed(3, b"BZh9"), packed(4, TEXT), Vec::new()] {
            assert_eq!(unpacked(&[&[0xC8, other.len() as u8], &other[..]].concat()), None);
        }
        assert_eq!(unpacked(TEXT), None);
        assert_eq!(unpacked(&[]), None);
    }

    #[test]
    fn no_more_comes_out_than_a_text_within_its_limit_needs() {
        let room = |limit: u64| limit + limit / 64 + FRAME;
        for limit in [1, 1 << 20, 10 << 20] {
            for (more, fits) in [(0, true), (1, false), (1 << 20, false)] {
                let message = vec![0; (room(limit) + more) as usize];
                for body in [1, 2].map(|algorithm| packed(algorithm, &message)) {
                    let unpacked = unpack(&[&[0xA3], &body[..]].concat(), limit);
                    match fits {
                        true => assert!(unpacked.unwrap().is_some_and(|inner| inner == message)),
                        false => assert!(matches!(unpacked, Err(DecryptError::TooLarge(l)) if l == limit)),
                    }
                }
            }
        }
        let bomb = packed(2, &vec![0; 64 << 20]);
        assert!(bomb.len() < 1 << 17);
        assert!(unpack(&[&[0xA3], &bomb[..]].concat(), u64::MAX).unwrap().is_some(), "no sum runs over");
    }
}
