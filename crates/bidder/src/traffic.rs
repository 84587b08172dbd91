//! What comes and how fast it is answered, for people who look now.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::floor::Floor;
use crate::latency;

/// Latencies are of so long at least, where somebody has looked before.
const WINDOW: Duration = Duration::from_secs(10);
/// Readings are kept so far apart, however often somebody looks.
const BETWEEN: Duration = Duration::from_secs(1);

/// What was counted, and how fast the latest answers were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// How long the bidder has been asked about. Real time, for rates out of two of these.
    pub at: Duration,
    /// Each exchange's name, with its requests, answers with bids, bids, and answers that were ready after their
    /// deadline, since the start.
    pub exchanges: Vec<(String, [u64; 4])>,
    /// Of how long the quantiles are.
    pub window: Duration,
    /// Of how many answers they are.
    pub answered: u64,
    /// Microseconds from a request's head to its answer: half of all took no longer, 99 of 100, 999 of 1,000.
    pub quantiles_us: [u64; 3],
}

/// Tells of the traffic. Clones tell of the same bidder.
#[derive(Clone)]
pub struct TrafficTeller(Arc<Told>);

struct Told {
    floor: Arc<Floor>,
    begun: Instant,
    readings: Mutex<VecDeque<(Instant, latency::Counted)>>,
}

impl TrafficTeller {
    pub(crate) fn new(floor: Arc<Floor>) -> TrafficTeller {
        let begun = Instant::now();
        let first = (begun, floor.latencies.read());
        TrafficTeller(Arc::new(Told {
            floor,
            begun,
            readings: Mutex::new(VecDeque::from([first])),
        }))
    }

    /// What there is to tell now.
    pub fn tell(&self) -> Traffic {
        let Told {
            floor,
            begun,
            readings,
        } = &*self.0;
        let now = Instant::now();
        let latencies = floor.latencies.read();
        let snapshot = floor.snapshot.load();
        let exchanges = snapshot
            .exchanges()
            .map(|(exchange, counts)| (exchange.name.clone(), counts.read()));
        let mut readings = readings.lock().unwrap_or_else(PoisonError::into_inner);
        // The newest reading that is old enough comes first; those before it are done with.
        while readings
            .get(1)
            .is_some_and(|(at, _)| now.duration_since(*at) >= WINDOW)
        {
            readings.pop_front();
        }
        let (since, window) = match readings.front() {
            Some((at, before)) => (latencies.since(before).collect(), now.duration_since(*at)),
            None => (Vec::new(), Duration::ZERO),
        };
        if readings
            .back()
            .is_none_or(|(at, _)| now.duration_since(*at) >= BETWEEN)
        {
            readings.push_back((now, latencies));
        }
        Traffic {
            at: now.duration_since(*begun),
            exchanges: exchanges.collect(),
            window,
            answered: since.iter().map(|(_, count)| count).sum(),
            quantiles_us: [500, 990, 999].map(|mille| quantile(&since, mille)),
        }
    }
}

/// The value at or below which so many thousandths of all values lie; zero where there are none.
fn quantile(counts: &[(u64, u64)], mille: u64) -> u64 {
    let all: u64 = counts.iter().map(|(_, count)| count).sum();
    let wanted = (all * mille).div_ceil(1_000).max(1);
    let mut seen = 0;
    for (value, count) in counts {
        seen += count;
        if seen >= wanted {
            return *value;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_where_its_share_is_reached() {
        let check = |counts: &[(u64, u64)], mille, expect| {
            assert_eq!(quantile(counts, mille), expect, "{counts:?} {mille}");
        };
        check(&[], 500, 0);
        check(&[(7, 1)], 999, 7);
        check(&[(10, 50), (20, 49), (900, 1)], 500, 10);
        check(&[(10, 50), (20, 49), (900, 1)], 990, 20);
        check(&[(10, 50), (20, 49), (900, 1)], 999, 900);
    }
}
