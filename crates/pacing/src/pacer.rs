//! The controller of one budget: what was seen goes in, a multiplier comes out, once a tick.
//!
//! In the bulk of a budget one multiplier is re-solved on the curve of what money buys, for what is left of the budget
//! over what is left of the traffic. Where only a few dozen purchases are left, the worth of the last money decides
//! instead. Where prices of lost auctions are not told and the curve has not been shown low enough multipliers, dual
//! descent finds them.

use libm::{exp, log};

use crate::endgame::{Market, Worth};
use crate::multiplier::{Multiplier, Step};
use crate::response::{Response, Shown};

/// What a pacer may be told to do otherwise. The default was tuned on one trace and then frozen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// After how many auctions the past weighs 1 ÷ e.
    pub memory: f64,
    /// How many auctions what was learned before the start weighs.
    pub prior_weight: f64,
    /// With how many mean prices left the last money begins.
    pub last_purchases: f64,
    /// After how many auctions the worth of the last money is worked out anew.
    pub worth_auctions: f64,
    /// Over how many auctions the multiplier of a cost cap is averaged.
    pub goal_memory: f64,
    /// How the multiplier moves while the curve does not know.
    pub step: Step,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            memory: 5_000.0,
            prior_weight: 1_000.0,
            last_purchases: 40.0,
            worth_auctions: 1_000.0,
            goal_memory: 5_000.0,
            step: Step {
                first: 0.005,
                halving: 1_000.0,
                least: 0.000_5,
                exponent_max: 0.5,
            },
        }
    }
}

/// The state of a budget at a tick, in any unit of money.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Account {
    /// What is left to spend, less what is likely to be spent by bids under way.
    pub left: f64,
    /// How many auctions are still to come.
    pub auctions_left: f64,
    /// What was spent under the cap.
    pub spent: f64,
    /// What it bought.
    pub value: f64,
    /// The most that a unit of value may cost, if that is limited.
    pub cap: Option<f64>,
}

/// So many auctions are seen before the worth of the last money is believed.
const LEAST_SEEN: f64 = 300.0;

/// The controller.
#[derive(Clone, Debug)]
pub struct Pacer {
    settings: Settings,
    curve: Response,
    market: Market,
    multiplier: Multiplier,
    worth: Option<Worth>,
    /// Auctions seen since the worth was worked out.
    since: f64,
    seen: f64,
    mean_price: f64,
    capped: bool,
    /// What was spent since the last tick, and what was to be.
    spent: f64,
    auctions: f64,
    hidden: bool,
    paid: bool,
    goal: f64,
    goal_weight: f64,
    goal_auctions: f64,
}

impl Pacer {
    /// Starts at a guess of the multiplier and of the mean price.
    pub fn new(guess: f64, price: f64, settings: Settings) -> Pacer {
        Pacer {
            settings,
            curve: Response::new(guess, settings.memory),
            market: Market::new(guess, price, settings.memory),
            multiplier: Multiplier::new(guess, settings.step),
            worth: None,
            since: 0.0,
            seen: 0.0,
            mean_price: price,
            capped: false,
            spent: 0.0,
            auctions: 0.0,
            hidden: false,
            paid: false,
            goal: log(guess),
            goal_weight: 0.0,
            goal_auctions: 1.0,
        }
    }

    /// The multiplier: bids are value ÷ this.
    pub fn multiplier(&self) -> f64 {
        self.multiplier.get()
    }

    /// Brings the multiplier up to a bound, where it is below: bids are never above what the bound allows, so to look
    /// for it further down would only make the way back longer.
    pub fn keep_above(&mut self, lowest: f64) {
        if self.multiplier.get() < lowest {
            self.multiplier.set(lowest);
        }
    }

    /// Lets all that was seen so far weigh no more than the settings say: it was another day.
    pub fn age(&mut self) {
        self.curve.age(self.settings.prior_weight);
        self.market.age(self.settings.prior_weight);
    }

    /// Adds what an auction showed that was bid on at this multiplier.
    pub fn observe(&mut self, value: f64, multiplier: f64, shown: Shown) {
        self.curve.observe(value, multiplier, shown);
        self.since += 1.0;
        self.seen += 1.0;
        self.auctions += 1.0;
        self.goal_auctions += 1.0;
        match shown {
            // What is never asked for is not learned.
            Shown::Price(price) if self.settings.last_purchases > 0.0 => {
                self.market.observe(value, price);
            }
            Shown::Price(_) => {}
            Shown::Won(price) => {
                self.hidden = true;
                self.spent += price;
            }
            Shown::Lost => self.hidden = true,
        }
    }

    /// Adds what an auction cost whose bid does not follow from the multiplier alone, as where a first price is shaded:
    /// the curve learns nothing from it, and descent finds the multiplier.
    pub fn pay(&mut self, cost: f64) {
        (self.hidden, self.paid) = (true, true);
        self.spent += cost;
        self.auctions += 1.0;
    }

    /// Decides the multiplier until the next tick.
    pub fn tick(&mut self, account: &Account) -> f64 {
        self.capped = account.cap.is_some();
        let rate = account.left / account.auctions_left.max(1.0);
        let budget = self.curve.lowest_that(|point| point.spend <= rate);
        let solved = match self.goal_multiplier(account) {
            Some(goal) => Some(budget.map_or(goal, |budget| budget.max(goal))),
            None => budget,
        };
        match solved.filter(|_| !self.paid) {
            Some(solved) => self.multiplier.set(solved),
            None if self.hidden => {
                let target = rate * self.auctions;
                self.multiplier.descend(self.spent, target, target);
            }
            None => {}
        }
        (self.spent, self.auctions) = (0.0, 0.0);
        self.work_out_worth(account);
        self.multiplier()
    }

    /// The multiplier that a cost cap asks for.
    fn goal_multiplier(&mut self, account: &Account) -> Option<f64> {
        let cap = account.cap?;
        let n = account.auctions_left;
        let solved = self.curve.lowest_that(|point| {
            point.multiplier * cap >= 1.0
                || account.spent + n * point.spend <= cap * (account.value + n * point.value)
        });
        let solved = log(solved?.min(1.0 / cap));
        // Slack that is left near the end is used up: the average gets shorter there.
        let memory = self.settings.goal_memory.min(n / 4.0).max(1.0);
        self.goal_weight = (self.goal_weight + self.goal_auctions).min(memory);
        self.goal += (solved - self.goal) * (self.goal_auctions / self.goal_weight).min(1.0);
        self.goal_auctions = 0.0;
        Some(exp(self.goal))
    }

    fn work_out_worth(&mut self, account: &Account) {
        let last = self.settings.last_purchases * self.mean_price;
        if account.left > last || self.hidden || self.seen < LEAST_SEEN {
            self.worth = None;
            return;
        }
        let stale = self.since >= self.settings.worth_auctions.min(self.seen / 2.0);
        let reaches = |worth: &Worth| worth.reaches(account.left, account.auctions_left);
        if stale || !self.worth.as_ref().is_some_and(reaches) {
            let left = account.left.max(self.mean_price);
            self.worth = Some(self.market.worth(left, account.auctions_left));
            self.since = 0.0;
        }
    }

    /// What to bid for an impression of this value, with so much money and so many auctions left.
    pub fn bid(&self, value: f64, left: f64, auctions_left: f64) -> f64 {
        let paced = value / self.multiplier();
        match &self.worth {
            Some(worth) => {
                let bid = worth.bid(value, left, auctions_left - 1.0);
                if self.capped { bid.min(paced) } else { bid }
            }
            None => paced,
        }
    }
}
