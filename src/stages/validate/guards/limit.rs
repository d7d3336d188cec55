//! The values of `[guard]`: counts, exact percentages, ranges and durations. Each is parsed into a type
//! that cannot be wrong, so that the pipeline file's error points at the very value.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::or_off::Setting;
use crate::model::kind::Kind;
use crate::stages::fetch::Age;

/// At most this many: of them all, or of a hundred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    Count(u64),
    Percent(Percent),
}

impl Setting for Limit {
    const EXPECTED: &'static str = "a whole number, a percentage such as \"2%\", or \"off\"";
}

impl Limit {
    /// Whether `value` is above the limit. A percentage without a base (nothing to compare with) limits nothing.
    pub fn is_passed(self, value: u64, base: Option<u64>) -> bool {
        match (self, base) {
            (Limit::Count(most), _) => value > most,
            (Limit::Percent(Percent(parts)), Some(base)) => {
                u128::from(value) * u128::from(Percent::PARTS) > u128::from(parts) * u128::from(base)
            }
            (Limit::Percent(_), None) => false,
        }
    }
}

/// A percentage in parts of a million: exact to four decimals, so that `2%` of a base is never a rounded number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percent(u64);

impl Percent {
    const PARTS: u64 = 1_000_000;
    const PARTS_PER_CENT: u64 = 10_000;
    const DECIMALS: usize = 4;

    /// A whole percentage.
    pub const fn whole(percent: u32) -> Percent {
        Percent(percent as u64 * Self::PARTS_PER_CENT)
    }
}

impl FromStr for Percent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("{text:?} is no percentage such as \"2%\" or \"0.5%\", of at most {} decimals", Self::DECIMALS);
        let number = text.strip_suffix('%').ok_or_else(wrong)?;
        let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(decimals) || whole.len() > 9 || decimals.len() > Self::DECIMALS {
            return Err(wrong());
        }
        let parts = format!("{whole}{decimals:0<width$}", width = Self::DECIMALS);
        parts.parse().map(Percent).map_err(|_| wrong())
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, decimals) = (self.0 / Self::PARTS_PER_CENT, self.0 % Self::PARTS_PER_CENT);
        let decimals = format!(".{decimals:04}");
        write!(f, "{whole}{}%", decimals.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(count) => Ok(Limit::Count(count)),
            Err(_) if text.ends_with('%') => text.parse().map(Limit::Percent),
            Err(_) => Err(format!("{text:?} is not {}", Limit::EXPECTED)),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Count(count) => count.fmt(f),
            Limit::Percent(percent) => percent.fmt(f),
        }
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Form;
        impl Visitor<'_> for Form {
            type Value = Limit;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(Limit::EXPECTED)
            }

            fn visit_u64<E: Error>(self, count: u64) -> Result<Limit, E> {
                Ok(Limit::Count(count))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Limit, E> {
                text.parse().map_err(E::custom)
            }
        }
        from.deserialize_any(Form)
    }
}

/// How many users are expected: both ends are inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "[u64; 2]")]
#[schemars(with = "[u64; 2]")]
pub struct Expected {
    pub min: u64,
    pub max: u64,
}

impl Setting for Expected {
    const EXPECTED: &'static str = "two whole numbers [MIN, MAX], or \"off\"";
}

impl TryFrom<[u64; 2]> for Expected {
    type Error = String;

    fn try_from([min, max]: [u64; 2]) -> Result<Self, String> {
        if min <= max {
            Ok(Expected { min, max })
        } else {
            Err(format!("[{min}, {max}] is empty: the smaller number comes first"))
        }
    }
}

/// How far files may be apart in time, or how old they may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Skew(pub SignedDuration);

impl Setting for Skew {
    const EXPECTED: &'static str = "a duration such as \"6h\" or \"2d\", or \"off\"";
}

impl TryFrom<String> for Skew {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = |_| format!("{text:?} is not {}", Skew::EXPECTED);
        Age::try_from(text.clone()).map(|age| Skew(age.signed())).map_err(wrong)
    }
}

/// How many rows at least: of every file, or by record kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MinRows {
    Each(u64),
    ByKind(BTreeMap<Kind, u64>),
}

impl Setting for MinRows {
    const EXPECTED: &'static str = "a whole number, a table of record kinds such as { person = 1000 }, or \"off\"";
}

impl<'de> Deserialize<'de> for MinRows {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = MinRows;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(MinRows::EXPECTED)
            }

            fn visit_u64<E: Error>(self, rows: u64) -> Result<MinRows, E> {
                Ok(MinRows::Each(rows))
            }

            fn visit_map<M: MapAccess<'de>>(self, mut entries: M) -> Result<MinRows, M::Error> {
                let mut rows = BTreeMap::new();
                while let Some((key, least)) = entries.next_entry::<String, u64>()? {
                    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == key);
                    let known = Kind::ALL.map(Kind::name).join(", ");
                    let kind =
                        kind.ok_or_else(|| M::Error::custom(format!("there is no record kind {key:?}, only {known}")))?;
                    rows.insert(kind, least);
                }
                Ok(MinRows::ByKind(rows))
            }
        }
        from.deserialize_any(Form)
    }
}

impl JsonSchema for Limit {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Limit".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [
            { "type": "integer", "minimum": 0 },
            { "type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,4})?%$" },
        ] })
    }
}

impl JsonSchema for MinRows {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "MinRows".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let number = serde_json::json!({ "type": "integer", "minimum": 0 });
        let kinds: serde_json::Map<_, _> =
            Kind::ALL.iter().map(|kind| (kind.name().to_owned(), number.clone())).collect();
        json_schema!({ "anyOf": [number, { "type": "object", "properties": kinds, "additionalProperties": false }] })
    }
}

/// For the defaults in the JSON Schema.
impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Limit::Count(count) => to.serialize_u64(*count),
            Limit::Percent(percent) => to.collect_str(percent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::validate::guards::{Guard, OrOff};

    #[test]
    fn percentages_are_exact() {
        for (text, shown) in
            [("2%", "2%"), ("0.5%", "0.5%"), ("0.0001%", "0.0001%"), ("100%", "100%"), ("2.50%", "2.5%")]
        {
            assert_eq!(text.parse::<Percent>().unwrap().to_string(), shown);
        }
        for text in ["2", "%", "2 %", "-1%", ".5%", "2.%", "0.00001%", "1e2%", "2%%", "9999999999%", "٢%"] {
            assert!(text.parse::<Percent>().is_err(), "{text}");
        }
        let limit = |text: &str| text.parse::<Limit>().unwrap();
        assert!(!limit("0.5%").is_passed(5, Some(1000)) && limit("0.5%").is_passed(6, Some(1000)));
        assert!(!limit("2%").is_passed(0, Some(0)) && limit("2%").is_passed(1, Some(0)));
        assert!(limit("100%").is_passed(u64::MAX, Some(u64::MAX - 1)), "no overflow");
        assert!(!limit("2%").is_passed(9, None) && limit("8").is_passed(9, None));
    }

    #[test]
    fn every_form_is_read() {
        let text = r#"
            expected_users = [40_000, 50_000]
            min_users = "off"
            min_rows = { person = 3, assignment = 4 }
            max_quarantined = 0
            max_leavers = "0.5%"
            max_joiners = "off"
            max_set_skew = "6h"
            max_age = "2d"
        "#;
        let guard: Guard = toml::from_str(text).unwrap();
        assert_eq!(guard.expected_users, Some(OrOff::On(Expected { min: 40_000, max: 50_000 })));
        assert_eq!(guard.min_users, OrOff::Off);
        assert_eq!(guard.min_rows, Some(OrOff::On(MinRows::ByKind([(Kind::Person, 3), (Kind::Assignment, 4)].into()))));
        assert_eq!(guard.max_quarantined, OrOff::On(Limit::Count(0)));
        assert_eq!(guard.max_leavers, OrOff::On("0.5%".parse().unwrap()));
        assert_eq!(guard.max_joiners, OrOff::Off);
        assert_eq!(guard.max_set_skew, Some(OrOff::On(Skew(SignedDuration::from_hours(6)))));
        assert_eq!(guard.max_age, Some(OrOff::On(Skew(SignedDuration::from_hours(48)))), "as [fetch] takes it");
        assert_eq!(guard.max_changed, Guard::default().max_changed, "an absent key has its default");
        assert_eq!(toml::from_str::<Guard>("").unwrap(), Guard::default());
        assert_eq!(toml::from_str::<Guard>("min_rows = 7").unwrap().min_rows, Some(OrOff::On(MinRows::Each(7))));
    }

    #[test]
    fn every_other_form_is_refused_under_its_value() {
        let cases = [
            ("max_leavers = 0.02", "a percentage such as \"2%\""),
            ("max_leavers = \"2\u{a0}%\"", "is no percentage"),
            ("max_leavers = \"none\"", "or \"off\""),
            ("max_leavers = false", "or \"off\""),
            ("max_leavers = -1", "-1 is not a whole number"),
            ("min_users = \"1%\"", "u64"),
            ("min_rows = { persons = 1 }", "no record kind \"persons\""),
            ("expected_users = [2, 1]", "[2, 1] is empty"),
            ("expected_users = [1]", "length"),
            ("max_set_skew = \"-6h\"", "a duration such as"),
            ("max_set_skew = 6", "string"),
            ("max_laevers = 1", "unknown field `max_laevers`"),
        ];
        for (text, message) in cases {
            let error = toml::from_str::<Guard>(text).unwrap_err();
            assert!(error.to_string().contains(message), "{text}: {error}");
            assert!(error.span().is_some(), "{text}: no position");
        }
    }

    #[test]
    fn the_schema_agrees() {
        let schema = serde_json::to_value(schemars::schema_for!(Guard)).unwrap();
        let agrees = |json: serde_json::Value| jsonschema::is_valid(&schema, &json);
        assert!(agrees(
            serde_json::json!({ "max_leavers": "0.5%", "min_rows": { "person": 1 }, "expected_users": [1, 2], "min_users": "off" })
        ));
        assert!(
            !agrees(serde_json::json!({ "max_leavers": 0.02 })) && !agrees(serde_json::json!({ "max_laevers": 1 }))
        );
    }
}
