//! A time zone that keeps the hour which it told last: it is asked at every request, and the hour seldom changes.

use std::sync::atomic::{AtomicU64, Ordering};

use campaign::time::{TimeZone, Timestamp, WeekHour};

/// A time zone of a book.
#[derive(Debug)]
pub struct Zone {
    zone: TimeZone,
    /// A second since the epoch and, in the lowest byte, the hour of the week in it.
    told: AtomicU64,
}

impl From<TimeZone> for Zone {
    fn from(zone: TimeZone) -> Zone {
        // No second of any age has this number.
        Zone {
            zone,
            told: AtomicU64::new(u64::MAX),
        }
    }
}

impl Zone {
    /// The hour of the week at this moment.
    pub fn week_hour(&self, now: Timestamp) -> WeekHour {
        let second = (now.0.div_euclid(1_000) as u64) << 8;
        let told = self.told.load(Ordering::Relaxed);
        if told & !0xff == second {
            let index = (told & 0xff) as u8;
            return WeekHour {
                weekday: index / 24,
                hour: index % 24,
            };
        }
        let hour = self.zone.week_hour(now);
        self.told
            .store(second | hour.index() as u64, Ordering::Relaxed);
        hour
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_again_is_what_the_zone_says() {
        let berlin = TimeZone::parse("Europe/Berlin").expect("a zone");
        let zone = Zone::from(berlin.clone());
        for at in [
            "2026-03-29T00:59:59.999Z",
            "2026-03-29T01:00:00Z",
            "2026-03-29T01:00:00.500Z",
            "1969-12-31T22:59:59.999Z",
            "1970-01-01T00:00:00Z",
            "2026-11-20T12:00:00Z",
        ] {
            let at = Timestamp::parse(at).expect("a time");
            for _ in 0..2 {
                assert_eq!(zone.week_hour(at), berlin.week_hour(at), "{at}");
            }
        }
    }
}
