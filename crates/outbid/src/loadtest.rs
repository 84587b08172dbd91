//! `outbid loadtest`: offers bid requests at a rate, and tells in JSON how they were answered.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args as Arguments;
use simulator::load::{Arrivals, Bodies, LoadError, LoadPlan, load};

use crate::failure::{Exit, Failure};
use crate::length;
use crate::replay::{nobody, print_json, unusable};
use crate::session::note;

/// What to offer.
#[derive(Arguments, Debug)]
pub struct Args {
    /// Where bid requests go
    #[arg(
        long,
        value_name = "URL",
        default_value = "http://127.0.0.1:8080/bid/demo"
    )]
    to: String,
    /// How many requests a second, answered or not
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    rate: u32,
    /// How long is measured
    #[arg(long = "for", value_name = "TIME", default_value = "10s", value_parser = length::parse)]
    duration: Duration,
    /// How long load lasts before anything is measured
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = length::parse)]
    warm_up: Duration,
    /// How many connections
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..))]
    connections: u16,
    /// How long an answer may take, from when its request was to be sent
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = length::parse)]
    limit: Duration,
    /// The seed of the world whose requests are sent
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Send the requests of this file instead: one JSON value a line; .xz and .gz too
    #[arg(short, long, value_name = "FILE", conflicts_with = "seed")]
    file: Option<PathBuf>,
    /// Send as many users would, at random moments, instead of at equal distances
    #[arg(long)]
    poisson: bool,
}

/// Offers them.
pub async fn run(args: Args) -> Result<(), Failure> {
    if args.duration.is_zero() {
        return Err(Failure::usage("--for must be longer than nothing"));
    }
    let plan = LoadPlan {
        to: args.to,
        rate_per_second: f64::from(args.rate),
        arrivals: match args.poisson {
            true => Arrivals::Poisson { seed: args.seed },
            false => Arrivals::Constant,
        },
        warm_up: args.warm_up,
        duration: args.duration,
        connections: usize::from(args.connections),
        limit: args.limit,
        bodies: match args.file {
            Some(file) => Bodies::File(file),
            None => Bodies::World { seed: args.seed },
        },
    };
    note(&format!(
        "{} requests a second to {} for {} s, after {} s of warm-up",
        args.rate,
        plan.to,
        plan.duration.as_secs(),
        plan.warm_up.as_secs()
    ));
    let report = load(&plan).await.map_err(|error| match error {
        LoadError::Input(error) => unusable(error),
        LoadError::Connect { target, .. } => nobody(&target),
        LoadError::NoBodies(_) => Failure::usage(error.to_string()),
        LoadError::Thread(_) => Failure::new(Exit::Failed, error.to_string()),
    })?;
    print_json(&report)
}
