//! The catalogue, the family KEY: identifiers and references (rules 4 and 8).

use super::{Code, Entry, Severity, Subject};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: Code::Key010,
        text: "KEY010",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 4,
        title: "Two PersonNumbers differ in leading zeros only",
        meaning: "The input holds two PersonNumbers such as 00123 and 123. Identifiers are text, so these are two \
            people.",
        why: "If it is one person, one of the two is a ghost: an account without a job, or two accounts for one \
            human being.",
        effect: "Both are resolved, each as a person of its own.",
        fix: "Search for both numbers in Oracle. If only one exists, one extract drops leading zeros: extract \
            PersonNumber as text there, and do not save the file from a spreadsheet.",
    },
    Entry {
        code: Code::Key020,
        text: "KEY020",
        severity: Severity::Error,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 8,
        title: "An assignment and its work relationship belong to different people",
        meaning: "The assignment row carries one PersonNumber, and the work relationship with its PeriodOfServiceId \
            carries another.",
        why: "One of the two would get the other's job, manager and access.",
        effect: "Both persons are quarantined.",
        fix: "Look up both PersonNumbers and the PeriodOfServiceId in Oracle. If Oracle is right, a join in one of \
            the extracts is wrong, or the two files are of different generations: take PersonNumber and \
            PeriodOfServiceId from the same data group.",
    },
    Entry {
        code: Code::Key021,
        text: "KEY021",
        severity: Severity::Error,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 8,
        title: "One id stands under two PersonNumbers",
        meaning: "Within one file, the same AssignmentId or PeriodOfServiceId occurs under two PersonNumbers.",
        why: "An assignment belongs to one person. Whoever has it wrongly would get the other's job and access.",
        effect: "Both persons are quarantined.",
        fix: "Look up the id in Oracle. If it belongs to one of the two, a join in the extract is too wide. If a \
            PersonNumber was changed while the extract ran, run it again.",
    },
    Entry {
        code: Code::Key022,
        text: "KEY022",
        severity: Severity::Error,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 8,
        title: "One PersonNumber has two PersonIds",
        meaning: "Rows with the same PersonNumber carry different PersonIds.",
        why: "Two people may have been mixed under one number, and one would act under the other's name.",
        effect: "The person is quarantined.",
        fix: "Look up both PersonIds (PERSON_ID in PER_ALL_PEOPLE_F). If only one exists in this environment, the \
            files come from different environments, such as test and production.",
    },
    Entry {
        code: Code::Key023,
        text: "KEY023",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 8,
        title: "One PersonId has two PersonNumbers",
        meaning: "Rows with the same PersonId carry different PersonNumbers.",
        why: "The PersonNumber was probably changed, and the same human being is here twice, so that there will be \
            two accounts.",
        effect: "Each PersonNumber is resolved as a person of its own.",
        fix: "See on the person's page which number is current. In a history extract take the PersonNumber that is \
            in effect on the extract's date for all rows, and run all extracts after the change.",
    },
    Entry {
        code: Code::Key024,
        text: "KEY024",
        severity: Severity::Error,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 8,
        title: "One AssignmentId stands under two work relationships",
        meaning: "One person's assignment occurs with two PeriodOfServiceIds. In Oracle an assignment belongs to one \
            work relationship for good; a global transfer makes a new assignment.",
        why: "The legal employer would be a matter of chance, and with it policies, access and the user's company.",
        effect: "The person is quarantined.",
        fix: "Look up the assignment on the *Employment Info* page. If it is right there, the extract joins work \
            relationships to assignments by person in place of by PeriodOfServiceId.",
    },
];
