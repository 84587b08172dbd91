//! When requests are sent: the rate and how it goes.

use std::time::Duration;

use clap::Args as Arguments;
use simulator::load::shape::{RATE_MAX, Shape};
use simulator::load::{Arrivals, Pace, Plan};

use super::traffic::Traffic;
use crate::failure::Failure;
use crate::length;

/// How long is measured where nothing is said: usually, and of `--soak`.
const SHORT: Duration = Duration::from_secs(10);
const LONG: Duration = Duration::from_secs(3_600);
/// A recording is sent to its end.
const TO_THE_END: Duration = Duration::from_secs(30 * 86_400);
/// How often `--soak` tells how it goes.
const EVERY: Duration = Duration::from_secs(10);

/// When to send.
#[derive(Arguments, Debug)]
pub struct Course {
    /// How many requests a second, answered or not [default: 1000]
    #[arg(long, value_name = "N", value_parser = rate, conflicts_with_all = ["ramp", "steps", "as_recorded", "closed"],
        help_heading = "Rate")]
    rate: Option<f64>,
    /// How long is measured [default: 10s, with --soak 1h, with --as-recorded to the end of the file]
    #[arg(long = "for", value_name = "TIME", value_parser = length::parse, help_heading = "Rate")]
    duration: Option<Duration>,
    /// Let the rate go evenly from one to the other: 100..5000
    #[arg(long, value_name = "FROM..TO", value_parser = Shape::parse_ramp, help_heading = "Rate",
        conflicts_with_all = ["steps", "spike", "as_recorded", "closed"])]
    ramp: Option<Shape>,
    /// Let the rate go in steps of equal length: 1000,2000,5000 or 1000..5000/5
    #[arg(long, value_name = "RATES", value_parser = Shape::parse_steps, help_heading = "Rate",
        conflicts_with_all = ["spike", "as_recorded", "closed"])]
    steps: Option<Shape>,
    /// Let the rate jump up to this in the middle
    #[arg(long, value_name = "N", value_parser = rate, help_heading = "Rate",
        conflicts_with_all = ["as_recorded", "closed"])]
    spike: Option<f64>,
    /// How long the spike lasts [default: a tenth of --for]
    #[arg(long, value_name = "TIME", value_parser = length::parse, requires = "spike", help_heading = "Rate")]
    spike_for: Option<Duration>,
    /// Go on for an hour, or for --for, and tell every 10 s how it goes
    #[arg(long, help_heading = "Rate")]
    soak: bool,
    /// Tell so often how it goes
    #[arg(long, value_name = "TIME", value_parser = length::parse, help_heading = "Report")]
    every: Option<Duration>,
    /// Send as many users would, at random moments, instead of at equal distances
    #[arg(long, conflicts_with_all = ["as_recorded", "closed"], help_heading = "Rate")]
    poisson: bool,
    /// Send the requests of --file at the times at which they were recorded, the numbers in their ext.ts
    #[arg(
        long,
        requires = "file",
        conflicts_with = "closed",
        help_heading = "Rate"
    )]
    as_recorded: bool,
    /// How many times as fast: 10x
    #[arg(long, value_name = "FACTOR", value_parser = speed, requires = "as_recorded", help_heading = "Rate")]
    speed: Option<f64>,
    /// Send on each connection as soon as it has its answer, to measure throughput
    #[arg(long, help_heading = "Rate")]
    closed: bool,
}

impl Course {
    /// The plan of this traffic at this pace.
    pub fn plan(self, traffic: &Traffic) -> Result<Plan, Failure> {
        let mut plan = traffic.plan()?;
        let duration = match self.duration {
            Some(duration) if duration.is_zero() => {
                return Err(Failure::usage("--for must be longer than nothing"));
            }
            Some(duration) => duration,
            None if self.soak => LONG,
            None if self.as_recorded => TO_THE_END,
            None => SHORT,
        };
        plan.duration = duration;
        if self.as_recorded && traffic.warm_up.is_none() {
            // A recording may be short, and none of it is to be lost.
            plan.warm_up = Duration::ZERO;
        }
        plan.every = self.every.or(self.soak.then_some(EVERY));
        plan.pace = if self.closed {
            Pace::Closed
        } else if self.as_recorded {
            Pace::Recorded {
                speed: self.speed.unwrap_or(1.0),
            }
        } else {
            Pace::Open {
                arrivals: match self.poisson {
                    true => Arrivals::Poisson { seed: traffic.seed },
                    false => Arrivals::Constant,
                },
                shape: self.shape(duration),
            }
        };
        Ok(plan)
    }

    fn shape(self, duration: Duration) -> Shape {
        let rate = self.rate.unwrap_or(1_000.0);
        match (self.ramp.or(self.steps), self.spike) {
            (Some(shape), _) => shape,
            (None, Some(peak)) => Shape::Spike {
                base: rate,
                peak,
                length: self.spike_for.unwrap_or(duration / 10),
            },
            (None, None) => Shape::Constant(rate),
        }
    }
}

/// Reads requests a second.
pub fn rate(text: &str) -> Result<f64, String> {
    let rate: Option<f64> = text.trim().parse().ok();
    rate.filter(|rate| *rate > 0.0 && *rate <= RATE_MAX)
        .ok_or_else(|| format!("\"{text}\" is no rate: write requests a second, up to {RATE_MAX}"))
}

fn speed(text: &str) -> Result<f64, String> {
    let factor: Option<f64> = text.trim().trim_end_matches('x').parse().ok();
    factor
        .filter(|factor| (1e-3..=1e6).contains(factor))
        .ok_or_else(|| {
            format!("\"{text}\" is no factor: write one such as 10x, from 0.001x to 1000000x")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_speeds_are_numbers_above_nothing() {
        let check = |read: Result<f64, String>, expect: Option<f64>| {
            assert_eq!(read.clone().ok(), expect, "{read:?}");
        };
        check(rate("0.5"), Some(0.5));
        check(rate("5000"), Some(5_000.0));
        for wrong in ["0", "-1", "nan", "inf", "1e9", "", "5k"] {
            check(rate(wrong), None);
        }
        check(speed("10x"), Some(10.0));
        check(speed("0.5"), Some(0.5));
        for wrong in ["0x", "x", "-2x", "nan"] {
            check(speed(wrong), None);
        }
    }
}
