//! Budgets as pacing sees them: how much, when, and how it is to be spent.

use campaign::ad::{Budget, Delivery};
use campaign::advertiser::Campaign;
use campaign::money::Money;
use campaign::spending::{Dayparts, Segment, Spending};
use campaign::time::{Flight, Span, TimeZone, Timestamp};
use pacing::account::{AccountKey, Level, Window};
use pacing::ledger::Ledger;
use pacing::plan::Terms;

use crate::catalog::Placed;

/// A budget, when it runs, where its days begin, and how it is spent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Purse<'a> {
    pub level: Level,
    pub budget: Budget,
    pub flight: Flight,
    pub zone: &'a TimeZone,
    pub delivery: Delivery,
    /// The campaign's, where it is a campaign's or an ad's.
    pub spending: Option<&'a Spending>,
}

/// The three budgets that pay for an ad, the widest first.
pub(super) fn purses<'a>(placed: &Placed<'a>) -> [Purse<'a>; 3] {
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
            delivery: Delivery::Even,
            spending: None,
        },
        Purse::of(campaign),
        Purse {
            level: Level::Ad(ad.id),
            budget: ad.budget,
            flight: ad.flight,
            zone: &campaign.time_zone,
            delivery: ad.delivery,
            spending: Some(&campaign.spending),
        },
    ]
}

impl<'a> Purse<'a> {
    /// A campaign's.
    pub fn of(campaign: &'a Campaign) -> Purse<'a> {
        Purse {
            level: Level::Campaign(campaign.id),
            budget: campaign.budget,
            flight: campaign.flight,
            zone: &campaign.time_zone,
            delivery: campaign.spending.delivery,
            spending: Some(&campaign.spending),
        }
    }

    /// What its plan is made for.
    pub fn terms(&self) -> Terms {
        let (dayparts, catch_up) = self.spending.map_or_else(Default::default, |spending| {
            (spending.dayparts, spending.catch_up)
        });
        Terms {
            flight: self.flight,
            zone: self.zone.clone(),
            budget: self.budget,
            segments: self.segments().to_vec(),
            dayparts,
            delivery: self.delivery.into(),
            catch_up,
        }
    }

    /// How it says itself that it is to be spent: what an advertiser's purse has of it is its campaigns'.
    fn own(&self) -> Option<&'a Spending> {
        self.spending
            .filter(|_| matches!(self.level, Level::Campaign(_)))
    }

    /// The stretches with amounts of their own.
    fn segments(&self) -> &'a [Segment] {
        self.own().map_or(&[], |own| &own.segments)
    }

    /// Whether it has an amount that lasts to an end, or a promise to keep.
    pub fn is_planned(&self) -> bool {
        let lasts = self.budget.lifetime.is_some() && self.flight.end.is_some();
        let own = self.own();
        self.budget.daily.is_some()
            || lasts
            || own.is_some_and(|own| !own.segments.is_empty() || own.goal.is_some())
    }

    /// What is left of the budget that has to go slowest, and how long it has to last in open hours: the day's until
    /// midnight, the segment's and the lifetime's until they end. A lifetime budget without an end lasts as long as it
    /// lasts. One that is spent ahead of the plan is spent as if there were as much more.
    ///
    /// What is held counts as left: most of it comes back, since most bids are lost.
    pub fn tightest(&self, ledger: &Ledger, now: Timestamp) -> Option<(Money, Span)> {
        let level = self.level;
        let left = |window, asked: Option<Money>| {
            let account = ledger.account(&AccountKey { level, window });
            match account {
                Some(row) => row.effective.map(|cap| cap.saturating_sub(row.posted)),
                None => asked,
            }
        };
        let dayparts = self
            .spending
            .map_or(Dayparts::ALWAYS, |spending| spending.dayparts);
        let until = |end: Timestamp| dayparts.open_for(self.zone, now, end);
        let day = self.zone.day(now);
        let daily = left(Window::Day(day.day), self.budget.daily);
        let daily = daily.map(|left| (left, until(day.end)));
        // While a segment is on, the lifetime account ends where the segment's amount does.
        let segment = self.own().and_then(|own| own.segment_at(now));
        let end = segment.map(|segment| segment.end);
        let end = end.or(self.flight.end).filter(|end| *end > now);
        let lifetime =
            end.and_then(|end| Some((left(Window::Lifetime, self.budget.lifetime)?, until(end))));
        let per_time = |(left, span): &(Money, Span)| {
            i128::from(left.nanos()) * 1_000_000 / i128::from(span.0.max(1))
        };
        let tightest = [daily, lifetime].into_iter().flatten().min_by_key(per_time);
        tightest.map(|(left, span)| match self.delivery {
            Delivery::Ahead(percent) => {
                let more = left.scaled(100 + i64::from(percent), 100);
                (more.unwrap_or(left), span)
            }
            _ => (left, span),
        })
    }
}

/// What was charged to a level in all.
pub(super) fn posted(ledger: &Ledger, level: Level) -> Money {
    posted_in(ledger, level, Window::Lifetime)
}

/// What was charged to a level in its life or in a day.
pub(crate) fn posted_in(ledger: &Ledger, level: Level, window: Window) -> Money {
    let account = ledger.account(&AccountKey { level, window });
    account.map_or(Money::ZERO, |row| row.posted)
}
