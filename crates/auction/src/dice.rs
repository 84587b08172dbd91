//! Dice without a random source: a keyed hash of what is being decided, so that every throw can be
//! made again from a trace.

use std::hash::Hasher;

use campaign::id::{AdId, ExchangeId};
use siphasher::sip::SipHasher13;

/// The key of a deployment's dice. Secret, so that nobody who can choose request ids can choose the throws.
#[derive(Clone, Copy)]
pub struct DiceKey(pub [u8; 16]);

impl std::fmt::Debug for DiceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DiceKey(..)")
    }
}

/// What the dice are thrown for: two throws for different things have nothing to do with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Throw {
    /// Whether the ad takes part in the auction.
    Participation = 1,
    /// Which of the creatives that fit is shown.
    Creative = 2,
    /// Which of two ads of the same price goes first.
    Tie = 3,
    /// Whether another bid is made than the best one, and which.
    Explore = 4,
}

/// The dice of one impression, with all that its throws have in common hashed already.
#[derive(Clone, Copy)]
pub struct Dice(SipHasher13);

impl std::fmt::Debug for Dice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dice(..)")
    }
}

impl Dice {
    /// Takes the dice for an impression of a request.
    pub fn new(key: &DiceKey, exchange: ExchangeId, request: &str, imp: &str) -> Dice {
        let mut hasher = SipHasher13::new_with_key(&key.0);
        hasher.write_u64(exchange.0);
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        hasher.write_u64(request.len() as u64);
        hasher.write(request.as_bytes());
        hasher.write(imp.as_bytes());
        Dice(hasher)
    }

    /// A number that looks drawn evenly from all `u64`, the same each time for the same question.
    pub fn throw(&self, what: Throw, ad: AdId) -> u64 {
        let mut hasher = self.0;
        hasher.write_u64(ad.0);
        hasher.write_u8(what as u8);
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throw(
        key: &DiceKey,
        what: Throw,
        exchange: ExchangeId,
        request: &str,
        imp: &str,
        ad: AdId,
    ) -> u64 {
        Dice::new(key, exchange, request, imp).throw(what, ad)
    }

    #[test]
    fn a_throw_depends_on_all_that_it_is_for() {
        let key = DiceKey([7; 16]);
        let first = throw(
            &key,
            Throw::Participation,
            ExchangeId(1),
            "ab",
            "c",
            AdId(1),
        );
        assert_eq!(
            first,
            throw(
                &key,
                Throw::Participation,
                ExchangeId(1),
                "ab",
                "c",
                AdId(1)
            )
        );
        let others = [
            throw(
                &DiceKey([8; 16]),
                Throw::Participation,
                ExchangeId(1),
                "ab",
                "c",
                AdId(1),
            ),
            throw(&key, Throw::Creative, ExchangeId(1), "ab", "c", AdId(1)),
            throw(
                &key,
                Throw::Participation,
                ExchangeId(2),
                "ab",
                "c",
                AdId(1),
            ),
            throw(
                &key,
                Throw::Participation,
                ExchangeId(1),
                "a",
                "bc",
                AdId(1),
            ),
            throw(
                &key,
                Throw::Participation,
                ExchangeId(1),
                "ab",
                "c",
                AdId(2),
            ),
        ];
        assert!(others.iter().all(|other| *other != first));
    }

    #[test]
    fn throws_are_spread_evenly() {
        let key = DiceKey([1; 16]);
        let low = (0..10_000).filter(|n| {
            throw(
                &key,
                Throw::Participation,
                ExchangeId(1),
                &n.to_string(),
                "1",
                AdId(1),
            ) < u64::MAX / 4
        });
        let share = low.count() as f64 / 10_000.0;
        // Four standard deviations of a fair quarter.
        assert!((share - 0.25).abs() < 0.0174, "{share}");
    }
}
