//! Mapping: SQL expressions over the resolved table give the columns of each output (`pipeline.md` section 1).
//!
//! `compile` checks the whole mapping before any data is read; `Compiled` then selects who is emitted, evaluates each
//! output and judges its values one by one (`resolution.md` rule 26). Nothing here looks at two rows at once but
//! `MappedOutput::duplicates`, and nothing but the outputs themselves carries a value.

mod allow;
mod bulk;
mod check;
mod columns;
mod compile;
mod conceal;
mod dialect;
mod elements;
mod evaluate;
mod expression;
mod files;
mod filter;
mod functions;
mod json;
mod ldif;
mod lineage;
mod lists;
mod mistake;
mod nested;
mod options;
mod parquet;
mod path;
mod rewrite;
mod scope;
mod table;
mod trace;
mod values;
pub mod workbook;
mod write;

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

pub use check::{Check, CheckPlan, CheckScopes, CheckSeverity, Over, Target, compile_checks};
pub use compile::{MapRequest, compile, separate_file};
pub use dialect::{DialectOptions, LimitOptions};
pub use elements::{ElementKind, ElementTable, elements};
pub use evaluate::{MapError, MappedOutput};
pub use expression::Expression;
pub use files::{Content, OutputFile, Part, files, in_parallel};
pub use functions::{FUNCTIONS, Function, reference};
pub use lineage::{FieldLineage, Read, Role};
pub use lists::ListPlan;
pub use mistake::{MappingText, Mistake, SourceText, nearest};
pub use options::{Field, FieldOptions, Fields, Lists, Maps, OnNull, OnUnmapped, Output, Select};
pub use scope::{Attribute, Scope, Type};
pub use table::{Columns as TableColumns, Joined, build, build_admitted, build_rows};
pub use trace::Trace;
use values::ValueRules;
pub use values::{FieldFinding, Problem};

use crate::targets::{Dialect, FieldType, Format, Formula, Limits, Profile};

/// A mapping that was checked.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// All of them must hold: `where`, and `scim_filter`.
    select: Vec<Expression>,
    outputs: Vec<OutputPlan>,
}

/// One output, checked.
#[derive(Clone, Debug)]
pub struct OutputPlan {
    pub profile: &'static Profile,
    pub file: String,
    pub format: Format,
    /// How its table is written, if it is CSV.
    pub dialect: Dialect,
    /// How much of it one file may hold.
    pub limits: Limits,
    /// The side extract whose rows it writes; `None`: the persons.
    pub rows: Option<String>,
    pub fields: Vec<FieldPlan>,
    /// What a person may have several of, in a nested target.
    pub lists: Vec<ListPlan>,
    /// Where the entries of a directory stand (`ldif`).
    pub base_dn: Option<String>,
    /// Who of the emitted stands in this file.
    condition: Option<Expression>,
    pub formula: Formula,
    /// The columns are all the attributes that the table turns out to have.
    every_attribute: bool,
}

/// One column of an output: where it comes from, and what its values must be.
#[derive(Clone, Debug)]
pub struct FieldPlan {
    pub name: String,
    pub expression: Expression,
    pub kind: FieldType,
    pub required: bool,
    pub unique: bool,
    pub max_len: Option<u32>,
    /// The only values; empty: any.
    pub vocabulary: FxHashSet<String>,
    pub map: Option<Arc<ValueMap>>,
    /// What is written where there is no value.
    pub default: Option<String>,
}

/// A value map, ready to be looked up.
#[derive(Debug)]
pub struct ValueMap {
    pub name: String,
    pub values: FxHashMap<String, String>,
    pub on_unmapped: OnUnmapped,
}

impl OutputPlan {
    /// What is demanded of every value.
    fn rules(&self) -> ValueRules<'_> {
        ValueRules { formula: self.formula, starts: &self.profile.formula_starts, dialect: &self.dialect }
    }

    /// Who of the emitted stands in this file, as it was written.
    pub fn condition_sql(&self) -> Option<&str> {
        self.condition.as_ref().map(|expression| expression.sql.as_str())
    }

    /// Why it can only be made of all persons at once, where that is so.
    pub fn needs_everybody(&self) -> Option<&'static str> {
        let is_limited = self.limits != Limits::default();
        match self.format {
            Format::ScimBulk => Some("SCIM bulk requests are numbered, and name managers that stand in others"),
            Format::Parquet => Some("Parquet is written in columns"),
            Format::Ldif => Some("LDIF names managers that stand before their reports"),
            _ if self.profile.managers_first => Some("its target wants managers before their reports"),
            Format::Csv if is_limited => Some("its files are limited in size"),
            _ => None,
        }
    }

    /// Whether its columns are all the attributes that there are.
    pub fn writes_every_attribute(&self) -> bool {
        self.every_attribute
    }
}

impl Compiled {
    /// The checked outputs, in the order of the pipeline.
    pub fn outputs(&self) -> &[OutputPlan] {
        &self.outputs
    }

    /// All that any expression reads, own headers included: what must be kept of the data.
    pub fn attributes(&self) -> BTreeSet<String> {
        let lists = self.of_persons().flat_map(|output| &output.lists).flat_map(ListPlan::attributes);
        self.table_attributes().into_iter().chain(lists).collect()
    }

    fn of_persons(&self) -> impl Iterator<Item = &OutputPlan> {
        self.outputs.iter().filter(|output| output.rows.is_none())
    }

    /// What is read of the table of persons: all but what the lists read of their own.
    pub fn table_attributes(&self) -> BTreeSet<String> {
        let conditions = self.of_persons().filter_map(|output| output.condition.as_ref()).chain(&self.select);
        let fields = self.of_persons().flat_map(|output| &output.fields).map(|field| &field.expression);
        conditions.chain(fields).flat_map(|expression| expression.attributes.iter().cloned()).collect()
    }

    /// `[select]` in SQL: its `where` as it was written, and what its filter means.
    pub fn selection_sql(&self) -> String {
        self.select.iter().map(|expression| expression.sql.as_str()).collect::<Vec<_>>().join(" AND ")
    }

    /// What the columns read of which no two users may have the same, as far as each stands on one attribute.
    pub fn unique_attributes(&self) -> BTreeSet<String> {
        let unique = self.of_persons().flat_map(|output| &output.fields).filter(|field| field.unique);
        let single = unique.filter(|field| field.expression.attributes.len() == 1);
        single.flat_map(|field| field.expression.attributes.iter().cloned()).collect()
    }

    /// What `[select] where` reads.
    pub fn selection_attributes(&self) -> BTreeSet<String> {
        self.select.iter().flat_map(|expression| expression.attributes.iter().cloned()).collect()
    }

    /// The outputs and columns, by their indexes, that read the manager.
    pub fn fields_reading_managers(&self, scope: &Scope) -> Vec<(usize, usize)> {
        let manager = |name: &String| scope.attribute(name).is_some_and(|attribute| attribute.after_selection);
        let mut found = Vec::new();
        for (nth_output, output) in self.outputs.iter().enumerate() {
            for (nth_field, field) in output.fields.iter().enumerate() {
                if field.expression.attributes.iter().any(manager) {
                    found.push((nth_output, nth_field));
                }
            }
        }
        found
    }
}
