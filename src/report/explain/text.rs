//! An explanation as text, for people.

use std::fmt::{Result, Write};

use super::{CodeLine, Explanation, FieldLine, Said};
use crate::stages::map::{Read, Role, Trace};

impl Explanation {
    /// For people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) -> Result {
        let state = self.worker_state.unwrap_or("undecided");
        let active = if self.active { "active" } else { "not active" };
        writeln!(out, "{} as of {}: {state}, {active}, {}", self.person_number, self.as_of, self.disposition)?;
        if !self.period_of_service_id.is_empty() {
            writeln!(out, "  work relationship  {}", self.period_of_service_id)?;
        }
        if !self.assignment_id.is_empty() {
            writeln!(out, "  assignment         {}", self.assignment_id)?;
        }
        if let Some(manager) = &self.manager_person_number {
            writeln!(out, "  manager            {manager}")?;
        }
        let rule = if self.resolution_rule.is_empty() { "no rule" } else { self.resolution_rule };
        writeln!(out, "  decided by         {rule}")?;
        for missing in &self.missing {
            writeln!(out, "  not in the output  {}", missing.sentence)?;
        }
        writeln!(out, "\nRows")?;
        for row in &self.rows {
            writeln!(out, "  {} {}:{}  {}\n      {}", row.kind, row.file, row.line, row.what, row.fate)?;
        }
        if !self.steps.is_empty() {
            writeln!(out, "\nDecisions")?;
            self.steps.iter().try_for_each(|step| step.write(out))?;
        }
        if !self.codes.is_empty() {
            writeln!(out, "\nFindings")?;
            self.codes.iter().try_for_each(|code| code.write(out))?;
        }
        self.fields.iter().try_for_each(|field| field.write(out))
    }
}

impl Said {
    fn write(&self, out: &mut String) -> Result {
        let place =
            self.file.as_ref().zip(self.line).map(|(file, line)| format!("{file}:{line}  ")).unwrap_or_default();
        writeln!(out, "  rule {:2}  {place}{}", self.rule, self.sentence)
    }
}

impl CodeLine {
    fn write(&self, out: &mut String) -> Result {
        writeln!(out, "  {} {}  {}", self.severity, self.code, self.title)?;
        for cause in &self.because {
            let place = cause.file.as_ref().zip(cause.line).map(|(file, line)| format!(" {file}:{line}"));
            writeln!(out, "      {}{}  {}", cause.person_number, place.unwrap_or_default(), cause.sentence)?;
        }
        if self.further > 0 {
            writeln!(out, "      and {} more", self.further)?;
        }
        Ok(())
    }
}

impl FieldLine {
    fn write(&self, out: &mut String) -> Result {
        writeln!(out, "\n{} in {}", self.field, self.file)?;
        self.how.write(&self.reads, out)?;
        if !self.written {
            writeln!(out, "  not written: the person is not in this file")?;
        }
        Ok(())
    }
}

/// The columns behind a name, by extract and header.
fn columns(reads: &[Read], name: &str) -> String {
    let own = reads.iter().filter(|read| read.role == Role::Value && read.name == name);
    let column = |read: &Read| Some(format!("{} \"{}\"", read.extract.as_ref()?, read.header.as_ref()?));
    let columns: Vec<String> = own.filter_map(column).collect();
    if columns.is_empty() { String::new() } else { format!(", from {}", columns.join(", ")) }
}

impl Trace {
    fn write(&self, reads: &[Read], out: &mut String) -> Result {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "no value".to_owned());
        writeln!(out, "  sql       {}", self.sql)?;
        for input in &self.inputs {
            writeln!(out, "  reads     {}: {}{}", input.name, shown(&input.value), columns(reads, &input.name))?;
        }
        writeln!(out, "  gives     {}", shown(&self.computed))?;
        if let Some(map) = &self.map {
            let unknown = if map.known { "" } else { ", which the map does not have" };
            writeln!(out, "  map       {}: {}{unknown}", map.name, shown(&map.value))?;
        }
        if let Some(default) = &self.default {
            writeln!(out, "  default   {default}, since there is no value")?;
        }
        if self.escaped {
            writeln!(out, "  escaped   by apostrophes, lest a spreadsheet runs it")?;
        }
        for demand in &self.demands {
            writeln!(out, "  demanded  {demand}")?;
        }
        for problem in &self.problems {
            writeln!(out, "  wrong     {problem}")?;
        }
        writeln!(out, "  value     {}", shown(&self.value))
    }
}
