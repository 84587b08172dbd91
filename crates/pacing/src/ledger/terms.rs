//! What the ledger is told: its own rules, and the budgets that it keeps.

use campaign::ad::Budget;
use campaign::id::{AdId, AdvertiserId, CampaignId};
use campaign::money::Money;
use campaign::time::{Span, TimeZone};

/// The least that is granted: what an impression costs at a CPM of a thousandth of the currency's unit. Less buys
/// nothing, and would be leased and returned for ever.
pub const MINIMUM_GRANT: Money = Money(1_000);

/// How long things take. All but the time to live are times of the authority's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How long a lease may be spent, from when its request was sent.
    pub time_to_live: Span,
    /// How long after its bid a billing may come and still find its reservation. The longer, the more is held for
    /// bids that were lost without a word: about spend rate × lateness ÷ win rate.
    pub lateness: Span,
    /// How long after that the hold-back waits for billings.
    pub late_cutoff: Span,
    /// How long a billed bid is remembered, from when the bid was made. Longer than the keys that sign notices can
    /// verify a notice: a repetition that could still be accepted must still be recognised.
    pub retention: Span,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            time_to_live: Span::seconds(5),
            lateness: Span::minutes(5),
            late_cutoff: Span::hours(1),
            retention: Span::days(8),
        }
    }
}

/// An ad and the budgets of the three levels that pay for it.
#[derive(Clone, Debug, PartialEq)]
pub struct AdAccount {
    /// The ad.
    pub ad: AdId,
    /// Its campaign. Never changes.
    pub campaign: CampaignId,
    /// The campaign's advertiser. Never changes.
    pub advertiser: AdvertiserId,
    /// The ad's own limits.
    pub ad_budget: Budget,
    /// The campaign's limits.
    pub campaign_budget: Budget,
    /// The advertiser's limits.
    pub advertiser_budget: Budget,
    /// Where the campaign's and the ad's days begin.
    pub campaign_zone: TimeZone,
    /// Where the advertiser's days begin.
    pub advertiser_zone: TimeZone,
    /// Whether it, or what it belongs to, was stopped: nothing is granted. What was granted is settled as ever.
    pub halted: bool,
}
