//! What was charged of late: enough to say how fast money goes, and no more.

use std::collections::VecDeque;

use campaign::money::Money;
use campaign::time::{Span, Timestamp};

/// How far back it goes, by the trade's clock.
pub const REACH: Span = Span::minutes(10);
/// How far apart the looks are that are kept.
const APART: Span = Span::seconds(10);

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

    /// Whether nothing was charged in all of its reach.
    pub fn is_idle(&self, now: Timestamp) -> bool {
        let first = self.0.front();
        first.is_some_and(|(at, then)| {
            now - *at >= REACH && self.0.back().is_some_and(|(_, last)| last == then)
        })
    }
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
    fn where_nothing_is_charged_it_is_idle_after_its_reach() {
        let mut recent = Recent::default();
        (0..=590).for_each(|second| recent.note(at(second), Money(7)));
        assert!(!recent.is_idle(at(590)));
        (590..=620).for_each(|second| recent.note(at(second), Money(7)));
        assert!(recent.is_idle(at(620)));
    }
}
