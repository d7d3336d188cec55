//! The columns of one output: those of the pipeline, or the profile's own, each with what the profile demands of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use polars::prelude::DataType;
use rustc_hash::{FxHashMap, FxHashSet};
use toml::Spanned;

use super::compile::Compiler;
use super::expression::Expression;
use super::mistake::did_you_mean;
use super::options::{Field, FieldOptions, Fields, OnNull, OnUnmapped, Output};
use super::{FieldPlan, ValueMap};
use crate::targets::{ColumnNames, FieldType, Profile, ProfileField};

pub(super) struct Columns<'a, 'b> {
    pub compiler: &'a mut Compiler<'b>,
    pub output: &'a Output,
    pub profile: &'static Profile,
    /// The columns that the profile has here: its own, or those of one of its lists.
    pub known: &'static [ProfileField],
    /// What stands before a key in `rename`: the name of the list and a dot.
    pub prefix: String,
}

impl Columns<'_, '_> {
    /// The columns that the pipeline chose, or else the profile's own.
    pub fn plan(mut self, chosen: Option<&Fields>) -> Vec<FieldPlan> {
        match chosen {
            Some(fields) => self.chosen(fields),
            None if self.known.is_empty() => self.every_attribute(),
            None => self.known.iter().filter_map(|field| self.default(field)).collect(),
        }
    }

    /// Every attribute under its plain name; the qualified ones are there to be asked for.
    fn every_attribute(&self) -> Vec<FieldPlan> {
        let scope = self.compiler.scope;
        let plain = scope.attributes.iter().filter(|attribute| !attribute.name.contains('.'));
        plain
            .map(|attribute| FieldPlan::new(&attribute.name, Expression::of_attribute(&attribute.name, scope)))
            .collect()
    }

    /// A column of the profile by its own expression.
    fn default(&mut self, field: &'static ProfileField) -> Option<FieldPlan> {
        let parse = |sql: &String| Expression::parse(sql, self.compiler.scope);
        let found = parse(&field.sql).or_else(|faults| field.otherwise.as_ref().map_or(Err(faults), parse));
        match found {
            Ok(expression) => {
                let renamed = Compiler::renamed(self.output, &format!("{}{}", self.prefix, field.name));
                let plan = FieldPlan::new(renamed.unwrap_or(&field.name), expression);
                Some(self.typed(plan.demanded(field)))
            }
            Err(_) if field.optional => None,
            Err(faults) => {
                let ProfileField { name, sql, .. } = field;
                let help = format!("say in [output.fields] where \"{name}\" comes from");
                for fault in faults {
                    let title = format!("the profile's own \"{name}\" = \"{sql}\": {}", fault.title);
                    self.compiler.mistake(self.output.profile.span(), title, Some(help.clone()));
                }
                None
            }
        }
    }

    fn known(&self, name: &str) -> Option<&'static ProfileField> {
        self.known.iter().find(|field| field.name == name)
    }

    /// In a directory a value is of its attribute's syntax. In a nested target it is of its field's type; where the profile
    /// says nothing, of its expression's.
    fn typed(&self, mut plan: FieldPlan) -> FieldPlan {
        plan.syntax = self.profile.syntax_of(&plan.name);
        if !self.profile.format.is_json() {
            return plan;
        }
        let is_plain = plan.kind == FieldType::Text && plan.map.is_none() && plan.default.is_none();
        plan.kind = match &plan.expression.data_type {
            DataType::Boolean if is_plain => FieldType::Boolean,
            kind if is_plain && kind.is_primitive_numeric() => FieldType::Number,
            _ => plan.kind,
        };
        if matches!(plan.kind, FieldType::Boolean | FieldType::Primary) {
            plan.vocabulary = ["true", "false"].map(str::to_owned).into_iter().collect();
        }
        plan
    }

    fn chosen(&mut self, fields: &Fields) -> Vec<FieldPlan> {
        let mut taken: BTreeSet<&str> = BTreeSet::new();
        for (name, field) in &fields.0 {
            taken.insert(field.options.stands_for.as_ref().unwrap_or(name).get_ref());
        }
        let open: Vec<_> = self.keys_not_in(&taken);
        let mut plans = Vec::with_capacity(fields.0.len());
        for (name, field) in &fields.0 {
            let Some(expression) = self.compiler.expression(&field.sql) else {
                // It might have been a key under another name: that one is not also said to be missing.
                if self.known(name.get_ref()).is_none() {
                    taken.extend(open.iter().map(|(key, _)| key.name.as_str()));
                }
                continue;
            };
            let demand = self.demand(name, &field.options, &expression, &open);
            taken.extend(demand.map(|demand| demand.name.as_str()));
            plans.push(self.field(name, field, expression, demand));
        }
        self.mandatory(&taken);
        self.in_order(fields);
        plans
    }

    /// The profile's keys that no column bears the name of, with the attributes that each reads by default.
    fn keys_not_in(&self, taken: &BTreeSet<&str>) -> Vec<(&'static ProfileField, BTreeSet<String>)> {
        let is_key = |kind| {
            matches!(kind, FieldType::Email | FieldType::Identifier | FieldType::EntryName | FieldType::UserName)
        };
        let can_be_renamed = |field: &&ProfileField| is_key(field.kind) && self.profile.columns == ColumnNames::Mapped;
        let open = self.known.iter().filter(|field| can_be_renamed(field) && !taken.contains(field.name.as_str()));
        let read = |field: &'static ProfileField| {
            Some((field, Expression::parse(&field.sql, self.compiler.scope).ok()?.attributes))
        };
        open.filter_map(read).collect()
    }

    /// The column of the profile that this one is: by its name, by `as`, or, for a key that was renamed, because it
    /// reads what the key reads. Renaming a column does not lose what the target demands of it.
    fn demand(
        &mut self,
        name: &Spanned<String>,
        options: &FieldOptions,
        expression: &Expression,
        open: &[(&'static ProfileField, BTreeSet<String>)],
    ) -> Option<&'static ProfileField> {
        let names = || self.known.iter().map(|field| field.name.as_str());
        self.exact(name, options);
        if let Some(other) = &options.stands_for {
            let found = self.known(other.get_ref());
            if found.is_none() {
                let help = did_you_mean(other.get_ref(), names());
                let title = format!("the profile {} has no column {}", self.profile.name, other.get_ref());
                self.compiler.mistake(other.span(), title, help);
            }
            return found;
        }
        let found = self.known(name.get_ref());
        if found.is_none() && !self.profile.columns.can_be_others() {
            let help = did_you_mean(name.get_ref(), names());
            let title = format!("{} takes no column {}{}", self.profile.title, self.prefix, name.get_ref());
            self.compiler.mistake(name.span(), title, help);
        }
        let renamed = || open.iter().find(|(_, attributes)| *attributes == expression.attributes).map(|(key, _)| *key);
        found.or_else(renamed)
    }

    /// A target that does not map columns knows each by its very name.
    fn exact(&mut self, name: &Spanned<String>, options: &FieldOptions) {
        if self.profile.columns == ColumnNames::Mapped {
            return;
        }
        let title = &self.profile.title;
        if let Some(other) = &options.stands_for {
            let help = format!("name the column {}", other.get_ref());
            self.compiler.mistake(other.span(), format!("{title} knows no column by another name"), Some(help));
        }
        let is_near =
            |field: &&ProfileField| field.name != *name.get_ref() && field.name.eq_ignore_ascii_case(name.get_ref());
        if let Some(field) = self.known.iter().find(is_near).filter(|_| self.profile.columns.can_be_others()) {
            let help = format!("write {}", field.name);
            self.compiler.mistake(name.span(), format!("{title} knows its columns by their case"), Some(help));
        }
    }

    fn field(
        &mut self,
        name: &Spanned<String>,
        field: &Field,
        expression: Expression,
        demand: Option<&'static ProfileField>,
    ) -> FieldPlan {
        self.writable(field, &expression);
        let mut plan = FieldPlan::new(name.get_ref(), expression);
        if let Some(demand) = demand {
            plan = plan.demanded(demand);
        }
        let options = &field.options;
        self.required(options, demand, &mut plan);
        plan.unique |= options.unique.unwrap_or(false);
        let shortest = |one: u32| plan.max_len.map_or(one, |other| other.min(one));
        plan.max_len = options.max_len.map(|own| shortest(own.get())).or(plan.max_len);
        plan.default.clone_from(&options.default);
        plan.map = options.map.as_ref().and_then(|map| self.value_map(map, options.on_unmapped));
        self.typed(plan)
    }

    fn writable(&mut self, field: &Field, expression: &Expression) {
        let kind = &expression.data_type;
        let plain = matches!(kind, DataType::String | DataType::Boolean | DataType::Date | DataType::Null);
        if !plain && !kind.is_primitive_numeric() {
            self.compiler.mistake(field.sql.span(), format!("a value of type {kind} cannot be written"), None);
        }
    }

    fn required(&mut self, options: &FieldOptions, demand: Option<&ProfileField>, plan: &mut FieldPlan) {
        let own = options.required.as_ref();
        let profile = demand.is_some_and(|demand| demand.required);
        plan.required = profile || own.is_some_and(|own| *own.get_ref());
        if profile && let Some(own) = own.filter(|own| !*own.get_ref()) {
            let title = format!("{} demands a value here", self.profile.title);
            self.compiler.mistake(own.span(), title, Some("a default fills it".into()));
        }
        match options.on_null.as_ref().map(|on| (on.span(), *on.get_ref())) {
            Some((span, OnNull::Empty)) if plan.required => {
                self.compiler.mistake(span, "a required value cannot be left empty", Some("a default fills it".into()));
            }
            Some((_, OnNull::Quarantine)) => plan.required = true,
            _ => {}
        }
    }

    fn value_map(&mut self, name: &Spanned<String>, on_unmapped: OnUnmapped) -> Option<Arc<ValueMap>> {
        let maps = self.compiler.request.maps;
        let Some(pairs) = maps.get(name.get_ref()) else {
            let near = did_you_mean(name.get_ref(), maps.keys().map(String::as_str));
            let help = near.unwrap_or_else(|| format!("a map is a table [maps.{}]", name.get_ref()));
            self.compiler.mistake(name.span(), format!("there is no map {}", name.get_ref()), Some(help));
            return None;
        };
        let values: FxHashMap<_, _> = pairs.clone().into_iter().collect();
        Some(Arc::new(ValueMap { name: name.get_ref().clone(), values, on_unmapped }))
    }

    fn mandatory(&mut self, taken: &BTreeSet<&str>) {
        for field in self.known.iter().filter(|field| field.required && !taken.contains(field.name.as_str())) {
            let ProfileField { name, sql, .. } = field;
            let help = format!("add \"{name}\" = \"{sql}\", or mark the column that it is: as = \"{name}\"");
            let title = format!("{} demands a column {name}", self.profile.title);
            self.compiler.mistake(self.output.profile.span(), title, Some(help));
        }
    }
}

impl Columns<'_, '_> {
    /// A target that knows columns by their places takes all of its own, in order; the first that is amiss is told.
    fn in_order(&mut self, fields: &Fields) {
        let places = self.known.iter().zip(fields.0.iter().map(|(name, _)| name));
        let misplaced = places.zip(1..).find(|((known, name), _)| known.name != *name.get_ref());
        let is_known = |name: &Spanned<String>| self.known(name.get_ref()).is_some();
        match misplaced {
            _ if self.profile.columns != ColumnNames::Fixed => {}
            // One that is not known was told already, and so was one that is demanded.
            Some(((known, name), nth)) if is_known(name) => {
                let title = format!("column {nth} of {} is {}", self.profile.title, known.name);
                self.compiler.mistake(name.span(), title, Some("all of its columns stand in their order".into()));
            }
            Some(_) => {}
            None => {
                if let Some(missing) = self.known.get(fields.0.len()) {
                    let title = format!("{} needs all of its columns: {} is missing", self.profile.title, missing.name);
                    let help = format!("add \"{}\" = \"{}\"", missing.name, missing.sql);
                    self.compiler.mistake(self.output.profile.span(), title, Some(help));
                }
            }
        }
    }
}

impl FieldPlan {
    fn new(name: &str, expression: Expression) -> FieldPlan {
        FieldPlan {
            name: name.to_owned(),
            expression,
            kind: FieldType::Text,
            required: false,
            unique: false,
            max_len: None,
            syntax: None,
            vocabulary: FxHashSet::default(),
            map: None,
            default: None,
        }
    }

    fn demanded(mut self, field: &ProfileField) -> FieldPlan {
        self.kind = field.kind;
        self.required = field.required;
        self.unique = field.unique;
        self.max_len = field.max_len;
        self.vocabulary = field.vocabulary.iter().cloned().collect();
        self
    }
}
