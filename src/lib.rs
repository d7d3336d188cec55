//! `hcmsync` turns Oracle Fusion HCM's extracts into the user file that another system imports. For each person it finds
//! **the primary assignment of the primary work relationship** as of a date, validates everything, and publishes.
//!
//! # One run, as a sentence
//!
//! [`run::run`] fetches, decrypts, reads, normalizes, resolves, validates, maps and publishes. The same verbs stand in
//! the same order in the pipeline file, in [`stages`], in the progress lines and in the README:
//!
//! | stage | takes | gives |
//! |---|---|---|
//! | [`fetch`](stages::fetch) | a folder or an SFTP server | whole files, the newest set |
//! | [`decrypt`](stages::decrypt) | an OpenPGP message | its plaintext, once all of it is verified |
//! | [`read`](stages::read) | the bytes of a CSV file | records, each with its line; nothing swallowed |
//! | [`normalize`](stages::normalize) | records | a [`Workforce`](stages::normalize::Workforce): rows grouped by person, each with its fate |
//! | [`resolve`](stages::resolve) | one person's rows | state, work relationship, assignment, manager, and the rule that decided |
//! | [`validate`](stages::validate) | everybody | who cannot be emitted, sums that balance, guards |
//! | [`map`](stages::map) | a table of resolved workers | the columns of each output, by SQL expressions |
//! | [`publish`](stages::publish) | outputs, lists, report | one directory, by one rename |
//!
//! What is published may then be sent to the target's server: [`run::deliver`] takes a published directory and nothing else, so
//! that it can be repeated at any time ([`stages::publish::delivery`]).
//!
//! # Who knows whom
//!
//! `main`, `cli`, `commands` → [`run`] → [`report`] → [`people`] → [`pipeline`] → [`stages`], left to right → [`model`].
//! Two of them lend to several: [`openpgp`] reads and makes keys and messages, [`sftp`] is the way into a server.
//! A stage knows the model and the stages before it, never one that comes after; a test reads the sources and says so.
//! Only the binary prints, reads the clock or the environment: the as-of date and the moment are arguments
//! ([`run::World`]).
//!
//! # Two kinds of failure
//!
//! A run that cannot go on is an `Err` with an exit code and a remedy ([`run::RunError`]). A row or a person that cannot
//! go on is a finding: it has a [`Code`](model::code::Code), is counted, and the run continues.
//!
//! # Rows first, columns afterwards
//!
//! Up to `resolve` the data are rows: each keeps its file and line, its own errors, and a fate of its own, and a person's
//! decision reads a handful of neighbouring rows with rules that read like `resolution.md`. That is row-wise work, so it
//! is done on compact rows ([`model::row`]): the kept cells in one text, the few facts that rules read parsed once beside
//! it, grouped by PersonNumber, one person at a time, in parallel, with no map of owned strings anywhere.
//! From the resolved table on, nobody asks for a line number any more: one row a person, one column an attribute, and
//! expressions that treat all of a column alike. There columns are natural, and `polars` evaluates the SQL vectorised.
//! The table is built from the chosen rows alone, with the columns that some expression names.
//!
//! At a million persons, on two cores, the row-wise half (`read` to `validate`) takes 3.0 of 5.8 seconds and the columns (`map`)
//! take 0.9; the whole run takes 0.45 of the time of gpg followed by a DuckDB script of the core rules, which knows
//! neither codes nor rejects nor sums (`docs/performance.md`). Each crate stands where it is at home: `memchr` and `csv-core`
//! cut records, `rayon` shares out files, pieces and persons, `polars` evaluates expressions and writes Parquet, `csv` writes CSV.
//!
//! # More people than fit
//!
//! Memory grows with the people. With `run --memory` the run reads everything once and keeps of each row a few hashes: who is tied
//! to whom by a key, an address or a manager ([`stages::normalize::ties`], the same ties by which `explain` leaves out whoever
//! has no say). Then it takes people in ranges of PersonNumbers, each with those tied to it, through the same stages; of
//! these, [`Workforce::own`](stages::normalize::Workforce::own) alone are counted and written. What is left of a range is its part of
//! the outputs on the stage, and sums. A run without a limit is one range.
//!
//! # What is never done
//!
//! No plaintext on disk but the outputs. Nothing is parsed before its message is verified, nothing is published before
//! every input was read to its authenticated end. No personal value but PersonNumber in a log, an error or a report.

#![cfg_attr(
    test,
    allow(
        clippy::pedantic,
        clippy::disallowed_methods,
        reason = "a test reads and writes where it likes, and says it bluntly"
    )
)]

pub mod model;
pub mod openpgp;
pub mod people;
pub mod pipeline;
pub mod progress;
pub mod report;
pub mod run;
pub mod sample;
pub mod sftp;
pub mod stages;
pub mod targets;
