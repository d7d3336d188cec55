//! The table of resolved workers: one row a person, one column an attribute that some expression names. Up to here rows
//! keep their line numbers and their own errors; from here on columns are natural, and the rows behind them are gone.

use jiff::civil::{Date, date};
use polars::prelude::{Column, DataFrame, DataType, IntoColumn, NamedFrom, PolarsResult, Series};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;

use super::elements::Element;
use super::scope::{Scope, Type};
use crate::model::attribute;
use crate::model::date::DateFormat;
use crate::model::kind::Kind;
use crate::model::layout::{Layout, Role, satellite};
use crate::model::row::Fate;
use crate::stages::normalize::{Side, Workforce};
use crate::stages::resolve::Resolved;
use crate::stages::resolve::satellites::is_home;

/// What the columns are made from.
pub struct Columns<'a> {
    pub workforce: &'a Workforce,
    pub resolved: &'a [Resolved],
    pub scope: &'a Scope,
    pub as_of: Date,
    /// The side extracts, in the order of the pipeline.
    pub sides: &'a [Side],
    /// How each kind writes its dates, in the order of `Kind::ALL`.
    pub dates: [DateFormat; Kind::ALL.len()],
}

/// Where a plain name is looked up, in this order (`pipeline.md` section 1).
const PRECEDENCE: [Kind; 3] = [Kind::Assignment, Kind::WorkRelationship, Kind::Person];
pub(super) const MANAGER: &str = "Manager";

/// Builds the columns `names` for `persons`, in their order. A name that no file has gives a column of nulls.
pub fn build(columns: &Columns<'_>, names: &[String], persons: &[u32]) -> PolarsResult<DataFrame> {
    columns.table(names, Subjects::Persons(persons))
}

/// Builds the columns `names` for elements of lists, in their order.
pub(super) fn build_elements(columns: &Columns<'_>, names: &[String], elements: &[Element]) -> PolarsResult<DataFrame> {
    columns.table(names, Subjects::Elements(elements))
}

/// The rows of a side extract that belongs to nobody, by key, a column each of what it has.
pub fn build_rows(side: &Side) -> PolarsResult<DataFrame> {
    let rows = side.on_day();
    let columns =
        side.layout.columns().iter().enumerate().filter(|(place, _)| *place == 0 || *place >= Layout::SIDE_VALUES);
    let column = |(place, (name, _)): (usize, &(String, Role))| {
        let cells: Vec<Option<&str>> =
            rows.iter().map(|cells| cells.get(place)).map(|cell| Some(cell).filter(|cell| !cell.is_empty())).collect();
        Series::new(name.as_str().into(), cells).into_column()
    };
    DataFrame::new(rows.len(), columns.map(column).collect())
}

/// Whom the rows of a table are about.
#[derive(Clone, Copy)]
enum Subjects<'a> {
    Persons(&'a [u32]),
    Elements(&'a [Element]),
}

impl<'a> Subjects<'a> {
    fn len(self) -> usize {
        match self {
            Subjects::Persons(persons) => persons.len(),
            Subjects::Elements(elements) => elements.len(),
        }
    }

    /// The same in pieces of a size that a core's cache holds the rows of; none of nobody.
    fn pieces(self) -> Vec<Self> {
        const SUBJECTS: usize = 4096;
        match self {
            Subjects::Persons(persons) => persons.chunks(SUBJECTS).map(Subjects::Persons).collect(),
            Subjects::Elements(elements) => elements.chunks(SUBJECTS).map(Subjects::Elements).collect(),
        }
    }

    fn iter(self) -> impl Iterator<Item = Subject<'a>> {
        (0..self.len()).map(move |at| match self {
            Subjects::Persons(persons) => Subject { person: persons[at], element: None },
            Subjects::Elements(elements) => Subject { person: elements[at].person, element: Some(&elements[at]) },
        })
    }
}

/// Whom a row is about: a person, or a person as far as one element of a list goes.
#[derive(Clone, Copy)]
struct Subject<'a> {
    person: u32,
    element: Option<&'a Element>,
}

impl Subject<'_> {
    fn of(person: u32) -> Self {
        Subject { person, element: None }
    }
}

/// The columns `names` of the rows of a kind that take part, and the positions of these. A column that no file has is null.
pub fn build_admitted(columns: &Columns<'_>, kind: Kind, names: &[String]) -> PolarsResult<(DataFrame, Vec<u32>)> {
    let table = columns.workforce.table(kind);
    let admitted = |position: &u32| table.rows.rows[*position as usize].fate == Fate::Admitted;
    let positions: Vec<u32> = (0..table.rows.rows.len() as u32).filter(admitted).collect();
    let column = |name: &String| {
        let place = table.layout.place(name).filter(|_| table.has(name));
        let cell = |position: &u32| {
            let text = table.rows.cells(&table.rows.rows[*position as usize]).get(place?);
            (!text.is_empty()).then_some(text)
        };
        let is_date = attribute::of_kind(kind)
            .iter()
            .chain(attribute::brought_by(kind))
            .any(|attribute| attribute.name == *name && attribute.ty == attribute::Type::Date);
        Ok(if is_date {
            let read = |text: &str| columns.dates[kind as usize].read(text).map(|read| read.day);
            days(name, positions.iter().map(|position| cell(position).and_then(read)))?
        } else {
            Series::new(name.as_str().into(), positions.iter().map(cell).collect::<Vec<Option<&str>>>())
        }
        .into_column())
    };
    let built = names.iter().map(column).collect::<PolarsResult<Vec<Column>>>()?;
    Ok((DataFrame::new(positions.len(), built)?, positions))
}

/// Where the cells of a column come from.
pub(super) enum Origin {
    PersonNumber,
    WorkerState,
    ResolutionRule,
    WorkerType,
    /// The first of these kinds of which the person has a row.
    Cells(Vec<Place>),
    /// The number on the row that rule 23 takes, if it is no home number.
    WorkPhone,
    /// A column of a side extract: its index, the place of the column, and where the key comes from.
    Side(usize, usize, Box<Origin>),
}

/// How a side extract met the people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Joined {
    pub extract: &'static str,
    pub key: String,
    /// Persons whose key has a row.
    pub found: u64,
    /// Persons whose key has none: what it brings is null.
    pub not_found: u64,
    /// Persons who have no value to look up.
    pub without_key: u64,
}

impl Joined {
    /// Adds the persons of a later part.
    pub fn add(&mut self, later: Joined) {
        self.found += later.found;
        self.not_found += later.not_found;
        self.without_key += later.without_key;
    }
}

/// A column: which of the person's rows tells it, in which table that row stands, and at which place.
#[derive(Clone, Copy)]
pub(super) struct Place {
    of: Kind,
    pub table: Kind,
    pub place: usize,
}

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

    /// What an attribute of the person itself says of a person, for counting without a table; blank is nothing.
    pub fn lookup(&self, name: &str) -> impl Fn(u32) -> Option<&'a str> + Sync {
        let origin = if name == "Active" { None } else { Some(self.origin(name)) };
        move |person| match &origin {
            Some(origin) => self.text(origin, Subject::of(person)).filter(|text| !text.is_empty()),
            None => Some(if self.resolved[person as usize].is_written_as_active() { "true" } else { "false" }),
        }
    }

    /// Piece by piece: the rows of some thousand persons stay in the cache while every column takes its cells from them.
    fn table(&self, names: &[String], subjects: Subjects<'_>) -> PolarsResult<DataFrame> {
        let piece = |subjects: Subjects<'_>| {
            let built = names.iter().map(|name| self.column(name, subjects)).collect::<PolarsResult<Vec<Column>>>()?;
            DataFrame::new(subjects.len(), built)
        };
        let pieces = subjects.pieces().into_par_iter().map(piece).collect::<PolarsResult<Vec<DataFrame>>>()?;
        let mut pieces = pieces.into_iter();
        let Some(mut table) = pieces.next() else { return piece(subjects) };
        pieces.try_for_each(|piece| table.vstack_mut_owned(piece).map(|_| ()))?;
        Ok(table)
    }

    /// The row of a kind that tells of somebody: an element's own, else the one that resolution took.
    fn row(&self, of: Subject<'_>, kind: Kind) -> Option<u32> {
        let own = of.element.and_then(|element| element.own(kind));
        own.unwrap_or_else(|| self.resolved[of.person as usize].row(kind))
    }

    fn column(&self, name: &str, subjects: Subjects<'_>) -> PolarsResult<Column> {
        let of_manager = self.scope.attribute(name).is_some_and(|attribute| attribute.after_selection);
        let own = if of_manager { name.strip_prefix(MANAGER).unwrap_or(name) } else { name };
        let whose = |subject: Subject<'_>| self.resolved[subject.person as usize].manager.map(Subject::of);
        let people = || subjects.iter().map(|subject| if of_manager { whose(subject) } else { Some(subject) });
        let series = match (own, self.scope.kind(name)) {
            ("Active", _) => {
                let values: Vec<Option<bool>> =
                    people().map(|of| of.map(|of| self.resolved[of.person as usize].is_written_as_active())).collect();
                Series::new(name.into(), values)
            }
            ("AsOf", _) => days(name, people().map(|_| Some(self.as_of)))?,
            (_, Type::Date) => {
                let origin = self.origin(own);
                days(name, people().map(|of| self.date(&origin, of?)))?
            }
            _ => {
                let origin = self.origin(own);
                let texts: Vec<Option<&str>> =
                    people().map(|of| self.text(&origin, of?).filter(|text| !text.is_empty())).collect();
                Series::new(name.into(), texts)
            }
        };
        Ok(series.into_column())
    }

    pub(super) fn origin(&self, name: &str) -> Origin {
        match name {
            "PersonNumber" => return Origin::PersonNumber,
            "WorkerState" => return Origin::WorkerState,
            "ResolutionRule" => return Origin::ResolutionRule,
            "WorkerType" => return Origin::WorkerType,
            "WorkPhone" if self.workforce.table(Kind::Phone).configured => return Origin::WorkPhone,
            _ => {}
        }
        if let Some(origin) = self.side(name) {
            return origin;
        }
        let qualified = name.split_once('.').and_then(|(kind, own)| Some((Kind::named(kind)?, own)));
        let kinds = match &qualified {
            Some((kind, _)) => vec![*kind],
            None => self.holders(name),
        };
        let own = qualified.map_or(name, |(_, own)| own);
        let place = |kind: &Kind| {
            let table = self.workforce.table(self.kept_in(*kind));
            let place = table.has(own).then(|| table.layout.place(own)).flatten();
            place.map(|place| Place { of: self.teller(*kind, own), table: self.kept_in(*kind), place })
        };
        Origin::Cells(kinds.iter().filter_map(place).collect())
    }

    /// How each side extract meets `persons`.
    pub fn joined(&self, persons: &[u32]) -> Vec<Joined> {
        let one = |side: &Side| {
            let key = self.origin(&side.key);
            let mut joined =
                Joined { extract: side.name, key: side.key.clone(), found: 0, not_found: 0, without_key: 0 };
            for person in persons {
                let bucket = match self.text(&key, Subject::of(*person)).filter(|key| !key.is_empty()) {
                    None => &mut joined.without_key,
                    Some(key) if side.find(key).is_some() => &mut joined.found,
                    Some(_) => &mut joined.not_found,
                };
                *bucket += 1;
            }
            joined
        };
        self.sides.iter().filter(|side| !side.alone).map(one).collect()
    }

    /// A column that a side extract brings: qualified, or plain where the people have no such attribute.
    fn side(&self, name: &str) -> Option<Origin> {
        let (extract, own) = name.split_once('.').map_or((None, name), |(extract, own)| (Some(extract), own));
        if extract.is_none() && attribute::find_name(name).next().is_some() {
            return None;
        }
        let named = |side: &&Side| !side.alone && extract.is_none_or(|extract| extract == side.name);
        let place = |(index, side): (usize, &Side)| {
            let place = side.layout.place(own).filter(|place| *place >= Layout::SIDE_VALUES)?;
            named(&side).then(|| Origin::Side(index, place, Box::new(self.origin(&side.key))))
        };
        self.sides.iter().enumerate().find_map(place)
    }

    /// The kinds in which a plain name is looked up: a satellite alone, where one brings it; every kind for the extracts' own
    /// headers.
    fn holders(&self, name: &str) -> Vec<Kind> {
        let configured = |kind: &Kind| self.workforce.table(*kind).configured;
        let mut known = attribute::find_name(name).peekable();
        if known.peek().is_none() {
            return PRECEDENCE.into_iter().chain(Kind::SATELLITES.into_iter().filter(configured)).collect();
        }
        match known.find_map(|attribute| attribute.satellite).filter(configured) {
            Some(satellite) => vec![satellite],
            None => PRECEDENCE.to_vec(),
        }
    }

    /// The kind whose rows carry the columns of `kind`: in a flat source the assignment's (rule 9).
    fn kept_in(&self, kind: Kind) -> Kind {
        if self.workforce.table(kind).configured { kind } else { Kind::Assignment }
    }

    /// Which of the person's rows tells what `name` means among the columns of `kind`: what is said of the e-mail stands on
    /// the row that rule 22 takes, not on that of the name; in a flat source a name that several kinds carry is the first's.
    fn teller(&self, kind: Kind, name: &str) -> Kind {
        let owner = attribute::find_name(name).next();
        let of_email = owner.is_some_and(|attribute| attribute.satellite == Some(Kind::Email));
        if of_email && self.kept_in(kind) == self.kept_in(Kind::Person) && !self.workforce.table(Kind::Email).configured
        {
            return Kind::Email;
        }
        if self.kept_in(kind) == kind { kind } else { owner.map_or(Kind::Assignment, |attribute| attribute.kind) }
    }

    fn text(&self, origin: &Origin, of: Subject<'_>) -> Option<&'a str> {
        let resolved = &self.resolved[of.person as usize];
        match origin {
            Origin::PersonNumber => Some(self.workforce.number(of.person as usize)),
            Origin::WorkerState => resolved.state.map(|state| state.text()),
            Origin::ResolutionRule => Some(resolved.rule.text()),
            Origin::WorkerType => {
                let own = of.element.and_then(Element::worker_type);
                own.unwrap_or(resolved.worker_type).map(|worker_type| worker_type.letter())
            }
            Origin::Cells(places) => {
                let (place, position) = self.first_row(places, of)?;
                Some(self.cell(place, position))
            }
            Origin::Side(side, place, key) => {
                let key = self.text(key, of)?;
                self.sides[*side].find(key).map(|cells| cells.get(*place))
            }
            Origin::WorkPhone => {
                let position = self.row(of, Kind::Phone)?;
                let cell = |place| self.cell(Place { of: Kind::Phone, table: Kind::Phone, place }, position);
                (!is_home(cell(satellite::TYPE))).then(|| cell(satellite::VALUE))
            }
        }
    }

    fn cell(&self, place: Place, position: u32) -> &'a str {
        let rows = &self.workforce.table(place.table).rows;
        rows.cells(&rows.rows[position as usize]).get(place.place)
    }

    fn date(&self, origin: &Origin, of: Subject<'_>) -> Option<Date> {
        let Origin::Cells(places) = origin else { return None };
        let (place, _) = self.first_row(places, of)?;
        let text = self.text(origin, of).filter(|text| !text.is_empty())?;
        self.dates[place.table as usize].read(text).map(|read| read.day)
    }

    /// The column of the first kind of which somebody has a row, and the position of the row.
    fn first_row(&self, places: &[Place], of: Subject<'_>) -> Option<(Place, u32)> {
        places.iter().find_map(|place| Some((*place, self.row(of, place.of)?)))
    }
}

fn days(name: &str, dates: impl Iterator<Item = Option<Date>>) -> PolarsResult<Series> {
    const EPOCH: Date = date(1970, 1, 1);
    let days: Vec<Option<i32>> = dates.map(|day| day.map(|day| (day - EPOCH).get_days())).collect();
    Series::new(name.into(), days).cast(&DataType::Date)
}
