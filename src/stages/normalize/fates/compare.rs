//! What is wrong among the rows of one person (rules 8 and 9), once each of them has its fate.

use super::{Group, KINDS};
use crate::model::code::Code;
use crate::model::kind::Kind;
use crate::model::layout::{assignment, person_id, satellite};
use crate::model::row::{Fate, Row};

impl Group<'_, '_> {
    /// Rules 8 and 9, as far as one person's own rows tell.
    pub(super) fn compare(&mut self, rows: [&[Row]; KINDS]) {
        let [persons, relationships, assignments, names, ..] = rows;
        self.notes.present = rows.into_iter().any(has_admitted);
        self.notes.has_assignment = has_admitted(assignments);
        let employed = has_admitted(relationships) || self.notes.has_assignment;
        if self.context.shape.has_persons && employed && !has_admitted(persons) {
            self.quarantine(Code::Per020);
        }
        self.compare_person_ids(rows);
        self.compare_persons(persons, assignments);
        self.compare_nameless(assignments);
        if self.contradict(names) {
            self.quarantine(Code::Per021);
        }
        self.compare_assignments(assignments);
    }

    /// `KEY022`: one PersonNumber with two PersonIds.
    fn compare_person_ids(&mut self, rows: [&[Row]; KINDS]) {
        let context = self.context;
        let ids = Kind::ALL.into_iter().zip(rows).filter_map(|(kind, rows)| Some((kind, rows, person_id(kind)?)));
        let ids =
            ids.flat_map(|(kind, rows, place)| admitted(rows).map(move |row| context.cells(kind, row).get(place)));
        if differ(ids.filter(|id| !id.is_empty()), |a, b| a == b) {
            self.quarantine(Code::Key022);
        }
    }

    /// Whether two undated names of one type differ: names of two types are two things, of which rule 21 chooses one.
    fn contradict(&self, names: &[Row]) -> bool {
        let type_of = |row: &Row| self.context.cells(Kind::Name, row).get(satellite::TYPE);
        let alike = |a: &&Row, b: &&Row| self.alike(Kind::Name, a, b);
        let undated = || admitted(names).filter(|row| self.context.undated_names[row.file as usize]);
        if !differ(undated(), alike) {
            return false;
        }
        let mut names: Vec<&Row> = undated().collect();
        names.sort_by_key(|row| type_of(row));
        names.chunk_by(|a, b| type_of(a) == type_of(b)).any(|of_type| differ(of_type.iter().copied(), alike))
    }

    /// Whether two rows differ at most in their PersonIds, which are keys, and no values.
    fn alike(&self, kind: Kind, a: &Row, b: &Row) -> bool {
        let [a, b] = [a, b].map(|row| self.context.cells(kind, row));
        person_id(kind).map_or_else(|| a == b, |id| a.equal_but(b, &(id..=id)))
    }

    /// `PER021`: different values on undated person rows, or in the person columns of a flat source.
    fn compare_persons(&mut self, persons: &[Row], assignments: &[Row]) {
        let context = self.context;
        let conflict = if context.shape.has_persons {
            let undated = admitted(persons).filter(|row| context.undated_persons[row.file as usize]);
            differ(undated, |a, b| self.alike(Kind::Person, a, b))
        } else {
            let cells = admitted(assignments).map(|row| context.cells(Kind::Assignment, row));
            differ(cells, |a, b| a.equal_at(*b, &context.flat_person))
        };
        if conflict {
            self.quarantine(Code::Per021);
        }
    }

    /// `WR021` where no file has a PeriodOfServiceId: the rows of a person tell of one work relationship, and must agree on it.
    /// In a hand-made source they tell of none (rule 18).
    fn compare_nameless(&mut self, assignments: &[Row]) {
        let context = self.context;
        if context.shape.has_work_relationships || context.shape.hand_made {
            return;
        }
        let cells = admitted(assignments).map(|row| context.cells(Kind::Assignment, row));
        let nameless = cells.filter(|cells| cells.get(assignment::PERIOD_OF_SERVICE_ID).is_empty());
        if differ(nameless, |a, b| a.equal_at(*b, &context.flat_relationship)) {
            self.quarantine(Code::Wr021);
        }
    }

    /// `KEY024`: one AssignmentId under two PeriodOfServiceIds.
    fn compare_assignments(&mut self, assignments: &[Row]) {
        let keys = admitted(assignments)
            .map(|row| self.context.cells(Kind::Assignment, row))
            .map(|cells| (cells.get(assignment::ASSIGNMENT_ID), cells.get(assignment::PERIOD_OF_SERVICE_ID)))
            .filter(|(_, relationship)| !relationship.is_empty());
        if !differ(keys.clone(), |(_, a), (_, b)| a == b) {
            return;
        }
        let mut keys: Vec<(&str, &str)> = keys.collect();
        keys.sort_unstable();
        keys.dedup();
        if keys.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            self.quarantine(Code::Key024);
        }
    }
}

fn admitted(rows: &[Row]) -> impl Iterator<Item = &Row> + Clone {
    rows.iter().filter(|row| row.fate == Fate::Admitted)
}

fn has_admitted(rows: &[Row]) -> bool {
    admitted(rows).next().is_some()
}

/// Whether one of them is not like the first.
fn differ<T>(values: impl IntoIterator<Item = T>, alike: impl Fn(&T, &T) -> bool) -> bool {
    let mut values = values.into_iter();
    values.next().is_some_and(|first| values.any(|other| !alike(&first, &other)))
}
