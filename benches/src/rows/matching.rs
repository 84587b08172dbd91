//! Finding the ads that want an impression, beside the crates `a-tree` and `roaring` on the same ads and events.

use std::hint::black_box;

use bumpalo::Bump;
use campaign::time::TimeZone;

use super::Plan;
use crate::counter::Counter;
use crate::matching::{self, Event};
use crate::peers::a_tree_of::Tree;
use crate::peers::roaring_sets::RoaringSets;
use crate::peers::says;
use crate::rounds::{self, Contender};
use crate::table::{Row, figure};
use crate::workload::ads::{self, ZONES};
use crate::workload::requests;
use crate::workload::targeting::Range;

/// Each of another request.
const EVENTS: usize = 64;

/// `match_100k_vs_a_tree` and `match_100k_vs_roaring`, or one of them: the tree alone takes a minute to build.
pub fn measure(plan: &Plan) -> Vec<Row> {
    let counter = Counter::open(ads::inventory(plan.ads(100_000), Range::Comparable));
    let bodies = requests::bodies(EVENTS, 31);
    let arena = Bump::new();
    let events = matching::events(&counter, &bodies, &arena);
    let truth: Vec<Vec<u32>> = events
        .iter()
        .map(|event| matching::scan(&counter, event))
        .collect();
    for (event, truth) in events.iter().zip(&truth) {
        let found = matching::search(&counter, event, &arena);
        assert!(found.iter().eq(truth), "the index finds what a scan finds");
    }
    let clauses: Option<Vec<_>> = counter.book.offers().iter().map(says::clauses).collect();
    let clauses = clauses.expect("ads of this range ask only for what every engine can say");
    let zones = ZONES.map(|zone| TimeZone::parse(zone).expect("the list holds IANA names"));
    let said: Vec<_> = events
        .iter()
        .map(|event| says::event(event, &zones))
        .collect();

    let mut rows = Vec::new();
    let matches = truth.iter().map(Vec::len).sum::<usize>() as f64 / EVENTS as f64;
    let note = format!(
        "{} ads want an event in the mean; every engine's answers equal a scan's on all {EVENTS} events",
        figure(matches)
    );
    if plan.wants("match_100k_vs_roaring") {
        let sets = RoaringSets::build(&clauses);
        let queries: Vec<_> = said.iter().map(|event| sets.query(event)).collect();
        for (query, truth) in queries.iter().zip(&truth) {
            assert!(
                query.search().iter().eq(truth.iter().copied()),
                "roaring finds what a scan finds"
            );
        }
        let search: Contender<'_> = Box::new(|| {
            queries
                .iter()
                .for_each(|query| drop(black_box(query.search())));
            queries.len()
        });
        rows.push(race(
            "match_100k_vs_roaring",
            "roaring",
            search,
            plan,
            &counter,
            &events,
            &note,
        ));
    }
    if plan.wants("match_100k_vs_a_tree") {
        let before = crate::clock::thread_cpu();
        let tree = Tree::build(&clauses);
        let built = (crate::clock::thread_cpu() - before).as_secs_f64();
        let queries: Vec<_> = said.iter().map(|event| tree.event(event)).collect();
        for (query, truth) in queries.iter().zip(&truth) {
            assert_eq!(&tree.search(query), truth, "a-tree finds what a scan finds");
        }
        let search: Contender<'_> = Box::new(|| {
            queries
                .iter()
                .for_each(|query| _ = black_box(tree.count(query)));
            queries.len()
        });
        let note = format!("{note}; the tree was built in {} s", figure(built));
        rows.push(race(
            "match_100k_vs_a_tree",
            "a-tree",
            search,
            plan,
            &counter,
            &events,
            &note,
        ));
    }
    rows
}

fn race(
    name: &'static str,
    peer: &str,
    search: Contender<'_>,
    plan: &Plan,
    counter: &Counter,
    events: &[Event<'_>],
    note: &str,
) -> Row {
    let rounds = rounds::run(
        plan.rounds,
        plan.window,
        &mut [search, ours(counter, events)],
    );
    let (value, spread) = rounds.ratio(0, 1);
    let micros = |contender: usize| figure(rounds.best(contender) / 1_000.0);
    Row::new(name, value, spread, rounds.count())
        .beside(format!("{peer}: {} µs an event", micros(0)))
        .with_note(format!("ours {} µs; {note}", micros(1)))
}

/// The index, from what the event says in words to the list of ads.
pub fn ours<'c>(counter: &'c Counter, events: &'c [Event<'c>]) -> Contender<'c> {
    let mut arena = Bump::with_capacity(256 * 1024);
    Box::new(move || {
        for event in events {
            black_box(matching::search(counter, black_box(event), &arena));
            arena.reset();
        }
        events.len()
    })
}

/// The dearest ad, from what the event says in words.
pub fn best<'c>(counter: &'c Counter, events: &'c [Event<'c>]) -> Contender<'c> {
    let mut arena = Bump::with_capacity(256 * 1024);
    Box::new(move || {
        for event in events {
            black_box(matching::best(counter, black_box(event), &arena));
            arena.reset();
        }
        events.len()
    })
}
