//! Opening a message: the session key by one of our keys, the content by the library, and nothing of it for anybody until
//! all of it is authenticated.

use std::collections::BTreeSet;
use std::io::Read;
use std::ops::Range;

use sequoia_openpgp::anyhow::bail;
use sequoia_openpgp::crypto::SessionKey;
use sequoia_openpgp::packet::{PKESK, Packet, SEIP, SKESK};
use sequoia_openpgp::parse::stream::{
    DecryptionHelper, DecryptorBuilder, MessageStructure, VerificationHelper, VerifierBuilder,
};
use sequoia_openpgp::parse::{PacketParser, Parse};
use sequoia_openpgp::policy::Policy;
use sequoia_openpgp::types::{CompressionAlgorithm, SymmetricAlgorithm};
use sequoia_openpgp::{Cert, KeyHandle, Result as PgpResult};

use super::keys::named;
use super::{
    Container, DecryptError, Envelope, Keys, Signature, Weak, compressed, dearmor, envelope, legacy, protected,
    signature,
};

/// Encryption, compression, and one of each to spare.
const MAX_DEPTH: isize = 4;
/// How much the library holds back while it reads. We hand nothing out before the end whatever it is; small is fast.
const READ_AHEAD: usize = 1 << 16;

/// How much a message may unpack to (`promises.md` 5).
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of plaintext.
    pub max_plaintext: u64,
    /// Bytes of plaintext for one byte of message, past `ratio_from` bytes.
    pub max_ratio: u64,
    /// What a message of any size may unpack to.
    pub ratio_from: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { max_plaintext: 16 << 30, max_ratio: 1000, ratio_from: 64 << 20 }
    }
}

impl Limits {
    /// What a message of this size may unpack to.
    fn of(&self, message: usize) -> u64 {
        (message as u64).saturating_mul(self.max_ratio).max(self.ratio_from).min(self.max_plaintext)
    }
}

/// A message, opened: all of it authenticated, its signature judged.
#[derive(Debug)]
pub struct Plaintext {
    pub bytes: Vec<u8>,
    pub signature: Signature,
    /// The weak algorithms that it relied on, accepted by name; for the report and the manifest.
    pub accepted: Vec<Weak>,
}

/// Decrypts a message, armored or binary, and verifies it. Takes it over, since it is decrypted where it lies.
///
/// Returns the plaintext only when the integrity check of the whole message and every signature on it are good
/// (`promises.md` 1 to 4). Every failure is a [`DecryptError`] whose [`kind`](DecryptError::kind) is exit 6.
pub fn decrypt(message: Vec<u8>, keys: &Keys, limits: &Limits) -> Result<Plaintext, DecryptError> {
    let limit = limits.of(message.len());
    let binary = dearmor(message)?;
    let envelope = Envelope::scan(&binary)?;
    envelope.readable(&binary)?;
    let recipients = envelope.recipients(&binary)?;
    addressed(&recipients, keys)?;
    match envelope.container {
        Container::Protected => open(binary, &envelope, &recipients, keys, limit),
        Container::Unprotected => {
            let weak = keys.allow(Weak::NoMdc)?;
            let content = envelope.content(&binary);
            let (inner, session) = legacy::without_integrity(&content, |open| session(keys, &recipients, None, open))?;
            let accepted = session.weak.into_iter().chain([weak]).collect();
            verify(&inner, keys, limit, Notes { accepted, taken_off: 1, ..Notes::default() }, to_end)
        }
        Container::GnuPg => {
            let content = envelope.content(&binary);
            let (inner, session) = legacy::gnupg_aead(&content, |open| session(keys, &recipients, None, open))?;
            let whole = 0..inner.len();
            verify_in_place(inner, whole, keys, limit, Notes::authenticated(session))
        }
    }
}

/// Passes if one of our keys may open the message; a weak one only by name.
fn addressed(recipients: &[PKESK], keys: &Keys) -> Result<(), DecryptError> {
    let ours: Vec<_> = recipients.iter().flat_map(|pkesk| keys.addressed(pkesk)).collect();
    if ours.is_empty() {
        return Err(DecryptError::NotForUs(recipients.iter().filter_map(named).map(|id| id.to_hex()).collect()));
    }
    let weak: Vec<Weak> = ours.iter().map_while(|key| Weak::key(key.pair.public())).collect();
    if weak.len() == ours.len() {
        keys.allow(weak[0])?;
    }
    Ok(())
}

/// What opened a message.
pub(super) struct Session {
    /// Our certificate whose key did.
    cert: Cert,
    /// What was weak about it.
    weak: Vec<Weak>,
}

/// Tries a session key on the content; true if it opens.
pub(super) type Open<'o> = &'o mut dyn FnMut(Option<SymmetricAlgorithm>, &SessionKey) -> bool;

/// Finds the session key that `open` takes. The cipher is judged only once it has opened the content: an altered message
/// must not make us speak of ciphers.
fn session(
    keys: &Keys,
    recipients: &[PKESK],
    hint: Option<SymmetricAlgorithm>,
    open: Open<'_>,
) -> Result<Session, DecryptError> {
    for pkesk in recipients {
        for key in keys.addressed(pkesk) {
            let weak_key = Weak::key(key.pair.public());
            if weak_key.is_some_and(|weak| keys.allow(weak).is_err()) {
                continue;
            }
            let Some((algorithm, session_key)) = pkesk.decrypt(&mut key.pair.clone(), hint) else { continue };
            if algorithm.or(hint).is_some_and(|a| !a.is_supported()) {
                return Err(DecryptError::Cipher(algorithm.or(hint).map(|a| a.to_string()).unwrap_or_default()));
            }
            if open(algorithm, &session_key) {
                let weak_cipher = judge_cipher(keys, algorithm.or(hint))?;
                return Ok(Session { cert: key.cert.clone(), weak: weak_key.into_iter().chain(weak_cipher).collect() });
            }
        }
    }
    // Who wrote to hidden keys may not have meant us; who named ours did.
    Err(match recipients.iter().any(|pkesk| named(pkesk).is_some() && keys.addressed(pkesk).next().is_some()) {
        true => DecryptError::Damaged,
        false => DecryptError::NotForUs(Vec::new()),
    })
}

fn judge_cipher(keys: &Keys, algorithm: Option<SymmetricAlgorithm>) -> Result<Option<Weak>, DecryptError> {
    let Some(algorithm) = algorithm else { return Ok(None) };
    match Weak::cipher(algorithm) {
        Some(weak) => keys.allow(weak).map(Some),
        None if keys.policy.symmetric_algorithm(algorithm).is_err() => Err(DecryptError::Cipher(algorithm.to_string())),
        None => Ok(None),
    }
}

/// Opens a message with integrity protection: where it lies if it is of version 1 and the cipher AES, else as the library
/// does.
fn open(
    mut binary: Vec<u8>,
    envelope: &Envelope,
    recipients: &[PKESK],
    keys: &Keys,
    limit: u64,
) -> Result<Plaintext, DecryptError> {
    let head = envelope.beginning(&binary);
    if head.first() != Some(&1) {
        return through_library(&binary, keys, limit);
    }
    let (mut only_aes, mut found) = (true, None);
    let opened = session(keys, recipients, None, &mut |algorithm, key| {
        let session = protected::Session::new(algorithm, key);
        only_aes &= session.is_some();
        found = session.filter(|session| session.fits(head));
        found.is_some()
    });
    let Some(found) = found else {
        let refusal = opened.err().unwrap_or(DecryptError::Damaged);
        return if only_aes { Err(refusal) } else { through_library(&binary, keys, limit) };
    };
    let content = envelope.gather(&mut binary);
    let message = found.open(&mut binary[content.clone()])?;
    let place = content.start + message.start..content.start + message.end;
    verify_in_place(binary, place, keys, limit, Notes::authenticated(opened?))
}

fn through_library(binary: &[u8], keys: &Keys, limit: u64) -> Result<Plaintext, DecryptError> {
    let mut notes = Notes::default();
    let helper = Helper { keys, notes: &mut notes };
    let read = || -> PgpResult<Option<Vec<u8>>> {
        let decryptor = DecryptorBuilder::from_bytes(binary)?.buffer_size(READ_AHEAD);
        let mut decryptor = decryptor.with_policy(&keys.policy, None, helper)?;
        let bytes = to_end(&mut decryptor, binary.len(), limit)?;
        Ok(bytes.filter(|_| decryptor.message_processed()))
    };
    let bytes = read();
    notes.conclude(bytes, limit)
}

/// Reads a message whose encryption is already off, and verifies its signature. `take` takes the text: it is given the
/// reader, the size of the message and the limit, and is to read to the end.
fn verify(
    inner: &[u8],
    keys: &Keys,
    limit: u64,
    mut notes: Notes,
    take: impl FnOnce(&mut dyn Read, usize, u64) -> PgpResult<Option<Vec<u8>>>,
) -> Result<Plaintext, DecryptError> {
    let helper = Helper { keys, notes: &mut notes };
    let read = || -> PgpResult<Option<Vec<u8>>> {
        let verifier = VerifierBuilder::from_bytes(inner)?.buffer_size(READ_AHEAD);
        let mut verifier = verifier.with_policy(&keys.policy, None, helper)?;
        let bytes = take(&mut verifier, inner.len(), limit)?;
        Ok(bytes.filter(|_| verifier.message_processed()))
    };
    let bytes = read();
    notes.conclude(bytes, limit)
}

/// Verifies the message at `place`, and leaves nothing but its text in the buffer. A text stays where it is, or where it was
/// unpacked to: the library reads it, for the signature, and is held to have read the very same.
fn verify_in_place(
    mut buffer: Vec<u8>,
    mut place: Range<usize>,
    keys: &Keys,
    limit: u64,
    mut notes: Notes,
) -> Result<Plaintext, DecryptError> {
    if let Some(message) = compressed::unpack(&buffer[place.clone()], limit)? {
        (place, buffer) = (0..message.len(), message);
        notes.taken_off += 1;
    }
    let inner = &buffer[place.clone()];
    let Some(text) = envelope::literal(inner) else { return verify(inner, keys, limit, notes, to_end) };
    if text.iter().map(|range| range.len() as u64).sum::<u64>() > limit {
        return Err(DecryptError::TooLarge(limit));
    }
    let verified = verify(inner, keys, limit, notes, |reader, _, _| {
        text.iter().try_for_each(|range| expect(reader, &inner[range.clone()]))?;
        expect_end(reader)?;
        Ok(Some(Vec::new()))
    })?;
    let text: Vec<_> = text.iter().map(|range| place.start + range.start..place.start + range.end).collect();
    let length = envelope::gather(&mut buffer, &text, 0);
    buffer.truncate(length);
    Ok(Plaintext { bytes: buffer, ..verified })
}

/// Passes if the reader goes on with exactly these bytes.
fn expect(reader: &mut dyn Read, mut bytes: &[u8]) -> PgpResult<()> {
    let mut read = vec![0; READ_AHEAD];
    while !bytes.is_empty() {
        let wanted = bytes.len().min(READ_AHEAD);
        reader.read_exact(&mut read[..wanted])?;
        if read[..wanted] != bytes[..wanted] {
            bail!("another text");
        }
        bytes = &bytes[wanted..];
    }
    Ok(())
}

/// Passes if the reader is at its end, where the library verifies.
fn expect_end(reader: &mut dyn Read) -> PgpResult<()> {
    if reader.read(&mut [0])? > 0 {
        bail!("more text");
    }
    Ok(())
}

/// All of the plaintext; None if it is more than `limit` bytes.
fn to_end(reader: &mut dyn Read, expected: usize, limit: u64) -> PgpResult<Option<Vec<u8>>> {
    let mut bytes = Vec::with_capacity(expected);
    reader.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

/// What the helper learned while the library read.
#[derive(Default)]
struct Notes {
    /// How many layers were taken off before the library saw the message: the encryption, and perhaps a compression.
    taken_off: isize,
    /// Our own sentence, where we stopped the library.
    refusal: Option<DecryptError>,
    signature: Option<Signature>,
    accepted: BTreeSet<Weak>,
    /// There is a bzip2 packet in the message, and what was read of it is authenticated.
    bzip2: bool,
    intact: bool,
}

impl Notes {
    /// Of a message that was authenticated before the library saw it.
    fn authenticated(session: Session) -> Notes {
        Notes { accepted: session.weak.into_iter().collect(), intact: true, taken_off: 1, ..Notes::default() }
    }

    fn conclude(self, bytes: PgpResult<Option<Vec<u8>>>, limit: u64) -> Result<Plaintext, DecryptError> {
        match (bytes, self.signature, self.refusal) {
            (_, _, Some(refusal)) => Err(refusal),
            (Ok(Some(bytes)), Some(signature), None) => {
                Ok(Plaintext { bytes, signature, accepted: self.accepted.into_iter().collect() })
            }
            (Ok(None), _, None) => Err(DecryptError::TooLarge(limit)),
            (Err(_), _, None) if self.bzip2 && self.intact => Err(DecryptError::Bzip2),
            _ => Err(DecryptError::Damaged),
        }
    }
}

/// The library's questions, answered.
struct Helper<'k, 'n> {
    keys: &'k Keys,
    notes: &'n mut Notes,
}

impl Helper<'_, '_> {
    /// Keeps our sentence, and stops the library with another that nobody sees.
    fn stop<T>(&mut self, refusal: DecryptError) -> PgpResult<T> {
        self.notes.refusal = Some(refusal);
        bail!("refused")
    }
}

impl VerificationHelper for Helper<'_, '_> {
    fn inspect(&mut self, packet: &PacketParser<'_>) -> PgpResult<()> {
        if packet.recursion_depth() + self.notes.taken_off > MAX_DEPTH {
            return self.stop(DecryptError::Damaged);
        }
        match &packet.packet {
            Packet::SEIP(SEIP::V2(_)) => self.notes.intact = true, // AEAD: a chunk that is handed out is verified.
            Packet::CompressedData(data) => self.notes.bzip2 |= data.algo() == CompressionAlgorithm::BZip2,
            #[expect(
                deprecated,
                reason = "the name only: the integrity check of every message of packet 18, version 1"
            )]
            Packet::MDC(mdc) => self.notes.intact = mdc.valid(),
            _ => {}
        }
        Ok(())
    }

    fn get_certs(&mut self, _: &[KeyHandle]) -> PgpResult<Vec<Cert>> {
        Ok(self.keys.signers.clone())
    }

    fn check(&mut self, structure: MessageStructure<'_>) -> PgpResult<()> {
        match signature::judge(structure, self.keys, self.notes.taken_off > 0) {
            Ok((signature, weak)) => {
                self.notes.signature = Some(signature);
                self.notes.accepted.extend(weak);
                Ok(())
            }
            Err(refusal) => self.stop(refusal),
        }
    }
}

impl DecryptionHelper for Helper<'_, '_> {
    fn decrypt(
        &mut self,
        recipients: &[PKESK],
        _: &[SKESK],
        hint: Option<SymmetricAlgorithm>,
        open: Open<'_>,
    ) -> PgpResult<Option<Cert>> {
        match session(self.keys, recipients, hint, open) {
            Ok(session) => {
                self.notes.accepted.extend(session.weak);
                Ok(Some(session.cert))
            }
            Err(refusal) => self.stop(refusal),
        }
    }
}
