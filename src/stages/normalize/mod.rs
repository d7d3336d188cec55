//! Normalize: from records to a workforce: rows grouped by PersonNumber, each admitted, rejected, set aside or a
//! duplicate, with what is wrong across rows and files (`resolution.md` sections 1 and 2).

mod case;
mod fates;
mod grouping;
mod keys;
mod own;
pub mod related;
mod rows;
mod side;
mod strangers;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
pub mod ties;
mod types;
mod workforce;

/// How many persons a core takes at a time: few, so that nobody waits for the last of them.
pub const AT_ONCE: usize = 1 << 12;

pub use case::{Assignment, AssignmentRow, Case, Email, PersonRow, SatelliteRow, WorkRelationship};
pub use keys::{Index, Indexes};
pub use rows::{Keep, Seen, Writing, add_file, survey};
pub use side::{Contradiction, Side};
pub use workforce::{Notes, Shape, Table, Workforce, has_primary_flags, normalize, says_primary};
