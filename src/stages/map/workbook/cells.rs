//! The cells of a mapping file, each with its place: CSV as RFC 4180 has it and spreadsheets save it, read strictly.

use std::ops::Range;

/// A cell: where it stands, its quotes included, and what it says.
pub(super) struct Cell {
    pub span: Range<usize>,
    pub text: String,
}

/// What is wrong with the text, and where.
pub(super) struct Flaw {
    pub span: Range<usize>,
    pub title: &'static str,
}

/// What a spreadsheet puts between cells, by the country it is set to.
const DELIMITERS: [char; 3] = [',', ';', '\t'];

/// The records of a text, each with its cells. The header tells the delimiter: no name of a column holds one.
pub(super) fn records(text: &str) -> Result<Vec<Vec<Cell>>, Flaw> {
    let header = text.lines().next().unwrap_or_default();
    let delimiter = header.chars().find(|c| DELIMITERS.contains(c)).unwrap_or(',');
    let mut records = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let mut record = Vec::new();
        loop {
            let cell = cell(text, at, delimiter)?;
            at = cell.span.end;
            record.push(cell);
            if !text[at..].starts_with(delimiter) {
                break;
            }
            at += delimiter.len_utf8();
        }
        let rest = &text[at..];
        at += match rest.strip_prefix("\r\n").or(rest.strip_prefix('\n')) {
            Some(next) => rest.len() - next.len(),
            None if rest.is_empty() => 0,
            None => return Err(stray(text, at)),
        };
        records.push(record);
    }
    Ok(records)
}

fn cell(text: &str, start: usize, delimiter: char) -> Result<Cell, Flaw> {
    if text[start..].starts_with('"') {
        return quoted(text, start);
    }
    let rest = &text[start..];
    let end = start + rest.find([delimiter, '\r', '\n', '"']).unwrap_or(rest.len());
    Ok(Cell { span: start..end, text: text[start..end].to_owned() })
}

fn quoted(text: &str, start: usize) -> Result<Cell, Flaw> {
    let mut said = String::new();
    let mut at = start + 1;
    loop {
        let Some(length) = text[at..].find('"') else {
            return Err(Flaw { span: start..start + 1, title: "this quote is never closed" });
        };
        said.push_str(&text[at..at + length]);
        at += length + 1;
        if !text[at..].starts_with('"') {
            return Ok(Cell { span: start..at, text: said });
        }
        // A quote is written twice.
        said.push('"');
        at += 1;
    }
}

/// What stands behind a cell where a delimiter or the end of the line should.
fn stray(text: &str, at: usize) -> Flaw {
    let length = text[at..].chars().next().map_or(0, char::len_utf8);
    let title = match text[..at].ends_with('"') {
        true => "nothing but a delimiter may follow the closing quote",
        false => "a cell with quotes or a carriage return in it stands in quotes, and its own quotes are doubled",
    };
    Flaw { span: at..at + length, title }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Vec<String>> {
        let records = records(text).unwrap_or_else(|flaw| panic!("{} {:?}", flaw.title, flaw.span));
        records.into_iter().map(|record| record.into_iter().map(|cell| cell.text).collect()).collect()
    }

    #[test]
    fn what_a_spreadsheet_saves_is_read() {
        assert_eq!(read("a,b\n1,\"x,\"\"y\"\"\n\"\n"), [["a", "b"], ["1", "x,\"y\"\n"]]);
        assert_eq!(read("a;b\r\n1,5;\r\n"), [["a", "b"], ["1,5", ""]]);
        assert_eq!(read("a\tb\n1\t2"), [["a", "b"], ["1", "2"]]);
        assert_eq!(read(""), Vec::<Vec<String>>::new());
    }

    #[test]
    fn a_cell_knows_its_place() {
        let text = "a,b\nü,\"x\"\n";
        let cells: Vec<Cell> = records(text).ok().unwrap().into_iter().flatten().collect();
        assert_eq!(cells.iter().map(|cell| &text[cell.span.clone()]).collect::<Vec<_>>(), ["a", "b", "ü", "\"x\""]);
    }

    #[test]
    fn what_is_no_csv_is_shown_where_it_stands() {
        for (text, place) in [("a,b\n\"x,1\n", 4), ("a,b\n\"x\"y,1\n", 7), ("a,b\nx\"y,1\n", 5), ("a,b\nx\ry,1\n", 5)] {
            assert_eq!(records(text).err().map(|flaw| flaw.span.start), Some(place), "{text:?}");
        }
    }
}
