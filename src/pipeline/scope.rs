//! The one flat space of attributes that expressions may name (`pipeline.md` section 1, *Attributes*), and which columns
//! have to be kept for them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Extracts, SideExtract};
use crate::model::attribute::{self, Type as CellType};
use crate::model::kind::Kind;
use crate::model::layout::Layout;
use crate::stages::map::{Attribute, OutputPlan, Scope, Type};
use crate::stages::read::Extract;

/// The prefix of the resolved manager's attributes.
pub const MANAGER: &str = "Manager";

/// The order in which a plain name is looked up: the assignment's, then the work relationship's, then the person's.
pub const PRECEDENCE: [Kind; 3] = [Kind::Assignment, Kind::WorkRelationship, Kind::Person];

/// What resolution adds.
const ADDED: [(&str, Type); 5] = [
    ("WorkerState", Type::Text),
    ("Active", Type::Boolean),
    ("ResolutionRule", Type::Text),
    ("WorkerType", Type::Text),
    ("AsOf", Type::Date),
];

/// Every name that an expression may use in a pipeline with these extracts: those of the people, then what side extracts
/// bring, which is plain too where the name means nothing else.
pub fn scope(extracts: &Extracts) -> Scope {
    let mut scope = of_people(extracts);
    for side in extracts.joined() {
        for name in side.extract.brought() {
            add(&mut scope, &format!("{}.{name}", side.name.get_ref()), Type::Text, false);
            let bringing = extracts.joined().filter(|other| other.extract.brought().contains(&name));
            if bringing.count() == 1 {
                add(&mut scope, name, Type::Text, false);
                add(&mut scope, &format!("{MANAGER}{name}"), Type::Text, true);
            }
        }
    }
    scope
}

/// For each side extract that is alone the names of what its rows have.
pub(super) fn of_rows(extracts: &Extracts) -> BTreeMap<String, Scope> {
    let alone = extracts.sides.iter().filter(|side| side.extract.is_alone());
    let scope = |side: &SideExtract| {
        let mut scope = Scope { headers: Some(BTreeSet::new()), ..Scope::default() };
        std::iter::once(side.key())
            .chain(side.extract.brought())
            .for_each(|name| add(&mut scope, name, Type::Text, false));
        ((*side.name.get_ref()).to_owned(), scope)
    };
    alone.map(scope).collect()
}

/// The names of what the record kinds tell of people.
pub(super) fn of_people(extracts: &Extracts) -> Scope {
    let mut scope = Scope::default();
    add(&mut scope, "PersonNumber", Type::Text, false);
    for (name, kind) in ADDED {
        add(&mut scope, name, kind, false);
    }
    let own = own_names(extracts);
    for name in &own {
        insert(&mut scope, name.called(name.text.clone()));
    }
    for name in own.iter().chain(&satellite_names(extracts)) {
        insert(&mut scope, name.called(format!("{}.{}", name.kind, name.text)));
    }
    // `ManagerId` and its like are the extract's own columns; `ManagerPersonNumber` is the resolved manager's.
    for name in &own {
        add(&mut scope, &format!("{MANAGER}{}", name.text), name.ty, true);
    }
    let raw = scope.attributes.iter_mut().find(|attribute| attribute.name == "ManagerPersonNumber");
    raw.into_iter().for_each(|attribute| attribute.after_selection = true);
    scope
}

/// The names of the rows of each configured kind, for `[[check]]`: in a flat source also those of the kinds that it carries.
pub(super) fn of_kinds(extracts: &Extracts) -> Vec<(Kind, Scope)> {
    let of = |(kind, extract): (Kind, &Extract)| {
        let mut scope = Scope { headers: Some(BTreeSet::new()), ..Scope::default() };
        let flat = PRECEDENCE.into_iter().filter(|other| kind == Kind::Assignment && extracts.of(*other).is_none());
        let attributes = std::iter::once(kind).chain(flat).flat_map(attribute::of_kind);
        for attribute in attributes.chain(attribute::brought_by(kind)) {
            add(&mut scope, attribute.name, type_of(attribute.ty), false);
        }
        extract.columns.0.iter().for_each(|(name, _)| add(&mut scope, name, Type::Text, false));
        (kind, scope)
    };
    extracts.iter().map(of).collect()
}

fn add(scope: &mut Scope, name: &str, kind: Type, after_selection: bool) {
    insert(scope, Attribute { name: name.to_owned(), kind, after_selection, personal: false });
}

fn insert(scope: &mut Scope, attribute: Attribute) {
    if scope.attribute(&attribute.name).is_none() {
        scope.attributes.push(attribute);
    }
}

/// A name that a record kind has.
struct Name {
    kind: Kind,
    text: String,
    ty: Type,
    personal: bool,
}

impl Name {
    fn known(kind: Kind, attribute: &attribute::Attribute) -> Name {
        Name { kind, text: attribute.name.to_owned(), ty: type_of(attribute.ty), personal: attribute.personal }
    }

    /// The pipeline's own name for a column: under its header the column may well be known.
    fn own(kind: Kind, text: &str, header: &str) -> Name {
        let personal = attribute::find(kind, header).is_some_and(|attribute| attribute.personal);
        Name { kind, text: text.to_owned(), ty: Type::Text, personal }
    }

    fn called(&self, name: String) -> Attribute {
        Attribute { name, kind: self.ty, after_selection: false, personal: self.personal }
    }
}

/// What the configured satellites carry and bring. Their plain names are the person's or the assignment's already.
fn satellite_names(extracts: &Extracts) -> Vec<Name> {
    let mut names = Vec::new();
    for kind in Kind::SATELLITES.into_iter().filter(|kind| extracts.of(*kind).is_some()) {
        let attributes = attribute::of_kind(kind).iter().chain(attribute::brought_by(kind));
        names.extend(attributes.map(|attribute| Name::known(kind, attribute)));
    }
    names
}

/// The catalogue's names and the pipeline's own, by precedence.
fn own_names(extracts: &Extracts) -> Vec<Name> {
    let mut names = Vec::new();
    for kind in PRECEDENCE {
        names.extend(attribute::of_kind(kind).iter().map(|attribute| Name::known(kind, attribute)));
        let own = extracts.of(kind).into_iter().flat_map(|extract| &extract.columns.0);
        names.extend(own.map(|(name, header)| Name::own(kind, name, header)));
    }
    for kind in Kind::SATELLITES {
        let own = extracts.of(kind).into_iter().flat_map(|extract| &extract.columns.0);
        names.extend(own.map(|(name, header)| Name::own(kind, name, header)));
    }
    names
}

fn type_of(ty: CellType) -> Type {
    match ty {
        CellType::Date => Type::Date,
        CellType::Text | CellType::Flag | CellType::WholeNumber => Type::Text,
    }
}

/// Whether a name that the pipeline uses is the header of a column without a canonical name. Such a one may look like the
/// manager's or like a qualified name: `Manager Level`, `Cost.Center`.
fn is_header(name: &str, extracts: &Extracts, all: &Scope) -> bool {
    let is_extract =
        |of: &str| Kind::named(of).is_some() || extracts.sides.iter().any(|side| *side.name.get_ref() == of);
    let is_qualified = name.split_once('.').is_some_and(|(of, _)| is_extract(of));
    let of_manager = name.starts_with(MANAGER) && all.attribute(name).is_some();
    let of_side = extracts.sides.iter().any(|side| side.extract.brought().contains(&name));
    !is_qualified && !of_manager && !of_side && attribute::find_name(name).next().is_none()
}

/// The kept columns of a kind: what the rules read, what expressions name, and all that the catalogue knows where an
/// output writes every attribute.
pub fn kept(extracts: &Extracts, kind: Kind, named: &BTreeSet<String>, outputs: &[OutputPlan]) -> Layout {
    let everything = outputs.iter().any(OutputPlan::writes_every_attribute);
    // An assignment file may be a flat source: it can carry any name whose own file is not configured.
    let carried = PRECEDENCE
        .into_iter()
        .filter(|other| *other == kind || kind == Kind::Assignment && extracts.of(*other).is_none());
    let mut columns: Vec<(&str, bool)> = Vec::new();
    let prefix = format!("{kind}.");
    let is_named = |name: &str| {
        everything
            || named.iter().any(|wanted| {
                let plain = wanted.strip_prefix(prefix.as_str()).unwrap_or(wanted);
                plain == name || plain.strip_prefix(MANAGER) == Some(name)
            })
    };
    let carried: Vec<Kind> = carried.collect();
    for of in &carried {
        let needed = |attribute: &attribute::Attribute| attribute.needed && *of != kind || is_named(attribute.name);
        columns.extend(
            attribute::of_kind(*of)
                .iter()
                .filter(|attribute| needed(attribute))
                .map(|a| (a.name, a.ty == CellType::Date)),
        );
    }
    let brought = attribute::brought_by(kind).filter(|attribute| is_named(attribute.name));
    // By its plain name what a satellite has of its own may be another kind's: `LegislationCode` is not the name's.
    let is_asked_for = |attribute: &&attribute::Attribute| named.contains(&format!("{prefix}{}", attribute.name));
    let of_satellite = attribute::of_kind(kind).iter().filter(|_| kind.satellite().is_some()).filter(is_asked_for);
    columns.extend(brought.chain(of_satellite).map(|attribute| (attribute.name, attribute.ty == CellType::Date)));
    let own = extracts.of(kind).into_iter().flat_map(|extract| &extract.columns.0);
    columns.extend(own.map(|(name, _)| (name.as_str(), false)).filter(|(name, _)| is_named(name)));
    let all = scope(extracts);
    columns.extend(named.iter().filter(|name| is_header(name, extracts, &all)).map(|name| (name.as_str(), false)));
    let layout = Layout::new(kind, columns);
    if kind == Kind::Assignment && extracts.of(Kind::WorkRelationship).is_none() {
        layout.telling_of_work_relationships()
    } else {
        layout
    }
}
