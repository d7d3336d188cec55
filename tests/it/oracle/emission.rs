//! Section 7: who is active, and who is emitted (rule 19).

use super::input::{Policy, Status};
use super::relationship;
use super::taken;
use super::world::{Disposition, Person, Severity, State, World};

/// The name of a state in reports.
pub fn name(state: State) -> &'static str {
    match state {
        State::Current => "CURRENT",
        State::Pending => "PENDING",
        State::Future => "FUTURE",
        State::Terminated => "TERMINATED",
        State::NoEmployment => "NO_EMPLOYMENT",
    }
}

/// Rule 19.
pub fn section_7(world: &World, person: &mut Person) {
    let Some(state) = person.state else { return };
    if state == State::Current {
        let statuses = statuses_of_workers(world, person);
        if statuses.contains(&Some(Status::Active)) {
            person.active = true;
        } else if statuses.contains(&Some(Status::Suspended)) {
            person.active = world.settings.suspended_active;
            person.raise("STA010", Severity::I);
        }
    }
    let emit = world.settings.emit;
    let policy = match state {
        State::Current => emit.active,
        State::Pending => emit.pending,
        State::Future => emit.future,
        State::Terminated => emit.terminated,
        State::NoEmployment => emit.no_employment,
    };
    person.disposition = Some(match policy {
        Policy::Exclude => Disposition::Excluded,
        Policy::EmitInactive => Disposition::EmittedInactive,
        Policy::Emit if state == State::Current && !person.active => Disposition::EmittedInactive,
        Policy::Emit => Disposition::Emitted,
    });
}

/// The statuses on D of the assignments of CURRENT work relationships of employees, contingent workers, nonworkers.
fn statuses_of_workers(world: &World, person: &Person) -> Vec<Option<Status>> {
    if world.handmade {
        let rows = person.assignments.iter().filter_map(|a| a.on_d.rows()).map(|rows| rows[0]);
        let of_workers = rows.filter(|row| world.records[*row].worker_type != Some('P'));
        return of_workers.map(|row| taken::status(world, row).0).collect();
    }
    let workers = person.relationships.iter().filter(|w| w.state == State::Current && !w.is_pending());
    workers.flat_map(|w| relationship::statuses_on_d(world, person, &w.assignments)).collect()
}
