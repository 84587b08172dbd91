//! The accounts of a budget: who it belongs to, and over which window it is counted.

use campaign::id::{AdId, AdvertiserId, CampaignId};
use campaign::time::Day;

/// Whose budget. In this order, widest first, wherever one of several has to be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Of all campaigns of an advertiser together.
    Advertiser(AdvertiserId),
    /// Of all ads of a campaign together.
    Campaign(CampaignId),
    /// Of one ad.
    Ad(AdId),
}

/// Over which time a budget is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Window {
    /// From the first impression to the last.
    Lifetime,
    /// One day of the level's own time zone; an ad's day is its campaign's.
    ///
    /// The calendar's date names it, so an edited time zone never opens a second budget for the same date.
    Day(Day),
}

/// One account: a level and a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountKey {
    /// Whose.
    pub level: Level,
    /// Over which time.
    pub window: Window,
}
