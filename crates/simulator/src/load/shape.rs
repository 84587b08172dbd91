//! How the rate of requests goes over the measured time.

use std::fmt;
use std::time::Duration;

/// The highest rate of requests a second that is taken for meant.
pub const RATE_MAX: f64 = 10_000_000.0;
/// How many steps there may be.
const STEPS_MAX: usize = 1_000;

/// How the rate goes. Rates are in requests a second.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Always the same.
    Constant(f64),
    /// From one to the other, evenly.
    Ramp {
        /// The rate at the beginning.
        from: f64,
        /// The rate at the end.
        to: f64,
    },
    /// One after the other, each for an equal part of the time.
    Steps(Vec<f64>),
    /// Always the same but for a while in the middle.
    Spike {
        /// The rate before and after.
        base: f64,
        /// The rate in the middle.
        peak: f64,
        /// How long that lasts; never longer than the whole.
        length: Duration,
    },
}

/// A part of the course: from one rate evenly to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// How long.
    pub seconds: f64,
    /// Requests a second at its beginning.
    pub from: f64,
    /// Requests a second at its end.
    pub to: f64,
}

impl Shape {
    /// Reads `100..5000`.
    ///
    /// # Errors
    /// A sentence that says what to write.
    pub fn parse_ramp(text: &str) -> Result<Shape, String> {
        let wrong = || format!("\"{text}\" is no ramp: write FROM..TO, such as 100..5000");
        let (from, to) = text.split_once("..").ok_or_else(wrong)?;
        let (from, to) = (rate_or_zero(from), rate_or_zero(to));
        match (from, to) {
            (Some(from), Some(to)) if from + to > 0.0 => Ok(Shape::Ramp { from, to }),
            _ => Err(wrong()),
        }
    }

    /// Reads `1000,2000,5000`, or `1000..5000/5` for five steps of equal height.
    ///
    /// # Errors
    /// A sentence that says what to write.
    pub fn parse_steps(text: &str) -> Result<Shape, String> {
        let wrong = || {
            format!(
                "\"{text}\" are no steps: write rates such as 1000,2000,5000, or FROM..TO/COUNT such as 1000..5000/5"
            )
        };
        let rates = match text.split_once("..") {
            None => text.split(',').map(rate).collect::<Option<Vec<f64>>>(),
            Some((from, rest)) => {
                let (to, count) = rest.split_once('/').ok_or_else(wrong)?;
                let count: usize = count.trim().parse().map_err(|_| wrong())?;
                if !(2..=STEPS_MAX).contains(&count) {
                    return Err(wrong());
                }
                rate(from).zip(rate(to)).map(|(from, to)| {
                    let height = (to - from) / (count - 1) as f64;
                    (0..count).map(|n| from + height * n as f64).collect()
                })
            }
        };
        match rates {
            Some(rates) if rates.len() <= STEPS_MAX => Ok(Shape::Steps(rates)),
            _ => Err(wrong()),
        }
    }

    /// The course: the warm-up at the rate with which the shape begins, then the shape over the measured time.
    pub fn stretches(&self, warm_up: Duration, duration: Duration) -> Vec<Stretch> {
        let flat = |seconds: f64, rate: f64| Stretch {
            seconds,
            from: rate,
            to: rate,
        };
        let seconds = duration.as_secs_f64();
        let mut course = vec![flat(warm_up.as_secs_f64(), self.first_rate())];
        match self {
            Shape::Constant(rate) => course.push(flat(seconds, *rate)),
            Shape::Ramp { from, to } => course.push(Stretch {
                seconds,
                from: *from,
                to: *to,
            }),
            Shape::Steps(rates) => {
                let each = seconds / rates.len().max(1) as f64;
                course.extend(rates.iter().map(|rate| flat(each, *rate)));
            }
            Shape::Spike { base, peak, length } => {
                let length = length.as_secs_f64().min(seconds);
                let around = (seconds - length) / 2.0;
                course.extend([
                    flat(around, *base),
                    flat(length, *peak),
                    flat(around, *base),
                ]);
            }
        }
        course
    }

    fn first_rate(&self) -> f64 {
        match self {
            Shape::Constant(rate) => *rate,
            Shape::Ramp { from, .. } => *from,
            Shape::Steps(rates) => rates.first().copied().unwrap_or(0.0),
            Shape::Spike { base, .. } => *base,
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shape::Constant(rate) => write!(f, "{rate}/s"),
            Shape::Ramp { from, to } => write!(f, "ramp from {from}/s to {to}/s"),
            Shape::Steps(rates) => {
                let rates: Vec<String> = rates.iter().map(f64::to_string).collect();
                write!(f, "steps of {}/s", rates.join(", "))
            }
            Shape::Spike { base, peak, length } => write!(
                f,
                "{base}/s with a spike of {peak}/s for {} s",
                length.as_secs_f64()
            ),
        }
    }
}

/// A rate above nothing, up to [`RATE_MAX`].
fn rate(text: &str) -> Option<f64> {
    rate_or_zero(text).filter(|rate| *rate > 0.0)
}

fn rate_or_zero(text: &str) -> Option<f64> {
    let rate: f64 = text.trim().parse().ok()?;
    (0.0..=RATE_MAX).contains(&rate).then_some(rate)
}

/// Walks along a course and tells when so many requests have come due: the inverse of the integral of the rate.
#[derive(Clone, Debug)]
pub(super) struct Walk {
    stretches: Vec<Stretch>,
    at: usize,
    /// What the stretches before the one at `at` held together.
    seconds: f64,
    requests: f64,
}

impl Walk {
    pub(super) fn along(stretches: Vec<Stretch>) -> Walk {
        Walk {
            stretches,
            at: 0,
            seconds: 0.0,
            requests: 0.0,
        }
    }

    /// The second at which the rate has come to this many requests in all; none after the course's end. Counts must not
    /// fall from call to call.
    pub(super) fn moment(&mut self, requests: f64) -> Option<f64> {
        loop {
            let stretch = self.stretches.get(self.at)?;
            let into = requests - self.requests;
            let holds = stretch.seconds * (stretch.from + stretch.to) / 2.0;
            // The end of a stretch belongs to the next one.
            if into < holds {
                // The root of `from·t + (to-from)/(2·seconds)·t² = into`, in the form that loses no digits where the
                // slope is small or the rate begins at nothing.
                let slope = (stretch.to - stretch.from) / stretch.seconds;
                let root = (stretch.from * stretch.from + 2.0 * into * slope)
                    .max(0.0)
                    .sqrt();
                let divisor = stretch.from + root;
                let seconds = if divisor > 0.0 {
                    2.0 * into / divisor
                } else {
                    0.0
                };
                return Some(self.seconds + seconds.min(stretch.seconds));
            }
            self.seconds += stretch.seconds;
            self.requests += holds;
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ramps_and_steps_are_read_or_told_how_to_be_written() {
        let check = |read: Result<Shape, String>, expect: Option<Shape>| {
            assert_eq!(read.clone().ok(), expect, "{read:?}");
        };
        let ramp = |from, to| Some(Shape::Ramp { from, to });
        check(Shape::parse_ramp("100..5000"), ramp(100.0, 5_000.0));
        check(Shape::parse_ramp("0 .. 0.5"), ramp(0.0, 0.5));
        check(Shape::parse_ramp("500..0"), ramp(500.0, 0.0));
        for wrong in [
            "", "100", "100..", "..5", "0..0", "-1..5", "1..nan", "1..inf", "1..1e9",
        ] {
            check(Shape::parse_ramp(wrong), None);
        }
        let steps = |rates: &[f64]| Some(Shape::Steps(rates.to_vec()));
        check(
            Shape::parse_steps("1000,2000, 500"),
            steps(&[1_000.0, 2_000.0, 500.0]),
        );
        check(
            Shape::parse_steps("100..500/5"),
            steps(&[100.0, 200.0, 300.0, 400.0, 500.0]),
        );
        check(Shape::parse_steps("7"), steps(&[7.0]));
        for wrong in [
            "",
            "0",
            "1,0",
            "1,,2",
            "1..2",
            "1..2/1",
            "1..2/1001",
            "0..5/2",
            "a..b/2",
        ] {
            check(Shape::parse_steps(wrong), None);
        }
    }

    #[test]
    fn a_course_is_the_warm_up_and_then_the_shape() {
        let check = |shape: Shape, expect: &[(f64, f64, f64)]| {
            let course = shape.stretches(Duration::from_secs(2), Duration::from_secs(10));
            let told: Vec<_> = course.iter().map(|s| (s.seconds, s.from, s.to)).collect();
            assert_eq!(told, expect, "{shape}");
        };
        check(Shape::Constant(5.0), &[(2.0, 5.0, 5.0), (10.0, 5.0, 5.0)]);
        check(
            Shape::Ramp { from: 1.0, to: 9.0 },
            &[(2.0, 1.0, 1.0), (10.0, 1.0, 9.0)],
        );
        check(
            Shape::Steps(vec![3.0, 6.0]),
            &[(2.0, 3.0, 3.0), (5.0, 3.0, 3.0), (5.0, 6.0, 6.0)],
        );
        let spike = |seconds| Shape::Spike {
            base: 2.0,
            peak: 8.0,
            length: Duration::from_secs(seconds),
        };
        check(
            spike(4),
            &[
                (2.0, 2.0, 2.0),
                (3.0, 2.0, 2.0),
                (4.0, 8.0, 8.0),
                (3.0, 2.0, 2.0),
            ],
        );
        check(
            spike(60),
            &[
                (2.0, 2.0, 2.0),
                (0.0, 2.0, 2.0),
                (10.0, 8.0, 8.0),
                (0.0, 2.0, 2.0),
            ],
        );
    }

    #[test]
    fn requests_come_due_where_the_integral_of_the_rate_says() {
        let check = |stretches: &[(f64, f64, f64)], counts: &[f64], expect: &[Option<f64>]| {
            let course = stretches.iter().map(|(seconds, from, to)| Stretch {
                seconds: *seconds,
                from: *from,
                to: *to,
            });
            let mut walk = Walk::along(course.collect());
            let told: Vec<_> = counts.iter().map(|count| walk.moment(*count)).collect();
            assert_eq!(told, expect, "{stretches:?}");
        };
        // Equal distances, and exactly so after a long time.
        check(
            &[(2e6, 3.0, 3.0)],
            &[0.0, 3.0, 3e6, 6e6],
            &[Some(0.0), Some(1.0), Some(1e6), None],
        );
        // From nothing up to 10/s in 10 s: 50 requests, half of them in the last 29 %.
        check(
            &[(10.0, 0.0, 10.0)],
            &[0.0, 12.5, 32.0, 50.0],
            &[Some(0.0), Some(5.0), Some(8.0), None],
        );
        // And down again.
        check(
            &[(10.0, 10.0, 0.0)],
            &[0.0, 18.0, 37.5],
            &[Some(0.0), Some(2.0), Some(5.0)],
        );
        // Over the border of two, and over a stretch without requests.
        check(
            &[(1.0, 4.0, 4.0), (5.0, 0.0, 0.0), (1.0, 2.0, 2.0)],
            &[3.0, 4.0, 5.0, 6.0],
            &[Some(0.75), Some(6.0), Some(6.5), None],
        );
        check(&[], &[0.0], &[None]);
    }
}
