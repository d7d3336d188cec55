//! The fate of every row, person by person (rules 4 to 7), and then what is wrong among the rows of one person
//! (rules 8 and 9, in [`compare`]). The groups of section 2 are applied in their order: the first with a finding decides.

mod compare;

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil::Date;
use rayon::prelude::*;

use super::rows::is_readable;
use super::strangers::{self, Strangers};
use super::types::{Typed, period_type, relationship_type, worker_type};
use super::workforce::{Notes, Shape, Table, Workforce};
use super::{AT_ONCE, own};
use crate::model::attribute;
use crate::model::cells::Cells;
use crate::model::code::{Code, Codes, Severity, entry};
use crate::model::finding::{Example, Findings};
use crate::model::kind::Kind;
use crate::model::layout::{Layout, assignment};
use crate::model::row::{Fate, NOBODY, Row, Rows, SourceFile};

/// Decides all fates and notes every person's findings of its own rows.
pub fn decide(workforce: &mut Workforce, day: Date) {
    let mut notes = std::mem::take(&mut workforce.notes);
    let mut rows = workforce.tables.each_mut().map(|table| std::mem::take(&mut table.rows.rows));
    let blocks = split(workforce, &mut notes, &mut rows);
    let mut context = Context::new(workforce, day);
    let found: Vec<Decided> = blocks.into_par_iter().map(|block| decide_block(&context, block)).collect();
    let Decided { findings, mut untyped, postponed } = found.into_iter().fold(Decided::default(), Decided::merge);
    if !postponed.is_empty() {
        context.strangers = Some(Strangers::of(&rows[Kind::WorkRelationship as usize], context.tables));
    }
    let mut later = Findings::default();
    for person in postponed {
        let mut index = 0;
        let own = rows.each_mut().map(|rows| {
            let range = workforce.tables[index].groups.of(person);
            index += 1;
            &mut rows[range]
        });
        let (findings, untyped, notes) = (&mut later, &mut untyped, &mut notes[person]);
        let is_own = context.own.contains(&person);
        Group { context: &context, is_own, notes, findings, untyped }.decide(own);
    }
    let mut findings = findings.merge_by_person(later);
    decide_nobodys(&context, &mut rows, &mut findings);
    for (table, rows) in workforce.tables.iter_mut().zip(rows) {
        table.rows.rows = rows;
    }
    workforce.notes = notes;
    workforce.findings = findings;
    workforce.untyped = untyped;
}

/// What one thread found: `untyped` files are those of `ROW023`, and who is postponed asks for another's work relationship.
#[derive(Default)]
struct Decided {
    findings: Findings,
    untyped: BTreeSet<u32>,
    postponed: Vec<usize>,
}

impl Decided {
    fn merge(mut self, later: Decided) -> Decided {
        self.untyped.extend(later.untyped);
        self.postponed.extend(later.postponed);
        Decided { findings: self.findings.merge(later.findings), ..self }
    }
}

/// One list of rows a kind, in the order of [`Kind::ALL`].
const KINDS: usize = Kind::ALL.len();

/// What deciding needs beside the rows.
struct Context<'a> {
    tables: [&'a Rows; KINDS],
    /// Whose findings count.
    own: Range<usize>,
    shape: Shape,
    /// By file: whether its rows of persons, and of names, carry no effective dates, so that they must not differ (rule 9).
    undated_persons: Vec<bool>,
    undated_names: Vec<bool>,
    day: Date,
    /// In a flat source: the places of the person's columns on an assignment row, and of the work relationship's.
    flat_person: Vec<usize>,
    flat_relationship: Vec<usize>,
    /// Once somebody asks for it: the types of all work relationships.
    strangers: Option<Strangers<'a>>,
}

impl<'a> Context<'a> {
    fn new(workforce: &'a Workforce, day: Date) -> Context<'a> {
        let layout = &workforce.table(Kind::Assignment).layout;
        let undated = |kind: Kind| {
            let Table { layout, rows, .. } = workforce.table(kind);
            let start = layout.place("EffectiveStartDate");
            let is_undated = |file: &SourceFile| start.is_none_or(|place| file.columns[place].is_none());
            rows.files.iter().map(is_undated).collect()
        };
        Context {
            tables: workforce.tables.each_ref().map(|table| &table.rows),
            undated_persons: undated(Kind::Person),
            undated_names: undated(Kind::Name),
            own: workforce.own.clone(),
            shape: workforce.shape,
            day,
            flat_person: places_of(Kind::Person, layout),
            flat_relationship: places_of(Kind::WorkRelationship, layout),
            strangers: None,
        }
    }

    fn cells(&self, kind: Kind, row: &Row) -> Cells<'a> {
        self.tables[kind as usize].cells(row)
    }

    /// The type of an assignment's work relationship: from the row among the person's `own`, else from a stranger's, or in a
    /// flat source from the same row.
    fn type_of_relationship(&self, own: impl Fn(&str) -> Option<Cells<'a>>, cells: Cells<'_>) -> Typed {
        if !self.shape.has_work_relationships {
            return period_type(cells.get(assignment::PERIOD_TYPE))
                .or_else(|| worker_type(cells.get(assignment::WORKER_TYPE)));
        }
        let id = cells.get(assignment::PERIOD_OF_SERVICE_ID);
        let of_stranger = || self.strangers.as_ref().map_or(Typed::Unknown, |all| all.find(id));
        own(id).map_or_else(of_stranger, relationship_type)
    }
}

/// The places, on an assignment row, of the columns that are another kind's (rule 9): a name that several kinds carry is
/// the assignment's, then the work relationship's, then the person's; so no key is among them.
pub(super) fn places_of(kind: Kind, layout: &Layout) -> Vec<usize> {
    let belongs = |name: &str| attribute::find_name(name).next().is_some_and(|attribute| attribute.kind == kind);
    layout.columns().iter().enumerate().filter(|(_, (name, _))| belongs(name)).map(|(place, _)| place).collect()
}

/// A run of persons with their rows, for one thread.
struct Block<'a> {
    first: usize,
    notes: &'a mut [Notes],
    rows: [&'a mut [Row]; KINDS],
    starts: [&'a [u32]; KINDS],
}

fn split<'a>(workforce: &'a Workforce, notes: &'a mut [Notes], rows: &'a mut [Vec<Row>; KINDS]) -> Vec<Block<'a>> {
    let starts = workforce.tables.each_ref().map(|table| table.groups.starts.as_slice());
    let mut rest = rows.each_mut().map(Vec::as_mut_slice);
    let mut blocks = Vec::new();
    for (block, notes) in notes.chunks_mut(AT_ONCE).enumerate() {
        let first = block * AT_ONCE;
        let last = first + notes.len();
        let mut index = 0;
        let rows = rest.each_mut().map(|rest| {
            let length = (starts[index][last] - starts[index][first]) as usize;
            index += 1;
            let (head, tail) = std::mem::take(rest).split_at_mut(length);
            *rest = tail;
            head
        });
        blocks.push(Block { first, notes, rows, starts });
    }
    blocks
}

fn decide_block(context: &Context<'_>, block: Block<'_>) -> Decided {
    let mut decided = Decided::default();
    let Block { first, notes, mut rows, starts } = block;
    for (offset, notes) in notes.iter_mut().enumerate() {
        let person = first + offset;
        let mut index = 0;
        let own = rows.each_mut().map(|rest| {
            let length = (starts[index][person + 1] - starts[index][person]) as usize;
            index += 1;
            let (head, tail) = std::mem::take(rest).split_at_mut(length);
            *rest = tail;
            head
        });
        let (findings, untyped) = (&mut decided.findings, &mut decided.untyped);
        if context.shape.has_work_relationships && strangers::asks(context.tables, own[1], own[2]) {
            decided.postponed.push(person);
        } else {
            let is_own = context.own.contains(&person);
            Group { context, is_own, notes, findings, untyped }.decide(own);
        }
    }
    decided
}

/// Rows whose PersonNumber cannot be read are rejected, and are nobody's. So are managers of an assignment that is in no
/// file; with these nothing is wrong by that, and they fare as the rows of a person do.
fn decide_nobodys(context: &Context<'_>, rows: &mut [Vec<Row>; KINDS], findings: &mut Findings) {
    let (notes, untyped) = (&mut Notes::default(), &mut BTreeSet::new());
    let mut nobody = Group { context, is_own: true, notes, findings, untyped };
    for (kind, rows) in Kind::ALL.into_iter().zip(rows) {
        let start = rows.partition_point(|row| row.person != NOBODY);
        nobody.reject_by_key(kind, &mut rows[start..]);
        nobody.collapse(kind, &mut rows[start..]);
        nobody.reject_by_value(kind, &mut rows[start..]);
        for record in &context.tables[kind as usize].misshapen {
            let file = context.tables[kind as usize].files[record.file as usize].name.clone();
            let example = || Example { person_number: None, file: Some(file), line: Some(record.line) };
            nobody.findings.add(Code::Csv001, Severity::Error, example);
        }
    }
}

fn address(context: &Context<'_>, kind: Kind, row: &Row, number: Option<&str>) -> Example {
    let file = context.tables[kind as usize].files[row.file as usize].name.clone();
    Example { person_number: number.map(str::to_owned), file: Some(file), line: Some(row.line) }
}

/// The rows of one person, being decided.
struct Group<'a, 'c> {
    context: &'a Context<'c>,
    is_own: bool,
    notes: &'a mut Notes,
    findings: &'a mut Findings,
    untyped: &'a mut BTreeSet<u32>,
}

impl Group<'_, '_> {
    fn decide(&mut self, mut rows: [&mut [Row]; KINDS]) {
        for (kind, rows) in Kind::ALL.into_iter().zip(&mut rows) {
            self.reject_by_key(kind, rows);
            self.collapse(kind, rows);
        }
        let [_, relationships, assignments, ..] = &mut rows;
        self.set_aside_relationships(relationships);
        self.set_aside_assignments(relationships, assignments);
        for (kind, rows) in Kind::ALL.into_iter().zip(&mut rows) {
            self.reject_by_value(kind, rows);
        }
        self.compare(rows.map(|rows| &*rows));
    }

    fn reject_by_key(&mut self, kind: Kind, rows: &mut [Row]) {
        for row in rows.iter_mut().filter(|row| row.codes.has_keys()) {
            self.reject(kind, row, row.codes.keys());
        }
    }

    fn reject_by_value(&mut self, kind: Kind, rows: &mut [Row]) {
        for row in rows.iter_mut().filter(|row| row.fate == Fate::Admitted) {
            if row.codes.had_time() {
                self.note_row(kind, row, Code::Row033, Severity::Info);
            }
            if row.codes.has_values() {
                self.reject(kind, row, row.codes.values());
            }
        }
    }

    /// Rejects a row; an assignment row that covers D, or whose dates cannot be read, takes its person along (`ASG030`).
    fn reject(&mut self, kind: Kind, row: &mut Row, codes: Codes) {
        row.fate = Fate::Rejected;
        for code in codes.iter() {
            self.note_row(kind, row, code, Severity::Error);
        }
        let unreadable = row.codes.contains(Code::Row032);
        if kind == Kind::Assignment && (unreadable || row.facts.covers(self.context.day)) {
            self.quarantine(Code::Asg030);
        }
    }

    /// Rule 5: rows that are equal in every kept column collapse to the first.
    fn collapse(&mut self, kind: Kind, rows: &mut [Row]) {
        if surely_distinct(rows) {
            return;
        }
        let mut order: Vec<usize> = (0..rows.len()).filter(|i| rows[*i].fate == Fate::Admitted).collect();
        order.sort_by(|a, b| {
            let cells = self.context.cells(kind, &rows[*a]).cmp(&self.context.cells(kind, &rows[*b]));
            cells.then((rows[*a].file, rows[*a].line).cmp(&(rows[*b].file, rows[*b].line)))
        });
        for pair in order.windows(2) {
            if self.context.cells(kind, &rows[pair[0]]) == self.context.cells(kind, &rows[pair[1]]) {
                rows[pair[1]].fate = Fate::Duplicate;
                self.note_row(kind, &rows[pair[1]], Code::Row010, Severity::Info);
            }
        }
    }

    fn set_aside_relationships(&mut self, rows: &mut [Row]) {
        for row in rows.iter_mut().filter(|row| row.fate == Fate::Admitted) {
            if let Typed::SetAside(code) = relationship_type(self.context.cells(Kind::WorkRelationship, row)) {
                self.set_aside(Kind::WorkRelationship, row, code);
            }
        }
    }

    fn set_aside_assignments(&mut self, relationships: &[Row], rows: &mut [Row]) {
        let context = self.context;
        let relationships = relationships.iter().filter(|row| !matches!(row.fate, Fate::Rejected | Fate::Duplicate));
        let own = own::by_id(relationships.map(|row| context.cells(Kind::WorkRelationship, row)));
        for row in rows.iter_mut().filter(|row| row.fate == Fate::Admitted) {
            let cells = context.cells(Kind::Assignment, row);
            let typed = period_type(cells.get(assignment::ASSIGNMENT_TYPE))
                .or_else(|| context.type_of_relationship(&own, cells))
                .or_else(|| worker_type(cells.get(assignment::SYSTEM_PERSON_TYPE)));
            match typed {
                Typed::SetAside(code) => self.set_aside(Kind::Assignment, row, code),
                Typed::Unknown if self.is_own => {
                    self.untyped.insert(row.file);
                }
                Typed::Admitted(_) | Typed::Unknown => {}
            }
        }
    }

    fn set_aside(&mut self, kind: Kind, row: &mut Row, code: Code) {
        row.fate = Fate::SetAside(code);
        self.note_row(kind, row, code, entry(code).severity);
    }

    fn quarantine(&mut self, code: Code) {
        self.notes.codes.insert(code);
        self.notes.errors.insert(code);
    }

    /// A code of a row: its person bears it, and it is counted by rows.
    fn note_row(&mut self, kind: Kind, row: &Row, code: Code, severity: Severity) {
        self.notes.codes.insert(code);
        if !self.is_own {
            return;
        }
        let context = self.context;
        let number = Some(context.cells(kind, row).get(0)).filter(|number| is_readable(number));
        self.findings.add(code, severity, || address(context, kind, row, number));
    }
}

/// Whether no two of the rows are equal, as their facts alone tell, which come from the cells. Of many rows it is not known:
/// to hold each against each other would take too long.
fn surely_distinct(rows: &[Row]) -> bool {
    const MANY: usize = 16;
    let differs = |(nth, row): (usize, &Row)| rows[..nth].iter().all(|other| other.facts != row.facts);
    rows.len() <= MANY && rows.iter().enumerate().all(differs)
}
