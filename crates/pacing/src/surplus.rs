//! What pays for purchases that cost more than a cap allows: those that cost less.
//!
//! A purchase of value v at price p leaves cap · v − p below the cap, where that is above 0. How much will come of
//! that is less sure the fewer and the larger its parts are: a few impressions that are likely to be clicked may make
//! up most of it, and the last of them may not come. With g what an auction leaves,
//!
//! > amount = n · E\[g\], doubt = √(n · E\[g²\]) ÷ (n · E\[g\])
//!
//! over n auctions to come: the mean and, for parts that come one by one (a compound Poisson sum), its standard
//! deviation as a part of it. 1 ÷ doubt² is how many equal parts would be as unsure.

use libm::sqrt;

/// What auctions of the past left below a cap; older ones weigh less.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Surplus {
    cap: f64,
    fade: f64,
    weight: f64,
    sum: f64,
    squares: f64,
}

/// What is to come.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ToCome {
    /// How much, in money.
    pub amount: f64,
    /// The standard deviation as a part of the amount; 1 or more is no certainty at all.
    pub doubt: f64,
}

impl Surplus {
    /// Nothing seen yet under this cap. After `memory` auctions the past weighs 1 ÷ e.
    pub fn new(cap: f64, memory: f64) -> Surplus {
        Surplus {
            cap,
            fade: 1.0 - 1.0 / memory.max(1.0),
            weight: 0.0,
            sum: 0.0,
            squares: 0.0,
        }
    }

    /// The most that a unit of value may cost.
    pub fn cap(&self) -> f64 {
        self.cap
    }

    /// How many auctions what was seen weighs.
    pub fn weight(&self) -> f64 {
        self.weight
    }

    /// Adds an auction, with its price where that is known. One whose price is not known was lost, so it leaves
    /// nothing: whatever keeps the cap by itself is bid for.
    pub fn observe(&mut self, value: f64, price: Option<f64>) {
        let left = price.map_or(0.0, |price| (self.cap * value - price).max(0.0));
        self.weight = self.weight * self.fade + 1.0;
        self.sum = self.sum * self.fade + left;
        self.squares = self.squares * self.fade + left * left;
    }

    /// Lets the past weigh no more than so many auctions.
    pub fn age(&mut self, weight: f64) {
        let part = (weight / self.weight).min(1.0);
        self.weight *= part;
        self.sum *= part;
        self.squares *= part;
    }

    /// What so many auctions are likely to leave.
    pub fn to_come(&self, auctions: f64) -> ToCome {
        if self.sum <= 0.0 || auctions <= 0.0 {
            return ToCome {
                amount: 0.0,
                doubt: 1.0,
            };
        }
        let (mean, square) = (self.sum / self.weight, self.squares / self.weight);
        ToCome {
            amount: auctions * mean,
            doubt: sqrt(square / auctions) / mean,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_come_is_the_less_sure_the_larger_its_parts() {
        // (value, price) under a cap of 2, a hundred auctions to come: amount and doubt.
        let check = |seen: &[(f64, Option<f64>)], amount: f64, doubt: f64| {
            let mut surplus = Surplus::new(2.0, 1e12);
            for (value, price) in seen {
                surplus.observe(*value, *price);
            }
            let got = surplus.to_come(100.0);
            assert!(
                (got.amount - amount).abs() < 1e-6 && (got.doubt - doubt).abs() < 1e-6,
                "{seen:?}: {got:?}"
            );
        };
        check(&[], 0.0, 1.0);
        // What costs more than it may, and what was lost, leave nothing.
        check(&[(1.0, Some(3.0)), (9.0, None)], 0.0, 1.0);
        // Each leaves 1, so a hundred equal parts are to come: a tenth of doubt.
        check(&[(1.0, Some(1.0))], 100.0, 0.1);
        // The same amount from one auction in four: twenty-five parts.
        let rare = [
            (4.0, Some(4.0)),
            (1.0, Some(2.0)),
            (1.0, Some(5.0)),
            (9.0, None),
        ];
        check(&rare, 100.0, 0.2);
    }

    #[test]
    fn the_past_fades() {
        let mut surplus = Surplus::new(1.0, 100.0);
        (0..1_000).for_each(|_| surplus.observe(2.0, Some(1.0)));
        (0..1_000).for_each(|_| surplus.observe(4.0, Some(1.0)));
        assert!((surplus.to_come(10.0).amount / 30.0 - 1.0).abs() < 1e-3);
        assert!((surplus.weight() - 100.0).abs() < 1.0);
        surplus.age(10.0);
        assert!((surplus.weight() - 10.0).abs() < 1e-9);
        assert!((surplus.to_come(10.0).amount / 30.0 - 1.0).abs() < 1e-3);
    }
}
