//! `outbid loadtest`: offers bid requests at a rate, and tells how they were answered.

mod course;
mod table;
mod traffic;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args as Arguments;
use simulator::load::report::LoadReport;
use simulator::load::threshold::{Threshold, time};
use simulator::load::{self, LoadError, Measured, Plan, Progress, Stop};

use crate::failure::{Exit, Failure};
use crate::replay::{nobody, print_json, unusable};
use crate::session::{note, out};
use course::Course;
use traffic::Traffic;

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  outbid loadtest --rate 5000 --for 30s --poisson --html report.html
  outbid loadtest --ramp 100..20000 --for 1m
  outbid loadtest --file traffic.jsonl.xz --as-recorded --speed 10x
  outbid loadtest --exchange demo=3 --exchange lantern=1 --rate 2000
  outbid loadtest --rate 5000 --fail-if 'p99>2ms' --fail-if 'errors>0.1%' --fail-if 'achieved<95%'

Latency counts from the moment at which a request was due, whatever became of those before it. A request
without an answer counts with --timeout at least. Ctrl-C ends a run with the report of what was done.";

/// What to offer.
#[derive(Arguments, Debug)]
pub struct Args {
    #[command(flatten)]
    traffic: Traffic,
    #[command(flatten)]
    course: Course,
    #[command(flatten)]
    telling: Telling,
}

/// How it is told.
#[derive(Arguments, Debug)]
struct Telling {
    /// Exit with 6 where this is so: 'p99>2ms', 'errors>0.1%', 'achieved<95%', 'timeouts>10'
    #[arg(long, value_name = "CONDITION", value_parser = absolute, help_heading = "Report")]
    fail_if: Vec<Threshold>,
    /// Write the report as JSON to a file, or with - to standard output instead of the table
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    json: Option<PathBuf>,
}

/// A condition that needs no other report.
fn absolute(text: &str) -> Result<Threshold, String> {
    let threshold = Threshold::parse(text)?;
    match threshold.is_relative() {
        true => Err("only `loadtest compare` has another report to hold it against".to_string()),
        false => Ok(threshold),
    }
}

/// Offers them.
pub async fn run(args: Args) -> Result<(), Failure> {
    let plan = args.course.apply(args.traffic.plan()?, args.traffic.seed)?;
    note(&format!("load for {}", table::told(&plan)));
    let stop = Stop::default();
    let measured = measure(plan.clone(), &stop).await?;
    args.telling.tell(&LoadReport::of(&plan, &measured))
}

impl Telling {
    /// Writes what is to be written, then judges: a report is worth most where it fails.
    fn tell(&self, report: &LoadReport) -> Result<(), Failure> {
        match self.json.as_deref() {
            Some(file) if file == Path::new("-") => print_json(report)?,
            file => {
                out(&table::of(report))?;
                if let Some(file) = file {
                    write_file(file, &json(report)?)?;
                }
            }
        }
        judge(report, &self.fail_if)
    }
}

/// Runs a plan on threads of its own, so that Ctrl-C is heard: the first ends it with a report, the second does not
/// even wait for answers.
async fn measure(plan: Plan, stop: &Stop) -> Result<Measured, Failure> {
    let (running, asked) = (stop.clone(), stop.clone());
    let mut run =
        tokio::task::spawn_blocking(move || load::run(&plan, &running, &mut tell_progress));
    loop {
        tokio::select! {
            done = &mut run => return done
                .map_err(|error| Failure::new(Exit::Failed, error.to_string()))?
                .map_err(failed),
            heard = tokio::signal::ctrl_c() => {
                if heard.is_ok() {
                    note("stopping; once more to wait for no answer");
                }
                asked.ask();
            }
        }
    }
}

fn tell_progress(at: Duration, progress: &Progress) {
    let counts = &progress.counts;
    let at_quantile = |quantile| time(progress.latency.value_at_quantile(quantile) as f64 / 1e3);
    note(&format!(
        "{:>6} s  {} requests, {} bids, {} errors, p50 {}, p99 {}, max {}",
        at.as_secs(),
        counts.requests,
        counts.bids,
        counts.errors(),
        at_quantile(0.5),
        at_quantile(0.99),
        at_quantile(1.0),
    ));
}

fn failed(error: LoadError) -> Failure {
    match error {
        LoadError::Input(error) => unusable(error),
        LoadError::Connect { target, .. } => nobody(&target),
        LoadError::NoBodies(_) | LoadError::NoTimes(_) | LoadError::Plan(_) => {
            Failure::usage(error.to_string())
        }
        LoadError::Machine(_) => Failure::new(Exit::Failed, error.to_string()),
    }
}

/// Fails where one of the conditions is so, or cannot be told.
fn judge(report: &LoadReport, fail_if: &[Threshold]) -> Result<(), Failure> {
    let missed = fail_if
        .iter()
        .filter(|threshold| threshold.holds(report, None) != Some(false))
        .map(|threshold| format!("{threshold}: {}", threshold.measured(report)));
    let missed: Vec<String> = missed.collect();
    match missed.is_empty() {
        true => Ok(()),
        false => Err(Failure::new(Exit::Missed, "the run failed").with_details(missed)),
    }
}

fn json(report: &LoadReport) -> Result<String, Failure> {
    serde_json::to_string_pretty(report)
        .map(|text| text + "\n")
        .map_err(|error| {
            Failure::new(
                Exit::Failed,
                format!("the report cannot be written: {error}"),
            )
        })
}

fn write_file(file: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(file, text).map_err(|error| {
        Failure::new(
            Exit::Failed,
            format!("{} cannot be written: {error}", file.display()),
        )
    })
}
