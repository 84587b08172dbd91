//! Why a request was bid on or not: the whole funnel, ad by ad, and the nearest miss.

use campaign::id::{AdId, CampaignId, CreativeId};
use campaign::money::{Cpm, Currency};

use crate::reason::NoBidReason;

/// One request explained.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    /// The request's own id.
    pub request_id: String,
    /// Why the request as a whole was passed over, if it was.
    pub refused: Option<NoBidReason>,
    /// What may be used of personal data, in one sentence, and why not more.
    pub privacy: String,
    /// Each impression, in the request's order, those that could not be understood among them.
    pub impressions: Vec<ImpressionFunnel>,
}

/// One impression explained.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImpressionFunnel {
    /// The impression's id in the request.
    pub imp_id: String,
    /// Why the impression as a whole was passed over, if it was.
    pub refused: Option<NoBidReason>,
    /// What it is: formats, sizes, floor, as the bidder understood it.
    pub understood: String,
    /// How many ads were considered.
    pub considered: usize,
    /// How many ads each reason refused, in the order of the steps.
    pub refusals: Vec<(NoBidReason, usize)>,
    /// Each ad's own fate, the bid first, then those that came furthest first.
    pub ads: Vec<AdFate>,
    /// The ad that came nearest to a bid without making one, if any did not.
    pub nearest_miss: Option<AdFate>,
}

/// What became of one ad on one impression.
#[derive(Clone, Debug, PartialEq)]
pub struct AdFate {
    /// The ad.
    pub ad: AdId,
    /// Its name for people.
    pub ad_name: String,
    /// Its campaign.
    pub campaign: CampaignId,
    /// What became of it.
    pub outcome: Outcome,
    /// One sentence with the figures: "bids 1.20 USD CPM, the floor is 2.00 USD".
    pub detail: String,
}

/// What became of an ad.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// It would bid.
    Bid {
        /// The price.
        price: Cpm,
        /// The price's currency.
        currency: Currency,
        /// What would be shown.
        creative: CreativeId,
    },
    /// It would not, for this reason.
    Refused(NoBidReason),
}
