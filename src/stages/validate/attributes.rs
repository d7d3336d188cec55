//! The attributes that every target needs: a last name and a work e-mail (rules 21 and 22).

use rayon::prelude::*;

use crate::model::code::Code;
use crate::model::kind::Kind;
use crate::model::layout::person::{LAST_NAME, USER_NAME, WORK_EMAIL};
use crate::model::worker::Disposition;
use crate::stages::normalize::Workforce;
use crate::stages::resolve::Resolved;
use crate::stages::resolve::names::is_email;

/// Where a person's own attributes stand: on a person row, or in a flat source on an assignment row.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    kind: Kind,
    last_name: Option<usize>,
    work_email: Option<usize>,
    user_name: Option<usize>,
}

impl Places {
    pub fn of(workforce: &Workforce) -> Places {
        if workforce.shape.has_persons {
            return Places {
                kind: Kind::Person,
                last_name: Some(LAST_NAME),
                work_email: Some(WORK_EMAIL),
                user_name: Some(USER_NAME),
            };
        }
        let place = |attribute| workforce.assignment.layout.place(attribute);
        Places {
            kind: Kind::Assignment,
            last_name: place("LastName"),
            work_email: place("WorkEmail"),
            user_name: place("UserName"),
        }
    }

    fn cell<'a>(&self, workforce: &'a Workforce, position: Option<u32>, place: Option<usize>) -> &'a str {
        let rows = &workforce.table(self.kind).rows;
        match (position, place) {
            (Some(position), Some(place)) => rows.cells(&rows.rows[position as usize]).get(place),
            _ => "",
        }
    }

    /// The work e-mail on D, or blank.
    pub fn work_email<'a>(&self, workforce: &'a Workforce, resolved: &Resolved) -> &'a str {
        self.cell(workforce, resolved.email, self.work_email)
    }

    /// The user name on D, or blank.
    pub fn user_name<'a>(&self, workforce: &'a Workforce, resolved: &Resolved) -> &'a str {
        self.cell(workforce, resolved.person, self.user_name)
    }
}

/// Rules 21 and 22 for everybody whom sections 2 to 7 let through. `PER031` and `PER041` quarantine only those who are
/// to be emitted; `OUT010` is raised for those alone, and quarantines where the target requires an e-mail.
pub fn check(workforce: &Workforce, resolved: &mut [Resolved], email_required: bool) {
    let places = Places::of(workforce);
    resolved.par_iter_mut().filter(|person| person.present && person.errors.is_empty()).for_each(|person| {
        let to_be_emitted = person.disposition.is_emitted();
        let mut failed = false;
        if places.cell(workforce, person.person, places.last_name).is_empty() {
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
    });
}

fn fail(person: &mut Resolved, code: Code, is_error: bool) -> bool {
    if is_error {
        person.errors.insert(code);
    }
    is_error
}
