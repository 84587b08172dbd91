//! The advertiser of all these tests: two campaigns, three ads.
//!
//! ```text
//! advertiser ─┬─ campaign ─┬─ ad1
//!             │            └─ ad2
//!             └─ campaign2 ── ad3
//! ```

use campaign::ad::Budget;
use campaign::creative::Format;
use campaign::id::{
    AdId, AdvertiserId, BidId, CampaignId, CreativeId, ExchangeId, Incarnation, LeaseId,
};
use campaign::money::{Currency, Money};
use campaign::time::{Day, TimeZone, Timestamp};
use journal::context::PriceContext;
use journal::entry::BidTerms;
use pacing::account::Level;
use pacing::ledger::terms::AdAccount;

pub const ADVERTISER: Level = Level::Advertiser(AdvertiserId(1));

/// The campaign of an ad.
pub fn campaign_of(ad: AdId) -> CampaignId {
    CampaignId(if ad.0 <= 2 { 1 } else { 2 })
}

/// The three levels that pay for an ad.
pub fn levels_of(ad: AdId) -> [Level; 3] {
    [ADVERTISER, Level::Campaign(campaign_of(ad)), Level::Ad(ad)]
}

/// An ad of the advertiser, with a budget a level.
pub fn ad_account(ad: AdId, zones: &[TimeZone; 2], budget: impl Fn(Level) -> Budget) -> AdAccount {
    let [advertiser, campaign, own] = levels_of(ad).map(budget);
    AdAccount {
        ad,
        campaign: campaign_of(ad),
        advertiser: AdvertiserId(1),
        ad_budget: own,
        campaign_budget: campaign,
        advertiser_budget: advertiser,
        campaign_zone: zones[1].clone(),
        advertiser_zone: zones[0].clone(),
        halted: false,
    }
}

pub fn bid_id(sequence: u64) -> BidId {
    BidId {
        incarnation: Incarnation { node: 1, start: 1 },
        sequence,
    }
}

/// The terms of a bid, as far as the ledger looks at them.
pub fn terms(bid: u64, ad: AdId, lease: LeaseId, max_cost: Money, issued: Timestamp) -> BidTerms {
    BidTerms {
        bid: bid_id(bid),
        exchange: ExchangeId(1),
        impression: 0,
        ad,
        creative: CreativeId(1),
        format: Format::Banner,
        lease,
        day: Day(0),
        max_cost,
        currency: Currency::USD,
        fx_nanos: 1_000_000_000,
        issued,
        user: 0,
        measured: false,
        context: PriceContext::NONE,
    }
}
