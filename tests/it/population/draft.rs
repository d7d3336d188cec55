//! The rows of a population as maps from attribute to text, and the small operations that make them.

use std::collections::BTreeMap;

use fastrand::Rng;
use jiff::ToSpan;
use jiff::civil::Date;

pub type Row = BTreeMap<&'static str, String>;

/// One dated stretch of an assignment: first day, last day (open if none), status; days are counted from D.
pub type Stretch = (i64, Option<i64>, &'static str);

/// The flags of an assignment row.
#[derive(Clone, Copy)]
pub struct Flags {
    pub assignment: bool,
    pub relation: bool,
}

pub const BOTH: Flags = Flags { assignment: true, relation: true };
pub const ONLY_ASSIGNMENT: Flags = Flags { assignment: true, relation: false };
pub const ONLY_RELATION: Flags = Flags { assignment: false, relation: true };
pub const NEITHER: Flags = Flags { assignment: false, relation: false };

/// The population while it is being made.
pub struct Draft {
    pub rng: Rng,
    pub as_of: Date,
    pub persons: Vec<Row>,
    pub relationships: Vec<Row>,
    pub assignments: Vec<Row>,
    pub persons_made: usize,
    last_id: usize,
}

impl Draft {
    pub fn new(rng: Rng, as_of: Date) -> Draft {
        Draft { rng, as_of, persons: vec![], relationships: vec![], assignments: vec![], persons_made: 0, last_id: 0 }
    }

    /// A day counted from D, in one of the forms that are read.
    pub fn day(&mut self, offset: i64) -> String {
        let day = self.as_of.checked_add(offset.days()).unwrap_or(self.as_of);
        match self.rng.u8(..120) {
            0 => day.strftime("%Y%m%d").to_string(),
            1 => format!("{day}T00:00:00"),
            2 => format!("{day} 00:00:00.000+00:00"),
            3 => format!("{day}T23:59:59Z"),
            _ => day.to_string(),
        }
    }

    fn end(&mut self, offset: Option<i64>) -> String {
        match offset {
            Some(offset) => self.day(offset),
            None => ["", "4712-12-31", "9999-12-31", "47121231"][self.rng.usize(..4)].to_owned(),
        }
    }

    fn flag(&mut self, value: bool) -> String {
        let forms = if value { ["Y", "Y", "Yes", "true", "1"] } else { ["N", "N", "no", "FALSE", "0"] };
        forms[self.rng.usize(..forms.len())].to_owned()
    }

    /// An id that is no number: of several lengths, some with letters and zeros in front.
    fn id(&mut self, prefix: &str) -> String {
        self.last_id += 1;
        let n = self.last_id;
        match self.rng.u8(..8) {
            0 => format!("{prefix}00000000000{n:05}"),
            1 => format!("{prefix}-{n}A"),
            2 => format!("{n}E5{prefix}"),
            3 => format!("0{prefix}{n}"),
            _ => format!("{prefix}{n}"),
        }
    }

    /// A new person with one row, or with a history of names.
    pub fn person(&mut self) -> String {
        let number = self.id("1");
        self.person_called(number.clone());
        number
    }

    /// A person under a given number.
    pub fn person_called(&mut self, number: String) {
        self.persons_made += 1;
        let n = self.persons_made;
        let mut row = Row::new();
        row.insert("PersonNumber", number);
        let id = self.id("7");
        row.insert("PersonId", id);
        row.insert("EffectiveStartDate", self.day(-900));
        let end = self.end(None);
        row.insert("EffectiveEndDate", end);
        row.insert("NameType", "GLOBAL".into());
        row.insert("FirstName", format!("First{n}"));
        row.insert("LastName", if self.rng.u8(..60) == 0 { String::new() } else { format!("Last{n}") });
        let email = match self.rng.u8(..40) {
            0 => String::new(),
            1 | 2 => "shared@vision.example".into(),
            3 => "Shared@Vision.example".into(),
            4 => ["a@b@c", "nobody", "a b@vision.example", "@vision.example", "a@"][self.rng.usize(..5)].into(),
            _ => format!("p{n}@vision.example"),
        };
        row.insert("WorkEmail", email);
        row.insert("EmailType", ["", "W1"][self.rng.usize(..2)].into());
        row.insert("UserName", if self.rng.u8(..25) == 0 { "Same.User".into() } else { format!("user{n}") });
        self.vary_person(row);
    }

    /// The rows of one person: one, a change of name near D, names of two types, or two e-mails.
    fn vary_person(&mut self, row: Row) {
        let mut other = row.clone();
        let mut row = row;
        match self.rng.u8(..28) {
            0 => {
                let change = self.near();
                row.insert("EffectiveEndDate", self.day(change - 1));
                other.insert("EffectiveStartDate", self.day(change));
                other.insert("LastName", "Changed".into());
            }
            1 => {
                other.insert("NameType", ["US", "GB", ""][self.rng.usize(..3)].into());
                row.insert("NameType", ["GLOBAL", "DE"][self.rng.usize(..2)].into());
                other.insert("LastName", String::new());
            }
            2 => {
                other.insert("WorkEmail", format!("second{}@vision.example", self.persons_made));
                other.insert("EmailType", ["W1", "H1"][self.rng.usize(..2)].into());
                let flag = self.rng.bool();
                other.insert("EmailPrimaryFlag", self.flag(flag));
            }
            3 => {
                row.insert("EffectiveStartDate", self.day(1));
            }
            4 => {
                row.insert("EffectiveEndDate", self.day(-1));
            }
            _ => {}
        }
        if other.iter().any(|(name, text)| {
            *name != "EffectiveStartDate" && *name != "EffectiveEndDate" && row.get(name) != Some(text)
        }) {
            self.persons.push(other);
        }
        self.persons.push(row);
    }

    /// A day near D: the boundaries most often.
    pub fn near(&mut self) -> i64 {
        [-30, -2, -1, -1, 0, 0, 0, 1, 1, 2, 30][self.rng.usize(..11)]
    }

    pub fn relationship(&mut self, person: &str, kind: &str, start: i64, end: Option<i64>, primary: bool) -> String {
        let id = self.id("3");
        let mut row = Row::new();
        row.insert("PersonNumber", person.into());
        row.insert("PersonId", self.person_id(person));
        row.insert("PeriodOfServiceId", id.clone());
        row.insert("PeriodType", kind.into());
        if self.rng.u8(..8) == 0 {
            let long = ["EMP", "CWK", "NONW", "PWK"][["E", "C", "N", "P"].iter().position(|k| *k == kind).unwrap_or(0)];
            row.insert("PeriodType", String::new());
            row.insert("WorkerType", [long, kind, ""][self.rng.usize(..3)].into());
        }
        row.insert("LegislationCode", ["US", "GB"][self.rng.usize(..2)].into());
        row.insert("DateStart", self.day(start));
        let end = self.end(end);
        row.insert("ActualTerminationDate", end);
        row.insert("PrimaryFlag", self.flag(primary));
        self.relationships.push(row);
        id
    }

    fn person_id(&self, person: &str) -> String {
        self.persons.iter().find(|p| p["PersonNumber"] == person).map_or(String::new(), |p| p["PersonId"].clone())
    }

    /// An assignment with a row for each stretch; gives its id.
    pub fn assignment(
        &mut self,
        person: &str,
        service: &str,
        kind: &str,
        flags: Flags,
        stretches: &[Stretch],
    ) -> String {
        let id = self.id("5");
        let number = if self.rng.u8(..20) == 0 { "E-SAME".into() } else { format!("E{id}") };
        for (start, end, status) in stretches {
            let mut row = Row::new();
            row.insert("PersonNumber", person.into());
            row.insert("PersonId", self.person_id(person));
            row.insert("PeriodOfServiceId", service.into());
            row.insert("AssignmentId", id.clone());
            row.insert("AssignmentNumber", number.clone());
            row.insert("AssignmentType", kind.into());
            let system = match kind {
                "C" => "CWK",
                "N" => "NONW",
                "P" => "PWK",
                _ => "EMP",
            };
            row.insert("SystemPersonType", system.into());
            row.insert("EffectiveStartDate", self.day(*start));
            let end = self.end(*end);
            row.insert("EffectiveEndDate", end);
            row.insert("EffectiveSequence", ["1", "1", ""][self.rng.usize(..3)].into());
            row.insert("EffectiveLatestChange", ["Y", "Y", ""][self.rng.usize(..3)].into());
            self.status(&mut row, status);
            row.insert("PrimaryFlag", self.flag(flags.assignment && flags.relation));
            row.insert("PrimaryAssignmentFlag", self.flag(flags.assignment));
            row.insert("PrimaryWorkRelationFlag", self.flag(flags.relation));
            self.odd_flag(&mut row);
            self.assignments.push(row);
        }
        id
    }

    /// Now and then one of the three flags is blank, or not what the other two say.
    fn odd_flag(&mut self, row: &mut Row) {
        if self.rng.u8(..12) == 0 {
            let flag = ["PrimaryFlag", "PrimaryAssignmentFlag", "PrimaryWorkRelationFlag", "PrimaryFlag"];
            let text = ["", "Y", "N"][self.rng.usize(..3)];
            row.insert(flag[self.rng.usize(..4)], text.to_owned());
        }
    }

    fn status(&mut self, row: &mut Row, status: &str) {
        let codes = match status {
            "ACTIVE" => ["ACTIVE_PROCESS", "ACTIVE_NO_PROCESS", "ACME_WORKING"],
            "SUSPENDED" => ["SUSPEND_PROCESS", "SUSPEND_NO_PROCESS", "ACME_LEAVE"],
            _ => ["INACTIVE_PROCESS", "INACTIVE_NO_PROCESS", "ACME_GONE"],
        };
        let codes = if self.rng.u8(..60) == 0 { ["STRANGE", "ACME_LEAVE", "INACTIVE_PROCESS"] } else { codes };
        row.insert("AssignmentStatusTypeCode", codes[self.rng.usize(..3)].into());
        row.insert("AssignmentStatusType", if self.rng.u8(..6) == 0 { String::new() } else { status.into() });
    }

    /// The rows of an assignment, to be changed.
    pub fn rows_of(&mut self, assignment: &str) -> Vec<&mut Row> {
        self.assignments.iter_mut().filter(|r| r["AssignmentId"] == assignment).collect()
    }
}

/// Of the rows of each assignment the one in effect on the day, else the last: a snapshot.
pub fn keep_the_day(rows: &mut Vec<Row>, day: Date) {
    let day = day.to_string();
    let mut kept: BTreeMap<String, Row> = BTreeMap::new();
    for row in rows.iter() {
        let id = row["AssignmentId"].clone();
        let covers = |row: &Row| {
            row["EffectiveStartDate"] <= day && (row["EffectiveEndDate"].is_empty() || row["EffectiveEndDate"] >= day)
        };
        if kept.get(&id).is_none_or(|before| !covers(before)) {
            kept.insert(id, row.clone());
        }
    }
    *rows = kept.into_values().collect();
}

/// The first row of each person: an undated file has no more.
pub fn one_row_a_person(rows: &mut Vec<Row>) {
    let mut seen = std::collections::BTreeSet::new();
    rows.retain(|row| seen.insert(row["PersonNumber"].clone()));
}

/// Copies columns of the rows with the same key.
pub fn join(rows: &mut [Row], from: &[Row], key: &str, columns: &[&'static str]) {
    for row in rows {
        if let Some(other) = from.iter().find(|o| o.get(key) == row.get(key)) {
            for column in columns {
                row.insert(column, other.get(column).cloned().unwrap_or_default());
            }
        }
    }
}
