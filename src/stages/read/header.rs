//! The header line: its delimiter, and which column is which attribute.

use rustc_hash::{FxHashMap, FxHashSet};

use super::error::ReadError;
use super::options::{Columns, Delimiter};
use crate::model::attribute::{self, Attribute};
use crate::model::kind::Kind;

/// An unknown header (`CSV005`): no error, since it can be mapped by its own name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: the header of column {column}, \"{header}\", is not recognised in a file of kind {kind}")]
pub struct Notice {
    pub file: String,
    pub line: u32,
    /// The column, the first being 1.
    pub column: usize,
    pub header: String,
    pub kind: Kind,
}

impl Notice {
    /// The code of `resolution.md`.
    pub fn code(&self) -> &'static str {
        "CSV005"
    }

    /// What can be done about it.
    pub fn help(&self) -> String {
        format!(
            "an expression can name it as it stands; to make it an attribute: columns = {{ NAME = \"{}\" }}",
            self.header
        )
    }
}

/// A header line that was understood.
#[derive(Debug, Default)]
pub(super) struct Header {
    /// The file's own headers, in order.
    pub(super) names: Vec<String>,
    /// Attribute and index of its column: those that the pipeline names, then those that were recognised, then the unknown by their own header.
    pub(super) columns: Vec<(String, usize)>,
    pub(super) notices: Vec<Notice>,
}

/// The delimiter of a header line: the one that stands there most often outside quotes, a comma if there is none.
pub(super) fn find_delimiter(text: &[u8]) -> u8 {
    let mut inside = false;
    let mut counts = Delimiter::USUAL.map(|delimiter| (delimiter.byte(), 0));
    for byte in text {
        match byte {
            b'"' => inside = !inside,
            _ if inside => {}
            b'\n' => break,
            byte => counts.iter_mut().filter(|(delimiter, _)| delimiter == byte).for_each(|(_, count)| *count += 1),
        }
    }
    let likeliest = counts.into_iter().reduce(|best, other| if other.1 > best.1 { other } else { best });
    likeliest.map_or(b',', |(delimiter, _)| delimiter)
}

/// A header line to be understood: where it stands, and the headers.
pub(super) struct Line<'a> {
    pub(super) file: &'a str,
    pub(super) line: u32,
    /// The kind of record; `None` in a side extract, whose columns only the pipeline knows.
    pub(super) kind: Option<Kind>,
    pub(super) names: Vec<String>,
}

impl Line<'_> {
    /// Finds the attribute of every column. What the pipeline says comes first, then a header that is the attribute's name,
    /// then one that is an alias of it.
    ///
    /// Errors: an attribute of `required`, or a header that the pipeline names, is not there (`CSV004`); two headers
    /// normalise alike, or are two aliases of one attribute (`CSV003`). In this order, so that a line of cells is never quoted.
    pub(super) fn understand(self, said: &Columns, required: &[&str]) -> Result<Header, ReadError> {
        let plain: Vec<String> = self.names.iter().map(|name| attribute::normalise(name)).collect();
        let mut columns: Vec<(String, usize)> = Vec::new();
        for (name, header) in &said.0 {
            let wanted = attribute::normalise(header);
            let index = plain.iter().position(|plain| *plain == wanted);
            columns.push((name.clone(), index.ok_or_else(|| self.missing(name, header, &columns))?));
        }
        let alike = self.recognise(&plain, &mut columns);
        let unknown: Vec<usize> =
            (0..plain.len()).filter(|index| columns.iter().all(|(_, taken)| taken != index)).collect();
        let mut taken: FxHashSet<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let by_header = unknown.iter().map(|index| (self.names[*index].trim(), *index));
        let by_header = by_header.filter(|(name, _)| !name.is_empty() && taken.insert(name));
        let by_header: Vec<_> = by_header.map(|(name, index)| (name.to_owned(), index)).collect();
        columns.extend(by_header);
        if let Some(absent) = required.iter().find(|name| columns.iter().all(|(attribute, _)| attribute != *name)) {
            let is_known = |index: &usize| unknown.binary_search(index).is_err();
            let known: Vec<_> = columns.into_iter().filter(|(_, index)| is_known(index)).collect();
            return Err(self.missing(absent, absent, &known));
        }
        let mut seen = FxHashMap::default();
        let twins = plain.iter().enumerate().find_map(|(b, plain)| seen.insert(plain, b).map(|a| (a, b)));
        if let Some((first, second)) = twins.or(alike) {
            return Err(self.alike(first, second));
        }
        let notices = self.kind.into_iter().flat_map(|kind| unknown.iter().map(move |index| (kind, *index)));
        let notices = notices.map(|(kind, index)| self.unknown(kind, index)).collect();
        Ok(Header { names: self.names, columns, notices })
    }

    /// Adds the columns whose headers the catalogue knows; the first two that are aliases of one attribute, if any.
    fn recognise(&self, plain: &[String], columns: &mut Vec<(String, usize)>) -> Option<(usize, usize)> {
        let free = |columns: &[(String, usize)], index| columns.iter().all(|(_, taken)| *taken != index);
        let found: Vec<(usize, &Attribute)> = (0..plain.len())
            .filter(|index| free(columns, *index))
            .filter_map(|index| Some((index, self.find(&plain[index])?)))
            .collect();
        let (by_name, by_alias): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|(index, attribute)| attribute.name.eq_ignore_ascii_case(&plain[*index]));
        for (index, attribute) in by_name {
            if columns.iter().all(|(name, _)| name != attribute.name) {
                columns.push((attribute.name.to_owned(), index));
            }
        }
        let (named, mut alike) = (columns.len(), None);
        for (index, attribute) in by_alias {
            match columns.iter().position(|(name, _)| name == attribute.name) {
                None => columns.push((attribute.name.to_owned(), index)),
                Some(taken) if taken >= named => alike = alike.or(Some((columns[taken].1, index))),
                Some(_) => {}
            }
        }
        alike
    }

    fn missing(&self, attribute: &str, header: &str, known: &[(String, usize)]) -> ReadError {
        let unknown = self.names.iter().enumerate().filter(|(index, _)| known.iter().all(|(_, taken)| taken != index));
        let nearest = attribute::nearest(header, unknown.map(|(_, name)| name.as_str())).map(str::to_owned);
        ReadError::Missing {
            file: self.file.into(),
            line: self.line,
            attribute: attribute.into(),
            header: header.into(),
            nearest,
        }
    }

    fn alike(&self, first: usize, second: usize) -> ReadError {
        ReadError::Alike {
            file: self.file.into(),
            line: self.line,
            first: first + 1,
            second: second + 1,
            headers: [self.names[first].clone(), self.names[second].clone()],
        }
    }

    fn find(&self, header: &str) -> Option<&'static Attribute> {
        match self.kind {
            Some(kind) => attribute::find(kind, header),
            None => attribute::find_in_side(header),
        }
    }

    fn unknown(&self, kind: Kind, index: usize) -> Notice {
        let header = self.names[index].clone();
        Notice { file: self.file.into(), line: self.line, column: index + 1, header, kind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: usize = 200_000;

    fn understand(names: Vec<String>, required: &[&str]) -> Result<Header, ReadError> {
        Line { file: "x.csv", line: 1, kind: Some(Kind::Person), names }.understand(&Columns::default(), required)
    }

    fn many() -> Vec<String> {
        (0..COLUMNS).map(|column| column.to_string()).chain(["PersonNumber".to_owned()]).collect()
    }

    #[test]
    fn columns_without_end_are_named_once() {
        let header = understand(many(), &["PersonNumber"]).unwrap();
        let last = COLUMNS - 1;
        assert_eq!(header.columns[0], ("PersonNumber".to_owned(), COLUMNS));
        assert_eq!(header.columns[COLUMNS], (last.to_string(), last));
        assert_eq!((header.columns.len(), header.notices.len()), (COLUMNS + 1, COLUMNS));
    }

    #[test]
    fn of_columns_without_end_the_first_two_that_are_alike_are_told() {
        let twins = [many(), vec!["7".to_owned(), "5".to_owned()]].concat();
        let Err(ReadError::Alike { first, second, .. }) = understand(twins, &[]) else { panic!("they are alike") };
        assert_eq!((first, second), (8, COLUMNS + 2));
    }

    #[test]
    fn among_columns_without_end_the_nearest_to_one_that_is_missing_is_told() {
        let Err(ReadError::Missing { nearest, .. }) = understand(many(), &["PersonNumbers"]) else { panic!("no such") };
        assert_eq!(nearest, None, "one that is known is not meant");
    }
}
