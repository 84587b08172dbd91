//! How the arms of an experiment compare, and how sure that is.
//!
//! What is compared are ratios of sums over users: clicks by user, clicks by impression, spend by conversion. Users are
//! dealt out to arms, impressions are not, so the impressions of one user count as one observation and not as many. So
//! that nothing is kept user by user, the users of an arm are dealt out once more, to B buckets, and only their sums
//! are kept. Buckets are independent of each other and alike, and for the ratio R = ΣY ÷ ΣX over them the delta method
//! gives
//!
//! > var R ≈ B ÷ (B − 1) · Σ (Yᵦ − R·Xᵦ)² ÷ (ΣX)²
//!
//! (Cochran, *Sampling Techniques*, 3rd ed., chapter 6; for experiments Deng, Knoblich and Lu, "Applying the Delta
//! Method in Metric Analytics", KDD 2018). Two arms share no user, so the logarithm of the ratio between them varies by
//! the sum of both relative variances, and its 95 % interval is
//!
//! > exp(ln(Rₜ ÷ R꜀) ± 1.96 · √(var Rₜ ÷ Rₜ² + var R꜀ ÷ R꜀²)) − 1

/// The 97.5th percentile of the normal distribution.
const Z_95: f64 = 1.959_963_985;
/// A split that is less probable than this is a mismatch (Fabijan et al., "Diagnosing Sample Ratio Mismatch in Online
/// Controlled Experiments", KDD 2019, use 0.0005 to 0.01).
pub const MISMATCH_BELOW: f64 = 0.001;

/// A ratio of sums, and how much it varies by chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// The ratio.
    pub value: f64,
    /// Its variance.
    pub variance: f64,
}

impl Ratio {
    /// The ratio of two sums, given by bucket: numerator and denominator of each, empty buckets among them. `None`
    /// where there are fewer than two buckets or the denominators come to nothing.
    pub fn of(buckets: &[(f64, f64)]) -> Option<Ratio> {
        let count = buckets.len() as f64;
        let (above, below) = buckets
            .iter()
            .fold((0.0, 0.0), |(y, x), bucket| (y + bucket.0, x + bucket.1));
        if buckets.len() < 2 || below <= 0.0 {
            return None;
        }
        let value = above / below;
        let squares: f64 = buckets
            .iter()
            .map(|(y, x)| (y - value * x) * (y - value * x))
            .sum();
        Some(Ratio {
            value,
            variance: count / (count - 1.0) * squares / (below * below),
        })
    }
}

/// One arm by another, less 1, with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lift {
    /// 0.05 is five percent more.
    pub lift: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// How an arm compares with the one that it is compared with. `None` where either came to nothing.
pub fn lift(arm: Ratio, control: Ratio) -> Option<Lift> {
    if arm.value <= 0.0 || control.value <= 0.0 {
        return None;
    }
    let relative = |ratio: Ratio| ratio.variance / (ratio.value * ratio.value);
    let spread = Z_95 * libm::sqrt(relative(arm) + relative(control));
    let times = libm::log(arm.value / control.value);
    Some(Lift {
        lift: libm::exp(times) - 1.0,
        low: libm::exp(times - spread) - 1.0,
        high: libm::exp(times + spread) - 1.0,
    })
}

/// The probability of counts at least as far from their shares, if those hold: Pearson's chi-square test. 1 where there
/// is nothing to test.
pub fn split_p_value(counts: &[u64], shares: &[f64]) -> f64 {
    let all: u64 = counts.iter().sum();
    let tested = counts.iter().zip(shares).filter(|(_, share)| **share > 0.0);
    if all == 0 || tested.clone().count() < 2 {
        return 1.0;
    }
    let degrees = (tested.clone().count() - 1) as f64;
    let chi_square: f64 = tested
        .map(|(count, share)| {
            let expected = all as f64 * share;
            let off = *count as f64 - expected;
            off * off / expected
        })
        .sum();
    upper_gamma(degrees / 2.0, chi_square / 2.0)
}

/// The regularised upper incomplete gamma function Q(a, x), a > 0, x ≥ 0: by its series below a + 1 and by Lentz's
/// continued fraction above (*Numerical Recipes*, 3rd ed., §6.2).
fn upper_gamma(a: f64, x: f64) -> f64 {
    const ROUNDS: u32 = 500;
    if x <= 0.0 {
        return 1.0;
    }
    let scale = libm::exp(a * libm::log(x) - x - libm::lgamma(a));
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        for _ in 0..ROUNDS {
            n += 1.0;
            term *= x / n;
            sum += term;
            if term < sum * f64::EPSILON {
                break;
            }
        }
        return (1.0 - scale * sum).clamp(0.0, 1.0);
    }
    let tiny = f64::MIN_POSITIVE / f64::EPSILON;
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1.0 / tiny, 1.0 / b);
    let mut fraction = d;
    for n in 1..ROUNDS {
        let n = f64::from(n);
        let an = -n * (n - a);
        b += 2.0;
        let guard = |value: f64| if value.abs() < tiny { tiny } else { value };
        d = 1.0 / guard(an * d + b);
        c = guard(b + an / c);
        let change = d * c;
        fraction *= change;
        if (change - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    (scale * fraction).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_p_value_is_that_of_the_tables() {
        let check = |chi_square: f64, degrees: f64, expect: f64| {
            let found = upper_gamma(degrees / 2.0, chi_square / 2.0);
            assert!(
                (found - expect).abs() < 5e-5,
                "{chi_square} {degrees}: {found}"
            );
        };
        check(3.841_459, 1.0, 0.05);
        check(10.827_566, 1.0, 0.001);
        check(0.0, 1.0, 1.0);
        check(0.454_936, 1.0, 0.5);
        check(14.067_140, 7.0, 0.05);
        check(24.321_886, 7.0, 0.001);
        check(2.167_350, 7.0, 0.95);
    }

    #[test]
    fn a_split_that_cannot_be_chance_is_told() {
        let check = |counts: &[u64], shares: &[f64], mismatch: bool| {
            let p = split_p_value(counts, shares);
            assert_eq!(p < MISMATCH_BELOW, mismatch, "{counts:?}: {p}");
        };
        check(&[], &[], false);
        check(&[0, 0], &[0.5, 0.5], false);
        check(&[5_000, 5_000], &[0.5, 0.5], false);
        check(&[5_100, 4_900], &[0.5, 0.5], false);
        check(&[5_300, 4_700], &[0.5, 0.5], true);
        check(&[1_000, 2_000, 7_000], &[0.1, 0.2, 0.7], false);
        check(&[1_200, 2_000, 6_800], &[0.1, 0.2, 0.7], true);
    }

    /// Dice of one seed (splitmix64), and normal numbers of them as sums of twelve throws.
    struct Dice(u64);

    impl Dice {
        fn throw(&mut self) -> f64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
        }

        /// Users of one arm, each with impressions of his own and a rate of clicks of his own.
        fn arm(&mut self, users: usize, rate: f64) -> Vec<(f64, f64)> {
            let mut buckets = vec![(0.0, 0.0); 256];
            for _ in 0..users {
                let bucket = (self.throw() * 256.0) as usize;
                let impressions = 1.0 + (self.throw() * 8.0).floor();
                let own = rate * 2.0 * self.throw();
                for _ in 0..impressions as usize {
                    buckets[bucket].1 += 1.0;
                    buckets[bucket].0 += f64::from(u8::from(self.throw() < own));
                }
            }
            buckets
        }
    }

    #[test]
    fn the_interval_holds_the_truth_as_often_as_it_says() {
        let mut dice = Dice(7);
        let (mut held, rounds) = (0, 400);
        for _ in 0..rounds {
            let control = Ratio::of(&dice.arm(2_000, 0.10)).unwrap();
            let arm = Ratio::of(&dice.arm(2_000, 0.12)).unwrap();
            let told = lift(arm, control).unwrap();
            held += u32::from((told.low..told.high).contains(&0.2));
        }
        // 95 % of 400 is 380, with a standard deviation of 4.4.
        assert!((362..=396).contains(&held), "{held} of {rounds}");
    }

    #[test]
    fn what_came_to_nothing_is_not_compared() {
        assert_eq!(Ratio::of(&[]), None);
        assert_eq!(Ratio::of(&[(0.0, 0.0); 4]), None);
        let none = Ratio::of(&[(0.0, 1.0); 4]).unwrap();
        let some = Ratio::of(&[(1.0, 1.0), (3.0, 1.0)]).unwrap();
        assert_eq!((lift(none, some), lift(some, none)), (None, None));
        assert_eq!(some.value, 2.0);
        // Two buckets of 1 and 3: the mean's variance is 2 ÷ 2.
        assert!((some.variance - 1.0).abs() < 1e-12);
        let same = lift(some, some).unwrap();
        assert!(same.lift.abs() < 1e-12 && same.low < 0.0 && same.high > 0.0);
    }
}
