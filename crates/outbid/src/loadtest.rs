//! `outbid loadtest`: offers bid requests at a rate, and tells how they were answered.

mod compare;
mod course;
mod search;
mod table;
mod traffic;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::{Args as Arguments, Subcommand};
use serde::Serialize;
use simulator::load::page::page;
use simulator::load::report::LoadReport;
use simulator::load::threshold::{Threshold, time};
use simulator::load::{self, LoadError, Progress, Stop};
use tokio::signal::unix::{SignalKind, signal};

use crate::failure::{Exit, Failure};
use crate::print::progress::Progress as Bar;
use crate::replay::{nobody, print_json, unusable};
use crate::session::{Format, Session, note, out};
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
  outbid loadtest search --limit 'p99<2ms'
  outbid loadtest compare before.json after.json

Latency counts from the moment at which a request was due, whatever became of those before it. A request
without an answer counts with --timeout at least. Ctrl-C ends a run with the report of what was done.";

/// What to offer.
#[derive(Arguments, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    traffic: Traffic,
    #[command(flatten)]
    course: Course,
    #[command(flatten)]
    telling: Telling,
}

/// What else can be done.
#[derive(Subcommand, Debug)]
enum Action {
    /// Search for the highest rate at which limits hold
    #[command(after_help = search::EXAMPLES)]
    Search(Box<search::Args>),
    /// Compare the reports of two runs
    #[command(after_help = compare::EXAMPLES)]
    Compare(compare::Args),
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
    /// Write the report as one page with plots
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    html: Option<PathBuf>,
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
pub async fn run(args: Args, session: &Session) -> Result<(), Failure> {
    match args.action {
        Some(Action::Search(args)) => return search::run(*args, session).await,
        Some(Action::Compare(args)) => return compare::run(&args, session),
        None => {}
    }
    let plan = args.course.plan(&args.traffic)?;
    note(&table::told(&plan));
    let stop = Stop::default();
    let (to_do, running) = (plan.clone(), stop.clone());
    let bar = Arc::new(Bar::of_time(plan.warm_up + plan.duration, "of the load"));
    let beside = Arc::clone(&bar);
    let run = move || {
        load::run(&to_do, &running, &mut |at, progress: &Progress| {
            beside.aside(|| tell_progress(at, progress))
        })
    };
    let measured = tokio::select! {
        measured = interruptible(&stop, run) => measured?.map_err(failed)?,
        never = bar.run_out() => never,
    };
    drop(bar);
    args.telling
        .tell(&LoadReport::of(&plan, &measured), session)
}

impl Telling {
    /// Writes what is to be written, then judges: a report is worth most where it fails.
    fn tell(&self, report: &LoadReport, session: &Session) -> Result<(), Failure> {
        print_or_write(self.json.as_deref(), session, report, || table::of(report))?;
        if let Some(file) = &self.html {
            write_file(file, &page(report))?;
        }
        let judged = Judged {
            report,
            baseline: None,
        };
        judge(&judged, &self.fail_if)
    }
}

/// Does work that blocks beside this task, so that an interrupt is heard: the first ends it with a report, the second
/// does not even wait for answers.
async fn interruptible<T: Send + 'static>(
    stop: &Stop,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let heard =
        |error: std::io::Error| Failure::new(Exit::Failed, format!("no signal is heard: {error}"));
    // They are heard from here on, before anything is done that somebody might want to end.
    let mut interrupt = signal(SignalKind::interrupt()).map_err(heard)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(heard)?;
    let mut work = tokio::task::spawn_blocking(work);
    loop {
        tokio::select! {
            done = &mut work => return done.map_err(|error| Failure::new(Exit::Failed, error.to_string())),
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        note("stopping; once more to wait for no answer");
        stop.ask();
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

/// Prints for people, or as JSON where that is asked for; a file for JSON gets it beside.
fn print_or_write(
    file: Option<&Path>,
    session: &Session,
    told: &impl Serialize,
    text: impl FnOnce() -> String,
) -> Result<(), Failure> {
    let to_standard_output = |file: &Path| file == Path::new("-");
    if let Some(file) = file.filter(|file| !to_standard_output(file)) {
        write_file(file, &json(told)?)?;
    }
    match session.output == Format::Json || file.is_some_and(to_standard_output) {
        true => print_json(told),
        false => out(&text()),
    }
}

/// What conditions are held against.
struct Judged<'a> {
    report: &'a LoadReport,
    baseline: Option<&'a LoadReport>,
}

/// Fails where one of the conditions is so, or cannot be told.
fn judge(judged: &Judged<'_>, fail_if: &[Threshold]) -> Result<(), Failure> {
    let missed = fail_if
        .iter()
        .filter(|threshold| threshold.holds(judged.report, judged.baseline) != Some(false))
        .map(|threshold| format!("{threshold}: {}", threshold.measured(judged.report)));
    let missed: Vec<String> = missed.collect();
    match missed.is_empty() {
        true => Ok(()),
        false => Err(Failure::new(Exit::Missed, "the run failed").with_details(missed)),
    }
}

fn json(report: &impl Serialize) -> Result<String, Failure> {
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
