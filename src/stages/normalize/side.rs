//! Side extracts: files beside the people, joined by a key (departments, jobs, locations, accounts). Each key has one row on
//! D; what that row brings stands beside the people who bear the key.

use std::collections::hash_map::Entry;

use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::cells::Cells;
use crate::model::code::{Code, Severity};
use crate::model::finding::{Balance, Example, Findings};
use crate::model::layout::Layout;
use crate::model::row::{Fate, Rows};

/// Two rows of a side extract that say different things of one key on the same day.
#[derive(Debug, thiserror::Error)]
#[error("the extract {extract} has two different rows for one {key}: {}, line {}, and {}, line {}", .rows[0].0, .rows[0].1, .rows[1].0, .rows[1].1)]
pub struct Contradiction {
    pub extract: &'static str,
    pub key: String,
    /// File and line of both.
    pub rows: [(String, u32); 2],
}

impl Contradiction {
    /// What the operator can do about it.
    pub fn help(&self) -> String {
        format!(
            "correct the file: nobody can tell which row is meant; if it holds dated rows, EffectiveStartDate and \
             EffectiveEndDate tell them apart, and if {} is no key of it, choose another under [extract.{}]",
            self.key, self.extract
        )
    }
}

/// A side extract that was read: every row has its fate, and every key its row on D.
#[derive(Debug)]
pub struct Side {
    pub name: &'static str,
    /// The attribute of the people that it is joined by.
    pub key: String,
    pub layout: Layout,
    pub rows: Rows,
    pub balance: Balance,
    pub findings: Findings,
    /// Whether its rows are joined to nobody.
    pub alone: bool,
    by_key: FxHashMap<Box<str>, u32>,
}

impl Side {
    /// The place of the key ([`Layout::side`]).
    const KEY: usize = 0;

    /// Decides the fate of every row as rules 4 to 7 do: keys, duplicates, values; used is what is in effect on D.
    ///
    /// Errors: two different rows in effect on D for one key. A null, or one of the two, would pass silently into a target.
    pub fn new(name: &'static str, key: String, layout: Layout, rows: Rows, day: Date) -> Result<Side, Contradiction> {
        let balance = Balance {
            records: rows.files.iter().map(|file| file.records).sum(),
            rejected: rows.misshapen.len() as u64,
            ..Balance::default()
        };
        let (findings, by_key) = (Findings::default(), FxHashMap::default());
        let mut side = Side { name, key, layout, rows, balance, findings, alone: false, by_key };
        for record in &side.rows.misshapen {
            let place = (side.rows.files[record.file as usize].name.clone(), record.line);
            side.findings.add(Code::Csv001, Severity::Error, || example(place));
        }
        side.decide();
        side.join(day)?;
        Ok(side)
    }

    fn decide(&mut self) {
        let mut rows = std::mem::take(&mut self.rows.rows);
        let mut seen: FxHashSet<Cells<'_>> = FxHashSet::default();
        for row in &mut rows {
            let place = || (self.rows.files[row.file as usize].name.clone(), row.line);
            let is_new = row.codes.has_keys() || seen.insert(self.rows.cells(row));
            let rejected = if row.codes.has_keys() { row.codes.keys() } else { row.codes.values() };
            if !is_new {
                row.fate = Fate::Duplicate;
                self.balance.duplicates += 1;
                self.findings.add(Code::Row010, Severity::Info, || example(place()));
                continue;
            }
            if row.codes.had_time() && !row.codes.has_keys() {
                self.findings.add(Code::Row033, Severity::Info, || example(place()));
            }
            if !rejected.is_empty() {
                row.fate = Fate::Rejected;
                self.balance.rejected += 1;
            }
            for code in rejected.iter() {
                self.findings.add(code, Severity::Error, || example(place()));
            }
        }
        drop(seen);
        self.rows.rows = rows;
    }

    fn join(&mut self, day: Date) -> Result<(), Contradiction> {
        let rows = &self.rows;
        for (position, row) in rows.rows.iter().enumerate().filter(|(_, row)| row.fate == Fate::Admitted) {
            if !row.facts.effective.contains(day) {
                self.balance.not_in_effect += 1;
                continue;
            }
            self.balance.used += 1;
            match self.by_key.entry(rows.cells(row).get(Self::KEY).into()) {
                Entry::Vacant(vacant) => {
                    vacant.insert(position as u32);
                }
                Entry::Occupied(first) if brings_the_same(rows, *first.get(), position as u32) => {
                    self.balance.used -= 1;
                    self.balance.superseded += 1;
                }
                Entry::Occupied(first) => {
                    let place = |position: u32| {
                        let row = &rows.rows[position as usize];
                        (rows.files[row.file as usize].name.clone(), row.line)
                    };
                    let both = [place(*first.get()), place(position as u32)];
                    return Err(Contradiction { extract: self.name, key: self.key.clone(), rows: both });
                }
            }
        }
        Ok(())
    }

    /// The cells of every row on D, by key.
    pub fn on_day(&self) -> Vec<Cells<'_>> {
        let mut rows: Vec<(&str, u32)> = self.by_key.iter().map(|(key, position)| (&**key, *position)).collect();
        rows.sort_unstable();
        rows.into_iter().map(|(_, position)| self.rows.cells(&self.rows.rows[position as usize])).collect()
    }

    /// The cells of the row of a key on D.
    pub fn find(&self, key: &str) -> Option<Cells<'_>> {
        self.by_key.get(key).map(|position| self.rows.cells(&self.rows.rows[*position as usize]))
    }
}

/// Whether two rows differ at most in their dates.
fn brings_the_same(rows: &Rows, a: u32, b: u32) -> bool {
    let values = |position: u32| rows.cells(&rows.rows[position as usize]).iter().skip(Layout::SIDE_VALUES);
    values(a).eq(values(b))
}

fn example((file, line): (String, u32)) -> Example {
    Example { person_number: None, file: Some(file), line: Some(line) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::date::{DateFormat, day};
    use crate::stages::normalize::{Seen, Writing, add_file};
    use crate::stages::read::{CsvFile, Extract};

    fn side(csv: &str) -> Result<Side, Contradiction> {
        written(csv, true)
    }

    fn written(csv: &str, history: bool) -> Result<Side, Contradiction> {
        let extract: Extract = toml::from_str("file = 'x'\nkey = 'DepartmentId'\nattributes = ['CostCenter']").unwrap();
        let layout = Layout::side("DepartmentId", ["CostCenter"]);
        let file = CsvFile::open_side("d.csv", csv.into(), &extract, "DepartmentId").unwrap();
        let writing = Writing { dates: DateFormat::default(), nulls: vec![], history };
        let (mut rows, mut seen) = (Rows::default(), Seen::default());
        add_file(&mut rows, &mut seen, file, &layout, &writing, None);
        Side::new("departments", "DepartmentId".into(), layout, rows, day(2026, 11, 20))
    }

    #[test]
    fn every_row_has_a_bucket_and_every_key_its_row() {
        let side = side(
            "Department ID,Cost Center,Effective Start Date,Effective End Date\n\
             D1,old,2020-01-01,2026-11-19\nD1,new,2026-11-20,\nD1,new,2026-11-20,\n,x,2020-01-01,\nD2,y,soon,\nD3\n",
        )
        .unwrap();
        let place = side.layout.place("CostCenter").unwrap();
        assert_eq!(side.find("D1").map(|cells| cells.get(place)), Some("new"));
        assert_eq!(side.find("D2"), None);
        let Balance { used, not_in_effect, rejected, duplicates, .. } = side.balance;
        assert_eq!((used, not_in_effect, rejected, duplicates), (1, 1, 3, 1));
        assert!(side.balance.is_even());
        let codes: Vec<_> = side.findings.iter().map(|(code, ..)| code.text()).collect();
        assert_eq!(codes, ["CSV001", "ROW001", "ROW010", "ROW032"]);
    }

    #[test]
    fn a_blank_start_is_wrong_in_a_history_alone_and_a_time_of_day_is_told_of_rows_that_have_a_key() {
        let codes = |csv: &str, history: bool| -> Vec<&str> {
            written(csv, history).unwrap().findings.iter().map(|(code, ..)| code.text()).collect()
        };
        let blank = "DepartmentId,CostCenter,EffectiveStartDate\nD1,a,\n";
        assert_eq!((codes(blank, true), codes(blank, false)), (vec!["ROW030"], vec![]));
        let time = |key: &str| format!("DepartmentId,CostCenter,EffectiveStartDate\n{key},a,2020-01-01T08:30\n");
        assert_eq!((codes(&time("D1"), true), codes(&time(""), true)), (vec!["ROW033"], vec!["ROW001"]));
    }

    #[test]
    fn rows_that_bring_the_same_on_the_same_day_are_one() {
        let side = side(
            "DepartmentId,CostCenter,EffectiveStartDate,EffectiveEndDate\n\
             D1,a,2020-01-01,\nD1,a,2021-01-01,\nD1,a,2022-01-01,\nD2,b,2020-01-01,\n",
        )
        .unwrap();
        let Balance { records, used, superseded, not_in_effect, .. } = side.balance;
        assert_eq!((records, used, superseded, not_in_effect), (4, 2, 2, 0));
        assert!(side.balance.is_even());
        assert_eq!(side.on_day().len(), 2);
    }

    #[test]
    fn a_key_with_two_different_rows_is_refused_with_both_places() {
        let error = side("DepartmentId,CostCenter\nD1,a\nD2,b\nD1,c\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the extract departments has two different rows for one DepartmentId: d.csv, line 2, and d.csv, line 4"
        );
        assert!(error.help().ends_with("if DepartmentId is no key of it, choose another under [extract.departments]"));
    }
}
