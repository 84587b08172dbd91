//! `outbid simulate trace`: recorded auctions, played again by the engine and its peers, against hindsight.

use std::path::PathBuf;

use clap::Args as Arguments;
use pacing::pacer::Settings;
use simulator::trace::contest::{Episodes, Fraction, Options, Shock, run as contend};
use simulator::trace::peers::Choice;
use simulator::trace::rows::TraceError;

use crate::failure::{Exit, Failure};
use crate::replay::print_json;
use crate::session::out;

/// What to play, and how.
#[derive(Arguments, Debug)]
pub struct Args {
    /// Auctions: CSV with click,price,pctr and perhaps hour; .xz and .gz too. Several with --pool
    #[arg(long = "file", value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Auctions of the past, from which all may learn beforehand
    #[arg(long, value_name = "FILE")]
    train: Option<PathBuf>,
    /// Budgets, as parts of what all auctions cost
    #[arg(
        long,
        value_name = "PARTS",
        value_delimiter = ',',
        default_value = "1/64,1/32,1/16,1/8,1/4,1/2"
    )]
    budgets: Vec<Fraction>,
    /// How many auctions an episode has, or "whole"
    #[arg(long, value_name = "N|whole", default_value = "1000")]
    episodes: Episodes,
    /// Who plays: "all", or names with commas between
    #[arg(long, value_name = "NAMES", default_value = "all")]
    algorithms: Choice,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    /// The mean price by which episodes' budgets are reckoned
    #[arg(long, value_name = "PRICE")]
    mean_price: Option<f64>,
    /// How often each price was seen in the past: a JSON array of counts by price
    #[arg(long, value_name = "FILE")]
    price_histogram: Option<PathBuf>,
    /// Who wins pays the bid
    #[arg(long)]
    first_price: bool,
    /// Several files share one budget, mixed by relative position
    #[arg(long)]
    pool: bool,
    /// The most that a predicted click may cost, as a multiple of what hindsight pays without a cap
    #[arg(long, value_name = "FACTOR")]
    cpc_cap: Option<f64>,
    /// How many seconds late outcomes are known
    #[arg(long, value_name = "SECONDS", default_value_t = 0.0)]
    delay: f64,
    /// How many auctions a second has
    #[arg(long, value_name = "N", default_value_t = 2.0)]
    auctions_per_second: f64,
    /// How many bidder nodes share the budget
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=64))]
    nodes: u8,
    /// Prices change on the way: price=2@0.5 doubles them from the middle on
    #[arg(long, value_name = "CHANGE")]
    shock: Option<Shock>,
    /// Prices of lost auctions are not told
    #[arg(long)]
    censor: bool,
    /// By what part the expected number of auctions is wrong: 0.3 is 30 % too many
    #[arg(
        long,
        value_name = "PART",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    forecast_error: f64,
    /// How many seconds pass between two decisions of control
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0)]
    tick: f64,
    /// The seed of all dice
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

/// Plays it.
pub fn run(args: Args) -> Result<(), Failure> {
    let positive = [
        ("--mean-price", args.mean_price.unwrap_or(1.0)),
        ("--cpc-cap", args.cpc_cap.unwrap_or(1.0)),
        ("--auctions-per-second", args.auctions_per_second),
        ("--forecast-error", 1.0 + args.forecast_error),
    ];
    for (name, value) in positive {
        if !(value > 0.0 && value < 1e9) {
            return Err(Failure::usage(format!("{name} is out of range")));
        }
    }
    for (name, value) in [("--delay", args.delay), ("--tick", args.tick)] {
        if !(0.0..=1e9).contains(&value) {
            return Err(Failure::usage(format!("{name} is out of range")));
        }
    }
    let report = contend(&Options {
        files: args.files,
        pool: args.pool,
        train: args.train,
        mean_price: args.mean_price,
        price_histogram: args.price_histogram,
        budgets: args.budgets,
        episodes: args.episodes,
        algorithms: args.algorithms.0,
        first_price: args.first_price,
        cpc_cap: args.cpc_cap,
        delay_seconds: args.delay,
        auctions_per_second: args.auctions_per_second,
        tick_seconds: args.tick,
        nodes: usize::from(args.nodes),
        shock: args.shock,
        censor: args.censor,
        forecast_error: args.forecast_error,
        seed: args.seed,
        settings: Settings::default(),
    });
    let report = report.map_err(|error| match error {
        TraceError::Options(_) => Failure::usage(error.to_string()),
        _ => Failure::new(Exit::Failed, error.to_string()),
    })?;
    if args.json {
        print_json(&report)
    } else {
        out(&report.table())
    }
}
