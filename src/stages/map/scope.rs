//! The names that an expression may use.

use std::collections::BTreeSet;

use polars::prelude::{Column, DataFrame, DataType, IntoColumn, NamedFrom, PolarsResult, Series};

use crate::model::attribute;

/// What an attribute's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Text,
    Boolean,
    Date,
}

impl Type {
    /// The type of the attribute's column in the table.
    pub fn data_type(self) -> DataType {
        match self {
            Type::Text => DataType::String,
            Type::Boolean => DataType::Boolean,
            Type::Date => DataType::Date,
        }
    }
}

/// An attribute that an expression may name.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Oracle's name; a qualified one has its dot (`person.EffectiveStartDate`).
    pub name: String,
    pub kind: Type,
    /// Whether it is known only once it is known who is emitted: the resolved manager's.
    pub after_selection: bool,
    /// Whether its values are somebody's own, as far as is known.
    pub personal: bool,
}

/// The names that expressions may use. Names are case-sensitive.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// In the order in which a table of every attribute has them.
    pub attributes: Vec<Attribute>,
    /// The extract's own headers, which are written in double quotes. `None`: no file was opened yet, and any
    /// name in double quotes may be one.
    pub headers: Option<BTreeSet<String>>,
}

impl Scope {
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The type of a name; a column under its own header is text.
    pub fn kind(&self, name: &str) -> Type {
        self.attribute(name).map_or(Type::Text, |attribute| attribute.kind)
    }

    /// Whether this is the header of a column without a canonical name, as far as is known.
    pub fn is_header(&self, name: &str) -> bool {
        self.headers.as_ref().is_none_or(|headers| headers.contains(name))
    }

    /// What a name in double quotes means: an attribute, also by a header that is recognised as one, since its column is kept
    /// under the attribute's name alone; or the header as it stands.
    pub(super) fn meant<'a>(&'a self, quoted: &'a str) -> &'a str {
        let recognised = || self.attribute(attribute::recognised(quoted)?.name);
        self.attribute(quoted).or_else(recognised).map_or(quoted, |attribute| &attribute.name)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        let headers = self.headers.iter().flatten().map(String::as_str);
        self.attributes.iter().map(|attribute| attribute.name.as_str()).chain(headers)
    }

    /// A table of two rows, a value and a null, with a column for each of `names`: what an expression cannot do with
    /// these it cannot do with anybody's. Text that is no number and no date, and so fails where either is needed.
    pub(super) fn probe(&self, names: &BTreeSet<String>) -> PolarsResult<DataFrame> {
        let columns = names.iter().map(|name| self.probe_column(name)).collect::<PolarsResult<Vec<_>>>()?;
        DataFrame::new(2, columns)
    }

    fn probe_column(&self, name: &str) -> PolarsResult<Column> {
        Ok(match self.kind(name) {
            Type::Text => Series::new(name.into(), [Some("Aa1 b"), None]),
            Type::Boolean => Series::new(name.into(), [Some(true), None]),
            Type::Date => Series::new(name.into(), [Some(20_000i32), None]).cast(&DataType::Date)?,
        }
        .into_column())
    }
}
