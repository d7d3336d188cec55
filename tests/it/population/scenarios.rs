//! The cases of resolution.md section 11, each one person or two, with days that collide around D.

use super::draft::{BOTH, Draft, Flags, NEITHER, ONLY_ASSIGNMENT, ONLY_RELATION, Row, Stretch};

const A: &str = "ACTIVE";
const S: &str = "SUSPENDED";
const X: &str = "INACTIVE";
const LONG_AGO: i64 = -700;

/// Adds one case.
pub fn person(draft: &mut Draft) {
    match draft.rng.u8(..24) {
        0..=3 => plain(draft),
        4..=6 => two_current(draft),
        7 | 8 => rehired(draft),
        9 => transferred(draft),
        10 | 11 => leaver_or_joiner(draft),
        12 => future(draft),
        13 => without_work(draft),
        14 | 15 => pending(draft),
        16 => suspended_under_another(draft),
        17..=19 => several_assignments(draft),
        20 | 21 => odd_history(draft),
        22 => odd_history_of_an_ended_one(draft),
        _ => clashes(draft),
    }
}

fn pick<T: Copy, const N: usize>(draft: &mut Draft, of: [T; N]) -> T {
    of[draft.rng.usize(..N)]
}

fn worker(draft: &mut Draft) -> &'static str {
    pick(draft, ["E", "E", "E", "C", "N"])
}

/// One stretch, or two that meet at a day near D.
fn stretches(draft: &mut Draft, start: i64, status: &'static str) -> Vec<Stretch> {
    let change = draft.near();
    if change > start && draft.rng.bool() {
        let before = pick(draft, [A, A, S, X]);
        vec![(start, Some(change - 1), before), (change, None, status)]
    } else {
        vec![(start, None, status)]
    }
}

/// One WR, flagged or not, dated flag and undated flag alike or not.
fn plain(draft: &mut Draft) {
    let p = draft.person();
    let kind = worker(draft);
    let undated = draft.rng.u8(..5) != 0;
    let flags = pick(draft, [BOTH, BOTH, BOTH, BOTH, ONLY_ASSIGNMENT, ONLY_RELATION, NEITHER]);
    let w = draft.relationship(&p, kind, LONG_AGO, None, undated);
    let status = pick(draft, [A, A, A, A, S, X]);
    let rows = stretches(draft, LONG_AGO, status);
    draft.assignment(&p, &w, kind, flags, &rows);
}

/// Two current ones: one, two or none of them flagged; perhaps at two employers.
fn two_current(draft: &mut Draft) {
    let p = draft.person();
    let kinds = pick(draft, [["E", "E"], ["E", "C"], ["C", "N"], ["N", "P"]]);
    let primary = pick(draft, [[true, false], [false, true], [true, false], [true, true], [false, false]]);
    for (kind, primary) in kinds.into_iter().zip(primary) {
        let start = pick(draft, [LONG_AGO, LONG_AGO, -30, 0]);
        let end = pick(draft, [None, None, None, Some(0), Some(30)]);
        let w = draft.relationship(&p, kind, start, end, primary);
        let flags = Flags { assignment: true, relation: primary };
        let status = pick(draft, [A, A, S, X]);
        let rows = if draft.rng.u8(..10) == 0 { vec![] } else { stretches(draft, start, status) };
        draft.assignment(&p, &w, kind, flags, &rows);
    }
}

/// An ended flagged one beside a newer one; the old row can be open-ended, INACTIVE and flagged.
fn rehired(draft: &mut Draft) {
    let p = draft.person();
    let end = pick(draft, [-365, -30, -2, -1, 0, 1]);
    let w = draft.relationship(&p, "E", LONG_AGO, Some(end), true);
    let open_row = pick(draft, [X, X, X, A]);
    let mut rows = vec![(LONG_AGO, Some(end), A)];
    if draft.rng.bool() {
        rows.push((end + 1, None, open_row));
    }
    draft.assignment(&p, &w, "E", BOTH, &rows);
    // On the day of termination, the day after, or later.
    let start = end + pick(draft, [0, 0, 1, 1, 29]);
    let primary = draft.rng.u8(..3) != 0;
    let w = draft.relationship(&p, "E", start, None, primary);
    let flags = Flags { assignment: true, relation: primary };
    draft.assignment(&p, &w, "E", flags, &[(start, None, A)]);
}

/// A global transfer: the old one ends the day before; or a temporary assignment abroad, the old one suspended.
fn transferred(draft: &mut Draft) {
    let p = draft.person();
    let day = draft.near();
    if draft.rng.bool() {
        let w = draft.relationship(&p, "E", LONG_AGO, Some(day - 1), true);
        draft.assignment(&p, &w, "E", BOTH, &[(LONG_AGO, Some(day - 1), A), (day, None, X)]);
        let w = draft.relationship(&p, "E", day, None, true);
        draft.assignment(&p, &w, "E", BOTH, &[(day, None, A)]);
    } else {
        let w = draft.relationship(&p, "E", LONG_AGO, None, true);
        draft.assignment(&p, &w, "E", BOTH, &[(LONG_AGO, Some(day - 1), A), (day, None, S)]);
        let w = draft.relationship(&p, "E", day, Some(day + 60), false);
        draft.assignment(&p, &w, "E", ONLY_ASSIGNMENT, &[(day, None, A)]);
    }
}

/// D on the termination date or near it; D on the start date or near it.
fn leaver_or_joiner(draft: &mut Draft) {
    let p = draft.person();
    let kind = worker(draft);
    let day = draft.near();
    if draft.rng.bool() {
        let w = draft.relationship(&p, kind, LONG_AGO, Some(day), true);
        let rows: &[Stretch] = match draft.rng.u8(..4) {
            0 => &[(LONG_AGO, Some(day), A)],
            1 => &[(LONG_AGO, Some(day - 3), A)],
            2 => &[(LONG_AGO, None, A)],
            _ => &[(LONG_AGO, Some(day), A), (day + 1, None, X)],
        };
        draft.assignment(&p, &w, kind, BOTH, rows);
        if draft.rng.u8(..4) == 0 {
            let flags = pick(draft, [BOTH, ONLY_RELATION]);
            draft.assignment(&p, &w, kind, flags, rows);
        }
    } else {
        let w = draft.relationship(&p, kind, day, None, true);
        let late = pick(draft, [0, 0, 0, 2]);
        let early = pick(draft, [0, 0, 0, 5]);
        draft.assignment(&p, &w, kind, BOTH, &[(day + late - early, None, A)]);
    }
}

/// A future hire, or a rehire that is scheduled.
fn future(draft: &mut Draft) {
    let p = draft.person();
    if draft.rng.bool() {
        let end = pick(draft, [-365, -1]);
        let w = draft.relationship(&p, "E", LONG_AGO, Some(end), true);
        draft.assignment(&p, &w, "E", BOTH, &[(LONG_AGO, Some(end), A)]);
    }
    for _ in 0..draft.rng.usize(1..=2) {
        let start = pick(draft, [1, 1, 2, 30]);
        let kind = pick(draft, ["E", "C", "P"]);
        let primary = draft.rng.bool();
        let w = draft.relationship(&p, kind, start, None, primary);
        for _ in 0..draft.rng.usize(0..=2) {
            let flags = pick(draft, [BOTH, BOTH, ONLY_RELATION]);
            let from = start + pick(draft, [0, 0, 0, 3, -10]);
            draft.assignment(&p, &w, kind, flags, &[(from, None, A)]);
        }
    }
}

/// A cancelled work relationship, an offer, several ended ones, or one without assignments.
fn without_work(draft: &mut Draft) {
    let p = draft.person();
    match draft.rng.u8(..4) {
        0 => {}
        1 => {
            let w = draft.relationship(&p, "O", 1, None, false);
            draft.assignment(&p, &w, "O", NEITHER, &[(1, None, A)]);
        }
        2 => {
            let end = pick(draft, [None, Some(-1), Some(0)]);
            draft.relationship(&p, "E", LONG_AGO, end, true);
        }
        _ => {
            for _ in 0..2 {
                let (start, end) = pick(draft, [(LONG_AGO, -30), (-600, -30), (-600, -1), (-1, -1)]);
                let primary = draft.rng.bool();
                let w = draft.relationship(&p, "E", start, Some(end), primary);
                draft.assignment(&p, &w, "E", BOTH, &[(start, Some(end), A)]);
            }
        }
    }
}

/// Pending only, beside an employee, flagged primary, converted.
fn pending(draft: &mut Draft) {
    let p = draft.person();
    let case = draft.rng.u8(..4);
    let converted = if case == 3 { Some(draft.near()) } else { None };
    let flags = pick(draft, [ONLY_ASSIGNMENT, ONLY_ASSIGNMENT, BOTH, NEITHER]);
    for _ in 0..if case == 0 { draft.rng.usize(1..=2) } else { 1 } {
        let w = draft.relationship(&p, "P", -40, converted.map(|day| day - 1), flags.relation);
        draft.assignment(&p, &w, "P", flags, &[(-40, converted.map(|day| day - 1), A)]);
    }
    if case >= 2 {
        let start = converted.unwrap_or(-100);
        let w = draft.relationship(&p, "E", start, None, true);
        draft.assignment(&p, &w, "E", BOTH, &[(start, None, A)]);
    }
}

/// The primary assignment suspended, or ended, under a temporary one.
fn suspended_under_another(draft: &mut Draft) {
    let p = draft.person();
    let kind = worker(draft);
    let w = draft.relationship(&p, kind, LONG_AGO, None, true);
    let day = draft.near();
    let status = pick(draft, [S, S, X]);
    draft.assignment(&p, &w, kind, BOTH, &[(LONG_AGO, Some(day - 1), A), (day, None, status)]);
    let temporary = pick(draft, [A, A, S, X]);
    let flags = pick(draft, [ONLY_RELATION, ONLY_RELATION, BOTH]);
    draft.assignment(&p, &w, kind, flags, &[(day, Some(day + 30), temporary)]);
}

/// Two or three assignments in one work relationship with all kinds of flags.
fn several_assignments(draft: &mut Draft) {
    let p = draft.person();
    let kind = worker(draft);
    let end = pick(draft, [None, None, None, Some(-1), Some(0), Some(1)]);
    let undated = draft.rng.u8(..4) != 0;
    let w = draft.relationship(&p, kind, LONG_AGO, end, undated);
    for n in 0..draft.rng.usize(2..=3) {
        let usual = if n == 0 { BOTH } else { ONLY_RELATION };
        let odd = draft.rng.u8(..4) == 0;
        let flags = if odd { pick(draft, [BOTH, NEITHER, ONLY_ASSIGNMENT, ONLY_RELATION]) } else { usual };
        let status = pick(draft, [A, A, A, S, X]);
        let mut rows = stretches(draft, LONG_AGO, status);
        if let Some(last) = rows.last_mut() {
            last.1 = end.or(last.1).filter(|end| *end >= last.0);
        }
        draft.assignment(&p, &w, kind, flags, &rows);
    }
}

/// Two changes on a day, a gap in the sequence, two latest changes, overlaps, gaps, terms and offers mixed in.
fn odd_history(draft: &mut Draft) {
    let p = draft.person();
    let w = draft.relationship(&p, "E", LONG_AGO, None, true);
    let day = draft.near();
    let case = draft.rng.u8(..7);
    let rows: Vec<Stretch> = match case {
        4 => vec![(LONG_AGO, Some(day + 5), A), (day, None, A)],
        5 => vec![(LONG_AGO, Some(day - 5), A), (day + 1, None, A)],
        _ => vec![(LONG_AGO, Some(day - 1), A), (day, Some(day), S), (day, None, A)],
    };
    let id = draft.assignment(&p, &w, "E", BOTH, &rows);
    let mut sequences = match case {
        0 => vec![("1", "Y"), ("1", "N"), ("2", "Y")],
        1 => vec![("1", "Y"), ("1", "N"), ("3", "Y")],
        2 => vec![("1", "Y"), ("2", "Y"), ("2", "Y")],
        3 => vec![("1", "Y"), ("1", "Y"), ("2", "N")],
        6 => vec![("1", "Y"), ("1", ""), ("1", "N")],
        _ => vec![],
    };
    if draft.rng.u8(..6) == 0 && sequences.len() == 3 {
        sequences[2].0 = "5";
    }
    for (row, (sequence, latest)) in draft.rows_of(&id).into_iter().zip(sequences) {
        row.insert("EffectiveSequence", sequence.into());
        row.insert("EffectiveLatestChange", latest.into());
    }
    if draft.rng.u8(..3) == 0 {
        let kind = pick(draft, ["ET", "O", "A", "CT"]);
        draft.assignment(&p, &w, kind, BOTH, &[(LONG_AGO, None, A)]);
    }
}

/// Two different rows on the last day, or on D, of a work relationship that ended; alone, or beside a current one.
fn odd_history_of_an_ended_one(draft: &mut Draft) {
    let p = draft.person();
    let end = pick(draft, [-365, -1, -1, 5]);
    let w = draft.relationship(&p, "E", LONG_AGO, Some(end), true);
    let until = pick(draft, [Some(end), Some(end - 1), None]);
    let id = draft.assignment(&p, &w, "E", BOTH, &[(LONG_AGO, until, A)]);
    let mut again: Vec<Row> = draft.rows_of(&id).into_iter().map(|row| row.clone()).collect();
    let status = pick(draft, [S, X]);
    again[0].insert("AssignmentStatusType", status.into());
    draft.assignments.extend(again);
    if draft.rng.bool() {
        draft.assignment(&p, &w, "E", ONLY_RELATION, &[(LONG_AGO, Some(end), A)]);
    }
    if draft.rng.bool() {
        let start = pick(draft, [-20, 0, 1]);
        let v = draft.relationship(&p, "E", start, None, true);
        draft.assignment(&p, &v, "E", BOTH, &[(start, None, A)]);
    }
}

/// Two persons who clash: by AssignmentId, PeriodOfServiceId, leading zeros, PersonId, an orphan, no person row.
fn clashes(draft: &mut Draft) {
    let p = draft.person();
    let w = draft.relationship(&p, "E", LONG_AGO, None, true);
    let id = draft.assignment(&p, &w, "E", BOTH, &[(LONG_AGO, None, A)]);
    let q = if draft.rng.bool() {
        let twin = format!("00{p}");
        draft.person_called(twin.clone());
        twin
    } else {
        draft.person()
    };
    let v = draft.relationship(&q, "E", LONG_AGO, None, true);
    let other = draft.assignment(&q, &v, "E", BOTH, &[(LONG_AGO, None, A)]);
    let set = |rows: Vec<&mut Row>, column: &'static str, text: &str| {
        for row in rows {
            row.insert(column, text.to_owned());
        }
    };
    match draft.rng.u8(..7) {
        0 => set(draft.rows_of(&other), "AssignmentId", &id),
        1 => set(draft.rows_of(&other), "PeriodOfServiceId", &w),
        2 => set(draft.rows_of(&other), "PeriodOfServiceId", "orphan"),
        3 => draft.persons.retain(|row| row["PersonNumber"] != q),
        4 => set(draft.rows_of(&other), "PersonNumber", &p),
        5 => {
            let shared = draft.persons.iter().find(|r| r["PersonNumber"] == p).map(|r| r["PersonId"].clone());
            let everywhere = draft.persons.iter_mut().chain(&mut draft.relationships).chain(&mut draft.assignments);
            let of_q = everywhere.filter(|r| r["PersonNumber"] == q).collect();
            set(of_q, "PersonId", &shared.unwrap_or_default());
        }
        _ => {}
    }
}
