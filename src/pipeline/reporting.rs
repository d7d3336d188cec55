//! `[report]`: by which attributes people are counted, and the key of `--mask full`.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use crate::model::secret::Secret;
use crate::stages::map::{Mistake, Scope, nearest};

/// By which attributes people are counted unless the pipeline says otherwise.
const HEADCOUNT: [&str; 5] = ["WorkerType", "LegalEmployerName", "BusinessUnitName", "LegislationCode", "LocationName"];

/// What tells one person from all others. A report that masks people would show whom it counts.
const IDS: [&str; 5] = ["PersonNumber", "PersonId", "PeriodOfServiceId", "AssignmentId", "AssignmentNumber"];

/// What the report shows beyond what every report does.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Reporting {
    /// By which attributes people are counted; these columns are kept. Worker type, legal employer, business unit, country
    /// and location if absent.
    #[schemars(with = "Option<Vec<String>>")]
    pub headcount: Option<Vec<Spanned<String>>>,
    /// The key of `--mask full`: with it a person has the same token in every report. Without, each report has its own.
    pub mask_secret: Option<Secret>,
}

impl Reporting {
    /// The attributes by which people are counted.
    pub fn headcount(&self) -> Vec<&str> {
        match &self.headcount {
            None => HEADCOUNT.to_vec(),
            Some(names) => names.iter().map(|name| name.get_ref().as_str()).collect(),
        }
    }

    /// What is wrong with the table.
    pub fn mistakes(&self, scope: &Scope) -> Vec<Mistake> {
        let wrong = |name: &Spanned<String>| {
            let help = countable(scope, name.get_ref()).err()?;
            Some(Mistake { span: name.span(), title: format!("nobody can be counted by {}", name.get_ref()), help })
        };
        self.headcount.iter().flatten().filter_map(wrong).collect()
    }
}

/// Whether people can be counted by an attribute: one that is known of everybody, and nobody's own, since its values stand in
/// the report. The error is the help, if there is any.
pub fn countable(scope: &Scope, name: &str) -> Result<(), Option<String>> {
    match scope.attribute(name) {
        Some(_) if IDS.contains(&name) => Err(Some("everybody has their own: count by what many share".into())),
        Some(attribute) if attribute.after_selection => Err(Some("a manager is known of the emitted only".into())),
        Some(attribute) if attribute.personal => Err(Some(
            "its values are somebody's own, and no report has any: count by what many share, as in LocationName".into(),
        )),
        Some(_) => Ok(()),
        None => {
            let known = scope.attributes.iter().filter(|attribute| !attribute.after_selection && !attribute.personal);
            Err(nearest(name, known.map(|known| known.name.as_str())).map(|near| format!("did you mean {near}?")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::map::{Attribute, Type};

    #[test]
    fn people_are_counted_by_what_is_known_of_everybody() {
        let attribute = |name: &str, after_selection, personal| Attribute {
            name: name.into(),
            kind: Type::Text,
            after_selection,
            personal,
        };
        let attributes = vec![
            attribute("JobName", false, false),
            attribute("ManagerJobName", true, false),
            attribute("WorkEmail", false, true),
            attribute("PersonNumber", false, false),
        ];
        let scope = Scope { attributes, headers: None };
        let mistakes = |text: &str| {
            let reporting: Reporting = toml::from_str(text).unwrap();
            reporting.mistakes(&scope).into_iter().map(|m| (m.title, m.help)).collect::<Vec<_>>()
        };
        assert_eq!(mistakes("headcount = ['JobName']"), []);
        let title = "nobody can be counted by JobNam".to_owned();
        assert_eq!(mistakes("headcount = ['JobNam']"), [(title, Some("did you mean JobName?".to_owned()))]);
        assert_eq!(mistakes("headcount = ['ManagerJobName']").len(), 1);
        assert!(mistakes("headcount = ['WorkEmail']")[0].1.as_ref().unwrap().contains("somebody's own"));
        assert!(mistakes("headcount = ['PersonNumber']")[0].1.as_ref().unwrap().contains("everybody has their own"));
        assert_eq!(Reporting::default().headcount().len(), 5);
    }
}
