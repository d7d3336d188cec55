//! `--allow GUARD=VALUE`: one guard with another limit, for one run. It can only let more pass, never less, and it
//! stands in the manifest of the run that it let through.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;

use super::limit::{Expected, Limit, Skew};
use super::{Name, OrOff, Setting};

/// What a guard holds a value against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    Off,
    AtMost(Limit),
    AtLeast(u64),
    Between(Expected),
    Within(SignedDuration),
}

impl Bound {
    /// Whether a value is past the bound.
    pub fn is_passed(self, value: u64, base: Option<u64>) -> bool {
        match self {
            Bound::Off => false,
            Bound::AtMost(limit) => limit.is_passed(value, base),
            Bound::AtLeast(least) => value < least,
            Bound::Between(Expected { min, max }) => value < min || value > max,
            Bound::Within(most) => i128::from(value) > i128::from(most.as_secs()),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bound::Off => f.write_str("off"),
            Bound::AtMost(limit) => limit.fmt(f),
            Bound::AtLeast(least) => least.fmt(f),
            Bound::Between(Expected { min, max }) => write!(f, "{min}..{max}"),
            Bound::Within(most) => write!(f, "{most:#}"),
        }
    }
}

/// A limit lifted for one run. Its text is `GUARD=VALUE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    pub guard: Name,
    pub(super) bound: Bound,
}

impl fmt::Display for Allow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.guard, self.bound)
    }
}

/// Why an `--allow` cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AllowError {
    #[error("{0:?} is not GUARD=VALUE")]
    Form(String),
    #[error("there is no guard {0:?}")]
    Guard(String),
    #[error("{guard}={value}: {reason}")]
    Value { guard: Name, value: String, reason: String },
}

impl AllowError {
    /// What to write instead.
    pub fn help(&self) -> String {
        match self {
            AllowError::Form(_) => "for example --allow max_leavers=5%".into(),
            AllowError::Guard(given) => {
                let near = Name::ALL.into_iter().max_by(|a, b| closeness(given, *a).total_cmp(&closeness(given, *b)));
                near.map_or_else(String::new, |name| format!("the nearest is {name}"))
            }
            AllowError::Value { guard, .. } => format!("{guard} takes {}", expected(*guard)),
        }
    }
}

impl FromStr for Allow {
    type Err = AllowError;

    fn from_str(text: &str) -> Result<Self, AllowError> {
        let (key, value) = text.split_once('=').ok_or_else(|| AllowError::Form(text.into()))?;
        let guard =
            Name::ALL.into_iter().find(|name| name.key() == key).ok_or_else(|| AllowError::Guard(key.into()))?;
        match bound(guard, value) {
            Ok(bound) => Ok(Allow { guard, bound }),
            Err(reason) => Err(AllowError::Value { guard, value: value.into(), reason }),
        }
    }
}

fn bound(guard: Name, value: &str) -> Result<Bound, String> {
    let wrong = || format!("{value:?} is not {}", expected(guard));
    match guard {
        _ if value == "off" => Ok(Bound::Off),
        Name::MinUsers | Name::MinRows => value.parse().map(Bound::AtLeast).map_err(|_| wrong()),
        Name::MaxSetSkew | Name::MaxAge => Skew::try_from(value.to_owned()).map(|length| Bound::Within(length.0)),
        Name::ExpectedUsers => {
            let (min, max) = value.split_once("..").ok_or_else(wrong)?;
            let ends = [min.parse().map_err(|_| wrong())?, max.parse().map_err(|_| wrong())?];
            Expected::try_from(ends).map(Bound::Between)
        }
        _ => value.parse().map(Bound::AtMost),
    }
}

/// The form of a guard's value on the command line.
fn expected(guard: Name) -> &'static str {
    match guard {
        Name::ExpectedUsers => "MIN..MAX, or off",
        Name::MinUsers | Name::MinRows => u64::EXPECTED,
        Name::MaxSetSkew | Name::MaxAge => Skew::EXPECTED,
        _ => Limit::EXPECTED,
    }
}

fn closeness(given: &str, name: Name) -> f64 {
    strsim::jaro_winkler(given, name.key())
}

impl From<OrOff<Limit>> for Bound {
    fn from(setting: OrOff<Limit>) -> Self {
        match setting {
            OrOff::Off => Bound::Off,
            OrOff::On(limit) => Bound::AtMost(limit),
        }
    }
}

impl From<OrOff<u64>> for Bound {
    fn from(setting: OrOff<u64>) -> Self {
        match setting {
            OrOff::Off => Bound::Off,
            OrOff::On(least) => Bound::AtLeast(least),
        }
    }
}

impl From<OrOff<Expected>> for Bound {
    fn from(setting: OrOff<Expected>) -> Self {
        match setting {
            OrOff::Off => Bound::Off,
            OrOff::On(range) => Bound::Between(range),
        }
    }
}

impl From<OrOff<Skew>> for Bound {
    fn from(setting: OrOff<Skew>) -> Self {
        match setting {
            OrOff::Off => Bound::Off,
            OrOff::On(Skew(most)) => Bound::Within(most),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for text in [
            "max_leavers=5%",
            "max_rejected=12",
            "expected_users=1..20",
            "min_rows=0",
            "max_changed=off",
            "max_set_skew=6h",
        ] {
            assert_eq!(text.parse::<Allow>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn mistakes_are_told() {
        let told = |text: &str| text.parse::<Allow>().map_err(|e| (e.to_string(), e.help())).unwrap_err();
        assert!(told("max_leavers").1.contains("max_leavers=5%"));
        assert_eq!(told("max_laevers=5%").1, "the nearest is max_leavers");
        assert!(told("max_leavers=5.0").0.contains("\"5.0\" is not a whole number"));
        assert_eq!(told("expected_users=5").1, "expected_users takes MIN..MAX, or off");
        assert!(told("expected_users=5..1").0.contains("is empty"));
    }
}
