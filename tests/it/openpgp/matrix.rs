//! Promises 1 and 4: what becomes of every kind of message, found out by trying. `docs/openpgp.md` holds the table, and is
//! compared with what is found.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Instant;

use hcmsync::stages::decrypt::{Decrypt, DecryptError, Keys, Plaintext, Weak};

use super::bouncy_castle::{self, Made};
use super::{TEXT, World, open};
use crate::product::project;
use crate::promise;

mod combinations;
pub mod forms;
mod keys;
mod signatures;

/// A kind of message, and a message of it.
pub struct Case {
    group: &'static str,
    what: String,
    by: &'static str,
    message: Message,
    options: Decrypt,
}

/// The message, or how to make it; Bouncy Castle makes all of its own at once.
enum Message {
    Bytes(Vec<u8>),
    BouncyCastle(Made, fn(Vec<u8>) -> Vec<u8>),
}

/// The cases of a group, one after the other.
struct Group<'w> {
    world: &'w World,
    name: &'static str,
    cases: Vec<Case>,
}

impl<'w> Group<'w> {
    fn new(world: &'w World, name: &'static str) -> Group<'w> {
        Group { world, name, cases: Vec::new() }
    }

    fn add(&mut self, what: &str, by: &'static str, message: Message, options: Decrypt) {
        self.cases.push(Case { group: self.name, what: what.to_owned(), by, message, options });
    }

    /// A message that somebody made already.
    fn ready(&mut self, what: &str, by: &'static str, bytes: Vec<u8>, options: Decrypt) {
        self.add(what, by, Message::Bytes(bytes), options);
    }

    /// By gpg: signed by fusion, encrypted to customer, with these further options.
    fn gpg(&mut self, what: &str, options: &[&str]) {
        self.ready(what, "gpg", self.world.sealed(options), self.world.options(""));
    }

    /// By Bouncy Castle, signed by its own pinned key.
    fn bouncy_castle(&mut self, what: &str, made: Made) {
        self.edited(what, made, |message| message);
    }

    /// By Bouncy Castle, and changed after.
    fn edited(&mut self, what: &str, made: Made, edit: fn(Vec<u8>) -> Vec<u8>) {
        let options = self.pinned(bouncy_castle::SIGNER);
        self.add(what, "Bouncy Castle", Message::BouncyCastle(made, edit), options);
    }

    /// The options with this signer.
    fn pinned(&self, signer: &str) -> Decrypt {
        Decrypt { signer: vec![signer.into()], ..self.world.options("") }
    }
}

/// What became of a message: the words that had to be accepted, in the order in which it asked for them.
pub struct Outcome {
    pub words: Vec<Weak>,
    pub end: Result<Plaintext, DecryptError>,
}

impl Outcome {
    /// As the table has it. Names of keys, which are new every time, are left out.
    fn text(&self) -> String {
        let words: Vec<String> = self.words.iter().map(|weak| format!("`{}`", weak.word())).collect();
        match (&self.end, words.is_empty()) {
            (Ok(_), true) => "accepted".into(),
            (Ok(_), false) => format!("accepted by {}; else refused: {}", words.join(" and "), sentence(&self.words)),
            (Err(error), true) => format!("refused: {}", without_names(&error.to_string())),
            (Err(error), false) => {
                format!("refused, also with {}: {}", words.join(" and "), without_names(&error.to_string()))
            }
        }
    }
}

fn sentence(words: &[Weak]) -> String {
    DecryptError::Weak(words[0]).to_string()
}

fn without_names(text: &str) -> String {
    let is_name = |word: &str| word.len() >= 16 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let shorten = |word: &str| {
        if is_name(word.trim_end_matches(',')) { word.replace(word.trim_end_matches(','), "…") } else { word.into() }
    };
    text.split(' ').map(shorten).collect::<Vec<_>>().join(" ")
}

/// Keys once loaded: a passphrase takes its time.
#[derive(Default)]
pub struct Keyring(BTreeMap<String, Keys>);

impl Keyring {
    fn keys(&mut self, world: &World, options: &Decrypt, accept: &[Weak]) -> &Keys {
        let options = Decrypt { accept: accept.to_vec(), ..options.clone() };
        self.0.entry(format!("{options:?}")).or_insert_with(|| Keys::load(&options, world.home.path()).unwrap())
    }

    /// Opens a message with nothing accepted; then, where it is refused for something weak, with that accepted as well, until
    /// it opens or is refused for good. What was accepted is what is told to have been relied on.
    pub fn outcome(&mut self, world: &World, message: &[u8], options: &Decrypt) -> Outcome {
        let mut words = Vec::new();
        loop {
            match open(message, self.keys(world, options, &words)) {
                Err(DecryptError::Weak(weak)) => {
                    assert!(!words.contains(&weak), "{weak} is accepted");
                    words.push(weak);
                }
                end => {
                    if let Ok(plaintext) = &end {
                        assert_eq!(plaintext.bytes, TEXT);
                        assert_eq!(BTreeSet::from_iter(&plaintext.accepted), BTreeSet::from_iter(&words));
                    }
                    return Outcome { words, end };
                }
            }
        }
    }
}

/// The table's groups, and in them rows of kind, makers and outcome, in the order of the cases.
type Table = Vec<(&'static str, Vec<(String, Vec<&'static str>, String)>)>;

fn cases(world: &World) -> Vec<Case> {
    let (mut cases, keys) = (forms::cases(world), keys::cases(world));
    cases.extend(signatures::cases(world));
    cases.extend(keys);
    cases
}

/// Has Bouncy Castle make what is its own.
fn made(world: &World, cases: Vec<Case>) -> Vec<(Case, Vec<u8>)> {
    let plan: Vec<Made> = cases
        .iter()
        .filter_map(|case| if let Message::BouncyCastle(made, _) = case.message { Some(made) } else { None })
        .collect();
    let mut by_it = bouncy_castle::make(world, &plan).into_iter();
    let mut bytes = |case: &mut Case| match &mut case.message {
        Message::Bytes(bytes) => std::mem::take(bytes),
        Message::BouncyCastle(_, edit) => edit(by_it.next().unwrap()),
    };
    cases.into_iter().map(|mut case| (bytes(&mut case), case)).map(|(bytes, case)| (case, bytes)).collect()
}

/// The table, and how many messages it took: of signatures, and in all.
fn table(world: &World) -> (Table, u64, u64) {
    let (mut table, mut signatures, mut count, mut keyring) = (Table::new(), 0, 0, Keyring::default());
    for (case, message) in made(world, cases(world)) {
        let outcome = keyring.outcome(world, &message, &case.options).text();
        count += 1;
        signatures += u64::from(case.group.contains("ignature") || case.group.contains("signer"));
        if table.last().is_none_or(|(group, _)| *group != case.group) {
            table.push((case.group, Vec::new()));
        }
        let rows = &mut table.last_mut().unwrap().1;
        match rows.iter_mut().find(|(what, _, said)| *what == case.what && *said == outcome) {
            Some((_, makers, _)) if makers.contains(&case.by) => {}
            Some((_, makers, _)) => makers.push(case.by),
            None => rows.push((case.what, vec![case.by], outcome)),
        }
    }
    (table, signatures, count)
}

fn markdown(table: &Table) -> String {
    let mut text = String::new();
    for (group, rows) in table {
        write!(text, "\n## {group}\n\n| message | made by | outcome |\n|---|---|---|\n").unwrap();
        for (what, makers, outcome) in rows {
            writeln!(text, "| {what} | {} | {outcome} |", makers.join(", ")).unwrap();
        }
    }
    text
}

/// `HCMSYNC_WRITE_DOCS=1` writes the table anew: read the difference before it is committed.
#[test]
fn promise_4_the_documented_table_is_true() {
    let (started, world, path) = (Instant::now(), World::new(), project("docs/openpgp.md"));
    let (table, signatures, count) = table(&world);
    let text = std::fs::read_to_string(&path).unwrap();
    let (prose, documented) = text.split_once("\n## ").unwrap();
    let found = markdown(&table);
    if std::env::var_os("HCMSYNC_WRITE_DOCS").is_some() {
        std::fs::write(&path, format!("{prose}{found}")).unwrap();
    }
    let documented = format!("\n## {documented}");
    for (is, should) in found.lines().zip(documented.lines()) {
        assert_eq!(is, should, "HCMSYNC_WRITE_DOCS=1 writes the table anew");
    }
    assert_eq!(found.lines().count(), documented.lines().count());
    promise::report(1, "signatures as documented", signatures, signatures, started);
    promise::report(4, "kinds of message as documented", count, count, started);
}
