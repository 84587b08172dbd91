//! A number that is not known but estimated, and how firmly.

/// What is believed of a number: its mean, and between what it lies with nine chances in ten.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// The mean of what is believed.
    pub mean: f64,
    /// One chance in twenty that it is lower.
    pub low: f64,
    /// One chance in twenty that it is higher.
    pub high: f64,
}

impl Estimate {
    /// A number that is known.
    pub const fn exactly(number: f64) -> Estimate {
        Estimate {
            mean: number,
            low: number,
            high: number,
        }
    }

    /// So many times as much.
    pub fn scaled(self, factor: f64) -> Estimate {
        Estimate {
            mean: self.mean * factor,
            low: self.low * factor,
            high: self.high * factor,
        }
    }

    /// The product of two positive numbers that err apart from each other: relative errors add up in squares.
    pub fn times(self, other: Estimate) -> Estimate {
        let mean = self.mean * other.mean;
        let below = |e: &Estimate| part(e.mean - e.low, e.mean);
        let above = |e: &Estimate| part(e.high - e.mean, e.mean);
        let both = |a: f64, b: f64| (a * a + b * b).sqrt();
        Estimate {
            mean,
            low: mean * (1.0 - both(below(&self), below(&other))).max(0.0),
            high: mean * (1.0 + both(above(&self), above(&other))),
        }
    }

    /// The mean of numbers that err apart from each other, each with its weight: errors add up in squares. Nothing is
    /// known of no numbers.
    pub fn mean_of(all: impl IntoIterator<Item = (f64, Estimate)>) -> Estimate {
        let (mut weight, mut sum, mut below, mut above) = (0.0, 0.0, 0.0, 0.0);
        for (times, it) in all {
            let squared = |error: f64| (times * error) * (times * error);
            weight += times;
            sum += times * it.mean;
            below += squared(it.mean - it.low);
            above += squared(it.high - it.mean);
        }
        let mean = part(sum, weight);
        Estimate {
            mean,
            low: mean - part(below.sqrt(), weight),
            high: mean + part(above.sqrt(), weight),
        }
    }

    /// How wide the interval is, as a part of the mean; infinite where the mean is nothing.
    pub fn width(&self) -> f64 {
        if self.mean > 0.0 {
            (self.high - self.low) / self.mean
        } else {
            f64::INFINITY
        }
    }

    /// Whether the two intervals do not overlap, so that which is larger is hardly in doubt.
    pub fn is_apart_from(&self, other: &Estimate) -> bool {
        self.low > other.high || other.low > self.high
    }
}

fn part(of: f64, whole: f64) -> f64 {
    if whole > 0.0 { of / whole } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_a_product_add_up_in_squares() {
        let estimate = |mean: f64, error: f64| Estimate {
            mean,
            low: mean * (1.0 - error),
            high: mean * (1.0 + error),
        };
        let got = estimate(2.0, 0.3).times(estimate(5.0, 0.4));
        assert_eq!((got.mean, got.low, got.high), (10.0, 5.0, 15.0));
        assert_eq!(got.width(), 1.0);
        let sure = got.times(Estimate::exactly(2.0));
        assert_eq!((sure.low, sure.high), (10.0, 30.0));
        assert_eq!(Estimate::default().times(got), Estimate::default());
    }

    #[test]
    fn errors_of_a_mean_add_up_in_squares() {
        let check = |all: &[(f64, f64, f64)], expect: (f64, f64, f64)| {
            let estimates = all.iter().map(|&(weight, mean, error)| {
                let (low, high) = (mean - error, mean + 2.0 * error);
                (weight, Estimate { mean, low, high })
            });
            let got = Estimate::mean_of(estimates);
            assert_eq!((got.mean, got.low, got.high), expect, "{all:?}");
        };
        check(&[], (0.0, 0.0, 0.0));
        check(&[(7.0, 3.0, 1.0)], (3.0, 2.0, 5.0));
        // (3 · 2 + 1 · 6) ÷ 4, and √((3 · 1)² + (1 · 4)²) ÷ 4 of error below.
        check(&[(3.0, 2.0, 1.0), (1.0, 6.0, 4.0)], (3.0, 1.75, 5.5));
    }

    #[test]
    fn intervals_that_overlap_are_not_apart() {
        let between = |low: f64, high: f64| Estimate {
            mean: 1.0,
            low,
            high,
        };
        assert!(between(1.0, 2.0).is_apart_from(&between(2.1, 3.0)));
        assert!(!between(1.0, 2.0).is_apart_from(&between(2.0, 3.0)));
    }
}
