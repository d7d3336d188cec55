//! Mapping: SQL expressions over the resolved table give the columns of each output (`pipeline.md` section 1).
//!
//! `compile` checks the whole mapping before any data is read; `Compiled` then selects who is emitted, evaluates each
//! output and judges its values one by one (`resolution.md` rule 26). Nothing here looks at two rows at once but
//! `MappedOutput::duplicates`, and nothing but the outputs themselves carries a value.

mod allow;
mod bulk;
mod calendar;
mod check;
mod columns;
mod compile;
mod conceal;
mod dialect;
mod dn;
mod elements;
mod evaluate;
mod expression;
mod files;
mod filter;
mod finite;
mod functions;
mod json;
mod ldif;
mod lineage;
mod lists;
mod mistake;
mod names;
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
pub use values::{FieldFinding, Problem, compared};

use crate::stages::normalize::related::TYING;
use crate::targets::{Dialect, FieldType, Format, Formula, Limits, Profile, Syntax};

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
    /// The only characters; `None`: any.
    pub syntax: Option<Syntax>,
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

    /// Whether a field or a list of it reads the manager.
    pub fn reads_managers(&self, scope: &Scope) -> bool {
        let fields = self.fields.iter().map(|field| &field.expression);
        let all = fields.chain(self.lists.iter().flat_map(ListPlan::expressions));
        let mut names = all.flat_map(|expression| &expression.attributes);
        names.any(|name| scope.attribute(name).is_some_and(|attribute| attribute.after_selection))
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

    /// What is read of the table of persons: all but what the lists read of their own, and what an output of every attribute
    /// shows of those that the table turns out to have.
    pub fn table_attributes(&self) -> BTreeSet<String> {
        let conditions = self.of_persons().filter_map(|output| output.condition.as_ref()).chain(&self.select);
        let chosen = self.of_persons().filter(|output| !output.every_attribute);
        let fields = chosen.flat_map(|output| &output.fields).map(|field| &field.expression);
        conditions.chain(fields).flat_map(|expression| expression.attributes.iter().cloned()).collect()
    }

    /// `[select]` in SQL: its `where` as it was written, and what its filter means.
    pub fn selection_sql(&self) -> String {
        self.select.iter().map(|expression| expression.sql.as_str()).collect::<Vec<_>>().join(" AND ")
    }

    /// The attributes that tie those to each other who may have the same in a column in which no two users may
    /// ([`TYING`]).
    pub fn unique_attributes(&self) -> BTreeSet<String> {
        let unique = self.of_persons().flat_map(|output| &output.fields).filter(|field| field.unique);
        let tying = unique.filter(|field| field.is_tied() && !field.is_number());
        tying.flat_map(|field| field.expression.attributes.iter().cloned()).collect()
    }

    /// The columns, by the indexes of output and column, in which no two users may have the same, though nothing in their rows
    /// ties those who do: only the values tell.
    pub fn untied(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let of_persons = self.outputs.iter().enumerate().filter(|(_, output)| output.rows.is_none());
        let fields =
            of_persons.flat_map(|(nth, output)| (0..).zip(&output.fields).map(move |(at, field)| (nth, at, field)));
        fields.filter(|(.., field)| field.unique && !field.is_tied()).map(|(output, at, _)| (output, at))
    }

    /// What `[select] where` reads.
    pub fn selection_attributes(&self) -> BTreeSet<String> {
        self.select.iter().flat_map(|expression| expression.attributes.iter().cloned()).collect()
    }
}

impl FieldPlan {
    /// Whether two users can have the same value only if they have one of its attributes in common, but for case.
    fn is_tied(&self) -> bool {
        let copies = self.expression.copies && self.map.is_none() && self.default.is_none();
        // To a directory names with other spaces are one as well.
        let is_told_by_case = self.kind != FieldType::EntryName;
        copies && is_told_by_case && self.expression.attributes.iter().all(|name| TYING.contains(&name.as_str()))
    }

    /// Whether it is the PersonNumber, in which nobody else is like the person.
    fn is_number(&self) -> bool {
        let folds_case = matches!(self.kind, FieldType::Email | FieldType::UserName);
        !folds_case && self.expression.attributes.iter().eq(["PersonNumber"])
    }
}
