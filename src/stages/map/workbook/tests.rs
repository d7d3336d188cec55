//! Laws of the mapping file: both forms say the same, whatever stands in the cells.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::stages::map::Output;

/// The fields and lists of a pipeline file that has the tables which import prints.
fn of_pipeline(tables: &str) -> (Fields, Lists) {
    let text = format!("profile = \"csv\"\nfile = \"users.csv\"\n{}", tables.replace("[output.", "["));
    let output: Output = ::toml::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    (output.fields.unwrap_or(Fields(Vec::new())), output.each)
}

fn there_and_back(text: &str) -> String {
    let (fields, lists) =
        read(text.trim_start_matches('\u{feff}'), 0).unwrap_or_else(|found| panic!("{found:?}\n{text}"));
    let (fields, lists) = of_pipeline(&toml(Some(&fields), &lists));
    csv(&fields, &lists).unwrap()
}

/// Text as people and machines write it: quotes of every kind, delimiters, line ends, control characters.
fn text() -> impl Strategy<Value = String> {
    let characters = prop_oneof![
        Just('"'),
        Just('\''),
        Just(','),
        Just(';'),
        Just('\\'),
        Just('\n'),
        Just('\r'),
        Just('\t'),
        Just('='),
        Just('\u{7f}'),
        Just('\u{0}'),
        Just('ü'),
        Just('#'),
        any::<char>(),
        "[a-z ]".prop_map(|s| s.chars().next().unwrap_or('a'))
    ];
    vec(characters, 1..12).prop_map(|characters| characters.into_iter().collect())
}

fn field() -> impl Strategy<Value = Field> {
    let flag = || option::of(any::<bool>());
    let on_unmapped = prop_oneof![Just(OnUnmapped::Quarantine), Just(OnUnmapped::Keep), Just(OnUnmapped::Empty)];
    let on_null = option::of(prop_oneof![Just(OnNull::Empty), Just(OnNull::Quarantine)]);
    let numbers = option::of(1u32..300);
    let texts = [option::of(text()), option::of(text()), option::of(text()), option::of(text())];
    (text(), flag(), flag(), numbers, on_unmapped, on_null, texts).prop_map(
        |(sql, required, unique, max_len, on_unmapped, on_null, [map, default, stands_for, note])| {
            fn spanned<T>(value: T) -> Spanned<T> {
                Spanned::new(0..0, value)
            }
            let options = FieldOptions {
                required: required.map(spanned),
                unique,
                max_len: max_len.and_then(NonZeroU32::new),
                map: map.map(spanned),
                on_unmapped,
                on_null: on_null.map(spanned),
                default,
                stands_for: stands_for.map(spanned),
                note,
            };
            Field { sql: spanned(sql), options }
        },
    )
}

fn fields(prefix: &'static str) -> impl Strategy<Value = Fields> {
    // Keys of the file, each its own.
    vec((text(), field()), 1..5).prop_map(move |fields| {
        let named = fields.into_iter().enumerate();
        Fields(
            named
                .map(|(nth, (name, field))| {
                    (Spanned::new(0..0, format!("{prefix}{nth}{}", name.replace("[]", ""))), field)
                })
                .collect(),
        )
    })
}

proptest! {
    #[test]
    fn what_is_exported_and_imported_again_is_what_it_was(
        own in fields(""),
        of_list in fields("k"),
        condition in option::of(text()),
    ) {
        let list = List { condition: condition.map(|sql| Spanned::new(0..0, sql)), fields: of_list };
        let lists = Lists(vec![(Spanned::new(0..0, "emails".to_owned()), list)]);
        let text = csv(&own, &lists).unwrap();
        prop_assert_eq!(there_and_back(&text), text);
    }
}

#[test]
fn every_form_of_a_line_is_read() {
    let text = "target,source,required,note\n\
        \"Email\",\"LOWER(WorkEmail)\",TRUE,\"who, and why\"\n\
        ,,,\n\
        emails[].where,EmailType = 'W1',,\n\
        emails[].value,WorkEmail,,\n\
        phones[],,,\n";
    let (fields, lists) = read(text, 0).unwrap();
    assert_eq!(
        toml(Some(&fields), &lists),
        "[output.fields]\n\"Email\" = { sql = \"LOWER(WorkEmail)\", required = true, note = \"who, and why\" }\n\n\
        [output.each.emails]\nwhere = \"EmailType = 'W1'\"\n\"value\" = \"WorkEmail\"\n\n[output.each.phones]\n"
    );
    assert_eq!(fields.0[0].1.sql.span(), 36..54, "with its quotes");
}

#[test]
fn a_mapping_is_known_by_its_first_line() {
    for (text, is) in [
        ("target,source\n", true),
        ("source;note;\"target\"\r\n", true),
        ("target,sorce\n", false),
        ("joe.green@vision.example,1\n", false),
        ("\"Green\n", false),
        ("", false),
    ] {
        assert_eq!(has_header(text), is, "{text:?}");
    }
}

#[test]
fn what_is_wrong_is_shown_under_the_cell() {
    for (text, word, title) in [
        ("target,sorce\n", "sorce", "a mapping has no such column"),
        ("target,source,target\n", "target", "two columns are called target"),
        ("target,map\n", "target,map", "there is no column source"),
        ("Green,joe.green@vision.example\n", "Green,joe.green@vision.example", "there is no column target"),
        ("target,source\na,b,c\n", "a,b,c", "this line has 3 cells, and the header has 2"),
        ("target,source\n,b\n", ",b", "this line has no target"),
        ("target,source,required\na,b,ja\n", "ja", "required is true or false"),
        ("target,source,max_len\na,b,0\n", "0", "max_len is a number from 1"),
        ("target,source,on_null\na,b,drop\n", "drop", "on_null is empty or quarantine"),
        ("target,source\na,b\nA,b\na,c\n", "a", "two lines are about a"),
        ("target,source,map\nemails[].where,b,m\n", "m", "a condition has a source, and nothing else"),
        (
            "target,source\nemails[],b\n",
            "b",
            "the fields of this list are the profile's own: nothing else stands in its line",
        ),
        ("target,source\na,\"b\n", "\"", "this quote is never closed"),
    ] {
        let mistakes = read(text, 100).unwrap_err();
        assert_eq!(mistakes.len(), 1, "{text}: {mistakes:?}");
        let Mistake { span, title: said, .. } = &mistakes[0];
        assert_eq!((&text[span.start - 100..span.end - 100], said.as_str()), (word, title), "{text}");
    }
}
