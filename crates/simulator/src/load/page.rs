//! A report as one page with plots, for people: one file that needs no other and runs no script.

use super::report::{LoadReport, PartReport, Percentiles};
use super::tally::Counts;
use super::threshold::time;
use crate::plot::{Axis, Series, bars, escaped, legend, lines};

const STYLE: &str = include_str!("page/page.css");

/// The page of a report.
pub fn page(report: &LoadReport) -> String {
    let plan = &report.plan;
    let caveats: String = report
        .caveats()
        .iter()
        .map(|caveat| format!("<p class=\"note\">{}</p>", escaped(caveat)))
        .collect();
    let cards = [
        percentiles(report),
        latency_over_time(report),
        rate_over_time(report),
        outcomes_over_time(report),
        card("Times", "", &times_table(report)).replacen("\"card\"", "\"card whole\"", 1),
        card("What became of requests", "", &counts_table(report)),
        card("The run", "", &plan_table(report)),
    ];
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Load test: {pace}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<h1>Load test</h1>\n<p class=\"sub\">{pace} to {to}</p>\n{caveats}\n\
         <div class=\"tiles\">{tiles}</div>\n<div class=\"cards\">\n{cards}\n</div>\n</body>\n</html>\n",
        pace = escaped(&plan.pace),
        to = escaped(&plan.to.join(", ")),
        tiles = tiles(report),
        cards = cards.join("\n"),
    )
}

fn tiles(report: &LoadReport) -> String {
    let latency = &report.latency;
    let tiles = [
        (
            format!("{:.0}/s", report.achieved_per_second),
            format!("achieved of {:.0}/s", report.offered_per_second),
        ),
        (time(latency.p50_us), "latency p50".to_string()),
        (time(latency.p99_us), "latency p99".to_string()),
        (time(latency.p9999_us), "latency p99.99".to_string()),
        (
            format!("{:.3} %", report.error_share * 100.0),
            format!("errors, {} in all", report.counts.errors()),
        ),
        (
            format!("{:.1} %", report.bid_share * 100.0),
            "answers with a bid".to_string(),
        ),
        (
            time(report.own_lateness.p99_us),
            "own lateness p99".to_string(),
        ),
    ];
    let tile = |(value, name): (String, String)| {
        format!(
            "<div class=\"tile\"><b>{}</b><span>{}</span></div>",
            escaped(&value),
            escaped(&name)
        )
    };
    tiles.into_iter().map(tile).collect()
}

fn card(title: &str, keys: &str, body: &str) -> String {
    format!(
        "<section class=\"card\"><h2>{}</h2><div>{keys}</div>{body}</section>",
        escaped(title)
    )
}

fn plotted(title: &str, series: &[Series], plot: &str) -> String {
    if series.iter().all(|one| one.points.is_empty()) {
        return card(title, "", "<p class=\"sub\">nothing was measured</p>");
    }
    card(title, &legend(series), plot)
}

fn percentiles(report: &LoadReport) -> String {
    let series = |name, colour, times: &Percentiles| Series {
        name,
        colour,
        points: if times.count > 0 {
            times.curve().to_vec()
        } else {
            Vec::new()
        },
    };
    let series = [
        series("latency, from when due", 1, &report.latency),
        series("service time, from when sent", 4, &report.service_time),
        series("own lateness", 5, &report.own_lateness),
    ];
    let y = times_axis(&series);
    let plot = lines(&Axis::nines(), &y, &series, |one, (at, us)| {
        format!("{} p{:.5}: {}", one.name, at * 100.0, time(us)).replace(".00000", "")
    });
    plotted("Percentiles", &series, &plot)
}

fn over_time(report: &LoadReport, value: impl Fn(&PartReport) -> Option<f64>) -> Vec<(f64, f64)> {
    let parts = report.timeline.iter();
    parts
        .filter_map(|part| Some((part.at_seconds, value(part)?)))
        .collect()
}

fn latency_over_time(report: &LoadReport) -> String {
    let series = |name, colour, value: fn(&PartReport) -> f64| Series {
        name,
        colour,
        points: over_time(report, |part| {
            (part.counts.requests > 0).then(|| value(part))
        }),
    };
    let series = [
        series("max", 5, |part| part.max_us),
        series("p99", 2, |part| part.p99_us),
        series("p50", 1, |part| part.p50_us),
    ];
    let plot = lines(
        &seconds_axis(report),
        &times_axis(&series),
        &series,
        |one, (at, us)| format!("{at:.1} s: {} {}", one.name, time(us)),
    );
    plotted(
        "Latency over time, by when requests were due",
        &series,
        &plot,
    )
}

fn rate_over_time(report: &LoadReport) -> String {
    let last = report.timeline.len().saturating_sub(1) as f64 * report.part_seconds;
    let rate = |count: u64, part: &PartReport| {
        // The last part may be shorter than the others.
        let seconds = match part.at_seconds >= last {
            true => (report.seconds - part.at_seconds)
                .clamp(report.part_seconds / 100.0, report.part_seconds),
            false => report.part_seconds,
        };
        Some(count as f64 / seconds)
    };
    let series = [
        Series {
            name: "offered",
            colour: 5,
            points: over_time(report, |part| rate(part.counts.requests, part)),
        },
        Series {
            name: "achieved: bids and no-bids that came",
            colour: 1,
            points: over_time(report, |part| rate(part.answered, part)),
        },
    ];
    let most = most(&series);
    let y = Axis::linear(most, |rate| format!("{}/s", short(rate)));
    let plot = lines(&seconds_axis(report), &y, &series, |one, (at, rate)| {
        format!("{at:.1} s: {rate:.0}/s {}", one.name)
    });
    plotted("Rate over time", &series, &plot)
}

fn outcomes_over_time(report: &LoadReport) -> String {
    let series = |name, colour, value: fn(&Counts) -> u64| Series {
        name,
        colour,
        points: over_time(report, |part| Some(value(&part.counts) as f64)),
    };
    let all = [
        series("bids", 1, |c| c.bids),
        series("no-bids", 5, |c| c.no_bids),
        series("http errors", 6, |c| c.http_errors),
        series("timeouts", 2, |c| c.timeouts),
        series("broken", 3, |c| c.broken),
        series("refused", 8, |c| c.refused),
        series("unreadable", 4, |c| c.unreadable),
        series("not sent", 7, |c| c.not_sent + c.abandoned),
    ];
    let y = Axis::linear(
        report
            .timeline
            .iter()
            .map(|part| part.counts.requests as f64)
            .fold(0.0, f64::max),
        short,
    );
    let plot = bars(&seconds_axis(report), &y, report.part_seconds, &all);
    // What never happened needs no colour.
    let seen: Vec<Series> = all
        .into_iter()
        .filter(|one| one.points.iter().any(|(_, count)| *count > 0.0))
        .collect();
    plotted(
        "What became of requests, by when they were due",
        &seen,
        &plot,
    )
}

fn seconds_axis(report: &LoadReport) -> Axis {
    Axis::linear(report.seconds, |at| format!("{} s", short(at)))
}

fn times_axis(series: &[Series]) -> Axis {
    let values = series
        .iter()
        .flat_map(|one| &one.points)
        .map(|(_, value)| *value);
    let least = values.filter(|value| *value > 0.0).fold(f64::MAX, f64::min);
    let most = most(series);
    // The ticks are powers of ten, which need no digits after the point.
    Axis::log(least.min(most), most, |us| match us {
        us if us < 1.0 => format!("{us} us"),
        us if us < 1e3 => format!("{us:.0} us"),
        us if us < 1e6 => format!("{:.0} ms", us / 1e3),
        us => format!("{:.0} s", us / 1e6),
    })
}

fn most(series: &[Series]) -> f64 {
    let values = series
        .iter()
        .flat_map(|one| &one.points)
        .map(|(_, value)| *value);
    values.fold(0.0, f64::max)
}

/// A number in few characters.
fn short(number: f64) -> String {
    match number {
        number if number >= 1e6 => format!("{}M", digits(number / 1e6)),
        number if number >= 1e4 => format!("{}k", digits(number / 1e3)),
        number => digits(number),
    }
}

/// Up to two digits after the point, and none that say nothing.
fn digits(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

fn row(cells: &[String]) -> String {
    let cells: String = cells
        .iter()
        .map(|cell| format!("<td>{}</td>", escaped(cell)))
        .collect();
    format!("<tr>{cells}</tr>")
}

fn table(head: &[&str], rows: &str) -> String {
    let head: String = head.iter().map(|cell| format!("<th>{cell}</th>")).collect();
    format!("<table><tr>{head}</tr>{rows}</table>")
}

fn times_table(report: &LoadReport) -> String {
    let times = [
        ("latency, from when due", &report.latency),
        ("service time", &report.service_time),
        ("waiting for a connection", &report.queueing),
        ("own lateness", &report.own_lateness),
    ];
    let rows: String = times
        .iter()
        .filter(|(_, times)| times.count > 0)
        .map(|(name, t)| {
            let values = [
                t.p50_us, t.p90_us, t.p99_us, t.p999_us, t.p9999_us, t.max_us,
            ];
            let cells: Vec<String> = std::iter::once(name.to_string())
                .chain(values.map(time))
                .collect();
            row(&cells)
        })
        .collect();
    table(&["", "p50", "p90", "p99", "p99.9", "p99.99", "max"], &rows)
}

fn counts_table(report: &LoadReport) -> String {
    let one = |name: &str, counts: &Counts, latency: &Percentiles| {
        row(&[
            name.to_string(),
            counts.requests.to_string(),
            counts.bids.to_string(),
            counts.no_bids.to_string(),
            counts.errors().to_string(),
            time(latency.p99_us),
        ])
    };
    let mut rows = one("all", &report.counts, &report.latency);
    if report.targets.len() > 1 {
        rows.extend(
            report
                .targets
                .iter()
                .map(|target| one(&target.name, &target.counts, &target.latency)),
        );
    }
    let all = table(&["", "requests", "bids", "no-bids", "errors", "p99"], &rows);
    let kinds = report.counts.errors_by_kind();
    let kinds = kinds.iter().filter(|(_, count)| *count > 0);
    let statuses = report
        .by_status
        .iter()
        .map(|(status, count)| format!("{count} x {status}"));
    let told: Vec<String> = statuses
        .chain(kinds.map(|(kind, count)| format!("{count} {kind}")))
        .collect();
    format!("{all}<p class=\"sub\">{}</p>", escaped(&told.join(", ")))
}

fn plan_table(report: &LoadReport) -> String {
    let plan = &report.plan;
    let rows = [
        (
            "measured",
            format!(
                "{:.2} s after {} s of warm-up",
                report.seconds, plan.warm_up_seconds
            ),
        ),
        ("requests of", plan.bodies.clone()),
        (
            "connections",
            format!(
                "{} to each server, {} at once on each, {} threads; {} broke, {} opened anew, {} could not be",
                plan.connections,
                plan.pipeline,
                plan.threads,
                report.connections_broken,
                report.connections_opened,
                report.connects_failed
            ),
        ),
        ("timeout", format!("{} ms", plan.timeout_ms)),
        (
            "bytes",
            format!(
                "{} sent, {} received",
                report.bytes_sent, report.bytes_received
            ),
        ),
    ];
    let rows: String = rows
        .iter()
        .map(|(name, what)| {
            format!(
                "<tr><td>{name}</td><td class=\"wide\">{}</td></tr>",
                escaped(what)
            )
        })
        .collect();
    format!("<table>{rows}</table>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::threshold::tests::report;

    fn with_timeline() -> LoadReport {
        let mut report = report();
        report.timeline = (0..10)
            .map(|n| PartReport {
                at_seconds: f64::from(n) / 10.0,
                counts: Counts {
                    requests: 100,
                    bids: 30,
                    no_bids: 69,
                    timeouts: 1,
                    ..Counts::default()
                },
                answered: 99,
                p50_us: 100.0,
                p99_us: 2_000.0,
                max_us: 9_000.0,
            })
            .collect();
        report
    }

    #[test]
    fn a_page_has_all_plots_and_needs_nothing_else() {
        let page = page(&with_timeline());
        assert_eq!(page.matches("<svg").count(), 4);
        assert_eq!(page.matches("<polyline").count(), 3 + 3 + 2);
        assert_eq!(page.matches("<rect").count(), 30);
        for needs in ["src=", "href=", "<script", "url(", "@import"] {
            assert!(!page.contains(needs), "{needs}");
        }
        assert!(page.contains("950/s") && page.contains("2.00 ms") && page.contains("7 timeouts"));
    }

    #[test]
    fn what_others_wrote_is_text() {
        let mut report = with_timeline();
        report.plan.to = vec!["http://h:1/<script>alert(1)</script>".to_string()];
        assert!(!page(&report).contains("<script>"));
    }

    #[test]
    fn a_run_without_a_request_has_a_page_too() {
        let mut report = report();
        report.latency = Percentiles::default();
        report.service_time = Percentiles::default();
        report.own_lateness = Percentiles::default();
        report.counts = Counts::default();
        report.seconds = 0.0;
        assert!(page(&report).contains("nothing was measured"));
    }

    #[test]
    fn numbers_are_short() {
        let check = |number: f64, expect: &str| assert_eq!(short(number), expect);
        check(0.0, "0");
        check(2.5, "2.5");
        check(800.0, "800");
        check(12_500.0, "12.5k");
        check(1_250_000.0, "1.25M");
    }
}
