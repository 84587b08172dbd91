//! What nobody in the market knows: how users answer to ads.

use std::collections::BTreeMap;
use std::sync::Arc;

use campaign::creative::Format;
use campaign::time::Span;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::user::User;
use crate::dice::exponential;

/// How users answer to ads, hidden from the bidder, which has to learn it.
#[derive(Clone, Debug)]
pub struct Truth {
    seed: u64,
    click_scale: f64,
    clicks: Arc<BTreeMap<u64, f64>>,
}

impl Truth {
    /// The mean time between a click and the conversion after it.
    pub const CONVERSION_DELAY_MEAN: Span = Span::minutes(40);

    pub(crate) fn new(seed: u64, click_scale: f64, clicks: Arc<BTreeMap<u64, f64>>) -> Truth {
        Truth {
            seed,
            click_scale,
            clicks,
        }
    }

    /// How probable it is that this user clicks on this creative, once shown. Between 0 and 1/4.
    pub fn click_probability(&self, user: &User, creative: u64, format: Format) -> f64 {
        if let Some(probability) = self.clicks.get(&creative) {
            return probability.clamp(0.0, 0.25);
        }
        let base = match format {
            Format::Banner => 0.012,
            Format::Video => 0.02,
            Format::Native => 0.025,
            Format::Audio => 0.006,
        };
        (base * self.click_scale * self.affinity(user, creative)).min(0.25)
    }

    /// How probable it is that a click of this user on this creative is followed by a conversion. Between 0 and 1/2.
    pub fn conversion_probability(&self, user: &User, creative: u64) -> f64 {
        // Another number than that of the clicks, so that what is clicked is not what sells.
        (0.12 * self.affinity(user, !creative)).min(0.5)
    }

    /// How long after the click the conversion comes.
    pub(crate) fn conversion_delay(dice: &mut ChaCha8Rng) -> Span {
        let mean = Self::CONVERSION_DELAY_MEAN.0 as f64;
        Span(exponential(dice, mean) as i64 + 1)
    }

    /// What a conversion is worth, in hundredths of the advertiser's currency.
    pub(crate) fn conversion_value_cents(dice: &mut ChaCha8Rng) -> i64 {
        dice.random_range(900..=9_900)
    }

    /// The mean, over the user's interests, of how well the creative speaks to each: between 0.1 and 3, mostly below 1.
    fn affinity(&self, user: &User, creative: u64) -> f64 {
        let of = |interest: &usize| {
            let unit =
                mix(self.seed ^ mix(creative ^ mix(*interest as u64))) as f64 / u64::MAX as f64;
            0.1 + 2.9 * unit * unit
        };
        let sum: f64 = user.interests.iter().map(of).sum();
        sum / user.interests.len().max(1) as f64
    }
}

/// Spreads a number over 64 bits (the finaliser of SplitMix64, Steele, Lea and Flood 2014).
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_of_one_taste_answer_alike_and_creatives_differ() {
        let truth = Truth::new(3, 1.0, Arc::default());
        let mut first = User::of(3, 1, None);
        let mut second = User::of(3, 2, None);
        first.interests = vec![1, 4];
        second.interests = vec![1, 4];
        let click = |user: &User, creative| truth.click_probability(user, creative, Format::Banner);
        assert_eq!(click(&first, 10), click(&second, 10));
        let distinct: std::collections::BTreeSet<u64> = (0..20)
            .map(|creative| click(&first, creative).to_bits())
            .collect();
        assert_eq!(distinct.len(), 20);
    }

    #[test]
    fn a_creative_of_which_it_is_said_is_clicked_as_often_by_everybody() {
        let truth = Truth::new(3, 12.0, Arc::new(BTreeMap::from([(7, 0.03), (8, 0.9)])));
        let check = |user: u64, creative: u64, expect: f64| {
            let user = User::of(3, user, None);
            let click = truth.click_probability(&user, creative, Format::Video);
            assert_eq!(click, expect, "{creative} of {}", user.number);
        };
        check(1, 7, 0.03);
        check(2, 7, 0.03);
        check(1, 8, 0.25);
    }
}
