//! How a campaign's budget stands against its plan, as the wire says it.

use api::v1;
use campaign::ad::{Ad, Delivery, Share, State};
use campaign::advertiser::{Advertiser, Campaign};
use campaign::id::{AdId, CampaignId};
use campaign::money::{Cpm, Currency, Money};
use campaign::spending::Target;
use campaign::time::{Span, Timestamp};
use pacing::account::{Level, Window};
use pacing::ledger::Ledger;

use super::exploration::Lessons;
use super::keeper::Keeper;
use super::pot::{self, Pot};
use super::purse::{Purse, posted_in};
use super::{Authority, Pace, Segments};
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
        let shown: Vec<AdId> = ads.iter().map(|(_, ad)| ad.id).collect();
        let ads = ads.iter().map(|(entry, ad)| {
            let placed = Placed {
                ad,
                campaign,
                advertiser,
            };
            self.ad_pacing(entry, &placed)
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
            multiplier: self
                .pots_of(campaign)
                .into_iter()
                .flatten()
                .map(Pot::multiplier)
                .fold(0.0, f64::max),
            win_rate_percent: percent_of(wins, bids),
            spend_last_minute_micros: minute.micros(currency),
            plan_minute_micros: plan.unwrap_or_default().micros(currency),
            summary: self.pace_in_words(campaign, advertiser),
            ads: ads.collect(),
            delivery: api::spending::write_delivery(campaign.spending.delivery) as i32,
            segment: self.segment_of(campaign, now).map(|limit| {
                let even = limit.ideal(now);
                self.window(&limit, Some((Some(even), None)), level, currency, now)
            }),
            goal: self
                .pace
                .keeper_of(campaign.id)
                .map(|keeper| goal(keeper, currency)),
            share_percent: self.part_of_late(level, Level::Advertiser(advertiser.id)),
            min_share_percent: min_share(campaign.share),
            max_share_percent: max_share(campaign.share),
            exploration: Some(self.explored(campaign, &shown, level, currency)),
        })
    }

    /// What these ads of a campaign spent today to learn, of what was charged to a level.
    fn explored(
        &self,
        campaign: &Campaign,
        ads: &[AdId],
        level: Level,
        currency: Currency,
    ) -> v1::Exploration {
        let day = campaign.time_zone.day(self.clock.now()).day;
        let each = ads.iter().map(|ad| self.exploration.of(*ad, day));
        let lessons = each.fold(Lessons::default(), Lessons::and);
        let today = self.posted(level, Window::Day(day));
        let count = |impressions: u64| i64::try_from(impressions).unwrap_or(i64::MAX);
        v1::Exploration {
            price_impressions: count(lessons.of_price.impressions),
            price_spend_micros: lessons.of_price.spend.micros(currency),
            ad_impressions: count(lessons.of_ad.impressions),
            ad_spend_micros: lessons.of_ad.spend.micros(currency),
            share_percent: part_of(lessons.spend(), today),
        }
    }

    /// What price paces of a campaign's money, and of its advertiser's as far as the campaign is paced by price.
    fn pots_of(&self, campaign: &Campaign) -> [Option<&Pot>; 2] {
        let own = self.pace.pot_of(Level::Campaign(campaign.id));
        let by_price = own.is_some() || self.sharing_ads(campaign.id).next().is_some();
        let of_all = self.pace.pot_of(Level::Advertiser(campaign.advertiser));
        [own, of_all.filter(|_| by_price)]
    }

    /// How many hundredths of what was charged of late to a level were charged to one below it.
    fn part_of_late(&self, own: Level, all: Level) -> f64 {
        let [own, all] = [own, all].map(|level| self.charged_of_late(level, super::recent::REACH));
        part_of(own, all)
    }

    fn ad_pacing(&self, entry: &Entry, placed: &Placed<'_>) -> v1::AdPacing {
        let (ad, currency) = (placed.ad, placed.advertiser.currency);
        let level = Level::Ad(ad.id);
        let terms = self.terms_of(placed);
        let counts = self.learned.counts(ad.id);
        let today = self.view().spent(level, &placed.campaign.time_zone).today;
        let cpm = |price: Cpm| price.micros(currency).unwrap_or(0);
        v1::AdPacing {
            ad: entry.name.to_string(),
            display_name: ad.display_name.clone(),
            spend_today_micros: today.micros(currency),
            share_percent: self.part_of_late(level, Level::Campaign(placed.campaign.id)),
            min_share_percent: min_share(ad.share),
            max_share_percent: max_share(ad.share),
            participation_percent: f64::from(terms.participation_ppm) / 10_000.0,
            value_cpm_micros: cpm(auction::pricing::value(terms.goal, &terms.rates)),
            bid_cpm_micros: cpm(auction::pricing::asking(&terms)),
            click_rate_percent: terms.rates.click * 100.0,
            conversion_rate_percent: terms.rates.conversion * 100.0,
            win_rate_percent: percent_of(counts.wins, counts.bids),
            exploration: Some(self.explored(placed.campaign, &[ad.id], level, currency)),
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
        posted_in(&self.ledger, level, window)
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

    fn segment_of(&self, campaign: &Campaign, now: Timestamp) -> Option<Limit> {
        let segment = campaign.spending.segment_at(now)?;
        let level = Level::Campaign(campaign.id);
        let posted = self.posted(level, Window::Lifetime);
        Some(Limit {
            budget: segment.amount,
            spent: self.segments.spent(level, posted),
            start: segment.start,
            end: Some(segment.end),
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
        let posted = self.posted(level, Window::Lifetime);
        let left = limit.end.map(|end| Span((end - now).0.max(0)));
        let within = |then: Money| then.min(limit.budget).max(limit.spent);
        let going_on = left.and_then(|left| self.pace.speed(level, now, posted, left));
        let going_on = going_on.map(|more| limit.spent.saturating_add(more));
        let forecast = left.map(|_| within(going_on.or(projected).unwrap_or(limit.spent)));
        let off = left.and_then(|left| self.pace.spread(level, now, posted, left));
        let band = going_on.zip(off).map(|(then, off)| {
            let ends = [then.saturating_sub(off), then.saturating_add(off)];
            ends.map(|end| within(end).micros(currency))
        });
        v1::PacingWindow {
            start_time: api::time::write_moment(limit.start),
            end_time: limit.end.and_then(api::time::write_moment),
            budget_micros: limit.budget.micros(currency),
            spend_micros: limit.spent.micros(currency),
            ideal_micros: ideal.unwrap_or_else(|| limit.ideal(now)).micros(currency),
            forecast_micros: forecast.map(|forecast| forecast.micros(currency)),
            forecast_low_micros: band.map(|[low, _]| low),
            forecast_high_micros: band.map(|[_, high]| high),
        }
    }

    fn pace_in_words(&self, campaign: &Campaign, advertiser: &Advertiser) -> String {
        let paused = |state: State| state != State::Active;
        if paused(campaign.state) || paused(advertiser.state) {
            return "it is stopped, and bids on nothing".to_string();
        }
        if self.campaign_weight(campaign) <= 0.0 {
            return "it has had the most of its advertiser's money that it may have today"
                .to_string();
        }
        let own = self.pace.pot_of(Level::Campaign(campaign.id));
        let is_stopped = own.is_some_and(|own| own.tripped().is_some());
        let (unpaced, ads) = self.unpaced_ads(campaign.id);
        if unpaced > 0 && unpaced == ads && !is_stopped {
            return "its ads buy as fast as they can: their budgets alone limit them".to_string();
        }
        let others = self.held_back_in_words(campaign, advertiser);
        if unpaced == 0 || is_stopped {
            return others;
        }
        let (buys, it) = if unpaced == 1 {
            ("buys", "it")
        } else {
            ("buy", "they")
        };
        format!("{unpaced} of its {ads} ads {buys} as fast as {it} can; of the others: {others}")
    }

    /// How many of a campaign's ads that may bid are not held back, and how many may bid.
    fn unpaced_ads(&self, campaign: CampaignId) -> (usize, usize) {
        let ads = self.living_ads(campaign);
        let ads = ads.filter(|placed| placed.ad.state == State::Active);
        ads.fold((0, 0), |(unpaced, all), placed| {
            let is_unpaced = placed.ad.delivery == Delivery::AsFastAsPossible;
            (unpaced + usize::from(is_unpaced), all + 1)
        })
    }

    /// What pacing does to the ads that it holds back.
    fn held_back_in_words(&self, campaign: &Campaign, advertiser: &Advertiser) -> String {
        let of_advertiser =
            |all: &Pot| format!("its advertiser's money is shortest: {}", all.sentence());
        match self.pots_of(campaign) {
            [Some(own), Some(all)]
                if own.tripped().is_none() && all.multiplier() > own.multiplier() =>
            {
                return of_advertiser(all);
            }
            [Some(own), _] => return own.sentence(),
            [None, Some(all)] => return of_advertiser(all),
            [None, None] => {}
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

/// What will have been spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Forecast {
    /// When the day ends.
    pub today_end: Timestamp,
    /// By then.
    pub today: Money,
    /// When the flight ends, and by then.
    pub flight: Option<(Timestamp, Money)>,
}

impl Pace {
    /// What a campaign will have spent, as it would be, by what is known of traffic, prices and its plan.
    pub fn forecast(
        &self,
        campaign: &Campaign,
        ledger: &Ledger,
        segments: &Segments,
        now: Timestamp,
    ) -> Forecast {
        let level = Level::Campaign(campaign.id);
        let charged = |window| posted_in(ledger, level, window);
        let day = campaign.time_zone.day(now);
        let (life, today) = (charged(Window::Lifetime), charged(Window::Day(day.day)));
        let flight = campaign.flight.end.filter(|end| *end > now);
        let (today_then, life_then) = match self.pot_of(level) {
            Some(pot) => {
                let tick = pot::Tick {
                    now,
                    life,
                    today,
                    segment: segments.spent(level, life),
                    charged: Money::ZERO,
                };
                pot.forecast(Purse::of(campaign).terms(), &tick)
            }
            None => {
                // As fast as of late; where chance holds it back, the whole of its auctions.
                let part = self.slowest(campaign.id, campaign.advertiser);
                let part = part.map_or(1_000_000, |part| i64::from(part.ppm()));
                let more = |end: Timestamp| {
                    let more = self.speed(level, now, life, end - now).unwrap_or_default();
                    more.scaled(1_000_000, part).unwrap_or(more)
                };
                let today = today.saturating_add(more(flight.unwrap_or(day.end).min(day.end)));
                (today, flight.map(|end| life.saturating_add(more(end))))
            }
        };
        let within = |then: Money, spent: Money, limit: Option<Money>| {
            then.min(limit.unwrap_or(Money::MAX)).max(spent)
        };
        let left = |limit: Option<Money>| Some(limit?.saturating_sub(life).saturating_add(today));
        let caps = campaign.budget.daily.into_iter();
        let caps = caps.chain(left(segments.budget(campaign).lifetime));
        Forecast {
            today_end: day.end,
            today: within(today_then, today, caps.min()),
            flight: flight
                .zip(life_then)
                .map(|(end, then)| (end, within(then, life, campaign.budget.lifetime))),
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

/// A promise and how it stands, as the wire has it.
fn goal(keeper: &Keeper, currency: Currency) -> v1::GoalPacing {
    let (running, bought) = (keeper.running(), keeper.bought());
    // A cast keeps to the range.
    let money = |nanos: f64| Money(nanos as i64);
    let is_return = matches!(keeper.target(), Target::ReturnPercent(_));
    let cost = (bought > 0.0).then(|| running.spent / bought);
    v1::GoalPacing {
        goal: Some(api::spending::write_target(keeper.target(), currency)),
        spend_micros: money(running.spent).micros(currency),
        bought: match is_return {
            true => money(bought).micros(currency) as f64 / 1e6,
            false => bought,
        },
        cost_micros: cost
            .filter(|_| !is_return)
            .map(|cost| money(cost).micros(currency)),
        return_percent: (is_return && running.spent > 0.0).then(|| bought / running.spent * 100.0),
        guarded: keeper.is_guarded(),
    }
}

/// The least that one is to have, in hundredths; none where that is nothing.
fn min_share(share: Share) -> Option<f64> {
    Some(share.min * 100.0).filter(|it| *it > 0.0)
}

/// The most that one may have, in hundredths; none where that is all.
fn max_share(share: Share) -> Option<f64> {
    Some(share.max * 100.0).filter(|it| *it < 100.0)
}

/// How many hundredths of all of it a part is; nothing of nothing.
fn part_of(part: Money, all: Money) -> f64 {
    percent_of(part.nanos().unsigned_abs(), all.nanos().unsigned_abs()).unwrap_or(0.0)
}

fn percent_of(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64 * 100.0)
}
