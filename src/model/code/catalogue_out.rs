//! The catalogue, the family OUT: the users that are to be emitted (rules 22 and 26).

use super::{Code, Entry, Severity, Subject};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: Code::Out001,
        text: "OUT001",
        severity: Severity::Fatal,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 26,
        title: "Two users have the same identifier",
        meaning: "The identifier of the output, as the pipeline maps it, is the same for two emitted users.",
        why: "The target would merge them: one person would sign in as the other, or overwrite their record.",
        effect: "The run stops and nothing is published.",
        fix: "The mapping is usually the cause: identify users by PersonNumber, not by a name, a shared mailbox or \
            an expression that cuts the number. If PersonNumber itself is mapped, read the expression again.",
    },
    Entry {
        code: Code::Out002,
        text: "OUT002",
        severity: Severity::Error,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 26,
        title: "Two users have the same e-mail address",
        meaning: "Two or more emitted users have one address, compared without case.",
        why: "Most targets know people by their address: one would receive the other's mail and invitations, and \
            could sign in as the other.",
        effect: "All holders are quarantined. Where exactly one of them is active, that one is emitted and only the \
            inactive ones are quarantined.",
        fix: "See on each person's *Contact Info* page whose address it is, and correct it there or with HCM Data \
            Loader (Worker.dat, PersonEmail). Rehires with a second person record, and shared mailboxes, are the \
            usual causes.",
    },
    Entry {
        code: Code::Out003,
        text: "OUT003",
        severity: Severity::Error,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 26,
        title: "Two users have the same user name",
        meaning: "Two or more emitted users have the same user name.",
        why: "Only one can have the account. The other could not sign in, or would get into an account that is not \
            theirs.",
        effect: "All holders are quarantined; where exactly one of them is active, only the inactive ones are.",
        fix: "If the user name is Oracle's, correct it in the Security Console. If it is built by the pipeline, for \
            example from initials, use an expression that cannot repeat.",
    },
    Entry {
        code: Code::Out010,
        text: "OUT010",
        severity: Severity::Warning,
        varies: Some("E where the target requires an e-mail address, for persons to be emitted"),
        subject: Subject::Person,
        rejects: false,
        rule: 22,
        title: "The person has no work e-mail address",
        meaning: "No work address (type W1) is in effect on the as-of date.",
        why: "Invitations and sign-in links have nowhere to go. Joiners often wait for IT to make the mailbox.",
        effect: "The person is emitted without an address. Where the target requires one, a person to be emitted is \
            quarantined.",
        fix: "Enter the address with type Work Email on the *Contact Info* page, or load it with HCM Data Loader \
            (Worker.dat, PersonEmail, type W1). If it is there, check its dates and the extract's e-mail data group.",
    },
    Entry {
        code: Code::Out011,
        text: "OUT011",
        severity: Severity::Error,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 26,
        title: "A field that the target requires is empty",
        meaning: "A mandatory target field other than the e-mail address has no value. The finding names the field.",
        why: "The target would refuse the user, and some refuse the whole file.",
        effect: "The person is quarantined.",
        fix: "Fill in the attribute in Oracle, on the person's or the assignment's page. If it is blank for many, \
            look at the mapping and at the extract; COALESCE in the expression can give a second choice.",
    },
    Entry {
        code: Code::Out012,
        text: "OUT012",
        severity: Severity::Error,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 26,
        title: "The target takes no such value: not in its vocabulary, or too long",
        meaning: "The mapped value is none of those that the target accepts for the field or that the value map has, is \
            longer than the target takes it, or has a character that it does not take there, as a # in a telephone \
            number of a directory. Which it is says hcmsync explain PIPELINE PERSON_NUMBER --field NAME.",
        why: "The target would refuse the user, or file them under a default that grants the wrong access.",
        effect: "The person is quarantined.",
        fix: "Add the value to the value map ([maps]) of the pipeline, or correct it in Oracle. A value that appears \
            overnight for many was usually renamed in a lookup there. A longer one can be cut, LEFT(JobName, 64), and \
            a character be written otherwise by an expression: REPLACE(WorkPhone, '#', 'x').",
    },
    Entry {
        code: Code::Out013,
        text: "OUT013",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 20,
        title: "The target's rule leaves out one of the person's assignments",
        meaning: "The list of work relationships has a condition (where), and one of the person's current work \
            relationships, with its primary assignment, does not meet it. One Identity's rule keeps assignments with \
            AssignmentStatusTypeCode ACTIVE_PROCESS only.",
        why: "Whoever has ACTIVE_NO_PROCESS, as customers without Oracle payroll do, is employed all the same.",
        effect: "The element is left out. A person who has no other lacks what the target requires (OUT011).",
        fix: "If the assignment belongs into the target, widen the condition: where = \"TRUE\" under \
            [output.each.workRelationships] takes all.",
    },
    Entry {
        code: Code::Out014,
        text: "OUT014",
        severity: Severity::Error,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 26,
        title: "The target's file cannot hold a value",
        meaning: "A value has a character that the encoding of the file does not have (an Ł in Windows-1252), or it is \
            the very text that stands for no value in that file.",
        why: "A question mark in the place of a letter is another name; a surname Null would be read as none.",
        effect: "The person is quarantined; nothing is ever replaced.",
        fix: "If the target can be told of it, write UTF-8: encoding = \"utf-8\" under [output.dialect]. If not, an \
            expression can write the letter otherwise: REPLACE(LastName, 'Ł', 'L').",
    },
    Entry {
        code: Code::Out015,
        text: "OUT015",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 22,
        title: "A further e-mail address of the person is malformed",
        meaning: "The list of e-mails has everybody's further addresses too, and one of the person's does not have \
            exactly one @ with something on both sides, or has white space in it. The work address itself is PER041.",
        why: "An importer that finds such an address refuses all of the user, and some refuse the whole file.",
        effect: "The element is left out, and the person is emitted with the others.",
        fix: "Correct the address on the *Contact Info* page or with HCM Data Loader (Worker.dat, PersonEmail). \
            Home addresses are typed by the people themselves: john(at)home is a usual one.",
    },
    Entry {
        code: Code::Out020,
        text: "OUT020",
        severity: Severity::Warning,
        varies: None,
        subject: Subject::Person,
        rejects: false,
        rule: 26,
        title: "A spreadsheet would run the value as a formula",
        meaning: "A value starts with =, +, -, @, a tab or a carriage return, and the target's file is opened in \
            spreadsheets.",
        why: "Opening the file would evaluate the value. An attacker who can edit their own name could send data \
            away that way; an honest +44 phone number is merely turned into a number.",
        effect: "Reported, and the value is written as it is, unless the pipeline says that it is to be escaped.",
        fix: "Turn on escaping for this output if people open the file in a spreadsheet. Correct the value in Oracle \
            if it is not genuine.",
    },
];
