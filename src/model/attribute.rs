//! The catalogue of attributes: Oracle's names for the columns of an extract, per record kind, each with its type, whether
//! the rules of `resolution.md` read it, and the other headers under which customers export it.
//!
//! The tables stand in one file a kind. A name may stand in several of them (`PersonNumber`, `EffectiveStartDate`):
//! what it then means depends on the file, as with `PrimaryFlag` (`pipeline.md` section 1).

mod assignment;
mod person;
mod satellite;
mod work_relationship;

use crate::model::kind::Kind;

/// What the cells of an attribute are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Opaque text; identifiers are text too, and never pass through a number (rule 4).
    Text,
    /// A day (rule 7).
    Date,
    /// Yes, no or blank (`resolution.md` section 0).
    Flag,
    WholeNumber,
}

/// One attribute of one record kind.
#[derive(Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Oracle's name, as pipelines write it.
    pub name: &'static str,
    pub kind: Kind,
    pub ty: Type,
    /// Whether a rule reads it: such a column is kept although no expression names it.
    pub needed: bool,
    /// Other headers that mean the same wherever they stand, in the form of [`normalise`].
    pub aliases: &'static [&'static str],
    /// The satellite that brings it in place of this row's column, where the pipeline has an extract of that kind.
    pub satellite: Option<Kind>,
    /// Whether its values are somebody's own, a name or an address: they stand in outputs and nowhere else (promise 18).
    pub personal: bool,
    /// Headers that mean it only in a file of its own kind: `StartDate` is clear among work relationships, and nowhere else.
    pub own_aliases: &'static [&'static str],
}

impl Attribute {
    const fn new(kind: Kind, ty: Type, name: &'static str) -> Self {
        Attribute { name, kind, ty, needed: false, aliases: &[], own_aliases: &[], satellite: None, personal: false }
    }

    const fn needed(mut self) -> Self {
        self.needed = true;
        self
    }

    const fn personal(mut self) -> Self {
        self.personal = true;
        self
    }

    const fn or(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    const fn brought_by(mut self, satellite: Kind) -> Self {
        self.satellite = Some(satellite);
        self
    }

    const fn or_at_home(mut self, aliases: &'static [&'static str]) -> Self {
        self.own_aliases = aliases;
        self
    }
}

/// The aliases of `PersonNumber`, which every kind carries.
const PERSON_NUMBER: &[&str] = &["personno", "personnum", "employeenumber", "employeeno", "employeenum", "empno"];
const EFFECTIVE_START: &[&str] = &["effectivestart", "effectivefrom"];
const EFFECTIVE_END: &[&str] = &["effectiveend", "effectiveto"];

/// The attributes of a kind, those that the rules need first.
pub const fn of_kind(kind: Kind) -> &'static [Attribute] {
    match kind {
        Kind::Person => person::ATTRIBUTES,
        Kind::WorkRelationship => work_relationship::ATTRIBUTES,
        Kind::Assignment => assignment::ATTRIBUTES,
        Kind::Name => satellite::NAME,
        Kind::Email => satellite::EMAIL,
        Kind::Phone => satellite::PHONE,
        Kind::Address => satellite::ADDRESS,
        Kind::NationalIdentifier => satellite::NATIONAL_IDENTIFIER,
        Kind::Manager => satellite::MANAGER,
    }
}

/// What the rows of a satellite bring beside their own columns: the attributes of the person, or of the assignment, whose
/// place they take. None for the other kinds.
pub fn brought_by(satellite: Kind) -> impl Iterator<Item = &'static Attribute> {
    let core = [Kind::Person, Kind::Assignment].into_iter().flat_map(of_kind);
    core.filter(move |attribute| attribute.satellite == Some(satellite))
}

/// Whose names a file of `kind` carries, its own first: an assignment file may be a flat source, with the columns of the
/// work relationship and of the person repeated in each row (rule 9). A satellite brings what a person row may carry too.
const fn carried_by(kind: Kind) -> &'static [Kind] {
    match kind {
        Kind::Person => &[Kind::Person],
        Kind::WorkRelationship => &[Kind::WorkRelationship],
        Kind::Assignment => &[Kind::Assignment, Kind::WorkRelationship, Kind::Person],
        Kind::Name => &[Kind::Name, Kind::Person],
        Kind::Email => &[Kind::Email, Kind::Person],
        Kind::Phone => &[Kind::Phone, Kind::Person],
        Kind::Address => &[Kind::Address, Kind::Person],
        Kind::NationalIdentifier => &[Kind::NationalIdentifier, Kind::Person],
        Kind::Manager => &[Kind::Manager],
    }
}

/// The attribute that `header` means in a file of `kind`: by its name, else by an alias. In a flat source the
/// assignment's attributes come first, then the work relationship's, then the person's.
pub fn find(kind: Kind, header: &str) -> Option<&'static Attribute> {
    let header = normalise(header);
    // Of a person's attributes a satellite carries its own alone: a phone file has no e-mail address.
    let carries = |a: &&Attribute| kind.satellite().is_none() || a.kind == kind || a.satellite == Some(kind);
    let carried = || carried_by(kind).iter().flat_map(|kind| of_kind(*kind)).filter(carries);
    carried().find(|a| a.name.eq_ignore_ascii_case(&header)).or_else(|| {
        carried().find(|a| {
            a.aliases.contains(&header.as_str()) || (a.kind == kind && a.own_aliases.contains(&header.as_str()))
        })
    })
}

/// The attribute that a header means wherever it stands, for whoever names it as the extract writes it: by its name, else by
/// an alias.
pub fn recognised(header: &str) -> Option<&'static Attribute> {
    find(Kind::Assignment, header)
}

/// What is recognised in a side extract: the dates of its rows, and whether it is whole. The rest is what the pipeline names.
const SIDE: &[Attribute] = &[
    Attribute::new(Kind::Person, Type::Text, "ChangesOnly"),
    Attribute::new(Kind::Person, Type::Date, "EffectiveStartDate").or(EFFECTIVE_START),
    Attribute::new(Kind::Person, Type::Date, "EffectiveEndDate").or(EFFECTIVE_END),
];

/// The attribute that `header` means in a side extract.
pub fn find_in_side(header: &str) -> Option<&'static Attribute> {
    let header = normalise(header);
    SIDE.iter().find(|a| a.name.eq_ignore_ascii_case(&header) || a.aliases.contains(&header.as_str()))
}

/// The attributes that bear exactly this name, in the order in which a plain name in an expression means them: the
/// assignment's, then the work relationship's, then the person's. Empty if the catalogue has no such name.
pub fn find_name(name: &str) -> impl Iterator<Item = &'static Attribute> {
    carried_by(Kind::Assignment).iter().flat_map(|kind| of_kind(*kind)).filter(move |a| a.name == name)
}

/// A header without what does not count: case, white space, underscores, hyphens, quotes and BOM.
pub fn normalise(header: &str) -> String {
    let ignored = |c: char| c.is_whitespace() || "_-\"'`‘’“”\u{feff}".contains(c);
    header.chars().filter(|c| !ignored(*c)).flat_map(char::to_lowercase).collect()
}

/// The one of `names` that looks most like `wanted`, if any resembles it at all.
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = normalise(wanted);
    names
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&wanted, &normalise(name)), name))
        .filter(|(likeness, _)| *likeness >= 0.8)
        .reduce(|best, other| if other.0 > best.0 { other } else { best })
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn headers_are_recognised_however_they_are_dressed() {
        for header in [
            "PersonNumber",
            "PERSON_NUMBER",
            "person number",
            "\u{feff}Person-Number",
            "'Person\u{a0}Number'",
            "personno",
        ] {
            for kind in Kind::ALL {
                assert_eq!(find(kind, header).map(|a| (a.name, a.kind)), Some(("PersonNumber", kind)), "{header}");
            }
        }
        assert_eq!(find(Kind::Person, "Shoe Size"), None);
        assert_eq!(find(Kind::Person, ""), None);
    }

    #[test]
    fn a_header_means_what_its_file_makes_of_it() {
        let means = |kind, header| find(kind, header).map(|a| (a.kind, a.name));
        assert_eq!(means(Kind::WorkRelationship, "primary flag"), Some((Kind::WorkRelationship, "PrimaryFlag")));
        assert_eq!(means(Kind::Assignment, "primary flag"), Some((Kind::Assignment, "PrimaryFlag")));
        assert_eq!(means(Kind::WorkRelationship, "START_DATE"), Some((Kind::WorkRelationship, "DateStart")));
        assert_eq!(means(Kind::Assignment, "START_DATE"), None, "of the assignment, or of the work relationship?");
        assert_eq!(means(Kind::Assignment, "Legal Employer"), Some((Kind::WorkRelationship, "LegalEmployerName")));
        assert_eq!(means(Kind::Assignment, "Last Name"), Some((Kind::Person, "LastName")));
        assert_eq!(means(Kind::Person, "Legal Employer"), None);
        assert_eq!(means(Kind::Name, "Family Name"), Some((Kind::Person, "LastName")));
        assert_eq!(means(Kind::Email, "EMAIL_ADDRESS"), Some((Kind::Email, "WorkEmail")));
        assert_eq!(means(Kind::Phone, "Primary Flag"), Some((Kind::Phone, "PhonePrimaryFlag")));
        assert_eq!(means(Kind::Phone, "EMAIL_ADDRESS"), None);
    }

    #[test]
    fn within_a_kind_every_name_and_alias_is_taken_once() {
        for kind in Kind::ALL {
            let mut taken = HashSet::new();
            for attribute in of_kind(kind) {
                assert_eq!(attribute.kind, kind, "{}", attribute.name);
                assert!(attribute.name.bytes().all(|b| b.is_ascii_alphanumeric()), "{}", attribute.name);
                assert!(taken.insert(normalise(attribute.name)), "{}", attribute.name);
                for alias in attribute.aliases.iter().chain(attribute.own_aliases) {
                    assert_eq!(normalise(alias), *alias);
                    assert!(taken.insert((*alias).to_string()), "{alias}");
                }
            }
        }
    }

    #[test]
    fn names_in_expressions_are_exact_and_the_assignment_comes_first() {
        let kinds: Vec<_> = find_name("EffectiveStartDate").map(|a| a.kind).collect();
        assert_eq!(kinds, [Kind::Assignment, Kind::Person]);
        assert_eq!(find_name("effectivestartdate").count(), 0);
    }

    #[test]
    fn the_nearest_name_resembles() {
        let names = ["PersonId", "PersonNumbr", "LastName"];
        assert_eq!(nearest("PersonNumber", names), Some("PersonNumbr"));
        assert_eq!(nearest("GradeCode", ["Ann", "x@y.example"]), None);
    }
}
