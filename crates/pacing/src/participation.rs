//! In how many auctions a fixed price takes part, so that a day's budget lasts the day.
//!
//! A bid whose price is fixed cannot be paced by bidding less. It is paced by chance: each auction is entered with a
//! probability that a controller moves once a tick.

use campaign::ad::Delivery;
use campaign::money::Money;
use campaign::time::Span;

const MILLION: u32 = 1_000_000;

/// The probability of taking part in an auction, in parts per million: from [`Participation::FLOOR`] to
/// [`Participation::ALWAYS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Participation(u32);

/// What the controller looks at, once a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// What is left of the tightest daily budget, promises to leases counted as spent.
    pub left: Money,
    /// How much of the day is left.
    pub day_left: Span,
    /// How long a tick is.
    pub length: Span,
    /// What was spent in the last tick.
    pub spent: Money,
}

impl Participation {
    /// In every auction.
    pub const ALWAYS: Participation = Participation(MILLION);
    /// In one of a thousand: never in none, or nobody would notice that the traffic has changed.
    pub const FLOOR: Participation = Participation(1_000);

    /// From parts per million, kept between floor and always.
    pub fn from_ppm(ppm: u32) -> Participation {
        Participation(ppm).clamp(Participation::FLOOR, Participation::ALWAYS)
    }

    /// In parts per million.
    pub const fn ppm(self) -> u32 {
        self.0
    }

    /// The dice: whether to take part, for a hash that is uniform over all 64 bits. The same hash gives the same
    /// answer, and who takes part at some probability does at every higher one.
    pub fn takes_part(self, hash: u64) -> bool {
        // The hash as a fraction of 2⁶⁴, in parts per million.
        let thrown = (u128::from(hash) * u128::from(MILLION)) >> 64;
        thrown < u128::from(self.0)
    }

    /// The probability for the next tick:
    ///
    /// > target = left × length ÷ day left
    /// > next = now × exp(η × (target − spent) ÷ target), η = 1/10, the exponent not below −2
    ///
    /// The target is what an even spend of the rest of the day would be, so what was missed or exceeded is spread
    /// over all that is left. The step is the multiplicative dual update (Balseiro, Lu, Mirrokni 2020, with the
    /// entropy map): it rests where the *mean* spend is the target, however uneven the ticks are; a step by the ratio
    /// target ÷ spent would not. With nothing left, or nothing that a tick could spend, it goes to the floor.
    pub fn next(self, delivery: Delivery, tick: &Tick) -> Participation {
        if delivery == Delivery::AsFastAsPossible {
            return Participation::ALWAYS;
        }
        let target = tick.target();
        if target <= 0 {
            return Participation::FLOOR;
        }
        let spent = i128::from(tick.spent.nanos()).max(0);
        let exponent_ppm = ((target - spent).abs() * ETA_PPM / target).min(LARGEST_EXPONENT_PPM);
        let (now, million) = (i128::from(self.0), i128::from(MILLION));
        // The exponential's series to its second power: exact enough for a controller, and the same on every machine.
        let exp_ppm = million + exponent_ppm + exponent_ppm * exponent_ppm / (2 * million);
        let next = if spent < target {
            now * exp_ppm / million
        } else {
            now * million / exp_ppm
        };
        Participation::from_ppm(u32::try_from(next).unwrap_or(MILLION))
    }
}

const ETA_PPM: i128 = 100_000;
const LARGEST_EXPONENT_PPM: i128 = 2_000_000;

impl Tick {
    fn target(&self) -> i128 {
        let left = i128::from(self.left.nanos());
        let (length, day_left) = (i128::from(self.length.0), i128::from(self.day_left.0));
        if left <= 0 || length <= 0 {
            0
        } else if day_left <= length {
            left
        } else {
            left * length / day_left
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Span = Span::days(1);
    const TICK: Span = Span::minutes(1);

    fn tick(left: i64, minutes_left: i64, spent: i64) -> Tick {
        Tick {
            left: Money(left),
            day_left: Span::minutes(minutes_left),
            length: TICK,
            spent: Money(spent),
        }
    }

    #[test]
    fn the_next_probability_follows_the_formula() {
        let check = |now_ppm: u32, tick: Tick, expect_ppm: u32| {
            let next = Participation::from_ppm(now_ppm).next(Delivery::Even, &tick);
            assert_eq!(next.ppm(), expect_ppm, "{now_ppm} {tick:?}");
        };
        check(500_000, tick(1_000, 100, 10), 500_000);
        // Nothing spent of what should have been: e^0.1.
        check(400_000, tick(1_000, 100, 0), 442_000);
        check(400_000, tick(10_000, 100, 50), 420_500);
        check(990_000, tick(1_000, 100, 0), 1_000_000);
        // Twice, and eleven times, what should have been: e^-0.1 and e^-1.
        check(500_000, tick(1_000, 100, 20), 452_488);
        check(500_000, tick(1_000, 100, 110), 200_000);
        check(500_000, tick(1_000, 100, 1_000_000), 100_000);
        check(1_000, tick(1_000, 100, 1_000), 1_000);
        check(500_000, tick(0, 100, 10), Participation::FLOOR.ppm());
        check(500_000, tick(-5, 100, 10), Participation::FLOOR.ppm());
        check(500_000, tick(10, 0, 10), 500_000);
        check(500_000, tick(i64::MAX, 1, 1), 552_499);
        check(
            500_000,
            tick(i64::MAX, i64::MAX / 60_000, i64::MAX),
            100_000,
        );
    }

    #[test]
    fn as_fast_as_possible_is_always() {
        let next = Participation::FLOOR.next(Delivery::AsFastAsPossible, &tick(0, 1, 1));
        assert_eq!(next, Participation::ALWAYS);
    }

    #[test]
    fn the_dice_fall_as_often_as_they_should_and_only_ever_one_way() {
        let hashes: Vec<u64> = (0..100_000_u64)
            .map(|i| i.wrapping_mul(0x9E37_79B9_7F4A_7C15))
            .collect();
        let mut before = 0;
        for ppm in [1_000, 50_000, 250_000, 999_000, 1_000_000] {
            let p = Participation::from_ppm(ppm);
            let taken = hashes.iter().filter(|h| p.takes_part(**h)).count() as i64;
            let expect = i64::from(ppm) / 10;
            assert!((taken - expect).abs() <= 20, "{ppm}: {taken}");
            assert!(taken > before);
            before = taken;
        }
        assert!(Participation::ALWAYS.takes_part(u64::MAX));
        assert!(!Participation::from_ppm(999_999).takes_part(u64::MAX));
        assert!(Participation::FLOOR.takes_part(0));
    }

    /// A day of auctions, `traffic(minute)` a minute at `price` each. Returns what was spent by each quarter of the
    /// day.
    fn run_day(budget: i64, price: i64, traffic: impl Fn(i64) -> i64) -> [i64; 4] {
        let mut p = Participation::ALWAYS;
        let (mut spent, mut quarters) = (0, [0; 4]);
        for minute in 0..1_440 {
            let entered = traffic(minute) * i64::from(p.ppm()) / 1_000_000;
            let now = (entered * price).min(budget - spent);
            spent += now;
            p = p.next(
                Delivery::Even,
                &Tick {
                    left: Money(budget - spent),
                    day_left: Span(DAY.0 - (minute + 1) * TICK.0),
                    length: TICK,
                    spent: Money(now),
                },
            );
            quarters[(minute / 360) as usize] = spent;
        }
        quarters
    }

    #[test]
    fn a_days_budget_lasts_the_day() {
        let check = |name: &str, traffic: &dyn Fn(i64) -> i64| {
            let quarters = run_day(1_000_000_000, 1_000, traffic);
            for (quarter, share_percent) in quarters.into_iter().zip([25, 50, 75, 100]) {
                let percent = quarter / 10_000_000;
                assert!((percent - share_percent).abs() <= 2, "{name}: {quarters:?}");
            }
        };
        check("steady", &|_| 10_000);
        check("doubled at noon", &|minute| {
            if minute < 720 { 5_000 } else { 10_000 }
        });
        check("halved at noon", &|minute| {
            if minute < 720 { 10_000 } else { 5_000 }
        });
        check("a wave", &|minute| {
            5_000 + 4_000 * ((minute / 60) % 12 - 6).abs() / 6
        });
        check("bursts", &|minute| {
            if minute % 10 == 0 { 20_000 } else { 8_000 }
        });
    }

    #[test]
    fn where_there_is_too_little_traffic_it_takes_part_in_all() {
        let quarters = run_day(1_000_000_000, 1_000, |_| 100);
        assert_eq!(quarters[3], 1_440 * 100 * 1_000);
    }
}
