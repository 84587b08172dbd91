//! What money buys at each multiplier, learned as auctions pass.
//!
//! With second prices an auction of value v and price p is won at every multiplier up to v ÷ p, and costs p. So the
//! spend of one auction, on average, is a falling function of the multiplier:
//!
//! > S(μ) = E[p · 1(v ÷ p ≥ μ)], V(μ) = E[v · 1(v ÷ p ≥ μ)]
//!
//! and the multiplier that spends a budget b over n auctions solves S(μ) = b ÷ n: the dual of the
//! linear program, re-solved (Agrawal, Wang, Ye 2014; Li, Ye 2022). Kept as sums by the logarithm
//! of v ÷ p, so that an observation costs O(1) and a solution one walk over the cells. The past
//! fades, so that the curve follows the market.

use libm::{exp2, log2};

/// Cells for each doubling of value per money.
const CELLS_IN_OCTAVE: f64 = 32.0;
/// Doublings on each side of the first guess.
const OCTAVES: f64 = 16.0;
const CELLS: usize = (2.0 * OCTAVES * CELLS_IN_OCTAVE) as usize;
/// A multiplier is known where at least this part of the auctions could show what it buys.
const SHOWN_PART: f64 = 0.1;
/// Where weights have grown to this, all are scaled down.
const SCALE_MAX: f64 = 1e100;

/// What one auction showed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shown {
    /// Its price: it was won, or the exchange told what it would have taken.
    Price(f64),
    /// Its price, and that nobody who could bid on it held the money: it would have been lost at any multiplier.
    Unfunded(f64),
    /// Only that it was lost at this multiplier.
    Lost,
    /// Only that it was bid on at this multiplier and what the outcome cost.
    Won(f64),
    /// The bid was the most that its ad ever bids, so the outcome would be the same at every lower multiplier: what it
    /// cost, if it was won.
    Most(Option<f64>),
}

impl Shown {
    /// The price, where it is known.
    pub fn price(self) -> Option<f64> {
        match self {
            Shown::Price(price) | Shown::Won(price) => Some(price),
            Shown::Most(price) => price,
            Shown::Lost | Shown::Unfunded(_) => None,
        }
    }
}

/// Auctions whose outcome is known at every multiplier, apart from the rest: that the bid for one was cut says nothing
/// of what lower multipliers would buy of the others.
#[derive(Clone, Debug)]
struct Cut {
    spend: Vec<f64>,
    value: Vec<f64>,
    weight: f64,
}

/// The curve.
#[derive(Clone, Debug)]
pub struct Response {
    /// log₂ of the value per money at the lower edge of cell 0.
    lowest: f64,
    spend: Vec<f64>,
    value: Vec<f64>,
    /// The weight of the auctions that could show cells from this one up.
    shown_from: Vec<f64>,
    shown: f64,
    cut: Option<Box<Cut>>,
    /// Above this cell nothing was bought yet.
    highest: usize,
    /// The weight of the next auction: it grows, which is the same as the past fading.
    scale: f64,
    growth: f64,
}

/// A point of the curve: per auction.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// The multiplier.
    pub multiplier: f64,
    /// What an auction costs there, on average.
    pub spend: f64,
    /// What an auction is worth there, on average.
    pub value: f64,
}

impl Response {
    /// A curve around a first guess of the multiplier, which forgets by a factor of e in `memory` auctions.
    pub fn new(guess: f64, memory: f64) -> Response {
        Response {
            lowest: log2(guess.max(f64::MIN_POSITIVE)) - OCTAVES,
            spend: vec![0.0; CELLS],
            value: vec![0.0; CELLS],
            shown_from: vec![0.0; CELLS],
            shown: 0.0,
            cut: None,
            highest: 0,
            scale: 1.0,
            growth: 1.0 + 1.0 / memory.max(1.0),
        }
    }

    /// Forgets by a factor of e in `memory` auctions from now on.
    pub fn remember(&mut self, memory: f64) {
        self.growth = 1.0 + 1.0 / memory.max(1.0);
    }

    /// Adds what an auction showed that was bid on at `multiplier`.
    pub fn observe(&mut self, value: f64, multiplier: f64, shown: Shown) {
        self.scale *= self.growth;
        if self.scale > SCALE_MAX {
            self.scale_down();
        }
        let (from, price) = match shown {
            Shown::Price(price) => (0, Some(price)),
            Shown::Won(price) => (self.cell(multiplier), Some(price)),
            Shown::Lost => (self.cell(multiplier), None),
            Shown::Unfunded(_) => (0, None),
            Shown::Most(price) => return self.observe_cut(value, price),
        };
        self.shown_from[from] += self.scale;
        self.shown += self.scale;
        self.highest = self.highest.max(from);
        if let Some(price) = price
            && value > 0.0
        {
            let cell = self.cell(value / price.max(f64::MIN_POSITIVE));
            self.highest = self.highest.max(cell);
            self.spend[cell] += self.scale * price;
            self.value[cell] += self.scale * value;
        }
    }

    fn observe_cut(&mut self, value: f64, price: Option<f64>) {
        let price = price.filter(|_| value > 0.0);
        let cell = price.map(|price| self.cell(value / price.max(f64::MIN_POSITIVE)));
        let cut = self.cut.get_or_insert_with(|| {
            Box::new(Cut {
                spend: vec![0.0; CELLS],
                value: vec![0.0; CELLS],
                weight: 0.0,
            })
        });
        cut.weight += self.scale;
        if let (Some(cell), Some(price)) = (cell, price) {
            self.highest = self.highest.max(cell);
            cut.spend[cell] += self.scale * price;
            cut.value[cell] += self.scale * value;
        }
    }

    /// The weight of all that was seen, in auctions.
    pub fn weight(&self) -> f64 {
        (self.shown + self.cut_weight()) / self.scale
    }

    fn cut_weight(&self) -> f64 {
        self.cut.as_ref().map_or(0.0, |cut| cut.weight)
    }

    /// What an auction costs and is worth in one cell on average, where `shown` is the weight of those that could show
    /// it. None where too little could: nothing is known there.
    fn in_cell(&self, cell: usize, shown: f64) -> Option<(f64, f64)> {
        if shown < self.scale && (self.shown >= self.scale || self.cut.is_none()) {
            return None;
        }
        let shown = shown.max(self.scale);
        let (spend, value) = (self.spend[cell] / shown, self.value[cell] / shown);
        let Some(cut) = &self.cut else {
            return Some((spend, value));
        };
        let all = self.shown + cut.weight;
        let rest = self.shown / all;
        Some((
            rest * spend + cut.spend[cell] / all,
            rest * value + cut.value[cell] / all,
        ))
    }

    /// The lowest multiplier that a good part of the auctions were shown at. None before any was.
    pub fn lowest_shown(&self) -> Option<f64> {
        let mut shown = self.shown;
        let least = (self.shown * SHOWN_PART).max(self.scale);
        let mut lowest = None;
        for cell in (0..=self.highest).rev() {
            if shown < least {
                return lowest;
            }
            lowest = Some(self.edge(cell as f64));
            shown -= self.shown_from[cell];
        }
        lowest
    }

    /// The lowest multiplier at which `fits` says yes, going down from the highest. None where it says yes at all
    /// multipliers that were ever shown: nothing is known of lower ones.
    pub fn lowest_that(&self, fits: impl Fn(&Point) -> bool) -> Option<f64> {
        let mut shown = self.shown;
        let mut at = Point::default();
        for cell in (0..=self.highest).rev() {
            let (spend, value) = self.in_cell(cell, shown)?;
            let next = Point {
                multiplier: self.edge(cell as f64),
                spend: at.spend + spend,
                value: at.value + value,
            };
            if spend > 0.0 && !fits(&next) {
                return Some(self.inside(cell, &at, &next, &fits));
            }
            at = next;
            shown -= self.shown_from[cell];
        }
        None
    }

    /// What an auction costs and is worth at a multiplier, on average. None where that was not shown yet.
    pub fn at(&self, multiplier: f64) -> Option<Point> {
        let last = self.cell(multiplier);
        let mut shown = self.shown;
        let mut at = Point {
            multiplier,
            ..Point::default()
        };
        for cell in (last..=self.highest).rev() {
            let (spend, value) = self.in_cell(cell, shown)?;
            // Of the last cell the part above the multiplier, as `inside` has it.
            let part = if cell == last {
                (cell as f64 + 1.0 - self.place(multiplier)).clamp(0.0, 1.0)
            } else {
                1.0
            };
            at.spend += part * spend;
            at.value += part * value;
            shown -= self.shown_from[cell];
        }
        (shown >= self.scale || self.shown < self.scale).then_some(at)
    }

    /// Inside the cell the sums are taken to grow evenly.
    fn inside(&self, cell: usize, from: &Point, to: &Point, fits: &impl Fn(&Point) -> bool) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..12 {
            let part = (low + high) / 2.0;
            let point = Point {
                multiplier: self.edge(cell as f64 + 1.0 - part),
                spend: from.spend + part * (to.spend - from.spend),
                value: from.value + part * (to.value - from.value),
            };
            if fits(&point) {
                low = part
            } else {
                high = part
            }
        }
        self.edge(cell as f64 + 1.0 - low)
    }

    fn edge(&self, cell: f64) -> f64 {
        exp2(self.lowest + cell / CELLS_IN_OCTAVE)
    }

    fn cell(&self, ratio: f64) -> usize {
        // A cast of what is below 0 gives 0.
        (self.place(ratio) as usize).min(CELLS - 1)
    }

    fn place(&self, ratio: f64) -> f64 {
        (log2(ratio.max(f64::MIN_POSITIVE)) - self.lowest) * CELLS_IN_OCTAVE
    }

    fn scale_down(&mut self) {
        let scale = self.scale;
        for sums in [&mut self.spend, &mut self.value, &mut self.shown_from] {
            sums.iter_mut().for_each(|sum| *sum /= scale);
        }
        self.shown /= scale;
        if let Some(cut) = &mut self.cut {
            for sums in [&mut cut.spend, &mut cut.value] {
                sums.iter_mut().for_each(|sum| *sum /= scale);
            }
            cut.weight /= scale;
        }
        self.scale = 1.0;
    }

    /// Lets the past weigh no more than so many auctions.
    pub fn age(&mut self, weight: f64) {
        let factor = self.weight() / weight;
        if factor > 1.0 {
            self.scale *= factor;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 100 auctions of price 10 and values 1 to 100.
    fn taught(shown: impl Fn(f64) -> Shown) -> Response {
        let mut curve = Response::new(5.0, 1e9);
        (1..=100).for_each(|value| curve.observe(f64::from(value), 5.0, shown(f64::from(value))));
        curve
    }

    fn spending(curve: &Response, rate: f64) -> Option<f64> {
        curve.lowest_that(|point| point.spend <= rate)
    }

    #[test]
    fn the_multiplier_for_a_rate_buys_the_best_of_the_auctions() {
        let curve = taught(|_| Shown::Price(10.0));
        // A rate of r buys the best 10 r of the 100 auctions: those of value 100 − 10 r and more.
        for (rate, expect) in [(1.0, 9.0), (2.5, 7.5), (5.0, 5.0), (9.0, 1.0)] {
            let got = spending(&curve, rate).unwrap();
            // The next worse one is 0.1 below.
            assert!(
                (expect * 0.97..expect * 1.03 + 0.1).contains(&got),
                "{rate}: {got}"
            );
        }
        assert_eq!(spending(&curve, 10.5), None);
        assert!((curve.weight() - 100.0).abs() < 1e-3);
    }

    #[test]
    fn a_point_of_the_curve_is_what_is_bought_there() {
        let curve = taught(|_| Shown::Price(10.0));
        // Values above 75 of a price of 10: a quarter of all, 88 each.
        let point = curve.at(7.5).unwrap();
        assert!((point.spend / 2.5 - 1.0).abs() < 0.06, "{point:?}");
        assert!((point.value / 22.0 - 1.0).abs() < 0.06, "{point:?}");
        assert_eq!(curve.at(1e3).unwrap().spend, 0.0);
        let hidden = taught(|_| Shown::Lost);
        assert!(hidden.at(2.0).is_none() && hidden.at(6.0).is_some());
    }

    #[test]
    fn what_was_not_shown_is_not_known() {
        // Bid on at a multiplier of 5: values above 50 won, of the others nothing is known but that they lost.
        let curve = taught(|value| {
            if value >= 50.0 {
                Shown::Won(10.0)
            } else {
                Shown::Lost
            }
        });
        assert!((spending(&curve, 2.5).unwrap() / 7.5 - 1.0).abs() < 0.03);
        assert_eq!(spending(&curve, 8.0), None);
    }

    #[test]
    fn a_bid_that_was_cut_says_nothing_of_the_others() {
        // Half of all auctions are of an ad that bids no more, and wins half of them for 10; of the others those of
        // values above 50 are won at a multiplier of 5.
        let mut curve = Response::new(5.0, 1e9);
        for value in 1..=100 {
            let most = (value % 2 == 0).then_some(10.0);
            curve.observe(1_000.0, 20.0, Shown::Most(most));
            let shown = if value >= 50 {
                Shown::Won(10.0)
            } else {
                Shown::Lost
            };
            curve.observe(f64::from(value), 5.0, shown);
        }
        // 2.5 of an auction are the cut ad's at any multiplier, 1.25 of the rest's are values above 75.
        assert!((spending(&curve, 3.75).unwrap() / 7.5 - 1.0).abs() < 0.03);
        assert_eq!(spending(&curve, 6.0), None);
        assert!((curve.lowest_shown().unwrap() / 5.0 - 1.0).abs() < 0.03);
        assert!((curve.weight() - 200.0).abs() < 1e-3);
        // Where every bid is cut, all is known.
        let mut curve = Response::new(5.0, 1e9);
        (0..100).for_each(|_| curve.observe(1_000.0, 20.0, Shown::Most(Some(10.0))));
        assert_eq!((spending(&curve, 11.0), curve.lowest_shown()), (None, None));
        assert!(spending(&curve, 9.0).unwrap() > 90.0);
        assert!((curve.at(2.0).unwrap().spend - 10.0).abs() < 1e-6);
    }

    #[test]
    fn the_past_fades() {
        let mut curve = Response::new(1.0, 100.0);
        (0..1_000).for_each(|_| curve.observe(1.0, 1.0, Shown::Price(1.0)));
        (0..1_000).for_each(|_| curve.observe(16.0, 1.0, Shown::Price(1.0)));
        let got = spending(&curve, 0.5).unwrap();
        assert!((16.0..17.0).contains(&got), "{got}");
        assert!((curve.weight() - 100.0).abs() < 2.0);
        curve.age(10.0);
        assert!((curve.weight() - 10.0).abs() < 1e-6);
    }

    #[test]
    fn a_long_life_does_not_overflow() {
        let mut curve = Response::new(1.0, 1.0);
        (0..5_000).for_each(|_| curve.observe(2.0, 1.0, Shown::Price(1.0)));
        assert!((1.9..2.1).contains(&spending(&curve, 0.5).unwrap()));
    }
}
