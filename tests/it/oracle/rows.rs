//! Section 2 for single rows: what becomes of each physical row, group by group (CSV001, ROW001 to ROW035, WR031).

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::cells::{self, Admission, DateCell};
use super::input::{Kind, Mode, Settings, Source};
use super::world::Severity;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Live,
    Rejected,
    Duplicate,
    SetAside,
}

/// One physical row: its trimmed cells by attribute, and what became of it.
#[derive(Clone, Debug)]
pub struct Record {
    pub source: usize,
    pub kind: Kind,
    pub line: usize,
    pub cells: BTreeMap<String, String>,
    pub fate: Fate,
    pub codes: Vec<(&'static str, Severity)>,
    /// An admitted assignment row's type by rule 6.
    pub worker_type: Option<char>,
}

impl Record {
    /// A cell's trimmed text; blank where the file has no such column.
    pub fn get(&self, name: &str) -> &str {
        self.cells.get(name).map_or("", String::as_str)
    }

    /// The PersonNumber, if it can be read.
    pub fn owner(&self) -> Option<&str> {
        let number = self.get("PersonNumber");
        (!number.is_empty() && !cells::is_damaged(number)).then_some(number)
    }

    /// A start: the beginning of time where it is blank.
    pub fn start(&self, column: &str) -> Date {
        match cells::date(self.get(column)) {
            DateCell::Day { date, .. } => date,
            _ => Date::MIN,
        }
    }

    /// An end: the end of time where it is open (blank, or year 4000 or later).
    pub fn end(&self, column: &str) -> Date {
        match cells::date(self.get(column)) {
            DateCell::Day { date, .. } if date.year() < 4000 => date,
            _ => Date::MAX,
        }
    }

    /// `start <= day <= end` by the row's own effective dates.
    pub fn covers(&self, day: Date) -> bool {
        self.start("EffectiveStartDate") <= day && day <= self.end("EffectiveEndDate")
    }

    pub fn flag(&self, column: &str) -> Option<bool> {
        cells::flag(self.get(column)).unwrap_or(None)
    }

    fn reject(&mut self, code: &'static str) {
        self.fate = Fate::Rejected;
        self.codes.push((code, Severity::E));
    }

    fn set_aside(&mut self, code: &'static str, severity: Severity) {
        self.fate = Fate::SetAside;
        self.codes.push((code, severity));
    }
}

/// Reads every row of every source and decides its fate; the first group with a finding decides.
pub fn read(sources: &[Source], settings: &Settings) -> Vec<Record> {
    let derived = work_relationships_are_derived(sources);
    let mut records = Vec::new();
    for (place, source) in sources.iter().enumerate() {
        let first = records.len();
        for (index, row) in source.rows.iter().enumerate() {
            records.push(record(source, place, index, row));
        }
        for record in &mut records[first..] {
            keys(record, source, derived);
        }
        duplicates(&mut records[first..]);
    }
    types(&mut records);
    for record in records.iter_mut().filter(|r| r.fate == Fate::Live) {
        values(record, &sources[record.source], settings, derived);
    }
    records
}

/// Rule 9: without a work-relationship source the assignment rows tell of it, where they name one.
pub fn work_relationships_are_derived(sources: &[Source]) -> bool {
    !sources.iter().any(|s| s.kind == Kind::WorkRelationship)
        && sources.iter().any(|s| s.kind == Kind::Assignment && has(s, "PeriodOfServiceId"))
}

fn has(source: &Source, column: &str) -> bool {
    source.header.iter().any(|h| h == column)
}

fn record(source: &Source, place: usize, index: usize, row: &[String]) -> Record {
    let mut record = Record {
        source: place,
        kind: source.kind,
        line: index + 2,
        cells: BTreeMap::new(),
        fate: Fate::Live,
        codes: Vec::new(),
        worker_type: None,
    };
    if row.len() != source.header.len() {
        record.reject("CSV001");
        return record;
    }
    for (name, cell) in source.header.iter().zip(row) {
        record.cells.insert(name.clone(), cell.trim().to_owned());
    }
    record
}

/// Rule 4: the row's own keys (`ROW001`) and spreadsheet damage (`ROW002`).
fn keys(record: &mut Record, source: &Source, derived: bool) {
    if record.fate != Fate::Live {
        return;
    }
    let own: &[&str] = match record.kind {
        Kind::WorkRelationship => &["PersonNumber", "PeriodOfServiceId"],
        Kind::Assignment if derived => &["PersonNumber", "PeriodOfServiceId", "AssignmentId"],
        Kind::Assignment | Kind::Manager => &["PersonNumber", "AssignmentId"],
        _ => &["PersonNumber"],
    };
    if own.iter().any(|key| has(source, key) && record.get(key).is_empty()) {
        record.reject("ROW001");
    }
    let ids = ["PersonNumber", "PersonId", "PeriodOfServiceId", "AssignmentId"];
    if ids.iter().any(|id| cells::is_damaged(record.get(id))) {
        record.reject("ROW002");
    }
}

/// Rule 5: the rows of one file that are equal after trimming; the first stays.
fn duplicates(records: &mut [Record]) {
    for later in 1..records.len() {
        let (before, rest) = records.split_at_mut(later);
        let record = &mut rest[0];
        let equal = |other: &Record| other.fate == Fate::Live && other.cells == record.cells;
        if record.fate == Fate::Live && before.iter().any(equal) {
            record.fate = Fate::Duplicate;
            record.codes.push(("ROW010", Severity::I));
        }
    }
}

/// Rule 6, for work relationships first: an untyped assignment row asks its work relationship.
fn types(records: &mut [Record]) {
    let relationships: Vec<Record> =
        records.iter().filter(|r| r.kind == Kind::WorkRelationship && r.fate == Fate::Live).cloned().collect();
    for record in records.iter_mut().filter(|r| r.fate == Fate::Live) {
        let admission = match record.kind {
            Kind::WorkRelationship => relationship_admission(record),
            Kind::Assignment => assignment_admission(record, &relationships),
            _ => continue,
        };
        match admission {
            Admission::Admitted(worker_type) => record.worker_type = worker_type,
            Admission::Terms => record.set_aside("ROW020", Severity::I),
            Admission::Offer => record.set_aside("ROW021", Severity::I),
            Admission::Unknown => record.set_aside("ROW022", Severity::W),
        }
    }
}

/// By PeriodType, by WorkerType where that is blank.
pub fn relationship_admission(record: &Record) -> Admission {
    match record.get("PeriodType") {
        "" => cells::admission(record.get("WorkerType"), true),
        period => cells::admission(period, false),
    }
}

fn assignment_admission(record: &Record, relationships: &[Record]) -> Admission {
    let own_type = record.get("AssignmentType");
    if !own_type.is_empty() {
        return cells::admission(own_type, false);
    }
    let id = record.get("PeriodOfServiceId");
    let mut of_that_id: Vec<&Record> =
        relationships.iter().filter(|w| !id.is_empty() && w.get("PeriodOfServiceId") == id).collect();
    // Its own first; of several the rule does not say which: by PersonNumber, then by text.
    let text = |w: &Record| ["PersonNumber", "PersonId", "PeriodType", "WorkerType"].map(|c| w.get(c).to_owned());
    of_that_id.sort_by_key(|w| (w.get("PersonNumber") != record.get("PersonNumber"), text(w)));
    // In a flat file the work relationship stands on the row itself.
    let relationship = of_that_id.first().copied().unwrap_or(record);
    match relationship_admission(relationship) {
        Admission::Admitted(None) => cells::admission(record.get("SystemPersonType"), true),
        other => other,
    }
}

/// The pairs of date columns that a rule reads of a kind, and the code of a pair the wrong way round.
pub fn date_columns(kind: Kind, derived: bool) -> &'static [(&'static str, &'static str, &'static str)] {
    const EFFECTIVE: (&str, &str, &str) = ("EffectiveStartDate", "EffectiveEndDate", "ROW031");
    const SERVICE: (&str, &str, &str) = ("DateStart", "ActualTerminationDate", "WR031");
    match kind {
        Kind::WorkRelationship => &[SERVICE],
        Kind::Assignment if derived => &[EFFECTIVE, SERVICE],
        _ => &[EFFECTIVE],
    }
}

/// Rule 7 and the flags: ROW030 to ROW035 and WR031.
fn values(record: &mut Record, source: &Source, settings: &Settings, derived: bool) {
    let mut timed = false;
    for (start_column, end_column, reversed) in date_columns(record.kind, derived) {
        let start = cells::date(record.get(start_column));
        let end = cells::date(record.get(end_column));
        if start == DateCell::Blank && has(source, start_column) && settings.mode == Mode::History {
            record.reject("ROW030");
        }
        if start == DateCell::Unreadable || end == DateCell::Unreadable {
            record.reject("ROW032");
        } else if record.start(start_column) > record.end(end_column) {
            record.reject(reversed);
        }
        timed |= [start, end].iter().any(|d| matches!(d, DateCell::Day { timed: true, .. }));
    }
    let flags: &[&str] = match record.kind {
        Kind::Assignment => {
            &["EffectiveLatestChange", "PrimaryFlag", "PrimaryAssignmentFlag", "PrimaryWorkRelationFlag"]
        }
        Kind::WorkRelationship | Kind::Email | Kind::Phone | Kind::Manager => &["PrimaryFlag"],
        Kind::Person => &["EmailPrimaryFlag"],
        Kind::Name => &[],
    };
    if flags.iter().any(|f| cells::flag(record.get(f)).is_err()) {
        record.reject("ROW034");
    }
    if record.kind == Kind::Assignment && cells::sequence(record.get("EffectiveSequence")).is_err() {
        record.reject("ROW035");
    }
    if timed {
        record.codes.push(("ROW033", Severity::I));
    }
}
