//! The product against the naive judge on random populations, and the laws of `resolution.md` that hold whatever the rules say.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use fastrand::Rng;

use crate::engine::{self, Answer};
use crate::oracle::{self, Kind, OnAmbiguous, Outcome, Row, Settings, Source};
use crate::population::{Shape, population};
use crate::promise;

const POPULATIONS: u64 = 900;

/// The size of the population of a seed: small ones are read more easily, large ones go faster.
pub fn of_seed(seed: u64) -> (Vec<Source>, Settings, Shape) {
    let shape = Shape::ALL[(seed % Shape::ALL.len() as u64) as usize];
    let (sources, settings) = population(seed, 8 + (seed % 35) as usize, shape);
    (sources, settings, shape)
}

/// One difference: what kind of, and where.
struct Difference {
    class: String,
    place: String,
}

#[test]
fn the_product_says_what_the_judge_says() {
    let range = std::env::var("LAWS_SEEDS").ok();
    let ends = range.as_deref().and_then(|range| range.split_once(".."));
    let ends = ends.and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
    let seeds = ends.map_or(0..POPULATIONS, |(first, last)| first..last);
    let started = std::time::Instant::now();
    let found: Vec<(usize, Vec<Difference>)> = on_all_cores(seeds, |seed| {
        let (sources, settings, shape) = of_seed(seed);
        let judged = oracle::judge(&sources, &settings);
        let said = engine::run(&sources, &settings, 1).outcome;
        (said.persons.len(), differences(seed, shape, &sources, &judged, &said))
    });
    let persons: usize = found.iter().map(|(persons, _)| persons).sum();
    let populations = found.len() as u64;
    let seconds = started.elapsed().as_secs_f64();
    println!("{persons} persons, {:.0} a second", persons as f64 / seconds);
    let mut classes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for difference in found.into_iter().flat_map(|(_, differences)| differences) {
        classes.entry(difference.class).or_default().push(difference.place);
    }
    for (class, places) in &classes {
        println!("{} times: {class}\n{}", places.len(), places.iter().take(2).cloned().collect::<String>());
    }
    assert!(classes.is_empty(), "{} kinds of difference; LAWS_SEEDS=12..13 runs one seed alone", classes.len());
    assert!(range.is_some() || persons >= 20_000, "{persons} persons are too few");
    promise::report(12, "populations against the judge", populations, populations, started);
    promise::report(10, "populations whose sums the judge counts", populations, populations, started);
}

/// All differences of an answer from what the judge says.
fn differences(seed: u64, shape: Shape, sources: &[Source], judged: &Outcome, said: &Outcome) -> Vec<Difference> {
    let place =
        |number: &str| format!("  seed {seed} {shape:?} person {number:?}\n{}", engine::rows_of(sources, number));
    let mut found = Vec::new();
    let mut add = |class: String, place: String| found.push(Difference { class, place });
    if judged.fatal != said.fatal {
        add(format!("fatal: {:?}, product {:?}", judged.fatal, said.fatal), place(""));
        return found;
    }
    let numbers: BTreeSet<&String> = judged.persons.keys().chain(said.persons.keys()).collect();
    for number in numbers {
        match (judged.persons.get(number), said.persons.get(number)) {
            (Some(judged), Some(said)) => {
                let fields = of_person(judged, said);
                if !fields.is_empty() {
                    add(fields.join(", "), place(number));
                }
            }
            (judged, _) => add(format!("present: {}", judged.is_some()), place(number)),
        }
    }
    for (kind, rejects) in &judged.rejects {
        let mut said = said.rejects[kind].clone();
        let mut rejects = rejects.clone();
        said.sort();
        rejects.sort();
        let missing: Vec<_> = rejects.iter().filter(|row| !said.contains(row)).collect();
        let more: Vec<_> = said.iter().filter(|row| !rejects.contains(row)).collect();
        if !missing.is_empty() || !more.is_empty() {
            add(format!("rejects of {kind:?}"), format!("  seed {seed} {shape:?} {missing:?}, product {more:?}\n"));
        }
    }
    let counts = |o: &Outcome| (o.persons_in, o.emitted, o.excluded.clone(), o.filtered, o.quarantined);
    // The sums follow from the persons: they say something of their own only where those agree.
    if found.is_empty() && counts(judged) != counts(said) {
        let text = format!("  seed {seed} {shape:?} {:?}, product {:?}\n", counts(judged), counts(said));
        found.push(Difference { class: "person counts".into(), place: text });
    }
    if found.is_empty() && judged.balance != said.balance {
        let text = format!("  seed {seed} {shape:?}\n  judge   {:?}\n  product {:?}\n", judged.balance, said.balance);
        found.push(Difference { class: "balance".into(), place: text });
    }
    found
}

/// The fields in which a person differs; of codes those that are missing and those that are too many.
fn of_person(judged: &Row, said: &Row) -> Vec<String> {
    let mut fields = Vec::new();
    let ids = |field: &str, a: &str, b: &str| {
        let word = |text: &str| if text.is_empty() { "blank" } else { "some" };
        (a != b).then(|| format!("{field} {} product {}", word(a), word(b)))
    };
    if judged.worker_state != said.worker_state {
        fields.push(format!("state {:?} product {:?}", judged.worker_state, said.worker_state));
    }
    if judged.active != said.active {
        fields.push(format!("active {} product {}", judged.active, said.active));
    }
    if judged.disposition != said.disposition {
        fields.push(format!("{} product {}", judged.disposition, said.disposition));
    }
    fields.extend(ids("work relationship", &judged.period_of_service_id, &said.period_of_service_id));
    fields.extend(ids("assignment", &judged.assignment_id, &said.assignment_id));
    fields.extend(ids("manager", &judged.manager_person_number, &said.manager_person_number));
    if judged.all_current != said.all_current {
        fields.push("all current work relationships".to_owned());
    }
    // What a spreadsheet would run is the mapping's to judge (`OUT020`). What rejects a row is an error of the row, not of its person.
    let of_rows = |code: &&String| code.starts_with("ROW") || code.starts_with("CSV") || *code == "WR031";
    let errors: BTreeSet<String> = judged.errors.iter().filter(|code| !of_rows(code)).cloned().collect();
    fields.extend(judged.codes.difference(&said.codes).map(|code| format!("lacks {code}")));
    let more = said.codes.difference(&judged.codes).filter(|code| *code != "OUT020");
    fields.extend(more.map(|code| format!("too many {code}")));
    let changed = errors.symmetric_difference(&said.errors);
    fields.extend(
        changed.filter(|c| judged.codes.contains(*c) == said.codes.contains(*c)).map(|c| format!("severity {c}")),
    );
    fields
}

/// Tries a law in populations of every shape, with and without damage, that no fatal code stops.
/// How many those were.
pub fn in_some(law: impl Fn(u64, Vec<Source>, Settings, Answer) + Sync) -> u64 {
    let tried = on_all_cores(10_000..10_140, |seed| {
        let (sources, settings, _) = of_seed(seed);
        let answer = engine::run(&sources, &settings, 1);
        let stopped = answer.outcome.fatal.is_some();
        if !stopped {
            law(seed, sources, settings, answer);
        }
        u64::from(!stopped)
    });
    tried.iter().sum()
}

/// Not on the threads of the product: they would take up one population in the midst of another, and so on.
fn on_all_cores<T: Send>(seeds: Range<u64>, of_seed: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    std::thread::scope(|scope| {
        let of_seed = &of_seed;
        let of_core = |core| {
            let seeds = seeds.clone().skip(core).step_by(cores);
            scope.spawn(move || seeds.map(of_seed).collect::<Vec<T>>())
        };
        let running: Vec<_> = (0..cores).map(of_core).collect();
        running.into_iter().flat_map(|core| core.join().unwrap()).collect()
    })
}

/// All but the places of rejected rows, which follow the input.
fn assert_same(seed: u64, mut one: Answer, mut other: Answer) {
    for answer in [&mut one, &mut other] {
        for rows in answer.outcome.rejects.values_mut() {
            rows.iter_mut().for_each(|row| row.0 = 0);
            rows.sort();
        }
    }
    assert_eq!(one, other, "seed {seed}");
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let started = std::time::Instant::now();
    let tried = in_some(|seed, mut sources, settings, answer| {
        let mut rng = Rng::with_seed(seed);
        sources.iter_mut().for_each(|source| rng.shuffle(&mut source.rows));
        assert_same(seed, answer, engine::run(&sources, &settings, 1));
    });
    promise::report(12, "another order of rows", tried, tried, started);
}

#[test]
fn the_cut_into_files_does_not_matter() {
    let started = std::time::Instant::now();
    let tried = in_some(|seed, sources, settings, answer| {
        assert_same(seed, answer, engine::run(&sources, &settings, 2));
    });
    promise::report(12, "another cut into files", tried, tried, started);
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let pools = [1, 2].map(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap());
    let started = std::time::Instant::now();
    for seed in 20_000..20_035 {
        let (sources, settings, _) = of_seed(seed);
        let [one, two] = pools.each_ref().map(|pool| pool.install(|| engine::run(&sources, &settings, 1)));
        assert_eq!(one, two, "seed {seed}");
    }
    promise::report(12, "another number of threads", 35, 35, started);
}

/// A value for a column that nobody else has.
fn cell_of_a_stranger(column: &str) -> &str {
    match column {
        "EffectiveStartDate" | "DateStart" => "2020-01-01",
        "AssignmentType" | "PeriodType" => "E",
        "AssignmentStatusType" => "ACTIVE",
        "AssignmentStatusTypeCode" => "ACTIVE_PROCESS",
        "SystemPersonType" => "EMP",
        "PrimaryFlag" | "PrimaryAssignmentFlag" | "PrimaryWorkRelationFlag" | "EffectiveLatestChange" => "Y",
        "WorkEmail" => "stranger@elsewhere.example",
        "PersonNumber" | "PersonId" | "PeriodOfServiceId" | "AssignmentId" | "AssignmentNumber" | "LastName"
        | "UserName" => "stranger",
        _ => "",
    }
}

#[test]
fn an_unrelated_person_changes_nobody() {
    in_some(|seed, mut sources, settings, answer| {
        for source in &mut sources {
            let row = source.header.iter().map(|column| cell_of_a_stranger(column).to_owned()).collect();
            source.rows.push(row);
        }
        let mut again = engine::run(&sources, &settings, 1).outcome;
        let stranger = again.persons.remove("stranger").unwrap();
        assert!(stranger.errors.is_empty() && stranger.active, "seed {seed}: {stranger:?}");
        assert_eq!(answer.outcome.persons, again.persons, "seed {seed}");
        assert_eq!(answer.outcome.rejects, again.rejects, "seed {seed}");
    });
}

#[test]
fn a_duplicate_row_changes_nobody() {
    in_some(|seed, mut sources, settings, mut answer| {
        let mut rng = Rng::with_seed(seed);
        for source in &mut sources {
            if source.rows.is_empty() {
                continue;
            }
            let row = source.rows[rng.usize(..source.rows.len())].clone();
            if row.len() == source.header.len() {
                let padded = row.iter().map(|cell| format!(" {cell} ")).collect();
                source.rows.push(padded);
            }
        }
        let mut again = engine::run(&sources, &settings, 1);
        for outcome in [&mut answer.outcome, &mut again.outcome] {
            outcome.persons.values_mut().for_each(|person| {
                person.codes.remove("ROW010");
            });
        }
        assert_eq!(answer.outcome.persons, again.outcome.persons, "seed {seed}");
        assert_eq!(answer.outputs, again.outputs, "seed {seed}");
    });
}

#[test]
fn pick_leaves_nothing_ambiguous() {
    in_some(|seed, sources, settings, _| {
        let settings = Settings { on_ambiguous: OnAmbiguous::Pick, ..settings };
        for (number, person) in engine::run(&sources, &settings, 1).outcome.persons {
            let ambiguous =
                person.errors.iter().any(|c| ["PRI012", "PRI014", "PRI032", "PRI034"].contains(&c.as_str()));
            assert!(!ambiguous, "seed {seed}, {number}: {person:?}");
        }
    });
}

#[test]
fn a_day_changes_only_those_who_have_a_boundary_there() {
    in_some(|seed, sources, settings, _| {
        let settings = Settings { known_effective_date: None, ..settings };
        let today = settings.as_of;
        let tomorrow = Settings { as_of: today.tomorrow().unwrap(), ..settings.clone() };
        let mut before = engine::run(&sources, &settings, 1).outcome.persons;
        let mut after = engine::run(&sources, &tomorrow, 1).outcome.persons;
        let moved = with_a_date(&sources, &[today, tomorrow.as_of]);
        for persons in [&mut before, &mut after] {
            persons.retain(|number, _| !moved.contains(number));
            // What depends on others: who shares an e-mail, and whether the manager is emitted.
            persons.values_mut().for_each(|person| {
                person.codes.retain(|code| !code.starts_with("MGR") && !code.starts_with("OUT00"));
                person.errors.retain(|code| !code.starts_with("OUT00"));
                person.manager_person_number.clear();
                // Of who is quarantined nothing is told.
                person.all_current.clear();
                if person.errors.is_empty() {
                    person.disposition.clear();
                }
            });
        }
        assert_eq!(before, after, "seed {seed}");
    });
}

/// The persons who have one of these days in any row.
fn with_a_date(sources: &[Source], days: &[jiff::civil::Date]) -> BTreeSet<String> {
    let texts: Vec<String> =
        days.iter().flat_map(|day| [day.to_string(), day.strftime("%Y%m%d").to_string()]).collect();
    let mut persons = BTreeSet::new();
    for source in sources {
        let place = source.header.iter().position(|column| column == "PersonNumber").unwrap();
        for row in &source.rows {
            if row.iter().any(|cell| texts.iter().any(|day| cell.contains(day.as_str()))) {
                persons.extend(row.get(place).map(|number| number.trim().to_owned()));
            }
        }
    }
    persons
}

/// The kinds that a population can have are those of the product.
#[test]
fn a_population_is_of_the_kinds_of_the_product() {
    for seed in 0..7 {
        let (sources, ..) = of_seed(seed);
        assert!(sources.iter().all(|s| matches!(s.kind, Kind::Person | Kind::WorkRelationship | Kind::Assignment)));
    }
}
