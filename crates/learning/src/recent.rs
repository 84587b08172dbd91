//! What was counted of late, and what is forgotten.

use campaign::time::{Span, Timestamp};

/// Counts of the last while: of between one half and the whole of a window. They are kept in two halves; when the newer
/// one is full, the older one is forgotten.
#[derive(Clone, Debug)]
pub struct Recent<T> {
    half: Span,
    /// When the older half began.
    since: Timestamp,
    /// When the newer half began.
    turned: Timestamp,
    older: T,
    newer: T,
}

impl<T: Default> Recent<T> {
    /// Nothing was counted yet. Each half is as long as `half`, which must be above nothing.
    pub fn new(half: Span, now: Timestamp) -> Recent<T> {
        Recent {
            half,
            since: now,
            turned: now,
            older: T::default(),
            newer: T::default(),
        }
    }

    /// Where to count what happens now.
    pub fn now(&mut self, now: Timestamp) -> &mut T {
        let gone_by = now - self.turned;
        if gone_by.0 >= self.half.0.saturating_mul(2) {
            (self.since, self.turned) = (now, now);
            (self.older, self.newer) = (T::default(), T::default());
        } else if gone_by >= self.half {
            self.since = self.turned;
            self.turned = now;
            self.older = std::mem::take(&mut self.newer);
        }
        &mut self.newer
    }

    /// What was counted, in two parts. A window that is over still tells what it holds: ask [`Recent::now`] first.
    pub fn halves(&self) -> [&T; 2] {
        [&self.older, &self.newer]
    }

    /// From when on it was counted.
    pub fn since(&self) -> Timestamp {
        self.since
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_older_than_the_window_is_forgotten() {
        let at = |minutes| Timestamp(0) + Span::minutes(minutes);
        let mut recent: Recent<u32> = Recent::new(Span::minutes(10), at(0));
        let mut check = |minute: i64, expect: u32, since: i64| {
            *recent.now(at(minute)) += 1;
            let sum: u32 = recent.halves().into_iter().sum();
            assert_eq!((sum, recent.since()), (expect, at(since)), "at {minute}");
        };
        check(1, 1, 0);
        check(9, 2, 0);
        check(12, 3, 0);
        // The first half is forgotten, the second stays.
        check(23, 2, 12);
        check(24, 3, 12);
        // Nothing came for longer than the window.
        check(90, 1, 90);
    }
}
