//! What an extract says of a person: identity, names, e-mail, phones, addresses, legislative data.
//! Names as in Oracle's workers resource, flattened as extracts flatten it.

use super::{Attribute, EFFECTIVE_END, EFFECTIVE_START, PERSON_NUMBER, Type};
use crate::model::kind::Kind;

const fn text(name: &'static str) -> Attribute {
    Attribute::new(Kind::Person, Type::Text, name)
}

const fn date(name: &'static str) -> Attribute {
    Attribute::new(Kind::Person, Type::Date, name)
}

const fn flag(name: &'static str) -> Attribute {
    Attribute::new(Kind::Person, Type::Flag, name)
}

const fn name(name: &'static str) -> Attribute {
    text(name).brought_by(Kind::Name).personal()
}

const fn phone(name: &'static str) -> Attribute {
    text(name).brought_by(Kind::Phone)
}

const fn address(name: &'static str) -> Attribute {
    text(name).brought_by(Kind::Address)
}

const fn identifier(name: &'static str) -> Attribute {
    text(name).brought_by(Kind::NationalIdentifier)
}

pub(super) const ATTRIBUTES: &[Attribute] = &[
    text("PersonNumber").needed().or(PERSON_NUMBER),
    text("PersonId").needed(),
    text("UserName").needed().personal().or(&["loginname"]),
    date("EffectiveStartDate").needed().or(EFFECTIVE_START),
    date("EffectiveEndDate").needed().or(EFFECTIVE_END),
    text("NameType").brought_by(Kind::Name).needed(),
    name("LastName").needed().or(&["familyname", "surname"]),
    text("WorkEmail").brought_by(Kind::Email).needed().personal().or(&[
        "workemailaddress",
        "emailaddress",
        "email",
        "businessemail",
    ]),
    text("EmailType").brought_by(Kind::Email).needed(),
    flag("EmailPrimaryFlag").brought_by(Kind::Email).needed().or(&["primaryemailflag"]).or_at_home(&["primaryflag"]),
    text("SystemPersonType").needed(),
    text("ChangesOnly").needed(),
    // names
    name("FirstName").or(&["givenname", "forename"]),
    name("MiddleNames").or(&["middlename"]),
    name("KnownAs").or(&["preferredname"]),
    name("DisplayName"),
    name("FullName"),
    name("PersonName"),
    name("ListName"),
    name("OrderName"),
    name("Honors"),
    name("Suffix"),
    name("Title"),
    name("Salutation"),
    name("PreNameAdjunct"),
    name("PreviousLastName"),
    name("MilitaryRank"),
    name("LocalFirstName"),
    name("LocalMiddleNames"),
    name("LocalLastName"),
    name("LocalKnownAs"),
    name("LocalDisplayName"),
    name("LocalFullName"),
    name("LocalListName"),
    name("LocalOrderName"),
    name("LocalHonors"),
    name("LocalSuffix"),
    name("LocalTitle"),
    name("LocalPreNameAdjunct"),
    name("LocalPreviousLastName"),
    name("NameInformation1"),
    name("NameInformation2"),
    name("NameInformation3"),
    name("NameInformation4"),
    name("NameInformation5"),
    name("NameInformation6"),
    name("NameInformation7"),
    name("NameInformation8"),
    name("NameInformation9"),
    name("NameInformation10"),
    name("NameInformation11"),
    name("NameInformation12"),
    name("NameInformation13"),
    name("NameInformation14"),
    name("NameInformation15"),
    name("NameInformation16"),
    name("NameInformation17"),
    name("NameInformation18"),
    name("NameInformation19"),
    name("NameInformation20"),
    name("NameInformation21"),
    name("NameInformation22"),
    name("NameInformation23"),
    name("NameInformation24"),
    name("NameInformation25"),
    name("NameInformation26"),
    name("NameInformation27"),
    name("NameInformation28"),
    name("NameInformation29"),
    name("NameInformation30"),
    name("LocalNameInformation1"),
    name("LocalNameInformation2"),
    name("LocalNameInformation3"),
    name("LocalNameInformation4"),
    name("LocalNameInformation5"),
    name("LocalNameInformation6"),
    name("LocalNameInformation7"),
    name("LocalNameInformation8"),
    name("LocalNameInformation9"),
    name("LocalNameInformation10"),
    name("LocalNameInformation11"),
    name("LocalNameInformation12"),
    name("LocalNameInformation13"),
    name("LocalNameInformation14"),
    name("LocalNameInformation15"),
    name("LocalNameInformation16"),
    name("LocalNameInformation17"),
    name("LocalNameInformation18"),
    name("LocalNameInformation19"),
    name("LocalNameInformation20"),
    name("LocalNameInformation21"),
    name("LocalNameInformation22"),
    name("LocalNameInformation23"),
    name("LocalNameInformation24"),
    name("LocalNameInformation25"),
    name("LocalNameInformation26"),
    name("LocalNameInformation27"),
    name("LocalNameInformation28"),
    name("LocalNameInformation29"),
    name("LocalNameInformation30"),
    // e-mail and phones
    text("HomeEmail").personal().or(&["homeemailaddress", "personalemail"]),
    text("WorkPhone").personal().or(&["workphonenumber", "businessphone"]),
    text("WorkMobile").personal().or(&["workmobilephone", "workmobilenumber", "workmobilephonenumber"]),
    text("HomePhone").personal().or(&["homephonenumber"]),
    text("HomeMobile").personal().or(&["homemobilephone", "homemobilephonenumber", "personalmobile"]),
    text("PrimaryPhoneNumber").personal().or(&["primaryphone"]),
    phone("PhoneNumber").personal(),
    phone("PhoneType"),
    flag("PhonePrimaryFlag").brought_by(Kind::Phone).or(&["primaryphoneflag"]),
    phone("AreaCode"),
    phone("CountryCodeNumber"),
    phone("Extension").personal().or(&["phoneextension"]),
    // addresses
    address("AddressType"),
    flag("AddressPrimaryFlag").brought_by(Kind::Address).or(&["primaryaddressflag"]),
    address("AddressLine1").personal(),
    address("AddressLine2").personal(),
    address("AddressLine3").personal(),
    address("AddressLine4").personal(),
    address("Building").personal(),
    address("FloorNumber").personal(),
    address("TownOrCity").personal().or(&["city", "town"]),
    address("Region1"),
    address("Region2"),
    address("Region3"),
    address("PostalCode").personal().or(&["postcode", "zipcode"]),
    address("LongPostalCode").personal(),
    address("Country"),
    address("AddlAddressAttribute1").personal(),
    address("AddlAddressAttribute2").personal(),
    address("AddlAddressAttribute3").personal(),
    address("AddlAddressAttribute4").personal(),
    address("AddlAddressAttribute5").personal(),
    // birth, legislative data, national identifiers
    date("DateOfBirth").personal().or(&["birthdate", "dob"]),
    text("TownOfBirth").personal(),
    text("RegionOfBirth").personal(),
    text("CountryOfBirth").personal(),
    date("DateOfDeath").personal(),
    text("Gender").or(&["sex"]),
    text("MaritalStatus"),
    text("LegislationCode"),
    identifier("NationalIdentifierNumber").personal(),
    identifier("NationalIdentifierType"),
    text("CorrespondenceLanguage"),
    text("BloodType"),
    // the extract's own
    text("UserGUID").personal(),
    date("EffectiveDate"),
    text("DMLOperation"),
    text("CreationDate"),
    text("LastUpdateDate"),
];
