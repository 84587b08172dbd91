//! The live line: what happened so far, and what is spent.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use campaign::time::Clock;
use simulator::market::Market;

use crate::engine::Engine;

/// How often the line is written on a terminal, and elsewhere.
const ON_TERMINAL: Duration = Duration::from_secs(1);
const ELSEWHERE: Duration = Duration::from_secs(5);

/// Writes the line to standard error until it is dropped.
pub async fn lines(engine: &Engine, market: &Market) {
    let terminal = std::io::stderr().is_terminal();
    let mut every = tokio::time::interval(if terminal { ON_TERMINAL } else { ELSEWHERE });
    let mut before = engine.bidder.stats().requests;
    every.tick().await;
    loop {
        every.tick().await;
        let stats = engine.bidder.stats();
        let rate = (stats.requests - before) as f64 / every.period().as_secs_f64();
        before = stats.requests;
        let line = line(engine, market, rate);
        let mut stderr = std::io::stderr().lock();
        // Where nobody reads, there is nobody to tell.
        let _ = if terminal {
            write!(stderr, "\r\x1b[2K{line}")
        } else {
            writeln!(stderr, "{line}")
        };
        let _ = stderr.flush();
    }
}

fn line(engine: &Engine, market: &Market, rate: f64) -> String {
    let stats = engine.bidder.stats();
    let money = engine.control.summaries().borrow().clone();
    let sum = |count: fn(&control::summary::CampaignSummary) -> u64| {
        money.campaigns.iter().map(count).sum::<u64>()
    };
    let spend: Vec<String> = money
        .campaigns
        .iter()
        .map(|campaign| {
            let id = campaign.name.rsplit('/').next().unwrap_or_default();
            format!("{id} {:.2}", campaign.spend.nanos() as f64 / 1e9)
        })
        .collect();
    let violations: u64 = market.auditor().counts().values().sum();
    let wrong = if violations == 0 {
        String::new()
    } else {
        format!(" | {violations} VIOLATIONS")
    };
    format!(
        "{} | {rate:.0} requests/s, {} bids, {} wins, {} billed, {} clicks, {} conversions | spent: {} | p99 {} us{wrong}",
        &engine.clock.now().to_string()[..19],
        stats.bids,
        sum(|c| c.wins),
        sum(|c| c.impressions),
        sum(|c| c.clicks),
        sum(|c| c.conversions),
        spend.join(", "),
        stats.p99_us,
    )
}
