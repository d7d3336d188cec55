//! The attributes that every target needs: a last name and a work e-mail (rules 21 and 22).

use rayon::prelude::*;

use crate::model::code::Code;
use crate::model::kind::Kind;
use crate::model::worker::Disposition;
use crate::stages::normalize::{AT_ONCE, Workforce};
use crate::stages::resolve::Resolved;
use crate::stages::resolve::names::is_email;

/// Where a person's own attributes stand: on a person row, in a flat source on an assignment row, and where the pipeline has
/// an extract of names or of e-mails on a row of that.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    last_name: Column,
    work_email: Column,
    user_name: Column,
}

/// A column: which of the person's rows tells it, in which table that row stands, and at which place.
#[derive(Clone, Copy, Debug)]
struct Column {
    of: Kind,
    table: Kind,
    place: Option<usize>,
}

impl Column {
    fn cell<'a>(self, workforce: &'a Workforce, resolved: &Resolved) -> &'a str {
        let rows = &workforce.table(self.table).rows;
        match (resolved.row(self.of), self.place) {
            (Some(position), Some(place)) => rows.cells(&rows.rows[position as usize]).get(place),
            _ => "",
        }
    }
}

impl Places {
    pub fn of(workforce: &Workforce) -> Places {
        let core = if workforce.shape.has_persons { Kind::Person } else { Kind::Assignment };
        let is_configured = |satellite: Kind| workforce.table(satellite).configured;
        let name = if is_configured(Kind::Name) { Kind::Name } else { Kind::Person };
        let column = |of: Kind, attribute| {
            let table = if is_configured(of) { of } else { core };
            Column { of, table, place: workforce.table(table).layout.place(attribute) }
        };
        Places {
            last_name: column(name, "LastName"),
            work_email: column(Kind::Email, "WorkEmail"),
            user_name: column(Kind::Person, "UserName"),
        }
    }

    /// The work e-mail on D, or blank.
    pub fn work_email<'a>(&self, workforce: &'a Workforce, resolved: &Resolved) -> &'a str {
        self.work_email.cell(workforce, resolved)
    }

    /// The user name on D, or blank.
    pub fn user_name<'a>(&self, workforce: &'a Workforce, resolved: &Resolved) -> &'a str {
        self.user_name.cell(workforce, resolved)
    }
}

/// Rules 21 and 22 for everybody whom sections 2 to 7 let through. `PER031` and `PER041` quarantine only those who are
/// to be emitted; `OUT010` is raised for those alone, and quarantines where the target requires an e-mail.
pub fn check(workforce: &Workforce, resolved: &mut [Resolved], email_required: bool) {
    let places = Places::of(workforce);
    resolved.par_iter_mut().with_max_len(AT_ONCE).filter(|person| person.present && person.errors.is_empty()).for_each(
        |person| {
            let to_be_emitted = person.disposition.is_emitted();
            let mut failed = false;
            if places.last_name.cell(workforce, person).is_empty() {
                person.codes.insert(Code::Per031);
                failed |= fail(person, Code::Per031, to_be_emitted);
            }
            let email = places.work_email(workforce, person);
            if email.is_empty() {
                if to_be_emitted {
                    person.codes.insert(Code::Out010);
                    failed |= fail(person, Code::Out010, email_required);
                }
            } else if !is_email(email) {
                person.codes.insert(Code::Per041);
                failed |= fail(person, Code::Per041, to_be_emitted);
            }
            if failed {
                person.disposition = Disposition::Quarantined;
            }
        },
    );
}

fn fail(person: &mut Resolved, code: Code, is_error: bool) -> bool {
    if is_error {
        person.errors.insert(code);
    }
    is_error
}
