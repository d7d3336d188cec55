//! The codes of the diagnostics: what each means, how severe it is, what it counts, and what can be done about it.
//! Reports, `hcmsync help CODE` and the documentation read this one catalogue; its texts stand in `code/`, by family.

mod catalogue_asg;
mod catalogue_chk;
mod catalogue_csv;
mod catalogue_key;
mod catalogue_mgr;
mod catalogue_out;
mod catalogue_per;
mod catalogue_pri_asg;
mod catalogue_pri_wr;
mod catalogue_row;
mod catalogue_sta;
mod catalogue_wr;
mod set;

use std::fmt;

pub use set::Codes;

/// The width of what [`Code::explain`] prints: a terminal of 80 columns, with a margin.
const WIDTH: usize = 78;
const COUNT: usize = Code::Wr041 as usize + 1;

/// A diagnostic of `resolution.md`. The variants stand in the order of their texts, so that codes sort as they read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Code {
    Asg010,
    Asg020,
    Asg021,
    Asg022,
    Asg023,
    Asg024,
    Asg030,
    Asof001,
    Asof002,
    Asof003,
    Chk001,
    Csv001,
    Csv002,
    Csv003,
    Csv004,
    Csv005,
    Csv006,
    Csv007,
    Csv008,
    Csv009,
    Int001,
    Key010,
    Key020,
    Key021,
    Key022,
    Key023,
    Key024,
    Mgr010,
    Mgr011,
    Mgr020,
    Mgr021,
    Mgr022,
    Mgr023,
    Mgr030,
    Out001,
    Out002,
    Out003,
    Out010,
    Out011,
    Out012,
    Out013,
    Out014,
    Out015,
    Out020,
    Pen001,
    Per020,
    Per021,
    Per030,
    Per031,
    Per040,
    Per041,
    Pri010,
    Pri011,
    Pri012,
    Pri013,
    Pri014,
    Pri020,
    Pri021,
    Pri022,
    Pri023,
    Pri030,
    Pri031,
    Pri032,
    Pri033,
    Pri034,
    Pri035,
    Pri036,
    Pri040,
    Pri041,
    Pri042,
    Row001,
    Row002,
    Row010,
    Row020,
    Row021,
    Row022,
    Row023,
    Row030,
    Row031,
    Row032,
    Row033,
    Row034,
    Row035,
    Src010,
    Src020,
    Sta001,
    Sta002,
    Sta003,
    Sta010,
    Wr010,
    Wr011,
    Wr012,
    Wr013,
    Wr020,
    Wr021,
    Wr031,
    Wr040,
    Wr041,
}

/// How much a diagnostic weighs (`resolution.md` section 0), from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Counted.
    Info,
    /// The person is emitted all the same.
    Warning,
    /// The row is rejected, or the person is quarantined.
    Error,
    /// Nothing is published.
    Fatal,
}

impl Severity {
    /// The letter that stands in reports and in `resolution.md`: I, W, E or F.
    pub const fn letter(self) -> char {
        match self {
            Severity::Info => 'I',
            Severity::Warning => 'W',
            Severity::Error => 'E',
            Severity::Fatal => 'F',
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Severity::Info => "information",
            Severity::Warning => "warning",
            Severity::Error => "error",
            Severity::Fatal => "fatal",
        })
    }
}

/// What the findings of a code are about, and so what a report counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    File,
    Row,
    Person,
    Run,
}

/// What is known of a code.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub code: Code,
    /// The stable text of the code, as in `ROW034`.
    pub text: &'static str,
    /// The usual severity. A finding bears its own: `varies`, `on_ambiguous` and the pipeline can change it.
    pub severity: Severity,
    /// When the severity is another one, and which.
    pub varies: Option<&'static str>,
    pub subject: Subject,
    /// Whether it rejects the row. An error that does not quarantines the person.
    pub rejects: bool,
    /// The number of the rule in `resolution.md`; 0 for its section 0, which numbers none.
    pub rule: u8,
    /// One line for a report, at most 70 characters.
    pub title: &'static str,
    pub meaning: &'static str,
    /// What goes wrong for a real person.
    pub why: &'static str,
    /// What hcmsync does.
    pub effect: &'static str,
    /// How to find and fix it in Oracle HCM, in the extract, or in the pipeline.
    pub fix: &'static str,
}

/// Every entry, at the index that is its code's discriminant.
static CATALOGUE: [Entry; COUNT] = gather(&[
    catalogue_asg::ENTRIES,
    catalogue_chk::ENTRIES,
    catalogue_csv::ENTRIES,
    catalogue_key::ENTRIES,
    catalogue_mgr::ENTRIES,
    catalogue_out::ENTRIES,
    catalogue_per::ENTRIES,
    catalogue_pri_wr::ENTRIES,
    catalogue_pri_asg::ENTRIES,
    catalogue_row::ENTRIES,
    catalogue_sta::ENTRIES,
    catalogue_wr::ENTRIES,
]);

/// Puts the families together. It runs in the compiler: a code that is missing, twice or out of order does not compile.
const fn gather(families: &[&[Entry]]) -> [Entry; COUNT] {
    let mut all = [families[0][0]; COUNT];
    let (mut family, mut next) = (0, 0);
    while family < families.len() {
        let mut i = 0;
        while i < families[family].len() {
            assert!(families[family][i].code as usize == next, "an entry is missing, twice or out of order");
            all[next] = families[family][i];
            next += 1;
            i += 1;
        }
        family += 1;
    }
    assert!(next == COUNT, "the last entries are missing");
    all
}

/// The entry of a code.
pub fn entry(code: Code) -> &'static Entry {
    &CATALOGUE[code as usize]
}

/// Every code, in the order of the texts.
pub fn all() -> impl Iterator<Item = Code> {
    CATALOGUE.iter().map(|entry| entry.code)
}

impl Code {
    /// The stable text, as in `ROW034`.
    pub fn text(self) -> &'static str {
        entry(self).text
    }

    /// Reads a code in any case; `None` if there is no such code.
    pub fn parse(text: &str) -> Option<Code> {
        all().find(|code| code.text().eq_ignore_ascii_case(text))
    }

    /// What `hcmsync help CODE` prints: the entry as paragraphs, wrapped at 78 columns.
    pub fn explain(self) -> String {
        let entry = entry(self);
        let mut severity = format!("Severity: {} ({})", entry.severity.letter(), entry.severity);
        if let Some(other) = entry.varies {
            severity = format!("{severity}; {other}");
        }
        let rule = match entry.rule {
            0 => "Section 0 of resolution.md.".to_owned(),
            number => format!("Rule {number} of resolution.md."),
        };
        let mut text = String::new();
        fill(&mut text, "", &format!("{self}: {}", entry.title));
        fill(&mut text, "", &severity);
        let paragraphs = [
            ("What it means", entry.meaning),
            ("Why it matters", entry.why),
            ("What hcmsync does", entry.effect),
            ("How to fix it at the source", entry.fix),
            ("Where the rule is written", &rule),
        ];
        for (heading, paragraph) in paragraphs {
            text.push('\n');
            fill(&mut text, "", heading);
            fill(&mut text, "  ", paragraph);
        }
        text
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text())
    }
}

/// Appends a paragraph to `text`, each line indented and no wider than [`WIDTH`] unless one word is.
fn fill(text: &mut String, indent: &str, paragraph: &str) {
    let mut column = 0;
    for word in paragraph.split_whitespace() {
        let width = word.chars().count();
        if column > 0 && column + 1 + width <= WIDTH {
            text.push(' ');
            column += 1 + width;
        } else {
            if column > 0 {
                text.push('\n');
            }
            text.push_str(indent);
            column = indent.len() + width;
        }
        text.push_str(word);
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_variants_and_sort_like_them() {
        let texts: Vec<_> = all().map(Code::text).collect();
        assert_eq!(texts.len(), COUNT);
        assert!(texts.is_sorted_by(|a, b| a < b));
        for code in all() {
            assert_eq!(code.text(), format!("{code:?}").to_uppercase());
        }
    }

    #[test]
    fn every_text_reads_back_in_any_case() {
        for code in all() {
            assert_eq!(Code::parse(code.text()), Some(code));
            assert_eq!(Code::parse(&code.text().to_lowercase()), Some(code));
        }
        for wrong in ["", "ROW", "ROW999", "ROW034 ", "Ro\u{fb}034"] {
            assert_eq!(Code::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn entries_say_something_and_titles_fit_a_line() {
        for entry in &CATALOGUE {
            for text in [entry.meaning, entry.why, entry.effect, entry.fix] {
                assert!(text.ends_with('.') && !text.contains("  ") && !text.contains('\n'), "{}: {text}", entry.code);
            }
            let width = entry.title.chars().count();
            assert!((1..=70).contains(&width) && !entry.title.ends_with('.'), "{}: {}", entry.code, entry.title);
            assert!(entry.rule <= 28 && entry.varies != Some(""), "{}", entry.code);
        }
    }

    #[test]
    fn rows_are_rejected_by_the_errors_of_csv_and_row_and_by_wr031() {
        for entry in &CATALOGUE {
            let family = entry.text.starts_with("CSV") || entry.text.starts_with("ROW") || entry.code == Code::Wr031;
            assert_eq!(entry.rejects, family && entry.severity == Severity::Error, "{}", entry.code);
            assert!(!entry.rejects || entry.subject == Subject::Row, "{}", entry.code);
        }
    }

    #[test]
    fn severities_weigh_in_their_order() {
        let letters = [Severity::Info, Severity::Warning, Severity::Error, Severity::Fatal].map(Severity::letter);
        assert_eq!(letters, ['I', 'W', 'E', 'F']);
        assert!(Severity::Info < Severity::Warning && Severity::Error < Severity::Fatal);
    }

    #[test]
    fn explanations_fit_a_terminal_and_lose_no_word() {
        for code in all() {
            let text = code.explain();
            assert!(text.lines().all(|line| line.chars().count() <= WIDTH && line == line.trim_end()), "{text}");
            let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let entry = entry(code);
            for part in [entry.title, entry.meaning, entry.why, entry.effect, entry.fix] {
                assert!(flat.contains(part), "{code}: {part}");
            }
        }
    }
}
