//! What is being found out about one person: its codes so far, and, for `explain`, the steps that led there.

use crate::model::code::{Code, Codes};
use crate::model::kind::Kind;

/// The findings of one person. A section that raises an error is the last one that is applied (`resolution.md` section 0).
#[derive(Debug, Default)]
pub struct Judgement {
    pub codes: Codes,
    pub errors: Codes,
    /// D lies in a gap between rows: `ASG024` is then a warning (rule 11).
    pub gap_over_day: bool,
    steps: Option<Vec<Step>>,
}

/// One step of an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The rule's number in `resolution.md`.
    pub rule: u8,
    pub sentence: String,
    /// The row that it is about, by its position in the table of its kind.
    pub row: Option<(Kind, u32)>,
}

impl Judgement {
    /// Begins with what normalization noted.
    pub fn new(codes: Codes, errors: Codes) -> Judgement {
        Judgement { codes, errors, ..Judgement::default() }
    }

    /// Writes down every step, for one person.
    pub fn explained(self) -> Judgement {
        Judgement { steps: Some(Vec::new()), ..self }
    }

    /// A warning or an information: the person goes on.
    pub fn note(&mut self, code: Code) {
        self.codes.insert(code);
    }

    /// An error: the person is quarantined after this section.
    pub fn fail(&mut self, code: Code) {
        self.codes.insert(code);
        self.errors.insert(code);
    }

    pub fn failed(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Says what was decided, where somebody asked for an explanation.
    pub fn say(&mut self, rule: u8, sentence: impl FnOnce() -> String) {
        if let Some(steps) = &mut self.steps {
            steps.push(Step { rule, sentence: sentence(), row: None });
        }
    }

    /// Says what became of a row.
    pub fn say_of(&mut self, rule: u8, row: (Kind, u32), sentence: impl FnOnce() -> String) {
        if let Some(steps) = &mut self.steps {
            steps.push(Step { rule, sentence: sentence(), row: Some(row) });
        }
    }

    /// Whether somebody asked for an explanation.
    pub fn is_explained(&self) -> bool {
        self.steps.is_some()
    }

    pub fn into_steps(self) -> Vec<Step> {
        self.steps.unwrap_or_default()
    }
}
