//! What is to be done.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use super::LoadError;
use super::arrivals::Arrivals;
use super::bodies::Bodies;
use super::shape::{RATE_MAX, Shape};
use super::target::{TARGETS_MAX, Target};
use crate::replay::ReplayError;

/// The most connections to one server.
pub const CONNECTIONS_MAX: usize = 20_000;
/// The most threads.
pub const THREADS_MAX: usize = 256;
/// The most requests under way on one connection.
pub const PIPELINE_MAX: usize = 1_024;

/// What decides when requests are sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Pace {
    /// A rate, whatever comes back.
    Open {
        /// How the rate goes.
        shape: Shape,
        /// How requests are spread.
        arrivals: Arrivals,
    },
    /// The times at which the requests of a file were recorded (`ext.ts`).
    Recorded {
        /// How many times as fast.
        speed: f64,
    },
    /// Each connection sends as soon as it has its answer: this measures throughput. Its latencies leave out what an
    /// exchange would have sent meanwhile.
    Closed,
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pace::Open { shape, arrivals } => match arrivals {
                Arrivals::Constant => write!(f, "{shape}"),
                Arrivals::Poisson { .. } => write!(f, "{shape}, Poisson"),
            },
            Pace::Recorded { speed } => write!(f, "as recorded, {speed} times as fast"),
            Pace::Closed => write!(f, "closed loop"),
        }
    }
}

/// What is to be sent, where, how often and for how long.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where to.
    pub targets: Vec<Target>,
    /// When.
    pub pace: Pace,
    /// What.
    pub bodies: Bodies,
    /// How long load lasts before anything is measured.
    pub warm_up: Duration,
    /// How long is measured; of a recording, at most.
    pub duration: Duration,
    /// Keep-alive connections to each server, over all threads; each thread has one at least.
    pub connections: usize,
    /// How many requests may be under way on a connection: with 1 nothing is pipelined.
    pub pipeline: usize,
    /// How many threads send and receive.
    pub threads: usize,
    /// The CPUs to which they are bound, one after the other; none where it is empty.
    pub pins: Vec<usize>,
    /// How long an answer may take, from when its request was to be sent.
    pub timeout: Duration,
    /// How long before a request is due its thread no longer sleeps. The longer, the more exact and the more busy.
    pub spin: Duration,
    /// How often progress is told.
    pub every: Option<Duration>,
}

impl Plan {
    /// A thousand requests a second for ten seconds after two, on sixteen connections, from one thread.
    ///
    /// # Errors
    /// [`ReplayError::Target`] where the URL is none of plain HTTP.
    pub fn to(url: &str) -> Result<Plan, ReplayError> {
        Ok(Plan {
            targets: vec![Target::parse(url, 1)?],
            pace: Pace::Open {
                shape: Shape::Constant(1_000.0),
                arrivals: Arrivals::Constant,
            },
            bodies: Bodies::World { seed: 1 },
            warm_up: Duration::from_secs(2),
            duration: Duration::from_secs(10),
            connections: 16,
            pipeline: 1,
            threads: 1,
            pins: Vec::new(),
            timeout: Duration::from_secs(1),
            spin: Duration::from_micros(50),
            every: None,
        })
    }

    /// Whether every number is within its bounds.
    pub(super) fn check(&self) -> Result<(), LoadError> {
        let wrong = |what: &str| Err(LoadError::Plan(what.to_string()));
        let rate_ok = |rate: f64| (0.0..=RATE_MAX).contains(&rate);
        let pace_ok = match &self.pace {
            Pace::Open { shape, .. } => {
                let course = shape.stretches(Duration::ZERO, Duration::from_secs(1));
                course.iter().all(|s| rate_ok(s.from) && rate_ok(s.to))
            }
            Pace::Recorded { speed } => (1e-3..=1e6).contains(speed),
            Pace::Closed => true,
        };
        match self {
            _ if !(1..=TARGETS_MAX).contains(&self.targets.len()) => {
                wrong("there must be between 1 and 64 targets")
            }
            _ if !(1..=CONNECTIONS_MAX).contains(&self.connections) => {
                wrong("there must be between 1 and 20000 connections")
            }
            _ if !(1..=THREADS_MAX).contains(&self.threads) => {
                wrong("there must be between 1 and 256 threads")
            }
            _ if !(1..=PIPELINE_MAX).contains(&self.pipeline) => {
                wrong("between 1 and 1024 requests may be under way on a connection")
            }
            _ if !pace_ok => wrong("the rate or the speed is out of bounds"),
            _ if self.duration.is_zero() => wrong("what is measured must be longer than nothing"),
            _ => Ok(()),
        }
    }
}

/// A wish that a run should end, shared between who has it and the run.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicU8>);

impl Stop {
    /// Asks: the first time, that no more requests be begun; the second, that no answer be waited for either.
    pub fn ask(&self) {
        let more = |asked: u8| Some(asked.saturating_add(1));
        // It never fails, since there is always a next value.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }

    /// How often it was asked.
    pub fn asked(&self) -> u8 {
        self.0.load(Ordering::Relaxed)
    }
}
