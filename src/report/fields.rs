//! How far each column of an output is filled, with how many different values, and what was wrong with others.

use rayon::prelude::*;
use rustc_hash::FxBuildHasher;
use schemars::JsonSchema;
use serde::Serialize;
use std::hash::BuildHasher;

use super::counted::Distinct;
use crate::people::{Mapped, People, Refused};
use crate::stages::map::compared;

/// How many shapes of wrong values are shown of a column.
const SHAPES: usize = 5;

/// How far a column of an output is filled.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Field {
    pub file: String,
    pub field: String,
    /// Whether a person without a value is left out.
    pub required: bool,
    /// Whether no two users may have the same.
    pub unique: bool,
    pub filled: u64,
    pub empty: u64,
    /// How many different values there are.
    pub distinct: u64,
    /// Persons who were left out because a mandatory value is missing.
    pub missing: u64,
    /// Persons who were left out because the target does not take their value.
    pub invalid: u64,
    /// Persons who were left out because the value map does not have theirs.
    pub unmapped: u64,
    /// The shapes of the invalid and of the unmapped values, the most frequent first.
    pub shapes: Vec<ShapeCount>,
}

/// How many wrong values look like this.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ShapeCount {
    pub shape: String,
    pub count: u64,
}

/// One column of an output, counted.
#[derive(Debug)]
pub struct Count {
    file: String,
    field: String,
    required: bool,
    unique: bool,
    filled: u64,
    empty: u64,
    distinct: Distinct,
    refused: Refused,
}

/// Counts every column of every file.
pub fn count(people: &People) -> Vec<Count> {
    let columns: Vec<(&Mapped, usize)> = people
        .outputs
        .iter()
        .flat_map(|mapped| (0..mapped.output.fields.len()).map(move |index| (mapped, index)))
        .collect();
    columns.into_par_iter().map(|(mapped, index)| column(people, mapped, index)).collect()
}

fn column(people: &People, mapped: &Mapped, index: usize) -> Count {
    let plan = &mapped.output.fields[index];
    let mut empty = 0;
    let mut hashes = Vec::with_capacity(mapped.rows.len());
    for row in mapped.rows.iter().filter(|row| mapped.output.takes(**row)) {
        match mapped.output.value(*row, index) {
            // What no two users may share is told apart as rule 26 does it.
            Some(value) if plan.unique => hashes.push(FxBuildHasher.hash_one(&*compared(plan.kind, value))),
            Some(value) => hashes.push(FxBuildHasher.hash_one(value)),
            None => empty += 1,
        }
    }
    let filled = hashes.len() as u64;
    // The columns of a file of a state are those of the first output, and so is what was refused.
    let is_output = people
        .outputs
        .iter()
        .find(|other| other.nth == mapped.nth)
        .is_some_and(|own| own.plan.file == mapped.plan.file);
    let refused = people.refused.get(&(mapped.nth, index)).filter(|_| is_output).cloned().unwrap_or_default();
    Count {
        file: mapped.plan.file.clone(),
        field: plan.name.clone(),
        required: plan.required,
        unique: plan.unique,
        filled,
        empty,
        distinct: Distinct::new(hashes),
        refused,
    }
}

impl Count {
    /// Adds the users of a later part.
    pub fn add(&mut self, later: Count) {
        self.filled += later.filled;
        self.empty += later.empty;
        self.distinct.merge(later.distinct);
        self.refused.merge(later.refused);
    }

    /// As the report tells it.
    pub fn field(&self) -> Field {
        let shapes = self.refused.shapes.iter();
        let mut shapes: Vec<ShapeCount> =
            shapes.map(|(shape, count)| ShapeCount { shape: shape.clone(), count: *count }).collect();
        shapes.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.shape.cmp(&b.shape)));
        shapes.truncate(SHAPES);
        Field {
            file: self.file.clone(),
            field: self.field.clone(),
            required: self.required,
            unique: self.unique,
            filled: self.filled,
            empty: self.empty,
            distinct: self.distinct.count(),
            missing: self.refused.missing,
            invalid: self.refused.invalid,
            unmapped: self.refused.unmapped,
            shapes,
        }
    }
}
