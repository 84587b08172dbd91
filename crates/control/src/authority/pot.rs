//! One budget whose ads are paced by price: its plan, the price μ of its money, and what came of its bids.
//!
//! What a bid was worth and how it was bid follows from what control itself told bidders, and from the reservation that
//! comes back with each notice. So no notice carries anything for pacing's sake.

use std::collections::VecDeque;

use campaign::money::Money;
use campaign::time::{Span, Timestamp};
use pacing::breaker::{self, Breaker, Change, Trip};
use pacing::pacer::{Account, Pacer, Settings};
use pacing::plan::{Outlook, Plan, Shape, Spent, Terms, Window};
use pacing::response::Shown;

/// Bids are never above what an impression is worth: who says what a click is worth does not want to pay more for it,
/// however much money is left.
pub const LOWEST: f64 = 1.0;
/// Before so many outcomes bids are as they were at the start: an impression's whole worth.
const LEAST_OUTCOMES: u32 = 30;
/// A bid of which nobody tells within this is taken for lost.
const SILENCE: Span = Span::seconds(90);
/// Bids are counted together by so much time.
const APART: Span = Span::seconds(5);
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
    /// What it cost, if it won.
    pub cost: Option<Money>,
    /// What would have won, if it lost and the exchange told.
    pub to_win: Option<Money>,
    /// Whether the price is the bid: what is paid says nothing of what would have won.
    pub first_price: bool,
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
    under_way: VecDeque<(Timestamp, f64)>,
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

    /// So many bids were made.
    pub fn bid(&mut self, at: Timestamp, bids: u64) {
        let bids = bids as f64;
        self.bids += bids;
        self.bid_at = self.bid_at.max(at);
        match self.under_way.back_mut() {
            Some((last, count)) if at - *last < APART => *count += bids,
            _ => self.under_way.push_back((at, bids)),
        }
    }

    /// This came of a bid.
    pub fn learn(&mut self, outcome: &Outcome) {
        // It is not under way any more. One that was told of late was taken for lost already.
        let bucket = self
            .under_way
            .iter_mut()
            .rev()
            .find(|(at, _)| *at <= outcome.at + APART);
        if let Some((_, count)) = bucket {
            *count = (*count - 1.0).max(0.0);
        }
        self.outcomes = self.outcomes.saturating_add(1);
        let cost = outcome.cost.map(|cost| cost.nanos() as f64);
        self.auctions = self.auctions * (1.0 - 1.0 / COST_MEMORY) + 1.0;
        self.cost = self.cost * (1.0 - 1.0 / COST_MEMORY) + cost.unwrap_or(0.0);
        self.by_price += cost.unwrap_or(0.0);
        if outcome.first_price {
            return self.pacer.pay(cost.unwrap_or(0.0));
        }
        // What was cut to the most that an ad bids, or raised to a deal's floor, was bid at another multiplier.
        let multiplier = outcome.value / outcome.bid.max(1.0);
        let to_win = outcome.to_win.map(|price| price.nanos() as f64);
        self.censored |= cost.or(to_win).is_none();
        let shown = match (cost, to_win) {
            (Some(cost), _) if self.censored => Shown::Won(cost),
            (Some(cost), _) => Shown::Price(cost),
            (None, Some(price)) => Shown::Price(price),
            (None, None) => Shown::Lost,
        };
        self.pacer.observe(outcome.value, multiplier, shown);
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
        if self.bids > 0.0 || now - self.bid_at < SEEN {
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
                segment: Money::ZERO,
                per_auction: (self.auctions >= 1.0).then(|| self.cost / self.auctions),
            },
        );
        let waiting: f64 = self.under_way.iter().map(|(_, count)| count).sum();
        let left = outlook.left.nanos() as f64 * self.share_by_price();
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
        while let Some((_, count)) = self.under_way.pop_front_if(|(at, _)| now - *at >= SILENCE) {
            let multiplier = self.multiplier();
            self.censored |= count >= 1.0;
            for _ in 0..count.min(LOST_AT_ONCE) as u32 {
                self.pacer.observe(0.0, multiplier, Shown::Lost);
            }
        }
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
mod tests {
    use campaign::ad::Budget;

    use super::*;

    const NANO: f64 = 1_000.0;

    /// A day of second-price auctions at prices 100 to 1,099 for impressions of worth 1,000, `rate` a second, from
    /// noon. Answers what was spent in each quarter of the half day, and whether the breaker tripped.
    fn play(pot: &mut Pot, terms: &Terms, budget: i64, rate: u64, told: bool) -> ([i64; 4], bool) {
        let (noon, half) = (Timestamp(43_200_000), 43_200);
        let (mut spent, mut quarters, mut tripped, mut seed) = (0_i64, [0; 4], false, 1_u64);
        for second in 0..half {
            let now = noon + Span::seconds(second);
            let bid = (NANO / pot.multiplier()) as i64;
            pot.bid(now, rate);
            let before = spent;
            for _ in 0..rate {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let price = 100 + (seed >> 33) as i64 % 1_000;
                let won = bid >= price && spent + bid <= budget;
                spent += if won { price } else { 0 };
                pot.learn(&Outcome {
                    at: now,
                    value: NANO,
                    bid: bid as f64,
                    cost: won.then_some(Money(price)),
                    to_win: (!won && told).then_some(Money(price)),
                    first_price: false,
                });
            }
            let (life, charged) = (Money(spent), Money(spent - before));
            let tick = Tick {
                now: now + Span::seconds(1),
                life,
                today: life,
                charged,
            };
            tripped |= matches!(pot.tick(terms.clone(), &tick), Some(Change::Tripped(_)));
            quarters[(second * 4 / half) as usize] = spent;
        }
        (quarters, tripped)
    }

    fn terms(daily: i64) -> Terms {
        Terms {
            budget: Budget {
                daily: Some(Money(daily)),
                lifetime: None,
            },
            ..Terms::default()
        }
    }

    #[test]
    fn a_days_budget_lasts_the_rest_of_the_day() {
        // Half a day of two auctions a second: all of them would cost some 40 millions.
        for (daily, told) in [(10_000_000, true), (10_000_000, false), (2_000_000, false)] {
            let terms = terms(daily);
            let mut pot = Pot::new(terms.clone(), 1.0, Timestamp(43_200_000));
            let (quarters, tripped) = play(&mut pot, &terms, daily, 2, told);
            for (spent, percent) in quarters.into_iter().zip([25, 50, 75, 100]) {
                let got = spent as f64 * 100.0 / daily as f64;
                assert!(
                    (got - f64::from(percent)).abs() < 4.0,
                    "{daily} {told}: {quarters:?}"
                );
            }
            assert!(!tripped && quarters[3] <= daily);
        }
    }

    #[test]
    fn where_there_is_money_enough_bids_are_the_whole_worth() {
        let terms = terms(1_000_000_000);
        let mut pot = Pot::new(terms.clone(), 3.0, Timestamp(43_200_000));
        play(&mut pot, &terms, 1_000_000_000, 2, false);
        assert_eq!(pot.multiplier(), LOWEST);
    }

    #[test]
    fn bids_of_which_nobody_tells_are_taken_for_lost() {
        let terms = terms(1_000_000);
        let mut pot = Pot::new(terms.clone(), 1.0, Timestamp(0));
        pot.bid(Timestamp(1_000), 500);
        assert_eq!(pot.under_way.len(), 1);
        let tick = |second: i64| Tick {
            now: Timestamp(second * 1_000),
            life: Money::ZERO,
            today: Money::ZERO,
            charged: Money::ZERO,
        };
        pot.tick(terms.clone(), &tick(60));
        assert!(!pot.censored && !pot.under_way.is_empty());
        pot.tick(terms, &tick(100));
        assert!(pot.censored && pot.under_way.is_empty());
    }

    #[test]
    fn money_that_runs_away_trips_the_breaker() {
        let terms = terms(86_400_000_000);
        let mut pot = Pot::new(terms.clone(), 1.0, Timestamp(0));
        let mut life = 0;
        let mut tick = |pot: &mut Pot, second: i64, charged: i64| {
            life += charged;
            pot.bid(Timestamp(second * 1_000), 10);
            let today = Money(life);
            let now = Timestamp((second + 1) * 1_000);
            pot.tick(
                terms.clone(),
                &Tick {
                    now,
                    life: today,
                    today,
                    charged: Money(charged),
                },
            )
        };
        let calm = (0..600)
            .filter_map(|second| tick(&mut pot, second, 1_000_000))
            .count();
        assert_eq!(calm, 0);
        let wild = (600..1_200)
            .filter_map(|second| tick(&mut pot, second, 60_000_000))
            .count();
        assert_eq!((wild, pot.tripped().is_some()), (1, true));
        pot.reset(Timestamp(1_200_000));
        assert!(pot.tripped().is_none());
    }
}
