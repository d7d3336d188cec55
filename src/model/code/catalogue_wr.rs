//! The catalogue, the family WR: the state and the flags of work relationships (rules 7 to 9, 13, 14).

use super::{Code, Entry, Severity, Subject};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: Code::Wr010,
        text: "WR010",
        severity: Severity::Info,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 13,
        title: "The person is a scheduled leaver",
        meaning: "The current work relationship has a termination date on or after the as-of date. It is the last \
            day employed.",
        why: "The account must stay open through that day, and be closed after it.",
        effect: "The work relationship counts as current through that date.",
        fix: "Nothing. Run again on the day after.",
    },
    Entry {
        code: Code::Wr011,
        text: "WR011",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 13,
        title: "The work relationship is current, all its assignments are inactive",
        meaning: "By its dates the work relationship is current, but every assignment of it on the as-of date is \
            INACTIVE.",
        why: "Often a termination that was half entered: the assignment was ended, the person was not.",
        effect: "The dates win: the work relationship is current. It makes nobody active.",
        fix: "Enter the termination if the person has left, or correct the assignment status on the *Change \
            Assignment* page. The OTBI subject area *Workforce Management - Worker Assignment Real Time* lists \
            assignments by status, to find all such people at once.",
    },
    Entry {
        code: Code::Wr012,
        text: "WR012",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 13,
        title: "The work relationship has ended, an assignment is still active",
        meaning: "By its dates the work relationship has ended, but an assignment of it is ACTIVE on the as-of date.",
        why: "Whoever goes by the assignment status takes a leaver for an employee, and the account stays open.",
        effect: "The dates win: the work relationship has ended.",
        fix: "Run the process *Correct Employment Data Integrity Issues* (Scheduled Processes) in Summary, Report \
            and then Update mode: inactive work relationships with active assignments are among what it corrects. If \
            the person still works here, correct or reverse the termination.",
    },
    Entry {
        code: Code::Wr013,
        text: "WR013",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 13,
        title: "The work relationship has not begun, an assignment is active already",
        meaning: "By its dates the work relationship starts after the as-of date, but an assignment of it is ACTIVE \
            on that date.",
        why: "Whoever goes by the assignment status opens the account before the first day.",
        effect: "The dates win: the work relationship lies in the future.",
        fix: "See which date is right. Change the start date of the work relationship in Oracle, or with HCM Data \
            Loader (Worker.dat, WorkRelationship, NewStartDate), which moves the assignments along.",
    },
    Entry {
        code: Code::Wr020,
        text: "WR020",
        severity: Severity::Error,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 8,
        title: "The assignment's work relationship is missing",
        meaning: "The assignment's PeriodOfServiceId has no row in the work-relationship file.",
        why: "Whether the person is employed, and until when, cannot be told.",
        effect: "The person is quarantined. Where the pipeline has no work-relationship source, it is derived from \
            the assignments and this code does not occur.",
        fix: "Make the work-relationship extract as wide as the assignment extract: ended and future ones too, the \
            same filters, the same submitting user. If its row was rejected, repair what \
            rejects/work_relationship.csv names.",
    },
    Entry {
        code: Code::Wr021,
        text: "WR021",
        severity: Severity::Error,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 9,
        title: "Conflicting values for one work relationship",
        meaning: "In a source whose rows are undated, rows with one PeriodOfServiceId carry different \
            work-relationship values.",
        why: "Legal employer, start or termination date would be a matter of chance, and with them the person's \
            state.",
        effect: "The person is quarantined.",
        fix: "Compare the rows. Termination dates that differ come from a work relationship changed while the \
            extract ran, or from a join on the person in place of PeriodOfServiceId.",
    },
    Entry {
        code: Code::Wr031,
        text: "WR031",
        severity: Severity::Error,
        varies: None,
        subject: Subject::Row,
        rejects: true,
        rule: 7,
        title: "A work relationship ends before it starts",
        meaning: "ActualTerminationDate is earlier than DateStart.",
        why: "It was never in effect, and taken seriously it would make a leaver of somebody who never began.",
        effect: "The row is rejected.",
        fix: "For a hire that never began use *Cancel Work Relationship*. Otherwise correct the date: the start with \
            NewStartDate (HCM Data Loader, Worker.dat, WorkRelationship), the end on the termination page. If \
            everybody is affected, day and month are swapped: set date_format.",
    },
    Entry {
        code: Code::Wr040,
        text: "WR040",
        severity: Severity::Error,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 14,
        title: "Assignments of one work relationship disagree on whether it is primary",
        meaning: "On the as-of date, assignment rows of one current work relationship carry PrimaryWorkRelationFlag \
            Y and N.",
        why: "Being primary is a property of the work relationship; half a yes would decide the person's employer.",
        effect: "The person is quarantined.",
        fix: "Query PRIMARY_WORK_RELATION_FLAG in PER_ALL_ASSIGNMENTS_M for the work relationship. Make it primary \
            again, or nonprimary, with the REST action changePrimaryFlag of workRelationships, so that Oracle \
            rewrites all rows.",
    },
    Entry {
        code: Code::Wr041,
        text: "WR041",
        severity: Severity::Warning,
        varies: Some("I where the as-of date is not the extract's own known date"),
        subject: Subject::Person,
        rejects: false,
        rule: 14,
        title: "The dated and the undated primary flags disagree",
        meaning: "For a current work relationship the dated flag on the assignment says one thing and the work \
            relationship's own PrimaryFlag another. The latter is not dated: it tells only the latest status.",
        why: "Whoever reads the undated flag for a day in the past or future takes the wrong employer.",
        effect: "The dated flag decides.",
        fix: "Expected when the flag moves after the as-of date. On the extract's own date the two should agree: \
            compare PRIMARY_FLAG in PER_PERIODS_OF_SERVICE with PRIMARY_WORK_RELATION_FLAG in PER_ALL_ASSIGNMENTS_M, \
            and make the right one primary again.",
    },
];
