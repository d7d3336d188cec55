//! The catalogue, the families PEN and PER: pending workers (rule 15), and a person's attributes (rules 8, 9, 21, 22).

use super::{Code, Entry, Severity, Subject};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: Code::Pen001,
        text: "PEN001",
        severity: Severity::Info,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 15,
        title: "A pending work relationship stands beside a current one",
        meaning: "The person has a current work relationship as employee, contingent worker or nonworker, and \
            another one as pending worker.",
        why: "The pending one is a job that has not begun. It must not decide today's access.",
        effect: "The pending work relationship takes no part in the choice.",
        fix: "Nothing, while the change is being prepared. If the worker has been hired already, convert the pending \
            worker with *Convert Pending Worker*, or cancel that work relationship.",
    },
    Entry {
        code: Code::Per020,
        text: "PER020",
        severity: Severity::Error,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 8,
        title: "Employment rows, but no person row",
        meaning: "Work-relationship or assignment rows carry a PersonNumber for which the person file has no row.",
        why: "Without a person row there is no name and no address: the account would be nobody's.",
        effect: "The person is quarantined.",
        fix: "Make the person extract as wide as the other two: the same Effective Date, the same filters, the same \
            submitting user. If the person is missing for a day only, the files are of different generations. \
            Persons whose rows were rejected show up here too: see rejects/person.csv.",
    },
    Entry {
        code: Code::Per021,
        text: "PER021",
        severity: Severity::Error,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 9,
        title: "Conflicting person values for one PersonNumber",
        meaning: "In a source whose rows are undated, a person's own columns (name, birth date and so on) differ \
            between rows of one PersonNumber.",
        why: "Two people under one number, or an old name beside the new one; the account would bear either.",
        effect: "The person is quarantined.",
        fix: "Compare the rows. Usually the extract returns several names or addresses for a person: restrict the \
            data group to those in effect, of name type GLOBAL and of e-mail type W1. If the rows are dated, extract \
            the dates too and set mode = \"history\".",
    },
    Entry {
        code: Code::Per030,
        text: "PER030",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 21,
        title: "The person has no name on the as-of date",
        meaning: "No name row is in effect on the as-of date; the first one starts later.",
        why: "A joiner's record was made with a later date than the work relationship; the name may still be \
            provisional.",
        effect: "The nearest future name is taken, and the person is emitted.",
        fix: "Correct the start date of the name on the *Personal Details* page or with HCM Data Loader (Worker.dat, \
            PersonName). If the page shows an earlier name, the extract leaves out earlier rows.",
    },
    Entry {
        code: Code::Per031,
        text: "PER031",
        severity: Severity::Error,
        varies: Some("W for persons who are not to be emitted"),
        subject: Subject::Person,
        rejects: false,
        rule: 21,
        title: "The person has no last name",
        meaning: "The name found for the person has no last name, or there is no name at all.",
        why: "Targets refuse users without a name, or show a blank line to colleagues.",
        effect: "A person who is to be emitted is quarantined.",
        fix: "Enter the name on the *Personal Details* page or with HCM Data Loader (Worker.dat, PersonName). If it \
            is there, check the name type in the extract: GLOBAL should be among those extracted.",
    },
    Entry {
        code: Code::Per040,
        text: "PER040",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 22,
        title: "Several work e-mail addresses, and not exactly one is primary",
        meaning: "More than one address of type W1 is in effect on the as-of date, and none or several of them are \
            flagged primary.",
        why: "The person may be invited at an address that is no longer read, and after a change of name may get a \
            second account.",
        effect: "The primary one, then the one with the latest start, then the first in byte order is taken. The \
            person is emitted.",
        fix: "On the *Contact Info* page mark one address as primary and end or delete the old ones, or load \
            PersonEmail (Worker.dat) with PrimaryFlag.",
    },
    Entry {
        code: Code::Per041,
        text: "PER041",
        severity: Severity::Error,
        varies: Some("W for persons who are not to be emitted"),
        subject: Subject::Person,
        rejects: false,
        rule: 22,
        title: "The work e-mail address is malformed",
        meaning: "The address does not have exactly one @, has nothing on one side of it, or contains white space.",
        why: "Mail to it cannot arrive, and a target may take it for a user name.",
        effect: "A person who is to be emitted is quarantined.",
        fix: "Correct the address on the *Contact Info* page or with HCM Data Loader (Worker.dat, PersonEmail). Two \
            addresses in one field, and a trailing note, are the usual causes.",
    },
];
