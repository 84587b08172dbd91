//! How much traffic a span of time holds, in hours of average traffic: the shape, summed over the open hours.

use campaign::time::{Day, Span, Timestamp, WeekHour};

use super::terms::Terms;
use super::traffic::Shape;

/// Flights that go on for longer than this are taken to have no end (or no start): nobody plans so far.
const DAYS_MAX: i64 = 3_660;

/// How busy each hour is that may serve.
pub(super) struct Busy<'a> {
    terms: &'a Terms,
    shape: &'a Shape,
}

impl<'a> Busy<'a> {
    pub fn new(terms: &'a Terms, shape: &'a Shape) -> Busy<'a> {
        Busy { terms, shape }
    }

    /// How busy this hour is; 0 where it is closed.
    pub fn at(&self, hour: WeekHour) -> f64 {
        if self.terms.dayparts.contains(hour) {
            self.shape.at(hour)
        } else {
            0.0
        }
    }

    /// The clock hours, or parts of them, between two moments: which, which part of an hour, and hours of average
    /// traffic. For spans of days; longer ones go on without end.
    pub fn pieces(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> impl Iterator<Item = (WeekHour, f64, f64)> + '_ {
        let mut at = from;
        std::iter::from_fn(move || {
            if at >= until {
                return None;
            }
            let hour = self.terms.zone.week_hour(at);
            let end = self.terms.zone.hour_end(at).min(until);
            let part = (end - at).0 as f64 / Span::hours(1).0 as f64;
            at = end;
            Some((hour, part, part * self.at(hour)))
        })
    }

    /// The traffic between two moments, hour by hour.
    pub fn between(&self, from: Timestamp, until: Timestamp) -> f64 {
        self.pieces(from, until).map(|(_, _, weight)| weight).sum()
    }

    /// The traffic of the days between two moments, with the parts of days at both ends. None where there are more
    /// days than anybody plans.
    fn days(&self, from: Timestamp, until: Timestamp) -> Option<Vec<(u8, f64)>> {
        if (until - from).0 > Span::days(DAYS_MAX).0 {
            return None;
        }
        let mut days = Vec::new();
        let mut sums = [None; 7];
        let mut at = from;
        while at < until {
            let day = self.terms.zone.day(at);
            let weekday = self.terms.zone.week_hour(day.start).weekday;
            let whole = at == day.start && day.end <= until;
            let weight = if whole && day.end - day.start == Span::days(1) {
                *sums[usize::from(weekday % 7)]
                    .get_or_insert_with(|| self.between(day.start, day.end))
            } else {
                self.between(at, day.end.min(until))
            };
            days.push((weekday, weight));
            at = day.end;
        }
        Some(days)
    }

    /// What lies around a day: worked out once a day.
    pub fn around(&self, now: Timestamp) -> Around {
        let day = self.terms.zone.day(now);
        let flight = self.terms.flight;
        let start = day.start.max(flight.start);
        let end = day.end.min(flight.end.unwrap_or(Timestamp::MAX)).max(start);
        let total = |from: Timestamp, until: Timestamp| {
            let days = self.days(from, until)?;
            Some(days.iter().map(|(_, weight)| weight).sum::<f64>())
        };
        let segment = self
            .terms
            .segments
            .iter()
            .position(|segment| segment.start <= now && now < segment.end);
        let of_segment = segment.and_then(|k| {
            let segment = self.terms.segments[k];
            Some((
                total(segment.start, segment.start.max(day.start))?,
                total(day.end.min(segment.end), segment.end)?,
            ))
        });
        let after = flight.end.and_then(|until| self.days(day.end, until));
        Around {
            day: day.day,
            start,
            end,
            segment,
            before: total(flight.start, flight.start.max(day.start)),
            after: after
                .as_ref()
                .map(|days| days.iter().map(|(_, weight)| weight).sum()),
            days_after: after.unwrap_or_default(),
            of_segment,
        }
    }
}

/// What lies around a day, in hours of average traffic.
#[derive(Clone, Debug)]
pub(super) struct Around {
    pub day: Day,
    /// The part of the day that the flight holds.
    pub start: Timestamp,
    pub end: Timestamp,
    /// Which segment is on.
    pub segment: Option<usize>,
    /// Of the flight, before this day; none where it has no start.
    pub before: Option<f64>,
    /// Of the flight, after this day; none where it has no end.
    pub after: Option<f64>,
    /// The same, by day.
    pub days_after: Vec<(u8, f64)>,
    /// Of the segment, before and after this day.
    pub of_segment: Option<(f64, f64)>,
}
