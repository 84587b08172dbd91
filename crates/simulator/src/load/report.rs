//! The report of a run: what `--json` writes and `compare` reads.

use std::collections::BTreeMap;

use hdrhistogram::{Counter, Histogram};
use serde::{Deserialize, Serialize};

use super::tally::Counts;
use super::{Measured, Pace, Plan};

/// The form of the report. It rises when a field changes its meaning or goes.
pub const FORM: u32 = 1;

/// What was measured, the warm-up left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadReport {
    /// [`FORM`].
    pub form: u32,
    /// What was done.
    pub plan: PlanTold,
    /// How long was measured.
    pub seconds: f64,
    /// It was stopped before its end.
    pub stopped: bool,
    /// Requests a second that came due.
    pub offered_per_second: f64,
    /// Bids and no-bids a second that came in the measured time.
    pub achieved_per_second: f64,
    /// What became of the requests.
    #[serde(flatten)]
    pub counts: Counts,
    /// The share of requests that had no bid or no-bid for an answer, 0 to 1.
    pub error_share: f64,
    /// The share of bids among bids and no-bids, 0 to 1.
    pub bid_share: f64,
    /// Answers by HTTP status.
    pub by_status: BTreeMap<u16, u64>,
    /// From when a request was due to the last byte of its answer; one without an answer counts with the timeout at
    /// least.
    pub latency: Percentiles,
    /// From when a request was sent to the last byte of its answer; only requests with an answer.
    pub service_time: Percentiles,
    /// From when a request was due to when the harness took it up.
    pub own_lateness: Percentiles,
    /// From when a request was due to when it was sent, for those that had to wait for a connection.
    pub queueing: Percentiles,
    /// Bytes written.
    pub bytes_sent: u64,
    /// Bytes read.
    pub bytes_received: u64,
    /// Connections that were opened in the measured time: again, after they broke.
    pub connections_opened: u64,
    /// Connections that ended with requests under way.
    pub connections_broken: u64,
    /// Connections that could not be opened.
    pub connects_failed: u64,
    /// Rows of the file that could not be sent.
    pub rows_left_out: u64,
    /// Each target's share.
    pub targets: Vec<TargetReport>,
    /// How long a part of the timeline is.
    pub part_seconds: f64,
    /// One part after the other.
    pub timeline: Vec<PartReport>,
}

/// The plan, as far as two runs must agree in it to be compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanTold {
    /// The URLs.
    pub to: Vec<String>,
    /// When requests were sent, in words.
    pub pace: String,
    /// What was sent, in words.
    pub bodies: String,
    /// How long the warm-up was.
    pub warm_up_seconds: f64,
    /// Connections to each server.
    pub connections: usize,
    /// How many requests may be under way on each.
    pub pipeline: usize,
    /// How many threads sent.
    pub threads: usize,
    /// How long an answer might take.
    pub timeout_ms: f64,
}

/// A distribution of times, in microseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Percentiles {
    /// How many there are. All others are 0 where there is none.
    pub count: u64,
    /// The mean.
    pub mean_us: f64,
    /// The least.
    pub min_us: f64,
    /// The half.
    pub p50_us: f64,
    /// Three quarters.
    pub p75_us: f64,
    /// 90 %.
    pub p90_us: f64,
    /// 95 %.
    pub p95_us: f64,
    /// 99 %.
    pub p99_us: f64,
    /// 99.9 %.
    pub p999_us: f64,
    /// 99.99 %.
    pub p9999_us: f64,
    /// The greatest.
    pub max_us: f64,
}

/// One target's share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetReport {
    /// Its name.
    pub name: String,
    /// What became of its requests.
    #[serde(flatten)]
    pub counts: Counts,
    /// As in the whole report.
    pub latency: Percentiles,
}

/// A part of the timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartReport {
    /// When it begins, counted from the beginning of the measured time.
    pub at_seconds: f64,
    /// What became of the requests that came due in it.
    #[serde(flatten)]
    pub counts: Counts,
    /// Bids and no-bids that came in it.
    pub answered: u64,
    /// The half of its latencies, in microseconds.
    pub p50_us: f64,
    /// 99 %.
    pub p99_us: f64,
    /// The greatest.
    pub max_us: f64,
}

impl Percentiles {
    /// Of a histogram of nanoseconds.
    pub fn of<C: Counter>(histogram: &Histogram<C>) -> Percentiles {
        if histogram.is_empty() {
            return Percentiles::default();
        }
        let at = |quantile: f64| us(histogram.value_at_quantile(quantile));
        Percentiles {
            count: histogram.len(),
            mean_us: (histogram.mean() / 10.0).round() / 100.0,
            min_us: us(histogram.min()),
            p50_us: at(0.5),
            p75_us: at(0.75),
            p90_us: at(0.9),
            p95_us: at(0.95),
            p99_us: at(0.99),
            p999_us: at(0.999),
            p9999_us: at(0.9999),
            max_us: us(histogram.max()),
        }
    }

    /// The percentiles from the half up: how much lies below, and where.
    pub fn curve(&self) -> [(f64, f64); 7] {
        [
            (0.5, self.p50_us),
            (0.75, self.p75_us),
            (0.9, self.p90_us),
            (0.95, self.p95_us),
            (0.99, self.p99_us),
            (0.999, self.p999_us),
            (0.9999, self.p9999_us),
        ]
    }
}

/// Nanoseconds as microseconds, to the hundredth.
fn us(nanoseconds: u64) -> f64 {
    (nanoseconds as f64 / 10.0).round() / 100.0
}

fn share(part: u64, whole: u64) -> f64 {
    rounded(part as f64 / (whole as f64).max(1.0))
}

/// To nine digits after the point: finer than anything here is measured, and written so that it reads back the same.
fn rounded(number: f64) -> f64 {
    (number * 1e9).round() / 1e9
}

impl LoadReport {
    /// Sums up.
    pub fn of(plan: &Plan, measured: &Measured) -> LoadReport {
        let (counts, tally) = (measured.counts, &measured.tally);
        let part_seconds = tally.window.part_ns as f64 / 1e9;
        let targets = plan.targets.iter().zip(&tally.targets);
        let timeline = (0_u32..)
            .zip(&tally.parts)
            .map(|(number, part)| PartReport {
                at_seconds: rounded(f64::from(number) * part_seconds),
                counts: part.due,
                answered: part.answered,
                p50_us: us(part.latency.value_at_quantile(0.5)),
                p99_us: us(part.latency.value_at_quantile(0.99)),
                max_us: us(part.latency.max()),
            });
        LoadReport {
            form: FORM,
            plan: PlanTold::of(plan),
            seconds: rounded(measured.seconds),
            stopped: measured.stopped,
            offered_per_second: (measured.offered_per_second() * 1e3).round() / 1e3,
            achieved_per_second: (measured.achieved_per_second() * 1e3).round() / 1e3,
            counts,
            error_share: share(counts.errors(), counts.requests),
            bid_share: share(counts.bids, counts.answers()),
            by_status: measured.by_status.clone(),
            latency: Percentiles::of(&measured.latency),
            service_time: Percentiles::of(&measured.service),
            own_lateness: Percentiles::of(&measured.lateness),
            queueing: Percentiles::of(&measured.queueing),
            bytes_sent: measured.bytes_sent,
            bytes_received: measured.bytes_received,
            connections_opened: tally.connections_opened,
            connections_broken: tally.connections_broken,
            connects_failed: tally.connects_failed,
            rows_left_out: measured.rows_left_out,
            targets: targets
                .map(|(target, tally)| TargetReport {
                    name: target.name.clone(),
                    counts: tally.counts,
                    latency: Percentiles::of(&tally.latency),
                })
                .collect(),
            part_seconds,
            timeline: timeline.collect(),
        }
    }

    /// Reads what [`LoadReport`] was written to as JSON.
    ///
    /// # Errors
    /// A sentence that says why it is none.
    pub fn read(json: &str) -> Result<LoadReport, String> {
        #[derive(Deserialize)]
        struct Form {
            form: u32,
        }
        let form: Form = serde_json::from_str(json)
            .map_err(|error| format!("is no report of a load test: {error}"))?;
        if form.form != FORM {
            return Err(format!(
                "has form {}, and this version reads {FORM}",
                form.form
            ));
        }
        serde_json::from_str(json).map_err(|error| format!("is no report of a load test: {error}"))
    }

    /// Whether the loop was closed, so that latencies leave out what would have been sent meanwhile.
    pub fn is_closed_loop(&self) -> bool {
        self.plan.pace == Pace::Closed.to_string()
    }

    /// What a reader should know before believing the figures; empty where there is nothing.
    pub fn caveats(&self) -> Vec<String> {
        let mut caveats = Vec::new();
        if self.counts.requests == 0 {
            caveats.push("no request came due in the measured time".to_string());
        }
        let late = &self.own_lateness;
        if !self.is_closed_loop() && late.p99_us > 200.0 && late.p99_us > self.latency.p99_us / 4.0
        {
            caveats.push(format!(
                "this tool was itself late (p99 {:.0} us): the tail is about this machine too",
                late.p99_us
            ));
        }
        if self.queueing.count * 100 > self.counts.requests {
            caveats.push(format!(
                "{} requests waited for one of {} connections: more --connections, or a slower rate, measure the target alone",
                self.queueing.count, self.plan.connections
            ));
        }
        if self.is_closed_loop() {
            caveats.push(
                "the loop was closed: latencies leave out what would have been sent meanwhile"
                    .to_string(),
            );
        }
        if self.rows_left_out > 0 {
            caveats.push(format!("{} rows could not be sent", self.rows_left_out));
        }
        if self.stopped {
            caveats.push("it was stopped before its end".to_string());
        }
        caveats
    }
}

impl PlanTold {
    fn of(plan: &Plan) -> PlanTold {
        PlanTold {
            to: plan
                .targets
                .iter()
                .map(|target| format!("http://{}{}", target.authority, target.path))
                .collect(),
            pace: plan.pace.to_string(),
            bodies: plan.bodies.to_string(),
            warm_up_seconds: plan.warm_up.as_secs_f64(),
            connections: plan.connections,
            pipeline: plan.pipeline,
            threads: plan.threads,
            timeout_ms: plan.timeout.as_secs_f64() * 1e3,
        }
    }
}
