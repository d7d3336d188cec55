//! The way into an SFTP server, for whoever fetches from one or delivers to one: whether it is the one that is known, then
//! the login, and what is done again when a connection fails. A server is told nothing before its host key is the known
//! one (`promises.md` 6).
//!
//! | file | owns |
//! |---|---|
//! | `remote.rs` | the address: a folder on a server, and who logs in there |
//! | `access.rs` | what else the pipeline file says of the way in, and what this machine lends |
//! | `known_hosts.rs` | is the server the one that is known |
//! | `offer.rs` | the algorithms of either side, for messages |
//! | `session.rs` | TCP, handshake, host key, login |
//! | `replace.rs` | a file put in the place of another one, or taken away |
//! | `line.rs` | how a stop cuts a connection |
//! | `retry.rs` | doing it again |
//! | `error.rs` | why not |

mod access;
mod error;
mod known_hosts;
mod line;
mod offer;
mod remote;
mod replace;
mod retry;
mod session;

pub use access::{Access, Surroundings, default_known_hosts};
pub use error::{Failure, HostKey, SftpError};
pub use line::Line;
pub use offer::{CATEGORIES, Offer};
pub use remote::{Remote, RemoteError};
pub use replace::NotReplaced;
pub use retry::{LONGEST_NAP, retrying};
pub use session::{Connection, Door, Live, Server, lost};
