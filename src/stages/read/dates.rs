//! How the dates of a file seem to be written. Day and month are never guessed (rule 7): where both readings fit every
//! cell, both are named, and somebody who knows has to choose.

use jiff::civil::Date;

use super::CsvFile;
use crate::model::attribute::{self, Type};
use crate::model::date::{DateFormat, OPEN, end_of};
use crate::model::kind::Kind;

/// What is tried, beside ISO forms: `strptime` words, as pipelines write them.
pub const FORMS: [&str; 10] = [
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d.%m.%Y",
    "%m.%d.%Y",
    "%Y/%m/%d",
    "%d-%b-%Y",
    "%d %b %Y",
    "%b %d, %Y",
];

/// Days that say when a row or a service is in effect. Those of other columns, a birth date say, are somebody's own.
const IN_EFFECT: [&str; 4] = ["EffectiveStartDate", "EffectiveEndDate", "DateStart", "ActualTerminationDate"];

/// A column of dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateColumn {
    pub attribute: &'static str,
    /// Cells with a text.
    pub filled: u64,
    /// The forms in which every one of them is a date, else those in which nearly all are: `None` is ISO.
    pub forms: Vec<Option<&'static str>>,
    /// Cells that are no date in these forms.
    pub misfits: u64,
    /// From the first to the last day, where the form is sure and the days are nobody's own; open ends are left out.
    pub range: Option<(Date, Date)>,
}

/// One way to read a column.
struct Form {
    name: Option<&'static str>,
    format: DateFormat,
    taken: u64,
    range: Option<(Date, Date)>,
}

/// The columns of a file that hold dates, as the catalogue says.
pub fn dates(csv: &CsvFile, kind: Kind) -> Vec<DateColumn> {
    let is_date = |name: &str| attribute::find(kind, name).filter(|attribute| attribute.ty == Type::Date);
    let columns = csv.columns().filter_map(|(name, place)| Some((is_date(name)?.name, place)));
    columns.map(|(attribute, place)| column(csv, attribute, place)).collect()
}

fn column(csv: &CsvFile, attribute: &'static str, place: usize) -> DateColumn {
    let names = std::iter::once(None).chain(FORMS.into_iter().map(Some));
    let mut forms: Vec<Form> =
        names.map(|name| Form { name, format: DateFormat::new(name), taken: 0, range: None }).collect();
    let mut filled = 0;
    for chunk in csv.chunks() {
        chunk.for_each(|record| {
            let text = record.get(place).trim();
            if !text.is_empty() {
                filled += 1;
                // What is ISO is nothing else.
                if !forms[0].takes(text) {
                    forms[1..].iter_mut().for_each(|form| _ = form.takes(text));
                }
            }
        });
    }
    let best = forms.iter().map(|form| form.taken).max().unwrap_or(0);
    // One cell in twenty may be spoilt.
    forms.retain(|form| form.taken == filled || best < filled && form.taken * 20 >= filled * 19);
    let range = match &forms[..] {
        [only] if IN_EFFECT.contains(&attribute) => only.range,
        _ => None,
    };
    let misfits = filled - forms.iter().map(|form| form.taken).max().unwrap_or(0);
    DateColumn { attribute, filled, forms: forms.iter().map(|form| form.name).collect(), misfits, range }
}

impl Form {
    fn takes(&mut self, text: &str) -> bool {
        let Some(read) = self.format.read(text) else { return false };
        self.taken += 1;
        if end_of(read.day) != OPEN {
            let (first, last) = self.range.unwrap_or((read.day, read.day));
            self.range = Some((first.min(read.day), last.max(read.day)));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::Extract;
    use super::*;
    use crate::model::date::day;

    fn starts(cells: &[&str]) -> DateColumn {
        let text: String = cells.iter().map(|cell| format!("1,2,\"{cell}\",x\n")).collect();
        let text = format!("PersonNumber,PersonId,EffectiveStartDate,LastName\n{text}");
        let csv = CsvFile::open("x.csv", Kind::Person, text.into_bytes(), &Extract::of("x.csv"), false, &[]).unwrap();
        dates(&csv, Kind::Person).remove(0)
    }

    #[test]
    fn day_and_month_are_told_apart_only_where_the_cells_do() {
        let iso = starts(&["2026-11-20", "", "20260101", "4712-12-31"]);
        assert_eq!((iso.filled, iso.forms.as_slice()), (3, &[None][..]));
        assert_eq!(iso.range, Some((day(2026, 1, 1), day(2026, 11, 20))));
        assert_eq!(starts(&["03/04/2026", "13/04/2026"]).forms, [Some("%d/%m/%Y")]);
        assert_eq!(starts(&["03/04/2026", "04/13/2026"]).forms, [Some("%m/%d/%Y")]);
        let unsure = starts(&["03/04/2026", "05/06/2026"]);
        assert_eq!((unsure.forms.as_slice(), unsure.range), (&[Some("%d/%m/%Y"), Some("%m/%d/%Y")][..], None));
        assert_eq!(starts(&["20-Nov-2026"]).forms, [Some("%d-%b-%Y")]);
        assert_eq!(starts(&["2026-11-20", "20/11/2026"]).forms, [], "no form takes both");
        assert_eq!(starts(&["20/11/26", "31/12/26"]).forms, [], "a year of two digits is of no form that is tried");
        let spoilt = starts(&[&["13/04/2026"; 30][..], &["soon"]].concat());
        assert_eq!((spoilt.forms.as_slice(), spoilt.misfits), (&[Some("%d/%m/%Y")][..], 1));
    }
}
