//! What can be said of a record at one moment besides what was asked for: what it has spent, and whether it can bid.

mod paused;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use api::v1::{self, ServingStatus, ServingStatusReason as Reason};
use campaign::ad::{Budget, State};
use campaign::advertiser::Campaign;
use campaign::id::{AdId, AdvertiserId, CampaignId};
use campaign::money::{Currency, Money};
use campaign::time::{Flight, TimeZone, Timestamp};
use pacing::account::{AccountKey, Level, Window};
use pacing::ledger::Ledger;
use pacing::ledger::terms::MINIMUM_GRANT;

use crate::authority::{Forecast, Pace, Segments, posted_in};
use crate::catalog::{Catalog, Entry, Noun, Placed};
use crate::traffic::{AdTraffic, SETTLED_AFTER, Traffic};

/// Records and money at one moment.
#[derive(Debug)]
pub struct View<'a> {
    /// The records.
    pub catalog: &'a Catalog,
    /// The money.
    pub ledger: &'a Ledger,
    /// The moment.
    pub now: Timestamp,
    /// What became of the last while's impressions, where it is known.
    pub traffic: Option<&'a Traffic>,
    /// How budgets are paced, where that is known.
    pace: Option<(&'a Pace, &'a Segments)>,
    overspends: &'a Overspends,
    tripped: &'a Tripped,
    house_losses: HashMap<Level, Money>,
}

/// What was charged beyond a cap, by account.
pub type Overspends = BTreeMap<AccountKey, Money>;

/// Campaigns that were paused because their spending ran away.
pub type Tripped = BTreeSet<CampaignId>;

/// What a level has spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Charged in the present day.
    pub today: Money,
    /// Charged in all.
    pub total: Money,
    /// Held in all.
    pub held: Money,
    /// Charged beyond a cap.
    pub overspend: Money,
    /// Paid by the house.
    pub house_loss: Money,
}

/// Whether something bids, and why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serving {
    /// In a word.
    pub status: ServingStatus,
    /// Why not, or why so little, in the order in which a manager checks.
    pub reasons: Vec<Reason>,
    /// The figures of those reasons that have any.
    pub details: Vec<(Reason, String)>,
}

impl<'a> View<'a> {
    /// Looks at records and money at this moment.
    pub fn new(
        catalog: &'a Catalog,
        ledger: &'a Ledger,
        overspends: &'a Overspends,
        tripped: &'a Tripped,
        now: Timestamp,
    ) -> View<'a> {
        let mut house_losses: HashMap<Level, Money> = HashMap::new();
        for row in ledger.house_losses() {
            let above = catalog.placed(row.ad).map(|placed| {
                [
                    Level::Campaign(placed.campaign.id),
                    Level::Advertiser(placed.advertiser.id),
                ]
            });
            for level in above.into_iter().flatten().chain([Level::Ad(row.ad)]) {
                let sum = house_losses.entry(level).or_default();
                *sum = sum.saturating_add(row.amount);
            }
        }
        View {
            catalog,
            ledger,
            now,
            traffic: None,
            pace: None,
            overspends,
            tripped,
            house_losses,
        }
    }

    /// Looks at traffic too, for the reasons that only traffic can tell.
    #[must_use]
    pub fn with_traffic(mut self, traffic: &'a Traffic) -> View<'a> {
        self.traffic = Some(traffic);
        self
    }

    /// Looks at pacing too.
    #[must_use]
    pub(crate) fn with_pace(mut self, pace: &'a Pace, segments: &'a Segments) -> View<'a> {
        self.pace = Some((pace, segments));
        self
    }

    /// What a campaign will have spent, as it would be.
    pub(crate) fn forecast(&self, campaign: &Campaign) -> Option<Forecast> {
        let (pace, segments) = self.pace?;
        Some(pace.forecast(campaign, self.ledger, segments, self.now))
    }

    /// What hours and segments have against a campaign, of whose ads an impression costs so much.
    fn spending(&self, why: &mut Vec<Reason>, campaign: &Campaign, impression: Money) {
        let hour = campaign.time_zone.week_hour(self.now);
        let closed = !campaign.spending.dayparts.contains(hour);
        push(why, Reason::OutsideDayParts, closed);
        let level = Level::Campaign(campaign.id);
        let segment = campaign.spending.segment_at(self.now);
        let spent = segment
            .zip(self.pace)
            .is_some_and(|(segment, (_, segments))| {
                let posted = posted_in(self.ledger, level, Window::Lifetime);
                let left = segment.amount.saturating_sub(segments.spent(level, posted));
                left < impression.max(MINIMUM_GRANT)
            });
        push(why, Reason::SegmentBudgetSpent, spent);
    }

    /// A record's level in the ledger, with its currency and where its days begin. Creatives have none.
    pub fn level(&self, entry: &Entry) -> Option<(Level, Currency, TimeZone)> {
        let currency = self.catalog.advertiser_of(&entry.name)?.currency;
        let number = entry.record.id.0;
        match &*entry.noun {
            Noun::Advertiser(it) => Some((
                Level::Advertiser(AdvertiserId(number)),
                currency,
                it.time_zone.clone(),
            )),
            Noun::Campaign(it) => Some((
                Level::Campaign(CampaignId(number)),
                currency,
                it.time_zone.clone(),
            )),
            Noun::Ad(it) => {
                let zone = self.catalog.campaign(it.campaign)?.time_zone.clone();
                Some((Level::Ad(AdId(number)), currency, zone))
            }
            Noun::Creative(_)
            | Noun::Exchange(_)
            | Noun::Deal(_)
            | Noun::RateTable(_)
            | Noun::BlockList(_)
            | Noun::Audience(_)
            | Noun::ConversionAction(_)
            | Noun::Experiment(_) => None,
        }
    }

    /// The currency of a record's amounts.
    pub fn currency(&self, entry: &Entry) -> String {
        self.catalog
            .advertiser_of(&entry.name)
            .map_or(String::new(), |it| it.currency.to_string())
    }

    /// What a level has spent.
    pub fn spent(&self, level: Level, zone: &TimeZone) -> Spent {
        let account = |window| self.ledger.account(&AccountKey { level, window });
        let today = account(Window::Day(zone.day(self.now).day));
        let total = account(Window::Lifetime);
        Spent {
            today: today.map_or(Money::ZERO, |row| row.posted),
            total: total.map_or(Money::ZERO, |row| row.posted),
            held: total.map_or(Money::ZERO, |row| row.held),
            overspend: self.overspend(level),
            house_loss: self.house_losses.get(&level).copied().unwrap_or_default(),
        }
    }

    /// What was charged to a level beyond its caps, of the lifetime or of any day.
    fn overspend(&self, level: Level) -> Money {
        let of_level = self.overspends.iter().filter(|(key, _)| key.level == level);
        of_level.fold(Money::ZERO, |sum, (_, amount)| sum.saturating_add(*amount))
    }

    /// What was charged to a record or to anything below it beyond any cap.
    pub fn overspend_under(&self, entry: &Entry) -> Money {
        let own = self
            .level(entry)
            .map_or(Money::ZERO, |(level, ..)| self.overspend(level));
        let below = self.catalog.below(entry.record.id.0);
        below.fold(own, |sum, entry| {
            sum.saturating_add(self.overspend_under(entry))
        })
    }

    /// The limits in force: what is asked for, or what is charged and held already where that is more.
    pub fn effective(&self, level: Level, zone: &TimeZone, asked: &Budget) -> Budget {
        let used = |window| {
            let account = self.ledger.account(&AccountKey { level, window });
            account.map_or(Money::ZERO, |row| row.posted.saturating_add(row.held))
        };
        Budget {
            lifetime: asked.lifetime.map(|cap| cap.max(used(Window::Lifetime))),
            daily: asked
                .daily
                .map(|cap| cap.max(used(Window::Day(zone.day(self.now).day)))),
        }
    }

    /// What a record has spent, as the wire says it.
    pub fn spend(&self, entry: &Entry) -> Option<v1::Spend> {
        let (level, currency, zone) = self.level(entry)?;
        let spent = self.spent(level, &zone);
        Some(v1::Spend {
            currency_code: currency.to_string(),
            today_micros: spent.today.micros(currency),
            total_micros: spent.total.micros(currency),
            held_micros: spent.held.micros(currency),
            today_nanos: spent.today.nanos(),
            total_nanos: spent.total.nanos(),
            held_nanos: spent.held.nanos(),
            overspend_nanos: spent.overspend.nanos(),
            house_loss_nanos: spent.house_loss.nanos(),
        })
    }

    /// Whether a campaign or an ad bids, why not, in the order in which a manager checks, and the figures of the
    /// reasons that traffic tells.
    pub fn serving(&self, entry: &Entry) -> Serving {
        let (status, reasons) = self.can_serve(entry);
        if status != ServingStatus::Eligible {
            return Serving {
                status,
                reasons,
                details: Vec::new(),
            };
        }
        let obstacles = self.obstacles(entry);
        Serving {
            status: match obstacles.is_empty() {
                true => ServingStatus::Eligible,
                false => ServingStatus::Limited,
            },
            reasons: obstacles.iter().map(|(reason, _)| *reason).collect(),
            details: obstacles,
        }
    }

    /// What traffic says against an ad that can bid, or against all those of a campaign that can.
    fn obstacles(&self, entry: &Entry) -> Vec<(Reason, String)> {
        let Some(traffic) = self.traffic else {
            return Vec::new();
        };
        let ads = self.catalog.ads_under(entry.record.id.0).into_iter();
        let able = ads.filter_map(|ad| self.catalog.numbered(ad.0));
        let able = able.filter(|ad| self.can_serve(ad).0 == ServingStatus::Eligible);
        let mut sum = AdTraffic::default();
        let mut changed = traffic.since();
        for ad in able {
            let mut at = Some(ad.name.clone());
            while let Some(name) = at {
                let above = self.catalog.named(&name);
                changed = changed.max(above.map_or(changed, |entry| entry.record.updated));
                at = name.parent();
            }
            sum.add(&traffic.of(AdId(ad.record.id.0)));
        }
        match (self.now - changed) < SETTLED_AFTER {
            true => Vec::new(),
            false => sum.obstacles((self.now - traffic.since()).0 / 60_000),
        }
    }

    /// Whether the records, the time and the money let a campaign or an ad bid, and why not.
    fn can_serve(&self, entry: &Entry) -> (ServingStatus, Vec<Reason>) {
        let reasons = match &*entry.noun {
            Noun::Ad(ad) => match self.catalog.placed(ad.id) {
                Some(placed) => self.why_ad_not(&placed),
                None => Vec::new(),
            },
            Noun::Campaign(campaign) => self.why_campaign_not(entry, campaign),
            Noun::Advertiser(_)
            | Noun::Creative(_)
            | Noun::Exchange(_)
            | Noun::Deal(_)
            | Noun::RateTable(_)
            | Noun::BlockList(_)
            | Noun::Audience(_)
            | Noun::ConversionAction(_)
            | Noun::Experiment(_) => Vec::new(),
        };
        let has = |reason| reasons.contains(&reason);
        let status = if entry.is_deleted() {
            ServingStatus::Deleted
        } else if reasons.is_empty() {
            ServingStatus::Eligible
        } else if has(Reason::FlightEnded) || has(Reason::BudgetSpent) {
            ServingStatus::Ended
        } else if reasons == [Reason::FlightNotStarted] {
            ServingStatus::Pending
        } else {
            ServingStatus::NotServing
        };
        (status, reasons)
    }

    fn why_ad_not(&self, placed: &Placed<'_>) -> Vec<Reason> {
        let Placed {
            ad,
            campaign,
            advertiser,
        } = *placed;
        let mut why = Vec::new();
        push(
            &mut why,
            Reason::AdvertiserPaused,
            advertiser.state != State::Active,
        );
        push(
            &mut why,
            Reason::CampaignPaused,
            campaign.state != State::Active,
        );
        push(
            &mut why,
            Reason::BreakerTripped,
            self.has_run_away(campaign),
        );
        push(&mut why, Reason::AdPaused, ad.state != State::Active);
        self.flights(&mut why, &[campaign.flight, ad.flight]);
        let impression = ad.max_bid.impression_cost();
        self.spending(&mut why, campaign, impression);
        let purses = [
            Purse::of(
                Level::Advertiser(advertiser.id),
                advertiser.budget,
                &advertiser.time_zone,
            ),
            Purse::of(
                Level::Campaign(campaign.id),
                campaign.budget,
                &campaign.time_zone,
            ),
            Purse::of(Level::Ad(ad.id), ad.budget, &campaign.time_zone),
        ];
        self.budgets(&mut why, &purses, impression);
        push(
            &mut why,
            Reason::NoCreatives,
            !self.catalog.has_creative(ad),
        );
        why.extend(paused::paused(&self.catalog.market, &ad.targeting));
        why
    }

    fn why_campaign_not(&self, entry: &Entry, campaign: &Campaign) -> Vec<Reason> {
        let mut why = Vec::new();
        let Some(advertiser) = self.catalog.advertiser_of(&entry.name) else {
            return why;
        };
        push(
            &mut why,
            Reason::AdvertiserPaused,
            advertiser.state != State::Active,
        );
        push(
            &mut why,
            Reason::CampaignPaused,
            campaign.state != State::Active,
        );
        push(
            &mut why,
            Reason::BreakerTripped,
            self.has_run_away(campaign),
        );
        self.flights(&mut why, &[campaign.flight]);
        let below = self.catalog.below(entry.record.id.0);
        let ads: Vec<&Entry> = below.filter(|entry| !entry.is_deleted()).collect();
        let cheapest = ads.iter().filter_map(|entry| match &*entry.noun {
            Noun::Ad(ad) => Some(ad.max_bid.impression_cost()),
            _ => None,
        });
        let cheapest = cheapest.min().unwrap_or(MINIMUM_GRANT);
        self.spending(&mut why, campaign, cheapest);
        let purses = [
            Purse::of(
                Level::Advertiser(advertiser.id),
                advertiser.budget,
                &advertiser.time_zone,
            ),
            Purse::of(
                Level::Campaign(campaign.id),
                campaign.budget,
                &campaign.time_zone,
            ),
        ];
        self.budgets(&mut why, &purses, cheapest);
        push(&mut why, Reason::NoAds, ads.is_empty());
        if why.is_empty() {
            let mut of_ads = Vec::with_capacity(ads.len());
            for ad in &ads {
                let (_, why_not) = self.can_serve(ad);
                if why_not.is_empty() {
                    return why;
                }
                of_ads.push(why_not);
            }
            why.extend(paused::of_ads(&of_ads));
            why.push(Reason::NoEligibleAds);
        }
        why
    }

    fn has_run_away(&self, campaign: &Campaign) -> bool {
        campaign.state == State::Paused && self.tripped.contains(&campaign.id)
    }

    fn flights(&self, why: &mut Vec<Reason>, flights: &[Flight]) {
        let later = flights.iter().any(|flight| self.now < flight.start);
        let over = flights
            .iter()
            .any(|flight| flight.end.is_some_and(|end| end <= self.now));
        push(why, Reason::FlightNotStarted, later && !over);
        push(why, Reason::FlightEnded, over);
    }

    fn budgets(&self, why: &mut Vec<Reason>, purses: &[Purse<'_>], impression: Money) {
        let spent = |window: fn(&Purse<'_>, Timestamp) -> (Window, Option<Money>)| {
            purses.iter().any(|purse| {
                let (window, asked) = window(purse, self.now);
                self.is_spent(purse.level, window, asked, impression)
            })
        };
        let lifetime = spent(|purse, _| (Window::Lifetime, purse.budget.lifetime));
        let day = spent(|purse, now| (Window::Day(purse.zone.day(now).day), purse.budget.daily));
        push(why, Reason::BudgetSpent, lifetime);
        push(why, Reason::DailyBudgetSpent, day);
    }

    /// Whether what was charged leaves too little for an impression. What is held may still come back, or be bidden
    /// with.
    fn is_spent(
        &self,
        level: Level,
        window: Window,
        asked: Option<Money>,
        impression: Money,
    ) -> bool {
        let account = self.ledger.account(&AccountKey { level, window });
        // The limit that is asked for, not the one in force: where it was cut below what is spent and held, what is
        // held is waited for, and nothing new is bid.
        let posted = account.map_or(Money::ZERO, |row| row.posted);
        asked.is_some_and(|cap| cap.saturating_sub(posted) < impression.max(MINIMUM_GRANT))
    }
}

/// A budget with what it hangs on.
struct Purse<'a> {
    level: Level,
    budget: Budget,
    zone: &'a TimeZone,
}

impl Purse<'_> {
    fn of(level: Level, budget: Budget, zone: &TimeZone) -> Purse<'_> {
        Purse {
            level,
            budget,
            zone,
        }
    }
}

fn push(why: &mut Vec<Reason>, reason: Reason, holds: bool) {
    if holds {
        why.push(reason);
    }
}
