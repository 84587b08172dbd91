//! The price of a budget's money: the one number μ by which all its ads bid value ÷ μ.
//!
//! Multiplicative dual descent (dual mirror descent with the entropy map; Balseiro, Lu, Mirrokni, *The Best of Many
//! Worlds*, Operations Research 2023, algorithm 1), on a target that is corrected each time: what is left of the budget
//! over what is left of the traffic.

use libm::{exp, log, sqrt};

/// How a multiplier moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The first step's size.
    pub first: f64,
    /// After how many steps the size has fallen to 1 ÷ √2 of that.
    pub halving: f64,
    /// No step is smaller.
    pub least: f64,
    /// The most that the logarithm moves in one step.
    pub exponent_max: f64,
}

/// The multiplier of one budget, above 0: value per money.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Multiplier {
    now: f64,
    lowest: f64,
    highest: f64,
    steps: f64,
    step: Step,
}

/// The most that η of several steps taken at once is.
const AT_ONCE_MAX: f64 = 0.1;
/// How far from its first guess a multiplier may go, up and down.
const RANGE: f64 = 1e3;

impl Multiplier {
    /// Starts at a guess; one that was learned before is a warm start.
    pub fn new(guess: f64, step: Step) -> Multiplier {
        let guess = guess.max(f64::MIN_POSITIVE * RANGE);
        Multiplier {
            now: guess,
            lowest: guess / RANGE,
            highest: guess * RANGE,
            steps: 0.0,
            step,
        }
    }

    /// The multiplier.
    pub fn get(&self) -> f64 {
        self.now
    }

    /// Sets it, within its bounds: a better guess has come.
    pub fn set(&mut self, multiplier: f64) {
        if multiplier.is_finite() {
            self.now = multiplier.clamp(self.lowest, self.highest);
        }
    }

    /// One step of descent:
    ///
    /// > μ ← μ · exp(η · (spent − target) ÷ base), η = max(first ÷ √(1 + steps ÷ halving), least)
    ///
    /// `base` is what a step spends on an even plan; the exponent is clamped. Nothing moves where the base is nothing.
    pub fn descend(&mut self, spent: f64, target: f64, base: f64) {
        self.descend_at_once(spent, target, base, 1.0);
    }

    /// So many steps at once, where their `spent`, `target` and `base` are only known together: η is that of all of
    /// them, but no more than `AT_ONCE_MAX`, since the later ones would have gone by what the earlier ones did.
    pub fn descend_at_once(&mut self, spent: f64, target: f64, base: f64, steps: f64) {
        if base <= 0.0 || steps <= 0.0 {
            return;
        }
        let one =
            (self.step.first / sqrt(1.0 + self.steps / self.step.halving)).max(self.step.least);
        let eta = (one * steps).min(AT_ONCE_MAX.max(one));
        let most = self.step.exponent_max;
        let exponent = (eta * (spent - target) / base).clamp(-most, most);
        self.steps += steps;
        self.set(exp(log(self.now) + exponent));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: Step = Step {
        first: 0.1,
        halving: 1.0,
        least: 0.05,
        exponent_max: 0.5,
    };

    #[test]
    fn a_step_follows_the_formula_and_stays_in_bounds() {
        let check = |spent: f64, target: f64, base: f64, expect: f64| {
            let mut multiplier = Multiplier::new(2.0, STEP);
            multiplier.descend(spent, target, base);
            assert!(
                (multiplier.get() / expect - 1.0).abs() < 1e-12,
                "{}",
                multiplier.get()
            );
        };
        check(10.0, 10.0, 10.0, 2.0);
        check(20.0, 10.0, 10.0, 2.0 * exp(0.1));
        check(0.0, 10.0, 10.0, 2.0 * exp(-0.1));
        check(1e9, 10.0, 10.0, 2.0 * exp(0.5));
        check(5.0, 0.0, 0.0, 2.0);
    }

    #[test]
    fn steps_at_once_are_as_many_but_bounded() {
        let check = |first: f64, steps: f64, expect: f64| {
            let step = Step {
                first,
                least: first,
                ..STEP
            };
            let mut multiplier = Multiplier::new(1.0, step);
            multiplier.descend_at_once(1.5 * steps, steps, steps, steps);
            assert!(
                (multiplier.get() / exp(expect) - 1.0).abs() < 1e-12,
                "{first} {steps}"
            );
        };
        check(0.002, 10.0, 0.01);
        check(0.002, 1e6, 0.05);
        check(0.4, 1.0, 0.2);
        check(0.4, 0.0, 0.0);
    }

    #[test]
    fn steps_get_smaller_and_a_multiplier_has_bounds() {
        let mut multiplier = Multiplier::new(1.0, STEP);
        (0..100_000).for_each(|_| multiplier.descend(100.0, 1.0, 1.0));
        assert!((multiplier.get() / RANGE - 1.0).abs() < 1e-9);
        multiplier.set(f64::NAN);
        multiplier.set(f64::INFINITY);
        assert!(multiplier.get().is_finite());
        let mut late = Multiplier::new(1.0, STEP);
        (0..50).for_each(|_| late.descend(1.0, 1.0, 1.0));
        late.descend(2.0, 1.0, 1.0);
        assert!((late.get() - exp(0.05)).abs() < 1e-12);
    }
}
