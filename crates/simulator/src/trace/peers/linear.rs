//! Bids in proportion to the predicted value: Perlich et al., *Bid Optimizing and Inventory Scoring in Targeted Online
//! Advertising*, KDD 2012 (LIN), and Chen et al., KDD 2011, without a budget (Mcpc: the maximum cost per click).

use libm::{exp, log};

use crate::trace::play::{Bidder, Moment, Seen, Start};
use crate::trace::rows::Prior;

/// Bids base × value.
pub struct Linear {
    base: f64,
}

/// The tuning's steps between the extremes that it tries.
const STEPS: usize = 400;

impl Linear {
    /// The base that would have won most on the past at this budget an auction, as the published programs tune it: by
    /// trying. With no past it takes the mean price and the mean value: every auction of mean value at the mean price.
    pub fn tuned(prior: &Prior, rate: f64) -> Linear {
        let usual = prior.mean_price / prior.mean_value.max(f64::MIN_POSITIVE);
        let value = |base: f64| {
            let (mut left, mut won) = (rate * prior.past.len() as f64, 0.0);
            for auction in &prior.past {
                let price = auction.price as f64;
                if base * auction.value >= price && left >= price {
                    left -= price;
                    won += auction.value;
                }
            }
            won
        };
        let tried =
            (0..=STEPS).map(|k| usual * exp(log(1e-3) + log(1e4) * k as f64 / STEPS as f64));
        let mut best = (usual, -1.0);
        for base in tried.filter(|_| !prior.past.is_empty()) {
            let won = value(base);
            if won > best.1 {
                best = (base, won);
            }
        }
        Linear { base: best.0 }
    }

    /// The past's cost per click, here per predicted click.
    pub fn mcpc(prior: &Prior) -> Linear {
        Linear {
            base: prior.cost_per_value,
        }
    }
}

impl Bidder for Linear {
    fn begin(&mut self, _: &Start) {}

    fn bid(&mut self, at: &Moment) -> Option<i64> {
        Some((self.base * at.value) as i64)
    }

    fn learn(&mut self, _: &Seen) {}
}
