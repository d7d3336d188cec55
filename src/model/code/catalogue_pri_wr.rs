//! The catalogue, the family PRI, first part: the primary work relationship (rule 15).

use super::{Code, Entry, Severity, Subject};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: Code::Pri010,
        text: "PRI010",
        severity: Severity::Warning,
        varies: Some("I for a pending work relationship, which Oracle creates nonprimary"),
        subject: Subject::Person,
        rejects: false,
        rule: 15,
        title: "The only current work relationship is not flagged primary",
        meaning: "The person has one current work relationship, and it is not primary on the as-of date.",
        why: "There is no doubt which one counts, but reports in Oracle that ask for primary ones leave this person \
            out.",
        effect: "That work relationship is taken.",
        fix: "Make it primary in the person's work relationships, or with the REST action changePrimaryFlag of \
            workRelationships. If Oracle shows it as primary, check which flag the extract delivers.",
    },
    Entry {
        code: Code::Pri011,
        text: "PRI011",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 15,
        title: "The primary flag is on a work relationship that is not current",
        meaning: "The person has one current work relationship, unflagged, while one that has ended or not yet begun \
            is flagged primary.",
        why: "Whoever goes by the flag alone takes an employee for a leaver. Typical after a rehire.",
        effect: "The current one is taken: the state comes first, the flag second.",
        fix: "Make the current work relationship primary in Oracle, or with the REST action changePrimaryFlag of \
            workRelationships.",
    },
    Entry {
        code: Code::Pri012,
        text: "PRI012",
        severity: Severity::Error,
        varies: Some("W with on_ambiguous = \"pick\""),
        subject: Subject::Person,
        rejects: false,
        rule: 15,
        title: "Several current work relationships, none primary",
        meaning: "The person has several current work relationships and none of them is primary on the as-of date.",
        why: "The legal employer, the job and the manager would be a matter of chance.",
        effect: "The person is quarantined. With on_ambiguous = \"pick\" one is chosen by a fixed order (worker \
            type, HR status, latest start, greatest id) and the others are named.",
        fix: "Make one of them primary in Oracle, or with the REST action changePrimaryFlag of workRelationships. If \
            Oracle shows a primary one, check the flag in the extract. If one of them should have ended, terminate \
            or cancel it.",
    },
    Entry {
        code: Code::Pri013,
        text: "PRI013",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 15,
        title: "Two primary work relationships meet on the as-of date",
        meaning: "One primary work relationship ends on the as-of date and another primary one starts on it: a \
            rehire or transfer on the day of termination.",
        why: "On that single day both are in effect, and the old one would give the access of the job that is being \
            left.",
        effect: "The one that starts is taken.",
        fix: "Often right, and gone the next day. For a global transfer the old one should end the day before: \
            correct the termination date, or repeat the change as *Global Transfer*.",
    },
    Entry {
        code: Code::Pri014,
        text: "PRI014",
        severity: Severity::Error,
        varies: Some("W with on_ambiguous = \"pick\""),
        subject: Subject::Person,
        rejects: false,
        rule: 15,
        title: "Several primary work relationships are current",
        meaning: "More than one current work relationship is primary on the as-of date. Oracle allows one.",
        why: "The person would be at either employer by chance, and could change between runs.",
        effect: "The person is quarantined. With on_ambiguous = \"pick\" one is chosen by a fixed order (worker \
            type, HR status, latest start, greatest id) and the others are named.",
        fix: "Query PRIMARY_WORK_RELATION_FLAG in PER_ALL_ASSIGNMENTS_M for the person. Make one primary again with \
            the REST action changePrimaryFlag of workRelationships, which makes the others nonprimary. Data loads \
            that set PrimaryFlag on two WorkRelationship lines are the usual cause.",
    },
    Entry {
        code: Code::Pri020,
        text: "PRI020",
        severity: Severity::Info,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 15,
        title: "The person starts in the future",
        meaning: "No work relationship is current and at least one starts after the as-of date.",
        why: "Accounts are often wanted before the first day, and sometimes must not exist before it.",
        effect: "The state is FUTURE. Among the primary ones, else among all, the earliest start is taken. Whether \
            the person is emitted is told by [resolve.emit].",
        fix: "Nothing.",
    },
    Entry {
        code: Code::Pri021,
        text: "PRI021",
        severity: Severity::Info,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 15,
        title: "The person has left",
        meaning: "All work relationships ended before the as-of date.",
        why: "The target has to learn that the account is to be closed.",
        effect: "The state is TERMINATED. The work relationship that ended last is the reference. By default the \
            person is emitted as inactive.",
        fix: "Nothing. If the person works here, look for a termination date entered by mistake and reverse that \
            termination.",
    },
    Entry {
        code: Code::Pri022,
        text: "PRI022",
        severity: Severity::Info,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 15,
        title: "A former worker is to be rehired",
        meaning: "One work relationship has ended and another one starts after the as-of date.",
        why: "Closing the account today and opening it next week may lose mail and data.",
        effect: "The state is FUTURE, as for any other joiner; counted here, so that you can see who comes back.",
        fix: "Nothing. Choose in [resolve.emit] what becomes of persons in the state FUTURE.",
    },
    Entry {
        code: Code::Pri023,
        text: "PRI023",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 15,
        title: "The person has no work relationship",
        meaning: "The person has a person row, but no work relationship. Cancelling a work relationship deletes its \
            rows; contacts never had any.",
        why: "If a hire was cancelled, an account made earlier has to be closed, and no termination will ever tell \
            you so.",
        effect: "The state is NO_EMPLOYMENT. By default the person is excluded, and counted.",
        fix: "If the person is employed, the work-relationship extract leaves the row out: compare its filter with \
            the person extract's. Restrict the person extract to workers if contacts are in it.",
    },
];
