//! `outbid loadtest compare`: two reports side by side.

use std::path::{Path, PathBuf};

use clap::Args as Arguments;
use simulator::load::comparison::{Row, Verdict, compare, differences};
use simulator::load::report::LoadReport;
use simulator::load::threshold::{Threshold, time};

use super::{Judged, judge, print_or_write};
use crate::failure::{Exit, Failure};
use crate::print::table::{Side, Table};
use crate::session::{Session, note};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Example:
  outbid loadtest compare before.json after.json --fail-if 'p99>1.2x' --fail-if 'achieved<0.95x'";

/// Which reports.
#[derive(Arguments, Debug)]
pub struct Args {
    /// The report of the run before, as --json wrote it
    #[arg(value_name = "BEFORE")]
    before: PathBuf,
    /// The report of the run after
    #[arg(value_name = "AFTER")]
    after: PathBuf,
    /// By how many percent a figure may differ and still be called the same
    #[arg(long, value_name = "PERCENT", default_value = "10", value_parser = percent)]
    within: f64,
    /// Exit with 6 where this is so: against the run before, such as 'p99>1.2x', or of the run after alone, such as
    /// 'p99>2ms'
    #[arg(long, value_name = "CONDITION", value_parser = Threshold::parse)]
    fail_if: Vec<Threshold>,
}

/// Compares them.
pub fn run(args: &Args, session: &Session) -> Result<(), Failure> {
    let (before, after) = (read(&args.before)?, read(&args.after)?);
    let rows = compare(&before, &after, args.within / 100.0);
    for difference in differences(&before, &after) {
        note(&format!("not the same load: {difference}"));
    }
    print_or_write(None, session, &rows, || table(&rows))?;
    let judged = Judged {
        report: &after,
        baseline: Some(&before),
    };
    judge(&judged, &args.fail_if)
}

fn read(file: &Path) -> Result<LoadReport, Failure> {
    let name = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::new(Exit::Failed, format!("{name} cannot be read: {error}")))?;
    LoadReport::read(&text).map_err(|why| Failure::usage(format!("{name} {why}")))
}

fn table(rows: &[Row]) -> String {
    let mut table = Table::new(&[
        ("METRIC", Side::Left),
        ("BEFORE", Side::Right),
        ("AFTER", Side::Right),
        ("RATIO", Side::Right),
        ("VERDICT", Side::Left),
    ]);
    for row in rows {
        let value = |value: f64| match row.unit {
            "us" => time(value),
            "/s" => format!("{value:.1}/s"),
            _ => format!("{:.3} %", value * 100.0),
        };
        let verdict = match row.verdict {
            Verdict::Better => "better",
            Verdict::Same => "same",
            Verdict::Worse => "WORSE",
            Verdict::None => "",
        };
        table.row([
            row.name.to_string(),
            value(row.before),
            value(row.after),
            row.ratio
                .map_or(String::new(), |ratio| format!("{ratio:.3}x")),
            verdict.to_string(),
        ]);
    }
    table.render()
}

/// Reads a percentage, with or without its sign.
pub fn percent(text: &str) -> Result<f64, String> {
    let number: Option<f64> = text.trim().trim_end_matches('%').trim().parse().ok();
    number
        .filter(|number| (0.0..=1_000.0).contains(number))
        .ok_or_else(|| format!("\"{text}\" is no percentage: write one such as 10"))
}
