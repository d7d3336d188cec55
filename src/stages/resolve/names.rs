//! The person's attributes on D: the name's row, and the work e-mail (rules 21 and 22).

use std::cmp::{Ordering, Reverse};

use jiff::civil::Date;

use super::judgement::Judgement;
use crate::model::code::Code;
use crate::model::date::Interval;
use crate::model::kind::Kind;
use crate::model::layout::person::{LAST_NAME, NAME_TYPE, USER_NAME};
use crate::model::layout::satellite;
use crate::model::row::Cells;
use crate::stages::normalize::{Case, Email, PersonRow, SatelliteRow};

/// Where a person's name stands on D: the positions of the person row and, where names are an extract of their own, of
/// the name row.
pub struct OnDay {
    pub person: Option<u32>,
    pub name: Option<u32>,
}

/// Rule 21: of the names in effect on D `NameType` GLOBAL, else the work relationship's legislation, else the lowest; the
/// latest start decides among equals. None in effect: the nearest future one (`PER030`). Person rows that bear no names,
/// because these are an extract of their own, are judged alike, silently.
pub fn on_day<'a>(case: &Case<'a>, legislation: &str, day: Date, judgement: &mut Judgement) -> OnDay {
    let of_person = |row: &PersonRow<'a>| Named {
        name_type: if case.shape.has_persons { row.cells.get(NAME_TYPE) } else { "" },
        texts: [LAST_NAME, USER_NAME].map(|place| row.cells.get(place)),
        cells: row.cells,
        effective: row.effective,
        position: row.position,
    };
    let persons: Vec<Named<'_>> = case.persons.iter().map(of_person).collect();
    let Some(names) = case.configured(Kind::Name) else {
        return OnDay { person: best(&persons, legislation, day, judgement), name: None };
    };
    let of_name = |row: &SatelliteRow<'a>| Named {
        name_type: row.cells.get(satellite::TYPE),
        texts: [row.cells.get(satellite::VALUE), ""],
        cells: row.cells,
        effective: row.facts.effective,
        position: row.position,
    };
    let names: Vec<Named<'_>> = names.iter().map(of_name).collect();
    OnDay {
        person: best(&persons, "", day, &mut Judgement::default()),
        name: best(&names, legislation, day, judgement),
    }
}

/// A row that bears a name.
struct Named<'a> {
    name_type: &'a str,
    /// Last name and user name, as far as the row tells them.
    texts: [&'a str; 2],
    cells: Cells<'a>,
    effective: Interval,
    position: u32,
}

fn best(rows: &[Named<'_>], legislation: &str, day: Date, judgement: &mut Judgement) -> Option<u32> {
    let best =
        |rows: Vec<&Named<'_>>| rows.into_iter().min_by(|a, b| compare(legislation, a, b)).map(|row| row.position);
    if let Some(row) = best(rows.iter().filter(|row| row.effective.contains(day)).collect()) {
        return Some(row);
    }
    let nearest = rows.iter().map(|row| row.effective.start).filter(|start| *start > day).min()?;
    judgement.note(Code::Per030);
    best(rows.iter().filter(|row| row.effective.start == nearest).collect())
}

/// The order of rule 21, best first.
fn compare(legislation: &str, a: &Named<'_>, b: &Named<'_>) -> Ordering {
    let preference = |row: &Named<'_>| match row.name_type {
        "GLOBAL" => 0,
        other if !other.is_empty() && other == legislation => 1,
        _ => 2,
    };
    let by_type = preference(a).cmp(&preference(b)).then_with(|| a.name_type.cmp(b.name_type));
    let by_start = by_type.then_with(|| b.effective.start.cmp(&a.effective.start));
    // Where the rule leaves two rows, one with a name comes before one without; then byte order.
    let text = |row: &Named<'_>| (row.texts[0].is_empty(), row.texts.map(str::to_owned));
    by_start.then_with(|| text(a).cmp(&text(b))).then_with(|| a.cells.cmp(&b.cells))
}

/// Rule 22: the position of the row that tells the work e-mail: of the e-mails, or where these are no extract of their own
/// of the person rows. Of the addresses in effect on D, of type W1 or untyped: the flagged one, then the latest start, then
/// byte order; several and not exactly one flagged: `PER040`.
pub fn email_on(case: &Case<'_>, day: Date, judgement: &mut Judgement) -> Option<u32> {
    let is_work = |email: &Email<'_>| !email.address.is_empty() && matches!(email.email_type, "" | "W1");
    let mut rows = emails(case);
    rows.retain(|row| row.effective.contains(day) && is_work(&row.email));
    // One address on several rows is one e-mail.
    let distinct = |only_flagged: bool| {
        let rows = rows.iter().filter(|row| row.email.is_flagged || !only_flagged);
        let mut addresses: Vec<&str> = rows.map(|row| row.email.address).collect();
        addresses.sort_unstable();
        addresses.dedup();
        addresses.len()
    };
    if distinct(false) > 1 && distinct(true) != 1 {
        judgement.note(Code::Per040);
    }
    let rank = |row: &Mailed<'_>| (Reverse(row.email.is_flagged), Reverse(row.effective.start));
    let best = rows.iter().min_by(|a, b| {
        let by_address = a.email.address.cmp(b.email.address);
        rank(a).cmp(&rank(b)).then(by_address).then_with(|| a.cells.cmp(&b.cells))
    });
    best.map(|row| row.position)
}

/// A row that bears an e-mail.
struct Mailed<'a> {
    email: Email<'a>,
    cells: Cells<'a>,
    effective: Interval,
    position: u32,
}

fn emails<'a>(case: &Case<'a>) -> Vec<Mailed<'a>> {
    let of_person = |row: &PersonRow<'a>| {
        let PersonRow { cells, effective, email, position } = *row;
        Mailed { email, cells, effective, position }
    };
    let of_email = |row: &SatelliteRow<'a>| {
        let SatelliteRow { cells, facts, position } = *row;
        let (address, email_type) = (cells.get(satellite::VALUE), cells.get(satellite::TYPE));
        let email = Email { address, email_type, is_flagged: facts.primary == Some(true) };
        Mailed { email, cells, effective: facts.effective, position }
    };
    match case.configured(Kind::Email) {
        Some(rows) => rows.iter().map(of_email).collect(),
        None => case.persons.iter().map(of_person).collect(),
    }
}

/// Rule 22: exactly one `@`, nothing empty beside it, no white space.
pub fn is_email(text: &str) -> bool {
    let mut sides = text.split('@');
    let (local, domain, more) = (sides.next(), sides.next(), sides.next());
    let filled = |side: Option<&str>| side.is_some_and(|side| !side.is_empty());
    filled(local) && filled(domain) && more.is_none() && !text.chars().any(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::is_email;

    #[test]
    fn what_an_email_is() {
        assert!(is_email("joe.green@mail.com") && is_email("o'hara+x@host"));
        for text in ["", "joe", "@mail.com", "joe@", "a@b@c", "joe green@mail.com", "joe@mail .com", "joe\u{a0}@x"] {
            assert!(!is_email(text), "{text}");
        }
    }
}
