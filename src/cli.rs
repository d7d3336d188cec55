//! The command line: what may be typed, and what it means. Parsing is `clap`'s; the meaning is handed to the library.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use hcmsync::stages::validate::guards::Allow;
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
    #[arg(long, global = true, value_name = "N")]
    pub threads: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Fetch, decrypt, read, normalize, resolve, validate, map, publish
    Run {
        #[command(flatten)]
        pipeline: PipelineArgs,
        /// Let a guard through for this run, as in max_leavers=5%
        #[arg(long, value_name = "GUARD=VALUE")]
        allow: Vec<Allow>,
        /// Also write the report's summary here, as JSON
        #[arg(long, value_name = "PATH")]
        summary_file: Option<PathBuf>,
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
    /// A published run against its manifest
    Verify {
        /// The directory of the run, or TO/current
        run: PathBuf,
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
    /// Publish here in place of [publish].to
    #[arg(long, value_name = "DIR")]
    pub to: Option<PathBuf>,
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
        #[arg(long, value_name = "DAYS")]
        valid_for: Option<u32>,
    },
    /// What is in a key file: fingerprints, algorithms, expiry; no secrets
    Show { file: PathBuf },
    /// The public key of a secret key, armored
    Public { file: PathBuf },
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
    Manifest,
}
