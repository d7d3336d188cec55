//! The strict reader against a second one that is slow and plain: the same verdicts at the same places, and the same records.

use proptest::prelude::*;

use super::*;

fn plain_options() -> Extract {
    toml::from_str("file = 'x'\ndelimiter = ','").unwrap()
}

/// Code, line and column; or the records with their lines.
type Verdict = Result<Vec<(u32, Vec<Vec<u8>>)>, (&'static str, u32, u32)>;

fn fast(text: &[u8], piece: usize) -> Verdict {
    let file = CsvFile::open_in_pieces("x.csv", Some(Kind::Person), text.to_vec(), &plain_options(), &[], piece)
        .map_err(|error| (error.code(), error.line().unwrap_or(0), error.column().unwrap_or(0)))?;
    let mut records = Vec::new();
    for chunk in file.chunks() {
        chunk.for_each(|record| {
            records.push((record.line, record.iter().map(|field| field.as_bytes().to_vec()).collect()))
        });
    }
    Ok(records)
}

/// One character at a time, in one state out of four, for files whose header is `a,b`.
struct Naive<'a> {
    text: &'a [u8],
    at: usize,
    records: Vec<(u32, Vec<Vec<u8>>)>,
    record: Vec<Vec<u8>>,
    field: Vec<u8>,
    record_start: usize,
    field_start: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    FieldStart,
    Unquoted,
    Quoted,
    AfterQuote,
}

impl Naive<'_> {
    fn read(text: &[u8]) -> Verdict {
        let (record_start, field_start) = (0, 0);
        let mut naive =
            Naive { text, at: 0, records: vec![], record: vec![], field: vec![], record_start, field_start };
        let mut state = State::FieldStart;
        while naive.at < text.len() {
            state = naive.step(state)?;
        }
        naive.finish(state)
    }

    fn step(&mut self, state: State) -> Result<State, (&'static str, u32, u32)> {
        let byte = self.text[self.at];
        let next = self.text.get(self.at + 1).copied();
        if byte == 0 || (byte == b'\r' && next != Some(b'\n')) {
            return Err(self.error("CSV008", self.at));
        }
        let state = match (state, byte) {
            (State::Quoted, b'"') if next == Some(b'"') => {
                self.at += 1;
                self.field.push(b'"');
                State::Quoted
            }
            (State::Quoted, b'"') => State::AfterQuote,
            (State::Quoted, _) => {
                self.field.push(byte);
                State::Quoted
            }
            (_, b'\r') => state,
            (_, b',') => {
                self.end_field();
                State::FieldStart
            }
            (_, b'\n') => {
                self.end_record(state);
                State::FieldStart
            }
            (State::FieldStart, b'"') => State::Quoted,
            (State::AfterQuote, _) | (_, b'"') => return Err(self.error("CSV007", self.at)),
            _ => {
                self.field.push(byte);
                State::Unquoted
            }
        };
        self.at += 1;
        Ok(state)
    }

    fn end_field(&mut self) {
        self.record.push(std::mem::take(&mut self.field));
        self.field_start = self.at + 1;
    }

    fn end_record(&mut self, state: State) {
        let blank = self.record.is_empty() && state == State::FieldStart;
        self.end_field();
        let record = std::mem::take(&mut self.record);
        if !blank {
            self.records.push((self.place(self.record_start).0, record));
        }
        self.record_start = self.at + 1;
    }

    fn finish(mut self, state: State) -> Verdict {
        if state == State::Quoted {
            return Err(self.error("CSV002", self.field_start));
        }
        if self.record_start < self.text.len() {
            if self.record.len() + 1 < 2 && !self.records.is_empty() {
                return Err(self.error("CSV002", self.record_start));
            }
            self.end_record(state);
        }
        self.records.remove(0);
        if self.records.is_empty() { Err(("CSV009", 0, 0)) } else { Ok(self.records) }
    }

    fn place(&self, offset: usize) -> (u32, u32) {
        let lines: Vec<&[u8]> = self.text[..offset].split(|byte| *byte == b'\n').collect();
        (lines.len() as u32, lines[lines.len() - 1].len() as u32 + 1)
    }

    fn error(&self, code: &'static str, offset: usize) -> (&'static str, u32, u32) {
        let (line, column) = self.place(offset);
        (code, line, column)
    }
}

/// Bodies of files: mostly well formed pieces, so that a fault is not always in the first line.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let valid = prop::sample::select(vec![
        "x,y\n",
        "\"x\",\"y\"\r\n",
        "\"a\n\"\"b\",\n",
        "\n",
        "\r\n",
        ",\r\n",
        "\"\",\"\"\"\"\n",
        "\"\r\n,\",z\n",
        "1,2,3\n",
        "\"\"\n",
    ]);
    let any = prop::sample::select(vec!["\"", "\"", ",", "\n", "\r\n", "\r", "\0", "x", "yz", "\"\"", "\",", ",\""]);
    (prop::collection::vec(valid, 0..8), prop::collection::vec(any, 0..10), prop::bool::ANY, prop::bool::ANY).prop_map(
        |(valid, any, rough, first)| {
            let rough = if rough { any.concat() } else { String::new() };
            let body = if first { rough + &valid.concat() } else { valid.concat() + &rough };
            body.into_bytes()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6_000))]

    #[test]
    fn the_same_verdict_and_the_same_records_as_a_naive_reader(body in body(), piece in 1usize..40) {
        let text = [b"a,b\n".as_slice(), &body].concat();
        prop_assert_eq!(fast(&text, piece), Naive::read(&text), "{:?}", String::from_utf8_lossy(&text));
    }

    #[test]
    fn any_bytes_have_a_verdict(bytes in prop::collection::vec(any::<u8>(), 0..60), encoding in 0usize..3) {
        let mut options = plain_options();
        options.encoding = [Encoding::Utf8, Encoding::Utf16, Encoding::Windows1252][encoding];
        if let Ok(file) = CsvFile::open("x.csv", Kind::Person, bytes, &options, true, &[]) {
            file.chunks().iter().for_each(|chunk| chunk.for_each(|_| {}));
        }
    }
}

/// The fast look may refuse to be sure, but not of ordinary text: else every file would be read byte by byte.
#[test]
fn well_formed_pieces_are_judged_without_the_grammar() {
    for text in ["a,b\nc,d\n", "\"a\",\"b\"\r\n\"c\"\"\",d\r\n", "\"a\nb\",\n\n", ",\n", "x"] {
        assert!(strict::surely_clean(text.as_bytes(), b','), "{text:?}");
    }
}
