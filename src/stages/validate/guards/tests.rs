//! Every guard at its limit minus one, at it, plus one, at zero, off, and on a first run (promise 16).

use jiff::SignedDuration;

use super::*;

/// Nothing changed since the last run: a thousand active users of two legal employers.
fn changes() -> Changes {
    let field = |name: &str| FieldChange { field: name.to_owned(), changed: 0 };
    Changes {
        from: "2026-11-19-00000000".into(),
        active_before: 1000,
        active_now: 1000,
        in_both: 1000,
        fields: Some(vec![field("Dept"), field("Email")]),
        segments: vec![segment("Vision Corporation", 900, 900), segment("Vision UK", 100, 100)],
        ..Changes::default()
    }
}

fn segment(name: &str, before: u64, now: u64) -> Segment {
    Segment { legal_employer: name.into(), before, now, ..Segment::default() }
}

fn facts() -> Facts {
    Facts {
        files: vec![
            FileFacts { kind: "person", rows: 10_000, rejected: 0 },
            FileFacts { kind: "assignment", rows: 500, rejected: 0 },
        ],
        persons: 2000,
        quarantined: 0,
        users: 1000,
        set_skew: Some(SignedDuration::from_secs(0)),
        age: Some(SignedDuration::from_hours(3)),
        origin: Origin::default(),
        published_origin: Some(Origin::default()),
        is_of_another: false,
    }
}

fn guard(text: &str) -> Guard {
    toml::from_str(text).unwrap()
}

fn verdict(name: Name, text: &str, allow: &[&str], facts: &Facts, changes: Option<&Changes>) -> Verdict {
    let allow: Vec<Allow> = allow.iter().map(|text| text.parse().unwrap()).collect();
    evaluate(&guard(text), &allow, facts, changes).into_iter().find(|verdict| verdict.name == name).unwrap()
}

/// One guard of the `max_` kind: how the facts come to have a value, the base of percentages, and a percentage of it.
struct Case {
    name: Name,
    percent: &'static str,
    at_limit: u64,
    set: fn(&mut Facts, &mut Changes, u64),
}

const CASES: [Case; 6] = [
    Case { name: Name::MaxQuarantined, percent: "1%", at_limit: 20, set: |facts, _, n| facts.quarantined = n },
    Case { name: Name::MaxRejected, percent: "1%", at_limit: 5, set: |facts, _, n| facts.files[1].rejected = n },
    Case { name: Name::MaxLeavers, percent: "2%", at_limit: 20, set: |_, changes, n| changes.leavers = n },
    Case { name: Name::MaxJoiners, percent: "10%", at_limit: 100, set: |_, changes, n| changes.joiners = n },
    Case {
        name: Name::MaxChanged,
        percent: "2.5%",
        at_limit: 25,
        set: |_, changes, n| changes.fields.as_mut().unwrap()[1].changed = n,
    },
    Case {
        name: Name::MaxSegmentChange,
        percent: "20%",
        at_limit: 20,
        set: |_, changes, n| changes.segments[1].now = 100_u64.saturating_sub(n),
    },
];

#[test]
fn at_the_limit_nothing_trips_and_one_above_it_does() {
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
            let (mut facts, mut changes) = (facts(), changes());
            set(&mut facts, &mut changes, value);
            let found = verdict(name, &format!("{name} = {limit}"), &[], &facts, Some(&changes));
            assert_eq!((found.tripped, found.value), (trips, Some(value)), "{name} = {limit} at {value}");
            assert_eq!(found.off, limit == "\"off\"");
            assert_eq!(found.limit, limit.trim_matches('"'));
        }
    }
}

#[test]
fn leavers_and_joiners_are_of_the_last_runs_active_users() {
    for (leavers, joiners, trip) in [(20, 100, [false, false]), (21, 100, [true, false]), (20, 101, [false, true])] {
        let changes = Changes { leavers, joiners, ..changes() };
        let left = verdict(Name::MaxLeavers, "", &[], &facts(), Some(&changes));
        let joined = verdict(Name::MaxJoiners, "", &[], &facts(), Some(&changes));
        assert_eq!((left.base, joined.base, [left.tripped, joined.tripped]), (Some(1000), Some(1000), trip));
    }
    let nobody = Facts { users: 0, ..facts() };
    assert!(verdict(Name::MinUsers, "", &[], &nobody, None).tripped, "an empty output is never published by default");
}

#[test]
fn the_least_and_the_expected_are_inside_the_limits() {
    let facts = Facts { users: 10, ..facts() };
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
        assert_eq!(verdict(name, text, &[], &facts, None).tripped, trips, "{text}");
    }
    let apart = Facts { set_skew: Some(SignedDuration::from_secs(3601)), ..facts };
    assert!(verdict(Name::MaxSetSkew, "max_set_skew = \"1h\"", &[], &apart, None).tripped);
    assert!(!verdict(Name::MaxSetSkew, "max_set_skew = \"2h\"", &[], &apart, None).tripped);
    assert!(!verdict(Name::MaxSetSkew, "max_set_skew = \"1h\"", &["max_set_skew=2h"], &apart, None).tripped);
    let apart = Facts { set_skew: None, ..apart };
    let unknown = verdict(Name::MaxSetSkew, "max_set_skew = \"1h\"", &[], &apart, None);
    assert_eq!((unknown.tripped, unknown.value), (false, None), "{:?}", unknown.note);
}

#[test]
fn a_first_run_says_what_it_cannot_judge() {
    let verdicts = evaluate(&Guard::default(), &[], &facts(), None);
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
    let later = evaluate(&Guard::default(), &[], &facts(), Some(&changes()));
    assert!(later.iter().all(|verdict| verdict.name != Name::ExpectedUsers), "not asked for after the first run");
}

#[test]
fn an_allowance_is_for_its_guard_and_its_value() {
    let (facts, changes) = (facts(), Changes { leavers: 50, ..changes() });
    let found = |allow: &[&str]| verdict(Name::MaxLeavers, "", allow, &facts, Some(&changes));
    assert!(found(&[]).tripped && found(&["max_joiners=5%"]).tripped && found(&["max_leavers=4.9%"]).tripped);
    let allowed = found(&["max_leavers=5%"]);
    assert_eq!(
        (allowed.tripped, allowed.allowed_by.as_deref(), allowed.limit.as_str()),
        (false, Some("max_leavers=5%"), "2%")
    );
    assert!(!found(&["max_leavers=off"]).tripped && !found(&["max_leavers=50"]).tripped);
    let stricter = verdict(Name::MaxLeavers, "max_leavers = \"5%\"", &["max_leavers=0"], &facts, Some(&changes));
    assert_eq!((stricter.tripped, stricter.allowed_by), (false, None), "an allowance lets more pass, never less");
}

#[test]
fn the_worst_speaks_for_all() {
    let mut facts = facts();
    facts.files[0].rejected = 200;
    facts.files[1].rejected = 15;
    let rows = verdict(Name::MaxRejected, "", &[], &facts, None);
    assert_eq!(
        (rows.of.as_deref(), rows.value, rows.note.as_deref()),
        (Some("assignment"), Some(15), Some("1 more past the limit"))
    );
    let of_segments = |segments: &[Segment]| Changes { segments: segments.to_vec(), ..changes() };
    let changes = of_segments(&[
        segment("Vision Corporation", 900, 950),
        segment("Vision France", 0, 50),
        segment("Vision UK", 100, 0),
    ]);
    let gone = verdict(Name::MaxSegmentChange, "", &[], &facts, Some(&changes));
    assert_eq!(
        (gone.of.as_deref(), gone.value, gone.base, gone.tripped),
        (Some("Vision UK"), Some(100), Some(100), true)
    );
    let changes = of_segments(&[segment("Vision UK", 100, 100), segment("New", 0, 50)]);
    assert!(!verdict(Name::MaxSegmentChange, "", &[], &facts, Some(&changes)).tripped, "its people are joiners");
    assert!(verdict(Name::MaxSegmentChange, "max_segment_change = 49", &[], &facts, Some(&changes)).tripped);
    let unknown = Changes { fields: None, ..changes };
    let note = verdict(Name::MaxChanged, "", &[], &facts, Some(&unknown)).note.unwrap();
    assert!(note.contains("not in CSV"), "{note}");
}

#[test]
fn a_file_of_another_origin_is_not_taken_for_the_published_ones() {
    let (mut facts, changes) = (facts(), changes());
    let found =
        |text: &str, allow: &[&str], facts: &Facts| verdict(Name::MaxOriginChanges, text, allow, facts, Some(&changes));
    assert_eq!((found("", &[], &facts).tripped, found("", &[], &facts).value), (false, Some(0)));
    facts.origin.environment = Some("test".into());
    let changed = found("", &[], &facts);
    assert_eq!((changed.tripped, changed.value, changed.of.as_deref()), (true, Some(1), Some("environment")));
    assert!(
        !found("", &["max_origin_changes=1"], &facts).tripped
            && !found("max_origin_changes = \"off\"", &[], &facts).tripped
    );
    facts.is_of_another = true;
    let changed = found("", &[], &facts);
    assert_eq!((changed.value, changed.of.as_deref()), (Some(2), Some("pipeline, environment")));
    facts.published_origin = None;
    assert!(!found("", &[], &facts).tripped, "a run that says nothing of it");
}
