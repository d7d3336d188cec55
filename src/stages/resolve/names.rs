//! The person's attributes on D: the name's row, and the work e-mail (rules 21 and 22).

use std::cmp::{Ordering, Reverse};

use jiff::civil::Date;

use super::considered::{self, Considered};
use super::judgement::Judgement;
use crate::model::cells::Cells;
use crate::model::code::Code;
use crate::model::date::Interval;
use crate::model::kind::Kind;
use crate::model::layout::person::{LAST_NAME, NAME_TYPE, USER_NAME};
use crate::model::layout::satellite;
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
    let kept_in = if case.shape.has_persons { Kind::Person } else { Kind::Assignment };
    let Some(names) = case.configured(Kind::Name) else {
        return OnDay { person: best(kept_in, &persons, legislation, day, judgement), name: None };
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
        person: best(kept_in, &persons, "", day, &mut Judgement::default()),
        name: best(Kind::Name, &names, legislation, day, judgement),
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

fn best(kind: Kind, rows: &[Named<'_>], legislation: &str, day: Date, judgement: &mut Judgement) -> Option<u32> {
    let first = |fits: &dyn Fn(&Named<'_>) -> bool| {
        let fitting = rows.iter().filter(|row| fits(row));
        fitting.min_by(|a, b| compare(legislation, a, b)).map(|row| row.position)
    };
    let mut taken = first(&|row| row.effective.contains(day));
    let nearest = rows.iter().map(|row| row.effective.start).filter(|start| *start > day).min();
    if let Some(nearest) = nearest.filter(|_| taken.is_none()) {
        judgement.note(Code::Per030);
        taken = first(&|row| row.effective.start == nearest);
    }
    if judgement.is_explained() {
        let considered = rows.iter().map(|row| Considered {
            row: (kind, row.position),
            type_text: row.name_type,
            preference: preference(legislation, row),
            is_flagged: false,
            effective: row.effective,
            unfit: None,
        });
        considered::say(21, "name", &considered.collect::<Vec<_>>(), taken, day, judgement);
    }
    taken
}

/// Rule 21: GLOBAL, else the legislation's, else the lowest type.
fn preference<'a>(legislation: &str, row: &Named<'a>) -> (usize, &'a str) {
    let rank = match row.name_type {
        "GLOBAL" => 0,
        other if !other.is_empty() && other == legislation => 1,
        _ => 2,
    };
    (rank, row.name_type)
}

/// The order of rule 21, best first.
fn compare(legislation: &str, a: &Named<'_>, b: &Named<'_>) -> Ordering {
    let by_type = preference(legislation, a).cmp(&preference(legislation, b));
    let by_start = by_type.then_with(|| b.effective.start.cmp(&a.effective.start));
    // Where the rule leaves two rows, one with a name comes before one without; then byte order.
    let text = |row: &Named<'_>| (row.texts[0].is_empty(), row.texts.map(str::to_owned));
    by_start.then_with(|| text(a).cmp(&text(b))).then_with(|| a.cells.cmp(&b.cells))
}

/// Rule 22: the position of the row that tells the work e-mail: of the e-mails, or where these are no extract of their own
/// of the person rows. Of the addresses in effect on D, of type W1 or untyped: the flagged one, then the latest start, then
/// byte order; several and not exactly one flagged: `PER040`.
pub fn email_on(case: &Case<'_>, day: Date, judgement: &mut Judgement) -> Option<u32> {
    let all = emails(case);
    let rows: Vec<&Mailed<'_>> =
        all.iter().filter(|row| row.effective.contains(day) && row.email.unfit().is_none()).collect();
    // One address on several rows is one e-mail.
    let distinct = |only_flagged: bool| {
        let rows = rows.iter().filter(|row| row.email.is_flagged || !only_flagged);
        let mut addresses: Vec<&str> = rows.map(|row| row.email.address).collect();
        addresses.sort_unstable();
        addresses.dedup();
        addresses.len()
    };
    if rows.len() > 1 && distinct(false) > 1 && distinct(true) != 1 {
        judgement.note(Code::Per040);
    }
    let rank = |row: &Mailed<'_>| (Reverse(row.email.is_flagged), Reverse(row.effective.start));
    let best = rows.iter().copied().min_by(|a, b| {
        let by_address = a.email.address.cmp(b.email.address);
        rank(a).cmp(&rank(b)).then(by_address).then_with(|| a.cells.cmp(&b.cells))
    });
    let taken = best.map(|row| row.position);
    if judgement.is_explained() {
        say_emails(case, &all, taken, day, judgement);
    }
    taken
}

fn say_emails(case: &Case<'_>, all: &[Mailed<'_>], taken: Option<u32>, day: Date, judgement: &mut Judgement) {
    let kind = match case.configured(Kind::Email) {
        Some(_) => Kind::Email,
        None if case.shape.has_persons => Kind::Person,
        None => Kind::Assignment,
    };
    let considered = all.iter().map(|row| Considered {
        row: (kind, row.position),
        type_text: row.email.email_type,
        preference: (0, ""),
        is_flagged: row.email.is_flagged,
        effective: row.effective,
        unfit: row.email.unfit(),
    });
    considered::say(22, "work e-mail", &considered.collect::<Vec<_>>(), taken, day, judgement);
}

impl Email<'_> {
    /// Why it is no work e-mail, whatever the day.
    fn unfit(&self) -> Option<&'static str> {
        match self.email_type {
            _ if self.address.is_empty() => Some("it has no address"),
            "" | "W1" => None,
            _ => Some("its type is not W1"),
        }
    }
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
