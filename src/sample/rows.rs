//! The rows of the three files and of the answers: their columns, in Oracle's words, and how a row is written.

use jiff::civil::Date;

use super::cells::{Cell, Day};
use super::company::{DEPARTMENTS, EMPLOYERS, JOBS};
use super::names::Name;

pub const PERSON_HEADER: &str = "PersonNumber,PersonId,EffectiveStartDate,EffectiveEndDate,NameType,UserName,Title,\
    FirstName,LastName,KnownAs,DisplayName,WorkEmail,WorkPhone,DateOfBirth,Gender,CorrespondenceLanguage,AddressLine1,\
    TownOrCity,PostalCode,Country\n";

pub const RELATIONSHIP_HEADER: &str = "PeriodOfServiceId,PersonNumber,PersonId,PrimaryFlag,PeriodType,WorkerType,\
    DateStart,ActualTerminationDate,LegalEntityId,LegalEmployerName,LegislationCode,OriginalDateOfHire,\
    EnterpriseSeniorityDate,WorkerNumber,OnMilitaryServiceFlag,RehireRecommendation\n";

pub const ASSIGNMENT_HEADER: &str = "AssignmentId,AssignmentNumber,PeriodOfServiceId,PersonNumber,AssignmentType,\
    EffectiveStartDate,EffectiveEndDate,EffectiveSequence,EffectiveLatestChange,PrimaryFlag,PrimaryAssignmentFlag,\
    PrimaryWorkRelationFlag,AssignmentStatusType,AssignmentStatusTypeCode,ActionCode,BusinessUnitId,BusinessUnitName,\
    DepartmentId,DepartmentName,JobId,JobCode,JobName,LocationId,LocationName,ManagerAssignmentId,\
    ManagerAssignmentNumber,ManagerType\n";

pub const ANSWER_HEADER: &str = "PersonNumber,WorkerState,AssignmentId,Oddity\n";

/// The work e-mail of a row.
#[derive(Clone, Copy, Debug)]
pub enum Email {
    /// `first.last<number>@vision.example`: the number keeps it unique.
    Own(Name, Name, u64),
    /// One address for several people.
    Team(u64),
    Text(&'static str),
}

#[derive(Clone, Copy, Debug)]
pub struct PersonRow {
    pub number: Cell,
    pub person_id: Cell,
    pub start: Day,
    pub end: Day,
    pub name_type: &'static str,
    pub title: &'static str,
    pub first: Name,
    pub last: Name,
    pub known_as: &'static str,
    pub email: Email,
    pub user: u64,
    pub phone: u64,
    pub birth: Date,
    pub gender: &'static str,
    pub employer: usize,
}

#[derive(Clone, Copy, Debug)]
pub struct RelationshipRow {
    pub id: Cell,
    pub number: Cell,
    pub person_id: Cell,
    pub primary: &'static str,
    pub period_type: &'static str,
    pub worker_type: &'static str,
    pub start: Day,
    pub end: Day,
    pub employer: usize,
}

/// Where somebody sits: indexes into the tables of the company.
#[derive(Clone, Copy, Debug)]
pub struct Post {
    pub employer: usize,
    pub unit: usize,
    pub department: usize,
    pub job: usize,
}

#[derive(Clone, Copy, Debug)]
pub struct AssignmentRow {
    pub id: Cell,
    /// The letter before the person number in the assignment number, and what follows it.
    pub letter: &'static str,
    pub suffix: &'static str,
    pub relationship: Cell,
    pub number: Cell,
    pub kind: &'static str,
    pub start: Day,
    pub end: Day,
    pub sequence: Cell,
    pub latest: &'static str,
    pub overall: &'static str,
    pub primary: &'static str,
    pub primary_relationship: &'static str,
    pub status: &'static str,
    pub status_code: &'static str,
    pub action: &'static str,
    pub post: Post,
    pub manager: Cell,
    /// The manager's person number: the assignment number is `E` and it.
    pub manager_number: Cell,
    pub manager_type: &'static str,
}

/// The right answer for one person.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    pub number: Cell,
    pub state: &'static str,
    pub assignment: Cell,
    pub oddity: &'static str,
}

impl Email {
    fn write(self, out: &mut Vec<u8>) {
        match self {
            Email::Own(first, last, number) => {
                text(out, first.ascii);
                out.push(b'.');
                Cell { text: last.ascii, number }.write(out);
                text(out, "@vision.example");
            }
            Email::Team(number) => {
                Cell { text: "team", number }.write(out);
                text(out, "@vision.example");
            }
            Email::Text(address) => text(out, address),
        }
    }
}

impl PersonRow {
    pub fn write(&self, out: &mut Vec<u8>) {
        cell(out, self.number);
        cell(out, self.person_id);
        day(out, self.start);
        day(out, self.end);
        field(out, self.name_type);
        cell(out, Cell { text: self.last.ascii, number: self.user });
        field(out, self.title);
        field(out, self.first.text);
        field(out, self.last.text);
        field(out, self.known_as);
        text(out, self.first.text);
        out.push(b' ');
        field(out, self.last.text);
        self.email.write(out);
        out.push(b',');
        cell(out, Cell { text: "020 7946 ", number: self.phone });
        day(out, self.birth.into());
        field(out, self.gender);
        self.write_address(out);
    }

    fn write_address(&self, out: &mut Vec<u8>) {
        let employer = &EMPLOYERS[self.employer];
        field(out, "US");
        Cell::number(self.phone % 400 + 1).write(out);
        field(out, [" Harbour Street", " Mill Lane", " Orchard Road", " Kingfisher Way"][self.phone as usize % 4]);
        field(out, employer.locations[self.phone as usize % 2].name);
        cell(out, Cell::number(10_000 + self.phone * 7 % 80_000));
        last(out, employer.legislation);
    }
}

impl RelationshipRow {
    pub fn write(&self, out: &mut Vec<u8>) {
        let employer = &EMPLOYERS[self.employer];
        cell(out, self.id);
        cell(out, self.number);
        cell(out, self.person_id);
        field(out, self.primary);
        field(out, self.period_type);
        field(out, self.worker_type);
        day(out, self.start);
        day(out, self.end);
        cell(out, Cell::number(employer.entity.id));
        field(out, employer.entity.name);
        field(out, employer.legislation);
        day(out, self.start);
        day(out, self.start);
        text(out, self.period_type);
        cell(out, self.number);
        field(out, "N");
        last(out, if self.end == Day::BLANK { "" } else { "Y" });
    }
}

impl AssignmentRow {
    pub fn write(&self, out: &mut Vec<u8>) {
        cell(out, self.id);
        text(out, self.letter);
        self.number.write(out);
        field(out, self.suffix);
        cell(out, self.relationship);
        cell(out, self.number);
        field(out, self.kind);
        day(out, self.start);
        day(out, self.end);
        cell(out, self.sequence);
        for flag in [self.latest, self.overall, self.primary, self.primary_relationship] {
            field(out, flag);
        }
        field(out, self.status);
        field(out, self.status_code);
        field(out, self.action);
        self.post.write(out);
        cell(out, self.manager);
        if self.manager_number != Cell::BLANK {
            out.push(b'E');
        }
        cell(out, self.manager_number);
        last(out, self.manager_type);
    }
}

impl Post {
    fn write(self, out: &mut Vec<u8>) {
        let employer = &EMPLOYERS[self.employer];
        let (job, code) = JOBS[self.job];
        let (unit, department) = (employer.units[self.unit], DEPARTMENTS[self.department]);
        let location = employer.locations[(self.unit + self.department) % 2];
        for (thing, code) in [(unit, None), (department, None), (job, Some(code)), (location, None)] {
            cell(out, Cell::number(thing.id));
            if let Some(code) = code {
                field(out, code);
            }
            field(out, thing.name);
        }
    }
}

impl Answer {
    pub fn write(&self, out: &mut Vec<u8>) {
        cell(out, self.number);
        field(out, self.state);
        cell(out, self.assignment);
        last(out, self.oddity);
    }
}

fn text(out: &mut Vec<u8>, value: &str) {
    out.extend_from_slice(value.as_bytes());
}

fn field(out: &mut Vec<u8>, value: &str) {
    text(out, value);
    out.push(b',');
}

fn last(out: &mut Vec<u8>, value: &str) {
    text(out, value);
    out.push(b'\n');
}

fn cell(out: &mut Vec<u8>, value: Cell) {
    value.write(out);
    out.push(b',');
}

fn day(out: &mut Vec<u8>, value: Day) {
    value.write(out);
    out.push(b',');
}
