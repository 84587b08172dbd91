//! What is to be told when: notices wait here for their moment on the trade's clock.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use campaign::time::Timestamp;

/// Things that wait, the earliest first; of two of one moment, the one that came first.
#[derive(Debug)]
pub(crate) struct Schedule<T> {
    waiting: BinaryHeap<Reverse<Due<T>>>,
    arrivals: u64,
}

#[derive(Debug)]
struct Due<T> {
    at: Timestamp,
    arrival: u64,
    item: T,
}

impl<T> Due<T> {
    fn key(&self) -> (Timestamp, u64) {
        (self.at, self.arrival)
    }
}

impl<T> PartialEq for Due<T> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<T> Eq for Due<T> {}

impl<T> PartialOrd for Due<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Due<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl<T> Default for Schedule<T> {
    fn default() -> Self {
        Schedule {
            waiting: BinaryHeap::new(),
            arrivals: 0,
        }
    }
}

impl<T> Schedule<T> {
    /// Lets something wait until a moment.
    pub(crate) fn add(&mut self, at: Timestamp, item: T) {
        self.arrivals += 1;
        self.waiting.push(Reverse(Due {
            at,
            arrival: self.arrivals,
            item,
        }));
    }

    /// What is due by a moment, at most so many.
    pub(crate) fn take_due(&mut self, now: Timestamp, most: usize) -> Vec<T> {
        let mut due = Vec::new();
        while due.len() < most
            && self
                .waiting
                .peek()
                .is_some_and(|Reverse(next)| next.at <= now)
        {
            due.extend(self.waiting.pop().map(|Reverse(next)| next.item));
        }
        due
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_comes_in_order_and_no_more_than_asked() {
        let mut schedule = Schedule::default();
        for (at, name) in [(30, "c"), (10, "a"), (10, "b"), (40, "d")] {
            schedule.add(Timestamp(at), name);
        }
        assert_eq!(schedule.take_due(Timestamp(9), 9), Vec::<&str>::new());
        assert_eq!(schedule.take_due(Timestamp(30), 2), ["a", "b"]);
        assert_eq!(schedule.take_due(Timestamp(30), 2), ["c"]);
        assert_eq!(
            (schedule.take_due(Timestamp::MAX, 9), schedule.len()),
            (vec!["d"], 0)
        );
    }
}
