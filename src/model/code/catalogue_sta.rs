//! The catalogue, the families SRC and STA: what a source must deliver (rules 3, 17), and the HR status (rules 12, 19).

use super::{Code, Entry, Severity, Subject};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: Code::Src010,
        text: "SRC010",
        severity: Severity::Fatal,
        varies: None,
        subject: Subject::File,
        rejects: false,
        rule: 3,
        title: "The extract holds changes only",
        meaning: "The extract says by a parameter or column (ChangesOnly other than N) that it delivers only what \
            changed since the last run.",
        why: "Everybody who did not change is missing, and would look as if they had left.",
        effect: "The run stops and nothing is published.",
        fix: "Submit the extract in full: leave CHANGES_ONLY at N, the full extract, in the submission and in its \
            schedule. Best keep an extract definition of its own for this purpose.",
    },
    Entry {
        code: Code::Src020,
        text: "SRC020",
        severity: Severity::Fatal,
        varies: None,
        subject: Subject::Run,
        rejects: false,
        rule: 17,
        title: "The source has no primary flag at all",
        meaning: "There is no primary flag of any kind in the source, or all of them are blank throughout.",
        why: "For everybody with two jobs the primary one would be a guess.",
        effect: "The run stops, unless the pipeline says assume_single = true: then a person with one candidate is \
            resolved, and one with several is quarantined.",
        fix: "Add PrimaryAssignmentFlag and PrimaryWorkRelationFlag (or the overall PrimaryFlag) of the assignment \
            to the extract, and the work relationship's PrimaryFlag where there is a file of those.",
    },
    Entry {
        code: Code::Sta001,
        text: "STA001",
        severity: Severity::Error,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 12,
        title: "An assignment status is not known",
        meaning: "The assignment has no known AssignmentStatusType, and its AssignmentStatusTypeCode neither begins \
            with ACTIVE_, SUSPEND_ or INACTIVE_ nor stands in [resolve.status].",
        why: "Whether the person works here cannot be told: a leaver could keep access, or somebody on leave lose \
            it.",
        effect: "The person is quarantined.",
        fix: "Find the status with the *Assignment Status* quick action (My Client Groups, Workforce Structures) and \
            see its HR status. Add the code to [resolve.status], or better, add AssignmentStatusType to the extract.",
    },
    Entry {
        code: Code::Sta002,
        text: "STA002",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 12,
        title: "The status and its code disagree",
        meaning: "AssignmentStatusType and the prefix of AssignmentStatusTypeCode say different things, such as \
            ACTIVE and SUSPEND_PROCESS.",
        why: "Programs that read the code and programs that read the type treat the person differently.",
        effect: "The type wins, and the person is emitted.",
        fix: "Take both columns of the extract from the same row: one from the as-of row and one from another row is \
            the usual cause. A status of your own whose code misleads is harmless.",
    },
    Entry {
        code: Code::Sta003,
        text: "STA003",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 12,
        title: "The assignment status is blank",
        meaning: "The row of the assignment carries no status.",
        why: "A blank is taken for ACTIVE. If somebody is suspended or gone, they keep their access.",
        effect: "The assignment counts as ACTIVE.",
        fix: "Add AssignmentStatusType to the extract. If it is blank for a few people only, an outer join to the \
            status finds no match: see their status on the *Employment Info* page.",
    },
    Entry {
        code: Code::Sta010,
        text: "STA010",
        severity: Severity::Info,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 19,
        title: "The person has suspended assignments only",
        meaning: "The person is current and every assignment that could make them active is SUSPENDED: leave, \
            sabbatical, secondment.",
        why: "Some companies keep accounts open during leave and some close them; auditors ask.",
        effect: "The person is active, or inactive if the pipeline says suspended = \"inactive\".",
        fix: "Nothing. Decide with `suspended` in [resolve].",
    },
];
