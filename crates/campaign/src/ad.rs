//! What bids: an ad, with its price, targeting and creatives.

use crate::id::{AdId, CampaignId, CreativeId};
use crate::money::{Cpm, Money};
use crate::targeting::Expression;
use crate::time::{Flight, Span};

/// What bids. Other platforms call it a line item.
#[derive(Clone, Debug, PartialEq)]
pub struct Ad {
    /// Its number.
    pub id: AdId,
    /// The campaign that pays for it.
    pub campaign: CampaignId,
    /// What people call it.
    pub display_name: String,
    /// Whether it runs.
    pub state: State,
    /// When it runs, inside its campaign's flight.
    pub flight: Flight,
    /// Its own limits, inside its campaign's.
    pub budget: Budget,
    /// What an impression is worth to it.
    pub goal: Goal,
    /// The most that it bids, in the advertiser's currency.
    pub max_bid: Cpm,
    /// How its budget is spread over the day.
    pub delivery: Delivery,
    /// How often one user may see it. Every cap must hold.
    pub frequency_caps: Vec<FrequencyCap>,
    /// Which requests it wants.
    pub targeting: Expression,
    /// What it shows: any one of these that fits.
    pub creatives: Vec<CreativeId>,
    /// The least and the most of its campaign's spend that is its own.
    pub share: Share,
}

/// The least and the most of a day's spend of what it belongs to, as shares from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// At least.
    pub min: f64,
    /// At most.
    pub max: f64,
}

impl Default for Share {
    fn default() -> Share {
        Share { min: 0.0, max: 1.0 }
    }
}

/// Whether something runs. Changed by verbs (pause, resume), not by writing a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// It runs when everything else lets it.
    #[default]
    Active,
    /// A person stopped it.
    Paused,
    /// It was deleted; kept for its reports.
    Deleted,
}

/// The most that may be spent. No limit where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Over the whole life.
    pub lifetime: Option<Money>,
    /// In one day of the budget's time zone.
    pub daily: Option<Money>,
}

/// What an impression is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// The same price each time.
    FixedCpm(Cpm),
    /// A click is worth this much: the bid is this × the probability of a click.
    Click(Money),
    /// A conversion is worth this much: the bid is this × the probability of a click × that of a conversion after it.
    Conversion(Money),
}

/// How a budget is spread over its day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// Evenly: bids less, or (with a fixed price) takes part in fewer auctions, so that the day's budget lasts the day.
    #[default]
    Even,
    /// At each moment so many hundredths faster than an even spend of what is left: 20 is 20 % faster. What is spent
    /// sooner is not there later.
    Ahead(u16),
    /// In every auction until the budget is spent.
    AsFastAsPossible,
}

/// At most so many impressions to one user in so long a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrequencyCap {
    /// How many.
    pub impressions: u32,
    /// In how long.
    pub period: Span,
}
