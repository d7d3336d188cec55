//! The command line: what may be typed, and what it means. Parsing is `clap`'s; the meaning is handed to the library.

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use hcmsync::stages::fetch::Age;
use hcmsync::stages::validate::guards::{Allow, AllowError};
use jiff::civil::Date;

/// From Oracle Fusion HCM's encrypted extracts to the user file that another system imports.
#[derive(Debug, Parser)]
#[command(name = "hcmsync", version, disable_help_subcommand = true, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub common: Common,
}

/// Flags that every command knows.
#[derive(Args, Clone, Debug)]
pub struct Common {
    /// Print nothing on success
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more: where to look first for each finding
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// Print the result as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Whether to color: auto, always or never
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, hide_possible_values = true)]
    pub color: Color,
    /// How many threads to use; all cores if not given
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(..=MOST_THREADS))]
    pub threads: Option<u16>,
}

/// More than any machine has cores; what asks for more would be refused by the system, one thread after the other.
const MOST_THREADS: i64 = 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Fetch, decrypt, read, normalize, resolve, validate, map, publish; then upload, if the pipeline says so
    Run {
        #[command(flatten)]
        pipeline: PipelineArgs,
        #[command(flatten)]
        how: Running,
    },
    /// The data validation report alone: nothing is published, and no output is needed
    Validate {
        #[command(flatten)]
        pipeline: PipelineArgs,
        /// Write report.html, report.json and junit.xml to this folder
        #[arg(long, value_name = "DIR")]
        report: Option<PathBuf>,
        /// Let a guard through, as in max_leavers=5%
        #[arg(long, value_name = "GUARD=VALUE", value_parser = allow)]
        allow: Vec<Allow>,
        #[command(flatten)]
        about: ReportArgs,
    },
    /// All of a run but publishing, with the changes against the last published run
    Plan {
        #[command(flatten)]
        pipeline: PipelineArgs,
        #[command(flatten)]
        how: Differences,
    },
    /// Why this person has this assignment, these values, or is missing
    Explain {
        #[command(flatten)]
        pipeline: PipelineArgs,
        /// The person
        person_number: String,
        /// Also how the value of this output field came to be
        #[arg(long, value_name = "NAME")]
        field: Vec<String>,
    },
    /// Is the pipeline right, and can it run tonight
    Check {
        #[command(flatten)]
        pipeline: PipelineArgs,
    },
    /// Two published runs
    Diff {
        /// The directory of the earlier run
        run_a: PathBuf,
        /// The directory of the later run, or TO/current
        run_b: PathBuf,
        #[command(flatten)]
        how: Differences,
    },
    /// The published runs of a pipeline
    Runs {
        #[command(subcommand)]
        action: Runs,
    },
    /// A published run against its manifest
    Verify {
        /// The directory of the run, or TO/current
        run: PathBuf,
    },
    /// Send a published run to where its pipeline uploads, once more and without a new run
    Deliver {
        /// The directory of the run, or TO/current
        run: PathBuf,
        /// The pipeline that says where to; the one that made the run if not given
        #[arg(long, value_name = "PIPELINE")]
        pipeline: Option<PathBuf>,
    },
    /// Write a pipeline from sample extracts
    Init(Init),
    /// The fields of an output as a table for spreadsheets, and back
    Mapping {
        #[command(subcommand)]
        action: Mapping,
    },
    /// What is in this file: OpenPGP packets, header, kind, encoding, dates
    Inspect {
        file: PathBuf,
        /// Open a message with the keys of this pipeline
        #[arg(long, value_name = "PIPELINE")]
        pipeline: Option<PathBuf>,
    },
    /// The OpenPGP key pair for Oracle's Security Console, and the steps there
    Keys {
        #[command(subcommand)]
        action: Keys,
    },
    /// Synthetic extracts with the answers, plain or encrypted
    Sample(Sample),
    /// A JSON Schema for editors
    Schema {
        #[arg(value_enum)]
        of: Schema,
    },
    /// The targets that ship, or one of them with its fields
    Targets { name: Option<String> },
    /// Completions for a shell
    Completions {
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// The manual page
    Man,
    /// Explain a diagnostic code, the exit codes or the functions of expressions
    Help {
        /// A code such as PRI012, `exit-codes`, `functions`, or a command
        topic: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Runs {
    /// The runs that are there, oldest first; the current one is marked
    List {
        #[command(flatten)]
        of: RunsOf,
    },
    /// Remove the oldest runs, never the current one
    Prune {
        #[command(flatten)]
        of: RunsOf,
        /// How many to keep, the current one included; the pipeline's keep_runs if not given
        #[arg(long, value_name = "N")]
        keep: Option<u32>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Mapping {
    /// Print the fields of an output as CSV, for mapping = "FILE"
    Export {
        #[command(flatten)]
        of: MappingOf,
    },
    /// Check such a file, and print it as [output.fields]; no file is changed
    Import {
        #[command(flatten)]
        of: MappingOf,
        /// The CSV file: target, source and the options of a field
        mapping: PathBuf,
    },
}

/// Whose mapping.
#[derive(Args, Clone, Debug)]
pub struct MappingOf {
    /// A path, or a name in pipelines/
    pub pipeline: PathBuf,
    /// Which output, by its file; needed where there are several
    #[arg(long, value_name = "FILE")]
    pub output: Option<String>,
}

/// Whose runs.
#[derive(Args, Clone, Debug)]
pub struct RunsOf {
    /// A pipeline, or the directory that one publishes to
    #[arg(value_name = "PIPELINE|DIR")]
    pub of: PathBuf,
    /// The environment: [env.NAME] of the pipeline
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
}

/// A pipeline and what may be changed about it.
#[derive(Args, Clone, Debug)]
pub struct PipelineArgs {
    /// A path, or a name in pipelines/
    pub pipeline: PathBuf,
    /// The as-of date
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<Date>,
    /// The environment: [env.NAME] of the pipeline
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
    /// Read this folder in place of [fetch].from
    #[arg(long, value_name = "DIR")]
    pub from: Option<PathBuf>,
    /// Publish here in place of [publish].to, and upload nothing
    #[arg(long, value_name = "DIR")]
    pub to: Option<PathBuf>,
}

/// What the report is held against, and who may see it.
#[derive(Args, Clone, Debug)]
pub struct ReportArgs {
    /// Totals that HR gives, to be reconciled: a CSV file of attribute,value,expected
    #[arg(long, value_name = "FILE")]
    pub expected: Option<PathBuf>,
    /// In the report, put tokens for PersonNumbers and leave small numbers out
    #[arg(long, value_enum, value_name = "HOW")]
    pub mask: Option<Masking>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Masking {
    Full,
}

impl PipelineArgs {
    /// A pipeline as it is.
    pub fn of(pipeline: &Path) -> PipelineArgs {
        PipelineArgs { pipeline: pipeline.into(), as_of: None, env: None, from: None, to: None }
    }
}

/// How a run is done.
#[derive(Args, Clone, Debug)]
pub struct Running {
    /// Wait so long for a complete and fresh set of extracts, and for the lock
    #[arg(long, value_name = "TIME", value_parser = age)]
    pub wait: Option<Age>,
    /// Exit with this code where the newest extracts were published already, and are what was delivered last
    #[arg(long, value_name = "CODE", num_args = 0..=1, require_equals = true, default_missing_value = "99")]
    pub only_new: Option<u8>,
    /// Let a guard through for this run, as in max_leavers=5%
    #[arg(long, value_name = "GUARD=VALUE", value_parser = allow)]
    pub allow: Vec<Allow>,
    /// Take no more memory than this, as in 4GiB, and more time: people are worked on in ranges
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub memory: Option<u64>,
    /// Also write how the run ended here, as JSON: the report, or why it failed
    #[arg(long, value_name = "PATH")]
    pub summary_file: Option<PathBuf>,
    /// Append what this run reads and writes here, as OpenLineage events, a line each
    #[arg(long, value_name = "FILE")]
    pub openlineage: Option<PathBuf>,
    #[command(flatten)]
    pub report: ReportArgs,
}

/// A number of bytes: `4GiB`, `512MiB`.
fn size(text: &str) -> Result<u64, String> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let shift =
        [("KiB", 10), ("MiB", 20), ("GiB", 30)].into_iter().find(|(name, _)| *name == unit).map(|(_, shift)| shift);
    let bytes = number.parse::<u64>().ok().zip(shift).and_then(|(number, shift)| number.checked_mul(1 << shift));
    bytes.ok_or_else(|| "a number with KiB, MiB or GiB is expected, as in 4GiB".to_owned())
}

fn allow(text: &str) -> Result<Allow, String> {
    text.parse().map_err(|error: AllowError| match &error {
        AllowError::Value { .. } => error.to_string(),
        _ => format!("{error}; {}", error.help()),
    })
}

fn age(text: &str) -> Result<Age, String> {
    Age::try_from(text.to_owned())
}

/// How differences are told.
#[derive(Args, Clone, Copy, Debug)]
pub struct Differences {
    /// Also list the persons, with the names of what changed and no values
    #[arg(long)]
    pub list: bool,
    /// Exit with 10 where there are differences
    #[arg(long)]
    pub detailed_exitcode: bool,
}

#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Make a key pair: STEM_priv.asc and STEM_pub.asc
    New {
        /// Where to write it, without the ending
        stem: PathBuf,
        /// Whose it is, as in "Vision HCM extracts <hcm@example.com>"
        #[arg(long)]
        user_id: String,
        /// RSA bits: 2048, 3072 or 4096
        #[arg(long, default_value_t = 3072)]
        bits: u32,
        /// The environment variable that holds the passphrase
        #[arg(long, value_name = "NAME", default_value = "PGP_PASSPHRASE")]
        passphrase_env: String,
        /// For how many days it is valid; for ever if not given
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
        valid_for: Option<u32>,
    },
    /// What is in a key file: fingerprints, algorithms, expiry; no secrets
    Show { file: PathBuf },
    /// The public key of a secret key, armored
    Public { file: PathBuf },
}

#[derive(Args, Clone, Debug)]
pub struct Init {
    /// The folder with the sample extracts, plain or encrypted
    #[arg(long, value_name = "DIR")]
    pub from: PathBuf,
    /// The target, as `hcmsync targets` lists it
    #[arg(long, value_name = "PROFILE")]
    pub target: String,
    /// Write it to this new file, and not to stdout
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Args, Clone, Debug)]
pub struct Sample {
    /// The folder to write to
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// How many persons
    #[arg(long, value_name = "N")]
    pub persons: u64,
    /// The same seed gives the same bytes
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// The date of the extracts
    #[arg(long, value_name = "DATE", default_value = "2026-11-20")]
    pub as_of: Date,
    /// Leave the oddities out
    #[arg(long)]
    pub plain_people: bool,
    /// Encrypt and sign, with throw-away keys made in DIR/keys
    #[arg(long)]
    pub encrypt: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Schema {
    Pipeline,
    Report,
    Manifest,
}
