//! Moments, lengths of time and time zones on the wire.

use campaign::time::{Flight, Span, TimeZone, Timestamp};

use crate::errors::Violations;
use crate::v1;

/// Reads a moment; finer than a millisecond is cut off.
pub fn moment(wire: &prost_types::Timestamp) -> Timestamp {
    let millis = i64::from(wire.nanos.clamp(0, 999_999_999)) / 1_000_000;
    Timestamp(wire.seconds.saturating_mul(1_000).saturating_add(millis))
}

/// Writes a moment; the ends of time are written as none.
pub fn write_moment(at: Timestamp) -> Option<prost_types::Timestamp> {
    if at == Timestamp::MIN || at == Timestamp::MAX {
        return None;
    }
    Some(prost_types::Timestamp {
        seconds: at.0.div_euclid(1_000),
        nanos: (at.0.rem_euclid(1_000) * 1_000_000) as i32,
    })
}

/// Reads a length of time; none is nothing, and finer than a millisecond is cut off.
pub fn span(wire: Option<&prost_types::Duration>) -> Span {
    wire.map_or(Span::milliseconds(0), |wire| {
        let millis = i64::from(wire.nanos) / 1_000_000;
        Span(wire.seconds.saturating_mul(1_000).saturating_add(millis))
    })
}

/// Reads a flight. Ends that are not set are open.
pub fn flight(wire: Option<&v1::Flight>, path: &str, wrong: &mut Violations) -> Flight {
    let Some(wire) = wire else {
        return Flight::default();
    };
    let start = wire.start_time.as_ref().map_or(Timestamp::MIN, moment);
    let end = wire.end_time.as_ref().map(moment);
    if end.is_some_and(|end| end <= start) {
        wrong.add(
            &format!("{path}.end_time"),
            "ENDS_BEFORE_START",
            "write a time after start_time",
        );
    }
    Flight { start, end }
}

/// Reads a time zone's name; an empty one is `otherwise`.
pub fn zone(name: &str, otherwise: &TimeZone, path: &str, wrong: &mut Violations) -> TimeZone {
    if name.is_empty() {
        return otherwise.clone();
    }
    TimeZone::parse(name).unwrap_or_else(|error| {
        wrong.add(path, "INVALID_TIME_ZONE", error.to_string());
        otherwise.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_back_before_and_after_the_epoch() {
        for at in [0, 1, -1, 1_700_000_000_123, -62_135_596_800_000] {
            let wire = write_moment(Timestamp(at)).unwrap();
            assert!((0..1_000_000_000).contains(&wire.nanos));
            assert_eq!(moment(&wire), Timestamp(at));
        }
        assert_eq!(write_moment(Timestamp::MIN), None);
    }

    #[test]
    fn extreme_messages_do_not_overflow() {
        let wire = prost_types::Timestamp {
            seconds: i64::MAX,
            nanos: i32::MIN,
        };
        assert_eq!(moment(&wire), Timestamp::MAX);
        let wire = prost_types::Duration {
            seconds: i64::MIN,
            nanos: i32::MIN,
        };
        assert_eq!(span(Some(&wire)), Span(i64::MIN));
    }

    #[test]
    fn a_flight_must_end_after_it_starts() {
        let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
        let check = |start, end, expect: bool| {
            let mut wrong = Violations::default();
            let wire = v1::Flight {
                start_time: start,
                end_time: end,
            };
            flight(Some(&wire), "campaign.flight", &mut wrong);
            assert_eq!(wrong.is_empty(), expect, "{wire:?}");
        };
        check(None, None, true);
        check(at(5), None, true);
        check(None, at(5), true);
        check(at(5), at(6), true);
        check(at(5), at(5), false);
        check(at(6), at(5), false);
    }
}
