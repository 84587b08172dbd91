//! When each request is to be sent.

use std::sync::{Arc, Mutex};
use std::thread::{Builder, JoinHandle, sleep};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

use super::{LoadPlan, Tally, Turn};
use crate::audit::lock;
use crate::dice::{Purpose, dice, exponential};
use crate::report::record;

/// How requests are spread over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrivals {
    /// At equal distances.
    Constant,
    /// As a Poisson process with this seed: the way in which requests of many users come.
    Poisson {
        /// The seed.
        seed: u64,
    },
}

impl Arrivals {
    /// The moments, counted from the beginning, at this many a second.
    pub(super) fn moments(self, rate_per_second: f64) -> impl Iterator<Item = Duration> {
        let gap = 1.0 / rate_per_second.clamp(1e-3, 1e7);
        let mut dice = match self {
            Arrivals::Poisson { seed } => Some(dice(seed, Purpose::Arrivals, 1)),
            Arrivals::Constant => None,
        };
        let mut last = 0.0;
        (0_u64..).map(move |number| {
            last = match &mut dice {
                Some(dice) => last + exponential(dice, gap),
                // Multiplied, not added up, so that errors do not.
                None => number as f64 * gap,
            };
            Duration::from_secs_f64(last)
        })
    }
}

/// Starts the thread that hands out turns. A thread of its own, since a runtime's timers know whole milliseconds only.
/// It ends when the plan is over or nobody takes turns any more.
pub(super) fn start(
    plan: &LoadPlan,
    turns: Sender<Turn>,
    tally: Arc<Mutex<Tally>>,
) -> std::io::Result<JoinHandle<()>> {
    let moments = plan.arrivals.moments(plan.rate_per_second);
    let (warm_up, end) = (plan.warm_up, plan.warm_up + plan.duration);
    Builder::new().name("pace".to_string()).spawn(move || {
        let start = Instant::now();
        for (number, moment) in (0..).zip(moments) {
            if moment >= end {
                return;
            }
            let due = start + moment;
            if let Some(left) = due.checked_duration_since(Instant::now()) {
                sleep(left);
            }
            let measured = moment >= warm_up;
            let sent = turns.try_send(Turn {
                number,
                due: due.into(),
                measured,
            });
            if matches!(sent, Err(TrySendError::Closed(_))) {
                return;
            }
            if measured {
                let mut tally = lock(&tally);
                tally.report.requests += 1;
                tally.report.not_sent += u64::from(sent.is_err());
                record(&mut tally.own_lateness, due.elapsed());
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_arrivals_keep_the_rate() {
        for arrivals in [Arrivals::Constant, Arrivals::Poisson { seed: 3 }] {
            let all: Vec<Duration> = arrivals
                .moments(500.0)
                .take_while(|moment| *moment < Duration::from_secs(20))
                .collect();
            assert!(
                (9_600..=10_400).contains(&all.len()),
                "{arrivals:?}: {}",
                all.len()
            );
            assert!(all.is_sorted());
        }
    }

    #[test]
    fn constant_arrivals_are_equally_far_apart_to_the_end() {
        let moment = Arrivals::Constant
            .moments(3.0)
            .nth(3_000_000)
            .expect("they never end");
        assert_eq!(moment, Duration::from_secs(1_000_000));
    }
}
