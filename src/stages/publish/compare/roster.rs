//! Everybody of a run, one by one in the order of PersonNumbers: `resolution.csv`, with the lines of `placement.csv`
//! beside it for those who are users.

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::super::{PublishError, lists};
use super::Run;
use super::source::{Source, wrong};

/// The persons of a run, being read.
pub struct Roster {
    people: List,
    /// A run of an earlier version has none.
    places: Option<List>,
    person: Person,
    there: bool,
}

/// A person of a run, as its lines in both files say.
#[derive(Default)]
pub struct Person {
    resolution: ByteRecord,
    /// Empty for who is no user.
    placement: ByteRecord,
}

impl Roster {
    /// Opens the lists of a run, at its first person.
    pub fn open(run: Run<'_>) -> Result<Roster, PublishError> {
        let people = List::open(run, "resolution.csv", &lists::RESOLUTION)?;
        let places =
            run.output(lists::PLACEMENT_FILE).map(|_| List::open(run, lists::PLACEMENT_FILE, &lists::PLACEMENT));
        let mut roster = Roster { people, places: places.transpose()?, person: Person::default(), there: false };
        if let Some(places) = &mut roster.places {
            places.next()?;
        }
        roster.advance()?;
        Ok(roster)
    }

    /// The person at hand; `None` after the last.
    pub fn person(&self) -> Option<&Person> {
        self.there.then_some(&self.person)
    }

    /// Goes on to the next person.
    pub fn advance(&mut self) -> Result<(), PublishError> {
        let Person { resolution, placement } = &mut self.person;
        let was_there = self.there;
        self.there = self.people.next()?;
        if was_there && self.there && self.people.row.get(0) <= resolution.get(0) {
            return Err(self.people.refuse(&wrong("it is not sorted by PersonNumber")));
        }
        std::mem::swap(resolution, &mut self.people.row);
        placement.clear();
        match &mut self.places {
            Some(places) if self.there && places.row.get(0) == resolution.get(0) => {
                std::mem::swap(placement, &mut places.row);
                places.next().map(|_| ())
            }
            _ => Ok(()),
        }
    }

    /// Holds what was read against the manifest, where the run is checked.
    pub fn finish(self) -> Result<(), PublishError> {
        self.people.finish()?;
        self.places.map_or(Ok(()), List::finish)
    }
}

/// A list of a run, being read.
struct List {
    rows: Reader<Source>,
    /// The row at hand; empty after the last.
    row: ByteRecord,
}

impl List {
    fn open(run: Run<'_>, name: &str, columns: &[&str]) -> Result<List, PublishError> {
        let rows = ReaderBuilder::new().buffer_capacity(1 << 18).from_reader(Source::open(run, name)?);
        let mut list = List { rows, row: ByteRecord::new() };
        match list.rows.byte_headers() {
            Ok(header) if *header == *columns => Ok(list),
            Ok(_) => Err(list.refuse(&wrong("it has other columns"))),
            Err(error) => Err(list.rows.get_ref().refuse(&error)),
        }
    }

    fn next(&mut self) -> Result<bool, PublishError> {
        let read = self.rows.read_byte_record(&mut self.row);
        read.map_err(|error| self.refuse(&error))
    }

    fn refuse(&self, error: &csv::Error) -> PublishError {
        self.rows.get_ref().refuse(error)
    }

    fn finish(self) -> Result<(), PublishError> {
        self.rows.into_inner().finish()
    }
}

impl Person {
    fn resolved(&self, column: usize) -> &[u8] {
        self.resolution.get(column).unwrap_or_default()
    }

    fn placed(&self, column: usize) -> &[u8] {
        self.placement.get(column).unwrap_or_default()
    }

    pub fn number(&self) -> &[u8] {
        self.resolved(0)
    }

    /// Whether the person has left, in whichever file that stands.
    pub fn has_left(&self) -> bool {
        self.resolved(1) == b"TERMINATED"
    }

    /// Whether the person is an active user. Emitted and not active are future hires and their like, where the
    /// pipeline emits them.
    pub fn is_active(&self) -> bool {
        self.resolved(2) == b"true" && self.disposition() == lists::EMITTED
    }

    pub fn is_user(&self) -> bool {
        self.disposition().starts_with(lists::EMITTED)
    }

    pub fn disposition(&self) -> &str {
        std::str::from_utf8(self.resolved(3)).unwrap_or_default()
    }

    pub fn assignment(&self) -> &[u8] {
        self.resolved(5)
    }

    pub fn manager(&self) -> &[u8] {
        self.resolved(6)
    }

    pub fn rule(&self) -> &[u8] {
        self.resolved(7)
    }

    /// The id of the legal employer; empty where it is not known.
    pub fn legal_employer(&self) -> &[u8] {
        self.placed(1)
    }

    /// The id of the business unit; empty where it is not known.
    pub fn business_unit(&self) -> &[u8] {
        self.placed(2)
    }

    /// The row of the user file, counted from 0; `None` for who stands in a file of a state.
    pub fn row(&self) -> Option<usize> {
        let row: usize = std::str::from_utf8(self.placed(3)).ok()?.parse().ok()?;
        row.checked_sub(1)
    }
}
