//! How fast budgets are spent, so that they last their day or their flight.
//!
//! Ads that say what a click or a conversion is worth to them are paced by price: one [`Pot`] for each budget that has
//! a limit and is bid from. An ad bids what an impression is worth ÷ the highest multiplier of its three budgets.
//!
//! Ads whose price a person fixed are paced by chance: one controller for each budget, fed with what was charged to it;
//! such an ad takes part in as many auctions as the tightest of its three budgets lets it. The two share a budget by
//! what each has spent of late.

use std::collections::HashMap;

use super::keeper::{Keeper, Told};
use super::pot::{self, Outcome, Pot};
use super::promises::Promises;
use super::purse::{Purse, posted, posted_in, purses};
use super::recent::Recent;
use super::segments::Segments;
use super::surges::Watch;
use crate::catalog::Placed;
use auction::pricing;
use campaign::ad::Delivery;
use campaign::id::{AdvertiserId, CampaignId};
use campaign::money::Money;
use campaign::time::{Span, Timestamp};
use learning::rates::{Counts, Rates};
use learning::surge::{Signal, Surge};
use pacing::account::{Level, Window};
use pacing::breaker::{Change, Trip};
use pacing::ledger::Ledger;
use pacing::participation::{Participation, Tick};
use store::pacing::{PlanProfile, Promise};

/// The controllers.
#[derive(Debug)]
pub(crate) struct Pace {
    levels: HashMap<Level, Controller>,
    /// What was charged of late to each level that is charged at all.
    recents: HashMap<Level, Recent>,
    /// The budgets that price paces.
    pots: HashMap<Level, Paced>,
    /// Multipliers that were learned before a restart, by budgets that nothing was bid from since.
    warm: HashMap<Level, f64>,
    /// The same of what plans learned of the hours of the week.
    plans: HashMap<Level, PlanProfile>,
    promises: Promises,
    /// Campaigns that ran away since this was last asked.
    tripped: Vec<(CampaignId, Trip)>,
    /// What changed suddenly since this was last asked.
    surges: Vec<(CampaignId, Surge)>,
    last: Timestamp,
}

/// More budgets than these are not paced by price at once; ads of further ones bid an impression's whole worth, and
/// leases alone limit them. Each takes some 40 KiB.
const MAX_POTS: usize = 20_000;

/// How often it is noted what plans learned: it takes three kilobytes each, and moves slowly. So many are noted at
/// once, since it is asked for each minute.
const NOTE_EVERY: Span = Span::hours(1);
const NOTED_AT_ONCE: usize = MAX_POTS.div_ceil(60);

/// A pot, and what it is fed with.
#[derive(Debug)]
struct Paced {
    pot: Pot,
    /// What had been charged in all at the last tick.
    posted: Money,
    /// At which round it was looked at last.
    seen: Timestamp,
    /// Watches for sudden changes, if it is a campaign's.
    watch: Option<Watch>,
    /// When it was last told what its plan learned, so that it outlives a restart.
    noted: Timestamp,
}

/// One look at all budgets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    now: Timestamp,
    length: Span,
}

#[derive(Clone, Copy, Debug)]
struct Controller {
    participation: Participation,
    /// What had been charged in all at the last tick.
    posted: Money,
    /// At which tick it was looked at last.
    seen: Timestamp,
}

impl Pace {
    /// Nothing has been paced yet.
    pub fn new(now: Timestamp) -> Pace {
        Pace {
            levels: HashMap::new(),
            recents: HashMap::new(),
            pots: HashMap::new(),
            warm: HashMap::new(),
            plans: HashMap::new(),
            promises: Promises::default(),
            tripped: Vec::new(),
            surges: Vec::new(),
            last: now,
        }
    }

    /// Starts to watch what is charged to an ad's budgets, if nobody does yet: what was charged before is no haste of
    /// now.
    pub fn watch(&mut self, placed: &Placed<'_>, ledger: &Ledger, now: Timestamp) {
        for purse in purses(placed) {
            let posted = posted(ledger, purse.level);
            self.levels.entry(purse.level).or_insert(Controller {
                participation: Participation::ALWAYS,
                posted,
                seen: now,
            });
        }
    }

    /// Begins to move every controller on by the time since this was last done.
    pub fn begin(&mut self, now: Timestamp) -> Round {
        let length = now - self.last;
        self.last = now;
        Round { now, length }
    }

    /// Moves the controllers of an ad's budgets on, where another ad's have not been.
    pub fn tick(
        &mut self,
        placed: &Placed<'_>,
        ledger: &Ledger,
        segments: &Segments,
        round: Round,
    ) {
        for purse in purses(placed) {
            self.note_charges(purse.level, ledger, round.now);
            self.tick_one(&purse, ledger, round.now, round.length);
            self.tick_pot(&purse, ledger, segments, round.now);
        }
        let pot = self.pot_of(Level::Campaign(placed.campaign.id));
        let outlook = pot.and_then(Pot::outlook);
        let auctions_left = outlook.map_or(0.0, |outlook| outlook.auctions_left);
        self.promises
            .tick(placed.campaign, round.now, auctions_left);
        if let Some(watch) = self.watch_of(placed.campaign.id) {
            watch.count(placed, round.now);
        }
    }

    /// Goes on from multipliers that were learned before a restart.
    pub fn warm(&mut self, multipliers: impl IntoIterator<Item = (Level, f64)>) {
        self.warm.extend(multipliers);
    }

    /// Goes on from what plans learned before a restart, and from how promises stood.
    pub fn warm_plans(
        &mut self,
        plans: impl IntoIterator<Item = (Level, PlanProfile)>,
        promises: impl IntoIterator<Item = (CampaignId, Promise)>,
    ) {
        self.plans.extend(plans);
        self.promises.restore(promises);
    }

    /// What plans learned since it was last told, if that is a while ago or this is the last time. All fall due at once
    /// an hour after a start, so some are told and others later.
    pub fn unnoted_plans(&mut self, now: Timestamp, is_last: bool) -> Vec<(Level, PlanProfile)> {
        let each = self.pots.iter_mut().filter_map(|(level, paced)| {
            let (profile, per_hour) = paced.pot.traffic()?;
            if !is_last && now - paced.noted < NOTE_EVERY {
                return None;
            }
            paced.noted = now;
            let profile = profile.clone();
            Some((*level, PlanProfile { profile, per_hour }))
        });
        each.take(if is_last { usize::MAX } else { NOTED_AT_ONCE })
            .collect()
    }

    /// The promises.
    pub(super) fn promises(&mut self) -> &mut Promises {
        &mut self.promises
    }

    /// An ad that price paces made so many bids at this multiplier ([`pot::reach`]).
    pub fn bid(
        &mut self,
        placed: &Placed<'_>,
        ledger: &Ledger,
        (at, bids): (Timestamp, u64),
        reach: Option<f64>,
    ) {
        for purse in purses(placed) {
            if let Some(pot) = self.pot(&purse, ledger, at) {
                pot.bid(at, bids, reach);
            }
        }
        if let Some(watch) = self.watch_of(placed.campaign.id) {
            watch.bid(bids);
        }
    }

    /// This was told on an ad.
    pub fn result(&mut self, placed: &Placed<'_>, result: &Told) {
        if let Some(watch) = self.watch_of(placed.campaign.id) {
            watch.click(result.clicks);
        }
        if pricing::is_paced_by_price(placed.ad.goal)
            && let Some(keeper) = self.promises.keeper(placed.campaign, self.last)
        {
            keeper.result(result);
        }
    }

    fn watch_of(&mut self, campaign: CampaignId) -> Option<&mut Watch> {
        let paced = self.pots.get_mut(&Level::Campaign(campaign))?;
        paced.watch.as_mut()
    }

    /// This came of a bid of an ad that price paces.
    pub fn learn(&mut self, placed: &Placed<'_>, outcome: &Outcome, counts: &Counts) {
        let mut shown = None;
        for level in purses(placed).map(|purse| purse.level) {
            if let Some(paced) = self.pots.get_mut(&level) {
                let of_level = paced.pot.learn(outcome);
                if matches!(level, Level::Campaign(_)) {
                    shown = of_level;
                }
            }
        }
        if let Some(keeper) = self.promises.keeper(placed.campaign, self.last) {
            keeper.learn(placed.ad, outcome, shown, &counts.rates());
        }
        if let Some(watch) = self.watch_of(placed.campaign.id) {
            watch.learn(outcome);
        }
    }

    /// The pot of a budget that has a limit and an end to last to.
    fn pot(&mut self, purse: &Purse<'_>, ledger: &Ledger, now: Timestamp) -> Option<&mut Pot> {
        if !purse.is_planned() {
            return None;
        }
        if !self.pots.contains_key(&purse.level) && self.pots.len() >= MAX_POTS {
            return None;
        }
        let warm = self.warm.remove(&purse.level).unwrap_or(pot::LOWEST);
        let plans = &mut self.plans;
        let pot = |plans: &mut HashMap<Level, PlanProfile>| {
            let pot = Pot::new(purse.terms(), warm, now);
            match plans.remove(&purse.level) {
                Some(plan) => pot.resume(plan.profile, plan.per_hour),
                None => pot,
            }
        };
        let paced = self.pots.entry(purse.level).or_insert_with(|| Paced {
            pot: pot(plans),
            posted: posted(ledger, purse.level),
            seen: now,
            watch: matches!(purse.level, Level::Campaign(_))
                .then(|| Watch::new(purse.zone.clone(), now)),
            noted: now,
        });
        Some(&mut paced.pot)
    }

    fn tick_pot(
        &mut self,
        purse: &Purse<'_>,
        ledger: &Ledger,
        segments: &Segments,
        now: Timestamp,
    ) {
        let Some(paced) = self.pots.get_mut(&purse.level) else {
            return;
        };
        if paced.seen == now {
            return;
        }
        let life = posted(ledger, purse.level);
        let level = purse.level;
        let tick = pot::Tick {
            now,
            life,
            today: posted_in(ledger, level, Window::Day(purse.zone.day(now).day)),
            segment: segments.spent(level, life),
            charged: life.saturating_sub(paced.posted).or_zero(),
        };
        (paced.posted, paced.seen) = (life, now);
        let change = paced.pot.tick(purse.terms(), &tick);
        if let (Some(Change::Tripped(trip)), Level::Campaign(campaign)) = (change, level) {
            self.tripped.push((campaign, trip));
        }
        if let (Some(watch), Level::Campaign(campaign)) = (&mut paced.watch, level) {
            let surges = watch.tick(&paced.pot, purse.zone, now);
            if surges.iter().any(|it| it.signal == Signal::Traffic) {
                paced.pot.follow_surge();
            }
            self.surges
                .extend(surges.into_iter().map(|it| (campaign, it)));
        }
    }

    /// What changed suddenly since this was last asked.
    pub fn take_surges(&mut self) -> Vec<(CampaignId, Surge)> {
        std::mem::take(&mut self.surges)
    }

    /// Campaigns whose spending ran away since this was last asked.
    pub fn take_tripped(&mut self) -> Vec<(CampaignId, Trip)> {
        std::mem::take(&mut self.tripped)
    }

    /// A person lets a campaign go on.
    pub fn reset_breaker(&mut self, campaign: CampaignId, now: Timestamp) {
        if let Some(paced) = self.pots.get_mut(&Level::Campaign(campaign)) {
            paced.pot.reset(now);
        }
    }

    /// The budgets that price paces.
    pub fn budgets(&self) -> impl Iterator<Item = Level> {
        self.pots.keys().copied()
    }

    /// The pot of a budget, if price paces it.
    pub fn pot_of(&self, level: Level) -> Option<&Pot> {
        self.pots.get(&level).map(|paced| &paced.pot)
    }

    /// What an ad's value is to be divided by: the price of the money of the budget that has least. A budget that is
    /// spent as fast as possible has no price.
    pub fn multiplier_of(&self, placed: &Placed<'_>) -> f64 {
        if placed.ad.delivery == Delivery::AsFastAsPossible {
            return pot::LOWEST;
        }
        let known = |purse: &Purse<'_>| {
            let warm = self.warm.get(&purse.level).copied();
            self.pot_of(purse.level).map(Pot::multiplier).or(warm)
        };
        let multipliers = purses(placed);
        let multipliers = multipliers
            .iter()
            .filter(|purse| purse.delivery != Delivery::AsFastAsPossible)
            .filter_map(known);
        multipliers.fold(pot::LOWEST, f64::max)
    }

    /// What keeps a campaign's promise, if it made one.
    pub fn keeper_of(&self, campaign: CampaignId) -> Option<&Keeper> {
        self.promises.get(campaign)
    }

    /// The least that an ad's value is to be divided by for its campaign's promise, where it bids by these rates.
    pub fn promised(&self, placed: &Placed<'_>, rates: &Rates) -> f64 {
        let value = pricing::value(placed.ad.goal, rates).0 as f64;
        let target = placed.campaign.spending.goal;
        match (self.keeper_of(placed.campaign.id), target) {
            (_, None) => 0.0,
            (Some(keeper), _) => keeper.multiplier(placed.ad, value, rates),
            (None, Some(target)) => Keeper::first_multiplier(target, placed.ad, value, rates),
        }
    }

    /// Multipliers that the store does not know yet: those that moved by a hundredth.
    pub fn unnoted(&mut self) -> Vec<(Level, f64)> {
        let each = self.pots.iter_mut().filter_map(|(level, paced)| {
            let (now, noted) = (paced.pot.multiplier(), paced.pot.noted);
            ((now - noted).abs() > noted * 0.01).then(|| {
                paced.pot.noted = now;
                (*level, now)
            })
        });
        each.collect()
    }

    /// Remembers what was charged to a level by now. A level that is never charged costs nothing.
    fn note_charges(&mut self, level: Level, ledger: &Ledger, now: Timestamp) {
        let posted = posted(ledger, level);
        match self.recents.get_mut(&level) {
            Some(recent) => recent.note(now, posted),
            None if posted > Money::ZERO => {
                self.recents.entry(level).or_default().note(now, posted);
            }
            None => {}
        }
    }

    /// What was charged to a level since about so long ago, and how long ago that was.
    pub fn recent(&self, level: Level, now: Timestamp, posted: Money, ago: Span) -> (Money, Span) {
        let recent = self.recents.get(&level);
        recent.map_or((Money::ZERO, Span(0)), |recent| {
            recent.since(now, posted, ago)
        })
    }

    /// What is charged to a level in so long at the speed of the last minutes.
    pub fn speed(
        &self,
        level: Level,
        now: Timestamp,
        posted: Money,
        length: Span,
    ) -> Option<Money> {
        self.recents.get(&level)?.pace(now, posted, length)
    }

    /// How far that may be off, in 19 of 20 cases.
    pub fn spread(
        &self,
        level: Level,
        now: Timestamp,
        posted: Money,
        length: Span,
    ) -> Option<Money> {
        self.recents.get(&level)?.spread(now, posted, length)
    }

    /// How often the budgets of a campaign and its advertiser let its ads take part. `None` where nothing is limited.
    pub fn slowest(&self, campaign: CampaignId, advertiser: AdvertiserId) -> Option<Participation> {
        let levels = [Level::Campaign(campaign), Level::Advertiser(advertiser)];
        let controllers = levels.iter().filter_map(|level| self.levels.get(level));
        controllers.map(|controller| controller.participation).min()
    }

    /// Forgets the controllers that no ad needed.
    pub fn end(&mut self, round: Round) {
        self.levels
            .retain(|_, controller| controller.seen >= round.now);
        self.recents.retain(|_, recent| !recent.is_idle(round.now));
        self.pots.retain(|_, paced| paced.seen >= round.now);
        self.promises.end(round.now);
    }

    fn tick_one(&mut self, purse: &Purse<'_>, ledger: &Ledger, now: Timestamp, length: Span) {
        let level = purse.level;
        if self
            .levels
            .get(&level)
            .is_some_and(|controller| controller.seen == now)
        {
            return;
        }
        let Some((left, day_left)) = purse.tightest(ledger, now) else {
            return;
        };
        let posted = posted(ledger, level);
        let before = self.levels.get(&level).copied().unwrap_or(Controller {
            participation: Participation::ALWAYS,
            posted,
            seen: now,
        });
        let spent = posted.saturating_sub(before.posted);
        let tick = Tick {
            left,
            day_left,
            length,
            spent,
        };
        let participation = before.participation.next(purse.delivery, &tick);
        self.levels.insert(
            level,
            Controller {
                participation,
                posted,
                seen: now,
            },
        );
    }

    /// How often an ad takes part.
    pub fn participation(&self, placed: &Placed<'_>) -> Participation {
        let by_price = pricing::is_paced_by_price(placed.ad.goal);
        if placed.ad.delivery == Delivery::AsFastAsPossible || by_price {
            return Participation::ALWAYS;
        }
        let levels = purses(placed).map(|purse| purse.level);
        let controllers = levels.iter().filter_map(|level| self.levels.get(level));
        let tightest = controllers.map(|controller| controller.participation).min();
        tightest.unwrap_or(Participation::ALWAYS)
    }
}
