//! What an ad is given the benefit of: optimism where little is known.
//!
//! Thompson sampling (Thompson 1933; Chapelle and Li 2011): at each tick an ad is taken to be as good as one draw from
//! what is believed of it. An ad that is surely worse is drawn below the others and is not shown; one of which little
//! is known is drawn high now and then, and so it is tried as often as it may be the best. Draws below the mean tell
//! nothing that a draw of another ad above its own would not, and cost value, so the optimistic form is used (May et
//! al., *Optimistic Bayesian Sampling in Contextual-Bandit Problems*, 2012): the mean, or the draw if that is higher.
//!
//! A caller draws for each ad once a tick and lets the ad bid by what was drawn until the next:
//!
//! ```
//! use campaign::id::AdId;
//! use learning::bandit::{optimistic, throw};
//! use learning::rates::{CLICK, Evidence};
//!
//! let seen = Evidence { trials: 4_000.0, successes: 12.0 };
//! let rate = optimistic(&CLICK.posterior(seen), throw(1, AdId(7), 0));
//! assert!(rate >= 0.002);
//! ```

use campaign::id::AdId;

use crate::beta::Beta;

/// A throw of the dice in (0, 1) for one ad and one tick: the same seed, ad and tick give the same throw, and any other
/// an independent one.
pub fn throw(seed: u64, ad: AdId, tick: u64) -> f64 {
    let bits = mix(seed ^ mix(ad.0 ^ mix(tick)));
    // 53 bits, and never 0 or 1.
    ((bits >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
}

/// Spreads a number over 64 bits (the finaliser of SplitMix64, Steele, Lea and Flood 2014).
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A draw from a belief.
pub fn draw(belief: &Beta, throw: f64) -> f64 {
    belief.quantile(throw)
}

/// The mean of a belief, or the draw from it if that is higher.
pub fn optimistic(belief: &Beta, throw: f64) -> f64 {
    belief.mean().max(draw(belief, throw))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throws_are_even_and_their_own() {
        let throws: Vec<f64> = (0..10_000).map(|tick| throw(3, AdId(1), tick)).collect();
        for tenth in 0..10 {
            let within = |throw: &&f64| (**throw * 10.0) as usize == tenth;
            let count = throws.iter().filter(within).count();
            assert!((880..1_120).contains(&count), "{tenth}: {count}");
        }
        assert_eq!(throws[5], throw(3, AdId(1), 5));
        assert_ne!(throws[5], throw(4, AdId(1), 5));
        assert_ne!(throws[5], throw(3, AdId(2), 5));
    }

    #[test]
    fn draws_are_spread_as_the_belief_is() {
        let belief = Beta {
            successes: 20.0,
            failures: 980.0,
        };
        let draws: Vec<f64> = (0..4_000)
            .map(|tick| draw(&belief, throw(1, AdId(1), tick)))
            .collect();
        let mean = draws.iter().sum::<f64>() / 4_000.0;
        assert!((mean - 0.02).abs() < 3e-4, "{mean}");
        let inside = belief.estimate();
        let share = draws
            .iter()
            .filter(|draw| (inside.low..inside.high).contains(*draw))
            .count();
        assert!((3_520..3_680).contains(&share), "{share}");
    }

    /// Ten thousand rounds of one winner among ads of these rates.
    fn play(rates: &[f64], seed: u64) -> Vec<u64> {
        let mut seen = vec![(1.0, 1.0); rates.len()];
        let mut shown = vec![0; rates.len()];
        for round in 0..10_000 {
            let drawn = |n: usize| {
                let (successes, failures) = seen[n];
                let belief = Beta {
                    successes,
                    failures,
                };
                optimistic(&belief, throw(seed, AdId(n as u64), round))
            };
            let best = (0..rates.len())
                .max_by(|a, b| drawn(*a).total_cmp(&drawn(*b)))
                .unwrap();
            shown[best] += 1;
            let click = throw(!seed, AdId(best as u64), round) < rates[best];
            seen[best].0 += f64::from(u8::from(click));
            seen[best].1 += f64::from(u8::from(!click));
        }
        shown
    }

    #[test]
    fn the_best_ad_is_found() {
        for seed in 0..5 {
            let shown = play(&[0.05, 0.1, 0.05, 0.02], seed);
            assert!(shown[1] > 8_500, "{seed}: {shown:?}");
            assert!(shown.iter().all(|times| *times > 10), "{seed}: {shown:?}");
        }
    }
}
