//! Who pays, and what for.

use crate::ad::{Budget, FrequencyCap, Share, State};
use crate::id::{AdvertiserId, CampaignId};
use crate::money::Currency;
use crate::spending::Spending;
use crate::time::{Flight, TimeZone};

/// Who pays.
#[derive(Clone, Debug, PartialEq)]
pub struct Advertiser {
    /// Its number.
    pub id: AdvertiserId,
    /// What people call it.
    pub display_name: String,
    /// Whether anything of it runs.
    pub state: State,
    /// The currency of all its budgets and bids. Never changes.
    pub currency: Currency,
    /// Where its days begin.
    pub time_zone: TimeZone,
    /// The most that all its campaigns together may spend.
    pub budget: Budget,
    /// How long after a click a conversion is still credited to it, in days.
    pub click_window_days: u32,
}

/// A budget with a flight and a goal; holds ads.
#[derive(Clone, Debug, PartialEq)]
pub struct Campaign {
    /// Its number.
    pub id: CampaignId,
    /// Who pays.
    pub advertiser: AdvertiserId,
    /// What people call it.
    pub display_name: String,
    /// Whether anything of it runs.
    pub state: State,
    /// When it runs.
    pub flight: Flight,
    /// Where its days begin.
    pub time_zone: TimeZone,
    /// The most that all its ads together may spend.
    pub budget: Budget,
    /// How often one user may see any of its ads. Every cap must hold.
    pub frequency_caps: Vec<FrequencyCap>,
    /// How its money is to be spent.
    pub spending: Spending,
    /// The least and the most of its advertiser's spend that is its own.
    pub share: Share,
}
