//! Who has a say in what becomes of whom, for everybody at once, so that people can be worked on range by range: a range
//! with those tied to it is decided as it would be among all. The ties are those of [`related`](super::related); kept are
//! hashes and numbers alone, some hundred bytes a person. Two texts with one hash tie two persons too many, which does no
//! harm.

use rayon::prelude::*;

use super::related::{Role, Use, is_shared, keys};
use crate::model::buckets::hash;
use crate::model::range::{KeyRange, beginning};
use crate::model::row::Rows;

/// What rows say of ties: collected some thousand rows at a time, then put together.
#[derive(Debug, Default)]
pub struct Strands {
    /// Each PersonNumber: its beginning, and its hash.
    persons: Vec<(u128, u64)>,
    /// Under which keys each person is found.
    holds: Vec<(u64, u64)>,
    /// To which keys each person leads.
    leads: Vec<(u64, u64)>,
    /// The bytes of the rows themselves.
    pub bytes: usize,
}

impl Strands {
    /// What these rows say. Rows whose PersonNumber cannot be read say nothing.
    pub fn of(rows: &Rows, roles: &[Role]) -> Strands {
        let mut strands = Strands { bytes: rows.bytes(), ..Strands::default() };
        for row in &rows.rows {
            let cells = rows.cells(row);
            if !super::rows::is_readable(cells.get(0)) {
                continue;
            }
            let person = hash(cells.get(0));
            strands.persons.push((beginning(cells.get(0)), person));
            for (key, use_of) in keys(roles, cells) {
                match use_of {
                    Use::Leads => strands.leads.push((key, person)),
                    Use::Shared | Use::Found => strands.holds.push((key, person)),
                }
            }
        }
        strands.settle();
        strands
    }

    /// Adds what other rows say.
    pub fn add(&mut self, others: Vec<Strands>) {
        fn add<T: Copy>(into: &mut Vec<T>, from: &[Strands], of: fn(&Strands) -> &[T]) {
            into.reserve_exact(from.iter().map(|strands| of(strands).len()).sum());
            from.iter().for_each(|strands| into.extend_from_slice(of(strands)));
        }
        add(&mut self.persons, &others, |strands| &strands.persons);
        add(&mut self.holds, &others, |strands| &strands.holds);
        add(&mut self.leads, &others, |strands| &strands.leads);
        self.bytes += others.iter().map(|strands| strands.bytes).sum::<usize>();
        drop(others);
        self.settle();
    }

    /// Forgets what was said more than once.
    fn settle(&mut self) {
        fn settle<T: Ord + Send>(of: &mut Vec<T>) {
            of.par_sort_unstable();
            of.dedup();
            of.shrink_to_fit();
        }
        settle(&mut self.persons);
        settle(&mut self.holds);
        settle(&mut self.leads);
    }
}

/// Everybody, and who has a say in what becomes of each.
#[derive(Debug)]
pub struct Ties {
    /// In the order of [`beginning`].
    persons: Vec<(u128, u64)>,
    /// Those who have a say in person `p` are `others[starts[p]..starts[p + 1]]`.
    starts: Vec<u32>,
    others: Vec<u32>,
}

impl Ties {
    pub fn new(strands: Strands) -> Ties {
        let Strands { persons, holds, leads, .. } = strands;
        let mut by_hash: Vec<(u64, u32)> =
            persons.par_iter().enumerate().map(|(place, (_, hash))| (*hash, place as u32)).collect();
        by_hash.par_sort_unstable();
        let place = |hash: u64| by_hash[by_hash.partition_point(|(other, _)| *other < hash)].1;
        let mut ties: Vec<(u32, u32)> = Vec::new();
        // Who shares a key is tied to the first who has it, and that one to each of them.
        let shared = holds.par_chunk_by(|a, b| a.0 == b.0).filter(|group| is_shared(group[0].0) && group.len() > 1);
        ties.par_extend(shared.flat_map_iter(|group| {
            let first = place(group[0].1);
            group[1..]
                .iter()
                .map(move |(_, person)| place(*person))
                .flat_map(move |other| [(first, other), (other, first)])
        }));
        // Who leads to a key is tied to the first who has it, and that one to the others: to tie everybody to everybody would
        // take more than any memory where all lead to what all have.
        ties.par_extend(leads.par_chunk_by(|a, b| a.0 == b.0).flat_map_iter(|group| {
            let key = group[0].0;
            let holders = holds[holds.partition_point(|(other, _)| *other < key)..].iter();
            let mut holders = holders.take_while(move |(other, _)| *other == key).map(|(_, holder)| place(*holder));
            let first = holders.next();
            let to_first = group.iter().filter_map(move |(_, person)| Some((place(*person), first?)));
            to_first.chain(holders.filter_map(move |other| Some((first?, other))))
        }));
        ties.par_sort_unstable();
        ties.dedup();
        let mut starts = vec![0; persons.len() + 1];
        ties.iter().for_each(|(person, _)| starts[*person as usize + 1] += 1);
        (0..persons.len()).for_each(|person| starts[person + 1] += starts[person]);
        Ties { persons, starts, others: ties.into_iter().map(|(_, other)| other).collect() }
    }

    /// How many persons there are.
    pub fn len(&self) -> usize {
        self.persons.len()
    }

    pub fn is_empty(&self) -> bool {
        self.persons.is_empty()
    }

    /// So many ranges, or fewer, of about as many persons each, which together are everybody.
    pub fn cut(&self, ranges: usize) -> Vec<KeyRange> {
        let bound = |nth: usize| self.persons[self.persons.len() * nth / ranges].0;
        let mut bounds: Vec<u128> = (1..ranges.min(self.len())).map(bound).filter(|bound| *bound > 0).collect();
        bounds.dedup();
        let ends = bounds.iter().copied().map(Some).chain([None]);
        std::iter::once(0).chain(bounds.iter().copied()).zip(ends).map(|(from, to)| KeyRange { from, to }).collect()
    }

    /// Who has a say in what becomes of a range, and how many persons it has itself.
    pub fn related(&self, range: KeyRange) -> (usize, Related) {
        let place = |bound: u128| self.persons.partition_point(|(beginning, _)| *beginning < bound);
        let own = place(range.from)..range.to.map_or(self.len(), place);
        let mut seen = vec![false; self.len()];
        seen[own.clone()].fill(true);
        let mut open: Vec<u32> = own.clone().map(|person| person as u32).collect();
        let mut others = Vec::new();
        while let Some(person) = open.pop() {
            let tied = &self.others[self.starts[person as usize] as usize..self.starts[person as usize + 1] as usize];
            for other in tied {
                if !std::mem::replace(&mut seen[*other as usize], true) {
                    open.push(*other);
                    others.push(self.persons[*other as usize].1);
                }
            }
        }
        others.sort_unstable();
        (own.len(), Related { range, others })
    }
}

/// A range, and those outside of it who have a say in what becomes of it.
#[derive(Debug)]
pub struct Related {
    pub range: KeyRange,
    /// By the hashes of their PersonNumbers.
    others: Vec<u64>,
}

impl Related {
    /// How many they are.
    pub fn others(&self) -> usize {
        self.others.len()
    }

    /// Whether rows of a person are needed. What is nobody's goes with the last range.
    pub fn keeps(&self, number: Option<&str>) -> bool {
        match number {
            Some(number) => self.range.contains(number) || self.others.binary_search(&hash(number)).is_ok(),
            None => self.range.is_last(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::related::{keep_related, roles};
    use super::super::testing::{Csv, tables};
    use super::*;
    use crate::model::kind::Kind;

    const ASSIGNMENT: &str = "PersonNumber,AssignmentId,AssignmentNumber,PeriodOfServiceId,PersonId,ManagerAssignmentId,ManagerAssignmentNumber,ManagerPersonNumber";

    fn unique() -> Vec<String> {
        vec!["WorkEmail".to_owned()]
    }

    /// Forty persons, who are led to each other and share keys by a rule that looks like chance.
    fn files() -> [Csv; 2] {
        let mut seed = 7_u32;
        let mut pick = move |of: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) % of
        };
        let (mut persons, mut assignments) = (Vec::new(), Vec::new());
        for person in 0..40 {
            let number = if person == 39 { "07".to_owned() } else { person.to_string() };
            let mail = if pick(8) == 0 { pick(40) } else { person };
            let id = if pick(12) == 0 { pick(40) } else { person };
            persons.push(format!("{number},p{id},L,m{mail}@X,"));
            let manager = pick(60);
            let by = pick(3);
            let named = |nth: u32, text: String| if by == nth && manager < 40 { text } else { String::new() };
            assignments.push(format!(
                "{number},a{id},E{},w{person},p{id},{},{},{}",
                person / 2,
                named(0, format!("a{manager}")),
                named(1, format!("E{manager}")),
                named(2, manager.to_string())
            ));
        }
        [
            Csv::new(Kind::Person, "PersonNumber,PersonId,LastName,WorkEmail,UserName", &persons.join("\n")),
            Csv::new(Kind::Assignment, ASSIGNMENT, &assignments.join("\n")),
        ]
    }

    #[test]
    fn a_range_keeps_all_whom_explain_keeps_for_its_persons() {
        let tables_of = || tables(&files());
        let all = tables_of();
        let mut strands = Strands::default();
        for table in &all {
            strands.add(vec![Strands::of(&table.rows, &roles(table, &unique()))]);
        }
        let ties = Ties::new(strands);
        assert_eq!(ties.len(), 40);
        for ranges in [1, 2, 3, 7, 40, 100] {
            let cut = ties.cut(ranges);
            assert!(cut[0].is_first() && cut[cut.len() - 1].is_last() && cut.len() <= ranges.min(40));
            let related: Vec<(usize, Related)> = cut.iter().map(|range| ties.related(*range)).collect();
            assert_eq!(related.iter().map(|(own, _)| own).sum::<usize>(), 40);
            for (_, related) in &related {
                let own = |number: &str| related.range.contains(number);
                let numbers = |table: &super::super::Table| -> Vec<String> {
                    table.rows.rows.iter().map(|row| table.rows.cells(row).get(0).to_owned()).collect()
                };
                for number in numbers(&all[0]).iter().filter(|number| own(number)) {
                    let mut kept = tables_of();
                    assert!(keep_related(&mut kept, number, &unique()));
                    for other in kept.iter().flat_map(numbers) {
                        assert!(related.keeps(Some(&other)), "{other} has a say in {number}");
                    }
                }
            }
        }
        let (own, one) = ties.related(ties.cut(40)[3]);
        assert!(own + one.others() < 30, "not everybody is tied to everybody: {} {}", own, one.others());
    }

    #[test]
    fn what_everybody_has_and_leads_to_takes_room_for_everybody_once() {
        const PERSONS: u64 = 200_000;
        // One that is only led to, and one whose holders belong together.
        for key in [2, 3] {
            let of_everybody = || (0..PERSONS).map(|person| (key, person)).collect();
            let persons = (0..PERSONS).map(|person| (u128::from(person), person)).collect();
            let ties = Ties::new(Strands { persons, holds: of_everybody(), leads: of_everybody(), bytes: 0 });
            assert!(ties.others.len() as u64 <= 3 * PERSONS);
            let (own, related) = ties.related(ties.cut(1000)[999]);
            assert_eq!((own, (own + related.others()) as u64), (200, PERSONS), "{key}");
        }
    }
}
