//! What a person may have several of: `[output.each.NAME]`, one element per work relationship, e-mail, phone or address.
//! Its expressions are evaluated vectorised too, over a table with a row for each element of everybody.

use std::collections::BTreeSet;

use polars::prelude::{DataFrame, NamedFrom, StringChunked};

use super::elements::{ElementKind, ElementTable};
use super::evaluate::{MapError, compute, mask};
use super::path::Shape;
use super::values::{FieldFinding, Problem, judge};
use super::{Expression, FieldPlan, OutputPlan};
use crate::stages::resolve::names::is_email;
use crate::targets::FieldType;

/// A list of an output, checked.
#[derive(Clone, Debug)]
pub struct ListPlan {
    pub name: String,
    pub kind: ElementKind,
    pub fields: Vec<FieldPlan>,
    /// What an element must be to be written.
    pub(super) conditions: Vec<Expression>,
    /// Whether a person without an element cannot be imported.
    pub(super) required: bool,
    pub(super) shape: Shape,
}

impl ListPlan {
    pub(super) fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.fields.iter().map(|field| &field.expression).chain(&self.conditions)
    }

    /// The attributes that its table needs.
    pub fn attributes(&self) -> BTreeSet<String> {
        self.expressions().flat_map(|expression| expression.attributes.iter().cloned()).collect()
    }
}

/// A list of an output, evaluated.
#[derive(Debug)]
pub(super) struct MappedList {
    pub name: String,
    pub kind: ElementKind,
    pub fields: Vec<FieldPlan>,
    pub shape: Shape,
    columns: Vec<StringChunked>,
    /// Which elements are written; `None`: all.
    taken: Option<Vec<bool>>,
    /// The persons of whom an e-mail is left out since it is malformed, ascending.
    malformed: Vec<u32>,
    /// Where the elements of each person begin, and at last where they end.
    starts: Vec<u32>,
}

impl MappedList {
    /// Evaluates a list; the findings are those of the persons whose elements they are about, and count their fields
    /// after the `before` fields of the output and of the lists before.
    pub fn evaluate(
        plan: &ListPlan,
        output: &OutputPlan,
        elements: &ElementTable,
        persons: usize,
        before: usize,
    ) -> Result<(MappedList, Vec<FieldFinding>), MapError> {
        let ElementTable { table, parents } = elements;
        let place = |nth: usize| format!("each.{}.{} of {}", plan.name, plan.fields[nth].name, output.file);
        let mut taken = taken(plan, table, &format!("the condition of each.{} of {}", plan.name, output.file))?;
        let mut malformed = Vec::new();
        if plan.kind == ElementKind::Email {
            malformed = leave_out_malformed(table, &mut taken);
        }
        let expressions: Vec<&Expression> = plan.fields.iter().map(|field| &field.expression).collect();
        let computed = compute(&expressions, table, &output.dialect, place)?;
        let (columns, found) = judge(&plan.fields, computed, output.rules(), taken.as_deref());
        let field = |nth: usize| u16::try_from(before + nth).unwrap_or(u16::MAX);
        let of_parent = |finding: FieldFinding| FieldFinding {
            row: parents[finding.row as usize],
            field: field(usize::from(finding.field)),
            problem: finding.problem,
        };
        let mut findings: Vec<FieldFinding> = found.into_iter().map(of_parent).collect();
        findings.dedup();
        let mut list = MappedList {
            name: plan.name.clone(),
            kind: plan.kind,
            fields: plan.fields.clone(),
            shape: plan.shape.clone(),
            columns,
            taken,
            malformed: malformed.into_iter().map(|element| parents[element]).collect(),
            starts: starts(parents, persons),
        };
        list.one_primary();
        if plan.required {
            let without = (0..persons as u32).filter(|row| list.elements(*row).next().is_none());
            findings.extend(without.map(|row| FieldFinding { row, field: field(0), problem: Problem::Missing }));
        }
        Ok((list, findings))
    }

    /// The elements of a person that are written.
    pub fn elements(&self, row: u32) -> impl Iterator<Item = u32> + '_ {
        let is_taken = |element: &u32| self.taken.as_ref().is_none_or(|taken| taken[*element as usize]);
        self.all(row).filter(is_taken)
    }

    /// Whether the target's rule leaves one of a person's work relationships out.
    pub fn leaves_out(&self, row: u32) -> bool {
        let is_left = |taken: &Vec<bool>| self.all(row).any(|element| !taken[element as usize]);
        self.kind == ElementKind::WorkRelationship && self.taken.as_ref().is_some_and(is_left)
    }

    /// Whether an e-mail of a person is left out since it is malformed.
    pub fn loses_an_email(&self, row: u32) -> bool {
        self.malformed.binary_search(&row).is_ok()
    }

    fn all(&self, row: u32) -> std::ops::Range<u32> {
        let at = |row: usize| self.starts.get(row).copied().unwrap_or_default();
        at(row as usize)..at(row as usize + 1)
    }

    /// The value of a field of an element; `None` where there is none.
    pub fn value(&self, element: u32, field: usize) -> Option<&str> {
        self.columns.get(field)?.get(element as usize).filter(|value| !value.is_empty())
    }

    /// Of several primary elements of a person the first is, and no other (RFC 7643 section 2.4).
    fn one_primary(&mut self) {
        for field in (0..self.fields.len()).filter(|field| self.fields[*field].kind == FieldType::Primary) {
            let column = &self.columns[field];
            let mut values: Vec<Option<&str>> = column.iter().collect();
            for row in 0..self.starts.len().saturating_sub(1) as u32 {
                let primary = self.elements(row).filter(|element| values[*element as usize] == Some("true"));
                let others: Vec<u32> = primary.skip(1).collect();
                others.into_iter().for_each(|element| values[element as usize] = Some("false"));
            }
            let changed = StringChunked::new(column.name().clone(), values);
            self.columns[field] = changed;
        }
    }
}

/// Which elements the list's conditions take.
fn taken(plan: &ListPlan, table: &DataFrame, place: &str) -> Result<Option<Vec<bool>>, MapError> {
    let mut taken: Option<Vec<bool>> = None;
    for condition in &plan.conditions {
        let mask = mask(condition, table, place)?;
        taken = Some(match taken {
            Some(taken) => taken.into_iter().zip(mask).map(|(one, other)| one && other).collect(),
            None => mask,
        });
    }
    Ok(taken)
}

/// Takes the malformed e-mails (rule 22) out of those that would be written, and tells which these are: an importer that
/// finds one refuses all of the user.
fn leave_out_malformed(table: &DataFrame, taken: &mut Option<Vec<bool>>) -> Vec<usize> {
    // Without an address there is no element: the list's own condition reads it, so it is there.
    let Some(emails) = table.column("WorkEmail").ok().and_then(|column| column.str().ok()) else { return Vec::new() };
    let is_taken = |element: usize| taken.as_ref().is_none_or(|taken| taken[element]);
    let is_malformed = |(element, email): &(usize, Option<&str>)| {
        email.is_some_and(|email| !email.is_empty() && !is_email(email)) && is_taken(*element)
    };
    let malformed: Vec<usize> = emails.iter().enumerate().filter(is_malformed).map(|(element, _)| element).collect();
    if !malformed.is_empty() {
        let taken = taken.get_or_insert_with(|| vec![true; table.height()]);
        malformed.iter().for_each(|element| taken[*element] = false);
    }
    malformed
}

/// Where the elements of each of `persons` begin, and at last where they end.
fn starts(parents: &[u32], persons: usize) -> Vec<u32> {
    let mut starts = vec![0; persons + 1];
    parents.iter().for_each(|parent| starts[*parent as usize + 1] += 1);
    for row in 0..persons {
        starts[row + 1] += starts[row];
    }
    starts
}
