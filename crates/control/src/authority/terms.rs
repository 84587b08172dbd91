//! What bidders are told of each ad, at once when it changes: a pause or a new bid does not wait for a book.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use auction::book::{AdTerms, Book, Update};
use auction::pricing;
use auction::reason::NoBidReason;
use campaign::ad::State;
use campaign::id::AdId;
use campaign::money::Money;
use campaign::spending::Dayparts;
use campaign::time::Timestamp;
use pacing::account::{AccountKey, Level, Window};
use pacing::ledger::terms::MINIMUM_GRANT;

use super::Authority;
use crate::catalog::Placed;

/// What bidders were told, and what they have not taken yet.
#[derive(Debug)]
pub(super) struct Told {
    /// The last terms made of each ad.
    made: HashMap<AdId, AdTerms>,
    /// Those that are not sent yet: the newest of each ad only.
    waiting: BTreeMap<AdId, AdTerms>,
    /// Ads whose leases are wanted back.
    recalled: BTreeSet<AdId>,
    /// Whether bidders have not heard of the market as it is.
    market: bool,
    version: u64,
}

impl Told {
    /// Versions rise through restarts too: they go on from the time, which no run makes a million changes a
    /// millisecond of.
    pub fn new(now: Timestamp) -> Told {
        Told {
            made: HashMap::new(),
            waiting: BTreeMap::new(),
            recalled: BTreeSet::new(),
            // The first book comes with one.
            market: false,
            version: u64::try_from(now.0).unwrap_or(0) << 20,
        }
    }

    /// The last terms made of an ad.
    pub fn last(&self, ad: AdId) -> Option<AdTerms> {
        self.made.get(&ad).copied()
    }

    /// Bidders are to hear of the market.
    pub fn want_market(&mut self) {
        self.market = true;
    }

    /// A book was sent, and with it the terms of its ads; these were made since.
    pub fn wait_after(&mut self, book: &Book, since: BTreeMap<AdId, AdTerms>) {
        self.waiting.retain(|ad, _| book.slot(*ad).is_none());
        self.waiting.extend(since);
    }

    /// Takes terms in, and tells whether they say something new.
    fn make(&mut self, ad: AdId, mut terms: AdTerms) -> Option<AdTerms> {
        if let Some(before) = self.made.get(&ad)
            && !differs(before, &terms)
        {
            return None;
        }
        self.version += 1;
        terms.version = self.version;
        self.made.insert(ad, terms);
        Some(terms)
    }
}

/// Whether a bidder should hear of it. What drifts is told when it has drifted by a hundredth; the rest at once.
fn differs(before: &AdTerms, after: &AdTerms) -> bool {
    let drifted = |before: f64, after: f64| (before - after).abs() > before.abs() * 0.01;
    (before.halted, before.goal, before.max_bid) != (after.halted, after.goal, after.max_bid)
        || drifted(
            f64::from(before.participation_ppm),
            f64::from(after.participation_ppm),
        )
        || drifted(before.multiplier, after.multiplier)
        || drifted(before.rates.win, after.rates.win)
        || drifted(before.rates.click, after.rates.click)
        || drifted(before.rates.conversion, after.rates.conversion)
}

impl Authority {
    /// Looks at some ads again.
    pub(super) fn refresh_terms(&mut self, ads: impl IntoIterator<Item = AdId>) {
        for ad in ads {
            let Some(placed) = self.catalog.placed(ad) else {
                continue;
            };
            let terms = self.terms_of(&placed);
            // An ad that bidders do not know yet has its terms come with its book.
            if let Some(terms) = self.told.make(ad, terms)
                && self.books.note(ad, terms)
            {
                self.told.waiting.insert(ad, terms);
            }
        }
    }

    /// Asks for the leases of these ads back.
    pub(super) fn recall(&mut self, ads: impl IntoIterator<Item = AdId>) {
        self.told.recalled.extend(ads);
    }

    /// Sends what the bidder has not taken yet, as far as it takes it: a book that is ready, then the market, terms,
    /// prices and recalls.
    pub(super) fn flush(&mut self) {
        self.send_book();
        if self.told.market
            && let Ok(place) = self.links.updates.try_reserve()
        {
            self.told.market = false;
            place.send(Update::Market(Arc::clone(&self.catalog.market)));
        }
        if !self.told.waiting.is_empty()
            && let Ok(place) = self.links.updates.try_reserve()
        {
            let terms = std::mem::take(&mut self.told.waiting);
            place.send(Update::Terms(terms.into_iter().collect()));
        }
        if self.table.is_some()
            && let Ok(place) = self.links.updates.try_reserve()
            && let Some(table) = self.table.take()
        {
            place.send(Update::Prices(table));
        }
        if !self.told.recalled.is_empty()
            && let Ok(place) = self.links.updates.try_reserve()
        {
            let recalled = std::mem::take(&mut self.told.recalled);
            place.send(Update::Recall(recalled.into_iter().collect()));
        }
    }

    /// What bidders are to know of an ad now.
    pub(crate) fn terms_of(&self, placed: &Placed<'_>) -> AdTerms {
        let weight = if pricing::is_paced_by_price(placed.ad.goal) {
            self.weight(placed)
        } else {
            1.0
        };
        // An ad that has had the most of its campaign's money that it may have waits for tomorrow.
        let shut = (weight <= 0.0).then_some(NoBidReason::Paced);
        let rates = self.rates_of(placed);
        let paced = self.pace.multiplier_of(placed) / if weight > 0.0 { weight } else { 1.0 };
        // A promise of the campaign's holds whatever share the ad is to have.
        let promised = self.pace.promised(placed, &rates);
        AdTerms {
            halted: self.halted(placed, self.clock.now()).or(shut),
            participation_ppm: self.pace.participation(placed).ppm(),
            multiplier: paced.max(promised),
            rates,
            ..AdTerms::of(placed.ad, 0)
        }
    }

    /// Why an ad may not bid at all. A budget stops it here only when it is charged in full: what is held may still be
    /// bidden with, and what may not be granted is refused lease by lease.
    pub(super) fn halted(&self, placed: &Placed<'_>, now: Timestamp) -> Option<NoBidReason> {
        let Placed {
            ad,
            campaign,
            advertiser,
        } = *placed;
        if advertiser.state != State::Active {
            return Some(NoBidReason::AdvertiserPaused);
        }
        if campaign.state != State::Active {
            return Some(NoBidReason::CampaignPaused);
        }
        if ad.state != State::Active {
            return Some(NoBidReason::AdPaused);
        }
        if !campaign.flight.contains(now) || !ad.flight.contains(now) {
            return Some(NoBidReason::OutsideFlight);
        }
        let dayparts = &campaign.spending.dayparts;
        if *dayparts != Dayparts::ALWAYS && !dayparts.contains(campaign.time_zone.week_hour(now)) {
            return Some(NoBidReason::DayPart);
        }
        let campaign_day = campaign.time_zone.day(now).day;
        let levels = [
            (
                Level::Advertiser(advertiser.id),
                advertiser.time_zone.day(now).day,
            ),
            (Level::Campaign(campaign.id), campaign_day),
            (Level::Ad(ad.id), campaign_day),
        ];
        let charged_in_full = |level, window| {
            let account = self.ledger.account(&AccountKey { level, window });
            let left = account.and_then(|row| Some(row.effective? - row.posted));
            left.is_some_and(|left: Money| left < MINIMUM_GRANT)
        };
        levels
            .iter()
            .any(|(level, day)| {
                charged_in_full(*level, Window::Lifetime)
                    || charged_in_full(*level, Window::Day(*day))
            })
            .then_some(NoBidReason::BudgetExhausted)
    }
}
