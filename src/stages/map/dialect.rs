//! `[output.dialect]`, `[output.limits]` and `formula`: what a pipeline changes of how its target's tables are written, as far
//! as the target can be told. Everything is checked before any data is read, the names of the columns too.

use std::num::NonZeroU64;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::FieldPlan;
use super::compile::Compiler;
use super::options::Output;
use crate::model::charset::Charset;
use crate::targets::{DateForm, Decimal, Delimiter, Dialect, Format, Formula, Limits, Line, LineEnd, Profile, Quote};

/// `[output.dialect]`: how the table is written, where that is not as the target has it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DialectOptions {
    /// What stands between two values.
    #[schemars(with = "Option<Delimiter>")]
    delimiter: Option<Spanned<Delimiter>>,
    #[schemars(with = "Option<LineEnd>")]
    line_end: Option<Spanned<LineEnd>>,
    /// Which values are quoted.
    #[schemars(with = "Option<Quote>")]
    quote: Option<Spanned<Quote>>,
    /// A person with a character that it does not have is quarantined (`OUT014`).
    #[schemars(with = "Option<Charset>")]
    encoding: Option<Spanned<Charset>>,
    /// The line before the header.
    #[schemars(with = "Option<Line>")]
    preamble: Option<Spanned<Line>>,
    /// What stands where there is no value.
    #[schemars(with = "Option<Line>")]
    null: Option<Spanned<Line>>,
    /// The form of days: `%d.%m.%Y`.
    #[schemars(with = "Option<DateForm>")]
    date: Option<Spanned<DateForm>>,
    /// What stands before the decimals of a number.
    #[schemars(with = "Option<Decimal>")]
    decimal: Option<Spanned<Decimal>>,
}

/// `[output.limits]`: how much one file may hold, where that is less than the target takes; of bulk requests, one request.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitOptions {
    /// The most rows, the header not counted; of a bulk request, the most operations.
    #[schemars(with = "Option<NonZeroU64>")]
    rows: Option<Spanned<NonZeroU64>>,
    /// The most bytes.
    #[schemars(with = "Option<NonZeroU64>")]
    bytes: Option<Spanned<NonZeroU64>>,
}

/// The dialect of an output.
pub(super) fn dialect(compiler: &mut Compiler<'_>, output: &Output, profile: &'static Profile) -> Dialect {
    let mut dialect = profile.dialect.clone();
    let Some(own) = &output.dialect else { return dialect };
    let mut set = Setting { compiler, profile };
    set.key("delimiter", own.delimiter.as_ref(), &mut dialect.delimiter);
    set.key("line_end", own.line_end.as_ref(), &mut dialect.line_end);
    set.key("quote", own.quote.as_ref(), &mut dialect.quote);
    set.key("encoding", own.encoding.as_ref(), &mut dialect.encoding);
    set.some("preamble", own.preamble.as_ref(), &mut dialect.preamble);
    set.key("null", own.null.as_ref(), &mut dialect.null);
    set.some("date", own.date.as_ref(), &mut dialect.date);
    set.key("decimal", own.decimal.as_ref(), &mut dialect.decimal);
    dialect
}

/// A pipeline's own keys, laid over a profile's.
struct Setting<'a, 'b> {
    compiler: &'a mut Compiler<'b>,
    profile: &'static Profile,
}

impl Setting<'_, '_> {
    fn key<T: Clone>(&mut self, key: &str, own: Option<&Spanned<T>>, value: &mut T) {
        if let Some(own) = own.filter(|own| self.may(key, own)) {
            value.clone_from(own.get_ref());
        }
    }

    fn some<T: Clone>(&mut self, key: &str, own: Option<&Spanned<T>>, value: &mut Option<T>) {
        if let Some(own) = own.filter(|own| self.may(key, own)) {
            *value = Some(own.get_ref().clone());
        }
    }

    /// Whether the target can be told of the key.
    fn may<T>(&mut self, key: &str, own: &Spanned<T>) -> bool {
        let Profile { title, settable, .. } = self.profile;
        let may = settable.iter().any(|known| known == key);
        if !may {
            let help = match settable.as_slice() {
                [] => "take [output.dialect] away".to_owned(),
                keys => format!("it can be told of {}", keys.join(", ")),
            };
            self.compiler.mistake(own.span(), format!("{title} cannot be told of another {key}"), Some(help));
        }
        may
    }
}

/// How much one file of an output may hold.
pub(super) fn limits(compiler: &mut Compiler<'_>, output: &Output, profile: &'static Profile) -> Limits {
    let target = profile.most();
    let Some(own) = &output.limits else { return target };
    let Profile { title, format, .. } = profile;
    let is_request = *format == Format::ScimBulk;
    let (rows, file) = if is_request { ("operations", "request") } else { ("rows", "file") };
    let mut lower = |own: Option<&Spanned<NonZeroU64>>, most: Option<u64>, what: &str| {
        let Some(own) = own else { return most };
        match most {
            _ if *format != Format::Csv && !is_request => {
                let title = format!("{title} is no CSV and no bulk request: it is one file, however large");
                compiler.mistake(own.span(), title, None);
            }
            Some(most) if own.get_ref().get() > most => {
                compiler.mistake(own.span(), format!("{title} takes {most} {what} a {file}, and not more"), None);
            }
            _ => {}
        }
        Some(own.get_ref().get())
    };
    Limits {
        rows: lower(own.rows.as_ref(), target.rows, rows),
        bytes: lower(own.bytes.as_ref(), target.bytes, "bytes"),
    }
}

/// What stands in every file has only characters of its encoding.
pub(super) fn check(compiler: &mut Compiler<'_>, output: &Output, dialect: &Dialect, fields: &[FieldPlan]) {
    let own = |name: &str| {
        let mut chosen = output.fields.iter().flat_map(|fields| &fields.0);
        chosen.find(|(key, _)| key.get_ref() == name).map_or(output.profile.span(), |(key, _)| key.span())
    };
    let texts = dialect.preamble.iter().chain([&dialect.null]).map(|line| line.0.as_str());
    let names = fields.iter().map(|field| field.name.as_str());
    for text in texts.chain(names).filter(|text| !dialect.encoding.has(text)) {
        let title = format!("{} does not have all characters of \"{text}\"", dialect.encoding.name());
        compiler.mistake(own(text), title, Some("choose another encoding, or another name".to_owned()));
    }
}

/// What is done with values that a spreadsheet would run. Where none opens the file, an apostrophe would only be wrong: it is
/// no character of a number, and a directory keeps it.
pub(super) fn formula(compiler: &mut Compiler<'_>, output: &Output, profile: &'static Profile) -> Formula {
    let Some(own) = &output.formula else { return profile.formula };
    if profile.format != Format::Csv {
        let title = format!("{} is no CSV: no spreadsheet runs its values", profile.title);
        compiler.mistake(own.span(), title, Some("take formula away".to_owned()));
    }
    *own.get_ref()
}
