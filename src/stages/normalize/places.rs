//! Some columns of a row: which of them are another kind's, what stands in them, and whether rows differ there.

use crate::model::attribute;
use crate::model::cells::Cells;
use crate::model::kind::Kind;
use crate::model::layout::Layout;

/// The places, on an assignment row, of the columns that are another kind's (rule 9): a name that several kinds carry is
/// the assignment's, then the work relationship's, then the person's; so no key is among them.
pub(super) fn places_of(kind: Kind, layout: &Layout) -> Vec<usize> {
    let belongs = |name: &str| attribute::find_name(name).next().is_some_and(|attribute| attribute.kind == kind);
    layout.columns().iter().enumerate().filter(|(_, (name, _))| belongs(name)).map(|(place, _)| place).collect()
}

/// The cells at some places.
pub(super) fn picked<'a>(cells: Cells<'a>, places: &[usize]) -> Vec<&'a str> {
    places.iter().map(|place| cells.get(*place)).collect()
}

pub(super) fn differ<T: PartialEq>(values: impl IntoIterator<Item = T>) -> bool {
    let mut values = values.into_iter();
    values.next().is_some_and(|first| values.any(|other| other != first))
}
