//! What reports and rates are made of: the journal counted by hour, and each ad's counts since its beginning.

use std::collections::{BTreeMap, HashMap};

use auction::book::BidTally;
use campaign::conversion::ConversionAction;
use campaign::id::{AdId, ConversionActionId, CreativeId, ExchangeId};
use campaign::money::Money;
use campaign::time::Timestamp;
use journal::entry::{BidTerms, Entry, Event, Price};
use journal::position::Position;
use learning::rates;
use pacing::ledger::settle::{Effect, Settled, effects};
use store::experiment::ArmKey;
use store::notice::NoticeKind;
use store::rollup::{Counts, RollupKey};

use crate::catalog::Catalog;

/// What some entries add to the rollups.
#[derive(Debug, Default)]
pub(super) struct Tallied {
    rows: BTreeMap<RollupKey, Counts>,
    /// What it adds to the arms of experiments.
    arms: BTreeMap<ArmKey, Counts>,
    /// Conversions by what users did.
    actions: BTreeMap<(RollupKey, ConversionActionId), Counts>,
}

impl Tallied {
    /// Counts entries, with what settling them did. What is told twice counts once: of billings and losses the ledger
    /// knows it, of the rest `is_first` does. Conversions are left out: they have their own way.
    pub fn of<E>(
        catalog: &Catalog,
        entries: &[(Position, Entry)],
        settled: &[Settled],
        mut is_first: impl FnMut(&BidTerms, NoticeKind, Timestamp) -> Result<bool, E>,
    ) -> Result<Tallied, E> {
        let mut tallied = Tallied::default();
        for (entry, effect) in effects(entries, settled) {
            let Some(terms) = entry.event.terms() else {
                continue;
            };
            if let Some(kind) = counted_once(&entry.event)
                && !is_first(terms, kind, entry.at)?
            {
                continue;
            }
            tallied.count(catalog, terms, |counts| match (&entry.event, effect) {
                (Event::Win { price, .. }, _) if *price != Price::Audit => counts.wins += 1,
                (_, Some(Effect::Charged(charge))) => {
                    counts.impressions += 1;
                    counts.spend = counts.spend.saturating_add(charge.charged);
                    counts.house_loss = counts.house_loss.saturating_add(charge.house_loss);
                }
                (_, Some(Effect::Voided(_))) => counts.losses += 1,
                (Event::Impression { .. }, _) => counts.shown += 1,
                (Event::View { .. }, _) => counts.views += 1,
                (Event::Click { .. }, _) => counts.clicks += 1,
                _ => {}
            });
        }
        Ok(tallied)
    }

    /// Counts a conversion that is credited to this bid's click, by what the user did.
    pub fn conversion(
        &mut self,
        catalog: &Catalog,
        terms: &BidTerms,
        value: Option<Money>,
        action: Option<&ConversionAction>,
    ) {
        let add = |counts: &mut Counts| {
            counts.conversions += 1;
            let value = value.unwrap_or_default();
            counts.conversion_value = counts.conversion_value.saturating_add(value);
        };
        let shown = (terms.creative, terms.exchange);
        if let Some(key) = key(catalog, terms.ad, shown, terms.issued) {
            let action = action.map_or(ConversionActionId(0), |action| action.id);
            add(self.actions.entry((key, action)).or_default());
        }
        if action.is_none_or(|action| action.counts_for_bidding) {
            self.count(catalog, terms, add);
        }
    }

    /// Counts bids, which are told by ad only.
    pub fn bids(&mut self, catalog: &Catalog, tally: &BidTally) {
        let nowhere = (CreativeId(0), ExchangeId(0));
        if let Some(key) = key(catalog, tally.ad, nowhere, tally.at) {
            let counts = self.rows.entry(key).or_default();
            let bids = i64::try_from(tally.bids).unwrap_or(i64::MAX);
            counts.bids = counts.bids.saturating_add(bids);
        }
    }

    /// Counts what came of a bid, in its row and in the arm that it was made in.
    fn count(&mut self, catalog: &Catalog, terms: &BidTerms, add: impl Fn(&mut Counts)) {
        let shown = (terms.creative, terms.exchange);
        let Some(key) = key(catalog, terms.ad, shown, terms.issued) else {
            return;
        };
        if let Some(arm) = catalog.trials().row(terms, key.campaign) {
            add(self.arms.entry(arm).or_default());
        }
        add(self.rows.entry(key).or_default());
    }

    /// Adds what others counted.
    pub fn add(&mut self, other: Tallied) {
        for (key, counts) in other.rows {
            self.rows.entry(key).or_default().add(&counts);
        }
    }

    /// Conversions by what users did; 0 where the notice named nothing.
    pub fn actions(&self) -> impl Iterator<Item = (&(RollupKey, ConversionActionId), &Counts)> {
        self.actions.iter()
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows.
    pub fn rows(&self) -> impl Iterator<Item = (&RollupKey, &Counts)> {
        self.rows.iter()
    }

    /// The rows of experiments' arms.
    pub fn arms(&self) -> impl Iterator<Item = (&ArmKey, &Counts)> {
        self.arms.iter()
    }
}

/// Which events count once a bid without the ledger's knowing it.
fn counted_once(event: &Event) -> Option<NoticeKind> {
    match event {
        Event::Win { price, .. } if *price != Price::Audit => Some(NoticeKind::Win),
        Event::Impression { .. } => Some(NoticeKind::Impression),
        Event::View { .. } => Some(NoticeKind::View),
        Event::Click { .. } => Some(NoticeKind::Click),
        _ => None,
    }
}

/// The row of a bid of this ad; `None` where nobody knows the ad, whose notices were signed for records that are gone.
fn key(
    catalog: &Catalog,
    ad: AdId,
    (creative, exchange): (CreativeId, ExchangeId),
    at: Timestamp,
) -> Option<RollupKey> {
    let placed = catalog.placed(ad)?;
    let (advertiser, campaign) = (placed.advertiser.id, placed.campaign.id);
    Some(RollupKey::new(
        at, advertiser, campaign, ad, creative, exchange,
    ))
}

/// What was seen of each ad since its beginning.
#[derive(Debug, Default)]
pub(crate) struct Learned {
    ads: HashMap<AdId, Seen>,
}

/// What was seen of one ad.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    counts: rates::Counts,
    /// Bids that exchanges said we lost.
    losses: u64,
}

impl Learned {
    /// Goes on from what the rollups hold.
    pub fn resume(&mut self, ad: AdId, counts: &Counts) {
        self.ads.entry(ad).or_default().add(counts);
    }

    /// Takes in what was counted.
    pub(super) fn observe(&mut self, tallied: &Tallied) {
        for (key, counts) in tallied.rows() {
            self.ads.entry(key.ad).or_default().add(counts);
        }
    }

    /// What was seen of an ad. Bidders tell of their bids once a second, and exchanges at once of what came of them: a
    /// bid whose outcome is known was made, whether or not it was told of yet.
    pub fn counts(&self, ad: AdId) -> rates::Counts {
        let seen = self.ads.get(&ad).copied().unwrap_or_default();
        let known = seen.counts.wins + seen.losses;
        rates::Counts {
            bids: seen.counts.bids.max(known),
            ..seen.counts
        }
    }
}

impl Seen {
    fn add(&mut self, counts: &Counts) {
        let positive = |count: i64| u64::try_from(count).unwrap_or(0);
        let sum = &mut self.counts;
        sum.bids += positive(counts.bids);
        sum.wins += positive(counts.wins);
        sum.impressions += positive(counts.impressions);
        sum.clicks += positive(counts.clicks);
        sum.conversions += positive(counts.conversions);
        self.losses += positive(counts.losses);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_that_is_told_before_its_bid_is_of_a_bid() {
        let mut learned = Learned::default();
        let check = |learned: &mut Learned, counts: Counts, bids: u64, wins: u64| {
            learned.resume(AdId(1), &counts);
            let got = learned.counts(AdId(1));
            assert_eq!((got.bids, got.wins), (bids, wins));
        };
        let told = |bids, wins, losses| Counts {
            bids,
            wins,
            losses,
            ..Counts::default()
        };
        check(&mut learned, told(10, 4, 5), 10, 4);
        check(&mut learned, told(0, 3, 2), 14, 7);
        check(&mut learned, told(10, 0, 0), 20, 7);
    }
}
