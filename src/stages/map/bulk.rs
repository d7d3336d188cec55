//! An output as SCIM bulk requests (RFC 7644 section 3.7): numbered files, each within the target's limits, in the order in
//! which they are sent.
//!
//! A manager is referred to by the `bulkId` of their own operation, which only holds within one request. So managers stand
//! before their reports; where a cycle has to be broken, the reference follows at the end of the same request, as a PATCH;
//! and what crosses two requests is a second pass of PATCH requests, when everybody is there. The ids that a target then
//! knows its users by are not known here: `externalId:NUMBER` stands in their place, in path and value alike.

use std::io::{self, Write};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde_json::Value;

use super::files::OutputFile;
use super::json::{Json, Manager, text};
use super::write::AtMost;
use super::{MappedOutput, OutputPlan, names};
use crate::targets::{self, FieldType, Limits, Managers, Method};

/// What the JSON around an operation takes: a comma and a line end.
const BETWEEN: usize = 2;
/// More than the JSON around all operations takes.
const AROUND: usize = 256;

/// The operations of an output.
struct Bulk<'a> {
    json: Json<'a>,
    output: &'a MappedOutput,
    options: &'a targets::Bulk,
    /// How much one request may hold.
    limits: Limits,
    /// The field that is the `bulkId`.
    identifier: usize,
    manager: Option<usize>,
    resource: Option<usize>,
}

/// One operation of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    /// A user, with the manager as far as that can be said here.
    User(u32, Manager),
    /// The manager of a user of the same request.
    Closing(u32),
    /// The manager of a user, both being there already.
    Second(u32),
}

impl Operation {
    /// The row of the user.
    fn row(self) -> u32 {
        match self {
            Operation::User(row, _) | Operation::Closing(row) | Operation::Second(row) => row,
        }
    }
}

/// The files of an output as bulk requests.
pub(super) fn files<'a>(plan: &'a OutputPlan, output: &'a MappedOutput, rows: &[u32]) -> Vec<OutputFile<'a>> {
    let field = |kind| output.fields.iter().position(|field| field.kind == kind);
    let named = field(FieldType::BulkId).or_else(|| field(FieldType::Identifier));
    let (Some(options), Some(identifier)) = (&plan.profile.bulk, named) else { return Vec::new() };
    let json = Json::new(output, &plan.profile.schemas);
    let (manager, resource) = (field(FieldType::Manager), field(FieldType::ResourceId));
    let bulk = Arc::new(Bulk { json, output, options, limits: plan.limits, identifier, manager, resource });
    let taken = || rows.iter().copied().filter(|row| output.takes(*row));
    let known: Vec<u32> = taken().filter(|row| resource.is_none_or(|id| output.value(*row, id).is_some())).collect();
    let requests = bulk.requests(&known);
    let file = |(nth, request): (usize, Vec<Operation>)| {
        let is_second = matches!(request.first(), Some(Operation::Second(_)));
        let (bulk, rows) = (Arc::clone(&bulk), request.len() as u64);
        let write = move |out: &mut dyn Write| {
            // One operation alone may be more than that.
            let whose = request.first().map(|operation| operation.row());
            let least = format!("the operation {}and the request around it", bulk.output.of_whom(whose.as_ref()));
            let mut out = AtMost::new(out, bulk.limits, least);
            bulk.write(&request, &mut out)
        };
        let path = names::request(&plan.file, nth + 1, is_second);
        OutputFile { path, rows: Some(rows), headers: None, write: Box::new(write) }
    };
    let mut files: Vec<OutputFile<'a>> = requests.into_iter().enumerate().map(file).collect();
    if let Some(lookup) = &options.lookup {
        let unknown: Vec<&str> = taken()
            .filter(|row| resource.is_some_and(|id| output.value(*row, id).is_none()))
            .filter_map(|row| output.value(row, identifier))
            .collect();
        let write = move |out: &mut dyn Write| write_lookups(lookup, &unknown, out);
        files.push(OutputFile { path: names::lookups(&plan.file), rows: None, headers: None, write: Box::new(write) });
    }
    files
}

/// The filters by which the accounts of persons are found, as many persons at a time as the target's guide says.
fn write_lookups(lookup: &targets::Lookup, persons: &[&str], out: &mut dyn Write) -> io::Result<u64> {
    let mut written = 0;
    for some in persons.chunks(lookup.at_once.max(1)) {
        // The value of a filter is a JSON string (RFC 7644 section 3.4.2.2).
        let condition = |number: &&str| format!("{} eq {}", lookup.attribute, Value::from(*number));
        let conditions: Vec<String> = some.iter().map(condition).collect();
        writeln!(out, "filter={}", conditions.join(" or "))?;
        written += 1;
    }
    out.flush()?;
    Ok(written)
}

impl Bulk<'_> {
    /// The requests, in the order in which they are sent.
    fn requests(&self, rows: &[u32]) -> Vec<Vec<Operation>> {
        let place: FxHashMap<&str, usize> = rows
            .iter()
            .enumerate()
            .filter_map(|(at, row)| Some((self.output.value(*row, self.identifier)?, at)))
            .collect();
        let above: Vec<Option<usize>> = rows.iter().map(|row| place.get(self.manager_of(*row)?).copied()).collect();
        if self.options.managers == Managers::Number {
            let all = rows.iter().map(|row| Operation::User(*row, Manager::Number));
            return self.within_limits(all.collect()).into_iter().map(|(request, _)| request).collect();
        }
        // Of a cycle somebody stands before their manager: room is kept for the reference that has to follow.
        let follows = |at: usize| above[at].is_some_and(|manager| manager >= at);
        let users = rows.iter().enumerate().flat_map(|(at, row)| {
            let user = Operation::User(*row, Manager::BulkId);
            std::iter::once(user).chain(follows(at).then_some(Operation::Closing(*row)))
        });
        let planned = self.within_limits(users.collect());
        let mut request_of = vec![0; rows.len()];
        let mut at = 0;
        for (nth, (request, _)) in planned.iter().enumerate() {
            for _ in request.iter().filter(|operation| matches!(operation, Operation::User(..))) {
                request_of[at] = nth;
                at += 1;
            }
        }
        let mut requests: Vec<Vec<Operation>> = vec![Vec::new(); planned.len()];
        let mut closing: Vec<Vec<Operation>> = vec![Vec::new(); planned.len()];
        let mut second = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            let own = request_of[at];
            let is_together = above[at].is_some_and(|manager| request_of[manager] == own);
            let manager = if is_together && !follows(at) { Manager::BulkId } else { Manager::LeftOut };
            requests[own].push(Operation::User(*row, manager));
            if is_together && follows(at) {
                closing[own].push(Operation::Closing(*row));
            } else if manager == Manager::LeftOut && self.manager_of(*row).is_some() {
                second.push(Operation::Second(*row));
            }
        }
        requests.iter_mut().zip(closing).for_each(|(request, closing)| request.extend(closing));
        requests.extend(self.within_limits(second).into_iter().map(|(request, _)| request));
        requests
    }

    /// Operations in their order, cut where the next would pass a limit; a user's `Closing` stays with the user.
    fn within_limits(&self, operations: Vec<Operation>) -> Vec<(Vec<Operation>, usize)> {
        let sizes: Vec<usize> = operations
            .par_iter()
            .with_min_len(1024)
            .map(|operation| {
                let mut bytes = Vec::new();
                self.operation(*operation, &mut bytes);
                bytes.len() + BETWEEN
            })
            .collect();
        let most_operations = self.limits.rows.unwrap_or(u64::MAX);
        let most_bytes = self.limits.bytes.unwrap_or(u64::MAX);
        let mut requests: Vec<(Vec<Operation>, usize)> = Vec::new();
        let mut at = 0;
        while at < operations.len() {
            let pair = matches!(operations.get(at + 1), Some(Operation::Closing(_)));
            let next = at + 1 + usize::from(pair);
            let bytes: usize = sizes[at..next].iter().sum();
            let fits = |(request, filled): &&mut (Vec<Operation>, usize)| {
                (request.len() + next - at) as u64 <= most_operations && (*filled + bytes) as u64 <= most_bytes
            };
            match requests.last_mut().filter(fits) {
                Some((request, filled)) => {
                    request.extend(&operations[at..next]);
                    *filled += bytes;
                }
                None => requests.push((operations[at..next].to_vec(), AROUND + bytes)),
            }
            at = next;
        }
        requests
    }

    fn manager_of(&self, row: u32) -> Option<&str> {
        self.output.value(row, self.manager?)
    }

    fn write(&self, request: &[Operation], out: &mut dyn Write) -> io::Result<u64> {
        let mut bytes = Vec::with_capacity(64 * 1024);
        bytes.push(b'{');
        if !self.options.schemas.is_empty() {
            bytes.extend(b"\"schemas\":[");
            for (nth, schema) in self.options.schemas.iter().enumerate() {
                bytes.extend(if nth == 0 { &b""[..] } else { b"," });
                text(schema, &mut bytes);
            }
            bytes.extend(b"],");
        }
        bytes.extend(b"\"Operations\":[");
        for (nth, operation) in request.iter().enumerate() {
            bytes.extend(if nth == 0 { &b"\n"[..] } else { b",\n" });
            self.operation(*operation, &mut bytes);
            if bytes.len() >= 64 * 1024 {
                out.write_all(&bytes)?;
                bytes.clear();
            }
        }
        bytes.extend(b"\n]}\n");
        out.write_all(&bytes)?;
        out.flush()?;
        Ok(request.len() as u64)
    }

    fn operation(&self, operation: Operation, out: &mut Vec<u8>) {
        match operation {
            Operation::User(row, manager) => {
                let number = self.output.value(row, self.identifier).unwrap_or_default();
                let id = self.resource.and_then(|id| self.output.value(row, id)).unwrap_or_default();
                match self.options.method {
                    Method::Post => out.extend(b"{\"method\":\"POST\",\"path\":\"/Users\",\"bulkId\":"),
                    Method::Patch => {
                        out.extend(b"{\"method\":\"PATCH\",\"path\":");
                        text(&format!("/Users/{id}"), out);
                        out.extend(b",\"bulkId\":");
                    }
                }
                text(number, out);
                out.extend(b",\"data\":");
                self.json.object(row, manager, out);
                out.push(b'}');
            }
            Operation::Closing(row) => self.manager("bulkId", row, out),
            Operation::Second(row) => self.manager("externalId", row, out),
        }
    }

    /// A PATCH that says who somebody's manager is, both referred to in the same way.
    fn manager(&self, reference: &str, row: u32, out: &mut Vec<u8>) {
        let Some(field) = self.manager else { return };
        let own = self.output.value(row, self.identifier).unwrap_or_default();
        let manager = self.manager_of(row).unwrap_or_default();
        out.extend(b"{\"method\":\"PATCH\",\"path\":");
        text(&format!("/Users/{reference}:{own}"), out);
        out.extend(b",\"data\":{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":[{\"op\":\"add\",\"path\":");
        text(&self.output.fields[field].name, out);
        out.extend(b",\"value\":");
        text(&format!("{reference}:{manager}"), out);
        out.extend(b"}]}}");
    }
}
