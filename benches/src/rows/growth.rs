//! How the time of a match grows with the number of ads.

use bumpalo::Bump;

use super::{Plan, matching::ours};
use crate::counter::Counter;
use crate::matching;
use crate::rounds;
use crate::table::{Row, figure};
use crate::workload::ads;
use crate::workload::requests;
use crate::workload::targeting::Range;

const EVENTS: usize = 64;

/// The growth from one size of book to ten times that; both books are measured by turns.
pub fn measure(name: &'static str, from: usize, plan: &Plan) -> Vec<Row> {
    let [small, large] = [from, from * 10]
        .map(|ads| Counter::open(ads::inventory(plan.ads(ads), Range::Everything)));
    let bodies = requests::bodies(EVENTS, 41);
    let arena = Bump::new();
    let [in_small, in_large] =
        [&small, &large].map(|counter| matching::events(counter, &bodies, &arena));
    let mut contenders = [ours(&small, &in_small), ours(&large, &in_large)];
    let rounds = rounds::run(plan.rounds, plan.window, &mut contenders);
    let (value, spread) = rounds.ratio(1, 0);
    let micros = |contender: usize| figure(rounds.best(contender) / 1_000.0);
    let row = Row::new(name, value, spread, rounds.count())
        .beside(format!("{} ads: {} µs an event", plan.ads(from), micros(0)))
        .with_note(format!(
            "{} ads: {} µs; the index takes {} MB",
            plan.ads(from * 10),
            micros(1),
            figure(large.book.index().bytes() as f64 / 1e6),
        ));
    vec![row]
}
