//! What the satellites carry of their own: the keys, the type, the flag and the dates. Their values bear the names that
//! they have on a person or assignment row ([`super::brought_by`]).

use super::{Attribute, EFFECTIVE_END, EFFECTIVE_START, PERSON_NUMBER, Type};
use crate::model::kind::Kind;

/// E-mails, phones and addresses have a `DateFrom` and a `DateTo` where names have effective dates.
const FROM: &[&str] = &["datefrom", "fromdate", "startdate"];
const TO: &[&str] = &["dateto", "todate", "enddate"];

const fn number(kind: Kind) -> Attribute {
    Attribute::new(kind, Type::Text, "PersonNumber").needed().or(PERSON_NUMBER)
}

const fn id(kind: Kind) -> Attribute {
    Attribute::new(kind, Type::Text, "PersonId").needed()
}

const fn start(kind: Kind) -> Attribute {
    Attribute::new(kind, Type::Date, "EffectiveStartDate").needed().or(EFFECTIVE_START).or_at_home(FROM)
}

const fn end(kind: Kind) -> Attribute {
    Attribute::new(kind, Type::Date, "EffectiveEndDate").needed().or(EFFECTIVE_END).or_at_home(TO)
}

const fn primary(kind: Kind, name: &'static str) -> Attribute {
    Attribute::new(kind, Type::Flag, name).needed().or_at_home(&["primaryflag", "primary"])
}

const fn text(kind: Kind, name: &'static str) -> Attribute {
    Attribute::new(kind, Type::Text, name).needed()
}

const fn changes_only(kind: Kind) -> Attribute {
    text(kind, "ChangesOnly")
}

pub(super) const NAME: &[Attribute] = &[
    number(Kind::Name),
    id(Kind::Name),
    start(Kind::Name),
    end(Kind::Name),
    text(Kind::Name, "NameType"),
    Attribute::new(Kind::Name, Type::Text, "LegislationCode"),
    changes_only(Kind::Name),
];

pub(super) const EMAIL: &[Attribute] = &[
    number(Kind::Email),
    id(Kind::Email),
    start(Kind::Email),
    end(Kind::Email),
    text(Kind::Email, "EmailType").or_at_home(&["type"]),
    text(Kind::Email, "WorkEmail").personal().or_at_home(&["workemailaddress", "emailaddress", "email"]),
    primary(Kind::Email, "EmailPrimaryFlag").or(&["primaryemailflag"]),
    changes_only(Kind::Email),
];

pub(super) const PHONE: &[Attribute] = &[
    number(Kind::Phone),
    id(Kind::Phone),
    start(Kind::Phone),
    end(Kind::Phone),
    text(Kind::Phone, "PhoneType").or_at_home(&["type"]),
    text(Kind::Phone, "PhoneNumber").personal().or_at_home(&["phone", "workphone", "workphonenumber"]),
    primary(Kind::Phone, "PhonePrimaryFlag").or(&["primaryphoneflag"]),
    changes_only(Kind::Phone),
];

pub(super) const ADDRESS: &[Attribute] = &[
    number(Kind::Address),
    id(Kind::Address),
    start(Kind::Address),
    end(Kind::Address),
    text(Kind::Address, "AddressType").or_at_home(&["type"]),
    primary(Kind::Address, "AddressPrimaryFlag").or(&["primaryaddressflag"]),
    changes_only(Kind::Address),
];

pub(super) const NATIONAL_IDENTIFIER: &[Attribute] = &[
    number(Kind::NationalIdentifier),
    id(Kind::NationalIdentifier),
    start(Kind::NationalIdentifier),
    end(Kind::NationalIdentifier),
    text(Kind::NationalIdentifier, "NationalIdentifierType").or_at_home(&["type"]),
    text(Kind::NationalIdentifier, "NationalIdentifierNumber").personal().or_at_home(&["nationalidentifier"]),
    primary(Kind::NationalIdentifier, "NationalIdentifierPrimaryFlag"),
    text(Kind::NationalIdentifier, "LegislationCode"),
    changes_only(Kind::NationalIdentifier),
];

pub(super) const MANAGER: &[Attribute] = &[
    number(Kind::Manager),
    text(Kind::Manager, "AssignmentId"),
    start(Kind::Manager),
    end(Kind::Manager),
    text(Kind::Manager, "ManagerAssignmentId").or(&["linemanagerassignmentid"]),
    text(Kind::Manager, "ManagerAssignmentNumber").or(&["managerassignmentno", "linemanagerassignmentnumber"]),
    text(Kind::Manager, "ManagerPersonNumber").or(&[
        "managerpersonno",
        "managerpersonnum",
        "manageremployeenumber",
        "linemanagerpersonnumber",
        "supervisorpersonnumber",
    ]),
    text(Kind::Manager, "ManagerId").or(&["managerpersonid", "linemanagerpersonid"]),
    text(Kind::Manager, "ManagerType"),
    Attribute::new(Kind::Manager, Type::Flag, "PrimaryFlag").needed().or_at_home(&["primary"]),
    changes_only(Kind::Manager),
];
