//! What an extract says of an assignment (`PER_ALL_ASSIGNMENTS_M`): its dated row, its place in the enterprise, its manager.

use super::{Attribute, EFFECTIVE_END, EFFECTIVE_START, PERSON_NUMBER, Type};
use crate::model::kind::Kind;

const fn text(name: &'static str) -> Attribute {
    Attribute::new(Kind::Assignment, Type::Text, name)
}

const fn date(name: &'static str) -> Attribute {
    Attribute::new(Kind::Assignment, Type::Date, name)
}

const fn flag(name: &'static str) -> Attribute {
    Attribute::new(Kind::Assignment, Type::Flag, name)
}

const fn number(name: &'static str) -> Attribute {
    Attribute::new(Kind::Assignment, Type::WholeNumber, name)
}

const fn manager(name: &'static str) -> Attribute {
    text(name).brought_by(Kind::Manager)
}

pub(super) const ATTRIBUTES: &[Attribute] = &[
    text("PersonNumber").needed().or(PERSON_NUMBER),
    text("AssignmentId").needed(),
    text("PeriodOfServiceId").needed().or(&["workrelationshipid"]),
    text("PersonId").needed(),
    text("AssignmentNumber").needed().or(&["assignmentno", "assignmentnum"]),
    text("AssignmentType").needed(),
    text("SystemPersonType").needed(),
    date("EffectiveStartDate").needed().or(EFFECTIVE_START).or_at_home(&["assignmenteffectivestartdate"]),
    date("EffectiveEndDate").needed().or(EFFECTIVE_END).or_at_home(&["assignmenteffectiveenddate"]),
    number("EffectiveSequence").needed(),
    flag("EffectiveLatestChange").needed().or(&["effectivelatestchangeflag"]),
    // The overall flag: the primary assignment of the primary work relationship.
    flag("PrimaryFlag").needed(),
    flag("PrimaryAssignmentFlag").needed().or(&["primaryassignment"]),
    flag("PrimaryWorkRelationFlag").needed().or(&["primaryworkrelationshipflag", "primaryworkrelationship"]),
    // A bare status is read as the type: a code or a customer's word in it is refused aloud (STA001), while a column
    // that nobody recognised would make everybody ACTIVE.
    text("AssignmentStatusType").needed().or(&["assignmentstatus", "hrstatus"]),
    text("AssignmentStatusTypeCode").needed().or(&["assignmentstatuscode"]),
    manager("ManagerAssignmentId").needed().or(&["linemanagerassignmentid"]),
    manager("ManagerAssignmentNumber").needed().or(&["managerassignmentno", "linemanagerassignmentnumber"]),
    manager("ManagerPersonNumber").needed().or(&[
        "managerpersonno",
        "managerpersonnum",
        "manageremployeenumber",
        "linemanagerpersonnumber",
        "supervisorpersonnumber",
    ]),
    manager("ManagerId").needed().or(&["managerpersonid", "linemanagerpersonid"]),
    manager("ManagerType").needed(),
    text("ChangesOnly").needed(),
    // its place in the enterprise
    text("AssignmentName"),
    text("BusinessUnitId"),
    text("BusinessUnitName").or(&["businessunit"]),
    text("DepartmentId").or(&["organizationid"]),
    text("DepartmentName").or(&["department", "organizationname"]),
    text("JobId"),
    text("JobCode"),
    text("JobName").or(&["job", "jobtitle"]),
    text("PositionId"),
    text("PositionCode"),
    text("PositionName").or(&["position"]),
    text("GradeId"),
    text("GradeCode"),
    text("GradeName").or(&["grade"]),
    text("GradeLadderName"),
    text("LocationId"),
    text("LocationCode"),
    text("LocationName").or(&["location", "worklocation"]),
    text("CostCenter").or(&["costcentre"]),
    text("PeopleGroup"),
    text("ReportingEstablishmentId"),
    text("TaxReportingUnitId"),
    text("CollectiveAgreementId"),
    text("BargainingUnitCode"),
    // its terms
    text("ActionCode").or(&["assignmentactioncode"]),
    text("ReasonCode").or(&["actionreasoncode"]),
    text("ActionOccurrenceId"),
    text("WorkerCategory"),
    text("AssignmentCategory").or(&["employmentcategory"]),
    text("PersonTypeId"),
    text("PersonTypeCode"),
    text("UserPersonType").or(&["persontype"]),
    text("AssignmentStatusTypeId"),
    flag("ManagerFlag"),
    flag("PrimaryWorkTermsFlag"),
    text("WorkTermsAssignmentId"),
    text("FullPartTime").or(&["fullorparttime"]),
    text("PermanentTemporary").or(&["permanenttemporaryflag", "regulartemporary"]),
    text("HourlySalariedCode"),
    text("NormalHours"),
    text("Frequency"),
    text("TimeNormalStart"),
    text("TimeNormalFinish"),
    flag("WorkAtHome").or(&["workathomeflag", "workingfromhome"]),
    text("ContractId"),
    text("ContractNumber"),
    text("ContractType"),
    date("ContractEndDate"),
    date("ProjectedStartDate"),
    date("ProjectedEndDate").or(&["projectedassignmentenddate"]),
    date("ProbationEndDate").or(&["dateprobationend"]),
    text("NoticePeriod"),
    text("InternalBuilding"),
    text("InternalFloor"),
    text("InternalOfficeNumber"),
    text("InternalMailstop"),
    // the extract's own
    date("EffectiveDate"),
    text("DMLOperation"),
    text("CreationDate"),
    text("LastUpdateDate"),
];
