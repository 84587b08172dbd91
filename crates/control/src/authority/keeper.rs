//! Keeps a campaign's promise about what it buys: that a click, or a conversion, costs no more on average, or that
//! conversions are worth so much of the spend.
//!
//! A second pacer finds the multiplier that the promise asks for, in the promise's own unit of value: clicks,
//! conversions, or what those are worth. An ad bids the lower of what this and its budgets' multipliers allow. While
//! what was bought so far would break the promise, no bid costs more than what it is likely to bring is worth by it.
//!
//! Only ads that say what a click or a conversion is worth are counted: nobody lowers a price that a person fixed.

use std::collections::VecDeque;

use campaign::ad::Ad;
use campaign::money::Money;
use campaign::spending::Target;
use campaign::time::{Span, Timestamp};
use learning::rates::Rates;
use pacing::goal::{Goal, Likely, Running};
use pacing::pacer::{Account, Pacer, Settings};
use pacing::response::Shown;
use store::pacing::Promise;

use super::pot::{Outcome, reach};

/// After so long 1 − 1 ÷ e of the clicks have been told.
const CLICKS_AFTER: Span = Span::minutes(1);
/// The same for conversions after their impression, for lack of better knowledge.
const CONVERSIONS_AFTER: Span = Span::hours(6);
/// Purchases are waited for together by so much time, and forgotten as waiting after so many means.
const APART: Span = Span::minutes(1);
const RIPE_AFTER: f64 = 8.0;
/// The multiplier goes no lower than by this factor below the one at which a bid is what it brings is worth.
const DEEPEST: f64 = 64.0;
/// No value is divided by more.
const MOST: f64 = 1e9;
/// Budgets alone say how much may be spent.
const NO_LIMIT: f64 = 1e30;
/// Where traffic has no end, the promise is to be kept over so many auctions to come.
const AUCTIONS_AHEAD: f64 = 100_000.0;

/// What was told on an ad.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Told {
    /// Clicks.
    pub clicks: i64,
    /// Conversions.
    pub conversions: i64,
    /// What those were worth.
    pub worth: Money,
}

/// Keeps a promise.
#[derive(Clone, Debug)]
pub(crate) struct Keeper {
    target: Target,
    goal: Goal,
    pacer: Pacer,
    running: Running,
    /// What was expected of late purchases when they were made, and is not all to be seen yet.
    unripe: VecDeque<(Timestamp, f64)>,
    /// What of the others was to be seen.
    ripe: f64,
    conversions: f64,
    /// What was spent since the last tick.
    spent: f64,
    guarded: bool,
}

impl Keeper {
    /// Keeps a promise of which nothing was bought yet.
    pub fn new(target: Target) -> Keeper {
        let goal = goal(target);
        let cap = goal.cost_per_value().unwrap_or(1.0);
        let settings = Settings {
            last_purchases: 0.0,
            ..Settings::default()
        };
        Keeper {
            target,
            goal,
            pacer: Pacer::new(1.0 / cap, 1.0, settings),
            running: Running::default(),
            unripe: VecDeque::new(),
            ripe: 0.0,
            conversions: 0.0,
            spent: 0.0,
            guarded: true,
        }
    }

    /// Goes on from how the same promise stood before.
    pub fn restore(target: Target, kept: &Promise, now: Timestamp) -> Option<Keeper> {
        if kept.promise != name(target) {
            return None;
        }
        let mut keeper = Keeper::new(target);
        keeper.running = kept.running;
        keeper.ripe = kept.running.ripe;
        keeper.conversions = kept.events;
        let waiting = kept.running.expected - kept.running.ripe;
        keeper.unripe.push_back((now, waiting.max(0.0)));
        Some(keeper)
    }

    /// How it stands, to outlive a process.
    pub fn promise(&self) -> Promise {
        Promise {
            promise: name(self.target),
            running: self.running,
            events: self.conversions,
        }
    }

    /// The promise.
    pub fn target(&self) -> Target {
        self.target
    }

    /// What was spent and bought so far.
    pub fn running(&self) -> &Running {
        &self.running
    }

    /// Whether what was bought so far would break the promise.
    pub fn is_guarded(&self) -> bool {
        self.guarded
    }

    /// What one event is worth in the promise's unit.
    fn worth_of_one(&self) -> f64 {
        match self.target {
            Target::ReturnPercent(_) if self.conversions >= 1.0 => {
                self.running.observed / self.conversions
            }
            _ => 1.0,
        }
    }

    /// What was bought: what is seen, and what is still to be expected.
    pub fn bought(&self) -> f64 {
        self.running.credit(self.worth_of_one(), None)
    }

    /// This came of a bid.
    pub fn learn(&mut self, ad: &Ad, outcome: &Outcome, shown: Option<Shown>, rates: &Rates) {
        let value = brings(&self.goal, self.worth_of_one(), ad, rates);
        if let Some(cost) = outcome.cost {
            let cost = cost.nanos() as f64;
            self.running.spent += cost;
            self.running.expected += value;
            self.spent += cost;
            match self.unripe.back_mut() {
                Some((at, waiting)) if outcome.at - *at < APART => *waiting += value,
                _ => self.unripe.push_back((outcome.at, value)),
            }
        }
        // Where the price is the bid there is no curve of second prices to learn.
        if let Some(shown) = shown {
            let multiplier = reach(value, outcome.bid, f64::INFINITY).unwrap_or(1.0);
            self.pacer.observe(value, multiplier, shown);
        }
    }

    /// This was told on one of its ads.
    pub fn result(&mut self, result: &Told) {
        self.conversions += result.conversions as f64;
        self.running.observed += match self.target {
            Target::CostPerClick(_) => result.clicks as f64,
            Target::CostPerConversion(_) => result.conversions as f64,
            Target::ReturnPercent(_) => result.worth.nanos() as f64,
        };
    }

    /// Decides what the promise asks for until the next tick.
    pub fn tick(&mut self, now: Timestamp, auctions_left: f64) {
        let after = match self.target {
            Target::CostPerClick(_) => CLICKS_AFTER,
            _ => CONVERSIONS_AFTER,
        };
        let age = |at: Timestamp| (now - at).0.max(0) as f64 / after.0 as f64;
        while let Some((_, value)) = self.unripe.pop_front_if(|(at, _)| age(*at) > RIPE_AFTER) {
            self.ripe += value;
        }
        let seen = |(at, value): &(Timestamp, f64)| value * (1.0 - (-age(*at)).exp());
        self.running.ripe = self.ripe + self.unripe.iter().map(seen).sum::<f64>();
        let credit = self.bought();
        // What is under way comes on top: about as much as in the last ticks.
        let open = 2.0 * std::mem::take(&mut self.spent);
        self.guarded = self.running.would_break(&self.goal, credit, open, 0.0);
        let Some(cap) = self.goal.cost_per_value() else {
            return;
        };
        let ahead = match auctions_left.is_finite() && auctions_left > 0.0 {
            true => auctions_left,
            false => AUCTIONS_AHEAD,
        };
        self.pacer.tick(&Account {
            left: NO_LIMIT,
            auctions_left: ahead,
            spent: self.running.spent,
            value: credit,
            cap: Some(cap),
        });
        self.pacer.keep_above(1.0 / (cap * DEEPEST));
    }

    /// What an ad's value is to be divided by at least, where it bids by this value and these rates.
    pub fn multiplier(&self, ad: &Ad, value: f64, rates: &Rates) -> f64 {
        let brings = brings(&self.goal, self.worth_of_one(), ad, rates);
        let own = own(&self.goal);
        let multiplier = match self.guarded {
            true => own,
            false => self.pacer.multiplier().min(own),
        };
        divisor(value, multiplier, brings)
    }

    /// The same of a promise under which nothing was bought yet.
    pub fn first_multiplier(target: Target, ad: &Ad, value: f64, rates: &Rates) -> f64 {
        let goal = goal(target);
        divisor(value, own(&goal), brings(&goal, 1.0, ad, rates))
    }
}

/// By what a value is divided so that the bid is what it brings ÷ a multiplier. What brings nothing is worth nothing:
/// the promise allows next to no bid.
fn divisor(value: f64, multiplier: f64, brings: f64) -> f64 {
    (value * multiplier / brings.max(f64::MIN_POSITIVE)).min(MOST)
}

fn goal(target: Target) -> Goal {
    match target {
        Target::CostPerClick(price) => Goal::CostPerClick(price),
        Target::CostPerConversion(price) => Goal::CostPerAction(price),
        Target::ReturnPercent(percent) => Goal::ReturnOnSpend(f64::from(percent) / 100.0),
    }
}

/// The multiplier at which a bid is what it brings is worth.
fn own(goal: &Goal) -> f64 {
    goal.cost_per_value().map_or(0.0, |cap| 1.0 / cap)
}

/// What an impression of an ad is likely to bring, in the goal's unit, where an event of an ad that says no worth has
/// this one.
fn brings(goal: &Goal, worth: f64, ad: &Ad, rates: &Rates) -> f64 {
    let worth = match ad.goal {
        campaign::ad::Goal::Conversion(worth) => worth.nanos() as f64,
        _ => worth,
    };
    goal.value(&Likely {
        click: rates.click,
        action: rates.conversion,
        worth,
    })
}

/// A promise as the store tells one from another.
fn name(target: Target) -> String {
    match target {
        Target::CostPerClick(price) => format!("click {}", price.nanos()),
        Target::CostPerConversion(price) => format!("conversion {}", price.nanos()),
        Target::ReturnPercent(percent) => format!("return {percent}"),
    }
}
