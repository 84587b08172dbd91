//! The Beta distribution: what is believed of a rate after so many successes and failures.
//!
//! Everything comes from `libm`, so that a belief, and a draw from it, is the same on every machine.

use campaign::estimate::Estimate;
use libm::{exp, fabs, lgamma, log, log1p, sqrt};

/// A belief about a rate between 0 and 1. Both numbers are above 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beta {
    /// Successes, those of the prior among them.
    pub successes: f64,
    /// Failures, those of the prior among them.
    pub failures: f64,
}

/// Beyond this many of both, the approximation of the quantile errs by less than anything here can tell.
const MANY: f64 = 300.0;
/// The ends of an [`Estimate`].
const LOW: f64 = 0.05;
const HIGH: f64 = 0.95;

impl Beta {
    /// The mean.
    pub fn mean(&self) -> f64 {
        self.successes / (self.successes + self.failures)
    }

    /// The mean, and the interval with nine chances in ten.
    pub fn estimate(&self) -> Estimate {
        Estimate {
            mean: self.mean(),
            low: self.quantile(LOW),
            high: self.quantile(HIGH),
        }
    }

    /// The probability that the rate is at most `x`: the regularised incomplete beta function (Press et al.,
    /// *Numerical Recipes*, 3rd edition, section 6.4, by continued fraction).
    pub fn cumulative(&self, x: f64) -> f64 {
        let (a, b) = (self.successes, self.failures);
        if x <= 0.0 {
            return 0.0;
        }
        if x >= 1.0 {
            return 1.0;
        }
        let front = exp(self.log_density(x) + log(x) + log1p(-x));
        if x < (a + 1.0) / (a + b + 2.0) {
            front * continued_fraction(a, b, x) / a
        } else {
            1.0 - front * continued_fraction(b, a, 1.0 - x) / b
        }
    }

    /// The rate below which it lies with this probability. With a throw of the dice in (0, 1) it is a draw.
    pub fn quantile(&self, probability: f64) -> f64 {
        let probability = probability.clamp(1e-9, 1.0 - 1e-9);
        let (a, b) = (self.successes, self.failures);
        let mut x = if a >= 1.0 && b >= 1.0 {
            self.rough_quantile(probability)
        } else {
            self.mean()
        };
        if a.min(b) > MANY {
            return x;
        }
        // Newton's steps, kept between what is known to be too low and too high.
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..80 {
            let error = self.cumulative(x) - probability;
            if error > 0.0 {
                high = x
            } else {
                low = x
            }
            let step = error / exp(self.log_density(x));
            let next = x - step;
            let next = if next > low && next < high {
                next
            } else {
                (low + high) / 2.0
            };
            if fabs(next - x) <= 1e-10 * x {
                return next;
            }
            x = next;
        }
        x
    }

    /// Abramowitz and Stegun, *Handbook of Mathematical Functions*, 26.5.22 with 26.2.22.
    fn rough_quantile(&self, probability: f64) -> f64 {
        let (a, b) = (self.successes, self.failures);
        let tail = probability.min(1.0 - probability);
        let t = sqrt(-2.0 * log(tail));
        let above = t - (2.30753 + t * 0.27061) / (1.0 + t * (0.99229 + t * 0.04481));
        let y = if probability < 0.5 { above } else { -above };
        let lambda = (y * y - 3.0) / 6.0;
        let (ra, rb) = (1.0 / (2.0 * a - 1.0), 1.0 / (2.0 * b - 1.0));
        let h = 2.0 / (ra + rb);
        let w = y * sqrt((h + lambda).max(0.0)) / h
            - (rb - ra) * (lambda + 5.0 / 6.0 - 2.0 / (3.0 * h));
        a / (a + b * exp(2.0 * w))
    }

    fn log_density(&self, x: f64) -> f64 {
        let (a, b) = (self.successes, self.failures);
        lgamma(a + b) - lgamma(a) - lgamma(b) + (a - 1.0) * log(x) + (b - 1.0) * log1p(-x)
    }
}

/// Lentz's method.
fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    const STEPS: u32 = 2_000;
    const TINY: f64 = 1e-300;
    let away = |number: f64| if fabs(number) < TINY { TINY } else { number };
    let mut c = 1.0;
    let mut d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for step in 1..STEPS {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away(1.0 + even * d);
        c = away(1.0 + even / c);
        fraction *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away(1.0 + odd * d);
        c = away(1.0 + odd / c);
        fraction *= d * c;
        if fabs(d * c - 1.0) < 1e-13 {
            break;
        }
    }
    fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beta(successes: f64, failures: f64) -> Beta {
        Beta {
            successes,
            failures,
        }
    }

    #[test]
    fn the_distribution_is_the_one_in_the_tables() {
        let check = |beta: Beta, x: f64, expect: f64| {
            let got = beta.cumulative(x);
            assert!((got - expect).abs() < 1e-9, "{beta:?} {x}: {got}");
        };
        check(beta(1.0, 1.0), 0.3, 0.3);
        check(beta(2.0, 1.0), 0.5, 0.25);
        check(beta(1.0, 3.0), 0.5, 0.875);
        // Σ over j from 2 to 5 of C(5, j) 0.3^j 0.7^(5 − j).
        check(beta(2.0, 4.0), 0.3, 0.471_78);
        check(beta(2.0, 4.0), 0.0, 0.0);
        check(beta(2.0, 4.0), 1.0, 1.0);
    }

    #[test]
    fn a_quantile_is_where_the_distribution_is() {
        for (a, b) in [
            (0.3, 20.0),
            (1.0, 1.0),
            (2.0, 998.0),
            (40.0, 19_960.0),
            (250.0, 250.0),
            (500.0, 120_000.0),
            (2_000.0, 2_000.0),
        ] {
            for p in [0.001, 0.05, 0.5, 0.95, 0.999] {
                let belief = beta(a, b);
                let got = belief.cumulative(belief.quantile(p));
                assert!(
                    (got - p).abs() < 2e-3 * p.min(1.0 - p).max(0.1),
                    "{a} {b} {p}: {got}"
                );
            }
        }
    }

    #[test]
    fn an_interval_is_around_its_mean_and_shrinks() {
        let (few, many) = (
            beta(2.0, 998.0).estimate(),
            beta(200.0, 99_800.0).estimate(),
        );
        for estimate in [few, many] {
            assert!(estimate.low < estimate.mean && estimate.mean < estimate.high);
        }
        assert!(many.width() < few.width() / 5.0);
    }
}
