//! How late answers come at half load, beside the echo at half of its own.

use super::Plan;
use super::serve::BODIES;
use crate::client::{Client, Feed};
use crate::rounds::Spread;
use crate::server::{self, Child};
use crate::table::{Row, figure};
use crate::workload::requests;

/// Enough that a request hardly ever waits for a connection.
const CONNECTIONS: usize = 128;
const QUANTILE: f64 = 0.99;

struct Contender {
    name: String,
    server: Child,
    client: Client,
    feed: Feed,
    half_rate: f64,
    /// Microseconds, one for each round.
    p50: Vec<f64>,
    p99: Vec<f64>,
}

/// `p99_vs_echo_half_load`: the worse of 1,000 and 10,000 ads.
pub fn measure(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let bodies = requests::bodies(BODIES, 61);
    let mut contenders = Vec::new();
    let mut mean_bytes = 0;
    for named in [1_000, 10_000] {
        let ads = plan.ads(named).to_string();
        let server = Child::start(&plan.program, &["bidder", &ads])?;
        let (contender, bytes) = Contender::meet(
            format!("{ads} ads"),
            server,
            Feed::of_bids(bodies.clone()),
            plan,
        )?;
        mean_bytes = bytes;
        contenders.push(contender);
    }
    let echo = Child::start(&plan.program, &["echo"])?;
    contenders.push(
        Contender::meet(
            "echo".into(),
            echo,
            Feed::of_echoes(bodies, mean_bytes),
            plan,
        )?
        .0,
    );
    for round in 0..plan.rounds {
        for contender in &mut contenders {
            contender.round(plan, round as u64)?;
        }
    }
    let (echo, bidders) = contenders.split_last().expect("three were made");
    let worst = bidders
        .iter()
        .map(|bidder| (bidder.best() / echo.best(), bidder));
    let (value, bidder) = worst
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .expect("two were made");
    let ratios = Spread::of(
        bidder
            .p99
            .iter()
            .zip(&echo.p99)
            .map(|(ours, echo)| ours / echo),
    );
    let said: Vec<String> = contenders.iter().map(Contender::sentence).collect();
    let row = Row::new("p99_vs_echo_half_load", value, ratios, plan.rounds)
        .beside(format!("hyper echo: p99 {} µs", figure(echo.best())))
        .with_note(format!(
            "the worse of two books ({}), best rounds; {}",
            bidder.name,
            said.join("; ")
        ));
    Ok(vec![row])
}

impl Contender {
    /// Finds out how much the server can do at most.
    fn meet(
        name: String,
        server: Child,
        mut feed: Feed,
        plan: &Plan,
    ) -> anyhow::Result<(Contender, usize)> {
        let mut client = Client::connect(server.address, CONNECTIONS)?;
        let _aside = server::step_aside()?;
        client.closed(&mut feed, plan.serving)?;
        let most = client.closed(&mut feed, plan.serving)?;
        let contender = Contender {
            name,
            server,
            client,
            feed,
            half_rate: most.rate() / 2.0,
            p50: Vec::new(),
            p99: Vec::new(),
        };
        Ok((contender, most.mean_bytes()))
    }

    fn round(&mut self, plan: &Plan, seed: u64) -> anyhow::Result<()> {
        let _aside = server::step_aside()?;
        let mut latencies = self
            .client
            .open(&mut self.feed, self.half_rate, plan.serving, seed)?;
        self.p50.push(latencies.quantile(0.5) / 1_000.0);
        self.p99.push(latencies.quantile(QUANTILE) / 1_000.0);
        Ok(())
    }

    fn best(&self) -> f64 {
        Spread::of(self.p99.iter().copied()).min
    }

    fn sentence(&self) -> String {
        let (p50, p99) = (
            Spread::of(self.p50.iter().copied()),
            Spread::of(self.p99.iter().copied()),
        );
        format!(
            "{} ({}) at {} requests a second: p50 {} µs, p99 {} µs, {} in the median round",
            self.name,
            self.server.address.port(),
            figure(self.half_rate),
            figure(p50.min),
            figure(p99.min),
            figure(p99.median),
        )
    }
}
