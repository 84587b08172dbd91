//! How the time of a match grows with the number of ads.

use bumpalo::Bump;

use super::Plan;
use super::matching::{best, ours};
use crate::counter::Counter;
use crate::matching;
use crate::rounds;
use crate::table::{Row, figure};
use crate::workload::ads;
use crate::workload::requests;
use crate::workload::targeting::Range;

const EVENTS: usize = 64;

/// The growth from one size of book to ten times that, of finding all ads that want an impression, and of finding the
/// dearest of them, which is what a bid takes; both books are measured by turns.
pub fn measure([all, dearest]: [&'static str; 2], from: usize, plan: &Plan) -> Vec<Row> {
    let [small, large] = [from, from * 10]
        .map(|ads| Counter::open(ads::inventory(plan.ads(ads), Range::Everything)));
    let bodies = requests::bodies(EVENTS, 41);
    let arena = Bump::new();
    let [in_small, in_large] =
        [&small, &large].map(|counter| matching::events(counter, &bodies, &arena));
    for (counter, events) in [(&small, &in_small), (&large, &in_large)] {
        for event in events {
            let of_all = matching::search(counter, event, &arena);
            let of_all = matching::dearest(counter, of_all.iter().copied());
            let found = matching::best(counter, event, &arena);
            assert_eq!(found, of_all, "the best is found whatever is left unread");
        }
    }
    let mut contenders = [
        ours(&small, &in_small),
        ours(&large, &in_large),
        best(&small, &in_small),
        best(&large, &in_large),
    ];
    let rounds = rounds::run(plan.rounds, plan.window, &mut contenders);
    let micros = |contender: usize| figure(rounds.best(contender) / 1_000.0);
    let row = |name, [small, large]: [usize; 2]| {
        let (value, spread) = rounds.ratio(large, small);
        let beside = format!("{} ads: {} µs an event", plan.ads(from), micros(small));
        Row::new(name, value, spread, rounds.count())
            .beside(beside)
            .with_note(format!("{} ads: {} µs", plan.ads(from * 10), micros(large)))
    };
    let mut rows = vec![row(all, [0, 1]), row(dearest, [2, 3])];
    let megabytes = figure(large.book.index().bytes() as f64 / 1e6);
    rows[0].note += &format!("; the index takes {megabytes} MB");
    rows
}
