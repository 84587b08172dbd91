//! A report for people.

use std::fmt::Write;

use simulator::load::Plan;
use simulator::load::report::{LoadReport, Percentiles};
use simulator::load::threshold::time;

use crate::print::table::{Side, Table};

/// What will be done, in a line.
pub fn told(plan: &Plan) -> String {
    let to: Vec<String> = plan
        .targets
        .iter()
        .map(|target| format!("http://{}{}", target.authority, target.path))
        .collect();
    let length = match plan.duration.as_secs() {
        // As long as a recording may be: nobody wants to read that number.
        2_592_000.. => "to its end".to_string(),
        _ => format!("for {} s", plan.duration.as_secs_f64()),
    };
    format!(
        "{}: {}, {length} after {} s of warm-up",
        to.join(", "),
        plan.pace,
        plan.warm_up.as_secs_f64()
    )
}

/// The whole report.
pub fn of(report: &LoadReport) -> String {
    let counts = &report.counts;
    let mut text = String::new();
    let mut line = |name: &str, what: String| {
        // A string takes whatever is written to it.
        let _ = writeln!(text, "{name:<13}{what}");
    };
    line(
        "rate",
        format!(
            "{:.1}/s achieved of {:.1}/s offered ({:.2} %), {:.2} s measured",
            report.achieved_per_second,
            report.offered_per_second,
            percent(report.achieved_per_second, report.offered_per_second),
            report.seconds
        ),
    );
    line(
        "requests",
        format!(
            "{}: {} bids ({:.1} % of answers), {} no-bids, {} errors ({:.3} %)",
            counts.requests,
            counts.bids,
            report.bid_share * 100.0,
            counts.no_bids,
            counts.errors(),
            report.error_share * 100.0
        ),
    );
    let errors = counts.errors_by_kind();
    let errors: Vec<String> = errors
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    if !errors.is_empty() {
        line("errors", errors.join(", "));
    }
    let statuses = report.by_status.iter();
    let statuses: Vec<String> = statuses
        .map(|(status, count)| format!("{count} x {status}"))
        .collect();
    if !statuses.is_empty() {
        line("statuses", statuses.join(", "));
    }
    line(
        "connections",
        format!(
            "{}, of which {} broke; {} opened anew, {} could not be",
            report.plan.connections,
            report.connections_broken,
            report.connections_opened,
            report.connects_failed
        ),
    );
    line(
        "bytes",
        format!(
            "{} sent, {} received",
            bytes(report.bytes_sent),
            bytes(report.bytes_received)
        ),
    );
    text.push('\n');
    text.push_str(&times(report));
    if report.targets.len() > 1 {
        text.push('\n');
        text.push_str(&targets(report));
    }
    for caveat in report.caveats() {
        let _ = write!(text, "\nnote: {caveat}");
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

const TIMES: [(&str, Side); 8] = [
    ("TIME", Side::Left),
    ("P50", Side::Right),
    ("P90", Side::Right),
    ("P99", Side::Right),
    ("P99.9", Side::Right),
    ("P99.99", Side::Right),
    ("MAX", Side::Right),
    ("MEAN", Side::Right),
];

fn times(report: &LoadReport) -> String {
    let mut table = Table::new(&TIMES);
    let mut row = |name: &str, times: &Percentiles| {
        if times.count > 0 {
            let values = [
                times.p50_us,
                times.p90_us,
                times.p99_us,
                times.p999_us,
                times.p9999_us,
                times.max_us,
                times.mean_us,
            ];
            table.row(std::iter::once(name.to_string()).chain(values.map(time)));
        }
    };
    row("latency, from when due", &report.latency);
    row("service time, from when sent", &report.service_time);
    row("waiting for a connection", &report.queueing);
    row("own lateness", &report.own_lateness);
    table.render()
}

fn targets(report: &LoadReport) -> String {
    let mut table = Table::new(&[
        ("EXCHANGE", Side::Left),
        ("REQUESTS", Side::Right),
        ("BIDS", Side::Right),
        ("NO-BIDS", Side::Right),
        ("ERRORS", Side::Right),
        ("P50", Side::Right),
        ("P99", Side::Right),
    ]);
    for target in &report.targets {
        table.row([
            target.name.clone(),
            target.counts.requests.to_string(),
            target.counts.bids.to_string(),
            target.counts.no_bids.to_string(),
            target.counts.errors().to_string(),
            time(target.latency.p50_us),
            time(target.latency.p99_us),
        ]);
    }
    table.render()
}

fn percent(part: f64, whole: f64) -> f64 {
    if whole > 0.0 {
        part / whole * 100.0
    } else {
        0.0
    }
}

fn bytes(number: u64) -> String {
    match number {
        0..=9_999 => format!("{number} B"),
        10_000..=9_999_999 => format!("{:.1} kB", number as f64 / 1e3),
        _ => format!("{:.1} MB", number as f64 / 1e6),
    }
}
