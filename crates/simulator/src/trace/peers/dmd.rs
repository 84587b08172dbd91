//! Dual mirror descent: Balseiro, Lu, Mirrokni, *The Best of Many Worlds: Dual Mirror Descent for Online Allocation
//! Problems*, Operations Research 2023 (arXiv:2011.10124), algorithm 1 with the entropy map.

use libm::{exp, log, sqrt};

use crate::trace::play::{Bidder, Moment, Seen, Start};
use crate::trace::rows::Prior;

/// The multiplier of one budget, stepped after each auction. The target is what is left of the budget over what is left
/// of the auctions; with the paper's fixed target short episodes collapse.
pub struct Dmd {
    guess: f64,
    log: f64,
    base: f64,
    eta: Eta,
    steps: f64,
}

/// The step's size: max(first ÷ √(1 + steps ÷ 1000), least).
#[derive(Clone, Copy, Debug)]
pub struct Eta {
    /// The first.
    pub first: f64,
    /// The least.
    pub least: f64,
}

impl Eta {
    /// The best of those that were tried for episodes of 1,000 auctions.
    pub const EPISODES: Eta = Eta {
        first: 0.01,
        least: 0.01,
    };
    /// The best of those that were tried for a whole trace.
    pub const WHOLE: Eta = Eta {
        first: 0.005,
        least: 3e-4,
    };
}

impl Dmd {
    /// Starts at the past's value per money.
    pub fn new(prior: &Prior, eta: Eta) -> Dmd {
        let guess = 1.0 / prior.cost_per_value;
        Dmd {
            guess,
            log: log(guess),
            base: 1.0,
            eta,
            steps: 0.0,
        }
    }
}

impl Bidder for Dmd {
    fn begin(&mut self, start: &Start) {
        self.base = (start.budget as f64 / start.forecast).max(1e-9);
    }

    fn bid(&mut self, at: &Moment) -> Option<i64> {
        Some((at.value / exp(self.log)) as i64)
    }

    fn learn(&mut self, seen: &Seen) {
        let target = ((seen.at.remaining - seen.cost) as f64 / seen.at.left).max(1e-9);
        let eta = (self.eta.first / sqrt(1.0 + self.steps / 1_000.0)).max(self.eta.least);
        let range = log(1_000.0);
        let moved = self.log + (eta * (seen.cost as f64 - target) / self.base).min(0.5);
        self.log = moved.clamp(log(self.guess) - range, log(self.guess) + range);
        self.steps += 1.0;
    }
}
