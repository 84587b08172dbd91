//! Time as values. Who needs to know the time is told it; only a process asks a [`Clock`].

use std::fmt;
use std::ops::{Add, Sub};
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::civil::{Date, Weekday};

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// A length of time in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(pub i64);

impl Span {
    /// So many milliseconds.
    pub const fn milliseconds(n: i64) -> Span {
        Span(n)
    }
    /// So many seconds.
    pub const fn seconds(n: i64) -> Span {
        Span(n * 1_000)
    }
    /// So many minutes.
    pub const fn minutes(n: i64) -> Span {
        Span(n * 60_000)
    }
    /// So many hours.
    pub const fn hours(n: i64) -> Span {
        Span(n * 3_600_000)
    }
    /// So many days of 24 hours.
    pub const fn days(n: i64) -> Span {
        Span::hours(24 * n)
    }
}

impl Timestamp {
    /// Before everything.
    pub const MIN: Timestamp = Timestamp(i64::MIN);
    /// After everything.
    pub const MAX: Timestamp = Timestamp(i64::MAX);

    /// Reads RFC 3339 text such as `2026-11-20T08:00:00Z`.
    pub fn parse(text: &str) -> Result<Timestamp, TimeError> {
        let parsed: jiff::Timestamp = text
            .parse()
            .map_err(|_| TimeError::Timestamp(text.chars().take(48).collect()))?;
        Ok(Timestamp(parsed.as_millisecond()))
    }

    /// The year in UTC.
    pub fn year(self) -> i32 {
        i32::from(jiff::tz::TimeZone::UTC.to_datetime(self.jiff()).year())
    }

    fn jiff(self) -> jiff::Timestamp {
        let (min, max) = (
            jiff::Timestamp::MIN.as_millisecond(),
            jiff::Timestamp::MAX.as_millisecond(),
        );
        jiff::Timestamp::from_millisecond(self.0.clamp(min, max))
            .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.jiff())
    }
}

impl Add<Span> for Timestamp {
    type Output = Timestamp;
    fn add(self, span: Span) -> Timestamp {
        Timestamp(self.0.saturating_add(span.0))
    }
}

impl Sub<Span> for Timestamp {
    type Output = Timestamp;
    fn sub(self, span: Span) -> Timestamp {
        Timestamp(self.0.saturating_sub(span.0))
    }
}

impl Sub for Timestamp {
    type Output = Span;
    fn sub(self, other: Timestamp) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}

/// What tells a process the time. The product's clock can be warped; a test's stands still until it is moved.
pub trait Clock: Send + Sync {
    /// The time, now.
    fn now(&self) -> Timestamp;
}

/// A clock that stands still until it is told to move.
#[derive(Debug, Default)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows this time.
    pub fn new(now: Timestamp) -> ManualClock {
        ManualClock(AtomicI64::new(now.0))
    }

    /// Moves the clock forward, and tells the new time.
    pub fn advance(&self, span: Span) -> Timestamp {
        Timestamp(self.0.fetch_add(span.0, Ordering::SeqCst) + span.0)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// A day of some time zone's calendar, counted from 1970-01-01 there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match civil(*self) {
            Some(date) => date.fmt(f),
            None => write!(f, "day {}", self.0),
        }
    }
}

/// A day with its ends: `start` belongs to it, `end` to the next. 23 or 25 hours long where the clocks change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DayWindow {
    /// Which day.
    pub day: Day,
    /// Its first moment.
    pub start: Timestamp,
    /// The first moment of the next.
    pub end: Timestamp,
}

/// An IANA time zone, known to exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeZone(jiff::tz::TimeZone);

impl Default for TimeZone {
    fn default() -> TimeZone {
        TimeZone(jiff::tz::TimeZone::UTC)
    }
}

impl TimeZone {
    /// Finds a zone by its IANA name, such as `Europe/Berlin`. The database is part of the program.
    pub fn parse(name: &str) -> Result<TimeZone, TimeError> {
        jiff::tz::TimeZone::get(name)
            .map(TimeZone)
            .map_err(|_| TimeError::Zone(name.chars().take(48).collect()))
    }

    /// The zone's IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The day that holds this moment, by the zone's own midnights (where a midnight is skipped,
    /// the first moment after it).
    pub fn day(&self, at: Timestamp) -> DayWindow {
        let date = self.0.to_datetime(at.jiff()).date();
        let epoch = jiff::civil::date(1970, 1, 1);
        let days = date.since(epoch).map(|span| span.get_days()).unwrap_or(0);
        DayWindow {
            day: Day(days),
            start: self.midnight(date).unwrap_or(Timestamp::MIN),
            end: self.end_of(date),
        }
    }

    /// The number of the day that holds this moment: that of [`TimeZone::day`], without its midnights, which take most
    /// of the time to find.
    pub fn date(&self, at: Timestamp) -> Day {
        let at = at.jiff();
        let here = at.as_millisecond() + i64::from(self.0.to_offset(at).seconds()) * 1_000;
        // No moment that there is lies so many days away.
        Day(i32::try_from(here.div_euclid(86_400_000)).unwrap_or(i32::MAX))
    }

    /// The window of a day that is known by its number.
    pub fn window(&self, day: Day) -> Option<DayWindow> {
        let date = civil(day)?;
        Some(DayWindow {
            day,
            start: self.midnight(date)?,
            end: self.end_of(date),
        })
    }

    /// The first moment of a day that is written as `2026-12-01`; None for what is no day.
    pub fn midnight_of(&self, date: &str) -> Option<Timestamp> {
        self.midnight(date.parse().ok()?)
    }

    /// The zone's weekday (0 = Monday) and hour (0–23) at this moment.
    pub fn week_hour(&self, at: Timestamp) -> WeekHour {
        let local = self.0.to_datetime(at.jiff());
        WeekHour {
            weekday: local.date().weekday().to_monday_zero_offset() as u8,
            hour: local.hour() as u8,
        }
    }

    /// The end of the zone's clock hour that holds this moment: at most an hour later, sooner where the clocks change.
    pub fn hour_end(&self, at: Timestamp) -> Timestamp {
        let local = self.0.to_datetime(at.jiff());
        let gone = i64::from(local.minute()) * 60_000
            + i64::from(local.second()) * 1_000
            + i64::from(local.millisecond());
        at + Span(Span::hours(1).0 - gone)
    }

    fn midnight(&self, date: Date) -> Option<Timestamp> {
        let first = date
            .to_zoned(self.0.clone())
            .and_then(|day| day.start_of_day())
            .ok()?;
        Some(Timestamp(first.timestamp().as_millisecond()))
    }

    fn end_of(&self, date: Date) -> Timestamp {
        date.tomorrow()
            .ok()
            .and_then(|next| self.midnight(next))
            .unwrap_or(Timestamp::MAX)
    }
}

fn civil(day: Day) -> Option<Date> {
    let epoch = jiff::civil::date(1970, 1, 1);
    epoch
        .checked_add(jiff::Span::new().try_days(day.0).ok()?)
        .ok()
}

/// An hour of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WeekHour {
    /// 0 is Monday, 6 is Sunday.
    pub weekday: u8,
    /// 0 to 23.
    pub hour: u8,
}

impl WeekHour {
    /// The hour's place in the week, 0 to 167.
    pub const fn index(self) -> usize {
        self.weekday as usize * 24 + self.hour as usize
    }

    /// "Mon 09h".
    pub fn label(self) -> String {
        let day =
            Weekday::from_monday_zero_offset(self.weekday.min(6) as i8).unwrap_or(Weekday::Monday);
        let name = format!("{day:?}");
        format!("{} {:02}h", &name[..3], self.hour)
    }
}

/// When something runs: `start` belongs to it, `end` does not. An open end runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flight {
    /// The first moment.
    pub start: Timestamp,
    /// The first moment after it.
    pub end: Option<Timestamp>,
}

impl Default for Flight {
    fn default() -> Flight {
        Flight {
            start: Timestamp::MIN,
            end: None,
        }
    }
}

impl Flight {
    /// Whether the flight is on.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.start <= at && self.end.is_none_or(|end| at < end)
    }
}

/// What can be wrong with time as text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// No such zone.
    #[error("\"{0}\" is no time zone: write an IANA name such as Europe/Berlin or UTC")]
    Zone(String),
    /// Not RFC 3339.
    #[error("\"{0}\" is no time: write RFC 3339 such as 2026-11-20T08:00:00Z")]
    Timestamp(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_as_long_as_their_zone_makes_them() {
        let check = |zone: &str, at: &str, start: &str, hours: f64| {
            let at = Timestamp::parse(at).unwrap();
            let window = TimeZone::parse(zone).unwrap().day(at);
            assert_eq!(window.start.to_string(), start, "{zone}");
            assert_eq!(
                (window.end - window.start).0 as f64 / 3_600_000.0,
                hours,
                "{zone}"
            );
            assert!(window.start <= at && at < window.end);
            for moment in [window.start, at, window.end - Span(1)] {
                assert_eq!(TimeZone::parse(zone).unwrap().date(moment), window.day);
            }
            assert_ne!(
                TimeZone::parse(zone).unwrap().date(window.end),
                window.day,
                "{zone}"
            );
            assert_eq!(
                TimeZone::parse(zone).unwrap().window(window.day),
                Some(window)
            );
        };
        check(
            "UTC",
            "2026-11-20T12:00:00Z",
            "2026-11-20T00:00:00.000Z",
            24.0,
        );
        check(
            "Europe/Berlin",
            "2026-03-29T12:00:00Z",
            "2026-03-28T23:00:00.000Z",
            23.0,
        );
        check(
            "America/New_York",
            "2026-11-01T12:00:00Z",
            "2026-11-01T04:00:00.000Z",
            25.0,
        );
        check(
            "Australia/Lord_Howe",
            "2026-04-05T02:00:00Z",
            "2026-04-04T13:00:00.000Z",
            24.5,
        );
        // Midnight does not exist in Havana on this day: the day starts at one o'clock.
        check(
            "America/Havana",
            "2026-03-08T12:00:00Z",
            "2026-03-08T05:00:00.000Z",
            23.0,
        );
        // Midnight comes twice in the Azores on this day: the day starts at the first.
        check(
            "Atlantic/Azores",
            "2026-10-25T12:00:00Z",
            "2026-10-25T00:00:00.000Z",
            25.0,
        );
    }

    #[test]
    fn a_flight_ends_before_its_end() {
        let flight = Flight {
            start: Timestamp(10),
            end: Some(Timestamp(20)),
        };
        assert_eq!(
            [9, 10, 19, 20].map(|t| flight.contains(Timestamp(t))),
            [false, true, true, false]
        );
        assert!(
            Flight {
                start: Timestamp(10),
                end: None
            }
            .contains(Timestamp::MAX)
        );
    }

    #[test]
    fn the_hour_of_the_week_is_the_zones_own() {
        let at = Timestamp::parse("2026-11-22T23:30:00Z").unwrap();
        assert_eq!(TimeZone::default().week_hour(at).label(), "Sun 23h");
        assert_eq!(
            TimeZone::parse("Asia/Tokyo").unwrap().week_hour(at),
            WeekHour {
                weekday: 0,
                hour: 8
            }
        );
    }

    #[test]
    fn extreme_moments_do_not_panic() {
        for at in [Timestamp::MIN, Timestamp::MAX] {
            TimeZone::parse("Asia/Tokyo").unwrap().day(at);
            at.to_string();
        }
    }
}
