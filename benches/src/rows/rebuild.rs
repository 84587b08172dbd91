//! Making a book with its index out of campaign records: what a change of targeting costs beside the hot path.

use std::time::Instant;

use auction::book::Book;

use super::Plan;
use crate::clock;
use crate::rounds::Spread;
use crate::table::{Row, figure};
use crate::workload::ads;
use crate::workload::targeting::Range;

/// `rebuild_100k_seconds` and `bytes_per_ad_100k`.
pub fn measure(plan: &Plan) -> Vec<Row> {
    let ads = plan.ads(100_000);
    let inventory = ads::inventory(ads, Range::Everything);
    let mut spent = Vec::new();
    let mut walls = Vec::new();
    let mut bytes = 0;
    for _ in 0..plan.rounds {
        let copy = inventory.clone();
        let (cpu, wall) = (clock::process_cpu(), Instant::now());
        let book = Book::build(copy);
        // All threads that it may use are counted.
        spent.push((clock::process_cpu() - cpu).as_secs_f64());
        walls.push(wall.elapsed().as_secs_f64());
        bytes = book.index().bytes();
    }
    let spread = Spread::of(spent);
    let wall = Spread::of(walls);
    let rebuild = Row::new("rebuild_100k_seconds", spread.min, spread, plan.rounds)
        .beside("records to a book with its index, CPU time of all threads".to_string())
        .with_note(format!(
            "{} to {} s on the wall",
            figure(wall.min),
            figure(wall.max)
        ));
    let share = bytes as f64 / ads as f64;
    let exact = Spread::of([share]);
    let memory = Row::new("bytes_per_ad_100k", share, exact, 1).beside(format!(
        "the index of {ads} ads: {} MB",
        figure(bytes as f64 / 1e6)
    ));
    vec![rebuild, memory]
}
