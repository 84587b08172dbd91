//! The controller of one budget: what was seen goes in, a multiplier comes out, once a tick.
//!
//! In the bulk of a budget one multiplier is re-solved on the curve of what money buys, for what is left of the budget
//! over what is left of the traffic. Where only a few dozen purchases are left, the worth of the last money decides
//! instead. Where prices of lost auctions are not told and the curve has not been shown low enough multipliers, dual
//! descent finds them.

use crate::endgame::{Market, Worth};
use crate::multiplier::{Multiplier, Step};
use crate::response::{Point, Response, Shown};
use crate::surplus::Surplus;

/// What a pacer may be told to do otherwise. The default was tuned on one trace and then frozen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// After how many auctions the past weighs 1 ÷ e, as a part of those that are to come: what comes in a long time
    /// is like what came in a long time.
    pub horizon: f64,
    /// The least that memory is.
    pub memory: f64,
    /// The most that it is.
    pub memory_max: f64,
    /// The same for what a cost cap is kept by: it is kept at the end, so all that is to come counts, and not the hour.
    pub goal_memory: f64,
    /// Which part of what the rest of the traffic is sure to make good may be missing under a cost cap.
    pub deficit: f64,
    /// How many standard deviations less than its mean is sure to come.
    pub sure: f64,
    /// How many standard deviations of what is to come are not counted on, where the rest is planned.
    pub caution: f64,
    /// How many auctions what was learned before the start weighs.
    pub prior_weight: f64,
    /// With how many mean prices left the last money begins.
    pub last_purchases: f64,
    /// What money that is left in the end is taken to cost, in what it would have bought: the square of this × the
    /// budget in mean prices. The larger the budget, the less it costs to leave none of it.
    pub unspent: f64,
    /// After how many auctions the worth of the last money is worked out anew.
    pub worth_auctions: f64,
    /// How the multiplier moves while the curve does not know.
    pub step: Step,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            horizon: 0.25,
            memory: 5_000.0,
            memory_max: 50_000.0,
            goal_memory: 20_000.0,
            deficit: 0.5,
            sure: 2.0,
            caution: 0.75,
            prior_weight: 1_000.0,
            last_purchases: 40.0,
            unspent: 0.003,
            worth_auctions: 1_000.0,
            step: Step {
                first: 0.005,
                halving: 1_000.0,
                least: 0.000_5,
                exponent_max: 0.5,
            },
        }
    }
}

impl Settings {
    /// After how many auctions the past weighs 1 ÷ e, where so many are to come.
    pub fn memory_for(&self, auctions_left: f64) -> f64 {
        let most = self.memory_max.max(self.memory);
        (self.horizon * auctions_left).clamp(self.memory, most)
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

/// The worth of the last money is worked out anew, in finer parts, once no more than this part of it is left.
const FINE: f64 = 0.5;

/// Where several bidders share a budget, its last money begins sooner: each of them adds this part of what it is for
/// one.
const LAST_OF_A_BIDDER: f64 = 0.5;

/// The most that money that is left in the end is taken to cost, in what it would have bought.
const UNSPENT_MAX: f64 = 10.0;

/// How fast the mean of auctions in a tick follows.
const USUAL_STEP: f64 = 0.01;

/// The controller.
#[derive(Clone, Debug)]
pub struct Pacer {
    settings: Settings,
    curve: Response,
    /// The same with a longer memory, since there is a cost cap, and what keeps the cap by itself.
    goal: Option<(Response, Surplus)>,
    deficit: f64,
    market: Market,
    multiplier: Multiplier,
    worth: Option<Worth>,
    /// How many bidders spend from the budget, each from what it holds.
    bidders: usize,
    /// How many mean prices the budget had when it began.
    purchases: f64,
    /// Auctions seen since the worth was worked out.
    since: f64,
    seen: f64,
    mean_price: f64,
    capped: bool,
    /// What was spent since the last tick, and what was to be.
    spent: f64,
    auctions: f64,
    /// How many auctions a tick has on average, once there was one.
    usual: Option<f64>,
    hidden: bool,
    paid: bool,
}

impl Pacer {
    /// Starts at a guess of the multiplier and of the mean price.
    pub fn new(guess: f64, price: f64, settings: Settings) -> Pacer {
        Pacer {
            settings,
            curve: Response::new(guess, settings.memory),
            goal: None,
            deficit: 0.0,
            market: Market::new(guess, price, settings.memory),
            multiplier: Multiplier::new(guess, settings.step),
            worth: None,
            bidders: 1,
            purchases: 0.0,
            since: 0.0,
            seen: 0.0,
            mean_price: price,
            capped: false,
            spent: 0.0,
            auctions: 0.0,
            usual: None,
            hidden: false,
            paid: false,
        }
    }

    /// So much money is to be spent from now on.
    pub fn begin(&mut self, budget: f64) {
        self.purchases = budget / self.mean_price.max(f64::MIN_POSITIVE);
    }

    /// So many bidders spend from the budget, each only from what it holds; an auction may come to any of them.
    pub fn share_among(&mut self, bidders: usize) {
        self.bidders = bidders.max(1);
    }

    /// Into how many equal leases so much money is best cut, with so many auctions to come. None while there is enough
    /// for all, or nothing is known.
    pub fn holders(&self, money: f64, auctions_left: f64) -> Option<usize> {
        let worth = self.worth.as_ref()?;
        Some(worth.holders(money, auctions_left))
    }

    /// The multiplier: bids are value ÷ this.
    pub fn multiplier(&self) -> f64 {
        self.multiplier.get()
    }

    /// What an auction costs and is worth at a multiplier on average, where that is known.
    pub fn known(&self, multiplier: f64) -> Option<Point> {
        self.curve.at(multiplier)
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
        if let Some((curve, surplus)) = &mut self.goal {
            curve.age(self.settings.prior_weight);
            surplus.age(self.settings.prior_weight);
        }
        self.market.age(self.settings.prior_weight);
    }

    /// Adds what an auction showed that was bid on at this multiplier.
    pub fn observe(&mut self, value: f64, multiplier: f64, shown: Shown) {
        self.curve.observe(value, multiplier, shown);
        if let Some((curve, surplus)) = &mut self.goal {
            curve.observe(value, multiplier, shown);
            surplus.observe(value, shown.price());
        }
        self.since += 1.0;
        self.seen += 1.0;
        self.auctions += 1.0;
        match shown {
            // What is never asked for is not learned.
            Shown::Price(price) | Shown::Unfunded(price) if self.settings.last_purchases > 0.0 => {
                self.market.observe(value, price);
            }
            Shown::Price(_) | Shown::Unfunded(_) => {}
            Shown::Won(price) => {
                self.hidden = true;
                self.spent += price;
            }
            Shown::Lost => self.hidden = true,
            Shown::Most(price) => self.spent += price.unwrap_or(0.0),
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
        let memory = self.settings.memory_for(account.auctions_left);
        self.curve.remember(memory);
        let budget = self.curve.lowest_that(|point| point.spend <= rate);
        let goal = account.cap.and_then(|cap| self.keep(cap, account));
        let solved = match (goal, budget) {
            (Some(goal), Some(budget)) => Some(budget.max(goal)),
            (goal, budget) => goal.or(budget),
        };
        match solved.filter(|_| !self.paid) {
            Some(solved) => self.multiplier.set(solved),
            None if self.hidden => {
                // All that is known can be afforded, so the way on begins where it ends.
                let known = self.curve.lowest_shown().filter(|_| !self.paid);
                let now = self.multiplier.get();
                self.multiplier
                    .set(known.map_or(now, |known| known.min(now)));
                // A step is as large as what an even plan spends in a tick. To take this tick's own auctions for it
                // would weigh ticks of few auctions more: losses of which nobody told come many at once, and wins one
                // by one, so μ would rise without a cause.
                let usual = self.usual.get_or_insert(self.auctions);
                *usual += USUAL_STEP * (self.auctions - *usual);
                let base = rate * *usual;
                // Where prices are paid that the curve cannot tell of, descent alone finds the way: a step an auction.
                let steps = if self.paid { *usual } else { 1.0 };
                let target = rate * self.auctions;
                self.multiplier
                    .descend_at_once(self.spent, target, base, steps);
            }
            // All that may come can be bought.
            None if self.seen >= LEAST_SEEN => self.multiplier.set(0.0),
            None => {}
        }
        (self.spent, self.auctions) = (0.0, 0.0);
        self.work_out_worth(account);
        self.multiplier()
    }

    /// By how much the running cost may be above the cap of an [`Account`] for now, as the rest of the traffic can make
    /// it good; 0 without a cap.
    pub fn deficit(&self) -> f64 {
        self.deficit
    }

    /// What a cost cap leaves of a bid. `own` is the cap × the impression's value, and `spare` by how much all that was
    /// bought is below the cap now (below 0 where it is above), if all open bids were won. A bid costs no more than its
    /// own value allows, and what there is to spare, with the deficit that may stand for now.
    pub fn within_cap(&self, bid: f64, own: f64, spare: f64) -> f64 {
        bid.min(own + (spare + self.deficit).max(0.0))
    }

    /// The multiplier that a cost cap asks for: the linear program with the cap, solved anew for what is left. What was
    /// spent and bought so far is where it starts from, so a deficit of now is made good by all that is to come. Of
    /// what is to pay for it, the part that chance may take is left out: once nothing is left to spare, what is lost
    /// costs hardly more than the cap, and to go without it is worse than without the dearest before.
    fn keep(&mut self, cap: f64, account: &Account) -> Option<f64> {
        let settings = &self.settings;
        let (memory, n) = (settings.goal_memory, account.auctions_left);
        let (curve, surplus) = self
            .goal
            .get_or_insert_with(|| (self.curve.clone(), Surplus::new(cap, memory)));
        curve.remember(memory);
        if surplus.cap() != cap {
            *surplus = Surplus::new(cap, memory);
        }
        let ahead = surplus.to_come(n);
        self.deficit = if surplus.weight() >= LEAST_SEEN {
            settings.deficit * ahead.amount * (1.0 - settings.sure * ahead.doubt).max(0.0)
        } else {
            0.0
        };
        let unsure = ahead.amount * (settings.caution * ahead.doubt).min(1.0);
        let solved = curve.lowest_that(|point| {
            let (spend, value) = (n * point.spend, n * point.value);
            point.multiplier * cap >= 1.0
                || account.spent + spend + unsure <= cap * (account.value + value)
        });
        Some(solved?.min(1.0 / cap))
    }

    fn work_out_worth(&mut self, account: &Account) {
        let bidders = (self.bidders as f64 * LAST_OF_A_BIDDER).max(1.0);
        let last = self.settings.last_purchases * bidders * self.mean_price;
        if account.left > last || self.hidden || self.seen < LEAST_SEEN {
            self.worth = None;
            return;
        }
        let stale = self.since >= self.settings.worth_auctions.min(self.seen / 2.0);
        let left = account.left.max(self.mean_price);
        // The less is left, the smaller are the parts of it that matter.
        let fits = |worth: &Worth| {
            worth.reaches(account.left, account.auctions_left) && left > worth.range() * FINE
        };
        if stale || !self.worth.as_ref().is_some_and(fits) {
            let auctions = account.auctions_left;
            // Among several bidders money is left where it lies in the wrong hand, and haste does not help it.
            let unspent = match self.bidders {
                1 => {
                    let large = self.purchases * self.settings.unspent;
                    (large * large).min(UNSPENT_MAX) * self.multiplier.get()
                }
                _ => 0.0,
            };
            self.worth = Some(self.market.worth(left, auctions, unspent, self.bidders));
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

#[cfg(test)]
mod tests;
