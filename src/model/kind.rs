//! The kinds of record that an HCM extract carries, one file pattern each in the pipeline.

use std::fmt;

/// A kind of record; its name is the table's in the pipeline (`[extract.person]`) and the file's in `rejects/`.
///
/// The first three are the core, from which people are resolved. The others are satellites: dated rows beside a person
/// (or beside an assignment: managers), of which a rule takes one. Where a satellite is configured it takes the place of
/// the columns that a person or assignment row has for the same thing (`resolution.md` rules 21 to 24).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Person,
    WorkRelationship,
    Assignment,
    Name,
    Email,
    Phone,
    Address,
    NationalIdentifier,
    Manager,
}

impl Kind {
    pub const ALL: [Kind; 9] = [
        Kind::Person,
        Kind::WorkRelationship,
        Kind::Assignment,
        Kind::Name,
        Kind::Email,
        Kind::Phone,
        Kind::Address,
        Kind::NationalIdentifier,
        Kind::Manager,
    ];
    pub const SATELLITES: [Kind; 6] =
        [Kind::Name, Kind::Email, Kind::Phone, Kind::Address, Kind::NationalIdentifier, Kind::Manager];

    /// The name in pipeline files, reports and `rejects/`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Person => "person",
            Kind::WorkRelationship => "work_relationship",
            Kind::Assignment => "assignment",
            Kind::Name => "name",
            Kind::Email => "email",
            Kind::Phone => "phone",
            Kind::Address => "address",
            Kind::NationalIdentifier => "national_identifier",
            Kind::Manager => "manager",
        }
    }

    /// The kind of a name.
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The place among [`Kind::SATELLITES`], for a satellite.
    pub fn satellite(self) -> Option<usize> {
        Kind::SATELLITES.iter().position(|kind| *kind == self)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn every_kind_stands_at_its_own_place() {
        for (place, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, place);
            assert_eq!(Kind::named(kind.name()), Some(kind));
            assert_eq!(kind.satellite(), place.checked_sub(3));
        }
    }
}
