//! The product's clock: real time, or time that runs faster.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use campaign::time::{Clock, Timestamp};

/// What the machine's clock shows.
pub fn machine_now() -> Timestamp {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    Timestamp(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

/// A clock that runs so many times as fast as real time, and never backwards: not when the
/// machine's clock is set, and not across a restart, which would let leases live twice.
#[derive(Clone, Copy, Debug)]
pub struct WarpedClock {
    /// What the clock showed when it was started.
    origin: Timestamp,
    started: Instant,
    factor: u32,
}

impl WarpedClock {
    /// A clock that starts now, or where the last one stopped if that is later.
    pub fn start(factor: u32, last_seen: Option<Timestamp>) -> WarpedClock {
        let now = machine_now();
        WarpedClock {
            origin: last_seen.map_or(now, |seen| seen.max(now)),
            started: Instant::now(),
            factor,
        }
    }

    fn at(&self, elapsed: Duration) -> Timestamp {
        let warped = elapsed.as_millis().saturating_mul(u128::from(self.factor));
        Timestamp(
            self.origin
                .0
                .saturating_add(i64::try_from(warped).unwrap_or(i64::MAX)),
        )
    }
}

impl Clock for WarpedClock {
    fn now(&self) -> Timestamp {
        self.at(self.started.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_runs_as_fast_as_it_is_told() {
        let clock = WarpedClock {
            origin: Timestamp(1_000),
            started: Instant::now(),
            factor: 60,
        };
        assert_eq!(clock.at(Duration::from_secs(2)), Timestamp(121_000));
        assert_eq!(clock.at(Duration::MAX), Timestamp::MAX);
    }

    #[test]
    fn it_goes_on_where_the_last_one_stopped() {
        let later = Timestamp(4_000_000_000_000);
        assert!(WarpedClock::start(1, Some(later)).now() >= later);
        assert!(WarpedClock::start(1, Some(Timestamp(0))).now() > Timestamp(1_700_000_000_000));
    }
}
