//! What is left of a lease, on the hot path.

use std::sync::atomic::{AtomicI64, Ordering};

use campaign::money::Money;
use campaign::time::Timestamp;

use super::{LeaseGrant, LeaseReturn};

/// A lease as its holder spends it. Many threads reserve at once; one of them, or another, closes it.
///
/// One atomic number holds everything: what is left while the meter is open, and the bitwise complement of what was
/// left (so, a negative number) once it is closed. That makes closing and the last reservation one race with one
/// winner, and what was used can be read off afterwards as often as one likes. All orders are relaxed: no other
/// memory hangs on it.
#[derive(Debug)]
pub struct LeaseMeter {
    grant: LeaseGrant,
    left: AtomicI64,
}

impl LeaseMeter {
    /// A meter that nothing was reserved from yet. Make only one of each grant.
    pub fn new(grant: LeaseGrant) -> LeaseMeter {
        LeaseMeter {
            grant,
            left: AtomicI64::new(grant.amount.nanos().max(0)),
        }
    }

    /// What was granted.
    pub fn grant(&self) -> &LeaseGrant {
        &self.grant
    }

    /// Reserves the most that an impression may cost; `false` where too little is left, the time is over, the meter is
    /// closed, or the cost is negative. What was reserved never comes back to the meter.
    pub fn reserve(&self, cost: Money, now: Timestamp) -> bool {
        if now >= self.grant.spend_until || cost < Money::ZERO {
            return false;
        }
        self.left
            .try_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                // A closed meter is negative, and so below every cost.
                (left >= cost.nanos()).then(|| left - cost.nanos())
            })
            .is_ok()
    }

    /// What could still be reserved; nothing once closed.
    pub fn left(&self) -> Money {
        Money(self.left.load(Ordering::Relaxed)).or_zero()
    }

    /// Whether it was closed.
    pub fn is_closed(&self) -> bool {
        self.left.load(Ordering::Relaxed) < 0
    }

    /// Ends all reserving, and tells the sum of what was ever reserved. Closing again tells the same.
    pub fn close(&self) -> Money {
        let before = self
            .left
            .try_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                (left >= 0).then_some(!left)
            });
        let left = match before {
            Ok(open) => open,
            Err(closed) => !closed,
        };
        Money(self.grant.amount.nanos().max(0) - left)
    }

    /// Closes, and words the return that the authority is owed.
    pub fn give_back(&self) -> LeaseReturn {
        LeaseReturn {
            holder: self.grant.holder,
            lease: self.grant.id,
            used: self.close(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::thread;

    use campaign::id::{AdId, Incarnation, LeaseId};
    use campaign::time::Day;

    use super::*;

    const BEFORE: Timestamp = Timestamp(999);
    const END: Timestamp = Timestamp(1_000);

    fn meter(amount: i64) -> LeaseMeter {
        LeaseMeter::new(LeaseGrant {
            id: LeaseId(7),
            ad: AdId(1),
            holder: Incarnation { node: 1, start: 2 },
            request: 3,
            amount: Money(amount),
            advertiser_day: Day(0),
            campaign_day: Day(0),
            spend_until: END,
            release_at: Timestamp(60_000),
        })
    }

    #[test]
    fn the_last_nano_can_be_reserved_and_not_one_more() {
        let meter = meter(10);
        assert!(meter.reserve(Money(7), BEFORE));
        assert!(!meter.reserve(Money(4), BEFORE));
        assert!(meter.reserve(Money(3), BEFORE));
        assert!(!meter.reserve(Money(1), BEFORE));
        assert!(meter.reserve(Money(0), BEFORE), "nothing can always be had");
        assert_eq!(meter.left(), Money(0));
        assert_eq!(meter.close(), Money(10));
    }

    #[test]
    fn nothing_is_reserved_at_the_end_of_its_time_nor_by_a_negative_cost() {
        let meter = meter(10);
        assert!(!meter.reserve(Money(1), END));
        assert!(!meter.reserve(Money(-1), BEFORE));
        assert!(meter.reserve(Money(1), BEFORE));
        assert_eq!(meter.left(), Money(9));
    }

    #[test]
    fn a_closed_meter_gives_nothing_and_always_tells_the_same() {
        for used in [0, 4, 10] {
            let meter = meter(10);
            assert!(meter.reserve(Money(used), BEFORE));
            assert!(!meter.is_closed());
            let back = meter.give_back();
            assert_eq!((back.lease, back.used), (LeaseId(7), Money(used)));
            assert!(meter.is_closed());
            assert!(!meter.reserve(Money(0), BEFORE));
            assert!(!meter.reserve(Money(1), BEFORE));
            assert_eq!(meter.left(), Money(0));
            assert_eq!(meter.close(), Money(used));
        }
    }

    #[test]
    fn threads_together_never_reserve_more_than_there_is() {
        for round in 0..50 {
            let meter = meter(100_000);
            let start = Barrier::new(4);
            let reserved: i64 = thread::scope(|scope| {
                let workers: Vec<_> = (0..4)
                    .map(|i| {
                        let (meter, start) = (&meter, &start);
                        scope.spawn(move || {
                            start.wait();
                            let cost = 7 + i + round % 5;
                            let won = (0..10_000).filter(|_| meter.reserve(Money(cost), BEFORE));
                            won.count() as i64 * cost
                        })
                    })
                    .collect();
                workers.into_iter().map(|w| w.join().unwrap()).sum()
            });
            assert!(reserved <= 100_000);
            assert!(
                reserved > 100_000 - (7 + round % 5),
                "the smallest cost would not fit any more"
            );
            assert_eq!(meter.close(), Money(reserved));
        }
    }

    #[test]
    fn closing_while_others_reserve_accounts_for_every_nano() {
        for round in 0..200_u64 {
            let meter = meter(1_000_000);
            let start = Barrier::new(4);
            let (reserved, told) = thread::scope(|scope| {
                let workers: Vec<_> = (0..2)
                    .map(|_| {
                        scope.spawn(|| {
                            start.wait();
                            (0..20_000)
                                .filter(|_| meter.reserve(Money(3), BEFORE))
                                .count() as i64
                                * 3
                        })
                    })
                    .collect();
                let closers: Vec<_> = (0..2)
                    .map(|_| {
                        scope.spawn(|| {
                            start.wait();
                            for _ in 0..round * 20 {
                                std::hint::spin_loop();
                            }
                            meter.close()
                        })
                    })
                    .collect();
                let reserved: i64 = workers.into_iter().map(|w| w.join().unwrap()).sum();
                let told: Vec<Money> = closers.into_iter().map(|c| c.join().unwrap()).collect();
                (reserved, told)
            });
            assert_eq!(told, [Money(reserved); 2], "round {round}");
        }
    }
}
