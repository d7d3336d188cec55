//! The catalogue, the family MGR: line managers (rules 24 and 25).

use super::{Code, Entry, Severity, Subject};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: Code::Mgr010,
        text: "MGR010",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 24,
        title: "The assignment has several line managers",
        meaning: "More than one line manager is in effect for the chosen assignment on the as-of date.",
        why: "Approvals go to one of them. If it is the former manager, leave and access requests land on the wrong \
            desk.",
        effect: "The one flagged primary is taken; else the one with the latest start; else the lowest key. The \
            person is emitted.",
        fix: "End the old one on the *Change Manager* page, or with HCM Data Loader (Worker.dat, \
            AssignmentSupervisor). In the extract, take managers of type LINE_MANAGER that are in effect on the \
            effective date only.",
    },
    Entry {
        code: Code::Mgr011,
        text: "MGR011",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 24,
        title: "The manager's keys name different people",
        meaning: "The row names the manager by several keys (ManagerAssignmentId, ManagerAssignmentNumber, \
            ManagerPersonNumber, ManagerId), and they lead to different people.",
        why: "One of them is not the manager, and would be sent another team's approvals.",
        effect: "The first key in the order above that is known decides.",
        fix: "See the manager on the *Employment Info* page, and take all manager columns of the extract from the \
            same supervisor record. A join on the person in place of the assignment is the usual cause.",
    },
    Entry {
        code: Code::Mgr020,
        text: "MGR020",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 25,
        title: "The manager is not in the extract",
        meaning: "No key of the manager leads to exactly one person in the files.",
        why: "The person has no manager in the target, so approvals have nowhere to go.",
        effect: "The manager is left blank, and the person is emitted.",
        fix: "Check whether the manager falls outside the extract's filter (legal employer, country, worker type) or \
            the data access of the user who runs it; if so, widen it, and filter with [select] in the pipeline. If \
            the manager does not exist, correct it on the *Change Manager* page.",
    },
    Entry {
        code: Code::Mgr021,
        text: "MGR021",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 25,
        title: "The manager is known but not in the user file",
        meaning: "The manager was found, but is excluded, filtered out or quarantined; or is left out of a file by the \
            where of its [[output]], and the person is not.",
        why: "The target would refuse a reference to a user it does not have, or the person goes without a manager.",
        effect: "The manager is left blank (in the second case in that file), unless the pipeline says \
            keep_unemitted_managers = true.",
        fix: "For a manager who left, move the team on the *Direct Reports* or *Change Manager* page. For a \
            quarantined one, repair what the quarantine file names. For an excluded or filtered one, look at \
            [resolve.emit] and [select], and at the where of the output.",
    },
    Entry {
        code: Code::Mgr022,
        text: "MGR022",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 25,
        title: "The person is named as their own manager",
        meaning: "The manager's keys lead back to the person.",
        why: "People would approve their own requests.",
        effect: "The manager is left blank, and the person is emitted.",
        fix: "Set the right manager on the *Change Manager* page. For the head of the company leave it blank in \
            Oracle.",
    },
    Entry {
        code: Code::Mgr023,
        text: "MGR023",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 25,
        title: "The reporting line runs in a circle",
        meaning: "Following managers upwards from this person leads back to the person.",
        why: "Org charts, approval chains and targets that need managers before their reports never come to an end.",
        effect: "Each member of the circle is reported, and the managers are kept. Where managers are to come first, \
            the circle is broken at the smallest PersonNumber, for the order only.",
        fix: "Find the wrong link among the members that bear this code and correct it on the *Change Manager* page. \
            Two people who swapped roles on different dates are the usual cause.",
    },
    Entry {
        code: Code::Mgr030,
        text: "MGR030",
        severity: Severity::Info,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 25,
        title: "The assignment has no manager",
        meaning: "The chosen assignment names no line manager on the as-of date.",
        why: "Right for the head of the company; for anyone else approvals have nowhere to go.",
        effect: "Counted. The manager is blank.",
        fix: "Enter the manager on the *Change Manager* page. If nobody has one, the extract lacks the supervisor \
            records: see AssignmentSupervisor in Worker.dat or the manager attributes of the assignment.",
    },
];
