//! In how many auctions each ad takes part, so that budgets last their day or their flight.
//!
//! One controller for each budget that has a limit, fed with what was charged to it; an ad takes part as often as the
//! tightest of its three budgets lets it.

use std::collections::HashMap;

use campaign::ad::{Budget, Delivery};
use campaign::id::{AdvertiserId, CampaignId};
use campaign::money::Money;
use campaign::time::{Flight, Span, TimeZone, Timestamp};
use pacing::account::{AccountKey, Level, Window};
use pacing::ledger::Ledger;
use pacing::participation::{Participation, Tick};

use super::recent::Recent;
use crate::catalog::Placed;

/// The controllers.
#[derive(Debug)]
pub(super) struct Pace {
    levels: HashMap<Level, Controller>,
    /// What was charged of late to each level that is charged at all.
    recents: HashMap<Level, Recent>,
    last: Timestamp,
}

/// One look at all budgets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Round {
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

/// A budget, when it runs, and where its days begin.
#[derive(Clone, Copy, Debug)]
struct Purse<'a> {
    level: Level,
    budget: Budget,
    flight: Flight,
    zone: &'a TimeZone,
}

impl Pace {
    /// Nothing has been paced yet.
    pub fn new(now: Timestamp) -> Pace {
        Pace {
            levels: HashMap::new(),
            recents: HashMap::new(),
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
    pub fn tick(&mut self, placed: &Placed<'_>, ledger: &Ledger, round: Round) {
        for purse in purses(placed) {
            self.note_charges(purse.level, ledger, round.now);
            self.tick_one(&purse, ledger, round.now, round.length);
        }
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

    /// The multiplier of a level's price; 0 where price does not pace it.
    pub fn multiplier(&self, _: Level) -> f64 {
        0.0
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
        let Some((left, day_left)) = tightest(purse, ledger, now) else {
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
        let participation = before.participation.next(Delivery::Even, &tick);
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
        if placed.ad.delivery == Delivery::AsFastAsPossible {
            return Participation::ALWAYS;
        }
        let levels = purses(placed).map(|purse| purse.level);
        let controllers = levels.iter().filter_map(|level| self.levels.get(level));
        let tightest = controllers.map(|controller| controller.participation).min();
        tightest.unwrap_or(Participation::ALWAYS)
    }
}

/// What was charged to a level in all.
fn posted(ledger: &Ledger, level: Level) -> Money {
    let window = Window::Lifetime;
    ledger
        .account(&AccountKey { level, window })
        .map_or(Money::ZERO, |row| row.posted)
}

fn purses<'a>(placed: &Placed<'a>) -> [Purse<'a>; 3] {
    let Placed {
        ad,
        campaign,
        advertiser,
    } = *placed;
    [
        Purse {
            level: Level::Advertiser(advertiser.id),
            budget: advertiser.budget,
            flight: Flight::default(),
            zone: &advertiser.time_zone,
        },
        Purse {
            level: Level::Campaign(campaign.id),
            budget: campaign.budget,
            flight: campaign.flight,
            zone: &campaign.time_zone,
        },
        Purse {
            level: Level::Ad(ad.id),
            budget: ad.budget,
            flight: ad.flight,
            zone: &campaign.time_zone,
        },
    ]
}

/// What is left of the budget that has to go slowest, and how long it has to last: the day's until midnight, the
/// lifetime's until the flight ends. A lifetime budget without an end lasts as long as it lasts.
///
/// What is held counts as left: most of it comes back, since most bids are lost.
fn tightest(purse: &Purse<'_>, ledger: &Ledger, now: Timestamp) -> Option<(Money, Span)> {
    let level = purse.level;
    let left = |window, asked: Option<Money>| {
        let account = ledger.account(&AccountKey { level, window });
        match account {
            Some(row) => row.effective.map(|cap| cap.saturating_sub(row.posted)),
            None => asked,
        }
    };
    let day = purse.zone.day(now);
    let daily = left(Window::Day(day.day), purse.budget.daily).map(|left| (left, day.end - now));
    let until_end = purse
        .flight
        .end
        .map(|end| end - now)
        .filter(|span| *span > Span(0));
    let lifetime =
        until_end.and_then(|span| Some((left(Window::Lifetime, purse.budget.lifetime)?, span)));
    let per_time = |(left, span): &(Money, Span)| {
        i128::from(left.nanos()) * 1_000_000 / i128::from(span.0.max(1))
    };
    [daily, lifetime].into_iter().flatten().min_by_key(per_time)
}
