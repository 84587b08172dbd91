//! Dice that fall the same way each time, on every machine: one stream of randomness for each purpose and number.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What dice are thrown for. Each has streams of its own, so that one more throw for one purpose changes no other.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    Publisher = 0,
    User = 1,
    Request = 2,
    Rivals = 3,
    Fate = 4,
    Arrivals = 5,
}

/// The dice of one purpose and one number of it: user 17, request 4711.
pub(crate) fn dice(seed: u64, purpose: Purpose, number: u64) -> ChaCha8Rng {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    dice.set_stream(number << 3 | purpose as u64);
    dice
}

/// A draw from the standard normal distribution (Box and Muller 1958).
pub(crate) fn normal(dice: &mut ChaCha8Rng) -> f64 {
    let radius = (-2.0 * libm::log(above_zero(dice))).sqrt();
    radius * libm::cos(std::f64::consts::TAU * dice.random::<f64>())
}

/// A draw from the log-normal distribution with this median, whose logarithm has the standard deviation `sigma`.
pub(crate) fn log_normal(dice: &mut ChaCha8Rng, median: f64, sigma: f64) -> f64 {
    median * libm::exp(sigma * normal(dice))
}

/// A draw from the exponential distribution with this mean.
pub(crate) fn exponential(dice: &mut ChaCha8Rng, mean: f64) -> f64 {
    -mean * libm::log(above_zero(dice))
}

/// A number in (0, 1], so that its logarithm is finite.
fn above_zero(dice: &mut ChaCha8Rng) -> f64 {
    1.0 - dice.random::<f64>()
}

/// One of a list that is not empty.
pub(crate) fn pick<'a, T>(dice: &mut ChaCha8Rng, from: &'a [T]) -> &'a T {
    &from[dice.random_range(0..from.len())]
}

/// One of a list that is not empty, each as often as its weight says against the others.
pub(crate) fn pick_weighted<'a, T>(
    dice: &mut ChaCha8Rng,
    from: &'a [T],
    weight: impl Fn(&T) -> u32,
) -> &'a T {
    let total: u32 = from.iter().map(&weight).sum();
    let mut left = dice.random_range(0..total.max(1));
    for item in from {
        match left.checked_sub(weight(item)) {
            Some(rest) => left = rest,
            None => return item,
        }
    }
    &from[0]
}

/// So many hexadecimal digits.
pub(crate) fn hex(dice: &mut ChaCha8Rng, digits: usize) -> String {
    (0..digits)
        .map(|_| char::from(b"0123456789abcdef"[dice.random_range(0..16)]))
        .collect()
}

/// A UUID of version 4, as most exchanges write ids.
pub(crate) fn uuid(dice: &mut ChaCha8Rng) -> String {
    let (a, b, c, d) = (hex(dice, 8), hex(dice, 4), hex(dice, 3), hex(dice, 3));
    let variant = pick(dice, &["8", "9", "a", "b"]);
    format!("{a}-{b}-4{c}-{variant}{d}-{}", hex(dice, 12))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dice_of_the_same_seed_and_number_fall_alike_and_others_do_not() {
        let throw = |seed, purpose, number| dice(seed, purpose, number).random::<u64>();
        let first = throw(7, Purpose::Request, 3);
        assert_eq!(first, throw(7, Purpose::Request, 3));
        assert_ne!(first, throw(8, Purpose::Request, 3));
        assert_ne!(first, throw(7, Purpose::Request, 4));
        assert_ne!(first, throw(7, Purpose::User, 3));
    }

    #[test]
    fn a_weight_of_zero_is_never_picked() {
        let mut dice = dice(1, Purpose::Request, 0);
        for _ in 0..200 {
            assert_eq!(*pick_weighted(&mut dice, &[0, 5, 0], |w| *w), 5);
        }
    }

    #[test]
    fn half_of_a_log_normal_lies_below_its_median() {
        let mut dice = dice(1, Purpose::Rivals, 0);
        let below = (0..10_000)
            .filter(|_| log_normal(&mut dice, 2.5, 0.7) < 2.5)
            .count();
        assert!((4_700..5_300).contains(&below), "{below}");
    }
}
