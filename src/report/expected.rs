//! `--expected headcount.csv`: the totals that HR gives, by any attribute of the people.

use std::collections::BTreeMap;
use std::path::Path;

use crate::pipeline::countable;
use crate::stages::map::Scope;

/// The columns of the file.
const COLUMNS: [&str; 3] = ["attribute", "value", "expected"];

/// What HR counts: active people by attribute and value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected(BTreeMap<String, BTreeMap<String, u64>>);

/// Why the totals cannot be used. All are exit 2. What the file says is not repeated: it may be any, a list of people say.
#[derive(Debug, thiserror::Error)]
pub enum ExpectedError {
    #[error("the expected totals {path} cannot be read: {reason}")]
    Unreadable { path: String, reason: String },
    #[error("{path}: the first line is not {}", COLUMNS.join(","))]
    Columns { path: String },
    #[error("{path}, line {line}: nobody can be counted by this attribute")]
    Attribute { path: String, line: u64, help: Option<String> },
    #[error("{path}, line {line}: what is expected is no whole number")]
    Number { path: String, line: u64 },
    #[error("{path}, line {line}: this {attribute} was given before")]
    Twice { path: String, line: u64, attribute: String },
    #[error("{path}: there are no totals")]
    Empty { path: String },
}

impl ExpectedError {
    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            ExpectedError::Unreadable { .. } => "give a CSV file in UTF-8".into(),
            ExpectedError::Attribute { help: Some(help), .. } => help.clone(),
            ExpectedError::Attribute { .. } => "name an attribute, as in LegalEmployerName".into(),
            _ => "a line of the file is an attribute, a value and a total: LegalEmployerName,Vision UK,42".into(),
        }
    }
}

/// What stands between the cells, as the spreadsheet saved it: the first line has nothing else but three names.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    [b';', b'\t'].into_iter().find(|delimiter| first.as_bytes().contains(delimiter)).unwrap_or(b',')
}

impl Expected {
    /// Reads the file. Every attribute must be one by which people can be counted.
    pub fn load(path: &Path, scope: &Scope) -> Result<Expected, ExpectedError> {
        let name = path.display().to_string();
        let unreadable = |reason: String| ExpectedError::Unreadable { path: name.clone(), reason };
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
        Expected::parse(&name, text.trim_start_matches('\u{feff}'), scope)
    }

    fn parse(path: &str, text: &str, scope: &Scope) -> Result<Expected, ExpectedError> {
        let path = || path.to_owned();
        let unreadable = |_: csv::Error| ExpectedError::Unreadable { path: path(), reason: "it is no CSV".into() };
        let mut rows = csv::ReaderBuilder::new();
        let mut rows = rows.delimiter(delimiter(text)).trim(csv::Trim::All).from_reader(text.as_bytes());
        let headers = rows.headers().map_err(unreadable)?;
        if !headers.iter().eq(COLUMNS) {
            return Err(ExpectedError::Columns { path: path() });
        }
        let mut expected = Expected::default();
        for row in rows.records() {
            let row = row.map_err(unreadable)?;
            let line = row.position().map_or(0, csv::Position::line);
            let attribute = row[0].to_owned();
            if let Err(help) = countable(scope, &attribute) {
                return Err(ExpectedError::Attribute { path: path(), line, help });
            }
            let Ok(total) = row[2].parse() else { return Err(ExpectedError::Number { path: path(), line }) };
            let values = expected.0.entry(attribute.clone()).or_default();
            if values.insert(row[1].to_owned(), total).is_some() {
                return Err(ExpectedError::Twice { path: path(), line, attribute });
            }
        }
        if expected.0.is_empty() { Err(ExpectedError::Empty { path: path() }) } else { Ok(expected) }
    }

    /// The attributes by which there are totals.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The totals by the values of an attribute.
    pub fn of(&self, attribute: &str) -> BTreeMap<&str, u64> {
        self.0.get(attribute).into_iter().flatten().map(|(value, total)| (value.as_str(), *total)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::map::{Attribute, Type};

    fn parse(text: &str) -> Result<Expected, String> {
        let attribute =
            Attribute { name: "LegalEmployerName".into(), kind: Type::Text, after_selection: false, personal: false };
        let scope = Scope { attributes: vec![attribute], headers: None };
        Expected::parse("h.csv", text, &scope).map_err(|error| format!("{error}; {}", error.help()))
    }

    #[test]
    fn totals_by_attribute_and_value() {
        let expected = parse("attribute,value,expected\nLegalEmployerName,\"Vision, UK\",12\nLegalEmployerName,X,0\n");
        let expected = expected.unwrap();
        assert_eq!(expected.of("LegalEmployerName"), BTreeMap::from([("Vision, UK", 12), ("X", 0)]));
        assert_eq!(expected.attributes().collect::<Vec<_>>(), ["LegalEmployerName"]);
        assert!(expected.of("JobName").is_empty());
        for saved in [
            "attribute;value;expected\r\nLegalEmployerName;\"Vision; UK, Ltd\";12\r\n",
            "attribute\tvalue\texpected\nLegalEmployerName\tVision; UK, Ltd\t12\n",
        ] {
            assert_eq!(parse(saved).unwrap().of("LegalEmployerName"), BTreeMap::from([("Vision; UK, Ltd", 12)]));
        }
    }

    #[test]
    fn every_mistake_has_its_line_and_its_remedy() {
        for (text, said) in [
            ("attribute,value\na,b\n", "h.csv: the first line is not attribute,value,expected; a line of the file is"),
            ("attribute,value,expected\n", "h.csv: there are no totals"),
            ("attribute,value,expected\nLegalEmployerNam,x,1\n", "did you mean LegalEmployerName?"),
            ("attribute,value,expected\nLegalEmployerName,x,many\n", "h.csv, line 2: what is expected is no whole"),
            ("attribute,value,expected\nLegalEmployerName,x,1\nLegalEmployerName,x,2\n", "h.csv, line 3: this Legal"),
            ("attribute,value,expected\nLegalEmployerName,x\n", "it is no CSV"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn a_list_of_people_is_not_repeated() {
        let person = "joe.green@vision.example,500137,Green\n";
        for text in [person.to_owned(), format!("attribute,value,expected\n{person}")] {
            let error = parse(&text).unwrap_err();
            assert!(["joe", "500137", "Green"].iter().all(|value| !error.contains(value)), "{error}");
        }
    }
}
