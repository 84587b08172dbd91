//! How a campaign's budget stands against its plan, as the wire says it.

use api::v1;
use campaign::ad::{Ad, State};
use campaign::advertiser::{Advertiser, Campaign};
use campaign::money::{Cpm, Currency, Money};
use campaign::time::{Span, Timestamp};
use pacing::account::{AccountKey, Level, Window};

use super::Authority;
use super::pot::Pot;
use crate::catalog::{Entry, Noun, Placed};

/// How many ads of a campaign are told of.
const MAX_ADS: usize = 200;

impl Authority {
    /// How a campaign stands now. `None` for what is no campaign.
    pub fn campaign_pacing(&self, entry: &Entry) -> Option<v1::CampaignPacing> {
        let Noun::Campaign(campaign) = &*entry.noun else {
            return None;
        };
        let advertiser = self.catalog.advertiser_of(&entry.name)?;
        let now = self.clock.now();
        let currency = advertiser.currency;
        let level = Level::Campaign(campaign.id);
        let minute = self.charged_of_late(level, Span::minutes(1));
        let (day, flight) = (self.day_of(campaign, now), self.flight_of(campaign, now));
        let outlook = self.pace.pot_of(level).and_then(Pot::outlook);
        let plan = [day, flight]
            .into_iter()
            .flatten()
            .map(|limit| limit.a_minute(now))
            .min();
        let below = self.catalog.below(entry.record.id.0);
        let ads: Vec<(&Entry, &Ad)> = below
            .filter(|entry| !entry.is_deleted())
            .filter_map(|entry| match &*entry.noun {
                Noun::Ad(ad) => Some((entry, ad)),
                _ => None,
            })
            .take(MAX_ADS)
            .collect();
        let counts = ads.iter().map(|(_, ad)| self.learned.counts(ad.id));
        let (bids, wins) = counts.fold((0, 0), |sum, one| (sum.0 + one.bids, sum.1 + one.wins));
        let spend = self.charged_of_late(level, super::recent::REACH);
        let ads = ads.iter().map(|(entry, ad)| {
            let placed = Placed {
                ad,
                campaign,
                advertiser,
            };
            self.ad_pacing(entry, &placed, spend)
        });
        Some(v1::CampaignPacing {
            campaign: entry.name.to_string(),
            display_name: campaign.display_name.clone(),
            currency_code: currency.to_string(),
            day: day.map(|limit| {
                let planned = outlook.map(|it| (it.target_today, Some(it.projected_today)));
                self.window(&limit, planned, level, currency, now)
            }),
            flight: flight.map(|limit| {
                let planned = outlook.map(|it| (it.target_life, it.projected_life));
                self.window(&limit, planned, level, currency, now)
            }),
            multiplier: self.pace.pot_of(level).map_or(0.0, Pot::multiplier),
            win_rate_percent: percent_of(wins, bids),
            spend_last_minute_micros: minute.micros(currency),
            plan_minute_micros: plan.unwrap_or_default().micros(currency),
            summary: self.pace_in_words(campaign, advertiser),
            ads: ads.collect(),
        })
    }

    fn ad_pacing(&self, entry: &Entry, placed: &Placed<'_>, spend: Money) -> v1::AdPacing {
        let (ad, currency) = (placed.ad, placed.advertiser.currency);
        let level = Level::Ad(ad.id);
        let terms = self.terms_of(placed);
        let counts = self.learned.counts(ad.id);
        let own = self.charged_of_late(level, super::recent::REACH);
        let today = self.view().spent(level, &placed.campaign.time_zone).today;
        let cpm = |price: Cpm| price.micros(currency).unwrap_or(0);
        v1::AdPacing {
            ad: entry.name.to_string(),
            display_name: ad.display_name.clone(),
            spend_today_micros: today.micros(currency),
            share_percent: percent_of(own.nanos().unsigned_abs(), spend.nanos().unsigned_abs())
                .unwrap_or(0.0),
            min_share_percent: None,
            max_share_percent: None,
            participation_percent: f64::from(terms.participation_ppm) / 10_000.0,
            value_cpm_micros: cpm(auction::pricing::value(terms.goal, &terms.rates)),
            bid_cpm_micros: cpm(auction::pricing::asking(&terms)),
            click_rate_percent: terms.rates.click * 100.0,
            conversion_rate_percent: terms.rates.conversion * 100.0,
            win_rate_percent: percent_of(counts.wins, counts.bids),
        }
    }

    /// What was charged to a level in the last minutes.
    fn charged_of_late(&self, level: Level, ago: Span) -> Money {
        let posted = self.posted(level, Window::Lifetime);
        let (charged, took) = self.pace.recent(level, self.clock.now(), posted, ago);
        // Of a look that is older than what was asked for, its part.
        charged
            .scaled(ago.0.min(took.0), took.0.max(1))
            .unwrap_or(charged)
    }

    /// What was charged to a level.
    pub(super) fn posted(&self, level: Level, window: Window) -> Money {
        let account = self.ledger.account(&AccountKey { level, window });
        account.map_or(Money::ZERO, |row| row.posted)
    }

    fn day_of(&self, campaign: &Campaign, now: Timestamp) -> Option<Limit> {
        let day = campaign.time_zone.day(now);
        // A flight that begins or ends within the day has only its part of it.
        let end = campaign.flight.end.map_or(day.end, |end| end.min(day.end));
        Some(Limit {
            budget: campaign.budget.daily?,
            spent: self.posted(Level::Campaign(campaign.id), Window::Day(day.day)),
            start: day.start.max(campaign.flight.start),
            end: Some(end),
        })
    }

    fn flight_of(&self, campaign: &Campaign, _: Timestamp) -> Option<Limit> {
        let created = self
            .catalog
            .numbered(campaign.id.0)
            .map(|entry| entry.record.created);
        Some(Limit {
            budget: campaign.budget.lifetime?,
            spent: self.posted(Level::Campaign(campaign.id), Window::Lifetime),
            start: campaign.flight.start.max(created.unwrap_or(Timestamp(0))),
            end: campaign.flight.end,
        })
    }

    /// A limit as the wire has it. What the plan knows goes before what an even spend would be.
    fn window(
        &self,
        limit: &Limit,
        planned: Option<(Option<Money>, Option<Money>)>,
        level: Level,
        currency: Currency,
        now: Timestamp,
    ) -> v1::PacingWindow {
        let (ideal, projected) = planned.unwrap_or_default();
        let forecast = limit.end.map(|end| {
            let posted = self.posted(level, Window::Lifetime);
            let left = Span((end - now).0.max(0));
            let more = self.pace.speed(level, now, posted, left);
            let more = more.map(|more| limit.spent.saturating_add(more));
            let forecast = more.or(projected).unwrap_or(limit.spent);
            forecast.min(limit.budget).max(limit.spent)
        });
        v1::PacingWindow {
            start_time: api::time::write_moment(limit.start),
            end_time: limit.end.and_then(api::time::write_moment),
            budget_micros: limit.budget.micros(currency),
            spend_micros: limit.spent.micros(currency),
            ideal_micros: ideal.unwrap_or_else(|| limit.ideal(now)).micros(currency),
            forecast_micros: forecast.map(|forecast| forecast.micros(currency)),
        }
    }

    fn pace_in_words(&self, campaign: &Campaign, advertiser: &Advertiser) -> String {
        let paused = |state: State| state != State::Active;
        if paused(campaign.state) || paused(advertiser.state) {
            return "it is stopped, and bids on nothing".to_string();
        }
        if let Some(pot) = self.pace.pot_of(Level::Campaign(campaign.id)) {
            return pot.sentence();
        }
        let part = self.pace.slowest(campaign.id, advertiser.id);
        match part {
            Some(part) if part.ppm() < 1_000_000 => format!(
                "its ads take part in {:.1} % of the auctions, so that the money lasts",
                f64::from(part.ppm()) / 10_000.0
            ),
            Some(_) => "its ads take part in every auction: there is more money than they spend"
                .to_string(),
            None => "nothing limits it: its ads take part in every auction".to_string(),
        }
    }
}

/// A limit over some time.
#[derive(Clone, Copy, Debug)]
struct Limit {
    budget: Money,
    spent: Money,
    start: Timestamp,
    end: Option<Timestamp>,
}

impl Limit {
    /// What an even plan has spent by now: nothing where there is no end to spread it to.
    fn ideal(&self, now: Timestamp) -> Money {
        let Some(end) = self.end else {
            return Money::ZERO;
        };
        let whole = (end - self.start).0.max(1);
        let gone = (now - self.start).0.clamp(0, whole);
        self.budget.scaled(gone, whole).unwrap_or(self.budget)
    }

    /// What is to be spent in a minute so that the rest lasts.
    fn a_minute(&self, now: Timestamp) -> Money {
        let left = self.budget.saturating_sub(self.spent).or_zero();
        let Some(end) = self.end else { return left };
        let minute = Span::minutes(1).0;
        left.scaled(minute, (end - now).0.max(minute))
            .unwrap_or(left)
    }
}

fn percent_of(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64 * 100.0)
}
