//! Two reports side by side.

use serde::Serialize;

use super::report::{LoadReport, Percentiles};

/// What became of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Better by more than the tolerance.
    Better,
    /// Within the tolerance.
    Same,
    /// Worse by more than the tolerance.
    Worse,
    /// It says nothing of good or bad, or was not measured in both.
    None,
}

/// A metric of both.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// Its unit: `us`, `/s`, or none for a share.
    pub unit: &'static str,
    /// In the first report.
    pub before: f64,
    /// In the second.
    pub after: f64,
    /// The second over the first; none where the first is 0.
    pub ratio: Option<f64>,
    /// What became of it.
    pub verdict: Verdict,
}

/// What is better.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Better {
    Less,
    More,
    Neither,
}

/// Shares of errors that differ by less than this are the same: one in a hundred thousand.
const SHARE_MIN: f64 = 1e-5;

/// Compares each metric. A ratio within `1 / (1 + tolerance)` and `1 + tolerance` is the same.
pub fn compare(before: &LoadReport, after: &LoadReport, tolerance: f64) -> Vec<Row> {
    let mut rows = vec![
        row(
            "offered",
            "/s",
            before.offered_per_second,
            after.offered_per_second,
            Better::Neither,
            tolerance,
        ),
        row(
            "achieved",
            "/s",
            before.achieved_per_second,
            after.achieved_per_second,
            Better::More,
            tolerance,
        ),
        errors(before, after, tolerance),
        row(
            "bids",
            "",
            before.bid_share,
            after.bid_share,
            Better::Neither,
            tolerance,
        ),
    ];
    let times =
        |name: fn(usize) -> &'static str, a: &Percentiles, b: &Percentiles, better: Better| {
            let both = a.count > 0 && b.count > 0;
            let better = if both { better } else { Better::Neither };
            let values = |p: &Percentiles| {
                [
                    p.mean_us, p.p50_us, p.p90_us, p.p99_us, p.p999_us, p.p9999_us, p.max_us,
                ]
            };
            let pairs: Vec<Row> = values(a)
                .into_iter()
                .zip(values(b))
                .enumerate()
                .map(|(place, (a, b))| row(name(place), "us", a, b, better, tolerance))
                .collect();
            pairs
        };
    rows.extend(times(
        |place| ["mean", "p50", "p90", "p99", "p99.9", "p99.99", "max"][place],
        &before.latency,
        &after.latency,
        Better::Less,
    ));
    rows.extend(times(
        |place| {
            [
                "service-mean",
                "service-p50",
                "service-p90",
                "service-p99",
                "service-p99.9",
                "service-p99.99",
                "service-max",
            ][place]
        },
        &before.service_time,
        &after.service_time,
        Better::Less,
    ));
    rows.push(row(
        "lateness-p99",
        "us",
        before.own_lateness.p99_us,
        after.own_lateness.p99_us,
        Better::Neither,
        tolerance,
    ));
    rows
}

/// In what the two runs were not the same load, so that their figures may differ for another reason than the target's;
/// empty where there is nothing.
pub fn differences(before: &LoadReport, after: &LoadReport) -> Vec<String> {
    let (a, b) = (&before.plan, &after.plan);
    let pairs = [
        ("target", a.to.join(", "), b.to.join(", ")),
        ("pace", a.pace.clone(), b.pace.clone()),
        ("bodies", a.bodies.clone(), b.bodies.clone()),
        (
            "connections",
            a.connections.to_string(),
            b.connections.to_string(),
        ),
        ("pipeline", a.pipeline.to_string(), b.pipeline.to_string()),
        ("threads", a.threads.to_string(), b.threads.to_string()),
        (
            "timeout in ms",
            a.timeout_ms.to_string(),
            b.timeout_ms.to_string(),
        ),
    ];
    let differing = pairs.into_iter().filter(|(_, a, b)| a != b);
    differing
        .map(|(what, a, b)| format!("{what}: {a} and then {b}"))
        .collect()
}

fn errors(before: &LoadReport, after: &LoadReport, tolerance: f64) -> Row {
    let (a, b) = (before.error_share, after.error_share);
    let better = if (a - b).abs() < SHARE_MIN {
        Better::Neither
    } else {
        Better::Less
    };
    let mut errors = row("errors", "", a, b, better, tolerance);
    if better == Better::Neither {
        errors.verdict = Verdict::Same;
    } else if a == 0.0 {
        // From none to some has no ratio, and is worse.
        errors.verdict = Verdict::Worse;
    }
    errors
}

fn row(
    name: &'static str,
    unit: &'static str,
    before: f64,
    after: f64,
    better: Better,
    tolerance: f64,
) -> Row {
    let ratio = (before > 0.0).then(|| after / before);
    let verdict = match (ratio, better) {
        (None, _) | (_, Better::Neither) => Verdict::None,
        (Some(ratio), _) if ratio <= 1.0 + tolerance && ratio >= 1.0 / (1.0 + tolerance) => {
            Verdict::Same
        }
        (Some(ratio), better) if (ratio < 1.0) == (better == Better::Less) => Verdict::Better,
        (Some(_), _) => Verdict::Worse,
    };
    Row {
        name,
        unit,
        before,
        after,
        ratio,
        verdict,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::threshold::tests::report;

    #[test]
    fn each_metric_has_a_ratio_and_a_verdict() {
        let check = |change: fn(&mut LoadReport), name: &str, expect: (Option<f64>, Verdict)| {
            let mut after = report();
            change(&mut after);
            let rows = compare(&report(), &after, 0.1);
            let row = rows.iter().find(|row| row.name == name).unwrap();
            assert_eq!((row.ratio, row.verdict), expect, "{name}");
        };
        check(|_| (), "p99", (Some(1.0), Verdict::Same));
        check(
            |r| r.latency.p99_us = 2_200.0,
            "p99",
            (Some(1.1), Verdict::Same),
        );
        check(
            |r| r.latency.p99_us = 3_000.0,
            "p99",
            (Some(1.5), Verdict::Worse),
        );
        check(
            |r| r.latency.p99_us = 1_000.0,
            "p99",
            (Some(0.5), Verdict::Better),
        );
        check(|r| r.latency.count = 0, "p99", (Some(1.0), Verdict::None));
        check(
            |r| r.service_time.p50_us = 50.0,
            "service-p50",
            (Some(0.5), Verdict::Better),
        );
        check(
            |r| r.achieved_per_second = 475.0,
            "achieved",
            (Some(0.5), Verdict::Worse),
        );
        check(
            |r| r.achieved_per_second = 1_900.0,
            "achieved",
            (Some(2.0), Verdict::Better),
        );
        check(
            |r| r.offered_per_second = 2_000.0,
            "offered",
            (Some(2.0), Verdict::None),
        );
        check(
            |r| r.error_share = 0.04,
            "errors",
            (Some(4.0), Verdict::Worse),
        );
        check(
            |r| r.error_share = 0.0,
            "errors",
            (Some(0.0), Verdict::Better),
        );
    }

    #[test]
    fn from_no_error_to_some_is_worse_and_to_none_the_same() {
        let check = |share: f64, expect: Verdict| {
            let (mut before, mut after) = (report(), report());
            before.error_share = 0.0;
            after.error_share = share;
            let rows = compare(&before, &after, 0.1);
            let row = rows.iter().find(|row| row.name == "errors").unwrap();
            assert_eq!((row.ratio, row.verdict), (None, expect), "{share}");
        };
        check(0.0, Verdict::Same);
        check(1e-6, Verdict::Same);
        check(0.01, Verdict::Worse);
    }

    #[test]
    fn runs_of_another_load_are_told() {
        assert!(differences(&report(), &report()).is_empty());
        let mut other = report();
        other.plan.pace = "2000/s".to_string();
        other.plan.connections = 8;
        assert_eq!(
            differences(&report(), &other),
            ["pace: 1000/s and then 2000/s", "connections: 16 and then 8"]
        );
    }
}
