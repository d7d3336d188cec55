//! A file of the server put in the place of another one, or taken away. The rename of SFTP's version 3, which is what is spoken, may
//! refuse where there is a file already, as OpenSSH's does; OpenSSH's extension `posix-rename@openssh.com` takes its place
//! in one step. libssh2 knows it, but its binding does not: its few packets are written here, on a channel of their own.

use std::io::{self, Read, Write};
use std::path::Path;

use libssh2_sys as raw;
use ssh2::{Channel, ErrorCode, Session};

use super::Live;

const INIT: u8 = 1;
const VERSION: u8 = 2;
const STATUS: u8 = 101;
const EXTENDED: u8 = 200;
/// The version that is spoken, and which request this is: there is but one.
const THREE: [u8; 4] = 3_u32.to_be_bytes();
const ONE: [u8; 4] = 1_u32.to_be_bytes();
const POSIX_RENAME: &[u8] = b"posix-rename@openssh.com";
const MOST_BYTES: usize = 64 * 1024;

/// Why a file did not come into the place of another one.
#[derive(Debug, thiserror::Error)]
#[error("{doing}: {reason}")]
pub struct NotReplaced {
    doing: &'static str,
    reason: String,
    /// Whether what was there is gone: it was removed for a rename that then failed. Else it is still there.
    pub removed: bool,
}

impl NotReplaced {
    fn new(doing: &'static str, reason: impl ToString) -> NotReplaced {
        NotReplaced { doing, reason: reason.to_string(), removed: false }
    }
}

impl Live {
    /// Renames `from` to `to`, in one step where the server can do that. Where it cannot, and the file that is there may be why,
    /// that one is removed first, so that for a moment there is nothing.
    pub fn replace(&self, from: &Path, to: &Path) -> Result<(), NotReplaced> {
        const RENAMING: &str = "the rename failed";
        if posix_rename(&self.session, from, to).map_err(|error| NotReplaced::new(RENAMING, error))? {
            return Ok(());
        }
        let Err(error) = self.sftp.rename(from, to, None) else { return Ok(()) };
        if !may_be_taken(error.code()) || self.sftp.lstat(to).is_err() {
            return Err(NotReplaced::new(RENAMING, error));
        }
        self.sftp.unlink(to).map_err(|error| NotReplaced::new("the file that is there cannot be removed", error))?;
        let renamed = self.sftp.rename(from, to, None);
        renamed.map_err(|error| NotReplaced { removed: true, ..NotReplaced::new(RENAMING, error) })
    }

    /// Removes a file. Whether it was there.
    pub fn remove(&self, path: &Path) -> Result<bool, ssh2::Error> {
        let Err(error) = self.sftp.unlink(path) else { return Ok(true) };
        let is_missing = |error: ssh2::Error| {
            matches!(error.code(), ErrorCode::SFTP(raw::LIBSSH2_FX_NO_SUCH_FILE | raw::LIBSSH2_FX_NO_SUCH_PATH))
        };
        if self.sftp.lstat(path).is_err_and(is_missing) { Ok(false) } else { Err(error) }
    }
}

/// Whether a rename may have been refused because there is a file of that name. A server that forbids it, or does not know
/// it, would refuse it again, and the file be lost.
fn may_be_taken(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::SFTP(raw::LIBSSH2_FX_FAILURE | raw::LIBSSH2_FX_FILE_ALREADY_EXISTS))
}

/// Whether the server could, and did. A refusal is an error.
fn posix_rename(session: &Session, from: &Path, to: &Path) -> io::Result<bool> {
    // A server may grant but one channel: it is then one that cannot. A lost connection shows in the rename that follows.
    let Ok(mut channel) = session.channel_session() else { return Ok(false) };
    if channel.subsystem("sftp").is_err() {
        return Ok(false);
    }
    send(&mut channel, INIT, &[&THREE])?;
    let (kind, extensions) = receive(&mut channel)?;
    if kind != VERSION || !extensions.windows(POSIX_RENAME.len()).any(|name| name == POSIX_RENAME) {
        return Ok(false);
    }
    let words = [POSIX_RENAME, from.as_os_str().as_encoded_bytes(), to.as_os_str().as_encoded_bytes()];
    let words: Vec<Vec<u8>> = words.map(|word| [&(word.len() as u32).to_be_bytes(), word].concat()).into();
    send(&mut channel, EXTENDED, &[&ONE, &words.concat()])?;
    let (kind, answer) = receive(&mut channel)?;
    match answer.get(4..8) {
        Some([0, 0, 0, 0]) if kind == STATUS => Ok(true),
        Some([0, 0, 0, code]) if kind == STATUS => {
            Err(io::Error::other(format!("the server refused it (SFTP status {code})")))
        }
        _ => Err(io::Error::other("the server's answer is none")),
    }
}

/// A packet: its length, its kind, and what it says.
fn send(channel: &mut Channel, kind: u8, parts: &[&[u8]]) -> io::Result<()> {
    let said = parts.concat();
    let length = (said.len() as u32 + 1).to_be_bytes();
    channel.write_all(&[&length[..], &[kind], &said].concat())
}

fn receive(channel: &mut Channel) -> io::Result<(u8, Vec<u8>)> {
    let mut length = [0; 4];
    channel.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length) as usize;
    if length == 0 || length > MOST_BYTES {
        return Err(io::Error::other("the server's answer has no size that an answer has"));
    }
    let mut packet = vec![0; length];
    channel.read_exact(&mut packet)?;
    let said = packet.split_off(1);
    Ok((packet[0], said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_removed_only_where_it_may_be_in_the_way() {
        for (code, may) in [
            (ErrorCode::SFTP(raw::LIBSSH2_FX_FAILURE), true),
            (ErrorCode::SFTP(raw::LIBSSH2_FX_FILE_ALREADY_EXISTS), true),
            (ErrorCode::SFTP(raw::LIBSSH2_FX_PERMISSION_DENIED), false),
            (ErrorCode::SFTP(raw::LIBSSH2_FX_OP_UNSUPPORTED), false),
            (ErrorCode::SFTP(raw::LIBSSH2_FX_NO_SUCH_FILE), false),
            (ErrorCode::SFTP(raw::LIBSSH2_FX_NO_SPACE_ON_FILESYSTEM), false),
            (ErrorCode::Session(raw::LIBSSH2_ERROR_SOCKET_DISCONNECT), false),
            (ErrorCode::Session(raw::LIBSSH2_FX_FAILURE), false),
        ] {
            assert_eq!(may_be_taken(code), may, "{code}");
        }
    }
}
