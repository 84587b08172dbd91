//! What a budget promises about what it buys: the most that a click or an action may cost, or the least that a unit of
//! money must bring.
//!
//! All three say the same of an impression: *its value × a price is the most that it may cost on average*. So there is
//! one number, [`Goal::cost_per_value`], which goes into `pacer::Account` as its cap, beside what was spent and the
//! value that it bought ([`Running`]). The pacer finds a second multiplier from them, and the bid is the minimum of
//! what budget and goal allow.
//!
//! Actions come days after their clicks. So what was bought is counted as *expected* when it is bought, and put right
//! as actions come in: with ripe(age) the share of its actions that a click of that age has brought by now,
//!
//! > credit = observed + c · Σ expected · (1 − ripe(age)), c = (observed + k) ÷ (Σ expected · ripe(age) + k)
//!
//! with k = 10 actions' worth of belief in the prediction. A click is not counted as a failure before its time.

use campaign::money::Money;

/// What a budget promises.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// The most that a click may cost on average.
    CostPerClick(Money),
    /// The most that an action (a conversion) may cost on average.
    CostPerAction(Money),
    /// The least worth of actions that a unit of spend must bring: 4.0 is 400 %.
    ReturnOnSpend(f64),
}

/// What an impression is likely to bring.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Likely {
    /// The probability of a click.
    pub click: f64,
    /// The probability of an action after a click.
    pub action: f64,
    /// What an action is worth, in nanos.
    pub worth: f64,
}

impl Goal {
    /// The most that a unit of value may cost, in nanos: the cap of `pacer::Account`. None where the goal is no goal: a
    /// price or return that is not above 0.
    pub fn cost_per_value(&self) -> Option<f64> {
        let cap = match *self {
            Goal::CostPerClick(price) | Goal::CostPerAction(price) => price.nanos() as f64,
            Goal::ReturnOnSpend(least) => 1.0 / least,
        };
        (cap.is_finite() && cap > 0.0).then_some(cap)
    }

    /// The value of an impression: clicks, actions, or the worth of actions in nanos.
    pub fn value(&self, likely: &Likely) -> f64 {
        match self {
            Goal::CostPerClick(_) => likely.click,
            Goal::CostPerAction(_) => likely.click * likely.action,
            Goal::ReturnOnSpend(_) => likely.click * likely.action * likely.worth,
        }
    }

    /// The most to bid for this value while the running goal would break: goal × value, in nanos. What is bought at
    /// that can only better it.
    pub fn most(&self, value: f64) -> f64 {
        self.cost_per_value()
            .map_or(f64::INFINITY, |cap| cap * value)
    }
}

/// What was bought under a goal so far, in the goal's unit of value.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Running {
    /// What was spent, in nanos.
    pub spent: f64,
    /// The value that was expected of it when it was bought.
    pub expected: f64,
    /// How much of that was to be seen by now: each purchase's expected value × the share of its actions that come by
    /// its age (`learning`'s delays tell it). As much as `expected` where nothing is delayed.
    pub ripe: f64,
    /// The value that was seen.
    pub observed: f64,
}

/// How many units of value the belief in the prediction weighs.
const BELIEF: f64 = 10.0;

impl Running {
    /// By how much more than predicted is seen. `unit` is the value of one event: 1 for clicks and actions, the mean
    /// worth of an action for a return.
    pub fn calibration(&self, unit: f64) -> f64 {
        let belief = BELIEF * unit.max(f64::MIN_POSITIVE);
        (self.observed.max(0.0) + belief) / (self.ripe.max(0.0) + belief)
    }

    /// What was bought: what was seen of what is ripe, and what is to be expected of the rest. `held` is the
    /// calibration of before, where the tracker of actions is silent: what is seen says nothing then, so all is
    /// counted as expected.
    pub fn credit(&self, unit: f64, held: Option<f64>) -> f64 {
        match held {
            Some(calibration) => self.expected.max(0.0) * calibration,
            None => {
                let unripe = (self.expected - self.ripe).max(0.0);
                self.observed.max(0.0) + self.calibration(unit) * unripe
            }
        }
    }

    /// What a unit of value cost. None before anything was bought.
    pub fn cost_per_value(&self, unit: f64, held: Option<f64>) -> Option<f64> {
        let credit = self.credit(unit, held);
        (credit > 0.0).then(|| self.spent / credit)
    }

    /// Whether the goal would break if this were spent for this value more: then [`Goal::most`] is the most to bid.
    pub fn would_break(&self, goal: &Goal, credit: f64, cost: f64, value: f64) -> bool {
        goal.cost_per_value()
            .is_some_and(|cap| self.spent + cost > cap * (credit + value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIKELY: Likely = Likely {
        click: 0.01,
        action: 0.1,
        worth: 5e9,
    };

    #[test]
    fn each_goal_says_what_an_impression_may_cost() {
        let check = |goal: Goal, cap: Option<f64>, value: f64, most: f64| {
            assert_eq!(goal.cost_per_value(), cap, "{goal:?}");
            let got = goal.value(&LIKELY);
            assert!(
                (got - value).abs() < 1e-12 * value.max(1.0),
                "{goal:?}: {got}"
            );
            assert!(
                (goal.most(got) - most).abs() < 1e-3,
                "{goal:?}: {}",
                goal.most(got)
            );
        };
        let money = Money(1_000_000_000);
        check(Goal::CostPerClick(money), Some(1e9), 0.01, 1e7);
        check(Goal::CostPerAction(money), Some(1e9), 0.001, 1e6);
        check(Goal::ReturnOnSpend(4.0), Some(0.25), 5e6, 1.25e6);
        for none in [
            Goal::CostPerAction(Money::ZERO),
            Goal::ReturnOnSpend(0.0),
            Goal::ReturnOnSpend(f64::NAN),
        ] {
            assert_eq!(
                (none.cost_per_value(), none.most(1.0)),
                (None, f64::INFINITY)
            );
        }
    }

    #[test]
    fn late_actions_are_expected_and_not_missed() {
        let check = |expected: f64, ripe: f64, observed: f64, credit: f64| {
            let running = Running {
                spent: 100.0,
                expected,
                ripe,
                observed,
            };
            let got = running.credit(1.0, None);
            assert!((got - credit).abs() < 1e-9, "{running:?}: {got}");
        };
        // Nothing is ripe, so nothing was missed.
        check(50.0, 0.0, 0.0, 50.0);
        // All is ripe: what was seen is what there is.
        check(50.0, 50.0, 40.0, 40.0);
        // Half is ripe and brought 10 less than it should: (15 + 10) ÷ (25 + 10) of the rest.
        check(50.0, 25.0, 15.0, 15.0 + 25.0 * 25.0 / 35.0);
        check(0.0, 0.0, 3.0, 3.0);
    }

    #[test]
    fn a_silent_tracker_changes_nothing() {
        let running = Running {
            spent: 100.0,
            expected: 200.0,
            ripe: 150.0,
            observed: 50.0,
        };
        assert!((running.credit(1.0, Some(0.9)) - 180.0).abs() < 1e-9);
        assert!((running.cost_per_value(1.0, Some(0.5)).unwrap() - 1.0).abs() < 1e-9);
        assert_eq!(Running::default().cost_per_value(1.0, None), None);
    }

    #[test]
    fn the_guard_is_at_the_goal() {
        let running = Running {
            spent: 90.0,
            ..Running::default()
        };
        let goal = Goal::CostPerClick(Money(10));
        assert!(!running.would_break(&goal, 9.0, 10.0, 1.0));
        assert!(running.would_break(&goal, 9.0, 10.1, 1.0));
        assert!(!running.would_break(&Goal::ReturnOnSpend(0.0), 0.0, 1e9, 0.0));
    }
}
