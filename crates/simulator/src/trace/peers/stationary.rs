//! The best stationary policy of a first-price auction that knows what it takes to win by context: a limit for whoever
//! has to learn it, and knows no single price either.

use std::collections::BTreeMap;

use libm::sqrt;

use crate::trace::play::{Bidder, Moment, Seen, Start};
use crate::trace::rows::Auction;

/// Bids argmax over b of (value ÷ μ − b) · F(b | bin of the value, hour), with F and the one μ taken from the auctions
/// that are played.
pub struct Stationary {
    /// The upper ends of the bins of value: tenths of the auctions.
    bins: Vec<f64>,
    /// How many of a context's auctions each price would win.
    won: BTreeMap<(usize, i64), Vec<f64>>,
    multiplier: f64,
}

const BINS: usize = 10;

impl Stationary {
    /// Knows these auctions, and finds the multiplier that spends `budget` on them.
    pub fn new(auctions: &[Auction], budget: f64) -> Stationary {
        let mut values: Vec<f64> = auctions.iter().map(|auction| auction.value).collect();
        values.sort_by(f64::total_cmp);
        let bins = (1..BINS).map(|k| values[k * values.len() / BINS]).collect();
        let highest = auctions
            .iter()
            .map(|auction| auction.price)
            .max()
            .unwrap_or(0);
        let mut policy = Stationary {
            bins,
            won: BTreeMap::new(),
            multiplier: 1.0,
        };
        for auction in auctions {
            let context = policy.context(auction.value, auction.hour);
            let prices = policy
                .won
                .entry(context)
                .or_insert_with(|| vec![0.0; highest as usize + 1]);
            prices[auction.price as usize] += 1.0;
        }
        for prices in policy.won.values_mut() {
            let mut sum = 0.0;
            for price in prices {
                sum += *price;
                *price = sum;
            }
        }
        let (mut low, mut high) = (1e-12, 1e3);
        for _ in 0..60 {
            policy.multiplier = sqrt(low * high);
            if policy.spend(auctions) > budget {
                low = policy.multiplier
            } else {
                high = policy.multiplier
            }
        }
        policy.multiplier = high;
        policy
    }

    fn context(&self, value: f64, hour: Option<i64>) -> (usize, i64) {
        (
            self.bins.partition_point(|end| *end <= value),
            hour.unwrap_or(-1),
        )
    }

    fn best(&self, value: f64, hour: Option<i64>) -> i64 {
        let worth = value / self.multiplier;
        let (mut best, mut gain) = (0, 0.0);
        for (price, won) in self
            .won
            .get(&self.context(value, hour))
            .into_iter()
            .flatten()
            .enumerate()
        {
            let left = worth - price as f64;
            if left <= 0.0 {
                break;
            }
            if left * won > gain {
                (best, gain) = (price as i64, left * won);
            }
        }
        best
    }

    fn spend(&self, auctions: &[Auction]) -> f64 {
        let cost = |auction: &Auction| match self.best(auction.value, auction.hour) {
            bid if bid >= auction.price => bid as f64,
            _ => 0.0,
        };
        auctions.iter().map(cost).sum()
    }
}

impl Bidder for Stationary {
    fn begin(&mut self, _: &Start) {}

    fn bid(&mut self, at: &Moment) -> Option<i64> {
        Some(self.best(at.value, at.hour))
    }

    fn learn(&mut self, _: &Seen) {}
}
