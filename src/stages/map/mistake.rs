//! A mistake in the pipeline file, shown where it stands: file, line, column and a caret under the very word; but for lines
//! that may hold a secret, of which the place alone is told.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use toml::Spanned;

use super::conceal;

/// The pipeline file as it was read, and the mapping files that it names. A place in any of them is a byte of them all, one
/// after the other: see [`MappingText::start`].
#[derive(Clone, Copy, Debug)]
pub struct SourceText<'a> {
    pub path: &'a str,
    pub text: &'a str,
    pub mappings: &'a [MappingText],
}

/// A mapping file as it was read, without a byte order mark.
#[derive(Clone, Debug)]
pub struct MappingText {
    pub path: String,
    pub text: String,
    /// From where its bytes are counted: one past the end of the file before it.
    pub start: usize,
    /// Whether its first line is a mapping's: else it may be any file that was given by mistake, a list of people say.
    pub has_header: bool,
}

impl<'a> SourceText<'a> {
    /// The file in which a place is, by path and text, and where it is there.
    fn locate(self, place: &Range<usize>) -> (&'a str, &'a str, Range<usize>) {
        match self.mapping(place) {
            Some(MappingText { path, text, start, .. }) => (path, text, place.start - start..place.end - start),
            None => (self.path, self.text, place.clone()),
        }
    }

    /// The mapping file in which a place is, if it is in one.
    fn mapping(self, place: &Range<usize>) -> Option<&'a MappingText> {
        self.mappings.iter().rfind(|mapping| mapping.start <= place.start)
    }
}

/// One mistake. All of a file are found at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Bytes of the pipeline file.
    pub span: Range<usize>,
    /// A sentence that says what is wrong.
    pub title: String,
    /// What to do, where there is something to say.
    pub help: Option<String>,
}

impl Mistake {
    /// Line and column of the first character, both from 1.
    pub fn position(&self, source: SourceText) -> (usize, usize) {
        let (_, text, span) = source.locate(&self.span);
        let before = text.get(..span.start).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    }

    /// Whether the lines of the pipeline file that it is about may hold a secret: they are not shown.
    pub fn is_concealed(&self, source: SourceText) -> bool {
        let (path, text, span) = source.locate(&self.span);
        path == source.path && conceal::may_hold_secret(text, &span)
    }

    /// The mistake and its place alone, where a line of the file may not be shown.
    pub fn render_place(&self, source: SourceText) -> String {
        let (path, ..) = source.locate(&self.span);
        let (line, column) = self.position(source);
        let help = self.help.as_ref().map(|help| format!("\n  = help: {help}")).unwrap_or_default();
        format!("error: {}\n --> {path}:{line}:{column}{help}", self.title)
    }

    /// The mistake with the lines of the file around it, for a terminal or, without `color`, for a log. Of a mapping file that
    /// may be any other no line is shown.
    pub fn render(&self, source: SourceText, color: bool) -> String {
        let may_be_any = source.mapping(&self.span).is_some_and(|mapping| !mapping.has_header);
        if may_be_any || self.is_concealed(source) {
            return self.render_place(source);
        }
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let (path, text, span) = source.locate(&self.span);
        let caret = AnnotationKind::Primary.span(span);
        let group =
            Level::ERROR.primary_title(self.title.as_str()).element(Snippet::source(text).path(path).annotation(caret));
        let group = match &self.help {
            Some(help) => group.element(Level::HELP.message(help.as_str())),
            None => group,
        };
        renderer.render(&[group])
    }
}

/// Where `part` of a string of the file stands in the file. A string with escapes is shown as a whole, since its
/// characters are not those of the file.
pub fn place(source: SourceText, value: &Spanned<String>, part: Range<usize>) -> Range<usize> {
    let span = value.span();
    let (_, text, own) = source.locate(&span);
    let raw = text.get(own).unwrap_or_default();
    let opening = ["\"\"\"\r\n", "'''\r\n", "\"\"\"\n", "'''\n", "\"\"\"", "'''", "\"", "'"];
    let quote = opening.iter().find(|quote| raw.starts_with(**quote)).map_or(0, |quote| quote.len());
    let inner = &raw[quote..];
    if inner.starts_with(value.get_ref().as_str()) && part.end <= value.get_ref().len() {
        span.start + quote + part.start..span.start + quote + part.end
    } else {
        span
    }
}

/// The known name nearest to `name`, if it is near enough to be what was meant.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = name.to_lowercase();
    let score = |candidate: &&str| strsim::damerau_levenshtein(&folded, &candidate.to_lowercase());
    let limit = (name.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|candidate| (score(&candidate), candidate))
        .filter(|(far, _)| *far <= limit)
        .min()
        .map(|n| n.1)
}

/// The help that names the nearest known name.
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(name, known).map(|near| format!("did you mean {near}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Line {
        a: Spanned<String>,
    }

    fn shown(text: &str, part: Range<usize>) -> String {
        let line: Line = toml::from_str(text).unwrap();
        text[place(SourceText { path: "p.toml", text, mappings: &[] }, &line.a, part)].to_owned()
    }

    #[test]
    fn a_part_of_a_string_is_found_in_the_file_whatever_its_quotes() {
        assert_eq!(shown("a = \"LOWER(Mail)\"", 6..10), "Mail");
        assert_eq!(shown("a = 'LOWER(Mail)'", 6..10), "Mail");
        assert_eq!(shown("a = \"\"\"\nLOWER(Mail)\n\"\"\"", 6..10), "Mail");
        assert_eq!(shown("a = '''LOWER(Mail)'''", 6..10), "Mail");
        assert_eq!(shown("a = \"LOWER(\\\"Mail\\\")\"", 6..10), "\"LOWER(\\\"Mail\\\")\"");
    }

    #[test]
    fn the_caret_stands_under_the_word() {
        let source = SourceText { path: "p.toml", text: "x = 1\na = 'LOWER(Mial)'\n", mappings: &[] };
        let mistake =
            Mistake { span: 17..21, title: "Mial is not known".into(), help: Some("did you mean Mail?".into()) };
        assert_eq!(mistake.position(source), (2, 12));
        let text = mistake.render(source, false);
        assert!(text.contains("p.toml:2:12") && text.contains("^^^^") && text.contains("did you mean Mail?"), "{text}");
    }

    #[test]
    fn only_what_is_near_is_offered() {
        assert_eq!(nearest("WorkEmial", ["WorkEmail", "WorkPhone"]), Some("WorkEmail"));
        assert_eq!(nearest("workemail", ["WorkEmail"]), Some("WorkEmail"));
        assert_eq!(nearest("Banana", ["WorkEmail"]), None);
    }
}
