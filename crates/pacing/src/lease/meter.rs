//! What is left of a lease, on the hot path.

use std::sync::atomic::{AtomicI64, Ordering};

use campaign::money::Money;
use campaign::time::Timestamp;

use super::{LeaseGrant, LeaseReturn};

/// A lease as its holder spends it. Many threads reserve at once; one of them, or another, closes it.
///
/// One atomic number holds everything: what is left while the meter is open, and the bitwise complement of what was left
/// (so, a negative number) once it is closed. That makes closing and the last reservation one race with one winner, and
/// what was used can be read off afterwards as often as one likes. All orders are relaxed: no other memory hangs on it.
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
