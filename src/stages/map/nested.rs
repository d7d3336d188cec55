//! The check of what only nested targets have: the lists of an output, and keys that must make one object, or be the
//! attributes of a directory.

use super::columns::Columns;
use super::compile::Compiler;
use super::elements::ElementKind;
use super::expression::Expression;
use super::mistake::did_you_mean;
use super::options::{List, Output};
use super::path::{self, Shape, Step};
use super::{FieldPlan, ListPlan, dn};
use crate::targets::{ColumnNames, FieldType, Format, Profile, ProfileField, ProfileList};

use toml::Spanned;

/// The lists of an output: those of the pipeline, and the profile's own where the pipeline does not choose the fields.
pub(super) fn lists(compiler: &mut Compiler<'_>, output: &Output, profile: &'static Profile) -> Vec<ListPlan> {
    let own = |name: &str| profile.lists.iter().find(|list| list.name == name);
    let chosen = |name: &str| output.each.0.iter().any(|(known, _)| known.get_ref() == name);
    let mut plans = Vec::new();
    if output.fields.is_none() {
        for list in profile.lists.iter().filter(|list| !chosen(&list.name)) {
            plans.extend(plan(compiler, output, profile, &list.name, Some(list), None));
        }
    }
    for (name, list) in &output.each.0 {
        if ElementKind::named(name.get_ref()).is_none() {
            let names: Vec<&str> = ElementKind::names().collect();
            let near = did_you_mean(name.get_ref(), names.iter().copied());
            let help = near.unwrap_or_else(|| format!("the lists are {}", names.join(", ")));
            let title = format!("nobody has several {}", name.get_ref());
            compiler.mistake(name.span(), title, Some(help));
            continue;
        }
        if list.fields.0.is_empty() && own(name.get_ref()).is_none() {
            compiler.mistake(name.span(), format!("the elements of {} have no fields", name.get_ref()), None);
            continue;
        }
        plans.extend(plan(compiler, output, profile, name.get_ref(), own(name.get_ref()), Some(list)));
    }
    plans
}

fn plan(
    compiler: &mut Compiler<'_>,
    output: &Output,
    profile: &'static Profile,
    name: &str,
    own: Option<&'static ProfileList>,
    chosen: Option<&List>,
) -> Option<ListPlan> {
    let kind = ElementKind::named(name)?;
    let known: &'static [ProfileField] = own.map_or(&[], |list| &list.fields);
    let fields = chosen.map(|list| &list.fields).filter(|fields| !fields.0.is_empty());
    let fields = Columns { compiler, output, profile, known, prefix: format!("{name}.") }.plan(fields);
    let mut conditions: Vec<Expression> = Vec::new();
    let ours = kind.existence().and_then(|sql| Expression::parse(sql, compiler.scope).ok());
    conditions.extend(ours);
    match (chosen.and_then(|list| list.condition.as_ref()), own.and_then(|list| list.condition.as_ref())) {
        (Some(condition), _) => conditions.extend(compiler.condition(condition)),
        (None, Some(condition)) => conditions.extend(Expression::parse(condition, compiler.scope).ok()),
        (None, None) => {}
    }
    let names: Vec<&Spanned<String>> =
        chosen.map(|list| list.fields.0.iter().map(|(name, _)| name).collect()).unwrap_or_default();
    keys(compiler, &names);
    let shape = Shape::of(values(&fields)).unwrap_or_else(|nth| {
        misplaced(compiler, output, &names, &fields, nth);
        Shape::Object(Vec::new())
    });
    let required = own.is_some_and(|list| list.required);
    Some(ListPlan { name: name.to_owned(), kind, fields, conditions, required, shape })
}

/// Checks what a nested target demands of an output as a whole, and that nothing nested stands in a flat one.
pub(super) fn check(
    compiler: &mut Compiler<'_>,
    output: &Output,
    profile: &'static Profile,
    fields: &[FieldPlan],
    lists: &[ListPlan],
) {
    format(compiler, output, profile);
    rows(compiler, output, profile);
    renames(compiler, output, profile, fields);
    base(compiler, output, profile);
    if !profile.format.is_json() {
        if let Some((name, _)) = output.each.0.first() {
            compiler.mistake(name.span(), format!("{} has one row a person, and no lists", profile.title), None);
        }
        if profile.format == Format::Ldif {
            attributes(compiler, output, fields);
        }
        return;
    }
    let names: Vec<&Spanned<String>> =
        output.fields.iter().flat_map(|fields| &fields.0).map(|(name, _)| name).collect();
    keys(compiler, &names);
    never(compiler, &names, profile);
    let of_lists = lists.iter().enumerate();
    let of_lists = of_lists.map(|(nth, list)| (vec![Step::Name(list.name.clone())], Shape::Elements(nth)));
    if let Err(nth) = Shape::of(values(fields).chain(of_lists)) {
        misplaced(compiler, output, &names, fields, nth);
    }
}

/// Every field at its place. A key that cannot be read has none, and was reported.
fn values(fields: &[FieldPlan]) -> impl Iterator<Item = (Vec<Step>, Shape)> {
    fields.iter().enumerate().map(|(nth, field)| {
        let steps = path::parse(&field.name).unwrap_or_else(|_| vec![Step::Name(field.name.clone())]);
        (steps, Shape::Value(nth))
    })
}

fn keys(compiler: &mut Compiler<'_>, names: &[&Spanned<String>]) {
    for name in names {
        if let Err(fault) = path::parse(name.get_ref()) {
            compiler.mistake_within(name, fault.part, fault.title, None);
        }
    }
}

/// A key that does not fit to those before it.
fn misplaced(
    compiler: &mut Compiler<'_>,
    output: &Output,
    names: &[&Spanned<String>],
    fields: &[FieldPlan],
    nth: usize,
) {
    let key = fields.get(nth).map_or("a list", |field| field.name.as_str());
    let title = format!("{key} does not fit to the keys before it");
    let help = "a key is either a value or has keys of its own, and indexes count from 0 without a gap";
    let span = names.iter().find(|name| name.get_ref() == key).map_or(output.profile.span(), |name| name.span());
    compiler.mistake(span, title, Some(help.to_owned()));
}

fn never(compiler: &mut Compiler<'_>, names: &[&Spanned<String>], profile: &Profile) {
    for name in names {
        let steps = path::parse(name.get_ref()).unwrap_or_default();
        let Some(Step::Name(first)) = steps.first() else { continue };
        if profile.never.contains(first) {
            let title = format!("{first} is never sent to {}: it is the target's own", profile.title);
            compiler.mistake(name.span(), title, None);
        }
    }
}

fn format(compiler: &mut Compiler<'_>, output: &Output, profile: &Profile) {
    let Some(format) = &output.format else { return };
    let of_objects = |format| matches!(format, Format::Jsonl | Format::JsonArray);
    if !of_objects(*format.get_ref()) || !of_objects(profile.format) {
        let help = "jsonl and json-array may stand for each other; every other format is its profile's".to_owned();
        compiler.mistake(format.span(), format!("{} is not written so", profile.title), Some(help));
    }
}

/// A target of roles or rights takes the rows of an extract, and every other one takes persons.
fn rows(compiler: &mut Compiler<'_>, output: &Output, profile: &Profile) {
    if profile.of_rows && output.rows.is_none() {
        let help = "rows = \"NAME\" names the side extract, one with alone = true".to_owned();
        compiler.mistake(output.profile.span(), format!("{} is not made of persons", profile.title), Some(help));
    }
    if let (Some(_), Some((name, _))) = (&output.rows, output.each.0.first()) {
        compiler.mistake(name.span(), "the rows of an extract have no lists", None);
    }
}

fn renames(compiler: &mut Compiler<'_>, output: &Output, profile: &Profile, fields: &[FieldPlan]) {
    let of_lists = profile.lists.iter().flat_map(|list| list.fields.iter().map(move |field| (list, field)));
    let of_lists = of_lists.map(|(list, field)| format!("{}.{}", list.name, field.name));
    let known: Vec<String> = profile.fields.iter().map(|field| field.name.clone()).chain(of_lists).collect();
    if let Some((key, _)) = output.rename.first().filter(|_| profile.columns != ColumnNames::Mapped) {
        compiler.mistake(key.span(), format!("{} knows no column by another name", profile.title), None);
    }
    for (key, _) in output.rename.iter().filter(|(key, _)| !known.contains(key.get_ref())) {
        let help = did_you_mean(key.get_ref(), known.iter().map(String::as_str));
        compiler.mistake(key.span(), format!("{} has no key {}", profile.title, key.get_ref()), help);
    }
    let is_own = |key: &str| list_of(profile, key).map_or(output.fields.is_none(), |list| keeps(output, list));
    for (key, _) in output.rename.iter().filter(|(key, _)| known.contains(key.get_ref()) && !is_own(key.get_ref())) {
        let title =
            format!("{} is not written here: the pipeline's own keys take the place of the profile's", key.get_ref());
        let help = "name the key in [output.fields], or in the list's own table, as it is to be called";
        compiler.mistake(key.span(), title, Some(help.to_owned()));
    }
    if profile.columns == ColumnNames::Mapped && !profile.format.is_json() {
        same_name(compiler, output, profile, fields);
    }
}

/// The list of the profile whose key this is.
fn list_of<'p>(profile: &'p Profile, key: &str) -> Option<&'p str> {
    let has = |list: &&ProfileList| {
        let own = key.strip_prefix(&list.name).and_then(|key| key.strip_prefix('.'));
        own.is_some_and(|own| list.fields.iter().any(|field| field.name == own))
    };
    profile.lists.iter().find(has).map(|list| list.name.as_str())
}

/// Whether the profile's own keys are written in a list: where the pipeline has the list without a key, or chooses nothing at all.
fn keeps(output: &Output, list: &str) -> bool {
    let own = output.each.0.iter().find(|(name, _)| name.get_ref() == list);
    own.map_or(output.fields.is_none(), |(_, own)| own.fields.0.is_empty())
}

/// Two columns of one name, of which one at least was renamed so: told at each. In an object they are told as keys.
fn same_name(compiler: &mut Compiler<'_>, output: &Output, profile: &Profile, fields: &[FieldPlan]) {
    let is_twice = |name: &str| fields.iter().filter(|field| field.name == name).count() > 1;
    for (key, name) in output.rename.iter().filter(|(_, name)| is_twice(name.get_ref())) {
        let bears = |field: &&ProfileField| {
            let own = Compiler::renamed(output, &field.name).unwrap_or(&field.name);
            field.name != *key.get_ref() && own == name.get_ref()
        };
        let Some(other) = profile.fields.iter().find(bears) else { continue };
        let title = format!("two columns are called {}: {} and {}", name.get_ref(), key.get_ref(), other.name);
        let help = if other.name == *name.get_ref() {
            format!("{} is a column of the profile: choose another name, or rename that one too", other.name)
        } else {
            format!("{} has this name too: choose another", other.name)
        };
        compiler.mistake(name.span(), title, Some(help));
    }
}

/// A key of a directory is an attribute, and the one that names an entry is one without options.
fn attributes(compiler: &mut Compiler<'_>, output: &Output, fields: &[FieldPlan]) {
    let chosen = output.fields.iter().flat_map(|fields| &fields.0).map(|(name, _)| name);
    let names: Vec<&Spanned<String>> = chosen.chain(output.rename.iter().map(|(_, name)| name)).collect();
    let is_wrong =
        |field: &&FieldPlan| !dn::is_key(&field.name) || field.kind == FieldType::EntryName && field.name.contains(';');
    for field in fields.iter().filter(is_wrong) {
        let span =
            names.iter().find(|name| *name.get_ref() == field.name).map_or(output.profile.span(), |name| name.span());
        let title = format!("{} is no attribute of a directory", field.name);
        let help =
            "letters, digits and hyphens, a letter first: givenName; one with several values is mail[0], mail[1]";
        compiler.mistake(span, title, Some(help.to_owned()));
    }
}

/// `base_dn` is for directories, and each needs one.
fn base(compiler: &mut Compiler<'_>, output: &Output, profile: &Profile) {
    let example = || Some("base_dn = \"ou=people,dc=example,dc=com\"".to_owned());
    match (&output.base_dn, profile.format == Format::Ldif) {
        (None, true) => {
            compiler.mistake(output.profile.span(), "nothing says where the entries stand", example());
        }
        (Some(base), false) => {
            compiler.mistake(base.span(), format!("{} is no directory", profile.title), None);
        }
        (Some(base), true) if !dn::is_name(base.get_ref()) => {
            compiler.mistake(base.span(), "this is no distinguished name", example());
        }
        _ => {}
    }
}
