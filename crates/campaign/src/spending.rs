//! How a campaign's money is to be spent: how fast, in which hours, so much in which stretch, and at which cost.

use crate::ad::Delivery;
use crate::money::Money;
use crate::time::{Span, TimeZone, Timestamp, WeekHour};

/// How a campaign's money is to be spent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spending {
    /// How fast.
    pub delivery: Delivery,
    /// What becomes of what was missed.
    pub catch_up: CatchUp,
    /// Stretches of the flight with amounts of their own, in order, none over another.
    pub segments: Vec<Segment>,
    /// In which hours of the week it serves.
    pub dayparts: Dayparts,
    /// What it promises about what it buys.
    pub goal: Option<Target>,
    /// When raises of its budget are taken back.
    pub raise_ends: Vec<Timestamp>,
}

/// What a campaign promises about what it buys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The most that a click may cost on average.
    CostPerClick(Money),
    /// The most that a conversion may cost on average.
    CostPerConversion(Money),
    /// What conversions are to be worth, in hundredths of the spend: 400 is four times the spend.
    ReturnPercent(u32),
}

/// A stretch of a flight with an amount of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Its first moment.
    pub start: Timestamp,
    /// The first moment after it.
    pub end: Timestamp,
    /// What may be spent in it.
    pub amount: Money,
}

/// What becomes of money that a stretch was to spend and did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CatchUp {
    /// It is spread over the rest of the day. What the day could not make good either is spread over the days that are
    /// left.
    #[default]
    Day,
    /// It is spread over all that is left of the flight (or segment): today makes good today's part of it only.
    Flight,
    /// It is let go: the rest of the window spends what it was to spend from the start, and no more.
    LetGo,
}

/// The hours of the week in which something may serve, in its own zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dayparts {
    /// A bit for each hour, by weekday from Monday on.
    hours: [u32; 7],
}

impl Default for Dayparts {
    fn default() -> Dayparts {
        Dayparts::ALWAYS
    }
}

impl Dayparts {
    /// All hours.
    pub const ALWAYS: Dayparts = Dayparts {
        hours: [0xFF_FFFF; 7],
    };
    /// No hour: to open some.
    pub const NEVER: Dayparts = Dayparts { hours: [0; 7] };

    /// The same with the hours from `from` until before `until` (0 to 24) open on a weekday (0 is Monday).
    pub fn open(mut self, weekday: u8, from: u8, until: u8) -> Dayparts {
        if let Some(day) = self.hours.get_mut(usize::from(weekday)) {
            (from..until.min(24)).for_each(|hour| *day |= 1 << hour);
        }
        self
    }

    /// Whether this hour is open.
    pub fn contains(&self, hour: WeekHour) -> bool {
        self.hours
            .get(usize::from(hour.weekday))
            .is_some_and(|day| day & (1 << hour.hour.min(31)) != 0)
    }
    /// How long it is open between two moments. Hours are looked at one by one for a day or two; of longer stretches
    /// the part of the week counts.
    pub fn open_for(&self, zone: &TimeZone, from: Timestamp, until: Timestamp) -> Span {
        let all = Span((until - from).0.max(0));
        if *self == Dayparts::ALWAYS {
            return all;
        }
        if all > Span::days(2) {
            let open: u32 = self.hours.iter().map(|day| day.count_ones()).sum();
            return Span(all.0 / 168 * i64::from(open));
        }
        let (mut at, mut open) = (from, Span(0));
        while at < until {
            let end = zone.hour_end(at).min(until);
            if self.contains(zone.week_hour(at)) {
                open = Span(open.0 + (end - at).0);
            }
            at = end;
        }
        open
    }
}

impl Spending {
    /// The segment that is on.
    pub fn segment_at(&self, now: Timestamp) -> Option<&Segment> {
        let mut each = self.segments.iter();
        each.find(|segment| segment.start <= now && now < segment.end)
    }

    /// Whether a budget changes by itself at some moment.
    pub fn is_timed(&self) -> bool {
        !self.segments.is_empty() || !self.raise_ends.is_empty()
    }

    /// Whether a raise is to be taken back.
    pub fn has_raise_over(&self, now: Timestamp) -> bool {
        self.raise_ends.iter().any(|end| *end <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_hours_are_counted_by_the_clock_of_the_zone() {
        let zone = TimeZone::default();
        let check = |parts: Dayparts, from: &str, until: &str, minutes: i64| {
            let at = |text: &str| Timestamp::parse(text).unwrap();
            assert_eq!(
                parts.open_for(&zone, at(from), at(until)),
                Span::minutes(minutes),
                "{from} {until}"
            );
        };
        // A Monday.
        let (noon, evening) = ("2026-11-23T12:00:00Z", "2026-11-23T20:30:00Z");
        let nine_to_five = Dayparts::NEVER.open(0, 9, 17);
        check(Dayparts::ALWAYS, noon, evening, 510);
        check(nine_to_five, noon, evening, 300);
        check(nine_to_five, "2026-11-23T16:45:00Z", evening, 15);
        check(nine_to_five, evening, noon, 0);
        check(nine_to_five, noon, "2026-12-07T12:00:00Z", 960);
        check(Dayparts::NEVER, noon, evening, 0);
    }
}
