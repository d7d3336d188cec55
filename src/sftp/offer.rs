//! The algorithms of either side of an SSH connection. libssh2 tells its own, and the agreed ones, but not what the
//! server offered; so where no agreement is found, the server's first packet is read again, by hand. It comes before any
//! key is exchanged: good enough for a message, never for a decision.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use ssh2::{MethodType, Session};

/// What must be agreed on, in the order of the packet (RFC 4253 section 7.1): the key exchange, the host key's type, and the
/// cipher and its check from the server to the client.
pub const CATEGORIES: [&str; 4] = ["key exchange", "host key", "cipher", "MAC"];
const METHODS: [MethodType; 4] = [MethodType::Kex, MethodType::HostKey, MethodType::CryptSc, MethodType::MacSc];
/// Where the categories stand among the packet's ten lists.
const POSITIONS: [usize; 4] = [0, 1, 3, 5];

const KEXINIT: u8 = 20;
/// RFC 4253 section 6.1 asks for 35,000 bytes of packet; lines before the version are few.
const MOST_BYTES: usize = 64 * 1024;

/// The names of algorithms, one list for each of `CATEGORIES`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    pub lists: [Vec<String>; 4],
}

impl Offer {
    /// What this program can do.
    pub(super) fn ours(session: &Session) -> Result<Offer, ssh2::Error> {
        let mut offer = Offer::default();
        for (list, method) in offer.lists.iter_mut().zip(METHODS) {
            *list = session.supported_algs(method)?.into_iter().map(str::to_owned).collect();
        }
        Ok(offer)
    }

    /// What was agreed on, one name a category; empty where the cipher needs no MAC of its own.
    pub(super) fn agreed(session: &Session) -> Offer {
        let mut offer = Offer::default();
        for (list, method) in offer.lists.iter_mut().zip(METHODS) {
            *list = session.methods(method).map(str::to_owned).into_iter().collect();
        }
        offer
    }

    /// What the server at the other end of a fresh connection offers. It has `timeout` for all of it.
    pub(super) fn ask(mut tcp: TcpStream, timeout: Duration) -> io::Result<Offer> {
        let deadline = Instant::now() + timeout;
        tcp.set_write_timeout(Some(timeout))?;
        tcp.write_all(b"SSH-2.0-hcmsync\r\n")?;
        let mut bytes = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            tcp.set_read_timeout(Some(left))?;
            let n = tcp.read(&mut buffer)?;
            bytes.extend(&buffer[..n]);
            match parse(&bytes)? {
                Some(offer) => return Ok(offer),
                None if n == 0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                None => {}
            }
        }
    }

    /// The first category in which two sides have nothing in common.
    pub(super) fn disjoint(&self, other: &Offer) -> Option<&'static str> {
        let apart = |i: &usize| !self.lists[*i].iter().any(|name| other.lists[*i].contains(name));
        (0..CATEGORIES.len()).find(apart).map(|i| CATEGORIES[i])
    }

    /// The names of a category, joined for a message.
    pub fn list(&self, category: &str) -> String {
        CATEGORIES.iter().position(|c| *c == category).map(|i| self.lists[i].join(", ")).unwrap_or_default()
    }
}

/// The lists in what a server has sent so far: lines of text, its version, and the first packet. `None` if more must come.
fn parse(bytes: &[u8]) -> io::Result<Option<Offer>> {
    let wrong = || io::Error::new(io::ErrorKind::InvalidData, "this is no SSH server");
    if bytes.len() > MOST_BYTES {
        return Err(wrong());
    }
    let mut rest = bytes;
    loop {
        let Some(end) = rest.iter().position(|b| *b == b'\n') else { return Ok(None) };
        let version = rest.starts_with(b"SSH-");
        rest = &rest[end + 1..];
        if version {
            break;
        }
    }
    let Some((length, packet)) = rest.split_first_chunk::<4>() else { return Ok(None) };
    let length = u32::from_be_bytes(*length) as usize;
    if length > MOST_BYTES {
        return Err(wrong());
    }
    let Some(packet) = packet.get(..length) else { return Ok(None) };
    lists(packet).map(Some).ok_or_else(wrong)
}

/// Padding length, message number, 16 bytes of cookie, then ten lists of names, each after its length.
fn lists(packet: &[u8]) -> Option<Offer> {
    let mut rest = packet.get(18..).filter(|_| packet[1] == KEXINIT)?;
    let mut offer = Offer::default();
    for position in 0..=POSITIONS[3] {
        let (length, names) = rest.split_first_chunk::<4>()?;
        let length = u32::from_be_bytes(*length) as usize;
        let names = std::str::from_utf8(names.get(..length)?).ok()?;
        rest = &rest[4 + length..];
        if !names.bytes().all(|b| b.is_ascii_graphic()) {
            return None;
        }
        if let Some(category) = POSITIONS.iter().position(|p| *p == position) {
            offer.lists[category] = names.split(',').map(str::to_owned).collect();
        }
    }
    Some(offer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn greeting(lists: &[&str]) -> Vec<u8> {
        let mut packet = vec![4, KEXINIT];
        packet.extend([7; 16]);
        for list in lists {
            packet.extend((list.len() as u32).to_be_bytes());
            packet.extend(list.as_bytes());
        }
        let mut bytes = b"welcome\r\nSSH-2.0-Old\r\n".to_vec();
        bytes.extend((packet.len() as u32).to_be_bytes());
        bytes.extend(packet);
        bytes
    }

    const OLD: [&str; 6] = ["dh-sha1", "ssh-rsa,ssh-dss", "a,b", "aes256-cbc", "x", "hmac-md5,hmac-sha1"];

    #[test]
    fn the_first_packet_is_read_when_it_is_whole() {
        let bytes = greeting(&OLD);
        for end in 0..bytes.len() {
            assert_eq!(parse(&bytes[..end]).unwrap(), None, "{end}");
        }
        let offer = parse(&bytes).unwrap().unwrap();
        assert_eq!(offer.list("host key"), "ssh-rsa, ssh-dss");
        assert_eq!(offer.list("cipher"), "aes256-cbc");
        assert_eq!(offer.list("MAC"), "hmac-md5, hmac-sha1");
    }

    #[test]
    fn nonsense_is_an_error_and_never_a_panic() {
        let mut long = b"SSH-2.0-x\n".to_vec();
        long.extend([0xff; 8]);
        assert!(parse(&long).is_err());
        assert!(parse(&vec![b'a'; MOST_BYTES + 1]).is_err());
        assert!(parse(&greeting(&OLD[..3])).is_err());
        assert!(parse(&greeting(&["a\x1b[2J", "", "", "", "", ""])).is_err());
        assert!(parse(b"SSH-2.0-x\n\0\0\0\0").is_err());
        assert!(parse(b"SSH-2.0-x\n\0\0\0\x01\x14").is_err());
    }

    #[test]
    fn what_is_missing_is_named() {
        let ours = Offer { lists: [vec!["dh-sha1".into()], vec!["ssh-ed25519".into()], vec![], vec![]] };
        let theirs = parse(&greeting(&OLD)).unwrap().unwrap();
        assert_eq!(ours.disjoint(&theirs), Some("host key"));
        assert_eq!(theirs.disjoint(&theirs), None);
    }
}
