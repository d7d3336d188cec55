//! The catalogue, the families ASG and ASOF: rows of an assignment (rules 7, 10, 11), and the as-of date (rules 1, 2).

use super::{Code, Entry, Severity, Subject};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: Code::Asg010,
        text: "ASG010",
        severity: Severity::Error,
        varies: Some("W for an assignment that is neither of a CURRENT work relationship nor of the one chosen"),
        subject: Subject::Person,
        rejects: false,
        rule: 10,
        title: "Two different rows of one assignment claim the same day",
        meaning: "After the latest start date, the latest-change flag and the highest sequence have been applied, \
            two rows of one assignment are still left for the as-of date, and they differ.",
        why: "The two rows may name different departments, managers or statuses. Whichever is picked, a person may \
            get the access of a job that was left or a reporting line that was corrected away.",
        effect: "The assignment has no row on the as-of date. If it belongs to a current work relationship or to the \
            one chosen, the person is quarantined: left out of the user file and listed in quarantine.csv. Rows that \
            differ in manager columns only are one row with several managers, and do not raise this.",
        fix: "Look at the assignment's changes on that day in the history on the *Employment Info* page, or query \
            PER_ALL_ASSIGNMENTS_M by AssignmentId. Delete the wrong change there, or reload the assignment's history \
            with HCM Data Loader (Worker.dat, Assignment) with one EffectiveLatestChange = Y a day. If Oracle shows \
            one row only, a join in the extract multiplies it: look for a child data group that returns two rows.",
    },
    Entry {
        code: Code::Asg020,
        text: "ASG020",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 11,
        title: "The latest-change flag is not on the day's last change",
        meaning: "Several changes were made to an assignment on one day. EffectiveLatestChange should be Y on the \
            highest EffectiveSequence of that day and N on the others; here it is not.",
        why: "Flag and sequence each tell which change of the day is the last. When they disagree, a change that was \
            superseded within minutes can win, such as a job title entered by mistake.",
        effect: "The flag is applied first, then the sequence, and the person is emitted. The count is over all rows \
            of the assignment, so the as-of date itself need not be affected.",
        fix: "Compare the rows of that day in PER_ALL_ASSIGNMENTS_M. If they are wrong there, reload the day with \
            HCM Data Loader (Worker.dat, Assignment, with EffectiveSequence and EffectiveLatestChange). If they are \
            right, the attribute is taken from the wrong place in the extract.",
    },
    Entry {
        code: Code::Asg021,
        text: "ASG021",
        severity: Severity::Info,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 11,
        title: "The changes of a day are not numbered 1, 2, 3",
        meaning: "The EffectiveSequence values of an assignment on one day do not start at 1 or have a gap.",
        why: "A missing number can be a change that was deleted in Oracle, which is harmless, or a row that the \
            extract left out, which is not.",
        effect: "Counted. The highest sequence still wins.",
        fix: "If it is seen for a few people, nothing. If it is seen for many, look in the extract for a filter that \
            drops rows, such as a condition on EffectiveLatestChange or on the status.",
    },
    Entry {
        code: Code::Asg022,
        text: "ASG022",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 11,
        title: "A superseded change of the day lasts longer than the day",
        meaning: "A row with EffectiveLatestChange = N ends on another day than it starts. Such a row was replaced \
            on the day it was made and should end that same day.",
        why: "The row reaches into days on which it was never true, and can be taken there as the person's \
            department, manager or status.",
        effect: "The row takes part like any other. Where it competes with a row of Y that starts on the same day, \
            the row of Y wins.",
        fix: "Check the row's dates in PER_ALL_ASSIGNMENTS_M. If they are wrong there, reload the assignment's \
            history with HCM Data Loader (Worker.dat, Assignment). If they are right, the end date comes from \
            another record in the extract.",
    },
    Entry {
        code: Code::Asg023,
        text: "ASG023",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 11,
        title: "Rows of one assignment overlap",
        meaning: "Two rows of one assignment with different start dates are in effect on the same day. Oracle ends a \
            row the day before the next one starts.",
        why: "On the days that both cover there are two answers to the person's department, manager and status.",
        effect: "The row that starts later is taken, and the person is emitted.",
        fix: "Compare the dates with the history on the *Employment Info* page. If Oracle shows no overlap, the end \
            date in the extract is not the row's own: take EffectiveStartDate and EffectiveEndDate from the same \
            data group as the rest of the row. If it does, correct the history with HCM Data Loader (Worker.dat, \
            Assignment).",
    },
    Entry {
        code: Code::Asg024,
        text: "ASG024",
        severity: Severity::Info,
        varies: Some("W if the as-of date lies in the gap"),
        subject: Subject::Person,
        rejects: false,
        rule: 11,
        title: "There is a gap between the rows of an assignment",
        meaning: "One row of an assignment ends and the next one starts more than a day later, so that no row covers \
            the days between.",
        why: "On those days the assignment does not exist. If the as-of date is one of them, a person who is \
            employed looks as if there were no job.",
        effect: "Counted. With the as-of date in the gap the assignment has no row on that day and cannot be chosen; \
            if it was the only one, PRI031 follows.",
        fix: "Compare with the history on the *Employment Info* page. If the page shows a row for those days, the \
            extract leaves it out: look for a filter on status, type or action. If it does not, close the gap with \
            HCM Data Loader (Worker.dat, Assignment).",
    },
    Entry {
        code: Code::Asg030,
        text: "ASG030",
        severity: Severity::Error,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 7,
        title: "A rejected assignment row might be the one that counts",
        meaning: "An assignment row of this person was rejected, and it covers the as-of date or its dates cannot be \
            read. A blank start counts as the beginning of time.",
        why: "The rejected row may have been the right one. Without it another assignment would be chosen quietly, \
            and the person would get the access of a second or a former job.",
        effect: "The person is quarantined with this code beside the code of the rejected row. The row is in \
            rejects/assignment.csv. Rows rejected by CSV001 do not raise this, as they are nobody's.",
        fix: "Look up the rejected row by file and line, and repair what its own code names. This code goes away \
            with it.",
    },
    Entry {
        code: Code::Asof001,
        text: "ASOF001",
        severity: Severity::Fatal,
        varies: None,
        subject: Subject::File,
        rejects: false,
        rule: 2,
        title: "The as-of date is not the date of the snapshot",
        meaning: "A snapshot shows each person as of its own effective date, and the as-of date of this run is \
            another one.",
        why: "A snapshot of Monday cannot say who works here on Friday: people who left in between would keep their \
            accounts, and people who joined would get none.",
        effect: "The run stops and nothing is published.",
        fix: "Run with --as-of set to the snapshot's date, or submit the extract again with the Effective Date that \
            you want. To resolve any date from one file, extract the dated history and set mode = \"history\".",
    },
    Entry {
        code: Code::Asof002,
        text: "ASOF002",
        severity: Severity::Fatal,
        varies: None,
        subject: Subject::Run,
        rejects: false,
        rule: 2,
        title: "The extracts were made for different dates",
        meaning: "Two sources of this run carry different effective dates of their own.",
        why: "Persons of one day and assignments of another make workers who never existed: joiners without a job, \
            leavers who still have one.",
        effect: "The run stops and nothing is published.",
        fix: "Submit all extracts with the same Effective Date, best from one flow, and check that the file patterns \
            of the pipeline take files of one generation.",
    },
    Entry {
        code: Code::Asof003,
        text: "ASOF003",
        severity: Severity::Info,
        varies: None,
        subject: Subject::Run,
        rejects: false,
        rule: 1,
        title: "The as-of date is today's date",
        meaning: "Neither the command line, nor the pipeline, nor the extract named a date, so that today in the \
            pipeline's time zone was taken.",
        why: "Running the same files tomorrow can give another result: somebody's last day may lie in between.",
        effect: "Counted. The date and its origin stand in every report.",
        fix: "Nothing, if that is what you want. For results that can be repeated give --as-of, or tell the pipeline \
            where to find the extract's own date.",
    },
];
