//! The catalogue, the family PRI, second part: the primary assignment inside it (rules 17 and 18).

use super::{Code, Entry, Severity, Subject};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: Code::Pri030,
        text: "PRI030",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 17,
        title: "The only assignment is not flagged primary",
        meaning: "The work relationship has one assignment on the as-of date, and it is not flagged primary.",
        why: "There is no doubt which one counts, but reports in Oracle that ask for primary assignments leave this \
            person out.",
        effect: "That assignment is taken.",
        fix: "Set the primary assignment in the work relationship, or load it with HCM Data Loader (Worker.dat, \
            Assignment, PrimaryAssignmentFlag). If Oracle shows it as primary, check which flag the extract \
            delivers.",
    },
    Entry {
        code: Code::Pri031,
        text: "PRI031",
        severity: Severity::Error,
        varies: Some("W where the state is not CURRENT or PENDING"),
        subject: Subject::Person,
        rejects: false,
        rule: 17,
        title: "The work relationship has no assignment on the as-of date",
        meaning: "No assignment of the chosen work relationship has a row in effect on the as-of date.",
        why: "A person who is employed has no job, department or manager for that day; emitting them blank would \
            strip their access.",
        effect: "A current or pending person is quarantined. A leaver or a future joiner is resolved without an \
            assignment.",
        fix: "Compare with the history on the *Employment Info* page. If a row is there, the extract leaves it out: \
            look for filters on status or type, and check the Effective Date. If it is not, close the gap with HCM \
            Data Loader (Worker.dat, Assignment). See also ASG010 and ASG024 of the same person.",
    },
    Entry {
        code: Code::Pri032,
        text: "PRI032",
        severity: Severity::Error,
        varies: Some("W with on_ambiguous = \"pick\""),
        subject: Subject::Person,
        rejects: false,
        rule: 17,
        title: "Several assignments, none flagged primary",
        meaning: "The chosen work relationship has several assignments on the as-of date and none is flagged \
            primary.",
        why: "Department, job and manager would be a matter of chance.",
        effect: "The person is quarantined. With on_ambiguous = \"pick\" one is chosen by a fixed order (worker \
            type, HR status, latest start, greatest id) and the others are named.",
        fix: "Set the primary assignment in the work relationship, or load it with HCM Data Loader (Worker.dat, \
            Assignment, PrimaryAssignmentFlag). If it is flagged in Oracle, check the flag in the extract, and that \
            the extract does not leave out the flagged row.",
    },
    Entry {
        code: Code::Pri033,
        text: "PRI033",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 17,
        title: "Several assignments are flagged primary; one is active",
        meaning: "The chosen work relationship has several assignments flagged primary, and exactly one of them is \
            ACTIVE.",
        why: "The answer is very likely right, but the flags are wrong and the next change may tip it.",
        effect: "The active one is taken.",
        fix: "Query PRIMARY_ASSIGNMENT_FLAG in PER_ALL_ASSIGNMENTS_M for the person, and make one assignment \
            primary. Data loads that flag a second assignment without unflagging the first are the usual cause.",
    },
    Entry {
        code: Code::Pri034,
        text: "PRI034",
        severity: Severity::Error,
        varies: Some("W with on_ambiguous = \"pick\""),
        subject: Subject::Person,
        rejects: false,
        rule: 17,
        title: "Several assignments are flagged primary",
        meaning: "The chosen work relationship has several assignments flagged primary on the as-of date, and not \
            exactly one of them is ACTIVE.",
        why: "Department, job and manager would be a matter of chance.",
        effect: "The person is quarantined. With on_ambiguous = \"pick\" one is chosen by a fixed order (worker \
            type, HR status, latest start, greatest id) and the others are named.",
        fix: "Query PRIMARY_ASSIGNMENT_FLAG in PER_ALL_ASSIGNMENTS_M for the person, and make one assignment \
            primary. If Oracle has one only, the extract may take the flag of the employment terms in place of the \
            assignment's.",
    },
    Entry {
        code: Code::Pri035,
        text: "PRI035",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 17,
        title: "The overall primary flag contradicts the other two",
        meaning: "On an assignment row PrimaryFlag is not what PrimaryWorkRelationFlag and PrimaryAssignmentFlag \
            together say. Oracle keeps it itself: Y on the primary assignment of the primary work relationship.",
        why: "Reports that use the one flag and reports that use the others name different jobs for the same person.",
        effect: "The other two flags decide; the person is emitted.",
        fix: "Compare the three flags of the row in PER_ALL_ASSIGNMENTS_M. If they agree there, one of the three \
            attributes is mapped from the wrong column in the extract. If not, make the assignment primary again so \
            that Oracle rewrites them, or raise a service request with Oracle Support.",
    },
    Entry {
        code: Code::Pri036,
        text: "PRI036",
        severity: Severity::Error,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 17,
        title: "Another assignment is the person's overall primary one",
        meaning: "The chosen row has the overall PrimaryFlag = N, while another row of a current work relationship \
            has Y on the as-of date.",
        why: "Two of Oracle's own flags name different jobs, and one of them is wrong.",
        effect: "The person is quarantined.",
        fix: "Compare PRIMARY_FLAG, PRIMARY_ASSIGNMENT_FLAG and PRIMARY_WORK_RELATION_FLAG of the person's rows in \
            PER_ALL_ASSIGNMENTS_M. Make the right assignment and work relationship primary again, so that Oracle \
            rewrites the flags.",
    },
    Entry {
        code: Code::Pri040,
        text: "PRI040",
        severity: Severity::Info,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 17,
        title: "The primary assignment is suspended, another one is active",
        meaning: "The chosen assignment is SUSPENDED, and another assignment of a current work relationship is \
            ACTIVE: usually a temporary assignment.",
        why: "Department and manager shown are those of the home job, not of the one the person does today.",
        effect: "The primary one is kept. The person is active, as some assignment is.",
        fix: "Nothing for a temporary assignment. If the person has changed for good, make the new assignment \
            primary.",
    },
    Entry {
        code: Code::Pri041,
        text: "PRI041",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 17,
        title: "The primary assignment is inactive, another one is active",
        meaning: "The chosen assignment is INACTIVE though its work relationship is current, and another assignment \
            of it is ACTIVE.",
        why: "The person is shown in a job that has ended.",
        effect: "The primary one is kept, and the person is emitted.",
        fix: "Make the active assignment primary in the work relationship, or with HCM Data Loader (Worker.dat, \
            Assignment, PrimaryAssignmentFlag).",
    },
    Entry {
        code: Code::Pri042,
        text: "PRI042",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 17,
        title: "Every assignment is inactive, but the work relationship is current",
        meaning: "The chosen assignment is INACTIVE, its work relationship has not ended, and no other assignment of \
            it is ACTIVE.",
        why: "Either somebody left and the termination was never entered, or somebody works here and cannot get in.",
        effect: "The assignment is taken. Without an active assignment in another current work relationship, the \
            person is not active.",
        fix: "Enter the termination, or correct the assignment status on the *Change Assignment* page. The OTBI \
            subject area *Workforce Management - Worker Assignment Real Time* lists assignments by status, to find \
            all such people at once.",
    },
];
