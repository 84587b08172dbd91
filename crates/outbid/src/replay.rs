//! `outbid replay`: sends recorded requests again, and tells in JSON what came of them.

use std::path::PathBuf;
use std::time::Duration;

use campaign::money::Currency;
use clap::Args as Arguments;
use serde::Serialize;
use simulator::replay::{Replay, ReplayError, replay};

use crate::failure::{Exit, Failure};
use crate::length;
use crate::print::progress::Progress;
use crate::session::{Session, out};

/// What to send where.
#[derive(Arguments, Debug)]
pub struct Args {
    /// One JSON value a line: a bid request, a row with a `request`, or a whole HTTP request; .xz and .gz too
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where bid requests go
    #[arg(long, value_name = "URL")]
    to: String,
    /// How many requests are under way at once
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..))]
    concurrency: u16,
    /// How long an answer may take
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = length::parse)]
    limit: Duration,
    /// The currency of bids where a request names none
    #[arg(long, value_name = "CODE", default_value = "USD", value_parser = currency)]
    currency: Currency,
}

fn currency(text: &str) -> Result<Currency, String> {
    Currency::parse(text).map_err(|error| error.to_string())
}

/// Sends them.
pub async fn run(args: Args, session: &Session) -> Result<(), Failure> {
    let plan = Replay {
        to: args.to,
        concurrency: usize::from(args.concurrency),
        limit: args.limit,
        currency: args.currency,
    };
    let waiting = Progress::waiting("replaying");
    let report = replay(&args.file, &plan).await.map_err(unusable)?;
    drop(waiting);
    print_json(&report)?;
    if report.sent > 0 && report.transport_errors == report.sent {
        return Err(nobody(&plan.to));
    }
    session.next(&["outbid tail nobids --once".to_string()]);
    Ok(())
}

/// Why nothing was sent.
pub fn unusable(error: ReplayError) -> Failure {
    let exit = match &error {
        ReplayError::File { .. } => Exit::Failed,
        ReplayError::Target(_) => Exit::Usage,
    };
    Failure::new(exit, error.to_string())
}

/// Nobody answered.
pub fn nobody(url: &str) -> Failure {
    Failure::new(Exit::Failed, format!("nobody answered at {url}")).with_hint(
        "start one with `outbid dev` (`make dev` in a checkout), or say where it is with --to",
    )
}

/// Prints a report as JSON, whatever `-o` says: programs read it.
pub fn print_json(report: &impl Serialize) -> Result<(), Failure> {
    match serde_json::to_string_pretty(report) {
        Ok(text) => out(&(text + "\n")),
        Err(error) => Err(Failure::new(
            Exit::Failed,
            format!("the report cannot be written: {error}"),
        )),
    }
}
