//! The table of resolved workers: one row a person, one column an attribute that some expression names. Up to here rows
//! keep their line numbers and their own errors; from here on columns are natural, and the rows behind them are gone.

use jiff::civil::{Date, date};
use polars::prelude::{Column, DataFrame, DataType, IntoColumn, NamedFrom, PolarsResult, Series};
use rayon::prelude::*;

use super::scope::{Scope, Type};
use crate::model::attribute;
use crate::model::date::DateFormat;
use crate::model::kind::Kind;
use crate::stages::normalize::Workforce;
use crate::stages::resolve::Resolved;

/// What the columns are made from.
pub struct Columns<'a> {
    pub workforce: &'a Workforce,
    pub resolved: &'a [Resolved],
    pub scope: &'a Scope,
    pub as_of: Date,
    /// How each kind writes its dates, in the order of `Kind::ALL`.
    pub dates: [DateFormat; 3],
}

/// Where a plain name is looked up, in this order (`pipeline.md` section 1).
const PRECEDENCE: [Kind; 3] = [Kind::Assignment, Kind::WorkRelationship, Kind::Person];
const MANAGER: &str = "Manager";

/// Builds the columns `names` for `persons`, in their order. A name that no file has gives a column of nulls.
pub fn build(columns: &Columns<'_>, names: &[String], persons: &[u32]) -> PolarsResult<DataFrame> {
    let built = names.par_iter().map(|name| columns.column(name, persons)).collect::<PolarsResult<Vec<Column>>>()?;
    DataFrame::new(persons.len(), built)
}

/// Where the cells of a column come from.
enum Origin {
    PersonNumber,
    WorkerState,
    ResolutionRule,
    WorkerType,
    /// The first of these kinds of which the person has a row.
    Cells(Vec<Place>),
    /// The row that tells the work e-mail (rule 22).
    Email(Place),
}

/// A column: which of the person's rows tells it, in which table that row stands, and at which place.
#[derive(Clone, Copy)]
struct Place {
    of: Kind,
    table: Kind,
    place: usize,
}

/// What stands on the row of the e-mail that was chosen, not on that of the name.
const OF_EMAIL: [&str; 3] = ["WorkEmail", "EmailType", "EmailPrimaryFlag"];

impl<'a> Columns<'a> {
    /// Whether any file has what a plain or qualified name means; names that resolution adds always exist.
    pub fn has(&self, name: &str) -> bool {
        let of_manager = self.scope.attribute(name).is_some_and(|attribute| attribute.after_selection);
        let own = if of_manager { name.strip_prefix(MANAGER).unwrap_or(name) } else { name };
        match self.origin(own) {
            Origin::Cells(places) => !places.is_empty() || matches!(own, "Active" | "AsOf"),
            _ => true,
        }
    }

    fn column(&self, name: &str, persons: &[u32]) -> PolarsResult<Column> {
        let of_manager = self.scope.attribute(name).is_some_and(|attribute| attribute.after_selection);
        let own = if of_manager { name.strip_prefix(MANAGER).unwrap_or(name) } else { name };
        let whose = |person: &u32| if of_manager { self.resolved[*person as usize].manager } else { Some(*person) };
        let people = || persons.iter().map(whose);
        let series = match (own, self.scope.kind(name)) {
            ("Active", _) => {
                let values: Vec<Option<bool>> =
                    people().map(|person| person.map(|person| self.resolved[person as usize].active)).collect();
                Series::new(name.into(), values)
            }
            ("AsOf", _) => days(name, people().map(|_| Some(self.as_of)))?,
            (_, Type::Date) => {
                let origin = self.origin(own);
                days(name, people().map(|person| self.date(&origin, person?)))?
            }
            _ => {
                let origin = self.origin(own);
                let texts: Vec<Option<&str>> =
                    people().map(|person| self.text(&origin, person?).filter(|text| !text.is_empty())).collect();
                Series::new(name.into(), texts)
            }
        };
        Ok(series.into_column())
    }

    fn origin(&self, name: &str) -> Origin {
        match name {
            "PersonNumber" => return Origin::PersonNumber,
            "WorkerState" => return Origin::WorkerState,
            "ResolutionRule" => return Origin::ResolutionRule,
            "WorkerType" => return Origin::WorkerType,
            _ => {}
        }
        let qualified = name
            .split_once('.')
            .and_then(|(kind, own)| Some((Kind::ALL.into_iter().find(|known| known.name() == kind)?, own)));
        let kinds: &[Kind] = match &qualified {
            Some((kind, _)) => std::slice::from_ref(kind),
            None => &PRECEDENCE,
        };
        let own = qualified.map_or(name, |(_, own)| own);
        let place = |kind: &Kind| {
            let table = self.workforce.table(self.kept_in(*kind));
            let place = table.has(own).then(|| table.layout.place(own)).flatten();
            let of = if self.kept_in(*kind) == *kind { *kind } else { owner(own) };
            place.map(|place| Place { of, table: self.kept_in(*kind), place })
        };
        let places: Vec<Place> = kinds.iter().filter_map(place).collect();
        match places.last() {
            Some(place) if OF_EMAIL.contains(&own) => Origin::Email(*place),
            _ => Origin::Cells(places),
        }
    }

    /// The kind whose rows carry the columns of `kind`: in a flat source the assignment's (rule 9).
    fn kept_in(&self, kind: Kind) -> Kind {
        if self.workforce.table(kind).configured { kind } else { Kind::Assignment }
    }

    fn text(&self, origin: &Origin, person: u32) -> Option<&'a str> {
        let resolved = &self.resolved[person as usize];
        match origin {
            Origin::PersonNumber => Some(self.workforce.number(person as usize)),
            Origin::WorkerState => resolved.state.map(|state| state.text()),
            Origin::ResolutionRule => Some(resolved.rule.text()),
            Origin::WorkerType => resolved.worker_type.map(|worker_type| worker_type.letter()),
            Origin::Cells(places) => {
                let (place, position) = first_row(places, resolved)?;
                Some(self.cell(place, position))
            }
            Origin::Email(place) => Some(self.cell(*place, resolved.email?)),
        }
    }

    fn cell(&self, place: Place, position: u32) -> &'a str {
        let rows = &self.workforce.table(place.table).rows;
        rows.cells(&rows.rows[position as usize]).get(place.place)
    }

    fn date(&self, origin: &Origin, person: u32) -> Option<Date> {
        let Origin::Cells(places) = origin else { return None };
        let (place, _) = first_row(places, &self.resolved[person as usize])?;
        let text = self.text(origin, person).filter(|text| !text.is_empty())?;
        self.dates[place.table as usize].read(text).map(|read| read.day)
    }
}

/// In a flat source: whose a name is that several kinds carry (`pipeline.md` section 1).
fn owner(name: &str) -> Kind {
    attribute::find_name(name).next().map_or(Kind::Assignment, |attribute| attribute.kind)
}

/// The column of the first kind of which the person has a row, and the position of the row.
fn first_row(places: &[Place], resolved: &Resolved) -> Option<(Place, u32)> {
    places.iter().find_map(|place| {
        let position = match place.of {
            Kind::Assignment => resolved.assignment,
            Kind::WorkRelationship => resolved.work_relationship,
            Kind::Person => resolved.person,
        };
        Some((*place, position?))
    })
}

fn days(name: &str, dates: impl Iterator<Item = Option<Date>>) -> PolarsResult<Series> {
    const EPOCH: Date = date(1970, 1, 1);
    let days: Vec<Option<i32>> = dates.map(|day| day.map(|day| (day - EPOCH).get_days())).collect();
    Series::new(name.into(), days).cast(&DataType::Date)
}
