//! Budgets that are split between ads beforehand, and perhaps split again by what each brought: what is done in the
//! trade where nothing shares a multiplier.

use libm::{exp, sqrt};

use crate::trace::play::{Bidder, Moment, Seen, Start};
use crate::trace::rows::Prior;

/// By what the money that is left is split again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Never: equal parts from the start.
    Fixed,
    /// The square of predicted value per cost.
    Value,
    /// The square of observed clicks per cost.
    Clicks,
}

/// One ad: its budget and its own multiplier, moved by dual descent.
#[derive(Clone, Copy, Debug)]
struct Ad {
    multiplier: f64,
    left: f64,
    auctions_left: f64,
    base: f64,
    brought: f64,
    cost: f64,
}

/// Each ad paces its own part.
pub struct Split {
    by: By,
    guess: f64,
    counts: Vec<f64>,
    ads: Vec<Ad>,
    eta: f64,
    played: usize,
}

/// How many auctions pass between two splits.
const PERIOD: usize = 10_000;
/// This part of the pot is split equally, whatever the figures say.
const FLOOR: f64 = 0.05;

impl Split {
    /// `counts` says how many auctions each ad has: its forecast.
    pub fn new(prior: &Prior, by: By, counts: Vec<f64>) -> Split {
        let guess = 1.0 / prior.cost_per_value;
        Split {
            by,
            guess,
            counts,
            ads: Vec::new(),
            eta: 0.0,
            played: 0,
        }
    }

    fn again(&mut self) {
        let weight = |ad: &Ad| {
            let ratio = if ad.cost > 0.0 {
                (ad.brought + 1e-9) / ad.cost
            } else {
                0.0
            };
            ratio * ratio
        };
        let total: f64 = self.ads.iter().map(weight).sum();
        let pot: f64 = self.ads.iter().map(|ad| ad.left).sum();
        let count = self.ads.len() as f64;
        for ad in &mut self.ads {
            if total > 0.0 {
                ad.left = pot * (FLOOR / count + (1.0 - FLOOR) * weight(ad) / total);
            }
            (ad.brought, ad.cost) = (0.0, 0.0);
        }
    }
}

impl Bidder for Split {
    fn begin(&mut self, start: &Start) {
        let count = self.counts.len() as f64;
        let total: f64 = self.counts.iter().sum();
        self.eta = 1.0 / sqrt(start.forecast.max(1.0));
        self.played = 0;
        let fresh = |auctions: &f64| {
            let left = start.budget as f64 / count;
            let auctions_left = (auctions / total * start.forecast).max(1.0);
            let base = (left / auctions_left).max(1e-9);
            Ad {
                multiplier: self.guess,
                left,
                auctions_left,
                base,
                brought: 0.0,
                cost: 0.0,
            }
        };
        self.ads = self.counts.iter().map(fresh).collect();
    }

    fn bid(&mut self, at: &Moment) -> Option<i64> {
        let ad = &self.ads[at.line];
        Some((at.value / ad.multiplier).min(ad.left) as i64)
    }

    fn learn(&mut self, seen: &Seen) {
        let ad = &mut self.ads[seen.at.line];
        let cost = seen.cost as f64;
        ad.left -= cost;
        ad.cost += cost;
        ad.brought += match self.by {
            By::Clicks => f64::from(u8::from(seen.click)),
            By::Fixed | By::Value if seen.won => seen.at.value,
            By::Fixed | By::Value => 0.0,
        };
        let target = ad.left / ad.auctions_left.max(1.0);
        let moved = (self.eta * (cost - target) / ad.base).min(0.5);
        ad.multiplier = (ad.multiplier * exp(moved)).clamp(self.guess * 1e-4, self.guess * 1e4);
        ad.auctions_left -= 1.0;
        self.played += 1;
        if self.by != By::Fixed && self.played.is_multiple_of(PERIOD) {
            self.again();
        }
    }
}
