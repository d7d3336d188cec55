//! The work relationships of one person by their ids: each of its assignments asks for its own.

use crate::model::cells::Cells;
use crate::model::layout::work_relationship::PERIOD_OF_SERVICE_ID;

/// Finds the row with an id among these of one person, of several the first by its text. Nearly everybody has few, of which
/// a look at each takes no preparation; many are sorted, since as many assignments may ask.
pub fn by_id<'a>(rows: impl Iterator<Item = Cells<'a>> + Clone) -> impl Fn(&str) -> Option<Cells<'a>> {
    const FEW: usize = 16;
    let id_of = |cells: &Cells<'a>| cells.get(PERIOD_OF_SERVICE_ID);
    let are_few = rows.size_hint().1.is_some_and(|most| most <= FEW);
    let sorted = (!are_few).then(|| {
        let mut sorted: Vec<Cells<'a>> = rows.clone().collect();
        sorted.sort_unstable_by(|a, b| id_of(a).cmp(id_of(b)).then_with(|| a.cmp(b)));
        sorted.dedup_by(|later, first| id_of(later) == id_of(first));
        sorted
    });
    move |id| match &sorted {
        Some(sorted) => sorted.binary_search_by(|cells| id_of(cells).cmp(id)).ok().map(|at| sorted[at]),
        None => rows.clone().filter(|cells| id_of(cells) == id).min(),
    }
}
