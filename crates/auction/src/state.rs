//! What a decision asks of the world outside the request and the book, and whom it tells of refusals.

use campaign::ad::FrequencyCap;
use campaign::id::{AdId, BidId, CampaignId, ExchangeId, LeaseId};
use campaign::money::{Cpm, Money};
use journal::context::PriceContext;

use crate::book::{AdTerms, Slot};
use crate::prices::Shade;
use crate::reason::NoBidReason;

/// Whose impressions a cap counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// One ad's.
    Ad(AdId),
    /// Those of all ads of a campaign.
    Campaign(CampaignId),
}

/// What changes between two decisions. The bidder answers from its live counters; a trace answers
/// as it was answered then.
pub trait State {
    /// The ad's terms of the moment.
    fn terms(&mut self, slot: Slot) -> AdTerms;

    /// What the user's own data said to an ad that asks about it. Whoever sees the data gives back what was judged; a
    /// trace, which holds none of it, what was judged then.
    fn targeted(
        &mut self,
        _slot: Slot,
        judged: Result<(), NoBidReason>,
    ) -> Result<(), NoBidReason> {
        judged
    }

    /// What is best to bid in a first-price auction for an impression of this kind that is worth so much; `None` where
    /// nothing was learned, so that its worth is bid.
    fn shade(
        &mut self,
        _exchange: ExchangeId,
        _context: PriceContext,
        _worth: Cpm,
    ) -> Option<Shade> {
        None
    }

    /// A bid of this kind and price goes out, if the answer does: what comes of it will teach prices.
    fn offered(&mut self, _exchange: ExchangeId, _context: PriceContext, _price: Cpm) {}

    /// How many impressions the user has had, those pending included, in the cap's period, of the ad or its campaign.
    fn exposures(&mut self, user: u64, scope: Scope, cap: FrequencyCap) -> u32;

    /// Takes the money for one bid, or says why there is none. Called once an impression, for the
    /// ad that is to bid, and once more for each that was out of money before it.
    fn reserve(&mut self, slot: Slot, cost: Money) -> Result<LeaseId, NoBidReason>;

    /// A bid's id, never used before.
    fn next_bid(&mut self) -> BidId;

    /// Counts the bid against the caps of the ad and of its campaign until it is billed, lost or expired.
    fn pend(&mut self, user: u64, slot: Slot, bid: BidId);
}

/// Who is told why ads do not bid. The bidder counts; an explanation writes it all down.
pub trait Witness {
    /// Whether every ad's fate is told. It costs a look at each ad; otherwise the index leaves out those that do not
    /// want the impression, and only the ads that are looked at are told of. What is bid is the same.
    const EVERY_AD: bool = true;

    /// An impression as a whole is passed over.
    fn impression_refused(&mut self, imp: &str, reason: NoBidReason);

    /// An ad does not bid on an impression. The sentence is made only if somebody wants it.
    fn ad_refused(
        &mut self,
        imp: &str,
        slot: Slot,
        reason: NoBidReason,
        detail: impl FnOnce() -> String,
    );
}

/// Wants the bid alone, and is told of no refusal.
#[derive(Clone, Copy, Debug)]
pub struct BidAlone;

impl Witness for BidAlone {
    const EVERY_AD: bool = false;

    fn impression_refused(&mut self, _: &str, _: NoBidReason) {}

    fn ad_refused(&mut self, _: &str, _: Slot, _: NoBidReason, _: impl FnOnce() -> String) {}
}
