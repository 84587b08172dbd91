//! `outbid simulate scenario`: the engine in a market with a hidden truth, judged.

use std::path::{Path, PathBuf};

use clap::Args as Arguments;
use pacing::reallocate::BoundsError;
use simulator::scenario::cast::Name;
use simulator::scenario::picture::picture;
use simulator::scenario::report::{Played, Report, stage};

use crate::failure::{Exit, Failure};
use crate::replay::print_json;
use crate::session::out;

/// What to play.
#[derive(Arguments, Debug)]
pub struct Args {
    /// Which: two-ads, ten-ads-drift, new-ad, silent-tracker, surge, or all
    #[arg(value_name = "NAME|all", value_parser = parse)]
    names: Names,
    /// The market's seed
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many days, instead of as many as the scenario is made for
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=60))]
    days: Option<u32>,
    /// Print JSON instead of a table: one object for each scenario, in a list
    #[arg(long)]
    json: bool,
    /// Draw each as pacing-NAME.svg into this directory
    #[arg(long, value_name = "DIR")]
    plots: Option<PathBuf>,
}

/// Scenarios by name.
#[derive(Clone, Debug)]
struct Names(Vec<Name>);

fn parse(text: &str) -> Result<Names, String> {
    if text == "all" {
        return Ok(Names(Name::ALL.to_vec()));
    }
    Name::parse(text)
        .map(|name| Names(vec![name]))
        .ok_or_else(|| {
            let all = Name::ALL.map(Name::text).join(", ");
            format!("there is no such scenario: use one of {all}, or all")
        })
}

/// Plays them. A check that does not hold is a failure.
pub fn run(args: Args) -> Result<(), Failure> {
    let mut reports: Vec<Report> = Vec::new();
    for name in args.names.0 {
        let days = args.days.unwrap_or(name.days());
        if days < name.days_min() {
            return Err(Failure::usage(format!(
                "what {} is about happens in {} days: give --days {1} or more",
                name.text(),
                name.days_min()
            )));
        }
        let mut played = stage(name, args.seed, days).map_err(failed)?;
        if let Some(directory) = &args.plots {
            played.play_unheld().map_err(failed)?;
            draw(name, &played, directory)?;
        }
        if !args.json {
            out(&played.report.text())?;
        }
        reports.push(played.report);
    }
    if args.json {
        print_json(&reports)?;
    }
    let failed: Vec<&str> = reports
        .iter()
        .filter(|report| !report.passed)
        .map(|report| report.scenario)
        .collect();
    if failed.is_empty() {
        return Ok(());
    }
    let failed = failed.join(", ");
    Err(Failure::new(
        Exit::Failed,
        format!("not all checks hold: {failed}"),
    ))
}

fn failed(error: BoundsError) -> Failure {
    Failure::new(Exit::Failed, error.to_string())
}

fn draw(name: Name, played: &Played, directory: &Path) -> Result<(), Failure> {
    let file = directory.join(format!("pacing-{}.svg", name.text()));
    std::fs::create_dir_all(directory)
        .and_then(|()| std::fs::write(&file, picture(name, played)))
        .map_err(|error| {
            let file = file.display();
            Failure::new(Exit::Failed, format!("{file} cannot be written: {error}"))
        })
}
