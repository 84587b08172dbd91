//! Heap allocations, counted by programs whose allocator counts.

use std::process::Command;

use bumpalo::Bump;

use super::Plan;
use crate::client::{Client, Feed};
use crate::counter::Counter;
use crate::matching;
use crate::rounds::Spread;
use crate::server::Child;
use crate::table::{Row, figure};
use crate::workload::ads;
use crate::workload::requests;
use crate::workload::targeting::Range;
use crate::{allocations, program};

/// Requests of one window. What the bidder's other tasks allocate falls into few windows; the least is the requests'
/// own.
const WINDOW: usize = 256;
const WINDOWS: usize = 40;
const BODIES: usize = 256;

/// `allocations_request`: of the whole process in a window of requests, less what the echo makes for as many.
pub fn of_requests(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let ads = plan.ads(1_000).to_string();
    let bodies = requests::bodies(BODIES, 71);
    let mut bidder = Child::start(&plan.counting, &["bidder", &ads])?;
    let ours = windows(&mut bidder, Feed::of_bids(bodies.clone()))?;
    let mut echo = Child::start(&plan.counting, &["echo"])?;
    let floor = windows(&mut echo, Feed::of_echoes(bodies, 1_200))?;
    let value = ours.min - floor.min;
    let spread = Spread {
        min: value,
        median: ours.median - floor.median,
        max: ours.max - floor.min,
    };
    let row = Row::new("allocations_request", value, spread, WINDOWS)
        .beside(format!("hyper's own: {} a request", figure(floor.min)))
        .with_note(format!("{} in all with {ads} ads; the rest of the spread is what the bidder's other tasks allocate", figure(ours.min)));
    Ok(vec![row])
}

fn windows(server: &mut Child, mut feed: Feed) -> anyhow::Result<Spread> {
    let mut client = Client::connect(server.address, 1)?;
    client.one_by_one(&mut feed, 8 * WINDOW)?;
    let mut counts = Vec::with_capacity(WINDOWS);
    for _ in 0..WINDOWS {
        let before = server.allocations()?;
        client.one_by_one(&mut feed, WINDOW)?;
        // Asking takes some too; the first window that is asked for nothing tells how many.
        let after = server.allocations()?;
        let asking = server.allocations()? - after;
        counts.push((after - before).saturating_sub(asking) as f64 / WINDOW as f64);
    }
    Ok(Spread::of(counts))
}

/// `allocations_parse_match`.
pub fn of_parse_and_match(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let ads = plan.ads(10_000).to_string();
    let counted = Command::new(&plan.counting)
        .args([program::COUNT, &ads])
        .output()?;
    let said = String::from_utf8_lossy(&counted.stdout);
    let value: f64 = said
        .trim()
        .parse()
        .map_err(|_| anyhow::anyhow!("no count, but \"{said}\""))?;
    let row = Row::new("allocations_parse_match", value, Spread::of([value]), 1)
        .beside("serde_json owned: 158 in the facts of another request".to_string())
        .with_note(format!(
            "body to list of ads, {BODIES} bodies, {ads} ads, after one turn"
        ));
    Ok(vec![row])
}

/// Reads all bodies and matches their impressions, twice, and says how many allocations the second time took for
/// each.
pub fn parse_and_match(ads: usize) -> f64 {
    let counter = Counter::open(ads::inventory(ads, Range::Everything));
    let bodies = requests::bodies(BODIES, 72);
    let mut arena = Bump::with_capacity(64 * 1024);
    let mut turn = || {
        let before = allocations::made();
        for body in &bodies {
            for event in matching::all_events(&counter, body, &arena) {
                std::hint::black_box(matching::search(&counter, event, &arena));
            }
            arena.reset();
        }
        allocations::made() - before
    };
    turn();
    turn() as f64 / bodies.len() as f64
}
