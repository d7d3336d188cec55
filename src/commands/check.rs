//! `check`: is the pipeline right, and can it run tonight. Every point is looked at, whatever the others say; the exit
//! code is that of the first that fails.

use std::fmt::Display;

use hcmsync::openpgp::Description;
use hcmsync::pipeline::Pipeline;
use hcmsync::run::{RunError, World, can_publish, inbox_context, refusals, wants};
use hcmsync::sftp::Server;
use hcmsync::stages::decrypt::Keys;
use hcmsync::stages::fetch::{self, Newest, Probe};
use hcmsync::stages::publish::{self, Staging, delivery};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::run::Process;
use super::{Failure, load};
use crate::cli::{Common, PipelineArgs};

/// One point of the check.
#[derive(Debug, Serialize)]
struct Point {
    what: &'static str,
    ok: bool,
    finding: String,
    help: Option<String>,
    exit_code: u8,
}

impl Point {
    fn good(what: &'static str, finding: impl Display) -> Point {
        Point { what, ok: true, finding: finding.to_string(), help: None, exit_code: 0 }
    }

    fn bad(what: &'static str, error: impl Into<RunError>) -> Point {
        let error = error.into();
        Point { what, ok: false, finding: error.to_string(), help: error.help(), exit_code: error.exit_code() }
    }
}

pub fn check(args: &PipelineArgs, common: &Common) -> Result<String, Failure> {
    let pipeline = load(args)?;
    let mut points = vec![check_pipeline(&pipeline)];
    points.extend(check_keys(&pipeline));
    let process = Process::new(true)?;
    let (source, bytes) = process.with(|world| Ok(check_source(&pipeline, args.as_of, world)))?;
    points.extend(source);
    points.push(check_target(&pipeline, bytes));
    points.extend(check_seal(&pipeline));
    points.extend(process.with(|world| Ok(check_delivery(&pipeline, world)))?);
    let text = render(&points, common)?;
    match points.iter().find(|point| !point.ok) {
        None => Ok(if common.quiet { String::new() } else { text }),
        Some(first) => {
            super::print(&text.into(), common);
            Err(Failure { message: format!("{} is not ready", pipeline.path), help: None, exit_code: first.exit_code })
        }
    }
}

fn render(points: &[Point], common: &Common) -> Result<String, Failure> {
    if common.json {
        return serde_json::to_string_pretty(points).map(|text| text + "\n").map_err(|e| anyhow::Error::from(e).into());
    }
    let line = |point: &Point| {
        let mark = if point.ok { "ok  " } else { "FAIL" };
        let help = point.help.as_ref().map(|help| format!("     help: {help}\n")).unwrap_or_default();
        format!("{mark} {:10} {}\n{help}", point.what, point.finding)
    };
    Ok(points.iter().map(line).collect())
}

/// What a run needs is there.
fn check_pipeline(pipeline: &Pipeline) -> Point {
    let outputs = pipeline.mapping.outputs().len();
    match can_publish(pipeline) {
        Ok(()) => Point::good("pipeline", format!("{}: {outputs} outputs", pipeline.options.name)),
        Err(error) => Point::bad("pipeline", error),
    }
}

fn check_keys(pipeline: &Pipeline) -> Vec<Point> {
    let Some(options) = &pipeline.options.decrypt else {
        return vec![Point::good("decrypt", "no [decrypt] table: files are taken as they are")];
    };
    match Keys::load(options, &pipeline.base) {
        Err(error) => vec![Point::bad("decrypt", error)],
        Ok(keys) => {
            let ours = keys.ours().into_iter().map(|key| Point::good("secret key", about(&key)));
            ours.chain(check_signers(&keys)).collect()
        }
    }
}

/// While keys rotate, one signer whose signature is taken today is enough.
fn check_signers(keys: &Keys) -> Vec<Point> {
    let standing = keys.standing();
    let is_enough = standing.iter().any(Result::is_ok);
    let point = |(key, standing): (Description, Result<(), _>)| match standing {
        Err(error) if !is_enough => Point::bad("signer", RunError::Keys(error)),
        _ => Point::good("signer", about(&key)),
    };
    keys.signers().into_iter().zip(standing).map(point).collect()
}

#[expect(clippy::disallowed_methods, reason = "the rim: the binary reads the clock for the library")]
fn about(key: &Description) -> String {
    let soonest = key.keys.iter().filter_map(|line| line.expires).min();
    let expiry = match soonest {
        None => "does not expire".to_owned(),
        Some(time) => format!("{} {time}", if time < Timestamp::now() { "EXPIRED" } else { "expires" }),
    };
    let revoked = if key.keys.first().is_some_and(|primary| primary.revoked) { "REVOKED, " } else { "" };
    format!("{}, {revoked}{expiry}", key.fingerprint)
}

/// The source and the newest files, and how many bytes these have.
fn check_source(pipeline: &Pipeline, as_of: Option<Date>, world: &World<'_>) -> (Vec<Point>, u64) {
    let Some(options) = &pipeline.options.fetch else {
        return (vec![Point::bad("fetch", RunError::Incomplete("[fetch] table"))], 0);
    };
    let context = inbox_context(pipeline, world, std::path::Path::new(""));
    match fetch::probe(options, &wants(pipeline), &context) {
        Err(error) => (vec![Point::bad("fetch", error)], 0),
        Ok(probe) => {
            let refused = refusals(pipeline, as_of, &probe.newest, world);
            let bytes = bytes(&probe.newest);
            let refused = refused.into_iter().map(|error| Point::bad("extract", error));
            (check_probe(probe).into_iter().chain(refused).collect(), bytes)
        }
    }
}

fn bytes(newest: &[Newest]) -> u64 {
    let files = newest.iter().flat_map(|set| set.files.iter().flatten());
    files.filter_map(|file| file.bytes).fold(0, u64::saturating_add)
}

fn check_probe(probe: Probe) -> Vec<Point> {
    let mut points = Vec::new();
    points.extend(probe.server.iter().flat_map(check_server));
    for newest in probe.newest {
        match newest.files {
            Err(error) => points.push(Point::bad("extract", error)),
            Ok(files) => points.extend(files.into_iter().map(|file| {
                let bytes = file.bytes.map_or_else(|| "? bytes".into(), |bytes| format!("{bytes} bytes"));
                let age = file.age.map(|age| SignedDuration::from_secs(age.as_secs()));
                let age = age.map_or_else(String::new, |age| match age.is_negative() {
                    true => format!(", its time is {:#} ahead of this clock", -age),
                    false => format!(", {age:#} old"),
                });
                Point::good("extract", format!("{}: {}, {bytes}{age}", newest.kind, file.name.escape_debug()))
            })),
        }
    }
    if let Err(error) = probe.together {
        points.push(Point::bad("extracts", error));
    }
    points
}

/// A server that is the known one.
fn check_server(server: &Server) -> [Point; 2] {
    let key = format!("{} {}", server.host_key.algorithm, server.host_key.fingerprint);
    [Point::good("host key", key), Point::good("algorithms", server.agreed.lists.concat().join(", "))]
}

/// The keys that seal what is sent, if any do.
fn check_seal(pipeline: &Pipeline) -> Vec<Point> {
    let Some(options) = &pipeline.options.publish else { return Vec::new() };
    match delivery::seal(options, &pipeline.base) {
        Err(error) => vec![Point::bad("encrypt", error)],
        Ok(None) => Vec::new(),
        Ok(Some(seal)) => {
            let certificates = seal.certificates().into_iter().map(|key| Point::good("encrypt to", about(&key)));
            certificates.chain(seal.signer().map(|signer| Point::good("sign with", signer))).collect()
        }
    }
}

/// The server that the run is sent to lets us in, and its folder takes a file; which is gone again at once.
fn check_delivery(pipeline: &Pipeline, world: &World<'_>) -> Vec<Point> {
    let Some(options) = pipeline.uploads() else { return Vec::new() };
    match delivery::probe(options, world.surroundings(pipeline)) {
        Err(error) => vec![Point::bad("upload", error)],
        Ok(probe) => probe
            .iter()
            .flat_map(|probe| check_server(&probe.server).into_iter().chain([Point::good("upload", &probe.place)]))
            .collect(),
    }
}

/// The target takes a stage, nobody holds its lock, the run that is published there can be told, and there is room for one
/// more that reads so many bytes; the stage is gone again at once.
fn check_target(pipeline: &Pipeline, bytes: u64) -> Point {
    let Some(to) = pipeline.publish_to() else { return Point::bad("publish", RunError::NowhereToPublish) };
    match Staging::begin(&to).map(Staging::leaving_nothing).and_then(|_stage| publish::room(&to, bytes)) {
        Ok(()) => Point::good("publish", to.display()),
        Err(error) => Point::bad("publish", error),
    }
}
