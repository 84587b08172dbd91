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
//!
//! Where N bidders spend from one budget, each only from what it holds, and an auction comes to any of them, money that
//! is shared out to m of them pays for an auction with probability m ÷ N, and for no more than b ÷ m. So what can be
//! bought, 1(p ≤ b), becomes (m ÷ N) · 1(p ≤ b ÷ m), with the m that brings the most: few large leases where little is
//! left. Nobody who must share money out before the auction is known, and has no better guess of where it comes to than
//! that all bidders are alike, gets more out of equal leases.

use libm::{exp2, log2};

/// Cells of value per money for each doubling.
const RATIO_CELLS_IN_OCTAVE: f64 = 8.0;
const RATIO_CELLS: usize = 256;
/// Cells of price for each doubling.
const PRICE_CELLS_IN_OCTAVE: f64 = 3.0;
const PRICE_CELLS: usize = 64;
/// Into how many equal parts the budget is cut.
const PARTS: usize = 64;
/// Into how many a part is cut where leases are.
const FRACTIONS: usize = 8;
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

    /// What money is worth from now to the end: up to `budget`, over up to `auctions`, in the hands of so many bidders.
    pub fn worth(&self, budget: f64, auctions: f64, unspent: f64, bidders: usize) -> Worth {
        let part = budget.max(1e-9) / PARTS as f64;
        // Best value per money first: cells stand by it.
        let kinds: Vec<Kind> = self
            .cells
            .iter()
            .rev()
            .filter(|cell| cell.weight > 0.0)
            .map(|cell| Kind::new(cell, self.total, part))
            .collect();
        let mut now = Level {
            auctions: 0.0,
            worth: (0..=PARTS).map(|b| -unspent * b as f64 * part).collect(),
            holders: vec![1; PARTS + 1],
        };
        let mut levels = vec![now.clone()];
        while now.auctions < auctions {
            let n = now.auctions;
            let step = (n * TIME_STEP).max(1.0).min(auctions - n).max(1e-6);
            let before = now.worth.clone();
            let mut slope = f64::INFINITY;
            for b in 1..=PARTS {
                // What money is worth falls the more there is of it, so what buys less than the last part of it
                // is worth is not bought, nor is anything after it. Among several bidders it may rise again.
                slope = slope.min((before[b] - before[b - 1]) / part);
                let bought = kinds
                    .iter()
                    .take_while(|kind| kind.ratio >= slope * SLOPE_MARGIN);
                let (holders, gain) = match bidders {
                    0 | 1 => (1, bought.map(|kind| kind.gain(&before, b)).sum()),
                    _ => shared_out(bought, &before, b, bidders),
                };
                now.worth[b] = before[b] + step * gain;
                now.holders[b] = holders;
            }
            now.auctions += step;
            levels.push(now.clone());
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

/// Into how many leases `b` parts are best cut among so many bidders, and what an auction brings then.
fn shared_out<'a>(
    kinds: impl Iterator<Item = &'a Kind>,
    worth: &[f64],
    b: usize,
    bidders: usize,
) -> (usize, f64) {
    // What is brought by all that costs no more than so many fractions of a part: a lease is a few parts.
    let mut within = [0.0; PARTS * FRACTIONS + 1];
    let most = b * FRACTIONS;
    for kind in kinds {
        let cost = kind.parts * FRACTIONS + libm::ceil(kind.rest * FRACTIONS as f64) as usize;
        if cost <= most {
            within[cost] += kind.gain(worth, b);
        }
    }
    let mut sum = 0.0;
    for gain in &mut within[..=most] {
        sum += *gain;
        *gain = sum;
    }
    let of = |holders: usize| holders as f64 / bidders as f64 * within[most / holders];
    (1..=bidders)
        .map(|holders| (holders, of(holders)))
        // Of equals the first: the larger leases.
        .reduce(|best, next| if next.1 > best.1 { next } else { best })
        .unwrap_or((1, 0.0))
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
    levels: Vec<Level>,
}

/// The same for one number of auctions, by parts of money.
#[derive(Clone, Debug)]
struct Level {
    auctions: f64,
    worth: Vec<f64>,
    /// Among how many bidders it is best shared out.
    holders: Vec<usize>,
}

impl Worth {
    /// Whether so much money and so many auctions are within what was worked out.
    pub fn reaches(&self, budget: f64, auctions: f64) -> bool {
        let most = self.levels.last().map_or(0.0, |level| level.auctions);
        budget <= self.range() && auctions <= most
    }

    /// Up to how much money it was worked out.
    pub fn range(&self) -> f64 {
        self.part * PARTS as f64
    }

    /// What so much money is worth when so many auctions are left.
    pub fn of(&self, budget: f64, auctions: f64) -> f64 {
        let b = (budget / self.part).clamp(0.0, PARTS as f64);
        let low = (b as usize).min(PARTS - 1);
        let worth = &self.level(auctions).worth;
        worth[low] + (b - low as f64) * (worth[low + 1] - worth[low])
    }

    fn level(&self, auctions: f64) -> &Level {
        let last = self.levels.len() - 1;
        let k = self
            .levels
            .partition_point(|level| level.auctions < auctions);
        &self.levels[k.min(last)]
    }

    /// Into how many equal leases so much money is best cut when so many auctions are left.
    pub fn holders(&self, budget: f64, auctions: f64) -> usize {
        let b = ((budget / self.part) as usize).min(PARTS);
        self.level(auctions).holders[b]
    }

    /// The most that an impression of this value should cost when so much money and so many further auctions are left.
    pub fn bid(&self, value: f64, budget: f64, auctions: f64) -> f64 {
        let worth = &self.level(auctions).worth;
        let keep = self.of(budget, auctions) - value;
        if keep <= 0.0 {
            return budget;
        }
        // The first part that is worth at least what is to be kept.
        let enough = worth.iter().position(|w| *w >= keep);
        let above = enough.unwrap_or(PARTS).clamp(1, PARTS);
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
    fn exact(n: usize, b: usize, unspent: f64, bidders: usize) -> f64 {
        if n == 0 {
            return -unspent * b as f64;
        }
        let worth = |b| exact(n - 1, b, unspent, bidders);
        let keep = worth(b);
        let gain = |(value, price): (f64, f64), most: usize| match price as usize {
            price if price <= most => (value + worth(b - price) - keep).max(0.0) / 3.0,
            _ => 0.0,
        };
        let of = |holders: usize| {
            let all = KINDS
                .map(|kind| gain(kind, b / holders))
                .iter()
                .sum::<f64>();
            all * holders as f64 / bidders as f64
        };
        keep + (1..=bidders).map(of).fold(0.0, f64::max)
    }

    #[test]
    fn the_worth_of_money_is_that_of_the_exact_program() {
        for (unspent, bidders) in [(0.0, 1), (1.5, 1), (0.0, 3), (1.5, 2)] {
            // 64 parts of 64 units: a part is a unit, and steps of less than 64 auctions are single.
            let worth = market().worth(64.0, 5.0, unspent, bidders);
            for level in worth.levels.iter().skip(1) {
                for (b, got) in level.worth.iter().enumerate().take(12) {
                    let n = level.auctions as usize;
                    let expect = exact(n, b, unspent, bidders);
                    assert!(
                        (got - expect).abs() < 1e-6,
                        "{unspent} {bidders} {n} {b}: {got} {expect}"
                    );
                }
            }
        }
    }

    #[test]
    fn money_is_in_as_many_hands_as_bring_the_most() {
        let worth = market().worth(64.0, 8.0, 0.0, 4);
        // With one auction to come: m hands of ⌊b ÷ m⌋ reach m in four auctions, worth 3, 7 or 16 in three of them.
        for (money, expect) in [
            (2.0, 1),
            (3.0, 1),
            (4.0, 1),
            (6.0, 2),
            (8.0, 2),
            (9.5, 3),
            (12.0, 4),
        ] {
            assert_eq!(worth.holders(money, 1.0), expect, "{money}");
        }
        assert!((worth.of(8.0, 1.0) - 32.0 / 12.0).abs() < 1e-9);
    }

    #[test]
    fn a_bid_leaves_what_the_money_is_worth() {
        let worth = market().worth(64.0, 8.0, 0.0, 1);
        // One unit left and four auctions to come: worth 3 × (1 − (2/3)⁴), so 2 is not worth it and 3 is.
        assert_eq!(worth.bid(3.0, 1.0, 4.0), 1.0);
        assert!(worth.bid(2.0, 1.0, 4.0) < 1.0);
        // Unless nothing may be left: with 3 for what is, the unit is worth 3 less than 6 × (2/3)⁴.
        let urgent = market().worth(64.0, 8.0, 3.0, 1);
        assert_eq!(urgent.bid(2.0, 1.0, 4.0), 1.0);
        // With nothing to come everything may be spent.
        assert_eq!(worth.bid(0.1, 5.0, 0.0), 5.0);
        for (budget, auctions) in [(5.0, 3.0), (64.0, 8.0), (0.5, 1.0)] {
            assert!((0.0..=budget).contains(&worth.bid(1.0, budget, auctions)));
        }
        assert!(worth.reaches(64.0, 8.0) && !worth.reaches(65.0, 8.0) && !worth.reaches(1.0, 9.0));
    }
}
