//! The two containers that the library reads no more, and senders still write: packet 9 of before 2000, without integrity
//! protection (RFC 9580, section 5.7), and GnuPG's packet 20 (draft-ietf-openpgp-rfc4880bis, section 5.16). Ciphers and
//! modes are the library's; only the framing is ours.

use std::io::Read;

use sequoia_openpgp::crypto::SessionKey;
use sequoia_openpgp::crypto::aead::{self, DecryptionContext, Schedule};
use sequoia_openpgp::crypto::symmetric::{BlockCipherMode, Decryptor, UnpaddingMode};
use sequoia_openpgp::parse::buffered_reader::{BufferedReader, Memory};
use sequoia_openpgp::types::{AEADAlgorithm, SymmetricAlgorithm};
use sequoia_openpgp::{Result as PgpResult, parse::Cookie};

use super::DecryptError;
use super::message::Open;

/// The largest chunk that GnuPG makes is of 2^22 bytes; older versions of it made larger ones.
const MAX_CHUNK_BITS: u8 = 30;

/// Decrypts the content of a packet 9. `find` looks for the session key, and says what it found.
pub(super) fn without_integrity<T>(
    content: &[u8],
    find: impl FnOnce(Open<'_>) -> Result<T, DecryptError>,
) -> Result<(Vec<u8>, T), DecryptError> {
    let mut plaintext = None;
    let found = find(&mut |algorithm, key| {
        plaintext = algorithm.and_then(|algorithm| resynchronised(content, algorithm, key).ok().flatten());
        plaintext.is_some()
    })?;
    Ok((plaintext.ok_or(DecryptError::Damaged)?, found))
}

/// OpenPGP's variant of CFB: a random block whose last two bytes are repeated, then the cipher starts anew from there.
/// None where they are not repeated: the key is another.
fn resynchronised(content: &[u8], algorithm: SymmetricAlgorithm, key: &SessionKey) -> PgpResult<Option<Vec<u8>>> {
    let block = algorithm.block_size()?;
    if content.len() < block + 2 || key.len() != algorithm.key_size()? {
        return Ok(None);
    }
    let (prefix, rest) = content.split_at(block + 2);
    let random = cfb(prefix, algorithm, key, None)?;
    if random[block - 2..block] != random[block..] {
        return Ok(None);
    }
    cfb(rest, algorithm, key, Some(&prefix[2..])).map(Some)
}

fn cfb(bytes: &[u8], algorithm: SymmetricAlgorithm, key: &SessionKey, iv: Option<&[u8]>) -> PgpResult<Vec<u8>> {
    let source = Memory::with_cookie(bytes, Cookie::default());
    let mut plaintext = Vec::with_capacity(bytes.len());
    Decryptor::new(algorithm, BlockCipherMode::CFB, UnpaddingMode::None, key, iv, source)?
        .read_to_end(&mut plaintext)?;
    Ok(plaintext)
}

/// Decrypts and authenticates the content of a packet 20. `find` looks for the session key, and says what it found.
pub(super) fn gnupg_aead<T>(
    content: &[u8],
    find: impl FnOnce(Open<'_>) -> Result<T, DecryptError>,
) -> Result<(Vec<u8>, T), DecryptError> {
    let [1, cipher, mode, chunk_bits, rest @ ..] = content else { return Err(DecryptError::Damaged) };
    let (cipher, mode) = (SymmetricAlgorithm::from(*cipher), AEADAlgorithm::from(*mode));
    let nonce = mode.nonce_size().map_err(|_| DecryptError::Damaged)?;
    if rest.len() < nonce || *chunk_bits > MAX_CHUNK_BITS - 6 {
        return Err(DecryptError::Damaged);
    }
    let (nonce, ciphertext) = rest.split_at(nonce);
    // The library takes nothing at all for an empty message, though its last tag is missing.
    if ciphertext.len() < mode.digest_size().map_err(|_| DecryptError::Damaged)? {
        return Err(DecryptError::Damaged);
    }
    let mut plaintext = None;
    let found = find(&mut |algorithm, key| {
        // The cipher stands twice, and is the same.
        if algorithm.is_some_and(|a| a != cipher) || key.len() != cipher.key_size().unwrap_or(0) {
            return false;
        }
        let chunks =
            Chunks { key: key.clone(), nonce: nonce.into(), prefix: [0xD4, 1, content[1], content[2], *chunk_bits] };
        plaintext = authenticated(ciphertext, cipher, mode, 1 << (chunk_bits + 6), chunks).ok();
        plaintext.is_some()
    })?;
    Ok((plaintext.ok_or(DecryptError::Damaged)?, found))
}

fn authenticated(
    ciphertext: &[u8],
    cipher: SymmetricAlgorithm,
    mode: AEADAlgorithm,
    chunk: usize,
    chunks: Chunks,
) -> PgpResult<Vec<u8>> {
    let source = Memory::with_cookie(ciphertext, Cookie::default()).into_boxed();
    let mut plaintext = Vec::with_capacity(ciphertext.len());
    aead::Decryptor::new(cipher, mode, chunk, chunks, source)?.read_to_end(&mut plaintext)?;
    Ok(plaintext)
}

/// Key, nonce and associated data of each chunk: the nonce's last eight bytes count the chunks, and the last chunk, which is
/// empty, carries the length of the whole.
struct Chunks {
    key: SessionKey,
    nonce: Box<[u8]>,
    prefix: [u8; 5],
}

impl Chunks {
    fn nonce(&self, index: u64) -> Vec<u8> {
        let mut nonce = self.nonce.to_vec();
        let tail = nonce.len() - 8;
        nonce[tail..].iter_mut().zip(index.to_be_bytes()).for_each(|(byte, count)| *byte ^= count);
        nonce
    }
}

type Visit<'v> = &'v mut dyn FnMut(&SessionKey, &[u8], &[u8]) -> PgpResult<DecryptionContext>;

impl Schedule<DecryptionContext> for Chunks {
    fn chunk(&self, index: u64, visit: Visit<'_>) -> PgpResult<DecryptionContext> {
        let data = [&self.prefix[..], &index.to_be_bytes()].concat();
        visit(&self.key, &self.nonce(index), &data)
    }

    fn finalizer(&self, index: u64, length: u64, visit: Visit<'_>) -> PgpResult<DecryptionContext> {
        let data = [&self.prefix[..], &index.to_be_bytes(), &length.to_be_bytes()].concat();
        visit(&self.key, &self.nonce(index), &data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The samples of draft-ietf-openpgp-rfc4880bis-10, appendices A.3 (EAX) and A.4 (OCB).
    #[test]
    fn the_drafts_own_samples_open() {
        let ocb = hex("01 07 02 0e 5e d2 bc 1e 47 0a be 8f 1d 64 4c 7a 6c 8a 56 7b 0f 77 01 19 66 11 a1 54 ba 9c 25 74
            cd 05 62 84 a8 ef 68 03 5c 62 3d 93 cc 70 8a 43 21 1b b6 ea f2 b2 7f 7c 18 d5 71 bc d8 3b 20 ad d3 a0 8b 73
            af 15 b9 a0 98");
        let key = SessionKey::from(hex("d1 f0 1b a3 0e 13 0a a7 d2 58 2c 16 e0 50 ae 44"));
        let (inner, ()) = open_with(&ocb, &key).expect("the sample opens");
        assert!(inner.windows(13).any(|w| w == b"Hello, world!"));
        for at in 0..ocb.len() {
            let mut changed = ocb.clone();
            changed[at] ^= 1;
            assert!(open_with(&changed, &key).is_err(), "byte {at}");
            assert!(open_with(&ocb[..at], &key).is_err(), "cut at {at}");
        }
    }

    fn open_with(content: &[u8], key: &SessionKey) -> Result<(Vec<u8>, ()), DecryptError> {
        gnupg_aead(content, |open| match open(Some(SymmetricAlgorithm::AES128), key) {
            true => Ok(()),
            false => Err(DecryptError::Damaged),
        })
    }

    fn hex(text: &str) -> Vec<u8> {
        text.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
    }
}
