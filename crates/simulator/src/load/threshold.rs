//! Conditions over a report: `p99>2ms`, `errors>0.1%`, `achieved<95%`.

use std::fmt;

use super::report::{LoadReport, Percentiles};

/// A condition over a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// As it was written.
    text: String,
    metric: Metric,
    relation: Relation,
    value: Value,
}

/// What a condition is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Metric {
    /// A time of a distribution.
    Time(Distribution, Quantity),
    /// A number of requests.
    Count(&'static str),
    /// Requests a second.
    Achieved,
    /// The share of bids among answers.
    BidShare,
}

/// Which distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distribution {
    /// From when a request was due.
    Latency,
    /// From when it was sent.
    ServiceTime,
    /// The harness's own.
    OwnLateness,
}

/// What of a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// The mean.
    Mean,
    /// The greatest.
    Max,
    /// A percentile, by its place in [`Percentiles::curve`].
    Percentile(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Above,
    AtLeast,
    Below,
    AtMost,
}

/// What the metric is held against.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Value {
    Microseconds(f64),
    Number(f64),
    /// Of requests, or of the rate that was offered; 0 to 1.
    Share(f64),
    PerSecond(f64),
    /// So many times what another report says.
    Times(f64),
}

const PERCENTILES: [&str; 7] = ["p50", "p75", "p90", "p95", "p99", "p99.9", "p99.99"];
const COUNTS: [&str; 9] = [
    "errors",
    "http-errors",
    "timeouts",
    "broken",
    "refused",
    "unreadable",
    "not-sent",
    "abandoned",
    "requests",
];

/// What can be written, for messages and help.
pub const SYNTAX: &str = "METRIC, one of < <= > >=, and a value: p50 p75 p90 p95 p99 p99.9 p99.99 mean max with a time \
    (p99>2ms; service-p99 and lateness-p99 too), errors http-errors timeouts broken refused unreadable not-sent with a \
    number or a share of requests (errors>0.1%), achieved with a share of the rate offered or a rate (achieved<95%, \
    achieved<5000/s), bids with a share of answers (bids<20%), requests with a number";

impl Threshold {
    /// Reads a condition.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what can be written.
    pub fn parse(text: &str) -> Result<Threshold, String> {
        let wrong = |what: String| format!("\"{text}\": {what}; write {SYNTAX}");
        let at = text
            .find(['<', '>'])
            .ok_or_else(|| wrong("there is no < or >".to_string()))?;
        let (metric, rest) = text.split_at(at);
        let (relation, value) = match rest.as_bytes() {
            [b'>', b'=', ..] => (Relation::AtLeast, &rest[2..]),
            [b'<', b'=', ..] => (Relation::AtMost, &rest[2..]),
            [b'>', ..] => (Relation::Above, &rest[1..]),
            _ => (Relation::Below, &rest[1..]),
        };
        let metric = Metric::parse(metric.trim()).map_err(wrong)?;
        let value = Value::parse(value.trim()).map_err(wrong)?;
        metric.takes(value).map_err(wrong)?;
        Ok(Threshold {
            text: text.trim().to_string(),
            metric,
            relation,
            value,
        })
    }

    /// Whether the condition needs another report to be held against.
    pub fn is_relative(&self) -> bool {
        matches!(self.value, Value::Times(_))
    }

    /// Whether the condition is true of a report. One over nothing, such as the latency of no request, has no answer,
    /// nor has a relative one without a baseline.
    pub fn holds(&self, report: &LoadReport, baseline: Option<&LoadReport>) -> Option<bool> {
        let (measured, bound) = match self.value {
            Value::Microseconds(us) => (self.metric.of(report)?, us),
            Value::Number(number) => (self.metric.of(report)?, number),
            Value::PerSecond(rate) => (self.metric.of(report)?, rate),
            Value::Times(times) => (self.metric.of(report)?, self.metric.of(baseline?)? * times),
            Value::Share(share) => (self.metric.share_of(report)?, share),
        };
        Some(match self.relation {
            Relation::Above => measured > bound,
            Relation::AtLeast => measured >= bound,
            Relation::Below => measured < bound,
            Relation::AtMost => measured <= bound,
        })
    }

    /// What the report says of the metric, in the words of the condition.
    pub fn measured(&self, report: &LoadReport) -> String {
        let value = match self.value {
            Value::Share(_) => self
                .metric
                .share_of(report)
                .map(|share| format!("{:.3} %", share * 100.0)),
            _ => self.metric.of(report).map(|value| match self.metric {
                Metric::Time(..) => time(value),
                Metric::Count(_) => format!("{value}"),
                Metric::Achieved => format!("{value:.0}/s"),
                Metric::BidShare => format!("{:.3} %", value * 100.0),
            }),
        };
        value.unwrap_or_else(|| "nothing to be told of".to_string())
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Microseconds as people read them.
pub fn time(us: f64) -> String {
    match us {
        us if us < 1_000.0 => format!("{us:.1} us"),
        us if us < 1_000_000.0 => format!("{:.2} ms", us / 1e3),
        us => format!("{:.2} s", us / 1e6),
    }
}

impl Metric {
    fn parse(text: &str) -> Result<Metric, String> {
        if let Some(count) = COUNTS.iter().find(|count| **count == text) {
            return Ok(Metric::Count(count));
        }
        match text {
            "achieved" => return Ok(Metric::Achieved),
            "bids" => return Ok(Metric::BidShare),
            _ => {}
        }
        let (distribution, rest) = if let Some(rest) = text.strip_prefix("service-") {
            (Distribution::ServiceTime, rest)
        } else if let Some(rest) = text.strip_prefix("lateness-") {
            (Distribution::OwnLateness, rest)
        } else {
            (Distribution::Latency, text)
        };
        let quantity = match rest {
            "mean" => Quantity::Mean,
            "max" => Quantity::Max,
            _ => match PERCENTILES.iter().position(|name| *name == rest) {
                Some(place) => Quantity::Percentile(place),
                None => return Err(format!("\"{text}\" is not measured")),
            },
        };
        Ok(Metric::Time(distribution, quantity))
    }

    fn takes(self, value: Value) -> Result<(), String> {
        let needs = match (self, value) {
            (_, Value::Times(_))
            | (Metric::Time(..), Value::Microseconds(_))
            | (Metric::Count("requests"), Value::Number(_))
            | (Metric::Achieved, Value::Share(_) | Value::PerSecond(_))
            | (Metric::BidShare, Value::Share(_)) => return Ok(()),
            (Metric::Count(count), Value::Number(_) | Value::Share(_)) if count != "requests" => {
                return Ok(());
            }
            (Metric::Time(..), _) => "a time needs a unit, such as 2ms or 300us",
            (Metric::Count("requests"), _) => "requests are held against a number",
            (Metric::Count(_), _) => "errors are held against a number or a share such as 0.1%",
            (Metric::Achieved, _) => {
                "what is achieved is held against a share such as 95% or a rate such as 5000/s"
            }
            (Metric::BidShare, _) => "bids are held against a share such as 20%",
        };
        Err(needs.to_string())
    }

    /// In microseconds, requests, requests a second, or a share.
    pub(super) fn of(self, report: &LoadReport) -> Option<f64> {
        match self {
            Metric::Time(distribution, quantity) => {
                let times = match distribution {
                    Distribution::Latency => &report.latency,
                    Distribution::ServiceTime => &report.service_time,
                    Distribution::OwnLateness => &report.own_lateness,
                };
                (times.count > 0).then(|| quantity.of(times))
            }
            Metric::Count("requests") => Some(report.counts.requests as f64),
            Metric::Count("errors") => Some(report.counts.errors() as f64),
            Metric::Count(kind) => {
                let named = |(name, _): &&(&str, u64)| name.replace(' ', "-") == kind;
                let kinds = report.counts.errors_by_kind();
                kinds.iter().find(named).map(|(_, count)| *count as f64)
            }
            Metric::Achieved => Some(report.achieved_per_second),
            Metric::BidShare => (report.counts.answers() > 0).then_some(report.bid_share),
        }
    }

    fn share_of(self, report: &LoadReport) -> Option<f64> {
        let requests = report.counts.requests as f64;
        match self {
            Metric::BidShare => self.of(report),
            _ if report.counts.requests == 0 => None,
            // In a closed loop nothing is offered beyond what is answered.
            Metric::Achieved => Some(report.achieved_per_second / report.offered_per_second),
            _ => Some(self.of(report)? / requests),
        }
    }
}

impl Quantity {
    fn of(self, times: &Percentiles) -> f64 {
        match self {
            Quantity::Mean => times.mean_us,
            Quantity::Max => times.max_us,
            Quantity::Percentile(place) => times.curve()[place].1,
        }
    }
}

impl Value {
    fn parse(text: &str) -> Result<Value, String> {
        let wrong = || format!("\"{text}\" is no value");
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit() && c != '.');
        let number: Option<f64> = digits.parse().ok();
        let number = number.filter(|number| *number >= 0.0).ok_or_else(wrong)?;
        match text[digits.len()..].trim() {
            "" => Ok(Value::Number(number)),
            "%" => Ok(Value::Share(number / 100.0)),
            "/s" => Ok(Value::PerSecond(number)),
            "x" => Ok(Value::Times(number)),
            "ns" => Ok(Value::Microseconds(number / 1e3)),
            "us" | "µs" => Ok(Value::Microseconds(number)),
            "ms" => Ok(Value::Microseconds(number * 1e3)),
            "s" => Ok(Value::Microseconds(number * 1e6)),
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
