//! What was charged of late: enough to say how fast money goes, and no more.

use std::collections::VecDeque;

use campaign::money::Money;
use campaign::time::{Span, Timestamp};

/// How far back it goes, by the trade's clock.
pub const REACH: Span = Span::minutes(10);
/// How far apart the looks are that are kept.
const APART: Span = Span::seconds(10);
/// Of how many looks at least it says how far a pace may be off.
const ENOUGH: usize = 6;
/// Of 20 cases of a normal distribution, 19 are no further than this many deviations from its middle.
const NORMAL_95: f64 = 1.96;

/// What had been charged in all, at some moments of the last minutes.
#[derive(Clone, Debug, Default)]
pub struct Recent(VecDeque<(Timestamp, Money)>);

impl Recent {
    /// So much has been charged in all by now.
    pub fn note(&mut self, now: Timestamp, posted: Money) {
        if self.0.back().is_none_or(|(at, _)| now - *at >= APART) {
            self.0.push_back((now, posted));
        }
        // One look from before the reach stays, so that all of the reach is covered.
        while self.0.get(1).is_some_and(|(at, _)| now - *at >= REACH) {
            self.0.pop_front();
        }
    }

    /// What was charged since the look that is nearest to so long ago, and how long ago that was.
    pub fn since(&self, now: Timestamp, posted: Money, ago: Span) -> (Money, Span) {
        let looks = self.0.iter().rev();
        let nearest = looks.min_by_key(|(at, _)| ((now - *at).0 - ago.0).abs());
        nearest.map_or((Money::ZERO, Span(0)), |(at, then)| {
            (posted.saturating_sub(*then), now - *at)
        })
    }

    /// What is charged in so long at the speed of the last minutes. `None` where too little was seen to say.
    pub fn pace(&self, now: Timestamp, posted: Money, length: Span) -> Option<Money> {
        let (charged, took) = self.since(now, posted, REACH);
        let exact = i128::from(charged.nanos()) * i128::from(length.0.max(0));
        (took >= APART)
            .then(|| Money(i64::try_from(exact / i128::from(took.0)).unwrap_or(i64::MAX)))
    }

    /// How far what is charged in so long may be from what `pace` says, in 19 of 20 cases. `None` where too little was
    /// seen to say.
    ///
    /// The prediction interval for the sum of what is to come, from the spread of what was (Hahn and Meeker,
    /// Statistical Intervals, 1991, chapter 4: the mean of future observations), with a variance that grows with the
    /// length of the time: of the charges c in pieces of d milliseconds, at r = sum(c) / sum(d), it is
    /// s^2 = sum((c - r d)^2 / d) / (n - 1) a millisecond, and what comes in L has s^2 (L + L^2 / sum(d)): its own
    /// spread, and that of r. It knows no more of the hours to come than the last minutes do.
    pub fn spread(&self, now: Timestamp, posted: Money, length: Span) -> Option<Money> {
        let looks = self.0.iter().copied();
        let looks: Vec<(Timestamp, Money)> = looks
            .chain((self.0.back()?.0 < now).then_some((now, posted)))
            .collect();
        let pieces = looks.windows(2).map(|pair| {
            let [(then, before), (at, after)] = [pair[0], pair[1]];
            let charged = after.saturating_sub(before).nanos();
            ((at - then).0.max(1) as f64, charged as f64)
        });
        let pieces: Vec<(f64, f64)> = pieces.collect();
        if pieces.len() < ENOUGH {
            return None;
        }
        let whole: f64 = pieces.iter().map(|(took, _)| took).sum();
        let rate = pieces.iter().map(|(_, charged)| charged).sum::<f64>() / whole;
        let free = (pieces.len() - 1) as f64;
        let off = |&(took, charged): &(f64, f64)| (charged - rate * took).powi(2) / took;
        let variance = pieces.iter().map(off).sum::<f64>() / free;
        let length = length.0.max(0) as f64;
        let deviation = (variance * (length + length * length / whole)).sqrt();
        // A cast keeps to the range.
        Some(Money((student_95(free) * deviation) as i64))
    }

    /// Whether nothing was charged in all of its reach.
    pub fn is_idle(&self, now: Timestamp) -> bool {
        let first = self.0.front();
        first.is_some_and(|(at, then)| {
            now - *at >= REACH && self.0.back().is_some_and(|(_, last)| last == then)
        })
    }
}

/// The same as `NORMAL_95` of Student's t with so many degrees of freedom (Abramowitz and Stegun, 26.7.5, two terms).
fn student_95(free: f64) -> f64 {
    let x = NORMAL_95;
    let first = (x.powi(3) + x) / 4.0;
    let second = (5.0 * x.powi(5) + 16.0 * x.powi(3) + 3.0 * x) / 96.0;
    x + first / free + second / (free * free)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp(seconds * 1_000)
    }

    #[test]
    fn the_pace_is_that_of_the_last_minutes() {
        let mut recent = Recent::default();
        assert_eq!(recent.pace(at(0), Money(0), Span::minutes(1)), None);
        // A nano a second for half an hour, then ten.
        (0..=1_800).for_each(|second| recent.note(at(second), Money(second)));
        assert_eq!(
            recent.pace(at(1_800), Money(1_800), Span::minutes(1)),
            Some(Money(60))
        );
        for second in 1_801..=3_000 {
            recent.note(at(second), Money(1_800 + (second - 1_800) * 10));
        }
        let posted = Money(1_800 + 12_000);
        assert_eq!(
            recent.pace(at(3_000), posted, Span::hours(1)),
            Some(Money(36_000))
        );
        let (charged, took) = recent.since(at(3_000), posted, Span::minutes(1));
        assert_eq!((charged, took), (Money(600), Span::minutes(1)));
        assert!(!recent.is_idle(at(3_000)));
        assert!(recent.0.len() <= 62, "{}", recent.0.len());
    }

    #[test]
    fn the_more_unevenly_money_went_the_less_is_known_of_what_comes() {
        let hour = Span::hours(1);
        let of = |charges: &[i64]| {
            let mut recent = Recent::default();
            let mut posted = 0;
            recent.note(at(0), Money(0));
            for (place, charge) in (1..).zip(charges) {
                posted += charge;
                recent.note(at(place * 10), Money(posted));
            }
            let now = at(10 * charges.len() as i64);
            recent.spread(now, Money(posted), hour)
        };
        assert_eq!(of(&[100; 5]), None);
        assert_eq!(of(&[100; 60]), Some(Money(0)));
        // One or the other, by turns: 50 off in each of 60 pieces of 10 s, which is s^2 = 60 / 59 * 250 a second. In an
        // hour that is the root of s^2 (3,600 + 3,600^2 / 600) = 2,531.2, by t of 59, 2.001.
        let turns: Vec<i64> = [50, 150].repeat(30);
        assert_eq!(of(&turns), Some(Money(5_064)));
        // By tables, t of 5 is 2.571 and of 59 2.001.
        assert!((student_95(5.0) - 2.571).abs() < 0.03);
        assert!((student_95(59.0) - 2.001).abs() < 0.001);
    }

    #[test]
    fn where_nothing_is_charged_it_is_idle_after_its_reach() {
        let mut recent = Recent::default();
        (0..=590).for_each(|second| recent.note(at(second), Money(7)));
        assert!(!recent.is_idle(at(590)));
        (590..=620).for_each(|second| recent.note(at(second), Money(7)));
        assert!(recent.is_idle(at(620)));
    }
}
