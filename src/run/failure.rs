//! How a run fails, and with which exit code (`pipeline.md` section 4).

use std::cmp::Reverse;
use std::path::PathBuf;

use crate::model::code::{Code, entry};
use crate::report::Found;
use crate::stages::decrypt::{self, DecryptError};
use crate::stages::fetch::{self, FetchError};
use crate::stages::map::MapError;
use crate::stages::normalize::Contradiction;
use crate::stages::publish::PublishError;
use crate::stages::publish::delivery::DeliveryError;
use crate::stages::read::ReadError;
use crate::stages::validate::guards::{Name, Verdict};

/// A fatal diagnostic: nothing is published.
#[derive(Clone, Debug)]
pub struct Fatal {
    pub code: Code,
    pub sentence: String,
}

/// A run that ended without publishing, or, as `Undelivered`, without being sent.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("the pipeline has no {0}")]
    Incomplete(&'static str),
    #[error("the pipeline has no [publish] table, and there is no --to")]
    NowhereToPublish,
    #[error("--memory: this pipeline needs everybody at once: {0}")]
    NeedsEverybody(String),
    #[error("--memory: {} MiB are too little: with the largest extract in memory it takes {} MiB, without a limit about {} MiB", mebibytes(*limit), mebibytes(*least), mebibytes(*all))]
    TooLittleMemory { limit: u64, least: u64, all: u64 },
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("{0}")]
    Keys(#[from] DecryptError),
    #[error("{file}: {source}")]
    Decrypt { file: String, source: DecryptError },
    #[error("the {kind} file \"{}\" is older than \"{}\", which was published last", file.escape_debug(), published.escape_debug())]
    Older { kind: &'static str, file: String, published: String },
    #[error("the {kind} file \"{}\" is made for a later date than today", file.escape_debug())]
    Later { kind: &'static str, file: String },
    #[error("{file} is an OpenPGP message, and the pipeline has no [decrypt] table")]
    Encrypted { file: String },
    #[error("{code} {0}", code = .0.code())]
    Read(#[from] ReadError),
    #[error(transparent)]
    Contradiction(#[from] Contradiction),
    #[error("no extract has a row of the PersonNumber {number}")]
    Nobody { number: String, similar: Vec<String> },
    #[error("CSV004 no extract has the column \"{0}\", which the mapping names")]
    NoColumn(String),
    #[error("CSV004 no extract has the column \"{0}\", which tells the as-of date")]
    NoDay(String),
    #[error("{code} {sentence}", code = .0.code, sentence = .0.sentence)]
    Fatal(Fatal),
    #[error("{}", trips(verdicts, found))]
    Guards { verdicts: Vec<Verdict>, found: Vec<Found> },
    #[error(transparent)]
    Map(#[from] MapError),
    #[error("INT001 the sums do not balance: {0}")]
    Unbalanced(String),
    #[error(transparent)]
    Publish(#[from] PublishError),
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
    #[error("{} is published, and was not delivered: {source}", run.display())]
    Undelivered { run: PathBuf, source: DeliveryError },
    #[error("stopped before anything was published")]
    Stopped,
}

/// Whole mebibytes, rounded up.
fn mebibytes(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

fn trips(verdicts: &[Verdict], found: &[Found]) -> String {
    let tripped = verdicts.iter().filter(|verdict| verdict.tripped);
    tripped.map(|verdict| trip(verdict) + &causes(verdict.name, found)).collect::<Vec<_>>().join("\n")
}

/// The errors that most of those bear whom a guard counts, the most frequent first. Rows are those of all files.
fn causes(guard: Name, found: &[Found]) -> String {
    const MOST: usize = 3;
    let of = match guard {
        Name::MaxQuarantined => "persons",
        Name::MaxRejected => "rows",
        _ => return String::new(),
    };
    let mut errors: Vec<&Found> = found.iter().filter(|found| found.severity == 'E' && found.of == of).collect();
    errors.sort_by_key(|found| (Reverse(found.count), found.code));
    let told: Vec<String> = errors.iter().take(MOST).map(|found| format!("{} ({})", found.code, found.count)).collect();
    match errors.len().saturating_sub(MOST) {
        _ if told.is_empty() => String::new(),
        0 => format!("; for {}", told.join(", ")),
        1 => format!("; most often for {}, and for one more code", told.join(", ")),
        more => format!("; most often for {}, and for {more} more codes", told.join(", ")),
    }
}

fn trip(verdict: &Verdict) -> String {
    let of = verdict.of.as_deref().map(|of| format!(" of {of}")).unwrap_or_default();
    let value = verdict.value.map_or_else(|| "?".into(), |value| value.to_string());
    let base = verdict.base.map(|base| format!(" of {base}")).unwrap_or_default();
    format!("the guard {}{of} tripped: {value}{base}, the limit is {}", verdict.name, verdict.limit)
}

impl RunError {
    pub fn fatal(code: Code, sentence: impl Into<String>) -> RunError {
        RunError::Fatal(Fatal { code, sentence: sentence.into() })
    }

    /// Rule 3: a file that delivers changes alone.
    pub fn changes_only(file: &str) -> RunError {
        RunError::fatal(Code::Src010, format!("{} is a changes-only extract, not a full one", file.escape_debug()))
    }

    /// The exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            RunError::Incomplete(_)
            | RunError::NowhereToPublish
            | RunError::NeedsEverybody(_)
            | RunError::TooLittleMemory { .. } => 2,
            RunError::Fetch(error) => match error.kind() {
                fetch::Failure::Config => 2,
                fetch::Failure::Missing => 4,
                fetch::Failure::Transport => 5,
                fetch::Failure::Trust => 6,
                fetch::Failure::Machine => 1,
            },
            RunError::Keys(error) | RunError::Decrypt { source: error, .. } => match error.kind() {
                decrypt::Failure::Config => 2,
                decrypt::Failure::Trust => 6,
            },
            RunError::Older { .. }
            | RunError::Later { .. }
            | RunError::Encrypted { .. }
            | RunError::Read(_)
            | RunError::Contradiction(_)
            | RunError::NoColumn(_)
            | RunError::NoDay(_)
            | RunError::Nobody { .. } => 4,
            RunError::Fatal(_) | RunError::Guards { .. } => 3,
            RunError::Map(_) | RunError::Unbalanced(_) => 1,
            RunError::Publish(error) => error.exit_code(),
            RunError::Delivery(error) => error.exit_code(),
            RunError::Undelivered { source, .. } => {
                if source.is_trust() {
                    6
                } else {
                    8
                }
            }
            RunError::Stopped => 130,
        }
    }

    /// Whether it may be otherwise in a while, without anybody's doing: what `run --wait` waits for.
    pub fn passes_with_time(&self) -> bool {
        match self {
            RunError::Fetch(error) => matches!(error.kind(), fetch::Failure::Missing | fetch::Failure::Transport),
            RunError::Older { .. } | RunError::Later { .. } | RunError::Publish(PublishError::Locked(_)) => true,
            _ => false,
        }
    }

    /// What the operator can do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            RunError::Incomplete(what) => Some(format!("add {what} to the pipeline file")),
            RunError::NowhereToPublish => Some("add [publish] to = \"…\", or give --to DIR".into()),
            RunError::NeedsEverybody(_) => Some("leave --memory out".into()),
            RunError::TooLittleMemory { .. } => Some(
                "give it more, or let HCM write the extract in several files, which are read one after the other".into(),
            ),
            RunError::Fetch(error) => error.help(),
            RunError::Keys(error) | RunError::Decrypt { source: error, .. } => Some(error.help()),
            RunError::Older { .. } => Some(
                "has the newest extract been removed, or an old one put back? To publish an older one on purpose, point \
                 `current` at the run before it, or publish to another folder with --to"
                    .into(),
            ),
            RunError::Later { .. } => Some(
                "was the extract run with an effective date in the future? To see people as of that day, say \
                 as_of = \"file-name\", or --as-of DATE"
                    .into(),
            ),
            RunError::Encrypted { .. } => Some("add a [decrypt] table with the secret key and the signer".into()),
            RunError::Read(error) => Some(error.help()),
            RunError::Contradiction(error) => Some(error.help()),
            RunError::Nobody { similar, .. } if similar.is_empty() => {
                Some("compare it with the extract, character by character: leading zeros matter".into())
            }
            RunError::Nobody { similar, .. } => Some(format!("is it {}? Leading zeros matter", similar.join(" or "))),
            RunError::NoColumn(_) | RunError::NoDay(_) => Some(
                "correct the name, or say which header it is: [extract.KIND] columns = { Name = \"Header\" }".into(),
            ),
            RunError::Fatal(fatal) => Some(format!("{} (hcmsync help {})", entry(fatal.code).fix, fatal.code)),
            RunError::Guards { .. } => Some(
                "look at the extract first: hcmsync validate PIPELINE --report DIR shows what was found and where, \
                 hcmsync explain PIPELINE PERSON_NUMBER why of one person; if the change is right, let it through once with \
                 --allow GUARD=VALUE"
                    .into(),
            ),
            RunError::Map(error) => Some(error.help().into()),
            RunError::Unbalanced(_) => Some("this is a fault of the program: please report it".into()),
            RunError::Publish(error) => Some(error.help()),
            RunError::Delivery(error) => Some(error.help()),
            RunError::Undelivered { source, .. } if source.needs_new_run() => Some(source.help()),
            RunError::Undelivered { run, source } => {
                Some(format!("{}\nthen send it, without a new run: hcmsync deliver {}", source.help(), run.display()))
            }
            RunError::Stopped => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(code: &'static str, severity: char, of: &'static str, count: u64) -> Found {
        let (title, meaning, effect, fix) = ("", "", "", "");
        Found { code, severity, title, count, of, base: 200, meaning, effect, fix, examples: Vec::new() }
    }

    #[test]
    fn a_guard_that_counts_people_or_rows_says_for_what_they_are_left_out() {
        let found = [
            found("KEY021", 'E', "persons", 2),
            found("OUT012", 'E', "persons", 188),
            found("MGR030", 'I', "persons", 190),
            found("ROW031", 'E', "rows", 7),
            found("PER031", 'E', "persons", 2),
        ];
        assert_eq!(causes(Name::MaxQuarantined, &found), "; for OUT012 (188), KEY021 (2), PER031 (2)");
        assert_eq!(causes(Name::MaxRejected, &found), "; for ROW031 (7)");
        assert_eq!(causes(Name::MaxLeavers, &found), "");
        assert_eq!(causes(Name::MaxRejected, &[]), "");
        let more = [&found[..], &[self::found("WR020", 'E', "persons", 1)]].concat();
        let said = "; most often for OUT012 (188), KEY021 (2), PER031 (2), and for one more code";
        assert_eq!(causes(Name::MaxQuarantined, &more), said);
    }
}
