//! AuctionNet's PID bidding strategy (Alimama, NeurIPS 2024 competition's baseline `PidBiddingStrategy`).

use crate::trace::play::{Bidder, Moment, Seen, Start};
use crate::trace::rows::Prior;

/// Bids value × α. At the end of each of so many periods α grows by 1.2 where the last period's spend, were it kept up,
/// would use less than 0.7 of what is left, and shrinks by 0.7 where it would use more than 1.1.
pub struct Pid {
    alpha: f64,
    ticks: usize,
    length: usize,
    tick: usize,
    in_tick: usize,
    spent: f64,
    left: f64,
}

impl Pid {
    /// Starts at the past's cost per value.
    pub fn new(prior: &Prior, ticks: usize) -> Pid {
        Pid {
            alpha: prior.cost_per_value,
            ticks,
            length: 1,
            tick: 0,
            in_tick: 0,
            spent: 0.0,
            left: 0.0,
        }
    }
}

impl Bidder for Pid {
    fn begin(&mut self, start: &Start) {
        self.length = (start.forecast as usize / self.ticks).max(1);
        (self.tick, self.in_tick, self.spent, self.left) = (0, 0, 0.0, start.budget as f64);
    }

    fn bid(&mut self, at: &Moment) -> Option<i64> {
        Some((at.value * self.alpha) as i64)
    }

    fn learn(&mut self, seen: &Seen) {
        self.spent += seen.cost as f64;
        self.left -= seen.cost as f64;
        self.in_tick += 1;
        if self.in_tick == self.length {
            self.tick += 1;
            if self.left > 0.0 {
                let projected = self.spent * self.ticks.saturating_sub(self.tick).max(1) as f64;
                if projected < 0.7 * self.left {
                    self.alpha *= 1.2;
                } else if projected > 1.1 * self.left {
                    self.alpha *= 0.7;
                }
            }
            (self.in_tick, self.spent) = (0, 0.0);
        }
    }
}
