//! The catalogue, the families CSV and INT: the file as a file (rule 28), and sums that do not balance (rule 27).

use super::{Code, Entry, Severity, Subject};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: Code::Csv001,
        text: "CSV001",
        severity: Severity::Error,
        varies: None,
        subject: Subject::Row,
        rejects: true,
        rule: 28,
        title: "A record has the wrong number of fields",
        meaning: "The record has more or fewer fields than the header.",
        why: "From the extra or missing delimiter on, values stand in the wrong columns: a department can end up as \
            a manager, a date as a status.",
        effect: "The record is rejected, and listed in rejects/ with its line. It belongs to nobody, because its \
            PersonNumber cannot be trusted. If many are rejected, the guard max_rejected stops the run.",
        fix: "Look at the line. Usually a value holds the delimiter and is not quoted: in the extract use the \
            delivery option with output type CSV, or quote every value in the BI Publisher template. Choosing a \
            delimiter that cannot occur in names, such as a vertical bar, also helps.",
    },
    Entry {
        code: Code::Csv002,
        text: "CSV002",
        severity: Severity::Fatal,
        varies: None,
        subject: Subject::File,
        rejects: false,
        rule: 28,
        title: "The file is cut short",
        meaning: "A quote is still open at the end of the file, or the last line stops in the middle.",
        why: "The people in the missing part would look as if they had left. Consumers that deactivate whoever is \
            missing would lock them out.",
        effect: "The file is refused and nothing is published.",
        fix: "Fetch the file again. If it is cut in the same place, submit the extract again and look at the \
            delivery log for a failed or interrupted transfer. A stray quote in a value has the same effect: see the \
            line that the message names.",
    },
    Entry {
        code: Code::Csv003,
        text: "CSV003",
        severity: Severity::Fatal,
        varies: None,
        subject: Subject::File,
        rejects: false,
        rule: 28,
        title: "Two headers mean the same column",
        meaning: "Two headers of the file are alike once case, spaces, underscores and hyphens are ignored and \
            aliases are applied.",
        why: "Which of the two is the PersonNumber or the e-mail address cannot be known, and the wrong one would be \
            taken for everybody.",
        effect: "The file is refused and nothing is published.",
        fix: "Remove or rename one of the two attributes in the extract definition. Names and flags often come \
            twice, once from the person and once from the assignment.",
    },
    Entry {
        code: Code::Csv004,
        text: "CSV004",
        severity: Severity::Fatal,
        varies: None,
        subject: Subject::File,
        rejects: false,
        rule: 28,
        title: "A required header is missing",
        meaning: "The file has no column for an attribute that this kind of file must have or that the pipeline \
            uses. The message names the nearest header found.",
        why: "Without it every person would be resolved wrongly, or none.",
        effect: "The file is refused and nothing is published.",
        fix: "If the column is there under another name, map it with `columns` in the pipeline's extract table. If \
            it is not, add the attribute to the extract definition. If the header looks like data, the file has no \
            header line, or the delimiter was not recognised.",
    },
    Entry {
        code: Code::Csv005,
        text: "CSV005",
        severity: Severity::Info,
        varies: None,
        subject: Subject::File,
        rejects: false,
        rule: 28,
        title: "The file has a column that is not known",
        meaning: "A header is neither a canonical attribute, nor an alias, nor named by the pipeline.",
        why: "Personal data that nobody uses should not leave Oracle. It may also be a misspelt column that you \
            meant to use.",
        effect: "The column is dropped as it is parsed, and counted here.",
        fix: "Remove the attribute from the extract definition if nobody needs it, or map it with `columns` in the \
            pipeline.",
    },
    Entry {
        code: Code::Csv006,
        text: "CSV006",
        severity: Severity::Fatal,
        varies: None,
        subject: Subject::File,
        rejects: false,
        rule: 28,
        title: "The file is not in the encoding it should be in",
        meaning: "The bytes at the offset named are not valid in the file's encoding, which is UTF-8 unless a byte \
            order mark or the pipeline says otherwise.",
        why: "Names would be garbled, and two different names could become the same.",
        effect: "The file is refused and nothing is published.",
        fix: "Deliver UTF-8 from Oracle. If the file was opened and saved in a spreadsheet on the way, take the \
            original. If it is in another encoding on purpose, set `encoding` in the pipeline's extract table.",
    },
    Entry {
        code: Code::Csv007,
        text: "CSV007",
        severity: Severity::Fatal,
        varies: None,
        subject: Subject::File,
        rejects: false,
        rule: 28,
        title: "A quote stands where no quote may stand",
        meaning: "Something other than a delimiter or a line end follows a closing quote, or a quote stands inside \
            an unquoted field, or a field is above 64 KiB or a record above 1 MiB, as they become when a quote is \
            never closed. The message gives line and column.",
        why: "A stray quote makes a lenient reader swallow all rows up to the next one, and the people in them \
            vanish without an error.",
        effect: "The file is refused and nothing is published.",
        fix: "Go to the line and column. In the extract, quotes inside values must be doubled: the delivery option \
            with output type CSV writes CSV without a template; a BI Publisher template of your own must double them \
            itself. Then correct the value in Oracle if the quote is a slip.",
    },
    Entry {
        code: Code::Csv008,
        text: "CSV008",
        severity: Severity::Fatal,
        varies: None,
        subject: Subject::File,
        rejects: false,
        rule: 28,
        title: "The file holds a NUL or a lone carriage return",
        meaning: "A NUL character, or a carriage return without a line feed, stands in the file, inside quotes or \
            not.",
        why: "Programs disagree on whether such a character ends a line or a value. A reader that ends it there \
            invents rows or loses them.",
        effect: "The file is refused and nothing is published.",
        fix: "Go to the line and column. The character was most likely pasted into a text field in Oracle: correct \
            the value there, or strip control characters in the extract. NULs throughout the file mean UTF-16 \
            without a byte order mark: set `encoding`.",
    },
    Entry {
        code: Code::Csv009,
        text: "CSV009",
        severity: Severity::Fatal,
        varies: None,
        subject: Subject::File,
        rejects: false,
        rule: 28,
        title: "The file has no rows",
        meaning: "The file is empty, or nothing follows its header.",
        why: "An extract that found nobody looks like a company that everybody has left.",
        effect: "The file is refused and nothing is published, unless the pipeline says allow_empty = true for this \
            kind of file.",
        fix: "Check the extract's run: its Effective Date, its parameters, its filter conditions, and the data \
            access of the user who submitted it. A changes-only run on a quiet day is empty too; use a full extract.",
    },
    Entry {
        code: Code::Int001,
        text: "INT001",
        severity: Severity::Fatal,
        varies: None,
        subject: Subject::Run,
        rejects: false,
        rule: 27,
        title: "The sums do not balance: a defect of hcmsync",
        meaning: "Rows in are not used + not in effect + superseded + set aside + rejected + duplicates + rows of \
            quarantined persons, or persons in are not emitted + excluded + filtered + quarantined.",
        why: "Somebody was lost or counted twice, and who it is cannot be told.",
        effect: "The run stops with exit code 1 and nothing is published.",
        fix: "There is nothing to fix in Oracle. Please report it with report.json, which holds no personal value \
            but PersonNumbers.",
    },
];
