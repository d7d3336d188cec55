//! `[select] scim_filter`: One Identity's filter grammar, which is RFC 7644's (section 3.4.2.2) without grouping, `not` and
//! `pr`, over the attributes that their connector filters employees by. It becomes an SQL condition of the same engine.
//!
//! Texts are compared without regard to case, as RFC 7643 has it where a schema does not say otherwise. An attribute that a
//! person may have several of is the primary one's.

use std::ops::Range;

use polars::prelude::escape_regex_str;

use super::expression::{Expression, Fault};
use super::mistake::did_you_mean;
use super::scope::Scope;

/// What can be filtered by, and what it is here.
const ATTRIBUTES: [(&str, &str); 12] = [
    ("id", "person.PersonId"),
    ("personId", "person.PersonId"),
    ("personNumber", "PersonNumber"),
    ("name.firstName", "FirstName"),
    ("name.lastName", "LastName"),
    ("displayName", "DisplayName"),
    ("emails.emailAddress", "WorkEmail"),
    ("workRelationships.legislationCode", "LegislationCode"),
    ("workRelationships.legalEmployerName", "LegalEmployerName"),
    ("phones.phoneNumber", "COALESCE(PhoneNumber, WorkPhone)"),
    ("addresses.country", "Country"),
    ("addresses.townOrCity", "TownOrCity"),
];

const OPERATORS: [&str; 9] = ["eq", "ne", "sw", "co", "ew", "gt", "ge", "lt", "le"];

/// The condition that a filter is.
pub(super) fn expression(filter: &str, scope: &Scope) -> Result<Expression, Fault> {
    let words = words(filter)?;
    let sql = Parser { words: &words, at: 0, end: filter.len() }.condition()?;
    let unexpected = |fault: Fault| Fault { part: 0..filter.len(), title: fault.title, help: None };
    Expression::parse(&sql, scope).map_err(|faults| {
        let first = faults.into_iter().next();
        first.map_or(fault(0..filter.len(), "the filter cannot be computed", None), unexpected)
    })
}

fn fault(part: Range<usize>, title: impl Into<String>, help: Option<&str>) -> Fault {
    Fault { part, title: title.into(), help: help.map(str::to_owned) }
}

#[derive(Debug)]
struct Word {
    part: Range<usize>,
    text: String,
    is_quoted: bool,
}

/// The words of a filter. What RFC 7644 has and One Identity does not is refused here.
fn words(filter: &str) -> Result<Vec<Word>, Fault> {
    const GROUPS: &str = "AND binds before OR; write the condition out without parentheses";
    let mut words = Vec::new();
    let mut rest = filter.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        match c {
            c if c.is_whitespace() => {}
            '(' | ')' => return Err(fault(start..start + 1, "One Identity's filters have no grouping", Some(GROUPS))),
            '[' | ']' => {
                let help = Some("write attribute.subAttribute: emails.emailAddress sw \"a\"");
                return Err(fault(start..start + 1, "One Identity's filters have no value paths", help));
            }
            '\'' => {
                let help = Some("write \"Vision\"; in TOML the whole filter then stands in single quotes");
                return Err(fault(start..start + 1, "a value stands in double quotes", help));
            }
            '"' => {
                let mut text = String::new();
                let end = loop {
                    match rest.next() {
                        None => {
                            return Err(fault(start..filter.len(), "this value never ends", Some("close it with \"")));
                        }
                        Some((end, '"')) => break end + 1,
                        Some((_, '\\')) => text.extend(rest.next().map(|(_, escaped)| escaped)),
                        Some((_, c)) => text.push(c),
                    }
                };
                words.push(Word { part: start..end, text, is_quoted: true });
            }
            _ => {
                let mut end = start + c.len_utf8();
                while let Some((at, c)) = rest.next_if(|(_, c)| !c.is_whitespace() && !"()[]\"".contains(*c)) {
                    end = at + c.len_utf8();
                }
                words.push(Word { part: start..end, text: filter[start..end].to_owned(), is_quoted: false });
            }
        }
    }
    Ok(words)
}

struct Parser<'a> {
    words: &'a [Word],
    at: usize,
    /// Where the filter ends.
    end: usize,
}

impl<'a> Parser<'a> {
    /// Comparisons, with AND and OR between them; SQL binds them alike.
    fn condition(mut self) -> Result<String, Fault> {
        let mut sql = self.comparison()?;
        while let Some(word) = self.words.get(self.at) {
            self.at += 1;
            match word.text.to_uppercase().as_str() {
                logic @ ("AND" | "OR") if !word.is_quoted => {
                    let other = self.comparison()?;
                    sql = format!("{sql} {logic} {other}");
                }
                _ => return Err(fault(word.part.clone(), "here the filter goes on with and, or or ends", None)),
            }
        }
        Ok(sql)
    }

    fn next(&mut self, wanted: &str) -> Result<&'a Word, Fault> {
        let word =
            self.words.get(self.at).ok_or_else(|| fault(self.end..self.end, format!("{wanted} is missing"), None));
        self.at += 1;
        word
    }

    fn comparison(&mut self) -> Result<String, Fault> {
        let attribute = self.next("an attribute")?;
        if attribute.text.eq_ignore_ascii_case("not") {
            let help = Some("turn the comparison round: ne in the place of eq");
            return Err(fault(attribute.part.clone(), "One Identity's filters have no not", help));
        }
        let names = || ATTRIBUTES.iter().map(|(name, _)| *name);
        let known = ATTRIBUTES.iter().find(|(name, _)| name.eq_ignore_ascii_case(&attribute.text));
        let Some((_, column)) = known.filter(|_| !attribute.is_quoted) else {
            let near = did_you_mean(&attribute.text, names());
            let help = near.unwrap_or_else(|| format!("they are {}", names().collect::<Vec<_>>().join(", ")));
            let title = format!("One Identity does not filter employees by {}", attribute.text);
            return Err(fault(attribute.part.clone(), title, Some(&help)));
        };
        let operator = self.next("an operator")?;
        let known = OPERATORS.iter().find(|known| known.eq_ignore_ascii_case(&operator.text));
        let Some(known) = known.filter(|_| !operator.is_quoted) else {
            let title = match operator.text.to_lowercase().as_str() {
                "pr" => "One Identity's filters have no pr".to_owned(),
                _ => format!("there is no operator {}", operator.text),
            };
            return Err(fault(operator.part.clone(), title, Some(&format!("they are {}", OPERATORS.join(", ")))));
        };
        let value = self.next("a value in double quotes")?;
        if !value.is_quoted {
            let help = format!("write \"{}\"", value.text);
            return Err(fault(value.part.clone(), "a value stands in double quotes", Some(&help)));
        }
        Ok(compare(column, known, &value.text.to_lowercase()))
    }
}

/// A comparison in SQL. Who has no value equals none.
fn compare(column: &str, operator: &str, value: &str) -> String {
    let quoted = |value: &str| format!("'{}'", value.replace('\'', "''"));
    let (column, text) = (format!("LOWER({column})"), quoted(value));
    match operator {
        "eq" => format!("{column} = {text}"),
        "ne" => format!("COALESCE({column}, '') <> {text}"),
        "sw" => format!("STARTS_WITH({column}, {text})"),
        "ew" => format!("ENDS_WITH({column}, {text})"),
        // By the engine's own escape: what is a mark of the language changes with it, `\<` is where a word begins.
        "co" => format!("REGEXP_LIKE({column}, {})", quoted(&escape_regex_str(value))),
        "gt" => format!("{column} > {text}"),
        "ge" => format!("{column} >= {text}"),
        "lt" => format!("{column} < {text}"),
        _ => format!("{column} <= {text}"),
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::{Column, DataFrame, IntoLazy};

    use super::*;
    use crate::stages::map::{Attribute, Type};

    fn sql(filter: &str) -> Result<String, (String, String)> {
        let said = |fault: Fault| (filter[fault.part].to_owned(), fault.title);
        let words = words(filter).map_err(said)?;
        Parser { words: &words, at: 0, end: filter.len() }.condition().map_err(said)
    }

    #[test]
    fn every_operator_is_a_comparison_without_regard_to_case() {
        for (filter, condition) in [
            (r#"workRelationships.legalEmployerName eq "Vision""#, "LOWER(LegalEmployerName) = 'vision'"),
            (r#"name.lastName ne "O'Brien""#, "COALESCE(LOWER(LastName), '') <> 'o''brien'"),
            (r#"PERSONNUMBER SW "50""#, "STARTS_WITH(LOWER(PersonNumber), '50')"),
            (r#"emails.emailAddress ew "@x.com""#, "ENDS_WITH(LOWER(WorkEmail), '@x.com')"),
            (r#"displayName co "a.b""#, "REGEXP_LIKE(LOWER(DisplayName), 'a\\.b')"),
            (r#"displayName co "<A""#, "REGEXP_LIKE(LOWER(DisplayName), '<a')"),
            (r#"id gt "1" and id ge "2""#, "LOWER(person.PersonId) > '1' AND LOWER(person.PersonId) >= '2'"),
            (r#"id lt "1" OR id le "a\"b""#, "LOWER(person.PersonId) < '1' OR LOWER(person.PersonId) <= 'a\"b'"),
        ] {
            assert_eq!(sql(filter).as_deref(), Ok(condition), "{filter}");
        }
    }

    #[test]
    fn every_character_is_found_as_itself_and_nowhere_else() {
        let attribute =
            Attribute { name: "DisplayName".into(), kind: Type::Text, after_selection: false, personal: false };
        let scope = Scope { attributes: vec![attribute], headers: None };
        let marks = ('!'..='~').filter(char::is_ascii_punctuation).chain([' ', '\t', 'ü', 'w', 'd', '0']);
        for mark in marks {
            let escaped = if matches!(mark, '"' | '\\') { format!("\\{mark}") } else { mark.to_string() };
            for (filter, texts) in [
                (format!("displayName co \"{escaped}\""), [format!("{mark}"), "abc".into()]),
                (format!("displayName co \"A{escaped}b\""), [format!("1a{mark}B2"), format!("ab ac{mark}cb")]),
            ] {
                let condition = expression(&filter, &scope).unwrap_or_else(|fault| panic!("{filter}: {fault:?}"));
                let column = Column::new("DisplayName".into(), texts);
                let table = DataFrame::new(2, vec![column]).unwrap();
                let found = table.lazy().select([condition.plan.alias("x")]).collect().unwrap();
                let found: Vec<_> = found.column("x").unwrap().bool().unwrap().iter().collect();
                assert_eq!(found, [Some(true), Some(false)], "{filter}");
            }
        }
    }

    #[test]
    fn what_one_identity_does_not_support_is_refused_under_the_word() {
        for (filter, part, title) in [
            (r#"not id eq "1""#, "not", "One Identity's filters have no not"),
            ("name.lastName pr", "pr", "One Identity's filters have no pr"),
            (r#"(id eq "1")"#, "(", "One Identity's filters have no grouping"),
            (r#"emails[type eq "work"]"#, "[", "One Identity's filters have no value paths"),
            ("id eq '1'", "'", "a value stands in double quotes"),
            ("id eq 1", "1", "a value stands in double quotes"),
            (r#"id eq "1"#, r#""1"#, "this value never ends"),
            (r#"id is "1""#, "is", "there is no operator is"),
            (r#"userName eq "x""#, "userName", "One Identity does not filter employees by userName"),
            (r#"id eq "1" xor id eq "2""#, "xor", "here the filter goes on with and, or or ends"),
            (r#"id eq "1" and"#, "", "an attribute is missing"),
            ("id eq", "", "a value in double quotes is missing"),
        ] {
            assert_eq!(sql(filter), Err((part.to_owned(), title.to_owned())), "{filter}");
        }
    }
}
