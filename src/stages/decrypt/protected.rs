//! The short way into what is sent today: packet 18, version 1, under AES (RFC 9580, section 5.13.1), decrypted where it
//! lies. The library can do it as well, and does for every other cipher and version, at several times the cost: it copies
//! each byte through half a dozen buffers, and looks for collisions in a SHA-1 that nobody can choose the input of.
//! Cipher, mode and hash are those of well-kept crates; only the framing is ours.

use std::ops::Range;

use aes::{Aes128, Aes192, Aes256};
use cfb_mode::Decryptor;
use cfb_mode::cipher::array::Array;
use cfb_mode::cipher::{BlockModeDecrypt, KeyIvInit};
use sequoia_openpgp::crypto::SessionKey;
use sequoia_openpgp::types::SymmetricAlgorithm;
use sha1::{Digest, Sha1};

use super::DecryptError;

/// The cipher's block, and the block of noise with its last two bytes repeated that precedes the message.
const BLOCK: usize = 16;
const PREFIX: usize = BLOCK + 2;
/// The packet that ends the message: two bytes of header, and the SHA-1 of all before it.
const MDC_HEADER: [u8; 2] = [0xD3, 0x14];
const MDC: usize = 22;
/// Decrypted and hashed in turn, so that the bytes are still in the processor's cache.
const STRIDE: usize = 16 << 10;

/// The session key of an AES message.
pub(super) struct Session {
    cipher: Cipher,
    key: SessionKey,
}

#[derive(Clone, Copy)]
enum Cipher {
    Aes128,
    Aes192,
    Aes256,
}

impl Session {
    /// `None` where the cipher is none of these, or the key has not its length.
    pub fn new(algorithm: Option<SymmetricAlgorithm>, key: &SessionKey) -> Option<Session> {
        let (cipher, length) = match algorithm? {
            SymmetricAlgorithm::AES128 => (Cipher::Aes128, 16),
            SymmetricAlgorithm::AES192 => (Cipher::Aes192, 24),
            SymmetricAlgorithm::AES256 => (Cipher::Aes256, 32),
            _ => return None,
        };
        (key.len() == length).then(|| Session { cipher, key: key.clone() })
    }

    /// Whether this key is the message's, as far as its first bytes tell; `content` is the packet's.
    pub fn fits(&self, content: &[u8]) -> bool {
        let Some(head) = content.get(1..=PREFIX) else { return false };
        let mut head = head.to_vec();
        self.decrypt(&mut head, |_| {});
        head[BLOCK - 2..BLOCK] == head[BLOCK..]
    }

    /// Decrypts the packet's content in place, and authenticates it; returns where the message in it lies.
    ///
    /// Whatever is wrong is [`DecryptError::Damaged`], and then `content` is neither the one nor the other.
    pub fn open(&self, content: &mut [u8]) -> Result<Range<usize>, DecryptError> {
        let end = content.len().checked_sub(MDC).filter(|end| *end > PREFIX).ok_or(DecryptError::Damaged)?;
        let mut hash = Sha1::new();
        // The last bytes are the hash itself: they are decrypted, but not hashed.
        let mut left = end + MDC_HEADER.len() - 1;
        self.decrypt(&mut content[1..], |plaintext| {
            let hashed = plaintext.len().min(left);
            hash.update(&plaintext[..hashed]);
            left -= hashed;
        });
        let (header, digest) = content[end..].split_at(MDC_HEADER.len());
        match header == MDC_HEADER && digest == &hash.finalize()[..] {
            true => Ok(1 + PREFIX..end),
            false => Err(DecryptError::Damaged),
        }
    }

    fn decrypt(&self, bytes: &mut [u8], seen: impl FnMut(&[u8])) {
        match self.cipher {
            Cipher::Aes128 => cfb::<Aes128>(&self.key, bytes, seen),
            Cipher::Aes192 => cfb::<Aes192>(&self.key, bytes, seen),
            Cipher::Aes256 => cfb::<Aes256>(&self.key, bytes, seen),
        }
    }
}

/// CFB from an initialization vector of zeros, in strides, each shown when it is decrypted.
fn cfb<C>(key: &[u8], bytes: &mut [u8], mut seen: impl FnMut(&[u8]))
where
    Decryptor<C>: KeyIvInit + BlockModeDecrypt,
    C: cfb_mode::cipher::BlockCipherEncrypt,
{
    // The length was judged when the session was made.
    let Ok(mut decryptor) = Decryptor::<C>::new_from_slices(key, &[0; BLOCK]) else { return };
    let mut strides = bytes.chunks_exact_mut(STRIDE);
    for stride in &mut strides {
        let (blocks, _) = Array::slice_as_chunks_mut(stride);
        decryptor.decrypt_blocks(blocks);
        seen(stride);
    }
    let rest = strides.into_remainder();
    decryptor.decrypt(rest);
    seen(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use cfb_mode::Encryptor;

    fn sealed(message: &[u8], key: &[u8; 32]) -> Vec<u8> {
        let mut plain = vec![7; BLOCK];
        plain.extend([7, 7]);
        plain.extend(message);
        plain.extend(MDC_HEADER);
        let digest = Sha1::digest(&plain);
        plain.extend(digest);
        Encryptor::<Aes256>::new_from_slices(key, &[0; BLOCK]).unwrap().encrypt(&mut plain);
        [&[1], &plain[..]].concat()
    }

    #[test]
    fn messages_of_every_length_around_a_stride_open_and_no_changed_one() {
        let key = [9; 32];
        let session = Session::new(Some(SymmetricAlgorithm::AES256), &SessionKey::from(&key[..])).unwrap();
        for length in [0, 1, 15, 16, 17, STRIDE - 41, STRIDE - 40, STRIDE - 23, STRIDE, STRIDE + 1, 3 * STRIDE + 5] {
            let message: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let content = sealed(&message, &key);
            assert!(session.fits(&content));
            let mut opened = content.clone();
            let range = session.open(&mut opened).unwrap();
            assert_eq!(opened[range], message[..], "{length} bytes");
            for at in [1, BLOCK, content.len() / 2, content.len() - 22, content.len() - 1] {
                let mut changed = content.clone();
                changed[at] ^= 1;
                assert!(session.open(&mut changed).is_err(), "{length} bytes, byte {at}");
            }
            let cut = content.len() - 1;
            assert!(session.open(&mut content[..cut].to_vec()).is_err());
        }
    }

    #[test]
    fn keys_of_other_ciphers_and_lengths_are_not_ours() {
        let key = SessionKey::from(&[1; 16][..]);
        assert!(Session::new(Some(SymmetricAlgorithm::AES256), &key).is_none());
        assert!(Session::new(Some(SymmetricAlgorithm::Twofish), &key).is_none());
        assert!(Session::new(None, &key).is_none());
        assert!(!Session::new(Some(SymmetricAlgorithm::AES128), &key).unwrap().fits(&[1; 10]));
    }
}
