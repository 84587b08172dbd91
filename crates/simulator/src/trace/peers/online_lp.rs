//! Online linear programming by re-solving: Agrawal, Wang, Ye, *A Dynamic Near-Optimal Algorithm for Online Linear
//! Programming*, Operations Research 2014, over a window of the past.

use std::collections::VecDeque;

use libm::sqrt;

use crate::trace::play::{Bidder, Moment, Seen, Start};
use crate::trace::rows::Prior;

/// Every so many auctions it finds the multiplier that would have spent, over the window, what may be spent from now
/// on. It needs the prices of lost auctions; where they are not told, those auctions are not in the window.
pub struct OnlineLp {
    guess: f64,
    multiplier: f64,
    every: usize,
    size: usize,
    window: VecDeque<(f64, f64)>,
}

/// So many auctions are seen before the first solution.
const LEAST_SEEN: usize = 200;

impl OnlineLp {
    /// Starts at the past's value per money.
    pub fn new(prior: &Prior, every: usize, size: usize) -> OnlineLp {
        let guess = 1.0 / prior.cost_per_value;
        OnlineLp {
            guess,
            multiplier: guess,
            every,
            size,
            window: VecDeque::new(),
        }
    }

    fn solve(&mut self, rate: f64) {
        let target = rate * self.window.len() as f64;
        let (mut low, mut high) = (self.guess * 1e-3, self.guess * 1e3);
        for _ in 0..30 {
            let middle = sqrt(low * high);
            let spend: f64 = self
                .window
                .iter()
                .filter(|(v, p)| *v >= middle * p)
                .map(|(_, p)| p)
                .sum();
            if spend > target {
                low = middle
            } else {
                high = middle
            }
        }
        self.multiplier = high;
    }
}

impl Bidder for OnlineLp {
    fn begin(&mut self, _: &Start) {}

    fn bid(&mut self, at: &Moment) -> Option<i64> {
        if at.index.is_multiple_of(self.every) && self.window.len() >= LEAST_SEEN {
            self.solve(at.remaining as f64 / at.left);
        }
        Some((at.value / self.multiplier) as i64)
    }

    fn learn(&mut self, seen: &Seen) {
        if let Some(price) = seen.price {
            self.window.push_back((seen.at.value, price as f64));
            if self.window.len() > self.size {
                self.window.pop_front();
            }
        }
    }
}
