//! Which columns of a kind are kept, and in which order: those that the rules read, at fixed places, then those that
//! the pipeline names. Everything else is dropped as it is parsed.

use super::kind::Kind;

/// What a column means to the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// PersonNumber and the row's own identifier: never blank (`ROW001`), never damaged (`ROW002`).
    Key,
    /// Another identifier: never damaged.
    Id,
    Text,
    EffectiveStart,
    EffectiveEnd,
    ServiceStart,
    ServiceEnd,
    Sequence,
    LatestChange,
    Primary,
    PrimaryAssignment,
    PrimaryWorkRelation,
    /// A date that only the mapping reads.
    Date,
}

/// The places of a person row's columns.
pub mod person {
    use super::Role;
    pub const PERSON_NUMBER: usize = 0;
    pub const PERSON_ID: usize = 1;
    pub const LAST_NAME: usize = 2;
    pub const WORK_EMAIL: usize = 3;
    pub const USER_NAME: usize = 4;
    pub const NAME_TYPE: usize = 5;
    pub const EMAIL_TYPE: usize = 8;
    pub const COLUMNS: [(&str, Role); 10] = [
        ("PersonNumber", Role::Key),
        ("PersonId", Role::Id),
        ("LastName", Role::Text),
        ("WorkEmail", Role::Text),
        ("UserName", Role::Text),
        ("NameType", Role::Text),
        ("EffectiveStartDate", Role::EffectiveStart),
        ("EffectiveEndDate", Role::EffectiveEnd),
        ("EmailType", Role::Text),
        ("EmailPrimaryFlag", Role::Primary),
    ];
}

/// The places of a work-relationship row's columns.
pub mod work_relationship {
    use super::Role;
    pub const PERSON_NUMBER: usize = 0;
    pub const PERIOD_OF_SERVICE_ID: usize = 1;
    pub const PERSON_ID: usize = 2;
    pub const PERIOD_TYPE: usize = 3;
    pub const WORKER_TYPE: usize = 4;
    pub const LEGISLATION_CODE: usize = 5;
    pub const LEGAL_EMPLOYER_NAME: usize = 6;
    pub const COLUMNS: [(&str, Role); 10] = [
        ("PersonNumber", Role::Key),
        ("PeriodOfServiceId", Role::Key),
        ("PersonId", Role::Id),
        ("PeriodType", Role::Text),
        ("WorkerType", Role::Text),
        ("LegislationCode", Role::Text),
        ("LegalEmployerName", Role::Text),
        ("DateStart", Role::ServiceStart),
        ("ActualTerminationDate", Role::ServiceEnd),
        ("PrimaryFlag", Role::Primary),
    ];
}

/// The places of an assignment row's columns. The last seven stand there for a flat source alone (rule 9).
pub mod assignment {
    use super::Role;
    pub const PERSON_NUMBER: usize = 0;
    pub const ASSIGNMENT_ID: usize = 1;
    pub const PERIOD_OF_SERVICE_ID: usize = 2;
    pub const PERSON_ID: usize = 3;
    pub const ASSIGNMENT_NUMBER: usize = 4;
    pub const ASSIGNMENT_TYPE: usize = 5;
    pub const SYSTEM_PERSON_TYPE: usize = 6;
    pub const STATUS_TYPE: usize = 7;
    pub const STATUS_TYPE_CODE: usize = 8;
    pub const MANAGER_ASSIGNMENT_ID: usize = 9;
    pub const MANAGER_ASSIGNMENT_NUMBER: usize = 10;
    pub const MANAGER_PERSON_NUMBER: usize = 11;
    pub const MANAGER_ID: usize = 12;
    pub const MANAGER_TYPE: usize = 13;
    pub const EFFECTIVE_START_DATE: usize = 14;
    pub const PERIOD_TYPE: usize = 21;
    pub const WORKER_TYPE: usize = 22;
    pub const LEGISLATION_CODE: usize = 23;
    pub const LEGAL_EMPLOYER_NAME: usize = 24;
    pub const DATE_START: usize = 25;
    pub const ACTUAL_TERMINATION_DATE: usize = 26;
    pub const PRIMARY_FLAG: usize = 18;
    pub const PRIMARY_ASSIGNMENT_FLAG: usize = 19;
    pub const PRIMARY_WORK_RELATION_FLAG: usize = 20;
    pub const COLUMNS: [(&str, Role); 27] = [
        ("PersonNumber", Role::Key),
        ("AssignmentId", Role::Key),
        ("PeriodOfServiceId", Role::Id),
        ("PersonId", Role::Id),
        ("AssignmentNumber", Role::Text),
        ("AssignmentType", Role::Text),
        ("SystemPersonType", Role::Text),
        ("AssignmentStatusType", Role::Text),
        ("AssignmentStatusTypeCode", Role::Text),
        ("ManagerAssignmentId", Role::Text),
        ("ManagerAssignmentNumber", Role::Text),
        ("ManagerPersonNumber", Role::Text),
        ("ManagerId", Role::Text),
        ("ManagerType", Role::Text),
        ("EffectiveStartDate", Role::EffectiveStart),
        ("EffectiveEndDate", Role::EffectiveEnd),
        ("EffectiveSequence", Role::Sequence),
        ("EffectiveLatestChange", Role::LatestChange),
        ("PrimaryFlag", Role::Primary),
        ("PrimaryAssignmentFlag", Role::PrimaryAssignment),
        ("PrimaryWorkRelationFlag", Role::PrimaryWorkRelation),
        ("PeriodType", Role::Text),
        ("WorkerType", Role::Text),
        ("LegislationCode", Role::Text),
        ("LegalEmployerName", Role::Text),
        ("DateStart", Role::ServiceStart),
        ("ActualTerminationDate", Role::ServiceEnd),
    ];
    /// The columns in which the entries of several managers of one assignment row may differ (rule 10).
    pub const MANAGER_COLUMNS: std::ops::RangeInclusive<usize> = MANAGER_ASSIGNMENT_ID..=MANAGER_TYPE;
}

/// The places of the columns of the satellites (rules 21 to 24). All begin with the PersonNumber, and all but the
/// managers go on with the PersonId.
pub mod satellite {
    use super::Role;
    pub const PERSON_ID: usize = 1;
    /// `NameType`, `EmailType`, `PhoneType`, `AddressType`, `NationalIdentifierType`.
    pub const TYPE: usize = 2;
    /// What the row is about: without it there is no e-mail, phone or identifier.
    pub const VALUE: usize = 3;
    pub const NAME: [(&str, Role); 6] = [
        ("PersonNumber", Role::Key),
        ("PersonId", Role::Id),
        ("NameType", Role::Text),
        ("LastName", Role::Text),
        ("EffectiveStartDate", Role::EffectiveStart),
        ("EffectiveEndDate", Role::EffectiveEnd),
    ];
    pub const EMAIL: [(&str, Role); 7] = [
        ("PersonNumber", Role::Key),
        ("PersonId", Role::Id),
        ("EmailType", Role::Text),
        ("WorkEmail", Role::Text),
        ("EmailPrimaryFlag", Role::Primary),
        ("EffectiveStartDate", Role::EffectiveStart),
        ("EffectiveEndDate", Role::EffectiveEnd),
    ];
    pub const PHONE: [(&str, Role); 7] = [
        ("PersonNumber", Role::Key),
        ("PersonId", Role::Id),
        ("PhoneType", Role::Text),
        ("PhoneNumber", Role::Text),
        ("PhonePrimaryFlag", Role::Primary),
        ("EffectiveStartDate", Role::EffectiveStart),
        ("EffectiveEndDate", Role::EffectiveEnd),
    ];
    pub const ADDRESS: [(&str, Role); 6] = [
        ("PersonNumber", Role::Key),
        ("PersonId", Role::Id),
        ("AddressType", Role::Text),
        ("AddressPrimaryFlag", Role::Primary),
        ("EffectiveStartDate", Role::EffectiveStart),
        ("EffectiveEndDate", Role::EffectiveEnd),
    ];
    pub const NATIONAL_IDENTIFIER: [(&str, Role); 8] = [
        ("PersonNumber", Role::Key),
        ("PersonId", Role::Id),
        ("NationalIdentifierType", Role::Text),
        ("NationalIdentifierNumber", Role::Text),
        ("NationalIdentifierPrimaryFlag", Role::Primary),
        ("EffectiveStartDate", Role::EffectiveStart),
        ("EffectiveEndDate", Role::EffectiveEnd),
        ("LegislationCode", Role::Text),
    ];
    pub const LEGISLATION_CODE: usize = 7;
}

/// The places of a manager row's columns: one entry of one assignment (rule 24).
pub mod manager {
    use super::Role;
    pub const ASSIGNMENT_ID: usize = 1;
    pub const MANAGER_ASSIGNMENT_ID: usize = 2;
    pub const MANAGER_ASSIGNMENT_NUMBER: usize = 3;
    pub const MANAGER_PERSON_NUMBER: usize = 4;
    pub const MANAGER_ID: usize = 5;
    pub const MANAGER_TYPE: usize = 6;
    pub const COLUMNS: [(&str, Role); 10] = [
        ("PersonNumber", Role::Key),
        ("AssignmentId", Role::Key),
        ("ManagerAssignmentId", Role::Text),
        ("ManagerAssignmentNumber", Role::Text),
        ("ManagerPersonNumber", Role::Text),
        ("ManagerId", Role::Text),
        ("ManagerType", Role::Text),
        ("PrimaryFlag", Role::Primary),
        ("EffectiveStartDate", Role::EffectiveStart),
        ("EffectiveEndDate", Role::EffectiveEnd),
    ];
}

/// The columns that the rules read of a kind, at their fixed places.
pub fn fixed(kind: Kind) -> &'static [(&'static str, Role)] {
    match kind {
        Kind::Person => &person::COLUMNS,
        Kind::WorkRelationship => &work_relationship::COLUMNS,
        Kind::Assignment => &assignment::COLUMNS,
        Kind::Name => &satellite::NAME,
        Kind::Email => &satellite::EMAIL,
        Kind::Phone => &satellite::PHONE,
        Kind::Address => &satellite::ADDRESS,
        Kind::NationalIdentifier => &satellite::NATIONAL_IDENTIFIER,
        Kind::Manager => &manager::COLUMNS,
    }
}

/// The place of the PersonId, of a kind whose rows carry one.
pub fn person_id(kind: Kind) -> Option<usize> {
    match kind {
        Kind::Person => Some(person::PERSON_ID),
        Kind::WorkRelationship => Some(work_relationship::PERSON_ID),
        Kind::Assignment => Some(assignment::PERSON_ID),
        Kind::Name | Kind::Email | Kind::Phone | Kind::Address | Kind::NationalIdentifier => Some(satellite::PERSON_ID),
        Kind::Manager => None,
    }
}

/// The kept columns of one kind, or of one side extract.
#[derive(Clone, Debug)]
pub struct Layout {
    columns: Vec<(String, Role)>,
}

impl Layout {
    /// The fixed columns, then `named`: further attributes with whether they are dates, without repetition.
    pub fn new<'a>(kind: Kind, named: impl IntoIterator<Item = (&'a str, bool)>) -> Layout {
        let mut columns: Vec<(String, Role)> =
            fixed(kind).iter().map(|(name, role)| ((*name).to_owned(), *role)).collect();
        for (name, is_date) in named {
            if columns.iter().all(|(known, _)| known != name) {
                columns.push((name.to_owned(), if is_date { Role::Date } else { Role::Text }));
            }
        }
        Layout { columns }
    }

    /// Where the columns that a side extract brings begin.
    pub const SIDE_VALUES: usize = 3;

    /// The columns of a side extract: its key, its dates, and what it brings.
    pub fn side<'a>(key: &str, brought: impl IntoIterator<Item = &'a str>) -> Layout {
        let dates = [("EffectiveStartDate", Role::EffectiveStart), ("EffectiveEndDate", Role::EffectiveEnd)];
        let mut columns = vec![(key.to_owned(), Role::Key)];
        columns.extend(dates.map(|(name, role)| (name.to_owned(), role)));
        columns.extend(brought.into_iter().map(|name| (name.to_owned(), Role::Text)));
        Layout { columns }
    }

    /// In a source whose assignment rows tell of work relationships as well, PeriodOfServiceId is the row's own (rule 9).
    pub fn telling_of_work_relationships(mut self) -> Layout {
        if let Some(place) = self.place("PeriodOfServiceId") {
            self.columns[place].1 = Role::Key;
        }
        self
    }

    /// The place of the key whose column a file need not have: PeriodOfServiceId on assignment rows that tell of work
    /// relationships. Where no file has it the source is hand-made; where one has it the rows of the others lack it. Every other
    /// key is demanded of each header, but for the PersonNumber of managers, which their assignments tell.
    pub fn optional_key(&self) -> Option<usize> {
        let place = assignment::PERIOD_OF_SERVICE_ID;
        let is_key = |(name, role): &(String, Role)| name == "PeriodOfServiceId" && *role == Role::Key;
        self.columns.get(place).is_some_and(is_key).then_some(place)
    }

    /// The names and roles, in the order of the cells.
    pub fn columns(&self) -> &[(String, Role)] {
        &self.columns
    }

    /// The place of an attribute, if it is kept.
    pub fn place(&self, attribute: &str) -> Option<usize> {
        self.columns.iter().position(|(name, _)| name == attribute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_places_are_those_of_the_names() {
        for (place, name) in [
            (assignment::MANAGER_TYPE, "ManagerType"),
            (assignment::EFFECTIVE_START_DATE, "EffectiveStartDate"),
            (assignment::PRIMARY_FLAG, "PrimaryFlag"),
            (assignment::PRIMARY_WORK_RELATION_FLAG, "PrimaryWorkRelationFlag"),
            (assignment::PERIOD_TYPE, "PeriodType"),
            (assignment::ACTUAL_TERMINATION_DATE, "ActualTerminationDate"),
            (assignment::STATUS_TYPE_CODE, "AssignmentStatusTypeCode"),
        ] {
            assert_eq!(assignment::COLUMNS[place].0, name);
        }
        for kind in Kind::ALL {
            assert_eq!(person_id(kind), fixed(kind).iter().position(|(name, _)| *name == "PersonId"), "{kind}");
        }
        assert_eq!(person::COLUMNS[person::NAME_TYPE].0, "NameType");
        assert_eq!(person::COLUMNS[person::EMAIL_TYPE].0, "EmailType");
        assert_eq!(manager::COLUMNS[manager::MANAGER_TYPE].0, "ManagerType");
        assert_eq!(satellite::NATIONAL_IDENTIFIER[satellite::LEGISLATION_CODE].0, "LegislationCode");
        for (columns, value) in [(&satellite::EMAIL, "WorkEmail"), (&satellite::PHONE, "PhoneNumber")] {
            assert!(columns[satellite::TYPE].0.ends_with("Type"));
            assert_eq!(columns[satellite::VALUE].0, value);
        }
        assert_eq!(work_relationship::COLUMNS[work_relationship::LEGAL_EMPLOYER_NAME].0, "LegalEmployerName");
    }
}
