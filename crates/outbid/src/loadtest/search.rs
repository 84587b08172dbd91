//! `outbid loadtest search`: the highest rate at which conditions hold.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args as Arguments;
use serde::Serialize;
use simulator::load::report::LoadReport;
use simulator::load::search::{Found, Search};
use simulator::load::shape::Shape;
use simulator::load::threshold::{Threshold, time};
use simulator::load::{self, Arrivals, Pace, Plan, Progress, Stop};

use super::course::rate;
use super::traffic::Traffic;
use super::{absolute, compare, failed, interruptible, print_or_write};
use crate::failure::{Exit, Failure};
use crate::length;
use crate::session::{Session, note};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Example:
  outbid loadtest search --limit 'p99<2ms' --limit 'errors<0.1%' --for 10s --repeats 3

The rate is doubled until a limit no longer holds, then what lies between is halved. A rate holds when more than half
of its runs do. A run in which less than 95 % of the rate was achieved never holds.";

/// How much of the rate must be achieved.
const ACHIEVED: &str = "achieved>=95%";

/// What to search for.
#[derive(Arguments, Debug)]
pub struct Args {
    /// What must hold, such as 'p99<2ms'; with several, all of them
    #[arg(long, value_name = "CONDITION", required = true, value_parser = absolute)]
    limit: Vec<Threshold>,
    /// The first rate that is tried, in requests a second
    #[arg(long, value_name = "N", default_value = "1000", value_parser = rate)]
    from: f64,
    /// The highest rate that is tried
    #[arg(long, value_name = "N", default_value = "1000000", value_parser = rate)]
    up_to: f64,
    /// How many runs a rate has at most
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    repeats: u32,
    /// How near the highest rate that holds and the lowest that does not come to each other, in percent
    #[arg(long, value_name = "PERCENT", default_value = "5", value_parser = compare::percent)]
    within: f64,
    /// How long each run is measured
    #[arg(long = "for", value_name = "TIME", default_value = "10s", value_parser = length::parse)]
    duration: Duration,
    /// Send at equal distances, instead of at random moments as many users would
    #[arg(long)]
    constant: bool,
    /// Write what was found as JSON to a file, or with - to standard output
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    #[command(flatten)]
    traffic: Traffic,
}

/// What is told as JSON.
#[derive(Serialize)]
struct Told {
    limits: Vec<String>,
    holds_per_second: Option<f64>,
    fails_per_second: Option<f64>,
    tried: Vec<ToldRate>,
}

#[derive(Serialize)]
struct ToldRate {
    per_second: f64,
    runs: u32,
    held: u32,
}

/// Why a search ends early.
enum Ended {
    Failed(Failure),
    Stopped,
}

/// Searches.
pub async fn run(args: Args, session: &Session) -> Result<(), Failure> {
    if args.duration.is_zero() {
        return Err(Failure::usage("--for must be longer than nothing"));
    }
    let mut limits = args.limit.clone();
    limits.extend(Threshold::parse(ACHIEVED));
    let search = Search {
        from: args.from,
        up_to: args.up_to,
        repeats: args.repeats,
        within: args.within / 100.0,
    };
    let mut plan = args.traffic.plan()?;
    plan.duration = args.duration;
    let arrivals = match args.constant {
        true => Arrivals::Constant,
        false => Arrivals::Poisson {
            seed: args.traffic.seed,
        },
    };
    let stop = Stop::default();
    let stopping = stop.clone();
    let found = interruptible(&stop, move || {
        search.search(|rate| {
            plan.pace = Pace::Open {
                shape: Shape::Constant(rate),
                arrivals,
            };
            try_once(&plan, rate, &limits, &stopping)
        })
    })
    .await?;
    match found {
        Ok(found) => tell(&args, session, &found),
        Err(Ended::Failed(failure)) => Err(failure),
        Err(Ended::Stopped) => Err(Failure::new(
            Exit::Failed,
            "the search was stopped before it had found a rate",
        )),
    }
}

fn try_once(plan: &Plan, rate: f64, limits: &[Threshold], stop: &Stop) -> Result<bool, Ended> {
    let measured = load::run(plan, stop, &mut |_, _: &Progress| {})
        .map_err(|error| Ended::Failed(failed(error)))?;
    if stop.asked() > 0 {
        return Err(Ended::Stopped);
    }
    let report = LoadReport::of(plan, &measured);
    let held = limits
        .iter()
        .all(|limit| limit.holds(&report, None) == Some(true));
    note(&format!(
        "{rate:>10.0}/s {}: p99 {}, {} errors, {:.1} % achieved, own lateness p99 {}",
        if held { "holds" } else { "fails" },
        time(report.latency.p99_us),
        report.counts.errors(),
        report.achieved_per_second / report.offered_per_second.max(1e-9) * 100.0,
        time(report.own_lateness.p99_us),
    ));
    Ok(held)
}

fn tell(args: &Args, session: &Session, found: &Found) -> Result<(), Failure> {
    let limits: Vec<String> = args.limit.iter().map(ToString::to_string).collect();
    let all = limits.join(" and ");
    let sentence = match (found.holds, found.fails) {
        (Some(holds), Some(fails)) => {
            format!("{all} holds at {holds:.0}/s and no longer at {fails:.0}/s\n")
        }
        (Some(holds), None) => {
            format!("{all} holds at {holds:.0}/s, the highest rate that was tried\n")
        }
        (None, _) => String::new(),
    };
    let told = Told {
        limits,
        holds_per_second: found.holds,
        fails_per_second: found.fails,
        tried: found
            .tried
            .iter()
            .map(|tried| ToldRate {
                per_second: tried.rate,
                runs: tried.runs,
                held: tried.held,
            })
            .collect(),
    };
    print_or_write(args.json.as_deref(), session, &told, || sentence)?;
    match found.holds {
        Some(_) => Ok(()),
        None => Err(Failure::new(
            Exit::Missed,
            format!("{all} does not hold even at the lowest rate"),
        )),
    }
}
