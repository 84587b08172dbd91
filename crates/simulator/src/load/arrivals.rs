//! When each request is to be sent.

use std::sync::Arc;
use std::time::Duration;

use rand_chacha::ChaCha8Rng;

use super::shape::{Stretch, Walk};
use crate::dice::{Purpose, dice, exponential};

/// How requests are spread over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrivals {
    /// At equal distances, as far as the rate stays the same.
    Constant,
    /// As a Poisson process with this seed: the way in which requests of many users come.
    Poisson {
        /// The seed.
        seed: u64,
    },
}

/// A request that is to be sent at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Due {
    /// Which request of the whole run it is.
    pub(super) number: u64,
    /// Nanoseconds since the start.
    pub(super) at_ns: u64,
}

/// The moments at which requests come due, one after the other. All threads walk along the same ones, each taking the
/// ones that are its own, so that what is offered does not depend on how many threads offer it.
pub(super) enum Timetable {
    /// By a course and its dice.
    Course {
        walk: Walk,
        /// Those of a Poisson process: in its own time, which runs as the rate says, its gaps have the mean 1.
        dice: Option<Box<ChaCha8Rng>>,
        requests: f64,
        number: u64,
    },
    /// As recorded: nanoseconds since the start, sorted.
    Recorded { moments_ns: Arc<[u64]>, number: u64 },
}

impl Timetable {
    pub(super) fn of_course(arrivals: Arrivals, stretches: Vec<Stretch>) -> Timetable {
        let mut dice = match arrivals {
            Arrivals::Poisson { seed } => Some(Box::new(dice(seed, Purpose::Arrivals, 1))),
            Arrivals::Constant => None,
        };
        Timetable::Course {
            walk: Walk::along(stretches),
            requests: dice.as_mut().map_or(0.0, |dice| exponential(dice, 1.0)),
            dice,
            number: 0,
        }
    }

    pub(super) fn recorded(moments_ns: Arc<[u64]>) -> Timetable {
        Timetable::Recorded {
            moments_ns,
            number: 0,
        }
    }
}

impl Iterator for Timetable {
    type Item = Due;

    fn next(&mut self) -> Option<Due> {
        match self {
            Timetable::Course {
                walk,
                dice,
                requests,
                number,
            } => {
                let at_ns = (walk.moment(*requests)? * 1e9).round() as u64;
                let due = Due {
                    number: *number,
                    at_ns,
                };
                *number += 1;
                *requests = match dice {
                    Some(dice) => *requests + exponential(dice, 1.0),
                    // Not added up, so that errors do not.
                    None => *number as f64,
                };
                Some(due)
            }
            Timetable::Recorded { moments_ns, number } => {
                let at_ns = *moments_ns.get(usize::try_from(*number).ok()?)?;
                let due = Due {
                    number: *number,
                    at_ns,
                };
                *number += 1;
                Some(due)
            }
        }
    }
}

/// Recorded times of requests, in seconds since some epoch, as the order in which to send them and the moments at which
/// to do so: from the first one, so many times as fast, up to the limit.
pub(super) fn replayed(
    recorded: &[f64],
    speed: f64,
    limit: Option<Duration>,
) -> (Vec<usize>, Vec<u64>) {
    let mut order: Vec<usize> = (0..recorded.len()).collect();
    order.sort_by(|a, b| recorded[*a].total_cmp(&recorded[*b]));
    let Some(first) = order.first().map(|row| recorded[*row]) else {
        return (order, Vec::new());
    };
    let limit_ns = limit.map_or(u64::MAX, |limit| limit.as_nanos() as u64);
    let moment = |row: &usize| ((recorded[*row] - first) / speed * 1e9).round() as u64;
    let moments: Vec<u64> = order
        .iter()
        .map(moment)
        .take_while(|at_ns| *at_ns < limit_ns)
        .collect();
    order.truncate(moments.len());
    (order, moments)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::shape::Shape;

    fn moments(arrivals: Arrivals, shape: &Shape, seconds: u64) -> Vec<Due> {
        let course = shape.stretches(Duration::ZERO, Duration::from_secs(seconds));
        Timetable::of_course(arrivals, course).collect()
    }

    #[test]
    fn both_kinds_of_arrivals_keep_the_rate_of_each_shape() {
        let check = |shape: Shape, expect: usize| {
            let constant = moments(Arrivals::Constant, &shape, 20);
            assert!(
                constant.len().abs_diff(expect) <= 1,
                "{shape}: {}",
                constant.len()
            );
            let poisson = moments(Arrivals::Poisson { seed: 3 }, &shape, 20);
            // Four standard deviations; the seed is fixed, so it never fails by chance.
            let spread = 4.0 * (expect as f64).sqrt();
            assert!(
                poisson.len().abs_diff(expect) as f64 <= spread,
                "{shape}: {}",
                poisson.len()
            );
            for all in [constant, poisson] {
                assert!(all.is_sorted_by_key(|due| due.at_ns));
                assert!(
                    all.iter()
                        .zip(0..)
                        .all(|(due, number)| due.number == number)
                );
            }
        };
        check(Shape::Constant(500.0), 10_000);
        check(
            Shape::Ramp {
                from: 0.0,
                to: 1_000.0,
            },
            10_000,
        );
        check(Shape::Steps(vec![100.0, 300.0]), 4_000);
        check(
            Shape::Spike {
                base: 100.0,
                peak: 1_000.0,
                length: Duration::from_secs(5),
            },
            6_500,
        );
    }

    #[test]
    fn gaps_of_a_poisson_process_are_as_uneven_as_they_should_be() {
        let all = moments(Arrivals::Poisson { seed: 5 }, &Shape::Constant(1_000.0), 20);
        // A share of exp(-1) of the gaps is longer than the mean of a millisecond.
        let long = all
            .windows(2)
            .filter(|pair| pair[1].at_ns - pair[0].at_ns > 1_000_000)
            .count();
        let share = long as f64 / all.len() as f64;
        assert!((share - (-1.0_f64).exp()).abs() < 0.01, "{share}");
    }

    #[test]
    fn recorded_times_are_sorted_counted_from_the_first_and_sped_up() {
        let check = |recorded: &[f64], speed, limit, order: &[usize], moments_ms: &[u64]| {
            let told = replayed(recorded, speed, limit);
            let moments: Vec<u64> = moments_ms.iter().map(|ms| ms * 1_000_000).collect();
            assert_eq!(told, (order.to_vec(), moments), "{recorded:?}");
        };
        check(&[7.5, 7.0, 8.0], 1.0, None, &[1, 0, 2], &[0, 500, 1_000]);
        check(&[7.5, 7.0, 8.0], 10.0, None, &[1, 0, 2], &[0, 50, 100]);
        let limit = Some(Duration::from_millis(600));
        check(&[7.5, 7.0, 8.0], 1.0, limit, &[1, 0], &[0, 500]);
        check(&[], 1.0, None, &[], &[]);
    }
}
