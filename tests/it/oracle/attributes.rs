//! Section 8: the name, the work e-mail and the phone of a person on D (rules 21 to 23).

use jiff::civil::Date;

use super::cells;
use super::input::Kind;
use super::rows::Record;
use super::world::{Disposition, Person, Severity, World};

/// Rules 21 to 23.
pub fn section_8(world: &World, person: &mut Person) {
    let to_be_emitted = person.disposition != Some(Disposition::Excluded);
    let error_if_emitted = if to_be_emitted { Severity::E } else { Severity::W };
    let name = name(world, person);
    if name.is_none_or(|row| world.records[row].get("LastName").is_empty()) {
        person.raise("PER031", error_if_emitted);
    }
    if let Some(row) = name {
        use_row(world, person, row);
    }
    let teller = if world.has_source(Kind::Name) { person_row(world, person) } else { name };
    if let Some(row) = teller {
        person.user_name = Some(world.records[row].get("UserName").to_owned()).filter(|u| !u.is_empty());
    }
    person.email = email(world, person);
    match person.email.clone() {
        Some(address) if cells::is_malformed_email(&address) => person.raise("PER041", error_if_emitted),
        Some(_) => {}
        None if to_be_emitted => {
            person.raise("OUT010", if world.settings.email_required { Severity::E } else { Severity::W });
        }
        None => {}
    }
    phone(world, person);
    person.passed_section_8 = !person.quarantined;
}

/// Rule 27: a row that tells an attribute is used; that of a flat source is judged as the assignment row that it is.
fn use_row(world: &World, person: &mut Person, row: usize) {
    if world.records[row].kind != Kind::Assignment {
        person.used.insert(row);
    }
}

/// The kind whose rows carry the person's own columns (rule 9).
fn person_kind(world: &World) -> Kind {
    if world.has_source(Kind::Person) { Kind::Person } else { Kind::Assignment }
}

/// Whether the attribute is known on D: what stands on assignment rows is the person's, without dates.
fn in_effect(world: &World, record: &Record) -> bool {
    record.kind == Kind::Assignment || record.covers(world.as_of())
}

/// Rule 21: the row that names the person.
fn name(world: &World, person: &mut Person) -> Option<usize> {
    let kind = if world.has_source(Kind::Name) { Kind::Name } else { person_kind(world) };
    let rows = world.live_of(kind, &person.number);
    let start = |row: usize| world.records[row].start("EffectiveStartDate");
    let mut candidates: Vec<usize> =
        rows.iter().copied().filter(|row| in_effect(world, &world.records[*row])).collect();
    if candidates.is_empty() {
        let future = rows.iter().copied().filter(|row| start(*row) > world.as_of());
        let nearest = future.clone().map(start).min();
        candidates = future.filter(|row| Some(start(*row)) == nearest).collect();
        if !candidates.is_empty() {
            person.raise("PER030", Severity::W);
        }
    }
    let legislation = person.relationship.map(|w| person.relationships[w].legislation.clone()).unwrap_or_default();
    first(world, candidates, &legislation)
}

/// Where names are a file of their own: the person row, by the same order, which tells the rest.
fn person_row(world: &World, person: &Person) -> Option<usize> {
    let rows = world.live_of(person_kind(world), &person.number);
    let start = |row: &usize| world.records[*row].start("EffectiveStartDate");
    let on_d: Vec<usize> = rows.iter().copied().filter(|row| in_effect(world, &world.records[*row])).collect();
    if !on_d.is_empty() {
        return first(world, on_d, "");
    }
    let nearest = rows.iter().map(start).filter(|day| *day > world.as_of()).min();
    first(world, rows.into_iter().filter(|row| Some(start(row)) == nearest).collect(), "")
}

/// The order of rule 21.
fn first(world: &World, candidates: Vec<usize>, legislation: &str) -> Option<usize> {
    let start = |row: usize| world.records[row].start("EffectiveStartDate");
    candidates.into_iter().min_by_key(|row| {
        let name_type = world.records[*row].get("NameType");
        let preference = match name_type {
            "GLOBAL" => 0,
            other if !other.is_empty() && other == legislation => 1,
            _ => 2,
        };
        let latest_first = std::cmp::Reverse(start(*row));
        // Where the rule leaves two rows, one with a name comes before one without.
        let [last_name, user_name] = ["LastName", "UserName"].map(|name| world.records[*row].get(name).to_owned());
        let by_text = (last_name.is_empty(), last_name, user_name, world.records[*row].cells.clone());
        (preference, name_type.to_owned(), latest_first, by_text)
    })
}

/// One e-mail or phone in effect on D.
struct Entry {
    row: usize,
    text: String,
    kind: String,
    flagged: bool,
    start: Date,
}

fn entries(world: &World, number: &str, own: Kind, columns: [&str; 3], on_person: [&str; 3]) -> Vec<Entry> {
    let (kind, [text, of_kind, flag]) =
        if world.has_source(own) { (own, columns) } else { (person_kind(world), on_person) };
    let rows = world.live_of(kind, number).into_iter().filter(|row| in_effect(world, &world.records[*row]));
    rows.map(|row| {
        let record = &world.records[row];
        Entry {
            row,
            text: record.get(text).to_owned(),
            kind: record.get(of_kind).to_owned(),
            flagged: record.flag(flag) == Some(true),
            start: if kind == Kind::Assignment { Date::MIN } else { record.start("EffectiveStartDate") },
        }
    })
    .filter(|entry| !entry.text.is_empty())
    .collect()
}

/// The flagged one, then the latest start, then byte order; `PER040` where several are not told apart by one flag.
fn best(world: &World, person: &mut Person, mut among: Vec<Entry>) -> Option<String> {
    let mut texts: Vec<String> = among.iter().map(|e| e.text.clone()).collect();
    texts.sort_unstable();
    texts.dedup();
    // One address on several rows is one e-mail.
    let mut flagged: Vec<String> = among.iter().filter(|e| e.flagged).map(|e| e.text.clone()).collect();
    flagged.sort_unstable();
    flagged.dedup();
    if texts.len() > 1 && flagged.len() != 1 {
        person.raise("PER040", Severity::W);
    }
    among.sort_by_key(|e| (!e.flagged, std::cmp::Reverse(e.start), e.text.clone(), e.row));
    let best = among.into_iter().next()?;
    use_row(world, person, best.row);
    Some(best.text)
}

/// Rule 22: type W1, or an untyped column.
fn email(world: &World, person: &mut Person) -> Option<String> {
    let own = ["EmailAddress", "EmailType", "PrimaryFlag"];
    let on_person = ["WorkEmail", "EmailType", "EmailPrimaryFlag"];
    let all = entries(world, &person.number, Kind::Email, own, on_person);
    best(world, person, all.into_iter().filter(|e| e.kind.is_empty() || e.kind == "W1").collect())
}

/// Rule 23: W1 (or untyped), then WM; a home number never.
fn phone(world: &World, person: &mut Person) {
    let own = ["PhoneNumber", "PhoneType", "PrimaryFlag"];
    let on_person = ["WorkPhone", "PhoneType", "PhonePrimaryFlag"];
    let all = entries(world, &person.number, Kind::Phone, own, on_person);
    let (work, rest): (Vec<Entry>, Vec<Entry>) = all.into_iter().partition(|e| e.kind.is_empty() || e.kind == "W1");
    let mobile: Vec<Entry> = rest.into_iter().filter(|e| e.kind == "WM").collect();
    // The numbers of one type are chosen among as addresses are; `PER040` speaks of addresses alone.
    let mut silent = person.clone();
    best(world, &mut silent, if work.is_empty() { mobile } else { work });
    person.used = silent.used;
}
