//! The kinds of record that an HCM extract carries, one file pattern each in the pipeline.

use std::fmt;

/// A kind of record; its name is the table's in the pipeline (`[extract.person]`) and the file's in `rejects/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Person,
    WorkRelationship,
    Assignment,
}

impl Kind {
    pub const ALL: [Kind; 3] = [Kind::Person, Kind::WorkRelationship, Kind::Assignment];

    /// The name in pipeline files, reports and `rejects/`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Person => "person",
            Kind::WorkRelationship => "work_relationship",
            Kind::Assignment => "assignment",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
