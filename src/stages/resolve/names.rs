//! The person's attributes on D: the name's row, and the work e-mail (rules 21 and 22).

use std::cmp::{Ordering, Reverse};

use jiff::civil::Date;

use super::judgement::Judgement;
use crate::model::code::Code;
use crate::model::layout::person::{LAST_NAME, NAME_TYPE, USER_NAME};
use crate::stages::normalize::{Case, Email, PersonRow};

/// Rule 21: the position of the person row in effect on D: `NameType` GLOBAL, else the work relationship's legislation,
/// else the lowest; the latest start decides among equals. None in effect: the nearest future one (`PER030`).
pub fn person_on(case: &Case<'_>, relationship: Option<usize>, day: Date, judgement: &mut Judgement) -> Option<u32> {
    let legislation = relationship.map_or("", |index| case.work_relationships[index].legislation);
    let best = |rows: Vec<&PersonRow<'_>>| {
        rows.into_iter().min_by(|a, b| compare(case, legislation, a, b)).map(|row| row.position)
    };
    if let Some(row) = best(case.persons.iter().filter(|row| row.effective.contains(day)).collect()) {
        return Some(row);
    }
    let nearest = case.persons.iter().map(|row| row.effective.start).filter(|start| *start > day).min()?;
    judgement.note(Code::Per030);
    best(case.persons.iter().filter(|row| row.effective.start == nearest).collect())
}

/// The order of rule 21, best first.
fn compare(case: &Case<'_>, legislation: &str, a: &PersonRow<'_>, b: &PersonRow<'_>) -> Ordering {
    let name_type =
        |row: &PersonRow<'_>| if case.shape.has_persons { row.cells.get(NAME_TYPE).to_owned() } else { String::new() };
    let preference = |row: &PersonRow<'_>| match name_type(row).as_str() {
        "GLOBAL" => 0,
        other if !other.is_empty() && other == legislation => 1,
        _ => 2,
    };
    let rank = |row: &PersonRow<'_>| (preference(row), name_type(row), Reverse(row.effective.start));
    // Where the rule leaves two rows, one with a name comes before one without; then byte order.
    let text = |row: &PersonRow<'_>| {
        let [last_name, user_name] = [LAST_NAME, USER_NAME].map(|place| row.cells.get(place).to_owned());
        (last_name.is_empty(), last_name, user_name)
    };
    rank(a).cmp(&rank(b)).then_with(|| text(a).cmp(&text(b))).then_with(|| a.cells.cmp(&b.cells))
}

/// Rule 22: the position of the person row that tells the work e-mail. Of the addresses in effect on D, of type W1 or
/// untyped: the flagged one, then the latest start, then byte order; several and not exactly one flagged: `PER040`.
pub fn email_on(case: &Case<'_>, day: Date, judgement: &mut Judgement) -> Option<u32> {
    let is_work = |email: &Email<'_>| !email.address.is_empty() && matches!(email.email_type, "" | "W1");
    let rows: Vec<&PersonRow<'_>> =
        case.persons.iter().filter(|row| row.effective.contains(day) && is_work(&row.email)).collect();
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
    let rank = |row: &PersonRow<'_>| (Reverse(row.email.is_flagged), Reverse(row.effective.start));
    let best = rows.iter().min_by(|a, b| {
        let by_address = a.email.address.cmp(b.email.address);
        rank(a).cmp(&rank(b)).then(by_address).then_with(|| a.cells.cmp(&b.cells))
    });
    best.map(|row| row.position)
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
