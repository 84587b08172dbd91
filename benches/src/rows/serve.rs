//! The real bidder under full load, beside a bare hyper echo that answers with as many bytes.

use std::time::Duration;

use super::Plan;
use crate::client::{Client, Feed};
use crate::rounds::Spread;
use crate::server::{self, Child};
use crate::table::{Row, figure};
use crate::workload::requests::{self, Body};

/// The sizes of book that are served, with the names of their two rows.
const SIZES: [(usize, &str, &str); 3] = [
    (1_000, "cpu_us_beyond_echo_1k", "throughput_share_1k"),
    (10_000, "cpu_us_beyond_echo_10k", "throughput_share_10k"),
    (100_000, "cpu_us_beyond_echo_100k", "throughput_share_100k"),
];

/// Enough that the server always has a next request.
const CONNECTIONS: usize = 32;
/// More than fit the caches, so that nothing is one hot request.
pub const BODIES: usize = 1_024;

/// What one server did in one round.
#[derive(Clone, Copy, Debug)]
pub struct Served {
    /// Microseconds of the server's CPU for one request.
    pub cpu_us: f64,
    /// Requests in a second on the clock on the wall.
    pub rate: f64,
    /// How many of a hundred answers had a body.
    pub full: f64,
    /// Bytes of a body, in the mean.
    pub mean_bytes: usize,
}

/// A server with a client on it.
pub struct Contest {
    client: Client,
    feed: Feed,
    /// One for each round.
    pub served: Vec<Served>,
}

impl Contest {
    /// Connects.
    pub fn new(server: &Child, feed: Feed) -> anyhow::Result<Contest> {
        Ok(Contest {
            client: Client::connect(server.address, CONNECTIONS)?,
            feed,
            served: Vec::new(),
        })
    }

    /// Asks the server for so long, as fast as it answers.
    pub fn round(&mut self, server: &mut Child, lasts: Duration) -> anyhow::Result<Served> {
        let _aside = server::step_aside()?;
        let before = server.cpu()?;
        let tally = self.client.closed(&mut self.feed, lasts)?;
        let spent = server.cpu()? - before;
        anyhow::ensure!(
            tally.odd == 0,
            "{} answers were neither 200 nor 204",
            tally.odd
        );
        let answers = tally.answers as f64;
        let served = Served {
            cpu_us: spent.as_nanos() as f64 / 1_000.0 / answers,
            rate: tally.rate(),
            full: tally.full as f64 * 100.0 / answers,
            mean_bytes: tally.mean_bytes(),
        };
        self.served.push(served);
        Ok(served)
    }

    fn best_cpu(&self) -> f64 {
        Spread::of(self.served.iter().map(|served| served.cpu_us)).min
    }

    /// The most requests in a second of real time, and how much of a core they took.
    fn on_the_wall(&self) -> String {
        let best = self.served.iter().max_by(|a, b| a.rate.total_cmp(&b.rate));
        let Some(best) = best else {
            return String::new();
        };
        let core = best.rate * best.cpu_us / 10_000.0;
        format!(
            "{} a second with {} % of a core",
            figure(best.rate),
            figure(core)
        )
    }
}

/// A bidder and an echo of the same answers.
struct Pair {
    names: [&'static str; 2],
    ads: usize,
    bidder: Child,
    bids: Contest,
    echoes: Contest,
}

/// `cpu_us_beyond_echo_*`, `throughput_share_*` and `rejected_share`.
pub fn measure(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let mut echo = Child::start(&plan.program, &["echo"])?;
    let mut pairs = Vec::new();
    for (ads, cpu, share) in SIZES {
        if plan.wants(cpu) || plan.wants(share) {
            let bodies = requests::bodies(BODIES, 51);
            pairs.push(Pair::meet([cpu, share], ads, bodies, &mut echo, plan)?);
        }
    }
    if plan.wants("rejected_share") {
        let bodies = requests::bodies_for_others(BODIES, 51);
        pairs.push(Pair::meet(
            ["", "rejected_share"],
            1_000,
            bodies,
            &mut echo,
            plan,
        )?);
    }
    for _ in 0..plan.rounds {
        for pair in &mut pairs {
            pair.echoes.round(&mut echo, plan.serving)?;
            pair.bids.round(&mut pair.bidder, plan.serving)?;
        }
    }
    Ok(pairs.iter().flat_map(Pair::rows).collect())
}

impl Pair {
    /// Starts a bidder, lets it get warm, and sets an echo beside it that answers with as many bytes in the mean.
    fn meet(
        names: [&'static str; 2],
        named: usize,
        bodies: Vec<Body>,
        echo: &mut Child,
        plan: &Plan,
    ) -> anyhow::Result<Pair> {
        let ads = plan.ads(named);
        let mut bidder = Child::start(&plan.program, &["bidder", &ads.to_string()])?;
        let mut bids = Contest::new(&bidder, Feed::of_bids(bodies.clone()))?;
        let warm = bids.round(&mut bidder, plan.serving * 3)?;
        let mut echoes = Contest::new(echo, Feed::of_echoes(bodies, warm.mean_bytes))?;
        echoes.round(echo, plan.serving)?;
        bids.served.clear();
        echoes.served.clear();
        Ok(Pair {
            names,
            ads,
            bidder,
            bids,
            echoes,
        })
    }

    fn rows(&self) -> Vec<Row> {
        let rounds = self.bids.served.len();
        let (ours, floor) = (self.bids.best_cpu(), self.echoes.best_cpu());
        let both = || self.bids.served.iter().zip(&self.echoes.served);
        let beyond = Spread::of(both().map(|(bid, echo)| bid.cpu_us - echo.cpu_us));
        let share = Spread::of(both().map(|(bid, echo)| echo.cpu_us / bid.cpu_us * 100.0));
        let beside = format!("hyper echo: {} µs", figure(floor));
        let last = self.bids.served.last();
        let note = format!(
            "{} ads: {} µs a request; {} % of the answers were bids, {} B in the mean; on the wall {}, the echo {}",
            self.ads,
            figure(ours),
            figure(last.map_or(f64::NAN, |served| served.full)),
            last.map_or(0, |served| served.mean_bytes),
            self.bids.on_the_wall(),
            self.echoes.on_the_wall(),
        );
        let [cpu, throughput] = self.names;
        let mut rows = Vec::new();
        if !cpu.is_empty() {
            rows.push(
                Row::new(cpu, ours - floor, beyond, rounds)
                    .beside(beside.clone())
                    .with_note(note.clone()),
            );
        }
        let fully_used = "requests in a second of a fully used core";
        let value = floor / ours * 100.0;
        let throughput = Row::new(throughput, value, share, rounds);
        rows.push(throughput.beside(beside).with_note(if cpu.is_empty() {
            note
        } else {
            fully_used.to_string()
        }));
        rows
    }
}

/// What a request costs with a book of a million ads, in a few words; the echo is not asked.
pub fn a_million(plan: &Plan) -> anyhow::Result<String> {
    let ads = plan.ads(1_000_000);
    let mut bidder = Child::start(&plan.program, &["bidder", &ads.to_string()])?;
    let mut bids = Contest::new(&bidder, Feed::of_bids(requests::bodies(BODIES, 51)))?;
    bids.round(&mut bidder, plan.serving)?;
    let mut all = Vec::new();
    for _ in 0..3 {
        all.push(bids.round(&mut bidder, plan.serving)?);
    }
    let best = Spread::of(all.iter().map(|served| served.cpu_us)).min;
    let full = all.last().map_or(f64::NAN, |served| served.full);
    Ok(format!(
        "the real bidder with {ads} ads: {} µs a request, {} % of the answers were bids",
        figure(best),
        figure(full)
    ))
}
