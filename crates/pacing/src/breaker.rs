//! A breaker for money that runs away: where much more is spent than the plan has, something is wrong, and it stops.
//!
//! What was spent and what was planned are summed over a sliding window. The breaker trips where
//!
//! > spent > k × planned, and spent − planned > least
//!
//! A tripped breaker stays open for its cool-down, or until somebody resets it. After a cool-down it is on probation:
//! if it trips again then, the next cool-down is twice as long, up to a limit.

use std::collections::VecDeque;

use campaign::money::Money;
use campaign::time::{Span, Timestamp};

/// When a breaker trips and when it closes again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// k: how many times the plan may be spent.
    pub factor: f64,
    /// Over how long spend and plan are summed.
    pub window: Span,
    /// Less than this beyond the plan is no matter.
    pub least: Money,
    /// For how long it stays open. None: until it is reset.
    pub cool_down: Option<Span>,
    /// The most that the cool-down grows to; probation after it is as long as the cool-down was.
    pub cool_down_max: Span,
}

impl Default for Settings {
    /// Three times the plan over five minutes; open for ten minutes, then longer, up to four hours.
    fn default() -> Settings {
        Settings {
            factor: 3.0,
            window: Span::minutes(5),
            least: Money(1_000_000_000),
            cool_down: Some(Span::minutes(10)),
            cool_down_max: Span::hours(4),
        }
    }
}

/// Why it tripped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trip {
    /// When.
    pub at: Timestamp,
    /// What was spent in the window.
    pub spent: Money,
    /// What the plan had for it.
    pub planned: Money,
    /// When it closes by itself. None: when it is reset.
    pub until: Option<Timestamp>,
}

/// What a tick changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing may be bid from now on.
    Tripped(Trip),
    /// The cool-down is over.
    Closed,
}

/// The breaker of one budget.
#[derive(Clone, Debug)]
pub struct Breaker {
    settings: Settings,
    /// When, spent, planned.
    ticks: VecDeque<(Timestamp, Money, Money)>,
    spent: Money,
    planned: Money,
    open: Option<Trip>,
    cool_down: Option<Span>,
    probation: Timestamp,
}

/// Ticks of one window that are told apart; what comes more often is added to the last.
const TICKS_MAX: usize = 128;

impl Breaker {
    /// A closed breaker.
    pub fn new(settings: Settings) -> Breaker {
        Breaker {
            settings,
            ticks: VecDeque::new(),
            spent: Money::ZERO,
            planned: Money::ZERO,
            open: None,
            cool_down: settings.cool_down,
            probation: Timestamp::MIN,
        }
    }

    /// Why it is open, if it is: then nothing is to be bid.
    pub fn tripped(&self) -> Option<&Trip> {
        self.open.as_ref()
    }

    /// Adds what was spent, and what the plan had, since the last tick.
    pub fn tick(&mut self, now: Timestamp, spent: Money, planned: Money) -> Option<Change> {
        if let Some(trip) = self.open {
            // What still comes in was bid before.
            return trip.until.filter(|until| now >= *until).map(|_| {
                self.close(now);
                Change::Closed
            });
        }
        self.add(now, spent.or_zero(), planned.or_zero());
        let beyond = self.spent.saturating_sub(self.planned);
        let most = self.settings.factor * self.planned.nanos() as f64;
        if beyond <= self.settings.least || self.spent.nanos() as f64 <= most {
            return None;
        }
        if now < self.probation {
            let most = self.settings.cool_down_max;
            self.cool_down = self
                .cool_down
                .map(|span| Span(span.0.saturating_mul(2)).min(most));
        } else {
            self.cool_down = self.settings.cool_down;
        }
        let trip = Trip {
            at: now,
            spent: self.spent,
            planned: self.planned,
            until: self.cool_down.map(|span| now + span),
        };
        self.open = Some(trip);
        Some(Change::Tripped(trip))
    }

    /// Closes it by hand. It begins anew: no probation.
    pub fn reset(&mut self, now: Timestamp) {
        self.close(now);
        self.probation = Timestamp::MIN;
    }

    fn close(&mut self, now: Timestamp) {
        self.open = None;
        self.ticks.clear();
        (self.spent, self.planned) = (Money::ZERO, Money::ZERO);
        self.probation = now + self.cool_down.unwrap_or_default();
    }

    fn add(&mut self, now: Timestamp, spent: Money, planned: Money) {
        while let Some((_, spent, planned)) = self
            .ticks
            .pop_front_if(|(at, _, _)| *at + self.settings.window <= now)
        {
            self.spent = self.spent.saturating_sub(spent);
            self.planned = self.planned.saturating_sub(planned);
        }
        self.spent = self.spent.saturating_add(spent);
        self.planned = self.planned.saturating_add(planned);
        let part = Span(self.settings.window.0 / TICKS_MAX as i64);
        match self.ticks.back_mut() {
            Some((at, s, p)) if now - *at < part => {
                (*s, *p) = (s.saturating_add(spent), p.saturating_add(planned));
            }
            _ => self.ticks.push_back((now, spent, planned)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000;

    fn settings(cool_down: Option<Span>) -> Settings {
        Settings {
            least: Money(100),
            cool_down,
            ..Settings::default()
        }
    }

    /// Ticks each ten seconds from `from` on, for so long, with so much spent and planned in each: what changed, when.
    fn run(
        breaker: &mut Breaker,
        from: i64,
        seconds: i64,
        spent: i64,
        planned: i64,
    ) -> Vec<(i64, Change)> {
        (from..from + seconds)
            .step_by(10)
            .filter_map(|s| {
                let change = breaker.tick(Timestamp(s * SECOND), Money(spent), Money(planned));
                Some((s, change?))
            })
            .collect()
    }

    #[test]
    fn it_trips_at_the_factor_and_not_before() {
        let check = |spent: i64, planned: i64, trips: bool| {
            let mut breaker = Breaker::new(settings(None));
            let changes = run(&mut breaker, 0, 3_600, spent, planned);
            assert_eq!(
                changes.len(),
                usize::from(trips),
                "{spent} {planned}: {changes:?}"
            );
            assert_eq!(breaker.tripped().is_some(), trips);
        };
        check(10, 10, false);
        check(30, 10, false);
        check(31, 10, true);
        // Nothing was planned: a hundred is no matter.
        check(3, 0, false);
        check(4, 0, true);
        check(-50, 0, false);
    }

    #[test]
    fn a_runaway_is_stopped_within_the_window() {
        let mut breaker = Breaker::new(settings(Some(Span::minutes(10))));
        assert!(run(&mut breaker, 0, 3_600, 100, 100).is_empty());
        // Ten times the plan: 30 ticks of the window hold 3000 planned, so after seven it is 3000 − 700 + 7000 > 9000.
        let changes = run(&mut breaker, 3_600, 680, 1_000, 100);
        let (at, Change::Tripped(trip)) = changes[0] else {
            panic!("{changes:?}")
        };
        assert_eq!(
            (at, trip.spent, trip.planned),
            (3_660, Money(9_300), Money(3_000))
        );
        assert_eq!(changes[1], (4_260, Change::Closed));
    }

    #[test]
    fn a_second_trip_on_probation_is_longer_and_a_reset_forgets() {
        let mut breaker = Breaker::new(settings(Some(Span::minutes(10))));
        let changes = run(&mut breaker, 0, 86_400, 1_000, 10);
        let open: Vec<i64> = changes
            .iter()
            .filter_map(|(_, change)| match change {
                Change::Tripped(trip) => Some((trip.until? - trip.at).0 / 60 / SECOND),
                Change::Closed => None,
            })
            .collect();
        assert_eq!(open[..6], [10, 20, 40, 80, 160, 240]);
        assert!(open[6..].iter().all(|minutes| *minutes == 240));
        breaker.reset(Timestamp(86_400 * SECOND));
        assert_eq!(breaker.tripped(), None);
        let Some(Change::Tripped(trip)) =
            breaker.tick(Timestamp(86_410 * SECOND), Money(1_000), Money(1))
        else {
            panic!("it should trip")
        };
        assert_eq!(trip.until, Some(trip.at + Span::minutes(10)));
    }

    #[test]
    fn what_needs_a_hand_waits_for_it() {
        let mut breaker = Breaker::new(settings(None));
        assert_eq!(run(&mut breaker, 0, 86_400, 1_000, 10).len(), 1);
        assert_eq!(breaker.tripped().unwrap().until, None);
        breaker.reset(Timestamp(86_400 * SECOND));
        assert_eq!(breaker.tripped(), None);
    }
}
