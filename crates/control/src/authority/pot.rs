//! One budget whose ads are paced by price: its plan, the price μ of its money, and what came of its bids.
//!
//! What a bid was worth and how it was bid follows from what control itself told bidders, and from the reservation that
//! comes back with each notice. So no notice carries anything for pacing's sake.

use std::collections::VecDeque;

use campaign::money::Money;
use campaign::time::{Span, Timestamp};
use pacing::breaker::{self, Breaker, Change, Trip};
use pacing::pacer::{Account, Pacer, Settings};
use pacing::plan::{Delivery, Outlook, Plan, Profile, Shape, Spent, Terms, Window};
use pacing::response::Shown;

/// Bids are never above what an impression is worth: who says what a click is worth does not want to pay more for it,
/// however much money is left.
pub const LOWEST: f64 = 1.0;
/// Before so many outcomes bids are as they were at the start: an impression's whole worth.
const LEAST_OUTCOMES: u32 = 30;
/// A bid of which nobody tells within this is taken for lost.
pub(super) const SILENCE: Span = Span::seconds(90);
/// Bids are counted together by so much time.
pub(super) const APART: Span = Span::seconds(5);
/// So many bids are taken for lost at once at most: a pacer looks at each.
const LOST_AT_ONCE: f64 = 10_000.0;
/// After so many auctions what they cost weighs 1 ÷ e, where it is asked what an auction costs of late.
const COST_MEMORY: f64 = 5_000.0;
/// A stretch without bids that is longer than this saw no traffic because nothing was asked for.
const SEEN: Span = Span::minutes(10);
/// Which part of a day's budget spending must be ahead of the plan by, before it can be called a runaway: a cold start
/// is no runaway.
const RUNAWAY_PART: i64 = 5;
/// A day's budget of which only one part in so many is left is held by bids under way, more or less.
const NEARLY_ALL: i64 = 50;

/// What became of a bid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// When it was made.
    pub at: Timestamp,
    /// What the impression was believed to be worth, as the ad bids by it.
    pub value: f64,
    /// What was bid.
    pub bid: f64,
    /// The most that the ad bids.
    pub most: f64,
    /// What it cost, if it won.
    pub cost: Option<Money>,
    /// What would have won, if it lost and the exchange told.
    pub to_win: Option<Money>,
    /// Whether the price is the bid: what is paid says nothing of what would have won.
    pub first_price: bool,
}

/// A bid of nearly the most that an ad bids would be the same at every lower multiplier: what it is converted to and
/// back for an exchange may take a little off.
const NEARLY_MOST: f64 = 0.99;

/// The multiplier of a bid: lower ones bid more. None where it was cut to the most that the ad bids, or nearly: it
/// would be the same at every lower one.
pub fn reach(value: f64, bid: f64, most: f64) -> Option<f64> {
    (bid < most * NEARLY_MOST).then(|| value / bid.max(1.0))
}

/// Bids of which nothing was told yet, made at about the same time.
#[derive(Clone, Copy, Debug)]
struct UnderWay {
    at: Timestamp,
    /// Those that were cut to the most that their ads bid.
    cut: f64,
    /// The others, and the highest multiplier of any of them.
    others: f64,
    reach: f64,
}

/// One budget.
#[derive(Debug)]
pub struct Pot {
    plan: Plan,
    pacer: Pacer,
    breaker: Option<Breaker>,
    outlook: Option<Outlook>,
    /// Bids since the last tick, and those of which nothing was told yet.
    bids: f64,
    bid_at: Timestamp,
    /// Since when it is bid from, and how often it was until its plan knew how much traffic there is.
    began: Timestamp,
    first_bids: Option<f64>,
    under_way: VecDeque<UnderWay>,
    outcomes: u32,
    /// A price was not told: those that are told say no more than what they are.
    censored: bool,
    /// Auctions and what they cost, older ones counted less.
    auctions: f64,
    cost: f64,
    /// What price-paced ads cost, and all of the budget's, older charges counted less.
    by_price: f64,
    in_all: f64,
    ticked: Timestamp,
    /// The multiplier that the store knows.
    pub noted: f64,
}

/// What a tick looks at.
#[derive(Clone, Copy, Debug)]
pub struct Tick {
    /// The time.
    pub now: Timestamp,
    /// Charged in all.
    pub life: Money,
    /// Charged today.
    pub today: Money,
    /// Charged since the segment began that is on.
    pub segment: Money,
    /// Charged since the last tick.
    pub charged: Money,
}

impl Pot {
    /// A budget of which nothing was seen. `multiplier` is what was learned before, or 1.
    pub fn new(terms: Terms, multiplier: f64, now: Timestamp) -> Pot {
        // The price of the last money needs every price told and one node that bids: here μ goes on to the end.
        let settings = Settings {
            last_purchases: 0.0,
            ..Settings::default()
        };
        Pot {
            plan: Plan::new(terms, Shape::FLAT, 0.0),
            pacer: Pacer::new(multiplier.max(LOWEST), 1.0, settings),
            breaker: None,
            outlook: None,
            bids: 0.0,
            bid_at: now,
            began: now,
            first_bids: Some(0.0),
            under_way: VecDeque::new(),
            outcomes: 0,
            censored: false,
            auctions: 0.0,
            cost: 0.0,
            by_price: 0.0,
            in_all: 0.0,
            ticked: now,
            noted: multiplier,
        }
    }

    /// What was learned of the price of its money: value per money.
    pub fn multiplier(&self) -> f64 {
        self.pacer.multiplier().max(LOWEST)
    }

    /// What the plan said at the last tick.
    pub fn outlook(&self) -> Option<&Outlook> {
        self.outlook.as_ref()
    }

    /// Why nothing may be bid, if spending ran away.
    pub fn tripped(&self) -> Option<&Trip> {
        self.breaker.as_ref().and_then(Breaker::tripped)
    }

    /// How many auctions are usual in a short stretch.
    pub fn usual(&self, from: Timestamp, until: Timestamp) -> f64 {
        self.plan.usual(from, until)
    }

    /// Whether so little is left that bids stop for want of it.
    pub fn is_spent(&self) -> bool {
        self.outlook.is_some_and(|outlook| {
            let day = outlook.day_amount.unwrap_or(Money::ZERO);
            outlook.left.nanos() <= day.nanos() / NEARLY_ALL
        })
    }

    /// Traffic has changed at once: what is still to come is learned anew.
    pub fn follow_surge(&mut self) {
        self.plan.surge();
    }

    /// Lets it go on after it ran away.
    pub fn reset(&mut self, now: Timestamp) {
        if let Some(breaker) = &mut self.breaker {
            breaker.reset(now);
        }
    }

    /// So many bids were made at this multiplier ([`reach`]).
    pub fn bid(&mut self, at: Timestamp, bids: u64, reach: Option<f64>) {
        let bids = bids as f64;
        self.bids += bids;
        self.bid_at = self.bid_at.max(at);
        let fresh = UnderWay {
            at,
            cut: 0.0,
            others: 0.0,
            reach: LOWEST,
        };
        if self.under_way.back().is_none_or(|it| at - it.at >= APART) {
            self.under_way.push_back(fresh);
        }
        if let Some(bucket) = self.under_way.back_mut() {
            match reach {
                Some(reach) => {
                    bucket.others += bids;
                    bucket.reach = bucket.reach.max(reach);
                }
                None => bucket.cut += bids,
            }
        }
    }

    /// This came of a bid. Tells what it shows of prices, if that is anything.
    pub fn learn(&mut self, outcome: &Outcome) -> Option<Shown> {
        // It is not under way any more. One that was told of late was taken for lost already.
        let bucket = self
            .under_way
            .iter_mut()
            .rev()
            .find(|bucket| bucket.at <= outcome.at + APART);
        let reach = reach(outcome.value, outcome.bid, outcome.most);
        if let Some(bucket) = bucket {
            let (own, other) = match reach {
                Some(_) => (&mut bucket.others, &mut bucket.cut),
                None => (&mut bucket.cut, &mut bucket.others),
            };
            let count = if *own >= 1.0 { own } else { other };
            *count = (*count - 1.0).max(0.0);
        }
        self.outcomes = self.outcomes.saturating_add(1);
        let cost = outcome.cost.map(|cost| cost.nanos() as f64);
        self.auctions = self.auctions * (1.0 - 1.0 / COST_MEMORY) + 1.0;
        self.cost = self.cost * (1.0 - 1.0 / COST_MEMORY) + cost.unwrap_or(0.0);
        self.by_price += cost.unwrap_or(0.0);
        if outcome.first_price {
            // What such an auction would have cost at another multiplier is not known.
            self.censored = true;
            self.pacer.pay(cost.unwrap_or(0.0));
            return None;
        }
        let to_win = outcome.to_win.map(|price| price.nanos() as f64);
        // A price that no bid of the ad reaches is lost at every multiplier. To take it for one that a lower multiplier
        // would have paid would hold the multiplier up though money is left.
        let out_of_reach = to_win.is_some_and(|price| price > outcome.most);
        self.censored |= cost.or(to_win).is_none() && reach.is_some();
        let shown = match (reach, cost, to_win) {
            (None, cost, _) => Shown::Most(cost),
            _ if out_of_reach => Shown::Most(None),
            (_, Some(cost), _) if self.censored => Shown::Won(cost),
            (_, Some(cost), _) => Shown::Price(cost),
            (_, None, Some(price)) => Shown::Price(price),
            (_, None, None) => Shown::Lost,
        };
        let multiplier = reach.unwrap_or(LOWEST);
        self.pacer.observe(outcome.value, multiplier, shown);
        Some(shown)
    }

    /// Takes new terms, and decides the multiplier until the next tick. Tells what the breaker did.
    pub fn tick(&mut self, terms: Terms, tick: &Tick) -> Option<Change> {
        let now = tick.now;
        let day = |at| terms.zone.day(at).day;
        if day(now) != day(self.ticked) {
            // With each day the plan knows the hours of the week better.
            self.plan.learn(&Shape::FLAT);
        }
        self.plan.set_terms(terms);
        let since = std::mem::replace(&mut self.ticked, now);
        self.guess_traffic(now);
        let expected = self.plan.expected(since, now);
        // Nothing comes in a closed hour, which says nothing of its traffic.
        let hour = self.plan.terms().zone.week_hour(now);
        let open = self.plan.terms().dayparts.contains(hour);
        if self.bids > 0.0 || open && now - self.bid_at < SEEN {
            self.plan
                .observe(since, now, std::mem::take(&mut self.bids));
        }
        self.give_up_waiting(now);
        self.in_all = self.in_all * 0.999 + tick.charged.nanos() as f64;
        self.by_price *= 0.999;
        let planned = self.outlook.map_or(0.0, |outlook| {
            outlook.left.nanos() as f64 / outlook.auctions_left.max(1.0) * expected
        });
        let outlook = self.plan.outlook(
            now,
            &Spent {
                life: tick.life,
                today: tick.today,
                segment: tick.segment,
                per_auction: self.per_auction(),
            },
        );
        let waiting = self.under_way.iter().map(|it| it.cut + it.others);
        let waiting: f64 = waiting.sum();
        let left = outlook.left.nanos() as f64 * self.share_by_price();
        // As fast as possible has no auctions to spread over: everything is bid for.
        if outlook.auctions_left.is_finite() && self.outcomes >= LEAST_OUTCOMES && left > 0.0 {
            self.pacer.tick(&Account {
                left,
                auctions_left: outlook.auctions_left + waiting,
                spent: 0.0,
                value: 0.0,
                cap: None,
            });
            self.pacer.keep_above(LOWEST);
        }
        let limited = outlook.window.is_some() && outlook.auctions_left.is_finite();
        let day = outlook.day_amount;
        self.outlook = Some(outlook);
        // Before there is a forecast there is no plan to run away from.
        let day = day.filter(|_| limited && planned > 0.0)?;
        let breaker = self.breaker.get_or_insert_with(|| {
            let usual = breaker::Settings::default();
            Breaker::new(breaker::Settings {
                least: usual.least.max(Money(day.nanos() / RUNAWAY_PART)),
                cool_down: None,
                ..usual
            })
        });
        breaker.tick(now, tick.charged, Money(planned as i64))
    }

    /// What will have been spent at the end of the day and of the flight under other terms, by what is known of traffic
    /// and prices: what an even plan of them spends, or all that bids of the whole worth can buy where that is less.
    pub fn forecast(&self, terms: Terms, tick: &Tick) -> (Money, Option<Money>) {
        let mut plan = self.plan.clone();
        plan.set_terms(terms);
        let spent = |per_auction| Spent {
            life: tick.life,
            today: tick.today,
            segment: tick.segment,
            per_auction,
        };
        let outlook = plan.outlook(tick.now, &spent(None));
        let seen = self.per_auction();
        let all = match self.multiplier() <= LOWEST * 1.01 {
            true => seen,
            false => self.pacer.known(LOWEST).map(|point| point.spend),
        };
        let planned = outlook.left.nanos() as f64 / outlook.auctions_left.max(1.0);
        let limited = outlook.window.is_some() && outlook.auctions_left.is_finite();
        let per_auction = match limited {
            true => Some(all.map_or(planned, |all| all.min(planned))),
            false => all.or(seen),
        };
        let then = plan.outlook(tick.now, &spent(per_auction));
        (then.projected_today, then.projected_life)
    }

    /// What it learned of the week's hours, and how many auctions one of average traffic has, if it knows.
    pub fn traffic(&self) -> Option<(&Profile, f64)> {
        let known = self.first_bids.is_none();
        known.then(|| (self.plan.profile(), self.plan.usual_hour()))
    }

    /// Goes on from what was learned of the week's hours before.
    pub fn resume(mut self, profile: Profile, per_hour: f64) -> Pot {
        let terms = self.plan.terms().clone();
        let plan = Plan::new(terms, Shape::FLAT, per_hour);
        self.plan = plan.with_profile(profile);
        self.plan.learn(&Shape::FLAT);
        self.first_bids = None;
        self
    }

    /// Nothing is known of the traffic at first. What came until there were outcomes to go by is the first guess.
    fn guess_traffic(&mut self, now: Timestamp) {
        let Some(bids) = &mut self.first_bids else {
            return;
        };
        *bids += self.bids;
        let took = (now - self.began).0;
        if self.outcomes >= LEAST_OUTCOMES && took > 0 {
            let per_hour = *bids * Span::hours(1).0 as f64 / took as f64;
            self.plan = Plan::new(self.plan.terms().clone(), Shape::FLAT, per_hour);
            self.first_bids = None;
        }
    }

    /// Bids of which nobody told are taken for lost.
    fn give_up_waiting(&mut self, now: Timestamp) {
        while let Some(bucket) = self.under_way.pop_front_if(|it| now - it.at >= SILENCE) {
            self.censored |= bucket.others >= 1.0;
            for (count, shown) in [
                (bucket.cut, Shown::Most(None)),
                (bucket.others, Shown::Lost),
            ] {
                for _ in 0..count.min(LOST_AT_ONCE) as u32 {
                    self.pacer.observe(0.0, bucket.reach, shown);
                }
            }
        }
    }

    /// What an auction costs of late, once there was one.
    fn per_auction(&self) -> Option<f64> {
        (self.auctions >= 1.0).then(|| self.cost / self.auctions)
    }

    /// Which share of the budget goes to ads that price paces; the others take part in a share of the auctions.
    fn share_by_price(&self) -> f64 {
        if self.in_all <= 0.0 || self.by_price >= self.in_all {
            return 1.0;
        }
        (self.by_price / self.in_all).max(0.05)
    }

    /// What the pacing does, in words.
    pub fn sentence(&self) -> String {
        let Some(outlook) = &self.outlook else {
            return "nothing was bid yet: bids are what an impression is worth".to_string();
        };
        let over = match outlook.window {
            Some(Window::Day) => "the day",
            Some(Window::Segment) => "its segment",
            Some(Window::Flight) => "the flight",
            None => return "nothing limits it: bids are what an impression is worth".to_string(),
        };
        let multiplier = self.multiplier();
        if let Some(trip) = self.tripped() {
            return format!(
                "it spent {:.1} times its plan and was stopped: find out why, and resume it",
                trip.spent.nanos() as f64 / (trip.planned.nanos() as f64).max(1.0)
            );
        }
        if !outlook.open {
            return "the hour is closed: nothing is bid".to_string();
        }
        if self.plan.terms().delivery == Delivery::AsFastAsPossible {
            return "it is spent as fast as possible: bids are an impression's whole worth"
                .to_string();
        }
        if self.outcomes < LEAST_OUTCOMES {
            return format!(
                "little is known yet: bids are {:.0} % of the worth",
                100.0 / multiplier
            );
        }
        if multiplier <= LOWEST {
            return "there is more money than its bids can win: they are an impression's whole worth"
                .to_string();
        }
        format!(
            "bids are {:.0} % of what an impression is worth, so that the money lasts {over}",
            100.0 / multiplier
        )
    }
}

#[cfg(test)]
mod tests;
