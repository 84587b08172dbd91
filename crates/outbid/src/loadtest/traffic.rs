//! What is sent where, and over what: the options that every kind of load test has.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args as Arguments;
use simulator::load::target::{Target, WEIGHT_MAX};
use simulator::load::{Bodies, Plan};

use crate::failure::Failure;
use crate::length;
use crate::replay::unusable;

/// What to send where.
#[derive(Arguments, Debug)]
pub struct Traffic {
    /// Where bid requests go; several take turns
    #[arg(
        long,
        value_name = "URL",
        default_value = "http://127.0.0.1:8080/bid/demo",
        help_heading = "Traffic"
    )]
    to: Vec<String>,
    /// Exchanges of the bidder at --to, and how often each sends against the others
    #[arg(long, value_name = "NAME=WEIGHT", value_parser = weighted, help_heading = "Traffic")]
    exchange: Vec<(String, u32)>,
    /// The seed of the world whose requests are sent, and of --poisson
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Traffic")]
    pub seed: u64,
    /// Send the requests of this file instead: one JSON value a line; .xz and .gz too
    #[arg(short, long, value_name = "FILE", help_heading = "Traffic")]
    file: Option<PathBuf>,
    /// How long load lasts before anything is measured [default: 2s, with --as-recorded 0s]
    #[arg(long, value_name = "TIME", value_parser = length::parse, help_heading = "Traffic")]
    pub warm_up: Option<Duration>,
    /// How long an answer may take, from when its request was due
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = length::parse, help_heading = "Traffic")]
    timeout: Duration,
    /// How many keep-alive connections there are to each server
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=20_000),
        help_heading = "Connections")]
    connections: u16,
    /// How many requests may be under way on one connection
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1_024),
        help_heading = "Connections")]
    pipeline: u16,
    /// How many threads send and receive
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256),
        help_heading = "Connections")]
    threads: u16,
    /// Bind the threads to these CPUs, such as 0 or 2,3 (Linux)
    #[arg(
        long,
        value_name = "CPU",
        value_delimiter = ',',
        help_heading = "Connections"
    )]
    pin: Vec<usize>,
    /// How many microseconds before a request is due its thread no longer sleeps: more is more exact, and busier
    #[arg(long, value_name = "MICROSECONDS", default_value_t = 50, value_parser = clap::value_parser!(u32).range(..=1_000_000),
        help_heading = "Connections")]
    spin: u32,
}

impl Traffic {
    /// A plan with all that is said here; when requests are sent is still open.
    pub fn plan(&self) -> Result<Plan, Failure> {
        let mut plan = Plan::to(&self.to[0]).map_err(unusable)?;
        plan.targets = self.targets()?;
        plan.bodies = match &self.file {
            Some(file) => Bodies::File(file.clone()),
            None => Bodies::World { seed: self.seed },
        };
        plan.warm_up = self.warm_up.unwrap_or(plan.warm_up);
        plan.timeout = self.timeout;
        plan.connections = usize::from(self.connections);
        plan.pipeline = usize::from(self.pipeline);
        plan.threads = usize::from(self.threads);
        plan.pins = self.pin.clone();
        plan.spin = Duration::from_micros(u64::from(self.spin));
        Ok(plan)
    }

    fn targets(&self) -> Result<Vec<Target>, Failure> {
        let parsed = self.to.iter().map(|url| Target::parse(url, 1));
        let targets = parsed.collect::<Result<Vec<_>, _>>().map_err(unusable)?;
        match (self.exchange.is_empty(), targets.as_slice()) {
            (true, _) => Ok(targets),
            (false, [bidder]) => Ok(self
                .exchange
                .iter()
                .map(|(name, weight)| bidder.of_exchange(name, *weight))
                .collect()),
            (false, _) => Err(Failure::usage(
                "--exchange names exchanges of one bidder: give --to once",
            )),
        }
    }
}

/// Reads `NAME=WEIGHT`; a name alone weighs 1.
fn weighted(text: &str) -> Result<(String, u32), String> {
    let wrong = || {
        format!(
            "\"{text}\" is no exchange: write NAME=WEIGHT, such as demo=3, with a weight from 1 to {WEIGHT_MAX}"
        )
    };
    let (name, weight) = text.split_once('=').unwrap_or((text, "1"));
    let weight: u32 = weight.parse().map_err(|_| wrong())?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    match !name.is_empty() && name.chars().all(plain) && (1..=WEIGHT_MAX).contains(&weight) {
        true => Ok((name.to_string(), weight)),
        false => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_has_a_name_and_a_weight() {
        let check = |text: &str, expect: Option<(&str, u32)>| {
            let expect = expect.map(|(name, weight)| (name.to_string(), weight));
            assert_eq!(weighted(text).ok(), expect, "{text}");
        };
        check("demo=3", Some(("demo", 3)));
        check("demo", Some(("demo", 1)));
        for wrong in ["", "=3", "demo=", "demo=0", "demo=1001", "a/b=1", "a b"] {
            check(wrong, None);
        }
    }
}
