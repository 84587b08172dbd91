//! What was spent to learn: bids made at other prices than the best, and ads taken to be better than they are believed
//! to be, since little is known of them.

use std::collections::HashMap;

use campaign::id::AdId;
use campaign::money::Money;
use campaign::time::{Day, Span, TimeZone, Timestamp};

/// What an impression was bought to learn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lesson {
    /// What it takes to win.
    Price,
    /// How good an ad is.
    Ad,
}

/// What was bought to learn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lessons {
    /// What it takes to win.
    pub of_price: Bought,
    /// How good an ad is.
    pub of_ad: Bought,
}

/// Impressions, and what they cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bought {
    pub impressions: u64,
    pub spend: Money,
}

impl Bought {
    fn and(self, other: Bought) -> Bought {
        Bought {
            impressions: self.impressions + other.impressions,
            spend: self.spend.saturating_add(other.spend),
        }
    }
}

impl Lessons {
    /// Both together.
    pub fn and(self, other: Lessons) -> Lessons {
        Lessons {
            of_price: self.of_price.and(other.of_price),
            of_ad: self.of_ad.and(other.of_ad),
        }
    }

    /// What all of it cost.
    pub fn spend(&self) -> Money {
        self.of_price.spend.saturating_add(self.of_ad.spend)
    }
}

/// What each ad bought to learn in the present day of its campaign, since control started.
#[derive(Debug, Default)]
pub(super) struct Exploration {
    ads: HashMap<AdId, (Day, Lessons)>,
}

impl Exploration {
    /// An impression was bought for this.
    pub fn count(&mut self, ad: AdId, day: Day, lesson: Lesson, cost: Money) {
        let (of, lessons) = self.ads.entry(ad).or_insert((day, Lessons::default()));
        if *of != day {
            (*of, *lessons) = (day, Lessons::default());
        }
        let bought = match lesson {
            Lesson::Price => &mut lessons.of_price,
            Lesson::Ad => &mut lessons.of_ad,
        };
        *bought = bought.and(Bought {
            impressions: 1,
            spend: cost,
        });
    }

    /// What an ad bought to learn in a day.
    pub fn of(&self, ad: AdId, day: Day) -> Lessons {
        let known = self.ads.get(&ad).filter(|(of, _)| *of == day);
        known.map_or_else(Lessons::default, |(_, lessons)| *lessons)
    }

    /// Forgets days that are over wherever one is.
    pub fn forget(&mut self, now: Timestamp) {
        let oldest = TimeZone::default().day(now - Span::days(2)).day;
        self.ads.retain(|_, (day, _)| *day >= oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_day_is_counted_by_itself() {
        let mut exploration = Exploration::default();
        let bought = |impressions, spend| Bought {
            impressions,
            spend: Money(spend),
        };
        let (ad, other) = (AdId(1), AdId(2));
        let today = TimeZone::default().day(Timestamp(0)).day;
        let tomorrow = TimeZone::default().day(Timestamp(86_400_000)).day;
        exploration.count(ad, today, Lesson::Price, Money(3));
        exploration.count(ad, today, Lesson::Price, Money(4));
        exploration.count(ad, today, Lesson::Ad, Money(5));
        let lessons = Lessons {
            of_price: bought(2, 7),
            of_ad: bought(1, 5),
        };
        assert_eq!(exploration.of(ad, today), lessons);
        assert_eq!(lessons.and(lessons).spend(), Money(24));
        for (of, day) in [(ad, tomorrow), (other, today)] {
            assert_eq!(exploration.of(of, day), Lessons::default());
        }
        exploration.count(ad, tomorrow, Lesson::Ad, Money(1));
        assert_eq!(exploration.of(ad, tomorrow).of_ad, bought(1, 1));
        assert_eq!(exploration.of(ad, today), Lessons::default());
        exploration.forget(Timestamp(86_400_000 * 3));
        assert_eq!(exploration.of(ad, tomorrow).spend(), Money(1));
        exploration.forget(Timestamp(86_400_000 * 4));
        assert_eq!(exploration.of(ad, tomorrow), Lessons::default());
    }
}
