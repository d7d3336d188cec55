//! Who and what brought a diagnostic of a person about: the other persons with a shared key or address, and the rows.

use std::collections::BTreeSet;

use super::{Cause, place};
use crate::model::code::Code;
use crate::model::kind::Kind;
use crate::model::layout::{assignment, person_id, work_relationship};
use crate::model::row::{Fate, NOBODY, Row};
use crate::people::People;
use crate::stages::resolve::Resolved;
use crate::stages::validate::attributes::Places;

/// A column of a kind that holds an id.
type Key = (Kind, usize);

const RELATIONSHIP: Key = (Kind::WorkRelationship, work_relationship::PERIOD_OF_SERVICE_ID);
const ASSIGNMENT: Key = (Kind::Assignment, assignment::ASSIGNMENT_ID);
const REFERENCE: Key = (Kind::Assignment, assignment::PERIOD_OF_SERVICE_ID);

/// The causes of a code of a person; `named` is the manager whom its assignment names. None where the person's own rows
/// and the decisions tell all.
pub fn of(people: &People, person: usize, named: Option<u32>, code: Code) -> Vec<Cause> {
    let causes = Causes { people, person };
    match code {
        Code::Key010 => causes.leading_zeros(),
        Code::Key020 => causes.strangers(),
        Code::Key021 => [RELATIONSHIP, ASSIGNMENT, REFERENCE].iter().flat_map(|key| causes.shared(*key)).collect(),
        Code::Key022 => causes.person_ids(false),
        Code::Key023 => causes.person_ids(true),
        Code::Key024 => causes.several_relationships(),
        Code::Wr020 => causes.nowhere(),
        Code::Wr021 if people.workforce.shape.has_work_relationships => causes.repeated(RELATIONSHIP),
        Code::Wr021 => causes.repeated(REFERENCE),
        Code::Out002 => causes.sharers(code, causes.holders(Places::work_email, "has the same work e-mail")),
        Code::Out003 => causes.sharers(code, causes.holders(Places::user_name, "has the same user name")),
        Code::Mgr021 => named.map(|manager| causes.manager(manager as usize)).into_iter().collect(),
        Code::Mgr023 => causes.cycle(),
        Code::Asg030 => causes.rejected(),
        _ => causes.rows_with(code),
    }
}

struct Causes<'a> {
    people: &'a People,
    person: usize,
}

impl<'a> Causes<'a> {
    fn of_person(&self, person: usize, sentence: impl Into<String>) -> Cause {
        let person_number = self.people.workforce.number(person).to_owned();
        Cause { person_number, file: None, line: None, sentence: sentence.into() }
    }

    fn of_row(&self, kind: Kind, position: usize, sentence: impl Into<String>) -> Cause {
        let person = self.people.workforce.table(kind).rows.rows[position].person as usize;
        let (file, line) = place(self.people, kind, position);
        Cause { file: Some(file), line: Some(line), ..self.of_person(person, sentence) }
    }

    fn present(&self) -> impl Iterator<Item = (usize, &'a Resolved)> {
        self.people.resolved.iter().enumerate().filter(|(_, resolved)| resolved.present)
    }

    /// The rows of a kind that take part, with their positions.
    fn rows(&self, kind: Kind) -> impl Iterator<Item = (usize, &'a Row)> {
        let rows = self.people.workforce.table(kind).rows.rows.iter().enumerate();
        rows.filter(|(_, row)| row.fate == Fate::Admitted && row.person != NOBODY)
    }

    fn is_own(&self, row: &Row) -> bool {
        row.person as usize == self.person
    }

    fn id(&self, (kind, column): Key, row: &Row) -> &'a str {
        self.people.workforce.table(kind).rows.cells(row).get(column)
    }

    /// The ids that the person's own rows have in a column.
    fn own_ids(&self, key: Key) -> BTreeSet<&'a str> {
        let own = self.rows(key.0).filter(|(_, row)| self.is_own(row));
        own.map(|(_, row)| self.id(key, row)).filter(|id| !id.is_empty()).collect()
    }

    /// Rows of a kind, each with a sentence.
    fn told(&self, key: Key, fits: impl Fn(&Row, &str) -> bool, sentence: impl Fn(&str) -> String) -> Vec<Cause> {
        let rows = self.rows(key.0).filter(|(_, row)| fits(row, self.id(key, row)));
        rows.map(|(position, row)| self.of_row(key.0, position, sentence(self.id(key, row)))).collect()
    }

    /// `KEY010`.
    fn leading_zeros(&self) -> Vec<Cause> {
        let number = |person: usize| self.people.workforce.number(person).trim_start_matches('0');
        let alike = self.present().filter(|(other, _)| *other != self.person && number(*other) == number(self.person));
        alike.map(|(other, _)| self.of_person(other, "is the same but for leading zeros")).collect()
    }

    /// `KEY020`: own assignments under another's work relationship, and others' assignments under an own one.
    fn strangers(&self) -> Vec<Cause> {
        let own = self.own_ids(RELATIONSHIP);
        let referred = self.own_ids(REFERENCE);
        let has = |person: u32, id: &str| {
            self.rows(Kind::WorkRelationship).any(|(_, row)| row.person == person && self.id(RELATIONSHIP, row) == id)
        };
        let mut causes = self.told(
            RELATIONSHIP,
            |row, id| !self.is_own(row) && referred.contains(id) && !own.contains(id),
            |id| format!("has the work relationship {id}, to which an assignment of this person refers"),
        );
        causes.extend(self.told(
            REFERENCE,
            |row, id| !self.is_own(row) && own.contains(id) && !has(row.person, id),
            |id| format!("has an assignment that refers to this person's work relationship {id}"),
        ));
        causes
    }

    /// `KEY021`: rows of others with an id of this person's.
    fn shared(&self, key: Key) -> Vec<Cause> {
        let own = self.own_ids(key);
        let name = if key == ASSIGNMENT { "AssignmentId" } else { "PeriodOfServiceId" };
        self.told(key, |row, id| !self.is_own(row) && own.contains(id), |id| format!("has the {name} {id} as well"))
    }

    /// `KEY022`: own rows of several PersonIds; `KEY023`: rows of others with this person's.
    fn person_ids(&self, of_others: bool) -> Vec<Cause> {
        let keys = || Kind::ALL.into_iter().filter_map(|kind| Some((kind, person_id(kind)?)));
        let own: BTreeSet<&str> = keys().flat_map(|key| self.own_ids(key)).collect();
        let told = |key| {
            let fits = |row: &Row, id: &str| self.is_own(row) != of_others && own.contains(id);
            self.told(key, fits, |id| format!("has the PersonId {id}"))
        };
        let mut seen = BTreeSet::new();
        let mut causes: Vec<Cause> = keys().flat_map(told).collect();
        // One row of each person and id is enough.
        causes.retain(|cause| seen.insert((cause.person_number.clone(), cause.sentence.clone())));
        causes
    }

    /// `KEY024`: the rows of an assignment that stands under several work relationships.
    fn several_relationships(&self) -> Vec<Cause> {
        let own = || self.rows(Kind::Assignment).filter(|(_, row)| self.is_own(row));
        let pairs: BTreeSet<(&str, &str)> =
            own().map(|(_, row)| (self.id(ASSIGNMENT, row), self.id(REFERENCE, row))).collect();
        let is_torn =
            |id: &str| pairs.iter().filter(|(of, relationship)| *of == id && !relationship.is_empty()).count() > 1;
        let torn = own().filter(|(_, row)| is_torn(self.id(ASSIGNMENT, row)));
        torn.map(|(position, row)| {
            let sentence = format!("{} is under {}", self.id(ASSIGNMENT, row), self.id(REFERENCE, row));
            self.of_row(Kind::Assignment, position, sentence)
        })
        .collect()
    }

    /// `WR020`: own assignments under a work relationship that nobody has.
    fn nowhere(&self) -> Vec<Cause> {
        let known: BTreeSet<&str> =
            self.rows(Kind::WorkRelationship).map(|(_, row)| self.id(RELATIONSHIP, row)).collect();
        let sentence = |id: &str| {
            if id.is_empty() {
                "refers to no work relationship".to_owned()
            } else {
                format!("refers to {id}, which no row has")
            }
        };
        self.told(REFERENCE, |row, id| self.is_own(row) && !known.contains(id), sentence)
    }

    /// `WR021`: the rows of work relationships that several rows tell of.
    fn repeated(&self, key: Key) -> Vec<Cause> {
        let own = self.own_ids(key);
        if own.is_empty() {
            let sentence = |_: &str| "tells of the person's work relationship, which has no id".to_owned();
            return self.told(key, |row, _| self.is_own(row), sentence);
        }
        let count = |id: &str| self.rows(key.0).filter(|(_, row)| self.id(key, row) == id).count();
        let repeated: BTreeSet<&str> = own.into_iter().filter(|id| count(id) > 1).collect();
        self.told(key, |_, id| repeated.contains(id), |id| format!("tells of the work relationship {id}"))
    }

    /// `OUT002`, `OUT003`: who else has the same value, which is not shown: in their own rows, or in what an output makes of them.
    fn sharers(&self, code: Code, in_rows: Vec<Cause>) -> Vec<Cause> {
        let shared = self.people.shared.iter().filter(|shared| shared.code == code);
        let with_this = shared.filter(|shared| shared.persons.contains(&self.person));
        let in_outputs = with_this.flat_map(|shared| {
            let others = shared.persons.iter().filter(|other| **other != self.person);
            others.map(move |other| {
                let standing = standing(&self.people.resolved[*other]);
                self.of_person(*other, format!("has the same {}, {standing}", shared.field))
            })
        });
        let mut seen = BTreeSet::new();
        let all = in_rows.into_iter().chain(in_outputs);
        // One sentence of each is enough.
        all.filter(|cause| seen.insert(cause.person_number.clone())).collect()
    }

    /// Who else would be emitted with the same e-mail or user name.
    fn holders(
        &self,
        value: impl Fn(&Places, &'a crate::stages::normalize::Workforce, &Resolved) -> &'a str,
        sentence: &str,
    ) -> Vec<Cause> {
        let places = Places::of(&self.people.workforce);
        let text = |resolved: &Resolved| value(&places, &self.people.workforce, resolved).to_lowercase();
        let own = text(&self.people.resolved[self.person]);
        let others = self.present().filter(|(other, resolved)| {
            *other != self.person && resolved.state.is_some() && !own.is_empty() && text(resolved) == own
        });
        others.map(|(other, resolved)| self.of_person(other, format!("{sentence}, {}", standing(resolved)))).collect()
    }

    /// `MGR021`.
    fn manager(&self, manager: usize) -> Cause {
        let resolved = &self.people.resolved[manager];
        if resolved.disposition.is_emitted() {
            return self.of_person(manager, "is the manager, and does not stand in every file that would name them");
        }
        self.of_person(manager, format!("is the manager, {}", standing(resolved)))
    }

    /// `MGR023`: the way around.
    fn cycle(&self) -> Vec<Cause> {
        let (mut causes, mut at) = (Vec::new(), self.person);
        while let Some(manager) = self.people.resolved[at].manager.map(|manager| manager as usize) {
            let whose = self.people.workforce.number(at);
            causes.push(self.of_person(manager, format!("is the manager of {whose}")));
            at = manager;
            if at == self.person || causes.len() > self.people.resolved.len() {
                break;
            }
        }
        causes
    }

    /// `ASG030`: the rejected rows that could be in effect on D.
    fn rejected(&self) -> Vec<Cause> {
        let day = self.people.as_of.day;
        let table = self.people.workforce.table(Kind::Assignment);
        let rows = table.groups.of(self.person).filter(|position| {
            let row = &table.rows.rows[*position];
            row.fate == Fate::Rejected && (row.facts.covers(day) || row.codes.contains(Code::Row032))
        });
        rows.map(|position| self.of_row(Kind::Assignment, position, format!("is rejected, and could count on {day}")))
            .collect()
    }

    /// The own rows that bear a code by themselves.
    fn rows_with(&self, code: Code) -> Vec<Cause> {
        let mut causes = Vec::new();
        for kind in Kind::ALL {
            let table = self.people.workforce.table(kind);
            for position in table.groups.of(self.person) {
                let row = &table.rows.rows[position];
                let sentence = match row.fate {
                    Fate::Rejected if code != Code::Row033 && rejected_for(row, code) => "is rejected",
                    Fate::Duplicate if code == Code::Row010 => "repeats another row",
                    Fate::SetAside(why) if why == code => "is set aside",
                    Fate::Admitted | Fate::Rejected if code == Code::Row033 && row.codes.had_time() => {
                        "has a time of day"
                    }
                    _ => continue,
                };
                causes.push(self.of_row(kind, position, sentence));
            }
        }
        causes
    }
}

/// Whether a code is one of those that reject the row.
fn rejected_for(row: &Row, code: Code) -> bool {
    let codes = if row.codes.has_keys() { row.codes.keys() } else { row.codes.values() };
    codes.contains(code)
}

/// What became of somebody, in words.
fn standing(resolved: &Resolved) -> String {
    let codes: Vec<&str> = resolved.errors.iter().map(|code| code.text()).collect();
    let why = if codes.is_empty() { String::new() } else { format!(" for {}", codes.join(", ")) };
    format!("{}{why}", resolved.disposition.text())
}
