//! What the last money of a budget is worth.
//!
//! While a budget buys thousands of impressions, one price μ for all its money is as good as it gets. Where it buys a
//! few dozen, what is left after a purchase matters: the last of the money may not pay for the best impression that is
//! still to come. So the value of money is worked out backwards, from the end:
//!
//! > W(n + 1, b) = W(n, b) + E[max(0, v − (W(n, b) − W(n, b − p))) · 1(p ≤ b)]
//!
//! with (v, p) drawn from what was seen, and the bid for v is the largest p with W(n, b) − W(n, b − p) ≤ v. It is the
//! dynamic program of Cai et al. (*Real-Time Bidding by Reinforcement Learning in Display Advertising*, WSDM 2017,
//! equation 6), with values and prices together instead of a mean value; Talluri and van Ryzin 1998 have it for seats.

use libm::{exp2, log2};

/// Cells of value per money for each doubling.
const RATIO_CELLS_IN_OCTAVE: f64 = 8.0;
const RATIO_CELLS: usize = 256;
/// Cells of price for each doubling.
const PRICE_CELLS_IN_OCTAVE: f64 = 3.0;
const PRICE_CELLS: usize = 64;
/// Into how many equal parts the budget is cut.
const PARTS: usize = 64;
/// A step back in time is at most this part of the time that is left.
const TIME_STEP: f64 = 1.0 / 64.0;
/// Kinds are in cells, and money's worth is not quite concave: some more are looked at than should be needed.
const SLOPE_MARGIN: f64 = 0.7;
const SCALE_MAX: f64 = 1e100;

#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    weight: f64,
    value: f64,
    price: f64,
}

/// Values and prices as they were seen together; the past fades.
#[derive(Clone, Debug)]
pub struct Market {
    lowest_ratio: f64,
    lowest_price: f64,
    cells: Vec<Cell>,
    total: f64,
    scale: f64,
    growth: f64,
}

impl Market {
    /// A market around a guess of the multiplier and of the mean price, which forgets by a factor of e in `memory`
    /// auctions.
    pub fn new(multiplier: f64, price: f64, memory: f64) -> Market {
        Market {
            lowest_ratio: log2(multiplier.max(f64::MIN_POSITIVE))
                - RATIO_CELLS as f64 / 2.0 / RATIO_CELLS_IN_OCTAVE,
            lowest_price: log2(price.max(f64::MIN_POSITIVE))
                - PRICE_CELLS as f64 / 2.0 / PRICE_CELLS_IN_OCTAVE,
            cells: Vec::new(),
            total: 0.0,
            scale: 1.0,
            growth: 1.0 + 1.0 / memory.max(1.0),
        }
    }

    /// Adds an auction.
    pub fn observe(&mut self, value: f64, price: f64) {
        self.scale *= self.growth;
        if self.scale > SCALE_MAX {
            self.scale_down();
        }
        self.total += self.scale;
        // A market of which nothing is seen takes no room.
        self.cells
            .resize(RATIO_CELLS * PRICE_CELLS, Cell::default());
        let place = |x: f64, lowest: f64, per: f64, cells: usize| {
            (((log2(x.max(f64::MIN_POSITIVE)) - lowest) * per) as usize).min(cells - 1)
        };
        let price = price.max(exp2(self.lowest_price));
        let ratio = place(
            value / price,
            self.lowest_ratio,
            RATIO_CELLS_IN_OCTAVE,
            RATIO_CELLS,
        );
        let column = place(price, self.lowest_price, PRICE_CELLS_IN_OCTAVE, PRICE_CELLS);
        let cell = &mut self.cells[ratio * PRICE_CELLS + column];
        cell.weight += self.scale;
        cell.value += self.scale * value;
        cell.price += self.scale * price;
    }

    /// Lets the past weigh no more than so many auctions.
    pub fn age(&mut self, weight: f64) {
        self.scale *= (self.total / self.scale / weight).max(1.0);
    }

    /// What money is worth from now to the end: up to `budget`, over up to `auctions`.
    pub fn worth(&self, budget: f64, auctions: f64) -> Worth {
        let part = budget.max(1e-9) / PARTS as f64;
        // Best value per money first: cells stand by it.
        let kinds: Vec<Kind> = self
            .cells
            .iter()
            .rev()
            .filter(|cell| cell.weight > 0.0)
            .map(|cell| Kind::new(cell, self.total, part))
            .collect();
        let mut levels = vec![(0.0, vec![0.0; PARTS + 1])];
        let mut n = 0.0_f64;
        let mut now = vec![0.0; PARTS + 1];
        while n < auctions {
            let step = (n * TIME_STEP).max(1.0).min(auctions - n).max(1e-6);
            let before = now.clone();
            for (b, worth) in now.iter_mut().enumerate().skip(1) {
                // What money is worth falls the more there is of it, so what buys less than the last part of it
                // is worth is not bought, nor is anything after it.
                let slope = (before[b] - before[b - 1]) / part;
                let gain: f64 = kinds
                    .iter()
                    .take_while(|kind| kind.ratio >= slope * SLOPE_MARGIN)
                    .map(|kind| kind.gain(&before, b))
                    .sum();
                *worth = before[b] + step * gain;
            }
            n += step;
            levels.push((n, now.clone()));
        }
        Worth { part, levels }
    }

    fn scale_down(&mut self) {
        for cell in &mut self.cells {
            cell.weight /= self.scale;
            cell.value /= self.scale;
            cell.price /= self.scale;
        }
        self.total /= self.scale;
        self.scale = 1.0;
    }
}

/// Auctions of about the same value and price, with the price in parts of the budget.
struct Kind {
    share: f64,
    value: f64,
    ratio: f64,
    parts: usize,
    rest: f64,
}

impl Kind {
    fn new(cell: &Cell, total: f64, part: f64) -> Kind {
        // Sums round: a price of whole parts is meant to be one.
        let parts = libm::rint(cell.price / cell.weight / part * 1e6) / 1e6;
        Kind {
            share: cell.weight / total,
            value: cell.value / cell.weight,
            ratio: cell.value / cell.price,
            parts: parts as usize,
            rest: parts - libm::floor(parts),
        }
    }

    fn gain(&self, worth: &[f64], b: usize) -> f64 {
        let after = match b.checked_sub(self.parts) {
            None => return 0.0,
            Some(0) if self.rest > 0.0 => return 0.0,
            Some(0) => 0.0,
            Some(k) => worth[k] - self.rest * (worth[k] - worth[k - 1]),
        };
        self.share * (self.value - (worth[b] - after)).max(0.0)
    }
}

/// What money is worth, by how many auctions are still to come.
#[derive(Clone, Debug)]
pub struct Worth {
    part: f64,
    levels: Vec<(f64, Vec<f64>)>,
}

impl Worth {
    /// Whether so much money and so many auctions are within what was worked out.
    pub fn reaches(&self, budget: f64, auctions: f64) -> bool {
        let most = self.levels.last().map_or(0.0, |(n, _)| *n);
        budget <= self.part * PARTS as f64 && auctions <= most
    }

    /// The most that an impression of this value should cost when so much money and so many further auctions are left.
    pub fn bid(&self, value: f64, budget: f64, auctions: f64) -> f64 {
        let last = self.levels.len() - 1;
        let k = self
            .levels
            .partition_point(|(n, _)| *n < auctions)
            .min(last);
        let worth = &self.levels[k].1;
        let at = |b: f64| {
            let place = (b / self.part).clamp(0.0, PARTS as f64);
            let low = (place as usize).min(PARTS - 1);
            worth[low] + (place - low as f64) * (worth[low + 1] - worth[low])
        };
        let keep = at(budget) - value;
        if keep <= 0.0 {
            return budget;
        }
        // The first part that is worth at least what is to be kept.
        let above = worth.partition_point(|w| *w < keep).clamp(1, PARTS);
        let (low, high) = (worth[above - 1], worth[above]);
        let place = above as f64 - 1.0
            + if high > low {
                (keep - low) / (high - low)
            } else {
                1.0
            };
        (budget - place * self.part).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Prices of 1, 2 and 3 units, equally likely, values 3, 4 and 9.
    const KINDS: [(f64, f64); 3] = [(3.0, 1.0), (4.0, 2.0), (9.0, 3.0)];

    fn market() -> Market {
        let mut market = Market::new(2.0, 2.0, 1e9);
        (0..300).for_each(|k| market.observe(KINDS[k % 3].0, KINDS[k % 3].1));
        market
    }

    /// The program, by its recursion.
    fn exact(n: usize, b: usize) -> f64 {
        if n == 0 {
            return 0.0;
        }
        let keep = exact(n - 1, b);
        let gain = |(value, price): (f64, f64)| match b.checked_sub(price as usize) {
            Some(rest) => (value + exact(n - 1, rest) - keep).max(0.0) / 3.0,
            None => 0.0,
        };
        keep + KINDS.map(gain).iter().sum::<f64>()
    }

    #[test]
    fn the_worth_of_money_is_that_of_the_exact_program() {
        // 64 parts of 64 units: a part is a unit, and steps of less than 64 auctions are single.
        let worth = market().worth(64.0, 8.0);
        for (n, levels) in worth.levels.iter().skip(1) {
            for (b, got) in levels.iter().enumerate().take(12) {
                let expect = exact(*n as usize, b);
                assert!((got - expect).abs() < 1e-6, "{n} {b}: {got} {expect}");
            }
        }
    }

    #[test]
    fn a_bid_leaves_what_the_money_is_worth() {
        let worth = market().worth(64.0, 8.0);
        // One unit left and four auctions to come: worth 3 × (1 − (2/3)⁴), so 2 is not worth it and 3 is.
        assert_eq!(worth.bid(3.0, 1.0, 4.0), 1.0);
        assert!(worth.bid(2.0, 1.0, 4.0) < 1.0);
        // With nothing to come everything may be spent.
        assert_eq!(worth.bid(0.1, 5.0, 0.0), 5.0);
        for (budget, auctions) in [(5.0, 3.0), (64.0, 8.0), (0.5, 1.0)] {
            assert!((0.0..=budget).contains(&worth.bid(1.0, budget, auctions)));
        }
        assert!(worth.reaches(64.0, 8.0) && !worth.reaches(65.0, 8.0) && !worth.reaches(1.0, 9.0));
    }
}
