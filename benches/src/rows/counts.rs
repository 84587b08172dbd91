//! Heap allocations, counted by programs whose allocator counts.

use std::process::Command;

use bumpalo::Bump;

use super::Plan;
use crate::client::{Client, Feed};
use crate::counter::Counter;
use crate::matching;
use crate::peers::serde_request;
use crate::rounds::Spread;
use crate::server::Child;
use crate::table::{Row, figure};
use crate::workload::ads;
use crate::workload::requests::{self, Body};
use crate::workload::targeting::Range;
use crate::{allocations, program};

/// Requests of one window. What the bidder's other tasks allocate falls into few windows; the least is the requests'
/// own.
const WINDOW: usize = 128;
const WINDOWS: usize = 24;
/// A window sends each once, so that all windows are alike.
const BODIES: usize = WINDOW;

/// `allocations_request`: of the whole process in a window of requests, less what the bidder's transport makes alone.
pub fn of_requests(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let ads = plan.ads(1_000).to_string();
    let bodies = requests::bodies(BODIES, 71);
    let mut bidder = Child::start(&plan.counting, &["bidder", &ads])?;
    let (ours, full) = windows(&mut bidder, Feed::of_bids(bodies.clone()))?;
    let mut transport = Child::start(&plan.counting, &["transport", "1200"])?;
    let (floor, _) = windows(&mut transport, Feed::of_echoes(bodies.clone(), 1_200))?;
    let mut echo = Child::start(&plan.counting, &["echo"])?;
    let (hyper, _) = windows(&mut echo, Feed::of_echoes(bodies, 1_200))?;
    let value = ours.min - floor.min;
    let spread = Spread {
        min: value,
        median: ours.median - floor.min,
        max: ours.max - floor.min,
    };
    let row = Row::new("allocations_request", value, spread, WINDOWS)
        .beside(format!(
            "transport alone: {}, bare hyper: {} a request",
            figure(floor.min),
            figure(hyper.min)
        ))
        .with_note(format!(
            "{} in all with {ads} ads, {} % of the answers bids; what the bidder's other tasks allocate makes the rest of \
             the spread",
            figure(ours.min),
            figure(full),
        ));
    Ok(vec![row])
}

/// Allocations for one request in each window, and how many of a hundred answers had a body.
fn windows(server: &mut Child, mut feed: Feed) -> anyhow::Result<(Spread, f64)> {
    let mut client = Client::connect(server.address, 1)?;
    let warm = client.one_by_one(&mut feed, 8 * WINDOW)?;
    let mut counts = Vec::with_capacity(WINDOWS);
    for _ in 0..WINDOWS {
        let before = server.allocations()?;
        client.one_by_one(&mut feed, WINDOW)?;
        // Asking takes some too; the first window that is asked for nothing tells how many.
        let after = server.allocations()?;
        let asking = server.allocations()? - after;
        counts.push((after - before).saturating_sub(asking) as f64 / WINDOW as f64);
    }
    let full = warm.full as f64 * 100.0 / warm.answers as f64;
    Ok((Spread::of(counts), full))
}

/// `allocations_parse_match`.
pub fn of_parse_and_match(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let ads = plan.ads(10_000).to_string();
    let counted = Command::new(&plan.counting)
        .args([program::COUNT, &ads])
        .output()?;
    let said = String::from_utf8_lossy(&counted.stdout);
    let numbers: Option<Vec<f64>> = said.split_whitespace().map(|n| n.parse().ok()).collect();
    let Some([value, serde]) = numbers.as_deref() else {
        anyhow::bail!("two counts were asked for, and \"{said}\" came");
    };
    let row = Row::new("allocations_parse_match", *value, Spread::of([*value]), 1)
        .beside(format!(
            "serde_json owned, reading alone: {}",
            figure(*serde)
        ))
        .with_note(format!(
            "body to list of ads, {BODIES} bodies, {ads} ads, after one turn"
        ));
    Ok(vec![row])
}

/// Reads all bodies and matches their impressions, twice, and says how many allocations the second time took for each
/// body; and the same of `serde_json`, which only reads.
pub fn parse_and_match(ads: usize) -> (f64, f64) {
    let counter = Counter::open(ads::inventory(ads, Range::Everything));
    let bodies = requests::bodies(BODIES, 72);
    let mut arena = Bump::with_capacity(64 * 1024);
    let ours = second_turn(&bodies, |body| {
        for event in matching::all_events(&counter, body, &arena) {
            std::hint::black_box(matching::search(&counter, event, &arena));
        }
        arena.reset();
    });
    let serde = second_turn(&bodies, |body| {
        assert!(
            serde_request::read_owned(&body.bytes),
            "serde_json reads it"
        );
    });
    (ours, serde)
}

fn second_turn(bodies: &[Body], mut work: impl FnMut(&Body)) -> f64 {
    bodies.iter().for_each(&mut work);
    let before = allocations::made();
    bodies.iter().for_each(&mut work);
    (allocations::made() - before) as f64 / bodies.len() as f64
}
