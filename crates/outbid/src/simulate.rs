//! `outbid simulate`: the whole product against a market from a seed, for a while, and one JSON object at the end.

mod scenario;
mod trace;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as Arguments, Subcommand};

use crate::dev;
use crate::failure::Failure;
use crate::length;

/// What to simulate.
#[derive(Arguments, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    other: Option<Other>,
    /// The market's seed
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How long it trades
    #[arg(long = "for", value_name = "TIME", default_value = "20s", value_parser = length::parse)]
    duration: Duration,
    /// How many bid requests a second, in real time
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rate: u32,
    /// How many times as fast as real time the trade's clock runs
    #[arg(long, value_name = "FACTOR", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    warp: u32,
    /// Another configuration than the built-in one
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// What else can be simulated than the whole product.
#[derive(Subcommand, Debug)]
enum Other {
    /// Play recorded auctions again with the engine's pacing and its published peers, against hindsight
    #[command(
        after_help = "Example:\n  outbid simulate trace --file auctions.csv.xz --budgets 1/32,1/8 --episodes whole --json"
    )]
    Trace(trace::Args),
    /// Let the engine trade in a market with a hidden truth, and check what comes out: who gets the money, and why
    #[command(
        after_help = "Examples:\n  outbid simulate scenario two-ads\n  outbid simulate scenario all --seed 7 --json"
    )]
    Scenario(scenario::Args),
}

/// Simulates it. What the market's auditor finds wrong is a failure.
pub async fn run(args: Args) -> Result<(), Failure> {
    match args.other {
        Some(Other::Trace(args)) => return trace::run(args),
        Some(Other::Scenario(args)) => return scenario::run(args),
        None => {}
    }
    let args = dev::Args {
        duration: Some(args.duration),
        summary: dev::Form::Json,
        warp: args.warp,
        // Beside whatever runs on this machine already.
        bid_addr: Some(ANY_PORT),
        control_addr: Some(ANY_PORT),
        data: None,
        keep: false,
        no_context: true,
        quiet_market: false,
        seed: args.seed,
        rate: args.rate,
        config: args.config,
        is_announced: false,
    };
    Ok(dev::run(args).await?)
}

/// Of this machine.
const ANY_PORT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
