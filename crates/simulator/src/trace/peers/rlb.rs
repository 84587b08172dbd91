//! RLB: Cai et al., *Real-Time Bidding by Reinforcement Learning in Display Advertising*, WSDM 2017 (arXiv:1701.02490),
//! algorithm 1; and SS-MDP: Yuan, Wang, *Sequential Selection of Correlated Ads by POMDPs*, as they compare with it.

use crate::trace::play::{Bidder, Moment, Seen, Start};
use crate::trace::rows::Prior;

/// Auctions for which the table is worked out. Longer episodes are played in sections of so many, each with its share
/// of what is left, as the paper does for long ones.
const SECTION: usize = 1_000;
/// The most cells that the table may have: 160 MB.
const CELLS_MAX: usize = 40_000_000;

/// Bids the highest price at which value + V(t − 1, b − price) ≥ V(t − 1, b).
pub struct Rlb {
    /// V(t, b) for t from 0, row by row. V is worked out in double precision and kept in single.
    table: Vec<f32>,
    width: usize,
    highest: i64,
    /// SS-MDP takes each auction to be worth the mean.
    mean_value: Option<f64>,
    section_left: usize,
    section_budget: i64,
    index: usize,
    spent_before: i64,
}

impl Rlb {
    /// Works the table out, for `rate` of budget an auction.
    pub fn new(prior: &Prior, rate: f64) -> Rlb {
        let width = ((rate * SECTION as f64) as usize + 1).clamp(1, CELLS_MAX / SECTION);
        Rlb {
            table: table(&prior.price_shares(), prior.mean_value, width),
            width,
            highest: prior.highest_price(),
            mean_value: None,
            section_left: 0,
            section_budget: 0,
            index: 0,
            spent_before: 0,
        }
    }

    /// The same without regard to what is predicted for the single auction.
    pub fn ss_mdp(prior: &Prior, rate: f64) -> Rlb {
        Rlb {
            mean_value: Some(prior.mean_value),
            ..Rlb::new(prior, rate)
        }
    }
}

fn table(shares: &[f64], mean: f64, width: usize) -> Vec<f32> {
    let mut table = vec![0.0_f32; width];
    let mut now = vec![0.0_f64; width];
    for _ in 1..SECTION {
        let before = now.clone();
        for b in 1..width {
            let mut gain = 0.0;
            for (delta, share) in shares.iter().enumerate().take(b + 1) {
                let more = mean + before[b - delta] - before[b];
                // V grows with the budget, so no higher price is worth it either.
                if more < 0.0 {
                    break;
                }
                gain += share * more;
            }
            now[b] = before[b] + gain;
        }
        table.extend(now.iter().map(|v| *v as f32));
    }
    table
}

impl Bidder for Rlb {
    fn begin(&mut self, start: &Start) {
        (self.section_left, self.index) = (0, 0);
        (self.section_budget, self.spent_before) = (start.budget, 0);
    }

    fn bid(&mut self, at: &Moment) -> Option<i64> {
        if self.section_left == 0 {
            let left = at.left.max(1.0) as usize;
            self.section_left = left.min(SECTION);
            let share = at.remaining as f64 * self.section_left as f64 / left as f64;
            (self.section_budget, self.spent_before) = (share as i64, at.remaining);
        }
        self.section_left -= 1;
        let left = self.section_budget - (self.spent_before - at.remaining);
        let left = left.clamp(0, self.width as i64 - 1) as usize;
        let row = &self.table[self.section_left * self.width..][..self.width];
        let value = self.mean_value.unwrap_or(at.value) as f32;
        let most = left.min(self.highest as usize);
        // Among the prices from 0 to `most`, the highest that leaves enough; V grows with b.
        let kept = &row[left - most..=left];
        let first = kept.partition_point(|v| value + v - row[left] < 0.0);
        Some((most - first.min(most)) as i64)
    }

    fn learn(&mut self, _: &Seen) {}
}
