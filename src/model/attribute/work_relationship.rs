//! What an extract says of a work relationship (`PER_PERIODS_OF_SERVICE`): the legal employer, the dates, the flag.

use super::{Attribute, PERSON_NUMBER, Type};
use crate::model::kind::Kind;

const fn text(name: &'static str) -> Attribute {
    Attribute::new(Kind::WorkRelationship, Type::Text, name)
}

const fn date(name: &'static str) -> Attribute {
    Attribute::new(Kind::WorkRelationship, Type::Date, name)
}

const fn flag(name: &'static str) -> Attribute {
    Attribute::new(Kind::WorkRelationship, Type::Flag, name)
}

pub(super) const ATTRIBUTES: &[Attribute] = &[
    text("PersonNumber").needed().or(PERSON_NUMBER),
    text("PeriodOfServiceId").needed().or(&["workrelationshipid"]),
    text("PersonId").needed(),
    // In an assignment file these aliases are the dated flag of rule 14, an attribute of the assignment.
    flag("PrimaryFlag").needed().or_at_home(&[
        "primary",
        "primaryworkrelationshipflag",
        "primaryworkrelationship",
        "primaryworkrelationflag",
    ]),
    text("PeriodType").needed(),
    text("WorkerType").needed(),
    date("DateStart")
        .needed()
        .or(&["workrelationshipstartdate", "periodofservicestartdate"])
        .or_at_home(&["startdate"]),
    date("ActualTerminationDate").needed().or(&["terminationdate"]),
    text("LegislationCode").needed(),
    text("LegalEmployerName").needed().or(&["legalemployer"]),
    text("ChangesOnly").needed(),
    text("LegalEntityId").or(&["legalemployerid"]),
    text("WorkerNumber"),
    date("HireDate"),
    date("EnterpriseHireDate").or(&["enterprisestartdate"]),
    date("OriginalHireDate").or(&["originaldateofhire"]),
    date("EnterpriseSeniorityDate"),
    date("LegalEmployerSeniorityDate"),
    date("AdjustedServiceDate").or(&["adjustedsvcdate"]),
    date("AcceptedTerminationDate"),
    date("NotifiedTerminationDate"),
    date("ProjectedTerminationDate"),
    date("LastWorkingDate"),
    date("FinalProcessDate"),
    flag("OnMilitaryServiceFlag").or(&["onmilitaryservice"]),
    flag("RehireRecommendationFlag").or(&["rehirerecommendation"]),
    text("RevokeUserAccess"),
    text("ActionOccurrenceId"),
    date("EffectiveDate"),
    text("DMLOperation"),
    text("CreationDate"),
    text("LastUpdateDate"),
];
