//! LinkedIn's throttle: Agarwal, Ghosh, Wei, You, *Budget Pacing for Targeted Online Advertisements at LinkedIn*,
//! KDD 2014, section 4.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::trace::play::{Bidder, Moment, Seen, Start};
use crate::trace::rows::Prior;

/// Takes part in auctions with a probability that moves by a tenth of itself once a period, up where the share of the
/// budget that is spent is below the share of the forecast that has passed, else down. The bid is not paced.
pub struct Throttle {
    base: f64,
    pass_through: f64,
    period: usize,
    budget: f64,
    spent: f64,
    forecast: f64,
    dice: ChaCha8Rng,
}

/// The paper's slow start, and how far a period moves it.
const FIRST: f64 = 0.1;
const RATE: f64 = 0.1;
/// Periods of an episode: minutes in the paper.
const PERIODS: f64 = 100.0;

impl Throttle {
    /// Bids the past's cost per value.
    pub fn new(prior: &Prior, seed: u64) -> Throttle {
        Throttle {
            base: prior.cost_per_value,
            pass_through: FIRST,
            period: 1,
            budget: 1.0,
            spent: 0.0,
            forecast: 1.0,
            dice: ChaCha8Rng::seed_from_u64(seed),
        }
    }
}

impl Bidder for Throttle {
    fn begin(&mut self, start: &Start) {
        self.period = ((start.forecast / PERIODS) as usize).max(1);
        (self.budget, self.forecast) = (start.budget.max(1) as f64, start.forecast);
        (self.spent, self.pass_through) = (0.0, FIRST);
    }

    fn bid(&mut self, at: &Moment) -> Option<i64> {
        if at.index > 0 && at.index.is_multiple_of(self.period) {
            let behind = self.spent / self.budget < at.index as f64 / self.forecast;
            let factor = if behind { 1.0 + RATE } else { 1.0 - RATE };
            self.pass_through = (self.pass_through * factor).clamp(1e-3, 1.0);
        }
        let takes_part = self.dice.random::<f64>() < self.pass_through;
        takes_part.then_some((self.base * at.value) as i64)
    }

    fn learn(&mut self, seen: &Seen) {
        self.spent += seen.cost as f64;
    }
}
