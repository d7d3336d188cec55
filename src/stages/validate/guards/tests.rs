//! Every guard at its limit minus one, at it, plus one, at zero, off, and on a first run (promise 16).

use jiff::SignedDuration;

use super::*;

/// PersonNumbers, sorted.
fn people(from: usize, to: usize) -> Vec<String> {
    (from..to).map(|n| format!("{n:06}")).collect()
}

fn borrowed(people: &[String]) -> Vec<&str> {
    people.iter().map(String::as_str).collect()
}

fn baseline() -> Baseline {
    let active = people(0, 1000).into_iter().map(Into::into).collect();
    let segments = [("Vision Corporation".to_owned(), 900), ("Vision UK".to_owned(), 100)].into();
    Baseline {
        run: "2026-11-19-00000000".into(),
        active,
        segments,
        table: Some(Table::default()),
        origin: Some(Origin::default()),
    }
}

fn facts(active: &[String]) -> Facts<'_> {
    Facts {
        files: vec![
            FileFacts { kind: "person", rows: 10_000, rejected: 0 },
            FileFacts { kind: "assignment", rows: 500, rejected: 0 },
        ],
        persons: 2000,
        quarantined: 0,
        users: active.len() as u64,
        active: borrowed(active),
        segments: baseline().segments,
        changes: Some(Changes { in_both: 1000, fields: [("Dept".to_owned(), 0), ("Email".to_owned(), 0)].into() }),
        set_skew: Some(SignedDuration::from_secs(0)),
        age: Some(SignedDuration::from_hours(3)),
        origin: Origin::default(),
    }
}

fn guard(text: &str) -> Guard {
    toml::from_str(text).unwrap()
}

fn verdict(name: Name, text: &str, allow: &[&str], facts: &Facts<'_>, baseline: Option<&Baseline>) -> Verdict {
    let allow: Vec<Allow> = allow.iter().map(|text| text.parse().unwrap()).collect();
    evaluate(&guard(text), &allow, facts, baseline).into_iter().find(|verdict| verdict.name == name).unwrap()
}

/// One guard of the `max_` kind: how the facts come to have a value, the base of percentages, and a percentage of it.
struct Case {
    name: Name,
    percent: &'static str,
    at_limit: u64,
    set: fn(&mut Facts<'_>, u64),
}

const CASES: [Case; 4] = [
    Case { name: Name::MaxQuarantined, percent: "1%", at_limit: 20, set: |facts, n| facts.quarantined = n },
    Case { name: Name::MaxRejected, percent: "1%", at_limit: 5, set: |facts, n| facts.files[1].rejected = n },
    Case {
        name: Name::MaxChanged,
        percent: "2.5%",
        at_limit: 25,
        set: |facts, n| *facts.changes.as_mut().unwrap().fields.get_mut("Email").unwrap() = n,
    },
    Case {
        name: Name::MaxSegmentChange,
        percent: "20%",
        at_limit: 20,
        set: |facts, n| *facts.segments.get_mut("Vision UK").unwrap() -= n,
    },
];

#[test]
fn at_the_limit_nothing_trips_and_one_above_it_does() {
    let (everybody, baseline) = (people(0, 1000), baseline());
    for Case { name, percent, at_limit, set } in CASES {
        for (limit, value, trips) in [
            (format!("\"{percent}\""), at_limit - 1, false),
            (format!("\"{percent}\""), at_limit, false),
            (format!("\"{percent}\""), at_limit + 1, true),
            ("7".into(), 6, false),
            ("7".into(), 7, false),
            ("7".into(), 8, true),
            ("0".into(), 0, false),
            ("0".into(), 1, true),
            ("\"off\"".into(), 50, false),
        ] {
            let mut facts = facts(&everybody);
            set(&mut facts, value);
            let found = verdict(name, &format!("{name} = {limit}"), &[], &facts, Some(&baseline));
            assert_eq!((found.tripped, found.value), (trips, Some(value)), "{name} = {limit} at {value}");
            assert_eq!(found.off, limit == "\"off\"");
            assert_eq!(found.limit, limit.trim_matches('"'));
        }
    }
}

#[test]
fn leavers_and_joiners_are_of_the_last_runs_active_users() {
    let baseline = baseline();
    for (gone, new, leavers, joiners) in
        [(19, 99, false, false), (20, 100, false, false), (21, 100, true, false), (20, 101, false, true)]
    {
        let now = people(gone, 1000 + new);
        let facts = facts(&now);
        let left = verdict(Name::MaxLeavers, "", &[], &facts, Some(&baseline));
        assert_eq!((left.value, left.base, left.tripped), (Some(gone as u64), Some(1000), leavers));
        let joined = verdict(Name::MaxJoiners, "", &[], &facts, Some(&baseline));
        assert_eq!((joined.value, joined.base, joined.tripped), (Some(new as u64), Some(1000), joiners));
        assert!(!verdict(Name::MaxLeavers, "max_leavers = \"off\"", &[], &facts, Some(&baseline)).tripped);
    }
    let nobody = people(0, 0);
    let gone = verdict(Name::MaxLeavers, "max_leavers = 0", &[], &facts(&nobody), Some(&baseline));
    assert_eq!((gone.tripped, gone.value), (true, Some(1000)));
    assert!(
        verdict(Name::MinUsers, "", &[], &facts(&nobody), None).tripped,
        "an empty output is never published by default"
    );
}

#[test]
fn the_least_and_the_expected_are_inside_the_limits() {
    let now = people(0, 10);
    for (text, name, trips) in [
        ("min_users = 10", Name::MinUsers, false),
        ("min_users = 11", Name::MinUsers, true),
        ("expected_users = [10, 12]", Name::ExpectedUsers, false),
        ("expected_users = [8, 10]", Name::ExpectedUsers, false),
        ("expected_users = [11, 12]", Name::ExpectedUsers, true),
        ("expected_users = [8, 9]", Name::ExpectedUsers, true),
        ("min_rows = 500", Name::MinRows, false),
        ("min_rows = 501", Name::MinRows, true),
        ("min_rows = { person = 501 }", Name::MinRows, false),
        ("min_rows = { person = 501, assignment = 501 }", Name::MinRows, true),
        ("min_rows = { work_relationship = 1 }", Name::MinRows, true),
        ("min_rows = \"off\"", Name::MinRows, false),
        ("max_set_skew = \"0s\"", Name::MaxSetSkew, false),
        ("max_age = \"3h\"", Name::MaxAge, false),
        ("max_age = \"10799s\"", Name::MaxAge, true),
        ("max_age = \"off\"", Name::MaxAge, false),
    ] {
        assert_eq!(verdict(name, text, &[], &facts(&now), None).tripped, trips, "{text}");
    }
    let mut apart = facts(&now);
    apart.set_skew = Some(SignedDuration::from_secs(3601));
    assert!(verdict(Name::MaxSetSkew, "max_set_skew = \"1h\"", &[], &apart, None).tripped);
    assert!(!verdict(Name::MaxSetSkew, "max_set_skew = \"2h\"", &[], &apart, None).tripped);
    assert!(!verdict(Name::MaxSetSkew, "max_set_skew = \"1h\"", &["max_set_skew=2h"], &apart, None).tripped);
    apart.set_skew = None;
    let unknown = verdict(Name::MaxSetSkew, "max_set_skew = \"1h\"", &[], &apart, None);
    assert_eq!((unknown.tripped, unknown.value), (false, None), "{:?}", unknown.note);
}

#[test]
fn a_first_run_says_what_it_cannot_judge() {
    let now = people(0, 10);
    let verdicts = evaluate(&Guard::default(), &[], &facts(&now), None);
    assert!(verdicts.iter().all(|verdict| !verdict.tripped));
    for name in [Name::MaxLeavers, Name::MaxJoiners, Name::MaxChanged, Name::MaxSegmentChange] {
        let found = verdicts.iter().find(|verdict| verdict.name == name).unwrap();
        assert_eq!((found.value, found.off), (None, false));
        assert!(found.note.as_ref().unwrap().contains("no run has been published yet"), "{name}");
    }
    assert!(
        verdicts[0].name == Name::ExpectedUsers
            && verdicts[0].note.as_ref().unwrap().contains("expected_users is not set")
    );
    let later = evaluate(&Guard::default(), &[], &facts(&now), Some(&baseline()));
    assert!(later.iter().all(|verdict| verdict.name != Name::ExpectedUsers), "not asked for after the first run");
}

#[test]
fn an_allowance_is_for_its_guard_and_its_value() {
    let (now, baseline) = (people(50, 1000), baseline());
    let facts = facts(&now);
    let found = |allow: &[&str]| verdict(Name::MaxLeavers, "", allow, &facts, Some(&baseline));
    assert!(found(&[]).tripped && found(&["max_joiners=5%"]).tripped && found(&["max_leavers=4.9%"]).tripped);
    let allowed = found(&["max_leavers=5%"]);
    assert_eq!(
        (allowed.tripped, allowed.allowed_by.as_deref(), allowed.limit.as_str()),
        (false, Some("max_leavers=5%"), "2%")
    );
    assert!(!found(&["max_leavers=off"]).tripped && !found(&["max_leavers=50"]).tripped);
    let stricter = verdict(Name::MaxLeavers, "max_leavers = \"5%\"", &["max_leavers=0"], &facts, Some(&baseline));
    assert_eq!((stricter.tripped, stricter.allowed_by), (false, None), "an allowance lets more pass, never less");
}

#[test]
fn the_worst_speaks_for_all() {
    let (now, baseline) = (people(0, 1000), baseline());
    let mut facts = facts(&now);
    facts.files[0].rejected = 200;
    facts.files[1].rejected = 15;
    let rows = verdict(Name::MaxRejected, "", &[], &facts, None);
    assert_eq!(
        (rows.of.as_deref(), rows.value, rows.note.as_deref()),
        (Some("assignment"), Some(15), Some("1 more past the limit"))
    );
    facts.segments = [("Vision Corporation".to_owned(), 950), ("Vision France".to_owned(), 50)].into();
    let gone = verdict(Name::MaxSegmentChange, "", &[], &facts, Some(&baseline));
    assert_eq!(
        (gone.of.as_deref(), gone.value, gone.base, gone.tripped),
        (Some("Vision UK"), Some(100), Some(100), true)
    );
    facts.segments =
        [("Vision Corporation".to_owned(), 900), ("Vision UK".to_owned(), 100), ("New".to_owned(), 50)].into();
    assert!(!verdict(Name::MaxSegmentChange, "", &[], &facts, Some(&baseline)).tripped, "its people are joiners");
    assert!(verdict(Name::MaxSegmentChange, "max_segment_change = 49", &[], &facts, Some(&baseline)).tripped);
}

#[test]
fn a_file_of_another_origin_is_not_taken_for_the_published_ones() {
    let (now, baseline) = (people(0, 1000), baseline());
    let mut facts = facts(&now);
    let found = |text: &str, allow: &[&str], facts: &Facts<'_>| {
        verdict(Name::MaxOriginChanges, text, allow, facts, Some(&baseline))
    };
    assert_eq!((found("", &[], &facts).tripped, found("", &[], &facts).value), (false, Some(0)));
    facts.origin.environment = Some("test".into());
    let changed = found("", &[], &facts);
    assert_eq!((changed.tripped, changed.value, changed.of.as_deref()), (true, Some(1), Some("environment")));
    assert!(
        !found("", &["max_origin_changes=1"], &facts).tripped
            && !found("max_origin_changes = \"off\"", &[], &facts).tripped
    );
    let silent = Baseline { origin: None, ..baseline.clone() };
    assert!(!verdict(Name::MaxOriginChanges, "", &[], &facts, Some(&silent)).tripped, "a run that says nothing of it");
}
